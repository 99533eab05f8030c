#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# add and generate: what a key may be, how its octets come in, which names are free.
. "${BASH_SOURCE[0]%/*}/common.sh"
key 0 init
ke=82CA6FADC18789491AA65339C51B58A3@mef.example.com

# Times that do not exist, or are none; the store is as it was.
octets 05
key 0 verify
cp "$work/out" "$work/before"
for time in 20270229T000000Z 20270431T000000 20271301T000000Z 20271231T240000Z 20271231T235960Z \
    2027-12-31T23:59:59Z 20271231 tomorrow 20271231T235959+0100; do
    refused "not-after" add --kind kpm --suid 10 --key-id e@mef.example.com --not-after "$time"
done
key 0 verify
cmp -s "$work/out" "$work/before" || fail "a time that was refused is stored"

# The octets: hexadecimal or as they are, standard input or a file.
octets aB
key 0 add --kind kpm --suid 10 --key-id enrolee1@mef.example.com --extractable
prints enrolee1@mef.example.com
key 0 export enrolee1@mef.example.com
prints "$(printf 'AB%.0s' {1..32})"
{
    printf ' \r\n\t'
    cat "$work/in"
    printf '\r\n'
} >"$work/secret"
: >"$work/in"
key 0 add --kind kpm --suid 10 --key-id enrolee2@mef.example.com --extractable \
    --secret-file "$work/secret"
key 0 export enrolee2@mef.example.com
prints "$(printf 'AB%.0s' {1..32})"
printf '\0\n\r 0123456789012345678' >"$work/secret"
key 0 add --kind kpm --suid 10 --key-id enrolee3@mef.example.com --extractable --binary \
    --secret-file "$work/secret"
key 0 export enrolee3@mef.example.com --format binary
cmp "$work/out" "$work/secret" || fail "binary octets"
for content in "" A ABC "$(printf 'AB%.0s' {1..15})" "$(printf 'AB%.0s' {1..513})" \
    "$(printf 'AG%.0s' {1..32})" "$(printf 'AB %.0s' {1..32})" "0x$(printf 'AB%.0s' {1..32})"; do
    printf %s "$content" >"$work/in"
    key 1 add --kind kpm --suid 10 --key-id e@mef.example.com
    says_not err ABAB
done
head -c 5000 /dev/zero >"$work/in"
key 1 add --kind kpm --suid 10 --key-id e@mef.example.com --binary
refused "No such file" add --kind kpm --suid 10 --secret-file "$work/none"
refused "Is a directory" add --kind kpm --suid 10 --secret-file "$work"

# Names: assigned, taken, the same but for case.
octets 01
key 0 add --kind kc --suid 32
[[ $(cat "$work/out") =~ ^[0-9A-F]{32}@node\.example\.com$ ]] || fail "form of an assigned name"
configure "$work/nameless.cnf" "keystore = lmdb:$work/store" "seal = file:$work/seal"
refused "fqdn" add --kind kc --suid 32 --config "$work/nameless.cnf"
for relative in lamp 0123456789ABCDEF0123456789ABCDE g123456789abcdef0123456789abcdef; do
    refused "not one that it assigned" add --kind ke --key-id "$relative@node.example.com"
    refused "not one that it assigned" add --kind esdata --suid 34 --registration \
        --source-id a.example.com --target-ids b.example.com --key-id "$relative@node.example.com"
done
key 0 add --kind ke --key-id 0123456789abcdef0123456789abcdef@node.example.com
key 0 add --kind ke --key-id lamp@mef.example.com
key 0 add --kind kc --suid 32 --key-id lamp@node.example.com
refused "had this name" add --kind kpm --suid 10 --key-id enrolee1@mef.example.com
key 0 add --kind kpm --suid 10 --key-id Enrolee1@mef.example.com
key 0 add --kind km --suid 11 --key-id Km-One@maf.example.com
refused "had this name" add --kind km --suid 11 --key-id kM-oNE@maf.example.com
key 1 add --kind km --suid 11 --key-id km-one@maf.example.com --json
says out '"reason": 63'
key 0 show km-ONE@MAF.example.com
[ "$(attribute key-id)" = Km-One@maf.example.com ] || fail "a name has another case"
key 0 add --kind ke --key-id "${ke,,}"
prints "$ke"
refused "had this name" add --kind ke --key-id "$ke"
key 0 add --kind km --suid 21 --key-id "$ke"
refused "say which kind" show "$ke"
key 0 show "$ke" --kind km
[ "$(attribute suid)" = 21 ] || fail "the other kind"
refused "no such key" show "$ke" --kind kpm
refused "no such key" show nobody@mef.example.com
for name in "" a "a@b@c.example" @mef.example.com a@ "a b@mef.example.com" "a/b@mef.example.com" \
    a@MEF.example.com "$(printf 'a%.0s' {1..600})@mef.example.com" $'a\033@mef.example.com'; do
    key 1 add --kind kpm --suid 10 --key-id "$name"
    ! grep -q $'\033' "$work/err" || fail "a control character reaches the terminal"
