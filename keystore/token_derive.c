/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>
#include <string.h>
#include <openssl/crypto.h>
#include "hmac.h"
#include "token_internal.h"
#include "token_mechanisms.h"

/* What a module is trusted with beyond the probe's message; longer ones are signed. */
#define MESSAGE_MAX 4096

static const struct {
    CK_MECHANISM_TYPE hash, hmac;
} mechanisms[ONEM2M_TOKEN_DIGESTS] = {
    [ONEM2M_TOKEN_SHA256] = { CKM_SHA256, CKM_SHA256_HMAC },
    [ONEM2M_TOKEN_SHA384] = { CKM_SHA384, CKM_SHA384_HMAC },
    [ONEM2M_TOKEN_SHA512] = { CKM_SHA512, CKM_SHA512_HMAC },
};

/* ---- One mechanism each ---- */

static int derive_by(ONEM2M_TOKEN_CALL *call, CK_MECHANISM_TYPE type, void *parameters,
                     size_t parameters_length, CK_OBJECT_HANDLE key, size_t length,
                     CK_OBJECT_HANDLE *child)
{
    CK_MECHANISM mechanism = { type, parameters, parameters_length };
    const CK_ULONG octets = length;
    ONEM2M_PKCS11_TEMPLATE template;
    CK_RV value;

    onem2m_token_describe(call, &template, &onem2m_token_for_wrapping);
    onem2m_pkcs11_add(&template, CKA_VALUE_LEN, &octets, sizeof(octets));
    value = call->module->C_DeriveKey(call->session, &mechanism, key, template.attributes,
                                      template.count, child);
    return value == CKR_OK || onem2m_token_failed(call, "C_DeriveKey", value);
}

/* Feedback mode with neither IV nor counter, for as long as the digest: K(1) = HMAC(key, message).
 */
int onem2m_token_derive_sp800_108(ONEM2M_TOKEN_CALL *call, CK_OBJECT_HANDLE key,
                                  ONEM2M_TOKEN_DIGEST digest, ONEM2M_SLICE message,
                                  CK_OBJECT_HANDLE *child)
{
    ONEM2M_CK_PRF_DATA_PARAM data[] = { { ONEM2M_CK_SP800_108_ITERATION_VARIABLE, NULL, 0 },
                                        { ONEM2M_CK_SP800_108_BYTE_ARRAY,
                                          (void *)(uintptr_t)message.data, message.length } };
    ONEM2M_CK_SP800_108_FEEDBACK_KDF_PARAMS parameters = { .prfType = mechanisms[digest].hmac,
                                                           .ulNumberOfDataParams = 2,
                                                           .pDataParams = data };

    return derive_by(call, ONEM2M_CKM_SP800_108_FEEDBACK_KDF, &parameters, sizeof(parameters), key,
                     onem2m_token_digest_octets(digest), child);
}

/*
 * HKDF-Extract(salt = key, IKM = message) = HMAC(key, message): the message is an object for it,
 * and extractable, since a child of it is to be wrapped.
 */
int onem2m_token_derive_hkdf(ONEM2M_TOKEN_CALL *call, CK_OBJECT_HANDLE key,
                             ONEM2M_TOKEN_DIGEST digest, ONEM2M_SLICE message,
                             CK_OBJECT_HANDLE *child)
{
    ONEM2M_CK_HKDF_PARAMS parameters = { .bExtract = CK_TRUE,
                                         .prfHashMechanism = mechanisms[digest].hash,
                                         .ulSaltType = ONEM2M_CKF_HKDF_SALT_KEY,
                                         .hSaltKey = key };
    CK_OBJECT_HANDLE object;
    int ok;

    if (!onem2m_token_make(call, &onem2m_token_for_wrapping, message, &object))
        return 0;
    ok = derive_by(call, ONEM2M_CKM_HKDF_DERIVE, &parameters, sizeof(parameters), object,
                   onem2m_token_digest_octets(digest), child);
    if (onem2m_token_dispose(call, object, ok))
        return 1;
    return ok ? onem2m_token_dispose(call, *child, 0) : 0;
}

