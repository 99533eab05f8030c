#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# Every derivation has a manual page, and each page's PARAMETERS are those that
# the provider declares, with their types. SOURCE and OPENSSL_MODULES come from
# the environment.
set -euo pipefail
status=0

# name, settable or retrievable, parameter, type: as OpenSSL lists them.
declared() {
    openssl list -kdf-algorithms -verbose -provider onem2m |
        awk '/^  [^ ].* @ / { name = $1; ours = $NF == "onem2m"; next }
             / operation parameters:$/ { access = $1; next }
             ours && /^      [^ ]+: / {
                 parameter = $1
                 sub(/:$/, "", parameter)
                 type = $0
                 sub(/^ *[^ ]+: /, "", type)
                 sub(/ \(.*/, "", type)
                 sub(/UTF8 encoded string/, "UTF8 string", type)
                 print name "\t" access "\t" parameter "\t" type
             }' | LC_ALL=C sort
}

# The same of the pages: =item "maf-id" (B<ONEM2M_PARAM_MAF_ID>) <UTF8 string>
documented() {
    local page name
    for page in "$SOURCE"/docs/man7/EVP_KDF-*.pod; do
        name=${page##*/EVP_KDF-} name=${name%.pod}
        awk -v name="$name" '
            /^=head1 / { inside = $0 == "=head1 PARAMETERS" }
            inside && /^=item "/ {
                parameter = $0
                sub(/^=item "/, "", parameter)
                sub(/".*/, "", parameter)
                type = $0
                sub(/.*\) </, "", type)
                sub(/>$/, "", type)
                access = sub(/, read only$/, "", type) ? "retrievable" : "settable"
                print name "\t" access "\t" parameter "\t" type
            }' "$page"
    done | LC_ALL=C sort
}

# The macros that the pages give for parameters and their names, against params.h.
macros() {
    grep -hE '^=item "' "$SOURCE"/docs/man7/EVP_KDF-*.pod |
        sed -nE 's/^=item "([^"]+)" \(B<([A-Z0-9_]+)>\).*/#define \2 "\1"/p' | sort -u
}

declared=$(declared)
[ -n "$declared" ] || { echo "OpenSSL lists no derivation of the provider" >&2; exit 1; }
diff -u --label "declared by the provider" --label "in the manual pages" \
    <(echo "$declared") <(documented) || status=1
while IFS= read -r definition; do
    grep -qF -- "$definition" "$SOURCE/include/onem2m/params.h" ||
        { echo "params.h does not say: $definition" >&2; status=1; }
done < <(macros)
exit "$status"
