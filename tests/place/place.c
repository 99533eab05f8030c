/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <openssl/err.h>
#include <openssl/provider.h>
#include <onem2m/params.h>
#include "place.h"

static FILE *create(const PLACE *place, const char *name)
{
    char path[128];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", place->directory, name);
    file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fchmod(fileno(file), 0600), 0);
    return file;
}

static void write_seal(const PLACE *place)
{
    FILE *file = create(place, "seal");

    for (int i = 0; i < 32; i++)
        fputc(i, file);
    assert_int_equal(fclose(file), 0);
}

static int has_records_in_token(void)
{
    return getenv("ONEM2M_TEST_RECORDS") != NULL;
}

/* Of a token the store of each place has another object. */
static void write_lmdb(const PLACE *place, FILE *configuration)
{
    const char *token = getenv("ONEM2M_TEST_TOKEN");
    char store[128];

    write_seal(place);
    fprintf(configuration, "seal = file:%s/seal\n", place->directory);
    if (has_records_in_token() && token != NULL) {
        const size_t path = strcspn(token, "?");

        fprintf(configuration, "keystore = %.*s;object=%s%s\n", (int)path, token,
                strrchr(place->directory, '-') + 1, token + path);
        return;
    }
    snprintf(store, sizeof(store), "%s/store", place->directory);
    assert_int_equal(mkdir(store, 0700), 0);
    fprintf(configuration, "keystore = %s%slmdb:%s\n", token != NULL ? token : "",
            token != NULL ? "&x-records=" : "", store);
}

/* The token's key that wraps, which is of the same object. */
static void make_token_keys(const PLACE *place)
{
    char command[512];

    snprintf(command, sizeof(command), "%s init --config %s/openssl.cnf >/dev/null", getenv("KEY"),
             place->directory);
    /* NOLINTNEXTLINE(cert-env33-c): of the test's environment */
    assert_int_equal(system(command), 0);
}

#define USUAL_ORDER "default = base\nonem2m = keys\n"
#define FIRST_OF_ALL "onem2m = keys\ndefault = base\n"

static void write_configuration(const PLACE *place, const char *keystore, const char *fqdn,
                                const char *providers)
{
    FILE *file = create(place, "openssl.cnf");

    fprintf(file,
            "openssl_conf = init\n[init]\nproviders = providers\n[providers]\n%s"
            "[base]\nactivate = 1\n[keys]\nactivate = 1\n",
            providers);
    if (fqdn != NULL)
        fprintf(file, "fqdn = %s\n", fqdn);
    if (strcmp(keystore, "lmdb") == 0)
        write_lmdb(place, file);
    else
        fprintf(file, "keystore = memory:\n");
    assert_int_equal(fclose(file), 0);
}

OSSL_LIB_CTX *place_context(const PLACE *place)
{
    OSSL_LIB_CTX *libctx = OSSL_LIB_CTX_new();
    char path[128];

    assert_non_null(libctx);
    snprintf(path, sizeof(path), "%s/openssl.cnf", place->directory);
    if (!OSSL_LIB_CTX_load_config(libctx, path))
        ERR_print_errors_fp(stderr);
    assert_true(OSSL_PROVIDER_available(libctx, ONEM2M_PROVIDER_NAME));
    return libctx;
}

static void make(PLACE *place, const char *keystore, const char *fqdn, const char *providers)
{
    strcpy(place->directory, "/tmp/onem2m-place-XXXXXX");
    assert_non_null(mkdtemp(place->directory));
    write_configuration(place, keystore, fqdn, providers);
    if (strcmp(keystore, "lmdb") == 0 && has_records_in_token())
        make_token_keys(place);
    place->libctx = place_context(place);
    ERR_clear_error();
}

void place_make_at(PLACE *place, const char *keystore, const char *fqdn)
{
    make(place, keystore, fqdn, USUAL_ORDER);
}

void place_make_first(PLACE *place, const char *keystore)
{
    make(place, keystore, PLACE_FQDN, FIRST_OF_ALL);
}

void place_make(PLACE *place, const char *keystore)
{
    place_make_at(place, keystore, PLACE_FQDN);
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

void place_remove(PLACE *place)
{
    OSSL_LIB_CTX_free(place->libctx);
    assert_int_equal(nftw(place->directory, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

int place_setup_lmdb(void **state)
{
    static PLACE place;

    place_make(&place, "lmdb");
    *state = &place;
    return 0;
}

int place_setup_memory(void **state)
{
    static PLACE place;

    place_make(&place, "memory");
    *state = &place;
    return 0;
}

int place_teardown(void **state)
{
    place_remove(*state);
    return 0;
}
