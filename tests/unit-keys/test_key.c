/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "key_fixture.h"

static void test_make_and_copy(void **state)
{
    ONEM2M_ATTRIBUTES attributes = valid_registration();
    char name[] = "0123456789abcdef0123456789abcdef@example.com";
    ONEM2M_KEY key, copy;
    ONEM2M_MATERIAL own;

    (void)state;
    memset(&key, 0, sizeof(key));
    memset(&copy, 0, sizeof(copy));
    attributes.text[ONEM2M_TEXT_KEY_ID] = slice(name);
    attributes.text[ONEM2M_TEXT_LABELS] = slice("a b");
    assert_int_equal(onem2m_key_make(&key, &attributes, &key_material, NULL), 1);
    memset(name, 'x', sizeof(name) - 1);
    assert_text(key.attributes.text[ONEM2M_TEXT_KEY_ID],
                "0123456789ABCDEF0123456789ABCDEF@example.com");
    own = onem2m_key_material(&key);
    assert_int_equal(onem2m_key_copy(&copy, &key.attributes, &own), 1);
    onem2m_key_clear(&key);
    assert_null(key.storage);
    assert_text(copy.attributes.text[ONEM2M_TEXT_KEY_ID],
                "0123456789ABCDEF0123456789ABCDEF@example.com");
    assert_text(copy.attributes.text[ONEM2M_TEXT_LABELS], "a b");
    assert_text(copy.attributes.text[ONEM2M_TEXT_ADMIN_FQDN], "");
    assert_int_equal(copy.secret.length, sizeof(key_octets));
    assert_memory_equal(copy.secret.octets, key_octets, sizeof(key_octets));
    onem2m_key_clear(&copy);
    onem2m_key_clear(&copy);
}

/* A session key that nobody stores needs no name; a tombstone has no octets. */
static void test_make_without_name_or_octets(void **state)
{
    const ONEM2M_MATERIAL nothing = { .token = NULL };
    ONEM2M_ATTRIBUTES attributes = valid_attributes(ONEM2M_KIND_ESPRIM_SESSION);
    ONEM2M_KEY key;

    (void)state;
    memset(&key, 0, sizeof(key));
    attributes.text[ONEM2M_TEXT_KEY_ID] = slice("");
    assert_int_equal(onem2m_key_make(&key, &attributes, &key_material, NULL), 1);
    onem2m_key_clear(&key);
    attributes = valid_attributes(ONEM2M_KIND_KM);
    attributes.state = ONEM2M_STATE_DESTROYED;
    assert_int_equal(onem2m_key_make(&key, &attributes, &nothing, NULL), 1);
    assert_int_equal(key.secret.length, 0);
    onem2m_key_clear(&key);
}

/* What is needed of the octets of a key in a token is refused by the name of who needs them. */
static void test_key_of_a_token(void **state)
{
    static int somewhere;
    ONEM2M_TOKEN_KEY in_token = { .custody = ONEM2M_CUSTODY_WRAPPED, .key_length = 24 };
    const ONEM2M_MATERIAL given = { .token = (ONEM2M_TOKEN *)(void *)&somewhere, .key = &in_token };
    const ONEM2M_ATTRIBUTES attributes = valid_attributes(ONEM2M_KIND_KPM);
    unsigned char out[ONEM2M_KEY_OCTETS_MAX] = { 7 };
    ONEM2M_MATERIAL kept;
    ONEM2M_ERROR error;
    ONEM2M_KEY key;

    (void)state;
    memset(&key, 0, sizeof(key));
    assert_int_equal(onem2m_key_make(&key, &attributes, &given, NULL), 1);
    kept = onem2m_key_material(&key);
    assert_true(onem2m_material_is_set(&kept));
    assert_int_equal(onem2m_material_length(&kept), 24);
    assert_ptr_equal(kept.token, given.token);
    assert_ptr_not_equal(kept.key, given.key);
    assert_int_equal(onem2m_material_read(&kept, out, &error), 0);
    assert_int_equal(error.reason, ONEM2M_R_NOT_EXTRACTABLE);
    assert_non_null(strstr(error.detail, "TS-0003 6.3.1"));
    assert_int_equal(out[0], 7);
    onem2m_key_clear(&key);
    kept = onem2m_key_material(&key);
    assert_false(onem2m_material_is_set(&kept));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_make_and_copy),
        cmocka_unit_test(test_make_without_name_or_octets),
        cmocka_unit_test(test_key_of_a_token),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
