/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include "token_internal.h"
#include "token_mechanisms.h"

/* What every probe computes with, and the HMACs with SHA-256 of "known answer" that come of it. */
static const unsigned char known_key[64] = {
    0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4A, 0x4B, 0x4C, 0x4D, 0x4E, 0x4F,
    0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5A, 0x5B, 0x5C, 0x5D, 0x5E, 0x5F,
    0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F,
    0x70, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7A, 0x7B, 0x7C, 0x7D, 0x7E, 0x7F
};
static const unsigned char known_message[] = "onem2m-provider probe";
static const unsigned char known_text[] = "known answer";

static const ONEM2M_SLICE key_octets = { known_key, sizeof(known_key) };
static const ONEM2M_SLICE message = { known_message, sizeof(known_message) - 1 };
static const ONEM2M_SLICE text = { known_text, sizeof(known_text) - 1 };

#define SHORT_OCTETS 8
#define SLICE_OFFSET 8
#define SLICE_OCTETS 40

static const unsigned char derive_answers[ONEM2M_TOKEN_DIGESTS][32] = {
    [ONEM2M_TOKEN_SHA256] = { 0x42, 0x16, 0x22, 0xFD, 0x92, 0x6A, 0xD7, 0x9D, 0x3D, 0x5E, 0xA0,
                              0xA7, 0x98, 0x14, 0xF4, 0xFB, 0x90, 0xDC, 0x97, 0x22, 0x00, 0x88,
                              0x7E, 0xA3, 0xD7, 0x12, 0xF8, 0x46, 0x7A, 0xBB, 0xFF, 0x89 },
    [ONEM2M_TOKEN_SHA384] = { 0x71, 0xCF, 0xAD, 0xC2, 0x11, 0x9D, 0x2C, 0x28, 0xDC, 0xF2, 0x76,
                              0x4A, 0x94, 0xE3, 0x19, 0xB4, 0x11, 0x15, 0x59, 0x92, 0x61, 0x86,
                              0xD3, 0x05, 0x64, 0xD0, 0x3A, 0x16, 0xA6, 0x2E, 0x9C, 0x23 },
    [ONEM2M_TOKEN_SHA512] = { 0xC5, 0x9F, 0xD5, 0xD1, 0x6E, 0x3E, 0x9F, 0xA1, 0x6A, 0x5D, 0xC0,
                              0x7E, 0x97, 0x41, 0x8C, 0x8A, 0xF5, 0x71, 0x57, 0xA9, 0xCD, 0x9E,
                              0x49, 0xF3, 0xFF, 0xCE, 0x80, 0x86, 0xE9, 0x47, 0x7B, 0xFA }
};
static const unsigned char extract_answers[ONEM2M_TOKEN_DIGESTS][32] = {
    [ONEM2M_TOKEN_SHA256] = { 0xCE, 0x39, 0x17, 0xF8, 0x93, 0x41, 0xD8, 0x0C, 0xFD, 0xFD, 0x66,
                              0x8A, 0x64, 0x91, 0x29, 0x21, 0x1A, 0x0E, 0x56, 0x84, 0xCC, 0x6D,
                              0x52, 0x0D, 0xD7, 0xC4, 0x2B, 0xD3, 0xD3, 0xE9, 0x7E, 0xA8 },
    [ONEM2M_TOKEN_SHA384] = { 0x90, 0x1C, 0x67, 0x08, 0xBA, 0xE5, 0x56, 0x41, 0xA9, 0xD4, 0xBB,
                              0xE7, 0x37, 0x3F, 0x3D, 0x46, 0xCE, 0x9E, 0xCB, 0x77, 0x72, 0xB5,
                              0x62, 0x8F, 0x56, 0x6E, 0x39, 0x2F, 0xAE, 0xFF, 0x4E, 0x65 },
    [ONEM2M_TOKEN_SHA512] = { 0x09, 0x8D, 0xAF, 0x75, 0x26, 0x06, 0xEB, 0x76, 0xFD, 0x6B, 0x7C,
                              0x98, 0x2B, 0x3A, 0x02, 0x21, 0x87, 0x64, 0xFF, 0xEA, 0xB5, 0xAF,
                              0xA6, 0xE8, 0xD7, 0x4D, 0x78, 0xDB, 0x6B, 0x37, 0x27, 0xFB }
};
static const unsigned char short_answer[32] = { 0x9D, 0x91, 0x0B, 0x2A, 0xF6, 0xC3, 0x65, 0x0A,
                                                0xC2, 0xC6, 0xDF, 0x3D, 0x65, 0xDB, 0xD5, 0x84,
                                                0x68, 0x34, 0x16, 0xB7, 0x7F, 0x6A, 0xF8, 0xA5,
                                                0xD8, 0xD1, 0x68, 0x83, 0xC8, 0x12, 0xC6, 0x61 };
