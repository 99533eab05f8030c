#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# Built by clang without a warning, and tested.
set -euo pipefail
. tests/full/lib.sh
need_commands clang
build build-clang -DCMAKE_C_COMPILER=clang
exec tests/full/ctest.sh build-clang -LE slow
