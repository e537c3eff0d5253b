#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The public header, the symbol map and the shared library name the same
# functions; internal names start with mdci_; there is no writable data.
set -eu
cd "$abs_top_builddir"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
fail=0

awk -f "$abs_top_srcdir/tests/laws/strip.awk" "$abs_top_srcdir/src/midicoth.h" |
    grep -v ':typedef ' | grep -o 'mdc_[a-z0-9_]*(' | tr -d '(' |
    sort -u >"$tmp/header"
sed -n 's/^ *\(mdc_[a-z0-9_]*\);$/\1/p' \
    "$abs_top_srcdir/src/api/libmidicoth.map" | sort >"$tmp/map"
if ! test -s "$tmp/header"; then
    echo "no functions found in midicoth.h"
    fail=1
fi
if ! diff -u "$tmp/header" "$tmp/map"; then
    echo "midicoth.h and libmidicoth.map differ"
    fail=1
fi

if test -f .libs/libmidicoth.so; then
    $NM -D --defined-only .libs/libmidicoth.so |
        awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' |
        sort >"$tmp/exported"
    if ! diff -u "$tmp/map" "$tmp/exported"; then
        echo "libmidicoth.map and the shared library differ"
        fail=1
    fi
fi

# Names of the convenience libraries, which the shared library is made from.
for lib in base models codecs stream; do
    for file in .libs/libmdc$lib.a libmdc$lib.a; do
        test ! -f "$file" || break
    done
    # The sanitizers add symbols and data of their own.
    if $NM --defined-only "$file" | awk 'NF == 3 && $2 ~ /[A-Z]/ &&
        $3 !~ /^(mdci_|__odr_asan|_?_?asan)/ { print $3 }' |
        grep -vxFf "$tmp/map"; then
        echo "$file: these names are neither public nor mdci_"
        fail=1
    fi
    test -z "${MDC_SANITIZED-}" || continue
    if $NM --defined-only "$file" | awk 'NF == 3 && $2 ~ /[bBC]/ {
        print $3; found = 1 } END { exit !found }'; then
        echo "$file: these are variables of the whole program"
        fail=1
    fi
done
exit $fail
