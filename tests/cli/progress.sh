#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# --progress without a terminal: plain lines that end at 100 %; -v: one line.
. "$abs_top_srcdir/tests/cli/lib.sh"

# ends TEXT: the last line has TEXT in it; a slow machine may print more.
ends() {
    tail -n 1 err | grep -qF -- "$1" || fail "the last line is not: $1"
}

"$MIDICOTH" -c "$sample" >f.mdc
size=$(wc -c <f.mdc)
grouped=$(echo "$size" | sed -E ':a;s/([0-9])([0-9]{3})(,|$)/\1,\2\3/;ta')
expect 0 "$MIDICOTH" --progress -c "$sample" >out
ends ": 100.0 %, 96.0 KiB -> "
expect 0 "$MIDICOTH" --progress -dc f.mdc >out
ends "f.mdc: 100.0 %, 96.0 KiB <- "
expect 0 "$MIDICOTH" --progress -t <f.mdc
ends "(stdin): 100.0 %"
cat f.mdc | expect 0 "$MIDICOTH" --progress -t || exit 1
ends "(stdin): 96.0 KiB <- "
expect 0 "$MIDICOTH" --progress -qt f.mdc
test ! -s err || fail "progress in spite of -q"
expect 0 "$MIDICOTH" -t f.mdc
test ! -s err || fail "progress that nobody asked for"
if grep -q "$(printf '[\r\033]')" err; then
    fail "lines are drawn over each other"
fi

expect 0 "$MIDICOTH" -vc "$sample" >out
says ": 98,304 -> $grouped bytes, ratio "
expect 0 "$MIDICOTH" -vt f.mdc
says "f.mdc: ok, $grouped -> 98,304 bytes, ratio "
expect 0 "$MIDICOTH" -vdk f.mdc
says "f.mdc: $grouped -> 98,304 bytes"

# A job of several seconds tells how far it is.
lines 60000 >big
expect 0 "$MIDICOTH" -9 --progress --block-size=256K -T1 big
awk '{
    part = $2 + 0
    if (part < last || part > 100)
        exit 1
    last = part
} END { exit NR < 2 || last != 100 }' err || fail "progress: $(cat err)"
