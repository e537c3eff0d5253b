#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Many small files: with several threads all is as with one, no file waits for
# names that are yet to come, and signals leave nothing behind.
. "$abs_top_srcdir/tests/cli/lib.sh"

# A folder of small files, and some that need a look among them.
mkdir one one/sub one/none
awk 'BEGIN {
    for (i = 100; i < 260; i++) {
        file = "one/" (i % 5 ? "" : "sub/") "f" i
        printf "" > file
        for (j = 0; j < i % 9; j++)
            print i, "line", j * i > file
        close(file)
    }
}'
cp "$sample" one/sub/sample
lines 3000 >one/sub/large
"$MIDICOTH" -1c "$sample" >one/archive
echo old >one/f101.mdc
echo old >one/f251.mdc
ln -s f102 one/link
mkdir one/f103.mdc
cp -a one two
cp -a one before

# seen FOLDER: its files and what is in them.
seen() {
    (cd "$1" && find . -type f -exec cksum {} + | sort -k 3)
}

# same STATUS THREADS OPTION...: in the folder one with one thread, in two with
# several; the same files, messages and status come of it.
same() {
    want=$1 threads=$2
    shift 2
    expect "$want" "$MIDICOTH" -T1 "$@" one
    mv err err.one
    expect "$want" "$MIDICOTH" -T"$threads" "$@" two
    sed 's,two/,one/,' err | diff err.one - ||
        fail "other messages: -T$threads $*"
    diff <(seen one) <(seen two) || fail "other files: -T$threads $*"
}

for sync in file end never; do
    for threads in 2 7; do
        same 2 $threads -1r --sync=$sync --block-size=64K
        test "$(grep -c 'already exists, not overwritten$' err)" -eq 3 ||
            fail "existing files"
        grep -q '^midicoth: two/link: is a symbolic link, skipped$' err ||
            fail "no word of the link"
        test -e two/f102.mdc && test ! -e two/f102 || fail "not compressed"
        same 1 $threads -rt
        same 2 $threads -rd --sync=$sync
        diff <(seen before) <(seen two) || fail "not what it was"
    done
done
same 2 3 -1rk
same 1 3 -rfd
diff <(seen before | grep -v '\.mdc$') <(seen two | grep -v '\.mdc$') ||
    fail "not what it was"

# Each archive is what it is alone; messages come in the order of the files.
cd two || exit 1
rm -rf ./*.mdc sub/*.mdc archive link
cd ..
expect 0 "$MIDICOTH" -rkv -T4 two
sed 's/: .*//' err | diff - <(find two -type f ! -name '*.mdc' | sort) ||
    fail "the order of messages"
cd two || exit 1
for file in f104 f203 f251 sub/f125 sub/sample; do
    "$MIDICOTH" -c $file | cmp - $file.mdc || fail "another archive of $file"
done
cd ..

# The names come one by one: each file is done at once.
mkfifo names
cp one/f104 one/f107 .
"$MIDICOTH" -T3 --files <names &
pid=$!
exec 3>names
for file in f104 f107; do
    echo $file >&3
    wait_until test -e $file.mdc
    wait_until test ! -e $file
done
exec 3>&-
wait $pid || fail "names one by one"

# Little memory: as many workers as fit, and large files alone.
cd one || exit 1
rmdir f103.mdc
expect 0 "$MIDICOTH" -6 -T7 -M40M -kfq f1?? sub/*
expect 0 "$MIDICOTH" -t f1*.mdc sub/*.mdc
cd ..

# A signal: every file is there, whole, under one of its names or both.
mkdir work
for i in 1 2 3 4 5 6 7 8; do
    lines $((9000 + i)) >work/f$i
done
cp -a work saved
for sync in file end; do
    env --default-signal "$MIDICOTH" -9 -T3 --sync=$sync -r work 2>err &
    pid=$!
    wait_until partial work
    sleep 0.3
    kill -s TERM $pid
    got=0
    wait $pid || got=$?
    test $got -eq 143 || fail "TERM: exit status $got"
    ! partial work || fail "TERM: something begun is left"
    for i in 1 2 3 4 5 6 7 8; do
        test -e work/f$i || "$MIDICOTH" -d work/f$i.mdc
        cmp work/f$i saved/f$i || fail "TERM: f$i"
        rm -f work/f$i.mdc
    done
done
exit 0
