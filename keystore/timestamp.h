/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_TIMESTAMP_H
#define ONEM2M_KEYSTORE_TIMESTAMP_H

#include <stdint.h>
#include "error.h"

/* Seconds since 1970-01-01T00:00:00 UTC; 0 where a key has no such time. */
typedef int64_t ONEM2M_TIME;

/* 9999-12-31T23:59:59, the last time that a timestamp can name. */
#define ONEM2M_TIME_MAX INT64_C(253402300799)

/* "20271231T235959Z" and its NUL. */
#define ONEM2M_TIMESTAMP_SIZE 17

/*
 * Parses an m2m:timestamp (TS-0004 6.3.3): "20271231T235959", then perhaps a
 * fraction of 1 to 6 digits (",123456"; it is cut), then perhaps "Z"; always
 * UTC. Times that do not exist (13th month, 30 February, 24:00:00, a 61st
 * second) are refused, as are those before 1970-01-01T00:00:01.
 */
int onem2m_timestamp_parse(ONEM2M_TIME *time, const char *text, size_t length, ONEM2M_ERROR *error);

/* Writes "20271231T235959Z". time: 0 to ONEM2M_TIME_MAX; the nearer of them when it lies outside.
 */
void onem2m_timestamp_print(char out[ONEM2M_TIMESTAMP_SIZE], ONEM2M_TIME time);

#endif
