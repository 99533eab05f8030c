#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# mosquitto with conf/mosquitto-psk.conf and a file of keys that onem2m-key wrote;
# mosquitto_pub and mosquitto_sub with their own broker and with the engine as a server.
. "${BASH_SOURCE[0]%/*}/common.sh"
PATH=$PATH:/usr/sbin
need mosquitto mosquitto
need mosquitto_pub mosquitto-clients
need mosquitto_sub mosquitto-clients
show_version '^mosquitto version' mosquitto -h
export OPENSSL_CONF=/dev/null HOME=$work
add_extractable_key
key export "$identity" --format psk-file --out "$work/psk"
psk_line=$(key export "$identity")

start_broker() { # PSK-FILE
    next_port
    {
        echo "user $(id -un)"
        sed -e "s|^psk_file .*|psk_file $1|" -e "s|^listener .*|listener $port 127.0.0.1|" \
            "$SOURCE/conf/mosquitto-psk.conf"
    } >"$work/mosquitto.conf"
    start broker mosquitto -v -c "$work/mosquitto.conf"
    await_port "$port"
}
tls=(--psk-identity "$identity" --tls-version tlsv1.2 --ciphers PSK-AES128-CBC-SHA256)

hex() {
    od -An -v -tx1 | tr -d ' \n' | tr a-f A-F
}
# MQTT 3.1.1: packet type, length, what it holds.
packet() { # TYPE HEX
    printf '%s%02X%s' "$1" $((${#2} / 2)) "$2"
}
text() {
    printf '%04X%s' "${#1}" "$(printf '%s' "$1" | hex)"
}
connect=$(packet 10 "$(text MQTT)04020000$(text engine)")
connected=20020000
publish=$(packet 30 "$(text onem2m/line)$(printf 'of the engine' | hex)")
subscribed=9003000100
disconnect=E000

# The broker with the exported keys: its own clients, then the engine as a client.
start_broker "$work/psk"
start sub mosquitto_sub -h localhost -p "$port" "${tls[@]}" --psk "$psk_line" -t onem2m/line -C 2
await broker "Sending SUBACK"
run pub 0 mosquitto_pub -h localhost -p "$port" "${tls[@]}" --psk "$psk_line" \
    -t onem2m/line -m "of mosquitto_pub"
run_engine 0 client --identity "$identity" --answer "$connect" --answer "$publish$disconnect"
negotiated TLSv1.2 PSK-AES128-CBC-SHA256
[ "$(engine_says received)" = "$connected" ] || fail "the broker did not accept the engine"
ended sub 0
grep -qx "of mosquitto_pub" "$work/sub.out" || fail "nothing of mosquitto_pub"
grep -qx "of the engine" "$work/sub.out" || fail "nothing of the engine"
fails pub mosquitto_pub -h localhost -p "$port" "${tls[@]}" --psk "$wrong_psk" -t x -m x
stop broker

# A broker with another key under the same name.
echo "$identity:$wrong_psk" >"$work/wrong-psk"
start_broker "$work/wrong-psk"
run_engine 1 client --identity "$identity" --answer "$connect"
stop broker

# mosquitto's clients with the engine as a server.
next_port
start_engine server --authority localhost --answer "$connected"
run pub 0 mosquitto_pub -h localhost -p "$port" "${tls[@]}" --psk "$psk_line" \
    -t onem2m/line -m "of mosquitto_pub"
ended engine 0
negotiated TLSv1.2 PSK-AES128-CBC-SHA256
identified
engine_says received | grep -q "$(printf 'of mosquitto_pub' | hex)" || fail "no message of mosquitto_pub"
next_port
start_engine server --authority localhost --answer "$connected" --answer "$subscribed$publish"
run sub 0 mosquitto_sub -h localhost -p "$port" "${tls[@]}" --psk "$psk_line" -t onem2m/line -C 1
ended engine 0
grep -qx "of the engine" "$work/sub.out" || fail "nothing of the engine"

next_port
start_engine server --authority localhost --answer "$connected"
fails pub mosquitto_pub -h localhost -p "$port" "${tls[@]}" --psk "$wrong_psk" -t x -m x
ended engine 1
