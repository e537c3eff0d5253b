TESTS += tests/golden/encoded.sh
dist_check_SCRIPTS += tests/golden/encoded.sh
EXTRA_DIST += tests/golden/encoded.sha256
