/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <onem2m/params.h>
#include "derivations.h"

#define SECTION                                                                                    \
    "derivations, the method fetched once; ratio: to HKDF EXPAND_ONLY of the same condition"
#define KM_LABEL "oneM2M Enrolment Key to Master Credential derivation"
#define MAF_ID "maf.example.com"
#define KM_NEW_MOST 0.50
#define KM_REUSED_MOST 0.35

/* Not const only because OSSL_PARAM has no pointers to const. */
static unsigned char keys[BENCH_KEYS][32] = { "32 octets with a NUL: the key.",
                                              "32 octets with a NUL: the next." };
static unsigned char salt[32] = "32 octets with a NUL: a salt.";
static char maf_id[] = MAF_ID;
static char target_id[] = "//sp.example.com/cse-1";
static char target_fqdn[] = "cse-1.example.com";
static unsigned int suid = 21;
static char purpose[] = ONEM2M_PURPOSE_MESSAGE_AUTHENTICATION;
static char half[] = ONEM2M_HALF_FIRST;
static char gba_mode[] = ONEM2M_MODE_GBA_ME;
static char impi[] = "user@ims.example.com";
static unsigned char ua_protocol[5] = { 0x01, 0x00, 0x01, 0x00, 0x2F };
static unsigned char km_message[] = KM_LABEL MAF_ID;
static char digest[] = "SHA2-256";
static char mac[] = "HMAC";
static int expand_only = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
static int extract_and_expand = EVP_KDF_HKDF_MODE_EXTRACT_AND_EXPAND;

#define TEXT(name, text) OSSL_PARAM_utf8_string(name, text, sizeof(text) - 1)
#define OCTETS(name, octets) OSSL_PARAM_octet_string(name, octets, sizeof(octets))
#define KEY OCTETS(ONEM2M_PARAM_KEY, keys[0])
#define DIGEST TEXT(OSSL_KDF_PARAM_DIGEST, digest)
#define INFO OSSL_PARAM_octet_string(OSSL_KDF_PARAM_INFO, km_message, sizeof(km_message) - 1)

static const OSSL_PARAM km[] = { KEY, TEXT(ONEM2M_PARAM_MAF_ID, maf_id), OSSL_PARAM_END };
static const OSSL_PARAM kpsa[] = { KEY, TEXT(ONEM2M_PARAM_TARGET_ID, target_id), OSSL_PARAM_END };
static const OSSL_PARAM usage_key[] = { KEY, OSSL_PARAM_uint(ONEM2M_PARAM_SUID, &suid),
                                        TEXT(ONEM2M_PARAM_TARGET_ID, target_fqdn), OSSL_PARAM_END };
static const OSSL_PARAM e2e_key[] = { KEY, TEXT(ONEM2M_PARAM_PURPOSE, purpose),
                                      OCTETS(ONEM2M_PARAM_SALT, salt), OSSL_PARAM_END };
static const OSSL_PARAM session_esprim_key[] = { KEY, OCTETS(ONEM2M_PARAM_RECEIVER_RAND, salt),
                                                 OCTETS(ONEM2M_PARAM_ORIGINATOR_RAND, keys[1]),
                                                 OSSL_PARAM_END };
static const OSSL_PARAM split_key[] = { KEY, TEXT(ONEM2M_PARAM_HALF, half), OSSL_PARAM_END };
static const OSSL_PARAM gba_naf_key[] = { KEY,
                                          TEXT(ONEM2M_PARAM_MODE, gba_mode),
                                          OSSL_PARAM_octet_string(ONEM2M_PARAM_RAND, salt, 16),
                                          TEXT(ONEM2M_PARAM_IMPI, impi),
                                          TEXT(ONEM2M_PARAM_NAF_FQDN, target_fqdn),
                                          OCTETS(ONEM2M_PARAM_UA_PROTOCOL, ua_protocol),
                                          OSSL_PARAM_END };
static const OSSL_PARAM hkdf_expand[] = { DIGEST, OSSL_PARAM_int(OSSL_KDF_PARAM_MODE, &expand_only),
                                          KEY, INFO, OSSL_PARAM_END };
static const OSSL_PARAM hkdf_full[] = {
    DIGEST, OSSL_PARAM_int(OSSL_KDF_PARAM_MODE, &extract_and_expand),
    KEY,    OCTETS(OSSL_KDF_PARAM_SALT, salt),
    INFO,   OSSL_PARAM_END
};
static const OSSL_PARAM kbkdf[] = { DIGEST, TEXT(OSSL_KDF_PARAM_MAC, mac), KEY, INFO,
                                    OSSL_PARAM_END };

