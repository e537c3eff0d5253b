#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# An output that exists stays until the new one is whole, whatever goes wrong,
# and what was begun of the new one is removed.
. "$abs_top_srcdir/tests/cli/lib.sh"
mkdir work
cd work || exit 1

# kept STATUS TARGET COMMAND...: the command fails, and the target is the old
# one. A signal ends a command with a status above 128.
kept() {
    want=$1 target=$2
    shift 2
    ls -A >../before
    got=0
    (
        ulimit -c 0
        exec "$@"
    ) 2>../err || got=$?
    test $got -eq "$want" || fail "exit status $got, not $want: $*"
    test "$(cat "$target")" = precious || fail "the old $target is gone: $*"
    ls -A | diff ../before - || fail "other files: $*"
}

# The input is no archive, none of this version, cut, damaged, empty.
echo precious >x
echo "no archive" >x.mdc
kept 1 x "$MIDICOTH" -df x.mdc
: >x.mdc
kept 1 x "$MIDICOTH" -df x.mdc
"$MIDICOTH" -1c "$sample" >../good
size=$(wc -c <../good)
head -c 4 ../good >x.mdc
printf '\377\001' >>x.mdc
tail -c +7 ../good >>x.mdc
kept 1 x "$MIDICOTH" -df x.mdc
head -c $((size / 2)) ../good >x.mdc
kept 1 x "$MIDICOTH" -df x.mdc
{
    head -c $((size / 2)) ../good
    printf XXXX
    tail -c +$((size / 2 + 5)) ../good
} >x.mdc
kept 1 x "$MIDICOTH" -df x.mdc

# Memory limits of both ways.
cp ../good x.mdc
kept 1 x "$MIDICOTH" -df -M10K x.mdc
cp "$sample" y
echo precious >y.mdc
kept 1 y.mdc "$MIDICOTH" -f -9 -M10K y

# No more room: a limit on the size of files, with its signal and without.
kept 153 y.mdc sh -c 'ulimit -f 8; exec "$MIDICOTH" -0f y'
kept 1 y.mdc sh -c 'trap "" XFSZ; ulimit -f 8; exec "$MIDICOTH" -0f y'
grep -q 'y: write error: File too large' ../err || fail "write error"
kept 1 x sh -c 'trap "" XFSZ; ulimit -f 8; exec "$MIDICOTH" -df x.mdc'

# A full disk, where one can be made.
mkdir disk
unshare -rm sh -c 'mount -t tmpfs -o size=100k none disk && cd disk || exit
    head -c 60000 "$1" >f
    echo precious >f.mdc
    "$2" -0f f 2>../said
    echo $? $(ls -A) $(cat f.mdc)' sh "$sample" "$MIDICOTH" >seen 2>../err
if test -s seen; then
    test "$(cat seen)" = "1 f f.mdc precious" || fail "full disk: $(cat seen)"
    grep -q 'f: write error: No space left on device$' said ||
        fail "full disk: $(cat said)"
fi
rm -rf disk seen said

# The source cannot be read, or is no file.
kept 1 y.mdc "$MIDICOTH" -f nothing
rm -f z
mkdir z
echo precious >z.mdc
kept 2 z.mdc "$MIDICOTH" -f z
rm -r z z.mdc

# Killed while writing: the old file stays. What was begun stays as well, under
# a name that nothing else has, and that -r does not meet.
lines 20000 >big
cp y.mdc big.mdc
"$MIDICOTH" -9f big &
pid=$!
wait_until partial
test -z "$(find . -name '.midicoth.*' -perm /077)" || fail "others can read it"
kill -s KILL $pid
wait $pid
test "$(cat big.mdc)" = precious || fail "killed: the old file is gone"
test -e big || fail "killed: the source is gone"
partial || fail "killed, but nothing was begun"
before=$(ls -A | grep '^\.midicoth\.')
expect 0 "$MIDICOTH" -1rqf .
test "$(ls -A | grep '^\.midicoth\.')" = "$before" || fail "-r met $before"
rm .midicoth.* ./*
lines 20000 >big

# Another file gets the name meanwhile: it is not overwritten.
"$MIDICOTH" -9 big 2>../err &
pid=$!
wait_until partial
echo precious >big.mdc
got=0
wait $pid || got=$?
test $got -eq 2 || fail "name taken meanwhile: exit status $got"
grep -q 'big.mdc: already exists, not overwritten$' ../err || fail "no warning"
test "$(cat big.mdc)" = precious || fail "overwritten"
files big big.mdc
rm -f ./*

# In the end the new file has the name alone; links to the old one do not
# change what they are.
echo precious >old
ln old f.mdc
cp "$sample" f
expect 0 "$MIDICOTH" -f f
test "$(cat old)" = precious || fail "another link's file was written to"
ln -s old g
"$MIDICOTH" -c f.mdc >g.mdc
expect 0 "$MIDICOTH" -dfk g.mdc
test "$(cat old)" = precious || fail "a link was followed"
cmp g f.mdc || fail "restored over a link"
mkdir d
cp f.mdc d.mdc
expect 1 "$MIDICOTH" -dfk d.mdc
says "d: cannot be overwritten: Is a directory"
files d d.mdc f.mdc g g.mdc old

# order OPTION...: what happens on disk, in turn, for two files: S(ync) of a
# file or a D(irectory), R(ename), U(nlink) of a source.
order() {
    rm -f one two
    echo 1 >one
    echo 2 >two
    strace -o trace -f -e trace=fsync,rename,renameat2,unlink,openat \
        "$MIDICOTH" -1f "$@" one two 2>../err || fail "strace"
    awk '/openat\(.*O_DIRECTORY/ { directory = $NF }
        /fsync\(/ {
            split($0, call, /[()]/)
            printf "%s", call[2] == directory ? "D" : "S"
        }
        /rename(at2)?\(.*= 0$/ { printf "R" }
        /unlink\(.*= 0$/ { printf "U" }' trace
}
if test -z "${MDC_SANITIZED-}" && strace -o /dev/null true 2>../err; then
    found=$(order -T1)
    test "$found" = SRDUSRDU || fail "--sync=file does $found"
    found=$(order -T1 --sync=end)
    test "$found" = SSRRDUU || fail "--sync=end does $found"
    found=$(order -T1 --no-sync)
    test "$found" = RURU || fail "--no-sync does $found"
    rm one.mdc two.mdc
    found=$(order -T1 -k)
    test "$found" = RR || fail "-k does $found"
    found=$(order -T1 -k)
    test "$found" = SRSR || fail "-kf over others does $found"
    rm one* two* trace
fi

# A directory in which nothing can be made.
if test "$(id -u)" -ne 0; then
    echo precious >d/f.mdc
    cp "$sample" d/f
    chmod 555 d
    expect 1 "$MIDICOTH" -f d/f
    says "d/f.mdc: Permission denied"
    test "$(cat d/f.mdc)" = precious || fail "the old file is gone"
fi
exit 0
