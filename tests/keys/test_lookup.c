/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "keystore/lookup.h"
#include "octets.h"

#define HEX "82CA6FADC18789491AA65339C51B58A3"
#define HEX_LOWER "82ca6fadc18789491aa65339c51b58a3"
#define B_TID "cHJvdmlkZXItcmFuZC0xMg=="

typedef struct {
    ONEM2M_KIND kind;
    const char *key_id;
    const char *folded; /* NULL: refused */
} CASE;

/* The contract's "Key identifiers": what case counts in. */
static const CASE cases[] = {
    { ONEM2M_KIND_KPM, "enrolee1@mef.example.com", "enrolee1@mef.example.com" },
    { ONEM2M_KIND_KPM, "enrolee1@MEF.Example.COM", "enrolee1@mef.example.com" },
    { ONEM2M_KIND_KPM, "Enrolee1@mef.example.com", "Enrolee1@mef.example.com" },
    { ONEM2M_KIND_KPM, HEX_LOWER "@mef.example.com", HEX "@mef.example.com" },
    { ONEM2M_KIND_KE, HEX "@mef.example.com", HEX "@mef.example.com" },
    { ONEM2M_KIND_KE, HEX_LOWER "@Mef.example.com", HEX "@mef.example.com" },
    { ONEM2M_KIND_KE, B_TID "@bsf.example.com", B_TID "@bsf.example.com" },
    { ONEM2M_KIND_KM, "Km-7@maf.example.com", "km-7@maf.example.com" },
    { ONEM2M_KIND_KM, "KM-7@MAF.example.com", "km-7@maf.example.com" },
    { ONEM2M_KIND_KM, "A.b_C-9@maf.example.com", "a.b_c-9@maf.example.com" },
    { ONEM2M_KIND_KM, HEX_LOWER "@maf.example.com", HEX "@maf.example.com" },
    { ONEM2M_KIND_KM, B_TID "@bsf.example.com", B_TID "@bsf.example.com" },
    { ONEM2M_KIND_KPSA, "Psa-7@node.example.com", "Psa-7@node.example.com" },
    { ONEM2M_KIND_KC, "Key@maf.example.com", "Key@maf.example.com" },
    { ONEM2M_KIND_ESPRIM, "Key@MAF.example.com", "Key@maf.example.com" },
    { ONEM2M_KIND_ESDATA, HEX_LOWER "@maf.example.com", HEX "@maf.example.com" },
    { ONEM2M_KIND_PAIRWISE_E2E, HEX_LOWER, HEX },
    { ONEM2M_KIND_PAIRWISE_E2E, "Key@maf.example.com", "Key@maf.example.com" },
    { ONEM2M_KIND_KM, "km\xC3\xBC@maf.example.com", NULL },
    { ONEM2M_KIND_KM, "", NULL },
    { ONEM2M_KIND_KM, "km7", NULL },
    { ONEM2M_KIND_KM, "@maf.example.com", NULL },
    { ONEM2M_KIND_KM, "km7@", NULL },
    { ONEM2M_KIND_KM, "km7@a@b", NULL },
    { ONEM2M_KIND_KM, "../km7@maf.example.com", NULL },
    { ONEM2M_KIND_KC, HEX, NULL },
    { ONEM2M_KIND_PAIRWISE_E2E, HEX "0", NULL },
    { (ONEM2M_KIND)0, "km7@maf.example.com", NULL },
    { (ONEM2M_KIND)13, "km7@maf.example.com", NULL },
};

static void assert_lookup(const ONEM2M_LOOKUP *lookup, const char *folded, ONEM2M_KIND kind)
{
    const size_t length = strlen(folded);

    assert_int_equal(lookup->length, length + 2);
    assert_memory_equal(lookup->octets, folded, length + 1);
    assert_int_equal(lookup->octets[length + 1], kind);
}

static void folds_as_the_contract_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const size_t length = strlen(cases[i].key_id);
        char *key_id = exact_copy(cases[i].key_id, length);
        ONEM2M_ERROR error;
        ONEM2M_LOOKUP lookup;

        memset(&lookup, UNTOUCHED, sizeof(lookup));
        if (onem2m_lookup_form(&lookup, cases[i].kind, key_id, length, &error)) {
            assert_non_null(cases[i].folded);
            assert_lookup(&lookup, cases[i].folded, cases[i].kind);
        } else {
            if (cases[i].folded != NULL)
                fail_msg("%s: %s", cases[i].key_id, error.detail);
            assert_untouched(&lookup, sizeof(lookup));
            assert_printable(error.detail);
        }
        free(key_id);
    }
}

