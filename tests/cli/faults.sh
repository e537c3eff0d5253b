#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# What is wrong is said in one line, with the place; the exit status shows it;
# nothing half done is left, and no source is lost.
. "$abs_top_srcdir/tests/cli/lib.sh"

"$MIDICOTH" -1c --block-size=32K "$sample" >good.mdc
size=$(wc -c <good.mdc)

# Damage in the last third is in block 2.
at=$((size * 5 / 6))
{
    head -c $at good.mdc
    printf 'XXXX'
    tail -c +$((at + 5)) good.mdc
} >f.mdc
cp f.mdc saved
expect 1 "$MIDICOTH" -d f.mdc
says "midicoth: f.mdc: "
grep -Eq '\(block 2, offset [0-9]+\)$' err || fail "no block, no offset"
files f.mdc good.mdc saved
cmp f.mdc saved || fail "the source is not what it was"
expect 1 "$MIDICOTH" -t f.mdc
grep -Eq '\(block 2, offset [0-9]+\)$' err || fail "-t: no block, no offset"
expect 1 "$MIDICOTH" -tqq f.mdc
test ! -s err || fail "-qq is not silent"

# To standard output goes what is good.
expect 1 "$MIDICOTH" -dc f.mdc >out
test "$(wc -c <out)" -eq 65536 || fail "$(wc -c <out) bytes came back"
head -c 65536 "$sample" | cmp - out || fail "wrong bytes came back"
rm out saved

# Cut short.
head -c $((size / 2)) good.mdc >f.mdc
expect 1 "$MIDICOTH" -d f.mdc
says "f.mdc: unexpected end of archive (block 1, offset $((size / 2)))"
files f.mdc good.mdc

# Bytes behind the archive: restored, a warning, and the source stays, as not
# all of it was restored.
{
    cat good.mdc
    echo more
} >f.mdc
expect 2 "$MIDICOTH" -d f.mdc
says "f.mdc: bytes behind the archive were ignored"
cmp f "$sample" || fail "wrong bytes before bytes behind"
files f f.mdc good.mdc
rm f
expect 2 "$MIDICOTH" -t f.mdc
expect 2 "$MIDICOTH" -dc f.mdc >out
cmp out "$sample" || fail "-dc with bytes behind"
expect 2 "$MIDICOTH" -tq f.mdc
test ! -s err || fail "-q is not silent"
rm out

# Zeros behind it are nothing.
{
    cat good.mdc
    head -c 1234 /dev/zero
} >f.mdc
expect 0 "$MIDICOTH" -d f.mdc
files f good.mdc
rm f

# A second frame that is damaged where it starts is not taken for its end.
{
    cat good.mdc
    tail -c +2 good.mdc
} >f.mdc
expect 2 "$MIDICOTH" -d f.mdc
test -e f.mdc || fail "half of an archive was removed"
rm f f.mdc

# No room for the output.
if test -c /dev/full; then
    expect 1 "$MIDICOTH" -c "$sample" >/dev/full
    says "write error: No space left"
    expect 1 "$MIDICOTH" -dc good.mdc >/dev/full
    says "write error: No space left"
    expect 1 "$MIDICOTH" -l good.mdc >/dev/full
    says "cannot write to stdout"
fi

# Not an archive.
cp "$sample" f.mdc
expect 1 "$MIDICOTH" -d f.mdc
says "f.mdc: not a midicoth archive"
: >f.mdc
expect 1 "$MIDICOTH" -d f.mdc
says "f.mdc: unexpected end of archive"
files f.mdc good.mdc

# A standard file that is closed is not mistaken for a file that is opened.
rm f.mdc
cp "$sample" f
"$MIDICOTH" f <&- >&- 2>&- || fail "closed standard files"
"$MIDICOTH" -dc f.mdc 2>err | cmp - "$sample" || fail "closed: content"
got=0
"$MIDICOTH" -dc f.mdc >&- 2>err || got=$?
test $got -eq 1 || fail "closed output: exit status $got"
got=0
"$MIDICOTH" -c <&- >out 2>err || got=$?
test $got -eq 1 && test ! -s out || fail "closed input: exit status $got"
