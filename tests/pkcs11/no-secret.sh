#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# onem2m-key under tests/secrets/watch.c ($WATCH) with a seal in a token of SoftHSM:
# neither PIN, nor seal, nor data keys are in a block that is freed, or in memory at the end.
# shellcheck source=tests/key-tool/common.sh
. "${BASH_SOURCE[0]%/*}/../key-tool/common.sh"
program=$KEY
pin=Ocelot-4711-$RANDOM$RANDOM
mkdir "$work/tokens"
export SOFTHSM2_CONF=$work/softhsm2.conf
printf '%s\n' "directories.tokendir = $work/tokens" "log.level = ERROR" >"$SOFTHSM2_CONF"
OPENSSL_CONF=/dev/null softhsm2-util --init-token --free --label ours --so-pin 12345678 --pin "$pin" >"$work/out"
(umask 077 && printf '%s\n' "$pin" >"$work/pin")
uri="pkcs11:token=ours;object=seal?module-path=$SHIM&pin-source=file:$work/pin"
configure "$OPENSSL_CONF" "keystore = lmdb:$work/store" "seal = $uri" "fqdn = node.example.com"

export ONEM2M_WATCH=$work/secrets ONEM2M_WATCH_REPORT=$work/report
printf %s "$pin" | od -An -v -tx1 | tr -d ' \n' >"$ONEM2M_WATCH"
echo >>"$ONEM2M_WATCH"
cat >"$work/watched" <<END
#!/bin/sh
LD_BIND_NOW=1 LD_PRELOAD=$WATCH exec "$program" "\$@"
END
chmod +x "$work/watched"
KEY=$work/watched

watched() { # STATUS ARGUMENT...
    rm -f "$work/report"
    key "$@"
    [ -s "$work/report" ] || fail "not watched: $*"
    if grep -v ' 0 finds$' "$work/report" >"$work/finds"; then
        head -c 4000 "$work/finds" >&2
        fail "a secret is left: $*"
    fi
}

watched 0 init
watched 0 generate --kind kpm --suid 10
watched 0 list
watched 0 rotate
watched 0 reseal --new-seal "file:$work/seal"
watched 1 list
configure "$OPENSSL_CONF" "keystore = lmdb:$work/store" "seal = file:$work/seal"
watched 0 reseal --new-seal "$uri"
configure "$OPENSSL_CONF" "keystore = lmdb:$work/store" "seal = $uri"
watched 0 verify
ONEM2M_SHIM=C_Decrypt=0x30 watched 1 list
ONEM2M_SHIM=C_Login=0xA0 watched 1 list
ONEM2M_SHIM=C_Login=0xA4 watched 1 list
ONEM2M_SHIM=C_FindObjects=0x5 watched 1 list
ONEM2M_SHIM=C_Encrypt=0x6 watched 1 reseal --new-seal "$uri"

# A PIN that OSSL_STORE asks for: right, and wrong.
watch_use() { # STATUS
    local status=0
    rm -f "$work/report"
    LD_BIND_NOW=1 LD_PRELOAD=$WATCH "$USE" prompt "$ke" >"$work/out" 2>"$work/err" || status=$?
    [ "$status" -eq "$1" ] || fail "use: status $status instead of $1: $(cat "$work/err")"
    [ -s "$work/report" ] || fail "not watched: use"
    if grep -v ' 0 finds$' "$work/report" >"$work/finds"; then
        head -c 4000 "$work/finds" >&2
        fail "a secret is left: use"
    fi
    ! grep -qF -- "$pin" "$work/err" "$work/out" || fail "the PIN is in what was printed"
}
ke=82CA6FADC18789491AA65339C51B58A3@mef.example.com
octets aB
key 0 add --kind ke --key-id "$ke"
configure "$OPENSSL_CONF" "keystore = lmdb:$work/store" \
    "seal = pkcs11:token=ours;object=seal?module-path=$SHIM" "fqdn = node.example.com"
PIN=$work/pin watch_use 0
ONEM2M_SHIM=C_Login=0xA0 PIN=$work/pin watch_use 1
ONEM2M_SHIM=C_Decrypt=0x30 PIN=$work/pin watch_use 1

# What looks does see the PIN: in a program that knows nothing of secrets.
rm -f "$work/report"
LD_PRELOAD=$WATCH sort "$work/pin" >/dev/null
grep -q 'given as octets' "$work/report" || fail "nothing found where there is something"
