/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * EVP_PKEY_derive with key objects, against the EVP_KDF of the same name.
 */
#include <string.h>
#include <openssl/err.h>
#include <openssl/kdf.h>
#include "keys.h"

#define OUT_MAX 512
#define TEXT(name, value)                                                                          \
    OSSL_PARAM_utf8_string(name, (char *)(uintptr_t)(value), sizeof(value) - 1)
#define OCTETS(name, value)                                                                        \
    OSSL_PARAM_octet_string(name, (void *)(uintptr_t)(value), sizeof(value) - 1)
#define DERIVATION(name) TEXT(ONEM2M_PARAM_DERIVATION, name)

static unsigned int suid_23 = 23;

typedef struct {
    KEY_SPEC key;
    OSSL_PARAM params[8]; /* the first is `derivation` */
} CASE;

static const CASE cases[] = {
    { { .kind = "ke" },
      { DERIVATION(ONEM2M_KDF_KM), TEXT(ONEM2M_PARAM_MAF_ID, "maf.example.com"), OSSL_PARAM_END } },
    { { .kind = "ke" },
      { DERIVATION(ONEM2M_KDF_KPSA), TEXT(ONEM2M_PARAM_TARGET_ID, "/cse1"), OSSL_PARAM_END } },
    { { .kind = "ke" },
      { DERIVATION(ONEM2M_KDF_USAGE_KEY), OSSL_PARAM_uint(ONEM2M_PARAM_SUID, &suid_23),
        TEXT(ONEM2M_PARAM_TARGET_ID, "cse.example.com"), TEXT(ONEM2M_PARAM_SUID_ENCODING, "octet"),
        OSSL_PARAM_END } },
    { { .kind = "ke" },
      { DERIVATION(ONEM2M_KDF_GBA_NAF_KEY), TEXT(ONEM2M_PARAM_MODE, "gba-me"),
        OCTETS(ONEM2M_PARAM_RAND, "0123456789abcdef"), TEXT(ONEM2M_PARAM_IMPI, "user@example.com"),
        TEXT(ONEM2M_PARAM_NAF_FQDN, "naf.example.com"),
        OCTETS(ONEM2M_PARAM_UA_PROTOCOL, "\1\0\0\0\1"), OSSL_PARAM_END } },
    { { .kind = "kpsa", .suid = 22 },
      { DERIVATION(ONEM2M_KDF_E2E_KEY), TEXT(ONEM2M_PARAM_PURPOSE, "message-authentication"),
        OCTETS(ONEM2M_PARAM_SALT, "salt"), TEXT(ONEM2M_PARAM_DIGEST, "SHA2-512"),
        OSSL_PARAM_END } },
    { { .kind = "esprim", .suid = 13 },
      { DERIVATION(ONEM2M_KDF_SESSION_ESPRIM_KEY), OCTETS(ONEM2M_PARAM_RECEIVER_RAND, "abc"),
        OCTETS(ONEM2M_PARAM_ORIGINATOR_RAND, "def"), OSSL_PARAM_END } },
    { { .kind = "esdata", .suid = 34, .extractable = 1, .length = 64 },
      { DERIVATION(ONEM2M_KDF_SPLIT_KEY), TEXT(ONEM2M_PARAM_HALF, "second"), OSSL_PARAM_END } },
};
#define USAGE_KEY_CASE 2
#define SPLIT_CASE 6

static EVP_PKEY_CTX *begin(const KEY_SPEC *spec, const OSSL_PARAM params[])
{
    EVP_PKEY *key = import_key(loaded.libctx, spec);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(loaded.libctx, key, ONEM2M_PROPERTY_QUERY);

    EVP_PKEY_free(key);
    CHECK(ctx != NULL && EVP_PKEY_derive_init_ex(ctx, params) == 1);
    return ctx;
}

