/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include "expect.h"

/* RFC 6920 section 8.2, figure 3. */
static const unsigned char rfc6920_spki[] = {
    0x30, 0x82, 0x01, 0x22, 0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01,
    0x01, 0x05, 0x00, 0x03, 0x82, 0x01, 0x0F, 0x00, 0x30, 0x82, 0x01, 0x0A, 0x02, 0x82, 0x01, 0x01,
    0x00, 0xA2, 0x5F, 0x83, 0xDA, 0x9B, 0xD9, 0xF1, 0x7A, 0x3A, 0x36, 0x67, 0xBA, 0xFD, 0x5A, 0x94,
    0x0E, 0xCF, 0x16, 0xD5, 0x5A, 0x55, 0x3A, 0x5E, 0xD4, 0x03, 0xB1, 0x65, 0x8E, 0x6D, 0xCF, 0xA3,
    0xB7, 0xDB, 0xA4, 0xE7, 0xCC, 0x0F, 0x52, 0xC6, 0x7D, 0x35, 0x1D, 0xC4, 0x68, 0xC2, 0xBD, 0x7B,
    0x9D, 0xDB, 0xE4, 0x0A, 0xD7, 0x10, 0xCD, 0xF9, 0x53, 0x20, 0xEE, 0x0D, 0xD7, 0x56, 0x6E, 0x5B,
    0x7A, 0xAE, 0x2C, 0x5F, 0x83, 0x0A, 0x19, 0x3C, 0x72, 0x58, 0x96, 0xD6, 0x86, 0xE8, 0x0E, 0xE6,
    0x94, 0xEB, 0x5C, 0xF2, 0x90, 0x3E, 0xF3, 0xA8, 0x8A, 0x88, 0x56, 0xB6, 0xCD, 0x36, 0x38, 0x76,
    0x22, 0x97, 0xB1, 0x6B, 0x3C, 0x9C, 0x07, 0xF3, 0x4F, 0x97, 0x08, 0xA1, 0xBC, 0x29, 0x38, 0x9B,
    0x81, 0x06, 0x2B, 0x74, 0x60, 0x38, 0x7A, 0x93, 0x2F, 0x39, 0xBE, 0x12, 0x34, 0x09, 0x6E, 0x0B,
    0x57, 0x10, 0xB7, 0xA3, 0x7B, 0xF2, 0xC6, 0xEE, 0xD6, 0xC1, 0xE5, 0xEC, 0xAE, 0xC5, 0x9C, 0x83,
    0x14, 0xF4, 0x6B, 0x58, 0xE2, 0xDE, 0xF2, 0xFF, 0xC9, 0x77, 0x07, 0xE3, 0xF3, 0x4C, 0x97, 0xCF,
    0x1A, 0x28, 0x9E, 0x38, 0xA1, 0xB3, 0x93, 0x41, 0x75, 0xA1, 0xA4, 0x76, 0x3F, 0x4D, 0x78, 0xD7,
    0x44, 0xD6, 0x1A, 0xE3, 0xCE, 0xE2, 0x5D, 0xC5, 0x78, 0x4C, 0xB5, 0x31, 0x22, 0x2E, 0xC7, 0x4B,
    0x8C, 0x6F, 0x56, 0x78, 0x5C, 0xA1, 0xC4, 0xC0, 0x1D, 0xCA, 0xE5, 0xB9, 0x44, 0xD7, 0xE9, 0x90,
    0x9C, 0xBC, 0xEE, 0xB0, 0xA2, 0xB1, 0xDC, 0xDA, 0x6D, 0xA0, 0x0F, 0xF6, 0xAD, 0x1E, 0x2C, 0x12,
    0xA2, 0xA7, 0x66, 0x60, 0x3E, 0x36, 0xD4, 0x91, 0x41, 0xC2, 0xF2, 0xE7, 0x69, 0x39, 0x2C, 0x9D,
    0xD2, 0xDF, 0xB5, 0xA3, 0x44, 0x95, 0x48, 0x7C, 0x87, 0x64, 0x89, 0xDD, 0xBF, 0x05, 0x01, 0xEE,
    0xDD, 0x02, 0x03, 0x01, 0x00, 0x01,
};

