#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# Keys that are objects of a token of $TOKEN_KIND, their records beside them: what onem2m-key tells
# of them, backs up, restores and refuses.
export TOKEN_RECORDS=token
# shellcheck source=tests/key-tool/common.sh
. "${BASH_SOURCE[0]%/*}/../key-tool/common.sh"

# told NAME VALUE KEY: what `show` says.
told() {
    key 0 show "$3"
    [ "$(attribute "$1")" = "$2" ] || fail "$1 of $3: $(attribute "$1")"
}

key 0 init
says_not out "directory:"
says out "seal:                  made"
says out "wrapping-key:          made"
refused "there is a key store" init
key 0 config
says out "token:                 our token"
says out "store:                 opens"

ke=82CA6FADC18789491AA65339C51B58A3@mef.example.com
generated=00CA6FADC18789491AA65339C51B58A3@mef.example.com
octets 07
key 0 add --kind ke --key-id "$ke"
: >"$work/in"
key 0 generate --kind ke --key-id "$generated"
key 0 derive "$ke" --derivation ONEM2M-KM --maf-id maf.example.com --key-id km@maf.example.com
key 0 generate --kind kpm --suid 10 --key-id open@mef.example.com --extractable
told birth imported "$ke"
told birth generated "$generated"
for k in "$ke" "$generated" km@maf.example.com open@mef.example.com; do
    told custody object "$k"
done
refused "extractable" export "$ke"
key 0 export open@mef.example.com
key 0 update open@mef.example.com --no-extractable
refused "extractable" export open@mef.example.com
key 0 verify
says out "records:               4"
says out "objects-missing:       0"
says out "objects-unfit:         0"
says out "objects-unrecorded:    0"
says_not out "objects-destroyed"
key 0 verify --tidy --json
says out '"objects-destroyed": 0'
key 0 rotate
key 0 remove open@mef.example.com
told custody software open@mef.example.com

# The backup has no keys, and says so; there is one store of an object.
key 0 backup "$work/backup"
prints "keys:                  in the token, not in the file"
key 0 backup "$work/backup2" --json
says out '"keys": "in the token, not in the file"'
refused "there is a key store" restore "$work/backup"
configure "$work/other.cnf" "keystore = ${keystore/?module/;object=other?module}" \
    "seal = pkcs11:$token;object=onem2m%20seal?$module&pin-source=file:$work/pin"
refused "has keys that are not in the token: key " restore "$work/backup" --config "$work/other.cnf"

# The module refuses what may have been the commit, after the key's object was made: that stays, and
# is found.
export ONEM2M_SHIM=C_SetAttributeValue=0x30
octets 08
key 1 add --kind kpm --suid 10 --key-id lost@mef.example.com
: >"$work/in"
unset ONEM2M_SHIM
key 0 list
says_not out lost@mef.example.com
key 1 verify
says out "objects-unrecorded:    1"
says out "finding:               the PKCS#11 token has objects that no record names"
key 1 verify --json
says out '"objects-unrecorded": 1'

# Stores of the two sorts do not become each other.
mkdir "$work/records"
configure "$work/wrapped.cnf" "keystore = $keystore&x-records=lmdb:$work/records" "fqdn = node.example.com"
refused "" restore "$work/backup" --config "$work/wrapped.cnf"
key 0 generate --config "$work/wrapped.cnf" --kind kpm --suid 10 --key-id w@mef.example.com
key 0 verify --config "$work/wrapped.cnf" --tidy
says_not out "objects-"
key 0 backup "$work/wrapped" --config "$work/wrapped.cnf"
silent out
refused "it is none of a token's records" restore "$work/wrapped" --config "$work/other.cnf"

# A token that does not find its objects does not lose their records.
export ONEM2M_SHIM=C_FindObjects=0x30
refused "C_FindObjects returned CKR_DEVICE_ERROR" verify --tidy
unset ONEM2M_SHIM
key 0 verify --tidy
says out "objects-unrecorded:    1"
says out "objects-destroyed:     1"
key 0 verify
says out "objects-unrecorded:    0"
! grep -rqF -- "$pin" "$work/out" "$work/err" "$work/backup" || fail "the PIN is there"
