/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Keys that a token keeps: every function against software.
 */
#include "expect.h"
#include "token_keys.h"

#define OCTETS 64
#define CACHED 1024 /* handles that are kept */
#define MANY 10000

static unsigned char octets[OCTETS];
static const ONEM2M_SLICE whole = { octets, OCTETS }, half = { octets, 32 };
static const unsigned char label[] = "oneM2M label", id[] = "//maf.example.com/in-cse";
static const ONEM2M_SLICE message[] = { { label, sizeof(label) }, { id, sizeof(id) } };

static const ONEM2M_CUSTODY custodies[] = { ONEM2M_CUSTODY_OBJECT, ONEM2M_CUSTODY_WRAPPED };

static void must(int ok, const ONEM2M_ERROR *error)
{
    if (!ok)
        fail_msg("%s", error->detail);
}

static void destroy(const ONEM2M_TOKEN_KEY *key)
{
    ONEM2M_ERROR error;

    must(onem2m_token_destroy(keeper.token, key, &error), &error);
}

/* What the raw session sees of an attribute. */
static CK_RV get_raw(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type, void *value, CK_ULONG *length)
{
    CK_ATTRIBUTE attribute = { type, value, *length };
    const CK_RV result =
        keeper.raw.module->C_GetAttributeValue(keeper.raw.handle, object, &attribute, 1);

    *length = attribute.ulValueLen;
    return result;
}

static int get_flag(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type)
{
    CK_BBOOL value = 0x55;
    CK_ULONG length = sizeof(value);

    assert_int_equal(get_raw(object, type, &value, &length), CKR_OK);
    return value;
}

static CK_ULONG find_raw(ONEM2M_PKCS11_TEMPLATE *template, CK_OBJECT_HANDLE *objects, CK_ULONG max)
{
    const char *function;

    assert_int_equal(onem2m_pkcs11_find(keeper.raw.module, keeper.raw.handle, template, objects,
                                        &max, &function),
                     CKR_OK);
    return max;
}

/* ---- The key that wraps ---- */

static void makes_the_key_that_wraps(void **state)
{
    ONEM2M_PKCS11_TEMPLATE template = { .count = 0 };
    CK_OBJECT_HANDLE key;
    ONEM2M_ERROR error;

    (void)state;
    assert_int_equal(onem2m_token_is_there(keeper.token, &error), 1);
    onem2m_pkcs11_add(&template, CKA_LABEL, "keys wrap", 9);
    onem2m_pkcs11_add_flag(&template, CKA_TOKEN, 1);
    assert_int_equal(find_raw(&template, &key, 1), 1);
    assert_true(get_flag(key, CKA_SENSITIVE));
    assert_false(get_flag(key, CKA_EXTRACTABLE));
    assert_true(get_flag(key, CKA_PRIVATE));
    assert_true(get_flag(key, CKA_WRAP));
    assert_true(get_flag(key, CKA_UNWRAP));
    assert_false(get_flag(key, CKA_DECRYPT));
    assert_false(onem2m_token_create(keeper.token, &error));
    assert_int_equal(error.reason, ONEM2M_R_TOKEN_KEY);
    assert_non_null(strstr(error.detail, "\"keys wrap\" already"));
}

static void says_that_it_is_not_there(void **state)
{
    ONEM2M_TOKEN *other;
    ONEM2M_TOKEN_KEY key;
    ONEM2M_ERROR error;

    (void)state;
    must(onem2m_token_new(&other, keeper_uri("nobody"), &error), &error);
    assert_int_equal(onem2m_token_is_there(other, &error), 0);
    memset(&key, UNTOUCHED, sizeof(key));
    assert_false(onem2m_token_import(other, ONEM2M_CUSTODY_WRAPPED, 0, half, &key, &error));
    assert_int_equal(error.reason, ONEM2M_R_TOKEN_KEY);
    assert_non_null(strstr(error.detail, "no key \"nobody wrap\""));
    assert_untouched(&key, sizeof(key));
    onem2m_token_free(other);
}

