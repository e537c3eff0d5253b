#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Variants of the engine can be made, and code a file.
set -eu
if ! command -v python3 >/dev/null; then
    echo "python3 is not there"
    exit 77
fi
exec python3 -B "$abs_top_srcdir/corpora/ablation_test.py"
