/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "connection.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>
#include <openssl/err.h>
#include "clock.h"
#include "credential.h"
#include "datagram.h"
#include "frame.h"
#include "loopback.h"

static SSL_CTX *context_new(int dtls, int server)
{
    if (dtls)
        return SSL_CTX_new(server ? DTLS_server_method() : DTLS_client_method());
    return SSL_CTX_new(server ? TLS_server_method() : TLS_client_method());
}

SSL_CTX *connection_context(const ENTITY *self, int dtls, int server, ONEM2M_PROFILE profile,
                            FAILURE *failure)
{
    SSL_CTX *context = context_new(dtls, server);

    if (context == NULL || !onem2m_tls_profile(context, profile)) {
        failure_set_openssl(failure, "profile of TS-0003 10.2");
    } else if (profile != ONEM2M_PROFILE_CERTIFICATE ||
               credential_install(self, context, failure)) {
        if (dtls && server)
            datagram_use_cookies(context, self);
        return context;
    }
    SSL_CTX_free(context);
    return NULL;
}

/* Milliseconds to wait for the peer: not beyond the deadline, nor DTLS's retransmission. */
static int patience(const CONNECTION *connection)
{
    int left = clock_left(connection->deadline);
    struct timeval timer;

    if (connection->is_datagram && DTLSv1_get_timeout(connection->ssl, &timer) == 1 &&
        timer.tv_sec * 1000 + timer.tv_usec / 1000 < left)
        return (int)(timer.tv_sec * 1000 + timer.tv_usec / 1000) + 1;
    return left;
}

/* After a call of libssl returned result: 1 call again, 0 give up (*why says). */
static int wait_for_peer(CONNECTION *connection, int result, int *why)
{
    struct pollfd waiting = { .fd = connection->fd, .events = POLLIN };

    *why = SSL_get_error(connection->ssl, result);
    if (*why == SSL_ERROR_WANT_WRITE)
        waiting.events = POLLOUT;
    else if (*why != SSL_ERROR_WANT_READ)
        return 0;
    if (clock_left(connection->deadline) == 0)
        return 0;
    if (poll(&waiting, 1, patience(connection)) == 0 && connection->is_datagram)
        DTLSv1_handle_timeout(connection->ssl);
    return 1;
}

/* Why libssl gave up. */
static int explain(const CONNECTION *connection, int why, const char *what, FAILURE *failure)
{
    const char *refusal = onem2m_tls_refusal(connection->ssl);

    if (*refusal != '\0') {
        ERR_clear_error();
        return failure_set(failure, "%s: %s", what, refusal);
    }
    if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE)
        return failure_set(failure, "%s: the peer was silent for too long", what);
    if (why == SSL_ERROR_ZERO_RETURN || (why == SSL_ERROR_SYSCALL && ERR_peek_error() == 0))
        return failure_set(failure, "%s: the peer closed the connection", what);
    return failure_set_openssl(failure, what);
}

static int handshake(CONNECTION *connection, FAILURE *failure)
{
    int result;
    int why = 0;

    ERR_clear_error();
    while ((result = SSL_do_handshake(connection->ssl)) != 1) {
        if (!wait_for_peer(connection, result, &why))
            return explain(connection, why, "handshake", failure);
    }
    return 1;
}

static void begin(CONNECTION *connection, ENTITY *self, const char *peer)
{
    memset(connection, 0, sizeof(*connection));
    connection->self = self;
    connection->fd = -1;
    connection->deadline = clock_milliseconds() + self->timeout;
    snprintf(connection->peer, sizeof(connection->peer), "%s", peer);
}

/* Takes the handshake to its end; on failure nothing is left open. */
static int complete(CONNECTION *connection, FAILURE *failure)
{
    char identity[ENTITY_ID_SIZE];

    if (!handshake(connection, failure)) {
        connection_close(connection);
        return 0;
    }
    if (SSL_is_server(connection->ssl)) {
        connection_peer_entity(connection, identity);
        snprintf(
            connection->peer, sizeof(connection->peer), "%s",
            entity_name_of(connection->self, entity_of_certificate(connection->self, identity)));
    }
    return 1;
}

int connection_open(CONNECTION *connection, ENTITY *self, SSL_CTX *context, const CALL *call,
                    FAILURE *failure)
{
    begin(connection, self, call->peer);
    connection->is_datagram = call->dtls;
    connection->fd = loopback_connect(entity_number(self, call->port), call->dtls, failure);
    if (connection->fd < 0)
        return 0;
    connection->ssl = SSL_new(context);
    if (connection->ssl == NULL ||
        !(call->dtls ? datagram_attach(connection->ssl, connection->fd)
                     : SSL_set_fd(connection->ssl, connection->fd)) ||
        !onem2m_tls_client_server_name(connection->ssl, call->server_name) ||
        (call->expect != NULL && !onem2m_tls_expect_peer(connection->ssl, call->expect))) {
        failure_set_openssl(failure, "connection");
        connection_close(connection);
        return 0;
    }
    SSL_set_connect_state(connection->ssl);
    return complete(connection, failure);
}