#define RFC6920_SHA_256 "UyaQV-Ev4rdLoHyJJWCi11OHfrYv9E1aGQAlMO2X_-Q" /* figure 4 */
#define RFC6920_SHA_256_128 "UyaQV-Ev4rdLoHyJJWCi1w"
#define RFC6920_SHA_256_120 "UyaQV-Ev4rdLoHyJJWCi" /* figure 4: 5326 9057 ... 2560 a2 */

/* RFC 6920 section 8.1. */
static const unsigned char hello_world[] = "Hello World!";
#define HELLO_WORLD "ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk"

static int form(char *out, size_t *size, ONEM2M_PUBLIC_KEY_ID_SUITE suite, ONEM2M_ERROR *error)
{
    return onem2m_public_key_id_form(out, size, suite, rfc6920_spki, sizeof(rfc6920_spki), NULL,
                                     NULL, error);
}

static int match(const char *trusted, size_t length, ONEM2M_ERROR *error)
{
    char *exact = exact_copy(trusted, length);
    int result = onem2m_public_key_id_match(exact, length, rfc6920_spki, sizeof(rfc6920_spki), NULL,
                                            NULL, error);

    free(exact);
    return result;
}

static void test_form(void **state)
{
    static const struct {
        ONEM2M_PUBLIC_KEY_ID_SUITE suite;
        const char *uri;
    } cases[] = {
        { ONEM2M_PUBLIC_KEY_ID_SHA_256, "ni:///sha-256;" RFC6920_SHA_256 },
        { ONEM2M_PUBLIC_KEY_ID_SHA_256_128, "ni:///sha-256-128;" RFC6920_SHA_256_128 },
        { ONEM2M_PUBLIC_KEY_ID_SHA_256_120, "ni:///sha-256-120;" RFC6920_SHA_256_120 },
    };
    static const REFUSAL refusal = { ONEM2M_R_BAD_LENGTH, NO_OFFSET, "and a NUL are needed" };
    char out[ONEM2M_PUBLIC_KEY_ID_MAX + 1];
    ONEM2M_ERROR error;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t length = strlen(cases[i].uri), size = 0;

        assert_int_equal(form(NULL, &size, cases[i].suite, &error), 1);
        assert_int_equal(size, length);
        memset(out, UNTOUCHED, sizeof(out));
        assert_int_equal(form(out, &size, cases[i].suite, &error), 0);
        assert_refused(&error, &refusal, cases[i].uri);
        assert_int_equal(size, length);
        assert_untouched(out, sizeof(out));
        size = length + 1;
        assert_int_equal(form(out, &size, cases[i].suite, &error), 1);
        assert_int_equal(size, length);
        assert_string_equal(out, cases[i].uri);
        assert_true(size <= ONEM2M_PUBLIC_KEY_ID_MAX);
    }
}

static void test_form_hello_world(void **state)
{
    char out[ONEM2M_PUBLIC_KEY_ID_MAX + 1];
    size_t size = sizeof(out);

    (void)state;
    assert_int_equal(onem2m_public_key_id_form(out, &size, ONEM2M_PUBLIC_KEY_ID_SHA_256,
                                               hello_world, sizeof(hello_world) - 1, NULL, NULL,
                                               NULL),
                     1);
    assert_string_equal(out, HELLO_WORLD);
}

