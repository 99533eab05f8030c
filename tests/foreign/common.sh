# shellcheck shell=bash disable=SC2034
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# Sourced by the tests with peers that are not ours: $PEER is engine_peer, $KEY onem2m-key,
# $SOURCE the source tree, $OPENSSL_MODULES the directory of the module. A test runs in a
# network of its own, which has nothing but a loopback interface: no port is taken there,
# and what a peer listens on cannot be reached from outside.
set -euo pipefail
export LC_ALL=C.UTF-8

# Ends the test as skipped, or as failed where ./check --full has installed everything.
skip() {
    echo "SKIPPED: $*"
    [ -z "${ONEM2M_FOREIGN_REQUIRED-}" ] || exit 1
    exit 77
}

if [ -z "${ONEM2M_FOREIGN_NETWORK-}" ]; then
    isolate=(unshare --net)
    [ "$(id -u)" -eq 0 ] || isolate+=(--user --map-root-user)
    "${isolate[@]}" ip link set lo up || skip "no network namespaces here (unshare, ip)"
    export ONEM2M_FOREIGN_NETWORK=own
    # shellcheck disable=SC2016
    exec "${isolate[@]}" bash -c 'ip link set lo up && exec bash "$0"' "$0"
fi

work=$(mktemp -d)
chmod 755 "$work"
children=()
finish() {
    local pid
    for pid in "${children[@]}"; do
        kill "$pid" 2>/dev/null || true
    done
    wait
    rm -rf "$work"
}
trap finish EXIT

fail() {
    echo "FAILED: $*" >&2
    for file in "$work"/*.out "$work"/*.err; do
        if [ -s "$file" ]; then
            echo "--- ${file##*/}" >&2
            head -c 4000 "$file" >&2
        fi
    done
    exit 1
}

# need COMMAND PACKAGE
need() {
    command -v "$1" >/dev/null || skip "NO $1 HERE: the package $2 is not installed"
}

authority=mef.example.com
identity=enrolee1@mef.example.com
label=EXPORTER-oneM2M-Bootstrap
psk=$(printf '5A%.0s' {1..16})$(printf 'C3%.0s' {1..16})
wrong_psk=$(printf '5A%.0s' {1..32})

printf '%s\n' "openssl_conf = init" "[init]" "providers = providers" "[providers]" \
    "default = default_sect" "onem2m = onem2m_sect" "[default_sect]" "activate = 1" \
    "[onem2m_sect]" "activate = 1" "keystore = lmdb:$work/store" "seal = file:$work/seal" \
    "fqdn = $authority" >"$work/openssl.cnf"

key() {
    OPENSSL_CONF=$work/openssl.cnf "$KEY" "$@" 2>"$work/key.err" || fail "onem2m-key $*"
}

# This end's own Kpm for the MEF, which stays in the store; or one that may be exported.
add_key() {
    key add --kind kpm --suid 10 --key-id "$identity" <<<"$psk" >/dev/null
}
add_extractable_key() {
    key add --kind kpm --suid 10 --key-id "$identity" --extractable <<<"$psk" >/dev/null
}
key init >/dev/null

# Each server has a port of its own.
port=4432
next_port() {
    port=$((port + 1))
}

# In the background, into $work/NAME.out and NAME.err: NAME COMMAND...
# What `type_line NAME` writes is its standard input.
start() {
    local name=$1
    shift
    rm -f "$work/$name".{in,out,err}
    mkfifo "$work/$name.in"
    timeout 60 "$@" >"$work/$name.out" 2>"$work/$name.err" <>"$work/$name.in" &
    children+=($!)
    printf -v "pid_$name" '%s' "$!"
}
type_line() {
    echo "a line of application data" >"$work/$1.in"
}

# await NAME TEXT: until it has printed that.
await() {
    local i pid=pid_$1 running=1
    for ((i = 0; i < 400; i++)); do
        kill -0 "${!pid}" 2>/dev/null || running=
        if grep -qs -- "$2" "$work/$1.out" "$work/$1.err"; then return; fi
        [ -n "$running" ] || break
        sleep 0.05
    done
    fail "$1 does not say: $2"
}

# await_port PORT: until a TCP socket listens there, or an unconnected UDP socket is there.
await_port() {
    local i entry
    entry=$(printf '[0-9A-F]+:%04X [0-9A-F:]+ 0[A7] ' "$1")
    for ((i = 0; i < 400; i++)); do
        if grep -qE "$entry" /proc/net/tcp /proc/net/tcp6 /proc/net/udp /proc/net/udp6; then
            return
        fi
        sleep 0.05
    done
    fail "nothing listens at $1"
}

