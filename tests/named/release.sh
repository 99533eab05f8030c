#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# ONEM2M-PSK gives an own key to a TLS stack under its usage, ONEM2M-RETRIEVE a
# registered key to its target, ONEM2M-USAGE-KEY a derived one; nobody else gets
# anything (TS-0003 8.2.2, 8.3.2.1, 8.3.5.2.8, 8.8.2.8).
. "$SOURCE/tests/named/common.sh"
octets=$(tr 0-9a-f 0-9A-F <<<"$ke_octets" | sed 's/../&:/g; s/:$//')

gives() { # LENGTH ALGORITHM PARAMETER...
    [ "$(kdf "$@" | head -n 1)" = "$octets" ] || fail "not the key's octets: $*"
}

add "$ke_octets" --kind kpm --suid 10 --key-id e1@mef.example.com
add "$ke_octets" --kind km --suid 21 --key-id Km1@maf.example.com
add "$ke_octets" --kind kpsa --suid 12 --key-id p1@mef.example.com
add "$ke_octets" --kind kc --suid 32 --key-id c1@mef.example.com
add "$ke_octets" --kind esdata --suid 14 --key-id d1@mef.example.com

gives 32 ONEM2M-PSK key-id:e1@mef.example.com usage:mef
gives 32 ONEM2M-PSK key-id:kM1@maf.example.com usage:maf
gives 32 ONEM2M-PSK key-id:p1@mef.example.com usage:saef
gives 32 ONEM2M-PSK key-id:c1@mef.example.com usage:saef
refuses "no such key" 32 ONEM2M-PSK key-id:e1@mef.example.com usage:maf
refuses "no such key" 32 ONEM2M-PSK key-id:c1@mef.example.com usage:mef
refuses "no such key" 32 ONEM2M-PSK key-id:d1@mef.example.com usage:saef
refuses "usage" 32 ONEM2M-PSK key-id:e1@mef.example.com usage:esprim
refuses "usage: not set" 32 ONEM2M-PSK key-id:e1@mef.example.com
refuses "key-id" 32 ONEM2M-PSK usage:mef
refuses "the output is 32 octets" 33 ONEM2M-PSK key-id:e1@mef.example.com usage:mef

# A registration: for its targets, when they are authenticated; never a PSK.
a=//sp.example.com/cse1 b=//sp.example.com/cse2
r1=1F2E3D4C5B6A79880123456789ABCDEF@mef.example.com
add "$ke_octets" --kind kc --suid 32 --registration --source-id "$a" --target-ids "$b" \
    --key-id "$r1"
gives 32 ONEM2M-RETRIEVE "key-id:$r1" "requester:$b"
gives 32 ONEM2M-RETRIEVE "key-id:$r1" "requester:$b" suid:32
refuses "requester" 32 ONEM2M-RETRIEVE "key-id:$r1"
refuses "target" 32 ONEM2M-RETRIEVE "key-id:$r1" "requester:$a"
refuses "suid: 33" 32 ONEM2M-RETRIEVE "key-id:$r1" "requester:$b" suid:33
refuses "requester" 32 ONEM2M-RETRIEVE "key-id:$r1" requester:not/an/id
refuses "registration" 32 ONEM2M-PSK "key-id:$r1" usage:saef
refuses "registration" 32 ONEM2M-RETRIEVE key-id:c1@mef.example.com "requester:$b"

add "$ke_octets" --kind ke --registration --source-id "$a" --allowed-suids '21 23' \
    --target-ids "maf.example.com $b=cse2.example.com" --key-id "$ke"
[ "$(kdf 32 ONEM2M-USAGE-KEY "key-id:$ke" suid:21 target-id:maf.example.com \
    requester:maf.example.com)" = "$(kdf 32 ONEM2M-USAGE-KEY "hexkey:$ke_octets" suid:21 \
    target-id:maf.example.com)" ] || fail "a target does not get its key"
kdf 32 ONEM2M-USAGE-KEY "key-id:$ke" suid:23 target-id:cse2.example.com "requester:$b" >/dev/null ||
    fail "a target with an FQDN of its own does not get its key"
refuses "allowed-suids" 32 ONEM2M-USAGE-KEY "key-id:$ke" suid:22 target-id:maf.example.com \
    requester:maf.example.com
refuses "target" 32 ONEM2M-USAGE-KEY "key-id:$ke" suid:21 target-id:cse2.example.com \
    requester:maf.example.com
refuses "requester" 32 ONEM2M-USAGE-KEY "key-id:$ke" suid:21 target-id:maf.example.com
refuses "registration" 32 ONEM2M-KM "key-id:$ke" maf-id:maf.example.com requester:maf.example.com

# What another process changes counts at once.
key 0 revoke c1@mef.example.com
refuses "revoked" 32 ONEM2M-PSK key-id:c1@mef.example.com usage:saef
key 0 remove p1@mef.example.com
refuses "destroyed" 32 ONEM2M-PSK key-id:p1@mef.example.com usage:saef