static void refuses_uris(void **state)
{
    static const struct {
        const char *uri, *detail;
    } wrong[] = {
        { "pkcs11:", "names no token" },
        { "pkcs11:token=seals;id=%01", "id= is of one key" },
        { "pkcs11:token=seals;object=", "object= has 0 octets" },
        { "pkcs11:token=seals?pin-value=1", "pin-value is refused" },
        { "pkcs11:token=seals;object=0123456789012345678901234567890123456789012345678901234567890"
          "12345678901234567890123456789012345678901234567890123456789012345678",
          "object= has 129 octets" },
        { "nothing", "PKCS#11 URI" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        const REFUSAL refusal = { ONEM2M_R_BAD_CONFIGURATION, NO_OFFSET, wrong[i].detail };
        ONEM2M_TOKEN *token;
        ONEM2M_ERROR error;

        if (onem2m_token_new(&token, wrong[i].uri, &error))
            fail_msg("%s was taken", wrong[i].uri);
        assert_null(token);
        assert_refused(&error, &refusal, wrong[i].uri);
    }
    onem2m_token_free(NULL);
}

static void the_object_of_a_uri_may_be_left_away(void **state)
{
    char uri[512];
    ONEM2M_TOKEN *token;
    ONEM2M_ERROR error;

    (void)state;
    snprintf(uri, sizeof(uri), "pkcs11:token=%s?module-path=" SHIM_MODULE "&pin-source=file:%s",
             keeper.is_nss ? "our%20token" : "seals", tokens.pin_path);
    must(onem2m_token_new(&token, uri, &error), &error);
    assert_int_equal(onem2m_token_is_there(token, &error), 0);
    onem2m_token_free(token);
}

/* ---- MACs ---- */

/* Lengths of keys that all tokens here make HMACs with and wrap: see hsm.md. */
static int is_usable(ONEM2M_CUSTODY custody, size_t length, size_t digest)
{
    static const size_t softhsm_min[] = { 32, 48, 64 };
    const int is_odd = custody == ONEM2M_CUSTODY_WRAPPED && length % 8 != 0;
    size_t stored = length;

    if (keeper.is_nss)
        return custody == ONEM2M_CUSTODY_OBJECT || length <= 256;
    if (is_odd && length > 56)
        return 0;
    if (is_odd || length < 32) /* with zeros behind it */
        stored = length < 24 ? 32 : (length + 7) / 8 * 8 + 8;
    return stored >= softhsm_min[digest];
}

static void check_macs(const ONEM2M_TOKEN_KEY *key, size_t digest, ONEM2M_SLICE key_octets)
{
    static unsigned char text[5000];
    static const size_t lengths[] = { 0, 1, 63, 64, 1023, 1024, 1025, 2048, 5000 };
    unsigned char expected[EVP_MAX_MD_SIZE], mac[EVP_MAX_MD_SIZE + 1];
    ONEM2M_ERROR error;

    fill_octets(text, sizeof(text), 3);
    for (size_t i = 0; i < COUNT(lengths); i++) {
        const ONEM2M_SLICE parts[] = { { text, lengths[i] / 3 },
                                       { NULL, 0 },
                                       { text + lengths[i] / 3, lengths[i] - lengths[i] / 3 } };
        const size_t length = software_mac(digest, key_octets, parts, 3, expected);

        memset(mac, UNTOUCHED, sizeof(mac));
        if (!onem2m_token_mac(keeper.token, key, keeper.digests[digest], parts, 3, mac, &error))
            fail_msg("%zu octets, %s: %s", key->key_length, onem2m_custody_name(key->custody),
                     error.detail);
        assert_memory_equal(mac, expected, length);
        assert_untouched(mac + length, sizeof(mac) - length);
    }
}

static void macs_are_those_of_software(void **state)
{
    static const size_t lengths[] = { 8, 16, 20, 31, 32, 33, 40, 48, 64, 65, 128, 129, 200, 512 };
    static unsigned char long_octets[512];

    (void)state;
    fill_octets(long_octets, sizeof(long_octets), 7);
    for (size_t i = 0; i < COUNT(lengths) * COUNT(custodies) * 3; i++) {
        const ONEM2M_SLICE key_octets = { long_octets, lengths[i / 6] };
        const ONEM2M_CUSTODY custody = custodies[i % 2];
        const size_t digest = i / 2 % 3;
        ONEM2M_TOKEN_KEY key;

        if (!is_usable(custody, key_octets.length, digest))
            continue;
        key = import_key(custody, 0, key_octets);
        assert_int_equal(key.custody, custody);
        assert_int_equal(key.birth, ONEM2M_BIRTH_IMPORTED);
        assert_int_equal(key.key_length, key_octets.length);
        check_macs(&key, digest, key_octets);
        destroy(&key);
    }
}

static int mac_fails(const ONEM2M_TOKEN_KEY *key, ONEM2M_ERROR *error)
{
    unsigned char mac[EVP_MAX_MD_SIZE];

    return !onem2m_token_mac(keeper.token, key, keeper.digests[0], message, 2, mac, error);
}

/* What a token cannot do with a key is said when the key is brought, or when it is used. */
static void names_lengths_that_it_cannot(void **state)
{
    static const unsigned char long_octets[512] = { 1 };
    unsigned char mac[EVP_MAX_MD_SIZE];
    ONEM2M_TOKEN_KEY key;
    ONEM2M_ERROR error;

    (void)state;
    if (keeper.is_nss) {
        assert_false(onem2m_token_import(keeper.token, ONEM2M_CUSTODY_WRAPPED, 0,
                                         (ONEM2M_SLICE){ long_octets, 512 }, &key, &error));
        assert_non_null(strstr(error.detail, "C_UnwrapKey returned CKR_TEMPLATE_INCONSISTENT"));
        return;
    }
    assert_false(onem2m_token_import(keeper.token, ONEM2M_CUSTODY_WRAPPED, 0,
                                     (ONEM2M_SLICE){ long_octets, 57 }, &key, &error));
    assert_int_equal(error.reason, ONEM2M_R_TOKEN_CANNOT);
    assert_non_null(strstr(error.detail, "cannot wrap a key of 57 octets"));
    for (size_t i = 0; i < 2; i++) {
        assert_false(onem2m_token_generate(keeper.token, custodies[i], 0, 16, &key, &error));
        assert_int_equal(error.reason, ONEM2M_R_TOKEN_CANNOT);
        assert_non_null(strstr(error.detail, "generates no key of this length"));
    }
    key = import_key(ONEM2M_CUSTODY_OBJECT, 0, half);
    assert_false(onem2m_token_mac(keeper.token, &key, keeper.digests[2], message, 2, mac, &error));
    assert_int_equal(error.reason, ONEM2M_R_TOKEN_CANNOT);
    assert_non_null(strstr(error.detail, "CKR_KEY_SIZE_RANGE"));
    destroy(&key);
}

/* Keys that have zeros behind them in some tokens are as long as they were, outside. */
static void short_and_odd_lengths(void **state)
{
    static const size_t lengths[] = { 8, 9, 15, 16, 20, 24, 31, 33, 47, 56 };

    (void)state;
    for (size_t i = 0; i < COUNT(lengths) * 2; i++) {
        const ONEM2M_SLICE own = { octets, lengths[i / 2] };
        const ONEM2M_TOKEN_KEY key = import_key(custodies[i % 2], 1, own);
        unsigned char out[OCTETS];
        ONEM2M_TOKEN_KEY object;
        ONEM2M_ERROR error;

        assert_int_equal(key.key_length, own.length);
        memset(out, UNTOUCHED, sizeof(out));
        must(onem2m_token_read(keeper.token, &key, out, &error), &error);
        assert_memory_equal(out, octets, own.length);
        assert_untouched(out + own.length, sizeof(out) - own.length);
        if (i % 2 == 1) {
            must(onem2m_token_settle(keeper.token, &key, &object, &error), &error);
            assert_mac_of(&object, own);
            must(onem2m_token_read(keeper.token, &object, out, &error), &error);
            assert_memory_equal(out, octets, own.length);
            assert_untouched(out + own.length, sizeof(out) - own.length);
            destroy(&object);
        }
        destroy(&key);
    }
}

/* RFC 4231, 4.7 (test case 6), whose key is long enough for every token. */
static void known_answers(void **state)
{
    static const unsigned char text[] = "Test Using Larger Than Block-Size Key - Hash Key First";
    static const unsigned char expected[] = { 0x60, 0xE4, 0x31, 0x59, 0x1E, 0xE0, 0xB6, 0x7F,
                                              0x0D, 0x8A, 0x26, 0xAA, 0xCB, 0xF5, 0xB7, 0x7F,
                                              0x8E, 0x0B, 0xC6, 0x21, 0x37, 0x28, 0xC5, 0x14,
                                              0x05, 0x46, 0x04, 0x0F, 0x0E, 0xE3, 0x7F, 0x54 };
    unsigned char aa[131], mac[32];
    const ONEM2M_SLICE part = { text, sizeof(text) - 1 };
    ONEM2M_TOKEN_KEY key;
    ONEM2M_ERROR error;

    (void)state;
    memset(aa, 0xAA, sizeof(aa));
    key = import_key(ONEM2M_CUSTODY_OBJECT, 0, (ONEM2M_SLICE){ aa, sizeof(aa) });
    must(onem2m_token_mac(keeper.token, &key, keeper.digests[0], &part, 1, mac, &error), &error);
    assert_memory_equal(mac, expected, sizeof(expected));
    destroy(&key);
}

static void refuses_other_digests(void **state)
{
    EVP_MD *md = EVP_MD_fetch(NULL, "SHA2-224", NULL);
    unsigned char mac[EVP_MAX_MD_SIZE];
    ONEM2M_TOKEN_KEY key = import_key(ONEM2M_CUSTODY_WRAPPED, 0, half), child;
    const REFUSAL refusal = { ONEM2M_R_BAD_DIGEST, NO_OFFSET, "none with SHA2-224" };
    ONEM2M_ERROR error;

    (void)state;
    memset(mac, UNTOUCHED, sizeof(mac));
    assert_false(onem2m_token_mac(keeper.token, &key, md, message, 2, mac, &error));
    assert_refused(&error, &refusal, "mac");
    assert_untouched(mac, sizeof(mac));
    assert_false(onem2m_token_derive(keeper.token, &key, md, message, 2, 0, &child, &error));
    assert_refused(&error, &refusal, "derive");
    assert_false(onem2m_token_extract(keeper.token, &key, md, message[0], 0, &child, &error));
    assert_refused(&error, &refusal, "extract");
    EVP_MD_free(md);
}

/* ---- Lengths and references ---- */

static void refuses_lengths(void **state)
{
    static const size_t lengths[] = { 0, 1, 7, 513, (size_t)1 << 40, SIZE_MAX };
    const REFUSAL refusal = { ONEM2M_R_BAD_KEY_LENGTH, NO_OFFSET, "octets" };
    const ONEM2M_TOKEN_KEY parent = import_key(ONEM2M_CUSTODY_WRAPPED, 1, whole);
    ONEM2M_TOKEN_KEY key;
    ONEM2M_ERROR error;

    (void)state;
    for (size_t i = 0; i < COUNT(lengths); i++) {
        assert_false(onem2m_token_import(keeper.token, ONEM2M_CUSTODY_OBJECT, 0,
                                         (ONEM2M_SLICE){ octets, lengths[i] }, &key, &error));
        assert_refused(&error, &refusal, "import");
        assert_false(onem2m_token_generate(keeper.token, ONEM2M_CUSTODY_WRAPPED, 0, lengths[i],
                                           &key, &error));
        assert_refused(&error, &refusal, "generate");
        assert_false(onem2m_token_slice(keeper.token, &parent, 0, lengths[i], 0, &key, &error));
        assert_refused(&error, &refusal, "slice");
        if (lengths[i] > OCTETS) {
            assert_false(
                onem2m_token_slice(keeper.token, &parent, lengths[i], 16, 0, &key, &error));
            assert_refused(&error, &refusal, "slice");
        }
    }
    assert_false(onem2m_token_slice(keeper.token, &parent, 49, 16, 0, &key, &error));
    assert_refused(&error, &refusal, "slice beyond the end");
    assert_false(onem2m_token_import(keeper.token, ONEM2M_CUSTODY_SOFTWARE, 0, half, &key, &error));
    assert_int_equal(error.reason, ONEM2M_R_BAD_CHOICE);
}

static void refuses_damaged_references(void **state)
{
    const ONEM2M_TOKEN_KEY wrapped = import_key(ONEM2M_CUSTODY_WRAPPED, 1, half);
    ONEM2M_TOKEN_KEY damaged = wrapped;
    ONEM2M_ERROR error;
    size_t before;

    (void)state;
    assert_mac_of(&wrapped, half);
    before = count_objects(0);
    for (size_t i = 0; i < wrapped.length; i++) {
        damaged.reference[i] ^= 1;
        assert_true(mac_fails(&damaged, &error));
        assert_int_equal(error.reason, ONEM2M_R_TOKEN_FAILED);
        assert_non_null(strstr(error.detail, "C_UnwrapKey returned CKR_"));
        assert_false(onem2m_token_settle(keeper.token, &damaged, &(ONEM2M_TOKEN_KEY){ .length = 0 },
                                         &error));
        damaged = wrapped;
    }
    for (damaged.length = 0; damaged.length <= sizeof(damaged.reference); damaged.length++) {
        if (damaged.length == wrapped.length)
            continue;
        assert_true(mac_fails(&damaged, &error));
        assert_int_equal(error.reason, damaged.length == wrapped.length + 8 /* zeros behind it */
                                           ? ONEM2M_R_TOKEN_FAILED
                                           : ONEM2M_R_TOKEN_KEY);
    }
    damaged = wrapped;
    damaged.custody = ONEM2M_CUSTODY_SOFTWARE;
    assert_true(mac_fails(&damaged, &error));
    damaged.custody = ONEM2M_CUSTODY_OBJECT;
    damaged.length = ONEM2M_TOKEN_ID_OCTETS;
    assert_true(mac_fails(&damaged, &error));
    assert_non_null(strstr(error.detail, "has no key of this CKA_ID"));
    assert_int_equal(count_objects(0), before);
}

/* ---- What leaves the token ---- */

static void assert_stays(CK_OBJECT_HANDLE object)
{
    unsigned char value[OCTETS];
    CK_ULONG length = sizeof(value);

    assert_int_equal(get_raw(object, CKA_VALUE, value, &length), CKR_ATTRIBUTE_SENSITIVE);
    assert_true(get_flag(object, CKA_SENSITIVE));
    assert_false(get_flag(object, CKA_EXTRACTABLE));
    assert_true(get_flag(object, CKA_PRIVATE));
}

/* All that is in the token and its sessions, after every function has been used. */
static void what_is_not_extractable_stays(void **state)
{
    ONEM2M_PKCS11_TEMPLATE template = { .count = 0 };
    CK_OBJECT_HANDLE objects[256];
    ONEM2M_TOKEN_KEY keys[2], child, generated;
    ONEM2M_ERROR error;
    CK_ULONG count;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        keys[i] = import_key(custodies[i], 0, half);
        must(onem2m_token_derive(keeper.token, &keys[i], keeper.digests[0], message, 2, 0, &child,
                                 &error),
             &error);
        assert_false(mac_fails(&child, &error));
        must(onem2m_token_generate(keeper.token, custodies[i], 0, 32, &generated, &error), &error);
        assert_false(mac_fails(&generated, &error));
    }
    onem2m_pkcs11_add_secret_key(&template, NULL);
    count = find_raw(&template, objects, COUNT(objects));
    assert_true(count >= 6 && count < COUNT(objects));
    for (CK_ULONG i = 0; i < count; i++)
        assert_stays(objects[i]);
    for (size_t i = 0; i < 2; i++) {
        unsigned char out[32];

        memset(out, UNTOUCHED, sizeof(out));
        assert_false(onem2m_token_read(keeper.token, &keys[i], out, &error));
        assert_int_equal(error.reason, ONEM2M_R_NOT_EXTRACTABLE);
        assert_untouched(out, sizeof(out));
    }
    keys[0].extractable = 1; /* an object of the token knows better */
    assert_false(onem2m_token_read(keeper.token, &keys[0], octets + 32, &error));
    assert_int_equal(error.reason, ONEM2M_R_NOT_EXTRACTABLE);
    destroy(&keys[0]);
    destroy(&generated);
}

