#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# The openssl command on keys of the store: $KEY is onem2m-key, $OPENSSL_MODULES where the
# module is. Runs in a directory where a file bears the name of a key's URI.
# shellcheck source=tests/key-tool/common.sh
. "${BASH_SOURCE[0]%/*}/../key-tool/common.sh"
configure "$OPENSSL_CONF" "keystore = lmdb:$work/store" "seal = file:$work/seal" \
    "fqdn = mef.example.com"
cd "$work"

# run STATUS ARGUMENT...: openssl, into out and err.
run() {
    local expected=$1 status=0
    shift
    openssl "$@" >out 2>err || status=$?
    [ "$status" -eq "$expected" ] || fail "status $status, not $expected: openssl $*"
}

"$KEY" init >/dev/null
id=00112233445566778899AABBCCDDEEFF@mef.example.com
secret=$(printf '5a%.0s' {1..32})
"$KEY" add --kind ke --key-id "$id" --labels "plant one" <<<"$secret" >/dev/null

# Printed without octets; a file of the URI's name does not get in the way.
echo "no key" >"onem2m:$id"
run 0 pkey -propquery provider=onem2m -in "onem2m:$id" -noout -text
says out "key-id: $id"
says out "labels: plant one"
says out "extractable: 0"
says_not out "5a:5a"
says_not out "priv"
rm "onem2m:$id"

# Extractable: octets, when the private key is asked for.
"$KEY" add --kind km --suid 11 --extractable --key-id km1@maf.example.com <<<"$secret" >/dev/null
run 0 pkey -in "onem2m:km1@maf.example.com" -noout -text
says out "5a:5a"
run 0 pkey -in "onem2m:km1@maf.example.com" -noout -text_pub
says_not out "5a:5a"

# Lists and filters.
run 0 storeutl onem2m:
says out "Total found: 2"
run 0 storeutl "onem2m:?suid=11"
says out "onem2m:km1@maf.example.com?kind=km"
says out "Total found: 1"
run 0 storeutl -noout -text "onem2m:$id?kind=ke"
says out "kind: ke"
run 0 storeutl -certs "onem2m:$id"
says_not out "Pkey"

# Refused, and why.
run 1 pkey -in onem2m:nobody@mef.example.com -noout -text
says err "key not found"
run 1 pkey -in "onem2m:$id?colour=red" -noout -text
says err "kind, usage, suid, requester, label"
run 1 pkey -in "onem2m:$id?usage=maf" -noout -text
says err "not allowed by usage"

# Generated: what is written is the name.
run 0 genpkey -algorithm ONEM2M -pkeyopt kind:kpsa -pkeyopt suid:12 -pkeyopt store:1
uri=$(cat out)
run 0 pkey -in "$uri" -noout -text
says out "usage: saef"
run 0 genpkey -algorithm ONEM2M -pkeyopt kind:kpsa -pkeyopt suid:12 \
    -pkeyopt key-id:test@onem2m.com -pkeyopt store:1
[ "$(cat out)" = "onem2m:test@onem2m.com?kind=kpsa" ] || fail "the name that was given"
run 1 genpkey -algorithm ONEM2M -pkeyopt kind:kpsa -pkeyopt suid:12
says err "store: 0: "
says err "make it with store:1"
run 1 genpkey -algorithm ONEM2M -pkeyopt kind:kpsa -pkeyopt suid:12 -pkeyopt extractable:1
says err "make it with store:1"
run 1 genpkey -algorithm ONEM2M -pkeyopt kind:kpsa -pkeyopt suid:21 -pkeyopt store:1
says err "is none of a kpsa's"

# What is printed is not obeyed by a terminal.
"$KEY" add --kind kpsa --suid 12 --key-id bidi@onem2m.com \
    --labels $'bidi\u202Eevil back\\slash' <<<"$secret" >/dev/null
run 0 pkey -in onem2m:bidi@onem2m.com -noout -text
says out 'labels: bidi\u{202E}evil back\\slash'
says_not out $'\u202E'

# Another process's revocation is seen.
"$KEY" revoke "$id" >/dev/null
run 0 pkey -in "onem2m:$id" -noout -text
says out "state: revoked"

# Nothing of the secret is in clear in the store.
! grep -rqaF "$(printf 'Z%.0s' {1..32})" store || fail "octets in clear"
echo "the openssl command works on keys of the store"
