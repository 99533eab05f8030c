# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Sourced by the steps of ./check, which run in the top directory. A step's last
# line of output is what ./check shows of it.

# Ends the step as skipped, and says why.
skip() {
    echo "SKIPPED: $*"
    exit 77
}

need_commands() {
    local command
    for command in "$@"; do
        command -v "$command" >/dev/null || skip "$command is not installed"
    done
}

# Every file of the project, as a commit of the work tree would have it, each ended by a NUL.
# shellcheck disable=SC2120 # no pattern: all
project_files() { # [PATTERN...]
    git ls-files -z --cached --others --exclude-standard --deduplicate -- "$@" |
        while IFS= read -r -d '' file; do
            if [ -f "$file" ]; then printf '%s\0' "$file"; fi
        done
}

# Configures and builds: DIRECTORY OPTION...
build() {
    cmake -S . -B "$1" -DONEM2M_WERROR=ON "${@:2}"
    cmake --build "$1" -j "$(nproc)"
}