/* The first is what the others are compared with. */
static const struct {
    const char *algorithm;
    const char *title;
    size_t size;
    const OSSL_PARAM *params;
    double at_most[BENCH_CONDITIONS];
} specimens[] = {
    { OSSL_KDF_NAME_HKDF, "HKDF EXPAND_ONLY", 32, hkdf_expand, { 0 } },
    { ONEM2M_KDF_KM, ONEM2M_KDF_KM, 32, km, { KM_NEW_MOST, KM_REUSED_MOST, 0, 0 } },
    { ONEM2M_KDF_KPSA, ONEM2M_KDF_KPSA, 32, kpsa, { 0 } },
    { ONEM2M_KDF_USAGE_KEY, ONEM2M_KDF_USAGE_KEY, 32, usage_key, { 0 } },
    { ONEM2M_KDF_E2E_KEY, ONEM2M_KDF_E2E_KEY, 32, e2e_key, { 0 } },
    { ONEM2M_KDF_SESSION_ESPRIM_KEY, ONEM2M_KDF_SESSION_ESPRIM_KEY, 32, session_esprim_key, { 0 } },
    { ONEM2M_KDF_SPLIT_KEY, ONEM2M_KDF_SPLIT_KEY, 16, split_key, { 0 } },
    { ONEM2M_KDF_GBA_NAF_KEY, ONEM2M_KDF_GBA_NAF_KEY, 32, gba_naf_key, { 0 } },
    { OSSL_KDF_NAME_HKDF, "HKDF full", 32, hkdf_full, { 0 } },
    { OSSL_KDF_NAME_KBKDF, "KBKDF counter HMAC", 32, kbkdf, { 0 } },
};
#define SPECIMENS (sizeof(specimens) / sizeof(specimens[0]))
enum { HKDF_EXPAND, KM };

static const char *const condition_names[BENCH_CONDITIONS] = { "new context", "reused", "re-keyed",
                                                               "keyed once" };

typedef struct {
    EVP_MAC *mac;
    EVP_MAC_CTX *context;
    unsigned int turn;
    unsigned char out[32];
} MAC_STATE;

static BENCH_KDF kdf_states[SPECIMENS];
static MAC_STATE mac_state;

static int derive(BENCH_KDF *kdf, EVP_KDF_CTX *context, const OSSL_PARAM *params)
{
    return EVP_KDF_derive(context, kdf->out, kdf->size, params) > 0;
}

static const OSSL_PARAM *next_params(BENCH_KDF *kdf)
{
    return kdf->params[kdf->turn++ % BENCH_KEYS];
}

static int kdf_new_context(void *state)
{
    BENCH_KDF *kdf = state;
    EVP_KDF_CTX *context = EVP_KDF_CTX_new(kdf->kdf);
    int ok = context != NULL && derive(kdf, context, next_params(kdf));

    EVP_KDF_CTX_free(context);
    return ok;
}

static int kdf_reused(void *state)
{
    BENCH_KDF *kdf = state;

    return derive(kdf, kdf->context, kdf->params[0]);
}

static int kdf_rekeyed(void *state)
{
    BENCH_KDF *kdf = state;

    return derive(kdf, kdf->context, next_params(kdf));
}

static int kdf_keyed_once(void *state)
{
    BENCH_KDF *kdf = state;

    return derive(kdf, kdf->context, NULL);
}

bench_fn *bench_kdf_run(BENCH_CONDITION condition)
{
    static bench_fn *const functions[BENCH_CONDITIONS] = { kdf_new_context, kdf_reused, kdf_rekeyed,
                                                           kdf_keyed_once };

    return functions[condition];
}

static int kdf_init(BENCH_KDF *kdf, size_t specimen, OSSL_LIB_CTX *libctx)
{
    const OSSL_PARAM *params = specimens[specimen].params;

    for (size_t i = 0; i < BENCH_KEYS; i++) {
        for (size_t k = 0; k == 0 || params[k - 1].key != NULL; k++)
            kdf->params[i][k] = params[k];
        OSSL_PARAM_locate(kdf->params[i], ONEM2M_PARAM_KEY)->data = keys[i];
    }
    kdf->size = specimens[specimen].size;
    kdf->kdf = EVP_KDF_fetch(libctx, specimens[specimen].algorithm, NULL);
    kdf->context = EVP_KDF_CTX_new(kdf->kdf);
    /* The first derivation opens the provider's private context. */
    return (kdf->context != NULL && kdf_reused(kdf)) || bench_failed(specimens[specimen].title);
}

