#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# lidar_scans.sh [SCANS [POINTS [FIRST]]]: made-up scans of all kinds of
# sensors, rooms and orders are restored at -4, -6 and -9, and none is larger
# than as bytes by more than 0.2 %.
set -eu
lidargen=$abs_top_builddir/corpora/lidargen
points=${2:-1500}
from=${3:-1}
last=$((from + ${1:-30} - 1))
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
fail=0
seen_all=0
bytes_all=0

while test $from -le $last; do
    # Fifty at a time: a start of the command for all of them.
    to=$((from + 49))
    test $to -le $last || to=$last
    files=
    for seed in $(seq $from $to); do
        "$lidargen" scan "$seed" "$points" >"$tmp/$seed"
        files="$files $tmp/$seed"
    done
    for level in 4 6 9; do
        "$MIDICOTH" -$level -kf -q -S .seen $files
        "$MIDICOTH" -$level -kf -q -S .bytes --format=bytes $files
        for file in $files; do
            "$MIDICOTH" -dc -S .seen "$file.seen" | cmp - "$file" || {
                echo "scan ${file##*/} is not restored at -$level"
                fail=1
            }
            seen=$(wc -c <"$file.seen")
            bytes=$(wc -c <"$file.bytes")
            seen_all=$((seen_all + seen))
            bytes_all=$((bytes_all + bytes))
            if test $((seen * 1000)) -gt $((bytes * 1002)); then
                echo "scan ${file##*/} takes $seen bytes at -$level," \
                    "$bytes as bytes"
                fail=1
            fi
        done
    done
    rm -f "$tmp"/*
    from=$((to + 1))
done
echo "$seen_all bytes in all, $bytes_all as bytes"
exit $fail
