#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# --templates: of plain logs and of archives alike, as text and as JSON.
. "$abs_top_srcdir/tests/cli/lib.sh"

awk 'BEGIN {
    for (i = 1; i <= 300; i++)
        if (i % 3)
            printf "%02d:%02d:00 worker: job %d took %d ms\r\n",
                i / 60, i % 60, i * 7919 % 100000, i * 31 % 997
        else
            printf "%02d:%02d:00 \"mailer\": queue is empty\r\n",
                i / 60, i % 60
    print "something else" }' >log

expect 0 "$MIDICOTH" --templates log >out
grep -Eq '^ +200 +[0-9.]+% +1 +299  <\*> worker: job <\*> took <\*> ms$' out ||
    fail "the first template: $(cat out)"
grep -Eq '^ +100 +[0-9.]+% +3 +300  <\*> "mailer": queue is empty$' out ||
    fail "the second template: $(cat out)"
grep -Eq '^ +1 +[0-9.]+% +301 +301  \(no template\) something else$' out ||
    fail "lines without a template: $(cat out)"
test "$(wc -l <out)" -eq 5 || fail "other templates: $(cat out)"

# All shares make up the whole, but for what rounding takes.
awk 'NR > 2 { sum += $2 } END { exit sum < 99.9 || sum > 100 }' out ||
    fail "shares: $(cat out)"

# An archive has the same ones as what is in it.
expect 0 "$MIDICOTH" -k log
expect 0 "$MIDICOTH" --templates log.mdc >of_archive
sed '1s/log:/log.mdc:/' out | cmp - of_archive || fail "of an archive"
expect 0 "$MIDICOTH" --templates <log >of_stdin
sed '1s/log:/(stdin):/' out | cmp - of_stdin || fail "of stdin"
files log log.mdc of_archive of_stdin out

expect 0 "$MIDICOTH" --templates --json log log.mdc >json
grep -qF '"template":"\u0001 worker: job \u0001 took \u0001 ms\u000d\u000a"' \
    json || fail "JSON: $(cat json)"
grep -qF '"lines":200,"first_line":1,"last_line":299,' json ||
    fail "JSON counts: $(cat json)"
grep -qF '"example":"00:03:00 \u0022mailer\u0022: queue is empty' json ||
    fail "JSON example: $(cat json)"
test "$(grep -c '"name"' json)" -eq 2 || fail "JSON files: $(cat json)"

# What is damaged has none; what is empty has none either.
head -c 100 log.mdc >cut.mdc
expect 1 "$MIDICOTH" --templates cut.mdc >out
test ! -s out || fail "templates of a damaged archive"
expect 0 "$MIDICOTH" --templates - </dev/null >out
test "$(wc -l <out)" -eq 2 || fail "templates of nothing"
