/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_DEMO_CONNECTION_H
#define ONEM2M_DEMO_CONNECTION_H

#include <onem2m/tls.h>
#include "entity.h"

/* A (D)TLS connection over loopback, and the messages on it. */
typedef struct {
    ENTITY *self;
    char peer[EVENT_NAME]; /* the process at the other end, for reports */
    SSL *ssl;
    int fd;
    int is_datagram;
    int64_t deadline;
} CONNECTION;

/* Whom to call. */
typedef struct {
    const char *peer;          /* its name in reports */
    const char *server_name;   /* its FQDN (10.2.1) */
    const char *port;          /* the name of a number of the configuration */
    int dtls;                  /* 1, 0 */
    const ONEM2M_PEER *expect; /* whom its certificate must name; NULL for PSK */
} CALL;

/*
 * A context of the profile for TLS or DTLS, with this entity's certificate when the profile is
 * that. NULL with the failure set.
 */
SSL_CTX *connection_context(const ENTITY *self, int dtls, int server, ONEM2M_PROFILE profile,
                            FAILURE *failure);

/* Both take the handshake to its end. 1, or 0 with the failure set and nothing to close. */
int connection_open(CONNECTION *connection, ENTITY *self, SSL_CTX *context, const CALL *call,
                    FAILURE *failure);
/* expect: as above, of clients by certificate. */
int connection_accept(CONNECTION *connection, ENTITY *self, LISTENER *listener, int dtls,
                      const ONEM2M_PEER *expect, FAILURE *failure);
void connection_close(CONNECTION *connection);

/* Whether a DTLS client has shown its cookie, so that connection_accept may go on with it. */
int connection_waiting(LISTENER *listener, const ONEM2M_PEER *expect);

/* The authenticated identity; "" when there is none. */
void connection_peer_entity(const CONNECTION *connection, char out[ENTITY_ID_SIZE]);

/* Octets of one message, in their frame. */
int connection_send(CONNECTION *connection, const unsigned char *octets, size_t length,
                    FAILURE *failure);
int connection_receive(CONNECTION *connection, unsigned char octets[MESSAGE_MAX], size_t *length,
                       FAILURE *failure);

#endif