static size_t reference(const CASE *one, unsigned char out[OUT_MAX])
{
    EVP_KDF_CTX *ctx = new_context(loaded.libctx, one->params[0].data);
    OSSL_PARAM key[] = { OSSL_PARAM_octet_string(ONEM2M_PARAM_KEY, (void *)(uintptr_t)key_octets,
                                                 one->key.length != 0 ? one->key.length : 32),
                         OSSL_PARAM_END };
    size_t size;

    CHECK(EVP_KDF_CTX_set_params(ctx, one->params + 1) == 1);
    CHECK(EVP_KDF_CTX_set_params(ctx, key) == 1);
    size = EVP_KDF_CTX_get_kdf_size(ctx);
    CHECK(EVP_KDF_derive(ctx, out, size, NULL) == 1);
    EVP_KDF_CTX_free(ctx);
    return size;
}

static void check_derives(EVP_PKEY_CTX *ctx, const CASE *one)
{
    unsigned char expected[OUT_MAX], out[OUT_MAX];
    const size_t size = reference(one, expected);
    size_t length = 0;

    CHECK(EVP_PKEY_derive(ctx, NULL, &length) == 1 && length == size);
    memset(out, 0xA5, sizeof(out));
    length = sizeof(out);
    CHECK(EVP_PKEY_derive(ctx, out, &length) == 1 && length == size);
    CHECK(memcmp(out, expected, size) == 0 && out[size] == 0xA5);
    check_no_error();
}

static void test_each_derivation(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        EVP_PKEY_CTX *ctx = begin(&cases[i].key, cases[i].params);

        subject("%s", (const char *)cases[i].params[0].data);
        check_derives(ctx, &cases[i]);
        check_derives(ctx, &cases[i]);
        EVP_PKEY_CTX_free(ctx);
    }
}

static void test_one_by_one(void **state)
{
    size_t i, j;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        EVP_PKEY_CTX *ctx = begin(&cases[i].key, NULL);

        subject("%s", (const char *)cases[i].params[0].data);
        for (j = 0; cases[i].params[j].key != NULL; j++) {
            const OSSL_PARAM one[] = { cases[i].params[j], OSSL_PARAM_construct_end() };

            CHECK(EVP_PKEY_CTX_set_params(ctx, one) == 1);
        }
        check_derives(ctx, &cases[i]);
        EVP_PKEY_CTX_free(ctx);
    }
}

static void test_dup(void **state)
{
    EVP_PKEY_CTX *ctx, *copy;
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        ctx = begin(&cases[i].key, cases[i].params);
        copy = EVP_PKEY_CTX_dup(ctx);
        EVP_PKEY_CTX_free(ctx);
        check_derives(copy, &cases[i]);
        EVP_PKEY_CTX_free(copy);
    }
}

static void test_small_buffer(void **state)
{
    EVP_PKEY_CTX *ctx = begin(&cases[0].key, cases[0].params);
    unsigned char out[32] = { 0 };
    const unsigned char zero[32] = { 0 };
    size_t length = 31;

    (void)state;
    CHECK(EVP_PKEY_derive(ctx, out, &length) <= 0);
    check_error(ONEM2M_R_BAD_OUTPUT_LENGTH, ONEM2M_KDF_KM, "32 octets");
    CHECK(memcmp(out, zero, sizeof(out)) == 0);
    check_derives(ctx, &cases[0]);
    EVP_PKEY_CTX_free(ctx);
}

static void refuse(EVP_PKEY_CTX *ctx, OSSL_PARAM param, ONEM2M_REASON reason, const char *name,
                   const char *detail)
{
    const OSSL_PARAM params[] = { param, OSSL_PARAM_construct_end() };

    CHECK(EVP_PKEY_CTX_set_params(ctx, params) <= 0);
    check_error(reason, name, detail);
}

