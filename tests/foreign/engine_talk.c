/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine_peer.h"

#include <stdio.h>
#include <string.h>
#include <openssl/crypto.h>

#define MESSAGE_MAX 4096

/* Octets of the next message, 0 when there is none. */
static int receive(SSL *ssl, unsigned char *message)
{
    int length = SSL_read(ssl, message, MESSAGE_MAX);

    return length > 0 ? length : 0;
}

static void print_message(const unsigned char *message, int length)
{
    printf("received: ");
    for (int i = 0; i < length; i++)
        printf("%02X", message[i]);
    printf("\n");
}

static int send_hex(SSL *ssl, const char *hex)
{
    unsigned char message[MESSAGE_MAX];
    size_t length;

    return OPENSSL_hexstr2buf_ex(message, sizeof(message), &length, hex, '\0') == 1 &&
           SSL_write(ssl, message, (int)length) > 0;
}

/* Until the peer has closed its end. A client's first message is an answer to nothing. */
static int answer_all(const PEER_OPTIONS *options, SSL *ssl)
{
    unsigned char message[MESSAGE_MAX];
    size_t next = 0;
    int length;

    if (!options->serving && !send_hex(ssl, options->answers[next++]))
        return 0;
    while ((length = receive(ssl, message)) > 0) {
        print_message(message, length);
        if (next < options->answer_count && !send_hex(ssl, options->answers[next++]))
            return 0;
    }
    return 1;
}

int peer_talk(const PEER_OPTIONS *options, SSL *ssl)
{
    static const char line[] = "a line of application data\n";
    unsigned char message[MESSAGE_MAX];
    int length;

    if (options->silent) {
        while (receive(ssl, message) > 0)
            continue;
        return 1;
    }
    if (options->answer_count > 0)
        return answer_all(options, ssl);
    if (options->serving) {
        length = receive(ssl, message);
        return length > 0 && SSL_write(ssl, message, length) == length;
    }
    return SSL_write(ssl, line, (int)strlen(line)) > 0 &&
           receive(ssl, message) == (int)strlen(line) && memcmp(message, line, strlen(line)) == 0;
}
