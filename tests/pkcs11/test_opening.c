/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * How a token is opened: what is tried again and what never, and what a wrong PIN costs threads,
 * processes and both together.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include "expect.h"
#include "keystore/pkcs11.h"
#include "keystore/token_internal.h"
#include "token.h"

#define VALUES_END 0x300
#define THREADS 8
#define CHILDREN 6
#define FORKS 40
#define SLOTS 3 /* two tokens, and SoftHSM's empty one */
#define TRIES 13
#define TRIES_MISSING 4

static unsigned long calls(SHIM_FUNCTION function)
{
    return tokens.shim->calls[function];
}

static int opens_token(const char *label, ONEM2M_ERROR *error)
{
    ONEM2M_PKCS11_SESSION session;
    P11KitUri *uri;
    int ok;

    if (!onem2m_pkcs11_parse_uri(&uri, token_uri(label, "key"), error))
        return 0;
    ok = onem2m_pkcs11_open(&session, uri, 0, error);
    if (ok)
        onem2m_pkcs11_close(&session);
    p11_kit_uri_free(uri);
    return ok;
}

static int opens(ONEM2M_ERROR *error)
{
    return opens_token("seals", error);
}

static void must_open(void)
{
    ONEM2M_ERROR error;

    if (!opens(&error))
        fail_msg("%s", error.detail);
    assert_true(calls(SHIM_C_CloseSession) <= calls(SHIM_C_OpenSession));
}

static void must_refuse(ONEM2M_REASON reason, const char *detail)
{
    const REFUSAL refusal = { reason, NO_OFFSET, detail };
    ONEM2M_ERROR error;

    if (opens(&error))
        fail_msg("opened, in spite of %s", detail);
    assert_refused(&error, &refusal, detail);
}

