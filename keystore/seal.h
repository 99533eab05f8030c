/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_SEAL_H
#define ONEM2M_KEYSTORE_SEAL_H

#include <openssl/types.h>
#include "secret.h"
#include "text.h"

/*
 * What protects the keys of a store at rest: 32 octets. Of "file:PATH" they
 * are a regular file that belongs to the caller or to root and that nobody else
 * may read or write. Of a "pkcs11:" URI (RFC 7512) they are random, and the
 * store's header has them wrapped by an AES or RSA key that never leaves its token.
 */
#define ONEM2M_SEAL_OCTETS 32

/* As in a header; see seal_wrapped.h. Of length 0: not of a token. */
#define ONEM2M_WRAPPED_SEAL_MAX 704 /* an RSA key of 4096 bits */
typedef struct {
    unsigned char octets[ONEM2M_WRAPPED_SEAL_MAX];
    size_t length;
} ONEM2M_WRAPPED_SEAL;

typedef struct {
    ONEM2M_SECRET secret;
    ONEM2M_WRAPPED_SEAL wrapped;
} ONEM2M_SEAL;

/* Whether uri is one of a seal. Opens nothing. */
int onem2m_seal_check_uri(const char *uri, ONEM2M_ERROR *error);

/*
 * A file is opened and checked each time: it may have been replaced. wrapped: of
 * the header that is to be opened; NULL for one that is to be put under the
 * seal, for which a token wraps fresh octets. Refuses what another token or key
 * has wrapped, by name. libctx: for random octets.
 */
int onem2m_seal_open(ONEM2M_SEAL *seal, const char *uri, const ONEM2M_WRAPPED_SEAL *wrapped,
                     OSSL_LIB_CTX *libctx, ONEM2M_ERROR *error);
void onem2m_seal_clear(ONEM2M_SEAL *seal);

/* Fresh random octets, for a store that lives no longer than its process. */
int onem2m_seal_random(ONEM2M_SEAL *seal, OSSL_LIB_CTX *libctx, ONEM2M_ERROR *error);

/* Whether there is something at its place; of a token: whether it has such a key. */
int onem2m_seal_is_there(const char *uri, int *is_there, ONEM2M_ERROR *error);

/*
 * Makes the file with fresh random octets, mode 0600, or the key in its token,
 * sensitive and not extractable; refuses to replace one.
 */
int onem2m_seal_create(const char *uri, OSSL_LIB_CTX *libctx, ONEM2M_ERROR *error);

/* What sealing adds to a text. */
#define ONEM2M_SEAL_OVERHEAD (12 + 16)

/*
 * AES-256-GCM under the seal with a fresh IV: IV || ciphertext || tag. bound:
 * octets that must be the same when it is opened. out: plaintext.length +
 * ONEM2M_SEAL_OVERHEAD octets; opening: sealed.length - that.
 */
int onem2m_seal_protect(const ONEM2M_SEAL *seal, OSSL_LIB_CTX *libctx, ONEM2M_SLICE bound,
                        ONEM2M_SLICE plaintext, unsigned char *out, ONEM2M_ERROR *error);
int onem2m_seal_unprotect(const ONEM2M_SEAL *seal, OSSL_LIB_CTX *libctx, ONEM2M_SLICE bound,
                          ONEM2M_SLICE sealed, unsigned char *out, ONEM2M_ERROR *error);

#endif
