/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A token used by many threads at once, by processes that fork, and by two processes.
 */
#include <pthread.h>
#include <unistd.h>
#include "expect.h"
#include "token_keys.h"

#define THREADS 8
#define ROUNDS 40
#define KEYS 24
#define OCTETS 40
#define FORKS 6

static unsigned char octets[KEYS][OCTETS];
static ONEM2M_TOKEN_KEY keys[KEYS]; /* every other one an object of the token */
static unsigned char macs[KEYS][32], child_macs[KEYS][32];
static const unsigned char text[] = "//maf.example.com/in-cse";
static const ONEM2M_SLICE message = { text, sizeof(text) };

static int mac_is(const ONEM2M_TOKEN_KEY *key, const unsigned char expected[32],
                  ONEM2M_ERROR *error)
{
    unsigned char mac[32];

    if (!onem2m_token_mac(keeper.token, key, keeper.digests[0], &message, 1, mac, error))
        return 0;
    if (memcmp(mac, expected, sizeof(mac)) == 0)
        return 1;
    snprintf(error->detail, sizeof(error->detail), "another MAC");
    return 0;
}

static int child_is(const ONEM2M_TOKEN_KEY *key, const unsigned char expected[32],
                    ONEM2M_ERROR *error)
{
    ONEM2M_TOKEN_KEY child;

    return onem2m_token_derive(keeper.token, key, keeper.digests[0], &message, 1, 0, &child,
                               error) &&
           mac_is(&child, expected, error) && onem2m_token_destroy(keeper.token, &child, error);
}

/* The third time the thread goes on with the session and the handle of the second. */
static int use_key(size_t i, ONEM2M_ERROR *error)
{
    int ok = 1;

    for (int again = 0; ok && again < 3; again++)
        ok = mac_is(&keys[i], macs[i], error);
    return ok && child_is(&keys[i], child_macs[i], error);
}

static void make_keys(void **state)
{
    (void)state;
    for (unsigned int i = 0; i < KEYS; i++) {
        const ONEM2M_SLICE own = { octets[i], OCTETS };

        fill_octets(octets[i], OCTETS, i);
        keys[i] = import_key(i % 2 ? ONEM2M_CUSTODY_OBJECT : ONEM2M_CUSTODY_WRAPPED, 0, own);
        software_mac(0, own, &message, 1, macs[i]);
        software_mac(0, (ONEM2M_SLICE){ macs[i], 32 }, &message, 1, child_macs[i]);
    }
}

/* ---- Threads ---- */

typedef struct {
    size_t number;
    int ok;
    ONEM2M_ERROR error;
} WORK;

/* Threads go on for as long as others need them. */
static atomic_int is_wanted;

static void *work(void *argument)
{
    WORK *own = argument;

    for (size_t i = 0; (i < ROUNDS || atomic_load(&is_wanted)) && own->ok; i++)
        own->ok = use_key((own->number * 5 + i) % KEYS, &own->error);
    return NULL;
}

static void start(pthread_t thread[THREADS], WORK works[THREADS])
{
    for (size_t i = 0; i < THREADS; i++) {
        works[i] = (WORK){ .number = i, .ok = 1 };
        assert_int_equal(pthread_create(&thread[i], NULL, work, &works[i]), 0);
    }
}

static void finish(const pthread_t thread[THREADS], const WORK works[THREADS])
{
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(thread[i], NULL), 0);
    for (size_t i = 0; i < THREADS; i++) {
        if (!works[i].ok)
            fail_msg("thread %zu: %s", i, works[i].error.detail);
    }
}

static void run_threads(void)
{
    pthread_t thread[THREADS];
    WORK works[THREADS];

    start(thread, works);
    finish(thread, works);
}

static void begin_anew(void)
{
    onem2m_token_free(keeper.token);
    keeper.token = new_token();
    reset_shim();
}

static unsigned long calls(SHIM_FUNCTION function)
{
    return tokens.shim->calls[function];
}

/* All are the first to use it: one opens it for all. */
static void threads(void **state)
{
    (void)state;
    begin_anew();
    run_threads();
    assert_true(calls(SHIM_C_Login) <= 1);
    assert_true(calls(SHIM_C_OpenSession) <= THREADS);
}

/* Fewer sessions than threads: they wait for each other. */
/* What a thread has at hand for its next call goes when the key does, whoever destroys it. */
static void *destroy(void *argument)
{
    ONEM2M_ERROR error;

    return onem2m_token_destroy(keeper.token, argument, &error) ? argument : NULL;
}

