#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# Handshakes that must fail. To the Enrolee an unknown identity looks like a wrong
# key (RFC 4279 section 7.2).
. "${BASH_SOURCE[0]%/*}/common.sh"
declare -A objection=([psk]="" [psk-identity]=" (unknown psk_identity)" [server-name]=" (another server name)")
for what in psk psk-identity server-name; do
    demo 1 --config "$sample" --break $what
    silent out
    grep -q "^FAILED: MEF (process [0-9]*): TLS handshake${objection[$what]}: " "$work/err" || fail "MEF: $what"
    grep '^FAILED: Enrolee (process [0-9]*): TLS handshake' "$work/err" |
        sed 's/([^)]*)//' >"$work/$what" || fail "Enrolee: $what"
done
cmp "$work/psk" "$work/psk-identity" || fail "an unknown identity can be told from a wrong key"
! cmp -s "$work/psk" "$work/server-name" || fail "server name"

demo 1 --config "$sample" --json --break psk
says out '"result": "failed"'
[ -n "$(member enrolee failure)" ] || fail "no failure of the Enrolee"
[ "$(member mef ke_id)" = null ] || fail "a KeID without a handshake"

# Without the extended master secret (RFC 7627) no key is exported.
sed 's/^\[openssl_init\]$/&\nssl_conf = ssl_sect/' "$sample" >"$work/no-ems.cnf"
cat >>"$work/no-ems.cnf" <<'END'
[ssl_sect]
system_default = system_default_sect
[system_default_sect]
Options = -ExtendedMasterSecret
END
demo 1 --config "$work/no-ems.cnf" --json
says out "no extended master secret"
[ "$(member mef ke_id)$(member enrolee ke_id)" = nullnull ] || fail "a key without extended master secret"
