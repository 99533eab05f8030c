#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# stunnel with conf/stunnel-psk.conf and a file of keys that onem2m-key wrote, as server and
# as client of the engine.
. "${BASH_SOURCE[0]%/*}/common.sh"
need stunnel stunnel4
show_version '^stunnel ' stunnel -version
export OPENSSL_CONF=/dev/null
add_extractable_key
key export "$identity" --format psk-file --out "$work/psk"
echo "$identity:$wrong_psk" >"$work/wrong-psk"
chmod 600 "$work/wrong-psk"

# A server that sends back what it gets, and a client that takes its line from standard input.
server_configuration() { # PSK-FILE
    printf '%s\n' 'foreground = yes' 'pid =' 'debug = info'
    sed -e "s|^accept = .*|accept = 127.0.0.1:$port|" -e "s|^PSKsecrets = .*|PSKsecrets = $1|" \
        -e 's|^connect = .*|exec = /bin/cat|' "$SOURCE/conf/stunnel-psk.conf"
}
client_configuration() { # PSK-FILE
    printf '%s\n' 'foreground = yes' 'pid =' 'debug = info'
    sed -n 's/^;\(\[onem2m-client\]\)/\1/;/^\[onem2m-client\]/,$p' "$SOURCE/conf/stunnel-psk.conf" |
        sed -e 's/^;//' -e "s|^accept = .*|accept = 127.0.0.1:$((port + 1000))|" \
            -e "s|^connect = .*|connect = localhost:$port|" -e "s|^PSKsecrets = .*|PSKsecrets = $1|"
}
start_server() {
    next_port
    server_configuration "$1" >"$work/stunnel.conf"
    start stunnel stunnel "$work/stunnel.conf"
    await_port "$port"
}
start_client() {
    client_configuration "$1" >"$work/stunnel.conf"
    start stunnel stunnel "$work/stunnel.conf"
    await_port $((port + 1000))
}

start_server "$work/psk"
run_engine 0 client --identity "$identity"
negotiated TLSv1.2 PSK-AES128-CBC-SHA256
stop stunnel
start_server "$work/wrong-psk"
run_engine 1 client --identity "$identity"
stop stunnel

# Through stunnel to the engine: a line, and back.
through_stunnel() {
    exec 3<>"/dev/tcp/127.0.0.1/$((port + 1000))"
    echo "a line of application data" >&3
    timeout 20 head -n 1 <&3 2>/dev/null || true
    exec 3>&-
}
next_port
start_engine server --authority localhost
start_client "$work/psk"
[ "$(through_stunnel)" = "a line of application data" ] || fail "another line came back"
ended engine 0
negotiated TLSv1.2 PSK-AES128-CBC-SHA256
identified
stop stunnel

next_port
start_engine server --authority localhost
start_client "$work/wrong-psk"
[ -z "$(through_stunnel)" ] || fail "a line came back with a wrong key"
ended engine 1
stop stunnel

# A key that the export refuses gives stunnel no file.
key update "$identity" --state revoked
! OPENSSL_CONF=$work/openssl.cnf "$KEY" export "$identity" --format psk-file \
    --out "$work/revoked" 2>/dev/null || fail "a revoked key was exported"
