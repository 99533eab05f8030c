#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# runs.sh PROGRAM: onem2m-bench runs to its end, in the least time, and prints
# every row; the same as JSON. How long anything takes is not looked at.
set -euo pipefail

bench=$1
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
table=$directory/table
json=$directory/json

fail() {
    echo "$*"
    cat "$table"
    exit 1
}

# The names of all rows.
rows() {
    local what
    for what in "OSSL_PROVIDER_load onem2m" "EVP_KDF_fetch and first ONEM2M-KM" \
        "the second ONEM2M-KM"; do
        printf '%s\n' "$what, cold" "$what, warm"
    done
    for what in "HKDF EXPAND_ONLY" "HKDF full" "KBKDF counter HMAC" "EVP_MAC HMAC" \
        ONEM2M-{KM,KPSA,USAGE-KEY,E2E-KEY,SESSION-ESPRIM-KEY,SPLIT-KEY,GBA-NAF-KEY}; do
        printf '%s\n' "$what, new context" "$what, reused" "$what, re-keyed" "$what, keyed once"
    done
    for what in "SHA-256 of 64, EVP_Digest" "SHA-256 of 1024, EVP_Digest" \
        "SHA-256 of 64, fetched" "SHA-256 of 1024, fetched" "AES-128-GCM of 1024" \
        "EVP_MD_fetch" "EVP_KDF_fetch HKDF" "TLS 1.2 ECDHE-ECDSA"; do
        printf '%s\n' "$what, without" "$what, with onem2m" "$what, without, again"
    done
    for what in "ONEM2M-KM, reused" "ONEM2M-KM, new context" "HKDF EXPAND_ONLY, reused" \
        "HKDF EXPAND_ONLY, new context"; do
        printf '%s\n' "$what, one thread" "$what, two threads"
    done
    echo "rounds repeated, disturbed by other processes"
    store_rows
    handshake_rows
}

# Those of each store.
store_rows() {
    local what
    printf '%s\n' "onem2m-key import of all keys" "opening, the first look-up included" \
        "bare LMDB: renew, get, reset" "AES-256-GCM open, keyed" "decode of the record" \
        "these together and 800 ns" "ONEM2M-PSK saef, a second" "ONEM2M-PSK saef, new context" \
        "OSSL_STORE open, load, close" "EVP_PKEY_get_params of 5 attributes" \
        "durable insert, bare LMDB" "durable insert" "rounds repeated, disturbed by other processes"
    for what in "the store just opened" "after random look-ups"; do
        printf '%s\n' "RssAnon, $what" "RssFile, $what"
    done
    for what in "ONEM2M-PSK mef" "ONEM2M-PSK maf" "ONEM2M-PSK saef" ONEM2M-USAGE-KEY; do
        echo "$what, by key-id, reused"
    done
    for what in "ONEM2M-PSK saef, by key-id" "bare LMDB look-up"; do
        printf '%s\n' "$what, one thread" "$what, two threads"
    done
}

# Those of handshakes.
handshake_rows() {
    local what clients
    for what in "a constant key in callbacks" "the engine's server" "the engine at both ends"; do
        for clients in "1 client" "64 clients"; do
            printf '%s\n' "$what, $clients"
        done
    done
    printf '%s\n' "SSL_export_keying_material, EVP_PKEY" "onem2m_tls_export_key" \
        "rounds repeated, disturbed by other processes" \
        "a second thread: the engine, to a constant key"
    for what in "a constant key in callbacks" "the engine at both ends"; do
        printf '%s\n' "$what, one thread" "$what, two threads"
    done
}

"$bench" --milliseconds 1 --keys 500 >"$table" 2>&1 || fail "exit status $? of the table"
"$bench" --milliseconds 1 --keys 500 --json >"$json" || fail "exit status $? of --json"

head -n 1 "$table" | grep -q '^OpenSSL 3\.[^;]*; [^;]*; 20[0-9-]* [0-9:]* UTC$' ||
    fail "the first line does not say what was measured, where and when"

rows >"$directory/rows"
count=0
while read -r row; do
    grep -q "^$row  *[0-9][0-9]* " "$table" || fail "not in the table: $row"
    grep -qF "\"name\": \"$row\"" "$json" || fail "not in the JSON object: $row"
    count=$((count + 1))
done <"$directory/rows"
[ "$count" -eq "$(grep -c '"name"' "$json")" ] || fail "there are rows that this test does not name"
[ "$(grep -cE 'met$|NOT MET$' "$table")" -eq 27 ] || fail "there should be 27 verdicts"

perl -MJSON::PP -e 'local $/; decode_json(<STDIN>)' <"$json" || fail "not JSON"

# Nothing but stores, of two sizes: what does not grow is compared with the first, and they are gone.
mkdir "$directory/tmp"
TMPDIR=$directory/tmp "$bench" --milliseconds 1 --keys 100,200 --only-stores >"$table" 2>&1 ||
    fail "exit status $? of --only-stores"
grep -q 'HKDF' "$table" && fail "--only-stores measures something else"
for keys in 100 200; do
    grep -q "^a store of $keys keys" "$table" || fail "no store of $keys keys"
done
[ "$(grep -cE 'met$|NOT MET$' "$table")" -eq 17 ] || fail "there should be 17 verdicts"
[ -z "$(ls "$directory/tmp")" ] || fail "it leaves something behind"

TMPDIR=$directory/tmp "$bench" --milliseconds 1 --keys 100 --only-handshakes >"$table" 2>&1 ||
    fail "exit status $? of --only-handshakes"
[ "$(grep -cE 'met$|NOT MET$' "$table")" -eq 6 ] || fail "there should be 6 verdicts"
[ -z "$(ls "$directory/tmp")" ] || fail "it leaves something behind"

"$bench" --help | grep -q '^Usage: onem2m-bench' || fail "no help"
for wrong in "--milliseconds 0" "--milliseconds x" "--milliseconds 1x" "--wrong" "wrong" "--keys" \
    "--keys 99" "--keys 10000001" "--keys 100," "--keys 100;200" "--keys x" \
    "--keys 100,100,100,100,100"; do
    status=0
    # shellcheck disable=SC2086 # an option and its value
    "$bench" $wrong >/dev/null 2>&1 || status=$?
    [ "$status" -eq 2 ] || fail "$wrong: exit status $status, not 2"
done
echo "$count rows"
