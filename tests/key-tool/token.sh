# shellcheck shell=bash disable=SC2154
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# Sourced: a token "our token" of the kind $1, softhsm or nss, in $work; $SHIM is the shim's
# module, $SOFTOKN that of NSS. Sets $pin, $token and $module, parts of a URI.
unset ONEM2M_SHIM
pin=Ocelot-4711

softhsm() {
    mkdir "$work/tokens"
    export SOFTHSM2_CONF=$work/softhsm2.conf
    printf '%s\n' "directories.tokendir = $work/tokens" "log.level = ERROR" >"$SOFTHSM2_CONF"
    OPENSSL_CONF=/dev/null softhsm2-util --init-token --free --label "our token" --so-pin 12345678 --pin "$pin" >"$work/out"
}

# NSS's softokn takes its database from the arguments of C_Initialize; the shim hands it on.
nss() {
    mkdir "$work/db"
    export ONEM2M_SHIM_MODULE=$SOFTOKN
    export ONEM2M_SHIM_PARAMETERS="configdir='sql:$work/db' certPrefix='' keyPrefix='' \
secmod='secmod.db' tokenDescription='our token' dbTokenDescription='our token'"
    "$NSS_PIN" "$SHIM" "$pin"
}

write_pin() {
    printf '%s\n' "$1" >"$work/pin"
    chmod 600 "$work/pin"
}

"$1"
write_pin "$pin"
# shellcheck disable=SC2034 # of whoever sources this
token="token=our%20token"
# shellcheck disable=SC2034
module="module-path=$SHIM"