/* In a child, which initialises the module anew. */
static void must_end_well(int (*function)(void))
{
    int status;
    pid_t child;

    fflush(NULL);
    child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(function() ? 0 : 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

/* ---- What is tried again ---- */

static const SHIM_FUNCTION asked[] = { SHIM_C_GetSlotList, SHIM_C_GetSlotInfo, SHIM_C_GetTokenInfo,
                                       SHIM_C_OpenSession, SHIM_C_Login };

static void let_fail_until(SHIM_FUNCTION function, CK_RV value, unsigned long count)
{
    let_fail(function, value, count);
    tokens.shim->fails_until = 1;
}

static void let_fail_always(SHIM_FUNCTION function, CK_RV value)
{
    let_fail(function, value, 0);
    tokens.shim->fails_always = 1;
}

static void what_passes(void **state)
{
    static const CK_RV values[] = { CKR_GENERAL_ERROR, CKR_DEVICE_ERROR };

    (void)state;
    reset_shim();
    must_open(); /* from here on the module is not finalised */
    for (size_t i = 0; i < COUNT(asked) * COUNT(values); i++) {
        const SHIM_FUNCTION function = asked[i / COUNT(values)];
        const unsigned long failures = function == SHIM_C_Login ? 1 : 4;

        let_fail_until(function, values[i % COUNT(values)], failures);
        must_open();
        assert_true(calls(function) > failures);
        assert_int_equal(calls(SHIM_C_Finalize), 0);
    }
}

static int initialise_often(void)
{
    ONEM2M_ERROR error;

    let_fail_until(SHIM_C_Initialize, CKR_GENERAL_ERROR, 3);
    return opens(&error) && calls(SHIM_C_Initialize) == 4;
}

static void initialising(void **state)
{
    (void)state;
    must_end_well(initialise_often);
}

static int is_tried_again(SHIM_FUNCTION function, CK_RV value)
{
    if (onem2m_pkcs11_is_passing(value))
        return 1;
    return function == SHIM_C_Login && value == CKR_USER_PIN_NOT_INITIALIZED;
}

/* What a search makes of it is that the token is not there; PINs and sessions are tried once. */
static void what_does_not(void **state)
{
    ONEM2M_ERROR error;

    (void)state;
    for (size_t i = 0; i < COUNT(asked); i++) {
        for (CK_RV value = 1; value < VALUES_END; value++) {
            if (strncmp(onem2m_pkcs11_value_name(value), "CKR_", 4) != 0 ||
                is_tried_again(asked[i], value) || value == CKR_BUFFER_TOO_SMALL)
                continue;
            write_pin(TOKEN_PIN, 0600);
            let_fail_always(asked[i], value);
            if (opens(&error) && (asked[i] != SHIM_C_Login || value != CKR_USER_ALREADY_LOGGED_IN))
                fail_msg("%s, and all went well", onem2m_pkcs11_value_name(value));
            assert_true(calls(asked[i]) <= (size_t)TRIES_MISSING * SLOTS);
            assert_true(calls(SHIM_C_OpenSession) <= 1 && calls(SHIM_C_Login) <= 1);
        }
    }
    reset_shim();
    write_pin(TOKEN_PIN, 0600);
    must_open();
}

/* Once a module has been waited for in vain nobody waits for it until it has served somebody. */
static void nobody_waits_twice(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        let_fail_always(SHIM_C_GetSlotList, CKR_GENERAL_ERROR);
        must_refuse(ONEM2M_R_TOKEN_FAILED, "C_GetSlotList returned CKR_GENERAL_ERROR");
        assert_int_equal(calls(SHIM_C_GetSlotList), TRIES);
        must_refuse(ONEM2M_R_TOKEN_FAILED, "C_GetSlotList returned CKR_GENERAL_ERROR");
        assert_int_equal(calls(SHIM_C_GetSlotList), TRIES + 1);
        reset_shim();
        must_open();
    }
}

static int given_up(const char *uri)
{
    P11KitUri *parsed;
    ONEM2M_ERROR error;
    int is_given_up;

    assert_true(onem2m_pkcs11_parse_uri(&parsed, uri, &error));
    is_given_up = onem2m_pkcs11_is_given_up(parsed);
    p11_kit_uri_free(parsed);
    return is_given_up;
}

/* Which says nothing of another module. */
static void each_module_for_itself(void **state)
{
    ONEM2M_ERROR error;

    (void)state;
    reset_shim();
    must_open();
    let_fail_always(SHIM_C_GetSlotList, CKR_GENERAL_ERROR);
    assert_false(opens(&error));
    assert_true(given_up(token_uri("others", "key")));
    assert_false(given_up("pkcs11:token=seals;object=key"));
    assert_false(given_up("pkcs11:token=seals;object=key?module-path=/nowhere.so"));
    reset_shim();
    must_open();
    assert_false(given_up(token_uri("seals", "key")));
}

/* A try may have been taken from the PIN, so there is one more login, or none when it was. */
static void logins_that_fail(void **state)
{
    (void)state;
    let_fail_always(SHIM_C_Login, CKR_GENERAL_ERROR);
    must_refuse(ONEM2M_R_TOKEN_FAILED, "C_Login returned CKR_GENERAL_ERROR");
    assert_int_equal(calls(SHIM_C_Login), 2);
    let_fail_always(SHIM_C_Login, CKR_GENERAL_ERROR);
    tokens.shim->after_login = CKF_USER_PIN_COUNT_LOW;
    must_refuse(ONEM2M_R_TOKEN_FAILED, "C_Login returned CKR_GENERAL_ERROR");
    assert_int_equal(calls(SHIM_C_Login), 1);
    assert_int_equal(calls(SHIM_C_OpenSession), calls(SHIM_C_CloseSession));
    /* The token counted before: that says nothing. */
    let_fail_until(SHIM_C_Login, CKR_GENERAL_ERROR, 1);
    tokens.shim->token_flags = CKF_USER_PIN_COUNT_LOW;
    must_open();
    /* One that has no PIN is none that was misread. */
    let_fail_always(SHIM_C_Login, CKR_USER_PIN_NOT_INITIALIZED);
    must_refuse(ONEM2M_R_TOKEN_PIN, "CKR_USER_PIN_NOT_INITIALIZED");
    assert_int_equal(calls(SHIM_C_Login), 2);
    reset_shim();
    must_open();
}

static int nothing(ONEM2M_TOKEN_CALL *call, void *argument)
{
    (void)call;
    (void)argument;
    return 1;
}

typedef struct {
    CK_RV value;
    unsigned long failures;
} FAILURE;

/* Within a call, so that another session is opened. */
static int use_another(ONEM2M_TOKEN_CALL *call, void *argument)
{
    const FAILURE *failure = argument;

    let_fail_until(SHIM_C_OpenSession, failure->value, failure->failures);
    return onem2m_token_run(call->token, NULL, nothing, NULL, call->error);
}

static void another_session(void **state)
{
    static const struct {
        FAILURE failure;
        int is_opened;
        unsigned long tries;
    } cases[] = { { { CKR_GENERAL_ERROR, TRIES_MISSING - 1 }, 1, TRIES_MISSING },
                  { { CKR_DEVICE_ERROR, 1000 }, 0, TRIES_MISSING },
                  { { CKR_FUNCTION_FAILED, 1000 }, 0, 1 } };
    ONEM2M_ERROR error;

    (void)state;
    reset_shim();
    for (size_t i = 0; i < COUNT(cases); i++) {
        FAILURE failure = cases[i].failure;
        ONEM2M_TOKEN *token;

        assert_true(onem2m_token_new(&token, token_uri("seals", "keys"), &error));
        assert_int_equal(onem2m_token_run(token, NULL, use_another, &failure, &error),
                         cases[i].is_opened);
        assert_int_equal(calls(SHIM_C_OpenSession), cases[i].tries);
        if (!cases[i].is_opened)
            assert_non_null(strstr(error.detail, "C_OpenSession returned CKR_"));
        reset_shim();
        onem2m_token_free(token);
    }
}

/* ---- The lock among processes ---- */

#define LOCK_STEPS 3UL /* to look for the token, to open a session, to log in */

static atomic_ulong lock_tries;
static atomic_int lock_was_had; /* at the last try */

/* The system's, counted. */
int flock(int file, int operation);
int flock(int file, int operation)
{
    const int result = (int)syscall(SYS_flock, file, operation);

    if ((operation & LOCK_EX) != 0) {
        lock_tries++;
        lock_was_had = result == 0;
    }
    return result;
}

static unsigned long tries_to_open(void)
{
    lock_tries = 0;
    must_open();
    return lock_tries;
}

/* Another test may have the lock for a moment. */
static void open_until_lock_is_had(void)
{
    do
        must_open();
    while (!lock_was_had);
}

/* Who keeps it, as any user of the machine can, is waited for once. */
static void lock_that_is_kept(void **state)
{
    const int file = open(SHIM_MODULE, O_RDONLY | O_CLOEXEC);

    (void)state;
    assert_true(file >= 0);
    reset_shim();
    open_until_lock_is_had();
    for (int i = 0; i < 2; i++) {
        assert_int_equal(syscall(SYS_flock, file, LOCK_EX), 0);
        assert_true(tries_to_open() > 10 * LOCK_STEPS);
        assert_true(tries_to_open() <= LOCK_STEPS);
        assert_int_equal(syscall(SYS_flock, file, LOCK_UN), 0);
        open_until_lock_is_had();
    }
    close(file);
}

/* ---- Tokens that are not there ---- */

static void missing(void **state)
{
    ONEM2M_ERROR error;

    (void)state;
    reset_shim();
    assert_false(opens_token("nobody", &error));
    assert_int_equal(error.reason, ONEM2M_R_TOKEN_MISSING);
    assert_int_equal(calls(SHIM_C_GetTokenInfo), TRIES_MISSING * SLOTS);
    assert_int_equal(calls(SHIM_C_Finalize), 0); /* this process has used it */
}

static int look_twice(void)
{
    ONEM2M_ERROR error;

    reset_shim();
    if (opens_token("nobody", &error) || calls(SHIM_C_Initialize) != TRIES_MISSING ||
        calls(SHIM_C_Finalize) != TRIES_MISSING - 1)
        return 0;
    let_fail_until(SHIM_C_GetTokenInfo, CKR_TOKEN_NOT_RECOGNIZED, SLOTS);
    if (!opens(&error) || calls(SHIM_C_Finalize) != 1)
        return 0;
    /* Now it has, so nobody's session ends. */
    let_fail_until(SHIM_C_GetTokenInfo, CKR_TOKEN_NOT_RECOGNIZED, SLOTS);
    return opens(&error) && calls(SHIM_C_Finalize) == 0;
}

/* In a process that has not used the module, nor has its parent, it looks anew at what tokens there
 * are. */
static void overlooked(void **state)
{
    (void)state;
    must_end_well(look_twice);
}

/* ---- Wrong PINs ---- */

static void *use_seal(void *argument)
{
    ONEM2M_ERROR *error = argument;
    int is_there;

    return onem2m_seal_is_there(token_uri("seals", "key"), &is_there, error) ? error : NULL;
}

static void *use_keys(void *argument)
{
    ONEM2M_ERROR *error = argument;
    ONEM2M_TOKEN *token;
    int ok;

    if (!onem2m_token_new(&token, token_uri("seals", "keys"), error))
        return NULL;
    ok = onem2m_token_create(token, error);
    onem2m_token_free(token);
    return ok ? error : NULL;
}

/* Seal and keys, at the same time. */
static void threads_take_one_try(void **state)
{
    pthread_t thread[THREADS];
    ONEM2M_ERROR errors[THREADS];
    void *opened;

    (void)state;
    reset_shim();
    write_pin(WRONG_PIN, 0600);
    tokens.shim->delay = 30000;
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, i % 2 ? use_seal : use_keys, &errors[i]),
                         0);
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(thread[i], &opened), 0);
        assert_null(opened);
        assert_int_equal(errors[i].reason, ONEM2M_R_TOKEN_PIN);
    }
    assert_int_equal(calls(SHIM_C_Login), 1);
    reset_shim();
    write_pin(TOKEN_PIN, 0600);
    must_open();
}

