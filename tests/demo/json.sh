#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# shellcheck disable=SC2016 # perl's variables
#
# --json: one object. Five processes; what must be the same is; every attempt is refused by the
# one who must refuse it, for its reason.
. "${BASH_SOURCE[0]%/*}/common.sh"
need_json
demo 0 --config "$sample" --json
silent err
holds '$run->{result}' agreed
holds '$run->{transport}' TLS
holds 'exists $run->{failure} ? 1 : 0' 0
holds 'join " ", sort keys %{$run->{processes}}' "A B C MAF MEF"
holds 'my %seen; scalar grep { !$seen{$_->{process}}++ } values %{$run->{processes}}' 5
holds 'scalar grep { $_->{expected} ne $_->{outcome} } @{$run->{steps}}' 0
holds 'scalar grep { $_->{outcome} eq "refused" } @{$run->{steps}}' 9
holds 'scalar grep { !$_->{same} } @{$run->{shared}}' 0
holds 'join " ", map { join "", sort keys %{$_->{held}} } @{$run->{shared}}' \
    "AMEF AMAF AMAFMEF BMEF BMAF BMAFMEF ABMAF AB AB AB"

value() { # NAME MEMBER
    query "grep { defined } map { \$_->{held}{$2} } grep { \$_->{name} eq '$1' } @{\$run->{shared}}"
}
[[ $(value "KeID of A" MEF) =~ ^[0-9A-F]{32}@mef\.example\.com$ ]] || fail "form of KeID"
[[ $(value "KmID of A" MAF) =~ ^[0-9A-Za-z._-]+@maf\.example\.com$ ]] || fail "form of KmID"
[[ $(value "Key Identifier" B) =~ ^[0-9A-F]{32}@maf\.example\.com$ ]] || fail "form of Key Identifier"
[[ $(value "pairwiseE2EKeyID" A) =~ ^[0-9A-F]{32}$ ]] || fail "form of pairwiseE2EKeyID"
for key in "Km of A" "Km of B" Kc sessionESPrimKey; do
    [[ $(value "$key" A)$(value "$key" B) =~ ^([0-9a-f]{16}){1,2}$ ]] || fail "form of $key"
done

# The audit of each attempt, and the failure answer of table 8.3.2.1-6, which tells nothing.
audit() { # STEP
    query "map { \$_->{at} . ': ' . \$_->{text} } grep { \$_->{kind} eq 'refusal' }
        map { @{\$_->{events}} } grep { \$_->{step} eq '$1' } @{\$run->{steps}}"
}
answers() {
    query "map { \$_->{text} } grep { \$_->{kind} eq 'message' && \$_->{at} eq 'MEF' }
        map { @{\$_->{events}} } grep { \$_->{step} =~ /^fetch-/ } @{\$run->{steps}}"
}
while IFS='|' read -r step reason; do
    audit "$step" | grep -q "$reason" || fail "$step: $(audit "$step")"
done <<'END'
fetch-unknown|^MEF: .*key not found
fetch-foreign|^MEF: .*requester is no target.*8\.3\.2\.1
fetch-as-maf|^MEF: the originator field says maf\.example\.com, the handshake authenticated //sp\.example\.com/cse-c
fetch-other-suid|^MEF: .*22 is none of the key's allowed-suids
retrieve|^MAF: .*requester is no target.*8\.8\.2\.8
impersonate|^B: handshake
other-originator|^B: the originator field says //sp\.example\.com/Ssomebody-else
expired-here|^A: .*expired at .*10\.7
expired-there|^B: .*expired at .*10\.7
END
[ "$(answers | sort | uniq -c | sed 's/^ *//')" = \
    "4 (table 8.3.2.1-6) Status = False, ErrorString = no such credential for this originator" ] ||
    fail "failure answers: $(answers)"

# What is where at the end.
for store in 'MEF ke' 'MAF km' 'MAF kc' 'A kpm' 'A ke' 'A km' 'A kc' 'A pairwise-e2e' 'A esprim' \
    'A esprim-session' 'B ke' 'B km' 'B kc' 'B esprim-session'; do
    read -r member kind <<<"$store"
    query "@{\$run->{processes}{$member}{keys}}" | grep -q "  $kind, active" ||
        fail "$member has no $kind"
done
! query "@{\$run->{processes}{C}{keys}}" | grep -qv '  kc, active' || fail "C got a key"
query '@{$run->{processes}{B}{keys}}' | grep -q '  kc, expired' || fail "B has no expired Kc"

# Another run has other keys.
query 'map { $_->{held}{A} // $_->{held}{B} } @{$run->{shared}}' >"$work/values"
demo 0 --config "$sample" --json
query 'map { $_->{held}{A} // $_->{held}{B} } @{$run->{shared}}' >>"$work/values"
[ "$(sort -u "$work/values" | wc -l)" -eq 20 ] || fail "a key or name came twice"
