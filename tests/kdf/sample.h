/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TESTS_KDF_SAMPLE_H
#define ONEM2M_TESTS_KDF_SAMPLE_H

#include <openssl/core.h>
#include <openssl/kdf.h>
#include "vector_file.h"

/*
 * The vectors as calls of EVP. Nothing here asserts or needs a lock, so that
 * threads and forked children may use it; samples are read only once read.
 */
#define SAMPLE_OUTPUT_MAX 256
#define SAMPLE_OCTETS_MAX 64
#define SAMPLE_PARAMS_MAX 8

typedef struct {
    const char *kdf;
    size_t line;                              /* in the file */
    int refused;                              /* then there is no output */
    OSSL_PARAM params[SAMPLE_PARAMS_MAX + 1]; /* ended; they point into this structure */
    unsigned char output[SAMPLE_OUTPUT_MAX];
    size_t length;
    unsigned char octets[SAMPLE_PARAMS_MAX][SAMPLE_OCTETS_MAX];
    unsigned int suid;
    char name[64]; /* "ONEM2M-KM, line 5", for messages */
} SAMPLE;

typedef struct {
    VECTOR_FILE file;
    size_t count;
    SAMPLE *all;
} SAMPLES;

/* Reads kdf.txt; returns 0, with a line on standard error, when that fails. */
int samples_read(SAMPLES *samples);
void samples_free(SAMPLES *samples);

/* Every derivation of the provider, ended by NULL. */
extern const char *const derivations[];

/* The first accepted vector of a derivation; NULL when there is none. */
const SAMPLE *sample_of(const SAMPLES *samples, const char *kdf);

/* A context of a derivation, fetched with the property query; NULL on failure. */
EVP_KDF_CTX *kdf_context_new(OSSL_LIB_CTX *libctx, const char *kdf, const char *properties);

/*
 * Derives what the sample says from ctx and params (NULL: ctx has them) and
 * compares: 1 when right, 0 when the derivation failed (then nothing was
 * written), -1 when it is wrong.
 */
int sample_derives(const SAMPLE *sample, EVP_KDF_CTX *ctx, const OSSL_PARAM params[]);

/* All at once: fetch, context, derivation. As sample_derives. */
int sample_works(const SAMPLE *sample, OSSL_LIB_CTX *libctx, const char *properties);

/* Every derivation once. 1 when all are right. */
int all_samples_work(const SAMPLES *samples, OSSL_LIB_CTX *libctx, const char *properties);

#endif
