#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# What decodes has integers only. Floating point may stand in an encoder's
# analysis (codecs/*/fit*.[ch]), in table generators, and in what the command
# tells people. Vector code may use intrinsics for floats where they only move
# bits, and the conversion from integers where it is exact (below 2^24).
set -eu
cd "$abs_top_srcdir"

names='float|double|_Float[0-9x]*|__m(128|256|512)d|float[0-9x_]*t'
names="$names|(math|tgmath|float)\\.h"
moves='cast|shuffle|permute|load[hl]|store[hl]|blend|unpack'
moves="$moves|movemask|move|set|setzero|cvtepi32_ps"
arithmetic='_mm[0-9]*_[a-z0-9_]*(ps|pd|ss|sd)'
number='[0-9]+\.[0-9]*[fFlL]?'
word='(^|[^A-Za-z0-9_.])'
end='([^A-Za-z0-9_]|$)'

find src codecs models -name '*.[ch]' |
    grep -Ev '^codecs/[a-z]+/fit[^/]*\.[ch]$|_tablegen\.c$' |
    grep -Ev '^src/cli/(progress|list|message)\.[ch]$' |
    sort | xargs awk -f tests/laws/strip.awk |
    sed -E "s/_mm[0-9]*_($moves)[a-z0-9_]*//g" |
    if grep -E "^[^:]*:[0-9]*:.*$word($names|$arithmetic|$number)$end"; then
        echo "floating point where only integers may stand"
        exit 1
    fi
