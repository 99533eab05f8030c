/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "key_fixture.h"

#define FQDN_63 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk"

static void test_sizes(void **state)
{
    static const size_t sizes[][2] = { { 0, 0 },    { 16, 512 }, { 32, 32 }, { 16, 512 },
                                       { 16, 512 }, { 16, 512 }, { 16, 64 }, { 32, 32 },
                                       { 16, 512 }, { 32, 64 },  { 32, 64 }, { 32, 32 },
                                       { 8, 256 } };

    (void)state;
    for (int kind = 1; kind <= ONEM2M_KIND_MAX; kind++) {
        ONEM2M_ATTRIBUTES attributes = valid_attributes((ONEM2M_KIND)kind);

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

static void check_form(const FORM *form)
{
    ONEM2M_ATTRIBUTES attributes = valid_registration();
    char *copy = exact_copy(form->value, strlen(form->value));
    const int is_canonical = form->canonical != NULL && strcmp(form->value, form->canonical) == 0;
    ONEM2M_KEY key;
    ONEM2M_ERROR error;

    memset(&key, 0, sizeof(key));
    attributes.text[form->text] = (ONEM2M_SLICE){ (unsigned char *)copy, strlen(form->value) };
    if (onem2m_attributes_check(&attributes, sizeof(key_octets), &error) != is_canonical)
        fail_msg("%s: %s", form->value, is_canonical ? error.detail : "accepted");
    if (!is_canonical && form->canonical != NULL)
        assert_int_equal(error.reason, ONEM2M_R_BAD_ATTRIBUTE);
    if (onem2m_key_make(&key, &attributes, &key_material, &error) != (form->canonical != NULL))
        fail_msg("%s: %s", form->value, form->canonical != NULL ? error.detail : "accepted");
    if (form->canonical == NULL) {
        assert_refused(&error, &form->refusal, form->value);
        assert_null(key.storage);
        assert_null(key.secret.octets);
        assert_int_equal(onem2m_key_make(&key, &attributes, &key_material, NULL), 0);
    } else {
        assert_text(key.attributes.text[form->text], form->canonical);
        assert_int_equal(onem2m_attributes_check(&key.attributes, sizeof(key_octets), NULL), 1);
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
        ONEM2M_ATTRIBUTES attributes = valid_attributes(names[i].kind);

        attributes.text[ONEM2M_TEXT_KEY_ID] = slice(names[i].name);
        assert_int_equal(onem2m_attributes_check(&attributes, 32, NULL), names[i].is_name);
        attributes = valid_attributes(ONEM2M_KIND_KPM);
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
    const ONEM2M_ATTRIBUTES own = valid_attributes(ONEM2M_KIND_KM),
                            registered = valid_registration();

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_bare_hex),
        cmocka_unit_test(test_other_attributes),
        cmocka_unit_test(test_too_long),
        cmocka_unit_test(test_many_targets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
