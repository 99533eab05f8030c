#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# Every C file is as .clang-format has it.
set -euo pipefail
. tests/full/lib.sh
need_commands git clang-format
# Other versions format a few things otherwise.
clang-format --version | grep -q 'version 14\.' || skip "the format is that of clang-format 14"
project_files '*.c' '*.h' | xargs -0 clang-format --dry-run -Werror
echo "$(project_files '*.c' '*.h' | tr -cd '\0' | wc -c) files are formatted"
