#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# Disks that are full, places that are read-only or somebody else's, through the
# provider and onem2m-key: refused with what is wrong, nothing lost, and it goes
# on when there is room again. As root in mounts of its own; what cannot be done
# here is said, and the test is skipped when that is most.
if [ "$(id -u)" -eq 0 ] && [ -z "${OWN_MOUNTS-}" ] && unshare --mount true 2>/dev/null; then
    OWN_MOUNTS=1 exec unshare --mount --propagation private bash "$0" "$@"
fi
. "$SOURCE/tests/key-tool/common.sh"

# openssl_refuses TEXT ARGUMENT...: it fails, and says so.
openssl_refuses() {
    local text=$1 status=0
    shift
    openssl "$@" >"$work/out" 2>"$work/err" || status=$?
    [ "$status" -eq 1 ] || fail "status $status: openssl $*"
    says err "$text"
}

openssl_works() {
    openssl "$@" >"$work/out" 2>"$work/err" || fail "openssl $*"
}

new_key=(genpkey -algorithm ONEM2M -pkeyopt kind:kpm -pkeyopt suid:10 -pkeyopt store:1)
look=(pkey -in onem2m:first@mef.example.com -noout -text)

# A store with one key that must always be there.
make_store() {
    key 0 init
    octets 5a
    key 0 add --kind kpm --suid 10 --key-id first@mef.example.com
    : >"$work/in"
}

# Keys until there is no room: FILE of lines for import.
lines() {
    local i
    for i in $(seq 1 4000); do
        printf 'kind=kpm\tsuid=10\tkey-id=%s%s@mef.example.com\tlabels=%0100d\tpriv=%032d\n' "$1" "$i" 1 "$i"
    done >"$work/lines"
}

# What is left may be enough for some keys one by one.
until_no_room() {
    while openssl "${new_key[@]}" >"$work/out" 2>"$work/err"; do :; done
    says err "no room for the key store"
}

# The file may not grow; the signal that comes with it is not the end of the program.
limited() {
    make_store
    lines limited
    local blocks
    blocks=$(($(stat -c %s "$work/store/data.mdb") / 1024 + 16))
    (
        ulimit -f "$blocks"
        key 1 import "$work/lines"
        says err "No space left on device"
        until_no_room
        openssl_works "${look[@]}"
    ) || exit 1
    key 0 verify
    openssl_works "${new_key[@]}"
    key 0 import --skip-existing "$work/lines"
    key 0 verify
    rm -r "$work/store" "$work/seal"
}

full_disk() {
    mkdir "$work/disk"
    mount -t tmpfs -o size=1m tmpfs "$work/disk"
    configure "$OPENSSL_CONF" "keystore = lmdb:$work/disk/store" "seal = file:$work/seal" \
        "fqdn = mef.example.com"
    make_store
    head -c $((($(stat -f -c '%a * %S' "$work/disk")) - 65536)) /dev/zero >"$work/disk/filler"
    lines full
    key 1 import "$work/lines"
    says err "No space left on device"
    until_no_room
    key 0 verify
    openssl_works "${look[@]}"
    mount -o remount,size=8m "$work/disk"
    openssl_works "${new_key[@]}"
    key 0 import --skip-existing "$work/lines"
    key 0 verify
}

read_only() {
    mount -o remount,ro "$work/disk"
    openssl_works "${look[@]}"
    openssl_refuses "this process may only read it" "${new_key[@]}"
    refused "may only read" generate --kind kpm --suid 10
    key 0 list
    key 0 verify
    mount -o remount,rw "$work/disk"
    # Read-only here, while others can write to the same file system.
    mkdir "$work/view"
    mount --bind "$work/disk" "$work/view"
    mount -o remount,bind,ro "$work/view"
    configure "$OPENSSL_CONF" "keystore = lmdb:$work/view/store" "seal = file:$work/seal" \
        "fqdn = mef.example.com"
    openssl_refuses "others can write" "${look[@]}"
    refused "others can write" list
    umount "$work/view" "$work/disk"
    rm "$work/seal"
    configure "$OPENSSL_CONF" "keystore = lmdb:$work/store" "seal = file:$work/seal" \
        "fqdn = mef.example.com"
}

# as_nobody TEXT COMMAND...: refused, and says so.
as_nobody() {
    local text=$1 status=0
    shift
    setpriv --reuid 65534 --regid 65534 --clear-groups "$@" >"$work/out" 2>"$work/err" || status=$?
    [ "$status" -eq 1 ] || fail "status $status: $*"
    says err "$text"
}

somebody_else() {
    make_store
    chmod 755 "$work"
    chmod 644 "$OPENSSL_CONF"
    if ! setpriv --reuid 65534 --regid 65534 --clear-groups test -r "$OPENSSL_MODULES/onem2m.so" -a -x "$KEY"; then
        echo "nobody may not read $OPENSSL_MODULES: not tested"
        return
    fi
    as_nobody "Permission denied" "$KEY" list
    as_nobody "Permission denied" openssl "${look[@]}"
    as_nobody "Permission denied" openssl "${new_key[@]}"
    # The store without the seal, and a seal of somebody else.
    chown -R 65534 "$work/store"
    as_nobody "Permission denied" "$KEY" list
    as_nobody "seal: Permission denied" openssl "${look[@]}"
    chown 1 "$work/seal"
    refused "neither the caller nor root" list
    openssl_refuses "neither the caller nor root" "${look[@]}"
    chown 0 "$work/seal"
    # A lock that may not be written.
    chown 65534 "$work/seal"
    chown 0 "$work/store/lock.mdb"
    chmod 644 "$work/store/lock.mdb"
    as_nobody "readers too need to read and write lock.mdb" openssl "${look[@]}"
    rm -r "$work/store" "$work/seal"
}

# What is no store, or none yet.
no_store() {
    openssl_refuses "No such file or directory" "${look[@]}"
    openssl_refuses "No such file or directory" "${new_key[@]}"
    make_store
    head -c 20000 /dev/urandom >"$work/store/data.mdb"
    openssl_refuses "not a file of LMDB" "${look[@]}"
    openssl_refuses "not a file of LMDB" "${new_key[@]}"
    : >"$work/store/data.mdb"
    openssl_refuses "no meta page" "${look[@]}"
    chmod 640 "$work/seal"
    rm -r "$work/store"
    mkdir -m 700 "$work/store"
    openssl_refuses "chmod 600" "${new_key[@]}"
    [ -z "$(ls -A "$work/store")" ] || fail "a store without a seal"
    rm -r "$work/store" "$work/seal"
}

limited
no_store
if [ -z "${OWN_MOUNTS-}" ]; then
    echo "no mounts of its own here: full disk, read-only and other users are not tested"
    exit 77
fi
full_disk
read_only
somebody_else
echo "full, read-only and forbidden places are refused, and nothing is lost"