/* How many logins there were is the status. */
static void log_in_as_child(int start)
{
    ONEM2M_ERROR error;
    char end;

    alarm(60);
    reset_shim();
    tokens.shim->delay = 30000;
    if (read(start, &end, 1) != 0 || opens(&error) || error.reason != ONEM2M_R_TOKEN_PIN)
        _exit(100);
    _exit((int)calls(SHIM_C_Login));
}

/* Processes that one has forked, all of which begin with a wrong PIN. */
static void children_take_one_try(void **state)
{
    pid_t children[CHILDREN];
    int ends[2], logins = 0, status;

    (void)state;
    write_pin(WRONG_PIN, 0600);
    assert_int_equal(pipe(ends), 0);
    fflush(NULL);
    for (size_t i = 0; i < CHILDREN; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0) {
            close(ends[1]);
            log_in_as_child(ends[0]);
        }
    }
    close(ends[0]);
    close(ends[1]);
    for (size_t i = 0; i < CHILDREN; i++) {
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_true(WIFEXITED(status));
        logins += WEXITSTATUS(status);
    }
    assert_int_equal(logins, 1);
    reset_shim();
    must_refuse(ONEM2M_R_TOKEN_PIN, "has refused this PIN");
    assert_int_equal(calls(SHIM_C_Login), 0);
    write_pin(TOKEN_PIN, 0600);
    must_open();
}

