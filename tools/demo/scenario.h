/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_DEMO_SCENARIO_H
#define ONEM2M_DEMO_SCENARIO_H

#include "world.h"

/* One step: who is told to do what, and what must come of it. */
typedef struct {
    const char *title;    /* of a part of the demonstration; NULL: the part goes on */
    const char *clauses;  /* of the part */
    const char *tries;    /* of an attempt that must be refused: what it is; NULL of others */
    const char *step;     /* of the ROLE of who */
    const char *argument; /* the name of a value that has been reported; NULL: none */
    const char *reason;   /* of an attempt: in the audit of who refuses */
    MEMBER_INDEX who;
    MEMBER_INDEX refuses;
} SCENE;

extern const SCENE scenes[];
extern const size_t scene_count;

/* What must be the same wherever it is held. */
typedef struct {
    const char *name; /* of the values reported */
    const char *clause;
    const char *holders; /* names of members, separated by a space */
} SHARED;

extern const SHARED shared[];
extern const size_t shared_count;

#endif
