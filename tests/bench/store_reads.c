/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <onem2m/params.h>
#include "store_internal.h"

static char mef[] = ONEM2M_USAGE_NAME_MEF, maf[] = ONEM2M_USAGE_NAME_MAF,
            saef[] = ONEM2M_USAGE_NAME_SAEF;
static char target[] = "maf.example.com";
static unsigned int suid = 21;

static const struct {
    const char *algorithm;
    int kind;
    OSSL_PARAM params[3];
} algorithms[BENCH_BY_NAMES] = {
    [BENCH_PSK_MEF] = { ONEM2M_KDF_PSK,
                        BENCH_KPM,
                        { OSSL_PARAM_utf8_string(ONEM2M_PARAM_USAGE, mef, sizeof(mef) - 1),
                          OSSL_PARAM_END } },
    [BENCH_PSK_MAF] = { ONEM2M_KDF_PSK,
                        BENCH_KM,
                        { OSSL_PARAM_utf8_string(ONEM2M_PARAM_USAGE, maf, sizeof(maf) - 1),
                          OSSL_PARAM_END } },
    [BENCH_PSK_SAEF] = { ONEM2M_KDF_PSK,
                         BENCH_KPSA,
                         { OSSL_PARAM_utf8_string(ONEM2M_PARAM_USAGE, saef, sizeof(saef) - 1),
                           OSSL_PARAM_END } },
    [BENCH_USAGE_KEY] = { ONEM2M_KDF_USAGE_KEY,
                          BENCH_KE,
                          { OSSL_PARAM_uint(ONEM2M_PARAM_SUID, &suid),
                            OSSL_PARAM_utf8_string(ONEM2M_PARAM_TARGET_ID, target,
                                                   sizeof(target) - 1),
                            OSSL_PARAM_END } },
};

static BENCH_NAME *next_name(const BENCH_NAMES *names, size_t *next)
{
    if (++*next >= names->count)
        *next = 0;
    return &names->names[*next];
}

int bench_by_name_init(BENCH_BY_NAME *by_name, const BENCH_STORE *store, int which)
{
    by_name->names = &store->names[algorithms[which].kind];
    by_name->params[0] = OSSL_PARAM_construct_utf8_string(
        ONEM2M_PARAM_KEY_ID, by_name->names->names[0].text, by_name->names->length);
    memcpy(by_name->params + 1, algorithms[which].params, sizeof(algorithms[which].params));
    by_name->kdf = EVP_KDF_fetch(store->libctx, algorithms[which].algorithm, ONEM2M_PROPERTY_QUERY);
    by_name->context = EVP_KDF_CTX_new(by_name->kdf);
    return by_name->context != NULL && bench_by_name_reused(by_name);
}

void bench_by_name_clear(BENCH_BY_NAME *by_name)
{
    EVP_KDF_CTX_free(by_name->context);
    EVP_KDF_free(by_name->kdf);
}

static int derive(BENCH_BY_NAME *by_name, EVP_KDF_CTX *context)
{
    by_name->params[0].data = next_name(by_name->names, &by_name->next)->text;
    return EVP_KDF_derive(context, by_name->out, sizeof(by_name->out), by_name->params) > 0;
}

int bench_by_name_reused(void *state)
{
    BENCH_BY_NAME *by_name = state;

    return derive(by_name, by_name->context);
}

int bench_by_name_new_context(void *state)
{
    BENCH_BY_NAME *by_name = state;
    EVP_KDF_CTX *context = EVP_KDF_CTX_new(by_name->kdf);
    const int ok = context != NULL && derive(by_name, context);

    EVP_KDF_CTX_free(context);
    return ok;
}

int bench_bare_init(BENCH_BARE *bare, const BENCH_STORE *store)
{
    bare->lmdb = &store->lmdb;
    bare->keys = &store->keys;
    bare->next = 0;
    bare->txn = bench_lmdb_reader(bare->lmdb);
    return bare->txn != NULL;
}

void bench_bare_clear(BENCH_BARE *bare)
{
    if (bare->txn != NULL)
        mdb_txn_abort(bare->txn);
}

int bench_bare_run(void *state)
{
    BENCH_BARE *bare = state;
    MDB_val value;

    return bench_lmdb_look_up(bare->lmdb, bare->txn, next_name(bare->keys, &bare->next),
                              bare->keys->length, &value);
}
