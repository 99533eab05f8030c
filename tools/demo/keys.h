/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_DEMO_KEYS_H
#define ONEM2M_DEMO_KEYS_H

#include <stddef.h>
#include <onem2m/params.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include "failure.h"

/* Keys of the provider by EVP and OSSL_STORE: what any program can do. */

#define KEYS_ATTRIBUTES_MAX 20
#define KEYS_OCTETS_MAX 64
#define KEYS_FINGERPRINT 17 /* 16 hexadecimal digits and a NUL */

/* Parameters under construction; texts and octets are the caller's, and must outlive it. */
typedef struct {
    OSSL_PARAM params[KEYS_ATTRIBUTES_MAX + 1];
    unsigned int numbers[KEYS_ATTRIBUTES_MAX];
    size_t count;
} ATTRIBUTES;

void attributes_begin(ATTRIBUTES *attributes);
/* Of a registration that the store is to keep (TS-0003 8.3.5.2.7, 8.8.2.7). */
void attributes_begin_registration(ATTRIBUTES *attributes, const char *source,
                                   const char *credential_id);
/* Nothing is added for an empty text. */
void attributes_text(ATTRIBUTES *attributes, const char *name, const char *text);
void attributes_number(ATTRIBUTES *attributes, const char *name, unsigned int number);
void attributes_octets(ATTRIBUTES *attributes, const char *name, const unsigned char *octets,
                       size_t length);

/* Whether the provider is there at all. */
int keys_available(void);

/* Each gives a key object to be freed by the caller; NULL with the failure set. */
EVP_PKEY *keys_import(const ATTRIBUTES *attributes, FAILURE *failure);
EVP_PKEY *keys_generate(const ATTRIBUTES *attributes, FAILURE *failure);
EVP_PKEY *keys_derive(EVP_PKEY *parent, const ATTRIBUTES *attributes, FAILURE *failure);
/* Of the store; kind and requester: "" for any and nobody. */
EVP_PKEY *keys_load(const char *key_id, const char *kind, const char *requester, FAILURE *failure);

/* The derivation's octets, which the caller wipes: *length of room, then used. */
int keys_derive_octets(EVP_PKEY *key, const ATTRIBUTES *attributes, unsigned char *out,
                       size_t *length, FAILURE *failure);
/* Of ONEM2M-PSK or ONEM2M-RETRIEVE, likewise. */
int keys_release(const char *algorithm, const ATTRIBUTES *attributes, unsigned char *out,
                 size_t *length, FAILURE *failure);

/* An attribute as text; "" when the key has none. */
void keys_text(const EVP_PKEY *key, const char *name, char *out, size_t size);

/* The first 8 octets of SHA-256 over a fixed label and the key, in hexadecimal. */
int keys_fingerprint(char text[KEYS_FINGERPRINT], const unsigned char *octets, size_t length,
                     FAILURE *failure);
/* Of an own key for a TLS handshake, under its usage. */
int keys_fingerprint_psk(char text[KEYS_FINGERPRINT], const char *key_id, const char *usage,
                         FAILURE *failure);

#endif
