#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Made-up frames are the same for the same arguments and others for others,
# have whole records, and are restored from archives that are far smaller.
set -eu
lidargen=$abs_top_builddir/corpora/lidargen
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
fail=0

while read -r kind record part; do
    "$lidargen" "$kind" 1 20 0.2 >"$tmp/frame"
    "$lidargen" "$kind" 1 20 0.2 | cmp - "$tmp/frame" || fail=1
    if "$lidargen" "$kind" 2 20 0.2 | cmp -s - "$tmp/frame"; then
        echo "$kind: both seeds give one frame"
        fail=1
    fi
    size=$(wc -c <"$tmp/frame")
    test $((size % record)) -eq 0 || { echo "$kind: half a record"; fail=1; }
    "$MIDICOTH" -4c "$tmp/frame" >"$tmp/frame.mdc"
    "$MIDICOTH" -dc "$tmp/frame.mdc" | cmp - "$tmp/frame" || fail=1
    packed=$(wc -c <"$tmp/frame.mdc")
    if test $((packed * part)) -gt "$size"; then
        echo "$kind: $size bytes take $packed"
        fail=1
    fi
done <<'END'
hdl32 20 14
vlp32 20 6
hdl64 16 8
40,rings,mm 16 8
16,moved,laser 20 2
END

# Any scan: the same again, and no more than was asked for.
for seed in 1 2 3 4 5 6 7 8; do
    "$lidargen" scan $seed 500 >"$tmp/scan"
    "$lidargen" scan $seed 500 | cmp - "$tmp/scan" || fail=1
    test "$(wc -c <"$tmp/scan")" -le $((2 * 500 * 64 + 128)) || fail=1
done

for wrong in hdl65 1 129 16,blue 'hdl32 1 2 3 4'; do
    if "$lidargen" $wrong 1 >"$tmp/out" 2>"$tmp/err"; then
        echo "$wrong is no kind"
        fail=1
    fi
    grep -q '^Usage: lidargen' "$tmp/err" || fail=1
done
exit $fail