int onem2m_token_extract_hkdf(ONEM2M_TOKEN_CALL *call, CK_OBJECT_HANDLE key,
                              ONEM2M_TOKEN_DIGEST digest, ONEM2M_SLICE salt,
                              CK_OBJECT_HANDLE *child)
{
    ONEM2M_CK_HKDF_PARAMS parameters = { .bExtract = CK_TRUE,
                                         .prfHashMechanism = mechanisms[digest].hash,
                                         .ulSaltType = ONEM2M_CKF_HKDF_SALT_NULL };

    if (salt.length > 0) {
        parameters.ulSaltType = ONEM2M_CKF_HKDF_SALT_DATA;
        parameters.pSalt = (unsigned char *)(uintptr_t)salt.data;
        parameters.ulSaltLen = salt.length;
    }
    return derive_by(call, ONEM2M_CKM_HKDF_DERIVE, &parameters, sizeof(parameters), key,
                     onem2m_token_digest_octets(digest), child);
}

int onem2m_token_slice_key(ONEM2M_TOKEN_CALL *call, CK_OBJECT_HANDLE key, size_t offset,
                           size_t length, CK_OBJECT_HANDLE *child)
{
    CK_ULONG first_bit = 8 * offset;

    return derive_by(call, CKM_EXTRACT_KEY_FROM_KEY, &first_bit, sizeof(first_bit), key, length,
                     child);
}

/* ---- The ladder ---- */

typedef struct {
    const ONEM2M_TOKEN_KEY *parent;
    ONEM2M_TOKEN_DIGEST digest;
    ONEM2M_SLICE message; /* or salt */
    size_t offset;
    const EVP_MD *md;
    ONEM2M_TOKEN_KEY child;
} DERIVING;

typedef int rung_fn(ONEM2M_TOKEN_CALL *call, CK_OBJECT_HANDLE key, ONEM2M_TOKEN_DIGEST digest,
                    ONEM2M_SLICE message, CK_OBJECT_HANDLE *child);

static const struct {
    ONEM2M_TOKEN_ABILITY ability;
    ONEM2M_BIRTH birth;
    rung_fn *derive;
} rungs[] = {
    { ONEM2M_TOKEN_DERIVES_SP800_108, ONEM2M_BIRTH_SP800_108, onem2m_token_derive_sp800_108 },
    { ONEM2M_TOKEN_DERIVES_HKDF, ONEM2M_BIRTH_HKDF, onem2m_token_derive_hkdf },
};

static int derive_signed(ONEM2M_TOKEN_CALL *call, CK_OBJECT_HANDLE key, DERIVING *deriving)
{
    unsigned char octets[EVP_MAX_MD_SIZE];
    const ONEM2M_SLICE signature = { octets, deriving->child.key_length };
    const int ok = onem2m_token_sign(call, key, deriving->digest, &deriving->message, 1, octets) &&
                   onem2m_token_wrap_octets(call, signature, &deriving->child);

    deriving->child.birth = ONEM2M_BIRTH_SIGNED;
    OPENSSL_cleanse(octets, sizeof(octets));
    return ok;
}

/* Wraps what was derived, if it was, and lets the parent go. */
static int finish(ONEM2M_TOKEN_CALL *call, DERIVING *deriving, CK_OBJECT_HANDLE parent,
                  CK_OBJECT_HANDLE child, int ok)
{
    ok = ok && onem2m_token_wrap_new(call, child, deriving->child.key_length, &deriving->child);
    return onem2m_token_drop_parent(call, deriving->parent, parent, ok);
}

static int derive_by_rung(ONEM2M_TOKEN_CALL *call, DERIVING *deriving, size_t rung)
{
    CK_OBJECT_HANDLE key, child = CK_INVALID_HANDLE;
    int ok;

    deriving->child.birth = rungs[rung].birth;
    if (!onem2m_token_hold_parent(call, deriving->parent, &key))
        return 0;
    ok = rungs[rung].derive(call, key, deriving->digest, deriving->message, &child);
    return finish(call, deriving, key, child, ok);
}

