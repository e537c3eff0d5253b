#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# --flush: a stream that is cut behind a flush restores up to it, and a reader
# at the other end of a pipe gets what was flushed at once.
. "$abs_top_srcdir/tests/cli/lib.sh"

# restored FILE: how many bytes of a cut archive come back.
restored() {
    "$MIDICOTH" -dc "$1" 2>err >out
    head -c "$(wc -c <out)" "$sample" | cmp - out || fail "other bytes"
    wc -c <out
}

# By size: whatever the cut, all flushes before it come back.
for level in 0 1 3 6; do
    "$MIDICOTH" -$level -c --flush=10000 "$sample" >full
    "$MIDICOTH" -dc full | cmp - "$sample" || fail "level $level"
    size=$(wc -c <full)
    last=0
    for part in 20 50 80 99; do
        head -c $((size * part / 100)) full >cut
        expect 1 "$MIDICOTH" -t cut
        says "unexpected end"
        got=$(restored cut)
        test $((got % 10000)) -eq 0 || fail "$got bytes came back"
        test "$got" -ge $last || fail "less came back of more"
        last=$got
    done
    test $last -ge 90000 || fail "only $last bytes came back"
done

# Where flushes fall does not depend on how the input arrives.
{
    head -c 3 "$sample"
    sleep 0.2
    tail -c +4 "$sample"
} | "$MIDICOTH" -1 --flush=10000 >piped
"$MIDICOTH" -1 -c --flush=10000 "$sample" >full
cmp piped full || fail "flushes by size fell elsewhere"

# By lines and by time, over a pipe that stays open.
mkfifo in packed out.fifo
for rule in line 100ms 6; do
    "$MIDICOTH" -6 --flush=$rule <in >packed &
    "$MIDICOTH" -d <packed >out.fifo &
    exec 3>in 4<out.fifo
    for word in first again third; do
        printf '%s\n' $word >&3
        read -r line <&4 || fail "--flush=$rule: nothing came"
        test "$line" = $word || fail "--flush=$rule: $line came"
    done
    exec 3>&-
    test -z "$(cat <&4)" || fail "--flush=$rule: more came"
    exec 4<&-
    wait
done

# Half a line is not flushed by --flush=line, and not lost.
printf 'one\ntw' >half
"$MIDICOTH" -c --flush=line half | "$MIDICOTH" -d | cmp - half ||
    fail "half a line"

# Sizes are in capitals or have a B; m is minutes.
head -c 3000000 /dev/zero >zeros
"$MIDICOTH" -0c zeros >none
for rule in 2m 2min 120s 1h; do
    "$MIDICOTH" -0c --flush=$rule zeros | cmp - none ||
        fail "--flush=$rule is not a time"
done
"$MIDICOTH" -0c --flush=2097152 zeros >sized
! cmp -s sized none || fail "--flush=2097152 did nothing"
for rule in 2M 2MB 2MiB 2048K 2048k; do
    "$MIDICOTH" -0c --flush=$rule zeros | cmp - sized ||
        fail "--flush=$rule is not a size"
done

# A writer was killed, and its successor appends: both are restored, with a
# warning, and the source stays.
"$MIDICOTH" -6 -c --flush=10000 "$sample" >full
for part in 11 30 55 80; do
    head -c $(($(wc -c <full) * part / 100)) full >live.mdc
    "$MIDICOTH" -dc live.mdc >want 2>err
    echo second | "$MIDICOTH" >>live.mdc
    echo second >>want
    for threads in 1 3; do
        expect 2 "$MIDICOTH" -T$threads -dc live.mdc >out
        says "live.mdc: the frame is cut off"
        cmp out want || fail "other bytes behind a cut at $part %"
    done
    expect 2 "$MIDICOTH" -t live.mdc
    expect 2 "$MIDICOTH" -d live.mdc
    cmp live want || fail "restored to a file: other bytes"
    test -e live.mdc || fail "what is cut was removed"
    rm live
done

# Two cuts, and a pipe.
head -c 700 full >cut
{
    cat cut cut
    echo last | "$MIDICOTH"
} | expect 2 "$MIDICOTH" -d >out || exit 1
test "$(grep -c 'is cut off' err)" -eq 2 || fail "not two warnings: $(cat err)"
test "$(tail -n 1 out)" = last || fail "what follows two cuts is lost"

# Wherever the cut is, in what is coded, stored or repeated, what comes back is
# the start of the content, and does not depend on what memory held before.
{
    head -c 3000 "$sample"
    yes ab | head -c 70000
    gzip -nc "$sample" | head -c 300
} >parts
"$MIDICOTH" -6 -c --flush=4000 parts >full
echo second | "$MIDICOTH" >frame
size=$(wc -c <full)
gaps=0
at=40
while test $at -lt $((size - 40)); do
    head -c $at full | cat - frame >cut
    got=0
    MALLOC_PERTURB_=170 "$MIDICOTH" -dc cut >out 2>err || got=$?
    again=0
    MALLOC_PERTURB_=85 "$MIDICOTH" -dc cut >want 2>err || again=$?
    test $got -eq $again -a $got -gt 0 -a $got -le 2 ||
        fail "cut at $at: exit status $got, then $again"
    cmp out want || fail "cut at $at: other bytes the second time"
    if test $got -eq 2; then
        test "$(tail -c 7 out)" = second || fail "cut at $at: no second frame"
        head -c -7 out >want
        cp want out
        gaps=$((gaps + 1))
    fi
    head -c "$(wc -c <out)" parts | cmp - out || fail "cut at $at: other bytes"
    at=$((at + 7))
done
test $gaps -gt $((size / 14)) || fail "only $gaps cuts were seen"

# Damage is no cut, though frames follow.
{
    head -c 400 full
    printf X
    tail -c +402 full
    echo last | "$MIDICOTH"
} >damaged.mdc
expect 1 "$MIDICOTH" -t damaged.mdc

for rule in "" 0 5x -1 lines 5mb 5Min 5hours 0s 0m 99999999h \
    99999999999999999999; do
    expect 1 "$MIDICOTH" -c --flush=$rule half
    says "flush rule"
done

# A signal that asks a live stream to end gets its frame whole, with all that
# was written before; the command then ends by it.
for signal in INT:130 TERM:143 HUP:129; do
    for rule in line 1h; do
        env --default-signal "$MIDICOTH" -1 --flush=$rule <in >cut &
        pid=$!
        exec 3>in
        cat half half >&3
        sleep 0.3
        kill -s ${signal%:*} $pid
        kill -s ${signal%:*} $pid # as timeout(1) does: it is one request
        got=0
        wait $pid || got=$?
        exec 3>&-
        test $got -eq ${signal#*:} || fail "$signal: exit status $got"
        expect 0 "$MIDICOTH" -dc cut >out
        cat half half | cmp - out || fail "$signal, --flush=$rule"
    done
done

# A second signal does not wait for anything. The pipe is full: the frame's end
# cannot be written.
mkfifo full.fifo
env --default-signal "$MIDICOTH" -0 --flush=64K <zeros >full.fifo &
pid=$!
exec 4<full.fifo
sleep 0.3
kill -s TERM $pid
sleep 0.7
kill -s INT $pid
got=0
wait $pid || got=$?
exec 4<&-
test $got -eq 130 || fail "second signal: exit status $got"
exit 0
