#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# --json: one object. Five processes; what must be the same is; every attempt is refused by the
# one who must refuse it, for its reason: json.pl.
. "${BASH_SOURCE[0]%/*}/common.sh"
need_json
check_run() {
    demo 0 --config "$sample" --json
    silent err
    perl "${BASH_SOURCE[0]%/*}/json.pl" <"$work/out" >>"$work/values" 2>"$work/err" || fail "json.pl"
}
check_run
check_run # another run has other keys and names
[ "$(sort -u "$work/values" | wc -l)" -eq 20 ] || fail "a key or name came twice"

# The checks see what they look for: another outcome, another audit, another fingerprint.
for change in 's/"outcome": "refused"/"outcome": "done"/' 's/requester is no target/key not found/' \
    's/"agreed"/"failed"/'; do
    ! sed "$change" "$work/out" | perl "${BASH_SOURCE[0]%/*}/json.pl" >/dev/null 2>&1 ||
        fail "not seen: $change"
done
