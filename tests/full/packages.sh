#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# packages.sh PACKAGE...: installs those that are missing, or says why it cannot.
set -euo pipefail
. cmake/install-missing.sh
if install_missing "$@"; then
    echo "all $# packages are there"
else
    exit 1
fi
