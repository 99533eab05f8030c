#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# verify finds what was changed, put back or taken away, and outlives damage of
# LMDB's pages; reseal keeps every record.
. "${BASH_SOURCE[0]%/*}/common.sh"
key 0 init
for i in {1..300}; do
    printf 'kind=kpm\tsuid=10\tkey-id=v%s@mef.example.com\tlabels=mark%s\tpriv=%032d\n' "$i" "$i" "$i"
done >"$work/keys"
key 0 import "$work/keys"
key 0 verify
says out "records:               300"
says out "damaged:               0"
says out "orphans:               0"
key 0 verify --json
says out '"set-hash-differs": false'
data=$work/store/data.mdb
cp "$data" "$work/good"

# flip OFFSET: changes one octet of the store.
flip() {
    local octet
    octet=$(od -An -tu1 -j "$1" -N1 "$data")
    printf %b "\\0$(printf %03o $((octet ^ 1)))" |
        dd of="$data" bs=1 seek="$1" conv=notrunc status=none
}

# An octet of a record that is in use: attributes are in clear, so its last copy is the one.
offset=$(grep -obaF mark77 "$data" | tail -n 1 | cut -d: -f1)
flip "$offset"
key 1 verify
says out "damaged:               1"
says out "set-hash-differs:      1"
says out "finding: "
key 1 verify --json
says out '"finding": '
refused "" show v77@mef.example.com
key 0 show v78@mef.example.com

# Yesterday's file with today's lock: a whole store put back cannot be seen, a page of it can.
cp "$work/good" "$data"
key 0 verify
key 0 update v77@mef.example.com --labels later
size=$(stat -c %s "$data")
truncate -s $((size / 2)) "$data"
key 1 verify
[ -s "$work/out" ] || grep -q '^onem2m-key: verify: ' "$work/err" || fail "nothing was said"
cp "$work/good" "$data"

# Damage anywhere: found, or of no consequence, never the end of the tool by a signal.
for i in {1..60}; do
    cp "$work/good" "$data"
    dd if=/dev/urandom of="$data" bs=1 count=16 conv=notrunc status=none \
        seek=$(((RANDOM * 32768 + RANDOM) % (size - 16)))
    status=0
    "$KEY" verify >"$work/out" 2>"$work/err" || status=$?
    [ "$status" -le 1 ] || fail "status $status"
    [ "$status" -eq 0 ] || [ -s "$work/out" ] || [ -s "$work/err" ] || fail "nothing was said"
done
cp "$work/good" "$data"
key 0 verify

# Another seal, made or given.
key 1 reseal --new-seal "pkcs11:token=x"
key 1 reseal --new-seal "file:$work/nowhere/seal"
key 0 verify
key 0 reseal --new-seal "file:$work/seal2"
says out "made"
[ "$(stat -c %a "$work/seal2")" = 600 ] || fail "mode of the new seal"
refused "another seal" verify
refused "another seal" show v1@mef.example.com
sed -i "s|^seal = .*|seal = file:$work/seal2|" "$OPENSSL_CONF"
key 0 verify
says out "records:               300"
chmod 644 "$work/seal"
refused "chmod 600" reseal --new-seal "file:$work/seal"
chmod 600 "$work/seal"
key 0 reseal --new-seal "file:$work/seal" --json
says out '"file": "there already"'
refused "another seal" list
sed -i "s|^seal = .*|seal = file:$work/seal|" "$OPENSSL_CONF"
key 0 verify

if script -qec true /dev/null >/dev/null 2>&1 </dev/null; then
    for i in {1..3000}; do
        printf 'kind=kpm\tsuid=10\tkey-id=w%s@mef.example.com\tpriv=%032d\n' "$i" "$i"
    done >"$work/keys"
    key 0 import "$work/keys"
    script -qec "'$KEY' verify" "$work/typescript" >/dev/null </dev/null
    grep -q 'verify \[#* *\] *[0-9]*%' "$work/typescript" || fail "no progress bar"
fi
