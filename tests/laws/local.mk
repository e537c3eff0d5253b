# The laws of the source, checked by reading it or what was built from it.
law_tests = \
	tests/laws/headers.sh \
	tests/laws/includes.sh \
	tests/laws/integers.sh \
	tests/laws/models_only.sh \
	tests/laws/symbols.sh \
	tests/laws/tidy.sh
TESTS += $(law_tests)
dist_check_SCRIPTS += $(law_tests)
EXTRA_DIST += tests/laws/strip.awk
