/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "key_fixture.h"

static const char *const kind_names[] = {
    "kpm",    "ke",         "km",  "kpsa",         "kc",  "esprim", "esprim-session",
    "esdata", "e2e-master", "e2e", "pairwise-e2e", "half"
};

static void test_kinds(void **state)
{
    static const char *const no_kinds[] = { "", "KE", "kee", "k", "ke ", "e2e-", "expired" };
    const REFUSAL refusal = { ONEM2M_R_BAD_KIND, NO_OFFSET, "pairwise-e2e, half" };
    ONEM2M_ERROR error;
    ONEM2M_KIND kind;

    (void)state;
    assert_int_equal(COUNT(kind_names), ONEM2M_KIND_MAX);
    for (int i = 1; i <= ONEM2M_KIND_MAX; i++) {
        const char *name = kind_names[i - 1];

        assert_string_equal(onem2m_kind_name((ONEM2M_KIND)i), name);
        assert_int_equal(onem2m_kind_parse(&kind, name, strlen(name), &error), 1);
        assert_int_equal(kind, i);
    }
    assert_null(onem2m_kind_name((ONEM2M_KIND)0));
    assert_null(onem2m_kind_name((ONEM2M_KIND)(ONEM2M_KIND_MAX + 1)));
    for (size_t i = 0; i < COUNT(no_kinds); i++) {
        assert_int_equal(onem2m_kind_parse(&kind, no_kinds[i], strlen(no_kinds[i]), &error), 0);
        assert_refused(&error, &refusal, no_kinds[i]);
    }
    assert_int_equal(onem2m_kind_parse(&kind, NULL, 0, NULL), 0);
}

static void test_states(void **state)
{
    static const char *const names[] = { "active", "suspended", "revoked", "destroyed" };
    static const char *const no_states[] = { "", "Active", "expired", "activ" };
    const REFUSAL refusal = { ONEM2M_R_BAD_STATE, NO_OFFSET, "none of active, suspended" };
    ONEM2M_STATE parsed;
    ONEM2M_ERROR error;

    (void)state;
    for (int i = 1; i <= ONEM2M_STATE_DESTROYED; i++) {
        const char *name = names[i - 1];

        assert_string_equal(onem2m_state_name((ONEM2M_STATE)i), name);
        assert_int_equal(onem2m_state_parse(&parsed, name, strlen(name), &error), 1);
        assert_int_equal(parsed, i);
    }
    assert_null(onem2m_state_name((ONEM2M_STATE)0));
    assert_null(onem2m_state_name((ONEM2M_STATE)5));
    for (size_t i = 0; i < COUNT(no_states); i++) {
        assert_int_equal(onem2m_state_parse(&parsed, no_states[i], strlen(no_states[i]), &error),
                         0);
        assert_refused(&error, &refusal, no_states[i]);
    }
}

static void test_names_and_usages(void **state)
{
    static const struct {
        unsigned int suid;
        ONEM2M_PURPOSE purpose;
        ONEM2M_USAGE usage;
    } rows[] = {
        { 0, 0, 0 },
        { 10, 0, ONEM2M_USAGE_MEF },
        { 21, 0, ONEM2M_USAGE_MAF },
        { 32, 0, ONEM2M_USAGE_SAEF },
        { 33, 0, ONEM2M_USAGE_ESPRIM },
        { 14, 0, ONEM2M_USAGE_ESDATA_ENCRYPT },
        { 25, 0, ONEM2M_USAGE_ESDATA_SIGN },
        { 20, 0, 0 },
        { 0, 1, ONEM2M_USAGE_ESPRIM },
        { 0, 2, ONEM2M_USAGE_ESPRIM },
        { 0, 3, ONEM2M_USAGE_ESDATA_SIGN },
        { 0, 4, ONEM2M_USAGE_ESDATA_ENCRYPT },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        ONEM2M_ATTRIBUTES attributes;

        memset(&attributes, 0, sizeof(attributes));
        attributes.suid = rows[i].suid;
        attributes.purpose = rows[i].purpose;
        assert_int_equal(onem2m_attributes_usage(&attributes), rows[i].usage);
    }
    assert_string_equal(onem2m_purpose_name(ONEM2M_PURPOSE_ATTRIBUTE_AUTHENTICITY_KEY),
                        "attribute-authenticity");
    assert_null(onem2m_purpose_name(ONEM2M_PURPOSE_NONE));
    assert_null(onem2m_purpose_name((ONEM2M_PURPOSE)5));
    assert_string_equal(onem2m_text_name(ONEM2M_TEXT_KEY_ID), "key-id");
    assert_string_equal(onem2m_text_name(ONEM2M_TEXT_REGISTRAR_URI), "registrar-uri");
}

