#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# `openssl s_client` and `s_server` without our provider: PSK and certificates over TLS 1.2
# and DTLS 1.2, both roles, -keymatexport.
. "${BASH_SOURCE[0]%/*}/common.sh"
need openssl openssl
openssl version
export OPENSSL_CONF=/dev/null
add_key

client_credential=(-psk_identity "$identity" -psk "$psk")
server_credential=(-psk_identity "$identity" -psk "$psk" -nocert)
cbc=(-tls1_2 -cipher PSK-AES128-CBC-SHA256)

client() { # OPTION...
    start openssl openssl s_client -connect "127.0.0.1:$port" -servername "$authority" \
        -keymatexport "$label" -keymatexportlen 48 "$@"
}
server() { # OPTION...
    start openssl openssl s_server -accept "127.0.0.1:$port" \
        -keymatexport "$label" -keymatexportlen 48 "$@"
    await_port "$port"
}
exported() {
    sed -n 's/^ *Keying material: //p' "$work/openssl.out"
}

client_agrees() { # VERSION CIPHERSUITE [ENGINE-OPTION...]
    next_port
    start_engine server "${engine_server[@]}" "${@:3}"
    client "${options[@]}" "${client_credential[@]}"
    await openssl 'Keying material: '
    type_line openssl
    ended engine 0
    await openssl '^a line of application data'
    negotiated "$1" "$2"
    identified
    same_export "$(exported)"
}

server_agrees() { # VERSION CIPHERSUITE [ENGINE-OPTION...]
    next_port
    server "${options[@]}" "${server_credential[@]}"
    start_engine client "${engine_client[@]}" "${@:3}"
    await openssl 'Keying material: '
    await openssl '^a line of application data'
    type_line openssl
    ended engine 0
    negotiated "$1" "$2"
    same_export "$(exported)"
    stop openssl
}

# From OpenSSL 3.2 CCM_8 is below the default security level.
for agrees in client_agrees server_agrees; do
    options=("${cbc[@]}")
    "$agrees" TLSv1.2 PSK-AES128-CBC-SHA256
    options=(-tls1_2 -cipher DHE-PSK-AES128-CBC-SHA256)
    "$agrees" TLSv1.2 DHE-PSK-AES128-CBC-SHA256 --profile psk-pfs
    options=(-dtls1_2 -cipher PSK-AES128-CCM8:@SECLEVEL=0)
    "$agrees" DTLSv1.2 PSK-AES128-CCM8 --dtls
done

# A key that is not the identity's, at either end.
next_port
start_engine server
client "${cbc[@]}" -psk_identity "$identity" -psk "$wrong_psk"
ended engine 1
refused_for ''
next_port
server "${cbc[@]}" -nocert -psk_identity "$identity" -psk "$wrong_psk"
run_engine 1 client "${engine_client[@]}"
stop openssl

# An identity that the store does not hold: to the client the same as a wrong key.
next_port
start_engine server
client "${cbc[@]}" -psk_identity "nobody@$authority" -psk "$psk"
ended engine 1
refused_for "$unknown_identity"

# TLS 1.3 alone: no version in common.
next_port
start_engine server
client -tls1_3 "${client_credential[@]}"
ended engine 1

use_certificates critical,
client_credential=(-CAfile "$work/ca.pem" -verify_return_error -verify_hostname "$authority"
    -cert "$work/cse.pem" -key "$work/cse.key")
server_credential=(-CAfile "$work/ca.pem" -verify_return_error -Verify 1
    -cert "$work/mef.pem" -key "$work/mef.key")
for agrees in client_agrees server_agrees; do
    options=(-tls1_2 -cipher ECDHE-ECDSA-AES128-SHA256)
    "$agrees" TLSv1.2 ECDHE-ECDSA-AES128-SHA256
    options=(-dtls1_2 -cipher ECDHE-ECDSA-AES128-CCM8:@SECLEVEL=0)
    "$agrees" DTLSv1.2 ECDHE-ECDSA-AES128-CCM8 --dtls
done

# A certificate of the same CA for another name.
next_port
server -tls1_2 -cert "$work/cse.pem" -key "$work/cse.key"
run_engine 1 client "${engine_client[@]}"
refused_for "$another_name"
