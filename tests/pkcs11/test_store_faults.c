/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Stores whose keys are in a token, and a module that fails at any call: what is refused says why
 * and has changed nothing, what is not refused is done, and nothing is left behind in the token.
 * ONEM2M_LONG in the environment: 1, a dozen values at every call; 2, every one that the standard
 * names.
 */
#include <unistd.h>
#include "expect.h"
#include "token_store.h"

/* The largest value that the standard names below those of vendors. */
#define VALUES_END 0x300

#define FRESH "fresh"

typedef int operation_fn(ONEM2M_STORE *store, ONEM2M_ERROR *error);

/* ---- What is done ---- */

static char backup_path[96], new_seal[512];

static int initialise(ONEM2M_STORE *store, ONEM2M_ERROR *error)
{
    ONEM2M_TOKEN *token = onem2m_store_token(store);
    int is_there = onem2m_token_is_there(token, error);

    if (is_there < 0 || (!is_there && !onem2m_token_create(token, error)) ||
        !onem2m_seal_is_there(store->seal_uri, &is_there, error) ||
        (!is_there && !onem2m_seal_create(store->seal_uri, NULL, error)))
        return 0;
    return onem2m_store_create(store, error);
}

static int restrict_it(ONEM2M_STORE *store, ONEM2M_ERROR *error)
{
    static const ONEM2M_STORE_CHANGE change = { .change_extractable = 1 };

    return change_key(store, KE_ID, &change, error);
}

static int update(ONEM2M_STORE *store, ONEM2M_ERROR *error)
{
    static const ONEM2M_STORE_CHANGE change = { .change_labels = 1,
                                                .labels = { (const unsigned char *)"changed", 7 } };

    return change_key(store, KE_ID, &change, error);
}

static int destroy(ONEM2M_STORE *store, ONEM2M_ERROR *error)
{
    static const ONEM2M_STORE_CHANGE change = { .change_state = 1,
                                                .state = ONEM2M_STATE_DESTROYED };

    return change_key(store, KPM_ID, &change, error);
}

static int rotate(ONEM2M_STORE *store, ONEM2M_ERROR *error)
{
    return onem2m_store_rotate(store, NULL, NULL, error);
}

static int reseal(ONEM2M_STORE *store, ONEM2M_ERROR *error)
{
    return onem2m_store_reseal(store, new_seal, error);
}

static int use(ONEM2M_STORE *store, ONEM2M_ERROR *error)
{
    unsigned char mac[32], expected[EVP_MAX_MD_SIZE];
    static const ONEM2M_SLICE message = { (const unsigned char *)"some message", 12 };
    ONEM2M_KEY key = { 0 };
    const int ok = load_key(store, KE_ID, &key, error) && mac_with_key(&key, mac, error);

    onem2m_key_clear(&key);
    if (!ok)
        return 0;
    software_mac(0, octets_of_ke, &message, 1, expected);
    assert_memory_equal(mac, expected, sizeof(mac));
    return 1;
}

static int export_it(ONEM2M_STORE *store, ONEM2M_ERROR *error)
{
    unsigned char octets[32];
    ONEM2M_KEY key = { 0 };
    ONEM2M_MATERIAL material;
    int ok = load_key(store, KE_ID, &key, error);

    material = onem2m_key_material(&key);
    ok = ok && onem2m_material_read(&material, octets, error);
    onem2m_key_clear(&key);
    if (ok)
        assert_memory_equal(octets, octets_of_ke.data, sizeof(octets));
    return ok;
}

static int verify(ONEM2M_STORE *store, ONEM2M_ERROR *error)
{
    ONEM2M_STORE_READER *reader = onem2m_store_reader_new(store, error);
    ONEM2M_STORE_FINDINGS findings;
    int ok = onem2m_store_verify(reader, &findings, NULL, NULL, error);

    if (ok && findings.first.reason != ONEM2M_R_NONE) {
        *error = findings.first;
        ok = 0;
    }
    onem2m_store_reader_free(reader);
    return ok;
}

static int back_up(ONEM2M_STORE *store, ONEM2M_ERROR *error)
{
    const int ok = onem2m_store_backup(store, backup_path, error);

    assert_int_equal(access(backup_path, F_OK) == 0, ok);
    unlink(backup_path);
    return ok;
}

