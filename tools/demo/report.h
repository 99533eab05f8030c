/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_DEMO_REPORT_H
#define ONEM2M_DEMO_REPORT_H

#include "process.h"

/* One thing that both ends must hold alike. */
typedef struct {
    const char *name;   /* the field of a role's report; the JSON member */
    const char *title;  /* in the table; '*' at its end: shown as a fingerprint */
    const char *clause; /* of TS-0003, unless it says RFC */
} REPORT_ROW;

/* Two ends that went through one procedure, and what to compare of them. */
typedef struct {
    const char *title;
    const char *configuration; /* the openssl.cnf */
    const REPORT_ROW *rows;
    size_t row_count;
    const PROCESS *a;
    const PROCESS *b;
} REPORT;

/* 1 when neither end failed and every row is there at both and equal; 0 otherwise. */
int report_agrees(const REPORT *report);

/* For people: the table to standard output, what is wrong to standard error. */
void report_print_table(const REPORT *report);

/* For programs: one JSON object to standard output. */
void report_print_json(const REPORT *report);

#endif
