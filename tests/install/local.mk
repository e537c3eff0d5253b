TESTS += tests/install/installed.sh
dist_check_SCRIPTS += tests/install/installed.sh
EXTRA_DIST += doc/examples/roundtrip.c
