#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# Arguments and standard streams.
. "${BASH_SOURCE[0]%/*}/common.sh"
key 0 --help
says out "usage: onem2m-key"
mapfile -t commands < <(sed -n 's/^  \([a-z][a-z]*\) .*/\1/p' "$work/out")
[ ${#commands[@]} -ge 16 ] || fail "too few commands: ${commands[*]}"
for command in "${commands[@]}"; do
    key 0 "$command" --help
    says out "usage: onem2m-key $command"
    key 2 "$command" --frobnicate
    says err "onem2m-key: $command: it has no option --frobnicate; see --help"
done

# Nothing is done that was not understood.
while read -r arguments; do
    # shellcheck disable=SC2086 # words
    key 2 $arguments
    silent out
    [ "$(wc -l <"$work/err")" -eq 1 ] || fail "not one line for: $arguments"
    grep -q '^onem2m-key: .*; see --help$' "$work/err" || fail "no message for: $arguments"
    [ ! -e "$work/store" ] || fail "something was done: $arguments"
done <<'END'

frobnicate
--frobnicate
-x
--config
list --kin ke
list --kind
list --kind ke --kind ke
list --json=1
list extra
show
show a b
init extra
init --kind ke
END

# With a store, for those that look at it first.
key 0 init
key 2 add
says err "--kind is missing"
key 2 generate --kind ke --octets 3x
key 2 generate --kind ke --octets 513
key 2 generate --kind ke --octets -1
key 2 reseal
key 2 update a@mef.example.com
key 2 export a@mef.example.com --format pem
key 2 export a@mef.example.com b@mef.example.com
key 2 export a@mef.example.com --json
key 2 update a@mef.example.com --state destroyed
key 2 derive a@mef.example.com --derivation ONEM2M-KM --half first
key 2 list --json --frobnicate
says out '"text": "it has no option --frobnicate; see --help"'
key 0 list --kind=ke --config="$OPENSSL_CONF"
key 1 show -- --kind
says err "onem2m-key: show: "

# Output that nobody could read is no success; a closed stream does not become the store's file.
status=0
"$KEY" list >/dev/full 2>"$work/err" --json || status=$?
[ "$status" -eq 1 ] || fail "status $status with a full disk"
says err "standard output"
status=0
"$KEY" generate --kind kpm --suid 10 --key-id e1@mef.example.com >&- 2>&- <&- || status=$?
key 0 show e1@mef.example.com
key 0 verify
