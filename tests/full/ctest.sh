#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# ctest.sh DIRECTORY [OPTION...]: the tests of a build; ends with one line that counts them.
set -euo pipefail
status=0
result=$(mktemp)
trap 'rm -f "$result"' EXIT
ctest --test-dir "$1" --output-on-failure --no-tests=error --timeout 300 -j "$(nproc)" "${@:2}" |
    tee "$result" || status=$?
if [ "$status" -ne 0 ]; then
    printf '\n== what failed\n'
    grep -vE '^ *Start |[ .]Passed +[0-9.]+ sec$' "$result" | head -n 200
fi
summary=$(grep -E '^[0-9]+% tests passed' "$result" || echo "no tests were run")
skipped=$(awk '/\(Skipped\)$/ { printf " %s", $3 }' "$result")
echo "$summary${skipped:+; skipped:$skipped}"
exit "$status"
