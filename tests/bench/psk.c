/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <onem2m/tls.h>
#include "bench.h"
#include "psk.h"

#define USAGE "maf"
#define STEPS_MAX 8

/* A key of the store is its name's 32 digits, twice. */
static int copy_key(unsigned char key[32], const char *name)
{
    char digits[33];
    size_t length;

    OPENSSL_strlcpy(digits, name, sizeof(digits));
    if (!OPENSSL_hexstr2buf_ex(key, 16, &length, digits, '\0') || length != 16)
        return 0;
    memcpy(key + 16, key, 16);
    return 1;
}

/* A constant key, and the name that goes with it. */
typedef struct {
    BENCH_NAME name;
    unsigned char key[32];
} CONSTANT;

static unsigned int plain_client(SSL *ssl, const char *hint, char *identity, unsigned int max,
                                 unsigned char *psk, unsigned int room)
{
    const CONSTANT *constant = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

    (void)hint;
    if (strlen(constant->name.text) > max || room < sizeof(constant->key))
        return 0;
    memcpy(identity, constant->name.text, strlen(constant->name.text) + 1);
    memcpy(psk, constant->key, sizeof(constant->key));
    return sizeof(constant->key);
}

/* The constant of this thread's handshake: a plain server knows no names. */
static _Thread_local const CONSTANT *expected;

static unsigned int plain_server(SSL *ssl, const char *identity, unsigned char *psk,
                                 unsigned int room)
{
    (void)ssl;
    (void)identity;
    if (room < sizeof(expected->key))
        return 0;
    memcpy(psk, expected->key, sizeof(expected->key));
    return sizeof(expected->key);
}

static SSL_CTX *context_new(OSSL_LIB_CTX *libctx, const SSL_METHOD *method)
{
    SSL_CTX *ctx = SSL_CTX_new_ex(libctx, NULL, method);

    if (ctx != NULL && onem2m_tls_use(ctx, libctx, NULL) &&
        onem2m_tls_profile(ctx, ONEM2M_PROFILE_PSK))
        return ctx;
    SSL_CTX_free(ctx);
    return NULL;
}

static SSL_CTX *client_new(OSSL_LIB_CTX *libctx, size_t number, int by_engine)
{
    SSL_CTX *ctx = context_new(libctx, TLS_client_method());
    CONSTANT *constant = OPENSSL_zalloc(sizeof(*constant));

    if (ctx == NULL || constant == NULL) {
        SSL_CTX_free(ctx);
        OPENSSL_free(constant);
        return NULL;
    }
    bench_name(&constant->name, number);
    SSL_CTX_set_app_data(ctx, constant);
    if (!by_engine)
        SSL_CTX_set_psk_client_callback(ctx, plain_client);
    if (copy_key(constant->key, constant->name.text) &&
        (!by_engine || onem2m_tls_psk_client(ctx, USAGE, constant->name.text)))
        return ctx;
    OPENSSL_free(constant);
    SSL_CTX_free(ctx);
    return NULL;
}

int bench_psk_init(BENCH_PSK *psk, OSSL_LIB_CTX *libctx, const BENCH_STORE_FILES *files,
                   BENCH_PSK_ENGINE engine)
{
    unsigned long long random = 1;

    memset(psk, 0, sizeof(*psk));
    psk->server = context_new(libctx, TLS_server_method());
    for (size_t i = 0; i < BENCH_CLIENTS; i++) {
        psk->clients[i] = client_new(libctx, bench_random_key(&random, files->keys, BENCH_KM),
                                     engine == BENCH_PSK_BOTH);
        if (psk->clients[i] == NULL)
            return bench_failed("a client");
    }
    if (psk->server == NULL ||
        (engine != BENCH_PSK_PLAIN && !onem2m_tls_psk_server(psk->server, USAGE)))
        return bench_failed("a server");
    if (engine == BENCH_PSK_PLAIN)
        SSL_CTX_set_psk_server_callback(psk->server, plain_server);
    return 1;
}

void bench_psk_clear(BENCH_PSK *psk)
{
    for (size_t i = 0; i < BENCH_CLIENTS; i++) {
        if (psk->clients[i] != NULL)
            OPENSSL_free(SSL_CTX_get_app_data(psk->clients[i]));
        SSL_CTX_free(psk->clients[i]);
    }
    SSL_CTX_free(psk->server);
    memset(psk, 0, sizeof(*psk));
}

static int connect_ends(BENCH_PAIR *pair)
{
    BIO *to_server = BIO_new(BIO_s_mem()), *to_client = BIO_new(BIO_s_mem());

    if (to_server == NULL || to_client == NULL || !BIO_up_ref(to_server) ||
        !BIO_up_ref(to_client)) {
        BIO_free(to_server);
        BIO_free(to_client);
        return 0;
    }
    SSL_set_bio(pair->client, to_client, to_server);
    SSL_set_bio(pair->server, to_server, to_client);
    SSL_set_connect_state(pair->client);
    SSL_set_accept_state(pair->server);
    return 1;
}

static int goes_on(SSL *end)
{
    const int result = SSL_do_handshake(end);

    return result == 1 || SSL_get_error(end, result) == SSL_ERROR_WANT_READ;
}

int bench_pair_connect(BENCH_PAIR *pair, SSL_CTX *client, SSL_CTX *server)
{
    pair->client = SSL_new(client);
    pair->server = SSL_new(server);
    expected = SSL_CTX_get_app_data(client);
    if (pair->client == NULL || pair->server == NULL || !connect_ends(pair))
        return 0;
    for (int step = 0; step < STEPS_MAX; step++) {
        if (!goes_on(pair->client) || !goes_on(pair->server))
            return 0;
        if (SSL_is_init_finished(pair->client) && SSL_is_init_finished(pair->server))
            return 1;
    }
    return 0;
}

void bench_pair_free(BENCH_PAIR *pair)
{
    SSL_free(pair->client);
    SSL_free(pair->server);
}