static void test_form_refused(void **state)
{
    static const REFUSAL suite_refusal = { ONEM2M_R_BAD_DIGEST, NO_OFFSET, "suite: " };
    static const REFUSAL spki_refusal = { ONEM2M_R_EMPTY, NO_OFFSET, "SubjectPublicKeyInfo" };
    static const int suites[] = { 0, 4, 5, 6, 7, 32, -1 };
    char out[ONEM2M_PUBLIC_KEY_ID_MAX + 1];
    size_t size = sizeof(out);
    ONEM2M_ERROR error;

    (void)state;
    memset(out, UNTOUCHED, sizeof(out));
    for (size_t i = 0; i < COUNT(suites); i++) {
        assert_int_equal(form(out, &size, (ONEM2M_PUBLIC_KEY_ID_SUITE)suites[i], &error), 0);
        assert_refused(&error, &suite_refusal, "suite");
    }
    assert_int_equal(onem2m_public_key_id_form(out, &size, ONEM2M_PUBLIC_KEY_ID_SHA_256, NULL, 0,
                                               NULL, NULL, &error),
                     0);
    assert_refused(&error, &spki_refusal, "NULL");
    assert_int_equal(onem2m_public_key_id_form(out, &size, ONEM2M_PUBLIC_KEY_ID_SHA_256,
                                               rfc6920_spki, 0, NULL, NULL, &error),
                     0);
    assert_refused(&error, &spki_refusal, "empty");
    assert_int_equal(size, sizeof(out));
    assert_untouched(out, sizeof(out));
}

static void test_matches(void **state)
{
    static const char *const trusted[] = {
        "ni:///sha-256;" RFC6920_SHA_256,
        "ni:///sha-256-128;" RFC6920_SHA_256_128,
        "ni:///sha-256-120;" RFC6920_SHA_256_120,
        "NI:///sha-256-120;" RFC6920_SHA_256_120,
        "ni://example.com/sha-256;" RFC6920_SHA_256,
        "ni://user@[2001:db8::1]:8080/sha-256;" RFC6920_SHA_256,
        "ni:///sha-256-120;" RFC6920_SHA_256_120 "?ct=text/plain&x=%20?",
        "ni://a/sha-256-120;" RFC6920_SHA_256_120 "?",
        "sha-256." RFC6920_SHA_256,
        "sha-256-128." RFC6920_SHA_256_128,
        "sha-256-120." RFC6920_SHA_256_120,
    };
    ONEM2M_ERROR error = { ONEM2M_R_NONE, 0, "" };

    (void)state;
    for (size_t i = 0; i < COUNT(trusted); i++) {
        if (match(trusted[i], strlen(trusted[i]), &error) != 1)
            fail_msg("%s: %s", trusted[i], error.detail);
        assert_int_equal(error.reason, ONEM2M_R_NONE);
    }
}

/* Every digit of the value counts. */
static void test_mismatch(void **state)
{
    static const REFUSAL refusal = { ONEM2M_R_MISMATCH, NO_OFFSET, "TS-0003 10.1.2" };
    /* Between them, every character of base64url. */
    static const char *const others[] = {
        HELLO_WORLD,
        "sha-256.ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopA",
        "sha-256.qrstuvwxyz0123456789-_AAAAAAAAAAAAAAAAAAAAA",
    };
    char trusted[] = "sha-256-120." RFC6920_SHA_256_120;
    ONEM2M_ERROR error;

    (void)state;
    for (size_t i = strlen("sha-256-120."); i < strlen(trusted); i++) {
        char kept = trusted[i];

        trusted[i] = kept == 'A' ? 'B' : 'A';
        assert_int_equal(match(trusted, strlen(trusted), &error), 0);
        assert_refused(&error, &refusal, trusted);
        trusted[i] = kept;
    }
    for (size_t i = 0; i < COUNT(others); i++) {
        assert_int_equal(match(others[i], strlen(others[i]), &error), 0);
        assert_refused(&error, &refusal, others[i]);
    }
    assert_int_equal(match(HELLO_WORLD, strlen(HELLO_WORLD), NULL), 0);
}

