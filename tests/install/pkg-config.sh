#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# A program is built with what pkg-config says of the installed library, and runs.
set -euo pipefail
export PKG_CONFIG_PATH=$STAGE$LIBDIR/pkgconfig
export PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1 PKG_CONFIG_ALLOW_SYSTEM_LIBS=1 # the prefix may be /usr
work=$BUILD/tests/install/pkg-config
mkdir -p "$work"

[ "$(pkg-config --modversion onem2m)" = "$VERSION" ]
[ "$(pkg-config --variable=modulesdir onem2m)" = "$MODULESDIR" ]
# The installed files are in STAGE only here: says where, for this one package.
read -ra flags <<<"$(pkg-config --cflags --libs onem2m |
    sed "s: -\([IL]\)\($PREFIX\): -\1$STAGE\2:g; s:^-\([IL]\)\($PREFIX\):-\1$STAGE\2:")"
"$CC" -std=c11 -Wall -Werror -o "$work/consumer" "$SOURCE/tests/install/consumer/consumer.c" \
    "${flags[@]}"
LD_LIBRARY_PATH=$STAGE$LIBDIR "$work/consumer"
