#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# -l: sums of an archive, blocks with -v, totals, JSON.
. "$abs_top_srcdir/tests/cli/lib.sh"

"$MIDICOTH" -1c --block-size=32K "$sample" >a.mdc
echo small | "$MIDICOTH" -1 >'b "c".mdc'
size_a=$(wc -c <a.mdc)
size_b=$(wc -c <'b "c".mdc')

expect 0 "$MIDICOTH" -l a.mdc 'b "c".mdc' >out
test "$(wc -l <out)" -eq 5 || fail "lines of -l"
awk -v a="$size_a" -v b="$size_b" '
    NR == 1 { bad += $1 != "Frames" || $NF != "Name" }
    NR == 2 { bad += $1 != 1 || $2 != 3 || $3 != a || $4 != 98304 }
    NR == 2 { bad += $5 < 98304 / a - 0.001 || $5 > 98304 / a + 0.001 }
    NR == 3 { bad += $1 != 1 || $2 != 1 || $3 != b || $4 != 6 }
    NR == 5 { bad += $1 != 2 || $2 != 4 || $3 != a + b || $4 != 98310 }
    END { exit bad > 0 }' out || fail "figures of -l: $(cat out)"

# Blocks: they follow each other and add up.
expect 0 "$MIDICOTH" -lv a.mdc >out
test "$(grep -c ' block ' out)" -eq 3 || fail "blocks of -lv"
grep -q 'frame 0 block 2: .* -> 32768 bytes from 65536, .* log ' out ||
    fail "the last block: $(cat out)"

# Of texts with time stamps, lines and times.
awk 'BEGIN { for (i = 0; i < 4000; i++)
    printf "2024-02-29 10:%02d:%02d item %d\n", i / 60 % 60, i % 60, i }' \
    >times.log
"$MIDICOTH" -1c --block-size=64K times.log >times.mdc
expect 0 "$MIDICOTH" -lv times.mdc >out
sed -n 's/.* \([0-9]*\) lines, .*/\1/p' out |
    awk '{ sum += $1 } END { exit sum != 4000 }' ||
    fail "lines of blocks: $(cat out)"
grep -q ' block 0: .* lines, 2024-02-29T10:00:00 to 2024-02-29T10:' out ||
    fail "times of a block: $(cat out)"
expect 0 "$MIDICOTH" -lv --json times.mdc >out
grep -q '"lines":4000,"block_list":.*"least_time":"2024-02-29T10:' out ||
    fail "lines and times as JSON: $(cat out)"

# Several frames, zeros behind them, and from standard input.
cat a.mdc 'b "c".mdc' >two.mdc
head -c 100 /dev/zero >>two.mdc
expect 0 "$MIDICOTH" -l <two.mdc >out
grep -q '^ *2  *4 .* 98310 .*(stdin)$' out || fail "two frames: $(cat out)"
cat two.mdc | expect 1 "$MIDICOTH" -l >out || exit 1
says "(stdin): is not a regular file"

# JSON, in one line for each file, names quoted.
expect 0 "$MIDICOTH" -l --json a.mdc 'b "c".mdc' >out
grep -qF '{"name":"b \u0022c\u0022.mdc","frames":1,' out || fail "$(cat out)"
grep -q '"total":{"frames":2,"blocks":4,.*"plain_size":98310,' out ||
    fail "the total: $(cat out)"
expect 0 "$MIDICOTH" -lv --json a.mdc >out
test "$(grep -o '"codec":"log"' out | wc -l)" -eq 3 || fail "blocks as JSON"
expect 1 "$MIDICOTH" -l --json nope >out
grep -qF '{"files":[],"total":{"frames":0,' out || fail "no files as JSON"
if command -v python3 >/dev/null; then
    for args in "a.mdc" "-v two.mdc" "nope" "a.mdc nope a.mdc"; do
        "$MIDICOTH" -l --json $args 2>/dev/null |
            python3 -c 'import json, sys; json.load(sys.stdin)' ||
            fail "not JSON: $args"
    done
fi

# What is wrong with a file is said of it alone.
{
    cat a.mdc
    echo more
} >trail.mdc
expect 2 "$MIDICOTH" -l trail.mdc a.mdc >out
says "trail.mdc: bytes behind the archive"
test "$(wc -l <out)" -eq 5 || fail "not listed with bytes behind"
head -c $((size_a - 1)) a.mdc >cut.mdc
expect 2 "$MIDICOTH" -l cut.mdc a.mdc >out
says "cut.mdc: unexpected end"
test "$(wc -l <out)" -eq 7 || fail "not both are listed"
grep -q '^ *0  *3 .* 98304 .*cut.mdc$' out || fail "what is whole: $(cat out)"
expect 2 "$MIDICOTH" -lv --json cut.mdc >out
grep -q '"cut_off":1' out || fail "no cut in JSON: $(cat out)"

# A frame behind one that is cut off: both are listed.
head -c $((size_a / 2)) a.mdc >gap.mdc
cat 'b "c".mdc' >>gap.mdc
expect 2 "$MIDICOTH" -lv gap.mdc >out
says "gap.mdc: the frame is cut off"
grep -q ', cut off$' out || fail "the cut is not shown: $(cat out)"
grep -q '^  frame 1 block 0: .* -> 6 bytes' out || fail "the next frame"
"$MIDICOTH" -dc gap.mdc >back 2>/dev/null
got=$(awk '/gap.mdc$/ { print $4 }' out)
test "$(wc -c <back)" -eq "$got" || fail "other sizes than what restores"
