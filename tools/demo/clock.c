/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "clock.h"

#include <limits.h>
#include <string.h>
#include <time.h>

int64_t clock_milliseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int clock_left(int64_t deadline)
{
    int64_t left = deadline - clock_milliseconds();

    if (left <= 0)
        return 0;
    return left < INT_MAX ? (int)left : INT_MAX;
}

void clock_timestamp(char out[ONEM2M_TIMESTAMP_SIZE], int64_t seconds)
{
    onem2m_timestamp_print(out, (ONEM2M_TIME)time(NULL) + seconds);
}

int clock_wait_until(const char *timestamp, int64_t limit)
{
    const struct timespec piece = { .tv_nsec = 20000000 };
    int64_t deadline = clock_milliseconds() + limit;
    ONEM2M_TIME end;

    if (!onem2m_timestamp_parse(&end, timestamp, strlen(timestamp), NULL))
        return 0;
    while ((ONEM2M_TIME)time(NULL) < end) {
        if (clock_milliseconds() >= deadline)
            return 0;
        nanosleep(&piece, NULL);
    }
    return 1;
}
