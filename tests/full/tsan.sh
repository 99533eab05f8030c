#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# The tests that use threads, under ThreadSanitizer.
set -euo pipefail
. tests/full/lib.sh
build build-tsan -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS=-O1 -DONEM2M_SANITIZE=thread
export TSAN_OPTIONS=halt_on_error=1
# ThreadSanitizer of gcc 12 cannot work with the address randomisation of newer kernels.
run=()
if setarch -R true 2>/dev/null; then run=(setarch -R); fi
exec "${run[@]}" tests/full/ctest.sh build-tsan -L threads
