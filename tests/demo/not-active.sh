#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# A configuration that does not give what is needed: exit status 1, and plain words.
. "${BASH_SOURCE[0]%/*}/common.sh"
refused() {
    demo 1 --config "$1"
    silent out
    says err "$2"
}

cat >"$work/default-only.cnf" <<'END'
openssl_conf = init
[init]
providers = providers
[providers]
default = default
[default]
activate = 1
END
refused "$work/default-only.cnf" "the provider onem2m is not active in $work/default-only.cnf"
says err "no section of it configures this provider"
says err "activate = 1"

grep -v '^activate' "$sample" >"$work/inactive.cnf"
refused "$work/inactive.cnf" 'the provider'\''s section has no "activate = 1"'

sed '/^\[default_sect\]/,/^\[onem2m_sect\]/s/^activate.*//' "$sample" >"$work/onem2m-only.cnf"
refused "$work/onem2m-only.cnf" "the default provider is not active in $work/onem2m-only.cnf"

refused "$work/absent.cnf" "the configuration file $work/absent.cnf cannot be read"

echo 'a line without sense' >"$work/broken.cnf"
refused "$work/broken.cnf" "cannot be understood: line 1"

OPENSSL_MODULES=$work refused "$sample" "onem2m.so is not where OpenSSL looks for it: $work"

OPENSSL_CONF=/dev/null demo 1
says err "the provider onem2m is not active in /dev/null"
