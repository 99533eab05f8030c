#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# carried.sh ROOT: what ./check built here (build/) runs in the chroot ROOT as it
# is, at the same path, with the libraries that the module needs beside it.
set -euo pipefail
. tests/full/lib.sh
. tests/full/chroot.sh

root=$1
module=build/provider/onem2m.so
there=$root$PWD

# The libraries that the module needs and that are neither libc's nor OpenSSL's.
needed_libraries() {
    ldd "$module" | awk '$2 == "=>" { print $3 }' |
        grep -vE '/(libc|libm|libdl|libpthread|librt|libcrypto|libssl|libgcc_s)\.so\.'
}

copy_project "$root" "$PWD"
tar --create --exclude='*.o' --exclude=build/logs build | tar --extract --directory "$there"
needed_libraries | xargs -r cp -L -t "$there/build/provider"

echo "libraries of the carried module:"
in_chroot "$root" ldd "$PWD/$module"
if in_chroot "$root" ldd "$PWD/$module" | grep -E 'not found'; then
    echo "the carried module does not find its libraries"
    exit 1
fi
in_chroot "$root" env OPENSSL_MODULES="$PWD/build/provider" OPENSSL_CONF=/dev/null \
    bash "$PWD/tests/kdf/vectors.sh" "$PWD/tests/kdf/vectors/kdf.txt"
in_chroot "$root" "$PWD/tests/full/ctest.sh" "$PWD/build/tests/kdf"
rm -rf --one-file-system "$there"
echo "carried and ran"
