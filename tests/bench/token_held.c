/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "token_rows.h"

/* Derivations with a key whose handle the process has. */

#define OCTETS_MOST 1.2

typedef struct {
    const BENCH_TOKEN_STORE *store;
    ONEM2M_TOKEN *token; /* of the library */
    CK_OBJECT_HANDLE raw;
    BENCH_TOKEN_KDF kept, given;
    BENCH_TOKEN_OBJECT object;
    BENCH_TOKEN_MAC mac;
    unsigned char out[BENCH_MAC_OCTETS];
} HELD;

/* ---- To octets ---- */

static int raw_sign(void *state)
{
    HELD *held = state;

    return bench_raw_sign(&held->store->raw, held->raw, held->out);
}

static int library_mac(void *state)
{
    HELD *held = state;
    ONEM2M_ERROR error;

    return onem2m_token_mac(held->token, &held->store->held, held->store->sha256,
                            &held->store->raw.message, 1, held->out, &error) ||
           bench_failed(error.detail);
}

static int provider_kept(void *state)
{
    HELD *held = state;

    return bench_token_kdf_derive(&held->kept, NULL, held->out);
}

static int provider_given(void *state)
{
    HELD *held = state;

    return bench_token_kdf_derive(&held->given, &held->store->names[BENCH_HELD], held->out);
}

static int provider_object(void *state)
{
    HELD *held = state;

    return bench_token_object_derive(&held->object, held->out);
}

static int provider_mac(void *state)
{
    HELD *held = state;

    return bench_token_mac_compute(&held->mac, held->out);
}

/* ---- To a key ---- */

static int raw_by_host(void *state)
{
    const HELD *held = state;

    return bench_raw_derive_by_host(&held->store->raw, held->raw);
}

static int raw_in_token(void *state)
{
    const HELD *held = state;

    return bench_raw_derive_in_token(&held->store->raw, &held->store->held);
}

static int library_derive(void *state)
{
    const HELD *held = state;
    ONEM2M_TOKEN_KEY child;
    ONEM2M_ERROR error;

    return onem2m_token_derive(held->token, &held->store->held, held->store->sha256,
                               &held->store->raw.message, 1, 0, &child, &error) ||
           bench_failed(error.detail);
}

static int provider_generate(void *state)
{
    const HELD *held = state;

    return bench_token_object_generate(&held->object);
}

/* ---- Rows ---- */

static BENCH_ROW *add(BENCH *bench, HELD *held, const char *section, const char *name,
                      bench_fn *run, const BENCH_ROW *reference)
{
    BENCH_ROW *row = bench_add(bench, section, "ns", "%s", name);

    row->run = run;
    row->state = held;
    row->reference = reference;
    row->libctx = OSSL_LIB_CTX_get0_global_default();
    return row;
}

static void add_octets(BENCH *bench, HELD *held)
{
    static const char section[] = "a derivation to octets (HMAC with SHA-256), the key at hand";
    static const struct {
        const char *name;
        bench_fn *run;
        double at_most;
    } rows[] = { { "library: onem2m_token_mac", library_mac, OCTETS_MOST },
                 { "ONEM2M-KM, context with its key-id", provider_kept, OCTETS_MOST },
                 { "EVP_PKEY_derive ONEM2M-KM, key object", provider_object, OCTETS_MOST },
                 { "ONEM2M-HMAC: init, update, final", provider_mac, OCTETS_MOST },
                 { "ONEM2M-KM, key-id looked up each time", provider_given, 0 } };
    const BENCH_ROW *raw = add(bench, held, section, "raw C_SignInit and C_Sign", raw_sign, NULL);

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        add(bench, held, section, rows[i].name, rows[i].run, raw)->at_most = rows[i].at_most;
}

/* What the token is made to do for it, as the ladder of derivations chooses. */
static int add_keys(BENCH *bench, HELD *held)
{
    static const char section[] = "a derivation to a key, wrapped by the token";
    ONEM2M_TOKEN_ABILITIES abilities;
    ONEM2M_ERROR error;
    const BENCH_ROW *raw;

    if (!onem2m_token_abilities(held->token, &abilities, &error))
        return bench_failed(error.detail);
    bench->last_block++;
    if (abilities.derives_sp800_108 && held->store->held.custody == ONEM2M_CUSTODY_WRAPPED)
        raw = add(bench, held, section, "raw unwrap, SP800-108, wrap, destroy twice", raw_in_token,
                  NULL);
    else
        raw = add(bench, held, section, "raw sign, create, wrap, destroy", raw_by_host, NULL);
    add(bench, held, section, "library: onem2m_token_derive", library_derive, raw);
    add(bench, held, section, "EVP_PKEY_generate, not stored", provider_generate, raw);
    return 1;
}

static int begin(HELD *held, const BENCH_TOKEN_STORE *store)
{
    held->store = store;
    held->token = onem2m_store_token(store->library.store);
    return bench_raw_get(&store->raw, &store->held, &held->raw) &&
           bench_token_kdf_new(&held->kept, store, BENCH_HELD) &&
           bench_token_kdf_new(&held->given, store, BENCH_HELD) &&
           bench_token_object_new(&held->object, store) && bench_token_mac_new(&held->mac, store);
}

static void end(HELD *held)
{
    bench_token_kdf_free(&held->kept);
    bench_token_kdf_free(&held->given);
    bench_token_object_free(&held->object);
    bench_token_mac_free(&held->mac);
}

int bench_token_held(BENCH *bench, BENCH_TOKEN_STORE *store)
{
    HELD held = { .store = NULL };
    int ok = begin(&held, store);

    if (ok) {
        add_octets(bench, &held);
        ok = add_keys(bench, &held) && bench_measure(bench) &&
             bench_raw_drop(&store->raw, &store->held, held.raw);
    }
    end(&held);
    return ok;
}