# ended NAME STATUS: it must end with that.
ended() {
    local pid=pid_$1 status=0
    wait "${!pid}" || status=$?
    [ "$status" -eq "$2" ] || fail "$1 ended with $status, not $2"
}

stop() {
    local pid=pid_$1
    kill "${!pid}" 2>/dev/null || true
    wait "${!pid}" || true
}

# What a program says of its version, which is in the test's output.
show_version() { # PATTERN COMMAND...
    local said
    said=$("${@:2}" 2>&1) || true
    grep "$1" <<<"$said" || fail "no version: $said"
}

# fails NAME COMMAND...: to its end, which is neither success nor the time limit.
fails() {
    local name=$1 status=0
    shift
    timeout 60 "$@" >"$work/$name.out" 2>"$work/$name.err" </dev/null || status=$?
    case $status in 0 | 124) fail "$name ended with $status: $*" ;; esac
}

# run NAME STATUS COMMAND...: to its end.
run() {
    local name=$1 expected=$2 status=0
    shift 2
    timeout 60 "$@" >"$work/$name.out" 2>"$work/$name.err" </dev/null || status=$?
    [ "$status" -eq "$expected" ] || fail "$name ended with $status, not $expected: $*"
}

# The engine's end, with the provider configured: start_engine server ..., run_engine STATUS client ...
start_engine() {
    start engine env "OPENSSL_CONF=$work/openssl.cnf" "$PEER" "$@" --port "$port"
    [ "$1" != server ] || await engine '^ready: '
}
run_engine() {
    run engine "$1" env "OPENSSL_CONF=$work/openssl.cnf" "$PEER" "${@:2}" --port "$port"
}

# engine_says NAME: the value that the engine's end printed.
engine_says() {
    sed -n "s/^$1: //p" "$work/engine.out"
}

# What the engine exported is what the peer did, whose 48 octets are given in hexadecimal;
# the first 16 of them are the identifier.
same_export() {
    local hex=${1^^} octets
    [[ $hex =~ ^[0-9A-F]{96}$ ]] || fail "the peer exported nothing: $1"
    # shellcheck disable=SC2001
    octets=$(sed 's/../\\x&/g' <<<"$hex")
    [ "$(printf '%b' "$octets" | sha256sum | cut -d ' ' -f 1)" = "$(engine_says exported-sha256)" ] ||
        fail "the two ends exported different octets"
    [ "$(engine_says key-id)" = "${hex:0:32}@$authority" ] || fail "not the identifier of 10.3.4"
    [ "$(engine_says extended-master-secret)" = "${extended_master_secret-1}" ] ||
        fail "extended master secret: $(engine_says extended-master-secret)"
}

# negotiated VERSION CIPHERSUITE
negotiated() {
    [ "$(engine_says version) $(engine_says ciphersuite)" = "$1 $2" ] ||
        fail "negotiated was $(engine_says version) with $(engine_says ciphersuite)"
}

# What the engine's ends authenticate with, and what its server says then of its client.
use_psk() {
    engine_server=()
    engine_client=(--identity "$identity")
    authenticated="psk-identity: $identity"
}
use_certificates() { # CRITICAL, of make_pki
    local credential=(--profile certificate --ca "$work/ca.pem")
    # shellcheck source=tests/foreign/pki.sh
    . "${BASH_SOURCE[0]%/*}/pki.sh"
    make_pki "$work" "$1"
    engine_server=("${credential[@]}" --certificate "$work/mef.pem" --key "$work/mef.key"
        --peer cse1.example.com)
    engine_client=("${credential[@]}" --certificate "$work/cse.pem" --key "$work/cse.key")
    authenticated="peer-entity: cse1.example.com"
}
identified() {
    grep -qxF "$authenticated" "$work/engine.out" || fail "the engine does not say $authenticated"
}
use_psk

# refused_for REASON: why the engine gave no key; empty where it gave one.
refused_for() {
    local said
    said=$(engine_says refusal)
    if [ -z "$1" ]; then
        [ -z "$said" ] || fail "a refusal where the engine gave the key: $said"
    else
        [[ $said == *"$1"* ]] || fail "refusal: $said"
    fi
}
unknown_identity="there is no such key"
another_name="none of its names is the expected FQDN"
without_ems="extended master secret"