static void destroyed_by_another(void **state)
{
    unsigned char own[OCTETS], mac[32];
    const ONEM2M_SLICE slice = { own, OCTETS };
    const size_t before = count_objects(0);
    ONEM2M_TOKEN_KEY key;
    ONEM2M_ERROR error;
    pthread_t thread;
    void *destroyed;

    (void)state;
    fill_octets(own, OCTETS, KEYS);
    software_mac(0, slice, &message, 1, mac);
    key = import_key(ONEM2M_CUSTODY_WRAPPED, 0, slice);
    for (int round = 0; round < 2; round++) {
        for (int again = 0; again < 3; again++)
            assert_true(mac_is(&key, mac, &error));
        assert_true(count_objects(0) == before + 1);
        assert_int_equal(pthread_create(&thread, NULL, destroy, &key), 0);
        pthread_join(thread, &destroyed);
        assert_non_null(destroyed);
        assert_true(count_objects(0) == before);
    }
}

static void sessions_exhausted(void **state)
{
    (void)state;
    for (unsigned long sessions = 1; sessions <= 3; sessions++) {
        begin_anew();
        let_fail(SHIM_C_OpenSession, CKR_SESSION_COUNT, sessions);
        tokens.shim->fails_from = 1;
        run_threads();
        assert_true(calls(SHIM_C_OpenSession) >= sessions);
        reset_shim();
    }
}

/* The token goes and comes back, for one thread or the other, and hardly anybody notices. */
static void lost_under_threads(void **state)
{
    pthread_t thread[THREADS];
    WORK works[THREADS];
    ONEM2M_ERROR error;

    (void)state;
    begin_anew();
    let_fail(SHIM_C_SignInit, CKR_SESSION_HANDLE_INVALID, 50);
    tokens.shim->fails_every = 1;
    start(thread, works);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(thread[i], NULL), 0);
    /* A second loss in the same call is refused, and said what it was. */
    for (size_t i = 0; i < THREADS; i++) {
        if (!works[i].ok && strstr(works[i].error.detail, "CKR_SESSION_HANDLE_INVALID") == NULL)
            fail_msg("%s", works[i].error.detail);
    }
    assert_true(calls(SHIM_C_OpenSession) > THREADS);
    reset_shim();
    assert_true(use_key(0, &error) && use_key(1, &error));
}

/* ---- Forks ---- */

/* Without what cmocka does at the end. */
static void end_as(int ok, const ONEM2M_ERROR *error)
{
    if (!ok)
        fprintf(stderr, "child: %s\n", error->detail);
    _exit(ok ? 0 : 1);
}

static void use_in_child(void)
{
    ONEM2M_ERROR error = { .reason = ONEM2M_R_NONE };
    const pid_t child = fork();

    if (child == 0) {
        const int ok = use_key(0, &error) && use_key(1, &error) && use_key(2, &error);
        const pid_t grandchild = fork();

        if (grandchild == 0)
            end_as(use_key(0, &error) && use_key(1, &error), &error);
        must_end_well(grandchild);
        end_as(ok && use_key(0, &error), &error);
    }
    must_end_well(child);
}

static void forks(void **state)
{
    ONEM2M_ERROR error;

    (void)state;
    begin_anew();
    use_in_child(); /* before its first use */
    assert_true(use_key(0, &error) && use_key(1, &error));
    use_in_child();
    reset_shim();
    assert_true(use_key(0, &error) && use_key(1, &error));
    assert_int_equal(calls(SHIM_C_Initialize), 0);
    assert_int_equal(calls(SHIM_C_OpenSession), 0);
}

/* A child frees what it inherited, without a call of the module. */
static void a_child_frees(void **state)
{
    ONEM2M_ERROR error;
    pid_t child;

    (void)state;
    assert_true(use_key(0, &error));
    child = fork();
    if (child == 0) {
        reset_shim();
        onem2m_token_free(keeper.token);
        for (SHIM_FUNCTION function = 0; function < SHIM_FUNCTION_COUNT; function++) {
            if (calls(function) > 0)
                end_as(0, &error);
        }
        end_as(1, &error);
    }
    must_end_well(child);
    assert_true(use_key(0, &error));
}

/* While other threads are in the middle of calls. */
static void forks_under_threads(void **state)
{
    pthread_t thread[THREADS];
    WORK works[THREADS];

    (void)state;
#ifdef TOKEN_ASAN
    skip(); /* its own allocator's locks stay held in the child */
#endif
    begin_anew();
    atomic_store(&is_wanted, 1);
    start(thread, works);
    for (int i = 0; i < FORKS; i++)
        use_in_child();
    atomic_store(&is_wanted, 0);
    finish(thread, works);
}

