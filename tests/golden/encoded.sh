#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# What the engine writes is part of the format: the archives of the sample log
# have known hashes. Where a change of the engine means to write other bytes,
# raise MDCI_EPOCH and run this with --update.
set -eu
known=$abs_top_srcdir/tests/golden/encoded.sha256
sample=$abs_top_srcdir/corpora/samples/app.log
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

for level in 4 5 6 7 8 9; do
    "$MIDICOTH" -$level -T1 -c <"$sample" >"$tmp/level-$level"
done
for level in 4 6 9; do
    "$MIDICOTH" -$level -T1 -c --format=bytes <"$sample" >"$tmp/bytes-$level"
done
"$MIDICOTH" -6 -T1 -c --flush=16K <"$sample" >"$tmp/flushed"
"$MIDICOTH" -6 -T1 -c --block-size=32K <"$sample" >"$tmp/blocks"

cd "$tmp"
if test "${1-}" = --update; then
    sha256sum blocks bytes-* flushed level-* >"$known"
else
    sha256sum -c --quiet "$known"
fi
