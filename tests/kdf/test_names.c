/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Names and other text in parameters: every rule of UTF-8, NFKC, FQDNs, CSE-IDs
 * and AE-IDs, broken and kept.
 */
#include <string.h>
#include <openssl/evp.h>
#include "refusal.h"

/* Text that is bad wherever UTF-8 is expected and not one of a few words. */
static const VALUE bad_texts[] = {
    { LITERAL("maf\0.example.com"), ONEM2M_R_CONTROL_CHARACTER, "0x00 at octet 3" },
    { LITERAL("\0"), ONEM2M_R_CONTROL_CHARACTER, "0x00 at octet 0" },
    { LITERAL("maf.example.com\0"), ONEM2M_R_CONTROL_CHARACTER, "octet 15" },
    { LITERAL("maf\x01.example.com"), ONEM2M_R_CONTROL_CHARACTER, "0x01 at octet 3" },
    { LITERAL("maf.example.com\n"), ONEM2M_R_CONTROL_CHARACTER, "0x0A at octet 15" },
    { LITERAL("maf\x7F.example.com"), ONEM2M_R_CONTROL_CHARACTER, "0x7F at octet 3" },
    { LITERAL("maf\xC2\x85.example.com"), ONEM2M_R_CONTROL_CHARACTER, "0x85 at octet 3" },
    { LITERAL("m\xC3\xBCnchen\xC2\x9F"), ONEM2M_R_CONTROL_CHARACTER, "0x9F at octet 8" },
    { LITERAL("\x80maf.example.com"), ONEM2M_R_INVALID_UTF8, "0x80 at octet 0" },
    { LITERAL("maf\xC3.example.com"), ONEM2M_R_INVALID_UTF8, "0xC3 at octet 3" },
    { LITERAL("maf\xC3"), ONEM2M_R_INVALID_UTF8, "0xC3 at octet 3" },
    { LITERAL("maf\xE2\x82"), ONEM2M_R_INVALID_UTF8, "0xE2 at octet 3" },
    { LITERAL("maf\xF0\x9F\x98"), ONEM2M_R_INVALID_UTF8, "0xF0 at octet 3" },
    { LITERAL("\xC0\xAE"), ONEM2M_R_INVALID_UTF8, "RFC 3629" },
    { LITERAL("\xC1\xA1"), ONEM2M_R_INVALID_UTF8, "RFC 3629" },
    { LITERAL("\xE0\x80\xAE"), ONEM2M_R_INVALID_UTF8, "RFC 3629" },
    { LITERAL("\xF0\x80\x80\xAE"), ONEM2M_R_INVALID_UTF8, "RFC 3629" },
    { LITERAL("maf\xED\xA0\x80"), ONEM2M_R_INVALID_UTF8, "0xED at octet 3" },
    { LITERAL("\xED\xBF\xBF"), ONEM2M_R_INVALID_UTF8, "RFC 3629" },
    { LITERAL("\xF4\x90\x80\x80"), ONEM2M_R_INVALID_UTF8, "RFC 3629" },
    { LITERAL("maf\xFF"), ONEM2M_R_INVALID_UTF8, "0xFF at octet 3" },
    { a_million, MILLION, ONEM2M_R_NAME_TOO_LONG, NULL },
};

#define A7 "aaaaaaa"
#define A31 A7 A7 A7 A7 "aaa"
#define LABEL_63 A31 A31 "a"
#define LABEL_61 A31 A7 A7 A7 A7 "aa"
#define NAME_253 LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_61
#define U_UMLAUT "\xC3\xBC"
#define U_UMLAUT_31                                                                                \
    U_UMLAUT U_UMLAUT U_UMLAUT U_UMLAUT U_UMLAUT U_UMLAUT U_UMLAUT U_UMLAUT U_UMLAUT U_UMLAUT      \
        U_UMLAUT U_UMLAUT U_UMLAUT U_UMLAUT U_UMLAUT U_UMLAUT U_UMLAUT U_UMLAUT U_UMLAUT U_UMLAUT  \
            U_UMLAUT U_UMLAUT U_UMLAUT U_UMLAUT U_UMLAUT U_UMLAUT U_UMLAUT U_UMLAUT U_UMLAUT       \
                U_UMLAUT U_UMLAUT

