#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# Every C file is clean to clang-tidy (.clang-tidy says which checks).
set -euo pipefail
. tests/full/lib.sh
need_commands clang clang-tidy git
# Other versions have other checks.
clang-tidy --version | grep -q 'version 14\.' || skip "the checks are those of clang-tidy 14"
cmake -S . -B build-clang -DONEM2M_WERROR=ON -DCMAKE_C_COMPILER=clang

compiled=() others=()
while IFS= read -r -d '' file; do
    if grep -qF "\"file\": \"$PWD/$file\"" build-clang/compile_commands.json; then
        compiled+=("$file")
    else
        others+=("$file")
    fi
done < <(project_files '*.c')
[ "${#others[@]}" -eq 0 ] ||
    clang-tidy --quiet "${others[@]}" -- -std=c11 -I include -I .
printf '%s\0' "${compiled[@]}" |
    xargs -0 -n 1 -P "$(nproc)" clang-tidy -p build-clang --quiet
echo "$((${#compiled[@]} + ${#others[@]})) files are clean"
