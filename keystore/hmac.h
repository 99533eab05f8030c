/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_HMAC_H
#define ONEM2M_KEYSTORE_HMAC_H

#include <openssl/evp.h>
#include "text.h"

/*
 * HMAC (RFC 2104) over a digest that was fetched once. It is three times as
 * fast as EVP_MAC with a new context, and the digest stays the one that the
 * configuration's property query chose. A zeroed structure is ready for use.
 */
typedef struct {
    EVP_MD_CTX *context;  /* made at first use */
    const EVP_MD *digest; /* the one that context was last initialised with */
    int is_fresh;         /* context was initialised and not used since */
    EVP_MD_CTX *inner;    /* after the blocks of a prepared key; NULL: none is prepared */
    EVP_MD_CTX *outer;
} ONEM2M_HMAC;

/*
 * out: EVP_MD_get_size(digest) octets, untouched on failure. The message is
 * parts[0] || parts[1] || ... ; a key longer than the digest's block is hashed
 * first. digest must live until the next call or onem2m_hmac_clear.
 */
int onem2m_hmac(ONEM2M_HMAC *hmac, const EVP_MD *digest, ONEM2M_SLICE key,
                const ONEM2M_SLICE *parts, size_t count, unsigned char *out, ONEM2M_ERROR *error);

/*
 * For a key that comes again and again: hashes its two blocks once, which
 * takes a third off every onem2m_hmac_prepared after it. What is kept is worth
 * the key, and OpenSSL cleanses it when it is forgotten.
 */
int onem2m_hmac_prepare(ONEM2M_HMAC *hmac, const EVP_MD *digest, ONEM2M_SLICE key,
                        ONEM2M_ERROR *error);
int onem2m_hmac_prepared(ONEM2M_HMAC *hmac, const ONEM2M_SLICE *parts, size_t count,
                         unsigned char *out, ONEM2M_ERROR *error);
void onem2m_hmac_forget(ONEM2M_HMAC *hmac);

void onem2m_hmac_clear(ONEM2M_HMAC *hmac);

/*
 * A message that comes in pieces: the key is needed at the beginning only. What
 * is kept is worth the key, as above. A zeroed structure has not begun.
 */
typedef struct {
    EVP_MD_CTX *inner; /* the key's one block and the message so far; NULL: not begun */
    EVP_MD_CTX *outer; /* the key's other block */
    int has_message;
} ONEM2M_HMAC_STREAM;

/*
 * Begins anew, whatever was before; a failure leaves what was before. part: a
 * piece of the message. finish: out has EVP_MD_get_size(digest) octets, the
 * stream has ended. to of a copy: not begun; it stays so on failure.
 */
int onem2m_hmac_begin(ONEM2M_HMAC_STREAM *stream, const EVP_MD *digest, ONEM2M_SLICE key,
                      ONEM2M_ERROR *error);
int onem2m_hmac_update(ONEM2M_HMAC_STREAM *stream, ONEM2M_SLICE part, ONEM2M_ERROR *error);
int onem2m_hmac_finish(ONEM2M_HMAC_STREAM *stream, unsigned char *out, ONEM2M_ERROR *error);
int onem2m_hmac_copy(ONEM2M_HMAC_STREAM *to, const ONEM2M_HMAC_STREAM *from, ONEM2M_ERROR *error);
void onem2m_hmac_end(ONEM2M_HMAC_STREAM *stream);

/* Leaves nothing of a key behind but keeps what can serve the next owner; 0: there is nothing such.
 */
int onem2m_hmac_wipe(ONEM2M_HMAC *hmac);

#endif
