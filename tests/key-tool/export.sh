#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# export: extractable own keys, to files that nobody else reads.
. "${BASH_SOURCE[0]%/*}/common.sh"
key 0 init
hex=$(printf '5A%.0s' {1..32})
octets 5a
key 0 add --kind kpm --suid 10 --key-id e1@mef.example.com --extractable
key 0 add --kind kpm --suid 10 --key-id e2@mef.example.com --extractable
key 0 add --kind kpm --suid 10 --key-id closed@mef.example.com
key 0 add --kind kpm --suid 10 --key-id late@mef.example.com --extractable \
    --not-after 20200101T000000Z
key 0 add --kind kc --suid 32 --registration --extractable --source-id a.example.com \
    --target-ids b.example.com --key-id reg@mef.example.com

key 0 export e1@mef.example.com
prints "$hex"
key 0 export e1@mef.example.com --format hex
prints "$hex"
key 0 export e1@MEF.example.com e2@mef.example.com --format psk-file
prints "e1@mef.example.com:$hex
e2@mef.example.com:$hex"
key 0 export e1@mef.example.com --format binary
[ "$(cat "$work/out")" = "$(printf 'Z%.0s' {1..32})" ] || fail "binary"

umask 000
key 0 export e1@mef.example.com e2@mef.example.com --format psk-file --out "$work/psk"
silent out
[ "$(stat -c %a "$work/psk")" = 600 ] || fail "mode of the file"
[ "$(wc -l <"$work/psk")" = 2 ] || fail "lines of the file"
refused "File exists" export e1@mef.example.com --out "$work/psk"
[ "$(wc -l <"$work/psk")" = 2 ] || fail "the file was touched"
refused "No such file" export e1@mef.example.com --out "$work/none/psk"
key 0 export e1@mef.example.com --json --out "$work/psk2"
says out '"file": '
says_not out 5A5A

refused "extractable" export closed@mef.example.com
refused "expired" export late@mef.example.com
refused "registration" export reg@mef.example.com
refused "no such key" export nobody@mef.example.com
# One that is refused: nothing of the others.
refused "extractable" export e1@mef.example.com closed@mef.example.com --format psk-file
refused "extractable" export e1@mef.example.com closed@mef.example.com --format psk-file \
    --out "$work/psk3"
[ ! -e "$work/psk3" ] || fail "a file of a refused export"
key 0 update e1@mef.example.com --state suspended
refused "suspended" export e1@mef.example.com
status=0
"$KEY" export e2@mef.example.com >/dev/full 2>"$work/err" || status=$?
[ "$status" -eq 1 ] || fail "status $status with a full disk"
