#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# The fault tests in their long variants: kills, power cuts, traffic and damage,
# of the backend and through the provider; stores with their keys in a token, whose module fails at
# any call. The last line counts.
set -euo pipefail
. tests/full/lib.sh
cmake -S . -B build -DONEM2M_TESTS=ON
cmake --build build -j "$(nproc)"
result=$(mktemp)
trap 'rm -f "$result"' EXIT
status=0
ONEM2M_LONG=1 ctest --test-dir build --verbose --no-tests=error --timeout 400 -j "$(nproc)" \
    -R '^(store\.(power_cut|kill_writers|traffic)|faults\.(kill|traffic|page_damage|places)|pkcs11\.store_faults-[a-z]*-softhsm)$' |
    tee "$result" || status=$?
grep -E '^[0-9]+% tests passed' "$result"
# total WORD: the sum of the numbers that stand before the word in the tests' output
total() {
    grep -oE "\b[0-9]+ $1\b" "$result" | awk '{ sum += $1 } END { print sum + 0 }'
}
seconds=$(grep -oE '\bin [0-9]+ s, no wrong answer' "$result" | awk '{ sum += $2 } END { print sum + 0 }')
echo "$(total kills) kills, $(total cuts) power cuts, $seconds s of traffic, $(total 'damaged stores') damaged stores"
exit "$status"
