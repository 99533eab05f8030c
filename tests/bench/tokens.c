/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * onem2m-bench-tokens URI [MILLISECONDS]: what keys of a PKCS#11 token cost beside the token's own
 * raw calls, in one process and one run. The token is one for trying: keys are made and left there.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/evp.h>
#include "bench.h"
#include "keystore/pkcs11_object.h"
#include "keystore/token.h"
#include "report.h"

#define OBJECT "bench"
#define OCTETS 32
#define MANY 4096 /* more than handles are kept */
#define THREADS 4
#define SLICE_NS 4e6
#define THREADS_NS 20e6
#define MILLISECONDS_DEFAULT 400

static const unsigned char text[] = "oneM2M TS-0003 Km, //maf.example.com/in-cse";
static const ONEM2M_SLICE message = { text, sizeof(text) };

static ONEM2M_TOKEN *token;
static EVP_MD *digest;
static ONEM2M_TOKEN_KEY object, wrapped, many[MANY];
static ONEM2M_ERROR error;

/* Of the raw calls. */
static ONEM2M_PKCS11_SESSION session;
static CK_OBJECT_HANDLE raw_object, raw_wrap_key, raw_unwrapped;

static int failed(const char *what)
{
    fprintf(stderr, "onem2m-bench-tokens: %s: %s\n", what, error.detail);
    return 0;
}

/* ---- The token's own calls ---- */

static int sign(const ONEM2M_PKCS11_SESSION *with, CK_OBJECT_HANDLE key)
{
    CK_MECHANISM mechanism = { CKM_SHA256_HMAC, NULL, 0 };
    unsigned char in[sizeof(text)], out[32];
    CK_ULONG length = sizeof(out);

    memcpy(in, text, sizeof(text));
    return with->module->C_SignInit(with->handle, &mechanism, key) == CKR_OK &&
           with->module->C_Sign(with->handle, in, sizeof(in), out, &length) == CKR_OK;
}

static int unwrap(const ONEM2M_TOKEN_KEY *key, CK_OBJECT_HANDLE *out)
{
    static const CK_KEY_TYPE generic = CKK_GENERIC_SECRET;
    CK_MECHANISM mechanism = { CKM_AES_KEY_WRAP, NULL, 0 };
    ONEM2M_PKCS11_TEMPLATE template = { .count = 0 };
    unsigned char in[ONEM2M_TOKEN_REFERENCE_MAX];

    memcpy(in, key->reference, key->length);
    onem2m_pkcs11_add_secret_key(&template, &generic);
    onem2m_pkcs11_add_flag(&template, CKA_TOKEN, 0);
    onem2m_pkcs11_add_flag(&template, CKA_PRIVATE, 1);
    onem2m_pkcs11_add_flag(&template, CKA_SENSITIVE, 1);
    onem2m_pkcs11_add_flag(&template, CKA_EXTRACTABLE, 0);
    onem2m_pkcs11_add_flag(&template, CKA_SIGN, 1);
    onem2m_pkcs11_add_flag(&template, CKA_DERIVE, 1);
    return session.module->C_UnwrapKey(session.handle, &mechanism, raw_wrap_key, in, key->length,
                                       template.attributes, template.count, out) == CKR_OK;
}

static int raw_sign_session(void *state)
{
    (void)state;
    return sign(&session, raw_unwrapped);
}

static int raw_sign_object(void *state)
{
    (void)state;
    return sign(&session, raw_object);
}

static int raw_unwrap_and_sign(void *state)
{
    static size_t next;
    CK_OBJECT_HANDLE key;

    (void)state;
    return unwrap(&many[next++ % MANY], &key) && sign(&session, key) &&
           session.module->C_DestroyObject(session.handle, key) == CKR_OK;
}

static CK_OBJECT_HANDLE find(CK_ATTRIBUTE_TYPE type, const void *value, size_t length)
{
    ONEM2M_PKCS11_TEMPLATE template = { .count = 0 };
    CK_OBJECT_HANDLE found = CK_INVALID_HANDLE;
    CK_ULONG count = 1;
    const char *function;

    onem2m_pkcs11_add_flag(&template, CKA_TOKEN, 1);
    onem2m_pkcs11_add(&template, type, value, length);
    (void)onem2m_pkcs11_find(session.module, session.handle, &template, &found, &count, &function);
    return found;
}

