/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "expect.h"

#define HEX_LOWER "00112233445566778899aabbccddeeff"
#define HEX_UPPER "00112233445566778899AABBCCDDEEFF"
#define B_TID "ABCDEFGHIJKLMNOPQR+/0g=="
#define PUBLIC_KEY "UyaQV-Ev4rdLoHyJJWCi1w"
#define OID "1.3.6.1.4.1.20481.100.3030"

static int parse(ONEM2M_CREDENTIAL_ID *id, const char *text, size_t length, ONEM2M_ERROR *error)
{
    char *exact = exact_copy(text, length);
    int result = onem2m_credential_id_parse(id, exact, length, error);

    free(exact);
    return result;
}

static int form(ONEM2M_CREDENTIAL_ID *id, unsigned int type, const char *value, size_t length,
                ONEM2M_ERROR *error)
{
    char *exact = exact_copy(value, length);
    int result = onem2m_credential_id_form(id, type, exact, length, error);

    free(exact);
    return result;
}

static void assert_credential_id(const ONEM2M_CREDENTIAL_ID *id, unsigned int type,
                                 const char *text)
{
    assert_int_equal(id->type, type);
    assert_string_equal(id->text, text);
    assert_int_equal(id->length, strlen(text));
    assert_int_equal(id->value.offset, 3);
    assert_int_equal(id->value.length, strlen(text) - 3);
}

static void test_parsed(void **state)
{
    static const struct {
        const char *text, *canonical; /* NULL: the same */
    } cases[] = {
        { "10-thiskey@mymef.com", NULL },
        { "11-km7@maf.example.com", NULL },
        { "11-KM7@maf.example.com", NULL },
        { "12-test@onem2m.com", NULL },
        { "12-" HEX_LOWER "@maf.example.com", "12-" HEX_UPPER "@maf.example.com" },
        { "12-" B_TID "@bsf.example.com", NULL },
        { "11-" B_TID "@bsf.example.com", NULL },
        { "13-a-b_c.d@m", NULL },
        { "14-k@m", NULL },
        { "15-k@m", NULL },
        { "16-" HEX_LOWER "@m", "16-" HEX_UPPER "@m" },
        { "30-sha-256-128." PUBLIC_KEY, NULL },
        { "30-ni:///sha-256-128;" PUBLIC_KEY, "30-sha-256-128." PUBLIC_KEY },
        { "41-ni://example.com/sha-256-128;" PUBLIC_KEY "?a=b", "41-sha-256-128." PUBLIC_KEY },
        { "51-sha-256-128." PUBLIC_KEY, NULL },
        { "31-" OID, NULL },
        { "42-0.0", NULL },
        { "52-00123", NULL },
        { "31-urn:dev:mac:0024beFFFE804ff1?x=[1]%20", NULL },
        { "32-//sp.example.com/cse1", NULL },
        { "32-cse1.sp.example.com", NULL },
        { "43-//sp/S7", NULL },
        { "53-cse1", NULL },
        { "33-//sp.example.com/cse1/C7", NULL },
        { "44-//sp.example.com/S7", NULL },
        { "54-ae7.sp.example.com", NULL },
        { "\xEF\xBC\x91\xEF\xBC\x91\xEF\xBC\x8D"
          "km7\xEF\xBC\xA0m",
          "11-km7@m" },
        { "11-km7@mu\xCC\x88nchen", "11-km7@m\xC3\xBCnchen" },
    };
    ONEM2M_ERROR error = { ONEM2M_R_NONE, 0, "" };
    ONEM2M_CREDENTIAL_ID id, again;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *canonical = cases[i].canonical != NULL ? cases[i].canonical : cases[i].text;

        memset(&id, UNTOUCHED, sizeof(id));
        if (parse(&id, cases[i].text, strlen(cases[i].text), &error) != 1)
            fail_msg("%s: %s", cases[i].text, error.detail);
        assert_int_equal(error.reason, ONEM2M_R_NONE);
        assert_credential_id(
            &id, 10U * (unsigned int)(canonical[0] - '0') + (unsigned int)(canonical[1] - '0'),
            canonical);
        assert_int_equal(parse(&again, id.text, id.length, &error), 1);
        assert_credential_id(&again, id.type, id.text);
        assert_int_equal(onem2m_credential_id_equal(&again, &id), 1);
    }
}