/* The token tells what other programs have taken, at the moment of the login. */
static void tries_that_others_took(void **state)
{
    (void)state;
    let_fail_until(SHIM_C_Login, CKR_DEVICE_ERROR, 1);
    tokens.shim->after_login = CKF_USER_PIN_FINAL_TRY;
    must_refuse(ONEM2M_R_TOKEN_FAILED, "C_Login returned CKR_DEVICE_ERROR");
    assert_int_equal(calls(SHIM_C_Login), 1);
    reset_shim();
    must_open();
}

/* ---- Forks ---- */

static atomic_int is_over;

static void *use_often(void *argument)
{
    int *ok = argument;
    ONEM2M_ERROR error;

    while (*ok && !is_over)
        *ok = use_seal(&error) != NULL;
    if (!*ok)
        fprintf(stderr, "%s\n", error.detail);
    return NULL;
}

/* A fork waits for calls of the module, so the child finds nothing held that nobody lets go. */
static void forks_under_threads(void **state)
{
    pthread_t thread[THREADS];
    int ok[THREADS], status;

    (void)state;
#ifdef TOKEN_ASAN
    skip(); /* its own allocator's locks stay held in the child */
#endif
    reset_shim();
    is_over = 0;
    for (size_t i = 0; i < THREADS; i++) {
        ok[i] = 1;
        assert_int_equal(pthread_create(&thread[i], NULL, use_often, &ok[i]), 0);
    }
    for (int i = 0; i < FORKS; i++) {
        ONEM2M_ERROR error;
        const pid_t child = fork();

        assert_true(child >= 0);
        if (child == 0) {
            alarm(60);
            _exit(use_seal(&error) != NULL ? 0 : 1);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
    }
    is_over = 1;
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(thread[i], NULL), 0);
        assert_true(ok[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(overlooked), /* first */
        cmocka_unit_test(what_passes),
        cmocka_unit_test(initialising),
        cmocka_unit_test(what_does_not),
        cmocka_unit_test(nobody_waits_twice),
        cmocka_unit_test(each_module_for_itself),
        cmocka_unit_test(logins_that_fail),
        cmocka_unit_test(another_session),
        cmocka_unit_test(lock_that_is_kept),
        cmocka_unit_test(missing),
        cmocka_unit_test(threads_take_one_try),
        cmocka_unit_test(children_take_one_try),
        cmocka_unit_test(tries_that_others_took),
        cmocka_unit_test(forks_under_threads),
    };

    return cmocka_run_group_tests(tests, set_up_tokens, tear_down_tokens);
}
