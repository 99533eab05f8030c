/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/objects.h>
#include "token_internal.h"

/* A message up to this many octets goes to the token in one call. */
#define PIECE 1024

static const struct {
    const char *name;
    int nid;
    size_t octets;
    CK_MECHANISM_TYPE hmac;
} digests[ONEM2M_TOKEN_DIGESTS] = {
    [ONEM2M_TOKEN_SHA256] = { "SHA2-256", NID_sha256, 32, CKM_SHA256_HMAC },
    [ONEM2M_TOKEN_SHA384] = { "SHA2-384", NID_sha384, 48, CKM_SHA384_HMAC },
    [ONEM2M_TOKEN_SHA512] = { "SHA2-512", NID_sha512, 64, CKM_SHA512_HMAC },
};

/* The number is a read, the name a look-up under locks of OpenSSL's. */
static int is_digest(const EVP_MD *digest, size_t i)
{
    const int nid = EVP_MD_get_type(digest);

    return nid != NID_undef ? nid == digests[i].nid : EVP_MD_is_a(digest, digests[i].name);
}

ONEM2M_TOKEN_DIGEST onem2m_token_digest(const EVP_MD *digest, ONEM2M_ERROR *error)
{
    const char *name = EVP_MD_get0_name(digest);
    char quoted[ONEM2M_QUOTED_MAX];

    for (size_t i = 0; i < ONEM2M_TOKEN_DIGESTS; i++) {
        if (is_digest(digest, i))
            return (ONEM2M_TOKEN_DIGEST)i;
    }
    onem2m_refuse(
        error, ONEM2M_R_BAD_DIGEST, ONEM2M_NO_OFFSET,
        "a PKCS#11 token makes HMACs with SHA-256, SHA-384 and SHA-512 here, none with %s",
        onem2m_quote(quoted, name != NULL ? name : "a digest without a name"));
    return ONEM2M_TOKEN_DIGESTS;
}

size_t onem2m_token_digest_octets(ONEM2M_TOKEN_DIGEST digest)
{
    return digests[digest].octets;
}

/* ---- Messages ---- */

/* A message of parts that is taken piece by piece. */
typedef struct {
    const ONEM2M_SLICE *parts;
    size_t count, offset; /* offset: into parts[0] */
    unsigned char piece[PIECE];
} MESSAGE;

static size_t fill(MESSAGE *message)
{
    size_t length = 0;

    while (message->count > 0 && length < PIECE) {
        const ONEM2M_SLICE part = message->parts[0];
        const size_t left = part.length - message->offset;
        const size_t n = left < PIECE - length ? left : PIECE - length;

        if (n > 0)
            memcpy(message->piece + length, part.data + message->offset, n);
        length += n;
        message->offset += n;
        if (message->offset < part.length)
            break;
        message->parts++;
        message->count--;
        message->offset = 0;
    }
    return length;
}

static size_t total(const ONEM2M_SLICE *parts, size_t count)
{
    size_t length = 0;

    for (size_t i = 0; i < count; i++)
        length += parts[i].length;
    return length;
}

int onem2m_token_join(const ONEM2M_SLICE *parts, size_t count, unsigned char **message,
                      size_t *length, ONEM2M_ERROR *error)
{
    size_t at = 0;

    *length = total(parts, count);
    *message = OPENSSL_malloc(*length + 1);
    if (*message == NULL)
        return onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
    for (size_t i = 0; i < count; i++) {
        if (parts[i].length > 0)
            memcpy(*message + at, parts[i].data, parts[i].length);
        at += parts[i].length;
    }
    return 1;
}

/* ---- C_Sign ---- */

static CK_RV sign_pieces(const ONEM2M_TOKEN_CALL *call, MESSAGE *message, unsigned char *out,
                         CK_ULONG *length, const char **function)
{
    size_t n;
    CK_RV value = CKR_OK;

    *function = "C_SignUpdate";
    while (value == CKR_OK && (n = fill(message)) > 0)
        value = call->module->C_SignUpdate(call->session, message->piece, n);
    if (value != CKR_OK)
        return value;
    *function = "C_SignFinal";
    return call->module->C_SignFinal(call->session, out, length);
}

static CK_RV sign(const ONEM2M_TOKEN_CALL *call, const ONEM2M_SLICE *parts, size_t count,
                  unsigned char *out, CK_ULONG *length, const char **function)
{
    MESSAGE message;
    const size_t octets = total(parts, count);
    CK_RV value;

    message.parts = parts;
    message.count = count;
    message.offset = 0;
    if (octets <= PIECE) {
        *function = "C_Sign";
        fill(&message);
        value = call->module->C_Sign(call->session, message.piece, octets, out, length);
    } else {
        value = sign_pieces(call, &message, out, length, function);
    }
    OPENSSL_cleanse(message.piece, octets < PIECE ? octets : PIECE); /* it may be a key */
    return value;
}

int onem2m_token_sign(ONEM2M_TOKEN_CALL *call, CK_OBJECT_HANDLE key, ONEM2M_TOKEN_DIGEST digest,
                      const ONEM2M_SLICE *parts, size_t count, unsigned char *out)
{
    CK_MECHANISM mechanism = { digests[digest].hmac, NULL, 0 };
    CK_ULONG length = digests[digest].octets;
    const char *function = "C_SignInit";
    CK_RV value = call->module->C_SignInit(call->session, &mechanism, key);

    if (value == CKR_OK)
        value = sign(call, parts, count, out, &length, &function);
    if (value == CKR_OK && length == digests[digest].octets)
        return 1;
    if (value == CKR_KEY_SIZE_RANGE) /* SoftHSM: no key shorter than the digest */
        return onem2m_token_cannot(call, "makes no HMAC of this digest with a key of this length: "
                                         "C_SignInit returned CKR_KEY_SIZE_RANGE");
    if (value == CKR_OK)
        return onem2m_refuse(call->error, ONEM2M_R_TOKEN_FAILED, ONEM2M_NO_OFFSET,
                             "PKCS#11 module: %s gave %lu octets of an HMAC of %zu", function,
                             length, digests[digest].octets);
    return onem2m_token_failed(call, function, value);
}

/* ---- A MAC ---- */

typedef struct {
    const ONEM2M_TOKEN_KEY *key;
    ONEM2M_TOKEN_DIGEST digest;
    const ONEM2M_SLICE *parts;
    size_t count;
    unsigned char octets[EVP_MAX_MD_SIZE];
} MAC;

static int make_mac(ONEM2M_TOKEN_CALL *call, void *argument)
{
    MAC *mac = argument;
    CK_OBJECT_HANDLE key;

    return onem2m_token_hold(call, mac->key, &key) &&
           onem2m_token_sign(call, key, mac->digest, mac->parts, mac->count, mac->octets);
}

int onem2m_token_mac(ONEM2M_TOKEN *token, const ONEM2M_TOKEN_KEY *key, const EVP_MD *digest,
                     const ONEM2M_SLICE *parts, size_t count, unsigned char *out,
                     ONEM2M_ERROR *error)
{
    MAC mac;
    int ok;

    mac.key = key;
    mac.digest = onem2m_token_digest(digest, error);
    mac.parts = parts;
    mac.count = count;
    if (mac.digest == ONEM2M_TOKEN_DIGESTS || !onem2m_token_check_key(key, error))
        return 0;
    ok = onem2m_token_run(token, key, make_mac, &mac, error);
    if (ok)
        memcpy(out, mac.octets, digests[mac.digest].octets);
    OPENSSL_cleanse(mac.octets, sizeof(mac.octets));
    return ok;
}
