golden_tests = tests/golden/encoded.sh tests/golden/lidar.sh
TESTS += $(golden_tests)
dist_check_SCRIPTS += $(golden_tests)
EXTRA_DIST += tests/golden/encoded.sha256 tests/golden/lidar.sha256 \
	tests/golden/lidar_image.mdc tests/golden/lidar_near_image.mdc \
	tests/golden/lidar_points.mdc tests/golden/lidar_near_points.mdc \
	tests/golden/lidar_scan.mdc tests/golden/lidar_near_scan.mdc \
	tests/golden/lidar_sweep.mdc tests/golden/lidar_near_sweep.mdc
