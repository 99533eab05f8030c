#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# shellcheck disable=SC2016 # perl's variables
#
# The whole run over DTLS 1.2, with the suites that TS-0003 10.2.2 and 10.2.3 want there.
. "${BASH_SOURCE[0]%/*}/common.sh"
need_json
demo 0 --config "$sample" --dtls
silent err
says out "AGREED: 10 names"
says out "DTLSv1.2 handshake with MEF"
says out "DTLSv1.2 handshake with MAF"
says out TLS_PSK_WITH_AES_128_CCM_8
says out TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8
demo 0 --config "$sample" --dtls --json
holds '$run->{transport}' DTLS
