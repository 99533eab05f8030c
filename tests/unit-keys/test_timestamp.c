/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <time.h>
#include <keystore/timestamp.h>
#include "expect.h"

typedef struct {
    const char *text;
    ONEM2M_TIME time;
    const char *printed;
} GOOD;

/* Seconds by `date -u -d ... +%s`. */
static const GOOD good[] = {
    { "20271231T235959", 1830297599, "20271231T235959Z" },
    { "20271231T235959Z", 1830297599, "20271231T235959Z" },
    { "20271231T235959,1", 1830297599, "20271231T235959Z" },
    { "20271231T235959,999999", 1830297599, "20271231T235959Z" },
    { "20271231T235959,999999Z", 1830297599, "20271231T235959Z" },
    { "19700101T000001", 1, "19700101T000001Z" },
    { "20380119T031408", 2147483648, "20380119T031408Z" },
    { "20000229T120000", 951825600, "20000229T120000Z" },
    { "20240229T000000", 1709164800, "20240229T000000Z" },
    { "21000228T235959", 4107542399, "21000228T235959Z" },
    { "21000301T000000", 4107542400, "21000301T000000Z" },
    { "99991231T235959", ONEM2M_TIME_MAX, "99991231T235959Z" },
};

typedef struct {
    const char *text;
    REFUSAL refusal;
} BAD;

#define BAD_AT(offset, detail)                                                                     \
    {                                                                                              \
        ONEM2M_R_BAD_TIME, offset, detail                                                          \
    }

static const BAD bad[] = {
    { "", { ONEM2M_R_EMPTY, 0, "empty" } },
    { "2", BAD_AT(1, "ends before digit") },
    { "20271231", BAD_AT(8, "ends before 'T'") },
    { "20271231T23595", BAD_AT(14, "ends before digit") },
    { "20271231 235959", BAD_AT(8, "0x20 at octet 8 is no 'T'") },
    { "20271231t235959", BAD_AT(8, "'t' at octet 8") },
    { "2027-12-31T23:59:59", BAD_AT(4, "'-' at octet 4 is no digit") },
    { "+0271231T235959", BAD_AT(0, "'+' at octet 0") },
    { " 20271231T235959", BAD_AT(0, "0x20 at octet 0") },
    { "20271231T235959 ", BAD_AT(15, "0x20 at octet 15 is no end") },
    { "20271231T235959z", BAD_AT(15, "'z'") },
    { "20271231T235959ZZ", BAD_AT(16, "'Z'") },
    { "20271231T235959Z,1", BAD_AT(16, "','") },
    { "20271231T235959+0100", BAD_AT(15, "'+'") },
    { "20271231T235959,", BAD_AT(16, "ends before digit of a fraction") },
    { "20271231T235959,Z", BAD_AT(16, "'Z' at octet 16 is no digit of a fraction") },
    { "20271231T235959.5", BAD_AT(15, "'.'") },
    { "20271231T235959,1234567", BAD_AT(22, "'7' at octet 22 is no end") },
    { "20271231T235959\xC3\xBC", BAD_AT(15, "U+00FC") },
    { "2027123\xD9\xA1T235959", BAD_AT(7, "U+0661") },
    { "20270031T000000", BAD_AT(4, "month 0") },
    { "20271331T000000", BAD_AT(4, "month 13; 1 to 12") },
    { "20270100T000000", BAD_AT(6, "day 0") },
    { "20270132T000000", BAD_AT(6, "day 32") },
    { "20270431T000000", BAD_AT(6, "month 4 of 2027 has no day 31") },
    { "20270229T000000", BAD_AT(6, "month 2 of 2027 has no day 29") },
    { "20240230T000000", BAD_AT(6, "month 2 of 2024 has no day 30") },
    { "21000229T000000", BAD_AT(6, "month 2 of 2100 has no day 29") },
    { "20270101T240000", BAD_AT(9, "hour 24") },
    { "20270101T236000", BAD_AT(11, "minute 60") },
    { "20161231T235960", BAD_AT(13, "second 60") },
    { "19691231T235959", BAD_AT(0, "year 1969") },
    { "00000101T000000", BAD_AT(0, "year 0") },
    { "19700101T000000", BAD_AT(0, "no time at all") },
    { "19700101T000000,5", BAD_AT(0, "no time at all") },
};

static void test_good(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        char *text = exact_copy(good[i].text, strlen(good[i].text));
        char printed[ONEM2M_TIMESTAMP_SIZE];
        ONEM2M_TIME time = 0;

        assert_int_equal(onem2m_timestamp_parse(&time, text, strlen(good[i].text), NULL), 1);
        assert_int_equal(time, good[i].time);
        onem2m_timestamp_print(printed, time);
        assert_string_equal(printed, good[i].printed);
        free(text);
    }
}

static void check_bad(const char *given, size_t length, const REFUSAL *refusal, const char *what)
{
    char *text = exact_copy(given, length);
    ONEM2M_TIME time;
    ONEM2M_ERROR error;

    memset(&time, UNTOUCHED, sizeof(time));
    assert_int_equal(onem2m_timestamp_parse(&time, text, length, &error), 0);
    assert_refused(&error, refusal, what);
    assert_untouched(&time, sizeof(time));
    assert_int_equal(onem2m_timestamp_parse(&time, text, length, NULL), 0);
    free(text);
}

static void test_bad(void **state)
{
    static const char embedded[] = "20271231T235959\0";
    static const REFUSAL nul = BAD_AT(15, "0x00");

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        check_bad(bad[i].text, strlen(bad[i].text), &bad[i].refusal, bad[i].text);
    check_bad(embedded, sizeof(embedded) - 1, &nul, "NUL");
    assert_int_equal(onem2m_timestamp_parse(NULL, NULL, 0, NULL), 0);
}

static void check_time(ONEM2M_TIME time)
{
    const time_t seconds = (time_t)time;
    char expected[64], printed[ONEM2M_TIMESTAMP_SIZE];
    ONEM2M_TIME parsed = 0;
    struct tm utc;

    assert_non_null(gmtime_r(&seconds, &utc));
    snprintf(expected, sizeof(expected), "%04d%02d%02dT%02d%02d%02dZ", utc.tm_year + 1900,
             utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec);
    onem2m_timestamp_print(printed, time);
    assert_string_equal(printed, expected);
    assert_int_equal(onem2m_timestamp_parse(&parsed, printed, strlen(printed), NULL), time != 0);
    assert_int_equal(parsed, time);
}

/* Every day that there is, at another time of day each, against the C library. */
static void test_every_day(void **state)
{
    (void)state;
    for (ONEM2M_TIME day = 0; day <= ONEM2M_TIME_MAX / 86400; day++)
        check_time(day * 86400 + day * 45293 % 86400);
}

static void test_print_outside(void **state)
{
    char printed[ONEM2M_TIMESTAMP_SIZE];

    (void)state;
    onem2m_timestamp_print(printed, INT64_MIN);
    assert_string_equal(printed, "19700101T000000Z");
    onem2m_timestamp_print(printed, INT64_MAX);
    assert_string_equal(printed, "99991231T235959Z");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_every_day),
        cmocka_unit_test(test_print_outside),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
