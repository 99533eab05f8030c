#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# libcoap's OpenSSL build, coaps and coaps+tcp: its PSK through onem2m_tls_psk, the exported
# key from its session; with itself and with the engine's own ends.
. "${BASH_SOURCE[0]%/*}/common.sh"
[ -n "${LIBCOAP_PEER-}" ] || skip "NO libcoap HERE: the package libcoap3-dev is not installed"
need openssl openssl
"$LIBCOAP_PEER" version
add_key

# Of the ciphersuites of TS-0003 10.2.2 libcoap's server has but CCM_8, which from OpenSSL 3.2
# needs security level 0.
{
    sed 's/^\[init\]$/&\nssl_conf = ssl/' "$work/openssl.cnf"
    printf '%s\n' "[ssl]" "system_default = level" "[level]" "CipherString = DEFAULT:@SECLEVEL=0"
} >"$work/libcoap.cnf"
export OPENSSL_CONF=$work/libcoap.cnf

start_libcoap() {
    start libcoap "$LIBCOAP_PEER" "$@" --port "$port"
    await libcoap '^ready: '
}
libcoap_says() {
    sed -n "s/^$1: //p" "$work/libcoap.out"
}

# Both ends printed the same key, and nothing else than that.
agree() {
    local name
    for name in key-id exported-sha256; do
        [ -n "$(engine_says $name)" ] || fail "no $name"
        [ "$(engine_says $name)" = "$(libcoap_says $name)" ] ||
            fail "$name: $(engine_says $name) and $(libcoap_says $name)"
    done
    [ "$(engine_says extended-master-secret)" = 1 ] || fail "no extended master secret"
}

for protocol in '' --dtls; do
    # A request and its response between two ends of libcoap.
    next_port
    # shellcheck disable=SC2086
    start_libcoap server $protocol
    # shellcheck disable=SC2086
    run engine 0 "$LIBCOAP_PEER" client $protocol --identity "$identity" --port "$port"
    grep -q '^data: both ways' "$work/engine.out" || fail "no response"
    ended libcoap 0
    [ "$(libcoap_says psk-identity)" = "$identity" ] || fail "another identity"
    agree

    # libcoap's server, the engine's client.
    next_port
    # shellcheck disable=SC2086
    start_libcoap server --silent $protocol
    # shellcheck disable=SC2086
    run_engine 0 client --silent $protocol --identity "$identity"
    ended libcoap 0
    agree

    # The engine's server, libcoap's client.
    next_port
    # shellcheck disable=SC2086
    start_engine server --silent $protocol
    # shellcheck disable=SC2086
    run libcoap 0 "$LIBCOAP_PEER" client --silent $protocol --identity "$identity" --port "$port"
    ended engine 0
    identified
    agree
done

# What its server does with other clients' keys; why it refused one is known to it alone.
client_with() { # run client STATUS | fails client, IDENTITY PSK
    local arguments=("${@:1:$#-2}")
    next_port
    start_libcoap server
    OPENSSL_CONF=/dev/null "${arguments[@]}" openssl s_client -tls1_2 \
        -connect "127.0.0.1:$port" -psk_identity "${@: -2:1}" -psk "${@: -1}"
    stop libcoap
}
client_with run client 0 "$identity" "$psk"
[ -z "$(libcoap_says refusal)" ] || fail "refusal: $(libcoap_says refusal)"
client_with fails client "$identity" "$wrong_psk"
[ -z "$(libcoap_says refusal)" ] || fail "refusal: $(libcoap_says refusal)"
client_with fails client "nobody@$authority" "$psk"
libcoap_says refusal | grep -q "key not found" || fail "refusal: $(libcoap_says refusal)"
key update "$identity" --state suspended
client_with fails client "$identity" "$psk"
libcoap_says refusal | grep -q "suspended" || fail "refusal: $(libcoap_says refusal)"
