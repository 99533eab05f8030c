/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include "timestamp.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define CLAUSE "(m2m:timestamp, TS-0004 6.3.3)"
#define SECONDS_LENGTH 15 /* of "20271231T235959" */
#define FRACTION_DIGITS 6
#define T_OFFSET 8
#define DAY_OFFSET 6
#define DAY_SECONDS 86400

/*
 * Years counted from 1 March have their leap day at the end, and 400 of them
 * always 146097 days; 1970-01-01 is 719468 days after 0000-03-01.
 */
#define ERA_YEARS 400
#define ERA_DAYS 146097
#define EPOCH_DAYS 719468

enum { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, FIELDS };

typedef struct {
    const char *name;
    size_t offset, digits;
    unsigned int min, max;
} FIELD;

static const FIELD fields[FIELDS] = {
    [YEAR] = { "year", 0, 4, 1970, 9999 },   [MONTH] = { "month", 4, 2, 1, 12 },
    [DAY] = { "day", DAY_OFFSET, 2, 1, 31 }, [HOUR] = { "hour", 9, 2, 0, 23 },
    [MINUTE] = { "minute", 11, 2, 0, 59 },   [SECOND] = { "second", 13, 2, 0, 59 },
};

static int is_digit(char octet)
{
    return octet >= '0' && octet <= '9';
}

static int refuse_octet(const char *text, size_t offset, size_t length, const char *expected,
                        ONEM2M_ERROR *error)
{
    char described[ONEM2M_DESCRIBED_MAX];

    if (offset == length)
        return onem2m_refuse(error, ONEM2M_R_BAD_TIME, offset, "ends before %s " CLAUSE, expected);
    onem2m_describe_character(described, text + offset, length - offset);
    return onem2m_refuse(error, ONEM2M_R_BAD_TIME, offset, "%s at octet %zu is no %s " CLAUSE,
                         described, offset, expected);
}

/* YYYYMMDDThhmmss: digits and a 'T' where they belong. */
static int check_shape(const char *text, size_t length, ONEM2M_ERROR *error)
{
    size_t i;

    for (i = 0; i < SECONDS_LENGTH; i++) {
        if (i == T_OFFSET ? i == length || text[i] != 'T' : i == length || !is_digit(text[i]))
            return refuse_octet(
                text, i, length,
                i == T_OFFSET ? "'T' between date and time" : "digit of YYYYMMDDThhmmss", error);
    }
    return 1;
}

/* What may follow the seconds: a fraction, 'Z', both. */
static int check_tail(const char *text, size_t length, ONEM2M_ERROR *error)
{
    size_t i = SECONDS_LENGTH, first;

    if (i < length && text[i] == ',') {
        first = ++i;
        while (i < length && i - first < FRACTION_DIGITS && is_digit(text[i]))
            i++;
        if (i == first)
            return refuse_octet(text, i, length, "digit of a fraction", error);
    }
    if (i < length && text[i] == 'Z')
        i++;
    return i == length || refuse_octet(text, i, length, "end of a timestamp", error);
}

static int read_field(unsigned int *value, const FIELD *field, const char *text,
                      ONEM2M_ERROR *error)
{
    unsigned int number = 0;

    for (size_t i = 0; i < field->digits; i++)
        number = 10 * number + (unsigned int)(text[field->offset + i] - '0');
    if (number < field->min || number > field->max)
        return onem2m_refuse(error, ONEM2M_R_BAD_TIME, field->offset,
                             "%s %u; %u to %u exist here " CLAUSE, field->name, number, field->min,
                             field->max);
    *value = number;
    return 1;
}

static unsigned int days_of(unsigned int year, unsigned int month)
{
    static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    const int is_leap = year % 4 == 0 && (year % 100 != 0 || year % ERA_YEARS == 0);

    return month == 2 && is_leap ? 29 : days[month - 1];
}

static ONEM2M_TIME to_seconds(const unsigned int value[FIELDS])
{
    const ONEM2M_TIME year = value[YEAR] - (value[MONTH] <= 2);
    const ONEM2M_TIME month = (value[MONTH] + 9) % 12; /* 0 is March */
    const ONEM2M_TIME year_of_era = year % ERA_YEARS;
    const ONEM2M_TIME day_of_year = (153 * month + 2) / 5 + value[DAY] - 1;
    const ONEM2M_TIME day = year / ERA_YEARS * ERA_DAYS + year_of_era * 365 + year_of_era / 4 -
                            year_of_era / 100 + day_of_year - EPOCH_DAYS;

    return ((day * 24 + value[HOUR]) * 60 + value[MINUTE]) * 60 + value[SECOND];
}

int onem2m_timestamp_parse(ONEM2M_TIME *time, const char *text, size_t length, ONEM2M_ERROR *error)
{
    unsigned int value[FIELDS];
    ONEM2M_TIME seconds;

    if (text == NULL || length == 0)
        return onem2m_refuse(error, ONEM2M_R_EMPTY, 0, "empty " CLAUSE);
    if (!check_shape(text, length, error) || !check_tail(text, length, error))
        return 0;
    for (size_t i = 0; i < COUNT(fields); i++) {
        if (!read_field(&value[i], &fields[i], text, error))
            return 0;
    }
    if (value[DAY] > days_of(value[YEAR], value[MONTH]))
        return onem2m_refuse(error, ONEM2M_R_BAD_TIME, DAY_OFFSET,
                             "month %u of %u has no day %u " CLAUSE, value[MONTH], value[YEAR],
                             value[DAY]);
    seconds = to_seconds(value);
    if (seconds == 0)
        return onem2m_refuse(error, ONEM2M_R_BAD_TIME, 0,
                             "1970-01-01T00:00:00 stands for no time at all; one second later does "
                             "not");
    *time = seconds;
    return 1;
}

static void put_digits(char *out, unsigned int number, size_t digits)
{
    while (digits-- > 0) {
        out[digits] = (char)('0' + number % 10);
        number /= 10;
    }
}

void onem2m_timestamp_print(char out[ONEM2M_TIMESTAMP_SIZE], ONEM2M_TIME time)
{
    const ONEM2M_TIME seconds = time < 0 ? 0 : time > ONEM2M_TIME_MAX ? ONEM2M_TIME_MAX : time;
    const unsigned int second_of_day = (unsigned int)(seconds % DAY_SECONDS);
    const unsigned int day = (unsigned int)(seconds / DAY_SECONDS) + EPOCH_DAYS;
    const unsigned int day_of_era = day % ERA_DAYS;
    const unsigned int year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / (ERA_DAYS - 1)) / 365;
    const unsigned int day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const unsigned int month = (5 * day_of_year + 2) / 153; /* 0 is March */
    const unsigned int value[FIELDS] = {
        [YEAR] = day / ERA_DAYS * ERA_YEARS + year_of_era + (month >= 10),
        [MONTH] = month < 10 ? month + 3 : month - 9,
        [DAY] = day_of_year - (153 * month + 2) / 5 + 1,
        [HOUR] = second_of_day / 3600,
        [MINUTE] = second_of_day / 60 % 60,
        [SECOND] = second_of_day % 60,
    };

    for (size_t i = 0; i < COUNT(fields); i++)
        put_digits(out + fields[i].offset, value[i], fields[i].digits);
    out[T_OFFSET] = 'T';
    out[SECONDS_LENGTH] = 'Z';
    out[SECONDS_LENGTH + 1] = '\0';
}
