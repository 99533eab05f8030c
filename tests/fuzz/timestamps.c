/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The input is a text read as an m2m:timestamp. Aborts when a promise of
 * timestamp.h is broken, or the system's calendar says another time.
 */
#include <time.h>
#include "keystore/timestamp.h"
#include "target.h"

#define NO_TIME ((ONEM2M_TIME)0x5A5A5A5A)

static void check_refusal(const ONEM2M_ERROR *error, size_t length)
{
    size_t i = 0;

    HOLDS(error->reason == ONEM2M_R_BAD_TIME || error->reason == ONEM2M_R_EMPTY);
    HOLDS(error->offset <= length);
    while (i < sizeof(error->detail) && error->detail[i] >= 0x20 && error->detail[i] < 0x7F)
        i++;
    HOLDS(i > 0 && i < sizeof(error->detail) && error->detail[i] == '\0');
}

static void check_time(ONEM2M_TIME found, const char *text)
{
    char printed[ONEM2M_TIMESTAMP_SIZE], expected[64];
    const time_t seconds = (time_t)found;
    ONEM2M_TIME again;
    struct tm fields;

    HOLDS(found > 0 && found <= ONEM2M_TIME_MAX);
    onem2m_timestamp_print(printed, found);
    HOLDS(strlen(printed) == sizeof(printed) - 1 && memcmp(printed, text, 15) == 0);
    HOLDS(onem2m_timestamp_parse(&again, printed, strlen(printed), NULL) && again == found);
    HOLDS(gmtime_r(&seconds, &fields) != NULL);
    HOLDS(strftime(expected, sizeof(expected), "%Y%m%dT%H%M%SZ", &fields) > 0);
    HOLDS(strcmp(printed, expected) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    ONEM2M_TIME found = NO_TIME;
    ONEM2M_ERROR error;

    if (text == NULL)
        return 0;
    memcpy(text + 1, data, size); /* so that a sanitizer sees a read before or behind it */
    if (onem2m_timestamp_parse(&found, text + 1, size, &error)) {
        check_time(found, text + 1);
    } else {
        HOLDS(found == NO_TIME);
        check_refusal(&error, size);
    }
    free(text);
    return 0;
}
