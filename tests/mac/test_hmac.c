/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The EVP_MAC ONEM2M-HMAC: keys of a store, by name. And what a stored key's
 * object does when its record changes.
 */
#include <string.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/kdf.h>
#include "keys.h"

#define KEY_ID "k1@maf.example.com"

static const KEY_SPEC signing = { .key_id = KEY_ID, .kind = "esdata", .suid = 25 };

static OSSL_PARAM text(const char *name, const char *value)
{
    return OSSL_PARAM_construct_utf8_string(name, (char *)(uintptr_t)value, 0);
}

static EVP_MAC_CTX *new_mac(OSSL_LIB_CTX *libctx)
{
    EVP_MAC *mac = EVP_MAC_fetch(libctx, ONEM2M_MAC_HMAC, ONEM2M_PROPERTY_QUERY);
    EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(mac);

    EVP_MAC_free(mac);
    CHECK(ctx != NULL);
    return ctx;
}

static int init(EVP_MAC_CTX *ctx, const char *key_id, const char *digest)
{
    OSSL_PARAM params[3] = { OSSL_PARAM_END, OSSL_PARAM_END, OSSL_PARAM_END };
    size_t n = 0;

    if (key_id != NULL)
        params[n++] = text(ONEM2M_PARAM_KEY_ID, key_id);
    if (digest != NULL)
        params[n++] = text(ONEM2M_PARAM_DIGEST, digest);
    return EVP_MAC_init(ctx, NULL, 0, params);
}

static void check_mac_of(EVP_MAC_CTX *ctx, const char *digest, size_t key_length)
{
    unsigned char mic[EVP_MAX_MD_SIZE], expected[EVP_MAX_MD_SIZE];
    const size_t size = reference_hmac(digest, key_length, MESSAGE, MESSAGE_LENGTH, expected);
    size_t length = 0;

    CHECK(EVP_MAC_CTX_get_mac_size(ctx) == size);
    CHECK(EVP_MAC_final(ctx, NULL, &length, 0) == 1 && length == size);
    CHECK(EVP_MAC_final(ctx, mic, &length, sizeof(mic)) == 1);
    CHECK(length == size && memcmp(mic, expected, size) == 0);
    check_no_error();
}

static void check_mac(EVP_MAC_CTX *ctx, const char *digest)
{
    check_mac_of(ctx, digest, 32);
}

static int update(EVP_MAC_CTX *ctx)
{
    return EVP_MAC_update(ctx, (const unsigned char *)MESSAGE, MESSAGE_LENGTH);
}

static void compute_each(const PLACE *store)
{
    static const char *const digests[] = { "SHA2-256", "SHA2-384", "SHA2-512" };
    EVP_PKEY *key = import_key(store->libctx, &signing);
    EVP_MAC_CTX *ctx = new_mac(store->libctx);
    size_t i;

    EVP_PKEY_free(key);
    CHECK(EVP_MAC_CTX_get_mac_size(ctx) == 32);
    for (i = 0; i < COUNT(digests); i++) {
        CHECK(init(ctx, KEY_ID, digests[i]) == 1);
        CHECK(update(ctx) == 1);
        check_mac(ctx, digests[i]);
    }
    /* Key and digest stay. */
    CHECK(init(ctx, NULL, NULL) == 1);
    CHECK(update(ctx) == 1);
    check_mac(ctx, "SHA2-512");
    EVP_MAC_CTX_free(ctx);
}

static void test_in_memory(void **state)
{
    PLACE store;

    (void)state;
    place_make(&store, "memory");
    compute_each(&store);
    place_remove(&store);
}

static void test_on_disk(void **state)
{
    PLACE store;

    (void)state;
    place_make(&store, "lmdb");
    compute_each(&store);
    place_remove(&store);
}

