/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "datagram.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include "loopback.h"

#define COOKIE 32
#define ADDRESS 6 /* octets of an IPv4 address and a port */

static int peer_address(SSL *ssl, unsigned char address[ADDRESS])
{
    BIO_ADDR *peer = BIO_ADDR_new();
    unsigned short port;
    size_t length = 4;
    int known = peer != NULL && BIO_dgram_get_peer(SSL_get_rbio(ssl), peer) > 0 &&
                BIO_ADDR_family(peer) == AF_INET && BIO_ADDR_rawaddress(peer, address, &length);

    if (known) {
        port = BIO_ADDR_rawport(peer);
        memcpy(address + length, &port, sizeof(port));
    }
    BIO_ADDR_free(peer);
    return known;
}

static int make_cookie(SSL *ssl, unsigned char *cookie, unsigned int *length)
{
    const ENTITY *self = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    unsigned char address[ADDRESS];
    size_t written = 0;

    if (!peer_address(ssl, address) ||
        EVP_Q_mac(NULL, "HMAC", NULL, "SHA2-256", NULL, self->cookie_secret,
                  sizeof(self->cookie_secret), address, sizeof(address), cookie, COOKIE,
                  &written) == NULL)
        return 0;
    *length = (unsigned int)written;
    return 1;
}

static int check_cookie(SSL *ssl, const unsigned char *cookie, unsigned int length)
{
    unsigned char expected[COOKIE];
    unsigned int expected_length;

    return make_cookie(ssl, expected, &expected_length) && length == expected_length &&
           CRYPTO_memcmp(cookie, expected, length) == 0;
}

void datagram_use_cookies(SSL_CTX *context, const ENTITY *self)
{
    const void *data = self;
    void *argument;

    memcpy(&argument, &data, sizeof(argument)); /* it is only read */
    SSL_CTX_set_app_data(context, argument);
    SSL_CTX_set_cookie_generate_cb(context, make_cookie);
    SSL_CTX_set_cookie_verify_cb(context, check_cookie);
    SSL_CTX_set_options(context, SSL_OP_COOKIE_EXCHANGE);
}

int datagram_attach(SSL *ssl, int fd)
{
    BIO *bio = BIO_new_dgram(fd, BIO_NOCLOSE);
    struct sockaddr_in peer;
    socklen_t length = sizeof(peer);

    if (bio == NULL)
        return 0;
    if (getpeername(fd, (struct sockaddr *)&peer, &length) == 0)
        BIO_ctrl_set_connected(bio, &peer);
    SSL_set_bio(ssl, bio, bio);
    return 1;
}

/* Gives ssl a socket of the listener's address that is connected to the client. */
static int connect_to(SSL *ssl, int listener_fd, struct sockaddr_in *client, int *fd)
{
    *fd = loopback_share(listener_fd);
    if (*fd < 0)
        return 0;
    if (connect(*fd, (struct sockaddr *)client, sizeof(*client)) == 0) {
        BIO_set_fd(SSL_get_rbio(ssl), *fd, BIO_NOCLOSE);
        if (BIO_ctrl_set_connected(SSL_get_rbio(ssl), client) > 0)
            return 1;
    }
    close(*fd);
    return 0;
}

int datagram_listen(SSL *ssl, int listener_fd, int *fd)
{
    BIO_ADDR *client = BIO_ADDR_new();
    struct sockaddr_in address = { .sin_family = AF_INET };
    size_t length = sizeof(address.sin_addr);
    int shown = client != NULL && DTLSv1_listen(ssl, client) > 0 &&
                BIO_ADDR_rawaddress(client, &address.sin_addr, &length);

    if (shown) {
        address.sin_port = BIO_ADDR_rawport(client);
        shown = connect_to(ssl, listener_fd, &address, fd);
    }
    BIO_ADDR_free(client);
    ERR_clear_error();
    return shown;
}
