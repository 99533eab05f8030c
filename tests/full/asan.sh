#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# The tests under AddressSanitizer (with leaks) and UndefinedBehaviorSanitizer.
set -euo pipefail
. tests/full/lib.sh
build build-asan -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS=-O1 -DONEM2M_SANITIZE=address,undefined
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
options=strict_string_checks=1:detect_stack_use_after_return=1
ASAN_OPTIONS=$options:detect_leaks=0 tests/full/ctest.sh build-asan -L no-leak-check
ASAN_OPTIONS=$options:detect_leaks=1 tests/full/ctest.sh build-asan -LE 'speed|no-leak-check|long'
