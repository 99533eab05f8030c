#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# Keys of a run, asked for by their names afterwards, are in clear in no file of it and in nothing
# that it printed or drew; and no process has one in its arguments or environment.
. "${BASH_SOURCE[0]%/*}/common.sh"
need_json
demo 0 --config "$sample" --keep "$work/kept" --svg "$work/run.svg"
cp "$work/out" "$work/text"
demo 0 --config "$sample" --keep "$work/kept-json" --json

psk() { # MEMBER USAGE KEY-ID: its octets, in lower case hexadecimal
    OPENSSL_CONF=$work/kept/$1/openssl.cnf "$OPENSSL" kdf -keylen 32 -propquery provider=onem2m \
        -kdfopt "key-id:$3" -kdfopt "usage:$2" ONEM2M-PSK 2>"$work/err" | tr -d ':\n' | tr A-F a-f
}
named() { # MEMBER KIND
    "${DEMO%/*}/onem2m-key" --config "$work/kept/$1/openssl.cnf" --json list --kind "$2" |
        perl -MJSON::PP -e 'local $/; print map { "$_->{\"key-id\"}\n" } @{decode_json(<STDIN>)->{keys}}'
}
secrets=()
while read -r member usage kind; do
    for name in $(named "$member" "$kind"); do
        secret=$(psk "$member" "$usage" "$name")
        [[ $secret =~ ^[0-9a-f]{64}$ ]] || fail "$member has no $kind: $(cat "$work/err")"
        secrets+=("$secret")
    done
done <<'END'
A mef kpm
MEF mef kpm
A maf km
MAF maf km
B maf km
A saef kc
END
[ "$(printf '%s\n' "${secrets[@]}" | sort -u | wc -l)" -eq 5 ] || fail "not Kpm, two Km, two Kc"

cat >"$work/search.pl" <<'END'
use MIME::Base64;
my @secrets = map { my $octets = pack "H*", $_; ($_, uc $_, $octets, encode_base64($octets, "")) } @ARGV;
my $found = 0;
while (my $file = <STDIN>) {
    chomp $file;
    open my $in, "<:raw", $file or die "$file: $!";
    local $/;
    my $text = <$in>;
    for my $form (@secrets) {
        if (index($text, $form) >= 0) { print "$file\n"; $found = 1; }
    }
}
exit $found;
END
find "$work/kept" "$work/text" "$work/run.svg" -type f | perl "$work/search.pl" "${secrets[@]}" ||
    fail "a key in clear"
printf '%s' "${secrets[0]}" >"$work/planted" # the search finds what is there
! echo "$work/planted" | perl "$work/search.pl" "${secrets[0]}" >/dev/null || fail "the search is blind"
! tr -d ' \n' <"$work/text" | grep -E '[0-9A-Fa-f]{64}' || fail "64 hexadecimal digits"
! tr -d ' \n' <"$work/out" | grep -E '[0-9A-Fa-f]{64}' || fail "64 hexadecimal digits in JSON"
for file in "$work"/kept/*/seal; do
    [ "$(stat -c %a "$file")" = 600 ] || fail "mode of $file"
done

if [ ! -e /proc/self/cmdline ]; then
    echo "without /proc nobody sees arguments and environment, this test among them"
    exit 0
fi
"$DEMO" --config "$sample" --timeout 3 --break silence >/dev/null 2>&1 &
parent=$!
sleep 2
children=$(cat "/proc/$parent/task/$parent/children")
[ "$(echo "$children" | wc -w)" -eq 5 ] || fail "not five processes: $children"
for process in $parent $children; do
    tr '\0' '\n' <"/proc/$process/cmdline" >>"$work/seen"
    tr '\0' '\n' <"/proc/$process/environ" | diff - <(env) | grep '^<' >>"$work/seen" || true
done
wait "$parent" || true
! grep -E '[0-9A-Fa-f]{64}|[A-Za-z0-9+/]{43}=' "$work/seen" || fail "a key in arguments or environment"
