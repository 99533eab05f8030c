#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# config shows the section and says what is wrong with it; every command says
# which file cannot be used, and why.
. "${BASH_SOURCE[0]%/*}/common.sh"
export OPENSSL_MODULES=$work/modules
mkdir "$work/modules"
: >"$work/modules/onem2m.so"

key 1 config
says out "fqdn = node.example.com"
says out "problem:               seal: "
key 0 init
key 0 config
says out "store:                 opens"
says_not out problem
key 0 config --json
says out '"problems": []'
says out '"key": "fqdn"'

# problem TEXT LINE...: a section of these lines has this one problem.
problem() {
    local text=$1
    shift
    configure "$work/other.cnf" "keystore = lmdb:$work/store" "seal = file:$work/seal" "$@"
    key 1 config --config "$work/other.cnf"
    says out "problem:               $text"
    [ "$(grep -c '^problem:' "$work/out")" -eq 1 ] || fail "more than one problem: $*"
    key 1 config --json --config "$work/other.cnf"
    says out "$text"
}
problem "key-store: unknown key" "key-store = x"
problem "seals: unknown key" "seals = x"
problem "Fqdn: unknown key" "Fqdn = mef.example.com"
problem "fqdn: " "fqdn = MEF.example.com"
problem "fqdn: empty" "fqdn ="
problem "module: $work/other.so" "module = $work/other.so"
problem "module: $work/modules/other.so" "module = other.so"
problem "crypto-config = $work/none" "crypto-config = $work/none"
problem "properties = fips==" "properties = fips=="
problem "SHA2-256" "properties = provider=nobody"
problem "onem2m: activate = 0" "activate = 0"
problem "seal: " "seal = pkcs11:token=x"

printf 01234567890123456789012345678901 >"$work/other-seal"
chmod 600 "$work/other-seal"
problem "keystore: " "seal = file:$work/other-seal"
key 0 generate --kind kpm --suid 10
problem "keystore: " "seal = file:$work/other-seal"
problem "keystore: " "keystore = lmdb:$work/absent"
mkdir "$work/empty"
configure "$work/other.cnf" "keystore = lmdb:$work/empty" "seal = file:$work/seal"
key 0 config --config "$work/other.cnf"
says out "none yet"

# A file that switches the default provider off.
sed '/^default = default_sect$/d' "$OPENSSL_CONF" >"$work/other.cnf"
key 1 config --config "$work/other.cnf"
says out "problem:               default: not activated"
sed '0,/^activate = 1$/{//d}' "$OPENSSL_CONF" >"$work/other.cnf"
key 1 config --config "$work/other.cnf"
says out "problem:               default: not activated"
sed 's/^activate = 1$//' "$OPENSSL_CONF" >"$work/other.cnf"
key 1 config --config "$work/other.cnf"
says out "problem:               onem2m: not activated"
sed 's/^default = default_sect$/fips = default_sect/' "$OPENSSL_CONF" >"$work/other.cnf"
key 0 config --config "$work/other.cnf"

# The crypto of another file is used for the store.
printf '%s\n' "openssl_conf = i" "[i]" "providers = p" "[p]" "base = b" "[b]" "activate = 1" \
    >"$work/crypto.cnf"
problem "SHA2-256" "crypto-config = $work/crypto.cnf"
sed -i 's/^base = b/default = b/' "$work/crypto.cnf"
configure "$work/other.cnf" "keystore = lmdb:$work/store" "seal = file:$work/seal" \
    "crypto-config = $work/crypto.cnf" "properties = provider=default"
key 0 list --config "$work/other.cnf"

# Files that lead to no section.
for command in config list; do
    refused "$work/none: No such file" "$command" --config "$work/none"
    refused "No such file" "$command" --config ""
    echo "[unfinished" >"$work/other.cnf"
    refused "line 1 cannot be understood" "$command" --config "$work/other.cnf"
    : >"$work/other.cnf"
    refused "openssl_conf" "$command" --config "$work/other.cnf"
    echo "openssl_conf = nowhere" >"$work/other.cnf"
    refused "openssl_conf" "$command" --config "$work/other.cnf"
    sed '/^providers = /d' "$OPENSSL_CONF" >"$work/other.cnf"
    refused "'providers'" "$command" --config "$work/other.cnf"
    sed '/^onem2m = /d' "$OPENSSL_CONF" >"$work/other.cnf"
    refused "'onem2m'" "$command" --config "$work/other.cnf"
done

# The environment names the file; the sample of the project is understood.
unset OPENSSL_CONF
key 1 list
key 0 config --config "$SOURCE/conf/openssl.cnf"
