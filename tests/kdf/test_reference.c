/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The derivations against their formulas, written out with the default
 * provider's HMAC: lengths, digests and values that the vectors do not have.
 */
#include <string.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include "refusal.h"

#define MESSAGE_MAX 262144
#define PURPOSES 5

/* A message that grows. */
typedef struct {
    unsigned char octets[MESSAGE_MAX];
    size_t length;
} MESSAGE;

static MESSAGE message;

/* Of no pattern that a shifted or repeated part would fit. */
static unsigned char material[65536];

static void append(const void *octets, size_t length)
{
    CHECK(length <= MESSAGE_MAX - message.length);
    memcpy(message.octets + message.length, octets, length);
    message.length += length;
}

static void append_text(const char *text)
{
    append(text, strlen(text));
}

static void append_octet(unsigned char octet)
{
    append(&octet, 1);
}

/* HMAC of the message, which is empty afterwards; returns the length. */
static size_t finish(const char *digest, const void *key, size_t key_length, unsigned char *out)
{
    static const unsigned char none[1];
    size_t length = 0;

    CHECK(EVP_Q_mac(NULL, "HMAC", NULL, digest, NULL, key_length > 0 ? key : none, key_length,
                    message.octets, message.length, out, EVP_MAX_MD_SIZE, &length) != NULL);
    message.length = 0;
    return length;
}

static void check_derives(const SUITE *suite, const char *kdf, const OSSL_PARAM params[],
                          const unsigned char *expected, size_t length)
{
    EVP_KDF_CTX *ctx = new_context(suite->loaded.libctx, kdf);
    unsigned char output[EVP_MAX_MD_SIZE];

    if (EVP_KDF_derive(ctx, output, length, params) != 1)
        check_no_error();
    CHECK(memcmp(output, expected, length) == 0);
    CHECK(EVP_KDF_CTX_get_kdf_size(ctx) == length);
    check_no_error();
    EVP_KDF_CTX_free(ctx);
}

/* TS-0003 10.3.6: PRK = HMAC(salt, key); T(n) = HMAC(PRK, T(n - 1) || label || n). */
static size_t e2e_reference(const char *digest, const void *salt, size_t salt_length,
                            size_t key_length, size_t purpose, unsigned char *out)
{
    static const char *const labels[PURPOSES] = {
        "",
        "E2E Message Authentication Key",
        "E2E Message Confidentiality Key",
        "E2E Attribute Authenticity Key",
        "E2E Attribute Confidentiality Key",
    };
    unsigned char master[EVP_MAX_MD_SIZE];
    size_t length, n;

    append(material, key_length);
    length = finish(digest, salt, salt_length, master);
    memcpy(out, master, length);
    for (n = 1; n <= purpose; n++) {
        append(out, n > 1 ? length : 0);
        append_text(labels[n]);
        append_octet((unsigned char)n);
        finish(digest, master, length, out);
    }
    return length;
}

static void check_e2e(const SUITE *suite, const char *digest, size_t salt_length, size_t key_length)
{
    static const char *const purposes[PURPOSES] = {
        ONEM2M_PURPOSE_MASTER,
        ONEM2M_PURPOSE_MESSAGE_AUTHENTICATION,
        ONEM2M_PURPOSE_MESSAGE_CONFIDENTIALITY,
        ONEM2M_PURPOSE_ATTRIBUTE_AUTHENTICITY,
        ONEM2M_PURPOSE_ATTRIBUTE_CONFIDENTIALITY,
    };
    unsigned char expected[EVP_MAX_MD_SIZE];
    size_t i, length;

    for (i = 0; i < PURPOSES; i++) {
        const OSSL_PARAM params[] = {
            octets_param(ONEM2M_PARAM_KEY, material, key_length),
            octets_param(ONEM2M_PARAM_SALT, material + 7, salt_length),
            text_param(ONEM2M_PARAM_PURPOSE, purposes[i], strlen(purposes[i])),
            text_param(ONEM2M_PARAM_DIGEST, digest, strlen(digest)),
            OSSL_PARAM_construct_end(),
        };

        subject("%s, %s, salt of %zu, key of %zu", digest, purposes[i], salt_length, key_length);
        length = e2e_reference(digest, material + 7, salt_length, key_length, i, expected);
        check_derives(suite, ONEM2M_KDF_E2E_KEY, params, expected, length);
    }
}

static void test_e2e(void **state)
{
    static const char *const digests[] = { "SHA2-256", "SHA2-384",     "SHA2-512", "SHA3-256",
                                           "SHA3-512", "SHA2-512/256", "SHA3-384" };
    /* About the blocks of all digests, and about the pieces in which HMAC hashes. */
    static const size_t salts[] = { 0,   1,   32,  63,  64,  65,  71,  72,  73,   127,
                                    128, 129, 135, 136, 137, 384, 447, 448, 1000, 65529 };
    static const size_t keys[] = { 16, 17, 32, 64, 65, 383, 384, 385, 447, 448, 449, 511, 512 };
    size_t i, k;

    for (i = 0; i < COUNT(digests); i++) {
        for (k = 0; k < COUNT(salts); k++)
            check_e2e(*state, digests[i], salts[k], 32);
        for (k = 0; k < COUNT(keys); k++)
            check_e2e(*state, digests[i], 16, keys[k]);
    }
}