static void reads_until_restricted(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        ONEM2M_TOKEN_KEY key = import_key(custodies[i], 1, whole);
        unsigned char out[OCTETS];
        ONEM2M_ERROR error;

        assert_true(key.extractable);
        must(onem2m_token_read(keeper.token, &key, out, &error), &error);
        assert_memory_equal(out, octets, OCTETS);
        assert_mac_of(&key, whole);
        must(onem2m_token_restrict(keeper.token, &key, &error), &error);
        assert_false(key.extractable);
        assert_false(onem2m_token_read(keeper.token, &key, out, &error));
        assert_int_equal(error.reason, ONEM2M_R_NOT_EXTRACTABLE);
        assert_mac_of(&key, whole);
        /* Again, by a record that was not written. */
        key.extractable = 1;
        must(onem2m_token_restrict(keeper.token, &key, &error), &error);
        assert_false(key.extractable);
        destroy(&key);
    }
}

static void settles(void **state)
{
    (void)state;
    for (int extractable = 0; extractable <= 1; extractable++) {
        const ONEM2M_TOKEN_KEY wrapped = import_key(ONEM2M_CUSTODY_WRAPPED, extractable, half);
        const size_t before = count_objects(1);
        unsigned char out[32];
        ONEM2M_TOKEN_KEY object, again;
        ONEM2M_ERROR error;

        must(onem2m_token_settle(keeper.token, &wrapped, &object, &error), &error);
        assert_int_equal(object.custody, ONEM2M_CUSTODY_OBJECT);
        assert_int_equal(object.length, ONEM2M_TOKEN_ID_OCTETS);
        assert_int_equal(object.birth, wrapped.birth);
        assert_int_equal(object.key_length, 32);
        assert_int_equal(count_objects(1), before + 1);
        assert_mac_of(&object, half);
        assert_int_equal(onem2m_token_read(keeper.token, &object, out, &error), extractable);
        assert_false(onem2m_token_settle(keeper.token, &object, &again, &error));
        assert_int_equal(error.reason, ONEM2M_R_BAD_CHOICE);
        destroy(&object);
        assert_int_equal(count_objects(1), before);
        assert_mac_of(&wrapped, half);
    }
}