static const VALUE bad_fqdns[] = {
    { LITERAL("MAF.example.com"), ONEM2M_R_UPPER_CASE, "'M' at octet 0" },
    { LITERAL("maf.examplE.com"), ONEM2M_R_UPPER_CASE, "'E' at octet 10" },
    { LITERAL("\xC3\x9Cnchen.example"), ONEM2M_R_UPPER_CASE, "U+00DC at octet 0" },
    { LITERAL("\xC7\x85.example"), ONEM2M_R_UPPER_CASE, "TS-0004 6.2.3" },     /* Dz */
    { LITERAL("\xEF\xBC\xAD.example"), ONEM2M_R_UPPER_CASE, "'M'" },           /* fullwidth M */
    { LITERAL("\xE2\x84\xAA.example"), ONEM2M_R_UPPER_CASE, "TS-0004 6.2.3" }, /* kelvin sign */
    { LITERAL(LABEL_63 "a.example"), ONEM2M_R_LABEL_TOO_LONG, "64 octets" },
    { LITERAL("example." LABEL_63 "a"), ONEM2M_R_LABEL_TOO_LONG, "64 octets at octet 8" },
    { LITERAL(U_UMLAUT_31 U_UMLAUT ".example"), ONEM2M_R_LABEL_TOO_LONG, "64 octets" },
    { LITERAL(NAME_253 "a"), ONEM2M_R_NAME_TOO_LONG, "253" },
    { LITERAL("-maf.example.com"), ONEM2M_R_BAD_HYPHEN, "TS-0004 6.2.3" },
    { LITERAL("maf-.example.com"), ONEM2M_R_BAD_HYPHEN, "TS-0004 6.2.3" },
    { LITERAL("maf.-example.com"), ONEM2M_R_BAD_HYPHEN, "TS-0004 6.2.3" },
    { LITERAL("maf.example.com-"), ONEM2M_R_BAD_HYPHEN, "TS-0004 6.2.3" },
    { LITERAL("-"), ONEM2M_R_BAD_HYPHEN, "TS-0004 6.2.3" },
    { LITERAL("maf..example.com"), ONEM2M_R_EMPTY, "octet 4" },
    { LITERAL("maf.example.com."), ONEM2M_R_EMPTY, "octet 16" },
    { LITERAL(".maf.example.com"), ONEM2M_R_EMPTY, "octet 0" },
    { LITERAL("."), ONEM2M_R_EMPTY, "TS-0004 6.2.3" },
    { LITERAL("maf\xE2\x80\xA6"
              "com"),
      ONEM2M_R_EMPTY, "TS-0004 6.2.3" }, /* ellipsis: three dots */
    { LITERAL("maf_1.example.com"), ONEM2M_R_BAD_CHARACTER, "'_' at octet 3" },
    { LITERAL("maf 1.example.com"), ONEM2M_R_BAD_CHARACTER, "0x20 at octet 3" },
    { LITERAL("*.example.com"), ONEM2M_R_BAD_CHARACTER, "'*' at octet 0" },
    { LITERAL("maf@example.com"), ONEM2M_R_BAD_CHARACTER, "'@' at octet 3" },
    { LITERAL("maf.example.com:443"), ONEM2M_R_BAD_CHARACTER, "':' at octet 15" },
    { LITERAL("maf.example.com/x"), ONEM2M_R_BAD_CHARACTER, "'/' at octet 15" },
    { LITERAL("%s%n.example.com"), ONEM2M_R_BAD_CHARACTER, "'%' at octet 0" },
    { LITERAL("maf\xC2\xA0.example"), ONEM2M_R_BAD_CHARACTER, "0x20" }, /* no-break space */
    { LITERAL("maf\xE2\x80\x8B"), ONEM2M_R_BAD_CHARACTER, "U+200B" },   /* zero width space */
    { LITERAL("maf\xE3\x80\x82"), ONEM2M_R_BAD_CHARACTER, "U+3002" },   /* ideographic stop */
    { LITERAL("\xCC\x81.example"), ONEM2M_R_BAD_CHARACTER, "U+0301" },  /* mark without letter */
    { LITERAL("\xF0\x9F\x98\x80"), ONEM2M_R_BAD_CHARACTER, "U+1F600" }, /* emoji */
    { LITERAL("\xE2\x80\xAEmaf"), ONEM2M_R_BAD_CHARACTER, "U+202E" },   /* right to left */
    { LITERAL("\xEF\xBB\xBFmaf.x"), ONEM2M_R_BAD_CHARACTER, "U+FEFF" }, /* byte order mark */
};

static void test_bad_texts(void **state)
{
    size_t i;

    for (i = 0; i < PARAMETERS; i++) {
        const KIND kind = parameters[i].kind;

        if (kind == FQDN || kind == ENTITY || kind == TEXT)
            REFUSE_VALUES(*state, &parameters[i], bad_texts);
    }
}

static void test_bad_fqdns(void **state)
{
    size_t i;

    for (i = 0; i < PARAMETERS; i++) {
        if (parameters[i].kind == FQDN || parameters[i].kind == ENTITY)
            REFUSE_VALUES(*state, &parameters[i], bad_fqdns);
    }
}

