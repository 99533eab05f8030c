/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_PROVIDER_KDF_INTERNAL_H
#define ONEM2M_PROVIDER_KDF_INTERNAL_H

#include "keystore/secret.h"
#include "keystore/store.h"
#include "derivation_params.h"
#include "kdf.h"
#include "provider.h"

/* The parts of the operation EVP_KDF, for kdf.c, kdf_call.c and kdf_named.c. */

/* The longest output: a key that is released. */
#define OUTPUT_MAX 512

typedef struct {
    ONEM2M_PROVIDER *provider;
    ONEM2M_DERIVATION_PARAMS params;
    ONEM2M_SECRET key;
    int key_served;          /* a derivation was made of it: the next one is worth preparing it */
    ONEM2M_HMAC *hmac;       /* NULL until the first derivation */
    ONEM2M_SECRET key_id;    /* the key's name, when it is one of the store; key is empty then */
    ONEM2M_SECRET requester; /* canonical; empty: none */
    ONEM2M_STORE_READER *reader; /* taken when the first key is looked up */
    ONEM2M_FOUND_KEY found;      /* the key of key_id, kept from its second use on */
} KDF_CTX;

/*
 * What a call brings, checked but not yet in the context: a call that fails
 * leaves the context as it was. stage.input is the context's with the call's
 * over it, key included.
 */
typedef struct {
    ONEM2M_DERIVATION_STAGE stage;
    int key_taken;       /* of key and key-id the first counts */
    int key_given;       /* another one than the context holds */
    ONEM2M_SLICE key_id; /* length 0: the key is not one of the store */
    int key_id_given;
    ONEM2M_SLICE requester;
    int requester_given;
    char requester_text[ONEM2M_ID_MAX];
} CALL;

/* Gives the HMAC back to the provider, wiped. */
void onem2m_kdf_drop_hmac(KDF_CTX *ctx);

/* A call without parameters: what the context holds. */
void onem2m_call_begin(CALL *call, const KDF_CTX *ctx);

/* Checks the parameters and puts them over what the context holds. */
int onem2m_call_take(CALL *call, const KDF_CTX *ctx, const OSSL_PARAM params[]);

/* Makes room in the context for what the call brings: the last that can fail before commit. */
int onem2m_call_reserve(const CALL *call, KDF_CTX *ctx);
void onem2m_call_commit(CALL *call, KDF_CTX *ctx);
void onem2m_call_end(CALL *call);

/*
 * What is done with the key once it is there: stage.input.key is set. Returns 1, or
 * 0 with *error.
 */
typedef int onem2m_call_serve_fn(CALL *call, KDF_CTX *ctx, void *argument, ONEM2M_ERROR *error);

/* Looks the key up by name, asks policy, and serves it. */
int onem2m_call_serve_named(CALL *call, KDF_CTX *ctx, onem2m_call_serve_fn *serve, void *argument,
                            ONEM2M_ERROR *error);

#endif
