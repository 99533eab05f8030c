/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_DEMO_CLOCK_H
#define ONEM2M_DEMO_CLOCK_H

#include <stdint.h>
#include "keystore/timestamp.h"

/* Milliseconds of a clock that never goes back, for deadlines. */
int64_t clock_milliseconds(void);

/* What is left until a deadline of that clock, for poll(2): 0 when it has passed. */
int clock_left(int64_t deadline);

/* The m2m:timestamp so many seconds from now. */
void clock_timestamp(char out[ONEM2M_TIMESTAMP_SIZE], int64_t seconds);

/* Sleeps until the wall clock has reached the timestamp; at most limit milliseconds. 1 or 0. */
int clock_wait_until(const char *timestamp, int64_t limit);

#endif
