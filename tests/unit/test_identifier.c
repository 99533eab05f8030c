/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "expect.h"

#define HEX_LOWER "00112233445566778899aabbccddeeff"
#define HEX_UPPER "00112233445566778899AABBCCDDEEFF"
#define B_TID "ABCDEFGHIJKLMNOPQR+/0g=="
#define ENTITY ((ONEM2M_ID_KIND)0) /* by onem2m_id_parse_entity */

static int parse(ONEM2M_ID *id, ONEM2M_ID_KIND kind, const char *text, size_t length,
                 unsigned int flags, ONEM2M_ERROR *error)
{
    char *exact = exact_copy(text, length);
    int result = kind == ENTITY ? onem2m_id_parse_entity(id, exact, length, flags, error)
                                : onem2m_id_parse(id, kind, exact, length, flags, error);

    free(exact);
    return result;
}

static void refused(ONEM2M_ID_KIND kind, const char *text, size_t length, unsigned int flags,
                    const REFUSAL *expected)
{
    ONEM2M_ERROR error;
    ONEM2M_ID id;

    memset(&id, UNTOUCHED, sizeof(id));
    memset(&error, UNTOUCHED, sizeof(error));
    if (parse(&id, kind, text, length, flags, &error) != 0)
        fail_msg("kind %d: \"%s\" was taken", kind, text);
    assert_refused(&error, expected, text);
    assert_untouched(&id, sizeof(id));
    assert_int_equal(parse(&id, kind, text, length, flags, NULL), 0);
}

static void assert_part(const ONEM2M_ID *id, ONEM2M_ID_PART part, const char *expected)
{
    assert_int_equal(part.length, strlen(expected));
    assert_memory_equal(id->text + part.offset, expected, part.length);
}

/* NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): as one reads a case */
typedef struct {
    ONEM2M_ID_KIND kind;
    unsigned int flags;
    const char *text;
    ONEM2M_ID_FORM form;
    const char *canonical;
    const char *relative, *fqdn, *cse, *ae;
    ONEM2M_ID_KIND parsed_kind; /* of an ENTITY */
} TAKEN;

static void taken(const TAKEN *expected)
{
    ONEM2M_ERROR error = { ONEM2M_R_NONE, 0, "" };
    ONEM2M_ID id;

    memset(&id, UNTOUCHED, sizeof(id));
    if (parse(&id, expected->kind, expected->text, strlen(expected->text), expected->flags,
              &error) != 1)
        fail_msg("%s: %s", expected->text, error.detail);
    assert_int_equal(id.kind, expected->kind == ENTITY ? expected->parsed_kind : expected->kind);
    assert_int_equal(id.form, expected->form);
    assert_string_equal(id.text, expected->canonical);
    assert_int_equal(id.length, strlen(expected->canonical));
    assert_part(&id, id.relative, expected->relative);
    assert_part(&id, id.fqdn, expected->fqdn);
    assert_part(&id, id.cse, expected->cse);
    assert_part(&id, id.ae, expected->ae);
    assert_int_equal(error.reason, ONEM2M_R_NONE);
}

#define NAME ONEM2M_FORM_NAME
#define STRICT ONEM2M_ID_STRICT
#define FOLD ONEM2M_ID_FOLD_FQDN