/* As a program that uses PKCS#11 itself would: the key that wraps is copied for the session, too.
 */
static CK_OBJECT_HANDLE copy(CK_OBJECT_HANDLE key)
{
    ONEM2M_PKCS11_TEMPLATE template = { .count = 0 };
    CK_OBJECT_HANDLE made;

    onem2m_pkcs11_add_flag(&template, CKA_TOKEN, 0);
    return session.module->C_CopyObject(session.handle, key, template.attributes, template.count,
                                        &made) == CKR_OK
               ? made
               : key;
}

/* ---- Ours ---- */

static int mac(const ONEM2M_TOKEN_KEY *key)
{
    unsigned char out[32];

    return onem2m_token_mac(token, key, digest, &message, 1, out, &error);
}

static int mac_wrapped(void *state)
{
    (void)state;
    return mac(&wrapped) || failed("onem2m_token_mac");
}

static int mac_object(void *state)
{
    (void)state;
    return mac(&object) || failed("onem2m_token_mac");
}

static int mac_many(void *state)
{
    static size_t next;

    (void)state;
    return mac(&many[next++ % MANY]) || failed("onem2m_token_mac");
}

static int derive(const ONEM2M_TOKEN_KEY *parent)
{
    ONEM2M_TOKEN_KEY child;

    return onem2m_token_derive(token, parent, digest, &message, 1, 0, &child, &error) ||
           failed("onem2m_token_derive");
}

static int derive_wrapped(void *state)
{
    (void)state;
    return derive(&wrapped);
}

static int derive_object(void *state)
{
    (void)state;
    return derive(&object);
}

/* ---- Threads ---- */

typedef struct {
    const double *end;
    ONEM2M_PKCS11_SESSION session;
    size_t operations;
    int is_raw, ok;
} WORK;

static void *work(void *argument)
{
    WORK *own = argument;

    own->ok = 1;
    for (own->operations = 0; own->ok && bench_now() < *own->end; own->operations++)
        own->ok = own->is_raw ? sign(&own->session, raw_unwrapped) : mac(&wrapped);
    return NULL;
}

static int sample_threads(BENCH_ROW *row, WORK *works, size_t count, int is_raw)
{
    const double start = bench_now(), end = start + THREADS_NS;
    pthread_t thread[THREADS];
    size_t all = 0;

    for (size_t i = 0; i < count; i++) {
        works[i].end = &end;
        works[i].is_raw = is_raw;
        if (pthread_create(&thread[i], NULL, work, &works[i]) != 0)
            return 0;
    }
    for (size_t i = 0; i < count; i++) {
        pthread_join(thread[i], NULL);
        if (!works[i].ok)
            return failed("a thread");
        all += works[i].operations;
    }
    bench_sample(row, (double)all * 1e9 / (bench_now() - start));
    return 1;
}

static int measure_threads(BENCH *bench)
{
    static const char section[] = "threads, each with a session";
    BENCH_ROW *raw[2], *own[2], *compare;
    WORK works[THREADS];
    int ok = 1;

    for (size_t i = 0; i < THREADS; i++) {
        works[i].session = session;
        if (i > 0 && session.module->C_OpenSession(session.slot, CKF_SERIAL_SESSION, NULL, NULL,
                                                   &works[i].session.handle) != CKR_OK)
            return failed("C_OpenSession");
    }
    raw[0] = bench_add(bench, section, "1/s", "raw C_SignInit and C_Sign, one thread");
    raw[1] = bench_add(bench, section, "1/s", "raw, %d threads", THREADS);
    own[0] = bench_add(bench, section, "1/s", "onem2m_token_mac, one thread");
    own[1] = bench_add(bench, section, "1/s", "onem2m_token_mac, %d threads", THREADS);
    compare = bench_add(bench, section, "1/s", "onem2m_token_mac, %d threads, to raw", THREADS);
    raw[1]->reference = raw[0];
    own[1]->reference = own[0];
    own[1]->at_least = 1.5;
    compare->reference = raw[1];
    for (size_t round = 0; ok && round < bench->rounds; round++)
        ok = sample_threads(raw[0], works, 1, 1) && sample_threads(own[0], works, 1, 0) &&
             sample_threads(raw[1], works, THREADS, 1) && sample_threads(own[1], works, THREADS, 0);
    for (size_t i = 0; ok && i < own[1]->count; i++)
        bench_sample(compare, own[1]->samples[i]);
    return ok;
}

