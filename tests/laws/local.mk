# The laws of the source, checked by reading it or what was built from it.
law_tests = \
	tests/laws/headers.sh \
	tests/laws/includes.sh \
	tests/laws/integers.sh \
	tests/laws/models_only.sh \
	tests/laws/prior_text.sh \
	tests/laws/symbols.sh \
	tests/laws/tidy.sh
TESTS += $(law_tests)
dist_check_SCRIPTS += $(law_tests)
EXTRA_DIST += tests/laws/strip.awk

check_PROGRAMS += tests/laws/prior_overlap
tests_laws_prior_overlap_SOURCES = tests/laws/prior_overlap.c
tests_laws_prior_overlap_LDADD = libmdcmodels.la

check_PROGRAMS += tests/laws/same_kernels
tests_laws_same_kernels_SOURCES = tests/laws/same_kernels.c
tests_laws_same_kernels_LDADD = $(INTERNAL_LIBS)
TESTS += tests/laws/same_kernels
