/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine.h"
#include "keystore/error.h"

int onem2m_tls_token_credential(SSL_CTX *ctx, const char *uri)
{
    (void)ctx;
    (void)uri;
    return onem2m_tls_raise(ONEM2M_R_BAD_CONFIGURATION,
                            "token credential: built without libp11 (ONEM2M_LIBP11 is off)");
}
