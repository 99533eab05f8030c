/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_SEAL_FILE_H
#define ONEM2M_KEYSTORE_SEAL_FILE_H

#include "seal.h"

/* "file:PATH", for seal.c. */

int onem2m_seal_file_open(ONEM2M_SEAL *seal, const char *path, ONEM2M_ERROR *error);
int onem2m_seal_file_create(const char *path, OSSL_LIB_CTX *libctx, ONEM2M_ERROR *error);

#endif
