/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include "hmac.h"

/* The largest block of any digest of OpenSSL: SHA3-224's. */
#define BLOCK_MAX 144
/* A block and a message of ordinary length go to the digest in one piece. */
#define PIECE_MAX 512
#define INNER_PAD UINT64_C(0x3636363636363636)
#define OUTER_PAD UINT64_C(0x5C5C5C5C5C5C5C5C)

typedef struct {
    unsigned char octets[PIECE_MAX];
    size_t length;
    size_t used; /* the most that it ever held: to be cleansed */
} PIECE;

static int restart(ONEM2M_HMAC *hmac, const EVP_MD *digest)
{
    const int is_ready = hmac->is_fresh && hmac->digest == digest;

    hmac->is_fresh = 0;
    if (is_ready)
        return 1;
    if (hmac->context == NULL && (hmac->context = EVP_MD_CTX_new()) == NULL)
        return 0;
    if (!EVP_DigestInit_ex2(hmac->context, hmac->digest == digest ? NULL : digest, NULL)) {
        hmac->digest = NULL;
        return 0;
    }
    hmac->digest = digest;
    return 1;
}

static int refuse(ONEM2M_ERROR *error)
{
    return onem2m_refuse(error, ONEM2M_R_CRYPTO_FAILED, ONEM2M_NO_OFFSET,
                         "HMAC (RFC 2104) could not be computed");
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
    if (piece->used < piece->length)
        piece->used = piece->length;
    return 1;
}

static int finish(ONEM2M_HMAC *hmac, PIECE *piece, unsigned char *out)
{
    return flush(hmac, piece) && EVP_DigestFinal_ex(hmac->context, out, NULL);
}

/*
 * key XOR pad, as RFC 2104 begins both of its hashes; a word at a time, as blocks allow. The key,
 * no longer than the block, is copied into the piece and nowhere else: the piece is cleansed.
 */
