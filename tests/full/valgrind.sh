#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# The test programs (label c-program) under valgrind: no error, no leak.
set -euo pipefail
. tests/full/lib.sh
need_commands valgrind
# cmake puts the "emulator" before every test command that is a program of the build.
build build-valgrind -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS=-O1 \
    -DCMAKE_CROSSCOMPILING_EMULATOR=valgrind
options="--quiet --error-exitcode=99 --suppressions=$PWD/tests/valgrind.supp"
leaks="--leak-check=full --show-leak-kinds=definite,possible --errors-for-leak-kinds=definite,possible"
VALGRIND_OPTS=$options tests/full/ctest.sh build-valgrind -L no-leak-check
VALGRIND_OPTS="$options $leaks" tests/full/ctest.sh build-valgrind -L c-program \
    -LE 'speed|slow|no-leak-check'
