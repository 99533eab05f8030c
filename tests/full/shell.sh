#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# Every shell script is clean to shellcheck.
set -euo pipefail
. tests/full/lib.sh
need_commands git shellcheck

scripts=()
while IFS= read -r -d '' file; do
    if [[ $file == *.sh ]] || head -c 64 "$file" | grep -qaE '^#!.*\b(ba)?sh\b'; then
        scripts+=("$file")
    fi
done < <(project_files)
shellcheck --external-sources --source-path=SCRIPTDIR:. "${scripts[@]}"
echo "${#scripts[@]} scripts are clean"
