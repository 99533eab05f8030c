#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# A program with a credential of a token ($USERS) under tests/secrets/watch.c ($WATCH): its PIN is
# in no block that is freed, and nowhere in memory at the end, nor in what it prints.
# shellcheck source=tests/key-tool/common.sh
. "${BASH_SOURCE[0]%/*}/../key-tool/common.sh"
pin=Ocelot-4711-$RANDOM$RANDOM
mkdir -p "$work/tokens" "$work/pkcs11/modules"
export SOFTHSM2_CONF=$work/softhsm2.conf XDG_CONFIG_HOME=$work
printf '%s\n' "directories.tokendir = $work/tokens" "log.level = ERROR" >"$SOFTHSM2_CONF"
echo "user-config: only" >"$work/pkcs11/pkcs11.conf"
echo "module: $SHIM" >"$work/pkcs11/modules/shim.module"
OPENSSL_CONF=/dev/null softhsm2-util --init-token --free --label ours --so-pin 12345678 --pin "$pin" >"$work/out"
(umask 077 && printf '%s\n' "$pin" >"$work/pin")
tool() {
    PIN=$pin OPENSSL_CONF=/dev/null pkcs11-tool --module "$SHIM" --token-label ours \
        --login --pin env:PIN "$@" >>"$work/log" 2>&1
}
tool --keypairgen --key-type EC:prime256v1 --usage-sign --label mef --id 01
tool --read-object --type pubkey --id 01 --output-file "$work/mef.pub"
printf '%s\n' '[req]' 'distinguished_name = name' '[name]' >"$work/req.cnf"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/ca.key" \
    -out "$work/ca.pem" -config "$work/req.cnf" -subj "/CN=a CA" 2>>"$work/log"
openssl x509 -new -force_pubkey "$work/mef.pub" -CA "$work/ca.pem" -CAkey "$work/ca.key" \
    -subj "/CN=a MEF" -outform DER -out "$work/mef.der"
tool --write-object "$work/mef.der" --type cert --label mef --id 01

export ONEM2M_WATCH=$work/secrets ONEM2M_WATCH_REPORT=$work/report
export CREDENTIAL="pkcs11:token=ours;object=mef?pin-source=file:$work/pin"
printf %s "$pin" | od -An -v -tx1 | tr -d ' \n' >"$ONEM2M_WATCH"
echo >>"$ONEM2M_WATCH"

watched() { # STATUS
    local status=0
    rm -f "$work/report"
    LD_BIND_NOW=1 LD_PRELOAD=$WATCH "$USERS" credential >"$work/out" 2>"$work/err" || status=$?
    [ "$status" -eq "$1" ] || fail "status $status instead of $1: $(cat "$work/err")"
    [ -s "$work/report" ] || fail "not watched"
    # What libssl leaves of its tickets' keys is not asked.
    if grep -A 20 'given as octets' "$work/report" >"$work/finds"; then
        head -c 4000 "$work/finds" >&2
        fail "the PIN is left"
    fi
    ! grep -qF -- "$pin" "$work/err" "$work/out" || fail "the PIN is in what was printed"
}
watched 0
ONEM2M_SHIM=C_Login=0xA0 watched 1
ONEM2M_SHIM=C_Login=0xA4 watched 1
ONEM2M_SHIM=C_Sign=0x30 watched 1
ONEM2M_SHIM=C_FindObjects=0x5 watched 1

# What looks does see the PIN: in a program that knows nothing of secrets.
rm -f "$work/report"
LD_PRELOAD=$WATCH sort "$work/pin" >/dev/null
grep -q 'given as octets' "$work/report" || fail "nothing found where there is something"
