#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# The installed module exports one name, finds its libraries beside itself, and
# is loaded by the openssl command.
set -euo pipefail
module=$STAGE$MODULESDIR/onem2m.so

diff <(echo OSSL_provider_init) <(nm --dynamic --defined-only --format=just-symbols "$module")
# shellcheck disable=SC2016 # the dynamic linker's word
readelf --dynamic "$module" | grep -F 'Library runpath: [$ORIGIN]'
readelf --dynamic "$module" | grep -E 'BIND_NOW|FLAGS_1.*NOW'
OPENSSL_MODULES=${module%/*} openssl list -providers -provider onem2m -provider default |
    grep -A 3 -x '  onem2m' | tee /dev/stderr |
    grep -x "    version: $VERSION"
