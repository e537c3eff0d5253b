#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The bytes depend on content, level and block size alone: not on threads,
# not on how the input comes, and both kinds of restoring give all back.
. "$abs_top_srcdir/tests/cli/lib.sh"

lines 6000 >f
for level in 0 1 3 6; do
    "$MIDICOTH" -$level -T1 --block-size=64K -c f >one
    for threads in 2 3 0; do
        "$MIDICOTH" -$level -T$threads --block-size=64K -c f | cmp - one ||
            fail "level $level, $threads threads"
        "$MIDICOTH" -T$threads -dc one | cmp - f ||
            fail "level $level, restored with $threads threads"
    done
    {
        head -c 70000 f
        sleep 0.1
        tail -c +70001 f | cat
    } | "$MIDICOTH" -$level -T2 --block-size=64K | cmp - one ||
        fail "level $level from a pipe"
    cat one | "$MIDICOTH" -d | cmp - f || fail "level $level through a pipe"
done

# What one name does, the other does.
ln -s "$MIDICOTH" unmidicoth
ln -s "$MIDICOTH" mdccat
mv one f.mdc
./mdccat f.mdc | cmp - f || fail "mdccat"
mv f before
./unmidicoth f.mdc
cmp f before || fail "unmidicoth"
files before f mdccat unmidicoth
