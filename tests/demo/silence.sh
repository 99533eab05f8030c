#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# An end that never begins: the run ends in time and leaves no process behind.
. "${BASH_SOURCE[0]%/*}/common.sh"
SECONDS=0
demo 1 --config "$sample" --json --timeout 1 --break silence
[ "$SECONDS" -le 8 ] || fail "took $SECONDS seconds"
says out '"result": "failed"'
says out "gave no report in time"
for end in mef enrolee; do
    ! kill -0 "$(member $end process)" 2>/dev/null || fail "the $end still runs"
done
