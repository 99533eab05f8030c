/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_PROVIDER_HMAC_CONTEXT_H
#define ONEM2M_PROVIDER_HMAC_CONTEXT_H

#include "keystore/mac_stream.h"
#include "keystore/store.h"
#include "provider.h"

/*
 * What EVP_DigestSign and the EVP_MAC have in common: a MIC (HMAC) with one of
 * three digests. Functions that return int return 1, or 0 with an error on the
 * queue unless they have a parameter for it.
 */
typedef struct {
    ONEM2M_PROVIDER *provider;
    const char *algorithm; /* for error texts */
    EVP_MD *digest;        /* NULL: SHA2-256, as the configuration chooses it */
    char *digest_name;
    char *properties;
    ONEM2M_MAC_STREAM stream;
} ONEM2M_HMAC_CONTEXT;

/* A wish for another digest: not in the context before it is committed. Zeroed: none. */
typedef struct {
    EVP_MD *digest;
    char *digest_name;
    char *properties;
} ONEM2M_DIGEST_WISH;

/* Takes `digest` or `properties`; other parameters are somebody else's. */
int onem2m_digest_wish_take(ONEM2M_DIGEST_WISH *wish, const ONEM2M_HMAC_CONTEXT *context,
                            const OSSL_PARAM *param);
/* After the last parameter. */
int onem2m_digest_wish_fetch(ONEM2M_DIGEST_WISH *wish, const ONEM2M_HMAC_CONTEXT *context);
/* Where no message begins: another digest is refused in the middle of one. */
int onem2m_digest_wish_check_time(const ONEM2M_DIGEST_WISH *wish,
                                  const ONEM2M_HMAC_CONTEXT *context);
void onem2m_digest_wish_commit(ONEM2M_DIGEST_WISH *wish, ONEM2M_HMAC_CONTEXT *context);
void onem2m_digest_wish_end(ONEM2M_DIGEST_WISH *wish);

/* Visits the key: onem2m_store_visit_fn. Begins a message with the digest wished for, if any. */
typedef struct {
    ONEM2M_HMAC_CONTEXT *context;
    const ONEM2M_DIGEST_WISH *wish;
} ONEM2M_HMAC_BEGINNING;
onem2m_store_visit_fn onem2m_hmac_context_begin;

int onem2m_hmac_context_update(ONEM2M_HMAC_CONTEXT *context, const unsigned char *data,
                               size_t length);

/* The octets of the MIC: of the message that has begun, else of the next. */
int onem2m_hmac_context_size(const ONEM2M_HMAC_CONTEXT *context, size_t *size);

/* out: capacity octets, NULL to ask for the size alone, which leaves the message as it is. */
int onem2m_hmac_context_finish(ONEM2M_HMAC_CONTEXT *context, unsigned char *out, size_t *length,
                               size_t capacity);

/* Answers the parameter `digest`; param may be NULL: nobody asks. */
int onem2m_hmac_context_answer_digest(const ONEM2M_HMAC_CONTEXT *context, OSSL_PARAM *param);

/* to: zeroed. It is to be cleared also after a failure. */
int onem2m_hmac_context_copy(ONEM2M_HMAC_CONTEXT *to, const ONEM2M_HMAC_CONTEXT *from);
void onem2m_hmac_context_clear(ONEM2M_HMAC_CONTEXT *context);

#endif
