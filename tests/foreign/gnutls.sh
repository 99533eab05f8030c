#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# gnutls-cli and gnutls-serv: PSK and certificates over TLS 1.2 and DTLS 1.2, both roles,
# the exporter.
. "${BASH_SOURCE[0]%/*}/common.sh"
need gnutls-cli gnutls-bin
need gnutls-serv gnutls-bin
[ -n "${GNUTLS_PEER-}" ] || skip "NO GnuTLS HERE: the package libgnutls28-dev is not installed"
show_version '^gnutls-cli ' gnutls-cli --version
add_extractable_key
key export "$identity" --format psk-file --out "$work/psk"
echo "$identity:$wrong_psk" >"$work/wrong-psk"

cbc=+AES-128-CBC:+SHA256
ccm=+AES-128-CCM-8:+AEAD
tls=NONE:+VERS-TLS1.2:+COMP-NULL:+GROUP-ALL:+SIGN-ALL
dtls=NONE:+VERS-DTLS1.2:+COMP-NULL:+GROUP-ALL:+SIGN-ALL
client_credential=(--pskusername "$identity" --pskkey "$psk")
server_credential=(--pskpasswd "$work/psk")
udp_server_credential=(psk "$work/psk")

client() { # PRIORITY OPTION...
    start gnutls gnutls-cli --priority "$1" --sni-hostname "$authority" --verify-hostname "$authority" --port "$port" \
        --keymatexport "$label" --keymatexportsize 48 "${@:2}" 127.0.0.1
}
server() { # PRIORITY OPTION...
    start gnutls gnutls-serv --echo --priority "$1" --port "$port" \
        --keymatexport "$label" --keymatexportsize 48 "${@:2}"
    await_port "$port"
}
# gnutls-serv says nothing of a connection over UDP, so there a program of our own serves.
udp_server() { # PRIORITY
    start gnutls "$GNUTLS_PEER" "$port" "$1" "$label" "${udp_server_credential[@]}"
    await gnutls '^ready: '
}
gnutls_exported() {
    sed -n -e 's/^- Key material: //p' -e 's/^exported: //p' "$work/gnutls.out"
}

client_agrees() { # VERSION CIPHERSUITE PRIORITY [ENGINE-OPTION...]
    next_port
    start_engine server "${engine_server[@]}" "${@:4}"
    client "$3" "${client_credential[@]}" "${udp[@]}"
    await gnutls 'Handshake was completed'
    type_line gnutls
    ended engine 0
    await gnutls '^a line of application data'
    negotiated "$1" "$2"
    identified
    same_export "$(gnutls_exported)"
}

server_agrees() { # VERSION CIPHERSUITE PRIORITY [ENGINE-OPTION...]
    next_port
    if [ "${#udp[@]}" -eq 0 ]; then
        server "$3" "${server_credential[@]}"
    else
        udp_server "$3"
    fi
    run_engine 0 client "${engine_client[@]}" "${@:4}"
    negotiated "$1" "$2"
    await gnutls '^- Key material: \|^exported: '
    same_export "$(gnutls_exported)"
    stop gnutls
}

for agrees in client_agrees server_agrees; do
    udp=()
    "$agrees" TLSv1.2 PSK-AES128-CBC-SHA256 "$tls:+PSK:$cbc"
    udp=(--udp)
    "$agrees" DTLSv1.2 PSK-AES128-CCM8 "$dtls:+PSK:$ccm" --dtls
done
grep -qx "psk-identity: $identity" "$work/gnutls.out" || fail "another identity at GnuTLS"
# gnutls-cli 3.7.9 crashes when it has negotiated DHE-PSK.
udp=()
server_agrees TLSv1.2 DHE-PSK-AES128-CBC-SHA256 "$tls:+DHE-PSK:$cbc" --profile psk-pfs

# A key that is not the identity's, at either end.
next_port
start_engine server
client "$tls:+PSK:$cbc" --pskusername "$identity" --pskkey "$wrong_psk"
ended engine 1
refused_for ''
next_port
server "$tls:+PSK:$cbc" --pskpasswd "$work/wrong-psk"
run_engine 1 client "${engine_client[@]}"
stop gnutls

# An identity that the store does not hold: to the client the same as a wrong key.
next_port
start_engine server
client "$tls:+PSK:$cbc" --pskusername "nobody@$authority" --pskkey "$psk"
ended engine 1
refused_for "$unknown_identity"

# Without extended master secret nothing is exported, unless that is allowed.
udp=()
next_port
start_engine server
client "$tls:+PSK:$cbc:%NO_SESSION_HASH" "${client_credential[@]}"
ended engine 1
grep -q "$without_ems" "$work/engine.err" || fail "exported without extended master secret"
extended_master_secret=0
for agrees in client_agrees server_agrees; do
    "$agrees" TLSv1.2 PSK-AES128-CBC-SHA256 "$tls:+PSK:$cbc:%NO_SESSION_HASH" --allow-no-ems
done
extended_master_secret=1

use_certificates critical,
client_credential=(--x509cafile "$work/ca.pem" --x509certfile "$work/cse.pem"
    --x509keyfile "$work/cse.key")
server_credential=(--x509cafile "$work/ca.pem" --x509certfile "$work/mef.pem"
    --x509keyfile "$work/mef.key" --require-client-cert --verify-client-cert)
udp_server_credential=(certificate "$work/mef.pem" "$work/mef.key" "$work/ca.pem")
for agrees in client_agrees server_agrees; do
    udp=()
    "$agrees" TLSv1.2 ECDHE-ECDSA-AES128-SHA256 "$tls:+ECDHE-ECDSA:$cbc"
    udp=(--udp)
    "$agrees" DTLSv1.2 ECDHE-ECDSA-AES128-CCM8 "$dtls:+ECDHE-ECDSA:$ccm" --dtls
done

# A certificate of the same CA for another name.
next_port
server "$tls:+ECDHE-ECDSA:$cbc" --x509certfile "$work/cse.pem" --x509keyfile "$work/cse.key"
run_engine 1 client "${engine_client[@]}"
refused_for "$another_name"