/* The peer has to be expected before anything of it is read. */
static SSL *new_waiting(const LISTENER *listener, const ONEM2M_PEER *expect)
{
    SSL *ssl = SSL_new(listener->dtls);

    if (ssl != NULL && datagram_attach(ssl, listener->udp_fd) &&
        (expect == NULL || onem2m_tls_expect_peer(ssl, expect)))
        return ssl;
    SSL_free(ssl);
    ERR_clear_error();
    return NULL;
}

int connection_waiting(LISTENER *listener, const ONEM2M_PEER *expect)
{
    if (listener->waiting == NULL)
        listener->waiting = new_waiting(listener, expect);
    return listener->waiting != NULL &&
           datagram_listen(listener->waiting, listener->udp_fd, &listener->waiting_fd);
}

static int accept_stream(CONNECTION *connection, const LISTENER *listener,
                         const ONEM2M_PEER *expect, FAILURE *failure)
{
    connection->fd = loopback_accept(listener->tcp_fd, failure);
    if (connection->fd < 0)
        return 0;
    connection->ssl = SSL_new(listener->tls);
    if (connection->ssl == NULL || SSL_set_fd(connection->ssl, connection->fd) != 1 ||
        (expect != NULL && !onem2m_tls_expect_peer(connection->ssl, expect)))
        return failure_set_openssl(failure, "connection");
    SSL_set_accept_state(connection->ssl);
    return 1;
}

int connection_accept(CONNECTION *connection, ENTITY *self, LISTENER *listener, int dtls,
                      const ONEM2M_PEER *expect, FAILURE *failure)
{
    begin(connection, self, "?");
    connection->is_datagram = dtls;
    if (dtls) { /* after connection_waiting */
        connection->fd = listener->waiting_fd;
        connection->ssl = listener->waiting;
        listener->waiting = NULL;
    } else if (!accept_stream(connection, listener, expect, failure)) {
        connection_close(connection);
        return 0;
    }
    return complete(connection, failure);
}

void connection_close(CONNECTION *connection)
{
    if (connection->ssl != NULL && SSL_is_init_finished(connection->ssl))
        SSL_shutdown(connection->ssl);
    SSL_free(connection->ssl);
    if (connection->fd >= 0)
        close(connection->fd);
    ERR_clear_error();
    memset(connection, 0, sizeof(*connection));
    connection->fd = -1;
}

void connection_peer_entity(const CONNECTION *connection, char out[ENTITY_ID_SIZE])
{
    if (!onem2m_tls_peer_entity(connection->ssl, out, ENTITY_ID_SIZE)) {
        *out = '\0';
        ERR_clear_error();
    }
}

int connection_send(CONNECTION *connection, const unsigned char *octets, size_t length,
                    FAILURE *failure)
{
    unsigned char frame[FRAME_HEAD + MESSAGE_MAX];
    int result = 0;
    int why = 0;

    if (length > MESSAGE_MAX)
        return failure_set(failure, "a message too long");
    frame[0] = (unsigned char)(length >> 8);
    frame[1] = (unsigned char)length;
    memcpy(frame + FRAME_HEAD, octets, length);
    ERR_clear_error();
    while ((result = SSL_write(connection->ssl, frame, (int)(FRAME_HEAD + length))) <= 0) {
        if (!wait_for_peer(connection, result, &why))
            break;
    }
    OPENSSL_cleanse(frame, sizeof(frame));
    return result > 0 ? 1 : explain(connection, why, "sending", failure);
}

static int read_all(CONNECTION *connection, unsigned char *octets, size_t length, FAILURE *failure)
{
    size_t got = 0;
    int why = 0;

    ERR_clear_error();
    while (got < length) {
        int result = SSL_read(connection->ssl, octets + got, (int)(length - got));

        if (result > 0)
            got += (size_t)result;
        else if (!wait_for_peer(connection, result, &why))
            return explain(connection, why, "receiving", failure);
    }
    return 1;
}

int connection_receive(CONNECTION *connection, unsigned char octets[MESSAGE_MAX], size_t *length,
                       FAILURE *failure)
{
    unsigned char head[FRAME_HEAD];

    if (!read_all(connection, head, sizeof(head), failure))
        return 0;
    *length = (size_t)head[0] << 8 | head[1];
    if (*length > MESSAGE_MAX)
        return failure_set(failure, "a message longer than %d octets", MESSAGE_MAX);
    return read_all(connection, octets, *length, failure);
}
