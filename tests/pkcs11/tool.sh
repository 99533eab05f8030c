#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# A store sealed by a token, as an administrator meets it. $KIND says of what:
# softhsm or nss. $SHIM is the shim's module, $SOFTOKN that of NSS.
# shellcheck source=tests/key-tool/common.sh
. "${BASH_SOURCE[0]%/*}/../key-tool/common.sh"
# shellcheck source=tests/key-tool/token.sh
. "${BASH_SOURCE[0]%/*}/../key-tool/token.sh" "$KIND"
uri="pkcs11:$token;object=seal?$module&pin-source=file:$work/pin"
configure "$OPENSSL_CONF" "keystore = lmdb:$work/store" "seal = $uri" "fqdn = node.example.com"

reconfigure() {
    configure "$OPENSSL_CONF" "keystore = lmdb:$work/store" "seal = $1" "fqdn = node.example.com"
}

# What EVP derives of the key in the store, through the provider.
derived() {
    "$USE" once "$ke"
}

# No file of the test but the PIN's own has the PIN, nor has what was printed.
no_pin() {
    ! grep -rqF -- "$pin" "$work/out" "$work/err" "$work/store" || fail "the PIN is there"
}

key 1 config
says out "has no key seal"
key 0 init
says out "seal:                  made"
refused "there is a key store" init
key 0 config
says out "store:                 opens"
no_pin
ke=82CA6FADC18789491AA65339C51B58A3@mef.example.com
octets aB
key 0 add --kind ke --key-id "$ke" --extractable
expected=$(derived)
# A sanitized module is for sanitized programs only.
[ -n "$SANITIZE" ] || [ "$expected" = "$(openssl kdf -keylen 32 -kdfopt "hexkey:$(cat "$work/in")" \
    -kdfopt maf-id:maf.example.com ONEM2M-KM)" ] || fail "another key than of the octets"
key 0 verify
key 0 rotate
key 0 backup "$work/backup"

# By EVP: contexts, threads, forks, another user of the module, unloaded again and again, and ended
# in the middle.
export MODULE=$SHIM
for how in once contexts reload threads fork-before fork-after other-user; do
    # A child keeps what it inherited of the store, and must: no leak.
    leaks=1
    [[ $how != fork-* ]] || leaks=0
    ASAN_OPTIONS=detect_leaks=$leaks "$USE" "$how" "$ke" >"$work/out" 2>"$work/err" || fail "use $how: status $?"
    prints "$expected"
    silent err
done

# To a file and back; the records stay as they are, and the configuration of before opens nothing.
key 0 reseal --new-seal "file:$work/seal"
refused "is sealed by a file" list
reconfigure "file:$work/seal"
key 0 verify
[ "$(derived)" = "$expected" ] || fail "another key under the file"
key 0 reseal --new-seal "$uri"
says out "key:                   there already"
refused "is sealed by key seal of PKCS#11 token our token" list
reconfigure "$uri"
[ "$(derived)" = "$expected" ] || fail "another key under the token"

# To another key of the token, made by the way.
other="pkcs11:$token;object=other?$module&pin-source=file:$work/pin"
key 0 reseal --new-seal "$other"
says out "key:                   made"
refused "is sealed by key other of PKCS#11 token our token" list
reconfigure "$other"
key 0 verify
key 0 reseal --new-seal "$uri"
reconfigure "$uri"

# To an RSA key, made by the way, from the AES key and from a file, and back. The record says by which
# hash: SoftHSM has OAEP with SHA-1 alone.
rsa="pkcs11:$token;object=rsa;type=private?$module&pin-source=file:$work/pin"
key 0 reseal --new-seal "$rsa"
says out "key:                   made"
refused "is sealed by key rsa of PKCS#11 token our token" list
reconfigure "$rsa"
key 0 verify
[ "$(derived)" = "$expected" ] || fail "another key under the RSA key"
hash=SHA-256
[ "$KIND" = nss ] || hash=SHA-1
grep -qaF "E$hash" "$work/store/data.mdb" || grep -qaF "G$hash" "$work/store/data.mdb" ||
    fail "the header does not name $hash"
key 0 reseal --new-seal "file:$work/seal2"
reconfigure "file:$work/seal2"
key 0 reseal --new-seal "${rsa/;type=private/}"
says out "key:                   there already"
reconfigure "$rsa"
key 0 rotate
key 0 backup "$work/rsa-backup"

# To one that the token's own tool made. A sanitized shim is for sanitized programs only.
if [ -z "$SANITIZE" ] && command -v pkcs11-tool >"$work/out"; then
    PIN=$pin OPENSSL_CONF=/dev/null pkcs11-tool --module "$SHIM" --token-label "our token" --login \
        --pin env:PIN --keypairgen --key-type RSA:2048 --label theirs --sensitive --usage-decrypt \
        >"$work/out" 2>&1 || fail "no RSA key: $(cat "$work/out")"
    key 0 reseal --new-seal "${rsa/=rsa;/=theirs;}"
    refused "is sealed by key theirs of PKCS#11 token our token" list
    reconfigure "${rsa/=rsa;/=theirs;}"
    key 0 verify
fi
key 0 reseal --new-seal "$uri"
refused "is sealed by key seal of PKCS#11 token our token" list
reconfigure "$uri"
[ "$(derived)" = "$expected" ] || fail "another key under the AES key"

# A new store begins with one.
configure "$work/rsa.cnf" "keystore = lmdb:$work/rsa-store" "seal = ${rsa/=rsa;/=first;}"
key 0 init --config "$work/rsa.cnf"
says out "seal:                  made"
key 0 verify --config "$work/rsa.cnf"

# A backup opens with the token alone; a wrong seal restores nothing.
configure "$work/restored.cnf" "keystore = lmdb:$work/restored" "seal = $uri"
mkdir -m 700 "$work/restored"
key 0 restore --config "$work/restored.cnf" "$work/backup"
key 0 verify --config "$work/restored.cnf"
configure "$work/wrong.cnf" "keystore = lmdb:$work/wrong" "seal = $other"
mkdir -m 700 "$work/wrong"
refused "is sealed by key seal" restore --config "$work/wrong.cnf" "$work/backup"

# PINs and tokens that are not there.
write_pin "Not-$pin"
refused "CKR_PIN_INCORRECT" list
no_pin
! derived >"$work/out" 2>"$work/err" || fail "derived with a wrong PIN"
says err "CKR_PIN_INCORRECT"
no_pin
chmod 644 "$work/pin"
refused "chmod 600" list
rm "$work/pin"
refused "No such file" list
write_pin "$pin"
configure "$work/none.cnf" "keystore = lmdb:$work/store" \
    "seal = pkcs11:token=nobody;object=seal?$module&pin-source=file:$work/pin"
refused "token nobody" list --config "$work/none.cnf"

# Two processes, many times.
for i in {1..4}; do
    (
        for j in {1..5}; do
            "$KEY" generate --kind kpm --suid 10 --key-id "p$i-$j@mef.example.com"
        done
    ) >"$work/process$i" 2>&1 &
    processes[i]=$!
done
for i in {1..4}; do
    wait "${processes[i]}" || fail "process $i: $(cat "$work/process$i")"
done
key 0 verify
says out "records:               21"
no_pin
