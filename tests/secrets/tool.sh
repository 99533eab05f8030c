#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# onem2m-key with watch.c preloaded ($WATCH): no secret is in a block that it
# frees, or in its memory when it ends. All symbols are bound at once: a library
# that the loader binds at its first call has it put the vector registers, and
# what they held last, on the stack.
. "$SOURCE/tests/key-tool/common.sh"
program=$KEY
export ONEM2M_WATCH=$work/secrets ONEM2M_WATCH_REPORT=$work/report
cat >"$work/watched" <<END
#!/bin/sh
LD_BIND_NOW=1 LD_PRELOAD=$WATCH exec "$program" "\$@"
END
chmod +x "$work/watched"
KEY=$work/watched

random() {
    od -An -N "$1" -tx1 /dev/urandom | tr -d ' \n'
}
ke=$(random 32) kpm=$(random 64) seal=$(random 32) imported=$(random 32)
printf '%s\n' "$ke" "$kpm" "$seal" "$imported" >"$ONEM2M_WATCH"
write_seal() { # FILE HEX
    (umask 077 && fold -w 2 <<<"$2" | while read -r octet; do printf %b "\\x$octet"; done >"$1")
}

runs=0
# watched STATUS ARGUMENT...: as key, with nothing found.
watched() {
    rm -f "$work/report"
    key "$@"
    runs=$((runs + 1))
    [ -s "$work/report" ] || fail "not watched: $*"
    if grep -v ' 0 finds$' "$work/report" >"$work/finds"; then
        cat "$work/finds" >&2
        fail "a secret is left: $*"
    fi
}

watched 0 init
cp -r "$work/store" "$work/first"
rm -r "$work/store"
write_seal "$work/seal" "$seal"
mkdir "$work/store"
echo "$ke" >"$work/in"
watched 0 add --kind ke --key-id ke1@mef.example.com --extractable
watched 1 add --kind ke --key-id ke1@mef.example.com
watched 1 add --kind ke --suid 21
echo "$kpm" >"$work/in"
watched 0 add --kind kpm --suid 10 --key-id kpm1@mef.example.com
write_seal "$work/binary" "$kpm"
cp "$work/binary" "$work/in"
watched 0 add --binary --kind kpm --suid 10 --key-id kpm2@mef.example.com
printf 'kind=kpm\tsuid=10\tkey-id=kpm3@mef.example.com\tpriv=%s\nkind=kpm\tsuid=99\tpriv=%s\n' \
    "$imported" "$imported" >"$work/lines"
watched 1 import "$work/lines"
sed -i '1s/kpm3/kpm4/;2d' "$work/lines"
watched 0 import "$work/lines"
: >"$work/in"
watched 0 generate --kind kpm --suid 10
watched 0 derive ke1@mef.example.com --derivation ONEM2M-KM --maf-id maf.example.com \
    --key-id km1@maf.example.com
for command in list tree verify "show kpm1@mef.example.com" config; do
    # shellcheck disable=SC2086 # words
    watched 0 $command
    # shellcheck disable=SC2086
    watched 0 $command --json
done
watched 0 export ke1@mef.example.com --out "$work/exported"
grep -qi "^$ke$" "$work/exported" || fail "what was exported"
watched 0 export ke1@mef.example.com
watched 1 export kpm1@mef.example.com
watched 0 update kpm1@mef.example.com --labels changed
watched 0 rotate
watched 0 backup "$work/backup"
write_seal "$work/seal-2" "$(random 32)"
watched 0 reseal --new-seal "file:$work/seal-2"
watched 1 verify
mv "$work/store" "$work/second"
mkdir "$work/store"
watched 0 restore "$work/backup"
watched 0 revoke ke1@mef.example.com --tree
watched 0 remove kpm1@mef.example.com
watched 0 purge
watched 0 verify

# What looks does see: a program that knows nothing of secrets leaves one in a buffer.
rm -f "$work/report"
LD_PRELOAD=$WATCH sort "$work/lines" >/dev/null
grep -q 'given in hexadecimal' "$work/report" || fail "nothing found where there is something"

echo "$runs runs"
