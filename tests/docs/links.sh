#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# Every relative link of a .md file leads to a file, and every file that
# docs/clauses.md names is there. SOURCE comes from the environment.
set -euo pipefail
status=0
cd "$SOURCE"

links() { # FILE
    grep -oE '\]\([^)]+\)' "$1" | sed -e 's/^](//' -e 's/)$//' -e 's/[ #].*//' || true
}

# `keystore/derivation.c`, and also `km_message` in it, which must occur there.
# shellcheck disable=SC2016 # backticks of the text
named_files() {
    grep -oE '`[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+`' docs/clauses.md | tr -d '`' | sort -u
}

# shellcheck disable=SC2016 # backticks of the text
named_functions() {
    grep -oE '`[a-z][a-z0-9_]*_[a-z0-9_]+`' docs/clauses.md | tr -d '`' | sort -u
}

for file in *.md docs/*.md; do
    while IFS= read -r link; do
        case $link in '' | http://* | https://* | mailto:*) continue ;; esac
        [ -e "$(dirname "$file")/$link" ] ||
            { echo "$file: $link leads nowhere" >&2; status=1; }
    done < <(links "$file")
done
while IFS= read -r file; do
    [ -e "$file" ] || { echo "docs/clauses.md names $file, which is not there" >&2; status=1; }
done < <(named_files)
while IFS= read -r name; do
    grep -rqw --include='*.[ch]' -- "$name" include keystore provider tls tools tests ||
        { echo "docs/clauses.md names $name, which no C file has" >&2; status=1; }
done < <(named_functions)
exit "$status"
