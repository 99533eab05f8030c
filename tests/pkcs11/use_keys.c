/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * use_keys HOW KE-ID ESDATA-ID: derives Km of one stored key and makes a MIC with another one, by
 * EVP alone, with objects and contexts that were made before threads, forks, the unloading of the
 * provider and the end of the program, in the orders in which programs do these. Prints both.
 * $OPENSSL_CONF configures each context.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <openssl/store.h>
#include <onem2m/params.h>

#define WORKERS 4
#define THREADS 8
#define WRITERS 2
#define ROUNDS 25
#define OCTETS 32
#define TEXT(name, value) OSSL_PARAM_construct_utf8_string(name, (char *)(uintptr_t)(value), 0)
#define END OSSL_PARAM_construct_end()

static const char *ke_id, *esdata_id;
static const unsigned char message[] = "a message of two parts";
#define FIRST_PART 9

/* What comes of it, the same each time. */
static unsigned char km[OCTETS], mic[OCTETS];

/* What a program keeps. */
typedef struct {
    OSSL_LIB_CTX *libctx; /* NULL: the default one */
    EVP_PKEY *ke, *esdata;
    EVP_KDF_CTX *kdf;
    EVP_PKEY_CTX *derive;
    EVP_MAC_CTX *mac; /* in the middle of the message */
} HELD;

/* ---- Making ---- */

static OSSL_LIB_CTX *new_context(void)
{
    OSSL_LIB_CTX *libctx = OSSL_LIB_CTX_new();

    if (libctx != NULL && OSSL_LIB_CTX_load_config(libctx, getenv("OPENSSL_CONF")))
        return libctx;
    OSSL_LIB_CTX_free(libctx);
    return NULL;
}

static EVP_PKEY *load(OSSL_LIB_CTX *libctx, const char *key_id)
{
    char uri[256];
    OSSL_STORE_CTX *store;
    OSSL_STORE_INFO *info;
    EVP_PKEY *key;

    snprintf(uri, sizeof(uri), "onem2m:%s", key_id);
    ERR_set_mark(); /* "unregistered scheme" is OpenSSL's own and stays there */
    store = OSSL_STORE_open_ex(uri, libctx, ONEM2M_PROPERTY_QUERY, NULL, NULL, NULL, NULL, NULL);
    ERR_pop_to_mark();
    info = store != NULL ? OSSL_STORE_load(store) : NULL;
    key = info != NULL ? OSSL_STORE_INFO_get1_PKEY(info) : NULL;
    OSSL_STORE_INFO_free(info);
    OSSL_STORE_close(store);
    return key;
}

static int make_kdf(HELD *held)
{
    const OSSL_PARAM params[] = { TEXT(ONEM2M_PARAM_KEY_ID, ke_id),
                                  TEXT(ONEM2M_PARAM_MAF_ID, "maf.example.com"), END };
    EVP_KDF *method = EVP_KDF_fetch(held->libctx, ONEM2M_KDF_KM, ONEM2M_PROPERTY_QUERY);

    held->kdf = EVP_KDF_CTX_new(method);
    EVP_KDF_free(method);
    return held->kdf != NULL && EVP_KDF_CTX_set_params(held->kdf, params) == 1;
}

static EVP_PKEY_CTX *new_derive(const HELD *held)
{
    const OSSL_PARAM params[] = { TEXT(ONEM2M_PARAM_DERIVATION, ONEM2M_KDF_KM),
                                  TEXT(ONEM2M_PARAM_MAF_ID, "maf.example.com"), END };
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(held->libctx, held->ke, ONEM2M_PROPERTY_QUERY);

    if (ctx != NULL && EVP_PKEY_derive_init_ex(ctx, params) == 1)
        return ctx;
    EVP_PKEY_CTX_free(ctx);
    return NULL;
}

static int make_mac(HELD *held)
{
    const OSSL_PARAM params[] = { TEXT(ONEM2M_PARAM_KEY_ID, esdata_id), END };
    EVP_MAC *method = EVP_MAC_fetch(held->libctx, ONEM2M_MAC_HMAC, ONEM2M_PROPERTY_QUERY);

    held->mac = EVP_MAC_CTX_new(method);
    EVP_MAC_free(method);
    return held->mac != NULL && EVP_MAC_init(held->mac, NULL, 0, params) == 1 &&
           EVP_MAC_update(held->mac, message, FIRST_PART) == 1;
}