static char kept_path[96];

static int restore(ONEM2M_STORE *store, ONEM2M_ERROR *error)
{
    ONEM2M_STORE_FINDINGS findings;

    return onem2m_store_restore(store, kept_path, &findings, NULL, NULL, error);
}

typedef struct {
    const char *name;
    operation_fn *run;
    int objects; /* how many more there are then, where keys are objects */
    enum { CHANGES, READS, MAKES, INITIALISES } what;
    int is_resealed;
} OPERATION;

static const OPERATION operations[] = {
    { "init", initialise, 0, INITIALISES, 0 },    { "add", add_imported, 1, CHANGES, 0 },
    { "generate", add_generated, 1, CHANGES, 0 }, { "derive", add_derived, 1, CHANGES, 0 },
    { "restrict", restrict_it, 0, CHANGES, 0 },   { "update", update, 0, CHANGES, 0 },
    { "destroy", destroy, -1, CHANGES, 0 },       { "rotate", rotate, 0, CHANGES, 0 },
    { "reseal", reseal, 0, CHANGES, 1 },          { "use", use, 0, READS, 0 },
    { "export", export_it, 0, READS, 0 },         { "verify", verify, 0, READS, 0 },
    { "backup", back_up, 0, READS, 0 },           { "restore", restore, 0, MAKES, 0 },
};

/* ---- The store that it is done with, and how it is before and after ---- */

static struct {
    ONEM2M_STORE *store; /* another than that which is tried; logged in */
    char *before;        /* what is in it */
    char *after;         /* what was in it after the operation, without a failure */
} observer;

static void forget(void)
{
    onem2m_store_close(observer.store);
    free(observer.before);
    free(observer.after);
    memset(&observer, 0, sizeof(observer));
}

static void make_anew(void)
{
    onem2m_store_close(observer.store);
    observer.store = token_store_make("store");
    free(observer.before);
    observer.before = describe_store(observer.store, 0);
}

/* What init may leave for the next one. */
static void clear_fresh(void)
{
    token_store_clear(FRESH);
    token_store_destroy(FRESH " wrap");
    token_store_destroy(FRESH " seal");
}

static ONEM2M_STORE *open_for(const OPERATION *operation)
{
    if (operation->what == MAKES || operation->what == INITIALISES)
        return token_store_open(operation->what == INITIALISES ? FRESH : TOKEN_STORE_OBJECT, FRESH,
                                NULL);
    return token_store_open(TOKEN_STORE_OBJECT, "store", NULL);
}

static void prepare(const OPERATION *operation)
{
    reset_shim();
    if (operation->what == MAKES || operation->what == INITIALISES)
        clear_fresh();
}

static void assert_described(ONEM2M_STORE *store, int may_be_left, const char *expected)
{
    char *description = describe_store(store, may_be_left);

    assert_string_equal(description, expected);
    free(description);
}

static void assert_absent(const OPERATION *operation)
{
    ONEM2M_STORE *store = open_for(operation);
    ONEM2M_STORE_READER *reader = onem2m_store_reader_new(store, NULL);
    ONEM2M_STORE_FINDINGS findings;
    ONEM2M_ERROR error;

    assert_false(onem2m_store_verify(reader, &findings, NULL, NULL, &error));
    assert_int_equal(error.reason, ONEM2M_R_STORE_MISSING);
    onem2m_store_reader_free(reader);
    if (!operation->run(store, &error)) /* the next time it works, with what was left */
        fail_msg("%s, again: %s", operation->name, error.detail);
    onem2m_store_close(store);
}

static void assert_as_before(const OPERATION *operation, int may_be_left)
{
    if (operation->what == MAKES || operation->what == INITIALISES)
        assert_absent(operation);
    else
        assert_described(observer.store, may_be_left, observer.before);
}

static void assert_as_after(const OPERATION *operation, int may_be_left)
{
    ONEM2M_STORE *store = operation->what == CHANGES || operation->what == READS
                              ? token_store_open(TOKEN_STORE_OBJECT, "store",
                                                 operation->is_resealed ? new_seal : NULL)
                              : open_for(operation);

    assert_described(store, may_be_left, observer.after);
    onem2m_store_close(store);
}

