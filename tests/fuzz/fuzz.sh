#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# fuzz.sh SECONDS SEEDS-PROGRAM PROGRAM...: runs each fuzz target that long,
# from the seeds and what earlier runs found; fails if one finds something.
set -eu
seconds=$1
seeds=$2
shift 2
"$seeds" fuzz-seeds
fail=0
for program; do
    name=${program##*/}
    mkdir -p "fuzz-found/$name" "fuzz-seeds/$name"
    echo "$name: $seconds seconds"
    if "$program" -max_total_time="$seconds" -rss_limit_mb=1024 \
        -malloc_limit_mb=1024 -timeout=60 -max_len=65536 -print_final_stats=1 \
        -artifact_prefix="fuzz-found/$name-" \
        "fuzz-found/$name" "fuzz-seeds/$name" >"fuzz-$name.out" 2>&1; then
        grep -E '^stat::number_of_executed_units|^Done' "fuzz-$name.out" || :
    else
        tail -n 60 "fuzz-$name.out"
        echo "$name found something: see $PWD/fuzz-found/$name-*"
        fail=1
    fi
done
exit $fail
