#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# Every C file is clean to cppcheck.
set -euo pipefail
. tests/full/lib.sh
need_commands cppcheck git
list=$(mktemp)
trap 'rm -f "$list"' EXIT
project_files '*.c' | tr '\0' '\n' >"$list"
cppcheck --file-list="$list" --enable=warning,performance,portability --std=c11 \
    --inline-suppr --suppress=missingIncludeSystem \
    -I include -I . -j "$(nproc)" --quiet --error-exitcode=1
echo "$(wc -l <"$list") files are clean"
