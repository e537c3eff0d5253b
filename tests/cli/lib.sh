# SPDX-License-Identifier: BSD-3-Clause
# What the tests of the command share. Each has a folder of its own, which is
# the current one and is removed in the end.
set -u
umask 022
tmp=$(mktemp -d)
trap 'chmod -R u+rwx "$tmp"; rm -rf "$tmp"' EXIT
cd "$tmp" || exit 1
sample=$abs_top_srcdir/corpora/samples/app.log

fail() {
    echo "failed: $*"
    test ! -s err || sed 's/^/stderr: /' err
    exit 1
}

# expect STATUS COMMAND...: what it says on stderr is left in the file err.
expect() {
    want=$1
    shift
    got=0
    "$@" 2>err || got=$?
    test $got -eq "$want" || fail "exit status $got, not $want: $*"
}

# says TEXT: stderr was one line, with TEXT in it.
says() {
    test "$(wc -l <err)" -eq 1 || fail "stderr is not one line"
    grep -qF -- "$1" err || fail "stderr does not say: $1"
}

# files NAME...: the current folder has these files and no others, besides err.
files() {
    printf '%s\n' "$@" | sort >"$tmp/.want"
    ls -A | grep -vxE 'err|\.want|\.have' | sort >"$tmp/.have"
    diff "$tmp/.want" "$tmp/.have" || fail "other files"
}

# partial [FOLDER]: an output is being written there that has no name yet.
partial() {
    ls -A "${1-.}" | grep -q '^\.midicoth\.'
}

# lines N: a log of N lines that takes a while to compress.
lines() {
    awk -v n="$1" 'BEGIN {
        x = 42
        while (n-- > 0) {
            x = (x * 1103515245 + 12345) % 2147483648
            printf "%d host%d app[%d]: request %d took %d us\n", n,
                x / 65536 % 7, x / 256 % 977, x / 16, x / 4096 % 100000
        }
    }'
}

# wait_until COMMAND...: polls until it is true, for up to a minute.
wait_until() {
    for _ in $(seq 1200); do
        ! "$@" || return 0
        sleep 0.05
    done
    fail "waited too long for: $*"
}
