/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_DEMO_PROCESS_H
#define ONEM2M_DEMO_PROCESS_H

#include <sys/types.h>
#include "message.h"
#include "world.h"

/* A member as a process of its own: this program again, in its directory. */
typedef struct {
    pid_t pid; /* 0: not started */
    int running;
    int control_fd; /* -1: none */
} PROCESS;

/* Both return 1, or 0 with the failure set. event_fd: where all write what they report. */
int process_start(PROCESS *process, const PLACE *place, MEMBER_INDEX who, int event_fd,
                  FAILURE *failure);
/* An order: a step with its argument, or "" for none; key: octets that begin takes, or NULL. */
int process_order(const PROCESS *process, const char *step, const char *argument,
                  const unsigned char *key, size_t length, FAILURE *failure);

/* How a process ended; it is reaped. */
void process_describe_end(PROCESS *process, FAILURE *failure);
/* Lets it end by itself, kills it when it does not, and reaps it. May be called again. */
void process_stop(PROCESS *process);

#endif