static void test_allowed_suids(void **state)
{
    static const struct {
        const char *text;
        unsigned int bits;
        const char *printed;
    } good[] = {
        { "21", 1, "21" },
        { "25", 16, "25" },
        { "24 21", 9, "21 24" },
        { "25 24 23 22 21", 31, "21 22 23 24 25" },
    };
    static const struct {
        const char *text;
        size_t offset;
    } bad[] = { { "20", 0 },     { "26", 0 },  { "2", 0 },   { "211", 0 },   { "21 21", 3 },
                { "21  22", 3 }, { "21 ", 3 }, { " 21", 0 }, { "21,22", 0 }, { "21 x", 3 } };
    char printed[ONEM2M_ALLOWED_SUIDS_SIZE];
    unsigned int bits;
    ONEM2M_ERROR error;

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        assert_int_equal(
            onem2m_allowed_suids_parse(&bits, good[i].text, strlen(good[i].text), &error), 1);
        assert_int_equal(bits, good[i].bits);
        onem2m_allowed_suids_print(printed, bits);
        assert_string_equal(printed, good[i].printed);
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        const REFUSAL refusal = { ONEM2M_R_BAD_SUID, bad[i].offset, "allowed-suids" };

        assert_int_equal(
            onem2m_allowed_suids_parse(&bits, bad[i].text, strlen(bad[i].text), &error), 0);
        assert_refused(&error, &refusal, bad[i].text);
    }
    assert_int_equal(onem2m_allowed_suids_parse(&bits, "", 0, &error), 0);
    assert_int_equal(error.reason, ONEM2M_R_EMPTY);
    onem2m_allowed_suids_print(printed, 0);
    assert_string_equal(printed, "");
}

static void test_lists(void **state)
{
    static const struct {
        const char *list;
        const char *items[4];
        size_t count;
    } rows[] = {
        { "", { NULL }, 0 },      { "a", { "a" }, 1 },      { "a bc", { "a", "bc" }, 2 },
        { " a", { "", "a" }, 2 }, { "a ", { "a", "" }, 2 }, { "a  b", { "a", "", "b" }, 3 },
        { " ", { "", "" }, 2 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *copy = exact_copy(rows[i].list, strlen(rows[i].list));
        const ONEM2M_SLICE list = { (unsigned char *)copy, strlen(rows[i].list) };
        size_t position = 0, count = 0;
        ONEM2M_SLICE item;

        while (onem2m_list_next(list, &position, &item)) {
            assert_true(count < rows[i].count);
            assert_text(item, rows[i].items[count++]);
        }
        assert_int_equal(count, rows[i].count);
        assert_int_equal(onem2m_list_next(list, &position, &item), 0);
        free(copy);
    }
}

static void test_target_split(void **state)
{
    ONEM2M_SLICE identifier, fqdn;

    (void)state;
    onem2m_target_split(slice("//a.b/c=d.e"), &identifier, &fqdn);
    assert_text(identifier, "//a.b/c");
    assert_text(fqdn, "d.e");
    onem2m_target_split(slice("a.b"), &identifier, &fqdn);
    assert_text(identifier, "a.b");
    assert_text(fqdn, "");
    onem2m_target_split(slice("a=b=c"), &identifier, &fqdn);
    assert_text(fqdn, "b=c");
}

static void test_expiry(void **state)
{
    ONEM2M_ATTRIBUTES attributes;

    (void)state;
    memset(&attributes, 0, sizeof(attributes));
    assert_int_equal(onem2m_attributes_expired(&attributes, INT64_MAX), 0);
    attributes.not_after = 1000;
    assert_int_equal(onem2m_attributes_expired(&attributes, 999), 0);
    assert_int_equal(onem2m_attributes_expired(&attributes, 1000), 1);
    assert_int_equal(onem2m_attributes_expired(&attributes, 1001), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_names_and_usages),
        cmocka_unit_test(test_allowed_suids),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_target_split),
        cmocka_unit_test(test_expiry),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