static int is_type(unsigned int number)
{
    return (number >= 10 && number <= 16) || (number >= 30 && number <= 33) ||
           (number >= 41 && number <= 44) || (number >= 51 && number <= 54);
}

/* Among them the Security Usage Identifiers that are no types: 21 to 25, 34, 35, 40, 45. */
static void test_every_type(void **state)
{
    static const REFUSAL in_text = { ONEM2M_R_BAD_CREDENTIAL_TYPE, 0, "TS-0003 12.3.2.1" };
    static const REFUSAL as_number = { ONEM2M_R_BAD_CREDENTIAL_TYPE, NO_OFFSET,
                                       "Credential-ID type: " };
    ONEM2M_CREDENTIAL_ID id;
    ONEM2M_ERROR error;
    char text[32];

    (void)state;
    for (unsigned int number = 0; number <= 300; number++) {
        snprintf(text, sizeof(text), "%u-x", number);
        memset(&id, UNTOUCHED, sizeof(id));
        assert_int_equal(parse(&id, text, strlen(text), &error),
                         number == 31 || number == 42 || number == 52 || number == 32 ||
                             number == 33 || number == 43 || number == 44 || number == 53 ||
                             number == 54);
        if (is_type(number))
            continue;
        assert_refused(&error, &in_text, text);
        assert_int_equal(form(&id, number, "k@m", 3, &error), 0);
        assert_refused(&error, &as_number, text);
        assert_untouched(&id, sizeof(id));
    }
}

