/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A credential of a token among contexts, threads, forks, a token that goes and comes,
 * and the other users of its module in a process.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <openssl/err.h>
#include "device.h"

#define THREADS 8
#define ROUNDS 10

static int calls(SHIM_FUNCTION function)
{
    return (int)tokens.shim->calls[function];
}

/* One handshake with server's credential. */
static int serves(SSL_CTX *server)
{
    SSL_CTX *client = context_make(TLS_method(), NULL, &mef_in_file);
    PAIR pair;
    int ok;

    SSL_CTX_up_ref(server);
    pair_make(&pair, client, server);
    SSL_set_verify(pair.client, SSL_VERIFY_PEER, NULL);
    ok = pair_shake_hands(&pair);
    pair_free(&pair);
    return ok;
}

static void two_contexts(void **state)
{
    SSL_CTX *one, *other, *third;

    (void)state;
    reset_shim();
    one = token_context(TLS_method(), "mef");
    assert_int_equal(calls(SHIM_C_Login), 1);
    other = token_context(TLS_method(), "mef");
    third = token_context(TLS_method(), "cse");
    assert_int_equal(calls(SHIM_C_Login), 1);
    assert_true(serves(one) && serves(other) && serves(third));
    SSL_CTX_free(one);
    assert_true(serves(other) && serves(third));
    /* One that is set twice. */
    assert_true(onem2m_tls_token_credential(third, credential_uri("mef")));
    assert_true(serves(third));
    SSL_CTX_free(third);
    assert_true(serves(other));
    SSL_CTX_free(other);
    assert_int_equal(calls(SHIM_C_Login), 1);
    assert_int_equal(calls(SHIM_C_Logout), 0);
    assert_int_equal(calls(SHIM_C_OpenSession), calls(SHIM_C_CloseSession));
}

static void *serve_often(void *argument)
{
    SSL_CTX *server = argument;
    int ok = 1;

    for (int i = 0; i < ROUNDS; i++)
        ok = ok && serves(server);
    return ok ? server : NULL;
}

static int serves_threads(SSL_CTX *server)
{
    pthread_t threads[THREADS];
    int ok = 1;

    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, serve_often, server), 0);
    for (size_t i = 0; i < THREADS; i++) {
        void *result;

        pthread_join(threads[i], &result);
        ok = ok && result != NULL;
    }
    return ok;
}

static void many_threads(void **state)
{
    SSL_CTX *server = token_context(TLS_method(), "mef");

    (void)state;
    assert_true(serves_threads(server));
    SSL_CTX_free(server);
}

/* ---- Forks ---- */

static int ended_well(pid_t child)
{
    int status = 0;

    assert_true(child > 0);
    return waitpid(child, &status, 0) == child && status == 0;
}

/* As nginx: configured by the parent, used by children, which have threads and children too. */
static void fork_after_configuration(void **state)
{
    SSL_CTX *server = token_context(TLS_method(), "mef");
    pid_t children[3];

    (void)state;
    assert_true(serves(server));
    for (size_t i = 0; i < COUNT(children); i++) {
        children[i] = fork();
        if (children[i] == 0) {
            int ok = i == 2 ? serves_threads(server) : serves(server);

            if (i == 1) {
                const pid_t grandchild = fork();

                if (grandchild == 0)
                    _exit(!serves(server));
                ok = ok && ended_well(grandchild) && serves(server);
            }
            SSL_CTX_free(server);
            _exit(!ok);
        }
    }
    assert_true(serves(server));
    for (size_t i = 0; i < COUNT(children); i++)
        assert_true(ended_well(children[i]));
    assert_true(serves(server));
    SSL_CTX_free(server);
}

/* A child logs in once, and has the parent's PIN no more than its file. */
static void child_logs_in(void **state)
{
    SSL_CTX *server = token_context(TLS_method(), "mef");
    pid_t child;

    (void)state;
    child = fork();
    if (child == 0) {
        int ok;

        log_out_device(); /* what SoftHSM and softokn, unlike others, do not do of their own */
        write_pin(WRONG_PIN, 0600);
        reset_shim();
        ok = !serves(server);
        ok = !serves(server) && ok && calls(SHIM_C_Login) == 1;
        write_pin(TOKEN_PIN, 0600);
        reset_shim();
        ok = serves(server) && ok;
        ok = serves(server) && ok && calls(SHIM_C_Login) == 1;
        _exit(!ok);
    }
    assert_true(ended_well(child));
    assert_true(serves(server));
    SSL_CTX_free(server);
}

/* ---- A token that goes and comes ---- */

