/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
/* The Enrolee: a TLS client that presents KpmID to its MEF. */
#include "role.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <openssl/crypto.h>
#include "enrolment.h"

static int connect_to_mef(unsigned long port, FAILURE *failure)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int socket_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (socket_fd >= 0 && connect(socket_fd, (struct sockaddr *)&address, sizeof(address)) == 0)
        return socket_fd;
    failure_set(failure, "cannot connect to 127.0.0.1 port %lu: %s", port, strerror(errno));
    if (socket_fd >= 0)
        close(socket_fd);
    return -1;
}

static int enrol(TLS_PSK *psk, const ASSIGNMENT *assignment, WIRE_MESSAGE *report, FAILURE *failure)
{
    int socket_fd = connect_to_mef(assignment->mef_port, failure);
    SSL_CTX *context = socket_fd >= 0 ? tls_psk_client_new(psk, failure) : NULL;
    SSL *ssl = context != NULL ? tls_psk_handshake(context, socket_fd, failure) : NULL;
    int enrolled = ssl != NULL && enrolment_complete(ssl, assignment, report, failure);

    role_disconnect(ssl, context, socket_fd);
    return enrolled;
}

int role_enrolee(const ASSIGNMENT *assignment, WIRE_MESSAGE *report, FAILURE *failure)
{
    TLS_PSK psk = { .psk_identity = assignment->kpm_id };
    int enrolled;

    memcpy(psk.psk, assignment->kpm, sizeof(psk.psk));
    memcpy(psk.server_name, assignment->mef_fqdn, sizeof(psk.server_name));
    enrolled = enrol(&psk, assignment, report, failure);
    OPENSSL_cleanse(&psk, sizeof(psk));
    return enrolled;
}
