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

include tests/cli/local.mk
include tests/laws/local.mk
include tests/install/local.mk
include tests/unit/local.mk
include tests/files/local.mk
include tests/golden/local.mk
include tests/fuzz/local.mk
include tests/slow/local.mk

# The suite with longer sweeps, valgrind, big files and more compilers.
check-slow: all
	MDC_SLOW=1; export MDC_SLOW; \
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(TESTS) $(SLOW_TESTS)'

# Variants are built below variants/ from what a release would contain, so
# that they also work where the source folder itself was configured.
variant = $(SHELL) $(abs_top_srcdir)/tests/variant.sh
variant-source:
	$(MKDIR_P) variants
	$(MAKE) $(AM_MAKEFLAGS) distdir distdir=variants/source

# Sanitizers over the whole suite. More than -g1 takes the compiler minutes, and
# so do kernels that are inlined everywhere. A front end whose payload does not
# restore aborts in these builds.
asan_flags = -O1 -g1 -DMDCI_CALLS -DMDCI_DEBUG -fno-omit-frame-pointer \
	-fno-sanitize-recover=all -fsanitize=address,undefined
tsan_flags = -O1 -g1 -DMDCI_CALLS -fsanitize=thread
check-asan: variant-source
	$(variant) asan all CC='$(CC)' CFLAGS='$(asan_flags)'
	MDC_SANITIZED=1; export MDC_SANITIZED; $(variant) asan check
check-tsan: variant-source
	$(variant) tsan all CC='$(CC)' CFLAGS='$(tsan_flags)'
	MDC_SANITIZED=1; export MDC_SANITIZED; $(variant) tsan check

# libFuzzer over each fuzz target: make fuzz FUZZ_SECONDS=300
FUZZ_SECONDS = 60
FUZZ_CC = clang
fuzz: variant-source
	$(variant) fuzz all --disable-shared --disable-simd CC='$(FUZZ_CC)' \
	CFLAGS='$(asan_flags) -fsanitize=fuzzer-no-link'
	$(MAKE) $(AM_MAKEFLAGS) -C variants/fuzz FUZZ_SECONDS='$(FUZZ_SECONDS)' \
	fuzz-here
fuzz-here: $(fuzz_targets) $(fuzz_seeds)
	$(SHELL) $(srcdir)/tests/fuzz/fuzz.sh '$(FUZZ_SECONDS)' $(fuzz_seeds) \
	$(fuzz_targets)
.PHONY: check-slow variant-source check-asan check-tsan fuzz fuzz-here

clean-local:
	rm -rf variants
