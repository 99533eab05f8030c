#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# The openssl command over keys: whatever it is asked for and whatever it
# refuses, the octets of a key that is not extractable, the seal and the key of a
# derivation are in no output and no message. $KEY is onem2m-key.
# shellcheck source=tests/key-tool/common.sh
. "${BASH_SOURCE[0]%/*}/../key-tool/common.sh"
configure "$OPENSSL_CONF" "keystore = lmdb:$work/store" "seal = file:$work/seal" \
    "fqdn = mef.example.com"
cd "$work"

runs=0
run() {
    echo "== $1" >>all
    openssl "$@" >>all 2>&1 || true
    runs=$((runs + 1))
}

hex=$(od -An -N 32 -tx1 /dev/urandom | tr -d ' \n')
"$KEY" init >/dev/null
"$KEY" add --kind ke --key-id 00112233445566778899AABBCCDDEEFF@mef.example.com <<<"$hex" >/dev/null
"$KEY" add --kind esdata --suid 25 --key-id sign1@mef.example.com <<<"$hex" >/dev/null
echo "a message" >message

for uri in onem2m:00112233445566778899AABBCCDDEEFF@mef.example.com onem2m:sign1@mef.example.com; do
    for what in "-noout -text" "-text" "-outform DER" "-traditional" "-pubout" "-text_pub" "-out file"; do
        # shellcheck disable=SC2086 # words
        run pkey -propquery provider=onem2m -in "$uri" $what
    done
    run storeutl -text "$uri"
    run storeutl -noout -text "$uri?usage=maf"
    run storeutl -keys "$uri"
    run pkeyutl -sign -rawin -in message -inkey "$uri"
    run pkeyutl -derive -inkey "$uri"
    run pkeyutl -derive -inkey "$uri" -pkeyopt derivation:ONEM2M-SPLIT-KEY -pkeyopt half:first
    run pkeyutl -encrypt -in message -inkey "$uri"
    run dgst -sha256 -sign "$uri" -hex message
    run dgst -sha1 -sign "$uri" -hex message
done
run storeutl onem2m:
run mac -macopt key-id:sign1@mef.example.com -in message ONEM2M-HMAC
run mac -macopt key-id:00112233445566778899AABBCCDDEEFF@mef.example.com -in message ONEM2M-HMAC
run kdf -keylen 32 -kdfopt key-id:00112233445566778899AABBCCDDEEFF@mef.example.com -kdfopt half:first ONEM2M-SPLIT-KEY
run kdf -keylen 32 -kdfopt key-id:00112233445566778899AABBCCDDEEFF@mef.example.com -kdfopt usage:maf ONEM2M-PSK
run kdf -keylen 32 -kdfopt key-id:00112233445566778899AABBCCDDEEFF@mef.example.com -kdfopt requester:x.example.com ONEM2M-RETRIEVE
for key in "hexkey:$hex" "hexkey:${hex}00" "hexkey:${hex:2}" "key:$hex"; do
    run kdf -keylen 32 -kdfopt "$key" -kdfopt maf-id:MAF ONEM2M-KM
    run kdf -keylen 32 -kdfopt "$key" -kdfopt suid:99 -kdfopt target-id:a.example.com ONEM2M-USAGE-KEY
    run kdf -keylen 31 -kdfopt "$key" -kdfopt maf-id:maf.example.com ONEM2M-KM
    run kdf -keylen 32 -kdfopt "$key" -kdfopt digest:none -kdfopt purpose:master ONEM2M-E2E-KEY
done
cp seal seal.copy
chmod 644 seal
run pkey -in onem2m:00112233445566778899AABBCCDDEEFF@mef.example.com -noout -text
chmod 600 seal
dd if=/dev/urandom of=seal bs=32 count=1 status=none
run pkey -in onem2m:00112233445566778899AABBCCDDEEFF@mef.example.com -noout -text

for text in "kind: ke" "Total found: 2" "not allowed by kind" "bad key length" "chmod 600" "another seal"; do
    grep -qaF "$text" all || fail "the runs did not print: $text"
done
# As hexadecimal of either case, with colons or spaces, dumped; as base64; as octets.
fold -w 2 <<<"$hex" | while read -r octet; do printf %b "\\x$octet"; done >octets
[ "$(stat -c %s octets)" = 32 ] || fail "the octets to look for"
for secret in octets seal.copy; do
    digits=$(od -An -N 8 -tx1 "$secret" | tr -d ' \n')
    for file in all file; do
        ! tr -d ' :\n-' <"$file" | grep -qaiF "$digits" || fail "$secret in hexadecimal"
        ! tr -d '\n' <"$file" | grep -qaF "$(base64 -w 0 "$secret" | head -c 20)" || fail "$secret in base64"
        ! LC_ALL=C grep -qaFf <(head -c 8 "$secret") "$file" || fail "$secret in clear"
    done
done
echo "$runs runs of the openssl command say no secret"
