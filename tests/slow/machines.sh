#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The engine's archives are the same on machines that this one is not: 64-bit
# ARM with NEON and big-endian s390x, under qemu, and with AVX-512 as SIMDe
# computes it. What is not installed of these is left out.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$abs_top_srcdir"
fail=0
tried=0

: >"$tmp/config.h"
flags="-std=c11 -ffp-contract=off -w -I$tmp -I. -D_GNU_SOURCE"
sources='models/byte_model_learn.c models/engine.c models/model_set.c
    models/prior.c models/starts.c models/tables.c models/variants.c
    src/base/memory.c tests/laws/same_kernels.c'

# try NAME RUNNER COMPILER OPTION...: builds the engine with the kernels that
# the options ask for in place of the plain ones.
try() {
    name=$1
    runner=$2
    cc=$3
    shift 3
    $cc $flags "$@" -DMDCI_VARIANTS=mdci_variants_scalar -x c \
        -c models/byte_model_variants.h -o "$tmp/kernels.o"
    $cc $flags -O0 -static "$tmp/kernels.o" $sources -o "$tmp/engine"
    abs_top_srcdir=$PWD $runner "$tmp/engine" >"$tmp/$name"
    if ! cmp "$tmp/native" "$tmp/$name"; then
        echo "$name writes other archives"
        fail=1
    fi
    tried=$((tried + 1))
    echo "$name was tried"
}

has() {
    for tool; do
        command -v "$tool" >/dev/null || return 1
    done
}

"$abs_top_builddir/tests/laws/same_kernels" >"$tmp/native"
cat "$tmp/native"
if has aarch64-linux-gnu-gcc qemu-aarch64; then
    try aarch64-NEON qemu-aarch64 aarch64-linux-gnu-gcc -O1 -DMDCI_NEON
fi
if has s390x-linux-gnu-gcc qemu-s390x; then
    try s390x qemu-s390x s390x-linux-gnu-gcc -O1
fi
if has gcc && grep -q '^#define HAVE_SIMDE' "$abs_top_builddir/config.h"; then
    # Optimising what SIMDe writes takes the compiler many minutes.
    try AVX-512 env gcc -O0 -Wno-psabi -DMDCI_AVX512 -isystem tests/simde
fi
test $tried -gt 0 || exit 77
exit $fail
