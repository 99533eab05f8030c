/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * ESCertKE (TS-0003 8.7): the handshake of TLS 1.2 in four messages that
 * somebody else carries.
 */
#include "tls/engine.h"
#include "tls/escertke_message.h"

#define CLAUSE "TS-0003 8.7.2.2"
#define MESSAGE_NONE 0
#define OPTIONS (SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION)

typedef enum {
    GOES_ON = 1, /* as onem2m_escertke_step returns it */
    FINISHED = 2,
    FAILED = 0
} PROGRESS;

struct onem2m_escertke_st {
    SSL *ssl;
    BIO *received; /* both are ssl's */
    BIO *sent;
    int awaited; /* the number of the message to come, MESSAGE_NONE before the initiating end's
                  * first step */
    PROGRESS progress;
    int undelivered; /* a message that the caller had no room for */
};

static int set_up(ONEM2M_ESCERTKE *exchange, int initiating)
{
    exchange->received = BIO_new(BIO_s_mem());
    exchange->sent = BIO_new(BIO_s_mem());
    if (exchange->received == NULL || exchange->sent == NULL) {
        BIO_free(exchange->received);
        BIO_free(exchange->sent);
        return onem2m_tls_raise_memory();
    }
    SSL_set_bio(exchange->ssl, exchange->received, exchange->sent);
    SSL_set_options(exchange->ssl, OPTIONS);
    SSL_set_read_ahead(exchange->ssl, 0);
    if (initiating)
        SSL_set_connect_state(exchange->ssl);
    else
        SSL_set_accept_state(exchange->ssl);
    exchange->awaited = initiating ? MESSAGE_NONE : ONEM2M_ESCERTKE_FIRST;
    if (!SSL_set_min_proto_version(exchange->ssl, TLS1_2_VERSION) ||
        !SSL_set_max_proto_version(exchange->ssl, TLS1_2_VERSION))
        return onem2m_tls_raise(ONEM2M_R_TLS_FAILED, "ESCertKE: no TLS 1.2 here (" CLAUSE ")");
    return 1;
}

ONEM2M_ESCERTKE *onem2m_escertke_new(SSL_CTX *ctx, int initiating)
{
    ONEM2M_ESCERTKE *exchange = OPENSSL_zalloc(sizeof(*exchange));

    if (exchange == NULL) {
        onem2m_tls_raise_memory();
        return NULL;
    }
    exchange->progress = GOES_ON;
    exchange->ssl = SSL_new(ctx);
    if (exchange->ssl == NULL)
        onem2m_tls_raise(ONEM2M_R_TLS_FAILED, "ESCertKE: no connection could be made");
    else if (SSL_is_dtls(exchange->ssl))
        onem2m_tls_raise(ONEM2M_R_BAD_CHOICE, "ESCertKE: a context for DTLS (" CLAUSE ")");
    else if (set_up(exchange, initiating))
        return exchange;
    onem2m_escertke_free(exchange);
    return NULL;
}

void onem2m_escertke_free(ONEM2M_ESCERTKE *exchange)
{
    if (exchange == NULL)
        return;
    SSL_free(exchange->ssl);
    OPENSSL_free(exchange);
}

SSL *onem2m_escertke_ssl(ONEM2M_ESCERTKE *exchange)
{
    return exchange->ssl;
}

/* Moves what libssl wrote to out, if there is room. */
static int deliver(ONEM2M_ESCERTKE *exchange, unsigned char *out, size_t room, size_t *out_length)
{
    size_t size = BIO_ctrl_pending(exchange->sent);

    exchange->undelivered = 0;
    *out_length = size;
    if (size == 0)
        return 1;
    if (out == NULL || size > room) {
        exchange->undelivered = 1;
        return onem2m_tls_raise(ONEM2M_R_BAD_LENGTH,
                                "ESCertKE: room for %zu octets, the message has %zu", room, size);
    }
    return BIO_read_ex(exchange->sent, out, size, out_length) || onem2m_tls_raise_memory();
}

/* Nothing goes on after this. */
static int fail(ONEM2M_ESCERTKE *exchange)
{
    exchange->progress = FAILED;
    return 0;
}

/* libssl refused, and may have an alert for the other end. */
static int fail_in_libssl(ONEM2M_ESCERTKE *exchange, unsigned char *out, size_t room,
                          size_t *out_length)
{
    if (out != NULL && BIO_ctrl_pending(exchange->sent) <= room)
        deliver(exchange, out, room, out_length);
    onem2m_tls_raise(ONEM2M_R_TLS_FAILED, "ESCertKE: the handshake failed after message %d",
                     exchange->awaited);
    return fail(exchange);
}

static int refuse_call(const char *why)
{
    return onem2m_tls_raise(ONEM2M_R_TLS_NOT_READY, "ESCertKE: %s (" CLAUSE ")", why);
}

