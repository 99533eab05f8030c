/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_TOKEN_KEYSTORE_H
#define ONEM2M_KEYSTORE_TOKEN_KEYSTORE_H

#include <string.h>
#include "backend.h"

/* Whether the value of keystore names a token. */
static inline int onem2m_token_keystore_is(const char *text)
{
    return strncmp(text, "pkcs11:", strlen("pkcs11:")) == 0;
}

/* The value of keystore when it is "pkcs11:" (RFC 7512): a token, and how it is used. */
typedef struct {
    char *token;    /* the URI without what is said here */
    char *records;  /* x-records: "lmdb:DIR", where records are; NULL: in the token, as keys are */
    char *seal;     /* the URI of the token's own seal, of the label "<object> seal" */
    int protection; /* x-protection-level: what the token is said to have (TS-0003 6.3.1) */
} ONEM2M_TOKEN_KEYSTORE;

/* Opens nothing. *keystore is to be cleared, also after a failure. */
int onem2m_token_keystore_parse(ONEM2M_TOKEN_KEYSTORE *keystore, const char *text,
                                ONEM2M_ERROR *error);
void onem2m_token_keystore_clear(ONEM2M_TOKEN_KEYSTORE *keystore);

/* The backend of records that are in the token, and its location. */
const ONEM2M_BACKEND_FUNCTIONS *onem2m_token_keystore_backend(const ONEM2M_TOKEN_KEYSTORE *keystore,
                                                              const char **location);

#endif
