/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TEST_MBEDTLS_PEER_H
#define ONEM2M_TEST_MBEDTLS_PEER_H

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/pk.h>
#include <mbedtls/ssl.h>
#include <mbedtls/ssl_cookie.h>
#include <mbedtls/timing.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>

#define MASTER_OCTETS 48
#define RANDOM_OCTETS 32
#define EXPORTED_OCTETS 48
#define PSK_OCTETS_MAX 64

/* What the key export callback was given. */
typedef struct {
    unsigned char master[MASTER_OCTETS];
    unsigned char client_random[RANDOM_OCTETS];
    unsigned char server_random[RANDOM_OCTETS];
    mbedtls_tls_prf_types prf;
} TLS12_SECRETS;

typedef struct {
    /* Arguments; texts belong to argv. */
    int serving;
    int datagrams;
    int extended_master_secret;
    const char *port;
    const char *server_name;
    const char *label;
    const char *identity; /* with a PSK */
    const char *certificate_file, *key_file, *ca_file;
    unsigned char psk[PSK_OCTETS_MAX];
    size_t psk_length;
    int ciphersuites[2]; /* ends with 0 */

    TLS12_SECRETS secrets;
    mbedtls_net_context listener, connection;
    mbedtls_entropy_context entropy;
    mbedtls_ctr_drbg_context random;
    mbedtls_ssl_config config;
    mbedtls_ssl_cookie_ctx cookies;
    mbedtls_timing_delay_context timer;
    mbedtls_x509_crt certificate, ca;
    mbedtls_pk_context key;
    mbedtls_ssl_context ssl;
} MBEDTLS_PEER;

/* Returns 1, or 0 after saying on standard error how the program is called. */
int mbedtls_peer_read_arguments(MBEDTLS_PEER *peer, int argc, char **argv);

/* Returns 0 or mbed TLS's error; mbedtls_peer_free afterwards in either case. */
int mbedtls_peer_set_up(MBEDTLS_PEER *peer);
void mbedtls_peer_free(MBEDTLS_PEER *peer);

#endif
