#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Runs command lines through gzip, xz and midicoth, each in a folder of its
# own with the same files. Where gzip and xz agree on exit status, files left
# behind (names, types, modes, owners, times, links, content), standard output
# or silence on standard error, midicoth must do the same.
# With -v, all that was found is printed.
set -u
verbose=${1-}
for tool in gzip xz; do
    if ! command -v $tool >/dev/null; then
        echo "$tool is not installed"
        exit 77
    fi
done
umask 022
tmp=$(mktemp -d)
trap 'chmod -R u+rwx "$tmp"; rm -rf "$tmp"' EXIT
started=$(date +%s)
mkdir "$tmp/bin"
for name in midicoth unmidicoth mdccat; do
    ln -s "$MIDICOTH" "$tmp/bin/$name"
done
PATH=$tmp/bin:$PATH
unset POSIXLY_CORRECT

# In a case, Z is the command, S its suffix; UNZ and ZCAT are its other names.
use() {
    case $1 in
    gzip) command=gzip S=.gz restorer=gunzip shower=zcat ;;
    xz) command=xz S=.xz restorer=unxz shower=xzcat ;;
    *) command=midicoth S=.mdc restorer=unmidicoth shower=mdccat ;;
    esac
}
Z() { "$command" "$@"; }
UNZ() { "$restorer" "$@"; }
ZCAT() { "$shower" "$@"; }

# ---- The files that every case starts with --------------------------------

old() { touch -h -d "2001-02-03 04:05:0$1.123456789Z" "${@:2}"; }

# numbers SEED COUNT: lines that do not shrink to nothing.
numbers() {
    awk -v x="$1" -v n="$2" 'BEGIN {
        while (n-- > 0) {
            x = (x * 1103515245 + 12345) % 2147483648
            print "value", int(x / 65536)
        }
    }'
}

populate() {
    numbers 7 600 >f
    numbers 8 200 >g
    : >e
    printf 'x\n' >-dash
    printf 'y\n' >'a b'
    Z -c f >a$S
    Z -c g >b$S
    Z -c e >empty$S
    cat a$S b$S >two$S
    cat a$S empty$S >three$S
    { cat a$S; head -c 8 /dev/zero; } >zeros$S
    { cat a$S; echo garbage; } >trail$S
    local half=$(($(wc -c <a$S) / 2))
    head -c $half a$S >cut$S
    head -c 3 a$S >short$S
    cp f plain$S
    : >nothing$S
    { cat cut$S; printf ZZZZZZZZ; tail -c +$((half + 9)) a$S; } >bad$S
    mkdir dir
    cp f g a$S dir
    chmod 640 f a$S
    chmod 600 g
    chmod 444 b$S
    if test "$(id -u)" -eq 0; then
        chown 1234:4321 f a$S
    fi
    old 1 dir/* a$S f
    old 2 g b$S e -- -dash 'a b'
    old 3 ./*"$S"
}

# ---- What is observed -----------------------------------------------------

# Sizes and checksums of known contents, and what they are.
declare -A known
know() { known[$(cksum <"$1")]=$2; }

# What a file holds whose checksum is not known: "archive of" something?
describe_other() {
    local sum
    if "$command" -dc <"$1" >"$tmp/restored.$command" 2>/dev/null; then
        sum=$(cksum <"$tmp/restored.$command")
        echo "archive of ${known[$sum]-something}"
    else
        echo other
    fi
}

# files TOOL: times, types, modes, owners, links and names, and what is in
# the files.
files() {
    find . -printf '%T@ %A@ %y %m %U:%G %n %p\n' |
        awk -v started="$started" '
        FNR == NR {
            first[$0]
            next
        }
        {
            for (i = 1; i <= 2; i++)
                if ($i >= started)
                    $i = "now"
            name = substr($0, index($0, " ./") + 1)
            if ($3 == "d" || $3 == "l")
                $1 = $2 = "-"
            else if (name in first) # whether it was read does not matter
                $2 = "-"
            print
        }
        ' "$tmp/$1.names" - | LC_ALL=C sort -k 7
    find . -type f -exec cksum {} + | LC_ALL=C sort -k 3 |
        while read -r sum size file; do
            printf '%s: ' "$file"
            if test -n "${known[$sum $size]-}"; then
                echo "${known[$sum $size]}"
            else
                describe_other "$file"
            fi
        done
}

cases=0 agreed=0 bad=0

# observe NAME COMMANDS TOOL
observe() {
    use "$3"
    rm -rf "$tmp/run.$3"
    cp -a "$tmp/template.$3" "$tmp/run.$3"
    cd "$tmp/run.$3" || exit 1
    old 9 -a f g a$S b$S
    (eval "$2") >"$tmp/$3.out" 2>"$tmp/$3.err" </dev/null
    echo $? >"$tmp/$3.exit"
    local sum
    sum=$(cksum <"$tmp/$3.out")
    if test -n "${known[$sum]-}"; then
        echo "${known[$sum]}"
    else
        describe_other "$tmp/$3.out"
    fi >"$tmp/$3.stdout"
    { test -s "$tmp/$3.err" && echo text || echo silence; } >"$tmp/$3.stderr"
    files "$3" >"$tmp/$3.listing"
    local listing
    listing=$(<"$tmp/$3.listing")
    echo "${listing//"$S"/.SUF}" >"$tmp/$3.files"
}

# compare NAME COMMANDS FIELD
compare() {
    local gzip xz ours
    gzip=$(<"$tmp/gzip.$3") xz=$(<"$tmp/xz.$3") ours=$(<"$tmp/midicoth.$3")
    if test "$gzip" != "$xz"; then
        test "$verbose" != -v ||
            echo "# $1: $3: gzip ${gzip%%$'\n'*}, xz ${xz%%$'\n'*}," \
                "midicoth ${ours%%$'\n'*}"
        return
    fi
    agreed=$((agreed + 1))
    test "$gzip" != "$ours" || return
    bad=$((bad + 1))
    echo "$1: $3 differs: $2"
    diff "$tmp/gzip.$3" "$tmp/midicoth.$3"
    head -n 3 "$tmp"/{gzip,xz,midicoth}.err
}

# check NAME COMMANDS: one case.
check() {
    cases=$((cases + 1))
    local tool field
    for tool in gzip xz midicoth; do
        observe "$1" "$2" $tool &
    done
    wait
    for field in exit stdout stderr files; do
        compare "$1" "$2" $field
    done
}

for tool in gzip xz midicoth; do
    use $tool
    mkdir "$tmp/template.$tool"
    cd "$tmp/template.$tool" || exit 1
    populate
    find . >"$tmp/$tool.names"
done
for tool in gzip xz midicoth; do
    use $tool
    cd "$tmp/template.$tool" || exit 1
    for file in *"$S"; do
        know "$file" "the file ${file%"$S"}"
    done
    know a$S "archive of f"
    know b$S "archive of g"
    know empty$S "archive of e"
    know two$S "archive of f and g"
    know three$S "archive of f"
done
for file in f g e -dash 'a b'; do
    know "$file" "$file"
done
known[$(cat f g | cksum)]='f and g'
known[$(cat g f | cksum)]='g and f'
known[$(cat f ./-dash | cksum)]='f and -dash'

. "$abs_top_srcdir/tests/cli/peers_cases.bash"

echo "$cases command lines, $agreed observations in which gzip and xz agree," \
    "$bad differences"
test $cases -ge 120 && test $bad -eq 0
