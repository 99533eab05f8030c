/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Records that were sealed here, and the fixed one: what opens, and what does not any more.
 */
#include "record_fixture.h"

#define RECORD_TEXTS 9

/* Written by sealed_record.py, which shares nothing with the code under test. */
static const char sealed[] =
    "8358f1a301033a000100001901023a00010001ae01020301041a6b49d200051a6b4b238006010801"
    "0a010b11107830383243413646414443313837383934393141413635333339433531423538413340"
    "6d65662e6578616d706c652e636f6d117818656e726f6c656531406d65662e6578616d706c652e63"
    "6f6d12732f2f73702e6578616d706c652e636f6d2f536114783c2f2f73702e6578616d706c652e63"
    "6f6d2f637365313d637365312e6578616d706c652e636f6d202f2f73702e6578616d706c652e636f"
    "6d2f6373653215656dc3a4727a1818781b68747470733a2f2f696e2e6578616d706c652e636f6d2f"
    "62617365a1054c101112131415161718191a1b5836dfff9c3611e97af288364c58493e211a9d1b02"
    "43558d07e0b5aab63208030c820ab20b5eabf9273ece327573102db89a6d349c3643da";

/* ---- Round trips ---- */

static void random_text(ONEM2M_SLICE *out, unsigned char *storage)
{
    const unsigned int longest = random_below(10) == 0 ? 3000 : 60;

    out->length = random_below(3) == 0 ? 0 : random_below(longest) + 1;
    out->data = storage;
    for (size_t i = 0; i < out->length; i++)
        storage[i] = (unsigned char)(' ' + random_below(95));
}

static int64_t random_time(void)
{
    return (int64_t)random_below(1U << 31) * random_below(100) + 1;
}

static void random_attributes(ONEM2M_ATTRIBUTES *a, unsigned char storage[RECORD_TEXTS][3000])
{
    memset(a, 0, sizeof(*a));
    a->kind = (ONEM2M_KIND)(1 + random_below(ONEM2M_KIND_MAX));
    a->parent_kind = (ONEM2M_KIND)random_below(ONEM2M_KIND_MAX + 1);
    a->suid = random_below(100);
    a->purpose = (ONEM2M_PURPOSE)random_below(5);
    a->state = (ONEM2M_STATE)(1 + random_below(4));
    a->registration = (int)random_below(2);
    a->extractable = (int)random_below(2);
    a->derive_octets = (int)random_below(2);
    a->allowed_suids = random_below(32);
    a->created = random_time();
    a->not_after = random_below(2) ? random_time() : 0;
    for (size_t i = 0; i < ONEM2M_TEXT_COUNT; i++)
        random_text(&a->text[i], storage[i]);
}

static void assert_same_attributes(const ONEM2M_ATTRIBUTES *a, const ONEM2M_ATTRIBUTES *b)
{
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->parent_kind, b->parent_kind);
    assert_int_equal(a->suid, b->suid);
    assert_int_equal(a->purpose, b->purpose);
    assert_int_equal(a->state, b->state);
    assert_int_equal(a->registration, b->registration);
    assert_int_equal(a->extractable, b->extractable);
    assert_int_equal(a->derive_octets, b->derive_octets);
    assert_int_equal(a->allowed_suids, b->allowed_suids);
    assert_int_equal(a->custody, b->custody);
    assert_int_equal(a->birth, b->birth);
    assert_int_equal(a->exposed, b->exposed);
    assert_true(a->created == b->created && a->not_after == b->not_after);
    for (size_t i = 0; i < ONEM2M_TEXT_COUNT; i++) {
        assert_int_equal(a->text[i].length, b->text[i].length);
        if (a->text[i].length > 0)
            assert_memory_equal(a->text[i].data, b->text[i].data, a->text[i].length);
    }
}

static void opens_what_was_sealed(void **state)
{
    static unsigned char storage[RECORD_TEXTS][3000], out[ONEM2M_RECORD_MAX];
    FIXTURE *fixture = *state;

    assert_int_equal(ONEM2M_TEXT_COUNT, RECORD_TEXTS);
    for (int i = 0; i < 2000; i++) {
        unsigned char secret[ONEM2M_KEY_OCTETS_MAX];
        const size_t secret_length = random_below(ONEM2M_KEY_OCTETS_MAX + 1);
        ONEM2M_ATTRIBUTES attributes;
        ONEM2M_ERROR error;
        OPENED opened;
        size_t length;

        random_attributes(&attributes, storage);
        random_octets(secret, secret_length);
        memset(&opened, UNTOUCHED, sizeof(opened));
        if (!onem2m_record_seal(&fixture->cipher, own_name(), &attributes,
                                &(ONEM2M_MATERIAL){ .octets = slice(secret, secret_length) }, out,
                                &length, &error) ||
            !open_as(&fixture->cipher, own_name(), slice(out, length), &opened, &error))
            fail_msg("%d: %s", i, error.detail);
        assert_same_attributes(&opened.attributes, &attributes);
        assert_int_equal(opened.key.length, secret_length);
        assert_memory_equal(opened.key.octets, secret, secret_length);
        assert_untouched(opened.key.octets + secret_length,
                         sizeof(opened.key.octets) - secret_length);
    }
}