static void test_trusted_refused(void **state)
{
    static const struct {
        const char *trusted;
        REFUSAL refusal;
    } cases[] = {
        { "", { ONEM2M_R_EMPTY, 0, "public key identifier: empty" } },
        { "x", { ONEM2M_R_BAD_FORM, 0, "no '.' after octet 0" } },
        { "sha-256;" RFC6920_SHA_256, { ONEM2M_R_BAD_FORM, 0, "no '.'" } },
        { "nih:sha-256-120;5326-9057-e12f-e2b7-4ba0-7c89-2560-a2;f",
          { ONEM2M_R_BAD_FORM, 0, "no '.'" } },
        { "ni:", { ONEM2M_R_BAD_FORM, 3, "no \"//\" after the scheme" } },
        { "ni:sha-256;" RFC6920_SHA_256, { ONEM2M_R_BAD_FORM, 3, "no \"//\"" } },
        { "ni:/sha-256;" RFC6920_SHA_256, { ONEM2M_R_BAD_FORM, 3, "no \"//\"" } },
        { "ni://", { ONEM2M_R_BAD_FORM, 5, "no '/' after the authority" } },
        { "ni://sha-256;" RFC6920_SHA_256, { ONEM2M_R_BAD_FORM, 56, "no '/' after" } },
        { "ni:///", { ONEM2M_R_BAD_FORM, 6, "no ';' after octet 6" } },
        { "ni:///sha-256." RFC6920_SHA_256, { ONEM2M_R_BAD_FORM, 6, "no ';'" } },
        { "ni:///sha-256?;" RFC6920_SHA_256, { ONEM2M_R_BAD_FORM, 6, "no ';'" } },
        { "ni:///;" RFC6920_SHA_256, { ONEM2M_R_BAD_DIGEST, 6, "at octet 6 none of sha-256," } },
        { "ni:///sha-256-32;f4OxZQ", { ONEM2M_R_BAD_DIGEST, 6, "TS-0003 10.1.2" } },
        { "ni:///sha-256-64;f4OxZX_x_FM", { ONEM2M_R_BAD_DIGEST, 6, "none of" } },
        { "ni:///sha-256-96;f4OxZX_x_FO5LcGB", { ONEM2M_R_BAD_DIGEST, 6, "none of" } },
        { "ni:///sha-384;" RFC6920_SHA_256, { ONEM2M_R_BAD_DIGEST, 6, "none of" } },
        { "ni:///SHA-256;" RFC6920_SHA_256, { ONEM2M_R_BAD_DIGEST, 6, "none of" } },
        { "sha-256-." RFC6920_SHA_256, { ONEM2M_R_BAD_DIGEST, 0, "at octet 0 none of" } },
        { "sha-25." RFC6920_SHA_256, { ONEM2M_R_BAD_DIGEST, 0, "none of" } },
        { "ni:///sha-256;", { ONEM2M_R_BAD_LENGTH, 14, "0 characters at octet 14 where sha-256" } },
        { "ni:///sha-256;" RFC6920_SHA_256 "A",
          { ONEM2M_R_BAD_LENGTH, 14, "44 characters at octet 14 where sha-256 has 43" } },
        { "sha-256." RFC6920_SHA_256_120, { ONEM2M_R_BAD_LENGTH, 8, "20 characters" } },
        { "sha-256-128." RFC6920_SHA_256_120, { ONEM2M_R_BAD_LENGTH, 12, "has 22" } },
        { "sha-256-120." RFC6920_SHA_256_128, { ONEM2M_R_BAD_LENGTH, 12, "has 20" } },
        { "sha-256." RFC6920_SHA_256 "=", { ONEM2M_R_BAD_CHARACTER, 51, "'=' at octet 51" } },
        { "sha-256-128." RFC6920_SHA_256_128 "==", { ONEM2M_R_BAD_CHARACTER, 34, "padding" } },
        { "sha-256-120.UyaQV+Ev4rdLoHyJJWCi", { ONEM2M_R_BAD_CHARACTER, 17, "'+' at octet 17" } },
        { "sha-256-120.UyaQV/Ev4rdLoHyJJWCi", { ONEM2M_R_BAD_CHARACTER, 17, "base64url" } },
        { "sha-256-120.UyaQV.Ev4rdLoHyJJWCi", { ONEM2M_R_BAD_CHARACTER, 17, "'.'" } },
        { "sha-256-120.Uy%51V-Ev4rdLoHyJJWCi", { ONEM2M_R_BAD_CHARACTER, 14, "'%'" } },
        { "sha-256-120.Uy\nQV-Ev4rdLoHyJJWCi", { ONEM2M_R_BAD_CHARACTER, 14, "0x0A" } },
        { "sha-256-120.Uy\xC3\xBCQV-Ev4rdLoHyJJW", { ONEM2M_R_BAD_CHARACTER, 14, "U+00FC" } },
        { "ni:///sha-256-120;" RFC6920_SHA_256_120 "#x", { ONEM2M_R_BAD_CHARACTER, 38, "'#'" } },
        { "ni:///sha-256-120;" RFC6920_SHA_256_120 "?x#y",
          { ONEM2M_R_BAD_CHARACTER, 40, "'#' at octet 40 may not stand in the query" } },
        { "ni:///sha-256-120;" RFC6920_SHA_256_120 "? ", { ONEM2M_R_BAD_CHARACTER, 39, "0x20" } },
        { "ni://a b/sha-256-120;" RFC6920_SHA_256_120,
          { ONEM2M_R_BAD_CHARACTER, 6, "0x20 at octet 6 may not stand in the authority" } },
        { "ni://a?b/sha-256-120;" RFC6920_SHA_256_120, { ONEM2M_R_BAD_CHARACTER, 6, "'?'" } },
        { " sha-256-120." RFC6920_SHA_256_120, { ONEM2M_R_BAD_DIGEST, 0, "none of" } },
        /* The last character has bits that encode nothing: one digest, one spelling. */
        { "ni:///sha-256-128;f4OxZX_x_FO5LcGBSKHWXf",
          { ONEM2M_R_BAD_CHARACTER, 39, "'f' at octet 39 may not stand in the last place" } },
        { "sha-256-128.UyaQV-Ev4rdLoHyJJWCi1x", { ONEM2M_R_BAD_CHARACTER, 33, "'x'" } },
        { "sha-256.UyaQV-Ev4rdLoHyJJWCi11OHfrYv9E1aGQAlMO2X_-R",
          { ONEM2M_R_BAD_CHARACTER, 50, "bits beyond the digest" } },
    };
    ONEM2M_ERROR error;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (match(cases[i].trusted, strlen(cases[i].trusted), &error) != 0)
            fail_msg("%s was taken", cases[i].trusted);
        assert_refused(&error, &cases[i].refusal, cases[i].trusted);
    }
}

