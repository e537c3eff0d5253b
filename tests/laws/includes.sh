#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The law of dependencies: base <- models <- codecs <- stream <- api <- cli.
# A file includes its own layer and those before it, by its path from the root
# of the repository. The command sees the public header alone; a codec sees
# itself and what it is given; each outside library has one user.
set -eu
cd "$abs_top_srcdir"

find src codecs models -name '*.[ch]' | sort | xargs awk '
function layer(path)
{
    if (path == "config.h" || path == "src/midicoth.h" ||
        path ~ /^src\/base\//)
        return 1
    if (path ~ /^models\//)
        return 2
    if (path ~ /^codecs\//)
        return 3
    if (path ~ /^src\/stream\//)
        return 4
    if (path ~ /^src\/api\//)
        return 5
    if (path ~ /^src\/cli\//)
        return 6
    return 0
}

function broken(why)
{
    print FILENAME ":" FNR ": includes " name ": " why
    bad = 1
}

/^[ \t]*#[ \t]*include[ \t]*"/ {
    split($0, quoted, "\"")
    name = quoted[2]
    count++
    if (FILENAME == "src/midicoth.h")
        broken("the public header stands alone")
    else if (layer(name) == 0)
        broken("not a path from the root of the repository")
    else if (layer(name) > layer(FILENAME))
        broken("a later layer")
    else if (FILENAME ~ /^src\/cli\// &&
             name !~ /^(config\.h|src\/midicoth\.h|src\/cli\/.*)$/)
        broken("the command uses midicoth.h alone")
    else if (FILENAME !~ /^codecs\// && name ~ /^codecs\// &&
             name != "codecs/codec.h")
        broken("codecs are reached through codec.h")
    else if (FILENAME ~ /^codecs\/[a-z]+\// && name ~ /^codecs\/[a-z]+\//) {
        split(FILENAME, own, "/")
        split(name, other, "/")
        if (own[2] != other[2])
            broken("another codec")
    }
}

/^[ \t]*#[ \t]*include[ \t]*</ {
    split($0, quoted, /[<>]/)
    name = quoted[2]
    if ((name ~ /^(zstd|zdict)/ && FILENAME !~ /^codecs\/zstd\//) ||
        (name ~ /^lzma/ && FILENAME !~ /^codecs\/lzma\//) ||
        (name ~ /^xxh/ && FILENAME !~ /^src\/base\//))
        broken("another folder wraps this library")
}

END {
    if (count == 0) {
        print "no includes found"
        bad = 1
    }
    exit bad
}'
