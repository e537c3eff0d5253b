#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# -r: every file of a tree; for restoring, those that are archives.
. "$abs_top_srcdir/tests/cli/lib.sh"

mkdir -p tree/sub/deep tree/empty
echo one >tree/one
echo two >tree/sub/two
echo three >'tree/sub/deep/a name'
ln -s ../one tree/sub/link
ln -s .. tree/sub/up
listing() {
    (cd tree && find . | sort)
}
listing >before

# Compress: links are skipped with a warning, all else is done.
expect 2 "$MIDICOTH" -r tree
test "$(grep -c 'is a symbolic link, skipped$' err)" -eq 2 || fail "links"
find tree -type f ! -name '*.mdc' | grep . && fail "not compressed"
rm tree/sub/link tree/sub/up

# Again: what is compressed already is passed over in silence.
expect 0 "$MIDICOTH" -r tree
test ! -s err || fail "not silent"
find tree -name '*.mdc.mdc' | grep . && fail "compressed twice"

# Others than archives do not matter; what claims to be one does.
echo plain >tree/plain
expect 0 "$MIDICOTH" -rt tree
test ! -s err || fail "not silent"
expect 0 "$MIDICOTH" -rl tree >out
grep -q ' 3 .*14 .* total$' out || fail "the total of -rl"
test "$("$MIDICOTH" -rdc tree | sort | tr '\n' ' ')" = "one three two " ||
    fail "-rdc"
echo wrong >tree/sub/wrong.mdc
expect 1 "$MIDICOTH" -rt tree
says "tree/sub/wrong.mdc: not a midicoth archive"
rm tree/sub/wrong.mdc
mv tree/one.mdc tree/hidden
expect 2 "$MIDICOTH" -rd tree
says "tree/hidden: has no known suffix, skipped"
mv tree/hidden tree/one.mdc
expect 0 "$MIDICOTH" -rd tree
rm tree/plain
ln -s ../one tree/sub/link
ln -s .. tree/sub/up
listing | diff before - || fail "the tree is not what it was"
test "$(cat 'tree/sub/deep/a name')" = three || fail "content"

# A directory is not gone into without -r, nor through a link without -f.
expect 2 "$MIDICOTH" tree
says "tree: is a directory, skipped"
ln -s tree link
expect 2 "$MIDICOTH" -r link
says "link: is a symbolic link, skipped"
rm tree/sub/link tree/sub/up
expect 0 "$MIDICOTH" -rf link
test -e tree/one.mdc || fail "-rf did not follow the link"
expect 1 "$MIDICOTH" -rd nope tree
says "nope: No such file"
test -e tree/one || fail "nothing was done behind a missing name"