static void test_parse_refused(void **state)
{
    static const struct {
        const char *text;
        REFUSAL refusal;
    } cases[] = {
        { "", { ONEM2M_R_EMPTY, 0, "Credential-ID: empty" } },
        { "-", { ONEM2M_R_BAD_FORM, 0, "octet 0 does not continue <type>-<value>" } },
        { "-11-km7@m", { ONEM2M_R_BAD_FORM, 0, "TS-0003 10.4" } },
        { "+11-km7@m", { ONEM2M_R_BAD_FORM, 0, "TS-0003 10.4" } },
        { " 11-km7@m", { ONEM2M_R_BAD_FORM, 0, "octet 0" } },
        { "11", { ONEM2M_R_BAD_FORM, 2, "octet 2" } },
        { "11km7@m", { ONEM2M_R_BAD_FORM, 2, "octet 2" } },
        { "11:km7@m", { ONEM2M_R_BAD_FORM, 2, "octet 2" } },
        { "km7@m", { ONEM2M_R_BAD_FORM, 0, "octet 0" } },
        { "1-km7@m", { ONEM2M_R_BAD_CREDENTIAL_TYPE, 0, "1 digits where every type has 2" } },
        { "011-km7@m", { ONEM2M_R_BAD_CREDENTIAL_TYPE, 0, "3 digits" } },
        { "4294967307-km7@m", { ONEM2M_R_BAD_CREDENTIAL_TYPE, 0, "10 digits" } },
        { "21-km7@m", { ONEM2M_R_BAD_CREDENTIAL_TYPE, 0, "21 is none of 10 to 16" } },
        { "10-", { ONEM2M_R_EMPTY, 3, "Credential-ID value: empty (TS-0003 10.4)" } },
        { "31-", { ONEM2M_R_EMPTY, 3, "Credential-ID value: empty" } },
        { "32-", { ONEM2M_R_EMPTY, 3, "Credential-ID value: empty" } },
        { "11-km7", { ONEM2M_R_BAD_FORM, 6, "KmID: no '@'" } },
        { "11-km7@", { ONEM2M_R_EMPTY, 7, "empty FQDN" } },
        { "11-km/7@m", { ONEM2M_R_BAD_CHARACTER, 5, "relative part: '/' at octet 2" } },
        { "11-km7@MAF", { ONEM2M_R_UPPER_CASE, 7, "'M'" } },
        { "10-" B_TID "@m", { ONEM2M_R_BAD_CHARACTER, 21, "'+' at octet 18" } },
        { "14-" B_TID "@m", { ONEM2M_R_BAD_CHARACTER, 21, "'+' at octet 18" } },
        { "12-..@m", { ONEM2M_R_BAD_FORM, 3, "nothing but dots (TS-0003 10.5)" } },
        { "30-k@m", { ONEM2M_R_BAD_FORM, 3, "no '.'" } },
        { "30-sha-256-64.f4OxZX_x_FM", { ONEM2M_R_BAD_DIGEST, 3, "none of sha-256," } },
        { "41-sha-256-128." PUBLIC_KEY "==", { ONEM2M_R_BAD_CHARACTER, 37, "'='" } },
        { "51-sha-256." PUBLIC_KEY, { ONEM2M_R_BAD_LENGTH, 11, "22 characters" } },
        { "31-a b", { ONEM2M_R_BAD_CHARACTER, 4, "0x20 at octet 1 is no character of a URI" } },
        { "31-a\"", { ONEM2M_R_BAD_CHARACTER, 4, "(TS-0003 12.2)" } },
        { "42-a\xC3\xBC", { ONEM2M_R_BAD_CHARACTER, 4, "U+00FC" } },
        { "31-1..3", { ONEM2M_R_BAD_FORM, 5, "TS-0003 10.1.1.4" } },
        { "31-.1.3", { ONEM2M_R_BAD_FORM, 3, "an arc that is empty" } },
        { "31-1.3.", { ONEM2M_R_BAD_FORM, 7, "at octet 4 of an object identifier" } },
        { "52-1.03", { ONEM2M_R_BAD_FORM, 5, "begins with 0" } },
        { "32-/cse1", { ONEM2M_R_BAD_FORM, 3, "CSE-ID relative to a service provider" } },
        { "33-/cse1/C7", { ONEM2M_R_BAD_FORM, 3, "AE-ID relative to a service provider" } },
        { "44-/S7", { ONEM2M_R_BAD_FORM, 3, "not globally unique (TS-0003 10.4)" } },
        { "33-C7", { ONEM2M_R_UPPER_CASE, 3, "'C'" } },
        { "32-//sp/cse1/C7", { ONEM2M_R_BAD_FORM, 12, "CSE-ID: a '/' too many" } },
        { "54-//sp/cse1", { ONEM2M_R_BAD_FORM, 8, "begins with 'c', not 'S'" } },
        { "53-//SP/cse1", { ONEM2M_R_UPPER_CASE, 5, "'S'" } },
        { "53-cse_1", { ONEM2M_R_BAD_CHARACTER, 6, "'_'" } },
        { "11-km7@m\n", { ONEM2M_R_CONTROL_CHARACTER, 8, "0x0A" } },
        { "11-km7\xFF@m", { ONEM2M_R_INVALID_UTF8, 6, "0xFF" } },
    };
    ONEM2M_CREDENTIAL_ID id;
    ONEM2M_ERROR error;

    (void)state;
    memset(&id, UNTOUCHED, sizeof(id));
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (parse(&id, cases[i].text, strlen(cases[i].text), &error) != 0)
            fail_msg("%s was taken", cases[i].text);
        assert_refused(&error, &cases[i].refusal, cases[i].text);
        assert_untouched(&id, sizeof(id));
        assert_int_equal(parse(&id, cases[i].text, strlen(cases[i].text), NULL), 0);
    }
    assert_int_equal(onem2m_credential_id_parse(&id, NULL, 0, &error), 0);
    assert_int_equal(error.reason, ONEM2M_R_EMPTY);
}

static void test_nul_refused(void **state)
{
    static const char text[] = "31-a\0b";
    static const REFUSAL refusal = { ONEM2M_R_CONTROL_CHARACTER, 4, "0x00 at octet 4" };
    static const REFUSAL in_value = { ONEM2M_R_CONTROL_CHARACTER, 1, "0x00 at octet 1" };
    ONEM2M_CREDENTIAL_ID id;
    ONEM2M_ERROR error;

    (void)state;
    assert_int_equal(parse(&id, text, sizeof(text) - 1, &error), 0);
    assert_refused(&error, &refusal, "parse");
    assert_int_equal(form(&id, 31, text + 3, sizeof(text) - 4, &error), 0);
    assert_refused(&error, &in_value, "form");
}