static int derive(ONEM2M_TOKEN_CALL *call, void *argument)
{
    DERIVING *deriving = argument;
    const size_t length = deriving->message.length;
    CK_OBJECT_HANDLE key;

    for (size_t i = 0; i < sizeof(rungs) / sizeof(rungs[0]) && length - 1 < MESSAGE_MAX; i++) {
        const int can = onem2m_token_can(
            call, onem2m_token_with(rungs[i].ability, deriving->digest), deriving->parent->custody);

        if (can != 0)
            return can > 0 && derive_by_rung(call, deriving, i);
    }
    return onem2m_token_hold(call, deriving->parent, &key) && derive_signed(call, key, deriving);
}

static int run(ONEM2M_TOKEN *token, onem2m_token_operation_fn *operation, DERIVING *deriving,
               int extractable, ONEM2M_TOKEN_KEY *child, ONEM2M_ERROR *error)
{
    deriving->child.custody = ONEM2M_CUSTODY_WRAPPED;
    deriving->child.extractable = extractable != 0;
    if (!onem2m_token_check_key(deriving->parent, error) ||
        !onem2m_token_run(token, deriving->parent, operation, deriving, error))
        return 0;
    *child = deriving->child;
    return 1;
}

int onem2m_token_derive(ONEM2M_TOKEN *token, const ONEM2M_TOKEN_KEY *parent, const EVP_MD *digest,
                        const ONEM2M_SLICE *parts, size_t count, int extractable,
                        ONEM2M_TOKEN_KEY *child, ONEM2M_ERROR *error)
{
    DERIVING deriving = { .parent = parent, .digest = onem2m_token_digest(digest, error) };
    unsigned char *message;
    int ok;

    if (deriving.digest == ONEM2M_TOKEN_DIGESTS ||
        !onem2m_token_join(parts, count, &message, &deriving.message.length, error))
        return 0;
    deriving.message.data = message;
    deriving.child.key_length = onem2m_token_digest_octets(deriving.digest);
    ok = run(token, derive, &deriving, extractable, child, error);
    OPENSSL_clear_free(message, deriving.message.length + 1);
    return ok;
}

/* ---- Extract ---- */

/* In software, of a key whose octets may be here. */
static int extract_octets(ONEM2M_TOKEN_CALL *call, DERIVING *deriving)
{
    unsigned char octets[ONEM2M_TOKEN_KEY_MAX], extracted[EVP_MAX_MD_SIZE];
    const ONEM2M_SLICE part = { octets, deriving->parent->key_length };
    const ONEM2M_SLICE result = { extracted, deriving->child.key_length };
    ONEM2M_HMAC hmac = { .context = NULL };
    const int ok =
        onem2m_token_get_octets(call, deriving->parent, octets) &&
        onem2m_hmac(&hmac, deriving->md, deriving->message, &part, 1, extracted, call->error) &&
        onem2m_token_wrap_octets(call, result, &deriving->child);

    deriving->child.birth = ONEM2M_BIRTH_IMPORTED;
    onem2m_hmac_clear(&hmac);
    OPENSSL_cleanse(octets, sizeof(octets));
    OPENSSL_cleanse(extracted, sizeof(extracted));
    return ok;
}

/* A key with zeros behind it is the same key of an HMAC, but not the same message. */
static int can_extract(ONEM2M_TOKEN_CALL *call, const DERIVING *deriving)
{
    size_t stored;

    /* An object may have been wrapped before. */
    if (!onem2m_token_choose_stored(call, 1, deriving->parent->key_length, &stored))
        return -1;
    if (stored != deriving->parent->key_length)
        return 0;
    return onem2m_token_can(call, onem2m_token_with(ONEM2M_TOKEN_EXTRACTS_HKDF, deriving->digest),
                            deriving->parent->custody);
}