static void test_bad_entities(void **state)
{
    static const VALUE bad_entities[] = {
        { LITERAL("//"), ONEM2M_R_BAD_FORM, NULL },
        { LITERAL("///cse1"), ONEM2M_R_EMPTY, "TS-0004 6.2.3" },
        { LITERAL("//sp.example.com"), ONEM2M_R_BAD_FORM, "TS-0004 6.2.3" },
        { LITERAL("//sp.example.com/"), ONEM2M_R_EMPTY, "TS-0004 6.2.3" },
        { LITERAL("//sp.example.com/cse1/"), ONEM2M_R_EMPTY, "TS-0004 6.2.3" },
        { LITERAL("//sp.example.com/cse1/X7"), ONEM2M_R_BAD_FORM, "TS-0004 6.2.3" },
        { LITERAL("//sp.example.com/cse1/S7"), ONEM2M_R_BAD_FORM, "TS-0004 6.2.3" },
        { LITERAL("//sp.example.com/cse1/C"), ONEM2M_R_EMPTY, "TS-0004 6.2.3" },
        { LITERAL("//sp.example.com/cse1/C7/x"), ONEM2M_R_BAD_FORM, "TS-0004 6.2.3" },
        { LITERAL("//sp.example.com/c se"), ONEM2M_R_BAD_CHARACTER, "0x20" },
        { LITERAL("//SP.example.com/cse1"), ONEM2M_R_UPPER_CASE, "'S'" },
        { LITERAL("//sp_1.example.com/cse1"), ONEM2M_R_BAD_CHARACTER, "'_'" },
        { LITERAL("//-sp.example.com/cse1"), ONEM2M_R_BAD_HYPHEN, "TS-0004 6.2.3" },
        { LITERAL("//" LABEL_63 "a/cse1"), ONEM2M_R_LABEL_TOO_LONG, "64 octets" },
        { LITERAL("//" NAME_253 "a/cse1"), ONEM2M_R_NAME_TOO_LONG, "TS-0004 6.2.3" },
        { LITERAL("//sp.example.com/" NAME_253 "a"), ONEM2M_R_NAME_TOO_LONG, "254 octets" },
        { LITERAL("/"), ONEM2M_R_EMPTY, "TS-0004 6.2.3" },
        { LITERAL("/cse/C7/x"), ONEM2M_R_BAD_FORM, "TS-0004 6.2.3" },
        { LITERAL("/-cse"), ONEM2M_R_BAD_CHARACTER, "'-'" },
        { LITERAL("/_cse"), ONEM2M_R_BAD_CHARACTER, "'_'" },
        { LITERAL("/m\xC3\xBCnchen"), ONEM2M_R_BAD_CHARACTER, "U+00FC" },
        { LITERAL("/cse?x"), ONEM2M_R_BAD_CHARACTER, "'?'" },
        { LITERAL("C7"), ONEM2M_R_BAD_FORM, "TS-0003 10.3.3" },
        { LITERAL("S7"), ONEM2M_R_BAD_FORM, "TS-0003 10.3.3" },
        { LITERAL("C"), ONEM2M_R_EMPTY, "TS-0004 6.2.3" },
        { LITERAL("cse1/C7"), ONEM2M_R_BAD_CHARACTER, "'/'" },
        { LITERAL("C7/x"), ONEM2M_R_UPPER_CASE, "'C'" },
    };

    REFUSE_VALUES(*state, parameter_of(ONEM2M_KDF_KPSA, ONEM2M_PARAM_TARGET_ID), bad_entities);
}

/* HMAC-SHA-256 of the default provider, with the key of the derivation's sample. */
static void reference(const SUITE *suite, const char *kdf, const char *label, const char *text,
                      unsigned char out[32])
{
    const OSSL_PARAM *key =
        OSSL_PARAM_locate_const(sample_of(&suite->samples, kdf)->params, ONEM2M_PARAM_KEY);
    unsigned char message[2048];
    size_t length = strlen(label);

    memcpy(message, label, length);
    memcpy(message + length, text, strlen(text));
    CHECK(EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, key->data, key->data_size, message,
                    length + strlen(text), out, 32, NULL) != NULL);
}

/* Text as given, and as it is hashed. */
typedef struct {
    const char *given;
    const char *hashed;
} SPELLING;

static void check_spelling(const SUITE *suite, const PARAMETER *parameter, const char *label,
                           const SPELLING *spelling)
{
    const SAMPLE *sample = sample_of(&suite->samples, parameter->kdf);
    const OSSL_PARAM one[] = {
        text_param(parameter->name, spelling->given, strlen(spelling->given)),
        OSSL_PARAM_construct_end(),
    };
    EVP_KDF_CTX *ctx = new_context(suite->loaded.libctx, parameter->kdf);
    unsigned char expected[32], output[32];

    subject("%s, %s = %s", parameter->kdf, parameter->name, spelling->given);
    reference(suite, parameter->kdf, label, spelling->hashed, expected);
    CHECK(EVP_KDF_CTX_set_params(ctx, sample->params) == 1);
    if (EVP_KDF_derive(ctx, output, sizeof(output), one) != 1)
        check_no_error();
    CHECK(memcmp(output, expected, sizeof(output)) == 0);
    check_no_error();
    EVP_KDF_CTX_free(ctx);
}

