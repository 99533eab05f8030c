/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <limits.h>
#include "expect.h"

static const ONEM2M_SUID assigned[] = {
    { 10, ONEM2M_USAGE_MEF, ONEM2M_ORIGIN_PRE_PROVISIONED },
    { 11, ONEM2M_USAGE_MAF, ONEM2M_ORIGIN_PRE_PROVISIONED },
    { 12, ONEM2M_USAGE_SAEF, ONEM2M_ORIGIN_PRE_PROVISIONED },
    { 13, ONEM2M_USAGE_ESPRIM, ONEM2M_ORIGIN_PRE_PROVISIONED },
    { 14, ONEM2M_USAGE_ESDATA_ENCRYPT, ONEM2M_ORIGIN_PRE_PROVISIONED },
    { 15, ONEM2M_USAGE_ESDATA_SIGN, ONEM2M_ORIGIN_PRE_PROVISIONED },
    { 21, ONEM2M_USAGE_MAF, ONEM2M_ORIGIN_RSPF },
    { 22, ONEM2M_USAGE_SAEF, ONEM2M_ORIGIN_RSPF },
    { 23, ONEM2M_USAGE_ESPRIM, ONEM2M_ORIGIN_RSPF },
    { 24, ONEM2M_USAGE_ESDATA_ENCRYPT, ONEM2M_ORIGIN_RSPF },
    { 25, ONEM2M_USAGE_ESDATA_SIGN, ONEM2M_ORIGIN_RSPF },
    { 32, ONEM2M_USAGE_SAEF, ONEM2M_ORIGIN_MAF },
    { 33, ONEM2M_USAGE_ESPRIM, ONEM2M_ORIGIN_MAF },
    { 34, ONEM2M_USAGE_ESDATA_ENCRYPT, ONEM2M_ORIGIN_MAF },
    { 35, ONEM2M_USAGE_ESDATA_SIGN, ONEM2M_ORIGIN_MAF },
    { 40, ONEM2M_USAGE_MEF, ONEM2M_ORIGIN_CERTIFICATE },
    { 41, ONEM2M_USAGE_MAF, ONEM2M_ORIGIN_CERTIFICATE },
    { 42, ONEM2M_USAGE_SAEF, ONEM2M_ORIGIN_CERTIFICATE },
    { 43, ONEM2M_USAGE_ESPRIM, ONEM2M_ORIGIN_CERTIFICATE },
    { 44, ONEM2M_USAGE_ESDATA_ENCRYPT, ONEM2M_ORIGIN_CERTIFICATE },
    { 45, ONEM2M_USAGE_ESDATA_SIGN, ONEM2M_ORIGIN_CERTIFICATE },
};

static const ONEM2M_SUID *find(unsigned long number)
{
    for (size_t i = 0; i < COUNT(assigned); i++) {
        if (assigned[i].number == number)
            return &assigned[i];
    }
    return NULL;
}

static void check_number(unsigned long number)
{
    const ONEM2M_SUID *expected = find(number);
    char detail[64];
    REFUSAL refusal = { ONEM2M_R_BAD_SUID, NO_OFFSET, detail };
    ONEM2M_ERROR error;
    ONEM2M_SUID suid;

    memset(&suid, UNTOUCHED, sizeof(suid));
    if (expected != NULL) {
        assert_int_equal(onem2m_suid_parse(&suid, number, &error), 1);
        assert_int_equal(suid.number, expected->number);
        assert_int_equal(suid.usage, expected->usage);
        assert_int_equal(suid.origin, expected->origin);
        return;
    }
    snprintf(detail, sizeof(detail), "%lu is no Security Usage Identifier", number);
    assert_int_equal(onem2m_suid_parse(&suid, number, &error), 0);
    assert_refused(&error, &refusal, detail);
    assert_non_null(strstr(error.detail, "TS-0004 6.3.4.2.39"));
    assert_untouched(&suid, sizeof(suid));
    assert_int_equal(onem2m_suid_parse(&suid, number, NULL), 0);
}

static void test_every_number(void **state)
{
    static const unsigned long large[] = { 65546, UINT_MAX, 4294967296UL + 10, ULONG_MAX };

    (void)state;
    for (unsigned long number = 0; number <= 1000; number++)
        check_number(number);
    for (size_t i = 0; i < COUNT(large); i++)
        check_number(large[i]);
}

static void test_names(void **state)
{
    static const char *const usages[] = { "mef",        "maf", "saef", "esprim", "esdata-encrypt",
                                          "esdata-sign" };
    static const char *const origins[] = { "pre-provisioned", "RSPF", "MAF-distributed",
                                           "certificate" };

    (void)state;
    for (unsigned int i = 0; i < COUNT(usages); i++)
        assert_string_equal(onem2m_usage_name((ONEM2M_USAGE)(i + 1)), usages[i]);
    for (unsigned int i = 0; i < COUNT(origins); i++)
        assert_string_equal(onem2m_origin_name((ONEM2M_ORIGIN)(i + 1)), origins[i]);
    assert_null(onem2m_usage_name((ONEM2M_USAGE)0));
    assert_null(onem2m_usage_name((ONEM2M_USAGE)7));
    assert_null(onem2m_origin_name((ONEM2M_ORIGIN)0));
    assert_null(onem2m_origin_name((ONEM2M_ORIGIN)5));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_number),
        cmocka_unit_test(test_names),
    };

    return cmocka_run_group_tests_name("usage", tests, NULL, NULL);
}