/* "31-xxx...", length octets. Freed by the caller. */
static char *hardware_credential_id(size_t length)
{
    char *text = repeated("x", length);

    text[0] = '3';
    text[1] = '1';
    text[2] = '-';
    return text;
}

static void test_lengths(void **state)
{
    static const REFUSAL refusal = { ONEM2M_R_NAME_TOO_LONG, NO_OFFSET, "text of more than" };
    char *million = repeated("1", 1000000),
         *value = hardware_credential_id(ONEM2M_CREDENTIAL_ID_MAX);
    ONEM2M_CREDENTIAL_ID id, formed;
    ONEM2M_ERROR error;

    (void)state;
    assert_int_equal(parse(&id, value, ONEM2M_CREDENTIAL_ID_MAX, &error), 1);
    assert_credential_id(&id, 31, value);
    assert_int_equal(form(&formed, 31, value + 3, ONEM2M_CREDENTIAL_ID_MAX - 3, &error), 1);
    assert_credential_id(&formed, 31, value);
    free(value);
    value = hardware_credential_id(ONEM2M_CREDENTIAL_ID_MAX + 1);
    memset(&id, UNTOUCHED, sizeof(id));
    assert_int_equal(parse(&id, value, ONEM2M_CREDENTIAL_ID_MAX + 1, &error), 0);
    assert_refused(&error, &refusal, "parse");
    assert_int_equal(form(&id, 31, value, ONEM2M_CREDENTIAL_ID_MAX - 2, &error), 0);
    assert_refused(&error, &refusal, "form");
    assert_int_equal(parse(&id, million, 1000000, &error), 0);
    assert_refused(&error, &refusal, "million");
    assert_int_equal(form(&id, 31, million, 1000000, &error), 0);
    assert_refused(&error, &refusal, "million");
    assert_untouched(&id, sizeof(id));
    free(value);
    free(million);
}

static void test_formed(void **state)
{
    static const struct {
        unsigned int type;
        const char *value, *text;
    } cases[] = {
        { 10, "thiskey@mymef.com", "10-thiskey@mymef.com" },
        { 11, "km7@maf.example.com", "11-km7@maf.example.com" },
        { 12, HEX_LOWER "@m", "12-" HEX_UPPER "@m" },
        { 13, "k@m", "13-k@m" },
        { 16, "k@m", "16-k@m" },
        { 30, "ni:///sha-256-128;" PUBLIC_KEY, "30-sha-256-128." PUBLIC_KEY },
        { 41, "sha-256-128." PUBLIC_KEY, "41-sha-256-128." PUBLIC_KEY },
        { 51, "ni://a/sha-256-128;" PUBLIC_KEY "?q", "51-sha-256-128." PUBLIC_KEY },
        { 31, OID, "31-" OID },
        { 42, "SN_1@maker.example", "42-SN_1@maker.example" },
        { 52, "7", "52-7" },
        { 32, "cse1.sp.example.com", "32-cse1.sp.example.com" },
        { 33, "ae7", "33-ae7" },
        { 43, "cse1", "43-cse1" },
        { 54, "xn--mnchen-3ya.example", "54-xn--mnchen-3ya.example" },
    };
    ONEM2M_CREDENTIAL_ID id, parsed;
    ONEM2M_ERROR error;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(form(&id, cases[i].type, cases[i].value, strlen(cases[i].value), &error),
                         1);
        assert_credential_id(&id, cases[i].type, cases[i].text);
        assert_int_equal(parse(&parsed, id.text, id.length, &error), 1);
        assert_credential_id(&parsed, id.type, id.text);
    }
}

