#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Mixing, the logistic functions, counters and the range coder exist only in
# models/: nobody else defines or calls such a thing.
set -eu
cd "$abs_top_srcdir"

names='squash|stretch|mix|mixer|mixers|apm|counter|counters|rescale|dot_product'
names="$names|range_encode|range_decode|encode_bit|decode_bit"

find src codecs -name '*.[ch]' | sort |
    xargs awk -f tests/laws/strip.awk |
    if grep -E "[^A-Za-z0-9](mdci_)?($names)(_[a-z0-9_]*)? *\("; then
        echo "this belongs in models/"
        exit 1
    fi
