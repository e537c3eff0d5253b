#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# variant.sh NAME [CONFIGURE-ARGUMENT...]: configures (once) and builds the
# copy of the source in variants/source as variants/NAME.
set -eu
name=$1
shift
mkdir -p "variants/$name"
cd "variants/$name"
test -f config.status || ../source/configure --enable-werror -q "$@"
exec "${MAKE:-make}"
