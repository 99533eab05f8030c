#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# The run of ./quickstart: the table, the verdict, exit status 0.
. "${BASH_SOURCE[0]%/*}/common.sh"
demo 0 --config "$sample"
silent err
says out "AGREED: MEF and Enrolee hold the same keys"
for clause in 8.3.2.1 10.2.1 10.2.2 10.3.1 10.3.2 10.3.4 10.3.7 "RFC 7627"; do
    grep -q "^= ${clause/./\\.} " "$work/out" || fail "no row of clause $clause that agrees"
done
! grep -q '^!' "$work/out" || fail "a row that differs"
[ "$(awk '{ if (length > longest) longest = length } END { print longest }' "$work/out")" -le 80 ] ||
    fail "wider than 80 columns"
! grep -q ' $' "$work/out" || fail "trailing spaces"

# The environment's OPENSSL_CONF serves as well, and so does a closed standard input.
OPENSSL_CONF=$sample demo 0
OPENSSL_CONF=$sample "$DEMO" >"$work/out" 2>"$work/err" <&- || fail "with standard input closed"
