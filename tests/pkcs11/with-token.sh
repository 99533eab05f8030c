#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# Runs a program of the tests of stores with the keys of each store in a token of $TOKEN_KIND, and
# with TOKEN_RECORDS=token their records, too.
# shellcheck source=tests/key-tool/common.sh
. "${BASH_SOURCE[0]%/*}/../key-tool/common.sh"
key 0 init # the token's keys
export ONEM2M_TEST_TOKEN="pkcs11:$token?$module&pin-source=file:$work/pin"
[ "${TOKEN_RECORDS:-lmdb}" != token ] || export ONEM2M_TEST_RECORDS=token
OPENSSL_CONF=/dev/null "$@"
