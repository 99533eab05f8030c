/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_PROVIDER_KDF_H
#define ONEM2M_PROVIDER_KDF_H

#include <openssl/core.h>
#include <openssl/core_dispatch.h>
#include "keystore/derivation.h"

/* The EVP_KDF algorithms of the provider. */
extern const OSSL_ALGORITHM onem2m_kdf_algorithms[];

/*
 * The operation EVP_KDF for any derivation: onem2m_kdf_new makes a context of
 * one, the others are the dispatch functions that all share.
 */
void *onem2m_kdf_new(void *provctx, const ONEM2M_DERIVATION *derivation);
OSSL_FUNC_kdf_dupctx_fn onem2m_kdf_dup;
OSSL_FUNC_kdf_freectx_fn onem2m_kdf_free;
OSSL_FUNC_kdf_reset_fn onem2m_kdf_reset;
OSSL_FUNC_kdf_derive_fn onem2m_kdf_derive;
OSSL_FUNC_kdf_gettable_ctx_params_fn onem2m_kdf_gettable_ctx_params;
OSSL_FUNC_kdf_get_ctx_params_fn onem2m_kdf_get_ctx_params;
OSSL_FUNC_kdf_set_ctx_params_fn onem2m_kdf_set_ctx_params;

#endif
