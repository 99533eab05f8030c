#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# conf/openssl.cnf as it stands: both providers, an ordinary digest, a derivation.
. "${BASH_SOURCE[0]%/*}/common.sh"
export OPENSSL_CONF=$sample

"$OPENSSL" list -providers >"$work/out" 2>"$work/err"
[ "$(grep -c 'status: active' "$work/out")" -eq 2 ] || fail "not two active providers"
for provider in default onem2m; do
    grep -q "^  $provider\$" "$work/out" || fail "no provider $provider"
done

"$OPENSSL" dgst -sha256 -r /dev/null >"$work/out" 2>"$work/err" || fail "dgst"
says out e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855

# The first vector of TS-0003 10.3.2.
"$OPENSSL" kdf -keylen 32 -propquery provider=onem2m \
    -kdfopt hexkey:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f \
    -kdfopt maf-id:maf.example.com ONEM2M-KM >"$work/out" 2>"$work/err" || fail "kdf"
[ "$(tr -d ':\n' <"$work/out" | tr A-F a-f)" = \
    3055bf32dd9c95586aaffa2ae2e165dfeffd0803566e16bdd343171457da8a5e ] || fail "another Km"
