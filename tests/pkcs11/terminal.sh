#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# onem2m-key where no URI says whence the PIN of a token of $TOKEN_KIND comes: it asks the terminal.
# $TERMINAL is on_terminal.
# shellcheck source=tests/key-tool/common.sh
. "${BASH_SOURCE[0]%/*}/../key-tool/common.sh"
status=0
"$TERMINAL" "?" "" true || status=$?
[ "$status" -ne 77 ] || exit 77
with_file=$OPENSSL_CONF
export OPENSSL_CONF=$work/asked.cnf
keystore="pkcs11:$token?$module&x-records=lmdb:$work/store"
configure "$OPENSSL_CONF" "keystore = $keystore" "fqdn = node.example.com"
prompt="PIN of PKCS#11 token our token: "

# asked STATUS ANSWER ARGUMENT...: with a terminal, where it must ask once and show nothing typed.
asked() {
    local expected=$1 answer=$2 status=0
    shift 2
    "$TERMINAL" "$prompt" "$answer" "$KEY" "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
    [ "$status" -eq "$expected" ] || fail "status $status, not $expected: onem2m-key $*"
    silent err
    [ "$(grep -oF "$prompt" "$work/out" | wc -l)" -eq 1 ] || fail "not asked once: onem2m-key $*"
    says_not out "$pin"
}

# not_asked TEXT ARGUMENT...: refused with that text without a terminal.
not_asked() {
    local status=0
    "$TERMINAL" "" "" "$KEY" "${@:2}" >"$work/out" 2>"$work/err" <"$work/pin" || status=$?
    [ "$status" -eq 1 ] || fail "status $status without a terminal: onem2m-key ${*:2}"
    says err "$1"
    says_not err "$prompt"
}

# Whatever a command logs in for, and in how many processes.
not_asked "it needs a PIN: pin-source=file:PATH" init
asked 0 "$pin"$'\n' init
says out "wrapping-key:          made"
asked 0 "$pin"$'\n' generate --kind kpm --suid 10 --key-id a@node.example.com
for command in list verify rotate "show a@node.example.com" config; do
    # shellcheck disable=SC2086 # words
    asked 0 "$pin"$'\n' $command
done
key 0 backup "$work/backup" # needs no key
rm -rf "$work/store"
asked 0 "$pin"$'\n' restore "$work/backup"
says out "records:               1"
asked 0 "$pin"$'\n' list --json
says out '"key-id": "a@node.example.com"'

# Standard input is the keys', standard output the pipe's.
printf '%064d' 7 >"$work/in"
# shellcheck disable=SC2016 # of the inner shell
in_pipe='"$0" add --kind ke --key-id 82CA6FADC18789491AA65339C51B58A3@mef.example.com'
"$TERMINAL" "$prompt" "$pin"$'\n' sh -c "$in_pipe <'$work/in' >'$work/name'" "$KEY" >"$work/out" ||
    fail "no key from standard input"
[ "$(cat "$work/name")" = 82CA6FADC18789491AA65339C51B58A3@mef.example.com ] || fail "another name"

# One try; then nothing is known that was not before.
asked 1 "Not-$pin"$'\n' list
says out "CKR_PIN_INCORRECT"
says_not out "Not-$pin"
asked 1 $'\n' list
says out "it needs a PIN"
asked 1 $'\003' list
not_asked "it needs a PIN" list

# A file is asked first, and nobody then.
"$TERMINAL" "$prompt" "" "$KEY" list --config "$with_file" >"$work/out" || fail "a file is not read"
says_not out "$prompt"
says out "a@node.example.com"
