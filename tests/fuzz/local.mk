# Fuzz targets, built by `make fuzz` with clang and libFuzzer. For each name:
#   fuzz_targets += tests/fuzz/fuzz_NAME
#   tests_fuzz_fuzz_NAME_SOURCES = tests/fuzz/fuzz_NAME.c
#   tests_fuzz_fuzz_NAME_LDADD = $(INTERNAL_LIBS)
#   tests_fuzz_fuzz_NAME_LDFLAGS = $(LIB_FUZZING_ENGINE)
# fuzz_seeds (no fuzzer; FOLDER is its argument) writes the first inputs of
# target NAME to FOLDER/fuzz_NAME/.
LIB_FUZZING_ENGINE = -fsanitize=fuzzer
fuzz_targets =
fuzz_seeds =
EXTRA_PROGRAMS += $(fuzz_targets) $(fuzz_seeds)
EXTRA_DIST += tests/fuzz/fuzz.sh