/* Looking a folded name up again finds the same. */
static void folding_twice_changes_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        ONEM2M_LOOKUP lookup;

        if (cases[i].folded == NULL)
            continue;
        assert_true(onem2m_lookup_form(&lookup, cases[i].kind, cases[i].folded,
                                       strlen(cases[i].folded), NULL));
        assert_lookup(&lookup, cases[i].folded, cases[i].kind);
    }
}

/* An identifier with a NUL in it could pass for one of another kind. */
/* Of every case's text a name for one kind, then for another: as if it were the first. */
static void of_another_kind_as_of_itself(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *key_id = cases[i].key_id;
        ONEM2M_LOOKUP again, itself;

        for (unsigned int kind = 1; kind <= ONEM2M_KIND_MAX; kind++) {
            int formed;

            again.is_of_any_kind = 0;
            onem2m_lookup_form_again(&again, cases[i].kind, key_id, strlen(key_id), NULL);
            formed = onem2m_lookup_form(&itself, (ONEM2M_KIND)kind, key_id, strlen(key_id), NULL);
            assert_int_equal(
                onem2m_lookup_form_again(&again, (ONEM2M_KIND)kind, key_id, strlen(key_id), NULL),
                formed);
            if (!formed)
                continue;
            assert_int_equal(again.length, itself.length);
            assert_memory_equal(again.octets, itself.octets, itself.length);
        }
    }
}

static void refuses_a_nul(void **state)
{
    static const char name[] = "km7@maf.example.com\0\x02";
    ONEM2M_LOOKUP lookup;

    (void)state;
    for (unsigned int kind = 1; kind <= ONEM2M_KIND_MAX; kind++) {
        assert_false(onem2m_lookup_form(&lookup, (ONEM2M_KIND)kind, name, sizeof(name) - 1, NULL));
        assert_false(onem2m_lookup_form(&lookup, (ONEM2M_KIND)kind, name, sizeof(name) - 2, NULL));
    }
}

static void the_longest_fits(void **state)
{
    char *relative = repeated("A", ONEM2M_RELATIVE_ID_MAX);
    char *label = repeated("b", 61), key_id[ONEM2M_KEY_ID_MAX + 2];
    ONEM2M_LOOKUP lookup;

    (void)state;
    snprintf(key_id, sizeof(key_id), "%s@%s.%s.%s.%s.%s", relative, label, label, label, label,
             "bbbbb");
    assert_int_equal(strlen(key_id), ONEM2M_KEY_ID_MAX);
    assert_true(onem2m_lookup_form(&lookup, ONEM2M_KIND_KM, key_id, strlen(key_id), NULL));
    assert_int_equal(lookup.length, ONEM2M_LOOKUP_MAX);
    assert_int_equal(lookup.octets[0], 'a');
    key_id[ONEM2M_KEY_ID_MAX] = 'b';
    key_id[ONEM2M_KEY_ID_MAX + 1] = '\0';
    assert_false(onem2m_lookup_form(&lookup, ONEM2M_KIND_KM, key_id, strlen(key_id), NULL));
    free(relative);
    free(label);
}

static void of_attributes_as_of_their_name(void **state)
{
    ONEM2M_ATTRIBUTES attributes = { .kind = ONEM2M_KIND_KM };
    ONEM2M_LOOKUP lookup;

    (void)state;
    assert_false(onem2m_lookup_of(&lookup, &attributes, NULL));
    attributes.text[ONEM2M_TEXT_KEY_ID] = text_slice("Km7@maf.example.com");
    assert_true(onem2m_lookup_of(&lookup, &attributes, NULL));
    assert_lookup(&lookup, "km7@maf.example.com", ONEM2M_KIND_KM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folds_as_the_contract_says),
        cmocka_unit_test(folding_twice_changes_nothing),
        cmocka_unit_test(of_another_kind_as_of_itself),
        cmocka_unit_test(refuses_a_nul),
        cmocka_unit_test(the_longest_fits),
        cmocka_unit_test(of_attributes_as_of_their_name),
    };

    return cmocka_run_group_tests_name("lookup", tests, NULL, NULL);
}
