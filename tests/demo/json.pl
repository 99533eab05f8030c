# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# Reads the JSON of a run of onem2m-demo in which everything came out as it must; says what is
# otherwise, and ends with 1. Prints all names and fingerprints that are shared, one a line.
use strict;
use warnings;
use JSON::PP;

my $run = do { local $/; decode_json(<STDIN>) };
my $failed = 0;

sub check {
    my ($what, $is, $must) = @_;
    return if $is eq $must;
    print STDERR "$what is '$is', not '$must'\n";
    $failed = 1;
}

sub matches {
    my ($what, $is, $pattern) = @_;
    return if $is =~ $pattern;
    print STDERR "$what is '$is', not as $pattern\n";
    $failed = 1;
}

sub events { # STEP KIND
    my ($step, $kind) = @_;
    return grep { $_->{kind} eq $kind }
        map { @{$_->{events}} } grep { $_->{step} eq $step } @{$run->{steps}};
}

check("result", $run->{result}, "agreed");
check("transport", $run->{transport}, "TLS");
check("failure", exists $run->{failure} ? $run->{failure} : "none", "none");

# Five processes.
my %processes = %{$run->{processes}};
my %numbers = map { $_->{process} => 1 } values %processes;
check("processes", join(" ", sort keys %processes), "A B C MAF MEF");
check("different process numbers", scalar keys %numbers, 5);

# Steps come out as they must; what is shared is the same at all its holders.
check("steps otherwise", scalar(grep { $_->{expected} ne $_->{outcome} } @{$run->{steps}}), 0);
check("refused", scalar(grep { $_->{outcome} eq "refused" } @{$run->{steps}}), 9);
my %shared = map { $_->{name} => $_ } @{$run->{shared}};
my %holders = (
    "KeID of A" => "A MEF", "KmID of A" => "A MAF", "Km of A" => "A MAF MEF",
    "KeID of B" => "B MEF", "KmID of B" => "B MAF", "Km of B" => "B MAF MEF",
    "Key Identifier" => "A B MAF", "Kc" => "A B",
    "pairwiseE2EKeyID" => "A B", "sessionESPrimKey" => "A B",
);
check("shared", join(", ", sort keys %shared), join(", ", sort keys %holders));
for my $name (keys %holders) {
    my %held = %{$shared{$name}{held}};
    my %values = reverse %held;
    check("$name: same", $shared{$name}{same} ? 1 : 0, 1);
    check("$name: holders", join(" ", sort keys %held), $holders{$name});
    check("$name: different values", scalar keys %values, 1);
}
my %forms = (
    "KeID of A" => qr/^[0-9A-F]{32}\@mef\.example\.com$/,
    "KmID of A" => qr/^[0-9A-Za-z._-]+\@maf\.example\.com$/,
    "Key Identifier" => qr/^[0-9A-F]{32}\@maf\.example\.com$/,
    "pairwiseE2EKeyID" => qr/^[0-9A-F]{32}$/,
    "Km of A" => qr/^[0-9a-f]{16}$/, "Km of B" => qr/^[0-9a-f]{16}$/,
    "Kc" => qr/^[0-9a-f]{16}$/, "sessionESPrimKey" => qr/^[0-9a-f]{16}$/,
);
matches($_, $shared{$_}{held}{$_ eq "Km of B" ? "B" : "A"}, $forms{$_}) for keys %forms;

# Who refuses, and why.
my %audits = (
    "fetch-unknown" => qr/^MEF: .*key not found/,
    "fetch-foreign" => qr/^MEF: .*requester is no target.*8\.3\.2\.1/,
    "fetch-as-maf" =>
        qr{^MEF: the originator field says maf\.example\.com, the handshake authenticated //sp\.example\.com/cse-c$},
    "fetch-other-suid" => qr/^MEF: .*22 is none of the key's allowed-suids/,
    "retrieve" => qr/^MAF: .*requester is no target.*8\.8\.2\.8/,
    "impersonate" => qr/^B: handshake/,
    "other-originator" => qr{^B: the originator field says //sp\.example\.com/Ssomebody-else},
    "expired-here" => qr/(^|\n)A: .*expired at .*10\.7/,
    "expired-there" => qr/^B: .*expired at .*10\.7/,
);
for my $step (keys %audits) {
    matches("audit of $step", join("\n", map { "$_->{at}: $_->{text}" } events($step, "refusal")),
        $audits{$step});
}

# The failure answer of table 8.3.2.1-6 tells nothing of why.
for my $step (grep { /^fetch-/ } keys %audits) {
    check("answer to $step", join("\n", map { $_->{text} } grep { $_->{at} eq "MEF" } events($step, "message")),
        "(table 8.3.2.1-6) Status = False, ErrorString = no such credential for this originator");
}

# What is where at the end; C got nothing but the key that it made itself.
my %stores = (
    MEF => "kpm ke", MAF => "km kc", A => "kpm ke km kc pairwise-e2e esprim esprim-session",
    B => "ke km kc pairwise-e2e esprim esprim-session", C => "kc",
);
for my $member (keys %stores) {
    my %kinds = map { /  (\S+), active$/ ? ($1 => 1) : () } @{$processes{$member}{keys}};
    check("kinds at $member", join(" ", sort keys %kinds), join(" ", sort split / /, $stores{$member}));
}
check("keys of C", scalar @{$processes{C}{keys}}, 1);
check("expired at B", scalar(grep { /  kc, expired$/ } @{$processes{B}{keys}}), 1);

print map { (values %{$_->{held}})[0] . "\n" } values %shared;
exit $failed;
