/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_PROVIDER_CRYPTO_H
#define ONEM2M_PROVIDER_CRYPTO_H

#include <stdatomic.h>
#include <openssl/evp.h>
#include "configuration.h"
#include "keystore/hmac.h"

/*
 * Where the provider's own hashes come from: a private library context, with
 * the default provider or what crypto-config activates. Made at first use,
 * because the provider is loaded under a lock and perhaps before any other;
 * without a lock of its own, so that a fork in between cannot leave one held.
 */
typedef struct {
    const ONEM2M_CONFIGURATION *configuration;
    _Atomic(struct onem2m_private_context_st *) private_context;
    _Atomic(ONEM2M_HMAC *) spare_hmac; /* wiped; half of what a new context costs */
} ONEM2M_CRYPTO;

void onem2m_crypto_init(ONEM2M_CRYPTO *crypto, const ONEM2M_CONFIGURATION *configuration);
void onem2m_crypto_free(ONEM2M_CRYPTO *crypto);

/* SHA2-256 as the configuration chooses it; owned by crypto. NULL on failure. */
const EVP_MD *onem2m_crypto_sha256(ONEM2M_CRYPTO *crypto, ONEM2M_ERROR *error);

/* The private context itself; only after onem2m_crypto_sha256 succeeded. Owned by crypto. */
OSSL_LIB_CTX *onem2m_crypto_libctx(ONEM2M_CRYPTO *crypto);

/*
 * What to compute HMAC with: the one that was given back last, or a new one;
 * NULL when memory is out. Given back it is wiped; NULL is allowed.
 */
ONEM2M_HMAC *onem2m_crypto_take_hmac(ONEM2M_CRYPTO *crypto);
void onem2m_crypto_give_hmac(ONEM2M_CRYPTO *crypto, ONEM2M_HMAC *hmac);

/*
 * Fetches a digest by name, with a property query beside the configured one
 * (NULL: none). The caller frees it with EVP_MD_free. NULL on failure.
 */
EVP_MD *onem2m_crypto_fetch_digest(ONEM2M_CRYPTO *crypto, const char *name, const char *properties,
                                   ONEM2M_ERROR *error);

#endif