int bench_km_init(BENCH_KDF *kdf, OSSL_LIB_CTX *libctx)
{
    return kdf_init(kdf, KM, libctx);
}

int bench_hkdf_expand_init(BENCH_KDF *kdf, OSSL_LIB_CTX *libctx)
{
    return kdf_init(kdf, HKDF_EXPAND, libctx);
}

void bench_kdf_clear(BENCH_KDF *kdf)
{
    EVP_KDF_CTX_free(kdf->context);
    EVP_KDF_free(kdf->kdf);
    kdf->context = NULL;
    kdf->kdf = NULL;
}

static int mac_with(MAC_STATE *state, EVP_MAC_CTX *context, const unsigned char *mac_key,
                    const OSSL_PARAM *params)
{
    size_t length;

    return EVP_MAC_init(context, mac_key, sizeof(keys[0]), params) &&
           EVP_MAC_update(context, km_message, sizeof(km_message) - 1) &&
           EVP_MAC_final(context, state->out, &length, sizeof(state->out));
}

static const unsigned char *next_key(MAC_STATE *state)
{
    return keys[state->turn++ % BENCH_KEYS];
}

static int mac_new_context(void *state)
{
    static const OSSL_PARAM params[] = { DIGEST, OSSL_PARAM_END };
    MAC_STATE *self = state;
    EVP_MAC_CTX *context = EVP_MAC_CTX_new(self->mac);
    int ok = context != NULL && mac_with(self, context, next_key(self), params);

    EVP_MAC_CTX_free(context);
    return ok;
}

static int mac_reused(void *state)
{
    MAC_STATE *self = state;

    return mac_with(self, self->context, keys[0], NULL);
}

static int mac_rekeyed(void *state)
{
    MAC_STATE *self = state;

    return mac_with(self, self->context, next_key(self), NULL);
}

static int mac_keyed_once(void *state)
{
    MAC_STATE *self = state;

    return mac_with(self, self->context, NULL, NULL);
}

static int mac_init(MAC_STATE *state, OSSL_LIB_CTX *libctx)
{
    static const OSSL_PARAM params[] = { DIGEST, OSSL_PARAM_END };

    state->mac = EVP_MAC_fetch(libctx, OSSL_MAC_NAME_HMAC, NULL);
    state->context = EVP_MAC_CTX_new(state->mac);
    return (state->context != NULL && mac_with(state, state->context, next_key(state), params)) ||
           bench_failed("HMAC");
}

static BENCH_ROW *add(BENCH *bench, const char *title, BENCH_CONDITION condition,
                      OSSL_LIB_CTX *libctx, bench_fn *run, void *state)
{
    BENCH_ROW *row = bench_add(bench, SECTION, "ns", "%s, %s", title, condition_names[condition]);

    row->libctx = libctx;
    row->run = run;
    row->state = state;
    return row;
}

static void add_condition(BENCH *bench, BENCH_CONDITION condition, OSSL_LIB_CTX *libctx)
{
    static bench_fn *const mac_runs[BENCH_CONDITIONS] = { mac_new_context, mac_reused, mac_rekeyed,
                                                          mac_keyed_once };
    const BENCH_ROW *reference = NULL;
    BENCH_ROW *row;

    bench->last_block++;
    for (size_t i = 0; i < SPECIMENS; i++) {
        row = add(bench, specimens[i].title, condition, libctx, bench_kdf_run(condition),
                  &kdf_states[i]);
        row->reference = reference;
        row->at_most = specimens[i].at_most[condition];
        if (i == HKDF_EXPAND)
            reference = row;
    }
    row = add(bench, "EVP_MAC HMAC", condition, libctx, mac_runs[condition], &mac_state);
    row->reference = reference;
}

int bench_derivations_add(BENCH *bench, OSSL_LIB_CTX *libctx)
{
    int condition;

    for (size_t i = 0; i < SPECIMENS; i++) {
        if (!kdf_init(&kdf_states[i], i, libctx))
            return 0;
    }
    if (!mac_init(&mac_state, libctx))
        return 0;
    for (condition = 0; condition < BENCH_CONDITIONS; condition++)
        add_condition(bench, (BENCH_CONDITION)condition, libctx);
    return 1;
}

void bench_derivations_clear(void)
{
    for (size_t i = 0; i < SPECIMENS; i++)
        bench_kdf_clear(&kdf_states[i]);
    EVP_MAC_CTX_free(mac_state.context);
    EVP_MAC_free(mac_state.mac);
}
