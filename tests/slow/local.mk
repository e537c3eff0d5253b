# What takes too long for `make check`.
SLOW_TESTS += tests/slow/big_files.sh tests/slow/determinism.sh \
	tests/slow/many_lidar_scans.sh tests/slow/machines.sh tests/slow/valgrind.sh
dist_check_SCRIPTS += $(SLOW_TESTS)

if HAVE_CMOCKA
check_PROGRAMS += tests/slow/peak_memory
SLOW_TESTS += tests/slow/peak_memory
endif
tests_slow_peak_memory_SOURCES = tests/slow/peak_memory.c $(unit_samples)
tests_slow_peak_memory_LDADD = $(unit_libs)