/* ---- One failure ---- */

#define NAME(name) #name,
static const char *const names[] = { SHIM_FUNCTIONS(NAME) };

typedef enum {
    ONCE,
    FOR_GOOD, /* nor does any call behind it work */
    ANSWERED  /* by a call that has done what it says it has not */
} HOW;

typedef struct {
    const OPERATION *operation;
    CK_RV value;
    unsigned long skip; /* calls that do not fail before it */
    HOW how;
    char what[160];
} FAILURE;

static int refused_count, done_count;

/* A token that is not there for a moment is asked again, and then it says something else. */
static int may_say_another(CK_RV value)
{
    return value == CKR_TOKEN_NOT_PRESENT || value == CKR_TOKEN_NOT_RECOGNIZED ||
           value == CKR_USER_ALREADY_LOGGED_IN || value == CKR_CRYPTOKI_ALREADY_INITIALIZED ||
           value == CKR_USER_NOT_LOGGED_IN;
}

static void check_refusal(const FAILURE *failure, const ONEM2M_ERROR *error)
{
    const char *function = names[tokens.shim->failed];

    assert_printable(error->detail);
    assert_null(strstr(error->detail, TOKEN_PIN));
    if (may_say_another(failure->value) || error->reason == ONEM2M_R_TOKEN_CANNOT)
        return;
    /* A key was made that wraps, and when the token was asked again it had one. */
    if (failure->how == ANSWERED && error->reason == ONEM2M_R_TOKEN_KEY)
        return;
    if (strstr(error->detail, onem2m_pkcs11_value_name(failure->value)) == NULL ||
        (failure->how != FOR_GOOD && strstr(error->detail, function) == NULL))
        fail_msg("%s: %s", failure->what, error->detail);
    if (strstr(error->detail, keeper.is_nss ? "our token" : "seals") == NULL)
        fail_msg("%s: which token? %s", failure->what, error->detail);
}

/* What is in the token: as many keys as there are records of them, and nothing of a session. */
static void check_token(const FAILURE *failure, size_t of_token, size_t of_sessions, int ok)
{
    const OPERATION *operation = failure->operation;
    const size_t more = ok && token_store_has_objects() ? (size_t)operation->objects : 0;
    const size_t now = token_store_count(TOKEN_STORE_OBJECT " key");

    /* While a token is away nothing in it can be destroyed. */
    if (now != of_token + more &&
        (failure->how != FOR_GOOD || now < of_token || now > of_token + 1))
        fail_msg("%s: %zu objects of the token, not %zu", failure->what, now, of_token + more);
    if (count_objects(0) != of_sessions)
        fail_msg("%s: %zu objects of sessions, not %zu", failure->what, count_objects(0),
                 of_sessions);
}

static int run(const FAILURE *failure, ONEM2M_ERROR *error)
{
    ONEM2M_STORE *store = open_for(failure->operation);
    int ok;

    let_fail(SHIM_FUNCTION_COUNT, failure->value, failure->skip);
    tokens.shim->fails_always = failure->how == FOR_GOOD;
    tokens.shim->after = failure->how == ANSWERED;
    ok = failure->operation->run(store, error);
    onem2m_store_close(store);
    tokens.shim->value = CKR_OK;
    return ok;
}

/* Returns whether there was such a call. */
static int fail_once(FAILURE *failure)
{
    const size_t of_token = token_store_count(TOKEN_STORE_OBJECT " key");
    const size_t of_sessions = count_objects(0);
    const long sessions = tokens.shim->sessions;
    ONEM2M_ERROR error = { .reason = ONEM2M_R_NONE };
    SHIM_FUNCTION failed;
    int ok;

    prepare(failure->operation);
    ok = run(failure, &error);
    failed = tokens.shim->failed;
    if (failed == SHIM_FUNCTION_COUNT) {
        assert_true(ok);
        return 0;
    }
    snprintf(failure->what, sizeof(failure->what), "%s, call %lu, %s: %s", failure->operation->name,
             failure->skip, names[failed], onem2m_pkcs11_value_name(failure->value));
    if (!ok)
        check_refusal(failure, &error);
    if (tokens.shim->sessions != sessions &&
        (failure->how != ANSWERED || failed != SHIM_C_OpenSession))
        fail_msg("%s: %ld sessions were open, now %ld", failure->what, sessions,
                 tokens.shim->sessions);
    check_token(failure, of_token, of_sessions, ok);
    reset_shim();
    if (ok)
        assert_as_after(failure->operation, failure->how == FOR_GOOD);
    else
        assert_as_before(failure->operation, failure->how == FOR_GOOD);
    if (failure->operation->what == CHANGES && (ok || failure->how == FOR_GOOD))
        make_anew();
    *(ok ? &done_count : &refused_count) += 1;
    return 1;
}