/* A key of a token as it may be: what is known of its birth says whether it was outside. */
static void random_token_key(ONEM2M_ATTRIBUTES *a, ONEM2M_TOKEN_KEY *key)
{
    memset(key, 0, sizeof(*key));
    a->state = (ONEM2M_STATE)(1 + random_below(3));
    key->custody = random_below(2) ? ONEM2M_CUSTODY_OBJECT : ONEM2M_CUSTODY_WRAPPED;
    key->birth = (ONEM2M_BIRTH)(1 + random_below(6));
    key->extractable = a->extractable;
    key->key_length = 8 + random_below(505);
    key->length = key->custody == ONEM2M_CUSTODY_OBJECT ? ONEM2M_TOKEN_ID_OCTETS
                                                        : (key->key_length + 7) / 8 * 8 + 8;
    random_octets(key->reference, key->length);
    a->exposed = (int)random_below(2);
}

static void opens_what_was_sealed_of_a_token(void **state)
{
    static unsigned char storage[RECORD_TEXTS][3000], out[ONEM2M_RECORD_MAX];
    static int somewhere;
    FIXTURE *fixture = *state;

    for (int i = 0; i < 500; i++) {
        ONEM2M_TOKEN_KEY key;
        const ONEM2M_MATERIAL material = { .token = (ONEM2M_TOKEN *)(void *)&somewhere,
                                           .key = &key };
        ONEM2M_ATTRIBUTES attributes;
        ONEM2M_ERROR error;
        OPENED opened;
        size_t length;

        random_attributes(&attributes, storage);
        random_token_key(&attributes, &key);
        onem2m_attributes_place(&attributes, &material);
        memset(&opened, UNTOUCHED, sizeof(opened));
        if (!onem2m_record_seal(&fixture->cipher, own_name(), &attributes, &material, out, &length,
                                &error) ||
            !open_as(&fixture->cipher, own_name(), slice(out, length), &opened, &error))
            fail_msg("%d: %s", i, error.detail);
        assert_same_attributes(&opened.attributes, &attributes);
        assert_int_equal(opened.key.length, 0);
        assert_int_equal(opened.key.token_key.custody, key.custody);
        assert_int_equal(opened.key.token_key.birth, key.birth);
        assert_int_equal(opened.key.token_key.extractable, key.extractable);
        assert_int_equal(opened.key.token_key.key_length, key.key_length);
        assert_int_equal(opened.key.token_key.length, key.length);
        assert_memory_equal(opened.key.token_key.reference, key.reference, key.length);
        assert_untouched(opened.key.octets, sizeof(opened.key.octets));
    }
}

static ONEM2M_ATTRIBUTES least_attributes(void)
{
    return (ONEM2M_ATTRIBUTES){
        .kind = ONEM2M_KIND_KE, .state = ONEM2M_STATE_ACTIVE, .created = 1, .derive_octets = 1
    };
}

static void seals_with_a_fresh_iv(void **state)
{
    static unsigned char first[ONEM2M_RECORD_MAX], second[ONEM2M_RECORD_MAX];
    const ONEM2M_ATTRIBUTES attributes = least_attributes();
    FIXTURE *fixture = *state;
    ONEM2M_RECORD one, other;
    size_t length, other_length;

    assert_true(onem2m_record_seal(&fixture->cipher, own_name(), &attributes,
                                   &(ONEM2M_MATERIAL){ .octets = slice("12345678", 8) }, first,
                                   &length, NULL));
    assert_true(onem2m_record_seal(&fixture->cipher, own_name(), &attributes,
                                   &(ONEM2M_MATERIAL){ .octets = slice("12345678", 8) }, second,
                                   &other_length, NULL));
    assert_true(onem2m_record_parse(&one, slice(first, length), NULL));
    assert_true(onem2m_record_parse(&other, slice(second, other_length), NULL));
    assert_int_equal(one.iv.length, 12);
    assert_memory_not_equal(one.iv.data, other.iv.data, 12);
    assert_memory_not_equal(one.ciphertext.data, other.ciphertext.data, 8);
}

static const unsigned char zeros[ONEM2M_KEY_OCTETS_MAX + 1];

