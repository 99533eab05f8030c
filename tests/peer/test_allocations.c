/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Every allocation of the engine's own code fails once, in turn: the call is refused, nothing is
 * lost (the sanitized run looks), and the same call succeeds afterwards. OpenSSL's own do not fail.
 */
#include <stdlib.h>
#include "allocations.h"
#include "exchange.h"

typedef int call_fn(SSL_CTX *ctx);

static int call_expect(SSL_CTX *ctx)
{
    SSL *ssl = SSL_new(ctx);
    int done;

    assert_non_null(ssl);
    done = onem2m_tls_expect_peer(ssl, &terminator_expected);
    CHECK(SSL_get_verify_mode(ssl) ==
          (done ? SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT : SSL_VERIFY_NONE));
    SSL_free(ssl);
    return done;
}

static int call_new(SSL_CTX *ctx)
{
    ONEM2M_ESCERTKE *end = onem2m_escertke_new(ctx, 1);
    const int done = end != NULL;

    onem2m_escertke_free(end);
    return done;
}

/* least: allocations that the call makes at least. */
static void fail_each(SSL_CTX *ctx, call_fn *call, long least)
{
    long failed = 0;

    for (;; failed++) {
        int done;

        subject("allocation %ld", failed);
        until_failure = failed;
        done = call(ctx);
        if (done && until_failure >= 0)
            break;
        until_failure = -1;
        CHECK(!done);
        CHECK(take_reason() == ONEM2M_R_OUT_OF_MEMORY);
        CHECK(call(ctx));
    }
    until_failure = -1;
    CHECK(failed >= least);
}

static void test_allocations(void **state)
{
    SSL_CTX *ctx = context_make(TLS_method(), NULL, NULL);

    (void)state;
    fail_each(ctx, call_expect, 4);
    fail_each(ctx, call_new, 1);
    SSL_CTX_free(ctx);
}

int main(void)
{
    static const char *const own_directories[] = { "tls", NULL };
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_allocations),
    };

    /* Before anything is allocated. */
    if (!watch_allocations(own_directories))
        return EXIT_FAILURE;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
