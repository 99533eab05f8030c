#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# backup writes a store that is of one moment, restore makes a store of it, over nothing.
. "${BASH_SOURCE[0]%/*}/common.sh"
key 0 init
for i in {1..3000}; do
    printf 'kind=kpm\tsuid=10\tkey-id=b%s@mef.example.com\tlabels=mark%s\tpriv=%032d\n' "$i" "$i" "$i"
done >"$work/keys"
key 0 import "$work/keys"
key 2 backup
key 0 backup "$work/backup"
silent out
[ "$(stat -c %a "$work/backup")" = 600 ] || fail "mode of the backup"
refused "there already" backup "$work/backup"
refused "" backup "$work/nowhere/backup"
key 0 backup "$work/backup2" --json
says out '"file": '
[ "$(find "$work" -maxdepth 1 -name 'backup*' | wc -l)" -eq 2 ] || fail "something was left"
key 0 add --kind ke --secret-file <(printf '0a%.0s' {1..32}) --key-id later@mef.example.com

# Over a store: refused, and it is as it was.
refused "already" restore "$work/backup"
key 0 verify
says out "records:               3001"

# Into an absent directory, and into an empty one.
configure "$work/other.cnf" "keystore = lmdb:$work/other" "seal = file:$work/seal"
key 0 restore "$work/backup" --config "$work/other.cnf"
says out "records:               3000"
[ "$(stat -c %a "$work/other" "$work/other/data.mdb" | tr '\n' ' ')" = "700 600 " ] || fail "modes"
[ -z "$(find "$work/other" -name '.onem2m-new-*')" ] || fail "something was left"
key 0 verify --config "$work/other.cnf"
key 0 show b3000@mef.example.com --config "$work/other.cnf"
refused "" show later@mef.example.com --config "$work/other.cnf"
key 0 generate --kind ke --key-id later@mef.example.com --config "$work/other.cnf"
rm -r "$work/other"
mkdir -m 700 "$work/other"
key 0 restore "$work/backup" --json --config "$work/other.cnf"
says out '"records": 3000'
rm -r "$work/other"

# What is no good is not put in place: no directory is left that was not there.
head -c 32 /dev/urandom >"$work/seal2"
chmod 600 "$work/seal2"
configure "$work/wrong.cnf" "keystore = lmdb:$work/other" "seal = file:$work/seal2"
refused "another seal" restore "$work/backup" --config "$work/wrong.cnf"
configure "$work/noseal.cnf" "keystore = lmdb:$work/other" "seal = file:$work/seal3"
refused "" restore "$work/backup" --config "$work/noseal.cnf"
[ ! -e "$work/seal3" ] || fail "a seal was made"
refused "" restore "$work/nothing" --config "$work/other.cnf"
refused "" restore "$work/keys" --config "$work/other.cnf"
refused "" restore "$work" --config "$work/other.cnf"
configure "$work/memory.cnf" "keystore = memory:"
key 1 restore "$work/backup" --config "$work/memory.cnf"
offset=$(grep -obaF mark77 "$work/backup2" | tail -n 1 | cut -d: -f1)
printf X | dd of="$work/backup2" bs=1 seek="$offset" conv=notrunc status=none
refused "damaged" restore "$work/backup2" --config "$work/other.cnf"
[ ! -e "$work/other" ] || fail "a directory was left"

# Damaged pages: refused or of no consequence; never a signal, never a store that does not verify.
size=$(stat -c %s "$work/backup")
for i in {1..40}; do
    cp "$work/backup" "$work/damaged"
    dd if=/dev/urandom of="$work/damaged" bs=1 count=16 conv=notrunc status=none \
        seek=$(((RANDOM * 32768 + RANDOM) % (size - 16)))
    status=0
    "$KEY" restore "$work/damaged" --config "$work/other.cnf" >"$work/out" 2>"$work/err" || status=$?
    [ "$status" -le 1 ] || fail "status $status"
    if [ "$status" -eq 0 ]; then
        key 0 verify --config "$work/other.cnf"
    else
        [ -s "$work/err" ] || fail "nothing was said"
        [ ! -e "$work/other/data.mdb" ] || fail "it was put in place"
    fi
    rm -rf "$work/other"
done

# While others write.
(for i in {1..300}; do "$KEY" generate --kind kpm --suid 10 >/dev/null; done) &
writer=$!
for i in {1..10}; do
    key 0 backup "$work/live$i"
    key 0 restore "$work/live$i" --config "$work/other.cnf"
    rm -r "$work/other"
done
kill "$writer" 2>/dev/null || true
wait "$writer" 2>/dev/null || true
key 0 verify
