/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_DEMO_JOURNAL_H
#define ONEM2M_DEMO_JOURNAL_H

#include <sys/types.h>
#include "event.h"
#include "scenario.h"

/* What the parent was told, in the order in which it happened, and what it makes of it. */

#define JOURNAL_TREE 8192

typedef struct {
    size_t scene; /* index of scenes */
    EVENT event;
} ENTRY;

/* How a scene ended. */
typedef enum { OUTCOME_NONE, OUTCOME_DONE, OUTCOME_REFUSED, OUTCOME_UNEXPECTED } OUTCOME;

typedef struct {
    ENTRY *entries;
    size_t count;
    size_t room;
    OUTCOME outcomes[64]; /* of scenes */
    pid_t pids[MEMBERS];
    char trees[MEMBERS][JOURNAL_TREE]; /* of the stores, at the end */
    FAILURE failure;                   /* why the run went no further; empty: it did */
} JOURNAL;

void journal_free(JOURNAL *journal);
/* 1, or 0 when memory is out. */
int journal_add(JOURNAL *journal, size_t scene, const EVENT *event);

/*
 * The first value of that name that the member reported (at NULL: that anybody did); NULL: none.
 * Later ones are of later keys.
 */
const char *journal_first_value(const JOURNAL *journal, const char *name, const char *at);

/* Whether a member refused something in that scene, with that in its audit. */
int journal_refused(const JOURNAL *journal, size_t scene, const char *at, const char *reason);

/* Whether all its holders reported it alike. */
int journal_agrees(const JOURNAL *journal, const SHARED *what);

/* Whether everything came out as it must. */
int journal_verdict(const JOURNAL *journal);
size_t journal_count(const JOURNAL *journal, OUTCOME outcome);

#endif
