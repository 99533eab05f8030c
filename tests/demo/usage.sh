#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# Arguments.
. "${BASH_SOURCE[0]%/*}/common.sh"
demo 0 --help
says out "usage: onem2m-demo"
for arguments in "--frobnicate" "extra" "--break nothing" "--timeout 0" "--timeout 10x" "--timeout -1" \
    "--timeout 601" "--timeout" "--config" "--role mefistofele" \
    "--credential" "--credential MEF" "--credential X=pkcs11:token=x;object=x" \
    "--credential MEF=file:key.pem" "--credential MEF=pkcs11:token=x;object=x" "--authority"; do
    # shellcheck disable=SC2086 # words
    demo 2 $arguments
    silent out
    grep -q "onem2m-demo" "$work/err" || fail "no message for $arguments"
done

# A report that nobody could read is no success.
status=0
"$DEMO" --config "$sample" >/dev/full 2>"$work/err" || status=$?
[ "$status" -eq 1 ] || fail "status $status with a full disk"
says err "standard output"

# A directory to keep is made, never taken over.
mkdir "$work/there"
demo 1 --config "$sample" --keep "$work/there"
says err "$work/there"
demo 0 --config "$sample" --keep "$work/kept"
[ -f "$work/kept/MAF/openssl.cnf" ] || fail "no configuration kept"
[ -d "$work/kept/MAF/store" ] || fail "no store kept"
