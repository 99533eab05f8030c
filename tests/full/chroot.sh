# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Sourced after lib.sh: machines of other Debian versions, in directories of
# /var/tmp/onem2m-chroots (ONEM2M_CHROOTS names another place). Mounts are made in a mount namespace of their own, so
# that none is left behind whatever happens.

chroots=${ONEM2M_CHROOTS:-/var/tmp/onem2m-chroots}

need_chroots() {
    [ "$(id -u)" -eq 0 ] || skip "chroots need root"
    need_commands debootstrap git
    unshare --mount --pid --fork true 2>/dev/null || skip "no namespaces here"
    mkdir -p "$chroots"
}

# The address of the Debian archive that this machine's apt uses.
archive_uri() {
    local codename
    codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
    # shellcheck disable=SC2016 # apt expands these
    apt-get indextargets --format '$(COMPONENT) $(RELEASE) $(REPO_URI)' 'Created-By: Packages' |
        awk -v codename="$codename" '
            $1 == "main" && $2 == codename { best = $3 }
            $1 == "main" && $2 ~ /^(testing|unstable|sid|stable)$/ { other = $3 }
            END { print best ? best : other }'
}

# Copies how this machine reaches the archive: name service, apt's proxies, and
# whether it takes an archive whose date of expiry is past (a frozen mirror).
copy_network() { # ROOT
    cp /etc/resolv.conf /etc/hosts "$1/etc/"
    apt-config dump | grep -iE '^Acquire::(https?::Proxy|Check-Valid-Until) ' \
        >"$1/etc/apt/apt.conf.d/99host" || true
}

# Makes ROOT a minimal Debian SUITE, or keeps it when it was made in the last week.
make_chroot() { # SUITE ROOT
    local suite=$1 root=$2 scripts=/usr/share/debootstrap/scripts script=()
    if [ -n "$(find "$root.made" -mtime -7 2>/dev/null)" ] && chroot "$root" true; then
        echo "kept: $root"
    else
        rm -rf --one-file-system "$root" "$root.made"
        [ -e "$scripts/$suite" ] || script=("$scripts/sid")
        unshare --mount debootstrap --variant=minbase "$suite" "$root" "$(archive_uri)" \
            "${script[@]}" || return
        touch "$root.made"
    fi
    copy_network "$root"
}

# Runs a command in ROOT with a clean environment; nothing of it outlives it. Memory as a disk, and
# terminals, are there where this machine lets us: tokens on it take a tenth of the time.
in_chroot() { # ROOT COMMAND...
    # shellcheck disable=SC2016
    unshare --mount --pid --fork --kill-child bash -c \
        'mount -t tmpfs tmpfs "$1/dev/shm" 2>/dev/null
        mount -t devpts -o newinstance,ptmxmode=0666 devpts "$1/dev/pts" 2>/dev/null
        mount -t proc proc "$1/proc" && exec chroot "$@"' in_chroot "$1" \
        env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb CI=true "${@:2}"
}

# Puts the project into DIRECTORY of ROOT as a fresh clone of the work tree would have it.
copy_project() { # ROOT DIRECTORY
    rm -rf --one-file-system "${1:?}$2"
    mkdir -p "$1$2"
    project_files | tar --null --files-from=- --create | tar --extract --directory "$1$2"
}

# The same where a clone is already: its build/ stays, and files that did not change keep
# their times, so that only what changed is built.
renew_project() { # ROOT DIRECTORY
    local old=${1:?}$2 new=$1$2.new file
    copy_project "$1" "$2.new"
    while IFS= read -r -d '' file; do
        if cmp -s "$old/$file" "$new/$file"; then
            touch -r "$old/$file" "$new/$file"
        else
            touch "$new/$file"
        fi
    done < <(find "$new" -type f -printf '%P\0')
    [ ! -d "$old/build" ] || mv "$old/build" "$new/build"
    rm -rf --one-file-system "$old"
    mv "$new" "$old"
}

# Tries a command again when it fails, three times in all: networks do.
persistently() {
    "$@" || { sleep 10 && "$@"; } || { sleep 30 && "$@"; }
}