/* TS-0003 10.3.8.2: HMAC(key, receiver's random || originator's random || label). */
static void check_session(const SUITE *suite, size_t key, size_t receiver, size_t originator)
{
    const OSSL_PARAM params[] = {
        octets_param(ONEM2M_PARAM_KEY, material, key),
        octets_param(ONEM2M_PARAM_RECEIVER_RAND, material, receiver),
        octets_param(ONEM2M_PARAM_ORIGINATOR_RAND, material + 1, originator),
        OSSL_PARAM_construct_end(),
    };
    unsigned char expected[EVP_MAX_MD_SIZE];

    subject("session of %zu, %zu and %zu octets", key, receiver, originator);
    append(material, receiver);
    append(material + 1, originator);
    append_text("oneM2M HMAC-SHA256 sessionESPrimKey derivation algorithm");
    CHECK(finish("SHA256", material, key, expected) == 32);
    check_derives(suite, ONEM2M_KDF_SESSION_ESPRIM_KEY, params, expected, 32);
}

static void test_session(void **state)
{
    static const size_t keys[] = { 16, 17, 31, 32, 33, 63, 64 };
    static const size_t rands[] = { 1, 16, 255, 256, 447, 448, 449, 512, 513, 65535 };
    size_t i, k;

    for (i = 0; i < COUNT(keys); i++)
        check_session(*state, keys[i], 16, 16);
    for (i = 0; i < COUNT(rands); i++) {
        for (k = 0; k < COUNT(rands); k++)
            check_session(*state, 32, rands[i], rands[k]);
    }
}

/* TS-0003 10.3.7: HMAC(Ke, label || SUID || target). */
static void check_usage(const SUITE *suite, unsigned int suid, const char *encoding)
{
    static const char target[] = "target.example.com";
    const OSSL_PARAM params[] = {
        octets_param(ONEM2M_PARAM_KEY, material, 32),
        OSSL_PARAM_construct_uint(ONEM2M_PARAM_SUID, &suid),
        text_param(ONEM2M_PARAM_TARGET_ID, target, strlen(target)),
        text_param(ONEM2M_PARAM_SUID_ENCODING, encoding, strlen(encoding)),
        OSSL_PARAM_construct_end(),
    };
    unsigned char expected[EVP_MAX_MD_SIZE];

    subject("suid %u, %s", suid, encoding);
    append_text("oneM2M Enrolment Key to Usage-Constrained Symmetric Key derivation");
    if (strcmp(encoding, ONEM2M_SUID_ENCODING_DECIMAL) == 0)
        append_octet((unsigned char)('0' + suid / 10));
    append_octet((unsigned char)(strcmp(encoding, ONEM2M_SUID_ENCODING_DECIMAL) == 0
                                     ? '0' + suid % 10
                                     : suid));
    append_text(target);
    CHECK(finish("SHA256", material, 32, expected) == 32);
    check_derives(suite, ONEM2M_KDF_USAGE_KEY, params, expected, 32);
}

static void test_usage(void **state)
{
    unsigned int suid;

    for (suid = 21; suid <= 25; suid++) {
        check_usage(*state, suid, ONEM2M_SUID_ENCODING_DECIMAL);
        check_usage(*state, suid, ONEM2M_SUID_ENCODING_OCTET);
    }
}

/* 3GPP TS 33.220 B.2: S = FC || P0 || L0 || P1 || L1 || ... */
static void append_parameter(const void *octets, size_t length)
{
    append(octets, length);
    append_octet((unsigned char)(length >> 8));
    append_octet((unsigned char)length);
}

static void check_gba(const SUITE *suite, const char *mode, const char *impi, const char *naf)
{
    const OSSL_PARAM params[] = {
        octets_param(ONEM2M_PARAM_KEY, material, 32),
        text_param(ONEM2M_PARAM_MODE, mode, strlen(mode)),
        octets_param(ONEM2M_PARAM_RAND, material + 3, 16),
        text_param(ONEM2M_PARAM_IMPI, impi, strlen(impi)),
        text_param(ONEM2M_PARAM_NAF_FQDN, naf, strlen(naf)),
        octets_param(ONEM2M_PARAM_UA_PROTOCOL, material + 5, 5),
        OSSL_PARAM_construct_end(),
    };
    unsigned char naf_id[512], expected[EVP_MAX_MD_SIZE];

    subject("%s, %s, %s", mode, impi, naf);
    memcpy(naf_id, naf, strlen(naf));
    memcpy(naf_id + strlen(naf), material + 5, 5);
    append_octet(0x01);
    append_parameter(mode, strlen(mode));
    append_parameter(material + 3, 16);
    append_parameter(impi, strlen(impi));
    append_parameter(naf_id, strlen(naf) + 5);
    CHECK(finish("SHA256", material, 32, expected) == 32);
    check_derives(suite, ONEM2M_KDF_GBA_NAF_KEY, params, expected, 32);
}

static void test_gba(void **state)
{
    static const char *const modes[] = { ONEM2M_MODE_GBA_ME, ONEM2M_MODE_GBA_U };
    static const char long_naf[] =
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
        "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb."
        "ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc."
        "ddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd";
    size_t i;

    for (i = 0; i < COUNT(modes); i++) {
        check_gba(*state, modes[i], "a", "m");
        check_gba(*state, modes[i], "User Name@IMS.example", "m\xC3\xBCnchen.example");
        /* L is more than one octet. */
        check_gba(*state, modes[i], long_naf, long_naf);
    }
}

static int reference_setup(void **state)
{
    uint32_t x = 1;
    size_t i;

    for (i = 0; i < sizeof(material); i++) {
        x = x * 1664525U + 1013904223U;
        material[i] = (unsigned char)(x >> 24);
    }
    return suite_setup(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        QUEUE_TEST(test_e2e),
        QUEUE_TEST(test_session),
        QUEUE_TEST(test_usage),
        QUEUE_TEST(test_gba),
    };

    return cmocka_run_group_tests(tests, reference_setup, suite_teardown);
}