static void test_pieces_and_dup(void **state)
{
    const PLACE *store = *state;
    EVP_MAC_CTX *ctx = new_mac(store->libctx), *copy;

    CHECK(init(ctx, KEY_ID, NULL) == 1);
    CHECK(EVP_MAC_update(ctx, (const unsigned char *)MESSAGE, 3) == 1);
    copy = EVP_MAC_CTX_dup(ctx);
    CHECK(copy != NULL && update(ctx) == 1);
    EVP_MAC_CTX_free(ctx);
    CHECK(EVP_MAC_update(copy, NULL, 0) == 1);
    CHECK(EVP_MAC_update(copy, (const unsigned char *)MESSAGE + 3, MESSAGE_LENGTH - 3) == 1);
    check_mac(copy, "SHA2-256");
    CHECK(init(copy, NULL, NULL) == 1 && update(copy) == 1);
    check_mac(copy, "SHA2-256");
    EVP_MAC_CTX_free(copy);
}

static void test_raw_key(void **state)
{
    const PLACE *store = *state;
    EVP_MAC_CTX *ctx = new_mac(store->libctx);

    CHECK(EVP_MAC_init(ctx, key_octets, 32, NULL) <= 0);
    check_error(ONEM2M_R_BAD_ATTRIBUTE, "key", "key-id");
    CHECK(update(ctx) <= 0);
    check_error(ONEM2M_R_MISSING_KEY, ONEM2M_MAC_HMAC, NULL);
    CHECK(init(ctx, NULL, NULL) <= 0);
    check_error(ONEM2M_R_MISSING_KEY, "key-id", "not set");
    EVP_MAC_CTX_free(ctx);
}

/* A refused call leaves the message as it was, and the parameters. */
static void refuse(EVP_MAC_CTX *ctx, const char *name, const char *value, ONEM2M_REASON reason)
{
    const OSSL_PARAM params[] = { text(ONEM2M_PARAM_KEY_ID, "other@maf.example.com"),
                                  text(name, value), OSSL_PARAM_construct_end() };

    subject("%s = %s", name, value);
    CHECK(EVP_MAC_CTX_set_params(ctx, params) <= 0);
    check_error(reason, name, NULL);
    CHECK(EVP_MAC_init(ctx, NULL, 0, params) <= 0);
    check_error(reason, name, NULL);
}

static void test_refused_parameters(void **state)
{
    const PLACE *store = *state;
    EVP_MAC_CTX *ctx = new_mac(store->libctx);
    OSSL_PARAM wrong[] = { OSSL_PARAM_octet_string(ONEM2M_PARAM_KEY_ID, NULL, 0), OSSL_PARAM_END };
    unsigned char small[31];
    size_t length;

    CHECK(init(ctx, KEY_ID, NULL) == 1 && update(ctx) == 1);
    refuse(ctx, ONEM2M_PARAM_DIGEST, "SHA3-256", ONEM2M_R_BAD_DIGEST);
    refuse(ctx, ONEM2M_PARAM_DIGEST, "none such", ONEM2M_R_BAD_DIGEST);
    refuse(ctx, ONEM2M_PARAM_REQUESTER, "no identity", ONEM2M_R_BAD_CHARACTER);
    refuse(ctx, ONEM2M_PARAM_PROPERTIES, "provider=none", ONEM2M_R_BAD_DIGEST);
    refuse(ctx, ONEM2M_PARAM_KEY_ID, "", ONEM2M_R_EMPTY);
    CHECK(EVP_MAC_CTX_set_params(ctx, wrong) <= 0);
    check_error(ONEM2M_R_WRONG_TYPE, "key-id", "UTF-8");
    CHECK(EVP_MAC_final(ctx, small, &length, sizeof(small)) <= 0);
    ERR_clear_error();
    check_mac(ctx, "SHA2-256");
    CHECK(EVP_MAC_final(ctx, small, &length, 32) <= 0);
    check_error(ONEM2M_R_MISSING_KEY, ONEM2M_MAC_HMAC, NULL);
    CHECK(init(ctx, NULL, NULL) == 1 && update(ctx) == 1);
    check_mac(ctx, "SHA2-256");
    EVP_MAC_CTX_free(ctx);
}

