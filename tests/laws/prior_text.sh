#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The prior text is our own: no 24 bytes of it are in a file of the folder
# MDC_CORPUS (and those in it), or else in made-up logs and the samples.
set -eu
overlap=$abs_top_builddir/tests/laws/prior_overlap
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The search finds what is there: a piece of the prior in another text.
{
    printf 'a\nb\nxyz'
    "$overlap" | head -c 2024 | tail -c 24
} >"$work/planted"
status=0
"$overlap" "$work/planted" >"$work/found" || status=$?
if test $status -ne 1 || ! grep -q 'offset 7: ' "$work/found"; then
    echo "a piece of the prior is not found"
    exit 1
fi
rm "$work"/*

folder=${MDC_CORPUS:-}
if test -z "$folder"; then
    folder=$work
    for kind in syslog access app json kv sensor; do
        "$abs_top_builddir/corpora/loggen" $kind 1M 1 >"$work/$kind.log"
    done
    cp "$abs_top_srcdir"/corpora/samples/* "$work"
fi
if test -z "$(find "$folder" -type f -size +0c | head -n 1)"; then
    echo "there are no files in $folder"
    exit 77
fi
find "$folder" -type f -exec "$overlap" {} + >"$work/found.txt" || {
    head -n 20 "$work/found.txt"
    exit 1
}
