#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Archives of LiDAR frames restore to what they did. Their encoder computes with
# floating point and may write other bytes elsewhere; decoders may not read
# others. Where the format changes, raise MDCI_EPOCH and run this with --update.
set -eu
golden=$abs_top_srcdir/tests/golden
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

frame() {
    "$abs_top_builddir/corpora/lidargen" $1 11 | head -c $2
}

# Every tenth record, then every tenth of the others: no sensor's order.
scatter() {
    split -b "$1" -d -a 4 - "$tmp/part"
    for last in 7 3 0 9 5 1 8 2 6 4; do
        cat "$tmp"/part*$last
    done
    rm "$tmp"/part*
}

if test "${1-}" = --update; then
    frame hdl32 44800 >"$tmp/sweep"
    frame vlp32 40000 >"$tmp/scan"
    frame hdl64 24000 >"$tmp/image"
    frame 40,laser 24000 | scatter 20 >"$tmp/points"
    for kind in sweep scan image points; do
        "$MIDICOTH" -6 -c <"$tmp/$kind" >"$golden/lidar_$kind.mdc"
        "$MIDICOTH" -6 -c --quantize=1e-4 <"$tmp/$kind" \
            >"$golden/lidar_near_$kind.mdc"
    done
fi

for archive in "$golden"/lidar_*.mdc; do
    name=${archive##*/}
    "$MIDICOTH" -dc "$archive" >"$tmp/${name%.mdc}"
    "$MIDICOTH" -lv --json "$archive" | grep -q '"codec":"lidar"' || {
        echo "$name is not of lidar"
        exit 1
    }
done
cd "$tmp"
if test "${1-}" = --update; then
    sha256sum lidar_* >"$golden/lidar.sha256"
fi
sha256sum -c --quiet "$golden/lidar.sha256"