static const unsigned char slice_answer[32] = { 0x7C, 0xD8, 0xB5, 0x05, 0x5B, 0xC4, 0xC7, 0xDF,
                                                0x64, 0x0E, 0x99, 0x9A, 0x79, 0x23, 0x4E, 0x7B,
                                                0x9B, 0x9F, 0x81, 0xB4, 0x29, 0xB0, 0x0D, 0xCA,
                                                0x09, 0x61, 0x98, 0x62, 0xEA, 0x16, 0xE4, 0x9B };

/* RFC 3394, 4.6, and RFC 5649, 6 */
typedef struct {
    CK_MECHANISM_TYPE mechanism;
    size_t wrap_key_length, key_length, wrapped_length;
    unsigned char wrap_key[32], key[32], wrapped[40];
} WRAP_ANSWER;

#define PADDED_WRAP_KEY                                                                            \
    {                                                                                              \
        0x58, 0x40, 0xDF, 0x6E, 0x29, 0xB0, 0x2A, 0xF1, 0xAB, 0x49, 0x3B, 0x70, 0x5B, 0xF1, 0x6E,  \
            0xA1, 0xAE, 0x83, 0x38, 0xF4, 0xDC, 0xC1, 0x76, 0xA8                                   \
    }
#define PADDED_KEY                                                                                 \
    {                                                                                              \
        0xC3, 0x7B, 0x7E, 0x64, 0x92, 0x58, 0x43, 0x40, 0xBE, 0xD1, 0x22, 0x07, 0x80, 0x89, 0x41,  \
            0x15, 0x50, 0x68, 0xF7, 0x38                                                           \
    }
#define PADDED_WRAPPED                                                                             \
    {                                                                                              \
        0x13, 0x8B, 0xDE, 0xAA, 0x9B, 0x8F, 0xA7, 0xFC, 0x61, 0xF9, 0x77, 0x42, 0xE7, 0x22, 0x48,  \
            0xEE, 0x5A, 0xE6, 0xAE, 0x53, 0x60, 0xD1, 0xAE, 0x6A, 0x5F, 0x54, 0xF3, 0x73, 0xFA,    \
            0x54, 0x3B, 0x6A                                                                       \
    }

static const WRAP_ANSWER wrap_answers[] = {
    { CKM_AES_KEY_WRAP,
      32,
      32,
      40,
      { 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A,
        0x0B, 0x0C, 0x0D, 0x0E, 0x0F, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15,
        0x16, 0x17, 0x18, 0x19, 0x1A, 0x1B, 0x1C, 0x1D, 0x1E, 0x1F },
      { 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xAA,
        0xBB, 0xCC, 0xDD, 0xEE, 0xFF, 0x00, 0x01, 0x02, 0x03, 0x04, 0x05,
        0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F },
      { 0x28, 0xC9, 0xF4, 0x04, 0xC4, 0xB8, 0x10, 0xF4, 0xCB, 0xCC, 0xB3, 0x5C, 0xFB, 0x87,
        0xF8, 0x26, 0x3F, 0x57, 0x86, 0xE2, 0xD8, 0x0E, 0xD3, 0x26, 0xCB, 0xC7, 0xF0, 0xE7,
        0x1A, 0x99, 0xF4, 0x3B, 0xFB, 0x98, 0x8B, 0x9B, 0x7A, 0x02, 0xDD, 0x21 } },
    { ONEM2M_CKM_AES_KEY_WRAP_KWP, 24, 20, 32, PADDED_WRAP_KEY, PADDED_KEY, PADDED_WRAPPED },
    { CKM_AES_KEY_WRAP_PAD, 24, 20, 32, PADDED_WRAP_KEY, PADDED_KEY, PADDED_WRAPPED },
};

/* ---- Probes: 1; 0 with the error, and call->value when it was the module ---- */

static int refuse_answer(ONEM2M_TOKEN_CALL *call, const char *function)
{
    return onem2m_refuse(call->error, ONEM2M_R_TOKEN_FAILED, ONEM2M_NO_OFFSET,
                         "PKCS#11 module: %s: a wrong answer", function);
}

/* Whether a derived key is the expected one; it goes. */
static int is_expected(ONEM2M_TOKEN_CALL *call, CK_OBJECT_HANDLE object,
                       const unsigned char expected[32])
{
    unsigned char mac[32];
    int ok = onem2m_token_sign(call, object, ONEM2M_TOKEN_SHA256, &text, 1, mac);

    if (ok && memcmp(mac, expected, sizeof(mac)) != 0)
        ok = refuse_answer(call, "a key that was made or derived");
    return onem2m_token_dispose(call, object, ok);
}

