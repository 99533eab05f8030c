/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_SEAL_TOKEN_H
#define ONEM2M_KEYSTORE_SEAL_TOKEN_H

#include "seal_wrapped.h"

/* "pkcs11:" URIs, for seal.c; in seal_no_token.c where the build has no PKCS#11. */

int onem2m_seal_token_check(const char *uri, ONEM2M_ERROR *error);
int onem2m_seal_token_open(ONEM2M_SEAL *seal, const char *uri, const ONEM2M_WRAPPED_SEAL *wrapped,
                           OSSL_LIB_CTX *libctx, ONEM2M_ERROR *error);
int onem2m_seal_token_is_there(const char *uri, int *is_there, ONEM2M_ERROR *error);
int onem2m_seal_token_create(const char *uri, ONEM2M_ERROR *error);

#endif