static void test_refused_parameters(void **state)
{
    EVP_PKEY_CTX *ctx = begin(&cases[0].key, NULL);
    unsigned int number = 1;
    size_t length = 0;

    (void)state;
    CHECK(EVP_PKEY_derive(ctx, NULL, &length) <= 0);
    check_error(ONEM2M_R_MISSING_PARAMETER, "derivation", "not set");
    refuse(ctx, cases[0].params[1], ONEM2M_R_MISSING_PARAMETER, "maf-id", "derivation");
    refuse(ctx, (OSSL_PARAM)DERIVATION("ONEM2M-KQ"), ONEM2M_R_BAD_CHOICE, "derivation", "-KPSA");
    refuse(ctx, (OSSL_PARAM)DERIVATION("ONEM2M-RETRIEVE"), ONEM2M_R_BAD_CHOICE, "derivation", NULL);
    refuse(ctx, (OSSL_PARAM)DERIVATION(""), ONEM2M_R_BAD_CHOICE, "derivation", NULL);
    refuse(ctx, OSSL_PARAM_construct_uint("derivation", &number), ONEM2M_R_WRONG_TYPE, "derivation",
           NULL);
    CHECK(EVP_PKEY_CTX_set_params(ctx, cases[0].params) == 1);
    refuse(ctx, (OSSL_PARAM)TEXT(ONEM2M_PARAM_MAF_ID, "MAF.example.com"), ONEM2M_R_UPPER_CASE,
           "maf-id", NULL);
    refuse(ctx, (OSSL_PARAM)TEXT(ONEM2M_PARAM_REQUESTER, "no identity"), ONEM2M_R_BAD_CHARACTER,
           "requester", NULL);
    check_derives(ctx, &cases[0]);
    EVP_PKEY_CTX_free(ctx);
}

/* What is refused together with what would be taken changes nothing. */
static void test_nothing_changes(void **state)
{
    const OSSL_PARAM params[] = { DERIVATION(ONEM2M_KDF_KPSA),
                                  TEXT(ONEM2M_PARAM_TARGET_ID, "/cse1"),
                                  TEXT(ONEM2M_PARAM_REQUESTER, "no identity"), OSSL_PARAM_END };
    EVP_PKEY_CTX *ctx = begin(&cases[0].key, cases[0].params);

    (void)state;
    CHECK(EVP_PKEY_CTX_set_params(ctx, params) <= 0);
    check_error(ONEM2M_R_BAD_CHARACTER, "requester", NULL);
    check_derives(ctx, &cases[0]);
    EVP_PKEY_CTX_free(ctx);
}

static void test_another_derivation(void **state)
{
    const OSSL_PARAM usage_key[] = { DERIVATION("onem2m-usage-key"), OSSL_PARAM_END };
    EVP_PKEY_CTX *ctx = begin(&cases[1].key, cases[1].params);
    unsigned char out[32];
    size_t length = sizeof(out);

    (void)state;
    CHECK(EVP_PKEY_CTX_set_params(ctx, usage_key) == 1);
    CHECK(EVP_PKEY_derive(ctx, out, &length) <= 0);
    check_error(ONEM2M_R_MISSING_PARAMETER, "suid", "10.3.7");
    CHECK(EVP_PKEY_CTX_set_params(ctx, cases[USAGE_KEY_CASE].params + 1) == 1);
    check_derives(ctx, &cases[USAGE_KEY_CASE]);
    EVP_PKEY_CTX_free(ctx);
}

static void test_peer(void **state)
{
    EVP_PKEY_CTX *ctx = begin(&cases[0].key, cases[0].params);
    EVP_PKEY *peer = import_key(loaded.libctx, &cases[0].key);

    (void)state;
    CHECK(EVP_PKEY_derive_set_peer_ex(ctx, peer, 0) <= 0);
    check_error(ONEM2M_R_BAD_ATTRIBUTE, "peer", "no peer");
    EVP_PKEY_free(peer);
    EVP_PKEY_CTX_free(ctx);
}

typedef struct {
    KEY_SPEC key;
    size_t which; /* of cases */
    ONEM2M_REASON reason;
} ROW;

static const ROW rows[] = {
    { { .kind = "ke", .no_derive_octets = 1 }, 0, ONEM2M_R_DERIVE_OCTETS_OFF },
    { { .kind = "ke", .state = "suspended" }, 0, ONEM2M_R_SUSPENDED },
    { { .kind = "ke", .state = "revoked" }, 0, ONEM2M_R_REVOKED },
    { { .kind = "ke", .not_after = "20200101T000000Z" }, 0, ONEM2M_R_EXPIRED },
    { { .kind = "km", .suid = 21 }, 0, ONEM2M_R_NOT_ALLOWED_BY_KIND },
    { { .kind = "kpm", .suid = 10 }, 0, ONEM2M_R_NOT_ALLOWED_BY_KIND },
    { { .kind = "e2e", .purpose = "message-authentication" }, 4, ONEM2M_R_NOT_ALLOWED_BY_KIND },
    { { .kind = "esdata", .suid = 34, .length = 64 }, SPLIT_CASE, ONEM2M_R_NOT_EXTRACTABLE },
};

