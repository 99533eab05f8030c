#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# tokens.sh BUILD [OPTION...]: keys of PKCS#11 tokens beside the tokens' own raw calls, for a
# token of SoftHSM and one of NSS's softokn, made for it in a temporary directory. As root,
# "chrt -f 10" before it helps on a machine that is not quiet.
set -euo pipefail
build=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export OPENSSL_CONF=/dev/null SOFTHSM2_CONF=$work/softhsm2.conf TMPDIR=$work ONEM2M_SHIM_BARE=1
shim=$build/tests/pkcs11/libpkcs11_shim.so
umask 077
printf '4711secret' >"$work/pin"

mkdir "$work/tokens" "$work/db"
printf '%s\n' "directories.tokendir = $work/tokens" "log.level = ERROR" >"$SOFTHSM2_CONF"
softhsm2-util --init-token --free --label bench --so-pin 12345678 --pin 4711secret >"$work/log"
echo "== SoftHSM"
"$build/tests/bench/onem2m-bench-tokens" \
    "${@:2}" "pkcs11:token=bench;object=bench?module-path=$shim&pin-source=file:$work/pin"

softokn=$(find /usr/lib /usr/lib64 -name libsoftokn3.so 2>"$work/log" | head -n 1 || true)
if [ -z "$softokn" ]; then
    echo "== NSS's softokn is not installed"
    exit 0
fi
export ONEM2M_SHIM_MODULE=$softokn
export ONEM2M_SHIM_PARAMETERS="configdir='sql:$work/db' certPrefix='' keyPrefix='' \
secmod='secmod.db' tokenDescription='our token' dbTokenDescription='our token'"
"$build/tests/pkcs11/nss_pin" "$shim" 4711secret
echo "== NSS's softokn"
"$build/tests/bench/onem2m-bench-tokens" \
    "${@:2}" "pkcs11:token=our%20token;object=bench?module-path=$shim&pin-source=file:$work/pin"
