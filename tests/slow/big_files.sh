#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A log of 100 MB goes there and back at each kind of level.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

"$abs_top_builddir/corpora/loggen" mixed 100M 1 >"$tmp/log"
for level in -1 -3 -6 -9; do
    "$MIDICOTH" $level -T2 -c "$tmp/log" >"$tmp/packed"
    "$MIDICOTH" -T2 -dc "$tmp/packed" | cmp - "$tmp/log"
    echo "$level: $(wc -c <"$tmp/packed") bytes"
done
