#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# The reasons of include/onem2m/reasons.h, with the texts of keystore/reason_texts.h,
# are those of the provider's page; other pages use no others. In a page:
#
#     =item B<ONEM2M_R_MISSING_KEY> (1) missing key
#
# SOURCE comes from the environment.
set -euo pipefail
status=0

declared() {
    awk '
        FILENAME ~ /reasons\.h$/ && /^ *ONEM2M_R_[A-Z0-9_]+ = [0-9]+/ {
            number = $3
            sub(/,.*/, "", number)
            if ($1 != "ONEM2M_R_NONE") numbers[$1] = number
        }
        FILENAME ~ /reason_texts\.h$/ && /R\(ONEM2M_R_[A-Z0-9_]+, ".*"\)/ {
            name = $1
            sub(/^R\(/, "", name)
            sub(/,$/, "", name)
            text = $0
            sub(/^[^"]*"/, "", text)
            sub(/".*/, "", text)
            texts[name] = text
        }
        END { for (name in numbers) print name " (" numbers[name] ") " texts[name] }
    ' "$SOURCE/include/onem2m/reasons.h" "$SOURCE/keystore/reason_texts.h" | LC_ALL=C sort
}

documented() { # PAGE...
    sed -nE 's/^=item B<(ONEM2M_R_[A-Z0-9_]+)> (\([0-9]+\) .*)$/\1 \2/p' "$@" |
        LC_ALL=C sort -u
}

diff -u --label "in the code" --label "in OSSL_PROVIDER-onem2m.pod" \
    <(declared) <(documented "$SOURCE/docs/man7/OSSL_PROVIDER-onem2m.pod") || status=1
unknown=$(LC_ALL=C comm -13 <(declared) <(documented "$SOURCE"/docs/man*/*.pod))
[ -z "$unknown" ] || { printf 'not in the code:\n%s\n' "$unknown" >&2; status=1; }
names=$(grep -ohE 'ONEM2M_R_[A-Z0-9_]+' "$SOURCE"/docs/man*/*.pod "$SOURCE"/docs/*.md "$SOURCE"/*.md | sort -u)
for name in $names; do
    grep -qw "$name" "$SOURCE/include/onem2m/reasons.h" ||
        { echo "not in reasons.h: $name" >&2; status=1; }
done
exit "$status"