static int hold(HELD *held, OSSL_LIB_CTX *libctx)
{
    memset(held, 0, sizeof(*held));
    held->libctx = libctx;
    held->ke = load(libctx, ke_id);
    held->esdata = load(libctx, esdata_id);
    return held->ke != NULL && held->esdata != NULL && make_kdf(held) &&
           (held->derive = new_derive(held)) != NULL && make_mac(held);
}

static void let_go(HELD *held)
{
    EVP_MAC_CTX_free(held->mac);
    EVP_PKEY_CTX_free(held->derive);
    EVP_KDF_CTX_free(held->kdf);
    EVP_PKEY_free(held->esdata);
    EVP_PKEY_free(held->ke);
}

/* ---- Using: right each time ---- */

/* The first result is what all others must be. */
static int is_right(unsigned char known[OCTETS], const unsigned char octets[OCTETS])
{
    static const unsigned char none[OCTETS];

    if (memcmp(known, none, OCTETS) == 0)
        memcpy(known, octets, OCTETS);
    return memcmp(known, octets, OCTETS) == 0;
}

static int derive_with(EVP_PKEY_CTX *ctx)
{
    unsigned char out[OCTETS];
    size_t length = sizeof(out);

    return EVP_PKEY_derive(ctx, out, &length) == 1 && length == sizeof(out) && is_right(km, out);
}

/* Goes on with a message that another process or thread may have begun. */
static int finish_mac(const HELD *held)
{
    EVP_MAC_CTX *ctx = EVP_MAC_CTX_dup(held->mac);
    unsigned char out[OCTETS];
    size_t length = 0;
    const int ok =
        ctx != NULL &&
        EVP_MAC_update(ctx, message + FIRST_PART, sizeof(message) - 1 - FIRST_PART) == 1 &&
        EVP_MAC_final(ctx, out, &length, sizeof(out)) == 1 && length == sizeof(out) &&
        is_right(mic, out);

    EVP_MAC_CTX_free(ctx);
    return ok;
}

static int sign(const HELD *held)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    unsigned char out[OCTETS];
    size_t length = sizeof(out);
    const int ok =
        ctx != NULL &&
        EVP_DigestSignInit_ex(ctx, NULL, NULL, held->libctx, NULL, held->esdata, NULL) == 1 &&
        EVP_DigestSign(ctx, out, &length, message, sizeof(message) - 1) == 1 &&
        length == sizeof(out) && is_right(mic, out);

    EVP_MD_CTX_free(ctx);
    return ok;
}

static int derive_by_name(const HELD *held)
{
    unsigned char out[OCTETS];

    return EVP_KDF_derive(held->kdf, out, sizeof(out), NULL) == 1 && is_right(km, out);
}

/* By one process or thread at a time, as contexts are. */
static int use(const HELD *held)
{
    return derive_by_name(held) && derive_with(held->derive) && finish_mac(held) && sign(held);
}

static int use_often(const HELD *held)
{
    int ok = 1;

    for (int i = 0; i < ROUNDS && ok; i++)
        ok = use(held);
    return ok;
}

/* ---- Forks ---- */

