/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * EVP_DigestSign and EVP_DigestVerify with key objects.
 */
#include <string.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include "keys.h"

static const KEY_SPEC signing = { .kind = "esdata", .suid = 25 };
static const char *const digests[] = { "SHA2-256", "SHA2-384", "SHA2-512" };

static EVP_MD_CTX *begin(EVP_PKEY *key, const char *digest)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();

    CHECK(EVP_DigestSignInit_ex(ctx, NULL, digest, loaded.libctx, NULL, key, NULL) == 1);
    return ctx;
}

/* That the message which ctx has so far is MESSAGE under that digest. */
static void check_mic(EVP_MD_CTX *ctx, const char *digest, size_t key_length)
{
    unsigned char mic[EVP_MAX_MD_SIZE], expected[EVP_MAX_MD_SIZE];
    const size_t size = reference_hmac(digest, key_length, MESSAGE, MESSAGE_LENGTH, expected);
    size_t length = sizeof(mic);

    CHECK(EVP_DigestSignFinal(ctx, mic, &length) == 1);
    CHECK(length == size && memcmp(mic, expected, size) == 0);
    check_no_error();
}

static void test_digests_and_lengths(void **state)
{
    static const size_t lengths[] = { 16, 31, 32, 63, 64, 65, 127, 128, 129, 512 };
    size_t i, j;

    (void)state;
    for (i = 0; i < COUNT(lengths); i++) {
        const KEY_SPEC spec = { .kind = "esdata", .suid = 25, .length = lengths[i] };
        EVP_PKEY *key = import_key(loaded.libctx, &spec);

        for (j = 0; j < COUNT(digests); j++) {
            EVP_MD_CTX *ctx = begin(key, digests[j]);

            subject("%zu octets, %s", lengths[i], digests[j]);
            CHECK(EVP_DigestSignUpdate(ctx, MESSAGE, MESSAGE_LENGTH) == 1);
            check_mic(ctx, digests[j], lengths[i]);
            EVP_MD_CTX_free(ctx);
        }
        EVP_PKEY_free(key);
    }
}

static void test_pieces(void **state)
{
    EVP_PKEY *key = import_key(loaded.libctx, &signing);
    EVP_MD_CTX *ctx = begin(key, NULL);
    size_t i;

    (void)state;
    for (i = 0; i < MESSAGE_LENGTH; i++)
        CHECK(EVP_DigestSignUpdate(ctx, &MESSAGE[i], 1) == 1);
    CHECK(EVP_DigestSignUpdate(ctx, NULL, 0) == 1);
    check_mic(ctx, "SHA2-256", 32);
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
}

static void test_size_query(void **state)
{
    EVP_PKEY *key = import_key(loaded.libctx, &signing);
    EVP_MD_CTX *ctx = begin(key, "SHA2-384");
    unsigned char small[47];
    size_t length = 0;

    (void)state;
    CHECK(EVP_DigestSignUpdate(ctx, MESSAGE, MESSAGE_LENGTH) == 1);
    CHECK(EVP_DigestSignFinal(ctx, NULL, &length) == 1 && length == 48);
    length = sizeof(small);
    CHECK(EVP_DigestSignFinal(ctx, small, &length) <= 0);
    check_error(ONEM2M_R_BAD_OUTPUT_LENGTH, "ONEM2M", "48 octets");
    check_mic(ctx, "SHA2-384", 32);
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
}

static void test_dup(void **state)
{
    EVP_PKEY *key = import_key(loaded.libctx, &signing);
    EVP_MD_CTX *ctx = begin(key, "SHA2-512"), *copy = EVP_MD_CTX_new();

    (void)state;
    CHECK(EVP_DigestSignUpdate(ctx, MESSAGE, 5) == 1);
    CHECK(EVP_MD_CTX_copy_ex(copy, ctx) == 1);
    CHECK(EVP_DigestSignUpdate(ctx, "something else", 14) == 1);
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    CHECK(EVP_DigestSignUpdate(copy, &MESSAGE[5], MESSAGE_LENGTH - 5) == 1);
    check_mic(copy, "SHA2-512", 32);
    EVP_MD_CTX_free(copy);
}

/* As `openssl dgst -sign` does. */
static void test_second_init(void **state)
{
    EVP_PKEY *key = import_key(loaded.libctx, &signing);
    EVP_MD_CTX *ctx = begin(key, "SHA2-512");

    (void)state;
    EVP_PKEY_free(key);
    CHECK(EVP_DigestSignUpdate(ctx, "something else", 14) == 1);
    CHECK(EVP_DigestSignInit_ex(ctx, NULL, NULL, NULL, NULL, NULL, NULL) == 1);
    CHECK(EVP_DigestSignUpdate(ctx, MESSAGE, MESSAGE_LENGTH) == 1);
    check_mic(ctx, "SHA2-512", 32);
    CHECK(EVP_DigestSignInit_ex(ctx, NULL, "SHA2-384", NULL, NULL, NULL, NULL) == 1);
    CHECK(EVP_DigestSignUpdate(ctx, MESSAGE, MESSAGE_LENGTH) == 1);
    check_mic(ctx, "SHA2-384", 32);
    EVP_MD_CTX_free(ctx);
}

