#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# A MAF that never answers: the run ends and leaves no process and no file behind.
. "${BASH_SOURCE[0]%/*}/common.sh"
need_json
mkdir "$work/tmp"
TMPDIR=$work/tmp demo 1 --config "$sample" --json --timeout 1 --break silence
# shellcheck disable=SC2016 # perl's variables
{
    holds '$run->{result}' failed
    holds '$run->{failure}' "A: handshake: the peer was silent for too long"
    for process in $(query 'map { $_->{process} } values %{$run->{processes}}'); do
        ! kill -0 "$process" 2>/dev/null || fail "process $process still runs"
    done
}
[ -z "$(ls -A "$work/tmp")" ] || fail "left behind: $(ls "$work/tmp")"
