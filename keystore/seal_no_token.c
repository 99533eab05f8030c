/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "seal_token.h"

static int refuse(ONEM2M_ERROR *error)
{
    return onem2m_refuse(error, ONEM2M_R_BAD_CONFIGURATION, ONEM2M_NO_OFFSET,
                         "seal = pkcs11:...: built without PKCS#11 (ONEM2M_PKCS11 is off)");
}

int onem2m_seal_token_check(const char *uri, ONEM2M_ERROR *error)
{
    (void)uri;
    return refuse(error);
}

int onem2m_seal_token_open(ONEM2M_SEAL *seal, const char *uri, const ONEM2M_WRAPPED_SEAL *wrapped,
                           OSSL_LIB_CTX *libctx, ONEM2M_ERROR *error)
{
    (void)seal, (void)uri, (void)wrapped, (void)libctx;
    return refuse(error);
}

int onem2m_seal_token_is_there(const char *uri, int *is_there, ONEM2M_ERROR *error)
{
    (void)uri, (void)is_there;
    return refuse(error);
}

int onem2m_seal_token_create(const char *uri, ONEM2M_ERROR *error)
{
    (void)uri;
    return refuse(error);
}
