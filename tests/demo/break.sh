#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# What must make the run fail, does, and says so: exit status 1, FAILED, and the audit of who
# refused. No later step is tried.
. "${BASH_SOURCE[0]%/*}/common.sh"
need_json
broken() { # WHAT FAILED AUDIT: the second a regular expression, as texts of OpenSSL's differ
    demo 1 --config "$sample" --break "$1"
    grep -qE "^FAILED: $2" "$work/err" || fail "$1: not so: $2"
    [ -z "$3" ] || tr -s ' \n' ' ' <"$work/out" | grep -qF "$3" || fail "$1: no audit: $3"
    ! grep -q AGREED "$work/out" || fail "$1: says AGREED"
    ! grep -qF ' 8.2.2.3 ' "$work/out" || [ "$1" = message ] || fail "$1: goes on"
    demo 1 --config "$sample" --json --break "$1"
    # shellcheck disable=SC2016 # perl's variables
    query '"$run->{result}: $run->{failure}"' | grep -qE "^failed: $2" ||
        fail "$1: another failure in JSON"
    silent err
}
broken kpm "A: handshake: .*bad record mac" "MEF REFUSES: handshake:"
broken kpm-id "A: handshake: .*bad record mac" "MEF REFUSES: handshake: psk_identity"
broken server-name "A: handshake: .*unrecognized name" "MEF REFUSES: handshake:"
broken maf-id "A: handshake: .*bad record mac" "MAF REFUSES: handshake:"
broken suid "A: MAF answers: this request is refused" "MAF REFUSES: key registration: bad security usage"
broken cbor "A: MAF answers: this request is refused" "MAF REFUSES: not a message of table 8.8.2.7-1"
broken message "A: B answers: ESCertKE failed" "B REFUSES: ESCertKE:"
broken mef-down "A: cannot connect to 127\.0\.0\.1 " ""
broken maf-down "A: cannot connect to 127\.0\.0\.1 " ""

# To A an unknown KpmID looks as a wrong Kpm does (RFC 4279 section 7.2).
for what in kpm kpm-id; do
    demo 1 --config "$sample" --break $what
    cp "$work/err" "$work/$what"
done
cmp "$work/kpm" "$work/kpm-id" || fail "an unknown identity can be told from a wrong key"