static int probe_derivation(ONEM2M_TOKEN_CALL *call, CK_OBJECT_HANDLE key, size_t ability)
{
    CK_OBJECT_HANDLE child;
    ONEM2M_TOKEN_DIGEST digest;

    if (ability == ONEM2M_TOKEN_SLICES)
        return onem2m_token_slice_key(call, key, SLICE_OFFSET, SLICE_OCTETS, &child) &&
               is_expected(call, child, slice_answer);
    digest =
        (ONEM2M_TOKEN_DIGEST)((ability - ONEM2M_TOKEN_DERIVES_SP800_108) % ONEM2M_TOKEN_DIGESTS);
    if (ability >= ONEM2M_TOKEN_EXTRACTS_HKDF)
        return onem2m_token_extract_hkdf(call, key, digest, message, &child) &&
               is_expected(call, child, extract_answers[digest]);
    if (ability >= ONEM2M_TOKEN_DERIVES_HKDF)
        return onem2m_token_derive_hkdf(call, key, digest, message, &child) &&
               is_expected(call, child, derive_answers[digest]);
    return onem2m_token_derive_sp800_108(call, key, digest, message, &child) &&
           is_expected(call, child, derive_answers[digest]);
}

static int probe_known_key(ONEM2M_TOKEN_CALL *call, size_t ability, ONEM2M_CUSTODY custody)
{
    CK_OBJECT_HANDLE key;
    const ONEM2M_TOKEN_PLACE *place =
        custody == ONEM2M_CUSTODY_OBJECT ? &onem2m_token_for_use : &onem2m_token_for_wrapping;

    return onem2m_token_make(call, place, key_octets, &key) &&
           onem2m_token_dispose(call, key, probe_derivation(call, key, ability));
}

static int probe_short_key(ONEM2M_TOKEN_CALL *call)
{
    CK_OBJECT_HANDLE key;

    return onem2m_token_make(call, &onem2m_token_for_use, (ONEM2M_SLICE){ known_key, SHORT_OCTETS },
                             &key) &&
           is_expected(call, key, short_answer);
}

static int probe_generation(ONEM2M_TOKEN_CALL *call)
{
    CK_OBJECT_HANDLE key;
    unsigned char mac[32];

    return onem2m_token_generate_object(call, &onem2m_token_for_use, sizeof(mac), &key) &&
           onem2m_token_dispose(call, key,
                                onem2m_token_sign(call, key, ONEM2M_TOKEN_SHA256, &text, 1, mac));
}

static int make_known_wrap_key(ONEM2M_TOKEN_CALL *call, const WRAP_ANSWER *answer,
                               CK_OBJECT_HANDLE *key)
{
    static const CK_KEY_TYPE aes = CKK_AES;
    ONEM2M_PKCS11_TEMPLATE template = { .count = 0 };
    CK_RV value;

    onem2m_pkcs11_add_secret_key(&template, &aes);
    onem2m_pkcs11_add_flag(&template, CKA_TOKEN, 0);
    onem2m_pkcs11_add_flag(&template, CKA_PRIVATE, 1);
    onem2m_pkcs11_add_flag(&template, CKA_SENSITIVE, 1);
    onem2m_pkcs11_add_flag(&template, CKA_EXTRACTABLE, 0);
    onem2m_pkcs11_add_flag(&template, CKA_WRAP, 1);
    onem2m_pkcs11_add(&template, CKA_VALUE, answer->wrap_key, answer->wrap_key_length);
    value = call->module->C_CreateObject(call->session, template.attributes, template.count, key);
    return value == CKR_OK || onem2m_token_failed(call, "C_CreateObject", value);
}

static int wraps(ONEM2M_TOKEN_CALL *call, const WRAP_ANSWER *answer, CK_OBJECT_HANDLE wrap_key)
{
    const ONEM2M_SLICE octets = { answer->key, answer->key_length };
    unsigned char wrapped[64];
    CK_ULONG length = sizeof(wrapped);
    CK_OBJECT_HANDLE key;
    CK_RV value;
    int ok;

    if (!onem2m_token_make(call, &onem2m_token_for_wrapping, octets, &key))
        return 0;
    value = onem2m_token_wrap_by(call, answer->mechanism, wrap_key, key, wrapped, &length);
    ok = value == CKR_OK || onem2m_token_failed(call, "C_WrapKey", value);
    if (ok && (length != answer->wrapped_length || memcmp(wrapped, answer->wrapped, length) != 0))
        ok = refuse_answer(call, "C_WrapKey");
    return onem2m_token_dispose(call, key, ok);
}

static int probe_wrapping(ONEM2M_TOKEN_CALL *call, const WRAP_ANSWER *answer)
{
    CK_OBJECT_HANDLE key;

    return make_known_wrap_key(call, answer, &key) &&
           onem2m_token_dispose(call, key, wraps(call, answer, key));
}

