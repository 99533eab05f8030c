/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <keystore/key.h>
#include "expect.h"

#define FQDN_63 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk"

static const char *const kind_names[] = {
    "kpm",    "ke",         "km",  "kpsa",         "kc",  "esprim", "esprim-session",
    "esdata", "e2e-master", "e2e", "pairwise-e2e", "half"
};

static ONEM2M_SLICE slice(const char *text)
{
    return (ONEM2M_SLICE){ (const unsigned char *)text, strlen(text) };
}

static void assert_text(ONEM2M_SLICE text, const char *expected)
{
    const char *data = text.data != NULL ? (const char *)text.data : "";

    if (expected == NULL)
        fail_msg("\"%.*s\" is one too many", (int)text.length, data);
    else if (text.length != strlen(expected) || memcmp(data, expected, text.length) != 0)
        fail_msg("\"%.*s\", expected \"%s\"", (int)text.length, data, expected);
}

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

/* Attributes of a kind that may be stored, with the first SUID of the contract's table. */
static ONEM2M_ATTRIBUTES valid(ONEM2M_KIND kind)
{
    static const unsigned int suids[] = { 0, 10, 0, 11, 12, 22, 13, 13, 14, 0, 0, 0, 14 };
    ONEM2M_ATTRIBUTES attributes;

    memset(&attributes, 0, sizeof(attributes));
    attributes.kind = kind;
    attributes.suid = suids[kind];
    attributes.purpose =
        kind == ONEM2M_KIND_E2E ? ONEM2M_PURPOSE_MESSAGE_AUTHENTICATION_KEY : ONEM2M_PURPOSE_NONE;
    attributes.state = ONEM2M_STATE_ACTIVE;
    attributes.derive_octets = 1;
    attributes.text[ONEM2M_TEXT_KEY_ID] = slice("key-1@mef.example.com");
    return attributes;
}

static ONEM2M_ATTRIBUTES valid_registration(void)
{
    ONEM2M_ATTRIBUTES attributes = valid(ONEM2M_KIND_ESDATA);

    attributes.registration = 1;
    attributes.text[ONEM2M_TEXT_SOURCE_ID] = slice("//sp.example.com/cse9/C7");
    attributes.text[ONEM2M_TEXT_TARGET_IDS] = slice("//sp.example.com/cse1");
    return attributes;
}

static void test_sizes(void **state)
{
    static const size_t sizes[][2] = { { 0, 0 },    { 16, 512 }, { 32, 32 }, { 16, 512 },
                                       { 16, 512 }, { 16, 512 }, { 16, 64 }, { 32, 32 },
                                       { 16, 512 }, { 32, 64 },  { 32, 64 }, { 32, 32 },
                                       { 8, 256 } };

    (void)state;
    for (int kind = 1; kind <= ONEM2M_KIND_MAX; kind++) {
        ONEM2M_ATTRIBUTES attributes = valid((ONEM2M_KIND)kind);

        for (size_t length = 0; length <= 600; length++) {
            const int fits = length >= sizes[kind][0] && length <= sizes[kind][1];
            ONEM2M_ERROR error = { ONEM2M_R_NONE, 0, "" };

            attributes.state = ONEM2M_STATE_ACTIVE;
            assert_int_equal(onem2m_attributes_check(&attributes, length, &error), fits);
            assert_int_equal(error.reason, fits ? ONEM2M_R_NONE : ONEM2M_R_BAD_KEY_LENGTH);
            attributes.state = ONEM2M_STATE_DESTROYED;
            assert_int_equal(onem2m_attributes_check(&attributes, length, NULL), length == 0);
        }
    }
}

typedef struct {
    ONEM2M_TEXT text;
    const char *value;
    const char *canonical; /* or NULL and: */
    REFUSAL refusal;
} FORM;

#define GOOD(text, value)                                                                          \
    {                                                                                              \
        ONEM2M_TEXT_##text, value, value,                                                          \
        {                                                                                          \
            0, 0, NULL                                                                             \
        }                                                                                          \
    }
