/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
/* RAND_set_rand_method: the only generator that every library context asks. */
#undef OPENSSL_NO_DEPRECATED
#define OPENSSL_SUPPRESS_DEPRECATED
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include "connection.h"

/*
 * What an identity gets that has no key (RFC 4279 section 7.2), with a generator that says the same
 * octet again and again: whoever knows that octet completes the handshake.
 */

#define OF_PARENT 0xA5
#define OF_CHILD 0x5A

static unsigned char octet = OF_PARENT;

static int say_octet(unsigned char *out, int size)
{
    memset(out, octet, (size_t)size);
    return 1;
}

static int is_random(void)
{
    return 1;
}

static int use_octet(void **state)
{
    static const RAND_METHOD method = { .bytes = say_octet,
                                        .pseudorand = say_octet,
                                        .status = is_random };

    make_ends(state);
    return RAND_set_rand_method(&method) == 1 ? 0 : -1;
}

static int use_octet_no_more(void **state)
{
    RAND_set_rand_method(NULL);
    return remove_ends(state);
}

/* Whether a client whose key is all of that octet completes a handshake for an unknown identity. */
static int opens(const ENDS *ends, SSL_CTX *server, unsigned char guess)
{
    SSL_CTX *client = context_of(&ends->client, TLS_client_method(), ONEM2M_PROFILE_PSK);
    STRANGER stranger = { .identity = KPM_ID, .length = 32 };
    PAIR pair;
    int opened;

    memset(stranger.key, guess, sizeof(stranger.key));
    become_stranger(client, &stranger);
    pair_make(&pair, client, server);
    opened = pair_shake(&pair);
    pair_free(&pair);
    SSL_CTX_free(client);
    ERR_clear_error();
    return opened;
}

static void child_draws_its_own(void **state)
{
    const ENDS *ends = *state;
    SSL_CTX *server = context_of(&ends->server, TLS_server_method(), ONEM2M_PROFILE_PSK);
    int status;
    pid_t child;

    assert_int_equal(onem2m_tls_psk_server(server, "mef"), 1);
    assert_true(opens(ends, server, OF_PARENT));
    assert_false(opens(ends, server, OF_CHILD));
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        octet = OF_CHILD;
        _exit(!opens(ends, server, OF_PARENT) && opens(ends, server, OF_CHILD) ? EXIT_SUCCESS
                                                                               : EXIT_FAILURE);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_true(opens(ends, server, OF_PARENT));
    SSL_CTX_free(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(child_draws_its_own, use_octet, use_octet_no_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