static void test_digest_in_between(void **state)
{
    const PLACE *store = *state;
    EVP_MAC_CTX *ctx = new_mac(store->libctx);
    const OSSL_PARAM params[] = { text(ONEM2M_PARAM_DIGEST, "SHA-384"),
                                  OSSL_PARAM_construct_end() };

    CHECK(init(ctx, KEY_ID, NULL) == 1);
    CHECK(EVP_MAC_CTX_set_params(ctx, params) == 1 && update(ctx) == 1);
    CHECK(EVP_MAC_CTX_set_params(ctx, params) <= 0);
    check_error(ONEM2M_R_BAD_DIGEST, "digest", "has begun");
    check_mac(ctx, "SHA2-384");
    EVP_MAC_CTX_free(ctx);
}

typedef struct {
    KEY_SPEC spec;
    ONEM2M_REASON reason;
} ROW;

static const ROW rows[] = {
    { { .key_id = "a@maf.example.com", .kind = "esdata", .suid = 24 },
      ONEM2M_R_NOT_ALLOWED_BY_USAGE },
    { { .key_id = "b@mef.example.com", .kind = "kpm", .suid = 10 }, ONEM2M_R_NOT_ALLOWED_BY_KIND },
    { { .key_id = "c@maf.example.com", .kind = "esdata", .suid = 25, .state = "suspended" },
      ONEM2M_R_SUSPENDED },
    { { .key_id = "d@maf.example.com",
        .kind = "esdata",
        .suid = 25,
        .not_after = "20200101T000000Z" },
      ONEM2M_R_EXPIRED },
    { { .key_id = "e@maf.example.com", .kind = "e2e", .purpose = "message-confidentiality" },
      ONEM2M_R_NOT_ALLOWED_BY_USAGE },
};

static void test_policy(void **state)
{
    const PLACE *store = *state;
    EVP_MAC_CTX *ctx = new_mac(store->libctx);
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        subject("%s", rows[i].spec.key_id);
        EVP_PKEY_free(import_key(store->libctx, &rows[i].spec));
        CHECK(init(ctx, rows[i].spec.key_id, NULL) <= 0);
        CHECK(ERR_GET_REASON(ERR_peek_error()) == (int)rows[i].reason ||
              (rows[i].reason == ONEM2M_R_NOT_ALLOWED_BY_KIND &&
               ERR_GET_REASON(ERR_peek_error()) == ONEM2M_R_KEY_NOT_FOUND));
        ERR_clear_error();
    }
    CHECK(init(ctx, "nobody@maf.example.com", NULL) <= 0);
    check_error(ONEM2M_R_KEY_NOT_FOUND, ONEM2M_MAC_HMAC, NULL);
    CHECK(init(ctx, KEY_ID, NULL) == 1 && update(ctx) == 1);
    check_mac(ctx, "SHA2-256");
    EVP_MAC_CTX_free(ctx);
}

/* One message. key_id: NULL for that of the context. */
static void compute(EVP_MAC_CTX *ctx, const char *key_id, size_t key_length)
{
    CHECK(init(ctx, key_id, NULL) == 1 && update(ctx) == 1);
    check_mac_of(ctx, "SHA2-256", key_length);
}

/* A name that is used again and again, and then another: given to init, or set between messages. */
static void test_another_name(void **state)
{
    static const KEY_SPEC shorter = {
        .key_id = "shorter@maf.example.com", .kind = "esdata", .suid = 25, .length = 16
    };
    const PLACE *store = *state;
    const OSSL_PARAM other[] = { text(ONEM2M_PARAM_KEY_ID, shorter.key_id),
                                 OSSL_PARAM_construct_end() };
    EVP_MAC_CTX *ctx = new_mac(store->libctx);

    EVP_PKEY_free(import_key(store->libctx, &shorter));
    for (int round = 0; round < 2; round++) {
        compute(ctx, KEY_ID, 32);
        compute(ctx, NULL, 32);
        compute(ctx, NULL, 32);
        if (round == 1)
            CHECK(EVP_MAC_CTX_set_params(ctx, other) == 1);
        compute(ctx, round == 0 ? shorter.key_id : NULL, shorter.length);
        compute(ctx, NULL, shorter.length);
    }
    EVP_MAC_CTX_free(ctx);
}

