/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/crypto.h>
#include "hmac.h"

/* The largest block of any digest of OpenSSL: SHA3-224's. */
#define BLOCK_MAX 144
/* A block and a message of ordinary length go to the digest in one piece. */
#define PIECE_MAX 512
#define INNER_PAD 0x36
#define OUTER_PAD 0x5C

typedef struct {
    unsigned char octets[PIECE_MAX];
    size_t length;
} PIECE;

static int restart(ONEM2M_HMAC *hmac, const EVP_MD *digest)
{
    if (hmac->context == NULL && (hmac->context = EVP_MD_CTX_new()) == NULL)
        return 0;
    if (!EVP_DigestInit_ex2(hmac->context, hmac->digest == digest ? NULL : digest, NULL)) {
        hmac->digest = NULL;
        return 0;
    }
    hmac->digest = digest;
    return 1;
}

static int flush(ONEM2M_HMAC *hmac, PIECE *piece)
{
    int ok = EVP_DigestUpdate(hmac->context, piece->octets, piece->length);

    piece->length = 0;
    return ok;
}

static int update(ONEM2M_HMAC *hmac, PIECE *piece, ONEM2M_SLICE part)
{
    if (part.length == 0)
        return 1;
    if (part.length > PIECE_MAX - piece->length && !flush(hmac, piece))
        return 0;
    if (part.length > PIECE_MAX)
        return EVP_DigestUpdate(hmac->context, part.data, part.length);
    memcpy(piece->octets + piece->length, part.data, part.length);
    piece->length += part.length;
    return 1;
}

static int finish(ONEM2M_HMAC *hmac, PIECE *piece, unsigned char *out)
{
    return flush(hmac, piece) && EVP_DigestFinal_ex(hmac->context, out, NULL);
}

/* key XOR pad into the piece, as RFC 2104 begins both of its hashes. */
static void start_with_pad(PIECE *piece, ONEM2M_SLICE key, unsigned char pad, size_t block)
{
    size_t i;

    memset(piece->octets, pad, block);
    for (i = 0; i < key.length; i++)
        piece->octets[i] ^= key.data[i];
    piece->length = block;
}

static int hash_key(ONEM2M_HMAC *hmac, const EVP_MD *digest, ONEM2M_SLICE *key,
                    unsigned char *hashed, size_t size, PIECE *piece)
{
    piece->length = 0;
    if (!restart(hmac, digest) || !update(hmac, piece, *key) || !finish(hmac, piece, hashed))
        return 0;
    key->data = hashed;
    key->length = size;
    return 1;
}

static int hash_twice(ONEM2M_HMAC *hmac, const EVP_MD *digest, ONEM2M_SLICE key, size_t block,
                      const ONEM2M_SLICE *parts, size_t count, PIECE *piece, ONEM2M_SLICE inner,
                      unsigned char *out)
{
    size_t i;

    start_with_pad(piece, key, INNER_PAD, block);
    if (!restart(hmac, digest))
        return 0;
    for (i = 0; i < count; i++) {
        if (!update(hmac, piece, parts[i]))
            return 0;
    }
    if (!finish(hmac, piece, out))
        return 0;
    start_with_pad(piece, key, OUTER_PAD, block);
    return restart(hmac, digest) && update(hmac, piece, inner) && finish(hmac, piece, out);
}

int onem2m_hmac(ONEM2M_HMAC *hmac, const EVP_MD *digest, ONEM2M_SLICE key,
                const ONEM2M_SLICE *parts, size_t count, unsigned char *out, ONEM2M_ERROR *error)
{
    unsigned char hashed[EVP_MAX_MD_SIZE], result[EVP_MAX_MD_SIZE];
    const size_t size = (size_t)EVP_MD_get_size(digest);
    const size_t block = (size_t)EVP_MD_get_block_size(digest);
    PIECE piece;
    int ok = block <= BLOCK_MAX && size <= block;

    if (ok && key.length > block)
        ok = hash_key(hmac, digest, &key, hashed, size, &piece);
    if (ok) {
        const ONEM2M_SLICE inner = { result, size };

        ok = hash_twice(hmac, digest, key, block, parts, count, &piece, inner, result);
        if (ok)
            memcpy(out, result, size);
        OPENSSL_cleanse(piece.octets, block + size);
    }
    OPENSSL_cleanse(result, sizeof(result));
    OPENSSL_cleanse(hashed, sizeof(hashed));
    if (!ok)
        return onem2m_refuse(error, ONEM2M_R_CRYPTO_FAILED, ONEM2M_NO_OFFSET,
                             "HMAC (RFC 2104) could not be computed");
    return 1;
}

void onem2m_hmac_clear(ONEM2M_HMAC *hmac)
{
    EVP_MD_CTX_free(hmac->context);
    hmac->context = NULL;
    hmac->digest = NULL;
}
