#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# derive: the octets of an independent implementation, and what a child has of its parent.
. "${BASH_SOURCE[0]%/*}/common.sh"
key 0 init
number=0

# child HEX OUTPUT PARENT-ARGUMENTS -- ARGUMENT...: derives of a fresh key, compares the octets.
child() {
    local hex=$1 output=$2 parent=()
    shift 2
    while [ "$1" != -- ]; do
        parent+=("$1")
        shift
    done
    shift
    number=$((number + 1))
    echo "$hex" >"$work/in"
    key 0 add --extractable --key-id "parent$number@mef.example.com" "${parent[@]}"
    key 0 derive "parent$number@mef.example.com" --extractable \
        --key-id "child$number@mef.example.com" "$@"
    key 0 export "child$number@mef.example.com"
    prints "${output^^}"
    key 0 show "child$number@mef.example.com"
}
ke=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
child $ke 3055bf32dd9c95586aaffa2ae2e165dfeffd0803566e16bdd343171457da8a5e \
    --kind ke -- --derivation ONEM2M-KM --maf-id maf.example.com
[ "$(attribute kind)-$(attribute suid)" = km-21 ] || fail "kind and SUID of Km"
[ "$(attribute parent-key-id)" = parent1@mef.example.com ] || fail "parent of Km"
child 0462fe8fc91826b7d2b8f549d51fb1b04a32e7aae09a9ba2ca4aa6dc76196994 \
    eca7701be3c7e2e6546682e17872384e380080818fa533fa714047b7aa851076 \
    --kind ke -- --derivation ONEM2M-KM --maf-id ｍａｆ.example.com
child 9edc7e79e0ebbeabde559246bfa18c36e790696faf5feac17fdb52f2812d8528 \
    59189966b8b64a90632381d676928b4ff7c5dcc629eb19dcd1d3d195d752f223 \
    --kind ke -- --derivation ONEM2M-KPSA --target-id //sp.example.com/cse1
child $ke f8610e4d1a428f72308e2941f53a1a0fdc1afa7b1dde3ec59fc52381dcbeb66a \
    --kind ke -- --derivation ONEM2M-USAGE-KEY --suid 21 --target-id maf.example.com
child 5f4e502a551592711bed19e488c49ade1f51ba2cd6dc8017d9c2c4a0edc33cc7 \
    e5360495cd2b91aa391d1a5291bb64b802bf8d36c220bd31db9775f37d2bf2f4 \
    --kind ke -- --derivation ONEM2M-USAGE-KEY --suid 24 --target-id maf.example.com
[ "$(attribute kind)-$(attribute suid)" = esdata-24 ] || fail "kind and SUID of 24"
child 84183f5993c51273d5d05bf3f76be0303b8ca6832d909634677f4ada69dd1686 \
    0c08a696a82026e7b84e7083df08525a691ee01ee0eab3a3b369a512c7d91af7 \
    --kind km --suid 21 -- --derivation ONEM2M-E2E-KEY --purpose message-confidentiality
[ "$(attribute purpose)" = message-confidentiality ] || fail "purpose"
child 1b0da0d666592fb7dd00756caa3b0f24ec7dced38f8856b5c6bf0205264509d1 \
    64ce84a4464edda214d5616d28b949438ade27471b44f8c1bb5add1c7691553d \
    --kind kpsa --suid 12 -- --derivation ONEM2M-E2E-KEY --purpose master --digest SHA2-256 \
    --salt f1b5dbceffd9f638cd877722005c03d1
child 6a6647499b0d4f0ec05108aeed79b394824ed498bb790328191026589aa3e0ba \
    bddb7df74ebeb90caeee605c394a5225d976de64ec39c3a73801c0e6bb6e4392 \
    --kind esprim --suid 13 -- --derivation ONEM2M-SESSION-ESPRIM-KEY \
    --receiver-rand 2f2f5bca06f6309f03ec19e7c0c26308 \
    --originator-rand dc121ffbaa7b4510b7353f369afaa2e0
child 5251337aacab17fa9a33be8de45a7b6b4a53219bce1ffeae5e589e3ba2fbcfef \
    4a53219bce1ffeae5e589e3ba2fbcfef \
    --kind esdata --suid 34 -- --derivation ONEM2M-SPLIT-KEY --half second
[ "$(attribute octets)" = 16 ] || fail "octets of a half"
child 48ed8056b0f2e67cd24f6a87c1fb1d4e4e1eb316957c848ea0a1dd5bbac82ea3 \
    1b1386fd14da48a30c67826f011930daa754bda1b970c62abf6feabd69ed3c3e \
    --kind ke -- --kind km --derivation ONEM2M-GBA-NAF-KEY --mode gba-u \
    --rand c3d1d2128c726b7bb1022545017087ad \
    --impi 234150999999999@ims.mnc015.mcc234.3gppnetwork.org --naf-fqdn maf.example.com \
    --ua-protocol 0100000000
