#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# init makes directory, seal and store, or nothing; seals of wrong files are refused.
. "${BASH_SOURCE[0]%/*}/common.sh"
mode() {
    stat -c %a "$1"
}

refused "No such file or directory" list
key 0 init
[ "$(mode "$work/store")" = 700 ] || fail "mode of the directory"
[ "$(mode "$work/seal")" = 600 ] || fail "mode of the seal"
[ "$(stat -c %s "$work/seal")" = 32 ] || fail "size of the seal"
key 0 list
silent out
key 0 verify
says out "records:               0"
cp "$work/seal" "$work/seal.copy"
refused "already" init
cmp "$work/seal" "$work/seal.copy" || fail "the seal was touched"
key 1 init --json
says out '"reason": 46'
says out '"text": '

# A lost seal is not replaced by one that opens nothing.
mv "$work/seal" "$work/seal.away"
refused "already" init
[ ! -e "$work/seal" ] || fail "a seal for a store of another one"
refused "No such file" generate --kind kpm --suid 10
mv "$work/seal.away" "$work/seal"

# Seals that somebody else could have read or written, or that are none.
octets AB
for permission in 640 604 620 660 666 644; do
    chmod "$permission" "$work/seal"
    refused "chmod 600" add --kind kpm --suid 10
    refused "chmod 600" verify
    key 1 config
    says out "chmod 600"
done
chmod 600 "$work/seal"
for content in "" 0123456789012345678901234567890 012345678901234567890123456789012; do
    configure "$work/other.cnf" "keystore = lmdb:$work/store" "seal = file:$work/other-seal"
    printf %s "$content" >"$work/other-seal"
    chmod 600 "$work/other-seal"
    refused "32 octets" verify --config "$work/other.cnf"
done
printf 01234567890123456789012345678901 >"$work/other-seal"
refused "another seal" verify --config "$work/other.cnf"
rm "$work/other-seal"
mkdir "$work/other-seal"
refused "no regular file" verify --config "$work/other.cnf"

# What init made it takes away when it cannot go on.
configure "$work/other.cnf" "keystore = lmdb:$work/new" "seal = file:$work/nowhere/seal"
refused "nowhere" init --config "$work/other.cnf"
[ ! -e "$work/new" ] || fail "a directory without a store"
configure "$work/other.cnf" "keystore = lmdb:$work/nowhere/store" "seal = file:$work/new-seal"
refused "nowhere" init --config "$work/other.cnf"
[ ! -e "$work/new-seal" ] || fail "a seal without a store"
configure "$work/other.cnf" "keystore = lmdb:$work/new"
refused "needs a seal" init --config "$work/other.cnf"
[ ! -e "$work/new" ] || fail "a directory without a seal"

# An empty directory and a seal that are there serve; a directory of other things does not.
mkdir -m 750 "$work/new"
configure "$work/other.cnf" "keystore = lmdb:$work/new" "seal = file:$work/seal"
key 0 init --config "$work/other.cnf"
says out "there already"
[ "$(mode "$work/new")" = 750 ] || fail "somebody else's directory was changed"

# Several at once: one makes the store, and nobody takes its seal away.
for round in {1..15}; do
    configure "$work/race.cnf" "keystore = lmdb:$work/race$round" "seal = file:$work/race-seal$round"
    made=0
    processes=()
    for _ in 1 2 3 4; do
        "$KEY" init --config "$work/race.cnf" >/dev/null 2>&1 &
        processes+=($!)
    done
    for process in "${processes[@]}"; do
        if wait "$process"; then made=$((made + 1)); fi
    done
    [ "$made" -le 1 ] || fail "$made stores in one directory"
    # All may have stood in each other's way; then nothing is there that hinders another try.
    [ "$made" -eq 1 ] || key 0 init --config "$work/race.cnf"
    key 0 verify --config "$work/race.cnf"
done

# Nothing that a tool could administer.
configure "$work/other.cnf" "keystore = memory:"
refused "lmdb:DIR" list --config "$work/other.cnf"
configure "$work/other.cnf" "keystore = sqlite:$work/x" "seal = file:$work/seal"
refused "sqlite" list --config "$work/other.cnf"
configure "$work/other.cnf" "fqdn = mef.example.com"
refused "no keystore" list --config "$work/other.cnf"
configure "$work/other.cnf" "keystore = lmdb:$work/absent" "seal = file:$work/seal"
refused "absent" list --config "$work/other.cnf"
