#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# Every fuzzer of tests/fuzz for half a minute, or for FUZZ_SECONDS, from its
# corpus; what it finds stays in build-fuzz/found.
set -euo pipefail
. tests/full/lib.sh
need_commands clang

# Runs one fuzzer; its output is kept whole only when it fails.
run_fuzzer() { # PROGRAM
    local name=${1##*/} found log
    local corpus=tests/fuzz/corpus/${name#fuzz_}
    found=$PWD/build-fuzz/found/$name
    log=$found.log
    mkdir -p "$found/new"
    [ -d "$corpus" ] || { echo "$name has no corpus"; return 1; }
    if "$1" -max_total_time="${FUZZ_SECONDS:-30}" -timeout=10 -rss_limit_mb=2048 \
        -artifact_prefix="$found/" -print_final_stats=1 "$found/new" "$corpus" >"$log" 2>&1; then
        echo "$name: $(awk '/number_of_executed_units/ { print $2 }' "$log") inputs"
    else
        tail -n 40 "$log"
        echo "$name found something: $found"
        return 1
    fi
}
export -f run_fuzzer

cmake -S . -B build-fuzz -DONEM2M_WERROR=ON -DCMAKE_C_COMPILER=clang -DONEM2M_FUZZ=ON \
    -DONEM2M_SANITIZE=address,undefined
mapfile -t fuzzers < <(cmake --build build-fuzz --target help | grep -oE '\bfuzz_\w+$')
[ "${#fuzzers[@]}" -gt 0 ] || { echo "no fuzzers"; exit 1; }
cmake --build build-fuzz -j "$(nproc)" --target "${fuzzers[@]}"
# shellcheck disable=SC2016
printf '%s\0' "${fuzzers[@]/#/build-fuzz/tests/fuzz/}" |
    xargs -0 -n 1 -P "$(nproc)" bash -euo pipefail -c 'run_fuzzer "$1"' run_fuzzer
echo "${#fuzzers[@]} fuzzers found nothing"
