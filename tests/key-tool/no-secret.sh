#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# The octets of a key are nowhere: not in the store's files, in no output but
# export's, in no message, in no argument.
. "${BASH_SOURCE[0]%/*}/common.sh"
key 0 init
hex=D3C0FFEE5EC2E7D3C0FFEE5EC2E7A1B2D3C0FFEE5EC2E7D3C0FFEE5EC2E7A1B2
half=${hex:0:32}
fold -w 2 <<<"$hex" | while read -r octet; do printf %b "\\x$octet"; done >"$work/binary"
[ "$(stat -c %s "$work/binary")" = 32 ] || fail "the octets to look for"

all() {
    "$KEY" "$@" >>"$work/all" 2>&1 <"$work/in" || true
}
echo $hex >"$work/in"
for json in "" --json; do
    # shellcheck disable=SC2086 # a word or none
    {
        all add --kind ke --key-id ke@mef.example.com $json
        all add --kind ke --key-id ke@mef.example.com $json
        all add --kind kpm --suid 10 --key-id x1$json@mef.example.com $json --extractable
        all add --kind kpm --suid 99 $json
        all add --kind esprim-session --suid 13 --binary $json
        all show ke@mef.example.com $json
        all list --all $json
        all tree $json
        all derive ke@mef.example.com --derivation ONEM2M-KM --maf-id maf.example.com $json
        all export ke@mef.example.com $json
        all export x1@mef.example.com $json --out "$work/exported"
        all verify $json
        all update ke@mef.example.com --labels x $json
        all revoke ke@mef.example.com --tree $json
        all config $json
        printf 'kind=kpm\tsuid=10\tkey-id=y%s@mef.example.com\tpriv=%s\n' "$json" $hex >"$work/lines"
        printf 'kind=kpm\tsuid=10\tkey-id=y%s@mef.example.com\tpriv=%s\n' "$json" $hex >>"$work/lines"
        printf 'kind=kpm\tsuid=10\tpriv=%sXX\n' $hex >>"$work/lines"
        all import "$work/lines" $json
    }
done
[ "$(wc -c <"$work/all")" -gt 5000 ] || fail "the runs printed too little"
[ "$(tr -d '\n' <"$work/exported")" = $hex ] || fail "the key is not what it was"

# In hexadecimal of either case, in base64 and as octets.
base64=$(base64 -w 0 <"$work/binary")
for file in "$work/all" "$work"/store/*; do
    ! grep -qaiF -e "$half" -e "${base64:0:20}" "$file" || fail "a key in ${file##*/}"
    ! LC_ALL=C grep -qaF "$(head -c 16 "$work/binary")" "$file" || fail "octets in ${file##*/}"
done
LC_ALL=C grep -qaF "$(head -c 16 "$work/binary")" "$work/binary" || fail "grep finds nothing"

# Nor when the key is destroyed.
all remove ke@mef.example.com
for file in "$work"/store/*; do
    ! LC_ALL=C grep -qaF "$(head -c 16 "$work/binary")" "$file" || fail "octets in ${file##*/}"
done

# Nobody else may read the files that hold it, whatever the umask says.
umask 000
key 0 generate --kind kpm --suid 10
[ -z "$(find "$work/store" "$work/seal" "$work/exported" -perm /077)" ] || fail "modes"
