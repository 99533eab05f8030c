/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * One end of one connection over the loopback interface, made as an application of the
 * TLS engine makes it, for the tests in which the other end is not ours. What it finds is
 * printed as lines "name: value". Exit status 0; 1 when the handshake, the export or the
 * data failed; 2 for wrong arguments.
 */
#include "engine_peer.h"

#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <openssl/err.h>

static int use_credential(const PEER_OPTIONS *options, SSL_CTX *ctx)
{
    if (options->profile == ONEM2M_PROFILE_CERTIFICATE)
        return SSL_CTX_use_certificate_chain_file(ctx, options->certificate_file) == 1 &&
               SSL_CTX_use_PrivateKey_file(ctx, options->key_file, SSL_FILETYPE_PEM) == 1 &&
               SSL_CTX_load_verify_file(ctx, options->ca_file) == 1;
    if (options->serving)
        return onem2m_tls_psk_server(ctx, options->usage);
    return onem2m_tls_psk_client(ctx, options->usage, options->identity);
}

static SSL_CTX *make_context(const PEER_OPTIONS *options)
{
    const SSL_METHOD *method = options->datagrams ? DTLS_method() : TLS_method();
    SSL_CTX *ctx = SSL_CTX_new(method);

    if (ctx != NULL && onem2m_tls_profile(ctx, options->profile) && use_credential(options, ctx) &&
        (!options->serving || onem2m_tls_server_name(ctx, options->authority)))
        return ctx;
    SSL_CTX_free(ctx);
    return NULL;
}

/* The socket is connected; a datagram BIO has to be told so. */
static int tell_connected(BIO *bio, int fd)
{
    struct sockaddr_in peer = { 0 };
    socklen_t size = sizeof(peer);
    BIO_ADDR *address = BIO_ADDR_new();
    int good = address != NULL && getpeername(fd, (struct sockaddr *)&peer, &size) == 0 &&
               BIO_ADDR_rawmake(address, AF_INET, &peer.sin_addr, sizeof(peer.sin_addr),
                                peer.sin_port) == 1;

    if (good)
        BIO_ctrl_set_connected(bio, address);
    BIO_ADDR_free(address);
    return good;
}

static int attach(const PEER_OPTIONS *options, SSL *ssl, int fd)
{
    BIO *bio = options->datagrams ? BIO_new_dgram(fd, BIO_CLOSE) : BIO_new_socket(fd, BIO_CLOSE);

    if (bio == NULL) {
        close(fd);
        return 0;
    }
    SSL_set_bio(ssl, bio, bio);
    return !options->datagrams || tell_connected(bio, fd);
}

/* In DTLS a datagram that does not come in time is no failure. */
static int shake_hands(const PEER_OPTIONS *options, SSL *ssl)
{
    int result;

    if (options->serving)
        SSL_set_accept_state(ssl);
    else
        SSL_set_connect_state(ssl);
    do
        result = SSL_do_handshake(ssl);
    while (result != 1 && options->datagrams && SSL_get_error(ssl, result) == SSL_ERROR_WANT_READ);
    if (result != 1)
        printf("refusal: %s\n", onem2m_tls_refusal(ssl));
    return result == 1;
}

/* With certificates a server's client is the CSE that --peer names, a client's server the
 * authority. */
static int name_peer(const PEER_OPTIONS *options, SSL *ssl)
{
    const ONEM2M_PEER peer = {
        .flavour = options->serving ? ONEM2M_PEER_CSE_ID : ONEM2M_PEER_FQDN,
        .identifier = options->serving ? options->peer : options->authority,
    };

    if (!options->serving && !onem2m_tls_client_server_name(ssl, options->authority))
        return 0;
    return options->profile != ONEM2M_PROFILE_CERTIFICATE || onem2m_tls_expect_peer(ssl, &peer);
}

static int run(const PEER_OPTIONS *options, SSL *ssl)
{
    int fd = peer_connect(options);

    if (fd < 0 || !attach(options, ssl, fd))
        return 0;
    if (!name_peer(options, ssl) || !shake_hands(options, ssl) || !peer_report(options, ssl) ||
        !peer_talk(options, ssl))
        return 0;
    printf("data: both ways\n");
    SSL_shutdown(ssl);
    return 1;
}

int main(int argc, char **argv)
{
    PEER_OPTIONS options;
    SSL_CTX *ctx;
    SSL *ssl = NULL;
    int good;

    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (!peer_read_options(&options, argc, argv))
        return 2;
    ctx = make_context(&options);
    if (ctx != NULL)
        ssl = SSL_new(ctx);
    good = ssl != NULL && run(&options, ssl);
    if (!good)
        ERR_print_errors_fp(stderr);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
