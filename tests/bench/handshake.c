/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include "bench.h"
#include "handshake.h"

#define CIPHER "ECDHE-ECDSA-AES128-GCM-SHA256"
#define CURVE "P-256"
#define VALID_SECONDS 86400
#define STEPS_MAX 10

static int name_certificate(X509 *certificate)
{
    static const unsigned char common_name[] = "bench.example.com";
    X509_NAME *name = X509_get_subject_name(certificate);

    return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common_name, -1, -1, 0) &&
           X509_set_issuer_name(certificate, name);
}

static X509 *certificate_new(OSSL_LIB_CTX *libctx, EVP_PKEY *key)
{
    X509 *certificate = X509_new_ex(libctx, NULL);
    EVP_MD *sha256 = EVP_MD_fetch(libctx, "SHA2-256", NULL);

    if (certificate == NULL || !X509_set_version(certificate, X509_VERSION_3) ||
        !ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1) ||
        X509_gmtime_adj(X509_getm_notBefore(certificate), -VALID_SECONDS) == NULL ||
        X509_gmtime_adj(X509_getm_notAfter(certificate), VALID_SECONDS) == NULL ||
        !name_certificate(certificate) || !X509_set_pubkey(certificate, key) ||
        !X509_sign(certificate, key, sha256)) {
        X509_free(certificate);
        certificate = NULL;
    }
    EVP_MD_free(sha256);
    return certificate;
}

static SSL_CTX *context_new(OSSL_LIB_CTX *libctx, const SSL_METHOD *method)
{
    SSL_CTX *context = SSL_CTX_new_ex(libctx, NULL, method);

    if (context != NULL && SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) &&
        SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION) &&
        SSL_CTX_set_cipher_list(context, CIPHER) && SSL_CTX_set1_groups_list(context, CURVE)) {
        SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
        SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
        return context;
    }
    SSL_CTX_free(context);
    return NULL;
}

int bench_handshake_init(BENCH_HANDSHAKE *handshake, OSSL_LIB_CTX *libctx)
{
    handshake->key = EVP_PKEY_Q_keygen(libctx, NULL, "EC", CURVE);
    handshake->certificate =
        handshake->key != NULL ? certificate_new(libctx, handshake->key) : NULL;
    handshake->client = context_new(libctx, TLS_client_method());
    handshake->server = context_new(libctx, TLS_server_method());
    if (handshake->certificate == NULL || handshake->client == NULL || handshake->server == NULL ||
        !SSL_CTX_use_certificate(handshake->server, handshake->certificate) ||
        !SSL_CTX_use_PrivateKey(handshake->server, handshake->key) ||
        !X509_STORE_add_cert(SSL_CTX_get_cert_store(handshake->client), handshake->certificate))
        return bench_failed("preparing TLS");
    SSL_CTX_set_verify(handshake->client, SSL_VERIFY_PEER, NULL);
    return 1;
}

void bench_handshake_clear(BENCH_HANDSHAKE *handshake)
{
    SSL_CTX_free(handshake->client);
    SSL_CTX_free(handshake->server);
    X509_free(handshake->certificate);
    EVP_PKEY_free(handshake->key);
}

static int connect_ends(SSL *client, SSL *server)
{
    BIO *to_server = BIO_new(BIO_s_mem()), *to_client = BIO_new(BIO_s_mem());

    if (to_server == NULL || to_client == NULL || !BIO_up_ref(to_server) ||
        !BIO_up_ref(to_client)) {
        BIO_free(to_server);
        BIO_free(to_client);
        return 0;
    }
    SSL_set_bio(client, to_client, to_server);
    SSL_set_bio(server, to_server, to_client);
    SSL_set_connect_state(client);
    SSL_set_accept_state(server);
    return 1;
}

static int go_on(SSL *end)
{
    int result = SSL_do_handshake(end);

    return result == 1 || SSL_get_error(end, result) == SSL_ERROR_WANT_READ;
}

static int shake_hands(SSL *client, SSL *server)
{
    for (int step = 0; step < STEPS_MAX; step++) {
        if (!go_on(client) || !go_on(server))
            return 0;
        if (SSL_is_init_finished(client) && SSL_is_init_finished(server))
            return 1;
    }
    return 0;
}

int bench_handshake_run(void *state)
{
    BENCH_HANDSHAKE *handshake = state;
    SSL *client = SSL_new(handshake->client), *server = SSL_new(handshake->server);
    int ok = client != NULL && server != NULL && connect_ends(client, server) &&
             shake_hands(client, server);

    SSL_free(client);
    SSL_free(server);
    return ok;
}
