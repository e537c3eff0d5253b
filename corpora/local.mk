# The generator of made-up logs, for tests and benchmarks.
check_PROGRAMS += corpora/loggen
corpora_loggen_SOURCES = corpora/loggen.c
corpora_loggen_CPPFLAGS =
EXTRA_DIST += corpora/README.md corpora/samples/app.log

EXTRA_DIST += corpora/bench.py corpora/bench_figures.py \
	corpora/bench_plot.py corpora/bench_report.py corpora/bench_test.py \
	corpora/bench_tools.py

corpora_tests = corpora/bench_test.sh corpora/loggen_test.sh
TESTS += $(corpora_tests)
dist_check_SCRIPTS += $(corpora_tests)

# Ours against the peers found on this machine, see corpora/README.md:
#   make bench CORPUS=folder RUNS=3 LEVELS='6 9' QUICK=1 FRESH=1
# Without CORPUS: made-up logs of every kind.
PYTHON3 = python3
python_here = abs_top_srcdir='$(abs_top_srcdir)'; \
	abs_top_builddir='$(abs_top_builddir)'; . $(srcdir)/tests/env.sh; \
	$(PYTHON3) -B
bench_made = 1M
bench: midicoth$(EXEEXT) corpora/loggen$(EXEEXT)
	test -n '$(CORPUS)' || { $(MKDIR_P) bench/made && \
	for kind in syslog access app json kv sensor; do \
		corpora/loggen$(EXEEXT) $$kind $(bench_made) 1 \
		> bench/made/$$kind.log || exit 1; done; }
	$(python_here) $(srcdir)/corpora/bench.py --midicoth "$$MIDICOTH" \
	--out bench $${RUNS:+--runs "$$RUNS"} $${LEVELS:+--levels "$$LEVELS"} \
	$${QUICK:+--quick} $${FRESH:+--fresh} \
	"$${CORPUS:-bench/made}"
.PHONY: bench
distclean-local:
	rm -rf bench
