/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_PROVIDER_STORE_URI_H
#define ONEM2M_PROVIDER_STORE_URI_H

#include "keystore/key.h"

/* A URI onem2m:[KEY-ID][?NAME=VALUE&...], taken apart. */
typedef struct {
    char *storage;       /* decoded; what the slices point to */
    ONEM2M_SLICE key_id; /* length 0: names are listed */
    ONEM2M_KIND kind;    /* 0: any */
    unsigned int suid;   /* 0: any */
    ONEM2M_USAGE usage;  /* 0: any */
    ONEM2M_SLICE label;  /* length 0: any */
    char requester_text[ONEM2M_ID_MAX];
    ONEM2M_SLICE requester; /* canonical; length 0: none */
} ONEM2M_STORE_URI;

/* *uri is left cleared on failure. */
int onem2m_store_uri_parse(ONEM2M_STORE_URI *uri, const char *text, ONEM2M_ERROR *error);
void onem2m_store_uri_clear(ONEM2M_STORE_URI *uri);

/* Whether a key is one of those that the queries kind, suid, usage and label leave. */
int onem2m_store_uri_selects(const ONEM2M_STORE_URI *uri, const ONEM2M_ATTRIBUTES *attributes);

/* The URI of a key, which names it alone. NULL when memory is out; OPENSSL_free it. */
char *onem2m_store_uri_of(const ONEM2M_ATTRIBUTES *attributes);

#endif
