#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# debian.sh SUITE: a fresh clone checked in a chroot of that Debian, with its
# OpenSSL; then the module and the test programs built here, carried there.
set -euo pipefail
. tests/full/lib.sh
. tests/full/chroot.sh

suite=$1
root=$chroots/$suite
clone=/root/onem2m-provider

need_chroots
exec 9>"$root.lock"
flock 9

install_suite() {
    make_chroot "$suite" "$root" &&
        copy_project "$root" "$clone" &&
        in_chroot "$root" "$clone/check" --packages
}

if ! persistently install_suite; then
    # What is not released may be broken for a day; that is not ours.
    [ "$suite" = forky ] && skip "$suite COULD NOT BE INSTALLED: its OpenSSL was not tested"
    echo "$suite could not be installed"
    exit 1
fi

in_chroot "$root" "$clone/check"
if grep -n 'warning:' "$root$clone/build/logs/build.log"; then
    echo "the compiler of $suite warns"
    exit 1
fi

there=$(in_chroot "$root" openssl version)
case $(pkg-config --modversion libcrypto) in
3.0.*) tests/full/carried.sh "$root" ;;
*) echo "not carried there: only what is built with OpenSSL 3.0 runs with every 3.x" ;;
esac
echo "checked on $suite with $there"
