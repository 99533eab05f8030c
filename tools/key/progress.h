/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEY_PROGRESS_H
#define ONEM2M_KEY_PROGRESS_H

#include <stdint.h>

/* A bar on standard error, when that is a terminal. */
typedef struct {
    const char *what;
    int is_shown;
    int64_t drawn; /* when it was drawn last, in milliseconds; 0: never */
} PROGRESS;

void progress_begin(PROGRESS *progress, const char *what);

/* shown: a PROGRESS. total 0: it is not known. An onem2m_store_progress_fn. */
void progress_update(void *shown, uint64_t done, uint64_t total);

/* Takes the bar away. */
void progress_end(PROGRESS *progress);

#endif
