/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_BENCH_RECORD_PARTS_H
#define ONEM2M_BENCH_RECORD_PARTS_H

#include <openssl/evp.h>
#include "keystore/text.h"

#define BENCH_RECORD_MAX 1024

/* What opening one record is made of, each by itself. */
typedef struct {
    unsigned char record[BENCH_RECORD_MAX];
    size_t length;
    EVP_CIPHER_CTX *cipher; /* keyed */
    unsigned char iv[12], tag[16], additional[BENCH_RECORD_MAX], ciphertext[BENCH_RECORD_MAX];
    size_t additional_length, ciphertext_length;
    unsigned char cose_key[38];
} BENCH_RECORD_PARTS;

/* record: as it stands in a store, found there by a name of name_length octets. */
int bench_record_parts_init(BENCH_RECORD_PARTS *parts, ONEM2M_SLICE record, size_t name_length);
void bench_record_parts_clear(BENCH_RECORD_PARTS *parts);

/* Both of a BENCH_RECORD_PARTS. AES-256-GCM of as many octets, and as many that are authenticated
 * only, as of the record. */
int bench_record_decrypt(void *state);

/* Every item of the record and of the COSE_Key in it with the reader that the store uses, nothing
 * kept. */
int bench_record_decode(void *state);

#endif
