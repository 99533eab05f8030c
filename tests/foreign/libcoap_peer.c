/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A CoAP server or client of libcoap's OpenSSL build, which makes the connection by itself:
 * its PSK comes of the provider's store through onem2m_tls_psk, and a key is exported from
 * its session. Arguments and output as those of engine_peer.
 */
#include "engine_peer.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <coap3/coap.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rand.h>

#define PSK_OCTETS_MAX 64
#define STEP_MS 100
#define STEPS_MAX 600

static const char content[] = "a line of application data";

typedef struct {
    PEER_OPTIONS options;
    unsigned char psk[PSK_OCTETS_MAX];
    coap_bin_const_t server_psk;
    coap_dtls_cpsk_info_t client_psk;
    int reported;  /* a connection came about, and its key was exported */
    int closed;    /* or did not, or has ended */
    int exchanged; /* a request was answered */
} COAP_PEER;

static COAP_PEER peer;

/* Of a key that may not serve: random octets, so that the peer cannot tell (RFC 4279 7.2). */
static size_t find_psk(const char *identity)
{
    size_t length = sizeof(peer.psk);

    if (onem2m_tls_psk(NULL, NULL, identity, peer.options.usage, peer.psk, &length))
        return length;
    printf("refusal: %s\n", ERR_reason_error_string(ERR_peek_last_error()));
    ERR_clear_error();
    length = 32;
    return RAND_priv_bytes(peer.psk, (int)length) == 1 ? length : 0;
}

static const coap_bin_const_t *give_server_psk(coap_bin_const_t *identity, coap_session_t *session,
                                               void *argument)
{
    char text[256 + 1] = "";

    (void)session;
    (void)argument;
    if (identity->length >= sizeof(text) || memchr(identity->s, '\0', identity->length) != NULL)
        return NULL;
    memcpy(text, identity->s, identity->length);
    peer.server_psk = (coap_bin_const_t){ .length = find_psk(text), .s = peer.psk };
    return &peer.server_psk;
}

static const coap_dtls_cpsk_info_t *give_client_psk(coap_str_const_t *hint, coap_session_t *session,
                                                    void *argument)
{
    const char *identity = peer.options.identity;

    (void)hint;
    (void)session;
    (void)argument;
    peer.client_psk.identity =
        (coap_bin_const_t){ .length = strlen(identity), .s = (const uint8_t *)identity };
    peer.client_psk.key = (coap_bin_const_t){ .length = find_psk(identity), .s = peer.psk };
    return &peer.client_psk;
}

static void report(coap_session_t *session)
{
    coap_tls_library_t library;
    SSL *ssl = coap_session_get_tls(session, &library);

    if (ssl != NULL && library == COAP_TLS_LIBRARY_OPENSSL)
        peer.reported = peer_report(&peer.options, ssl);
    ERR_print_errors_fp(stderr);
    peer.closed = !peer.reported;
}

static int on_event(coap_session_t *session, const coap_event_t event)
{
    if (event == COAP_EVENT_DTLS_CONNECTED)
        report(session);
    else if (event == COAP_EVENT_DTLS_CLOSED || event == COAP_EVENT_DTLS_ERROR ||
             event == COAP_EVENT_TCP_CLOSED)
        peer.closed = 1;
    return 0;
}

static void on_request(coap_resource_t *resource, coap_session_t *session,
                       const coap_pdu_t *request, const coap_string_t *query, coap_pdu_t *response)
{
    (void)resource;
    (void)session;
    (void)request;
    (void)query;
    coap_pdu_set_code(response, COAP_RESPONSE_CODE_CONTENT);
    coap_add_data(response, strlen(content), (const uint8_t *)content);
    peer.exchanged = 1;
}

static coap_response_t on_response(coap_session_t *session, const coap_pdu_t *sent,
                                   const coap_pdu_t *received, const coap_mid_t mid)
{
    const uint8_t *data;
    size_t length;

    (void)session;
    (void)sent;
    (void)mid;
    peer.exchanged = coap_get_data(received, &length, &data) == 1 && length == strlen(content) &&
                     memcmp(data, content, length) == 0;
    peer.closed = 1;
    return COAP_RESPONSE_OK;
}

static coap_address_t loopback(void)
{
    coap_address_t address;

    coap_address_init(&address);
    address.size = sizeof(address.addr.sin);
    address.addr.sin.sin_family = AF_INET;
    address.addr.sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.addr.sin.sin_port = htons((uint16_t)peer.options.port);
    return address;
}

static int serve(coap_context_t *context)
{
    const coap_address_t address = loopback();
    coap_dtls_spsk_t psk = {
        .version = COAP_DTLS_SPSK_SETUP_VERSION,
        .validate_id_call_back = give_server_psk,
    };
    coap_resource_t *resource = coap_resource_init(coap_make_str_const("line"), 0);

    if (resource == NULL)
        return 0;
    coap_register_request_handler(resource, COAP_REQUEST_GET, on_request);
    coap_add_resource(context, resource);
    if (!coap_context_set_psk2(context, &psk) ||
        coap_new_endpoint(context, &address,
                          peer.options.datagrams ? COAP_PROTO_DTLS : COAP_PROTO_TLS) == NULL)
        return 0;
    printf("ready: %d\n", peer.options.port);
    return fflush(stdout) == 0;
}

static int ask(coap_session_t *session)
{
    coap_pdu_t *request = coap_new_pdu(COAP_MESSAGE_CON, COAP_REQUEST_CODE_GET, session);

    return request != NULL &&
           coap_add_option(request, COAP_OPTION_URI_PATH, 4, (const uint8_t *)"line") != 0 &&
           coap_send(session, request) != COAP_INVALID_MID;
}

static int call(coap_context_t *context)
{
    const coap_address_t address = loopback();
    static char server_name[256]; /* over TCP libcoap reads it after the call, too */
    coap_dtls_cpsk_t psk = {
        .version = COAP_DTLS_CPSK_SETUP_VERSION,
        .validate_ih_call_back = give_client_psk,
        .client_sni = server_name,
        .psk_info = *give_client_psk(NULL, NULL, NULL),
    };
    coap_session_t *session;

    snprintf(server_name, sizeof(server_name), "%s", peer.options.authority);
    coap_register_response_handler(context, on_response);
    session = coap_new_client_session_psk2(
        context, NULL, &address, peer.options.datagrams ? COAP_PROTO_DTLS : COAP_PROTO_TLS, &psk);
    return session != NULL && (peer.options.silent || ask(session));
}

static int run(coap_context_t *context)
{
    coap_register_event_handler(context, on_event);
    if (!(peer.options.serving ? serve(context) : call(context)))
        return 0;
    for (int i = 0; i < STEPS_MAX && !peer.closed; i++) {
        if (coap_io_process(context, STEP_MS) < 0)
            return 0;
        if (peer.options.silent && peer.reported)
            break;
    }
    if (peer.exchanged)
        printf("data: both ways\n");
    return peer.reported && (peer.options.silent || peer.exchanged);
}

int main(int argc, char **argv)
{
    coap_context_t *context;
    int good;

    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc == 2 && strcmp(argv[1], "version") == 0)
        return puts(coap_package_version()) < 0;
    if (!peer_read_options(&peer.options, argc, argv))
        return 2;
    coap_startup();
    context = coap_new_context(NULL);
    good = context != NULL && run(context);
    coap_free_context(context);
    coap_cleanup();
    OPENSSL_cleanse(peer.psk, sizeof(peer.psk));
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