static int verifies(EVP_PKEY *key, const unsigned char *mic, size_t length)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new(), *whole = EVP_MD_CTX_new();
    int result, one_shot;

    CHECK(EVP_DigestVerifyInit_ex(ctx, NULL, NULL, loaded.libctx, NULL, key, NULL) == 1);
    CHECK(EVP_DigestVerifyUpdate(ctx, MESSAGE, MESSAGE_LENGTH) == 1);
    result = EVP_DigestVerifyFinal(ctx, mic, length);
    if (result != 1)
        check_error(ONEM2M_R_MISMATCH, "ONEM2M", "MIC");
    CHECK(EVP_DigestVerifyInit_ex(whole, NULL, NULL, loaded.libctx, NULL, key, NULL) == 1);
    one_shot = EVP_DigestVerify(whole, mic, length, (const unsigned char *)MESSAGE, MESSAGE_LENGTH);
    if (one_shot != 1)
        check_error(ONEM2M_R_MISMATCH, "ONEM2M", "MIC");
    CHECK(result == one_shot);
    EVP_MD_CTX_free(ctx);
    EVP_MD_CTX_free(whole);
    return result == 1;
}

static void test_verify(void **state)
{
    EVP_PKEY *key = import_key(loaded.libctx, &signing);
    unsigned char mic[EVP_MAX_MD_SIZE];
    size_t length = reference_hmac("SHA2-256", 32, MESSAGE, MESSAGE_LENGTH, mic), i;

    (void)state;
    CHECK(verifies(key, mic, length));
    CHECK(!verifies(key, mic, length - 1));
    CHECK(!verifies(key, mic, length + 1));
    CHECK(!verifies(key, mic, 0));
    for (i = 0; i < length; i++) {
        mic[i] ^= 0x40;
        CHECK(!verifies(key, mic, length));
        mic[i] ^= 0x40;
    }
    EVP_PKEY_free(key);
}

static void test_one_shot(void **state)
{
    EVP_PKEY *key = import_key(loaded.libctx, &signing);
    EVP_MD_CTX *ctx = begin(key, NULL);
    unsigned char mic[EVP_MAX_MD_SIZE], expected[EVP_MAX_MD_SIZE];
    size_t length = 0;

    (void)state;
    reference_hmac("SHA2-256", 32, MESSAGE, MESSAGE_LENGTH, expected);
    CHECK(EVP_DigestSign(ctx, NULL, &length, (const unsigned char *)MESSAGE, MESSAGE_LENGTH) == 1);
    CHECK(length == 32);
    CHECK(EVP_DigestSign(ctx, mic, &length, (const unsigned char *)MESSAGE, MESSAGE_LENGTH) == 1);
    CHECK(length == 32 && memcmp(mic, expected, 32) == 0);
    check_no_error();
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
}

static int set_digest(EVP_MD_CTX *ctx, const char *digest)
{
    char name[16];
    OSSL_PARAM params[] = { OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_DIGEST, name, 0),
                            OSSL_PARAM_END };

    params[0].data_size = strlen(digest);
    memcpy(name, digest, params[0].data_size + 1);
    return EVP_PKEY_CTX_set_params(EVP_MD_CTX_get_pkey_ctx(ctx), params);
}

static void check_digest(EVP_MD_CTX *ctx, const char *digest)
{
    char name[16] = "";
    OSSL_PARAM params[] = { OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_DIGEST, name, sizeof(name)),
                            OSSL_PARAM_END };

    CHECK(EVP_PKEY_CTX_get_params(EVP_MD_CTX_get_pkey_ctx(ctx), params) == 1);
    assert_string_equal(name, digest);
}

static void test_digest_parameter(void **state)
{
    EVP_PKEY *key = import_key(loaded.libctx, &signing);
    EVP_MD_CTX *ctx = begin(key, NULL);

    (void)state;
    check_digest(ctx, "SHA2-256");
    CHECK(set_digest(ctx, "SHA512") == 1);
    check_digest(ctx, "SHA2-512");
    CHECK(set_digest(ctx, "SHA2-224") <= 0);
    check_error(ONEM2M_R_BAD_DIGEST, "digest", "SHA2-384");
    CHECK(set_digest(ctx, "MD77") <= 0);
    check_error(ONEM2M_R_BAD_DIGEST, "digest", "MD77");
    CHECK(EVP_DigestSignUpdate(ctx, MESSAGE, MESSAGE_LENGTH) == 1);
    CHECK(set_digest(ctx, "SHA2-384") <= 0);
    check_error(ONEM2M_R_BAD_DIGEST, "digest", "has begun");
    check_digest(ctx, "SHA2-512");
    check_mic(ctx, "SHA2-512", 32);
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
}

