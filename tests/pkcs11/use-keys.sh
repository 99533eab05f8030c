#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# Keys in a token of $TOKEN_KIND, used by programs that fork, have threads, unload the provider and
# end in every order: $USE_KEYS does all of it by EVP. $WAYS: those that are to be tried, or all.
# shellcheck source=tests/key-tool/common.sh
. "${BASH_SOURCE[0]%/*}/../key-tool/common.sh"
ulimit -c 0
ke=82CA6FADC18789491AA65339C51B58A3@mef.example.com
esdata=82CA6FADC18789491AA65339C51B58A4@mef.example.com
key 0 init
octets aB
key 0 add --kind ke --key-id "$ke"
octets 1c
key 0 add --kind esdata --suid 15 --key-id "$esdata"

# What software makes of these octets: HMAC, by its own words (TS-0003 10.3.2; RFC 2104).
hmac() { # OCTET TEXT
    printf '%s' "$2" | OPENSSL_CONF=/dev/null openssl dgst -sha256 -mac HMAC \
        -macopt "hexkey:$(printf "$1%.0s" {1..32})" | sed 's/.* //'
}

for way in ${WAYS:-fork-unused fork-used threads unload-first contexts exit exit-own-context exit-thread \
    exit-handler exit-forked cleanup}; do
    # What a child inherited, and what a program holds when it ends, is not freed.
    leaks=1
    case $way in fork-* | exit*) leaks=0 ;; esac
    status=0
    ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=$leaks timeout 120 \
        "$USE_KEYS" "$way" "$ke" "$esdata" >"$work/out" 2>"$work/err" || status=$?
    [ "$status" -eq 0 ] || fail "use_keys $way: status $status"
    silent err
    prints "$(hmac aB 'oneM2M Enrolment Key to Master Credential derivationmaf.example.com')
$(hmac 1c 'a message of two parts')"
done
key 0 verify
# A module that forks when it is initialised, as p11-kit does for "remote:".
ONEM2M_SHIM_FORKS=1 key 0 verify
