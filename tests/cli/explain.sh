#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# --explain: the parts add up to the whole, whatever the level; JSON is JSON,
# and a page of HTML is complete in itself, whatever a log says.
. "$abs_top_srcdir/tests/cli/lib.sh"

awk 'BEGIN {
    for (i = 1; i <= 3000; i++)
        if (i % 3)
            printf "2024-05-01 %02d:%02d:00 worker: job %d took %d ms\r\n",
                i / 60 % 24, i % 60, i * 7919 % 100000, i * 31 % 997
        else
            printf "2024-05-01 %02d:%02d:00 \"mail\": queue <is> & empty\r\n",
                i / 60 % 24, i % 60
    printf "<script>alert(1)</script> \" onload=\"x\" & "
    print "\001 \033[1m \377 end" }' \
    >log

# sum ARRAY: the bits of its parts, one on each line.
sum() {
    awk -v name="\"$1\":[" '
        index($0, "\"") == 1 { inside = $0 == name }
        /"example":/ && !/"template":/ { next } # a slot
        inside && match($0, /^{"bits":[0-9.]+/) {
            bits += substr($0, 9, RLENGTH - 8)
        }
        END { printf "%d\n", bits }' json
}

value() {
    sed -n "s/.*\"$1\":\\([0-9]*\\).*/\\1/p" json | head -n 1
}

# near WHAT A B LEAST: A is B but for 0.1 % and LEAST.
near() {
    awk -v a="$2" -v b="$3" -v least="$4" 'BEGIN {
        d = a > b ? a - b : b - a
        exit d > b / 1000 + least
    }' || fail "$1: $2, not $3 bits"
}

for level in 0 1 2 3 4 5 6 8; do
    expect 0 "$MIDICOTH" --explain --json -$level log >json
    "$MIDICOTH" -c -$level log >log.mdc
    size=$(wc -c <log.mdc)
    test "$(value packed_size)" -eq "$size" || fail "-$level: another size"
    payload=$((size * 8 - $(value frame_size) * 8))
    near "-$level blocks" "$(sum blocks)" $payload 0
    near "-$level ways" "$(sum ways)" $payload 64
    near "-$level templates" "$(sum templates)" $payload 128
    # An archive explains itself.
    "$MIDICOTH" --explain --json log.mdc >of_archive
    sed 's/"log.mdc"/"log"/' of_archive | cmp - json || fail "of an archive"
done
rm of_archive

# Blocks that grow by flushes are the byte models'.
for level in 5 6 8; do
    "$MIDICOTH" -c -$level --flush=100K log >log.mdc
    expect 0 "$MIDICOTH" --explain --json log.mdc >json
    payload=$(($(value packed_size) * 8 - $(value frame_size) * 8))
    near "-$level text" "$(sum text)" $payload 128
    grep -q '"name":"fields as predicted"' json || fail "-$level: no fields"
done

"$MIDICOTH" -c -6 log >log.mdc
if python3 -c '' 2>/dev/null; then
    "$MIDICOTH" --explain --json log log.mdc >json
    python3 -c 'import json, sys
files = json.load(sys.stdin)["files"]
assert len(files) == 2 and len(files[0]["templates"]) == 3, files
assert len(files[0]["templates"][0]["slots"]) > 0' <json || fail "JSON"
fi

# For people: what varies most is first.
expect 0 "$MIDICOTH" --explain -6 log >out
grep -Eq '^log: 1[0-9]{2},[0-9]{3} -> [0-9]+ bytes$' out || fail "$(cat out)"
grep -q ' block 0: .*, log row 6: templates, columns and tables' out ||
    fail "the block: $(cat out)"
grep -A 1 ' Template' out | grep -q ' 2,000 .*<\*> worker: job <\*> took' ||
    fail "the first template: $(cat out)"
# Each kind of what was coded is explained.
awk '/What was coded$/ { inside = 1; next }
    inside && !NF { exit }
    inside && !/[0-9]%  +[0-9,]+  [a-z].*: ./ { exit 1 }
    inside { kinds++ }
    END { exit kinds < 3 }' out || fail "what was coded: $(cat out)"
expect 0 "$MIDICOTH" --explain -3 log >out
grep -q ' Template (costs are estimates)$' out || fail "estimates: $(cat out)"

# Several blocks, flushes, a dictionary, and from standard input.
head -c 60000 log >dict
cat log log log >logs
expect 0 "$MIDICOTH" --explain -5 --block-size=100K logs >out
test "$(grep -c '^  block ' out)" -gt 3 || fail "blocks: $(cat out)"
"$MIDICOTH" -5 -c -D dict --flush=20K log >log.mdc
expect 1 "$MIDICOTH" --explain log.mdc >out
says "needs dictionary"
test ! -s out || fail "explained without a dictionary"
expect 0 "$MIDICOTH" --explain -D dict <log.mdc >out
grep -q '^(stdin): ' out || fail "of stdin: $(cat out)"

# Blocks that start within a long line are the log's, too.
{ cat log; head -c 300000 log | tr -d '\r\n'; echo; cat log; } >long
expect 0 "$MIDICOTH" --explain --json -1 --block-size=64K long >json
payload=$(($(value packed_size) * 8 - $(value frame_size) * 8))
near "of a long line" "$(sum templates)" $payload 128

# The page: nothing from outside, and nothing of the log is markup.
expect 0 "$MIDICOTH" --explain --html -6 log logs >page
grep -Eiq 'https?:|src=|href=|@import|url\(|<script|<link|<iframe' page &&
    fail "the page is not complete in itself"
grep -q '&#60;script&#62;alert(1)' page || fail "what the log says is lost"
grep -q 'onload="' page && fail "what the log says is an attribute"
tr -d '\n\t' <page | grep -aq '[[:cntrl:]]' && fail "control characters"
grep -q 'new texts<br><small>words and lines where' page ||
    fail "the page does not explain what was coded"
test "$(grep -c '<h1>' page)" -eq 2 || fail "files of the page"
test "$(tail -n 1 page)" = '</html>' || fail "the page's end"

# What is damaged, empty or no text.
head -c 100 log.mdc >cut.mdc
expect 1 "$MIDICOTH" --explain -D dict cut.mdc >out
test ! -s out || fail "a damaged archive is explained"
expect 0 "$MIDICOTH" --explain - </dev/null >out
grep -q '^(stdin): 0 -> ' out || fail "nothing: $(cat out)"
head -c 20000 /dev/urandom >noise
expect 0 "$MIDICOTH" --explain noise >out
grep -q ' 20,000  stored as it is: ' out || fail "noise: $(cat out)"
expect 1 "$MIDICOTH" --html log
says "--html needs --explain"
expect 1 "$MIDICOTH" --explain --html --json log
says "--html needs --explain"
