#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Options that gzip and xz do not have, or do not agree on.
. "$abs_top_srcdir/tests/cli/lib.sh"
cp "$sample" f

# Values that make no sense are refused before anything is done.
for option in -T-1 -T257 -Tx -T --threads= -M-1 -Mx -M0% -M101% -M5Q \
    --block-size=4095 --block-size=257M --block-size=x -S --suffix= -Sa/b \
    --max-output=0 --max-output=x --sync=x --json; do
    case $option in
    -T | -S) expect 1 "$MIDICOTH" $option ;;
    *) expect 1 "$MIDICOTH" $option f ;;
    esac
    files f
done
expect 1 "$MIDICOTH" -T0x f
says "midicoth: 0x: a number of threads is 0 to 256"

# Levels: all restore, the last one wins, -0 stores.
for level in 0 1 2 3 4 5 6 7 8 9; do
    "$MIDICOTH" -c -$level f >f.$level
    "$MIDICOTH" -dc f.$level | cmp - f || fail "level $level"
done
"$MIDICOTH" -c f | cmp - f.6 || fail "-6 is not the default"
"$MIDICOTH" -c -9 --fast f | cmp - f.1 || fail "--fast is not -1"
"$MIDICOTH" -c -1 --best f | cmp - f.9 || fail "--best is not -9"
"$MIDICOTH" -c -93 f | cmp - f.3 || fail "-93 is not -3"
test "$(wc -c <f.0)" -le $(($(wc -c <f) + 32)) || fail "-0 grows"
rm f.*

# The environment gives level and threads, and nothing else.
"$MIDICOTH" -1c f >one
for value in -1 ' -1  -T2 ' '--fast --threads=1' '-9 -1' '-T 1 -1'; do
    expect 0 env MIDICOTH_OPT="$value" "$MIDICOTH" -c f >out
    cmp out one || fail "MIDICOTH_OPT=$value"
done
expect 0 env MIDICOTH_OPT=-9 "$MIDICOTH" -1c f >out
cmp out one || fail "MIDICOTH_OPT wins over the command line"
for value in -k '-1 -d' -c --rm -S.x --flush=line -M1G f --nonsense -T-3 \
    --files=f -1k; do
    expect 1 env MIDICOTH_OPT="$value" "$MIDICOTH" -1f f
    grep -q '^midicoth: MIDICOTH_OPT: ' err || fail "no error for $value"
    files f.mdc one out
    "$MIDICOTH" -dc f.mdc | cmp - "$sample" || fail "MIDICOTH_OPT=$value"
    mv f.mdc g.mdc
    "$MIDICOTH" -d g.mdc
    mv g f
done
rm one out

# A memory limit that is too low names what is needed; threads are given up
# before, and do not change a byte.
expect 1 "$MIDICOTH" -9 -M64K f
says "f: level 9 needs "
says "the limit is 64.0 KiB"
files f
need=$(sed 's/.* needs \([0-9]*\).*MiB of.*/\1/' err)
expect 0 "$MIDICOTH" -9c -M$((need + 1))M f >one
expect 0 "$MIDICOTH" -9c -Mmax -T4 f >two
cmp one two || fail "the bytes depend on the memory limit"
expect 1 "$MIDICOTH" -dc -M64K one >out
says "memory"
test ! -s out || fail "output in spite of the limit"
expect 0 "$MIDICOTH" -dc -M50% one >out
cmp out f || fail "restored under a limit"
rm one two out
# What would fit is named.
expect 1 "$MIDICOTH" -9c -M$((need / 2))M --block-size=64M f >one
grep -Eq 'would fit\)$' err || fail "nothing that would fit"
other=$(sed 's/.*; \(.*\) would fit)$/\1/' err)
expect 0 "$MIDICOTH" -9c -M$((need / 2))M "$other" f >one
rm one

# Blocks become smaller, where nobody asked for a size, and that is said; one
# that is named would fit.
lines 30000 >big
expect 0 "$MIDICOTH" -1c -M16M big >one
says "big: blocks of "
says "to stay within the memory limit of 16.0 MiB (see -M)"
"$MIDICOTH" -dc one | cmp - big || fail "smaller blocks"
size=$("$MIDICOTH" -lv one | grep -c ' block ')
test "$size" -gt 1 || fail "one block in spite of the limit"
expect 0 "$MIDICOTH" -1cq -M16M big >two
test ! -s err || fail "not silent"
cmp one two || fail "other blocks"
expect 1 "$MIDICOTH" -1c -M16M --block-size=64M big >two
grep -q '; --block-size=[0-9]*K would fit)$' err || fail "no block that fits"
block=$(sed 's/.*; \(--block-size=[0-9]*K\) would fit)$/\1/' err)
expect 0 "$MIDICOTH" -1c -M16M "$block" big >two
test ! -s err || fail "not silent"
rm one two
expect 0 "$MIDICOTH" -3c -T8 -Mmax --block-size=256K big >one
expect 0 "$MIDICOTH" -3c -T8 -M60M --block-size=256K big >two
cmp one two || fail "the bytes depend on the number of threads"
rm one two big

