# shellcheck shell=bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# Sourced by the tests of onem2m-key: $KEY is the program, $SOURCE the source tree.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C.UTF-8
export OPENSSL_CONF=$work/openssl.cnf

# configure FILE LINE...: an openssl.cnf with these lines in the provider's section.
configure() {
    local file=$1
    shift
    {
        printf '%s\n' "openssl_conf = init" "[init]" "providers = providers" "[providers]" \
            "default = default_sect" "onem2m = onem2m_sect" "[default_sect]" "activate = 1" \
            "[onem2m_sect]" \
            "activate = 1"
        printf '%s\n' "$@"
    } >"$file"
}

# Keys are in the store, or in a token of $TOKEN_KIND with their records there.
if [ -n "${TOKEN_KIND:-}" ]; then
    # shellcheck source=tests/key-tool/token.sh
    . "${BASH_SOURCE[0]%/*}/token.sh" "$TOKEN_KIND"
    keystore="pkcs11:$token?$module&pin-source=file:$work/pin"
    [ "${TOKEN_RECORDS:-lmdb}" = token ] || keystore+="&x-records=lmdb:$work/store"
    seal=""
else
    keystore="lmdb:$work/store"
    seal="file:$work/seal"
fi
# Of a key that an E2E master is extracted of: SoftHSM knows no HKDF, and NSS's softokn gives of an
# object that is not extractable nothing that it could keep.
leaves=()
# shellcheck disable=SC2034 # of whoever sources this
if [ "${TOKEN_KIND:-}" = softhsm ] || [ "${TOKEN_RECORDS:-lmdb}" = token ]; then
    leaves=(--extractable)
fi
configure "$OPENSSL_CONF" "keystore = $keystore" ${seal:+"seal = $seal"} "fqdn = node.example.com"

fail() {
    echo "FAILED: $*" >&2
    for file in "$work"/out "$work"/err; do
        if [ -s "$file" ]; then
            echo "--- ${file##*/}" >&2
            head -c 4000 "$file" >&2
        fi
    done
    exit 1
}

# key STATUS ARGUMENT...: runs it into $work/out and $work/err; it must end with STATUS.
# Standard input is $work/in.
: >"$work/in"
key() {
    local expected=$1 status=0
    shift
    "$KEY" "$@" >"$work/out" 2>"$work/err" <"$work/in" || status=$?
    [ "$status" -eq "$expected" ] || fail "status $status, not $expected: onem2m-key $*"
    if [[ " $* " == *" --json "* ]]; then
        silent err
        is_json
    elif [ "$expected" -eq 0 ]; then
        silent err
    fi
}

# refused TEXT ARGUMENT...: status 1 and one line on standard error that contains TEXT.
refused() {
    local text=$1
    shift
    key 1 "$@"
    silent out
    [ "$(wc -l <"$work/err")" -eq 1 ] || fail "not one line: onem2m-key $*"
    grep -q "^onem2m-key: $1: " "$work/err" || fail "no command in the message: onem2m-key $*"
    says err "$text"
}

# says FILE TEXT: $work/FILE contains the text.
says() {
    grep -qF -- "$2" "$work/$1" || fail "not in $1: $2"
}

says_not() {
    ! grep -qF -- "$2" "$work/$1" || fail "in $1: $2"
}

silent() {
    [ ! -s "$work/$1" ] || fail "$1 is not empty"
}

# prints TEXT: standard output was this line and nothing else.
prints() {
    [ "$(cat "$work/out")" = "$1" ] || fail "not printed: $1"
}

is_json() {
    [ "$(head -n 1 "$work/out")$(tail -n 1 "$work/out")" = "{}" ] || fail "not one object"
    if command -v python3 >/dev/null; then
        python3 -m json.tool <"$work/out" >/dev/null || fail "not JSON"
    fi
}

# of NUMBER: so many keys, or where each is two objects of a token, which takes milliseconds for
# one, a fiftieth: then they are of one transaction.
of() {
    if [ "${TOKEN_RECORDS:-lmdb}" = token ]; then echo $(($1 / 50)); else echo "$1"; fi
}

# attribute NAME: what `show` said of it.
attribute() {
    sed -n "s/^$1: *//p" "$work/out"
}

# A key of 32 octets in hexadecimal for standard input: the given octet 32 times.
octets() {
    printf "$1%.0s" {1..32} >"$work/in"
}