static void destroys(void **state)
{
    const ONEM2M_SLICE own = { octets + 8, 40 }; /* wrapped, equal octets are equal */
    const ONEM2M_TOKEN_KEY object = import_key(ONEM2M_CUSTODY_OBJECT, 0, half);
    const ONEM2M_TOKEN_KEY wrapped = import_key(ONEM2M_CUSTODY_WRAPPED, 0, own);
    const size_t before = count_objects(0);
    ONEM2M_ERROR error;

    (void)state;
    assert_mac_of(&object, half);
    assert_mac_of(&wrapped, own);
    destroy(&object);
    assert_true(mac_fails(&object, &error));
    assert_int_equal(error.reason, ONEM2M_R_TOKEN_KEY);
    destroy(&object);
    assert_int_equal(count_objects(0), before + 1);
    destroy(&wrapped);
    destroy(&wrapped);
    assert_int_equal(count_objects(0), before);
    assert_mac_of(&wrapped, own); /* it was only forgotten */
}

/* ---- Keys of keys ---- */

static void generates(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        unsigned char out[2][48];
        ONEM2M_TOKEN_KEY keys[2];
        ONEM2M_ERROR error;

        for (size_t k = 0; k < 2; k++) {
            must(onem2m_token_generate(keeper.token, custodies[i], 1, 48, &keys[k], &error),
                 &error);
            assert_int_equal(keys[k].birth, ONEM2M_BIRTH_GENERATED);
            must(onem2m_token_read(keeper.token, &keys[k], out[k], &error), &error);
            assert_mac_of(&keys[k], (ONEM2M_SLICE){ out[k], 48 });
            destroy(&keys[k]);
        }
        assert_memory_not_equal(out[0], out[1], 48);
        assert_memory_not_equal(keys[0].reference, keys[1].reference, keys[0].length);
    }
}

