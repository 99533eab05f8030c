#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# The TLS engine on OpenSSL 3.0, 3.5 and 3.6 against itself: every pair of this machine and
# the chroots of debian.sh, both roles, TLS and DTLS, every profile. The two ends must print
# the same identifier and the same hash of what they exported.
set -euo pipefail
. tests/full/lib.sh
. tests/full/chroot.sh
. tests/foreign/pki.sh
need_chroots
need_commands ip

# A network of its own, which has nothing but a loopback interface.
if [ -z "${ONEM2M_MATRIX_NETWORK-}" ]; then
    export ONEM2M_MATRIX_NETWORK=own
    # shellcheck disable=SC2016
    exec unshare --net bash -c 'ip link set lo up && exec "$0"' "$0"
fi

clone=/root/onem2m-provider
authority=mef.example.com
identity=enrolee1@$authority
psk=$(printf '5A%.0s' {1..16})$(printf 'C3%.0s' {1..16})
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Machine by machine: where its files are, and where it sees its build and its ends' directories.
machines=() missing=()
declare -A root build home
add_machine() { # NAME ROOT BUILD HOME
    machines+=("$1")
    root[$1]=$2 build[$1]=$3 home[$1]=$4
    rm -rf --one-file-system "${2}${4:?}"
    mkdir -p "$2$4"/{server,client}
    give_credentials "$1" server
    give_credentials "$1" client
    echo "$1: $(on "$1" client openssl version)"
}

# Runs COMMAND as a program of that end on that machine.
on() { # NAME server|client COMMAND...
    local settings=("OPENSSL_CONF=${home[$1]}/$2/openssl.cnf"
        "OPENSSL_MODULES=${build[$1]}/provider")
    if [ -z "${root[$1]}" ]; then
        env "${settings[@]}" timeout 60 "${@:3}"
    else
        # As process 1 timeout fails on forky.
        # shellcheck disable=SC2016
        in_chroot "${root[$1]}" env "${settings[@]}" bash -c 'timeout 60 "$@"; exit' on "${@:3}"
    fi
}

# Of the chroots that debian.sh keeps; what is there is built anew from this work tree.
add_chroot() { # SUITE
    local directory=$chroots/$1
    exec {lock}>"$directory.lock" && flock "$lock"
    if ! [ -e "$directory.made" ] || ! chroot "$directory" true; then
        missing+=("$1")
        return
    fi
    renew_project "$directory" "$clone"
    # shellcheck disable=SC2016
    in_chroot "$directory" bash -c 'cd "$1" && cmake -S . -B build -DONEM2M_TESTS=ON >/dev/null &&
        cmake --build build -j "$(nproc)" --target foreign' matrix "$clone"
    add_machine "$1" "$directory" "$clone/build" /root/onem2m-matrix
}

# A store for each end, since one cannot be shared between PID namespaces, in which the two
# ends' keys are the same; and everybody's certificates.
give_credentials() { # NAME server|client
    local directory=${root[$1]}${home[$1]}/$2 tool=${build[$1]}/tools/onem2m-key
    printf '%s\n' "openssl_conf = init" "[init]" "providers = providers" "[providers]" \
        "default = default_sect" "onem2m = onem2m_sect" "[default_sect]" "activate = 1" \
        "[onem2m_sect]" "activate = 1" "keystore = lmdb:${home[$1]}/$2/store" \
        "seal = file:${home[$1]}/$2/seal" "fqdn = $authority" >"$directory/openssl.cnf"
    cp "$work"/pki/*.{pem,key} "$directory/"
    on "$1" "$2" "$tool" init >/dev/null
    on "$1" "$2" "$tool" add --kind kpm --suid 10 --key-id "$identity" <<<"$psk" >/dev/null
}

# The engine's end there: NAME server|client PROFILE OPTION...
peer() {
    local options=("$2" --profile "$3" "${@:4}") directory=${home[$1]}/$2 holder=mef
    [ "$2" = server ] || holder=cse
    case $2-$3 in
    *-certificate)
        options+=(--certificate "$directory/$holder.pem" --key "$directory/$holder.key"
            --ca "$directory/ca.pem" --peer cse1.example.com)
        ;;
    client-*) options+=(--identity "$identity") ;;
    esac
    on "$1" "$2" "${build[$1]}/tests/foreign/engine_peer" "${options[@]}"
}

says() { # END NAME
    sed -n "s/^$2: //p" "$work/$1.out"
}

fail() {
    echo "FAILED: $*"
    tail -n 40 "$work"/server.* "$work"/client.*
    exit 1
}

# Both printed the value, and the same.
both_say() { # NAME
    [ -n "$(says server "$1")" ] || fail "the server says no $1"
    [ "$(says server "$1")" = "$(says client "$1")" ] || fail "$1 differs"
}

# SERVER CLIENT PROFILE [OPTION...]
handshake() {
    local server i name
    rm -f "$work"/server.* "$work"/client.*
    peer "$1" server "${@:3}" >"$work/server.out" 2>"$work/server.err" </dev/null &
    server=$!
    for ((i = 0; i < 400; i++)); do
        ! grep -qs '^ready: ' "$work/server.out" || break
        sleep 0.05
    done
    peer "$2" client "${@:3}" --port "$(says server ready)" \
        >"$work/client.out" 2>"$work/client.err" </dev/null || fail "client: $*"
    wait "$server" || fail "server: $*"
    for name in version ciphersuite key-id exported-sha256; do
        both_say "$name"
    done
    if [ "$3" = certificate ]; then
        [ "$(says server peer-entity) $(says client peer-entity)" = "cse1.example.com $authority" ] ||
            fail "other peers than expected: $*"
    else
        both_say psk-identity
    fi
    printf '%-7s %-7s %-8s %-26s %s %s\n' "$1" "$2" "$(says client version)" \
        "$(says client ciphersuite)" "$(says client key-id)" "$(says client exported-sha256)"
}

mkdir "$work/pki"
make_pki "$work/pki" critical,
add_machine here '' "$PWD/build" "$work/here"
for suite in trixie forky; do
    add_chroot "$suite"
done
count=0
printf '%-7s %-7s %-8s %-26s %s\n' server client version ciphersuite "identifier and SHA-256 of the export"
for server in "${machines[@]}"; do
    for client in "${machines[@]}"; do
        for profile in psk psk-pfs certificate; do
            handshake "$server" "$client" "$profile"
            handshake "$server" "$client" "$profile" --dtls
            count=$((count + 2))
        done
    done
done
case " ${missing[*]} " in
*' trixie '*) fail "no trixie: debian.sh did not make it" ;;
*' forky '*) echo "SKIPPED: NO forky HERE: OpenSSL 3.6 was not met" ;;
esac
echo "$count handshakes between ${#machines[@]} versions of OpenSSL: both ends hold the same keys"
