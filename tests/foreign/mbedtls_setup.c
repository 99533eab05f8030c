/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Arguments and configuration of mbedtls_peer, for mbed TLS 2.28 and 3.
 */
#include "mbedtls_peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define READ_TIMEOUT_MS 10000
/* DTLS sends a flight again after these; a wrong key shows by silence (RFC 6347 4.1.2.7). */
#define FIRST_FLIGHT_MS 500
#define LAST_FLIGHT_MS 2000

static int read_hex(MBEDTLS_PEER *peer, const char *hex)
{
    size_t length = strlen(hex) / 2;
    char digits[3] = "", *end;

    if (length > sizeof(peer->psk) || strlen(hex) % 2 != 0)
        return 0;
    for (size_t i = 0; i < length; i++) {
        memcpy(digits, hex + 2 * i, 2);
        peer->psk[i] = (unsigned char)strtoul(digits, &end, 16);
        if (*end != '\0')
            return 0;
    }
    peer->psk_length = length;
    return 1;
}

/* psk IDENTITY HEX, or certificate FILE KEY-FILE CA-FILE */
static int read_credential(MBEDTLS_PEER *peer, int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[0], "psk") == 0) {
        peer->identity = argv[1];
        return read_hex(peer, argv[2]);
    }
    if (argc != 4 || strcmp(argv[0], "certificate") != 0)
        return 0;
    peer->certificate_file = argv[1];
    peer->key_file = argv[2];
    peer->ca_file = argv[3];
    return 1;
}

int mbedtls_peer_read_arguments(MBEDTLS_PEER *peer, int argc, char **argv)
{
    if (argc > 8) {
        peer->serving = strcmp(argv[1], "server") == 0;
        peer->datagrams = strcmp(argv[2], "dtls") == 0;
        peer->extended_master_secret = strcmp(argv[3], "ems") == 0;
        peer->port = argv[4];
        peer->server_name = argv[5];
        peer->label = argv[6];
        peer->ciphersuites[0] = mbedtls_ssl_get_ciphersuite_id(argv[7]);
        if (peer->ciphersuites[0] != 0 && read_credential(peer, argc - 8, argv + 8))
            return 1;
    }
    fprintf(stderr,
            "usage: %s server|client tls|dtls ems|no-ems PORT SERVER-NAME LABEL CIPHERSUITE "
            "{psk IDENTITY HEX | certificate FILE KEY-FILE CA-FILE}\n",
            argv[0]);
    return 0;
}

/* A server looks the key up by the identity that the client presents, and says which. */
static int find_psk(void *argument, mbedtls_ssl_context *ssl, const unsigned char *identity,
                    size_t length)
{
    const MBEDTLS_PEER *peer = argument;

    printf("psk-identity: %.*s\n", (int)length, (const char *)identity);
    if (length != strlen(peer->identity) || memcmp(identity, peer->identity, length) != 0)
        return MBEDTLS_ERR_SSL_UNKNOWN_IDENTITY;
    return mbedtls_ssl_set_hs_psk(ssl, peer->psk, peer->psk_length);
}

static void keep_secrets(TLS12_SECRETS *secrets, const unsigned char *master,
                         const unsigned char *client_random, const unsigned char *server_random,
                         mbedtls_tls_prf_types prf)
{
    memcpy(secrets->master, master, MASTER_OCTETS);
    memcpy(secrets->client_random, client_random, RANDOM_OCTETS);
    memcpy(secrets->server_random, server_random, RANDOM_OCTETS);
    secrets->prf = prf;
}

#if MBEDTLS_VERSION_NUMBER >= 0x03000000

static void export_keys(void *argument, mbedtls_ssl_key_export_type type,
                        const unsigned char *secret, size_t length,
                        const unsigned char client_random[RANDOM_OCTETS],
                        const unsigned char server_random[RANDOM_OCTETS], mbedtls_tls_prf_types prf)
{
    if (type == MBEDTLS_SSL_KEY_EXPORT_TLS12_MASTER_SECRET && length == MASTER_OCTETS)
        keep_secrets(argument, secret, client_random, server_random, prf);
}

static void configure_version(mbedtls_ssl_config *config)
{
    mbedtls_ssl_conf_min_tls_version(config, MBEDTLS_SSL_VERSION_TLS1_2);
    mbedtls_ssl_conf_max_tls_version(config, MBEDTLS_SSL_VERSION_TLS1_2);
}

static int parse_key(MBEDTLS_PEER *peer)
{
    return mbedtls_pk_parse_keyfile(&peer->key, peer->key_file, NULL, mbedtls_ctr_drbg_random,
                                    &peer->random);
}

static void set_key_export(MBEDTLS_PEER *peer)
{
    mbedtls_ssl_set_export_keys_cb(&peer->ssl, export_keys, &peer->secrets);
}

#else

static int export_keys(void *argument, const unsigned char *master, const unsigned char *key_block,
                       size_t mac_length, size_t key_length, size_t iv_length,
                       const unsigned char client_random[RANDOM_OCTETS],
                       const unsigned char server_random[RANDOM_OCTETS], mbedtls_tls_prf_types prf)
{
    (void)key_block;
    (void)mac_length;
    (void)key_length;
    (void)iv_length;
    keep_secrets(argument, master, client_random, server_random, prf);
    return 0;
}

