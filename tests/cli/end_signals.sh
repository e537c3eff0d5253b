#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# A signal ends the command at once, with the status of that signal; there is
# no partial output, and the source stays.
# Signals that whoever started the tests ignores must not be ignored here.
if test -z "${signals_reset-}"; then
    exec env --default-signal signals_reset=1 bash "$0"
fi
. "$abs_top_srcdir/tests/cli/lib.sh"
set -m # or else INT would be ignored by what runs in the background

# A source that takes seconds. The work happens in a folder of its own.
lines 20000 >big
"$MIDICOTH" -c -9 big >big.mdc
mkdir work

# interrupted SIGNAL NUMBER WORK SOURCE [TARGET]: with the options WORK, while
# the target is partial; one that exists stays what it is.
interrupted() {
    cp -p "$4" work
    cd work || exit 1
    test -z "${5-}" || echo precious >"$5"
    "$MIDICOTH" $3 "$4" 2>../err &
    pid=$!
    wait_until partial
    kill -s "$1" $pid
    got=0
    wait $pid || got=$?
    test $got -eq $((128 + $2)) || fail "$1 ($3): exit status $got"
    files "$4" ${5-}
    cmp "$4" "../$4" || fail "$1: the source is not what it was"
    test -z "${5-}" || test "$(cat "$5")" = precious ||
        fail "$1: the old target is gone"
    cd ..
    test ! -s err || fail "$1: not silent"
}

interrupted INT 2 -9 big
interrupted TERM 15 -9kT2 big
interrupted HUP 1 "-9 --verify" big
interrupted PIPE 13 -9 big
interrupted XCPU 24 -9 big
interrupted TERM 15 -9f big big.mdc
rm work/*
interrupted TERM 15 -d big.mdc
interrupted HUP 1 -dT2 big.mdc
interrupted INT 2 -df big.mdc big
rm work/*

# Nothing was written yet while input is awaited: the wait ends, too.
mkfifo fifo
"$MIDICOTH" <fifo >out &
pid=$!
exec 3>fifo
echo line >&3
sleep 0.2
kill -s TERM $pid
got=0
wait $pid || got=$?
exec 3>&-
test $got -eq 143 || fail "waiting for input: exit status $got"

# What is ignored stays ignored, as under nohup.
cp big work
sh -c 'trap "" HUP; exec "$MIDICOTH" -9 work/big' &
pid=$!
wait_until partial work
kill -s HUP $pid
wait $pid || fail "ended by a signal that was ignored"
test ! -e work/big || fail "did not end its work"

# A reader that has had enough ends it quietly.
(
    got=0
    "$MIDICOTH" -dc big.mdc 2>err || got=$?
    echo $got >status
) | head -n 1 >out
test "$(cat status)" -eq 141 || fail "broken pipe: $(cat status)"
test ! -s err || fail "broken pipe: not silent"

# The limit on a file's size.
rm -f work/*
cp "$sample" work/f
cd work || exit 1
(
    ulimit -c 0
    ulimit -f 8
    exec "$MIDICOTH" -0 f
) 2>/dev/null
test $? -eq 153 || fail "file size limit"
files f
cmp f "$sample" || fail "file size limit: the source is not what it was"
