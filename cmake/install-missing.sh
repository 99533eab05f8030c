# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# Sourced by ./quickstart and ./check (POSIX sh, works under set -eu).
#
#   install_missing PACKAGE...
#
# Installs those of the named Debian packages that are not installed: nothing is
# asked, and nothing is done (no network, no root) when all are there. Returns 0
# when all are installed at the end; otherwise says in one line on standard
# error what is missing and why it was not installed, and returns 1.

# Prints those of the named packages that are not installed, on one line.
missing_packages() {
    if ! command -v dpkg-query >/dev/null 2>&1; then
        echo "$*"
        return
    fi
    missing=
    for package in "$@"; do
        status=$(dpkg-query -W -f '${db:Status-Status} ' "$package" 2>/dev/null) || status=
        case " $status" in
        *" installed "*) ;;
        *) missing="$missing${missing:+ }$package" ;;
        esac
    done
    echo "$missing"
}

# Runs a command as root, with sudo when it needs no password.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo -n -- "$@"
    fi
}

# Prints why packages cannot be installed here; nothing when they can.
why_not_install() {
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "no apt-get here"
    elif [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null 2>&1; then
        echo "not root and no sudo"
    elif [ "$(id -u)" -ne 0 ] && ! sudo -n true >/dev/null 2>&1; then
        echo "not root, and sudo does not work without a password"
    fi
}

# apt-get update and install of the named packages; its output to standard output.
apt_install() {
    as_root apt-get -q update &&
        as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get -q -y -o DPkg::Lock::Timeout=120 --no-install-recommends install "$@"
}

install_missing() {
    wanted=$(missing_packages "$@")
    if [ -z "$wanted" ]; then
        return 0
    fi
    reason=$(why_not_install)
    if [ -z "$reason" ]; then
        echo "installing: $wanted"
        # shellcheck disable=SC2086 # a list of words
        apt_log=$(apt_install $wanted 2>&1) || reason=$(
            printf '%s\n' "$apt_log" | grep '^[EW]:' | tail -n 1)
        wanted=$(missing_packages "$@")
    fi
    if [ -n "$wanted" ]; then
        echo "missing (${reason:-apt-get did not install them});" \
            "as root: apt-get install $wanted" >&2
        return 1
    fi
}
