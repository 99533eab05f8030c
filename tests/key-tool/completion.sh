#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# Completion for bash offers what the program knows.
. "${BASH_SOURCE[0]%/*}/common.sh"
# shellcheck source=../../tools/key/onem2m-key.bash-completion
. "$SOURCE/tools/key/onem2m-key.bash-completion"

# offers EXPECTED WORD...: what is offered for the last word.
offers() {
    local expected=$1
    shift
    COMP_WORDS=(onem2m-key "$@")
    COMP_CWORD=$#
    COMPREPLY=()
    _onem2m_key "$KEY"
    [ "${COMPREPLY[*]}" = "$expected" ] || fail "for '$*': ${COMPREPLY[*]}"
}
offers "revoke remove restore reseal" re
offers "--json" --j
offers "show" --json sh
offers "show" --config list sh
offers "--secret-file" add --sec
offers "" list --sec
offers "ONEM2M-KM ONEM2M-KPSA" derive --derivation ONEM2M-K
offers "revoked" list --state rev
offers "psk-file" export a@mef.example.com --format p
offers "$work/openssl.cnf" --config "$work/open"
offers "$work/openssl.cnf" import "$work/open"
offers "$work/openssl.cnf" restore "$work/open"

# Every command is offered, and each value of the lists is one that the program takes.
key 0 --help
while read -r command; do
    offers "$command" "$command"
done < <(sed -n 's/^  \([a-z][a-z]*\) .*/\1/p' "$work/out")
key 0 init
for option in kind state suid; do
    for value in $(_onem2m_key_values --$option); do
        key 0 list --$option "$value"
    done
done
