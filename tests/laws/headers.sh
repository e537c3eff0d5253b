#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Every header compiles on its own as C11; the kernels' and the public one
# compile as C++17, too, without warnings. Variants of a kernel (x_scalar.h,
# x_avx2.h) are reached through the kernel's own header x.h.
set -eu
cd "$abs_top_srcdir"

flags="-Wall -Wextra -Wshadow -Wconversion -Wvla -Werror -fsyntax-only
    -I. -I$abs_top_builddir -D_GNU_SOURCE"
# built SET OPTION...: prints the options if kernels for this set are built.
built() {
    if grep -q "^#define MDCI_BUILD_$1" "$abs_top_builddir/config.h"; then
        echo "-DMDCI_$*"
    fi
}
avx2=$(built AVX2 -mavx2 -mbmi2)
avx512=$(built AVX512 -mavx2 -mbmi2 -mavx512f -mavx512bw -mavx512vl)
neon=$(built NEON)
fail=0

# try HEADER COMPILER OPTION...: included, not compiled itself, as what it
# leaves unused is no fault.
try() {
    header=$1
    shift
    if ! echo "#include \"$header\"" | "$@" $flags -; then
        echo "$header does not compile: $*"
        fail=1
    fi
}

headers=$(find src codecs models -name '*.h' | sort |
    grep -Ev '_(scalar|x86|avx2|avx512|neon)\.h$')
kernels=$(echo "$headers" | grep '^models/')

for header in $headers; do
    try "$header" $CC -std=c11 -Wstrict-prototypes -x c
done
for simd in "$avx2" "$avx512" "$neon"; do
    for header in ${simd:+$kernels}; do
        try "$header" $CC -std=c11 $simd -Wstrict-prototypes -x c
    done
done

for cxx in ${CXX-} g++ clang++ none; do
    ! command -v "$cxx" >/dev/null || break
done
if test "$cxx" = none; then
    echo "no C++ compiler: C++17 was not tried"
    test $fail -ne 0 || exit 77
else
    for header in src/midicoth.h $kernels; do
        try "$header" "$cxx" -std=c++17 -x c++
    done
    for simd in "$avx2" "$avx512" "$neon"; do
        for header in ${simd:+$kernels}; do
            try "$header" "$cxx" -std=c++17 $simd -x c++
        done
    done
fi
exit $fail
