/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "credential.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <onem2m/tls.h>
#include "clock.h"
#include "frame.h"
#include "tables.h"

#define CURVE "P-256"

/* The URI of a certificate and its key in a token; "": the key is made in this process. */
static const char *token_uri(const ENTITY *self)
{
    return entity_value(self, "credential");
}

/* A request that proves possession of the key; the CA knows who asks and which names to certify. */
static int put_request(const ENTITY *self, MESSAGE *message, FAILURE *failure)
{
    X509_REQ *request = X509_REQ_new();
    unsigned char *der = NULL;
    int length = -1;

    if (request != NULL && X509_REQ_set_pubkey(request, self->key) == 1 &&
        X509_REQ_sign(request, self->key, EVP_sha256()) > 0)
        length = i2d_X509_REQ(request, &der);
    X509_REQ_free(request);
    if (length <= 0)
        return failure_set_openssl(failure, "request for a certificate");
    message_put_octets(message, "request", der, (size_t)length);
    OPENSSL_free(der);
    return 1;
}

/* Whoever has a certificate asks for the CA's alone. */
static int make_request(ENTITY *self, MESSAGE *message, FAILURE *failure)
{
    message_begin(message, &table_certificates);
    if (*token_uri(self) != '\0')
        return 1;
    self->key = EVP_EC_gen(CURVE);
    return self->key != NULL ? put_request(self, message, failure)
                             : failure_set_openssl(failure, "key of a certificate");
}

static X509 *take_certificate(const MESSAGE *message, const char *name)
{
    size_t length;
    const unsigned char *der = message_octets(message, name, &length);

    return der != NULL ? d2i_X509(NULL, &der, (long)length) : NULL;
}

/* So that a token which is not there, or a wrong PIN, is told at the beginning. */
static int try_token(const ENTITY *self, FAILURE *failure)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    const int tried = context != NULL && credential_install(self, context, failure);

    if (context == NULL)
        failure_set_openssl(failure, "TLS");
    SSL_CTX_free(context);
    if (tried)
        entity_note(self, "10.1.1", "its certificate's private key is in a PKCS#11 token");
    return tried;
}

int credential_obtain(ENTITY *self, FAILURE *failure)
{
    static MESSAGE message;

    if (!make_request(self, &message, failure) ||
        !frame_send_message(ENTITY_CONTROL_FD, &message, failure) ||
        !frame_receive_message(ENTITY_CONTROL_FD, &table_certificates, &message,
                               clock_milliseconds() + self->timeout, failure))
        return 0;
    self->certificate = take_certificate(&message, "certificate");
    self->authority = take_certificate(&message, "authority");
    if (self->authority == NULL || (self->key != NULL && self->certificate == NULL))
        return failure_set_openssl(failure, "certificate");
    return self->key != NULL || try_token(self, failure);
}

static int trust(const ENTITY *self, SSL_CTX *context)
{
    const char *file = entity_value(self, "authority");

    return X509_STORE_add_cert(SSL_CTX_get_cert_store(context), self->authority) == 1 &&
           (*file == '\0' || SSL_CTX_load_verify_file(context, file) == 1);
}

int credential_install(const ENTITY *self, SSL_CTX *context, FAILURE *failure)
{
    const int installed = self->key == NULL
                              ? onem2m_tls_token_credential(context, token_uri(self))
                              : SSL_CTX_use_certificate(context, self->certificate) == 1 &&
                                    SSL_CTX_use_PrivateKey(context, self->key) == 1;

    return (installed && trust(self, context)) ||
           failure_set_openssl(failure, "certificate for TLS");
}