# What is no file to read is skipped.
if python3 -c 'import socket
socket.socket(socket.AF_UNIX).bind("sock")' 2>err; then
    expect 2 "$MIDICOTH" sock
    says "sock: is not a regular file, skipped"
    expect 2 "$MIDICOTH" -c sock
    rm sock
fi

# Restored zeros are holes, and only there: content and size are the same.
{
    printf begin
    head -c 1000000 /dev/zero
    printf middle
    head -c 3000 /dev/zero
    printf more
    head -c 2000000 /dev/zero
} >z
size=$(wc -c <z)
for level in 0 1; do
    "$MIDICOTH" -$level -c z >h.mdc
    "$MIDICOTH" -dk h.mdc
    cmp z h || fail "holes: content"
    "$MIDICOTH" -dfk --no-sparse h.mdc
    cmp z h || fail "--no-sparse: content"
    "$MIDICOTH" -dc h.mdc | cmp - z || fail "zeros to a pipe"
    rm h
done
truncate -s 1M h
if test "$(stat -c %b h)" -eq 0; then
    "$MIDICOTH" -dfk h.mdc
    test "$(stat -c %b h)" -lt 200 || fail "$(stat -c %b h) blocks of disk"
    "$MIDICOTH" -dfk --no-sparse h.mdc
    test "$(stat -c %b h)" -gt 4000 || fail "holes in spite of --no-sparse"
fi
rm z h h.mdc
head -c 65536 /dev/zero >z
"$MIDICOTH" -1k z
"$MIDICOTH" -df z.mdc
test "$(wc -c <z)" -eq 65536 || fail "zeros alone"
rm z

# Blocks of a size.
"$MIDICOTH" -1c --block-size=16K f >f.mdc
"$MIDICOTH" -lv f.mdc | grep -c ' block ' | grep -qx 6 || fail "block size"
"$MIDICOTH" -dc f.mdc | cmp - f
rm f.mdc

# Lists of names.
printf 'a\n' >a
printf 'b\n' >'b c'
printf 'd\n' >"$(printf 'd\nd')"
printf 'a\n\nb c\n' >list
expect 0 "$MIDICOTH" --files=list
files a.mdc 'b c.mdc' d d f list
printf 'a.mdc\0b c.mdc\0' | expect 0 "$MIDICOTH" -d --files0 || exit 1
printf 'f\0d\nd\0a' | expect 0 "$MIDICOTH" --files0=- 'b c' || exit 1
files a.mdc 'b c.mdc' d d.mdc f.mdc list
expect 1 "$MIDICOTH" --files=nope
says "nope: No such file"
printf 'a.mdc\nnope\nf.mdc\n' | expect 1 "$MIDICOTH" -d --files || exit 1
says "nope: No such file"
cmp f "$sample" || fail "a name behind a missing one"
printf -- '-\n' | expect 1 "$MIDICOTH" --files || exit 1
says "cannot be both"
printf 'a\0b\n' | expect 1 "$MIDICOTH" --files || exit 1
says "a name has a NUL"
rm -f a* b* d* list

# -k and --rm: the last one wins.
expect 0 "$MIDICOTH" -k --rm f
files f.mdc
expect 0 "$MIDICOTH" -d --rm -k f.mdc
files f f.mdc
rm f.mdc

# An archive under another name is not compressed again, unless forced.
"$MIDICOTH" -c f >packed
expect 2 "$MIDICOTH" packed
says "packed: is an archive already, skipped"
files f packed
expect 0 "$MIDICOTH" -f packed
"$MIDICOTH" -dc packed.mdc | "$MIDICOTH" -dc | cmp - f || fail "twice"
rm packed.mdc

# Not overwritten: a warning, and both files stay.
echo there >f.mdc
expect 2 "$MIDICOTH" f
says "f.mdc: already exists, not overwritten"
test "$(cat f.mdc)" = there && cmp f "$sample" || fail "overwritten"

# A name is printed on one line, whatever is in it.
name=$(printf 'a\033[31m\nb')
expect 1 "$MIDICOTH" "$name"
says 'midicoth: a?[31m?b: No such file'

# Help and version.
"$MIDICOTH" --help | grep -q '^Usage: midicoth ' || fail "help"
"$MIDICOTH" -V | grep -q '^midicoth [0-9]' || fail "version"
