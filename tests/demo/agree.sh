#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# The run of ./quickstart: what happens, the trees, the verdict, exit status 0.
. "${BASH_SOURCE[0]%/*}/common.sh"
demo 0 --config "$sample"
silent err
says out "AGREED: 10 names and keys are the same wherever they are held;"
says out "9 attempts that must be refused were refused, each for its reason."
for clause in 8.2.2.3 8.3.2.1 8.3.2.2 8.4.2 8.7.2.2 8.8.2.2 8.8.2.3 8.8.2.7 8.8.2.8 10.3.1 10.3.4 \
    10.3.5 10.3.7 10.3.8.2; do
    grep -q "^ ${clause//./\\.} " "$work/out" || fail "nothing of clause $clause"
done
for suite in "TLSv1.2 handshake with MEF" TLS_PSK_WITH_AES_128_CBC_SHA256 \
    TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256 "DTLSv1.2 handshake with B" TLS_PSK_WITH_AES_128_CCM_8; do
    says out "$suite"
done
! grep -q '^!' "$work/out" || fail "something that differs"
[ "$(awk '/^12\. / { exit } { if (length > longest) longest = length } END { print longest }' \
    "$work/out")" -le 80 ] || fail "wider than 80 columns"
says out "12. What each store holds"

# Kc is retrieved inside the handshake once, and not again while B has it.
[ "$(grep -c 'B -> MAF   To = /mafKeyRetrieval' "$work/out")" -eq 2 ] || fail "not two retrievals"

# The module that the configuration names is the processes' own; a closed standard input does not
# matter; nothing is left behind.
mkdir "$work/tmp"
sed "s|^\[onem2m_sect\]|&\nmodule = $OPENSSL_MODULES/onem2m.so|" "$sample" >"$work/module.cnf"
env -u OPENSSL_MODULES TMPDIR="$work/tmp" OPENSSL_CONF="$work/module.cnf" "$DEMO" \
    >"$work/out" 2>"$work/err" <&- || fail "with a named module and standard input closed"
[ -z "$(ls -A "$work/tmp")" ] || fail "left behind: $(ls "$work/tmp")"
