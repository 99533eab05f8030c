/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
/* The M2M Enrolment Function (MEF): a TLS server that knows one Enrolee's KpmID and Kpm. */
#include "role.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <openssl/crypto.h>
#include "enrolment.h"

/* A socket that listens on loopback, on a port that the system chose; -1 on failure. */
static int listen_on_loopback(unsigned long *port, FAILURE *failure)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t length = sizeof(address);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (listener >= 0 && bind(listener, (struct sockaddr *)&address, sizeof(address)) == 0 &&
        listen(listener, 1) == 0 &&
        getsockname(listener, (struct sockaddr *)&address, &length) == 0) {
        *port = ntohs(address.sin_port);
        return listener;
    }
    failure_set(failure, "cannot listen on 127.0.0.1: %s", strerror(errno));
    if (listener >= 0)
        close(listener);
    return -1;
}

static int announce(unsigned long port, FAILURE *failure)
{
    static WIRE_MESSAGE message;

    return (wire_put_number(&message, REPORT_LISTENING, port) &&
            wire_send(ROLE_REPORT_FD, &message)) ||
           failure_set(failure, "the parent cannot be told the port");
}

static int accept_enrolee(FAILURE *failure)
{
    unsigned long port;
    int listener = listen_on_loopback(&port, failure);
    int socket_fd = -1;

    if (listener < 0)
        return -1;
    if (announce(port, failure)) {
        socket_fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (socket_fd < 0)
            failure_set(failure, "no connection: %s", strerror(errno));
    }
    close(listener);
    return socket_fd;
}

static int serve(TLS_PSK *psk, const ASSIGNMENT *assignment, WIRE_MESSAGE *report, FAILURE *failure)
{
    int socket_fd = accept_enrolee(failure);
    SSL_CTX *context = socket_fd >= 0 ? tls_psk_server_new(psk, failure) : NULL;
    SSL *ssl = context != NULL ? tls_psk_handshake(context, socket_fd, failure) : NULL;
    int served = ssl != NULL && enrolment_complete(ssl, assignment, report, failure);

    role_disconnect(ssl, context, socket_fd);
    return served;
}

int role_mef(const ASSIGNMENT *assignment, WIRE_MESSAGE *report, FAILURE *failure)
{
    TLS_PSK psk = { .psk_identity = assignment->kpm_id };
    int served;

    memcpy(psk.psk, assignment->kpm, sizeof(psk.psk));
    memcpy(psk.server_name, assignment->mef_fqdn, sizeof(psk.server_name));
    served = serve(&psk, assignment, report, failure);
    OPENSSL_cleanse(&psk, sizeof(psk));
    return served;
}
