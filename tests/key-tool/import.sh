#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# import: lines of attributes; what stands before a bad line is stored, nothing after it.
. "${BASH_SOURCE[0]%/*}/common.sh"
key 0 init

# line FIELD...: joined by tabs.
line() {
    local IFS=$'\t'
    printf '%s\n' "$*"
}
hex=$(printf '6B%.0s' {1..32})
{
    echo "# a comment"
    echo
    line kind=kpm suid=10 key-id=i1@mef.example.com priv="$hex" extractable=1
    line "labels=two labels" "priv=${hex,,}" kind=ke not-after=20301231T235959Z \
        key-id=i2@mef.example.com derive-octets=0
    printf 'kind=kpm\tsuid=10\tkey-id=i3@mef.example.com\tpriv=%s\r\n' "$hex"
    line kind=esdata suid=34 registration=1 source-id=a.example.com \
        "target-ids=b.example.com c.example.com" priv="$hex" key-id=i4@mef.example.com
    line kind=kc suid=32 priv="$hex"
    printf 'kind=km\tsuid=11\tkey-id=i5@mef.example.com\tstate=suspended\tpriv=%s' "$hex"
} >"$work/keys"
key 0 import "$work/keys"
prints "stored:                6"
key 0 export i1@mef.example.com
prints "$hex"
key 0 show i2@mef.example.com
[ "$(attribute labels)" = "two labels" ] || fail "labels"
[ "$(attribute derive-octets)" = 0 ] || fail "derive-octets"
key 0 show i4@mef.example.com
[ "$(attribute registration)" = 1 ] || fail "registration"
key 0 show i5@mef.example.com
[ "$(attribute state)" = suspended ] || fail "state"
key 0 show i3@mef.example.com
key 0 list
[ "$(wc -l <"$work/out")" = 6 ] || fail "keys in the store"

# Again: refused at the first name in use, or passed over; assigned names are new each time.
refused "line 3: key-id" import "$work/keys"
key 0 import --skip-existing "$work/keys"
says out "stored:                1"
says out "skipped:               5"
cp "$work/keys" "$work/in"
key 0 import --skip-existing --json
says out '"skipped": 5'
: >"$work/in"
key 0 import
prints "stored:                0"

# bad TEXT FIELD...: a line among good ones that is refused.
number=0
bad() {
    local text=$1
    shift
    number=$((number + 1))
    {
        line kind=kpm suid=10 priv="$hex" key-id="before$number@mef.example.com"
        line "$@"
        line kind=kpm suid=10 priv="$hex" key-id="after$number@mef.example.com"
    } >"$work/bad"
    key 1 import "$work/bad"
    prints "stored:                1"
    grep -q '^onem2m-key: import: line 2: ' "$work/err" || fail "no line: $*"
    says err "$text"
    says_not err 6B6B
    key 0 show "before$number@mef.example.com"
    refused "no such key" show "after$number@mef.example.com"
}
good=(kind=kpm suid=10 key-id=good@mef.example.com)
bad "priv" "${good[@]}"
bad "priv" "${good[@]}" priv=6B6
bad "priv" "${good[@]}" priv=6B6X
bad "priv" "${good[@]}" priv="$(printf '6B%.0s' {1..513})"
bad "priv" "${good[@]}" priv=6B6B
bad "'='" "${good[@]}" "$hex"
bad "no attribute" "${good[@]}" priv="$hex" colour=red
bad "empty" "${good[@]}" priv="$hex" labels=
bad "'='" "${good[@]}" "" priv="$hex"
bad "kind" suid=10 priv="$hex"
bad "suid" kind=kpm suid=ten priv="$hex"
bad "not-after" "${good[@]}" priv="$hex" not-after=20270230T000000Z
bad "extractable" "${good[@]}" priv="$hex" extractable=yes
bad "had this name" kind=kpm suid=10 priv="$hex" key-id=i1@mef.example.com
bad "whose kind is not said" kind=kc suid=32 priv="$hex" parent-key-id=a@mef.example.com
bad "kind" "kind=kp" suid=10 priv="$hex"
printf 'kind=kpm\tlabels=%0140000d' 1 >"$work/bad"
refused "line 1: longer" import "$work/bad"
head -c 100000 /dev/urandom >"$work/bad"
key 1 import "$work/bad"
refused "No such file" import "$work/none"
refused "Is a directory" import "$work"
key 1 import "$work/none" --json

# More than one transaction, with a name in use in the second.
all=$(of 6000)
before=$(($(of 5000) - 1))
many() {
    for ((i = 1; i <= all; i++)); do
        printf 'kind=kpm\tsuid=10\tkey-id=%s%s@mef.example.com\tpriv=%032d\n' "$1" "$i" "$i"
    done
}
many a >"$work/many"
{
    head -n "$before" "$work/many"
    line kind=kpm suid=10 key-id=a17@mef.example.com priv="$hex"
    tail -n "$((all - before))" "$work/many"
} >"$work/bad"
key 1 import "$work/bad"
prints "stored:                $before"
says err "line $((before + 1)): key-id"
key 0 import --skip-existing "$work/many"
says out "stored:                $((all - before))"
says out "skipped:               $before"
key 0 verify

# One that was killed is repeated.
many c >"$work/many"
"$KEY" import "$work/many" >/dev/null 2>&1 &
import=$!
# SoftHSM writes its token anew at each login, and a token is lost that was half written.
if [ -n "${TOKEN_KIND:-}" ]; then sleep 0.6; else sleep 0.03; fi
kill -9 "$import" || true
wait "$import" 2>/dev/null || true
if [ "${TOKEN_RECORDS:-lmdb}" = token ]; then
    key 0 verify --tidy # of objects that it has made
fi
key 0 verify
key 0 import --skip-existing "$work/many"
key 0 list --kind kpm
[ "$(grep -c ' c[0-9]*@mef' "$work/out")" -eq "$all" ] || fail "keys after a killed import"

# A progress bar on a terminal, none elsewhere.
if script -qec true /dev/null >/dev/null 2>&1 </dev/null; then
    many b >"$work/many"
    script -qec "'$KEY' import '$work/many'" "$work/typescript" >/dev/null </dev/null
    grep -q 'import \[#* *\] *[0-9]*%' "$work/typescript" || fail "no progress bar"
    grep -q "stored: *$all" "$work/typescript" || fail "no result on the terminal"
fi
