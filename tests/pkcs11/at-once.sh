#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# Programs that start at once, each of which logs in to the same token of $TOKEN_KIND to bring and
# derive keys: all of them succeed, and what they derive is what one derives alone.
# shellcheck source=tests/key-tool/common.sh
. "${BASH_SOURCE[0]%/*}/../key-tool/common.sh"
programs=8
rounds=4

key 0 init
octets 07
ke=82CA6FADC18789491AA65339C51B58A3@mef.example.com
key 0 add --kind ke --key-id "$ke" --extractable
derive=(openssl kdf -keylen 32 -kdfopt "key-id:$ke" -kdfopt maf-id:maf.example.com ONEM2M-KM)
[ -z "$SANITIZE" ] || derive=("$KEY" export "$ke") # openssl itself has no sanitizer
expected=$("${derive[@]}") || fail "no derivation"

# works NUMBER: one of the programs, again and again.
works() {
    local id round
    for ((round = 1; round <= rounds; round++)); do
        id=$(printf '%030d%d%d' 0 "$1" "$round")@mef.example.com
        "$KEY" add --kind ke --key-id "$id" <"$work/octets" || return 1
        "$KEY" derive "$id" --derivation ONEM2M-KM --maf-id maf.example.com \
            --key-id "km$1-$round@maf.example.com" || return 1
        [ "$("${derive[@]}")" = "$expected" ] || return 1
    done
}

cp "$work/in" "$work/octets"
processes=()
for ((i = 1; i <= programs; i++)); do
    works "$i" >"$work/program$i" 2>&1 &
    processes[i]=$!
done
failed=
for ((i = 1; i <= programs; i++)); do
    wait "${processes[i]}" || failed+="program $i: $(tail -n 1 "$work/program$i") "
done
[ -z "$failed" ] || fail "$failed"
key 0 verify
says out "records:               $((1 + 2 * programs * rounds))"
