#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Gives each archive of README.md to the command: see there.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
"$abs_top_builddir/tests/files/make_files" "$tmp"
sed -n 's/^| \([a-z][a-z_]*_[a-z_]*\) | .* | *\(.*[^ ]\|\) *|$/\1|\2/p' \
    "$abs_top_srcdir/tests/files/README.md" >"$tmp/list"
cd "$tmp"
fail=0
complain() {
    echo "$name: $*"
    fail=1
}

for file in *.mdc; do
    name=${file%.mdc}
    grep -q "^$name|" list || complain "README.md does not describe it"
done
count=0
while IFS='|' read -r name message; do
    count=$((count + 1))
    for threads in 1 3; do
        rc=0
        "$MIDICOTH" -T$threads -dc "$name.mdc" >out 2>err || rc=$?
        case $name in
        good_*)
            test $rc = 0 || complain "exit $rc: $(cat err)"
            cmp out "$name.plain" || complain 'other bytes'
            ;;
        *)
            test $rc = 1 || complain "exit $rc"
            test -n "$message" || complain 'README.md has no message'
            grep -qF "$message" err || complain "says: $(cat err)"
            test "$(wc -l <err)" = 1 || complain "more than a line: $(cat err)"
            head -c "$(wc -c <out)" content | cmp - out ||
                complain 'wrong bytes'
            ;;
        esac
    done
done <list
if test $count -lt 70; then
    echo "only $count files found in README.md"
    fail=1
fi
exit $fail