static void test_nul_refused(void **state)
{
    static const char value[] = "sha-256-120.UyaQV\0Ev4rdLoHyJJWCi";
    static const char query[] = "ni:///sha-256-120;" RFC6920_SHA_256_120 "?\0";
    static const char authority[] = "ni://\0/sha-256-120;" RFC6920_SHA_256_120;
    static const REFUSAL in_value = { ONEM2M_R_BAD_CHARACTER, 17, "0x00 at octet 17" };
    static const REFUSAL in_query = { ONEM2M_R_BAD_CHARACTER, 39, "0x00 at octet 39" };
    static const REFUSAL in_authority = { ONEM2M_R_BAD_CHARACTER, 5, "0x00 at octet 5" };
    static const REFUSAL after_value = { ONEM2M_R_BAD_CHARACTER, 51, "0x00 at octet 51" };
    static const char whole[] = "sha-256." RFC6920_SHA_256;
    ONEM2M_ERROR error;

    (void)state;
    assert_int_equal(match(value, sizeof(value) - 1, &error), 0);
    assert_refused(&error, &in_value, "value");
    assert_int_equal(match(query, sizeof(query) - 1, &error), 0);
    assert_refused(&error, &in_query, "query");
    assert_int_equal(match(authority, sizeof(authority) - 1, &error), 0);
    assert_refused(&error, &in_authority, "authority");
    assert_int_equal(match(whole, sizeof(whole), &error), 0);
    assert_refused(&error, &after_value, "after the value");
}

static void test_length_limit(void **state)
{
    static const REFUSAL refusal = { ONEM2M_R_NAME_TOO_LONG, 1024, "1025 octets; at most 1024" };
    static const char start[] = "ni:///sha-256-120;" RFC6920_SHA_256_120 "?";
    char *million = repeated("n", 1000000), text[1025];
    ONEM2M_ERROR error;

    (void)state;
    memset(text, 'q', sizeof(text));
    memcpy(text, start, sizeof(start) - 1);
    assert_int_equal(match(text, 1024, &error), 1);
    assert_int_equal(match(text, 1025, &error), 0);
    assert_refused(&error, &refusal, "1025 octets");
    assert_int_equal(match(million, 1000000, &error), 0);
    assert_int_equal(error.reason, ONEM2M_R_NAME_TOO_LONG);
    assert_int_equal(
        onem2m_public_key_id_match(NULL, 0, rfc6920_spki, sizeof(rfc6920_spki), NULL, NULL, &error),
        0);
    assert_int_equal(error.reason, ONEM2M_R_EMPTY);
    free(million);
}

