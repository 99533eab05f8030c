#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# top-level.sh DIRECTORY: the repository's top level is what the contract names.
set -euo pipefail
cd "$1"
if git rev-parse --git-dir >/dev/null 2>&1; then
    names=$(git ls-files --cached --others --exclude-standard | cut -d/ -f1 | sort -u)
else
    names=$(find . -mindepth 1 -maxdepth 1 ! -name 'build*' -printf '%f\n')
fi
extra=$(grep -vxE -e 'CMakeLists\.txt|(README|CHANGELOG|CONTRIBUTING|SECURITY)\.md|LICENSE' \
    -e 'include|provider|keystore|tls|tools|conf|docs|tests|cmake|debian' \
    -e 'quickstart|check|\..*' <<<"$names" || true)
[ -z "$extra" ] || { echo "not named by the contract: $extra"; exit 1; }
for name in CMakeLists.txt README.md LICENSE CHANGELOG.md CONTRIBUTING.md SECURITY.md \
    include provider keystore tls tools conf docs tests cmake quickstart check; do
    [ -e "$name" ] || { echo "missing: $name"; exit 1; }
done
