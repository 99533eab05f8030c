#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# Programs of mbed TLS: PSK and certificates over TLS 1.2 and DTLS 1.2 (with cookies), both
# roles; the exporter computed of what its key export callback gives.
. "${BASH_SOURCE[0]%/*}/common.sh"
[ -n "${MBEDTLS_PEER-}" ] || skip "NO mbed TLS HERE: the package libmbedtls-dev is not installed"
"$MBEDTLS_PEER" version
add_key

client_credential=(psk "$identity" "$psk")
server_credential=(psk "$identity" "$psk")

client() { # STATUS PROTOCOL EMS CIPHERSUITE CREDENTIAL...
    run mbedtls "$1" "$MBEDTLS_PEER" client "$2" "$3" "$port" "$authority" "$label" "${@:4}"
}
server() { # PROTOCOL EMS CIPHERSUITE CREDENTIAL...
    start mbedtls "$MBEDTLS_PEER" server "$1" "$2" "$port" "$authority" "$label" "${@:3}"
    await mbedtls '^ready: '
}
exported() {
    sed -n 's/^exported: //p' "$work/mbedtls.out"
}

client_agrees() { # VERSION OPENSSL-CIPHERSUITE PROTOCOL EMS CIPHERSUITE [ENGINE-OPTION...]
    next_port
    start_engine server "${engine_server[@]}" "${@:6}"
    client 0 "$3" "$4" "$5" "${client_credential[@]}"
    ended engine 0
    negotiated "$1" "$2"
    identified
    same_export "$(exported)"
}

server_agrees() { # VERSION OPENSSL-CIPHERSUITE PROTOCOL EMS CIPHERSUITE [ENGINE-OPTION...]
    next_port
    server "$3" "$4" "$5" "${server_credential[@]}"
    run_engine 0 client "${engine_client[@]}" "${@:6}"
    ended mbedtls 0
    negotiated "$1" "$2"
    same_export "$(exported)"
}

cbc=TLS-PSK-WITH-AES-128-CBC-SHA256
ccm=TLS-PSK-WITH-AES-128-CCM-8
for agrees in client_agrees server_agrees; do
    "$agrees" TLSv1.2 PSK-AES128-CBC-SHA256 tls ems "$cbc"
    "$agrees" TLSv1.2 DHE-PSK-AES128-CBC-SHA256 tls ems TLS-DHE-PSK-WITH-AES-128-CBC-SHA256 \
        --profile psk-pfs
    "$agrees" DTLSv1.2 PSK-AES128-CCM8 dtls ems "$ccm" --dtls
done
grep -qx "psk-identity: $identity" "$work/mbedtls.out" || fail "another identity at mbed TLS"

# A key that is not the identity's, at either end.
next_port
start_engine server
client 1 tls ems "$cbc" psk "$identity" "$wrong_psk"
ended engine 1
refused_for ''
next_port
server tls ems "$cbc" psk "$identity" "$wrong_psk"
run_engine 1 client "${engine_client[@]}"
ended mbedtls 1

# An identity that the store does not hold: to the client the same as a wrong key, which in
# DTLS is silence.
next_port
start_engine server
client 1 tls ems "$cbc" psk "nobody@$authority" "$psk"
ended engine 1
refused_for "$unknown_identity"
next_port
start_engine server --dtls
client 1 dtls ems "$ccm" psk "nobody@$authority" "$psk"
stop engine

# Without extended master secret nothing is exported, unless that is allowed.
next_port
start_engine server
client 1 tls no-ems "$cbc" "${client_credential[@]}"
ended engine 1
grep -q "$without_ems" "$work/engine.err" || fail "exported without extended master secret"
extended_master_secret=0
for agrees in client_agrees server_agrees; do
    "$agrees" TLSv1.2 PSK-AES128-CBC-SHA256 tls no-ems "$cbc" --allow-no-ems
done
extended_master_secret=1

# mbed TLS cannot read a certificate whose name constraints are critical, as they should be.
use_certificates critical,
client 1 tls ems TLS-ECDHE-ECDSA-WITH-AES-128-CBC-SHA256 certificate "$work/cse.pem" \
    "$work/cse.key" "$work/ca.pem"
grep -q '^setup: ' "$work/mbedtls.err" || fail "mbed TLS reads critical name constraints"
use_certificates ''
client_credential=(certificate "$work/cse.pem" "$work/cse.key" "$work/ca.pem")
server_credential=(certificate "$work/mef.pem" "$work/mef.key" "$work/ca.pem")
for agrees in client_agrees server_agrees; do
    "$agrees" TLSv1.2 ECDHE-ECDSA-AES128-SHA256 tls ems \
        TLS-ECDHE-ECDSA-WITH-AES-128-CBC-SHA256
    "$agrees" DTLSv1.2 ECDHE-ECDSA-AES128-CCM8 dtls ems TLS-ECDHE-ECDSA-WITH-AES-128-CCM-8 --dtls
done

# A certificate of the same CA for another name.
next_port
server tls ems TLS-ECDHE-ECDSA-WITH-AES-128-CBC-SHA256 "${client_credential[@]}"
run_engine 1 client "${engine_client[@]}"
ended mbedtls 1
refused_for "$another_name"