static void test_key_ids_taken(void **state)
{
    static const TAKEN cases[] = {
        { ONEM2M_ID_KM, STRICT, "azAZ09@az09", NAME, "azAZ09@az09", "azAZ09", "az09", "", "", 0 },
        { ONEM2M_ID_KM, STRICT, "km7@maf.example.com", NAME, "km7@maf.example.com", "km7",
          "maf.example.com", "", "", 0 },
        { ONEM2M_ID_KPM, STRICT, "thiskey@mymef.com", NAME, "thiskey@mymef.com", "thiskey",
          "mymef.com", "", "", 0 },
        { ONEM2M_ID_KPSA, STRICT, "test@onem2m.com", NAME, "test@onem2m.com", "test", "onem2m.com",
          "", "", 0 },
        { ONEM2M_ID_KC, STRICT, "my-key_name.X9@m", NAME, "my-key_name.X9@m", "my-key_name.X9", "m",
          "", "", 0 },
        { ONEM2M_ID_KM, STRICT, "KM7@maf.example.com", NAME, "KM7@maf.example.com", "KM7",
          "maf.example.com", "", "", 0 },
        { ONEM2M_ID_KM, STRICT, ".-_@m", NAME, ".-_@m", ".-_", "m", "", "", 0 },
        /* Hexadecimal is 32 digits and nothing else. */
        { ONEM2M_ID_KE, STRICT, HEX_LOWER "@mef.example.com", ONEM2M_FORM_HEX,
          HEX_UPPER "@mef.example.com", HEX_UPPER, "mef.example.com", "", "", 0 },
        { ONEM2M_ID_KC, STRICT, HEX_UPPER "@m", ONEM2M_FORM_HEX, HEX_UPPER "@m", HEX_UPPER, "m", "",
          "", 0 },
        { ONEM2M_ID_KPM, STRICT, HEX_LOWER "@m", ONEM2M_FORM_HEX, HEX_UPPER "@m", HEX_UPPER, "m",
          "", "", 0 },
        { ONEM2M_ID_KM, STRICT, HEX_LOWER "@m", ONEM2M_FORM_HEX, HEX_UPPER "@m", HEX_UPPER, "m", "",
          "", 0 },
        { ONEM2M_ID_KPSA, STRICT, HEX_LOWER "@m", ONEM2M_FORM_HEX, HEX_UPPER "@m", HEX_UPPER, "m",
          "", "", 0 },
        { ONEM2M_ID_KE, STRICT, HEX_LOWER "0@m", NAME, HEX_LOWER "0@m", HEX_LOWER "0", "m", "", "",
          0 },
        { ONEM2M_ID_KE, STRICT, "0112233445566778899aabbccddeeff@m", NAME,
          "0112233445566778899aabbccddeeff@m", "0112233445566778899aabbccddeeff", "m", "", "", 0 },
        { ONEM2M_ID_KE, STRICT, "g0112233445566778899aabbccddeeff@m", NAME,
          "g0112233445566778899aabbccddeeff@m", "g0112233445566778899aabbccddeeff", "m", "", "",
          0 },
        { ONEM2M_ID_KE, STRICT, B_TID "@bsf.example.com", ONEM2M_FORM_B_TID,
          B_TID "@bsf.example.com", B_TID, "bsf.example.com", "", "", 0 },
        { ONEM2M_ID_KM, STRICT, B_TID "@m", ONEM2M_FORM_B_TID, B_TID "@m", B_TID, "m", "", "", 0 },
        { ONEM2M_ID_KPSA, STRICT, B_TID "@m", ONEM2M_FORM_B_TID, B_TID "@m", B_TID, "m", "", "",
          0 },
        /* NFKC comes before taking apart. */
        { ONEM2M_ID_KM, STRICT, "\xEF\xBD\x8Bm7\xEF\xBC\xA0maf.example.com", NAME,
          "km7@maf.example.com", "km7", "maf.example.com", "", "", 0 },
        { ONEM2M_ID_KM, STRICT, "km7@mu\xCC\x88nchen.example", NAME, "km7@m\xC3\xBCnchen.example",
          "km7", "m\xC3\xBCnchen.example", "", "", 0 },
        { ONEM2M_ID_KM, FOLD, "Km7@MAF.Example.COM", NAME, "Km7@maf.example.com", "Km7",
          "maf.example.com", "", "", 0 },
        { ONEM2M_ID_KM, FOLD, "km7@M\xC3\x9CNCHEN.example", NAME, "km7@m\xC3\xBCnchen.example",
          "km7", "m\xC3\xBCnchen.example", "", "", 0 },
        { ONEM2M_ID_KE, FOLD, HEX_LOWER "@MEF", ONEM2M_FORM_HEX, HEX_UPPER "@mef", HEX_UPPER, "mef",
          "", "", 0 },
        /* Lower case of U+023A is one octet longer. */
        { ONEM2M_ID_KM, FOLD, "k@\xC8\xBA", NAME, "k@\xE2\xB1\xA5", "k", "\xE2\xB1\xA5", "", "",
          0 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        taken(&cases[i]);
}

static void test_entities_taken(void **state)
{
    static const TAKEN cases[] = {
        { ONEM2M_ID_FQDN, STRICT, "maf.example.com", NAME, "maf.example.com", "", "maf.example.com",
          "", "", 0 },
        { ONEM2M_ID_FQDN, FOLD, "MAF.Example.com", NAME, "maf.example.com", "", "maf.example.com",
          "", "", 0 },
        { ONEM2M_ID_FQDN, STRICT, "\xE0\xA4\x95\xE0\xA5\x8D\xE0\xA4\xB7.x", NAME,
          "\xE0\xA4\x95\xE0\xA5\x8D\xE0\xA4\xB7.x", "", "\xE0\xA4\x95\xE0\xA5\x8D\xE0\xA4\xB7.x",
          "", "", 0 },
        { ONEM2M_ID_CSE, STRICT, "//sp.example.com/cse1", ONEM2M_FORM_ABSOLUTE,
          "//sp.example.com/cse1", "", "sp.example.com", "cse1", "", 0 },
        { ONEM2M_ID_CSE, STRICT, "/CSE-1.a_b", ONEM2M_FORM_SP_RELATIVE, "/CSE-1.a_b", "", "",
          "CSE-1.a_b", "", 0 },
        { ONEM2M_ID_CSE, STRICT, "/7", ONEM2M_FORM_SP_RELATIVE, "/7", "", "", "7", "", 0 },
        { ONEM2M_ID_CSE, FOLD, "//SP.example.com/CSE1", ONEM2M_FORM_ABSOLUTE,
          "//sp.example.com/CSE1", "", "sp.example.com", "CSE1", "", 0 },
        { ONEM2M_ID_CSE, STRICT, "//sp/S7", ONEM2M_FORM_ABSOLUTE, "//sp/S7", "", "sp", "S7", "",
          0 },
        { ONEM2M_ID_AE, STRICT, "//sp.example.com/cse1/Cae-7", ONEM2M_FORM_ABSOLUTE,
          "//sp.example.com/cse1/Cae-7", "", "sp.example.com", "cse1", "Cae-7", 0 },
        { ONEM2M_ID_AE, STRICT, "//myoperator.com/S563423", ONEM2M_FORM_ABSOLUTE,
          "//myoperator.com/S563423", "", "myoperator.com", "", "S563423", 0 },
        { ONEM2M_ID_AE, STRICT, "/cse2/C3532ea3", ONEM2M_FORM_SP_RELATIVE, "/cse2/C3532ea3", "", "",
          "cse2", "C3532ea3", 0 },
        { ONEM2M_ID_AE, STRICT, "/S7", ONEM2M_FORM_SP_RELATIVE, "/S7", "", "", "", "S7", 0 },
        { ONEM2M_ID_AE, STRICT, "C7", ONEM2M_FORM_CSE_RELATIVE, "C7", "", "", "", "C7", 0 },
        { ONEM2M_ID_AE, STRICT, "S7", ONEM2M_FORM_CSE_RELATIVE, "S7", "", "", "", "S7", 0 },
        { ONEM2M_ID_AE, FOLD, "//SP/CSE/CAE", ONEM2M_FORM_ABSOLUTE, "//sp/CSE/CAE", "", "sp", "CSE",
          "CAE", 0 },
        { ONEM2M_ID_CSE, STRICT, "\xEF\xBC\x8F\xEF\xBC\x8Fsp\xEF\xBC\x8F\xEF\xBC\xA3se",
          ONEM2M_FORM_ABSOLUTE, "//sp/Cse", "", "sp", "Cse", "", 0 },
        { ENTITY, STRICT, "//sp/cse1", ONEM2M_FORM_ABSOLUTE, "//sp/cse1", "", "sp", "cse1", "",
          ONEM2M_ID_CSE },
        { ENTITY, STRICT, "/S7", ONEM2M_FORM_SP_RELATIVE, "/S7", "", "", "S7", "", ONEM2M_ID_CSE },
        { ENTITY, STRICT, "//sp/S7", ONEM2M_FORM_ABSOLUTE, "//sp/S7", "", "sp", "S7", "",
          ONEM2M_ID_CSE },
        { ENTITY, STRICT, "//sp/cse1/C7", ONEM2M_FORM_ABSOLUTE, "//sp/cse1/C7", "", "sp", "cse1",
          "C7", ONEM2M_ID_AE },
        { ENTITY, STRICT, "/cse1/C7", ONEM2M_FORM_SP_RELATIVE, "/cse1/C7", "", "", "cse1", "C7",
          ONEM2M_ID_AE },
        { ENTITY, STRICT, "C7.example.com", ONEM2M_FORM_CSE_RELATIVE, "C7.example.com", "", "", "",
          "C7.example.com", ONEM2M_ID_AE },
        { ENTITY, FOLD, "Sensor", ONEM2M_FORM_CSE_RELATIVE, "Sensor", "", "", "", "Sensor",
          ONEM2M_ID_AE },
        { ENTITY, STRICT, "cse1.sp.example.com", NAME, "cse1.sp.example.com", "",
          "cse1.sp.example.com", "", "", ONEM2M_ID_FQDN },
        { ENTITY, FOLD, "MAF.example.com", NAME, "maf.example.com", "", "maf.example.com", "", "",
          ONEM2M_ID_FQDN },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        taken(&cases[i]);
}

typedef struct {
    ONEM2M_ID_KIND kind;
    unsigned int flags;
    const char *text;
    REFUSAL refusal;
} REFUSED;

static void test_key_ids_refused(void **state)
{
    static const REFUSED cases[] = {
        { ONEM2M_ID_KC, STRICT, "a@@b", { ONEM2M_R_BAD_FORM, 2, "second '@' at octet 2" } },
        { ONEM2M_ID_KM, STRICT, "", { ONEM2M_R_EMPTY, 0, "KmID: empty" } },
        { ONEM2M_ID_KM, STRICT, "km7", { ONEM2M_R_BAD_FORM, 3, "KmID: no '@'" } },
        { ONEM2M_ID_KC, STRICT, "a@b@c", { ONEM2M_R_BAD_FORM, 3, "second '@' at octet 3" } },
        { ONEM2M_ID_KM,
          STRICT,
          "@m",
          { ONEM2M_R_EMPTY, 0, "relative part: empty (TS-0003 10.6)" } },
        { ONEM2M_ID_KM, STRICT, "km7@", { ONEM2M_R_EMPTY, 4, "empty FQDN" } },
        { ONEM2M_ID_KM, STRICT, "@", { ONEM2M_R_EMPTY, 0, "relative part: empty" } },
        { ONEM2M_ID_KM,
          STRICT,
          "km7/x@m",
          { ONEM2M_R_BAD_CHARACTER, 3,
            "relative part: '/' at octet 3 is no letter, digit, '.', '_' or '-' (TS-0003 10.6)" } },
        { ONEM2M_ID_KPSA, STRICT, "a b@m", { ONEM2M_R_BAD_CHARACTER, 1, "0x20 at octet 1" } },
        { ONEM2M_ID_KPSA, STRICT, "a%@m", { ONEM2M_R_BAD_CHARACTER, 1, "(TS-0003 10.5)" } },
        { ONEM2M_ID_KE, STRICT, "a\xC3\xBC@m", { ONEM2M_R_BAD_CHARACTER, 1, "U+00FC at octet 1" } },
        { ONEM2M_ID_KE, STRICT, ":@m", { ONEM2M_R_BAD_CHARACTER, 0, "(TS-0003 10.3.4)" } },
        { ONEM2M_ID_KC, STRICT, ":@m", { ONEM2M_R_BAD_CHARACTER, 0, "(TS-0003 10.3.5)" } },
        { ONEM2M_ID_KPM, STRICT, ":@m", { ONEM2M_R_BAD_CHARACTER, 0, "(TS-0003 12.2)" } },
        { ONEM2M_ID_KM,
          STRICT,
          ".@m",
          { ONEM2M_R_BAD_FORM, 0, "relative part: nothing but dots" } },
        { ONEM2M_ID_KM, STRICT, "..@m", { ONEM2M_R_BAD_FORM, 0, "nothing but dots" } },
        /* U+2025 is two dots in NFKC, U+2100 is "a/c". */
        { ONEM2M_ID_KM, STRICT, "\xE2\x80\xA5@m", { ONEM2M_R_BAD_FORM, 0, "nothing but dots" } },
        { ONEM2M_ID_KM, STRICT, "\xE2\x84\x80@m", { ONEM2M_R_BAD_CHARACTER, 1, "'/' at octet 1" } },
        { ONEM2M_ID_KM, STRICT, "a@b\xEF\xBC\xA0", { ONEM2M_R_BAD_FORM, 3, "second '@'" } },
        /* B-TIDs. */
        { ONEM2M_ID_KC, STRICT, B_TID "@m", { ONEM2M_R_BAD_CHARACTER, 18, "'+' at octet 18" } },
        { ONEM2M_ID_KPM, STRICT, B_TID "@m", { ONEM2M_R_BAD_CHARACTER, 18, "'+' at octet 18" } },
        { ONEM2M_ID_KE,
          STRICT,
          "ABCDEFGHIJKLMNOPQR+-0g==@m",
          { ONEM2M_R_BAD_CHARACTER, 19, "relative part (B-TID): '-' at octet 19" } },
        { ONEM2M_ID_KE,
          STRICT,
          "ABCDEFGHIJKLMNOPQRSTU===@m",
          { ONEM2M_R_BAD_CHARACTER, 21, "'=' at octet 21 is no character of base64" } },
        { ONEM2M_ID_KE,
          STRICT,
          "BCDEFGHIJKLMNOPQRSTUV==@m",
          { ONEM2M_R_BAD_CHARACTER, 21, "'='" } },
        { ONEM2M_ID_KE,
          STRICT,
          "AABCDEFGHIJKLMNOPQRSTUV==@m",
          { ONEM2M_R_BAD_CHARACTER, 23, "'='" } },
        { ONEM2M_ID_KE,
          STRICT,
          "ABCDEFGHIJKLMNOPQRSTUVW=@m",
          { ONEM2M_R_BAD_CHARACTER, 23, "'='" } },
        /* FQDNs: offsets count from the beginning of the identifier. */
        { ONEM2M_ID_KM, STRICT, "km7@MAF.example", { ONEM2M_R_UPPER_CASE, 4, "upper case 'M'" } },
        { ONEM2M_ID_KM, STRICT, "k@a.\xC3\x9C", { ONEM2M_R_UPPER_CASE, 4, "U+00DC" } },
        { ONEM2M_ID_KM, STRICT, "k@a..b", { ONEM2M_R_EMPTY, 4, "empty label" } },
        { ONEM2M_ID_KM, STRICT, "k@a.", { ONEM2M_R_EMPTY, 4, "empty label" } },
        { ONEM2M_ID_KM, STRICT, "k@-a", { ONEM2M_R_BAD_HYPHEN, 2, "begins with" } },
        { ONEM2M_ID_KM, STRICT, "k@a-", { ONEM2M_R_BAD_HYPHEN, 3, "ends with" } },
        { ONEM2M_ID_KM, STRICT, "k@a_b", { ONEM2M_R_BAD_CHARACTER, 3, "'_'" } },
        { ONEM2M_ID_KM, STRICT, "k@a/b", { ONEM2M_R_BAD_CHARACTER, 3, "'/'" } },
        { ONEM2M_ID_KM, FOLD, "k@A_b", { ONEM2M_R_BAD_CHARACTER, 3, "'_'" } },
        { ONEM2M_ID_KM, FOLD, "k@", { ONEM2M_R_EMPTY, 2, "empty FQDN" } },
        /* Its simple lower case would be another FQDN: "i". */
        { ONEM2M_ID_KM, FOLD, "k@\xC4\xB0", { ONEM2M_R_UPPER_CASE, 2, "U+0130" } },
        /* Octets that no identifier may have. */
        { ONEM2M_ID_KM, STRICT, "k\n@m", { ONEM2M_R_CONTROL_CHARACTER, 1, "0x0A at octet 1" } },
        { ONEM2M_ID_KM, STRICT, "k\x7F@m", { ONEM2M_R_CONTROL_CHARACTER, 1, "0x7F" } },
        { ONEM2M_ID_KM, STRICT, "k\xC2\x85@m", { ONEM2M_R_CONTROL_CHARACTER, 1, "0x85" } },
        { ONEM2M_ID_KM, STRICT, "k\xC0\xAF@m", { ONEM2M_R_INVALID_UTF8, 1, "0xC0 at octet 1" } },
        { ONEM2M_ID_KM, STRICT, "k@m\xE2\x80", { ONEM2M_R_INVALID_UTF8, 3, "RFC 3629" } },
        { ONEM2M_ID_KM, STRICT, "k@\xED\xA0\x80", { ONEM2M_R_INVALID_UTF8, 2, "0xED" } },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        refused(cases[i].kind, cases[i].text, strlen(cases[i].text), cases[i].flags,
                &cases[i].refusal);
}

static void test_entities_refused(void **state)
{
    static const REFUSED cases[] = {
        { ONEM2M_ID_AE, STRICT, "/cse1//x", { ONEM2M_R_BAD_FORM, 6, "a '/' too many" } },
        { ONEM2M_ID_FQDN, STRICT, "", { ONEM2M_R_EMPTY, 0, "FQDN: empty" } },
        { ONEM2M_ID_FQDN, STRICT, "MAF.example", { ONEM2M_R_UPPER_CASE, 0, "TS-0004 6.2.3" } },
        { ONEM2M_ID_FQDN, STRICT, "a@b", { ONEM2M_R_BAD_CHARACTER, 1, "'@'" } },
        { ONEM2M_ID_FQDN, STRICT, "a.\xE0\xA5\x8D", { ONEM2M_R_BAD_CHARACTER, 2, "U+094D" } },
        { ONEM2M_ID_FQDN, STRICT, "/cse1", { ONEM2M_R_BAD_CHARACTER, 0, "'/'" } },
        { ONEM2M_ID_CSE, STRICT, "", { ONEM2M_R_EMPTY, 0, "CSE-ID: empty" } },
        { ONEM2M_ID_CSE, STRICT, "cse1", { ONEM2M_R_BAD_FORM, 0, "CSE-ID: no '/' to begin with" } },
        { ONEM2M_ID_CSE, STRICT, "C7", { ONEM2M_R_BAD_FORM, 0, "CSE-ID: no '/'" } },
        { ONEM2M_ID_CSE, STRICT, "/", { ONEM2M_R_EMPTY, 1, "CSE part: empty (TS-0004 6.2.3)" } },
        { ONEM2M_ID_CSE, STRICT, "//", { ONEM2M_R_BAD_FORM, 2, "no '/' after the FQDN" } },
        { ONEM2M_ID_CSE, STRICT, "///", { ONEM2M_R_EMPTY, 2, "empty FQDN" } },
        { ONEM2M_ID_CSE, STRICT, "///cse1", { ONEM2M_R_EMPTY, 2, "empty FQDN" } },
        { ONEM2M_ID_CSE,
          STRICT,
          "//sp",
          { ONEM2M_R_BAD_FORM, 4, "CSE-ID: no '/' after the FQDN" } },
        { ONEM2M_ID_CSE, STRICT, "//sp/", { ONEM2M_R_EMPTY, 5, "CSE part: empty" } },
        { ONEM2M_ID_CSE, STRICT, "//SP/cse1", { ONEM2M_R_UPPER_CASE, 2, "'S'" } },
        { ONEM2M_ID_CSE,
          STRICT,
          "//sp/cse1/C7",
          { ONEM2M_R_BAD_FORM, 9, "CSE-ID: a '/' too many" } },
        { ONEM2M_ID_CSE, STRICT, "/cse1/", { ONEM2M_R_BAD_FORM, 5, "a '/' too many at octet 5" } },
        { ONEM2M_ID_CSE,
          STRICT,
          "//sp/cse~1",
          { ONEM2M_R_BAD_CHARACTER, 8, "CSE part: '~' at octet 3" } },
        { ONEM2M_ID_CSE,
          STRICT,
          "//sp/.cse",
          { ONEM2M_R_BAD_CHARACTER, 5, "CSE part: '.' at octet 0" } },
        { ONEM2M_ID_CSE,
          STRICT,
          "/..",
          { ONEM2M_R_BAD_CHARACTER, 1, "no letter or digit to begin" } },
        { ONEM2M_ID_CSE, STRICT, "/-c", { ONEM2M_R_BAD_CHARACTER, 1, "'-' at octet 0" } },
        { ONEM2M_ID_CSE, STRICT, "/c\xC3\xBC", { ONEM2M_R_BAD_CHARACTER, 2, "U+00FC" } },
        { ONEM2M_ID_AE, STRICT, "", { ONEM2M_R_EMPTY, 0, "AE-ID: empty" } },
        { ONEM2M_ID_AE, STRICT, "ae7", { ONEM2M_R_BAD_FORM, 0, "AE-ID: no '/', 'C' or 'S'" } },
        { ONEM2M_ID_AE, STRICT, "c7", { ONEM2M_R_BAD_FORM, 0, "AE-ID: no '/', 'C' or 'S'" } },
        { ONEM2M_ID_AE, STRICT, "C", { ONEM2M_R_EMPTY, 1, "AE-ID stem: nothing after 'C'" } },
        { ONEM2M_ID_AE, STRICT, "//sp/S", { ONEM2M_R_EMPTY, 6, "nothing after 'S'" } },
        { ONEM2M_ID_AE, STRICT, "/cse1/C", { ONEM2M_R_EMPTY, 7, "nothing after 'C'" } },
        { ONEM2M_ID_AE,
          STRICT,
          "C/7",
          { ONEM2M_R_BAD_CHARACTER, 1, "AE-ID stem: '/' at octet 1" } },
        { ONEM2M_ID_AE, STRICT, "/C7", { ONEM2M_R_BAD_FORM, 1, "begins with 'C', not 'S'" } },
        { ONEM2M_ID_AE, STRICT, "//sp/cse1", { ONEM2M_R_BAD_FORM, 5, "begins with 'c', not 'S'" } },
        { ONEM2M_ID_AE,
          STRICT,
          "//sp/cse1/S7",
          { ONEM2M_R_BAD_FORM, 10, "begins with 'S', not 'C'" } },
        { ONEM2M_ID_AE, STRICT, "//sp/cse1/c7", { ONEM2M_R_BAD_FORM, 10, "begins with 'c'" } },
        { ONEM2M_ID_AE, STRICT, "//sp/cse1/", { ONEM2M_R_EMPTY, 10, "AE-ID stem: empty" } },
        { ONEM2M_ID_AE, STRICT, "//sp//C7", { ONEM2M_R_EMPTY, 5, "CSE part: empty" } },
        { ONEM2M_ID_AE, STRICT, "/cse1/C7/x", { ONEM2M_R_BAD_FORM, 8, "AE-ID: a '/' too many" } },
        { ONEM2M_ID_AE, STRICT, "//sp/cse1/C7/", { ONEM2M_R_BAD_FORM, 12, "a '/' too many" } },
        { ONEM2M_ID_AE, STRICT, "/cse1/C7 ", { ONEM2M_R_BAD_CHARACTER, 8, "0x20 at octet 2" } },
        { ONEM2M_ID_AE, STRICT, "//sp", { ONEM2M_R_BAD_FORM, 4, "AE-ID: no '/' after the FQDN" } },
        { ENTITY, STRICT, "", { ONEM2M_R_EMPTY, 0, "identifier: empty" } },
        { ENTITY, STRICT, "//sp", { ONEM2M_R_BAD_FORM, 4, "CSE-ID or AE-ID: no '/'" } },
        { ENTITY, STRICT, "/a/b/c", { ONEM2M_R_BAD_FORM, 4, "CSE-ID or AE-ID: a '/' too many" } },
        { ENTITY, STRICT, "/cse1/x7", { ONEM2M_R_BAD_FORM, 6, "begins with 'x', not 'C'" } },
        { ENTITY, STRICT, "C", { ONEM2M_R_EMPTY, 1, "nothing after 'C'" } },
        { ENTITY, STRICT, "MAF.example", { ONEM2M_R_UPPER_CASE, 0, "'M'" } },
        { ENTITY, STRICT, "C7/x", { ONEM2M_R_UPPER_CASE, 0, "'C'" } },
        { ENTITY, FOLD, "C7/x", { ONEM2M_R_BAD_CHARACTER, 2, "'/'" } },
        { ENTITY, STRICT, "k@m", { ONEM2M_R_BAD_CHARACTER, 1, "'@'" } },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        refused(cases[i].kind, cases[i].text, strlen(cases[i].text), cases[i].flags,
                &cases[i].refusal);
}

/* A NUL is an octet like others: nothing stops there, nothing is cut off. */
static void test_nul_refused(void **state)
{
    static const REFUSAL refusal = { ONEM2M_R_CONTROL_CHARACTER, 3, "0x00 at octet 3" };
    static const char key_id[] = "km7\0@maf.example.com";
    static const char cse_id[] = "/cs\0e";
    static const char fqdn[] = "maf\0.example.com";
    static const char ae_id[] = "C77";

    (void)state;
    refused(ONEM2M_ID_KM, key_id, sizeof(key_id) - 1, STRICT, &refusal);
    refused(ONEM2M_ID_CSE, cse_id, sizeof(cse_id) - 1, STRICT, &refusal);
    refused(ONEM2M_ID_FQDN, fqdn, sizeof(fqdn) - 1, FOLD, &refusal);
    refused(ENTITY, ae_id, sizeof(ae_id), STRICT, &refusal);
}

static void test_choices_refused(void **state)
{
    static const REFUSAL kind_refusal = { ONEM2M_R_BAD_CHOICE, NO_OFFSET, "is no ONEM2M_ID_KIND" };
    static const REFUSAL flags_refusal = { ONEM2M_R_BAD_CHOICE, NO_OFFSET, "flags: 0x2" };
    static const int kinds[] = { -1, 0, 9, 1000 };
    ONEM2M_ERROR error;
    ONEM2M_ID id;

    (void)state;
    memset(&id, UNTOUCHED, sizeof(id));
    for (size_t i = 0; i < COUNT(kinds); i++) {
        assert_int_equal(onem2m_id_parse(&id, (ONEM2M_ID_KIND)kinds[i], "C7", 2, STRICT, &error),
                         0);
        assert_refused(&error, &kind_refusal, "kind");
    }
    assert_untouched(&id, sizeof(id));
    refused(ONEM2M_ID_KM, "k@m", 3, 2, &flags_refusal);
    refused(ENTITY, "/cse1", 5, 2, &flags_refusal);
    assert_int_equal(onem2m_id_parse(&id, ONEM2M_ID_KM, NULL, 0, STRICT, &error), 0);
    assert_int_equal(error.reason, ONEM2M_R_EMPTY);
}

/* label "." label ... of length octets, each label of at most 63. Freed by the caller. */
static char *long_fqdn(size_t length)
{
    char *fqdn = repeated("a", length);

    for (size_t i = ONEM2M_LABEL_MAX; i + 1 < length; i += ONEM2M_LABEL_MAX + 1)
        fqdn[i] = '.';
    return fqdn;
}

static char *joined(const char *a, const char *b, const char *c)
{
    size_t size = strlen(a) + strlen(b) + strlen(c) + 1;
    char *out = malloc(size);

    assert_non_null(out);
    snprintf(out, size, "%s%s%s", a, b, c);
    return out;
}

static void test_longest_taken(void **state)
{
    char *part = repeated("x", ONEM2M_RELATIVE_ID_MAX), *fqdn = long_fqdn(ONEM2M_FQDN_MAX);
    char *stem = repeated("C", ONEM2M_RELATIVE_ID_MAX), *key_id = joined(part, "@", fqdn);
    char *cse_id = joined("//", fqdn, "/"), *ae_id = joined(cse_id, part, "/"), *whole;
    ONEM2M_ERROR error;
    ONEM2M_ID id;

    (void)state;
    assert_int_equal(parse(&id, ONEM2M_ID_KM, key_id, strlen(key_id), STRICT, &error), 1);
    assert_int_equal(id.length, ONEM2M_KEY_ID_MAX);
    assert_string_equal(id.text, key_id);
    whole = joined(ae_id, stem, "");
    assert_int_equal(parse(&id, ONEM2M_ID_AE, whole, strlen(whole), STRICT, &error), 1);
    assert_int_equal(id.length, ONEM2M_ID_MAX);
    assert_string_equal(id.text, whole);
    assert_int_equal(parse(&id, ENTITY, whole, strlen(whole), FOLD, &error), 1);
    assert_string_equal(id.text, whole);
    free(whole);
    free(ae_id);
    free(cse_id);
    free(key_id);
    free(stem);
    free(fqdn);
    free(part);
}

static void refused_and_freed(ONEM2M_ID_KIND kind, char *text, unsigned int flags,
                              ONEM2M_REASON reason, size_t offset, const char *detail)
{
    REFUSAL refusal = { reason, offset, detail };

    refused(kind, text, strlen(text), flags, &refusal);
    free(text);
}

static void test_too_long_refused(void **state)
{
    char *part = repeated("x", ONEM2M_RELATIVE_ID_MAX + 1);
    char *fqdn = long_fqdn(ONEM2M_FQDN_MAX + 1), *label = repeated("a", ONEM2M_LABEL_MAX + 1);
    char *growing = repeated("\xC8\xBA", 30), *shrinking = repeated("\xC8\xBA.", 100);

    (void)state;
    refused_and_freed(ONEM2M_ID_KM, joined(part, "@m", ""), STRICT, ONEM2M_R_NAME_TOO_LONG, 253,
                      "relative part: 254 octets; at most 253 (TS-0003 10.6)");
    refused_and_freed(ONEM2M_ID_KM, joined("k@", fqdn, ""), STRICT, ONEM2M_R_NAME_TOO_LONG, 255,
                      "FQDN of 254 octets");
    refused_and_freed(ONEM2M_ID_KM, joined("k@", fqdn, ""), FOLD, ONEM2M_R_NAME_TOO_LONG, NO_OFFSET,
                      "253 octets");
    refused_and_freed(ONEM2M_ID_KM, joined("k@", label, ""), STRICT, ONEM2M_R_LABEL_TOO_LONG, 2,
                      "label of 64 octets");
    refused_and_freed(ONEM2M_ID_CSE, joined("/", part, ""), STRICT, ONEM2M_R_NAME_TOO_LONG, 254,
                      "CSE part: 254 octets");
    refused_and_freed(ONEM2M_ID_AE, joined("/c/C", part, ""), STRICT, ONEM2M_R_NAME_TOO_LONG, 256,
                      "AE-ID stem: 255 octets");
    refused_and_freed(ONEM2M_ID_FQDN, joined(fqdn, "", ""), STRICT, ONEM2M_R_NAME_TOO_LONG, 253,
                      "FQDN of 254 octets");
    refused_and_freed(ONEM2M_ID_FQDN, joined(growing, "", ""), FOLD, ONEM2M_R_LABEL_TOO_LONG, 0,
                      "label of 90 octets");
    refused_and_freed(ONEM2M_ID_FQDN, joined(shrinking, "a", ""), FOLD, ONEM2M_R_NAME_TOO_LONG,
                      NO_OFFSET, "253 octets");
    free(shrinking);
    free(growing);
    free(label);
    free(fqdn);
    free(part);
}

/* Lower case can outgrow the room for it. */
static void test_fold_outgrows(void **state)
{
    static const REFUSAL refusal = { ONEM2M_R_NAME_TOO_LONG, ONEM2M_FQDN_MAX,
                                     "FQDN of more than 253 octets" };
    char *growing = repeated("\xC8\xBA", ONEM2M_ID_MAX / 2);

    (void)state;
    refused(ONEM2M_ID_FQDN, growing, strlen(growing), FOLD, &refusal);
    free(growing);
}

static void test_million_octets_refused(void **state)
{
    static const REFUSAL refusal = { ONEM2M_R_NAME_TOO_LONG, NO_OFFSET, "text of more than" };
    static const char *const fillers[] = {
        "a", "a.", "/", "@", "\xC3\xBC", "\xEF\xBC\xA0", "\xFF"
    };

    (void)state;
    for (size_t i = 0; i < COUNT(fillers); i++) {
        char *text = repeated(fillers[i], 1000000 / strlen(fillers[i]));

        for (int kind = 0; kind <= ONEM2M_ID_AE; kind++)
            refused((ONEM2M_ID_KIND)kind, text, strlen(text), kind % 2 == 0 ? STRICT : FOLD,
                    &refusal);
        free(text);
    }
}

static void assert_same_part(ONEM2M_ID_PART a, ONEM2M_ID_PART b)
{
    assert_int_equal(a.offset, b.offset);
    assert_int_equal(a.length, b.length);
}

static void assert_same_id(const ONEM2M_ID *a, const ONEM2M_ID *b)
{
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->form, b->form);
    assert_same_part(a->relative, b->relative);
    assert_same_part(a->fqdn, b->fqdn);
    assert_same_part(a->cse, b->cse);
    assert_same_part(a->ae, b->ae);
    assert_int_equal(a->length, b->length);
    assert_string_equal(a->text, b->text);
}

static void test_formed(void **state)
{
    static const struct {
        ONEM2M_ID_KIND kind;
        ONEM2M_ID_FORM form;
        const char *relative, *fqdn, *text;
    } cases[] = {
        { ONEM2M_ID_KPM, NAME, "thiskey", "mymef.com", "thiskey@mymef.com" },
        { ONEM2M_ID_KM, NAME, "km7", "maf.example.com", "km7@maf.example.com" },
        { ONEM2M_ID_KC, ONEM2M_FORM_HEX, HEX_LOWER, "m", HEX_UPPER "@m" },
        { ONEM2M_ID_KE, ONEM2M_FORM_B_TID, B_TID, "bsf.example.com", B_TID "@bsf.example.com" },
        { ONEM2M_ID_KPSA, NAME, "k", "mu\xCC\x88nchen", "k@m\xC3\xBCnchen" },
    };
    ONEM2M_ERROR error;
    ONEM2M_ID id, parsed;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *relative = exact_copy(cases[i].relative, strlen(cases[i].relative));
        char *fqdn = exact_copy(cases[i].fqdn, strlen(cases[i].fqdn));

        assert_int_equal(onem2m_id_form(&id, cases[i].kind, relative, strlen(cases[i].relative),
                                        fqdn, strlen(cases[i].fqdn), &error),
                         1);
        assert_string_equal(id.text, cases[i].text);
        assert_int_equal(id.form, cases[i].form);
        assert_int_equal(parse(&parsed, cases[i].kind, id.text, id.length, STRICT, &error), 1);
        assert_same_id(&parsed, &id);
        free(fqdn);
        free(relative);
    }
}

static void test_form_refused(void **state)
{
    static const struct {
        ONEM2M_ID_KIND kind;
        const char *relative, *fqdn;
        REFUSAL refusal;
    } cases[] = {
        { ONEM2M_ID_FQDN, "k", "m", { ONEM2M_R_BAD_CHOICE, NO_OFFSET, "kind: 1 is no" } },
        { ONEM2M_ID_CSE, "k", "m", { ONEM2M_R_BAD_CHOICE, NO_OFFSET, "kind: 7 is no" } },
        { ONEM2M_ID_AE, "k", "m", { ONEM2M_R_BAD_CHOICE, NO_OFFSET, "kind: 8 is no" } },
        { (ONEM2M_ID_KIND)0, "k", "m", { ONEM2M_R_BAD_CHOICE, NO_OFFSET, "kind: 0 is no" } },
        { (ONEM2M_ID_KIND)99, "k", "m", { ONEM2M_R_BAD_CHOICE, NO_OFFSET, "kind: 99 is no" } },
        { ONEM2M_ID_KM, "", "m", { ONEM2M_R_EMPTY, 0, "relative part: empty" } },
        { ONEM2M_ID_KM, "k", "", { ONEM2M_R_EMPTY, 0, "FQDN: empty" } },
        { ONEM2M_ID_KM,
          "km@m",
          "m",
          { ONEM2M_R_BAD_CHARACTER, 2, "relative part: '@' at octet 2" } },
        { ONEM2M_ID_KM, "k", "a@m", { ONEM2M_R_BAD_CHARACTER, 1, "'@'" } },
        { ONEM2M_ID_KM, "k", "abC", { ONEM2M_R_UPPER_CASE, 2, "'C'" } },
        { ONEM2M_ID_KM, "...", "m", { ONEM2M_R_BAD_FORM, 0, "nothing but dots" } },
        { ONEM2M_ID_KC, B_TID, "m", { ONEM2M_R_BAD_CHARACTER, 18, "'+'" } },
        { ONEM2M_ID_KM, "k\xFF", "m", { ONEM2M_R_INVALID_UTF8, 1, "0xFF" } },
        { ONEM2M_ID_KM, "k", "m\t", { ONEM2M_R_CONTROL_CHARACTER, 1, "0x09" } },
    };
    ONEM2M_ERROR error;
    ONEM2M_ID id;

    (void)state;
    memset(&id, UNTOUCHED, sizeof(id));
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(onem2m_id_form(&id, cases[i].kind, cases[i].relative,
                                        strlen(cases[i].relative), cases[i].fqdn,
                                        strlen(cases[i].fqdn), &error),
                         0);
        assert_refused(&error, &cases[i].refusal, cases[i].relative);
        assert_untouched(&id, sizeof(id));
    }
    assert_int_equal(onem2m_id_form(&id, ONEM2M_ID_KM, NULL, 0, "m", 1, &error), 0);
    assert_int_equal(onem2m_id_form(&id, ONEM2M_ID_KM, "k", 1, NULL, 0, &error), 0);
    assert_untouched(&id, sizeof(id));
}

/* A relative part and an FQDN may be taken from the identifier that is written. */
static void test_form_in_place(void **state)
{
    ONEM2M_ERROR error;
    ONEM2M_ID id;

    (void)state;
    assert_int_equal(onem2m_id_parse(&id, ONEM2M_ID_KE, "k7@mef.example", 14, STRICT, &error), 1);
    assert_int_equal(onem2m_id_form(&id, ONEM2M_ID_KM, id.text + id.fqdn.offset, id.fqdn.length,
                                    id.text + id.fqdn.offset, id.fqdn.length, &error),
                     1);
    assert_string_equal(id.text, "mef.example@mef.example");
    assert_int_equal(onem2m_id_parse(&id, ONEM2M_ID_KC, id.text, id.length, STRICT, &error), 1);
    assert_string_equal(id.text, "mef.example@mef.example");
    assert_int_equal(id.kind, ONEM2M_ID_KC);
}

static void test_form_exported(void **state)
{
    static const unsigned char octets[ONEM2M_RELATIVE_KEY_ID_OCTETS] = {
        0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
        0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF,
    };
    static const REFUSAL upper_case = { ONEM2M_R_UPPER_CASE, 0, "'M'" };
    static const REFUSAL kind_refusal = { ONEM2M_R_BAD_CHOICE, NO_OFFSET, "TS-0003 10.3.1" };
    static const ONEM2M_ID_KIND others[] = { ONEM2M_ID_FQDN, ONEM2M_ID_KPM, ONEM2M_ID_KM,
                                             ONEM2M_ID_KPSA, ONEM2M_ID_CSE, ONEM2M_ID_AE };
    ONEM2M_ERROR error;
    ONEM2M_ID id;

    (void)state;
    assert_int_equal(
        onem2m_id_form_exported(&id, ONEM2M_ID_KE, octets, "mef.example.com", 15, &error), 1);
    assert_string_equal(id.text, HEX_UPPER "@mef.example.com");
    assert_int_equal(id.form, ONEM2M_FORM_HEX);
    assert_int_equal(id.kind, ONEM2M_ID_KE);
    assert_int_equal(onem2m_id_form_exported(&id, ONEM2M_ID_KC, octets, "maf", 3, &error), 1);
    assert_string_equal(id.text, HEX_UPPER "@maf");
    assert_int_equal(id.kind, ONEM2M_ID_KC);
    memset(&id, UNTOUCHED, sizeof(id));
    assert_int_equal(onem2m_id_form_exported(&id, ONEM2M_ID_KE, octets, "MEF", 3, &error), 0);
    assert_refused(&error, &upper_case, "upper case");
    for (size_t i = 0; i < COUNT(others); i++) {
        assert_int_equal(onem2m_id_form_exported(&id, others[i], octets, "m", 1, &error), 0);
        assert_refused(&error, &kind_refusal, "kind");
    }
    assert_untouched(&id, sizeof(id));
}

static void test_equal(void **state)
{
    static const struct {
        ONEM2M_ID_KIND kind_a, kind_b;
        const char *a, *b;
        int equal;
    } cases[] = {
        { ONEM2M_ID_KM, ONEM2M_ID_KM, "ab@c", "ax@c", 0 },
        { ONEM2M_ID_KM, ONEM2M_ID_KM, "az@c", "AZ@c", 1 },
        { ONEM2M_ID_KM, ONEM2M_ID_KM, "k@m", "k@mm", 0 },
        { ONEM2M_ID_KPM, ONEM2M_ID_KPM, "k@m", "k@mm", 0 },
        { ONEM2M_ID_KM, ONEM2M_ID_KM, "km7@maf.example", "km7@maf.example", 1 },
        { ONEM2M_ID_KM, ONEM2M_ID_KM, "km7@maf.example", "KM7@maf.example", 1 },
        { ONEM2M_ID_KM, ONEM2M_ID_KM, "km7@maf.example", "km7@MAF.example", 1 },
        { ONEM2M_ID_KM, ONEM2M_ID_KM, "km7@maf.example", "km8@maf.example", 0 },
        { ONEM2M_ID_KM, ONEM2M_ID_KM, "km7@maf.example", "km7@mag.example", 0 },
        { ONEM2M_ID_KM, ONEM2M_ID_KM, "ab@c", "a@bc", 0 },
        { ONEM2M_ID_KM, ONEM2M_ID_KM, HEX_LOWER "@m", HEX_UPPER "@m", 1 },
        { ONEM2M_ID_KE, ONEM2M_ID_KE, HEX_LOWER "@m", HEX_UPPER "@M", 1 },
        { ONEM2M_ID_KC, ONEM2M_ID_KC, HEX_LOWER "@m", HEX_UPPER "@m", 1 },
        { ONEM2M_ID_KE, ONEM2M_ID_KC, HEX_UPPER "@m", HEX_UPPER "@m", 0 },
        { ONEM2M_ID_KPSA, ONEM2M_ID_KPSA, "kpsa@m", "KPSA@m", 0 },
        { ONEM2M_ID_KPM, ONEM2M_ID_KPM, "kpm@m", "Kpm@m", 0 },
        { ONEM2M_ID_KC, ONEM2M_ID_KC, "kc@m", "Kc@m", 0 },
        { ONEM2M_ID_KE, ONEM2M_ID_KE, "ke@m", "ke@m", 1 },
        /* Base64 has a case, also where 10.6 would do without. */
        { ONEM2M_ID_KM, ONEM2M_ID_KM, "ABCDEFGHIJKLMNOPQRSTUQ==@m", "abCDEFGHIJKLMNOPQRSTUQ==@m",
          0 },
        { ONEM2M_ID_KM, ONEM2M_ID_KM, B_TID "@m", B_TID "@M", 1 },
        { ONEM2M_ID_FQDN, ONEM2M_ID_FQDN, "maf.example", "MAF.example", 1 },
        { ONEM2M_ID_FQDN, ONEM2M_ID_FQDN, "m\xC3\xBCnchen", "MU\xCC\x88NCHEN", 1 },
        { ONEM2M_ID_CSE, ONEM2M_ID_CSE, "//sp/cse1", "//SP/cse1", 1 },
        { ONEM2M_ID_CSE, ONEM2M_ID_CSE, "//sp/cse1", "//sp/CSE1", 0 },
        { ONEM2M_ID_CSE, ONEM2M_ID_CSE, "//sp/cse1", "/cse1", 0 },
        { ONEM2M_ID_CSE, ONEM2M_ID_AE, "//sp/S7", "//sp/S7", 0 },
        { ONEM2M_ID_AE, ONEM2M_ID_AE, "/c/C7", "/c/C7", 1 },
        { ONEM2M_ID_AE, ONEM2M_ID_AE, "/S7", "S7", 0 },
    };
    ONEM2M_ID a, b;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(parse(&a, cases[i].kind_a, cases[i].a, strlen(cases[i].a), FOLD, NULL), 1);
        assert_int_equal(parse(&b, cases[i].kind_b, cases[i].b, strlen(cases[i].b), FOLD, NULL), 1);
        if (onem2m_id_equal(&a, &b) != cases[i].equal || onem2m_id_equal(&b, &a) != cases[i].equal)
            fail_msg("%s and %s", cases[i].a, cases[i].b);
        assert_int_equal(onem2m_id_equal(&a, &a), 1);
    }
}

static void test_kind_names(void **state)
{
    static const char *const names[] = { NULL,     "FQDN",   "KpmID",
                                         "KeID",   "KmID",   "Key Identifier",
                                         "KpsaID", "CSE-ID", "AE-ID" };

    (void)state;
    for (unsigned int i = 1; i < COUNT(names); i++)
        assert_string_equal(onem2m_id_kind_name((ONEM2M_ID_KIND)i), names[i]);
    assert_null(onem2m_id_kind_name((ONEM2M_ID_KIND)0));
    assert_null(onem2m_id_kind_name((ONEM2M_ID_KIND)COUNT(names)));
    assert_null(onem2m_id_kind_name((ONEM2M_ID_KIND)-1));
}

static void test_print(void **state)
{
    static const REFUSAL refusal = { ONEM2M_R_BAD_LENGTH, NO_OFFSET, "3 and a NUL are needed" };
    ONEM2M_ERROR error;
    ONEM2M_ID id;
    char out[8];
    size_t size = 0;

    (void)state;
    assert_int_equal(onem2m_id_parse(&id, ONEM2M_ID_KM, "k@m", 3, STRICT, &error), 1);
    assert_int_equal(onem2m_id_print(&id, NULL, &size, &error), 1);
    assert_int_equal(size, 3);
    memset(out, UNTOUCHED, sizeof(out));
    for (size_t small = 0; small <= 3; small++) {
        size = small;
        assert_int_equal(onem2m_id_print(&id, out, &size, &error), 0);
        assert_refused(&error, &refusal, "print");
        assert_int_equal(size, small);
        assert_untouched(out, sizeof(out));
    }
    size = 4;
    assert_int_equal(onem2m_id_print(&id, out, &size, &error), 1);
    assert_int_equal(size, 3);
    assert_string_equal(out, "k@m");
    assert_untouched(out + 4, sizeof(out) - 4);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_key_ids_taken),   cmocka_unit_test(test_entities_taken),
        cmocka_unit_test(test_key_ids_refused), cmocka_unit_test(test_entities_refused),
        cmocka_unit_test(test_nul_refused),     cmocka_unit_test(test_choices_refused),
        cmocka_unit_test(test_longest_taken),   cmocka_unit_test(test_too_long_refused),
        cmocka_unit_test(test_fold_outgrows),   cmocka_unit_test(test_million_octets_refused),
        cmocka_unit_test(test_formed),          cmocka_unit_test(test_form_refused),
        cmocka_unit_test(test_form_in_place),   cmocka_unit_test(test_form_exported),
        cmocka_unit_test(test_equal),           cmocka_unit_test(test_kind_names),
        cmocka_unit_test(test_print),
    };

    return cmocka_run_group_tests_name("identifier", tests, NULL, NULL);
}
