/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Records in a token and forks that come while it is being opened: by the module itself, and while
 * somebody is asked for the PIN.
 */
#include <pthread.h>
#include <unistd.h>
#include "keystore/pin_prompt.h"
#include "records.h"
#include "token.h"

#define PATIENCE 60 /* seconds until a test that hangs is ended */

static char without_pin[512];

static void make_store(void *argument)
{
    store_functions->close(store_open(argument));
}

/* A location for a process that has not opened the token yet. */
static char *new_store(void)
{
    const char *location = records_new_location();

    store_join(store_fork(make_store, (void *)(uintptr_t)location));
    snprintf(without_pin, sizeof(without_pin), "%.*s", (int)strcspn(location, "&"), location);
    return (char *)(uintptr_t)location;
}

/* ---- In C_Initialize, as p11-kit does for "remote:" modules ---- */

static void read_and_write(void *argument)
{
    ONEM2M_BACKEND *store;

    alarm(PATIENCE);
    reset_shim();
    records_shim->forks = 1;
    STORE_CHECK(store_try_open(&store, argument) == ONEM2M_R_NONE);
    STORE_CHECK(store_holds(store, "a", NULL));
    STORE_CHECK(records_shim->calls[SHIM_C_Initialize] == 1);
    STORE_CHECK(store_try_put(store, "a", store_text("1")) == ONEM2M_R_NONE);
    STORE_CHECK(store_holds(store, "a", "1"));
    store_functions->close(store);
}

static void write_first(void *argument)
{
    ONEM2M_BACKEND *store;

    alarm(PATIENCE);
    reset_shim();
    records_shim->forks = 1;
    STORE_CHECK(store_try_open(&store, argument) == ONEM2M_R_NONE);
    STORE_CHECK(store_try_put(store, "a", store_text("1")) == ONEM2M_R_NONE);
    STORE_CHECK(records_shim->calls[SHIM_C_Initialize] == 1);
    store_functions->close(store);
}

static void a_module_forks(void **state)
{
    (void)state;
    store_join(store_fork(read_and_write, new_store()));
    store_join(store_fork(write_first, new_store()));
}

/* ---- While somebody types ---- */

typedef struct {
    ONEM2M_BACKEND *store;
    int started[2], forked[2]; /* pipes */
} TYPING;

static int give_pin(char *pin, size_t size, size_t *length)
{
    *length = strlen(TOKEN_PIN);
    STORE_CHECK(*length <= size);
    memcpy(pin, TOKEN_PIN, *length);
    return 1;
}

static int type_at_once(void *argument, const char *token, char *pin, size_t size, size_t *length)
{
    (void)argument;
    (void)token;
    return give_pin(pin, size, length);
}

/* Not before the other thread has forked. */
static int type_late(void *argument, const char *token, char *pin, size_t size, size_t *length)
{
    const TYPING *typing = argument;
    char octet;

    (void)token;
    STORE_CHECK(write(typing->started[1], "x", 1) == 1);
    STORE_CHECK(read(typing->forked[0], &octet, 1) == 1);
    return give_pin(pin, size, length);
}

static void *open_late(void *argument)
{
    TYPING *typing = argument;
    const ONEM2M_PIN_PROMPT prompt = { type_late, typing };

    (void)onem2m_pin_prompt_set(&prompt);
    STORE_CHECK(store_holds(typing->store, "a", NULL));
    (void)onem2m_pin_prompt_set(NULL);
    return NULL;
}

/* The store that was being opened in the parent. */
static void use_in_child(void *argument)
{
    const TYPING *typing = argument;
    const ONEM2M_PIN_PROMPT prompt = { type_at_once, NULL };

    alarm(PATIENCE);
    (void)onem2m_pin_prompt_set(&prompt);
    STORE_CHECK(store_holds(typing->store, "a", NULL));
    STORE_CHECK(store_try_put(typing->store, "b", store_text("1")) == ONEM2M_R_NONE);
    store_functions->close(typing->store);
}

static void fork_while_asked(void *argument)
{
    TYPING typing;
    pthread_t thread;
    char octet;
    pid_t child;

    alarm(PATIENCE);
    STORE_CHECK(store_try_open(&typing.store, argument) == ONEM2M_R_NONE);
    STORE_CHECK(pipe(typing.started) == 0 && pipe(typing.forked) == 0);
    STORE_CHECK(pthread_create(&thread, NULL, open_late, &typing) == 0);
    STORE_CHECK(read(typing.started[0], &octet, 1) == 1);
    child = store_fork(use_in_child, &typing);
    store_join(child);
    STORE_CHECK(write(typing.forked[1], "x", 1) == 1);
    STORE_CHECK(pthread_join(thread, NULL) == 0);
    STORE_CHECK(store_holds(typing.store, "b", "1"));
    store_functions->close(typing.store);
}

static void a_fork_waits_for_nobody_who_types(void **state)
{
    (void)state;
    new_store();
    store_join(store_fork(fork_while_asked, without_pin));
}

int main(int argc, char *argv[])
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_module_forks),
        cmocka_unit_test(a_fork_waits_for_nobody_who_types),
    };
    int failed;

    records_set_up(argc, argv);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    records_remove();
    return failed;
}
