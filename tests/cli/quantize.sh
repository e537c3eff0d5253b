#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# --quantize: only frames change, by so little, and everything says so.
. "$abs_top_srcdir/tests/cli/lib.sh"
"$abs_top_builddir/corpora/lidargen" hdl32 7 | head -c 64000 >frame
cp "$sample" log

# Steps that make no sense, and options that do not go with one.
for step in 0 -1 x 1.1 1e-10 0.00000000055 1e1 1e-9x '' 1e 2e-999 .; do
    expect 1 "$MIDICOTH" --quantize="$step" frame
    files frame log
done
says "midicoth: .: a step is 1e-9 to 1 metres, whole nanometres"
for option in -3 --seekable -Dlog --format=log --format=bytes -t -l; do
    expect 1 "$MIDICOTH" --quantize=1e-5 $option frame
    files frame log
done

# A frame gets smaller, and is kept; both say how far off it may be.
"$MIDICOTH" -4c frame >exact
expect 0 "$MIDICOTH" -4 --quantize=0.00001 frame
test ! -s err || fail "a warning"
files frame log exact frame.mdc
test "$(wc -c <frame.mdc)" -lt "$(wc -c <exact)" || fail "it is not smaller"
"$MIDICOTH" -l frame.mdc >out
grep -q '^  near-lossless: coordinates are up to 5e-06 m off$' out ||
    fail "-l does not tell"
"$MIDICOTH" -lv frame.mdc | grep -q ', step 1e-05 m$' || fail "-lv"
"$MIDICOTH" -lv --json frame.mdc | grep -c '"quantize":1e-05' >out
test "$(cat out)" = 2 || fail "-l --json"
"$MIDICOTH" -l exact | grep near-lossless && fail "-l tells of what is exact"
mv frame whole
expect 0 "$MIDICOTH" -dkv frame.mdc
grep -q '^frame.mdc: warning: coordinates are up to 5e-06 m off' err ||
    fail "-dv does not warn"
cmp -s frame whole && fail "nothing was moved"
test "$(wc -c <frame)" -eq "$(wc -c <whole)" || fail "another size"
# What was restored is an archive's content like any other.
"$MIDICOTH" -t frame.mdc || fail "-t"
for step in 1e-5 .00001 0.01e-3 00.00001000 10000e-9 1E-05 0.000001e+1; do
    "$MIDICOTH" -4c --quantize=$step whole | cmp - frame.mdc ||
        fail "$step is not 1e-5"
done
"$MIDICOTH" -4c --quantize=1e-5 -T3 <whole | cmp - frame.mdc || fail "threads"
rm frame exact out frame.mdc

# It is removed if that was asked for.
expect 0 "$MIDICOTH" --quantize=1e-3 --rm --verify whole
files log whole.mdc
"$MIDICOTH" -l whole.mdc | grep -q ' 0.0005 m off' || fail "-l of 1e-3"
rm whole.mdc

# What is no frame stays exact, with a warning.
expect 2 "$MIDICOTH" --quantize=1e-5 log
says "midicoth: log: is no LiDAR frame, compressed exactly"
"$MIDICOTH" -dc log.mdc | cmp - log || fail "a log was changed"
"$MIDICOTH" -l log.mdc | grep near-lossless && fail "-l of a log"
rm log.mdc
"$abs_top_builddir/corpora/lidargen" hdl32 7 | head -c 64000 >both
tail -c 64000 log >>both
expect 2 "$MIDICOTH" --quantize=1e-5 --block-size=64000 both
says "64000 of 128000 bytes are no LiDAR frames, compressed exactly"
"$MIDICOTH" -dc both.mdc | tail -c 64000 >back
tail -c 64000 log | cmp - back || fail "what follows a frame was changed"
exit 0