static ONEM2M_BIRTH best_rung(ONEM2M_CUSTODY custody)
{
    if (!keeper.is_nss)
        return ONEM2M_BIRTH_SIGNED;
    return custody == ONEM2M_CUSTODY_WRAPPED ? ONEM2M_BIRTH_SP800_108 : ONEM2M_BIRTH_HKDF;
}

static void check_derivation(const ONEM2M_TOKEN_KEY *parent, size_t digest, ONEM2M_BIRTH birth)
{
    unsigned char expected[EVP_MAX_MD_SIZE], out[EVP_MAX_MD_SIZE];
    const size_t length = software_mac(digest, whole, message, 2, expected);

    for (int extractable = 0; extractable <= 1; extractable++) {
        ONEM2M_TOKEN_KEY child;
        ONEM2M_ERROR error;

        must(onem2m_token_derive(keeper.token, parent, keeper.digests[digest], message, 2,
                                 extractable, &child, &error),
             &error);
        assert_int_equal(child.custody, ONEM2M_CUSTODY_WRAPPED);
        assert_int_equal(child.birth, birth);
        assert_int_equal(child.extractable, extractable);
        assert_int_equal(child.key_length, length);
        assert_mac_of(&child, (ONEM2M_SLICE){ expected, length });
        if (extractable) {
            must(onem2m_token_read(keeper.token, &child, out, &error), &error);
            assert_memory_equal(out, expected, length);
        }
    }
}