static int probe(ONEM2M_TOKEN_CALL *call, size_t ability, ONEM2M_CUSTODY custody)
{
    if (ability == ONEM2M_TOKEN_GENERATES)
        return probe_generation(call);
    if (ability == ONEM2M_TOKEN_MACS_SHORT)
        return probe_short_key(call);
    if (ability < ONEM2M_TOKEN_MACS_SHORT)
        return probe_wrapping(call, &wrap_answers[ability - ONEM2M_TOKEN_WRAPS]);
    return probe_known_key(call, ability, custody);
}

/* Whether a value says nothing of what the token can do. */
static int is_passing(CK_RV value)
{
    switch (value) {
    case CKR_CANCEL:
    case CKR_HOST_MEMORY:
    case CKR_DEVICE_ERROR:
    case CKR_DEVICE_MEMORY:
    case CKR_FUNCTION_CANCELED:
    case CKR_SESSION_COUNT:
        return 1;
    default:
        return onem2m_token_is_lost(value);
    }
}

enum { NOT_ASKED, NO, YES };

int onem2m_token_can(ONEM2M_TOKEN_CALL *call, ONEM2M_TOKEN_ABILITY ability, ONEM2M_CUSTODY custody)
{
    atomic_uchar *known = &call->login->abilities[custody == ONEM2M_CUSTODY_OBJECT][ability];
    const unsigned char answer = atomic_load(known);
    int can;

    if (answer != NOT_ASKED)
        return answer == YES;
    can = probe(call, ability, custody);
    if (!can && call->left != CKR_OK)
        return onem2m_token_failed(call, "C_DestroyObject", call->left) - 1;
    if (!can && is_passing(call->value))
        return -1;
    call->value = CKR_OK;
    atomic_store(known, can ? YES : NO);
    return can;
}

/* ---- All of them ---- */

/* A field of CK_TOKEN_INFO, which is padded with blanks, as printable text. */
static void copy_text(char *out, const unsigned char *field, size_t length)
{
    while (length > 0 && (field[length - 1] == ' ' || field[length - 1] == 0))
        length--;
    for (size_t i = 0; i < length; i++)
        out[i] = (char)(field[i] >= ' ' && field[i] <= '~' ? field[i] : '?');
    out[length] = '\0';
}

static void copy_texts(ONEM2M_TOKEN_ABILITIES *abilities, const CK_TOKEN_INFO *token)
{
    copy_text(abilities->label, token->label, sizeof(token->label));
    copy_text(abilities->manufacturer, token->manufacturerID, sizeof(token->manufacturerID));
    copy_text(abilities->model, token->model, sizeof(token->model));
    copy_text(abilities->serial, token->serialNumber, sizeof(token->serialNumber));
}

static int ask_all(ONEM2M_TOKEN_CALL *call, void *argument)
{
    ONEM2M_TOKEN_ABILITIES *abilities = argument;
    int can[ONEM2M_TOKEN_ABILITY_COUNT] = { 0 };
    static const ONEM2M_TOKEN_ABILITY asked[] = {
        ONEM2M_TOKEN_GENERATES,    ONEM2M_TOKEN_WRAPS,        ONEM2M_TOKEN_WRAPS_KWP,
        ONEM2M_TOKEN_WRAPS_PAD,    ONEM2M_TOKEN_SLICES,       ONEM2M_TOKEN_DERIVES_SP800_108,
        ONEM2M_TOKEN_DERIVES_HKDF, ONEM2M_TOKEN_EXTRACTS_HKDF
    };

    for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
        can[asked[i]] = onem2m_token_can(call, asked[i], ONEM2M_CUSTODY_WRAPPED);
        if (can[asked[i]] < 0)
            return 0;
    }
    copy_texts(abilities, &call->login->first.token);
    abilities->generates = can[ONEM2M_TOKEN_GENERATES];
    abilities->wraps = can[ONEM2M_TOKEN_WRAPS];
    abilities->wraps_padded = can[ONEM2M_TOKEN_WRAPS_KWP] || can[ONEM2M_TOKEN_WRAPS_PAD];
    abilities->derives_sp800_108 = can[ONEM2M_TOKEN_DERIVES_SP800_108];
    abilities->derives_hkdf = can[ONEM2M_TOKEN_DERIVES_HKDF];
    abilities->extracts_hkdf = can[ONEM2M_TOKEN_EXTRACTS_HKDF];
    abilities->slices = can[ONEM2M_TOKEN_SLICES];
    return 1;
}

int onem2m_token_abilities(ONEM2M_TOKEN *token, ONEM2M_TOKEN_ABILITIES *abilities,
                           ONEM2M_ERROR *error)
{
    ONEM2M_TOKEN_ABILITIES found;

    if (!onem2m_token_run(token, NULL, ask_all, &found, error))
        return 0;
    *abilities = found;
    return 1;
}
