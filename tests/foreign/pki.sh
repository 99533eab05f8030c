# shellcheck shell=bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# Sourced where certificates are needed.

# make_pki DIRECTORY CRITICAL: into it ca.pem, a CA with the name constraints of TS-0003
# 8.1.2.2; mef.pem with mef.key, a MEF of mef.example.com; cse.pem with cse.key, a CSE of
# cse1.example.com (10.1.1). CRITICAL is 'critical,', as RFC 5280 has it of
# name constraints, or empty.
make_pki() {
    local directory=$1 critical=$2 name
    cat >"$directory/pki.cnf" <<END
[req]
distinguished_name = name
[name]
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign, digitalSignature
subjectKeyIdentifier = hash
nameConstraints = ${critical}permitted;DNS:example.com
[mef]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
subjectAltName = DNS:mef.example.com
[cse]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
subjectAltName = DNS:cse1.example.com
END
    for name in ca mef cse; do
        openssl ecparam -name prime256v1 -genkey -noout -out "$directory/$name.key"
    done
    make_certificate ca -key "$directory/ca.key"
    for name in mef cse; do
        make_certificate "$name" -key "$directory/$name.key" -CA "$directory/ca.pem" \
            -CAkey "$directory/ca.key"
    done
}

# NAME OPTION...
make_certificate() {
    OPENSSL_CONF=/dev/null openssl req -config "$directory/pki.cnf" -x509 -new -sha256 -days 7 \
        -subj "/CN=$1 of a test" -extensions "$1" -out "$directory/$1.pem" "${@:2}" 2>"$directory/$1.err"
}
