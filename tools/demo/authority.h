/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_DEMO_AUTHORITY_H
#define ONEM2M_DEMO_AUTHORITY_H

#include <openssl/evp.h>
#include <openssl/x509.h>
#include "message.h"

/* The CA of all certificates (TS-0003 8.1.2.2, 10.1.1); its key is in the parent's memory only. */
typedef struct {
    EVP_PKEY *key;
    X509 *certificate;
    long serial;
} AUTHORITY;

/* Each: 1, or 0 with the failure set. */
int authority_new(AUTHORITY *authority, FAILURE *failure);
void authority_free(AUTHORITY *authority);

/*
 * Answers a request with a certificate of that subjectAltName, in the notation of
 * openssl's x509v3_config(5): "DNS:mef.example.com", "URI://sp.example.com/S1".
 */
int authority_certify(AUTHORITY *authority, const char *subject_alt_name, const MESSAGE *request,
                      MESSAGE *answer, FAILURE *failure);

#endif
