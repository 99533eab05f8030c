/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TESTS_PEER_PKI_H
#define ONEM2M_TESTS_PEER_PKI_H

#include <openssl/x509v3.h>

/*
 * Certificates made when they are needed. Where a member is NULL or 0, a
 * certificate is of the profile of TS-0003 10.1.1, of an entity, and valid now.
 *
 * names: words of a subjectAltName, "DNS:cse.example.com URI://sp.example.com/cse/C7
 * OID:0.2.481.1/100.3030" (a RELATIVE-OID after its type-id), "UTF8:0.2.481.1/100.3030",
 * "EMAIL:a@example.com"; %41 is an octet. constraints: such words with '+' for a permitted and '-'
 * for an excluded subtree before each.
 */
typedef struct {
    const char *subject; /* its common name */
    const char *curve;   /* "P-384" */
    int is_compressed;
    const char *digest;    /* that it is signed with: "SHA384" */
    const char *key_usage; /* "" for no such extension */
    int is_ca;
    long begins, ends; /* seconds from now */
    const char *names;
    const char *constraints;
    int minimum; /* of every subtree */
} SPEC;

typedef struct {
    X509 *certificate;
    EVP_PKEY *key;
} IDENTITY;

/* issuer: NULL for a certificate that signs itself. Ends the program when it cannot be made. */
IDENTITY identity_make(const SPEC *spec, const IDENTITY *issuer);
void identity_free(IDENTITY *identity);

/* A certificate revocation list of issuer; revoked: on it, or NULL. */
X509_CRL *crl_make(const IDENTITY *issuer, X509 *revoked);

#endif
