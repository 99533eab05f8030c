/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * An end of a connection made by mbed TLS, which knows nothing of OpenSSL or of this
 * project: it prints what RFC 5705's exporter gives, computed of the master secret and the
 * randoms that mbed TLS hands to its key export callback.
 */
#include "mbedtls_peer.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX 1024
#define LISTENS_ON "127.0.0.1"

static int fail(const char *what, int status)
{
    fprintf(stderr, "%s: mbed TLS error -0x%04x\n", what, (unsigned int)-status);
    return 0;
}

static void print_exported(const MBEDTLS_PEER *peer)
{
    unsigned char seeds[2 * RANDOM_OCTETS];
    unsigned char exported[EXPORTED_OCTETS];
    int status;

    memcpy(seeds, peer->secrets.client_random, RANDOM_OCTETS);
    memcpy(seeds + RANDOM_OCTETS, peer->secrets.server_random, RANDOM_OCTETS);
    status = mbedtls_ssl_tls_prf(peer->secrets.prf, peer->secrets.master, MASTER_OCTETS,
                                 peer->label, seeds, sizeof(seeds), exported, sizeof(exported));
    if (status != 0) {
        fail("exporter", status);
        return;
    }
    printf("exported: ");
    for (size_t i = 0; i < sizeof(exported); i++)
        printf("%02X", exported[i]);
    printf("\n");
}

static int receive(MBEDTLS_PEER *peer, char *text)
{
    int length;

    do
        length = mbedtls_ssl_read(&peer->ssl, (unsigned char *)text, TEXT_MAX);
    while (length == MBEDTLS_ERR_SSL_WANT_READ || length == MBEDTLS_ERR_SSL_WANT_WRITE);
    if (length <= 0)
        return fail("read", length);
    text[length] = '\0';
    return length;
}

static int send_text(MBEDTLS_PEER *peer, const char *text)
{
    int status = mbedtls_ssl_write(&peer->ssl, (const unsigned char *)text, strlen(text));

    return status == (int)strlen(text) || fail("write", status);
}

/* A client sends a line and gets it back; a server sends back what it gets. */
static int talk(MBEDTLS_PEER *peer)
{
    static const char line[] = "a line of application data\n";
    char text[TEXT_MAX + 1];

    if (peer->serving)
        return receive(peer, text) && send_text(peer, text);
    return send_text(peer, line) && receive(peer, text) && strcmp(text, line) == 0;
}

static int handshake(MBEDTLS_PEER *peer)
{
    int status;

    do
        status = mbedtls_ssl_handshake(&peer->ssl);
    while (status == MBEDTLS_ERR_SSL_WANT_READ || status == MBEDTLS_ERR_SSL_WANT_WRITE);
    return status;
}

/* Of a datagram server: the second time with the cookie that the first handshake gave out. */
static int accept_client(MBEDTLS_PEER *peer)
{
    unsigned char address[64];
    size_t length = 0;
    int status;

    do {
        mbedtls_net_free(&peer->connection);
        mbedtls_ssl_session_reset(&peer->ssl);
        status = mbedtls_net_accept(&peer->listener, &peer->connection, address, sizeof(address),
                                    &length);
        if (status != 0)
            return status;
        if (peer->datagrams) {
            status = mbedtls_ssl_set_client_transport_id(&peer->ssl, address, length);
            if (status != 0)
                return status;
        }
        mbedtls_ssl_set_bio(&peer->ssl, &peer->connection, mbedtls_net_send, mbedtls_net_recv,
                            mbedtls_net_recv_timeout);
        status = handshake(peer);
    } while (status == MBEDTLS_ERR_SSL_HELLO_VERIFY_REQUIRED);
    return status;
}

static int listen_and_accept(MBEDTLS_PEER *peer)
{
    int status = mbedtls_net_bind(&peer->listener, LISTENS_ON, peer->port,
                                  peer->datagrams ? MBEDTLS_NET_PROTO_UDP : MBEDTLS_NET_PROTO_TCP);

    if (status != 0)
        return status;
    printf("ready: %s\n", peer->port);
    fflush(stdout);
    return accept_client(peer);
}

static int connect_to_server(MBEDTLS_PEER *peer)
{
    int status =
        mbedtls_net_connect(&peer->connection, LISTENS_ON, peer->port,
                            peer->datagrams ? MBEDTLS_NET_PROTO_UDP : MBEDTLS_NET_PROTO_TCP);

    if (status == 0)
        status = mbedtls_ssl_set_hostname(&peer->ssl, peer->server_name);
    if (status != 0)
        return status;
    mbedtls_ssl_set_bio(&peer->ssl, &peer->connection, mbedtls_net_send, mbedtls_net_recv,
                        mbedtls_net_recv_timeout);
    return handshake(peer);
}

static int run(MBEDTLS_PEER *peer)
{
    int status = peer->serving ? listen_and_accept(peer) : connect_to_server(peer);

    if (status != 0)
        return fail("handshake", status);
    printf("version: %s\nciphersuite: %s\n", mbedtls_ssl_get_version(&peer->ssl),
           mbedtls_ssl_get_ciphersuite(&peer->ssl));
    print_exported(peer);
    if (!talk(peer))
        return 0;
    printf("data: both ways\n");
    mbedtls_ssl_close_notify(&peer->ssl);
    return 1;
}

int main(int argc, char **argv)
{
    static MBEDTLS_PEER peer;
    int status;

    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc == 2 && strcmp(argv[1], "version") == 0) {
        printf("%s\n", MBEDTLS_VERSION_STRING_FULL);
        return EXIT_SUCCESS;
    }
    if (!mbedtls_peer_read_arguments(&peer, argc, argv))
        return 2;
    status = mbedtls_peer_set_up(&peer);
    if (status != 0)
        fail("setup", status);
    else
        status = !run(&peer);
    mbedtls_peer_free(&peer);
    return status == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