static int ended_well(pid_t child)
{
    int status = 0;

    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

/* A master that has opened all, and workers that live beside it. */
static int fork_workers(HELD *held)
{
    pid_t workers[WORKERS];
    int ok;

    for (size_t i = 0; i < WORKERS; i++) {
        workers[i] = fork();
        if (workers[i] == 0) {
            ok = use_often(held);
            if (!ok)
                ERR_print_errors_fp(stderr);
            if (i % 2 == 0)
                let_go(held);
            exit(ok ? EXIT_SUCCESS : EXIT_FAILURE);
        }
    }
    ok = use_often(held);
    for (size_t i = 0; i < WORKERS; i++)
        ok = ended_well(workers[i]) && ok;
    return ok && use(held);
}

static int fork_unused(void)
{
    HELD held;
    const int ok = hold(&held, NULL) && fork_workers(&held);

    let_go(&held);
    return ok;
}

static int fork_used(void)
{
    HELD held;
    const int ok = hold(&held, NULL) && use(&held) && fork_workers(&held) && fork_workers(&held);

    let_go(&held);
    return ok;
}

/* ---- Threads ---- */

typedef struct {
    const HELD *held;
    unsigned int number;
    int ok;
} WORK;

static atomic_int is_over;

static int use_in_thread(const HELD *held)
{
    EVP_PKEY_CTX *ctx = new_derive(held);
    const int ok = ctx != NULL && derive_with(ctx) && finish_mac(held) && sign(held);

    EVP_PKEY_CTX_free(ctx);
    return ok;
}

static void *derive_often(void *argument)
{
    WORK *work = argument;

    for (int i = 0; i < ROUNDS && work->ok; i++)
        work->ok = use_in_thread(work->held);
    if (!work->ok)
        ERR_print_errors_fp(stderr);
    return NULL;
}

static int remove_key(EVP_PKEY *key)
{
    const OSSL_PARAM params[] = { TEXT(ONEM2M_PARAM_STATE, "destroyed"), END };

    return EVP_PKEY_set_params(key, (OSSL_PARAM *)(uintptr_t)params) == 1;
}

/* Adds a key, uses it and takes it away. */
static int come_and_go(const HELD *held, const char *name)
{
    static const unsigned char octets[OCTETS] = { 9, 9, 9 };
    unsigned int store = 1;
    const OSSL_PARAM params[] = { TEXT(ONEM2M_PARAM_KIND, "ke"), TEXT(ONEM2M_PARAM_KEY_ID, name),
                                  OSSL_PARAM_construct_uint(ONEM2M_PARAM_STORE, &store),
                                  OSSL_PARAM_construct_octet_string(
                                      ONEM2M_PARAM_PRIV, (void *)(uintptr_t)octets, sizeof(octets)),
                                  END };
    EVP_PKEY_CTX *ctx =
        EVP_PKEY_CTX_new_from_name(held->libctx, ONEM2M_KEY_TYPE, ONEM2M_PROPERTY_QUERY);
    HELD own = { .libctx = held->libctx };
    unsigned char out[OCTETS];
    size_t length = sizeof(out);
    int ok =
        ctx != NULL && EVP_PKEY_fromdata_init(ctx) == 1 &&
        EVP_PKEY_fromdata(ctx, &own.ke, EVP_PKEY_KEYPAIR, (OSSL_PARAM *)(uintptr_t)params) == 1 &&
        (own.derive = new_derive(&own)) != NULL && EVP_PKEY_derive(own.derive, out, &length) == 1 &&
        remove_key(own.ke);

    EVP_PKEY_CTX_free(ctx);
    let_go(&own);
    return ok;
}

static void *write_often(void *argument)
{
    WORK *work = argument;
    char name[80];

    for (unsigned int i = 0; work->ok && !atomic_load(&is_over); i++) {
        snprintf(name, sizeof(name), "%016X%016X@mef.example.com", work->number, i);
        work->ok = come_and_go(work->held, name);
    }
    if (!work->ok)
        ERR_print_errors_fp(stderr);
    return NULL;
}

/* One held key for all of them, while keys come and go. */
static int run_threads(const HELD *held)
{
    pthread_t threads[THREADS + WRITERS];
    WORK works[THREADS + WRITERS];
    int ok = 1;

    for (unsigned int i = 0; i < THREADS + WRITERS; i++) {
        works[i] = (WORK){ held, i, 1 };
        if (pthread_create(&threads[i], NULL, i < THREADS ? derive_often : write_often,
                           &works[i]) != 0)
            return 0;
    }
    for (size_t i = 0; i < THREADS + WRITERS; i++) {
        if (i == THREADS)
            atomic_store(&is_over, 1);
        pthread_join(threads[i], NULL);
        ok = ok && works[i].ok;
    }
    return ok;
}

static int threads(void)
{
    HELD held;
    const int ok = hold(&held, NULL) && use(&held) && run_threads(&held) && use(&held);

    let_go(&held);
    return ok;
}

/* ---- Unloading and ends ---- */

/* The program's own reference goes before what it holds. */
static int unload_first(void)
{
    OSSL_LIB_CTX *libctx = new_context();
    OSSL_PROVIDER *provider = OSSL_PROVIDER_load(libctx, ONEM2M_PROVIDER_NAME);
    HELD held = { .libctx = libctx };
    int ok = provider != NULL && hold(&held, libctx) && use(&held);

    ok = ok && OSSL_PROVIDER_unload(provider) == 1 && use(&held);
    let_go(&held);
    OSSL_LIB_CTX_free(libctx);
    return ok;
}

/* Again and again, with another context that lives on, and unused in between. */
static int contexts_in_turn(void)
{
    HELD held, other;
    int ok = hold(&held, NULL) && use(&held);

    for (int i = 0; i < 8 && ok; i++) {
        OSSL_LIB_CTX *libctx = new_context();

        memset(&other, 0, sizeof(other));
        ok = libctx != NULL && hold(&other, libctx) && (i % 2 != 0 || use(&other));
        let_go(&other);
        OSSL_LIB_CTX_free(libctx);
        ok = ok && use(&held);
    }
    let_go(&held);
    return ok;
}

/* What is held when a program ends; volatile, so that it is held. */
static HELD *volatile left;

static int leave(void)
{
    static HELD held;

    left = &held;
    return hold(&held, NULL) && use(&held);
}

static int leave_own_context(void)
{
    static HELD held;

    left = &held;
    return hold(&held, new_context()) && use(&held);
}

static void *leave_in_thread(void *argument)
{
    *(int *)argument = leave();
    return NULL;
}

/* That thread has ended by then. */
static int leave_thread(void)
{
    pthread_t thread;
    int ok = 0;

    return pthread_create(&thread, NULL, leave_in_thread, &ok) == 0 &&
           pthread_join(thread, NULL) == 0 && ok;
}

static void use_at_exit(void)
{
    if (!use(left))
        _exit(EXIT_FAILURE);
    let_go(left);
}

/* A handler that was set when all was there runs before OpenSSL's own. */
static int use_in_handler(void)
{
    return leave() && atexit(use_at_exit) == 0;
}

static int clean_up(void)
{
    HELD held;
    const int ok = hold(&held, NULL) && use(&held);

    let_go(&held);
    OPENSSL_cleanup();
    return ok;
}

/* A child that ends without what its parent does at the end, and one that does it. */
static int leave_after_fork(void)
{
    const int ok = leave();
    const pid_t first = fork();

    if (first == 0)
        _exit(use(left) ? EXIT_SUCCESS : EXIT_FAILURE);
    if (fork() == 0)
        exit(EXIT_SUCCESS);
    while (wait(NULL) > 0)
        ;
    return ok && use(left);
}

static const struct {
    const char *name;
    int (*run)(void);
} ways[] = {
    { "fork-unused", fork_unused },
    { "fork-used", fork_used },
    { "threads", threads },
    { "unload-first", unload_first },
    { "contexts", contexts_in_turn },
    { "exit", leave },
    { "exit-own-context", leave_own_context },
    { "exit-thread", leave_thread },
    { "exit-handler", use_in_handler },
    { "exit-forked", leave_after_fork },
    { "cleanup", clean_up },
};

static void print(const unsigned char octets[OCTETS])
{
    for (size_t i = 0; i < OCTETS; i++)
        printf("%02x", octets[i]);
    putchar('\n');
}

int main(int argc, char *argv[])
{
    int ok = 0;

    if (argc != 4)
        return 2;
    ke_id = argv[2];
    esdata_id = argv[3];
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        if (strcmp(argv[1], ways[i].name) == 0)
            ok = ways[i].run();
    }
    if (!ok) {
        ERR_print_errors_fp(stderr);
        return EXIT_FAILURE;
    }
    print(km);
    print(mic);
    return EXIT_SUCCESS;
}