static void token_away_and_back(void **state)
{
    SSL_CTX *server = token_context(TLS_method(), "mef");

    (void)state;
    /* It was away, and is there again: opened anew, without anybody's doing. */
    let_fail(SHIM_C_GetSessionInfo, CKR_SESSION_HANDLE_INVALID, 0);
    assert_true(serves(server));
    assert_int_equal(calls(SHIM_C_OpenSession), 2); /* one of p11-kit's, one of libp11's */
    reset_shim();
    assert_true(serves(server));
    assert_int_equal(calls(SHIM_C_OpenSession), 0);
    /* It is away: every call fails, and nobody waits for it. */
    let_fail(SHIM_FUNCTION_COUNT, CKR_DEVICE_REMOVED, 0);
    tokens.shim->fails_always = 1;
    assert_false(serves(server));
    assert_false(serves(server));
    assert_int_equal(calls(SHIM_C_Sign), 0);
    reset_shim();
    assert_true(serves(server));
    SSL_CTX_free(server);
}

static void signature_fails(void **state)
{
    static const CK_RV values[] = { CKR_DEVICE_REMOVED, CKR_FUNCTION_FAILED, CKR_HOST_MEMORY,
                                    CKR_KEY_FUNCTION_NOT_PERMITTED, CKR_USER_NOT_LOGGED_IN };
    SSL_CTX *server = token_context(TLS_method(), "mef");

    (void)state;
    for (size_t i = 0; i < COUNT(values); i++) {
        let_fail(SHIM_C_Sign, values[i], 0);
        assert_false(serves(server));
        reset_shim();
        assert_true(serves(server));
        let_fail(SHIM_C_SignInit, values[i], 0);
        assert_false(serves(server));
        reset_shim();
        assert_true(serves(server));
    }
    SSL_CTX_free(server);
}

/* ---- Programs with both layers: other_users.c ---- */

/* A child keeps what it inherited of a token, and must; one way frees nothing. Of modules that
 * libp11 has unloaded and loaded again LeakSanitizer (gcc 12) crashes looking for thread-local
 * storage. */
static const char *leaks_of(const char *how)
{
    static const char *const ways[] = { "fork", "not-freed", "libp11" };

    for (size_t i = 0; i < COUNT(ways); i++) {
        if (strcmp(how, ways[i]) == 0)
            return "0";
    }
    return "1";
}

static void run_user(const char *how)
{
    char command[256];

    subject("%s", how);
    snprintf(command, sizeof(command), "ASAN_OPTIONS=detect_leaks=%s \"$USERS\" %s", leaks_of(how),
             how);
    /* NOLINTNEXTLINE(cert-env33-c): a program of the build */
    HOLDS(system(command) == 0);
}

static void make_store(void)
{
    char command[2048], path[160];
    FILE *file;

    snprintf(path, sizeof(path), "%s/openssl.cnf", tokens.directory);
    file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file,
            "openssl_conf = init\n[init]\nproviders = providers\n[providers]\n"
            "default = default_sect\nonem2m = onem2m_sect\n[default_sect]\nactivate = 1\n"
            "[onem2m_sect]\nactivate = 1\nkeystore = lmdb:%s/store\nseal = %s\n"
            "fqdn = node.example.com\n",
            tokens.directory, token_uri(device_token(), "seal"));
    assert_int_equal(fclose(file), 0);
    setenv("CONFIG", path, 1);
    setenv("TOKEN", device_token(), 1);
    setenv("CREDENTIAL", credential_uri("mef"), 1);
    snprintf(command, sizeof(command),
             "OPENSSL_CONF=%s \"$KEY\" init >/dev/null && "
             "OPENSSL_CONF=%s \"$KEY\" generate --kind kpm --suid 10 >/dev/null",
             path, path);
    /* NOLINTNEXTLINE(cert-env33-c): names made here */
    assert_int_equal(system(command), 0);
}

static void both_layers(void **state)
{
    static const char *const ways[] = { "credential-first", "provider-first", "provider-unloaded",
                                        "application",      "libp11",         "fork",
                                        "not-freed",        "cleanup" };

    (void)state;
    make_store();
    for (size_t i = 0; i < COUNT(ways); i++)
        run_user(ways[i]);
}

static void one_try_for_both_layers(void **state)
{
    static const char *const ways[] = { "wrong-pin-of-credential", "wrong-pin-of-provider" };

    (void)state;
    setenv("SHIM", SHIM_MODULE, 1);
    for (size_t i = 0; i < COUNT(ways); i++) {
        write_pin(WRONG_PIN, 0600);
        run_user(ways[i]);
    }
    write_pin(TOKEN_PIN, 0600);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_contexts),
        cmocka_unit_test(many_threads),
        cmocka_unit_test(fork_after_configuration),
        cmocka_unit_test(child_logs_in),
        cmocka_unit_test(token_away_and_back),
        cmocka_unit_test(signature_fails),
        cmocka_unit_test(both_layers),
        cmocka_unit_test(one_try_for_both_layers),
    };

    return cmocka_run_group_tests(tests, set_up_credentials, tear_down_credentials);
}
