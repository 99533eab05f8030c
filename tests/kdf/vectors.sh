#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# vectors.sh FILE: every vector of FILE through `openssl kdf`, with the module and
# the configuration that OPENSSL_MODULES and OPENSSL_CONF choose. OPENSSL names
# another command than `openssl`. Works with OpenSSL 3.0 to 3.6.
set -euo pipefail
export LC_ALL=C.UTF-8
openssl=${OPENSSL:-openssl}
file=$1
errors=$(mktemp)
trap 'rm -f "$errors"' EXIT
passed=0 failed=0

fail() {
    echo "$file:$line: $kdf: $1" >&2
    sed 's/^/    /' "$errors" >&2
    failed=$((failed + 1))
}

# Prints the key in hexadecimal: OCTETS
derive() {
    "$openssl" kdf -provider onem2m -propquery provider=onem2m -keylen "$1" \
        "${options[@]}" "$kdf" 2>"$errors" | tr -d ':\r\n' | tr A-F a-f
}

check_output() {
    local derived status=0
    derived=$(derive $((${#output} / 2))) || status=$?
    if [ "$status" -ne 0 ]; then
        fail "refused"
    elif [ "$derived" != "$output" ]; then
        fail "$derived instead of $output"
    else
        passed=$((passed + 1))
    fi
}

# A refusal is one of the provider: an unknown option would be somebody else's.
check_refusal() {
    if derive 32 >/dev/null; then
        fail "not refused"
    elif ! grep -q ':onem2m:' "$errors"; then
        fail "refused, but not by the provider"
    else
        passed=$((passed + 1))
    fi
}

finish_vector() {
    if [ -z "$kdf" ]; then return; fi
    case $output,$result in
    ?*,) check_output ;;
    ,REFUSED) check_refusal ;;
    *) fail "neither Output nor Result = REFUSED" ;;
    esac
}

start_vector() {
    kdf='' output='' result='' options=()
}

line=0
start_vector
while IFS= read -r text || [ -n "$text" ]; do
    line=$((line + 1))
    case $text in
    'KDF = '*) kdf=${text#*= } ;;
    'Ctrl = '*) options+=(-kdfopt "${text#*= }") ;;
    'Output = '*) output=${text#*= } ;;
    'Result = '*) result=${text#*= } ;;
    '#'*) ;;
    '') finish_vector && start_vector ;;
    *) fail "not understood: $text" ;;
    esac
done <"$file"
finish_vector

"$openssl" version
echo "$passed vectors passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
