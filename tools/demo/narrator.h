/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_DEMO_NARRATOR_H
#define ONEM2M_DEMO_NARRATOR_H

#include "journal.h"

/* For people: what happens, to standard output as it happens; what is wrong to standard error. */
void narrator_begin(const WORLD *world);
void narrator_processes(const WORLD *world, const pid_t pids[MEMBERS]);
void narrator_scene(const SCENE *scene);
/* journal: what was reported before. */
void narrator_event(const JOURNAL *journal, const EVENT *event);
/* Trees, what is the same, and the verdict. */
void narrator_end(const JOURNAL *journal, const WORLD *world);

#endif