#define MADE(text, value, canonical)                                                               \
    {                                                                                              \
        ONEM2M_TEXT_##text, value, canonical,                                                      \
        {                                                                                          \
            0, 0, NULL                                                                             \
        }                                                                                          \
    }
#define BAD(text, value, reason, offset, detail)                                                   \
    {                                                                                              \
        ONEM2M_TEXT_##text, value, NULL,                                                           \
        {                                                                                          \
            ONEM2M_R_##reason, offset, detail                                                      \
        }                                                                                          \
    }

/* Of a registered esdata key. */
static const FORM forms[] = {
    GOOD(KEY_ID, "key-1@mef.example.com"),
    GOOD(KEY_ID, "..a@example.com"),
    MADE(KEY_ID, "0123456789abcdef0123456789abcdef@example.com",
         "0123456789ABCDEF0123456789ABCDEF@example.com"),
    MADE(KEY_ID, "\xEF\xBC\xA1@example.com", "A@example.com"), /* fullwidth A */
    BAD(KEY_ID, "key-1", BAD_FORM, 5, "key-id: Key Identifier: no '@'"),
    BAD(KEY_ID, "a@b@example.com", BAD_FORM, 3, "key-id: "),
    BAD(KEY_ID, "..@example.com", BAD_FORM, 0, "nothing but dots"),
    BAD(KEY_ID, "a/b@example.com", BAD_CHARACTER, 1, "'/' at octet 1"),
    BAD(KEY_ID, "a@Example.com", UPPER_CASE, 2, "key-id: upper case 'E'"),
    BAD(KEY_ID, "a\x01@example.com", CONTROL_CHARACTER, 1, "control character 0x01"),
    BAD(KEY_ID, "a \x1B[31m@example.com", CONTROL_CHARACTER, 2, "control character 0x1B"),
    BAD(KEY_ID, "AAAAAAAAAAAAAAAAAAAAAA==@bsf.example.com", BAD_CHARACTER, 22, "'='"),
    GOOD(SOURCE_ID, "//sp.example.com/cse9"),
    GOOD(SOURCE_ID, "maf.example.com"),
    BAD(SOURCE_ID, "/cse9", BAD_FORM, 0, "source-id: a relative CSE-ID"),
    BAD(SOURCE_ID, "C7", BAD_FORM, 0, "source-id: a relative AE-ID"),
    BAD(SOURCE_ID, "//sp.example.com/cse9 x", BAD_CHARACTER, 21, "source-id: "),
    GOOD(SOURCE_CREDENTIAL_ID, "11-km7@maf.example.com"),
    BAD(SOURCE_CREDENTIAL_ID, "17-km7@maf.example.com", BAD_CREDENTIAL_TYPE, 0,
        "source-credential-id: "),
    BAD(SOURCE_CREDENTIAL_ID, "km7", BAD_FORM, 0, "source-credential-id: "),
    GOOD(TARGET_IDS, "//sp.example.com/cse1 //sp.example.com/cse2=cse2.example.com x.example.com"),
    GOOD(TARGET_IDS, "//sp.example.com/cse1/C1"),
    GOOD(TARGET_IDS, "//sp.example.com/S1=ae.example.com"),
    MADE(TARGET_IDS, "\xEF\xBD\x81.example.com //sp.example.com/b=\xEF\xBD\x82.example.com",
         "a.example.com //sp.example.com/b=b.example.com"),
    BAD(TARGET_IDS, "/cse1", BAD_FORM, 0, "target-ids: a relative CSE-ID"),
    BAD(TARGET_IDS, "a.example.com C7", BAD_FORM, 14, "target-ids: a relative AE-ID"),
    BAD(TARGET_IDS, "a.example.com  b.example.com", EMPTY, 14, "target-ids: "),
    BAD(TARGET_IDS, "a.example.com ", EMPTY, 14, "target-ids: "),
    BAD(TARGET_IDS, " a.example.com", EMPTY, 0, "target-ids: "),
    BAD(TARGET_IDS, "a.example.com\tb.example.com", CONTROL_CHARACTER, 13, "0x09"),
    BAD(TARGET_IDS, "//sp.example.com/cse1=", EMPTY, 22, "target-ids: empty FQDN"),
    BAD(TARGET_IDS, "=a.example.com", EMPTY, 0, "target-ids: "),
    BAD(TARGET_IDS, "//sp.example.com/cse1=A.example.com", UPPER_CASE, 22, "upper case 'A'"),
    BAD(TARGET_IDS, "//sp.example.com/cse1=a=b", BAD_CHARACTER, 23, "'='"),
    BAD(TARGET_IDS, "a.example.com=b.example.com", BAD_TARGETS, 13, "no other FQDN"),
    BAD(TARGET_IDS, "a.example.com b.example.com a.example.com", BAD_TARGETS, 28, "second time"),
    BAD(TARGET_IDS, "//sp.example.com/a //sp.example.com/a=a.example.com", BAD_TARGETS, 19,
        "second time"),
    BAD(TARGET_IDS, "\xEF\xBD\x81.example.com a.example.com", BAD_TARGETS, 14, "second time"),
    GOOD(LABELS, "red room-7 k\xC3\xBC"
                 "che"),
    GOOD(LABELS, "key=value/7 <&>\"'"),
    GOOD(LABELS, "\xEF\xBC\xA1"),
    GOOD(LABELS, "a a"),
    BAD(LABELS, "a  b", EMPTY, 2, "labels: an empty label"),
    BAD(LABELS, "a\nb", CONTROL_CHARACTER, 1, "labels: control character 0x0A"),
    BAD(LABELS, "a b\x7F", CONTROL_CHARACTER, 3, "labels: control character 0x7F"),
    BAD(LABELS, "a \xC2\x85", CONTROL_CHARACTER, 2, "labels: "),
    BAD(LABELS, "a \xFF", INVALID_UTF8, 2, "labels: "),
    GOOD(ADMIN_FQDN, "admin.example.com"),
    BAD(ADMIN_FQDN, "Admin.example.com", UPPER_CASE, 0, "admin-fqdn: "),
    BAD(ADMIN_FQDN, FQDN_63 "l.example.com", LABEL_TOO_LONG, 0, "admin-fqdn: "),
    BAD(ADMIN_FQDN, "a b", BAD_CHARACTER, 1, "admin-fqdn: "),
    GOOD(ENTITY_ID, "//sp.example.com/cse9/C7"),
    GOOD(ENTITY_ID, "/cse9"),
    GOOD(ENTITY_ID, "maf.example.com"),
    BAD(ENTITY_ID, "/cse9/", EMPTY, 6, "entity-id: "),
    GOOD(REGISTRAR_URI, "coaps://[2001:db8::1]:5684/~/cse%20in?x=1#y"),
    GOOD(REGISTRAR_URI, "mqtt+x.y-1:a"),
    BAD(REGISTRAR_URI, "//sp.example.com/cse", BAD_FORM, 0, "registrar-uri: no scheme"),
    BAD(REGISTRAR_URI, "1http://x", BAD_FORM, 0, "registrar-uri: no scheme"),
    BAD(REGISTRAR_URI, ":x", BAD_FORM, 0, "registrar-uri: no scheme"),
    BAD(REGISTRAR_URI, "http", BAD_FORM, 0, "registrar-uri: no scheme"),
    BAD(REGISTRAR_URI, "http://a b", BAD_CHARACTER, 8, "0x20 at octet 8"),
    BAD(REGISTRAR_URI, "http://a%2", BAD_CHARACTER, 8, "'%' at octet 8"),
    BAD(REGISTRAR_URI, "http://a%2x", BAD_CHARACTER, 8, "'%' at octet 8"),
    BAD(REGISTRAR_URI, "http://\xC3\xBC", BAD_CHARACTER, 7, "U+00FC"),
    BAD(REGISTRAR_URI, "http://\x1B", BAD_CHARACTER, 7, "0x1B"),
    BAD(REGISTRAR_URI, "http://\"", BAD_CHARACTER, 7, "'\"'"),
};