/* The sessions that it goes on with are lost: it closes them, and begins again. */
static void *lose(void *argument)
{
    ONEM2M_ERROR error;

    for (int again = 0; again < 3; again++) {
        if (!mac_is(&keys[0], macs[0], &error))
            return NULL;
    }
    let_fail(SHIM_C_Sign, CKR_SESSION_HANDLE_INVALID, 0);
    tokens.shim->close_delay = 200000;
    return mac_is(&keys[0], macs[0], &error) ? argument : NULL;
}

/* What goes on without the token's lock in the end still has a fork wait for it. */
static void fork_under_close(void **state)
{
    const ONEM2M_ERROR error = { .detail = "in the module at the fork" };
    pthread_t thread;
    void *finished;
    pid_t child;

    begin_anew();
    assert_int_equal(pthread_create(&thread, NULL, lose, (void *)state), 0);
    for (int i = 0; i < 10000 && calls(SHIM_C_CloseSession) == 0; i++)
        usleep(1000);
    child = fork();
    if (child == 0)
        end_as(tokens.shim->closing == 0, &error);
    must_end_well(child);
    pthread_join(thread, &finished);
    assert_non_null(finished);
    assert_true(calls(SHIM_C_CloseSession) > 0);
    reset_shim();
}

/* ---- Processes ---- */

/* Another process's keys, when both are in the token: one makes and destroys, one uses. */
static void two_processes(void **state)
{
    int to_child[2], to_parent[2];
    ONEM2M_TOKEN_KEY key;
    ONEM2M_ERROR error = { .reason = ONEM2M_R_NONE };
    pid_t child;
    char go = 0;

    (void)state;
    assert_int_equal(pipe(to_child) | pipe(to_parent), 0);
    child = fork();
    if (child == 0) {
        const ONEM2M_SLICE own = { octets[1], OCTETS };
        int ok = onem2m_token_import(keeper.token, ONEM2M_CUSTODY_OBJECT, 0, own, &key, &error) &&
                 mac_is(&key, macs[1], &error) &&
                 write(to_parent[1], &key, sizeof(key)) == (ssize_t)sizeof(key) &&
                 read(to_child[0], &go, 1) == 1 && /* the parent has used it */
                 onem2m_token_destroy(keeper.token, &key, &error) &&
                 write(to_parent[1], &go, 1) == 1;

        end_as(ok, &error);
    }
    assert_int_equal(read(to_parent[0], &key, sizeof(key)), sizeof(key));
    if (!mac_is(&key, macs[1], &error))
        fail_msg("%s", error.detail);
    assert_int_equal(write(to_child[1], &go, 1), 1);
    assert_int_equal(read(to_parent[0], &go, 1), 1);
    if (!mac_is(&key, macs[1], &error)) {
        assert_int_equal(error.reason, ONEM2M_R_TOKEN_KEY);
        assert_non_null(strstr(error.detail, "no key of this CKA_ID"));
    }
    must_end_well(child);
    assert_true(use_key(3, &error));
    for (int i = 0; i < 2; i++) {
        close(to_child[i]);
        close(to_parent[i]);
    }
}

/* Tokens that two handles mean, in one process. */
static void two_handles(void **state)
{
    ONEM2M_TOKEN *other = new_token(), *const kept = keeper.token;
    ONEM2M_ERROR error;

    (void)state;
    for (size_t i = 0; i < 10; i++) {
        assert_true(use_key(i, &error));
        keeper.token = keeper.token == kept ? other : kept;
    }
    keeper.token = kept;
    onem2m_token_free(other);
    assert_true(use_key(0, &error) && use_key(1, &error));
}

int main(int argc, char *argv[])
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(make_keys),
        cmocka_unit_test(threads),
        cmocka_unit_test(destroyed_by_another),
        cmocka_unit_test(sessions_exhausted),
        cmocka_unit_test(lost_under_threads),
        cmocka_unit_test(forks),
        cmocka_unit_test(a_child_frees),
        cmocka_unit_test(forks_under_threads),
        cmocka_unit_test(fork_under_close),
        cmocka_unit_test(two_processes),
        cmocka_unit_test(two_handles),
    };

    return run_with_keeper(argc, argv, tests, COUNT(tests));
}
