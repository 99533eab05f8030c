/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_DEMO_RUN_H
#define ONEM2M_DEMO_RUN_H

/* What to spoil, so that tests see the demonstration fail. */
typedef enum {
    BREAK_NOTHING,
    BREAK_ENROLEE_MAF_ID,
    BREAK_PSK,
    BREAK_PSK_IDENTITY,
    BREAK_SERVER_NAME,
    BREAK_SILENCE
} BREAK;

typedef struct {
    const char *program;       /* argv[0] */
    const char *configuration; /* the openssl.cnf in use, to be named in messages */
    unsigned long timeout;     /* seconds */
    int json;
    BREAK spoiled;
} OPTIONS;

/* Runs both roles, compares and prints; 1 when they agree, else 0. */
int run_enrolment(const OPTIONS *options);

#endif