#define KM_LABEL "oneM2M Enrolment Key to Master Credential derivation"
#define KPSA_LABEL "oneM2M Enrolment Key to Provisioned Secure Connection Key derivation"

static void test_good_fqdns(void **state)
{
    static const SPELLING spellings[] = {
        { "a", "a" },
        { "1", "1" },
        { LABEL_63, LABEL_63 },
        { NAME_253, NAME_253 },
        { U_UMLAUT_31 ".example", U_UMLAUT_31 ".example" },
        { "xn--mnchen-3ya.example", "xn--mnchen-3ya.example" },
        { "a--b.1-2", "a--b.1-2" },
        { "mu\xCC\x88nchen.example", "m\xC3\xBCnchen.example" },           /* mark composed */
        { "\xEF\xBD\x8D\xEF\xBD\x81\xEF\xBD\x86.example", "maf.example" }, /* fullwidth */
        { "maf\xEF\xBC\x8E"
          "example",
          "maf.example" },                        /* fullwidth full stop */
        { "\xEF\xAC\x81.example", "fi.example" }, /* ligature */
        { "maf\xEF\xBC\x91.example", "maf1.example" },
        { "\xE6\x9D\xB1\xE4\xBA\xAC.example", "\xE6\x9D\xB1\xE4\xBA\xAC.example" }, /* Tokyo */
    };
    const SUITE *suite = *state;
    size_t i;

    for (i = 0; i < COUNT(spellings); i++) {
        check_spelling(suite, parameter_of(ONEM2M_KDF_KM, ONEM2M_PARAM_MAF_ID), KM_LABEL,
                       &spellings[i]);
        check_spelling(suite, parameter_of(ONEM2M_KDF_KPSA, ONEM2M_PARAM_TARGET_ID), KPSA_LABEL,
                       &spellings[i]);
    }
}

static void test_good_entities(void **state)
{
    static const SPELLING spellings[] = {
        { "//sp.example.com/cse1", "//sp.example.com/cse1" },
        { "//sp.example.com/CSE_1.x-y", "//sp.example.com/CSE_1.x-y" },
        { "//sp.example.com/cse1/Cae-7", "//sp.example.com/cse1/Cae-7" },
        { "//sp.example.com/cse1/CAE7", "//sp.example.com/cse1/CAE7" },
        { "//sp.example.com/S7", "//sp.example.com/S7" },
        { "//mu\xCC\x88nchen.example/cse1", "//m\xC3\xBCnchen.example/cse1" },
        { "//" NAME_253 "/" NAME_253 "/C7", "//" NAME_253 "/" NAME_253 "/C7" },
        { "/cse1", "/cse1" },
        { "/1", "/1" },
        { "/cse1/C7", "/cse1/C7" },
        { "/S7", "/S7" },
        { "cse1.sp.example.com", "cse1.sp.example.com" },
        { "c7", "c7" },
    };
    size_t i;

    for (i = 0; i < COUNT(spellings); i++)
        check_spelling(*state, parameter_of(ONEM2M_KDF_KPSA, ONEM2M_PARAM_TARGET_ID), KPSA_LABEL,
                       &spellings[i]);
}

static void test_impi(void **state)
{
    static const VALUE bad[] = {
        { LITERAL(NAME_253 "a"), ONEM2M_R_BAD_LENGTH, "3GPP TS 33.220 B.3" },
        { LITERAL(NAME_253 NAME_253 NAME_253 NAME_253), ONEM2M_R_NAME_TOO_LONG, NULL },
    };
    static const VALUE good[] = {
        { LITERAL("a"), 0, NULL },
        { LITERAL(NAME_253), 0, NULL },
        { LITERAL("User Name@IMS.example"), 0, NULL },
    };
    const PARAMETER *impi = parameter_of(ONEM2M_KDF_GBA_NAF_KEY, ONEM2M_PARAM_IMPI);

    REFUSE_VALUES(*state, impi, bad);
    TAKE_VALUES(*state, impi, good);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        QUEUE_TEST(test_bad_texts),  QUEUE_TEST(test_bad_fqdns),     QUEUE_TEST(test_bad_entities),
        QUEUE_TEST(test_good_fqdns), QUEUE_TEST(test_good_entities), QUEUE_TEST(test_impi),
    };

    return cmocka_run_group_tests(tests, suite_setup, suite_teardown);
}
