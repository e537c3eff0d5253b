#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# variant.sh NAME TARGET [CONFIGURE-ARGUMENT...]: in the build folder, takes
# the copy of the source in variants/source, configures it in variants/NAME
# and makes TARGET there.
set -eu
name=$1
target=$2
shift 2
mkdir -p "variants/$name"
cd "variants/$name"
test -f config.status || ../source/configure -q --enable-werror "$@"
exec "${MAKE:-make}" "$target"