/* What could not be opened again is not sealed. */
/* NOLINTNEXTLINE(readability-function-cognitive-complexity): a table, a row a case */
static void seals_nothing_unreadable(void **state)
{
    enum {
        CREATED,
        KIND,
        KIND_HIGH,
        STATE,
        STATE_HIGH,
        SUID,
        TIME,
        PURPOSE,
        SUIDS,
        TEXT,
        LONG,
        KEY,
        CASES
    };
    static unsigned char text[ONEM2M_ATTRIBUTE_MAX + 1], out[ONEM2M_RECORD_MAX];
    FIXTURE *fixture = *state;

    memset(text, 'a', sizeof(text));
    for (int i = 0; i < CASES; i++) {
        ONEM2M_ATTRIBUTES a = least_attributes();
        ONEM2M_ERROR error;
        size_t length = 0;
        int sealed_it;

        a.created = i == CREATED ? 0 : a.created;
        a.kind = i == KIND ? (ONEM2M_KIND)0 : i == KIND_HIGH ? (ONEM2M_KIND)13 : a.kind;
        a.state = i == STATE ? (ONEM2M_STATE)0 : i == STATE_HIGH ? (ONEM2M_STATE)5 : a.state;
        a.suid = i == SUID ? 100 : 0;
        a.not_after = i == TIME ? -1 : 0;
        a.purpose = i == PURPOSE ? (ONEM2M_PURPOSE)5 : ONEM2M_PURPOSE_NONE;
        a.allowed_suids = i == SUIDS ? 32 : 0;
        for (size_t t = 0; t < (i == TEXT ? 1 : i == LONG ? ONEM2M_TEXT_COUNT : 0); t++)
            a.text[t] = slice(text, i == TEXT ? sizeof(text) : ONEM2M_ATTRIBUTE_MAX);
        sealed_it = onem2m_record_seal(
            &fixture->cipher, own_name(), &a,
            &(ONEM2M_MATERIAL){ .octets = slice(zeros, i == KEY ? sizeof(zeros) : 32) }, out,
            &length, &error);
        if (sealed_it)
            fail_msg("case %d was sealed", i);
        assert_int_equal(error.reason, i == LONG ? ONEM2M_R_BAD_LENGTH : ONEM2M_R_BAD_ATTRIBUTE);
        assert_int_equal(length, 0);
    }
}

static void seals_up_to_the_limit(void **state)
{
    static unsigned char text[ONEM2M_ATTRIBUTE_MAX], out[ONEM2M_RECORD_MAX + 1];
    ONEM2M_ATTRIBUTES a = least_attributes();
    FIXTURE *fixture = *state;
    size_t length, longest = 0;
    OPENED opened;

    memset(text, 'a', sizeof(text));
    out[ONEM2M_RECORD_MAX] = UNTOUCHED;
    for (size_t t = 0; t < 3; t++)
        a.text[t] = slice(text, sizeof(text));
    for (size_t last = 15000; last <= ONEM2M_ATTRIBUTE_MAX; last++) {
        a.text[3] = slice(text, last);
        if (onem2m_record_seal(&fixture->cipher, own_name(), &a,
                               &(ONEM2M_MATERIAL){ .octets = slice(zeros, 512) }, out, &length,
                               NULL)) {
            assert_int_equal(longest == 0 ? length : longest + 1, length);
            longest = length;
            assert_true(open_as(&fixture->cipher, own_name(), slice(out, length), &opened, NULL));
        }
    }
    assert_int_equal(longest, ONEM2M_RECORD_MAX);
    assert_int_equal(out[ONEM2M_RECORD_MAX], UNTOUCHED);
}

/* ---- The fixed record ---- */

static void opens_the_fixed_record(void **state)
{
    static const char *const texts[ONEM2M_TEXT_COUNT] = {
        [ONEM2M_TEXT_KEY_ID] = "82CA6FADC18789491AA65339C51B58A3@mef.example.com",
        [ONEM2M_TEXT_PARENT_KEY_ID] = "enrolee1@mef.example.com",
        [ONEM2M_TEXT_SOURCE_ID] = "//sp.example.com/Sa",
        [ONEM2M_TEXT_TARGET_IDS] = "//sp.example.com/cse1=cse1.example.com //sp.example.com/cse2",
        [ONEM2M_TEXT_LABELS] = "m\xC3\xA4rz",
        [ONEM2M_TEXT_REGISTRAR_URI] = "https://in.example.com/base",
    };
    ONEM2M_ATTRIBUTES expected = { .kind = ONEM2M_KIND_KE,
                                   .parent_kind = ONEM2M_KIND_KPM,
                                   .state = ONEM2M_STATE_ACTIVE,
                                   .registration = 1,
                                   .allowed_suids = 0x11,
                                   .created = 1800000000,
                                   .not_after = 1800086400 };
    FIXTURE *fixture = *state;
    ONEM2M_ERROR error;
    OPENED opened;
    size_t length;
    unsigned char *record = from_hex(sealed, &length);

    for (size_t i = 0; i < ONEM2M_TEXT_COUNT; i++)
        expected.text[i] = text_slice(texts[i] != NULL ? texts[i] : "");
    if (!open_as(&fixture->cipher, own_name(), slice(record, length), &opened, &error))
        fail_msg("%s", error.detail);
    assert_same_attributes(&opened.attributes, &expected);
    assert_int_equal(opened.key.length, 32);
    for (size_t i = 0; i < 32; i++)
        assert_int_equal(opened.key.octets[i], 0x40 + i);
    free(record);
}

