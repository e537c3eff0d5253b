#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The benchmark: its figures, and a whole run over a small file.
set -eu
if ! command -v python3 >/dev/null; then
    echo "python3 is not there"
    exit 77
fi
exec python3 -B "$abs_top_srcdir/corpora/bench_test.py"
