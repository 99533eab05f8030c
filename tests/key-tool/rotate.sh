#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# rotate gives the store another data key: beside those who use it, through kills.
. "${BASH_SOURCE[0]%/*}/common.sh"
refused "No such" rotate
key 0 init
for i in {1..20000}; do
    printf 'kind=kpm\tsuid=10\tkey-id=r%s@mef.example.com\tlabels=mark%s\tpriv=%032d\n' "$i" "$i" "$i"
done >"$work/keys"
key 0 import "$work/keys"
key 0 rotate
says out "records:               20000"
key 0 rotate --json
says out '"records": 20000'
key 0 verify
says out "records:               20000"
key 2 rotate now

# Killed anywhere: nothing is lost, and the next one goes on.
for i in {1..20}; do
    "$KEY" rotate &
    sleep "0.0$((RANDOM % 10))$((RANDOM % 10))"
    kill -9 $! 2>/dev/null || true
    wait $! 2>/dev/null || true
    key 0 verify
    says out "records:               20000"
    key 0 show "r$((RANDOM % 20000 + 1))@mef.example.com"
done

# Several at once, and writers.
for i in {1..3}; do
    "$KEY" rotate &
done
for i in {1..20}; do
    key 0 generate --kind kpm --suid 10 --key-id "w$i@mef.example.com"
    key 0 update "r$((i * 900))@mef.example.com" --labels "changed$i"
done
wait
key 0 rotate
key 0 verify
says out "records:               20020"
key 0 show r18000@mef.example.com
says out changed20

# Under a new seal the old one opens nothing, and rotates nothing.
cp "$OPENSSL_CONF" "$work/old.cnf"
key 0 reseal --new-seal "file:$work/seal2"
sed -i "s|^seal = .*|seal = file:$work/seal2|" "$OPENSSL_CONF"
refused "another seal" rotate --config "$work/old.cnf"
key 0 rotate
key 0 verify

if script -qec true /dev/null >/dev/null 2>&1 </dev/null; then
    script -qec "'$KEY' rotate" "$work/typescript" >/dev/null </dev/null
    grep -q 'rotate \[#* *\] *[0-9]*%' "$work/typescript" || fail "no progress bar"
fi

# A list that nobody reads keeps no pages of the store.
mkfifo "$work/pipe"
"$KEY" list >"$work/pipe" &
lister=$!
exec 9<"$work/pipe"
read -r line <&9
[ -n "$line" ] || fail "nothing was listed"
before=$(stat -c %s "$work/store/data.mdb")
for i in {1..6}; do
    key 0 rotate
done
after=$(stat -c %s "$work/store/data.mdb")
[ "$after" -lt $((before * 3 / 2)) ] || fail "the store grew from $before to $after"
[ "$(wc -l <&9)" -ge 20000 ] || fail "not all were listed"
exec 9<&-
wait "$lister"
