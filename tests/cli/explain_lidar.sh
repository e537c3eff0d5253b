#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# --explain of LiDAR frames: the parts add up, the sensor is named, and the
# picture has the points.
. "$abs_top_srcdir/tests/cli/lib.sh"
lidargen=$abs_top_builddir/corpora/lidargen
"$lidargen" hdl32 3 | head -c 192000 >sweep
"$lidargen" vlp32 3 >scan
"$lidargen" hdl64 3 | head -c 160000 >points

value() {
    sed -n "s/.*\"$1\":\\([0-9]*\\).*/\\1/p" json | head -n 1
}

while read -r file option count what; do
    expect 0 "$MIDICOTH" --explain --json -v -4 $option $file >json
    "$MIDICOTH" -4c $option $file >$file.mdc
    size=$(wc -c <$file.mdc)
    test "$(value packed_size)" -eq "$size" || fail "$file: another size"
    payload=$((size * 8 - $(value frame_size) * 8))
    awk -v payload=$payload '
        index($0, "\"") == 1 { inside = index($0, "\"ways\"") == 1 }
        inside && match($0, /^{"bits":[0-9.]+/) {
            bits += substr($0, 9, RLENGTH - 8)
        }
        END {
            d = bits > payload ? bits - payload : payload - bits
            exit d > payload / 1000 + 64
        }' json || fail "$file: the ways are not $payload bits"
    for way in x y z; do
        grep -q "\"name\":\"$way\"" json || fail "$file: no $way"
    done
    "$MIDICOTH" --explain --json -v $file.mdc >of_archive
    sed "s/\"$file.mdc\"/\"$file\"/" of_archive | cmp - json ||
        fail "$file: its archive says something else"
    expect 0 "$MIDICOTH" --explain $file.mdc >out
    grep -Eq "^$what" out || fail "$file: no sensor: $(cat out)"
    grep -q '^Coordinates   Share  Off by$' out || fail "$file: no residuals"
    # Every point is a dot, but for few that are far away and are left out.
    expect 0 "$MIDICOTH" --explain --svg $file.mdc >svg
    dots=$(grep -o 'h0' svg | wc -l)
    test "$dots" -le "$count" || fail "$file: $dots dots"
    test "$dots" -ge $((count * 95 / 100)) || fail "$file: $dots dots"
    if python3 -c '' 2>/dev/null; then
        python3 - $count <<'END' || fail "$file: JSON or SVG"
import json, sys, xml.dom.minidom
xml.dom.minidom.parse("svg")
made = json.load(open("json"))["files"][0]
assert len(made["points"]) == int(sys.argv[1]), len(made["points"])
assert sum(s["count"] for s in made["sensors"]) >= len(made["points"])
assert all(len(s["facts"]) > 1 for s in made["sensors"])
assert sum(r["count"] for r in made["residuals"]) > len(made["points"])
END
    fi
done <<'END'
sweep -k 9600 sweep.of.an.HDL-32E,.9,600.points$
sweep --quantize=1e-5 9600 sweep.of.an.HDL-32E,.9,600.points$
points -k 10000 .*10,000.points$
END

# Of many points some are shown, and each file has its picture in the page.
expect 0 "$MIDICOTH" --explain --svg -4 scan >svg
dots=$(grep -o 'h0' svg | wc -l)
test "$dots" -le 20000 || fail "$dots dots"
test "$dots" -ge 9000 || fail "$dots dots"
expect 0 "$MIDICOTH" --explain --html -4 sweep scan "$sample" >page
test "$(grep -c '<svg' page)" -eq 2 || fail "pictures of the page"
test "$(grep -c '>scan of a VLP-32C<' page)" -eq 2 || fail "scans of the page"
grep -Eiq 'https?:|src=|href=|@import|url\(|<script|<link|<iframe' page &&
    fail "the page is not complete in itself"
expect 0 "$MIDICOTH" --explain --svg "$sample" >svg
test "$(grep -c '<svg' svg)" -eq 1 || fail "no picture of a log"
expect 1 "$MIDICOTH" --explain --svg sweep points >svg
says "midicoth: points: --svg shows one file"
test "$(grep -c '<svg' svg)" -eq 1 || fail "two pictures"
expect 1 "$MIDICOTH" --svg sweep
says "--svg needs --explain"
expect 1 "$MIDICOTH" --explain --svg --html sweep
says "--svg needs --explain"
exit 0
