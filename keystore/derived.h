/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_DERIVED_H
#define ONEM2M_KEYSTORE_DERIVED_H

#include "derivation.h"

/* What a new key is made of, where its parent is: in software or in a token. Zeroed: nothing. */
typedef struct {
    ONEM2M_SECRET octets;
    ONEM2M_TOKEN *token;
    ONEM2M_TOKEN_KEY key;
} ONEM2M_DERIVED;

/*
 * Derives of input->key, which is set; without input->derivation the parent's
 * own octets are taken. Everything about the input is checked. extractable: of
 * a key in a token. *derived: zeroed; to be cleared also after a failure.
 */
int onem2m_derive_child(const ONEM2M_DERIVATION_INPUT *input, ONEM2M_HMAC *hmac, int extractable,
                        ONEM2M_DERIVED *derived, ONEM2M_ERROR *error);

/* size random octets: of token when that is not NULL, else of libctx. */
int onem2m_generate_child(ONEM2M_TOKEN *token, OSSL_LIB_CTX *libctx, int extractable, size_t size,
                          ONEM2M_DERIVED *derived, ONEM2M_ERROR *error);

/* Borrowed of *derived. */
ONEM2M_MATERIAL onem2m_derived_material(const ONEM2M_DERIVED *derived);
void onem2m_derived_clear(ONEM2M_DERIVED *derived);

#endif
