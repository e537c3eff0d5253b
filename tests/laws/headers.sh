#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Every header compiles on its own as C11; the kernels' and the public one
# compile as C++17, too, without warnings. Variants of a kernel (x_scalar.h,
# x_avx2.h) are reached through the kernel's own header x.h.
set -eu
cd "$abs_top_srcdir"

flags="-Wall -Wextra -Wshadow -Wconversion -Wvla -Werror -fsyntax-only
    -I. -I$abs_top_builddir -D_GNU_SOURCE"
avx2=
if grep -q '^#define MDCI_BUILD_AVX2' "$abs_top_builddir/config.h"; then
    avx2="-DMDCI_AVX2 -mavx2 -mbmi2"
fi
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
    grep -Ev '_(scalar|avx2)\.h$')
kernels=$(echo "$headers" | grep '^models/')

for header in $headers; do
    try "$header" $CC -std=c11 -Wstrict-prototypes -x c
done
for header in ${avx2:+$kernels}; do
    try "$header" $CC -std=c11 $avx2 -Wstrict-prototypes -x c
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
    for header in ${avx2:+$kernels}; do
        try "$header" "$cxx" -std=c++17 $avx2 -x c++
    done
fi
exit $fail