/* Whether a call may be made now; a refused one changes nothing. */
static int check_call(const ONEM2M_ESCERTKE *exchange, const unsigned char *in, size_t in_length)
{
    const ONEM2M_TLS_CONNECTION *connection = onem2m_tls_connection_of(exchange->ssl);

    if (exchange->progress == FAILED)
        return refuse_call("the exchange has failed");
    if (exchange->progress == FINISHED && !exchange->undelivered)
        return refuse_call("the exchange is finished");
    if (connection == NULL || connection->peer == NULL)
        return refuse_call("whom it is with was not told by onem2m_tls_expect_peer");
    if (exchange->undelivered)
        return refuse_call("the message before was not taken");
    if (exchange->awaited == MESSAGE_NONE && (in != NULL || in_length > 0))
        return refuse_call("the initiating end begins");
    if (exchange->awaited != MESSAGE_NONE && in == NULL)
        return refuse_call("a message is due");
    return 1;
}

static int take_message(ONEM2M_ESCERTKE *exchange, const unsigned char *in, size_t in_length)
{
    ONEM2M_ERROR error;
    size_t written = 0;

    if (exchange->awaited == MESSAGE_NONE)
        return 1;
    if (in_length > ONEM2M_ESCERTKE_MESSAGE_MAX)
        return onem2m_tls_raise(ONEM2M_R_BAD_MESSAGE,
                                "ESCertKE message %d: %zu octets; at most %d (" CLAUSE ")",
                                exchange->awaited, in_length, ONEM2M_ESCERTKE_MESSAGE_MAX);
    if (!onem2m_escertke_message_check(exchange->awaited, in, in_length, &error))
        return onem2m_tls_raise_error("ESCertKE", &error);
    return BIO_write_ex(exchange->received, in, in_length, &written) || onem2m_tls_raise_memory();
}

/* The end after which this end has nothing to wait for. */
static int is_last(const ONEM2M_ESCERTKE *exchange)
{
    return exchange->awaited >= ONEM2M_ESCERTKE_LAST - 1;
}

/* Whether libssl took all of the message and came to where the table has it. */
static int check_progress(const ONEM2M_ESCERTKE *exchange, int is_finished)
{
    size_t size = BIO_ctrl_pending(exchange->sent);

    if (BIO_ctrl_pending(exchange->received) > 0 || SSL_has_pending(exchange->ssl) ||
        is_finished != is_last(exchange) ||
        (size == 0) != (exchange->awaited == ONEM2M_ESCERTKE_LAST))
        return onem2m_tls_raise(ONEM2M_R_BAD_MESSAGE,
                                "ESCertKE message %d: not one flight of the handshake (" CLAUSE ")",
                                exchange->awaited);
    if (size > ONEM2M_ESCERTKE_MESSAGE_MAX)
        return onem2m_tls_raise(ONEM2M_R_BAD_LENGTH,
                                "ESCertKE: a message of %zu octets; at most %d: the certificate "
                                "chain is too long",
                                size, ONEM2M_ESCERTKE_MESSAGE_MAX);
    return 1;
}

static int advance(ONEM2M_ESCERTKE *exchange, unsigned char *out, size_t room, size_t *out_length)
{
    int result = SSL_do_handshake(exchange->ssl);

    /* libssl emptied the error queue, so that this tells of its own errors. */
    if (result <= 0 && SSL_get_error(exchange->ssl, result) != SSL_ERROR_WANT_READ)
        return fail_in_libssl(exchange, out, room, out_length);
    /* The application may have put something else in the place of the engine's verification. */
    if (!check_progress(exchange, result > 0) ||
        (result > 0 && !onem2m_peer_is_verified(exchange->ssl)))
        return fail(exchange);
    exchange->progress = result > 0 ? FINISHED : GOES_ON;
    exchange->awaited += exchange->awaited == MESSAGE_NONE ? ONEM2M_ESCERTKE_FIRST + 1 : 2;
    return 1;
}

int onem2m_escertke_step(ONEM2M_ESCERTKE *exchange, const unsigned char *in, size_t in_length,
                         unsigned char *out, size_t *out_length)
{
    size_t room = *out_length;

    *out_length = 0;
    if (!(exchange->undelivered && in == NULL && in_length == 0)) {
        if (!check_call(exchange, in, in_length))
            return 0;
        if (!take_message(exchange, in, in_length))
            return fail(exchange);
        if (!advance(exchange, out, room, out_length))
            return 0;
    }
    return deliver(exchange, out, room, out_length) ? (int)exchange->progress : 0;
}

EVP_PKEY *onem2m_escertke_key(ONEM2M_ESCERTKE *exchange, const OSSL_PARAM attributes[])
{
    if (exchange->progress != FINISHED) {
        refuse_call("no key before it is finished");
        return NULL;
    }
    return onem2m_tls_export_key(exchange->ssl, ONEM2M_EXPORT_ESCERTKE, NULL, attributes);
}
