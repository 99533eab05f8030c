/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/params.h>
#include <onem2m/params.h>
#include "sample.h"

#define UNTOUCHED 0xA5

const char *const derivations[] = {
    ONEM2M_KDF_KM,
    ONEM2M_KDF_KPSA,
    ONEM2M_KDF_USAGE_KEY,
    ONEM2M_KDF_E2E_KEY,
    ONEM2M_KDF_SESSION_ESPRIM_KEY,
    ONEM2M_KDF_SPLIT_KEY,
    ONEM2M_KDF_GBA_NAF_KEY,
    NULL,
};

static int is_named(const char *option, const char *name)
{
    size_t length = strlen(name);

    return strncmp(option, name, length) == 0 && option[length] == ':';
}

/* "name:value" of `openssl kdf`; the name is cut out of it in place. */
static int take_option(SAMPLE *sample, size_t i, char *option)
{
    char *value = strchr(option, ':');
    const int is_suid = is_named(option, ONEM2M_PARAM_SUID);
    size_t length;

    if (value == NULL)
        return 0;
    *value++ = '\0';
    if (is_suid) {
        sample->suid = (unsigned int)strtoul(value, NULL, 10);
        sample->params[i] = OSSL_PARAM_construct_uint(option, &sample->suid);
        return 1;
    }
    if (strncmp(option, "hex", 3) == 0) {
        length = octets_from_hex(sample->octets[i], SAMPLE_OCTETS_MAX, value);
        sample->params[i] =
            OSSL_PARAM_construct_octet_string(option + 3, sample->octets[i], length);
        return length > 0;
    }
    sample->params[i] = OSSL_PARAM_construct_utf8_string(option, value, 0);
    return 1;
}

static int take_record(SAMPLE *sample, const RECORD *record)
{
    const char *output = record_value(record, "Output");
    size_t i, used = 0;

    sample->kdf = record_value(record, "KDF");
    sample->line = record->line;
    snprintf(sample->name, sizeof(sample->name), "%s, line %zu", sample->kdf, record->line);
    for (i = 0; i < record->count; i++) {
        if (strcmp(record->names[i], "Ctrl") != 0)
            continue;
        /* The text of the file is the samples' own and not const. */
        if (used == SAMPLE_PARAMS_MAX ||
            !take_option(sample, used++, (char *)(uintptr_t)record->values[i]))
            return 0;
    }
    sample->params[used] = OSSL_PARAM_construct_end();
    sample->refused = output == NULL;
    if (sample->refused)
        return record_value(record, "Result") != NULL;
    sample->length = octets_from_hex(sample->output, sizeof(sample->output), output);
    return sample->length > 0;
}

int samples_read(SAMPLES *samples)
{
    size_t i;

    if (!vector_file_read(&samples->file, "kdf.txt"))
        return 0;
    samples->count = samples->file.count;
    samples->all = calloc(samples->count, sizeof(*samples->all));
    for (i = 0; samples->all != NULL && i < samples->count; i++) {
        if (!take_record(&samples->all[i], &samples->file.records[i])) {
            fprintf(stderr, "kdf.txt:%zu: not understood\n", samples->file.records[i].line);
            samples_free(samples);
            return 0;
        }
    }
    return samples->all != NULL;
}

void samples_free(SAMPLES *samples)
{
    free(samples->all);
    samples->all = NULL;
    vector_file_free(&samples->file);
}

const SAMPLE *sample_of(const SAMPLES *samples, const char *kdf)
{
    size_t i;

    for (i = 0; i < samples->count; i++) {
        if (!samples->all[i].refused && strcmp(samples->all[i].kdf, kdf) == 0)
            return &samples->all[i];
    }
    return NULL;
}

EVP_KDF_CTX *kdf_context_new(OSSL_LIB_CTX *libctx, const char *kdf, const char *properties)
{
    EVP_KDF *method = EVP_KDF_fetch(libctx, kdf, properties);
    EVP_KDF_CTX *ctx = method != NULL ? EVP_KDF_CTX_new(method) : NULL;

    EVP_KDF_free(method);
    return ctx;
}

static int is_untouched(const unsigned char *octets, size_t length)
{
    size_t i;

    for (i = 0; i < length; i++) {
        if (octets[i] != UNTOUCHED)
            return 0;
    }
    return 1;
}

int sample_derives(const SAMPLE *sample, EVP_KDF_CTX *ctx, const OSSL_PARAM params[])
{
    unsigned char output[SAMPLE_OUTPUT_MAX + 1];

    memset(output, UNTOUCHED, sizeof(output));
    if (EVP_KDF_derive(ctx, output, sample->length, params) <= 0)
        return is_untouched(output, sizeof(output)) ? 0 : -1;
    if (memcmp(output, sample->output, sample->length) != 0 ||
        !is_untouched(output + sample->length, sizeof(output) - sample->length))
        return -1;
    return 1;
}

int sample_works(const SAMPLE *sample, OSSL_LIB_CTX *libctx, const char *properties)
{
    EVP_KDF_CTX *ctx = kdf_context_new(libctx, sample->kdf, properties);
    int result = ctx != NULL ? sample_derives(sample, ctx, sample->params) : 0;

    EVP_KDF_CTX_free(ctx);
    return result;
}

int all_samples_work(const SAMPLES *samples, OSSL_LIB_CTX *libctx, const char *properties)
{
    size_t i;

    for (i = 0; derivations[i] != NULL; i++) {
        if (sample_works(sample_of(samples, derivations[i]), libctx, properties) != 1)
            return 0;
    }
    return 1;
}
