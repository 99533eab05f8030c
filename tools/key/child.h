/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEY_CHILD_H
#define ONEM2M_KEY_CHILD_H

#include "tool.h"

/* What a process of its own found out about a store. */
typedef struct {
    int has_ended; /* 0: it crashed, as status of waitpid(2) says */
    int status;
    int ok; /* 0: error says why not */
    ONEM2M_STORE_FINDINGS findings;
    ONEM2M_ERROR error;
} CHILD_REPORT;

/* Opens the store and works on it; shown: for progress_update. Returns 1, or 0 with *error. */
typedef int child_work_fn(TOOL *tool, ONEM2M_STORE_FINDINGS *findings, void *shown,
                          ONEM2M_ERROR *error);

/*
 * Works in a process of its own, because damaged pages may crash the one that
 * reads them: LMDB has no checksums. what: the command, for its progress.
 * Returns 1 when the process ran, whatever came of it.
 */
int child_run(TOOL *tool, const char *what, child_work_fn *work, CHILD_REPORT *report,
              ONEM2M_ERROR *error);

/* How it crashed, as a finding. */
void child_describe_crash(const CHILD_REPORT *report, char *text, size_t size);

#endif
