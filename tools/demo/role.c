/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "role.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>
#include <openssl/crypto.h>

/* Longer than the parent waits: only for a role that has lost its parent. */
#define EXTRA_SECONDS 5

static const struct {
    const char *name;
    ROLE *role;
} roles[] = {
    { "mef", role_mef },
    { "enrolee", role_enrolee },
};

static ROLE *find_role(const char *name)
{
    for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
        if (strcmp(roles[i].name, name) == 0)
            return roles[i].role;
    }
    return NULL;
}

static int receive_assignment(ASSIGNMENT *assignment, FAILURE *failure)
{
    WIRE_MESSAGE message;
    WIRE_RESULT result = wire_receive(ROLE_ASSIGNMENT_FD, &message, wire_clock() + 10000);
    int received = result == WIRE_RECEIVED && assignment_read(assignment, &message, failure);

    wire_clear(&message);
    if (result != WIRE_RECEIVED)
        failure_set(failure, "no assignment came from the parent");
    return received;
}

static int play(ROLE *role, WIRE_MESSAGE *report, FAILURE *failure)
{
    ASSIGNMENT assignment;
    int played = 0;

    if (receive_assignment(&assignment, failure)) {
        alarm((unsigned int)assignment.timeout + EXTRA_SECONDS);
        if (assignment.silent)
            pause();
        played = role(&assignment, report, failure);
    }
    OPENSSL_cleanse(&assignment, sizeof(assignment));
    return played;
}

int role_main(const char *name)
{
    static WIRE_MESSAGE report;
    FAILURE failure = { "" };
    ROLE *role = find_role(name);
    int played;

    if (role == NULL || isatty(ROLE_ASSIGNMENT_FD) || isatty(ROLE_REPORT_FD)) {
        fputs("onem2m-demo: --role is for processes that onem2m-demo itself starts\n", stderr);
        return 2;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_IGN);
    played = play(role, &report, &failure);
    if (!played)
        wire_put_text(&report, REPORT_FAILURE, failure.text);
    return wire_send(ROLE_REPORT_FD, &report) && played ? 0 : 1;
}

void role_disconnect(SSL *ssl, SSL_CTX *context, int socket_fd)
{
    if (ssl != NULL)
        SSL_shutdown(ssl);
    SSL_free(ssl);
    SSL_CTX_free(context);
    if (socket_fd >= 0)
        close(socket_fd);
}
