# The command, as its users meet it.
cli_tests = \
	tests/cli/dictionary.sh \
	tests/cli/end_signals.sh \
	tests/cli/explain.sh \
	tests/cli/explain_lidar.sh \
	tests/cli/faults.sh \
	tests/cli/lidar_scans.sh \
	tests/cli/listing.sh \
	tests/cli/live.sh \
	tests/cli/many.sh \
	tests/cli/options.sh \
	tests/cli/peers.sh \
	tests/cli/progress.sh \
	tests/cli/quantize.sh \
	tests/cli/recursive.sh \
	tests/cli/same_bytes.sh \
	tests/cli/survives.sh \
	tests/cli/templates.sh \
	tests/cli/terminal.sh \
	tests/cli/verified.sh
TESTS += $(cli_tests)
dist_check_SCRIPTS += $(cli_tests)
EXTRA_DIST += tests/cli/lib.sh tests/cli/peers_cases.bash

check_PROGRAMS += tests/cli/pty
tests_cli_pty_SOURCES = tests/cli/pty.c
