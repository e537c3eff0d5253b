#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The engine's archives are the same from every compiler, optimisation level,
# kernel and number of threads, and every build restores them.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
unset MAKEFLAGS MAKELEVEL MFLAGS

cp "$abs_top_srcdir/corpora/samples/app.log" "$tmp/app"
"$abs_top_builddir/corpora/loggen" mixed 200K 2 >"$tmp/mixed"
"$abs_top_builddir/corpora/loggen" json 100K 3 crlf >"$tmp/json"

cd "$abs_top_builddir"
${MAKE:-make} variant-source >/dev/null
fail=0
builds=0
for cc in gcc clang; do
    command -v $cc >/dev/null || continue
    for optimise in -O0 -O3; do
        for simd in enable disable; do
            name=$cc$optimise-$simd-simd
            "$abs_top_srcdir/tests/variant.sh" "$name" midicoth \
                --disable-shared --$simd-simd CC=$cc CFLAGS=$optimise \
                >/dev/null
            program=variants/$name/midicoth
            for level in -4 -5 -6 -7 -8 -9; do
                for threads in -T1 -T2; do
                    for file in app mixed json; do
                        "$program" $level $threads --block-size=64K -c \
                            <"$tmp/$file" >"$tmp/out"
                        test -f "$tmp/$file$level" ||
                            cp "$tmp/out" "$tmp/$file$level"
                        if ! cmp "$tmp/out" "$tmp/$file$level"; then
                            echo "$name $level $threads $file differs"
                            fail=1
                        fi
                    done
                done
                "$program" -dc "$tmp/mixed$level" | cmp - "$tmp/mixed" ||
                    fail=1
            done
            builds=$((builds + 1))
        done
    done
done
echo "$builds builds compared"
test $builds -ge 4 && exit $fail
