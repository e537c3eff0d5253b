# SPDX-License-Identifier: BSD-3-Clause
# Sourced before each test; see AM_TESTS_ENVIRONMENT in tests/local.mk.
# With a shared library, midicoth is a wrapper script of libtool's, which is
# slow and hides argv[0]; the tests run the program itself.
MIDICOTH=$abs_top_builddir/midicoth
if test -x "$abs_top_builddir/.libs/midicoth"; then
    MIDICOTH=$abs_top_builddir/.libs/midicoth
    LD_LIBRARY_PATH=$abs_top_builddir/.libs${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
    export LD_LIBRARY_PATH
fi
# Messages, sorting and number formats as the tests expect them.
LC_ALL=C
TZ=UTC0
unset MIDICOTH_OPT GZIP XZ_OPT XZ_DEFAULTS
export MIDICOTH abs_top_srcdir abs_top_builddir CC CFLAGS NM LC_ALL TZ
