/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A DTLS server of GnuTLS that says what it exports, which gnutls-serv does over TCP alone.
 * Its handshake, its keys and its exporter are GnuTLS's; the socket is engine_socket.c's.
 */
#include "engine_peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <gnutls/dtls.h>
#include <gnutls/gnutls.h>

#define EXPORTED_OCTETS 48
#define LINE_MAX_OCTETS 1024
#define MTU 1200

typedef struct {
    gnutls_session_t session;
    gnutls_psk_server_credentials_t psk;
    gnutls_certificate_credentials_t certificate;
} SERVER;

static int good(const char *what, int status)
{
    if (status >= 0)
        return 1;
    fprintf(stderr, "%s: %s\n", what, gnutls_strerror(status));
    return 0;
}

/* psk FILE, or certificate FILE KEY-FILE CA-FILE */
static int use_credential(SERVER *server, char **words)
{
    if (strcmp(words[0], "psk") == 0)
        return good("psk", gnutls_psk_set_server_credentials_file(server->psk, words[1])) &&
               good("psk", gnutls_credentials_set(server->session, GNUTLS_CRD_PSK, server->psk));
    gnutls_certificate_server_set_request(server->session, GNUTLS_CERT_REQUIRE);
    gnutls_session_set_verify_cert(server->session, NULL, 0);
    return good("CA", gnutls_certificate_set_x509_trust_file(server->certificate, words[3],
                                                             GNUTLS_X509_FMT_PEM)) &&
           good("certificate", gnutls_certificate_set_x509_key_file(
                                   server->certificate, words[1], words[2], GNUTLS_X509_FMT_PEM)) &&
           good("certificate", gnutls_credentials_set(server->session, GNUTLS_CRD_CERTIFICATE,
                                                      server->certificate));
}

static int handshake(SERVER *server, int fd)
{
    int status;

    gnutls_transport_set_int(server->session, fd);
    gnutls_dtls_set_mtu(server->session, MTU);
    do
        status = gnutls_handshake(server->session);
    while (status < 0 && !gnutls_error_is_fatal(status));
    return good("handshake", status);
}

static int print_exported(SERVER *server, const char *label)
{
    const char *identity = gnutls_psk_server_get_username(server->session);
    unsigned char exported[EXPORTED_OCTETS];

    if (identity != NULL)
        printf("psk-identity: %s\n", identity);
    if (!good("exporter", gnutls_prf_rfc5705(server->session, strlen(label), label, 0, NULL,
                                             sizeof(exported), (char *)exported)))
        return 0;
    printf("exported: ");
    for (size_t i = 0; i < sizeof(exported); i++)
        printf("%02X", exported[i]);
    printf("\n");
    return 1;
}

static int echo_line(SERVER *server)
{
    char line[LINE_MAX_OCTETS];
    ssize_t length = gnutls_record_recv(server->session, line, sizeof(line));

    return length > 0 && gnutls_record_send(server->session, line, (size_t)length) == length;
}

static int serve(SERVER *server, char **arguments)
{
    const PEER_OPTIONS options = { .serving = 1,
                                   .datagrams = 1,
                                   .port = (int)strtol(arguments[0], NULL, 10) };
    int fd;

    if (!good("priority", gnutls_priority_set_direct(server->session, arguments[1], NULL)) ||
        !use_credential(server, arguments + 3))
        return 0;
    fd = peer_connect(&options);
    return fd >= 0 && handshake(server, fd) && print_exported(server, arguments[2]) &&
           echo_line(server) && good("bye", gnutls_bye(server->session, GNUTLS_SHUT_WR));
}

int main(int argc, char **argv)
{
    SERVER server = { NULL, NULL, NULL };
    int done;

    if (argc != 6 && argc != 8) {
        fprintf(stderr,
                "usage: %s PORT PRIORITY LABEL {psk FILE | certificate FILE KEY-FILE CA-FILE}\n",
                argv[0]);
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    done = good("session", gnutls_init(&server.session, GNUTLS_SERVER | GNUTLS_DATAGRAM)) &&
           good("psk", gnutls_psk_allocate_server_credentials(&server.psk)) &&
           good("certificate", gnutls_certificate_allocate_credentials(&server.certificate)) &&
           serve(&server, argv + 1);
    if (server.session != NULL)
        gnutls_deinit(server.session);
    if (server.psk != NULL)
        gnutls_psk_free_server_credentials(server.psk);
    if (server.certificate != NULL)
        gnutls_certificate_free_credentials(server.certificate);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
