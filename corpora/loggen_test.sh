#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The generator's output is the same everywhere: the committed sample comes
# out again, and each kind has its known checksum.
set -eu
loggen=$abs_top_builddir/corpora/loggen
fail=0

"$loggen" app 96K 1 | cmp - "$abs_top_srcdir/corpora/samples/app.log" ||
    fail=1

while read -r sum kind size seed eol; do
    found=$("$loggen" "$kind" "$size" "$seed" $eol | cksum)
    if test "${found%% *}" != "$sum"; then
        echo "$kind $size $seed $eol: cksum is $found, not $sum"
        fail=1
    fi
done <<'END'
1866021071 syslog 1M 1
1266028458 access 1M 2
1470470812 app 1M 3 crlf
2309781150 json 1M 4
1575159955 kv 1M 5
3038864779 sensor 1M 6
1356056415 mixed 3M 7 crlf
END

size=$("$loggen" mixed 1234567 5 | wc -c)
if test "$size" -ne 1234567; then
    echo "a log of 1234567 bytes has $size"
    fail=1
fi
if "$loggen" nokind 1K 1 >/dev/null 2>&1; then
    echo "an unknown kind is accepted"
    fail=1
fi
exit $fail