static void every_rung_is_as_software(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const ONEM2M_TOKEN_KEY parent = import_key(custodies[i], 0, whole);

        for (size_t digest = 0; digest < 3; digest++)
            check_derivation(&parent, digest, best_rung(custodies[i]));
        destroy(&parent);
    }
}

/* Tokens that lack mechanisms, or have wrong ones: another login, so that they are asked again. */
static void lower_rungs(void **state)
{
    ONEM2M_TOKEN *const kept = keeper.token;
    const ONEM2M_TOKEN_KEY parent = import_key(ONEM2M_CUSTODY_WRAPPED, 0, whole);

    (void)state;
    for (int wrong = 0; wrong <= 1; wrong++) {
        keeper.token = new_token();
        let_fail(SHIM_C_DeriveKey, wrong ? CKR_OK : CKR_MECHANISM_INVALID, 0);
        tokens.shim->fails_always = 1;
        tokens.shim->derives_wrong = wrong;
        check_derivation(&parent, 0, ONEM2M_BIRTH_SIGNED);
        reset_shim();
        check_derivation(&parent, 0, ONEM2M_BIRTH_SIGNED); /* asked once */
        onem2m_token_free(keeper.token);
    }
    keeper.token = new_token();
    let_fail(SHIM_C_DeriveKey, CKR_MECHANISM_PARAM_INVALID, 0);
    check_derivation(&parent, 0, keeper.is_nss ? ONEM2M_BIRTH_HKDF : ONEM2M_BIRTH_SIGNED);
    reset_shim();
    onem2m_token_free(keeper.token);
    keeper.token = kept;
}

static void messages_of_any_length(void **state)
{
    static unsigned char text[20000];
    static const size_t lengths[] = { 0, 1, 512, 513, 4096, 4097, 20000 };
    unsigned char expected[EVP_MAX_MD_SIZE];

    (void)state;
    fill_octets(text, sizeof(text), 5);
    for (size_t i = 0; i < COUNT(lengths) * 2; i++) {
        const ONEM2M_SLICE part = { text, lengths[i / 2] };
        const ONEM2M_TOKEN_KEY parent = import_key(custodies[i % 2], 0, whole);
        ONEM2M_TOKEN_KEY child;
        ONEM2M_ERROR error;

        software_mac(0, whole, &part, 1, expected);
        must(onem2m_token_derive(keeper.token, &parent, keeper.digests[0], &part, 1, 0, &child,
                                 &error),
             &error);
        assert_mac_of(&child, (ONEM2M_SLICE){ expected, 32 });
        destroy(&parent);
    }
}

/* Of a key that is not extractable only tokens that have the mechanism, and of objects fewer. */
static int extracts(size_t i, int extractable)
{
    return extractable || (keeper.is_nss && custodies[i] == ONEM2M_CUSTODY_WRAPPED);
}

static void check_refused(const ONEM2M_ERROR *error, const char *mechanism)
{
    assert_int_equal(error->reason, ONEM2M_R_TOKEN_CANNOT);
    assert_non_null(strstr(error->detail, mechanism));
    assert_non_null(strstr(error->detail, keeper.is_nss ? "our token" : "seals"));
}