typedef struct {
    KEY_SPEC spec;
    ONEM2M_REASON reason; /* NONE: it serves */
} ROW;

static const ROW rows[] = {
    { { .kind = "esdata", .suid = 15 }, ONEM2M_R_NONE },
    { { .kind = "esdata", .suid = 25 }, ONEM2M_R_NONE },
    { { .kind = "esdata", .suid = 35 }, ONEM2M_R_NONE },
    { { .kind = "half", .suid = 35 }, ONEM2M_R_NONE },
    { { .kind = "e2e", .purpose = "message-authentication" }, ONEM2M_R_NONE },
    { { .kind = "e2e", .purpose = "attribute-authenticity" }, ONEM2M_R_NONE },
    { { .kind = "e2e", .purpose = "message-confidentiality" }, ONEM2M_R_NOT_ALLOWED_BY_USAGE },
    { { .kind = "e2e", .purpose = "attribute-confidentiality" }, ONEM2M_R_NOT_ALLOWED_BY_USAGE },
    { { .kind = "esdata", .suid = 14 }, ONEM2M_R_NOT_ALLOWED_BY_USAGE },
    { { .kind = "half", .suid = 34 }, ONEM2M_R_NOT_ALLOWED_BY_USAGE },
    { { .kind = "kpm", .suid = 10 }, ONEM2M_R_NOT_ALLOWED_BY_KIND },
    { { .kind = "ke" }, ONEM2M_R_NOT_ALLOWED_BY_KIND },
    { { .kind = "km", .suid = 21 }, ONEM2M_R_NOT_ALLOWED_BY_KIND },
    { { .kind = "esprim", .suid = 23 }, ONEM2M_R_NOT_ALLOWED_BY_KIND },
    { { .kind = "e2e-master" }, ONEM2M_R_NOT_ALLOWED_BY_KIND },
    { { .kind = "esdata", .suid = 25, .state = "suspended" }, ONEM2M_R_SUSPENDED },
    { { .kind = "esdata", .suid = 25, .state = "revoked" }, ONEM2M_R_REVOKED },
    { { .kind = "esdata", .suid = 25, .not_after = "20200101T000000Z" }, ONEM2M_R_EXPIRED },
    { { .kind = "esdata", .suid = 25, .not_after = "29991231T235959Z" }, ONEM2M_R_NONE },
};

static void check_row(const ROW *row)
{
    EVP_PKEY *key = import_key(loaded.libctx, &row->spec);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    int result = EVP_DigestSignInit_ex(ctx, NULL, NULL, loaded.libctx, NULL, key, NULL);

    CHECK((result == 1) == (row->reason == ONEM2M_R_NONE));
    if (result == 1) {
        CHECK(EVP_DigestSignUpdate(ctx, MESSAGE, MESSAGE_LENGTH) == 1);
        check_mic(ctx, "SHA2-256", 32);
    } else {
        CHECK(ERR_GET_REASON(ERR_peek_error()) == (int)row->reason);
        ERR_clear_error();
        /* OpenSSL leaves nothing to go on with. */
        CHECK(EVP_DigestSignUpdate(ctx, MESSAGE, MESSAGE_LENGTH) <= 0);
        ERR_clear_error();
    }
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
}

static void test_policy(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(rows); i++) {
        subject("%s, SUID %u, %s, %s", rows[i].spec.kind, rows[i].spec.suid,
                rows[i].spec.purpose != NULL ? rows[i].spec.purpose : "no purpose",
                rows[i].spec.state != NULL ? rows[i].spec.state : "active");
        check_row(&rows[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_digests_and_lengths, empty_queue),
        cmocka_unit_test_setup(test_pieces, empty_queue),
        cmocka_unit_test_setup(test_size_query, empty_queue),
        cmocka_unit_test_setup(test_dup, empty_queue),
        cmocka_unit_test_setup(test_second_init, empty_queue),
        cmocka_unit_test_setup(test_verify, empty_queue),
        cmocka_unit_test_setup(test_one_shot, empty_queue),
        cmocka_unit_test_setup(test_digest_parameter, empty_queue),
        cmocka_unit_test_setup(test_policy, empty_queue),
    };

    return cmocka_run_group_tests(tests, load_group, unload_group);
}
