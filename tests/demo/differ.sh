#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# An Enrolee with another MAF-ID: the keys for the MAF differ, nothing else does.
. "${BASH_SOURCE[0]%/*}/common.sh"
demo 1 --config "$sample" --break enrolee-maf-id
says err "FAILED: MEF and Enrolee do not hold the same: MAF-ID (the target), Km, key for SUID 21"
says out "maf2.example.com"
! grep -q AGREED "$work/out" || fail "says AGREED"
[ "$(grep -c '^!' "$work/out")" -eq 3 ] || fail "not three rows that differ"

demo 1 --config "$sample" --json --break enrolee-maf-id
says out '"result": "differ"'
says out '"differs": ["enrolment_target_id", "km_fingerprint", "suid_21_key_fingerprint"]'
[ "$(member mef ke_fingerprint)" = "$(member enrolee ke_fingerprint)" ] || fail "Ke differs"
[ "$(member mef km_fingerprint)" != "$(member enrolee km_fingerprint)" ] || fail "Km does not differ"
