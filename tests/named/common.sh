# shellcheck shell=bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# Sourced by the tests of keys by name: a store, and how to ask for a derivation.
. "$SOURCE/tests/key-tool/common.sh"
# shellcheck disable=SC2034 # for the tests
ke_octets=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
# shellcheck disable=SC2034
ke=82CA6FADC18789491AA65339C51B58A3@mef.example.com
key 0 init

# add OCTETS OPTION...: a key with these octets, in hexadecimal.
add() {
    printf '%s\n' "$1" >"$work/in"
    shift
    key 0 add "$@"
    : >"$work/in"
}

# kdf LENGTH ALGORITHM PARAMETER...: the octets in hexadecimal, or what OpenSSL says.
kdf() {
    local length=$1 algorithm=$2 parameter
    local -a options=()
    shift 2
    for parameter; do
        options+=(-kdfopt "$parameter")
    done
    openssl kdf -keylen "$length" "${options[@]}" "$algorithm" 2>&1
}

# same LENGTH ALGORITHM OCTETS KEY-ID PARAMETER...: the key by name derives what its octets do.
same() {
    local length=$1 algorithm=$2 octets=$3 name=$4
    shift 4
    [ "$(kdf "$length" "$algorithm" "key-id:$name" "$@")" = \
        "$(kdf "$length" "$algorithm" "hexkey:$octets" "$@")" ] ||
        fail "$algorithm of $name is not that of its octets"
}

# refuses TEXT LENGTH ALGORITHM PARAMETER...
refuses() {
    local text=$1 said
    shift
    ! said=$(kdf "$@") || fail "not refused: $*"
    grep -qF "$text" <<<"$said" || fail "not said: $text, but: $said"
    [ "$(grep -c ':onem2m:' <<<"$said")" -eq 1 ] || fail "not one error: $said"
}
