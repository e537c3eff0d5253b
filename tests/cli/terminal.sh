#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# What is different where there is a terminal: archives are not written to it
# or read from it, a question is asked, progress is drawn.
. "$abs_top_srcdir/tests/cli/lib.sh"
PATH=$abs_top_builddir/tests/cli:$PATH
pty '' true || exit 77
export MIDICOTH

# on STATUS TYPED SHELL-COMMAND: on a terminal; what it prints is in screen.
on() {
    got=0
    pty "$2" sh -c "$3" >screen || got=$?
    test $got -eq "$1" || {
        cat screen
        fail "exit status $got, not $1: $3"
    }
}
shows() {
    grep -qF -- "$1" screen || {
        cat screen
        fail "the screen does not show: $1"
    }
}

echo text >f
"$MIDICOTH" -k f

for command in '"$MIDICOTH"' '"$MIDICOTH" <f' '"$MIDICOTH" -c f' \
    '"$MIDICOTH" -c' '"$MIDICOTH" - <f'; do
    on 1 '' "$command"
    shows "compressed data is not written to a terminal"
done
for command in '"$MIDICOTH" -d' '"$MIDICOTH" -t' '"$MIDICOTH" -l' \
    '"$MIDICOTH" -d >out' '"$MIDICOTH" -dc -'; do
    on 1 '' "$command"
    shows "compressed data is not read from a terminal"
done
on 0 '' '"$MIDICOTH" -cf f'
on 0 '' '"$MIDICOTH" -dc f.mdc'
shows text
printf 'typed\n' >typed
on 0 "$(printf 'typed\n\004')" '"$MIDICOTH" >out.mdc'
"$MIDICOTH" -dc out.mdc | cmp - typed || fail "typed text"

# An existing file is kept unless the answer is yes.
cp f.mdc before
echo other >f
for answer in 'n' '' 'no' 'x'; do
    on 2 "$answer
" '"$MIDICOTH" -k f'
    shows "overwrite (y or n)?"
    cmp f.mdc before || fail "overwritten after $answer"
done
on 0 'y
' '"$MIDICOTH" f'
"$MIDICOTH" -dc f.mdc | grep -qx other || fail "not overwritten after y"
test ! -e f || fail "the source is still there"

# Progress comes by itself only on a terminal, and only for long jobs.
lines 50000 >big
on 0 '' '"$MIDICOTH" -9k --block-size=256K big'
shows ' %, '
shows "left"

# cleared: the line is gone in the end, and was never at 100 %.
cleared() {
    test "$(tail -c 4 screen | od -An -tx1 | tr -d ' \n')" = 0d1b5b4b ||
        fail "the last line of progress is left"
    ! grep -q '100\.0 %' screen || fail "100 % while work was to come"
}
cleared
on 0 '' '"$MIDICOTH" -dkf big.mdc'
shows ' %, '
cleared
# Within one block there are signs of life, too.
on 0 '' '"$MIDICOTH" -9kf big'
cleared
times=$(tr '\r' '\n' <screen | grep -o '/s, 0:[0-9]*' | sort -u | wc -l)
test "$times" -ge 2 ||
    fail "the progress of a block stands still"
# Of many small files, how many are done.
mkdir many
split -l 1000 big many/part
on 0 '' '"$MIDICOTH" -9 -T2 -kr many'
shows " files done, the last is many/part"
cleared
on 0 '' '"$MIDICOTH" -9kq --block-size=256K -f big'
test ! -s screen || fail "progress in spite of -q"
on 0 '' '"$MIDICOTH" -1kf typed'
test ! -s screen || fail "progress of a short job"
