#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# A project that says find_package(onem2m) is built, and its program runs.
set -euo pipefail
work=$BUILD/tests/install/cmake-package
rm -rf "$work"
"$CMAKE" -S "$SOURCE/tests/install/consumer" -B "$work" -DCMAKE_C_COMPILER="$CC" \
    -Donem2m_DIR="$STAGE$LIBDIR/cmake/onem2m"
"$CMAKE" --build "$work"
"$work/consumer"