static void test_form_refused(void **state)
{
    static const struct {
        unsigned int type;
        const char *value;
        REFUSAL refusal;
    } cases[] = {
        { 10, "", { ONEM2M_R_EMPTY, 0, "Credential-ID value: empty" } },
        { 31, "", { ONEM2M_R_EMPTY, 0, "Credential-ID value: empty" } },
        { 11, "km7", { ONEM2M_R_BAD_FORM, 3, "KmID: no '@'" } },
        { 11,
          B_TID "@m",
          { ONEM2M_R_BAD_CHARACTER, 18,
            "'+' at octet 18 is no letter, digit, '.', '_', '-' or '@'" } },
        { 12, "k@m\xC3\xBCnchen", { ONEM2M_R_BAD_CHARACTER, 3, "U+00FC at octet 3" } },
        { 14, "k@Maf", { ONEM2M_R_UPPER_CASE, 2, "'M'" } },
        { 30, "sha-256-128.xx", { ONEM2M_R_BAD_LENGTH, 12, "2 characters" } },
        { 31, "a:b", { ONEM2M_R_BAD_CHARACTER, 1, "':' at octet 1 is no letter" } },
        { 31, "1..3", { ONEM2M_R_BAD_FORM, 2, "octet 2" } },
        { 32, "//sp/cse1", { ONEM2M_R_BAD_CHARACTER, 0, "'/' at octet 0" } },
        { 33, "//sp/cse1/C7", { ONEM2M_R_BAD_CHARACTER, 0, "(TS-0003 10.4)" } },
        { 43, "/cse1", { ONEM2M_R_BAD_FORM, 0, "CSE-ID relative to" } },
        { 53, "cse@1", { ONEM2M_R_BAD_CHARACTER, 3, "'@'" } },
        { 31, "a\xFF", { ONEM2M_R_INVALID_UTF8, 1, "0xFF" } },
    };
    ONEM2M_CREDENTIAL_ID id;
    ONEM2M_ERROR error;

    (void)state;
    memset(&id, UNTOUCHED, sizeof(id));
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (form(&id, cases[i].type, cases[i].value, strlen(cases[i].value), &error) != 0)
            fail_msg("%u %s was taken", cases[i].type, cases[i].value);
        assert_refused(&error, &cases[i].refusal, cases[i].value);
        assert_untouched(&id, sizeof(id));
    }
    assert_int_equal(onem2m_credential_id_form(&id, 31, NULL, 0, &error), 0);
    assert_int_equal(error.reason, ONEM2M_R_EMPTY);
    assert_untouched(&id, sizeof(id));
}

static void test_equal(void **state)
{
    static const struct {
        const char *a, *b;
        int equal;
    } cases[] = {
        { "31-a", "31-ab", 0 },
        { "11-k@m", "11-k@mm", 0 },
        { "11-km7@m", "11-km7@m", 1 },
        { "11-km7@m", "11-KM7@m", 1 },
        { "11-km7@m", "11-km8@m", 0 },
        { "11-km7@m", "11-km7@n", 0 },
        { "11-ab@c", "11-a@bc", 0 },
        { "11-ABCDEFGHIJKLMNOPQRSTUQ==@m", "11-abCDEFGHIJKLMNOPQRSTUQ==@m", 0 },
        { "10-kpm@m", "10-KPM@m", 0 },
        { "12-kpsa@m", "12-KPSA@m", 0 },
        { "12-" HEX_LOWER "@m", "12-" HEX_UPPER "@m", 1 },
        { "13-k@m", "14-k@m", 0 },
        { "30-ni:///sha-256-128;" PUBLIC_KEY, "30-sha-256-128." PUBLIC_KEY, 1 },
        { "30-sha-256-128." PUBLIC_KEY, "41-sha-256-128." PUBLIC_KEY, 0 },
        { "31-" OID, "31-" OID, 1 },
        { "31-a", "31-A", 0 },
        { "32-//sp/cse1", "32-//sp/Cse1", 0 },
        { "32-//sp/cse1", "32-cse1.sp", 0 },
    };
    ONEM2M_CREDENTIAL_ID a, b;
    ONEM2M_ERROR error;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(parse(&a, cases[i].a, strlen(cases[i].a), &error), 1);
        assert_int_equal(parse(&b, cases[i].b, strlen(cases[i].b), &error), 1);
        if (onem2m_credential_id_equal(&a, &b) != cases[i].equal ||
            onem2m_credential_id_equal(&b, &a) != cases[i].equal)
            fail_msg("%s and %s", cases[i].a, cases[i].b);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parsed),        cmocka_unit_test(test_every_type),
        cmocka_unit_test(test_parse_refused), cmocka_unit_test(test_nul_refused),
        cmocka_unit_test(test_lengths),       cmocka_unit_test(test_formed),
        cmocka_unit_test(test_form_refused),  cmocka_unit_test(test_equal),
    };

    return cmocka_run_group_tests_name("credential_id", tests, NULL, NULL);
}
