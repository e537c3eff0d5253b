#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# -D, --seekable and --train.
. "$abs_top_srcdir/tests/cli/lib.sh"

# Samples, and files of their kind.
cp "$sample" all
split -l 20 all s.
mv s.aa f
mv s.ab g
expect 0 "$MIDICOTH" --train s.* -o dict --maxdict=20000
test ! -s err || fail "training says something"
size=$(wc -c <dict)
test "$size" -le 20000 && test "$size" -gt 10000 || fail "$size bytes made"
cat s.* | expect 0 "$MIDICOTH" --train -o piped --maxdict=3K || exit 1
test "$(wc -c <piped)" -le 3072 || fail "--maxdict is not kept"
mkdir tree
mv s.* tree
expect 0 "$MIDICOTH" --train -r tree -o whole -v
grep -q '^whole: dictionary [0-9a-f]\{8\}, [0-9]* bytes from ' err ||
    fail "-v of --train: $(cat err)"
test "$(stat -c %a dict)" = 644 || fail "the mode of a dictionary"

# An output that exists is kept; samples are.
expect 2 "$MIDICOTH" --train tree/* -o dict
says "dict: already exists"
test "$(wc -c <dict)" -eq "$size" || fail "overwritten"
expect 0 "$MIDICOTH" --train -f tree/s.ac -o dict2
cmp dict2 tree/s.ac || fail "of one small sample"
: >empty
expect 1 "$MIDICOTH" --train empty -o nothing
says "there are no samples"
expect 1 "$MIDICOTH" --train nope -o nothing
expect 1 "$MIDICOTH" --train f
says "--train needs -o"
expect 1 "$MIDICOTH" -o out f
says "-o needs --train"
for size in 0 8388609 x; do
    expect 1 "$MIDICOTH" --train f -o nothing --maxdict=$size
done
test ! -e nothing || fail "a dictionary of nothing"

# Compress, test, list and restore with it, at every kind of level.
for level in 0 1 2 3 4 6; do
    expect 0 "$MIDICOTH" -$level -c f >without
    expect 0 "$MIDICOTH" -$level -c -D dict f >with
    expect 0 "$MIDICOTH" -t -D dict with
    expect 0 "$MIDICOTH" -dc -D dict with >out
    cmp out f || fail "-$level -D"
    expect 0 "$MIDICOTH" -dc -D dict without >out
    cmp out f || fail "-$level, a dictionary that is not needed"
    if test $level = 0; then
        cmp with without || fail "-0 uses a dictionary"
        continue
    fi
    test "$(wc -c <with)" -lt "$(wc -c <without)" || fail "-$level: no gain"
    expect 1 "$MIDICOTH" -dc with >out
    says "needs dictionary"
    says "none is given"
    expect 1 "$MIDICOTH" -t -D dict2 with
    says "the one given is"
    test ! -s out || fail "output without the dictionary"
    expect 0 "$MIDICOTH" -lv with >out
    grep -q ' external dictionary [0-9a-f]\{8\}$' out || fail "$(cat out)"
    grep -q ' memory .* to compress, .* to restore, ' out || fail "$(cat out)"
done

# Files in place, several blocks, verified, with flushes.
expect 0 "$MIDICOTH" -1 -D dict --verify f g
files all dict dict2 empty f.mdc g.mdc out piped tree whole with without
expect 0 "$MIDICOTH" -d -D dict g.mdc f.mdc
"$MIDICOTH" -c -D dict f | "$MIDICOTH" -d -D dict | cmp - f || fail "a pipe"
for threads in 1 2; do
    expect 0 "$MIDICOTH" -2 -T$threads --block-size=32K -c -D dict all >with
    expect 0 "$MIDICOTH" -T$threads -dc -D dict with >out
    cmp out all || fail "blocks with -D"
    expect 0 "$MIDICOTH" -1 -T$threads --flush=5000 -c -D dict all >with
    expect 0 "$MIDICOTH" -T$threads -dc -D dict with >out
    cmp out all || fail "flushes with -D"
done
cat with with >two
"$MIDICOTH" -dc -D dict two | cmp -n "$(wc -c <all)" - all || fail "two frames"

# Many files with one context: each as if it were alone.
expect 0 "$MIDICOTH" -6 -k -D dict tree/s.a* g
for file in tree/s.ad tree/s.az g; do
    "$MIDICOTH" -6 -c -D dict $file | cmp - $file.mdc || fail "$file of many"
done
cp tree/s.ad with
expect 2 "$MIDICOTH" -d -D dict tree/s.a?.mdc
grep -c 'already exists' err | grep -qx 24 || fail "restored over files"
expect 0 "$MIDICOTH" -df -D dict tree/s.a*.mdc
cmp tree/s.ad with || fail "restored with one context"
rm g.mdc
# A bad one between them does not disturb.
expect 0 "$MIDICOTH" -k -D dict f g
cp f.mdc h.mdc
printf x | dd of=h.mdc bs=1 seek=40 conv=notrunc 2>/dev/null
expect 1 "$MIDICOTH" -t -D dict f.mdc h.mdc g.mdc f.mdc
says "h.mdc: "
rm ./*.mdc

# --seekable: blocks with a dictionary of their own; none where one will do.
expect 0 "$MIDICOTH" -1 -c --seekable f >with
expect 0 "$MIDICOTH" -1 -c f >without
cmp with without || fail "--seekable of one block"
for level in 0 1 3 4; do
    for threads in 1 2; do
        expect 0 "$MIDICOTH" -$level -T$threads --block-size=32K --seekable \
            -c all >with
        expect 0 "$MIDICOTH" -$level -T$threads --block-size=32K \
            -c all >without
        test $threads = 1 || cmp with before || fail "threads"
        mv with before
        expect 0 "$MIDICOTH" -T$threads -dc before >out
        cmp out all || fail "-$level --seekable"
    done
    test $level = 0 || test "$(wc -c <before)" -lt "$(wc -c <without)" ||
        fail "-$level --seekable does not pay"
done
expect 0 "$MIDICOTH" -lv before >out
grep -q ' embedded dictionary [0-9a-f]\{8\},' out || fail "$(cat out)"
expect 0 "$MIDICOTH" -lv --json before >out
grep -q '"dictionary":"embedded","dictionary_id":"[0-9a-f]\{8\}"' out ||
    fail "$(cat out)"
head -c 1100000 /dev/zero >zeros
"$MIDICOTH" -1 -c --seekable zeros >with
"$MIDICOTH" -lv with | grep -c ' block ' | grep -qx 2 || fail "blocks of 1M"

# A dictionary that cannot be one.
expect 1 "$MIDICOTH" -c -D nope f
says "nope: No such file"
expect 1 "$MIDICOTH" -c -D empty f
says "empty: a dictionary is not empty"
head -c 8388609 /dev/zero >zeros
expect 1 "$MIDICOTH" -c -D zeros f
says "zeros: a dictionary has at most 8 MiB"
expect 1 env MIDICOTH_OPT='-D dict' "$MIDICOTH" -1c f >out
grep -q '^midicoth: MIDICOTH_OPT: ' err || fail "-D from the environment"
expect 1 "$MIDICOTH" -6 -M4M -c -D dict f >out
says "needs"
