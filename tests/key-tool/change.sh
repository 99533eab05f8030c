#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# update, revoke, remove, purge: of own keys, and of registrations in somebody's name.
. "${BASH_SOURCE[0]%/*}/common.sh"
key 0 init

# is NAME VALUE: what show says of the key k.
is() {
    key 0 show "$k" "${@:3}"
    [ "$(attribute "$1")" = "$2" ] || fail "$k: $1 is '$(attribute "$1")', not '$2'"
}
k=k@mef.example.com
key 0 generate --kind kpm --suid 10 --key-id $k
key 0 update $k --not-after 20301231T235959Z --labels "a b" --state suspended
silent out
is not-after 20301231T235959Z
is labels "a b"
is state suspended
key 0 update $k --not-after '' --labels '' --state active --json
says out "\"key-id\": \"$k\""
is not-after ""
is labels ""
is state active
for arguments in "--not-after 2030" "--state expired" "--state sleeping" "--target-ids C7" \
    "--kind ke --state suspended"; do
    # shellcheck disable=SC2086 # words
    key 1 update $k $arguments
done
refused "labels" update $k --labels "a  b"
refused "no such key" update nobody@mef.example.com --state suspended
is state active

# What lets octets out is turned off, once and for all, and of a child too.
key 0 generate --kind ke --extractable --key-id x@mef.example.com
key 0 derive x@mef.example.com --derivation ONEM2M-KM --maf-id maf.example.com \
    --extractable --key-id y@maf.example.com
key 0 update x@mef.example.com --no-extractable
silent out
refused "extractable" export x@mef.example.com
refused "extractable" export y@maf.example.com
key 0 update x@mef.example.com --no-extractable --no-derive-octets
key 2 update x@mef.example.com --extractable
key 2 update x@mef.example.com
for k in x@mef.example.com y@maf.example.com; do
    is extractable 0
    is derive-octets 0
done
k=k@mef.example.com

key 0 revoke $k
prints "revoked:               1"
refused "revoked" revoke $k
refused "revoked" update $k --state active
refused "revoked" update $k --labels x
key 0 remove $k
silent out
is state destroyed
is octets 0
refused "destroyed" remove $k
refused "had this name" generate --kind kpm --suid 10 --key-id $k
refused "no such key" remove nobody@mef.example.com
refused "no such key" revoke nobody@mef.example.com

# A tree, of which a part is over already.
key 0 generate --kind ke "${leaves[@]}" --key-id ke@mef.example.com
key 0 derive ke@mef.example.com --derivation ONEM2M-KM --maf-id maf.example.com \
    "${leaves[@]}" --key-id km@maf.example.com
for purpose in master message-authentication attribute-authenticity; do
    key 0 derive km@maf.example.com --derivation ONEM2M-E2E-KEY --purpose $purpose \
        "${leaves[@]}" --key-id $purpose@maf.example.com
done
key 0 derive master@maf.example.com --derivation ONEM2M-E2E-KEY \
    --purpose attribute-confidentiality --key-id deep@maf.example.com
key 0 generate --kind kpm --suid 10 --key-id other@mef.example.com
key 0 revoke master@maf.example.com
key 0 remove message-authentication@maf.example.com
key 0 revoke KM@maf.example.com --tree
prints "revoked:               3"
for k in km master attribute-authenticity deep; do
    k+=@maf.example.com
    is state revoked
done
k=message-authentication@maf.example.com
is state destroyed
for k in ke@mef.example.com other@mef.example.com; do
    is state active
done
key 0 revoke km@maf.example.com --tree --json
says out '"revoked": 0'
key 0 revoke ke@mef.example.com --tree
prints "revoked:               1"

# An expired registration among them, which nobody may change, keeps nothing from being revoked.
key 0 generate --kind ke --key-id ke2@mef.example.com
key 0 derive ke2@mef.example.com --derivation ONEM2M-KM --maf-id maf.example.com \
    --key-id km2@maf.example.com
key 0 generate --kind km --suid 21 --registration --source-id //sp.example.com/cse1 \
    --target-ids maf.example.com --parent-key-id ke2@mef.example.com --parent-kind ke \
    --key-id expired@mef.example.com --not-after 20200101T000000Z
refused "expired" revoke expired@mef.example.com --requester //sp.example.com/cse1
key 0 revoke ke2@mef.example.com --tree
prints "revoked:               2"
for k in ke2@mef.example.com km2@maf.example.com; do
    is state revoked
done
key 0 purge

# A registration is its source's, or the administrating FQDN's.
k=reg@mef.example.com
key 0 generate --kind esdata --suid 34 --registration --source-id //sp.example.com/cse1 \
    --target-ids //sp.example.com/cse2 --admin-fqdn admin.example.com --key-id $k
refused "requester" update $k --labels x
refused "requester" revoke $k
refused "requester" remove $k
for requester in //sp.example.com/cse2 //sp.example.com/cse3 b.example.com; do
    refused "requester" update $k --labels x --requester $requester
    refused "requester" remove $k --requester $requester
done
refused "" update $k --labels x --requester 'no/body'
key 0 update $k --labels x --requester //sp.example.com/cse1
key 0 update $k --target-ids "//sp.example.com/cse3 //sp.example.com/cse4" \
    --requester admin.example.com
is target-ids "//sp.example.com/cse3 //sp.example.com/cse4"
refused "" update $k --target-ids "" --requester admin.example.com
refused "second time" update $k --target-ids "a.example.com a.example.com" \
    --requester admin.example.com
key 0 remove $k --requester //sp.example.com/cse1
is state destroyed

# purge: what is expired, whatever its state, registrations too; once.
key 0 generate --kind kpm --suid 10 --key-id p1@mef.example.com --not-after 20200101T000000Z
key 0 generate --kind kpm --suid 10 --key-id p2@mef.example.com --not-after 20200101T000000Z
key 0 revoke p2@mef.example.com
key 0 generate --kind kpm --suid 10 --key-id p3@mef.example.com --not-after 20991231T000000Z
key 0 generate --kind kc --suid 32 --registration --source-id a.example.com \
    --target-ids b.example.com --key-id p4@mef.example.com --not-after 20200101T000000Z
key 0 purge
prints "purged:                3"
for k in p1 p2 p4; do
    k+=@mef.example.com
    is state destroyed
done
k=p3@mef.example.com
is state active
key 0 purge --json
says out '"purged": 0'
key 0 verify

# More of them than go into one transaction.
many=$(of 5000)
for ((i = 1; i <= many; i++)); do
    printf 'kind=kpm\tsuid=10\tkey-id=many%s@mef.example.com\tnot-after=20200101T000000Z\tpriv=%032d\n' \
        "$i" "$i"
done >"$work/many"
key 0 import "$work/many"
key 0 purge
prints "purged:                $many"
key 0 verify
