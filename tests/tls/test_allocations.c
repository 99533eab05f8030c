/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Every allocation of the engine's own code fails once, in turn: the call is refused, nothing is
 * lost (the sanitized run looks), and the same call succeeds afterwards. OpenSSL's own do not fail.
 */
#include <stdlib.h>
#include <openssl/err.h>
#include "allocations.h"
#include "connection.h"

/* ---- Calls ---- */

static const ENDS *world;

static EVP_PKEY *fetch(SSL *ssl, const char *key_id, const char *fqdn, void *argument)
{
    (void)ssl;
    (void)key_id;
    (void)fqdn;
    (void)argument;
    return NULL;
}

typedef int call_fn(SSL_CTX *ctx);

static int call_use(SSL_CTX *ctx)
{
    return onem2m_tls_use(ctx, world->server.libctx, NULL);
}

static int call_profile(SSL_CTX *ctx)
{
    return onem2m_tls_profile(ctx, ONEM2M_PROFILE_PSK_PFS);
}

static int call_server_name(SSL_CTX *ctx)
{
    return onem2m_tls_server_name(ctx, MEF);
}

static int call_fetch(SSL_CTX *ctx)
{
    static const char *const fqdns[] = { MEF, MAF, NULL };

    return onem2m_tls_use(ctx, world->server.libctx, NULL) && onem2m_tls_psk_server(ctx, "maf") &&
           onem2m_tls_psk_server_fetch(ctx, fqdns, fetch, NULL);
}

static int call_client(SSL_CTX *ctx)
{
    return onem2m_tls_use(ctx, world->client.libctx, NULL) &&
           onem2m_tls_psk_client(ctx, "maf", KM_ID);
}

static int call_enrolled(SSL_CTX *ctx)
{
    return onem2m_tls_use(ctx, world->client.libctx, NULL) &&
           onem2m_tls_psk_client_enrolled(ctx, "maf", KE_ID, MAF);
}

static const struct {
    call_fn *call;
    long least; /* allocations that it makes */
} calls[] = { { call_use, 2 },   { call_profile, 2 }, { call_server_name, 3 },
              { call_fetch, 6 }, { call_client, 4 },  { call_enrolled, 5 } };

static void set_up(void **state)
{
    world = *state;
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        int is_over = 0;

        for (long n = 0; !is_over; n++) {
            SSL_CTX *ctx = SSL_CTX_new(TLS_method());
            int done;

            until_failure = n;
            done = calls[i].call(ctx);
            is_over = until_failure >= 0;
            until_failure = -1;
            assert_int_equal(done, is_over);
            if (is_over)
                assert_true(n >= calls[i].least);
            else
                check_engine_refused(ONEM2M_R_OUT_OF_MEMORY, NULL);
            SSL_CTX_free(ctx);
        }
    }
}

/* Both ends: the handshake ends or goes on, and the next one goes on. */
static int meets(SSL_CTX *client, SSL_CTX *server)
{
    EVP_PKEY *key = NULL;
    PAIR pair;
    int done;

    pair_make(&pair, client, server);
    done = pair_shake(&pair);
    if (done)
        key = onem2m_tls_export_key(pair.server, ONEM2M_EXPORT_CONNECTION, MAF, NULL);
    if (done && key == NULL)
        check_engine_refused(ONEM2M_R_OUT_OF_MEMORY, NULL);
    EVP_PKEY_free(key);
    pair_free(&pair);
    ERR_clear_error();
    return key != NULL;
}

static void handshakes(void **state)
{
    int is_over = 0;
    long n;

    world = *state;
    share_key(world, ONEM2M_KIND_NAME_KM, KM_ID, 11);
    for (n = 0; !is_over; n++) {
        SSL_CTX *client = context_of(&world->client, TLS_client_method(), ONEM2M_PROFILE_PSK);
        SSL_CTX *server = context_of(&world->server, TLS_server_method(), ONEM2M_PROFILE_PSK);
        int done;

        assert_int_equal(onem2m_tls_psk_client(client, "maf", KM_ID), 1);
        assert_int_equal(onem2m_tls_psk_server(server, "maf"), 1);
        until_failure = n;
        done = meets(client, server);
        is_over = until_failure >= 0;
        until_failure = -1;
        assert_int_equal(done, is_over);
        assert_true(meets(client, server));
        SSL_CTX_free(client);
        SSL_CTX_free(server);
    }
    assert_true(n > 3);
}

int main(void)
{
    static const char *const own_directories[] = { "tls", NULL };
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(set_up, make_ends, remove_ends),
        cmocka_unit_test_setup_teardown(handshakes, make_ends, remove_ends),
    };

    if (!watch_allocations(own_directories))
        return EXIT_FAILURE;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
