#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# Built by clang without a warning, and tested; stores and onem2m-key over tokens are left to gcc's
# builds, of which each has them twice on two tokens.
set -euo pipefail
. tests/full/lib.sh
need_commands clang
build build-clang -DCMAKE_C_COMPILER=clang
exec tests/full/ctest.sh build-clang -LE slow -E '^pkcs11\.(object-)?(key|suite)-'