static int extract(ONEM2M_TOKEN_CALL *call, void *argument)
{
    DERIVING *deriving = argument;
    const int can = can_extract(call, deriving);
    CK_OBJECT_HANDLE key, child = CK_INVALID_HANDLE;
    int ok;

    if (can < 0)
        return 0;
    if (can == 0 && deriving->parent->extractable)
        return extract_octets(call, deriving);
    if (can == 0)
        return onem2m_token_cannot(call, "cannot extract of a key (HKDF, RFC 5869) that is not "
                                         "extractable: it has no CKM_HKDF_DERIVE for it");
    deriving->child.birth = ONEM2M_BIRTH_HKDF;
    if (!onem2m_token_hold_parent(call, deriving->parent, &key))
        return 0;
    ok = onem2m_token_extract_hkdf(call, key, deriving->digest, deriving->message, &child);
    return finish(call, deriving, key, child, ok);
}

int onem2m_token_extract(ONEM2M_TOKEN *token, const ONEM2M_TOKEN_KEY *parent, const EVP_MD *digest,
                         ONEM2M_SLICE salt, int extractable, ONEM2M_TOKEN_KEY *child,
                         ONEM2M_ERROR *error)
{
    DERIVING deriving = { .parent = parent,
                          .digest = onem2m_token_digest(digest, error),
                          .message = salt,
                          .md = digest };

    if (deriving.digest == ONEM2M_TOKEN_DIGESTS)
        return 0;
    deriving.child.key_length = onem2m_token_digest_octets(deriving.digest);
    return run(token, extract, &deriving, extractable, child, error);
}

/* ---- Slice ---- */

static int slice_octets(ONEM2M_TOKEN_CALL *call, DERIVING *deriving)
{
    unsigned char octets[ONEM2M_TOKEN_KEY_MAX];
    const ONEM2M_SLICE part = { octets + deriving->offset, deriving->child.key_length };
    const int ok = onem2m_token_get_octets(call, deriving->parent, octets) &&
                   onem2m_token_wrap_octets(call, part, &deriving->child);

    deriving->child.birth = ONEM2M_BIRTH_IMPORTED;
    OPENSSL_cleanse(octets, sizeof(octets));
    return ok;
}

static int slice(ONEM2M_TOKEN_CALL *call, void *argument)
{
    DERIVING *deriving = argument;
    const int can = onem2m_token_can(call, ONEM2M_TOKEN_SLICES, deriving->parent->custody);
    CK_OBJECT_HANDLE key, child = CK_INVALID_HANDLE;
    int ok;

    if (can < 0)
        return 0;
    if (can == 0 && deriving->parent->extractable)
        return slice_octets(call, deriving);
    if (can == 0)
        return onem2m_token_cannot(call, "cannot take a part of a key that is not extractable: it "
                                         "has no CKM_EXTRACT_KEY_FROM_KEY for it");
    deriving->child.birth = ONEM2M_BIRTH_EXTRACT;
    if (!onem2m_token_hold_parent(call, deriving->parent, &key))
        return 0;
    ok = onem2m_token_slice_key(call, key, deriving->offset, deriving->child.key_length, &child);
    return finish(call, deriving, key, child, ok);
}

int onem2m_token_slice(ONEM2M_TOKEN *token, const ONEM2M_TOKEN_KEY *parent, size_t offset,
                       size_t length, int extractable, ONEM2M_TOKEN_KEY *child, ONEM2M_ERROR *error)
{
    DERIVING deriving = { .parent = parent, .offset = offset, .child = { .key_length = length } };

    if (!onem2m_token_check_length(length, error))
        return 0;
    if (offset > parent->key_length || length > parent->key_length - offset)
        return onem2m_refuse(error, ONEM2M_R_BAD_KEY_LENGTH, ONEM2M_NO_OFFSET,
                             "octets %zu to %zu of a key that has %zu", offset, offset + length,
                             parent->key_length);
    return run(token, slice, &deriving, extractable, child, error);
}