static void extracts_as_software(void **state)
{
    static const ONEM2M_SLICE salts[] = { { label, sizeof(label) }, { octets, 0 } };
    unsigned char expected[EVP_MAX_MD_SIZE];

    (void)state;
    for (size_t i = 0; i < 48; i++) {
        const int extractable = (i & 2) != 0;
        const size_t digest = i / 4 % 3;
        const ONEM2M_SLICE salt = salts[i / 12 % 2];
        const ONEM2M_SLICE own = { octets, i < 24 ? OCTETS : 20 };
        const ONEM2M_TOKEN_KEY parent = import_key(custodies[i % 2], extractable, own);
        const size_t length = software_mac(digest, salt, &own, 1, expected);
        ONEM2M_TOKEN_KEY child;
        ONEM2M_ERROR error;

        if (onem2m_token_extract(keeper.token, &parent, keeper.digests[digest], salt, 0, &child,
                                 &error)) {
            assert_true(extracts(i % 2, extractable));
            assert_mac_of(&child, (ONEM2M_SLICE){ expected, length });
            assert_int_equal(child.birth, keeper.is_nss && i % 2 == 1 ? ONEM2M_BIRTH_HKDF
                                                                      : ONEM2M_BIRTH_IMPORTED);
        } else {
            assert_false(extracts(i % 2, extractable));
            check_refused(&error, "CKM_HKDF_DERIVE");
        }
        destroy(&parent);
    }
}

static void slices_as_software(void **state)
{
    static const struct {
        size_t offset, length;
    } slices[] = { { 0, 32 }, { 32, 32 }, { 8, 40 }, { 0, 64 }, { 24, 40 } };

    (void)state;
    for (size_t i = 0; i < COUNT(slices) * 4; i++) {
        const size_t offset = slices[i / 4].offset, length = slices[i / 4].length;
        const int extractable = (i & 2) != 0;
        const ONEM2M_TOKEN_KEY parent = import_key(custodies[i % 2], extractable, whole);
        ONEM2M_TOKEN_KEY child;
        ONEM2M_ERROR error;

        if (onem2m_token_slice(keeper.token, &parent, offset, length, 0, &child, &error)) {
            assert_true(extracts(i % 2, extractable));
            assert_int_equal(child.key_length, length);
            assert_mac_of(&child, (ONEM2M_SLICE){ octets + offset, length });
            assert_int_equal(child.birth, keeper.is_nss && i % 2 == 1 ? ONEM2M_BIRTH_EXTRACT
                                                                      : ONEM2M_BIRTH_IMPORTED);
        } else {
            assert_false(extracts(i % 2, extractable));
            check_refused(&error, "CKM_EXTRACT_KEY_FROM_KEY");
        }
        destroy(&parent);
    }
}

static void abilities(void **state)
{
    ONEM2M_TOKEN_ABILITIES found;
    ONEM2M_ERROR error;

    (void)state;
    must(onem2m_token_abilities(keeper.token, &found, &error), &error);
    assert_string_equal(found.label, keeper.is_nss ? "our token" : "seals");
    assert_string_equal(found.manufacturer,
                        keeper.is_nss ? "Mozilla Foundation" : "SoftHSM project");
    assert_true(found.generates && found.wraps);
    assert_int_equal(found.wraps_padded, keeper.is_nss);
    assert_int_equal(found.derives_sp800_108, keeper.is_nss);
    assert_int_equal(found.derives_hkdf, keeper.is_nss);
    assert_int_equal(found.extracts_hkdf, keeper.is_nss);
    assert_int_equal(found.slices, keeper.is_nss);
}

static void names(void **state)
{
    (void)state;
    assert_string_equal(onem2m_custody_name(ONEM2M_CUSTODY_OBJECT), "object");
    assert_string_equal(onem2m_custody_name(ONEM2M_CUSTODY_WRAPPED), "wrapped");
    assert_string_equal(onem2m_custody_name(ONEM2M_CUSTODY_SOFTWARE), "software");
    assert_string_equal(onem2m_custody_name((ONEM2M_CUSTODY)99), "unknown");
    assert_string_equal(onem2m_birth_name(ONEM2M_BIRTH_SP800_108), "sp800-108-feedback");
    assert_string_equal(onem2m_birth_name(ONEM2M_BIRTH_HKDF), "hkdf-extract");
    assert_string_equal(onem2m_birth_name(ONEM2M_BIRTH_SIGNED), "host");
    assert_string_equal(onem2m_birth_name(ONEM2M_BIRTH_EXTRACT), "extract-key");
    assert_string_equal(onem2m_birth_name(ONEM2M_BIRTH_IMPORTED), "imported");
    assert_string_equal(onem2m_birth_name(ONEM2M_BIRTH_GENERATED), "generated");
    assert_string_equal(onem2m_birth_name(ONEM2M_BIRTH_UNKNOWN), "unknown");
}

/* ---- Objects of sessions ---- */

