#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# foreign.sh SUITE: the tests with peers that are not ours (tests/foreign), none of them
# skipped, in a chroot of that Debian with the peers of its archive: daemons among them,
# which a developer's own machine should not be given.
set -euo pipefail
. tests/full/lib.sh
. tests/full/chroot.sh

suite=$1
clone=/root/onem2m-provider
peers=(gnutls-bin libgnutls28-dev libmbedtls-dev libcoap3-dev stunnel4 mosquitto mosquitto-clients nginx
    apache2-bin iproute2)

# new-user.sh wants its bookworm bare; the others are those of debian.sh, which has built there.
root=$chroots/$suite
[ "$suite" != bookworm ] || root=$chroots/foreign

need_chroots
exec 9>"$root.lock"
flock 9

install_peers() {
    make_chroot "$suite" "$root" || return
    # Nothing is started when it is installed.
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
    chmod 755 "$root/usr/sbin/policy-rc.d"
    renew_project "$root" "$clone" &&
        in_chroot "$root" "$clone/check" --packages &&
        in_chroot "$root" env --chdir="$clone" tests/full/packages.sh "${peers[@]}"
}

if ! persistently install_peers; then
    # What is not released may be broken for a day; that is not ours.
    [ "$suite" = forky ] && skip "$suite COULD NOT BE INSTALLED: its peers were not met"
    echo "the peers of $suite could not be installed"
    exit 1
fi

# shellcheck disable=SC2016
in_chroot "$root" env ONEM2M_FOREIGN_REQUIRED=1 bash -c '
    cd "$1" && cmake -S . -B build -DONEM2M_TESTS=ON && cmake --build build -j "$(nproc)" --target foreign &&
    tests/full/ctest.sh build -L foreign' foreign "$clone"
# shellcheck disable=SC2016
echo "met on $suite: $(in_chroot "$root" dpkg-query -W -f '${Package} ${Version}, ' "${peers[@]}" openssl)"
