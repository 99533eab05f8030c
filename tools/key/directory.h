/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEY_DIRECTORY_H
#define ONEM2M_KEY_DIRECTORY_H

#include "keystore/error.h"

/*
 * Makes the directory of a keystore with mode 0700 unless it is there; then
 * *made, NULL before, is its name. A keystore that has none, or a wrong one, is
 * left to the opening of it.
 */
int directory_make(const char *keystore, const char **made, ONEM2M_ERROR *error);

#endif