/* What OpenSSL queues about a digest that is not there stays with us; the caller's errors stay. */
static void test_digest_unavailable(void **state)
{
    static const REFUSAL refusal = { ONEM2M_R_CRYPTO_UNAVAILABLE, NO_OFFSET, "SHA2-256" };
    static const char trusted[] = "sha-256." RFC6920_SHA_256;
    OSSL_LIB_CTX *libctx = OSSL_LIB_CTX_new();
    char out[ONEM2M_PUBLIC_KEY_ID_MAX + 1];
    size_t size = sizeof(out);
    ONEM2M_ERROR error;

    (void)state;
    assert_non_null(libctx);
    ERR_clear_error();
    memset(out, UNTOUCHED, sizeof(out));
    assert_int_equal(onem2m_public_key_id_form(out, &size, ONEM2M_PUBLIC_KEY_ID_SHA_256,
                                               rfc6920_spki, sizeof(rfc6920_spki), libctx,
                                               "provider=none", &error),
                     0);
    assert_refused(&error, &refusal, "form");
    assert_untouched(out, sizeof(out));
    assert_int_equal(ERR_peek_error(), 0);
    ERR_raise(ERR_LIB_USER, 7);
    assert_int_equal(onem2m_public_key_id_match(trusted, sizeof(trusted) - 1, rfc6920_spki,
                                                sizeof(rfc6920_spki), libctx, "provider=none",
                                                &error),
                     0);
    assert_refused(&error, &refusal, "match");
    assert_int_equal(ERR_GET_REASON(ERR_get_error()), 7);
    assert_int_equal(ERR_get_error(), 0);
    /* Without the query the same context has the digest. */
    assert_int_equal(onem2m_public_key_id_match(trusted, sizeof(trusted) - 1, rfc6920_spki,
                                                sizeof(rfc6920_spki), libctx, NULL, &error),
                     1);
    OSSL_LIB_CTX_free(libctx);
}

/* The key of a raw public key certificate, as OpenSSL encodes it (TS-0003 10.1.1.2). */
static void test_p256_key(void **state)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    char out[ONEM2M_PUBLIC_KEY_ID_MAX + 1];
    size_t size = sizeof(out);
    unsigned char *spki = NULL;
    int spki_length;

    (void)state;
    assert_non_null(key);
    spki_length = i2d_PUBKEY(key, &spki);
    assert_true(spki_length > 0);
    assert_int_equal(onem2m_public_key_id_form(out, &size, ONEM2M_PUBLIC_KEY_ID_SHA_256_128, spki,
                                               (size_t)spki_length, NULL, NULL, NULL),
                     1);
    assert_int_equal(
        onem2m_public_key_id_match(out, size, spki, (size_t)spki_length, NULL, NULL, NULL), 1);
    spki[spki_length - 1] ^= 1;
    assert_int_equal(
        onem2m_public_key_id_match(out, size, spki, (size_t)spki_length, NULL, NULL, NULL), 0);
    OPENSSL_free(spki);
    EVP_PKEY_free(key);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_form),
        cmocka_unit_test(test_form_hello_world),
        cmocka_unit_test(test_form_refused),
        cmocka_unit_test(test_matches),
        cmocka_unit_test(test_mismatch),
        cmocka_unit_test(test_trusted_refused),
        cmocka_unit_test(test_nul_refused),
        cmocka_unit_test(test_length_limit),
        cmocka_unit_test(test_digest_unavailable),
        cmocka_unit_test(test_p256_key),
    };

    return cmocka_run_group_tests_name("public_key_id", tests, NULL, NULL);
}
