#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# Keys in a token of $TOKEN_KIND: what is told of them, what they give and what not.
# shellcheck source=tests/key-tool/common.sh
. "${BASH_SOURCE[0]%/*}/../key-tool/common.sh"

# told NAME VALUE KEY: what `show` says.
told() {
    key 0 show "$3"
    [ "$(attribute "$1")" = "$2" ] || fail "$1 of $3: $(attribute "$1")"
}

key 0 init
says out "seal:                  made"
says out "wrapping-key:          made"
refused "there is a key store" init
key 0 config
says out "token:                 our token"
says out "store:                 opens"
rung=$(attribute token-derives-by)
[ "$TOKEN_KIND-$rung" = softhsm-host ] || [ "$TOKEN_KIND-$rung" = nss-sp800-108-feedback ] ||
    fail "$TOKEN_KIND derives by $rung"
key 0 config --json

# Imported, generated, derived; one that was in the host's memory, or comes of such a one, is of
# level 1 whatever the token has.
ke=82CA6FADC18789491AA65339C51B58A3@mef.example.com
octets 07
key 0 add --kind ke --key-id "$ke"
told custody wrapped "$ke"
told birth imported "$ke"
key 0 generate --kind ke --key-id 00CA6FADC18789491AA65339C51B58A3@mef.example.com
told birth generated 00CA6FADC18789491AA65339C51B58A3@mef.example.com
key 0 derive "$ke" --derivation ONEM2M-KM --maf-id maf.example.com --key-id km@maf.example.com
told birth "$rung" km@maf.example.com
key 0 derive 00CA6FADC18789491AA65339C51B58A3@mef.example.com --derivation ONEM2M-KM \
    --maf-id maf.example.com --key-id km2@maf.example.com
sed -i 's/&x-records/\&x-protection-level=3&/' "$OPENSSL_CONF"
told protection-level 1 "$ke"
told protection-level 3 00CA6FADC18789491AA65339C51B58A3@mef.example.com
told protection-level 1 km@maf.example.com
inside=3
[ "$rung" != host ] || inside=1
told protection-level "$inside" km2@maf.example.com
key 0 list --json
says out '"custody": "wrapped"'
sed -i 's/x-protection-level=3/x-protection-level=4/' "$OPENSSL_CONF"
refused "x-protection-level is not 1, 2 or 3" list
sed -i 's/x-protection-level=4/x-protection-level=2/' "$OPENSSL_CONF"

# Octets of one that is not extractable stay where they are.
refused "extractable" export "$ke"
key 0 generate --kind kpm --suid 10 --key-id open@mef.example.com --extractable
key 0 export open@mef.example.com
key 0 update open@mef.example.com --no-extractable
refused "extractable" export open@mef.example.com
told birth generated open@mef.example.com
told protection-level 1 open@mef.example.com

# A MIC is the token's, of a message that is collected, up to 16 MiB. A sanitized module is for
# sanitized programs only.
if [ -z "$SANITIZE" ]; then
    octets 0b
    key 0 add --kind esdata --suid 15 --key-id mac@mef.example.com
    printf 'some message' >"$work/message"
    expected=$(openssl mac -digest SHA2-256 -macopt "hexkey:$(cat "$work/in")" \
        -in "$work/message" HMAC)
    mac=(openssl mac -macopt key-id:mac@mef.example.com -in "$work/message" ONEM2M-HMAC)
    [ "$("${mac[@]}")" = "$expected" ] || fail "another MIC than of the octets"
    truncate -s 16777216 "$work/message"
    "${mac[@]}" >"$work/out" 2>"$work/err" || fail "no MIC of 16 MiB"
    truncate -s 16777217 "$work/message"
    ! "${mac[@]}" >"$work/out" 2>"$work/err" || fail "a MIC of more than 16 MiB"
    says err "longer than 16777216 octets"
    : >"$work/in"
fi

# A store of software keys goes into the token record by record; back it does not.
key 0 rotate
key 0 verify
key 0 backup "$work/backup"
key 0 remove open@mef.example.com
told state destroyed open@mef.example.com
told custody software open@mef.example.com

# The records alone are of no use.
grep -v "^keystore" "$OPENSSL_CONF" >"$work/other.cnf"
uri="pkcs11:$token;object=onem2m%20seal?$module&pin-source=file:$work/pin"
configure "$work/other.cnf" "keystore = lmdb:$work/store" "seal = $uri"
refused "PKCS#11 token" export --config "$work/other.cnf" "$ke"

# A key that nobody stores is not made in software because the token is away.
if [ -z "$SANITIZE" ]; then
    genpkey() {
        ! OPENSSL_CONF=$1 openssl genpkey -algorithm ONEM2M -pkeyopt extractable:1 "${@:2}" \
            >"$work/out" 2>"$work/err" || fail "genpkey wrote a key"
    }
    genpkey "$OPENSSL_CONF" -pkeyopt kind:ke
    says err "written are names of stored keys"
    genpkey "$OPENSSL_CONF" -pkeyopt kind:kpm -pkeyopt suid:10 -pkeyopt size:16
    case $TOKEN_KIND in
    softhsm) says err "generates no key of this length" ;;
    nss) says err "written are names of stored keys" ;;
    esac
    grep -v "^keystore" "$OPENSSL_CONF" >"$work/other.cnf"
    configure "$work/other.cnf" "keystore = ${keystore/our%20token/their%20token}"
    genpkey "$work/other.cnf" -pkeyopt kind:ke
    says err "their token"
fi

# Values that cannot be meant.
for value in "pkcs11:token=none?x-records=file:/tmp" "pkcs11:x-records" "pkcs11:$token;id=%01"; do
    configure "$work/other.cnf" "keystore = $value"
    key 1 list --config "$work/other.cnf"
    says err "onem2m-key: list: "
done
! grep -rqF -- "$pin" "$work/out" "$work/err" "$work/store" || fail "the PIN is there"
