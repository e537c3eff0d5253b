#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# What `make install` leaves is complete: the command runs, the example builds
# with pkg-config's flags alone and runs, and `make uninstall` leaves nothing.
# The command finds its library without help, wherever it is installed.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
sample=$abs_top_srcdir/corpora/samples/app.log
unset MAKEFLAGS MAKELEVEL MFLAGS LD_LIBRARY_PATH

fail() {
    echo "$1"
    exit 1
}

cd "$abs_top_builddir"
DESTDIR=$tmp/root
export DESTDIR
${MAKE:-make} install >"$tmp/log" 2>&1 || {
    cat "$tmp/log"
    fail "make install failed"
}

PKG_CONFIG_PATH=$(dirname "$(find "$DESTDIR" -name midicoth.pc)")
PKG_CONFIG_SYSROOT_DIR=$DESTDIR
PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1
PKG_CONFIG_ALLOW_SYSTEM_LIBS=1
export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR PKG_CONFIG_ALLOW_SYSTEM_CFLAGS \
    PKG_CONFIG_ALLOW_SYSTEM_LIBS
libdir=$DESTDIR$(pkg-config --variable=libdir midicoth)
version=$(pkg-config --modversion midicoth)
static=--static
if test -e "$libdir/libmidicoth.so"; then
    static=
    test -e "$libdir/libmidicoth.so.0" || fail "the soname is not .so.0"
fi

# The example, built as a user of the library would.
$CC $CFLAGS "$abs_top_srcdir/doc/examples/roundtrip.c" -o "$tmp/roundtrip" \
    $(pkg-config --cflags --libs $static midicoth)
LD_LIBRARY_PATH=$libdir "$tmp/roundtrip" "$sample" >"$tmp/out"
cat "$tmp/out"
grep -q "^libmidicoth $version: 98304 bytes, [0-9]* compressed\$" "$tmp/out" ||
    fail "the example says something else"

# The command.
bin=$(dirname "$(find "$DESTDIR" -name midicoth -path '*/bin/*')")
LD_LIBRARY_PATH=$libdir
export LD_LIBRARY_PATH
"$bin/midicoth" -c "$sample" >"$tmp/app.mdc"
"$bin/midicoth" -dc "$tmp/app.mdc" | cmp - "$sample"
"$bin/mdccat" "$tmp/app.mdc" | cmp - "$sample"
"$bin/unmidicoth" "$tmp/app.mdc"
cmp "$tmp/app" "$sample"
unset LD_LIBRARY_PATH

# Root tells the system of the library at once; who makes a package does not.
mkdir -p "$tmp/stubs" "$tmp/bin" "$tmp/package$tmp/bin"
printf '#!/bin/sh\necho called >>"%s"\n' "$tmp/called" >"$tmp/stubs/ldconfig"
printf '#!/bin/sh\necho 0\n' >"$tmp/stubs/id"
chmod +x "$tmp/stubs/ldconfig" "$tmp/stubs/id"
PATH=$tmp/stubs:$PATH ${MAKE:-make} install-exec-hook bindir="$tmp/bin" \
    DESTDIR="$tmp/package" >"$tmp/log" 2>&1
test ! -e "$tmp/called" || fail "ldconfig was run for a package"
PATH=$tmp/stubs:$PATH ${MAKE:-make} install-exec-hook bindir="$tmp/bin" \
    DESTDIR= >"$tmp/log" 2>&1
test -e "$tmp/called" || fail "ldconfig was not run"

# Headers and pages: these and no others.
(cd "$DESTDIR" && find . ! -type d -path '*/include/*' -o \
    ! -type d -path '*/man/*') | sed 's,.*/,,' | sort >"$tmp/files"
printf '%s\n' mdccat.1 midicoth.1 midicoth.h unmidicoth.1 |
    diff - "$tmp/files" || fail "headers and pages differ"

${MAKE:-make} uninstall >"$tmp/log" 2>&1 || {
    cat "$tmp/log"
    fail "make uninstall failed"
}
left=$(find "$DESTDIR" ! -type d)
test -z "$left" || fail "make uninstall left $left"