static void test_policy(void **state)
{
    unsigned char out[OUT_MAX];
    size_t i, length;

    (void)state;
    for (i = 0; i < COUNT(rows); i++) {
        EVP_PKEY_CTX *ctx = begin(&rows[i].key, cases[rows[i].which].params);

        subject("row %zu", i);
        length = sizeof(out);
        CHECK(EVP_PKEY_derive(ctx, out, &length) <= 0);
        check_error(rows[i].reason, cases[rows[i].which].params[0].data, NULL);
        EVP_PKEY_CTX_free(ctx);
    }
}

static const OSSL_PARAM psk_maf[] = { DERIVATION(ONEM2M_KDF_PSK), TEXT(ONEM2M_PARAM_USAGE, "maf"),
                                      OSSL_PARAM_END };

/* A key that is in no store serves a handshake too: the same octets, under the same policy. */
static void test_psk(void **state)
{
    static const KEY_SPEC own = { .kind = "km", .suid = 21, .length = 48 };
    static const struct {
        KEY_SPEC key;
        ONEM2M_REASON reason;
    } refused[] = {
        { { .kind = "kpsa", .suid = 22 }, ONEM2M_R_NOT_ALLOWED_BY_USAGE },
        { { .kind = "ke" }, ONEM2M_R_NOT_ALLOWED_BY_KIND },
        { { .kind = "km", .suid = 11, .state = "suspended" }, ONEM2M_R_SUSPENDED },
        { { .kind = "km", .suid = 11, .not_after = "20200101T000000Z" }, ONEM2M_R_EXPIRED },
    };
    EVP_PKEY_CTX *ctx = begin(&own, psk_maf);
    unsigned char out[OUT_MAX];
    size_t length = sizeof(out);

    (void)state;
    CHECK(EVP_PKEY_derive(ctx, out, &length) == 1 && length == 48);
    CHECK(memcmp(out, key_octets, 48) == 0);
    EVP_PKEY_CTX_free(ctx);
    check_no_error();
    for (size_t i = 0; i < COUNT(refused); i++) {
        subject("row %zu", i);
        ctx = begin(&refused[i].key, psk_maf);
        length = sizeof(out);
        CHECK(EVP_PKEY_derive(ctx, out, &length) <= 0);
        check_error(refused[i].reason, ONEM2M_KDF_PSK, NULL);
        EVP_PKEY_CTX_free(ctx);
    }
}

/* No key is made of it: that would be the same key under another name. */
static void test_psk_makes_no_key(void **state)
{
    static const KEY_SPEC own = { .kind = "km", .suid = 21 };
    EVP_PKEY *parent = import_key(loaded.libctx, &own), *key = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(loaded.libctx, parent, ONEM2M_PROPERTY_QUERY);

    (void)state;
    CHECK(EVP_PKEY_keygen_init(ctx) == 1 && EVP_PKEY_CTX_set_params(ctx, psk_maf) == 1);
    CHECK(EVP_PKEY_generate(ctx, &key) <= 0 && key == NULL);
    check_error(ONEM2M_R_NOT_ALLOWED_BY_KIND, ONEM2M_KDF_PSK, NULL);
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(parent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_each_derivation, empty_queue),
        cmocka_unit_test_setup(test_one_by_one, empty_queue),
        cmocka_unit_test_setup(test_dup, empty_queue),
        cmocka_unit_test_setup(test_small_buffer, empty_queue),
        cmocka_unit_test_setup(test_refused_parameters, empty_queue),
        cmocka_unit_test_setup(test_nothing_changes, empty_queue),
        cmocka_unit_test_setup(test_another_derivation, empty_queue),
        cmocka_unit_test_setup(test_peer, empty_queue),
        cmocka_unit_test_setup(test_policy, empty_queue),
        cmocka_unit_test_setup(test_psk, empty_queue),
        cmocka_unit_test_setup(test_psk_makes_no_key, empty_queue),
    };

    return cmocka_run_group_tests(tests, load_group, unload_group);
}
