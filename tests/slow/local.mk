# What takes too long for `make check`.
SLOW_TESTS += tests/slow/big_files.sh tests/slow/determinism.sh \
	tests/slow/lidar_scans.sh tests/slow/machines.sh tests/slow/valgrind.sh
dist_check_SCRIPTS += $(SLOW_TESTS)
