/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A transaction on records in a token, each call of whose module fails once, or
 * from then on, or is the last that the process makes: afterwards a process
 * that knows nothing finds all that the transaction wrote, or all that was
 * there before; and the next that writes leaves no object behind.
 */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include "records.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

typedef enum { OLD, NEW, NEITHER } STATE;

/* What a child that was told to fail says; it may be killed. */
typedef struct {
    unsigned long calls;
    int ok, may_be_either;
    ONEM2M_ERROR error;
} OUTCOME;

static OUTCOME *outcome; /* shared with children */

typedef struct {
    const char *name;
    int (*run)(ONEM2M_BACKEND *store);
    STATE (*find)(ONEM2M_BACKEND *store);
    int needs_store;
    size_t objects_after; /* the next write, of NEW */
} OPERATION;

/* One replaced, one removed, one that is new. */
static int change(ONEM2M_BACKEND *store)
{
    ONEM2M_TRANSACTION *transaction;
    int ok;

    if (store_try_begin(store, &transaction, ONEM2M_WRITE) != ONEM2M_R_NONE)
        return 0;
    store_put(transaction, "a", "2");
    store_put(transaction, "c", "2");
    ok = store_functions->remove(transaction, ONEM2M_TABLE_KEYS, store_text("b"), &store_error);
    STORE_CHECK(ok);
    return store_functions->commit(transaction, &store_error);
}

static STATE find_change(ONEM2M_BACKEND *store)
{
    ONEM2M_TRANSACTION *reader = store_begin(store, ONEM2M_READ);
    STATE found = NEITHER;

    if (store_has(reader, "a", "1") && store_has(reader, "b", "1") && store_has(reader, "c", NULL))
        found = OLD;
    if (store_has(reader, "a", "2") && store_has(reader, "b", NULL) && store_has(reader, "c", "2"))
        found = NEW;
    store_functions->abort(reader);
    return found;
}

static int create(ONEM2M_BACKEND *store)
{
    return store_try_create(store) == ONEM2M_R_NONE;
}

static STATE find_store(ONEM2M_BACKEND *store)
{
    ONEM2M_TRANSACTION *reader;
    ONEM2M_SLICE value;
    int found;

    if (store_try_begin(store, &reader, ONEM2M_READ) != ONEM2M_R_NONE)
        return store_error.reason == ONEM2M_R_STORE_MISSING ? OLD : NEITHER;
    found =
        store_functions->get(reader, ONEM2M_TABLE_META, store_text("header"), &value, &store_error);
    store_functions->abort(reader);
    return found == 1 ? NEW : NEITHER;
}

static const OPERATION operations[] = {
    { "change", change, find_change, 1, 6 }, /* header, a, c, next, anchors */
    { "create", create, find_store, 0, 4 },  /* header, next, anchors */
};

static void make_store(void *argument)
{
    ONEM2M_BACKEND *store = store_open(argument);
    ONEM2M_TRANSACTION *transaction = store_begin(store, ONEM2M_WRITE);

    store_put(transaction, "a", "1");
    store_put(transaction, "b", "1");
    store_commit(transaction);
    store_functions->close(store);
}

typedef struct {
    const OPERATION *operation;
    CK_RV value;
    unsigned long skip;
    int always, after, kills;
} FAULT;

static void arm(const FAULT *fault)
{
    reset_shim();
    records_shim->fails_any = 1;
    records_shim->skip = fault->skip;
    records_shim->fails_always = fault->always;
    records_shim->after = fault->after;
    records_shim->kills = fault->kills;
    records_shim->value = fault->value;
}

/* Fails, and goes on with the same backend when the token works again. */
static void run_failing(void *argument)
{
    const FAULT *fault = argument;
    ONEM2M_BACKEND *store;

    STORE_CHECK(store_try_open(&store, records_location()) == ONEM2M_R_NONE);
    arm(fault);
    outcome->ok = fault->operation->run(store);
    outcome->error = store_error;
    outcome->calls = records_shim->all_calls;
    STORE_CHECK(records_shim->calls[SHIM_C_Logout] == 0);
    reset_shim();
    outcome->may_be_either = !outcome->ok && strstr(store_error.detail, "it shows when") != NULL;
    if (!outcome->may_be_either)
        STORE_CHECK(fault->operation->find(store) == (outcome->ok ? NEW : OLD));
    store_functions->close(store);
}

/* In a process that knows of nothing. */
static void check(void *argument)
{
    const FAULT *fault = argument;
    ONEM2M_BACKEND *store;
    STATE found;

    STORE_CHECK(store_try_open(&store, records_location()) == ONEM2M_R_NONE);
    found = fault->operation->find(store);
    STORE_CHECK(found != NEITHER);
    if (!fault->kills && !outcome->may_be_either)
        STORE_CHECK(found == (outcome->ok ? NEW : OLD));
    if (found == OLD)
        STORE_CHECK(fault->operation->run(store));
    STORE_CHECK(store_try_put(store, "next", store_text("3")) == ONEM2M_R_NONE);
    STORE_CHECK(fault->operation->find(store) == NEW);
    STORE_CHECK(records_objects() == fault->operation->objects_after);
    store_functions->close(store);
    records_wipe();
}

static void join_killed(pid_t child, int *was_killed)
{
    int status;

    STORE_CHECK(waitpid(child, &status, 0) == child);
    *was_killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    STORE_CHECK(*was_killed || (WIFEXITED(status) && WEXITSTATUS(status) == 0));
}

/* Returns 0 when there was no such call any more. */
static int run_one(FAULT *fault)
{
    char *location = (char *)(uintptr_t)records_new_location();
    int was_killed;

    if (fault->operation->needs_store)
        store_join(store_fork(make_store, location));
    memset(outcome, 0, sizeof(*outcome));
    join_killed(store_fork(run_failing, fault), &was_killed);
    store_join(store_fork(check, fault));
    return was_killed || outcome->calls > fault->skip;
}

static void each_call(const OPERATION *operation, FAULT fault)
{
    /* What may pass is asked again for seconds where it never does: test_opening.c has that. */
    const CK_RV values[] = { fault.always ? CKR_FUNCTION_FAILED : CKR_DEVICE_ERROR,
                             CKR_SESSION_HANDLE_INVALID, CKR_DEVICE_REMOVED, CKR_USER_NOT_LOGGED_IN,
                             CKR_HOST_MEMORY };
    unsigned long calls = 0;

    fault.operation = operation;
    do {
        fault.skip = calls++;
        if (!fault.kills)
            fault.value = values[calls % COUNT(values)];
    } while (run_one(&fault));
    printf("%s%s%s%s: %lu calls\n", operation->name, fault.kills ? ", killed" : "",
           fault.always ? ", from then on" : "", fault.after ? ", after the call" : "", calls - 1);
    STORE_CHECK(calls > 20);
}

int main(int argc, char *argv[])
{
    records_set_up(argc, argv);
    outcome =
        mmap(NULL, sizeof(*outcome), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    STORE_CHECK(outcome != MAP_FAILED);
    for (size_t i = 0; i < COUNT(operations); i++) {
        for (int after = 0; after < 2; after++) {
            each_call(&operations[i], (FAULT){ .after = after, .kills = 1 });
            each_call(&operations[i], (FAULT){ .after = after });
            each_call(&operations[i], (FAULT){ .after = after, .always = 1 });
        }
    }
    records_remove();
    return 0;
}
