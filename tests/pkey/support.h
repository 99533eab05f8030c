/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TESTS_PKEY_SUPPORT_H
#define ONEM2M_TESTS_PKEY_SUPPORT_H

#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/store.h>
#include <onem2m/params.h>
#include <onem2m/reasons.h>
#include "place.h"

#define FQDN PLACE_FQDN
#define ID(relative) relative "@" FQDN
#define KE_ID ID("00112233445566778899AABBCCDDEEFF")

/* Text and numbers of a call, one after the other: an array of OSSL_PARAMs that ends itself. */
#define TEXT(name, value) OSSL_PARAM_construct_utf8_string(name, (char *)(uintptr_t)(value), 0)
#define OCTETS(name, value)                                                                        \
    OSSL_PARAM_construct_octet_string(name, (void *)(uintptr_t)(value), sizeof(value))
#define END OSSL_PARAM_construct_end()

extern const unsigned char octets_of_ke[32];
OSSL_PARAM number(const char *name, unsigned int value);
#define KE TEXT(ONEM2M_PARAM_KIND, ONEM2M_KIND_NAME_KE), OCTETS(ONEM2M_PARAM_PRIV, octets_of_ke)

/* NULL when refused. */
EVP_PKEY *import(OSSL_LIB_CTX *libctx, const OSSL_PARAM params[]);
EVP_PKEY *generate(OSSL_LIB_CTX *libctx, EVP_PKEY *parent, const OSSL_PARAM params[]);
EVP_PKEY *load_key(OSSL_LIB_CTX *libctx, const char *uri);

OSSL_STORE_CTX *open_uri(OSSL_LIB_CTX *libctx, const char *uri);

/* How many names a URI lists; -1 when it cannot be opened, or read to its end. */
int count_names(OSSL_LIB_CTX *libctx, const char *uri);

/* An attribute as text; "" when the key has none. Static, until the next call. */
const char *attribute(EVP_PKEY *key, const char *name);

/* The octets of a key by export; 0 when they may not leave. */
size_t octets_of(EVP_PKEY *key, unsigned char octets[512]);

/* That the provider's first error has this reason and names detail; empties the queue. */
void check_refused(ONEM2M_REASON reason, const char *detail);
/* The same of an error of another library of OpenSSL's queue. */
void check_refused_by(const char *library, ONEM2M_REASON reason, const char *detail);
/* That the queue is empty. */
void check_quiet(void);

#endif