static void configure_version(mbedtls_ssl_config *config)
{
    mbedtls_ssl_conf_min_version(config, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
    mbedtls_ssl_conf_max_version(config, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
}

static int parse_key(MBEDTLS_PEER *peer)
{
    return mbedtls_pk_parse_keyfile(&peer->key, peer->key_file, NULL);
}

static void set_key_export(MBEDTLS_PEER *peer)
{
    mbedtls_ssl_conf_export_keys_ext_cb(&peer->config, export_keys, &peer->secrets);
}

#endif

static int configure_psk(MBEDTLS_PEER *peer)
{
    if (!peer->serving)
        return mbedtls_ssl_conf_psk(&peer->config, peer->psk, peer->psk_length,
                                    (const unsigned char *)peer->identity, strlen(peer->identity));
    mbedtls_ssl_conf_psk_cb(&peer->config, find_psk, peer);
    return 0;
}

static int configure_certificate(MBEDTLS_PEER *peer)
{
    int status = mbedtls_x509_crt_parse_file(&peer->certificate, peer->certificate_file);

    if (status == 0)
        status = mbedtls_x509_crt_parse_file(&peer->ca, peer->ca_file);
    if (status == 0)
        status = parse_key(peer);
    if (status == 0)
        status = mbedtls_ssl_conf_own_cert(&peer->config, &peer->certificate, &peer->key);
    mbedtls_ssl_conf_ca_chain(&peer->config, &peer->ca, NULL);
    mbedtls_ssl_conf_authmode(&peer->config, MBEDTLS_SSL_VERIFY_REQUIRED);
    return status;
}

static int configure_cookies(MBEDTLS_PEER *peer)
{
    int status = mbedtls_ssl_cookie_setup(&peer->cookies, mbedtls_ctr_drbg_random, &peer->random);

    mbedtls_ssl_conf_dtls_cookies(&peer->config, mbedtls_ssl_cookie_write, mbedtls_ssl_cookie_check,
                                  &peer->cookies);
    return status;
}

static int configure(MBEDTLS_PEER *peer)
{
    int status = mbedtls_ssl_config_defaults(
        &peer->config, peer->serving ? MBEDTLS_SSL_IS_SERVER : MBEDTLS_SSL_IS_CLIENT,
        peer->datagrams ? MBEDTLS_SSL_TRANSPORT_DATAGRAM : MBEDTLS_SSL_TRANSPORT_STREAM,
        MBEDTLS_SSL_PRESET_DEFAULT);

    if (status != 0)
        return status;
    configure_version(&peer->config);
    mbedtls_ssl_conf_ciphersuites(&peer->config, peer->ciphersuites);
    mbedtls_ssl_conf_rng(&peer->config, mbedtls_ctr_drbg_random, &peer->random);
    mbedtls_ssl_conf_read_timeout(&peer->config, READ_TIMEOUT_MS);
    mbedtls_ssl_conf_handshake_timeout(&peer->config, FIRST_FLIGHT_MS, LAST_FLIGHT_MS);
    mbedtls_ssl_conf_extended_master_secret(&peer->config, peer->extended_master_secret
                                                               ? MBEDTLS_SSL_EXTENDED_MS_ENABLED
                                                               : MBEDTLS_SSL_EXTENDED_MS_DISABLED);
    status = peer->identity != NULL ? configure_psk(peer) : configure_certificate(peer);
    if (status == 0 && peer->serving && peer->datagrams)
        status = configure_cookies(peer);
    return status;
}

int mbedtls_peer_set_up(MBEDTLS_PEER *peer)
{
    int status;

    mbedtls_net_init(&peer->listener);
    mbedtls_net_init(&peer->connection);
    mbedtls_entropy_init(&peer->entropy);
    mbedtls_ctr_drbg_init(&peer->random);
    mbedtls_ssl_config_init(&peer->config);
    mbedtls_ssl_cookie_init(&peer->cookies);
    mbedtls_x509_crt_init(&peer->certificate);
    mbedtls_x509_crt_init(&peer->ca);
    mbedtls_pk_init(&peer->key);
    mbedtls_ssl_init(&peer->ssl);
    status = mbedtls_ctr_drbg_seed(&peer->random, mbedtls_entropy_func, &peer->entropy, NULL, 0);
    if (status == 0)
        status = configure(peer);
    if (status == 0)
        status = mbedtls_ssl_setup(&peer->ssl, &peer->config);
    if (status == 0) {
        set_key_export(peer);
        mbedtls_ssl_set_timer_cb(&peer->ssl, &peer->timer, mbedtls_timing_set_delay,
                                 mbedtls_timing_get_delay);
    }
    return status;
}

void mbedtls_peer_free(MBEDTLS_PEER *peer)
{
    mbedtls_ssl_free(&peer->ssl);
    mbedtls_pk_free(&peer->key);
    mbedtls_x509_crt_free(&peer->ca);
    mbedtls_x509_crt_free(&peer->certificate);
    mbedtls_ssl_cookie_free(&peer->cookies);
    mbedtls_ssl_config_free(&peer->config);
    mbedtls_ctr_drbg_free(&peer->random);
    mbedtls_entropy_free(&peer->entropy);
    mbedtls_net_free(&peer->connection);
    mbedtls_net_free(&peer->listener);
}