child $ke $ke --kind pairwise-e2e -- --kind esprim

# What does not fit.
km=(--derivation ONEM2M-KM --maf-id maf.example.com)
octets 07
key 0 add --kind ke --key-id ke@mef.example.com --not-after 20301231T000000Z
refused "no derivation" derive ke@mef.example.com --kind km
refused "there is no ONEM2M-NONE" derive ke@mef.example.com --derivation ONEM2M-NONE
refused "there is no onem2m-km" derive ke@mef.example.com --derivation onem2m-km
refused "maf-id: not set" derive ke@mef.example.com --derivation ONEM2M-KM
refused "maf-id: " derive ke@mef.example.com --derivation ONEM2M-KM --maf-id MAF.example.com
refused "suid" derive ke@mef.example.com --derivation ONEM2M-USAGE-KEY --target-id maf.example.com
refused "suid" derive ke@mef.example.com "${km[@]}" --suid 22
refused "kind" derive ke@mef.example.com "${km[@]}" --kind kpsa
refused "no such key" derive nobody@mef.example.com "${km[@]}"
refused "extractable" derive ke@mef.example.com "${km[@]}" --extractable
refused "10.7" derive ke@mef.example.com "${km[@]}" --not-after 20310101T000000Z
refused "nothing is made" derive ke@mef.example.com --derivation ONEM2M-SPLIT-KEY --half first
refused "hexadecimal" derive parent6@mef.example.com --derivation ONEM2M-E2E-KEY \
    --purpose master --salt xy
refused "digest" derive parent6@mef.example.com --derivation ONEM2M-E2E-KEY --purpose master \
    --digest none
refused "digest" derive parent6@mef.example.com --derivation ONEM2M-E2E-KEY --purpose master \
    --digest SHA1
key 2 derive ke@mef.example.com "${km[@]}" --target-id maf.example.com
key 2 derive ke@mef.example.com "${km[@]}" --digest SHA2-256
key 2 derive ke@mef.example.com --kind km --salt 00

# A child ends with its parent, also when that ends earlier from now on.
key 0 derive ke@mef.example.com "${km[@]}" --key-id km@maf.example.com
# Of a key that may not leave it, SoftHSM makes no master, nor does NSS's softokn of an object.
master=${#leaves[@]}
key 0 show km@maf.example.com
[ "$(attribute not-after)" = 20301231T000000Z ] || fail "not-after of a child"
key "$master" derive KM@maf.example.com --derivation ONEM2M-E2E-KEY --purpose master \
    --key-id master@maf.example.com
key 0 update ke@mef.example.com --not-after 20291231T000000Z
for name in km master; do
    [ "$name-$master" != master-1 ] || continue
    key 0 show $name@maf.example.com
    [ "$(attribute not-after)" = 20291231T000000Z ] || fail "not-after of $name"
done
refused "10.7" update km@maf.example.com --not-after ''

# No key of one that may not serve now.
key 0 update ke@mef.example.com --state suspended
refused "suspended" derive ke@mef.example.com "${km[@]}" --key-id new@maf.example.com
key 0 update ke@mef.example.com --state active --not-after 20200101T000000Z
refused "expired" derive ke@mef.example.com "${km[@]}" --key-id new@maf.example.com
key 0 revoke ke@mef.example.com
refused "revoked" derive ke@mef.example.com "${km[@]}" --key-id new@maf.example.com
key 0 remove ke@mef.example.com
refused "destroyed" derive ke@mef.example.com "${km[@]}" --key-id new@maf.example.com
refused "no such key" show new@maf.example.com

# A registration derives for an authenticated target, and only what was allowed.
octets 08
key 0 add --kind ke --registration --source-id //sp.example.com/cse1 --allowed-suids 24 \
    --target-ids //sp.example.com/cse2=cse2.example.com --key-id reg@mef.example.com
usage_key=(--derivation ONEM2M-USAGE-KEY --target-id cse2.example.com)
refused "requester" derive reg@mef.example.com "${usage_key[@]}" --suid 24
refused "target" derive reg@mef.example.com "${usage_key[@]}" --suid 24 \
    --requester //sp.example.com/cse1
refused "allowed-suids" derive reg@mef.example.com "${usage_key[@]}" --suid 25 \
    --requester //sp.example.com/cse2
key 0 derive reg@mef.example.com "${usage_key[@]}" --suid 24 --requester //sp.example.com/cse2 \
    --key-id given@mef.example.com
key 0 verify