done

# Attributes that are none.
for arguments in "--kind kpn" "--kind KPM" "--kind kpm" "--kind kpm --suid 11" \
    "--kind kpm --suid 20" "--kind kpm --suid 1e1" "--kind kpm --suid 4294967306" \
    "--kind ke --suid 21" "--kind e2e" "--kind e2e --purpose master" \
    "--kind kpm --suid 10 --purpose message-authentication" \
    "--kind kpm --suid 10 --source-id x_y!" "--kind kpm --suid 10 --registrar-uri nowhere" \
    "--kind kpm --suid 10 --entity-id ///" "--kind kpm --suid 10 --parent-kind x"; do
    # shellcheck disable=SC2086 # words
    key 1 add $arguments --key-id new@mef.example.com
    grep -q '^onem2m-key: add: ' "$work/err" || fail "no message for $arguments"
done
for time in 20271331T000000Z 20270230T000000Z 20271231T240000Z 20271231 2027-12-31T00:00:00Z \
    19691231T235959Z 20271231T235959+01 tomorrow ""; do
    key 1 add --kind kpm --suid 10 --key-id new@mef.example.com --not-after "$time"
done
refused "no such key" show new@mef.example.com

# All of them at once, and back.
key 0 add --kind e2e --purpose attribute-confidentiality --key-id all@mef.example.com \
    --not-after 20301231T235959 --labels "one zwei-ü" --no-derive-octets \
    --parent-key-id "$ke" --parent-kind km --entity-id /cse1/C7 \
    --registrar-uri https://in.example.com/cse-in --source-credential-id 11-km7@maf.example.com
key 0 show all@mef.example.com
for expected in "usage esdata-encrypt" "not-after 20301231T235959Z" "labels one zwei-ü" \
    "derive-octets 0" "extractable 0" "parent-kind km" "parent-key-id $ke" "entity-id /cse1/C7" \
    "protection-level 1" "octets 32" "registrar-uri https://in.example.com/cse-in"; do
    [ "$(attribute "${expected%% *}")" = "${expected#* }" ] || fail "not so: $expected"
done

# Where only a parent's name is given its kind is looked up.
key 0 generate --kind kc --suid 32 --parent-key-id km-one@maf.example.com --key-id c1@maf.example.com
key 0 show c1@maf.example.com
[ "$(attribute parent-kind)" = km ] || fail "kind of the parent"
refused "parent-kind" generate --kind kc --suid 32 --parent-key-id "$ke"
refused "parent-kind" generate --kind kc --suid 32 --parent-key-id nobody@maf.example.com

# Registrations.
octets 02
key 0 add --kind ke --registration --source-id //sp.example.com/cse1 --allowed-suids "21 24" \
    --target-ids "maf.example.com //sp.example.com/cse2=cse2.example.com" \
    --admin-fqdn admin.example.com --key-id 11111111111111111111111111111111@mef.example.com
key 0 show 11111111111111111111111111111111@mef.example.com --json
says out '"registration": true'
says out '    "//sp.example.com/cse2=cse2.example.com"'
says out '    24'
for arguments in "--kind kpm --suid 10" "--kind kc --suid 32" \
    "--kind kc --suid 32 --source-id a.example.com" \
    "--kind ke --source-id a.example.com --target-ids b.example.com" \
    "--kind kc --suid 32 --source-id a.example.com --target-ids C7" \
    "--kind kc --suid 32 --source-id a.example.com --target-ids b.example.com --allowed-suids 21"; do
    # shellcheck disable=SC2086 # words
    key 1 generate --registration $arguments
done
refused "exactly one" generate --registration --kind kc --suid 32 --source-id a.example.com \
    --target-ids "b.example.com c.example.com"

# generate: as many octets as asked for, others each time.
key 0 generate --kind kpm --suid 10 --octets 64 --extractable --key-id g1@mef.example.com
key 0 generate --kind kpm --suid 10 --octets 64 --extractable --key-id g2@mef.example.com
key 0 export g1@mef.example.com
[[ $(cat "$work/out") =~ ^[0-9A-F]{128}$ ]] || fail "64 octets"
mv "$work/out" "$work/g1"
key 0 export g2@mef.example.com
! cmp -s "$work/out" "$work/g1" || fail "twice the same random octets"
refused "has 32" generate --kind ke --octets 16
key 0 verify
