/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The vectors of kdf.txt with their keys in the configured store, by EVP alone: octets by EVP_KDF
 * and the key's name, key objects by EVP_PKEY_generate. With ONEM2M_TEST_TOKEN the keys are in a
 * token; the argument says whether that token extracts ("extracts": HKDF) or not ("macs").
 */
#include <stdio.h>
#include <string.h>
#include <openssl/err.h>
#include "../kdf/sample.h"
#include "../pkey/objects.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static SAMPLES samples;
static int extracts; /* of keys that are not extractable too */

/* ---- Stored keys ---- */

/* Of what kind and usage a key is that serves a derivation. */
static const struct {
    const char *kdf, *kind;
    unsigned int suid; /* 0: none */
} sources[] = {
    { ONEM2M_KDF_KM, "ke", 0 },
    { ONEM2M_KDF_KPSA, "ke", 0 },
    { ONEM2M_KDF_USAGE_KEY, "ke", 0 },
    { ONEM2M_KDF_GBA_NAF_KEY, "ke", 0 },
    { ONEM2M_KDF_E2E_KEY, "kpsa", 12 },
    { ONEM2M_KDF_SESSION_ESPRIM_KEY, "esprim", 13 },
    { ONEM2M_KDF_SPLIT_KEY, "esdata", 14 },
};

static int is_named(const SAMPLE *sample, const char *kdf)
{
    return strcmp(sample->kdf, kdf) == 0;
}

static void name_key(char name[80], const SAMPLE *sample, int extractable)
{
    snprintf(name, 80, "%031zX%d@" FQDN, sample->line, extractable);
}

/* As a program does it that was not there when the key was stored. */
static void store_key(OSSL_LIB_CTX *libctx, const SAMPLE *sample, int extractable)
{
    const OSSL_PARAM *key = OSSL_PARAM_locate_const(sample->params, ONEM2M_PARAM_KEY);
    char name[80];
    OSSL_PARAM params[] = { END, END, END, END, END, END, END };
    EVP_PKEY *stored;

    name_key(name, sample, extractable);
    params[0] = TEXT(ONEM2M_PARAM_KEY_ID, name);
    params[1] = OSSL_PARAM_construct_octet_string(ONEM2M_PARAM_PRIV, key->data, key->data_size);
    params[2] = number(ONEM2M_PARAM_EXTRACTABLE, (unsigned int)extractable);
    params[3] = STORED;
    for (size_t i = 0; i < COUNT(sources); i++) {
        if (!is_named(sample, sources[i].kdf))
            continue;
        params[4] = TEXT(ONEM2M_PARAM_KIND, sources[i].kind);
        if (sources[i].suid != 0)
            params[5] = number(ONEM2M_PARAM_SUID, sources[i].suid);
    }
    stored = import(libctx, params);
    if (stored == NULL)
        ERR_print_errors_fp(stderr);
    assert_non_null(stored);
    EVP_PKEY_free(stored);
}

/* The sample's parameters with another one in place of the key's octets. */
static void replace_key(OSSL_PARAM params[SAMPLE_PARAMS_MAX + 2], const SAMPLE *sample,
                        OSSL_PARAM with)
{
    size_t n = 0;

    params[n++] = with;
    for (size_t i = 0; sample->params[i].key != NULL; i++) {
        if (strcmp(sample->params[i].key, ONEM2M_PARAM_KEY) != 0)
            params[n++] = sample->params[i];
    }
    params[n] = END;
}

/* ---- What is derived of them ---- */

/* What is the key itself, or a part of it, leaves with an extractable one alone; and a token may be
 * unable to extract of another. */
static int must_be_refused(const SAMPLE *sample, int extractable)
{
    return !extractable && (is_named(sample, ONEM2M_KDF_SPLIT_KEY) ||
                            (is_named(sample, ONEM2M_KDF_E2E_KEY) && !extracts));
}

static void check_why(const SAMPLE *sample)
{
    const ONEM2M_REASON reason =
        is_named(sample, ONEM2M_KDF_E2E_KEY) ? ONEM2M_R_TOKEN_CANNOT : ONEM2M_R_NOT_EXTRACTABLE;

    check_refused(reason, NULL);
}

static void derive_octets(OSSL_LIB_CTX *libctx, const SAMPLE *sample, int extractable)
{
    OSSL_PARAM params[SAMPLE_PARAMS_MAX + 2];
    EVP_KDF_CTX *ctx = kdf_context_new(libctx, sample->kdf, ONEM2M_PROPERTY_QUERY);
    char name[80];

    name_key(name, sample, extractable);
    replace_key(params, sample, TEXT(ONEM2M_PARAM_KEY_ID, name));
    for (int tries = 0; tries < 2; tries++) { /* with a key that the context has found */
        const int result = sample_derives(sample, ctx, tries == 0 ? params : NULL);

        if (must_be_refused(sample, extractable)) {
            assert_int_equal(result, 0);
            check_why(sample);
            break;
        }
        if (result != 1)
            ERR_print_errors_fp(stderr);
        assert_int_equal(result, 1);
    }
    check_quiet();
    EVP_KDF_CTX_free(ctx);
}

static EVP_PKEY *load_named(OSSL_LIB_CTX *libctx, const SAMPLE *sample, int extractable)
{
    char uri[96] = "onem2m:";
    EVP_PKEY *key;

    name_key(uri + strlen(uri), sample, extractable);
    key = load_key(libctx, uri);
    assert_non_null(key);
    return key;
}

/* The octets of a key object that is derived are those of the vector. */
static void derive_object(OSSL_LIB_CTX *libctx, const SAMPLE *sample)
{
    OSSL_PARAM params[SAMPLE_PARAMS_MAX + 4];
    EVP_PKEY *parent = load_named(libctx, sample, 1), *child;
    unsigned char octets[512];
    size_t n = 0;

    replace_key(params, sample, TEXT(ONEM2M_PARAM_DERIVATION, sample->kdf));
    while (params[n].key != NULL)
        n++;
    params[n++] = number(ONEM2M_PARAM_EXTRACTABLE, 1);
    if (is_named(sample, ONEM2M_KDF_GBA_NAF_KEY))
        params[n++] = TEXT(ONEM2M_PARAM_KIND, "km");
    params[n] = END;
    child = generate(libctx, parent, params);
    if (child == NULL)
        ERR_print_errors_fp(stderr);
    assert_non_null(child);
    assert_int_equal(octets_of(child, octets), sample->length);
    assert_memory_equal(octets, sample->output, sample->length);
    check_quiet();
    EVP_PKEY_free(child);
    EVP_PKEY_free(parent);
}

static void vectors_of_stored_keys(void **state)
{
    OSSL_LIB_CTX *libctx = libctx_of(state);

    for (size_t i = 0; i < samples.count; i++) {
        const SAMPLE *sample = &samples.all[i];

        if (sample->refused)
            continue;
        for (int extractable = 0; extractable < 2; extractable++) {
            store_key(libctx, sample, extractable);
            derive_octets(libctx, sample, extractable);
        }
        derive_object(libctx, sample);
    }
}

int main(int argc, char *argv[])
{
    const struct CMUnitTest tests[] = { PLACE_TEST(vectors_of_stored_keys, lmdb) };
    int result;

    if (argc != 2 || !samples_read(&samples))
        return 2;
    extracts = strcmp(argv[1], "extracts") == 0;
    result = cmocka_run_group_tests(tests, NULL, NULL);
    samples_free(&samples);
    return result;
}