static void start_with_pad(PIECE *piece, ONEM2M_SLICE key, uint64_t pad, size_t block)
{
    uint64_t word;

    if (key.length > 0)
        memcpy(piece->octets, key.data, key.length);
    memset(piece->octets + key.length, 0, block - key.length);
    for (size_t i = 0; i < block; i += sizeof(word)) {
        memcpy(&word, piece->octets + i, sizeof(word));
        word ^= pad;
        memcpy(piece->octets + i, &word, sizeof(word));
    }
    piece->length = block;
    if (piece->used < block)
        piece->used = block;
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

static int hash_inner(ONEM2M_HMAC *hmac, const EVP_MD *digest, ONEM2M_SLICE key, size_t block,
                      const ONEM2M_SLICE *parts, size_t count, PIECE *piece, unsigned char *out)
{
    size_t i;

    start_with_pad(piece, key, INNER_PAD, block);
    if (!restart(hmac, digest))
        return 0;
    for (i = 0; i < count; i++) {
        if (!update(hmac, piece, parts[i]))
            return 0;
    }
    return finish(hmac, piece, out);
}

/* The inner hash stands behind the block in the piece already. */
static int hash_outer(ONEM2M_HMAC *hmac, const EVP_MD *digest, ONEM2M_SLICE key, size_t block,
                      size_t size, PIECE *piece, unsigned char *out)
{
    start_with_pad(piece, key, OUTER_PAD, block);
    piece->length += size;
    if (piece->used < piece->length)
        piece->used = piece->length;
    return restart(hmac, digest) && finish(hmac, piece, out);
}

int onem2m_hmac(ONEM2M_HMAC *hmac, const EVP_MD *digest, ONEM2M_SLICE key,
                const ONEM2M_SLICE *parts, size_t count, unsigned char *out, ONEM2M_ERROR *error)
{
    unsigned char hashed[EVP_MAX_MD_SIZE];
    const size_t size = (size_t)EVP_MD_get_size(digest);
    const size_t block = (size_t)EVP_MD_get_block_size(digest);
    const int long_key = key.length > block;
    PIECE piece;
    int ok = block <= BLOCK_MAX && block % sizeof(uint64_t) == 0 && size <= block;

    piece.used = 0;
    if (ok && long_key)
        ok = hash_key(hmac, digest, &key, hashed, size, &piece);
    ok = ok && hash_inner(hmac, digest, key, block, parts, count, &piece, piece.octets + block) &&
         hash_outer(hmac, digest, key, block, size, &piece, out);
    OPENSSL_cleanse(piece.octets, piece.used);
    if (long_key)
        OPENSSL_cleanse(hashed, size);
    return ok || refuse(error);
}

static EVP_MD_CTX *state_after(const EVP_MD *digest, ONEM2M_SLICE key, uint64_t pad, PIECE *piece)
{
    EVP_MD_CTX *state = EVP_MD_CTX_new();

    start_with_pad(piece, key, pad, (size_t)EVP_MD_get_block_size(digest));
    if (state != NULL && EVP_DigestInit_ex2(state, digest, NULL) &&
        EVP_DigestUpdate(state, piece->octets, piece->length))
        return state;
    EVP_MD_CTX_free(state);
    return NULL;
}

static int prepare_states(ONEM2M_HMAC *hmac, const EVP_MD *digest, ONEM2M_SLICE key)
{
    PIECE piece;

    piece.used = 0;
    hmac->inner = state_after(digest, key, INNER_PAD, &piece);
    hmac->outer = state_after(digest, key, OUTER_PAD, &piece);
    OPENSSL_cleanse(piece.octets, piece.used);
    return hmac->inner != NULL && hmac->outer != NULL && restart(hmac, digest);
}

int onem2m_hmac_prepare(ONEM2M_HMAC *hmac, const EVP_MD *digest, ONEM2M_SLICE key,
                        ONEM2M_ERROR *error)
{
    const size_t block = (size_t)EVP_MD_get_block_size(digest);
    int ok;

    onem2m_hmac_forget(hmac);
    if (key.length > block || block > BLOCK_MAX || block % sizeof(uint64_t) != 0)
        return refuse(error);
    /* Who prepares can do without: nothing of a failure is left on the queue. */
    ERR_set_mark();
    ok = prepare_states(hmac, digest, key);
    ERR_pop_to_mark();
    if (ok)
        return 1;
    onem2m_hmac_forget(hmac);
    return refuse(error);
}

/* The message in one piece, as far as it fits; its key is in the state already. */
static int continue_from(ONEM2M_HMAC *hmac, const EVP_MD_CTX *state, const ONEM2M_SLICE *parts,
                         size_t count, PIECE *piece, unsigned char *out)
{
    size_t i;

    piece->length = 0;
    hmac->is_fresh = 0;
    if (!EVP_MD_CTX_copy_ex(hmac->context, state))
        return 0;
    for (i = 0; i < count; i++) {
        if (!update(hmac, piece, parts[i]))
            return 0;
    }
    return finish(hmac, piece, out);
}

int onem2m_hmac_prepared(ONEM2M_HMAC *hmac, const ONEM2M_SLICE *parts, size_t count,
                         unsigned char *out, ONEM2M_ERROR *error)
{
    unsigned char result[EVP_MAX_MD_SIZE];
    const ONEM2M_SLICE inner = { result, (size_t)EVP_MD_CTX_get_size(hmac->inner) };
    PIECE piece;
    int ok;

    piece.used = 0;
    ok = continue_from(hmac, hmac->inner, parts, count, &piece, result) &&
         continue_from(hmac, hmac->outer, &inner, 1, &piece, result);
    if (ok)
        memcpy(out, result, inner.length);
    OPENSSL_cleanse(piece.octets, piece.used);
    OPENSSL_cleanse(result, inner.length);
    return ok || refuse(error);
}

/* hashed: room for a digest, of a key that is longer than its block. */
static int shorten_key(ONEM2M_SLICE *key, const EVP_MD *digest, unsigned char *hashed)
{
    unsigned int size;

    if (key->length <= (size_t)EVP_MD_get_block_size(digest))
        return 1;
    if (!EVP_Digest(key->data, key->length, hashed, &size, digest, NULL))
        return 0;
    *key = (ONEM2M_SLICE){ hashed, size };
    return 1;
}

int onem2m_hmac_begin(ONEM2M_HMAC_STREAM *stream, const EVP_MD *digest, ONEM2M_SLICE key,
                      ONEM2M_ERROR *error)
{
    ONEM2M_HMAC_STREAM begun = { NULL, NULL, 0 };
    unsigned char hashed[EVP_MAX_MD_SIZE];
    const size_t block = (size_t)EVP_MD_get_block_size(digest);
    PIECE piece;

    piece.used = 0;
    if (block > BLOCK_MAX || block % sizeof(uint64_t) != 0 || !shorten_key(&key, digest, hashed))
        return refuse(error);
    begun.inner = state_after(digest, key, INNER_PAD, &piece);
    begun.outer = state_after(digest, key, OUTER_PAD, &piece);
    OPENSSL_cleanse(piece.octets, block);
    OPENSSL_cleanse(hashed, sizeof(hashed));
    if (begun.inner == NULL || begun.outer == NULL) {
        onem2m_hmac_end(&begun);
        return refuse(error);
    }
    onem2m_hmac_end(stream);
    *stream = begun;
    return 1;
}

int onem2m_hmac_update(ONEM2M_HMAC_STREAM *stream, ONEM2M_SLICE part, ONEM2M_ERROR *error)
{
    if (part.length == 0)
        return 1;
    stream->has_message = 1;
    return EVP_DigestUpdate(stream->inner, part.data, part.length) || refuse(error);
}

int onem2m_hmac_finish(ONEM2M_HMAC_STREAM *stream, unsigned char *out, ONEM2M_ERROR *error)
{
    unsigned char result[EVP_MAX_MD_SIZE];
    unsigned int size;
    int ok = EVP_DigestFinal_ex(stream->inner, result, &size) &&
             EVP_DigestUpdate(stream->outer, result, size) &&
             EVP_DigestFinal_ex(stream->outer, result, &size);

    if (ok)
        memcpy(out, result, size);
    OPENSSL_cleanse(result, sizeof(result));
    onem2m_hmac_end(stream);
    return ok || refuse(error);
}

static EVP_MD_CTX *copy_state(const EVP_MD_CTX *from)
{
    EVP_MD_CTX *to = EVP_MD_CTX_new();

    if (to != NULL && EVP_MD_CTX_copy_ex(to, from))
        return to;
    EVP_MD_CTX_free(to);
    return NULL;
}

int onem2m_hmac_copy(ONEM2M_HMAC_STREAM *to, const ONEM2M_HMAC_STREAM *from, ONEM2M_ERROR *error)
{
    if (from->inner == NULL)
        return 1;
    to->inner = copy_state(from->inner);
    to->outer = copy_state(from->outer);
    to->has_message = from->has_message;
    if (to->inner != NULL && to->outer != NULL)
        return 1;
    onem2m_hmac_end(to);
    return refuse(error);
}

void onem2m_hmac_end(ONEM2M_HMAC_STREAM *stream)
{
    EVP_MD_CTX_free(stream->inner);
    EVP_MD_CTX_free(stream->outer);
    *stream = (ONEM2M_HMAC_STREAM){ NULL, NULL, 0 };
}

void onem2m_hmac_forget(ONEM2M_HMAC *hmac)
{
    EVP_MD_CTX_free(hmac->inner);
    EVP_MD_CTX_free(hmac->outer);
    hmac->inner = NULL;
    hmac->outer = NULL;
}

void onem2m_hmac_clear(ONEM2M_HMAC *hmac)
{
    onem2m_hmac_forget(hmac);
    EVP_MD_CTX_free(hmac->context);
    hmac->context = NULL;
    hmac->digest = NULL;
}

int onem2m_hmac_wipe(ONEM2M_HMAC *hmac)
{
    onem2m_hmac_forget(hmac);
    if (hmac->digest == NULL)
        return 0;
    ERR_set_mark();
    hmac->is_fresh = EVP_DigestInit_ex2(hmac->context, NULL, NULL);
    ERR_pop_to_mark();
    return hmac->is_fresh;
}
