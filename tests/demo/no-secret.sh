#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# No run prints 32 octets in hexadecimal, and no process has Kpm in its arguments
# or environment.
. "${BASH_SOURCE[0]%/*}/common.sh"
for what in "" "--break enrolee-maf-id" "--break psk" "--break psk-identity"; do
    for format in "" --json; do
        # shellcheck disable=SC2086 # two words or none
        "$DEMO" --config "$sample" $format $what >>"$work/out" 2>>"$work/err" || true
    done
done
[ "$(grep -c fingerprint "$work/out")" -ge 8 ] || fail "the runs printed too little"
! tr -d ' \n' <"$work/out" | grep -E '[0-9A-Fa-f]{64}' || fail "64 hexadecimal digits"
! grep -E '[0-9A-Fa-f]{64}' "$work/err" || fail "64 hexadecimal digits in messages"

"$DEMO" --config "$sample" --timeout 2 --break silence >/dev/null 2>&1 &
parent=$!
sleep 1
children=$(cat "/proc/$parent/task/$parent/children")
[ "$(echo "$children" | wc -w)" -eq 2 ] || fail "not two processes: $children"
for process in $parent $children; do
    tr '\0' '\n' <"/proc/$process/cmdline" >>"$work/seen"
    tr '\0' '\n' <"/proc/$process/environ" | diff - <(env) | grep '^<' >>"$work/seen" || true
done
wait "$parent" || true
! grep -E '[0-9A-Fa-f]{64}|[A-Za-z0-9+/]{43}=' "$work/seen" || fail "a key in arguments or environment"
