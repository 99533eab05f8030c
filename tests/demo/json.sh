#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# --json: one object, whose two ends are two processes that hold the same.
. "${BASH_SOURCE[0]%/*}/common.sh"
demo 0 --config "$sample" --json
silent err
says out '"result": "agree"'
says out '"differs": []'
[ "$(head -n 1 "$work/out")$(tail -n 1 "$work/out")" = "{}" ] || fail "not one object"
if command -v python3 >/dev/null; then
    python3 -m json.tool <"$work/out" >/dev/null || fail "not JSON"
fi

[ "$(member mef process)" != "$(member enrolee process)" ] || fail "one process"
[ "$(member mef psk_identity)" = enrolee1@mef.example.com ] || fail "psk_identity"
[ "$(member mef server_name)" = mef.example.com ] || fail "server_name"
[ "$(member mef tls_version)" = TLSv1.2 ] || fail "tls_version"
[ "$(member mef ciphersuite)" = TLS_PSK_WITH_AES_128_CBC_SHA256 ] || fail "ciphersuite"
[ "$(member mef extended_master_secret)" = yes ] || fail "extended_master_secret"
[[ $(member mef ke_id) =~ ^[0-9A-F]{32}@mef\.example\.com$ ]] || fail "form of KeID"
for key in ke km suid_21_key; do
    [[ $(member mef ${key}_fingerprint) =~ ^[0-9a-f]{16}$ ]] || fail "form of $key"
done
for name in psk_identity server_name tls_version ciphersuite extended_master_secret ke_id \
    ke_fingerprint enrolment_target_id km_fingerprint suid_21_key_fingerprint; do
    [ "$(member mef $name)" = "$(member enrolee $name)" ] || fail "$name differs"
done

# The three keys are three, and another run has others.
fingerprints() {
    for key in ke km suid_21_key; do
        member mef ${key}_fingerprint
    done
}
fingerprints >"$work/fingerprints"
demo 0 --config "$sample" --json
fingerprints >>"$work/fingerprints"
[ "$(sort -u "$work/fingerprints" | wc -l)" -eq 6 ] || fail "a key came twice"
