/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_DEMO_ROLE_H
#define ONEM2M_DEMO_ROLE_H

#include "assignment.h"

/* The pipes of a role: how the parent starts it. */
#define ROLE_ASSIGNMENT_FD 0
#define ROLE_REPORT_FD 1

/* Fields of messages to the parent besides those of enrolment.h. */
#define REPORT_LISTENING "listening" /* the MEF's port, in a message of its own */
#define REPORT_FAILURE "failure"     /* why the role failed, in its last message */

/* Roles play their part with what they were assigned and fill their report: 1 or 0. */
typedef int ROLE(const ASSIGNMENT *assignment, WIRE_MESSAGE *report, FAILURE *failure);
ROLE role_mef;
ROLE role_enrolee;

/* The main function of a process that the parent started for the role called name. */
int role_main(const char *name);

/* Ends the TLS connection and frees what it used; each may be NULL, socket_fd -1. */
void role_disconnect(SSL *ssl, SSL_CTX *context, int socket_fd);

#endif
