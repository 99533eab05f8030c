#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# Everything is installed, and nothing else.
set -euo pipefail

expected() {
    local file name section
    printf '%s\n' "$MODULESDIR/onem2m.so" "$BINDIR/onem2m-demo" "$BINDIR/onem2m-key" \
        "$LIBDIR/libonem2m.so" "$LIBDIR/libonem2m.so.0" "$LIBDIR/libonem2m.so.$VERSION" \
        "$LIBDIR/pkgconfig/onem2m.pc" "$LIBDIR"/cmake/onem2m/onem2m-config{,-version}.cmake \
        "$LIBDIR"/cmake/onem2m/onem2m-targets{,-"$BUILD_TYPE"}.cmake \
        "$DOCDIR/LICENSE" "$DOCDIR/CHANGELOG.md" \
        "$DATADIR/bash-completion/completions/onem2m-key"
    for file in "$SOURCE"/include/onem2m/*.h; do
        echo "$INCLUDEDIR/onem2m/${file##*/}"
    done
    for file in "$SOURCE"/conf/*; do
        echo "$DOCDIR/conf/${file##*/}"
    done
    [ "$POD2MAN" != POD2MAN-NOTFOUND ] || return 0
    for file in "$SOURCE"/docs/man[137]/*.pod; do
        section=${file%/*} section=${section##*/man}
        name=${file##*/} name=${name%.pod}
        echo "$MANDIR/man$section/$name.$section"
    done
}

diff <(expected | sort) <(cd "$STAGE" && find . ! -type d | sed 's/^\.//' | sort)
