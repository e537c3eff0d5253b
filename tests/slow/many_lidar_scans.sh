#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Two thousand made-up scans, some of them large.
set -eu
one=$abs_top_srcdir/tests/cli/lidar_scans.sh
"$one" 1900 12000 1001
"$one" 100 256000 3001
