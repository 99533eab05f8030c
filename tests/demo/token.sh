#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# Certificates whose private keys are in a token of SoftHSM: the MEF's and B's, which enrols by
# certificate, and everybody's.
. "${BASH_SOURCE[0]%/*}/common.sh"
pin=Ocelot-4711
mkdir "$work/tokens"
export SOFTHSM2_CONF=$work/softhsm2.conf
printf '%s\n' "directories.tokendir = $work/tokens" "log.level = ERROR" >"$SOFTHSM2_CONF"
(umask 077 && echo "$pin" >"$work/pin")
OPENSSL_CONF=/dev/null softhsm2-util --init-token --free --label devices --so-pin 12345678 \
    --pin "$pin" >"$work/out"

# A CA as 8.1.2.2 wants it.
openssl() {
    OPENSSL_CONF=/dev/null "$OPENSSL" "$@" 2>>"$work/log"
}
printf '%s\n' '[req]' 'distinguished_name = name' 'prompt = no' '[name]' 'CN = a CA' '[ca]' \
    'basicConstraints = critical,CA:TRUE,pathlen:0' 'subjectKeyIdentifier = hash' \
    'keyUsage = critical,keyCertSign,cRLSign,digitalSignature' \
    'nameConstraints = critical,permitted;DNS:example.com,permitted;URI:.example.com,permitted;URI:example.com' \
    >"$work/ca.cnf"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/ca.key" \
    -out "$work/ca.pem" -config "$work/ca.cnf" -extensions ca

tool() {
    PIN=$pin OPENSSL_CONF=/dev/null pkcs11-tool --module "$SOFTHSM" --token-label devices \
        --login --pin env:PIN "$@" >>"$work/log" 2>&1 || fail "pkcs11-tool: $(cat "$work/log")"
}

# device NAME ID SUBJECT-ALT-NAME: a key that is made in the token, and its certificate there.
device() {
    tool --keypairgen --key-type EC:prime256v1 --usage-sign --label "$1" --id "$2"
    tool --read-object --type pubkey --id "$2" --output-file "$work/$1.pub"
    printf '%s\n' 'basicConstraints = critical,CA:FALSE' 'keyUsage = critical,digitalSignature' \
        "subjectAltName = $3" >"$work/$1.ext"
    openssl x509 -new -force_pubkey "$work/$1.pub" -CA "$work/ca.pem" -CAkey "$work/ca.key" \
        -subj "/CN=$1" -days 2 -extfile "$work/$1.ext" -outform DER -out "$work/$1.der"
    tool --write-object "$work/$1.der" --type cert --label "$1" --id "$2"
}
device mef 01 DNS:mef.example.com
device maf 02 DNS:maf.example.com
device a 03 URI://sp.example.com/Sthermostat
device b 04 DNS:cse-b.sp.example.com
device c 05 DNS:cse-c.sp.example.com
uri() {
    echo "pkcs11:token=devices;object=$1?pin-source=file:$work/pin"
}

demo 0 --config "$sample" --authority "$work/ca.pem" --credential "MEF=$(uri mef)" \
    --credential "B=$(uri b)"
silent err
[ "$(grep -c "its certificate's private key is in a PKCS#11 token" "$work/out")" -eq 2 ] ||
    fail "not two in a token"
says out "AGREED: "
all=(--credential "MEF=$(uri mef)" --credential "MAF=$(uri maf)" --credential "A=$(uri a)"
    --credential "B=$(uri b)" --credential "C=$(uri c)")
demo 0 --config "$sample" --authority "$work/ca.pem" "${all[@]}" --dtls
says out "AGREED: "
! grep -qF -- "$pin" "$work/out" || fail "the PIN is printed"

# Somebody else's certificate, a token that is not there, a wrong PIN.
demo 1 --config "$sample" --authority "$work/ca.pem" --credential "MEF=$(uri maf)"
says err "mef.example.com"
demo 1 --config "$sample" --authority "$work/ca.pem" --credential "B=pkcs11:token=none;object=b"
says err "B: "
says err "token none"
demo 1 --config "$sample" --authority "$work/none.pem" --credential "B=$(uri b)"
says err "none.pem: No such file"
(umask 077 && echo "Not-$pin" >"$work/pin")
demo 1 --config "$sample" --authority "$work/ca.pem" --credential "B=$(uri b)"
says err "CKR_PIN_INCORRECT"
