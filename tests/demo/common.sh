# shellcheck shell=bash disable=SC2034
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# Sourced by the tests of onem2m-demo: $DEMO is the program, $SOURCE the source
# tree, $OPENSSL_MODULES the directory of the module.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sample=$SOURCE/conf/openssl.cnf

fail() {
    echo "FAILED: $*" >&2
    for file in "$work"/out "$work"/err; do
        if [ -s "$file" ]; then
            echo "--- ${file##*/}" >&2
            cat "$file" >&2
        fi
    done
    exit 1
}

# demo STATUS ARGUMENT...: runs it into $work/out and $work/err; it must end with STATUS.
demo() {
    local expected=$1 status=0
    shift
    "$DEMO" "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
    [ "$status" -eq "$expected" ] || fail "status $status, not $expected: onem2m-demo $*"
}

# says FILE TEXT: $work/FILE contains the text.
says() {
    grep -qF -- "$2" "$work/$1" || fail "not in $1: $2"
}

silent() {
    [ ! -s "$work/$1" ] || fail "$1 is not empty"
}

# Of a test that reads JSON.
need_json() {
    perl -MJSON::PP -e 1 2>/dev/null || {
        echo "SKIPPED: perl has no JSON::PP (Debian's package perl)"
        exit 77
    }
}

# query EXPRESSION: what a perl expression gives of the last run's JSON, in $run.
query() {
    perl -MJSON::PP -e 'local $/; my $run = decode_json(<STDIN>);
        my @values = eval $ARGV[0]; die $@ if $@;
        print map { (defined ? $_ : "undef") . "\n" } @values' "$1" <"$work/out" ||
        fail "not JSON, or not so: $1"
}

# holds EXPRESSION EXPECTED
holds() {
    local value
    value=$(query "$1")
    [ "$value" = "$2" ] || fail "$1 is '$value', not '$2'"
}
