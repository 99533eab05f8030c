#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# Each derivation of a key by name: the octets that its own octets give, and
# refused when kind, state, expiry or requester do not allow it.
. "$SOURCE/tests/named/common.sh"

add "$ke_octets" --kind ke --key-id "$ke"
add "$ke_octets" --kind kpsa --suid 22 --key-id kpsa1@mef.example.com
add "$ke_octets" --kind esprim --suid 13 --key-id esprim1@mef.example.com
add "$ke_octets" --kind esdata --suid 14 --extractable --key-id esdata1@mef.example.com
add "$ke_octets" --kind esdata --suid 14 --key-id esdata2@mef.example.com

same 32 ONEM2M-KM "$ke_octets" "$ke" maf-id:maf.example.com
same 32 ONEM2M-KM "$ke_octets" "82ca6fadc18789491aa65339c51b58a3@MEF.example.com" \
    maf-id:maf.example.com
same 32 ONEM2M-KPSA "$ke_octets" "$ke" target-id://sp.example.com/cse1
same 32 ONEM2M-USAGE-KEY "$ke_octets" "$ke" suid:23 target-id:maf.example.com
same 32 ONEM2M-E2E-KEY "$ke_octets" kpsa1@mef.example.com purpose:message-authentication
same 64 ONEM2M-E2E-KEY "$ke_octets" kpsa1@mef.example.com purpose:master digest:SHA2-512
same 32 ONEM2M-SESSION-ESPRIM-KEY "$ke_octets" esprim1@mef.example.com \
    hexreceiver-rand:0102 hexoriginator-rand:0304
same 16 ONEM2M-SPLIT-KEY "$ke_octets" esdata1@mef.example.com half:second
same 32 ONEM2M-GBA-NAF-KEY "$ke_octets" "$ke" mode:gba-me \
    hexrand:000102030405060708090a0b0c0d0e0f impi:user@example.com naf-fqdn:maf.example.com \
    hexua-protocol:0100000000

# A master is expanded, never extracted again.
key 0 derive kpsa1@mef.example.com --derivation ONEM2M-E2E-KEY --purpose master \
    --key-id master1@mef.example.com
[ "$(kdf 32 ONEM2M-E2E-KEY key-id:master1@mef.example.com purpose:message-authentication)" = \
    "$(kdf 32 ONEM2M-E2E-KEY "hexkey:$ke_octets" purpose:message-authentication)" ] ||
    fail "a master derives another key than its parent"

refuses "no such key" 32 ONEM2M-KM key-id:nobody@mef.example.com maf-id:maf.example.com
refuses "no such key" 32 ONEM2M-KM key-id:kpsa1@mef.example.com maf-id:maf.example.com
refuses "TS-0003 10.3.4" 32 ONEM2M-KM key-id:a/b@mef.example.com maf-id:maf.example.com
refuses "key-id" 32 ONEM2M-KM key-id: maf-id:maf.example.com
refuses "extractable" 16 ONEM2M-SPLIT-KEY key-id:esdata2@mef.example.com half:first
refuses "maf-id: not set" 32 ONEM2M-KM "key-id:$ke"
refuses "the output is 32 octets" 16 ONEM2M-KM "key-id:$ke" maf-id:maf.example.com

key 0 update "$ke" --state suspended
refuses "suspended" 32 ONEM2M-KM "key-id:$ke" maf-id:maf.example.com
key 0 update "$ke" --state active --not-after 20200101T000000Z
refuses "20200101T000000Z" 32 ONEM2M-KM "key-id:$ke" maf-id:maf.example.com
key 0 update "$ke" --not-after 20991231T235959Z
same 32 ONEM2M-KM "$ke_octets" "$ke" maf-id:maf.example.com

# No keystore, a store that is not there, another seal: refused, and other derivations go on.
for lines in "fqdn = a.example" "keystore = lmdb:$work/absent
seal = file:$work/seal" "keystore = lmdb:$work/store
seal = file:$work/absent"; do
    configure "$work/other.cnf" "$lines"
    OPENSSL_CONF=$work/other.cnf refuses ":onem2m:" 32 ONEM2M-KM "key-id:$ke" \
        maf-id:maf.example.com
    OPENSSL_CONF=$work/other.cnf kdf 32 ONEM2M-KM "hexkey:$ke_octets" \
        maf-id:maf.example.com >/dev/null || fail "a derivation of octets needs a store"
done
