# The generator of made-up logs, for tests and benchmarks.
check_PROGRAMS += corpora/loggen
corpora_loggen_SOURCES = corpora/loggen.c
corpora_loggen_CPPFLAGS =
EXTRA_DIST += corpora/README.md corpora/samples/app.log

TESTS += corpora/loggen_test.sh
dist_check_SCRIPTS += corpora/loggen_test.sh
