/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_DEMO_ROLE_H
#define ONEM2M_DEMO_ROLE_H

#include "dialogue.h"

/* Something that the parent may tell a process to do; argument: "" or a name. 1, or 0. */
typedef int STEP(ENTITY *self, const char *argument, FAILURE *failure);

typedef struct {
    const char *name;
    STEP *step;
} ROLE_STEP;

/* What a process is: how it answers, and what it does when told. */
typedef struct {
    const char *name; /* of --role and of the configuration: MEF, MAF, A, B, C */
    /* Makes listener's contexts of both kinds ready, after their profile is set. */
    int (*prepare)(ENTITY *self, LISTENER *listener, SSL_CTX *context, FAILURE *failure);
    /* After a client's handshake, before its requests. NULL: nothing to do. */
    int (*greet)(CONNECTION *connection, const LISTENER *listener, const char *identity,
                 FAILURE *failure);
    /* Answers a request of that authenticated identity. */
    int (*answer)(CONNECTION *connection, const LISTENER *listener, const char *identity,
                  const REQUEST *request, FAILURE *failure);
    /* The connection is over. NULL: nothing to do. */
    void (*leave)(ENTITY *self);
    const ROLE_STEP *steps; /* the one after the last has no name */
} ROLE;

extern const ROLE role_mef;
extern const ROLE role_maf;
extern const ROLE role_a;
extern const ROLE role_b;
extern const ROLE role_c;

/* Listeners whose clients authenticate by certificate, and how that names them. */
#define LISTENER_PSK "psk"
#define LISTENER_ENROLEES "enrolees" /* CSE-ID certificates */
#define LISTENER_CLIENTS "clients"   /* CSE-ID certificates */
#define LISTENER_TARGETS "targets"   /* FQDN certificates */

/* A step of every role: to report everything of what went before. */
#define STEP_SETTLE "settle"

/* The main function of a process that the parent started; an exit status. */
int role_main(const char *name);

#endif