/* ---- All failures ---- */

static const CK_RV usual_values[] = {
    CKR_DEVICE_ERROR,       CKR_GENERAL_ERROR,      CKR_DEVICE_REMOVED,
    CKR_DEVICE_MEMORY,      CKR_HOST_MEMORY,        CKR_SESSION_COUNT,
    CKR_KEY_HANDLE_INVALID, CKR_FUNCTION_FAILED,    CKR_OBJECT_HANDLE_INVALID,
    CKR_PIN_LOCKED,         CKR_USER_NOT_LOGGED_IN, CKR_SESSION_HANDLE_INVALID,
};

/* How much is wanted: 1, all usual values at every call; 2, all that have a name. */
static int patience(void)
{
    const char *text = getenv("ONEM2M_LONG");

    return text != NULL ? (int)strtol(text, NULL, 10) : 0;
}

/* Which value a call fails with the n-th time; CKR_OK: no more of them. Of the calls of one
 * function each value is seen, if not at each. */
static CK_RV one_value(unsigned long call, size_t n)
{
    return n == 0 ? usual_values[call % COUNT(usual_values)] : CKR_OK;
}

static CK_RV usual_value(unsigned long call, size_t n)
{
    (void)call;
    return n < COUNT(usual_values) ? usual_values[n] : CKR_OK;
}

static CK_RV any_value(unsigned long call, size_t n)
{
    (void)call;
    for (CK_RV value = 1; value < VALUES_END; value++) {
        if (strncmp(onem2m_pkcs11_value_name(value), "CKR_", 4) == 0 && n-- == 0)
            return value;
    }
    return CKR_OK;
}

/* That of a module which does not work any more; sometimes that of a token which was taken out, for
 * which is waited a moment each time. */
static CK_RV value_of_the_end(unsigned long call, size_t n)
{
    static const CK_RV values[] = { CKR_FUNCTION_FAILED, CKR_SESSION_HANDLE_INVALID,
                                    CKR_DEVICE_MEMORY };

    if (n > 0)
        return CKR_OK;
    return call % 30 == 9 ? CKR_DEVICE_REMOVED : values[call / 3 % COUNT(values)];
}

typedef CK_RV value_fn(unsigned long call, size_t n);

static int fail_call(FAILURE *failure, value_fn *value_of)
{
    for (size_t n = 0; (failure->value = value_of(failure->skip, n)) != CKR_OK; n++) {
        if (!fail_once(failure))
            return 0;
    }
    return 1;
}

/* For who restores it. */
static void keep_backup(void)
{
    ONEM2M_ERROR error;

    unlink(kept_path);
    if (!onem2m_store_backup(observer.store, kept_path, &error))
        fail_msg("%s", error.detail);
}

static void remember_after(const OPERATION *operation)
{
    const FAILURE none = { .operation = operation, .value = CKR_OK };
    ONEM2M_ERROR error;

    prepare(operation);
    if (!run(&none, &error))
        fail_msg("%s: %s", operation->name, error.detail);
    free(observer.after);
    observer.after = NULL;
    reset_shim();
    {
        ONEM2M_STORE *store = operation->is_resealed
                                  ? token_store_open(TOKEN_STORE_OBJECT, "store", new_seal)
                                  : open_for(operation);

        observer.after = describe_store(store, 0);
        onem2m_store_close(store);
    }
    if (operation->what == CHANGES)
        make_anew();
}

