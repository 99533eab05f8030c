/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "authority.h"

#include <string.h>
#include <openssl/crypto.h>
#include <openssl/x509v3.h>
#include "tables.h"

#define LIFETIME 3600 /* seconds */
#define SKEW (-60)    /* seconds: valid a little before now */
#define CURVE "P-256"
#define NAME "onem2m-demo CA"

/* What the CA may certify (8.1.2.2): FQDNs, CSE-IDs and AE-IDs below this domain. */
#define NAME_CONSTRAINTS                                                                           \
    "critical,permitted;DNS:example.com,permitted;URI:.example.com,permitted;URI:example.com"

static int add_extension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
    X509_EXTENSION *extension;
    X509V3_CTX context;
    int added;

    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    added = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return added;
}

static int set_name(X509_NAME *name, const char *text)
{
    return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)text, -1, -1,
                                      0) == 1;
}

/* Everything but extensions and signature. */
static X509 *draft(AUTHORITY *authority, EVP_PKEY *key, const char *subject)
{
    X509 *certificate = X509_new();

    if (certificate != NULL && X509_set_version(certificate, X509_VERSION_3) == 1 &&
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++authority->serial) == 1 &&
        X509_gmtime_adj(X509_getm_notBefore(certificate), SKEW) != NULL &&
        X509_gmtime_adj(X509_getm_notAfter(certificate), LIFETIME) != NULL &&
        set_name(X509_get_subject_name(certificate), subject) &&
        set_name(X509_get_issuer_name(certificate), NAME) && X509_set_pubkey(certificate, key) == 1)
        return certificate;
    X509_free(certificate);
    return NULL;
}

int authority_new(AUTHORITY *authority, FAILURE *failure)
{
    memset(authority, 0, sizeof(*authority));
    authority->key = EVP_EC_gen(CURVE);
    if (authority->key != NULL)
        authority->certificate = draft(authority, authority->key, NAME);
    if (authority->certificate != NULL &&
        add_extension(authority->certificate, authority->certificate, NID_basic_constraints,
                      "critical,CA:TRUE,pathlen:0") &&
        add_extension(authority->certificate, authority->certificate, NID_key_usage,
                      "critical,keyCertSign,digitalSignature") &&
        add_extension(authority->certificate, authority->certificate, NID_name_constraints,
                      NAME_CONSTRAINTS) &&
        X509_sign(authority->certificate, authority->key, EVP_sha256()) > 0)
        return 1;
    return failure_set_openssl(failure, "the CA's certificate");
}

void authority_free(AUTHORITY *authority)
{
    EVP_PKEY_free(authority->key);
    X509_free(authority->certificate);
}

static X509 *certify(AUTHORITY *authority, const char *subject_alt_name, EVP_PKEY *key)
{
    X509 *certificate = draft(authority, key, "onem2m-demo");

    if (certificate != NULL &&
        add_extension(certificate, authority->certificate, NID_basic_constraints,
                      "critical,CA:FALSE") &&
        add_extension(certificate, authority->certificate, NID_key_usage,
                      "critical,digitalSignature") &&
        add_extension(certificate, authority->certificate, NID_subject_alt_name,
                      subject_alt_name) &&
        X509_sign(certificate, authority->key, EVP_sha256()) > 0)
        return certificate;
    X509_free(certificate);
    return NULL;
}

/* The key of a request, which is its own proof of possession; NULL when that fails. */
static X509_REQ *take_request(const MESSAGE *message)
{
    size_t length;
    const unsigned char *der = message_octets(message, "request", &length);
    X509_REQ *request = der != NULL ? d2i_X509_REQ(NULL, &der, (long)length) : NULL;
    EVP_PKEY *key = request != NULL ? X509_REQ_get0_pubkey(request) : NULL;

    if (key != NULL && X509_REQ_verify(request, key) == 1)
        return request;
    X509_REQ_free(request);
    return NULL;
}

static int put_certificate(MESSAGE *answer, const char *name, X509 *certificate)
{
    unsigned char *der = NULL;
    int length = i2d_X509(certificate, &der);

    if (length <= 0)
        return 0;
    message_put_octets(answer, name, der, (size_t)length);
    OPENSSL_free(der);
    return 1;
}

static int put_certified(AUTHORITY *authority, const char *subject_alt_name, const MESSAGE *request,
                         MESSAGE *answer)
{
    X509_REQ *taken = take_request(request);
    X509 *certificate =
        taken != NULL ? certify(authority, subject_alt_name, X509_REQ_get0_pubkey(taken)) : NULL;
    const int put = certificate != NULL && put_certificate(answer, "certificate", certificate);

    X509_free(certificate);
    X509_REQ_free(taken);
    return put;
}

int authority_certify(AUTHORITY *authority, const char *subject_alt_name, const MESSAGE *request,
                      MESSAGE *answer, FAILURE *failure)
{
    size_t length;
    int answered;

    message_begin(answer, &table_certificates);
    answered = (message_octets(request, "request", &length) == NULL ||
                put_certified(authority, subject_alt_name, request, answer)) &&
               put_certificate(answer, "authority", authority->certificate);
    return answered ? 1 : failure_set_openssl(failure, "certificate");
}
