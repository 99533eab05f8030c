/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>
#include <openssl/err.h>
#include "connection.h"

#define STEPS_MAX 24
#define MTU 1400

int make_ends(void **state)
{
    ENDS *ends = malloc(sizeof(*ends));

    assert_non_null(ends);
    place_make(&ends->client, "memory");
    place_make(&ends->server, "memory");
    *state = ends;
    return 0;
}

int remove_ends(void **state)
{
    ENDS *ends = *state;

    place_remove(&ends->client);
    place_remove(&ends->server);
    free(ends);
    return 0;
}

#define ATTRIBUTES_MAX 12

void store_key(const PLACE *place, const char *kind, const char *key_id, unsigned int suid,
               unsigned char filler, size_t length, const OSSL_PARAM more[])
{
    unsigned char octets[512];
    OSSL_PARAM params[ATTRIBUTES_MAX + 5];
    size_t count = 0;
    EVP_PKEY *key;

    memset(octets, filler, length);
    params[count++] = TEXT(ONEM2M_PARAM_KIND, kind);
    params[count++] = TEXT(ONEM2M_PARAM_KEY_ID, key_id);
    params[count++] = OSSL_PARAM_construct_octet_string(ONEM2M_PARAM_PRIV, octets, length);
    params[count++] = number(ONEM2M_PARAM_STORE, 1);
    if (suid != 0)
        params[count++] = number(ONEM2M_PARAM_SUID, suid);
    for (; more != NULL && more->key != NULL; more++)
        params[count++] = *more;
    params[count] = END;
    key = import(place->libctx, params);
    if (key == NULL)
        ERR_print_errors_fp(stderr);
    assert_non_null(key);
    EVP_PKEY_free(key);
}

void share_key(const ENDS *ends, const char *kind, const char *key_id, unsigned int suid)
{
    store_key(&ends->client, kind, key_id, suid, 0x5A, 32, NULL);
    store_key(&ends->server, kind, key_id, suid, 0x5A, 32, NULL);
}

void change_key(const PLACE *place, const char *uri, const char *name, const char *value)
{
    OSSL_PARAM params[] = { TEXT(name, value), END };
    EVP_PKEY *key = load_key(place->libctx, uri);

    assert_non_null(key);
    assert_int_equal(EVP_PKEY_set_params(key, params), 1);
    EVP_PKEY_free(key);
}

SSL_CTX *context_of(const PLACE *place, const SSL_METHOD *method, ONEM2M_PROFILE profile)
{
    SSL_CTX *ctx = SSL_CTX_new_ex(place->libctx, NULL, method);

    assert_non_null(ctx);
    assert_int_equal(onem2m_tls_use(ctx, place->libctx, NULL), 1);
    if (profile != 0)
        assert_int_equal(onem2m_tls_profile(ctx, profile), 1);
    return ctx;
}

static void note_alert(const SSL *ssl, int where, int value)
{
    int *alert = SSL_get_app_data(ssl);

    if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT)
        *alert = value & 0xFF;
}

static SSL *end_new(SSL_CTX *ctx, int *alert)
{
    SSL *ssl = SSL_new(ctx);

    assert_non_null(ssl);
    *alert = -1;
    SSL_set_app_data(ssl, alert);
    SSL_set_info_callback(ssl, note_alert);
    if (SSL_is_dtls(ssl)) {
        SSL_set_options(ssl, SSL_OP_NO_QUERY_MTU);
        SSL_set_mtu(ssl, MTU);
    }
    return ssl;
}

static BIO *memory(void)
{
    BIO *bio = BIO_new(BIO_s_mem());

    assert_non_null(bio);
    BIO_set_mem_eof_return(bio, -1);
    assert_true(BIO_up_ref(bio));
    return bio;
}

void pair_make(PAIR *pair, SSL_CTX *client, SSL_CTX *server)
{
    BIO *to_server = memory(), *to_client = memory();

    pair->client = end_new(client, &pair->client_alert);
    pair->server = end_new(server, &pair->server_alert);
    SSL_set_bio(pair->client, to_client, to_server);
    SSL_set_bio(pair->server, to_server, to_client);
    SSL_set_connect_state(pair->client);
    SSL_set_accept_state(pair->server);
}

static int goes_on(SSL *ssl)
{
    const int result = SSL_do_handshake(ssl);

    return result == 1 || SSL_get_error(ssl, result) == SSL_ERROR_WANT_READ;
}

int pair_shake(PAIR *pair)
{
    int client = 1, server = 1;

    for (int step = 0; step < STEPS_MAX && (client || server); step++) {
        client = goes_on(pair->client) && client;
        server = goes_on(pair->server) && server;
        if (!client && !server)
            break;
        if (SSL_is_init_finished(pair->client) && SSL_is_init_finished(pair->server))
            return 1;
    }
    return 0;
}

void must_shake(PAIR *pair)
{
    ERR_clear_error();
    if (!pair_shake(pair)) {
        print_message("refused by the client: %s\nrefused by the server: %s\n",
                      onem2m_tls_refusal(pair->client), onem2m_tls_refusal(pair->server));
        ERR_print_errors_fp(stderr);
        fail_msg("no handshake");
    }
    check_quiet();
}

void pair_free(PAIR *pair)
{
    SSL_free(pair->client);
    SSL_free(pair->server);
}

static unsigned int answer_as_stranger(SSL *ssl, const char *hint, char *identity,
                                       unsigned int identity_max, unsigned char *psk,
                                       unsigned int room)
{
    const STRANGER *stranger = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

    (void)hint;
    assert_true(strlen(stranger->identity) <= identity_max && stranger->length <= room);
    OPENSSL_strlcpy(identity, stranger->identity, identity_max + (size_t)1);
    memcpy(psk, stranger->key, stranger->length);
    return (unsigned int)stranger->length;
}

void become_stranger(SSL_CTX *client, STRANGER *stranger)
{
    SSL_CTX_set_app_data(client, stranger);
    SSL_CTX_set_psk_client_callback(client, answer_as_stranger);
}

void must_fail(SSL_CTX *client, SSL_CTX *server, ENDING *ending)
{
    PAIR pair;

    pair_make(&pair, client, server);
    assert_false(pair_shake(&pair));
    ending->client_alert = pair.client_alert;
    ending->server_alert = pair.server_alert;
    OPENSSL_strlcpy(ending->refusal, onem2m_tls_refusal(pair.server), sizeof(ending->refusal));
    pair_free(&pair);
    ERR_clear_error();
}

static void check_arrives(SSL *from, SSL *to)
{
    static const char said[] = "What is said.";
    char heard[sizeof(said)];

    assert_int_equal(SSL_write(from, said, sizeof(said)), sizeof(said));
    assert_int_equal(SSL_read(to, heard, sizeof(heard)), sizeof(heard));
    assert_string_equal(said, heard);
}

void check_talks(PAIR *pair)
{
    check_arrives(pair->client, pair->server);
    check_arrives(pair->server, pair->client);
}

void check_engine_refused(ONEM2M_REASON reason, const char *detail)
{
    check_refused_by("onem2m TLS engine", reason, detail);
}