static void nothing_piles_up(void **state)
{
    const ONEM2M_TOKEN_KEY parent = import_key(ONEM2M_CUSTODY_WRAPPED, 1, whole);
    size_t before, sessions;
    ONEM2M_ERROR error;

    (void)state;
    assert_mac_of(&parent, whole);
    before = count_objects(0);
    reset_shim();
    for (int i = 0; i < 200; i++) {
        unsigned char out[OCTETS];
        ONEM2M_TOKEN_KEY child;

        must(onem2m_token_derive(keeper.token, &parent, keeper.digests[0], message, 2, 0, &child,
                                 &error),
             &error);
        must(onem2m_token_slice(keeper.token, &parent, 0, 32, 0, &child, &error), &error);
        must(onem2m_token_read(keeper.token, &parent, out, &error), &error);
        must(onem2m_token_generate(keeper.token, ONEM2M_CUSTODY_WRAPPED, 0, 32, &child, &error),
             &error);
    }
    assert_int_equal(count_objects(0), before);
    sessions = tokens.shim->calls[SHIM_C_OpenSession];
    assert_int_equal(sessions, 0);
    assert_true(tokens.shim->calls[SHIM_C_Login] == 0);
}

static void mac_numbered(const ONEM2M_TOKEN_KEY *keys, unsigned int number)
{
    unsigned char own[32];

    fill_octets(own, sizeof(own), number);
    assert_mac_of(&keys[number], (ONEM2M_SLICE){ own, sizeof(own) });
}

/* Each takes the place of another one, or its own handle is destroyed at once. */
static void assert_unwrapped(unsigned long count)
{
    assert_true(tokens.shim->calls[SHIM_C_UnwrapKey] == count);
    assert_true(tokens.shim->calls[SHIM_C_DestroyObject] == count);
}

static void any_number_of_wrapped_keys(void **state)
{
    static ONEM2M_TOKEN_KEY keys[MANY];
    unsigned char own[32];

    (void)state;
    onem2m_token_free(keeper.token); /* with the keys that it has at hand */
    keeper.token = new_token();
    for (unsigned int i = 0; i < MANY; i++) {
        fill_octets(own, sizeof(own), i);
        keys[i] = import_key(ONEM2M_CUSTODY_WRAPPED, 0, (ONEM2M_SLICE){ own, sizeof(own) });
    }
    for (unsigned int i = 0; i < MANY; i++)
        mac_numbered(keys, i);
    assert_true(count_objects(0) == CACHED + 1); /* with the copy of the key that wraps */
    /* What filled the room is there still. What came after it takes a place when it comes again,
     * that of what was not used for longest; what comes once takes none. */
    reset_shim();
    mac_numbered(keys, 0);
    assert_unwrapped(0);
    mac_numbered(keys, MANY - 1);
    mac_numbered(keys, MANY - 1);
    assert_unwrapped(1);
    mac_numbered(keys, 1);
    assert_unwrapped(2);
    mac_numbered(keys, 0);
    mac_numbered(keys, 2);
    mac_numbered(keys, MANY - 1);
    assert_unwrapped(2);
    assert_true(count_objects(0) == CACHED + 1);
}

/* An object is searched for once. */
static void finds_once(void **state)
{
    const ONEM2M_TOKEN_KEY key = import_key(ONEM2M_CUSTODY_OBJECT, 0, half);

    (void)state;
    reset_shim();
    for (int i = 0; i < 50; i++)
        assert_mac_of(&key, half);
    assert_true(tokens.shim->calls[SHIM_C_FindObjectsInit] == 1);
    assert_true(tokens.shim->calls[SHIM_C_SignInit] == 50);
    destroy(&key);
}

int main(int argc, char *argv[])
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_the_key_that_wraps),
        cmocka_unit_test(says_that_it_is_not_there),
        cmocka_unit_test(refuses_uris),
        cmocka_unit_test(the_object_of_a_uri_may_be_left_away),
        cmocka_unit_test(macs_are_those_of_software),
        cmocka_unit_test(names_lengths_that_it_cannot),
        cmocka_unit_test(short_and_odd_lengths),
        cmocka_unit_test(known_answers),
        cmocka_unit_test(refuses_other_digests),
        cmocka_unit_test(refuses_lengths),
        cmocka_unit_test(refuses_damaged_references),
        cmocka_unit_test(what_is_not_extractable_stays),
        cmocka_unit_test(reads_until_restricted),
        cmocka_unit_test(settles),
        cmocka_unit_test(destroys),
        cmocka_unit_test(generates),
        cmocka_unit_test(every_rung_is_as_software),
        cmocka_unit_test(lower_rungs),
        cmocka_unit_test(messages_of_any_length),
        cmocka_unit_test(extracts_as_software),
        cmocka_unit_test(slices_as_software),
        cmocka_unit_test(abilities),
        cmocka_unit_test(names),
        cmocka_unit_test(nothing_piles_up),
        cmocka_unit_test(any_number_of_wrapped_keys),
        cmocka_unit_test(finds_once),
    };

    fill_octets(octets, sizeof(octets), 1);
    return run_with_keeper(argc, argv, tests, COUNT(tests));
}