static void refuses_every_bit_flipped(void **state)
{
    FIXTURE *fixture = *state;
    size_t length;
    unsigned char *record = from_hex(sealed, &length);

    for (size_t bit = 0; bit < 8 * length; bit++) {
        record[bit / 8] ^= (unsigned char)(1 << bit % 8);
        must_refuse(&fixture->cipher, own_name(), record, length, "a bit flipped");
        record[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    free(record);
}

static void refuses_every_other_length(void **state)
{
    FIXTURE *fixture = *state;
    unsigned char longer[1024] = { 0 };
    size_t length;
    unsigned char *record = from_hex(sealed, &length);

    for (size_t cut = 0; cut < length; cut++)
        must_refuse(&fixture->cipher, own_name(), record, cut, "cut");
    memcpy(longer, record, length);
    must_refuse(&fixture->cipher, own_name(), longer, length + 1, "an octet more");
    memcpy(longer + length, record, length);
    must_refuse(&fixture->cipher, own_name(), longer, 2 * length, "twice");
    free(record);
}

static void refuses_another_name(void **state)
{
    FIXTURE *fixture = *state;
    unsigned char other[RECORD_NAME_LENGTH + 1] = { 0 };
    size_t length;
    unsigned char *record = from_hex(sealed, &length);

    memcpy(other, RECORD_NAME, RECORD_NAME_LENGTH);
    for (size_t i = 0; i < RECORD_NAME_LENGTH; i++) {
        other[i] ^= 1;
        must_refuse(&fixture->cipher, slice(other, RECORD_NAME_LENGTH), record, length,
                    "another name");
        must_refuse(&fixture->cipher, slice(RECORD_NAME, i), record, length, "a shorter name");
        other[i] ^= 1;
    }
    must_refuse(&fixture->cipher, slice(other, RECORD_NAME_LENGTH + 1), record, length,
                "a longer name");
    must_refuse(&fixture->cipher, slice(zeros, 513), record, length, "a name of 513 octets");
    free(record);
}

static void refuses_another_store(void **state)
{
    unsigned char store[ONEM2M_STORE_IDENTITY_OCTETS], key[ONEM2M_DATA_KEY_OCTETS];
    ONEM2M_RECORD_CIPHER cipher;
    size_t length;
    unsigned char *record = from_hex(sealed, &length);

    (void)state;
    memcpy(store, record_identity, sizeof(store));
    memcpy(key, record_data_key, sizeof(key));
    for (size_t i = 0; i < 3; i++) {
        store[15] ^= i == 0;
        key[31] ^= i == 1;
        assert_true(
            onem2m_record_cipher_init(&cipher, NULL, store, RECORD_EPOCH + (i == 2), key, NULL));
        must_refuse(&cipher, own_name(), record, length, "another identity, key or epoch");
        onem2m_record_cipher_clear(&cipher);
        memcpy(store, record_identity, sizeof(store));
        memcpy(key, record_data_key, sizeof(key));
    }
    free(record);
}

static void a_failure_leaves_the_cipher_usable(void **state)
{
    FIXTURE *fixture = *state;
    OPENED opened;
    size_t length;
    unsigned char *record = from_hex(sealed, &length);

    for (int i = 0; i < 3; i++) {
        record[length - 1] ^= 1;
        must_refuse(&fixture->cipher, own_name(), record, length, "the tag");
        record[length - 1] ^= 1;
        assert_true(open_as(&fixture->cipher, own_name(), slice(record, length), &opened, NULL));
    }
    free(record);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(opens_what_was_sealed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(opens_what_was_sealed_of_a_token, set_up, tear_down),
        cmocka_unit_test_setup_teardown(seals_with_a_fresh_iv, set_up, tear_down),
        cmocka_unit_test_setup_teardown(seals_nothing_unreadable, set_up, tear_down),
        cmocka_unit_test_setup_teardown(seals_up_to_the_limit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(opens_the_fixed_record, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_every_bit_flipped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_every_other_length, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_another_name, set_up, tear_down),
        cmocka_unit_test(refuses_another_store),
        cmocka_unit_test_setup_teardown(a_failure_leaves_the_cipher_usable, set_up, tear_down),
    };

    return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