/* ---- Rows ---- */

static BENCH_ROW *add(BENCH *bench, const char *section, const char *name, bench_fn *run,
                      const BENCH_ROW *reference, double at_most)
{
    BENCH_ROW *row = bench_add(bench, section, "ns", "%s", name);

    row->run = run;
    row->reference = reference;
    row->at_most = at_most;
    return row;
}

static void add_rows(BENCH *bench)
{
    static const char macs[] = "a derivation to octets (HMAC with SHA-256)";
    static const char looks[] = "a wrapped key that is not at hand";
    static const char derivations[] = "a derivation to a key, wrapped";
    const BENCH_ROW *raw;

    raw = add(bench, macs, "raw C_SignInit and C_Sign, session key", raw_sign_session, NULL, 0);
    add(bench, macs, "onem2m_token_mac, wrapped key", mac_wrapped, raw, 1.2);
    raw = add(bench, macs, "raw C_SignInit and C_Sign, token key", raw_sign_object, NULL, 0);
    add(bench, macs, "onem2m_token_mac, object", mac_object, raw, 1.2);
    bench->last_block++;
    raw = add(bench, looks, "raw unwrap, sign, destroy", raw_unwrap_and_sign, NULL, 0);
    add(bench, looks, "onem2m_token_mac", mac_many, raw, 1.5);
    bench->last_block++;
    add(bench, derivations, "onem2m_token_derive of a wrapped key", derive_wrapped, NULL, 0);
    add(bench, derivations, "onem2m_token_derive of an object", derive_object, NULL, 0);
}

static int make_keys(void)
{
    unsigned char octets[OCTETS] = { 1 };
    const ONEM2M_SLICE own = { octets, OCTETS };

    if (!onem2m_token_import(token, ONEM2M_CUSTODY_OBJECT, 0, own, &object, &error) ||
        !onem2m_token_import(token, ONEM2M_CUSTODY_WRAPPED, 0, own, &wrapped, &error))
        return failed("onem2m_token_import");
    for (size_t i = 0; i < MANY; i++) {
        memcpy(octets + 8, &i, sizeof(i));
        if (!onem2m_token_import(token, ONEM2M_CUSTODY_WRAPPED, 0, own, &many[i], &error))
            return failed("onem2m_token_import");
    }
    return 1;
}

static int open_raw(const char *uri)
{
    static const char label[] = OBJECT " wrap";
    P11KitUri *parsed;
    int ok;

    if (!onem2m_pkcs11_parse_token_uri(&parsed, uri, OBJECT, &error))
        return failed(uri);
    ok = onem2m_pkcs11_open(&session, parsed, CKF_RW_SESSION, &error);
    p11_kit_uri_free(parsed);
    if (!ok)
        return failed(uri);
    raw_wrap_key = copy(find(CKA_LABEL, label, sizeof(label) - 1));
    raw_object = find(CKA_ID, object.reference, object.length);
    return unwrap(&wrapped, &raw_unwrapped) || failed("C_UnwrapKey");
}

static int measure(BENCH *bench, const char *uri)
{
    if (!onem2m_token_new(&token, uri, &error))
        return failed(uri);
    if (onem2m_token_is_there(token, &error) == 0)
        (void)onem2m_token_create(token, &error);
    if (!make_keys() || !open_raw(uri))
        return 0;
    add_rows(bench);
    return bench_measure(bench) && measure_threads(bench);
}

int main(int argc, char *argv[])
{
    static BENCH bench;
    const long milliseconds = argc > 2 ? strtol(argv[2], NULL, 10) : MILLISECONDS_DEFAULT;
    int ok;

    if (argc < 2 || milliseconds < 1) {
        fputs("Usage: onem2m-bench-tokens URI [MILLISECONDS]\n", stderr);
        return 2;
    }
    bench.slice_ns = SLICE_NS;
    bench.rounds = (size_t)((double)milliseconds * 1e6 / SLICE_NS) + 3;
    digest = EVP_MD_fetch(NULL, "SHA2-256", NULL);
    ok = digest != NULL && measure(&bench, argv[1]);
    if (ok)
        bench_print_table(&bench);
    (void)onem2m_token_destroy(token, &object, NULL);
    onem2m_token_free(token);
    EVP_MD_free(digest);
    bench_free(&bench);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
