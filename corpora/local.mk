# The generator of made-up logs, for tests and benchmarks.
check_PROGRAMS += corpora/loggen
corpora_loggen_SOURCES = corpora/loggen.c
corpora_loggen_CPPFLAGS =

# The generator of made-up LiDAR frames; tests make theirs by its source, too.
lidar_world = corpora/lidar_world.c corpora/lidar_world.h
lidar_scans = corpora/lidar_scans.c corpora/lidar_scans.h
check_PROGRAMS += corpora/lidargen
corpora_lidargen_SOURCES = corpora/lidargen.c $(lidar_scans) $(lidar_world)
corpora_lidargen_LDADD = -lm
EXTRA_DIST += corpora/README.md corpora/samples/app.log

EXTRA_DIST += corpora/ablation.py corpora/ablation_driver.c \
	corpora/ablation_source.py corpora/ablation_test.py \
	corpora/bench.py corpora/bench_figures.py \
	corpora/bench_plot.py corpora/bench_report.py corpora/bench_test.py \
	corpora/bench_tools.py

corpora_tests = corpora/ablation_test.sh corpora/bench_test.sh \
	corpora/lidargen_test.sh corpora/loggen_test.sh
TESTS += $(corpora_tests)
dist_check_SCRIPTS += $(corpora_tests)

# Logs of every kind that is made up, where no others are given.
made_logs: corpora/loggen$(EXEEXT)
	test '$(CORPUS)' != bench/made || { $(MKDIR_P) bench/made && \
	for kind in syslog access app json kv sensor; do \
		corpora/loggen$(EXEEXT) $$kind 1M 1 > bench/made/$$kind.log \
		|| exit 1; done; }

# Ours against the peers found on this machine, see corpora/README.md:
#   make bench CORPUS=folder RUNS=3 LEVELS='6 9' QUICK=1 FRESH=1
PYTHON3 = python3
CORPUS = bench/made
run_python = abs_top_srcdir='$(abs_top_srcdir)'; \
	abs_top_builddir='$(abs_top_builddir)'; . $(srcdir)/tests/env.sh; \
	$(PYTHON3) -B
bench: midicoth$(EXEEXT) made_logs
	$(run_python) $(srcdir)/corpora/bench.py --midicoth "$$MIDICOTH" \
	--out bench $${RUNS:+--runs "$$RUNS"} $${LEVELS:+--levels "$$LEVELS"} \
	$${QUICK:+--quick} $${FRESH:+--fresh} $(CORPUS)

# What the parts of the engine are worth:
#   make ablation CORPUS='folder folder' LEVEL=6 FORMAT=bytes ONLY='APMs'
ablation_arguments = --cc '$(CC)' --cflags '$(CFLAGS)' \
	--cppflags '$(DEFS) $(DEFAULT_INCLUDES) $(AM_CPPFLAGS) $(CPPFLAGS)' \
	--sources '$(libmdcmodels_la_SOURCES)' \
	--fast-sources '$(libmdcmodelsavx2_la_SOURCES)' \
	--fast-cflags '$(libmdcmodelsavx2_la_CFLAGS)' \
	--source '$(srcdir)' --out ablation
ablation: made_logs
	$(run_python) $(srcdir)/corpora/ablation.py $(ablation_arguments) \
	$${LEVEL:+--level "$$LEVEL"} $${FORMAT:+--format "$$FORMAT"} \
	$${ONLY:+--only "$$ONLY"} $${FULL:+--full} $(CORPUS)
.PHONY: bench ablation made_logs

distclean-local:
	rm -rf bench ablation
