/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A program that ends while the provider is loaded: nothing is unloaded or
 * freed but by OpenSSL's own atexit. The argument says how it was loaded.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/provider.h>
#include <onem2m/params.h>
#include "sample.h"

static SAMPLES samples;

/* What a program still holds when it ends; volatile, so that it is held. */
static OSSL_LIB_CTX *volatile held_libctx;
static OSSL_PROVIDER *volatile held_provider;
static EVP_KDF_CTX *volatile held_ctx;
static EVP_KDF_CTX *volatile held_copy;

static int derive_all(void)
{
    const SAMPLE *sample = sample_of(&samples, ONEM2M_KDF_E2E_KEY);

    held_ctx = kdf_context_new(held_libctx, sample->kdf, ONEM2M_PROPERTY_QUERY);
    if (held_ctx == NULL || sample_derives(sample, held_ctx, sample->params) != 1)
        return 0;
    held_copy = EVP_KDF_CTX_dup(held_ctx);
    return held_copy != NULL && sample_derives(sample, held_copy, NULL) == 1 &&
           all_samples_work(&samples, held_libctx, ONEM2M_PROPERTY_QUERY);
}

static int load_only(void)
{
    held_provider = OSSL_PROVIDER_load(held_libctx, ONEM2M_PROVIDER_NAME);
    return held_provider != NULL;
}

static int load_and_derive(void)
{
    return load_only() && derive_all();
}

static int derive_in_own_context(void)
{
    held_libctx = OSSL_LIB_CTX_new();
    return held_libctx != NULL && load_and_derive();
}

static void *run(void *argument)
{
    int *ok = argument;

    *ok = derive_all();
    return NULL;
}

static int derive_in_thread(void)
{
    pthread_t thread;
    int ok = 0;

    return load_only() && pthread_create(&thread, NULL, run, &ok) == 0 &&
           pthread_join(thread, NULL) == 0 && ok;
}

/* By an openssl.cnf that OpenSSL reads by itself, as in a program that knows of nothing. */
static int derive_configured(void)
{
    static const char text[] = "openssl_conf = init\n[init]\nproviders = providers\n"
                               "[providers]\ndefault = default_sect\nonem2m = onem2m_sect\n"
                               "[default_sect]\nactivate = 1\n[onem2m_sect]\nactivate = 1\n";
    const char *parent = getenv("TMPDIR");
    char path[256];
    int file, ok;

    snprintf(path, sizeof(path), "%s/onem2m-kdf-XXXXXX", parent != NULL ? parent : "/tmp");
    file = mkstemp(path);
    if (file < 0)
        return 0;
    ok = write(file, text, sizeof(text) - 1) == (ssize_t)(sizeof(text) - 1) &&
         setenv("OPENSSL_CONF", path, 1) == 0 && derive_all();
    close(file);
    unlink(path);
    return ok;
}

static const struct {
    const char *name;
    int (*work)(void);
} ways[] = {
    { "unused", load_only },
    { "derived", load_and_derive },
    { "own-context", derive_in_own_context },
    { "thread", derive_in_thread },
    { "configured", derive_configured },
};

int main(int argc, char **argv)
{
    size_t i;

    if (argc != 2 || !samples_read(&samples))
        return 2;
    for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        if (strcmp(argv[1], ways[i].name) != 0)
            continue;
        if (ways[i].work() && ERR_peek_error() == 0)
            return 0;
        ERR_print_errors_fp(stderr);
        return 1;
    }
    fprintf(stderr, "no such way: %s\n", argv[1]);
    return 2;
}