static const unsigned char octets[32] = { 7 };
static const ONEM2M_MATERIAL material = { .octets = { octets, sizeof(octets) } };

static void check_form(const FORM *form)
{
    ONEM2M_ATTRIBUTES attributes = valid_registration();
    char *copy = exact_copy(form->value, strlen(form->value));
    const int is_canonical = form->canonical != NULL && strcmp(form->value, form->canonical) == 0;
    ONEM2M_KEY key;
    ONEM2M_ERROR error;

    memset(&key, 0, sizeof(key));
    attributes.text[form->text] = (ONEM2M_SLICE){ (unsigned char *)copy, strlen(form->value) };
    if (onem2m_attributes_check(&attributes, sizeof(octets), &error) != is_canonical)
        fail_msg("%s: %s", form->value, is_canonical ? error.detail : "accepted");
    if (!is_canonical && form->canonical != NULL)
        assert_int_equal(error.reason, ONEM2M_R_BAD_ATTRIBUTE);
    if (onem2m_key_make(&key, &attributes, &material, &error) != (form->canonical != NULL))
        fail_msg("%s: %s", form->value, form->canonical != NULL ? error.detail : "accepted");
    if (form->canonical == NULL) {
        assert_refused(&error, &form->refusal, form->value);
        assert_null(key.storage);
        assert_null(key.secret.octets);
        assert_int_equal(onem2m_key_make(&key, &attributes, &material, NULL), 0);
    } else {
        assert_text(key.attributes.text[form->text], form->canonical);
        assert_int_equal(onem2m_attributes_check(&key.attributes, sizeof(octets), NULL), 1);
    }
    onem2m_key_clear(&key);
    free(copy);
}

