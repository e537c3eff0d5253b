#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Names, first lines and layout of the source files.
set -eu
cd "$abs_top_srcdir"
fail=0

# complain WHAT LINES: fails if there are lines.
complain() {
    if test -n "$2"; then
        printf '%s:\n%s\n' "$1" "$2" | head -n 20
        fail=1
    fi
}

folders="src codecs models corpora tests doc"
sources=$(find $folders -name '*.[ch]' | sort)
scripts="bootstrap quickstart .ci/run configure.ac
    $(find $folders -name '*.sh' -o -name '*.awk' | sort)"
makefiles="Makefile.am $(find $folders -name local.mk | sort)"

complain "two files with this name" "$(
    for file in $sources $scripts; do
        echo "${file##*/}"
    done | sort | uniq -d)"
complain "no SPDX line on top" "$(
    for file in $sources $scripts; do
        head -n 3 "$file" |
            grep -q 'SPDX-License-Identifier: BSD-3-Clause' || echo "$file"
    done)"
complain "no \\file with the file's name, or no \\brief" "$(
    for file in $sources; do
        head -n 5 "$file" | tr '\n' ' ' |
            grep -q "\\\\file ${file##*/} .*\\\\brief " || echo "$file"
    done)"
complain "longer than 80 columns" "$(
    awk 'length($0) > 80 { print FILENAME ":" FNR }' \
        $sources $scripts $makefiles)"
complain "white space at the end of a line" "$(
    grep -nE '[[:space:]]$' $sources $scripts $makefiles)"
complain "tab" "$(grep -n "$(printf '\t')" $sources)"
complain "not ASCII" "$(grep -nE '[^ -~]' $sources)"

# The version stands in configure.ac and in midicoth.h.
version=$(sed -n 's/^AC_INIT(\[midicoth\], \[\([0-9.]*\)\].*/\1/p' configure.ac)
number=$(echo "$version" | awk -F. '{ print $1 * 10000 + $2 * 100 + $3 }')
grep -q "^#define MDC_VERSION_STRING \"$version\"\$" src/midicoth.h &&
    grep -q "^#define MDC_VERSION_NUMBER $number\$" src/midicoth.h ||
    complain "midicoth.h is not of this version" "$version"
exit $fail
