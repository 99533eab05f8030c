/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_DEMO_PROCESS_H
#define ONEM2M_DEMO_PROCESS_H

#include <sys/types.h>
#include "failure.h"
#include "wire.h"

/* This header's functions return 1, or 0 with process->failure set. */
#define PROCESS_MAX 8 /* of those collected together */

/* A role as a process of its own: this program again, with a pipe in and a pipe out. */
typedef struct {
    const char *role;  /* for --role, and the JSON member */
    const char *title; /* for people */
    pid_t pid;         /* 0: never started */
    int running;
    int assignment_fd;
    int report_fd;
    int collected; /* its last report was received, or it ended without one */
    WIRE_MESSAGE report;
    FAILURE failure; /* empty: it ended well */
} PROCESS;

/* Both names are kept by reference. */
void process_init(PROCESS *process, const char *role, const char *title);

/* program is this program's argv[0]. */
int process_start(PROCESS *process, const char *program);

/* Sends an assignment; the process gets no second one. */
int process_assign(PROCESS *process, const WIRE_MESSAGE *assignment);

/* Receives one message into process->report; on failure sets process->failure. */
int process_receive(PROCESS *process, int64_t deadline);

/*
 * Receives the last report of each process and waits for its end. When one has
 * failed the others get one more second.
 */
void process_collect(PROCESS *processes[], size_t count, int64_t deadline);

/* Kills the process if it still runs, and reaps it. May be called again. */
void process_stop(PROCESS *process);

#endif