static void begins(void **state)
{
    ONEM2M_ERROR error;

    (void)state;
    snprintf(backup_path, sizeof(backup_path), "%s/backup", tokens.directory);
    snprintf(kept_path, sizeof(kept_path), "%s/kept", tokens.directory);
    snprintf(new_seal, sizeof(new_seal), "%s", keeper_uri("new seal"));
    assert_true(onem2m_seal_create(new_seal, NULL, &error));
}

/* NSS's softokn takes long to make objects, and some time to find them: not every call. */
static unsigned long step_of_calls(HOW how)
{
    const unsigned long step = how == ONCE ? 1 : 3;

    if (patience() > 0)
        return 1;
    return !keeper.is_nss ? step : token_store_has_objects() ? 12 * step : 4 * step;
}

static void fail_each_call(const OPERATION *operation, HOW how, value_fn *value_of)
{
    FAILURE failure = { .operation = operation, .how = how };

    make_anew();
    keep_backup();
    remember_after(operation);
    refused_count = done_count = 0;
    while (fail_call(&failure, value_of))
        failure.skip += step_of_calls(how);
    /* A backup is a copy of records as they are. */
    assert_int_equal(refused_count > 0, operation->run != back_up);
}

static void each_call_fails_once(void **state)
{
    static value_fn *const values[] = { one_value, usual_value, any_value };

    (void)state;
    for (size_t i = 0; i < COUNT(operations); i++)
        fail_each_call(&operations[i], ONCE, values[patience() % 3]);
}

static void the_token_goes_at_each_call(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(operations); i++)
        fail_each_call(&operations[i], FOR_GOOD, value_of_the_end);
}

/* Of a token behind a network, say. */
static void each_answer_is_lost(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(operations); i++)
        fail_each_call(&operations[i], ANSWERED, value_of_the_end);
}

/* ---- Records that are not written ---- */

static int commit_nothing(ONEM2M_TRANSACTION *transaction, ONEM2M_ERROR *error)
{
    onem2m_backend_lmdb.abort(transaction);
    return onem2m_refuse(error, ONEM2M_R_STORE_FAILED, ONEM2M_NO_OFFSET, "the disk is gone");
}

static int run_without_commit(const OPERATION *operation, ONEM2M_ERROR *error)
{
    ONEM2M_BACKEND_FUNCTIONS functions = onem2m_backend_lmdb;
    ONEM2M_STORE *store = open_for(operation);
    int ok;

    functions.commit = commit_nothing;
    store->functions = &functions;
    ok = operation->run(store, error);
    onem2m_store_close(store);
    return ok;
}

/* Of an object of the token it is done at once: see onem2m_store_place. */
static void assert_restricted(void)
{
    ONEM2M_ERROR error;
    const int ok = export_it(observer.store, &error);

    assert_int_equal(ok, !token_store_has_objects());
    if (!ok)
        assert_int_equal(error.reason, ONEM2M_R_NOT_EXTRACTABLE);
}

static void the_commit_fails(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(operations); i++) {
        ONEM2M_ERROR error;
        size_t of_token;

        if (operations[i].what != CHANGES)
            continue;
        make_anew();
        of_token = token_store_count(TOKEN_STORE_OBJECT " key");
        assert_false(run_without_commit(&operations[i], &error));
        assert_string_equal(error.detail, "the disk is gone");
        assert_int_equal(token_store_count(TOKEN_STORE_OBJECT " key"), of_token);
        assert_as_before(&operations[i], 0);
        if (operations[i].run == restrict_it)
            assert_restricted();
        if (!operations[i].run(observer.store, &error)) /* the next one works */
            fail_msg("%s, again: %s", operations[i].name, error.detail);
    }
}

static void ends(void **state)
{
    (void)state;
    forget();
}

int main(int argc, char *argv[])
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(begins),
        cmocka_unit_test(each_call_fails_once),
        cmocka_unit_test(the_token_goes_at_each_call),
        cmocka_unit_test(each_answer_is_lost),
        cmocka_unit_test(the_commit_fails),
        cmocka_unit_test(ends),
    };

    token_store_choose(argc, argv);
    return run_with_keeper(argc, argv, tests, COUNT(tests));
}
