# `make check` runs TESTS, `make check-slow` runs SLOW_TESTS as well.
# Every test gets these in its environment:
#   MIDICOTH          the command as built, without libtool's wrapper
#   abs_top_srcdir, abs_top_builddir
#   CC, CFLAGS, NM    what the build uses
AM_TESTS_ENVIRONMENT = \
	abs_top_srcdir='$(abs_top_srcdir)'; \
	abs_top_builddir='$(abs_top_builddir)'; \
	CC='$(CC)'; CFLAGS='$(CFLAGS)'; NM='$(NM)'; \
	. $(srcdir)/tests/env.sh;
TEST_EXTENSIONS = .sh
EXTRA_DIST += tests/env.sh tests/variant.sh
SLOW_TESTS =

include tests/laws/local.mk
include tests/slow/local.mk

# The suite with longer sweeps, valgrind, big files and more compilers.
check-slow: all
	MDC_SLOW=1; export MDC_SLOW; \
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(TESTS) $(SLOW_TESTS)'

# Variants are built below variants/ from what a release would contain, so
# that they also work where the source folder itself was configured.
variant_source = variants/source
variant = $(SHELL) $(srcdir)/tests/variant.sh
.PHONY: check-slow check-asan check-tsan fuzz variant-source
variant-source:
	$(MKDIR_P) variants
	$(MAKE) $(AM_MAKEFLAGS) distdir distdir=$(variant_source)

# Address and undefined behaviour sanitizers over the whole suite.
check-asan: variant-source
	$(variant) asan CC='$(CC)' CFLAGS='-O1 -g -fno-omit-frame-pointer \
	-fsanitize=address,undefined -fno-sanitize-recover=all'
	MDC_SANITIZED=1; export MDC_SANITIZED; \
	$(MAKE) $(AM_MAKEFLAGS) -C variants/asan check

# Thread sanitizer over the programs (scripts run the command, too).
check-tsan: variant-source
	$(variant) tsan CC='$(CC)' CFLAGS='-O1 -g -fsanitize=thread'
	MDC_SANITIZED=1; export MDC_SANITIZED; \
	$(MAKE) $(AM_MAKEFLAGS) -C variants/tsan check

clean-local:
	rm -rf variants