/* Revoked in another library context: the next use is refused, of the name and of the object. */
static void test_revoked_elsewhere(void **state)
{
    static const KEY_SPEC spec = { .key_id = "r@maf.example.com", .kind = "esdata", .suid = 25 };
    const PLACE *store = *state;
    EVP_PKEY *key = import_key(store->libctx, &spec);
    OSSL_LIB_CTX *elsewhere = place_context(store);
    EVP_MAC_CTX *mac = new_mac(elsewhere);
    EVP_MD_CTX *sign = EVP_MD_CTX_new();

    compute(mac, spec.key_id, 32);
    compute(mac, NULL, 32);
    CHECK(init(mac, NULL, NULL) == 1 && update(mac) == 1);
    CHECK(EVP_DigestSignInit_ex(sign, NULL, NULL, store->libctx, NULL, key, NULL) == 1);
    CHECK(set_text(key, "state", "revoked") == 1);
    check_mac(mac, "SHA2-256"); /* had begun before */
    CHECK(init(mac, NULL, NULL) <= 0);
    check_error(ONEM2M_R_REVOKED, ONEM2M_MAC_HMAC, NULL);
    CHECK(EVP_DigestSignInit_ex(sign, NULL, NULL, NULL, NULL, NULL, NULL) <= 0);
    CHECK(ERR_GET_REASON(ERR_peek_error()) == ONEM2M_R_REVOKED);
    ERR_clear_error();
    EVP_MD_CTX_free(sign);
    EVP_MAC_CTX_free(mac);
    EVP_PKEY_free(key);
    OSSL_LIB_CTX_free(elsewhere);
}

static int derive_km(EVP_PKEY_CTX *ctx, unsigned char out[32])
{
    size_t length = 32;

    return EVP_PKEY_derive(ctx, out, &length);
}

static void check_same(EVP_PKEY_CTX *ctx, const unsigned char first[32])
{
    unsigned char out[32];

    for (int again = 0; again < 3; again++)
        CHECK(derive_km(ctx, out) == 1 && memcmp(out, first, sizeof(out)) == 0);
}

/* Octets that a context derives again and again of one key object, until its record changes. */
static void test_object_revoked(void **state)
{
    static const KEY_SPEC spec = { .key_id = "derived@maf.example.com", .kind = "ke" };
    const PLACE *store = *state;
    const OSSL_PARAM params[] = { text(ONEM2M_PARAM_DERIVATION, ONEM2M_KDF_KM),
                                  text(ONEM2M_PARAM_MAF_ID, "maf.example.com"),
                                  OSSL_PARAM_construct_end() };
    EVP_PKEY *key = import_key(store->libctx, &spec);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(store->libctx, key, ONEM2M_PROPERTY_QUERY);
    unsigned char first[32];

    CHECK(EVP_PKEY_derive_init_ex(ctx, params) == 1 && derive_km(ctx, first) == 1);
    check_same(ctx, first);
    CHECK(set_text(key, "labels", "changed") == 1);
    check_same(ctx, first);
    CHECK(set_text(key, "state", "revoked") == 1);
    CHECK(derive_km(ctx, first) <= 0);
    CHECK(ERR_GET_REASON(ERR_peek_error()) == ONEM2M_R_REVOKED);
    ERR_clear_error();
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(key);
}

static int setup(void **state)
{
    static PLACE store;

    place_make(&store, "lmdb");
    EVP_PKEY_free(import_key(store.libctx, &signing));
    *state = &store;
    return 0;
}

static int teardown(void **state)
{
    place_remove(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest alone[] = {
        cmocka_unit_test(test_in_memory),
        cmocka_unit_test(test_on_disk),
    };
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces_and_dup),
        cmocka_unit_test(test_raw_key),
        cmocka_unit_test(test_refused_parameters),
        cmocka_unit_test(test_digest_in_between),
        cmocka_unit_test(test_policy),
        cmocka_unit_test(test_another_name),
        cmocka_unit_test(test_revoked_elsewhere),
        cmocka_unit_test(test_object_revoked),
    };

    return cmocka_run_group_tests(alone, NULL, NULL) +
           cmocka_run_group_tests(tests, setup, teardown);
}
