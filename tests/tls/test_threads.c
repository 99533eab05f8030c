/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <openssl/err.h>
#include "connection.h"

/* One SSL_CTX, many threads; one SSL_CTX, made before the fork, many processes. */

#define THREADS 8
#define HANDSHAKES 1000
#define KEYS 16
#define PROCESSES 4

typedef struct {
    ENDS ends;
    SSL_CTX *clients[KEYS], *server;
    atomic_uint next, failed;
} WORLD;

static void name_of(char name[64], unsigned int i)
{
    snprintf(name, 64, "km%u@" MAF, i);
}

/* The fetched ones are in no store: each thread makes its own. */
static EVP_PKEY *fetch(SSL *ssl, const char *key_id, const char *fqdn, void *argument)
{
    const WORLD *world = argument;
    unsigned char octets[32];
    unsigned int suid = 11;
    const OSSL_PARAM params[] = { TEXT(ONEM2M_PARAM_KIND, ONEM2M_KIND_NAME_KM),
                                  TEXT(ONEM2M_PARAM_KEY_ID, key_id),
                                  OSSL_PARAM_construct_uint(ONEM2M_PARAM_SUID, &suid),
                                  OCTETS(ONEM2M_PARAM_PRIV, octets), END };

    (void)ssl;
    (void)fqdn;
    memset(octets, 0x5A, sizeof(octets));
    return import(world->ends.server.libctx, params);
}

static int make_world(WORLD *world, const char *keystore)
{
    static const char *const fqdns[] = { MAF, NULL };
    char name[64];

    memset(world, 0, sizeof(*world));
    place_make(&world->ends.client, keystore);
    place_make(&world->ends.server, keystore);
    world->server = context_of(&world->ends.server, TLS_server_method(), 0);
    assert_int_equal(onem2m_tls_psk_server(world->server, "maf"), 1);
    assert_int_equal(onem2m_tls_psk_server_fetch(world->server, fqdns, fetch, world), 1);
    for (unsigned int i = 0; i < KEYS; i++) {
        name_of(name, i);
        store_key(&world->ends.client, "km", name, 11, 0x5A, 32, NULL);
        if (i % 4 != 0)
            store_key(&world->ends.server, "km", name, 11, 0x5A, 32, NULL);
        world->clients[i] = context_of(&world->ends.client, TLS_client_method(),
                                       i % 2 == 0 ? ONEM2M_PROFILE_PSK : 0);
        assert_int_equal(onem2m_tls_psk_client(world->clients[i], "maf", name), 1);
    }
    return 0;
}

static void remove_world(WORLD *world)
{
    for (unsigned int i = 0; i < KEYS; i++)
        SSL_CTX_free(world->clients[i]);
    SSL_CTX_free(world->server);
    place_remove(&world->ends.client);
    place_remove(&world->ends.server);
}

/* No assertion of cmocka's, which are for the first thread alone. */
static int meets(WORLD *world, unsigned int i)
{
    EVP_PKEY *key = NULL;
    PAIR pair;
    int ok;

    pair_make(&pair, world->clients[i % KEYS], world->server);
    ok = pair_shake(&pair) && ERR_peek_error() == 0;
    if (ok)
        key = onem2m_tls_export_key(pair.server, ONEM2M_EXPORT_CONNECTION, MAF, NULL);
    ok = ok && key != NULL && ERR_peek_error() == 0;
    EVP_PKEY_free(key);
    pair_free(&pair);
    return ok;
}

static void *work(void *argument)
{
    WORLD *world = argument;
    unsigned int i;

    ERR_clear_error();
    while ((i = atomic_fetch_add(&world->next, 1)) < HANDSHAKES) {
        if (!meets(world, i))
            atomic_fetch_add(&world->failed, 1);
    }
    OPENSSL_thread_stop();
    return NULL;
}

static void many_threads(void **state)
{
    pthread_t threads[THREADS];
    WORLD world;

    (void)state;
    make_world(&world, "lmdb");
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, work, &world), 0);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(atomic_load(&world.failed), 0);
    remove_world(&world);
}

/* As nginx does: everything is set up, and used, before the workers are forked. */
static void work_as_child(WORLD *world)
{
    int ok = 1;

    for (unsigned int i = 0; i < 4 * KEYS; i++)
        ok = meets(world, i) && ok;
    _exit(ok ? EXIT_SUCCESS : EXIT_FAILURE);
}

static void many_processes(void **state)
{
    pid_t children[PROCESSES];
    WORLD world;

    (void)state;
    make_world(&world, "lmdb");
    ERR_clear_error();
    assert_true(meets(&world, 1));
    for (size_t i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0)
            work_as_child(&world);
    }
    for (unsigned int i = 0; i < KEYS; i++)
        assert_true(meets(&world, i));
    for (size_t i = 0; i < PROCESSES; i++) {
        int status;

        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    remove_world(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_threads),
        cmocka_unit_test(many_processes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