static void test_forms(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(forms); i++)
        check_form(&forms[i]);
}

/* Names whose form depends on the kind. */
static const struct {
    ONEM2M_KIND kind;
    int is_name;
    const char *name;
} names[] = {
    { ONEM2M_KIND_KE, 1, "AAAAAAAAAAAAAAAAAAAAAA==@bsf.example.com" },
    { ONEM2M_KIND_KM, 1, "AAAAAAAAAAAAAAAAAAAAAA==@bsf.example.com" },
    { ONEM2M_KIND_KPSA, 1, "AAAAAAAAAAAAAAAAAAAAAA==@bsf.example.com" },
    { ONEM2M_KIND_KPM, 0, "AAAAAAAAAAAAAAAAAAAAAA==@bsf.example.com" },
    { ONEM2M_KIND_KC, 0, "AAAAAAAAAAAAAAAAAAAAAA==@bsf.example.com" },
    { ONEM2M_KIND_E2E, 0, "AAAAAAAAAAAAAAAAAAAAAA==@bsf.example.com" },
    { ONEM2M_KIND_PAIRWISE_E2E, 1, "0123456789ABCDEF0123456789ABCDEF" },
    { ONEM2M_KIND_PAIRWISE_E2E, 1, "0123456789ABCDEF0123456789ABCDEF@example.com" },
    { ONEM2M_KIND_PAIRWISE_E2E, 0, "0123456789ABCDEF0123456789ABCDE" },
    { ONEM2M_KIND_PAIRWISE_E2E, 0, "0123456789ABCDEF0123456789ABCDEG" },
    { ONEM2M_KIND_PAIRWISE_E2E, 0, "0123456789abcdef0123456789abcdef" }, /* not canonical */
    { ONEM2M_KIND_KE, 0, "0123456789ABCDEF0123456789ABCDEF" },
};

static void test_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        ONEM2M_ATTRIBUTES attributes = valid(names[i].kind);

        attributes.text[ONEM2M_TEXT_KEY_ID] = slice(names[i].name);
        assert_int_equal(onem2m_attributes_check(&attributes, 32, NULL), names[i].is_name);
        attributes = valid(ONEM2M_KIND_KPM);
        attributes.parent_kind = names[i].kind;
        attributes.text[ONEM2M_TEXT_PARENT_KEY_ID] = slice(names[i].name);
        assert_int_equal(onem2m_attributes_check(&attributes, 32, NULL), names[i].is_name);
    }
}

