/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "credential.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include "clock.h"
#include "frame.h"
#include "tables.h"

#define CURVE "P-256"

/* A request that proves possession of the key; the CA knows who asks and which names to certify. */
static int make_request(const ENTITY *self, MESSAGE *message, FAILURE *failure)
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
    message_begin(message, &table_certificates);
    message_put_octets(message, "request", der, (size_t)length);
    OPENSSL_free(der);
    return 1;
}

static X509 *take_certificate(const MESSAGE *message, const char *name)
{
    size_t length;
    const unsigned char *der = message_octets(message, name, &length);

    return der != NULL ? d2i_X509(NULL, &der, (long)length) : NULL;
}

int credential_obtain(ENTITY *self, FAILURE *failure)
{
    static MESSAGE message;

    self->key = EVP_EC_gen(CURVE);
    if (self->key == NULL)
        return failure_set_openssl(failure, "key of a certificate");
    if (!make_request(self, &message, failure) ||
        !frame_send_message(ENTITY_CONTROL_FD, &message, failure) ||
        !frame_receive_message(ENTITY_CONTROL_FD, &table_certificates, &message,
                               clock_milliseconds() + self->timeout, failure))
        return 0;
    self->certificate = take_certificate(&message, "certificate");
    self->authority = take_certificate(&message, "authority");
    if (self->certificate == NULL || self->authority == NULL)
        return failure_set_openssl(failure, "certificate");
    return 1;
}

int credential_install(const ENTITY *self, SSL_CTX *context, FAILURE *failure)
{
    if (SSL_CTX_use_certificate(context, self->certificate) == 1 &&
        SSL_CTX_use_PrivateKey(context, self->key) == 1 &&
        X509_STORE_add_cert(SSL_CTX_get_cert_store(context), self->authority) == 1)
        return 1;
    return failure_set_openssl(failure, "certificate for TLS");
}
