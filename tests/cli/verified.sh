#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# --verify compares before the source is removed; a source that changes while
# it is read is not removed either.
. "$abs_top_srcdir/tests/cli/lib.sh"

cp "$sample" f
expect 0 "$MIDICOTH" --verify f
files f.mdc
expect 0 "$MIDICOTH" -d --verify f.mdc
files f
: >e
expect 0 "$MIDICOTH" --verify -1 --block-size=16K -T2 f e
expect 0 "$MIDICOTH" -d f.mdc e.mdc
cmp f "$sample" || fail "content"
expect 1 "$MIDICOTH" --verify -c f >out
says "--verify needs a file to write to"
test ! -s out || fail "output that is not verified"
rm out e f

# slowly OPTION...: compresses big in the background, until it was read.
slowly() {
    rm -f big.mdc
    lines 12000 >big
    "$MIDICOTH" -9 "$@" big 2>err &
    pid=$!
    wait_until partial
    sleep 0.2
}

# The source is another one when it is compared.
slowly --verify
printf X | dd of=big conv=notrunc status=none
got=0
wait $pid || got=$?
test $got -eq 1 || fail "changed before it was compared: $got"
says "big: the archive does not restore to it"
files big

# The source grew behind what was read.
slowly
echo more >>big
got=0
wait $pid || got=$?
test $got -eq 2 || fail "grown: exit status $got"
says "big: changed while it was read, not removed"
files big big.mdc

# The name stands for another file now.
slowly
mv big moved
echo new >big
got=0
wait $pid || got=$?
test $got -eq 2 || fail "replaced: exit status $got"
says "big: was moved or replaced, not removed"
test "$(cat big)" = new || fail "the new file is gone"
