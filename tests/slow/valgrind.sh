#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The unit tests and the command's main jobs under valgrind's memcheck.
set -eu
if ! command -v valgrind >/dev/null || test -n "${MDC_SANITIZED-}"; then
    echo "valgrind is not installed, or a sanitizer is in its place"
    exit 77
fi
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
unset MDC_SLOW # the short sweeps are long enough here
check="valgrind -q --error-exitcode=99 --leak-check=full
    --errors-for-leak-kinds=definite,indirect"
fail=0

# Programs that link the shared library are in .libs/.
programs=$abs_top_builddir/tests/unit
test ! -d "$programs/.libs" || programs=$programs/.libs
for test in "$programs"/test_*; do
    case ${test##*/} in
    *.*) continue ;;
    esac
    if ! $check "$test" >"$tmp/log" 2>&1; then
        cat "$tmp/log"
        echo "${test##*/} fails under valgrind"
        fail=1
    fi
done

"$abs_top_builddir/corpora/loggen" mixed 100K 1 >"$tmp/log"
for level in -0 -1 -2 -3 -4 -6 -9; do
    $check "$MIDICOTH" $level -T2 --block-size=32K -k "$tmp/log" &&
        $check "$MIDICOTH" -t "$tmp/log.mdc" &&
        $check "$MIDICOTH" -lv "$tmp/log.mdc" >/dev/null &&
        $check "$MIDICOTH" -dc -T2 "$tmp/log.mdc" | cmp - "$tmp/log" ||
        fail=1
    # Cut short: an error, but none of memory.
    result=0
    head -c 9000 "$tmp/log.mdc" | $check "$MIDICOTH" -t 2>/dev/null ||
        result=$?
    test $result -eq 1 || fail=1
    rm -f "$tmp/log.mdc"
done
exit $fail
