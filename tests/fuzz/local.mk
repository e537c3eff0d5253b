# Fuzz targets, built by `make fuzz` with clang and libFuzzer. fuzz_seeds (no
# fuzzer; FOLDER is its argument) writes the first inputs of target NAME to
# FOLDER/fuzz_NAME/.
LIB_FUZZING_ENGINE = -fsanitize=fuzzer
fuzz_targets = \
	tests/fuzz/fuzz_stream \
	tests/fuzz/fuzz_frame \
	tests/fuzz/fuzz_round_trip \
	tests/fuzz/fuzz_zstd \
	tests/fuzz/fuzz_lzma \
	tests/fuzz/fuzz_cm \
	tests/fuzz/fuzz_log \
	tests/fuzz/fuzz_log_lines \
	tests/fuzz/fuzz_lidar \
	tests/fuzz/fuzz_lidar_encode
fuzz_seeds = tests/fuzz/fuzz_seeds
fuzz_libs = libmidicoth.la $(INTERNAL_LIBS) $(PTHREAD_LIBS)
EXTRA_PROGRAMS += $(fuzz_targets) $(fuzz_seeds)
EXTRA_DIST += tests/fuzz/fuzz.sh
tests_fuzz_fuzz_stream_SOURCES = tests/fuzz/fuzz_stream.c \
	tests/fuzz/fuzz_dictionary.h
tests_fuzz_fuzz_stream_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_stream_LDFLAGS = $(LIB_FUZZING_ENGINE)
tests_fuzz_fuzz_frame_SOURCES = tests/fuzz/fuzz_frame.c \
	tests/files/hand_made.c tests/files/hand_made.h
tests_fuzz_fuzz_frame_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_frame_LDFLAGS = $(LIB_FUZZING_ENGINE)
tests_fuzz_fuzz_round_trip_SOURCES = tests/fuzz/fuzz_round_trip.c \
	tests/fuzz/fuzz_dictionary.h
tests_fuzz_fuzz_round_trip_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_round_trip_LDFLAGS = $(LIB_FUZZING_ENGINE)
tests_fuzz_fuzz_zstd_SOURCES = tests/fuzz/fuzz_zstd.c $(fuzz_codec)
tests_fuzz_fuzz_zstd_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_zstd_LDFLAGS = $(LIB_FUZZING_ENGINE)
tests_fuzz_fuzz_lzma_SOURCES = tests/fuzz/fuzz_lzma.c $(fuzz_codec)
tests_fuzz_fuzz_lzma_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_lzma_LDFLAGS = $(LIB_FUZZING_ENGINE)
tests_fuzz_fuzz_cm_SOURCES = tests/fuzz/fuzz_cm.c $(fuzz_codec)
tests_fuzz_fuzz_cm_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_cm_LDFLAGS = $(LIB_FUZZING_ENGINE)
tests_fuzz_fuzz_log_SOURCES = tests/fuzz/fuzz_log.c $(fuzz_codec)
tests_fuzz_fuzz_log_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_log_LDFLAGS = $(LIB_FUZZING_ENGINE)
tests_fuzz_fuzz_log_lines_SOURCES = tests/fuzz/fuzz_log_lines.c
tests_fuzz_fuzz_log_lines_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_log_lines_LDFLAGS = $(LIB_FUZZING_ENGINE)
tests_fuzz_fuzz_lidar_SOURCES = tests/fuzz/fuzz_lidar.c $(fuzz_codec)
tests_fuzz_fuzz_lidar_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_lidar_LDFLAGS = $(LIB_FUZZING_ENGINE)
tests_fuzz_fuzz_lidar_encode_SOURCES = tests/fuzz/fuzz_lidar_encode.c \
	$(lidar_scans) $(lidar_world)
tests_fuzz_fuzz_lidar_encode_LDADD = $(fuzz_libs) -lm
tests_fuzz_fuzz_lidar_encode_LDFLAGS = $(LIB_FUZZING_ENGINE)
tests_fuzz_fuzz_seeds_SOURCES = tests/fuzz/fuzz_seeds.c \
	tests/fuzz/fuzz_dictionary.h
tests_fuzz_fuzz_seeds_LDADD = $(fuzz_libs)

# `make check` compiles them all, so that none falls behind what it tests.
check_LIBRARIES = tests/fuzz/libtargets.a
tests_fuzz_libtargets_a_SOURCES = $(fuzz_codec) \
	tests/fuzz/fuzz_stream.c tests/fuzz/fuzz_frame.c \
	tests/fuzz/fuzz_round_trip.c tests/fuzz/fuzz_zstd.c \
	tests/fuzz/fuzz_lzma.c tests/fuzz/fuzz_cm.c tests/fuzz/fuzz_log.c \
	tests/fuzz/fuzz_log_lines.c tests/fuzz/fuzz_lidar.c \
	tests/fuzz/fuzz_lidar_encode.c
fuzz_codec = tests/fuzz/fuzz_codec.c tests/fuzz/fuzz_codec.h
