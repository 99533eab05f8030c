#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# --svg: a well-formed diagram with a lifeline for each process and what happened between them.
. "${BASH_SOURCE[0]%/*}/common.sh"
well_formed() { # FILE: elements nest, attributes are quoted, no character is there that may not be
    perl -e 'local $/; $_ = <STDIN>; my @open;
        while (/\G([^<&]|&(?:lt|gt|amp|quot);)*(?:<(\/?)([a-z]+)((?: [a-zA-Z:0-9-]+="[^"<]*")*)(\/?)>|\z)/gc) {
            last unless defined $3;
            if ($2) { die "</$3>" unless @open && pop(@open) eq $3 }
            elsif (!$5) { push @open, $3 }
        }
        die "at " . (pos // 0) unless (pos // 0) == length; die "open: @open" if @open' <"$1"
}
demo 0 --config "$sample" --svg "$work/run.svg"
well_formed "$work/run.svg" || fail "not well-formed"
[ "$(grep -c 'class="life"' "$work/run.svg")" -eq 5 ] || fail "not five lifelines"
[ "$(grep -c 'class="arrow"' "$work/run.svg")" -gt 50 ] || fail "too few arrows"
[ "$(grep -c 'class="refusal"' "$work/run.svg")" -ge 9 ] || fail "too few refusals"
grep -q 'fetchCredentials' "$work/run.svg" || fail "no fetchCredentials"
well_formed "$SOURCE/docs/ladder.svg" || fail "docs/ladder.svg is not well-formed"
! (echo '<svg><g></svg>' >"$work/bad.svg" && well_formed "$work/bad.svg") 2>/dev/null ||
    fail "the check is blind"

# A file that cannot be written is no success.
demo 1 --config "$sample" --svg "$work/absent/run.svg"
says err "$work/absent/run.svg"
