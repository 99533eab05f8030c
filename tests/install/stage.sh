#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# Installs into STAGE, an empty directory.
set -euo pipefail
rm -rf "${STAGE:?}"
DESTDIR=$STAGE "$CMAKE" --install "$BUILD"
