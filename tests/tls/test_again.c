/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dlfcn.h>
#include <string.h>
#include "connection.h"

/*
 * How often handshakes open records: a client's key is kept from its second use on, a server's
 * never (RFC 4279 7.2). The provider calls the counter here instead of libcrypto's function.
 */

static unsigned int opened;

typedef int final_fn(EVP_CIPHER_CTX *context, unsigned char *out, int *length);

/* In every object of the process, the module among them. */
__attribute__((visibility("default"))) int EVP_DecryptFinal_ex(EVP_CIPHER_CTX *ctx,
                                                               unsigned char *outm, int *outl)
{
    static final_fn *real;

    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "EVP_DecryptFinal_ex");
    opened++;
    return real(ctx, outm, outl);
}

static int make_lmdb_ends(void **state)
{
    ENDS *ends = calloc(1, sizeof(*ends));

    assert_non_null(ends);
    place_make(&ends->client, "lmdb");
    place_make(&ends->server, "lmdb");
    *state = ends;
    return 0;
}

typedef struct {
    SSL_CTX *client, *server;
} CONTEXTS;

static CONTEXTS contexts(const ENDS *ends)
{
    CONTEXTS c = { context_of(&ends->client, TLS_client_method(), ONEM2M_PROFILE_PSK),
                   context_of(&ends->server, TLS_server_method(), ONEM2M_PROFILE_PSK) };

    assert_int_equal(onem2m_tls_psk_client(c.client, "maf", KM_ID), 1);
    assert_int_equal(onem2m_tls_psk_server(c.server, "maf"), 1);
    return c;
}

static void contexts_free(CONTEXTS *contexts)
{
    SSL_CTX_free(contexts->client);
    SSL_CTX_free(contexts->server);
}

static void must_open(const CONTEXTS *contexts, unsigned int records)
{
    PAIR pair;

    opened = 0;
    pair_make(&pair, contexts->client, contexts->server);
    must_shake(&pair);
    assert_int_equal(opened, records);
    pair_free(&pair);
}

static void a_client_keeps_its_key(void **state)
{
    const ENDS *ends = *state;
    CONTEXTS c;

    share_key(ends, ONEM2M_KIND_NAME_KM, KM_ID, 11);
    c = contexts(ends);
    must_open(&c, 2);
    must_open(&c, 2);
    for (int i = 0; i < 3; i++)
        must_open(&c, 1);
    change_key(&ends->client, "onem2m:" KM_ID, ONEM2M_PARAM_LABELS, "noticed");
    must_open(&c, 2);
    must_open(&c, 1);
    contexts_free(&c);
}

/* What becomes of the key meanwhile is seen at once. */
static void a_key_that_is_kept_is_asked_about(void **state)
{
    const ENDS *ends = *state;
    ENDING ending;
    CONTEXTS c;

    share_key(ends, ONEM2M_KIND_NAME_KM, KM_ID, 11);
    c = contexts(ends);
    must_open(&c, 2);
    must_open(&c, 2);
    must_open(&c, 1);
    change_key(&ends->client, "onem2m:" KM_ID, ONEM2M_PARAM_STATE, "suspended");
    must_fail(c.client, c.server, &ending);
    change_key(&ends->client, "onem2m:" KM_ID, ONEM2M_PARAM_STATE, "active");
    must_open(&c, 2);
    contexts_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_client_keeps_its_key, make_lmdb_ends, remove_ends),
        cmocka_unit_test_setup_teardown(a_key_that_is_kept_is_asked_about, make_lmdb_ends,
                                        remove_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