static void test_bare_hex(void **state)
{
    static const char text[] = "0123456789abcdef0123456789abcdef";
    ONEM2M_ID id;

    (void)state;
    assert_int_equal(
        onem2m_key_id_parse(&id, ONEM2M_KIND_PAIRWISE_E2E, text, 32, ONEM2M_ID_FOLD_FQDN, NULL), 1);
    assert_string_equal(id.text, "0123456789ABCDEF0123456789ABCDEF");
    assert_int_equal(id.form, ONEM2M_FORM_HEX);
    assert_int_equal(id.fqdn.length, 0);
    assert_int_equal(onem2m_key_id_parse(&id, (ONEM2M_KIND)0, text, 32, 0, NULL), 0);
    assert_int_equal(onem2m_key_id_parse(&id, ONEM2M_KIND_PAIRWISE_E2E, NULL, 0, 0, NULL), 0);
}

static void check_refused(ONEM2M_ATTRIBUTES attributes, ONEM2M_REASON reason, const char *detail)
{
    const REFUSAL refusal = { reason, NO_OFFSET, detail };
    ONEM2M_ERROR error;

    assert_int_equal(onem2m_attributes_check(&attributes, 32, &error), 0);
    assert_refused(&error, &refusal, detail);
}

#define WITH(base, member, value, reason, detail)                                                  \
    do {                                                                                           \
        ONEM2M_ATTRIBUTES changed = base;                                                          \
        changed.member = value;                                                                    \
        check_refused(changed, ONEM2M_R_##reason, detail);                                         \
    } while (0)

static void test_other_attributes(void **state)
{
    const ONEM2M_ATTRIBUTES own = valid(ONEM2M_KIND_KM), registered = valid_registration();

    (void)state;
    assert_int_equal(onem2m_attributes_check(&own, 32, NULL), 1);
    assert_int_equal(onem2m_attributes_check(&registered, 32, NULL), 1);
    WITH(own, kind, (ONEM2M_KIND)0, BAD_KIND, "kind: 0");
    WITH(own, kind, (ONEM2M_KIND)13, BAD_KIND, "kind: 13");
    WITH(own, suid, 12, BAD_SUID, "suid: 12 is none of a km's: 11, 21");
    WITH(own, suid, 0, MISSING_PARAMETER, "suid: not set");
    WITH(own, purpose, ONEM2M_PURPOSE_MESSAGE_AUTHENTICATION_KEY, BAD_CHOICE, "purpose: ");
    WITH(own, state, (ONEM2M_STATE)0, BAD_STATE, "state: 0");
    WITH(own, state, (ONEM2M_STATE)5, BAD_STATE, "state: 5");
    WITH(own, registration, 2, MISSING_PARAMETER, "source-id: ");
    WITH(registered, registration, 2, BAD_ATTRIBUTE, "registration: 2");
    WITH(own, extractable, -1, BAD_ATTRIBUTE, "extractable: -1");
    WITH(own, derive_octets, 2, BAD_ATTRIBUTE, "derive-octets: 2");
    WITH(own, created, -1, BAD_TIME, "created: ");
    WITH(own, not_after, -1, BAD_TIME, "not-after: ");
    WITH(own, not_after, ONEM2M_TIME_MAX + 1, BAD_TIME, "not-after: ");
    WITH(own, allowed_suids, 1, BAD_ATTRIBUTE, "allowed-suids: ");
    WITH(own, text[ONEM2M_TEXT_KEY_ID], slice(""), MISSING_PARAMETER, "key-id: not set");
    WITH(own, text[ONEM2M_TEXT_PARENT_KEY_ID], slice("a@example.com"), MISSING_PARAMETER,
         "parent-key-id: ");
    WITH(own, parent_kind, (ONEM2M_KIND)13, BAD_KIND, "parent-key-id: 13");
    WITH(registered, text[ONEM2M_TEXT_SOURCE_ID], slice(""), MISSING_PARAMETER, "source-id: ");
    WITH(registered, text[ONEM2M_TEXT_TARGET_IDS], slice(""), BAD_TARGETS, "target-ids: 0");
    WITH(registered, allowed_suids, 1, BAD_ATTRIBUTE, "allowed-suids: ");
    WITH(registered, kind, ONEM2M_KIND_HALF, BAD_KIND, "half cannot be a registration");
}

static void test_too_long(void **state)
{
    ONEM2M_ATTRIBUTES attributes = valid_registration();
    char *labels = repeated("label ", 2731); /* 16386 octets */
    ONEM2M_ERROR error;

    (void)state;
    attributes.text[ONEM2M_TEXT_LABELS] = slice(labels);
    assert_int_equal(onem2m_attributes_check(&attributes, 32, &error), 0);
    assert_int_equal(error.reason, ONEM2M_R_BAD_LENGTH);
    attributes.text[ONEM2M_TEXT_LABELS].length = 16379; /* without the last space */
    assert_int_equal(onem2m_attributes_check(&attributes, 32, &error), 1);
    free(labels);
}

/* As many targets as there is room for, and the last one given twice. */
static void test_many_targets(void **state)
{
    ONEM2M_ATTRIBUTES attributes = valid_registration();
    char *list = malloc(ONEM2M_ATTRIBUTE_MAX + 16);
    size_t used = 0;
    ONEM2M_ERROR error;

    (void)state;
    assert_non_null(list);
    for (int i = 0; i < 2700; i++)
        used += (size_t)snprintf(list + used, 8, "%st%d", i > 0 ? " " : "", 1000 + i);
    attributes.text[ONEM2M_TEXT_TARGET_IDS] = (ONEM2M_SLICE){ (unsigned char *)list, used };
    assert_int_equal(onem2m_attributes_check(&attributes, 32, &error), 1);
    used += (size_t)snprintf(list + used, 8, " t3699");
    attributes.text[ONEM2M_TEXT_TARGET_IDS].length = used;
    assert_int_equal(onem2m_attributes_check(&attributes, 32, &error), 0);
    assert_int_equal(error.reason, ONEM2M_R_BAD_TARGETS);
    assert_int_equal(error.offset, used - 5);
    free(list);
}

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
    assert_int_equal(onem2m_key_make(&key, &attributes, &material, NULL), 1);
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
    assert_int_equal(copy.secret.length, sizeof(octets));
    assert_memory_equal(copy.secret.octets, octets, sizeof(octets));
    onem2m_key_clear(&copy);
    onem2m_key_clear(&copy);
}

/* A session key that nobody stores needs no name; a tombstone has no octets. */
static void test_make_without_name_or_octets(void **state)
{
    const ONEM2M_MATERIAL nothing = { .token = NULL };
    ONEM2M_ATTRIBUTES attributes = valid(ONEM2M_KIND_ESPRIM_SESSION);
    ONEM2M_KEY key;

    (void)state;
    memset(&key, 0, sizeof(key));
    attributes.text[ONEM2M_TEXT_KEY_ID] = slice("");
    assert_int_equal(onem2m_key_make(&key, &attributes, &material, NULL), 1);
    onem2m_key_clear(&key);
    attributes = valid(ONEM2M_KIND_KM);
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
    const ONEM2M_ATTRIBUTES attributes = valid(ONEM2M_KIND_KPM);
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
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_names_and_usages),
        cmocka_unit_test(test_allowed_suids),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_target_split),
        cmocka_unit_test(test_expiry),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_bare_hex),
        cmocka_unit_test(test_other_attributes),
        cmocka_unit_test(test_too_long),
        cmocka_unit_test(test_many_targets),
        cmocka_unit_test(test_make_and_copy),
        cmocka_unit_test(test_make_without_name_or_octets),
        cmocka_unit_test(test_key_of_a_token),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
