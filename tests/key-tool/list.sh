#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# list, show, tree: what is there, and nothing that a terminal would obey.
. "${BASH_SOURCE[0]%/*}/common.sh"
key 0 init
key 0 generate --kind ke "${leaves[@]}" --key-id ke@mef.example.com --labels "first lab"
key 0 derive ke@mef.example.com --derivation ONEM2M-KM --maf-id maf.example.com \
    "${leaves[@]}" --key-id km@maf.example.com
key 0 derive km@maf.example.com --derivation ONEM2M-E2E-KEY --purpose master \
    --key-id master@maf.example.com
key 0 derive ke@mef.example.com --derivation ONEM2M-KPSA --target-id b.example.com \
    --key-id kpsa@b.example.com
key 0 generate --kind kpm --suid 10 --key-id a1@mef.example.com --not-after 20200101T000000Z
key 0 generate --kind kpm --suid 10 --key-id a2@mef.example.com --labels lab
key 0 remove a2@mef.example.com
key 0 generate --kind kpm --suid 10 --key-id b1@mef.example.com --labels laboratory

# names ARGUMENT...: those that list shows.
names() {
    key 0 list "$@"
    sed 's/^.\{47\}//; s/  .*//' "$work/out" | tr '\n' ' '
}
[ "$(names)" = "a1@mef.example.com b1@mef.example.com ke@mef.example.com km@maf.example.com kpsa@b.example.com master@maf.example.com " ] || fail "names in their order"
[ "$(names --all | wc -w)" = 7 ] || fail "--all"
[ "$(names --kind kpm)" = "a1@mef.example.com b1@mef.example.com " ] || fail "--kind"
[ "$(names --suid 21)" = "km@maf.example.com " ] || fail "--suid"
[ "$(names --label lab)" = "ke@mef.example.com " ] || fail "--label"
[ "$(names --state expired)" = "a1@mef.example.com " ] || fail "--state expired"
[ "$(names --state destroyed)" = "a2@mef.example.com " ] || fail "--state destroyed"
[ "$(names --state active --kind kpm)" = "b1@mef.example.com " ] || fail "--state active"
[ "$(names --state suspended)" = "" ] || fail "--state suspended"
[ "$(names --suid 45)" = "" ] || fail "--suid 45"
refused "state" list --state lost
refused "kind" list --kind lost
refused "" list --suid 20
key 0 list --json --kind kpm
[ "$(grep -c '"key-id": ' "$work/out")" = 2 ] || fail "list --json"
says out '"expired": true'
key 0 show a1@mef.example.com
[ "$(attribute state)-$(attribute expired)" = active-1 ] || fail "state of an expired key"
key 0 show a2@mef.example.com
[ "$(attribute state)-$(attribute octets)" = destroyed-0 ] || fail "a tombstone"

# The tree.
key 0 tree
cat >"$work/expected" <<'END'
a1@mef.example.com  kpm, expired
a2@mef.example.com  kpm, destroyed
b1@mef.example.com  kpm, active
ke@mef.example.com  ke, active
├─ km@maf.example.com  km, active
│  └─ master@maf.example.com  e2e-master, active
└─ kpsa@b.example.com  kpsa, active
END
cmp "$work/out" "$work/expected" || fail "the tree"
LC_ALL=C key 0 tree
says out '|- km@maf.example.com'
says out '|  `- master@maf.example.com'
key 0 tree km@maf.example.com
cat >"$work/expected" <<'END'
ke@mef.example.com  ke, parent
└─ km@maf.example.com  km, active
   └─ master@maf.example.com  e2e-master, active
END
cmp "$work/out" "$work/expected" || fail "the tree of one key"
key 0 tree b1@mef.example.com
prints "b1@mef.example.com  kpm, active"
key 0 tree --json
[ "$(grep -c '"depth": 1' "$work/out")" = 2 ] || fail "depths"
refused "no such key" tree nobody@mef.example.com

# Parents that are elsewhere, and keys that claim to come from each other.
key 0 generate --kind kc --suid 32 --key-id o1@maf.example.com --parent-kind km \
    --parent-key-id away@maf.example.com
key 0 generate --kind kc --suid 32 --key-id r1@maf.example.com --parent-kind kc \
    --parent-key-id r2@maf.example.com
key 0 generate --kind kc --suid 32 --key-id r2@maf.example.com --parent-kind kc \
    --parent-key-id r1@maf.example.com
key 0 generate --kind kc --suid 32 --key-id self@maf.example.com --parent-kind kc \
    --parent-key-id self@maf.example.com
key 0 tree
says out "away@maf.example.com  km, not in this store"
for name in o1 r1 r2 self; do
    [ "$(grep -c "$name@maf" "$work/out")" = 1 ] || fail "$name is not in the tree once"
done
key 0 tree r1@maf.example.com
key 0 tree self@maf.example.com
key 0 revoke --tree r1@maf.example.com
prints "revoked:               2"

# What is printed is escaped: a text that reorders the line, a backslash.
key 0 generate --kind kpm --suid 10 --key-id h@mef.example.com \
    --labels $'bidi\u202eevil back\\slash zero\u200bwidth'
key 0 show h@mef.example.com
[ "$(attribute labels)" = 'bidi\u{202E}evil back\\slash zero\u{200B}width' ] || fail "escapes"
key 0 list
says out 'bidi\u{202E}evil back\\slash'
key 0 show h@mef.example.com --json
says out '"bidi\u202eevil"'
says out '"back\\slash"'
key 1 generate --kind kpm --suid 10 --key-id i@mef.example.com --labels $'a\033[2Jb'
key 1 show $'\033]0;x\007@mef.example.com' --json
key 1 show $'\xff\xfe@mef.example.com' --json
refused "" show $'\xff\033[31m@mef.example.com'
! grep -q $'\033' "$work/err" || fail "an escape sequence reaches the terminal"
key 0 generate --kind kpm --suid 10 --key-id j@mef.example.com --labels $'quo"te <𝄞>'
key 0 show j@mef.example.com --json
says out '"quo\"te"'
says out '"<𝄞>"'

# A line of descent that is longer than the tree is deep.
line=$(of 1100)
for ((i = 1; i <= line; i++)); do
    printf 'kind=kc\tsuid=32\tkey-id=l%s@maf.example.com\tparent-kind=kc\tparent-key-id=l%s@maf.example.com\tpriv=%032d\n' \
        "$i" $((i - 1)) "$i"
done >"$work/line"
key 0 import "$work/line"
key 0 tree
[ "$(grep -o 'l[0-9]*@maf' "$work/out" | sort -u | wc -l)" -eq $((line + 1)) ] || fail "keys of the line"
key 0 tree "l$((line - line / 11))@maf.example.com"
says out "l$line@maf.example.com"
key 0 tree l1@maf.example.com
key 0 revoke --tree l1@maf.example.com
prints "revoked:               $line"
