/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>
#include "store.h"

static void write_configuration(const STORE *store, const char *keystore, const char *seal)
{
    FILE *file = fopen(store->configuration, "w");

    assert_non_null(file);
    fprintf(
        file,
        "openssl_conf = init\n[init]\nproviders = providers\n[providers]\ndefault = "
        "default_section\n"
        "onem2m = onem2m_section\n[default_section]\nactivate = 1\n[onem2m_section]\nactivate = 1\n"
        "fqdn = mef.example.com\nkeystore = %s\n%s",
        keystore, seal);
    assert_int_equal(fclose(file), 0);
}

static void make_directory(STORE *store)
{
    strcpy(store->directory, "/tmp/onem2m-mac-XXXXXX");
    assert_non_null(mkdtemp(store->directory));
    snprintf(store->configuration, sizeof(store->configuration), "%s/openssl.cnf",
             store->directory);
}

OSSL_LIB_CTX *store_again(const STORE *store)
{
    OSSL_LIB_CTX *libctx = OSSL_LIB_CTX_new();

    assert_non_null(libctx);
    if (!OSSL_LIB_CTX_load_config(libctx, store->configuration))
        check_no_error();
    return libctx;
}

void store_in_memory(STORE *store)
{
    make_directory(store);
    write_configuration(store, "memory:", "");
    store->libctx = store_again(store);
}

static void write_seal(const char *path)
{
    static const char octets[33] = "a seal of thirty-two octets here";
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_int_equal(fchmod(fileno(file), 0600), 0);
    assert_int_equal(fwrite(octets, 1, 32, file), 32);
    assert_int_equal(fclose(file), 0);
}

void store_on_disk(STORE *store)
{
    char keystore[96], seal[96], line[128];

    make_directory(store);
    snprintf(keystore, sizeof(keystore), "%s/store", store->directory);
    snprintf(seal, sizeof(seal), "%s/seal", store->directory);
    assert_int_equal(mkdir(keystore, 0700), 0);
    write_seal(seal);
    snprintf(keystore, sizeof(keystore), "lmdb:%s/store", store->directory);
    snprintf(line, sizeof(line), "seal = file:%s\n", seal);
    write_configuration(store, keystore, line);
    store->libctx = store_again(store);
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

void store_remove(STORE *store)
{
    OSSL_LIB_CTX_free(store->libctx);
    assert_int_equal(nftw(store->directory, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

int set_text(EVP_PKEY *key, const char *name, const char *value)
{
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(name, (char *)(uintptr_t)value, 0),
        OSSL_PARAM_construct_end(),
    };

    return EVP_PKEY_set_params(key, (OSSL_PARAM *)(uintptr_t)params);
}
