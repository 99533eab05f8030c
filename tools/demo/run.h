/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_DEMO_RUN_H
#define ONEM2M_DEMO_RUN_H

#include "world.h"

typedef struct {
    const char *configuration; /* the openssl.cnf in use, to be named in messages */
    const char *module;        /* as it gives it, or NULL */
    unsigned long timeout;     /* seconds that a step may take */
    int json;
    int dtls;
    const char *credentials[MEMBERS]; /* as in WORLD */
    const char *authority;
    const char *svg;  /* a file to write a sequence diagram to, or NULL */
    const char *keep; /* a directory to be made and kept, or NULL */
    BREAK spoiled;
} OPTIONS;

/* Runs everything and prints it; 1 when all came out as it must, else 0. */
int run_demonstration(const OPTIONS *options);

#endif
