/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A seal of a PKCS#11 token, and what its module can do to it.
 */
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>
#include "expect.h"
#include "keystore/pkcs11.h"
#include "keystore/seal_wrapped.h"
#include "token.h"

#define THREADS 8
#define ROUNDS 40

/* The largest value that the standard names below those of vendors. */
#define VALUES_END 0x300

static ONEM2M_WRAPPED_SEAL wrapped;
static unsigned char octets[ONEM2M_SEAL_OCTETS];

static int calls(SHIM_FUNCTION function)
{
    return (int)tokens.shim->calls[function];
}

/* Every session that was opened is closed, and nobody was logged out or finalised. */
static void assert_tidy(void)
{
    assert_int_equal(calls(SHIM_C_Logout), 0);
    assert_int_equal(calls(SHIM_C_Finalize), 0);
}

static int set_up_key(void **state)
{
    ONEM2M_SEAL seal = { .secret = { 0 } };
    ONEM2M_ERROR error;
    int is_there = 1;

    set_up_tokens(state);
    assert_true(onem2m_seal_is_there(token_uri("seals", "key"), &is_there, &error));
    assert_false(is_there);
    assert_true(onem2m_seal_create(token_uri("seals", "key"), NULL, &error));
    assert_true(onem2m_seal_is_there(token_uri("seals", "key"), &is_there, &error));
    assert_true(is_there);
    assert_true(onem2m_seal_open(&seal, token_uri("seals", "key"), NULL, NULL, &error));
    assert_int_equal(seal.secret.length, ONEM2M_SEAL_OCTETS);
    wrapped = seal.wrapped;
    memcpy(octets, seal.secret.octets, sizeof(octets));
    onem2m_seal_clear(&seal);
    return 0;
}

static int opens(const char *uri, ONEM2M_ERROR *error)
{
    ONEM2M_SEAL seal = { .secret = { 0 } };
    const int ok = onem2m_seal_open(&seal, uri, &wrapped, NULL, error);

    if (ok) {
        assert_int_equal(seal.secret.length, ONEM2M_SEAL_OCTETS);
        assert_memory_equal(seal.secret.octets, octets, sizeof(octets));
        assert_int_equal(seal.wrapped.length, wrapped.length);
    } else {
        assert_null(seal.secret.octets);
        assert_null(strstr(error->detail, TOKEN_PIN));
    }
    onem2m_seal_clear(&seal);
    return ok;
}

static void must_refuse(const char *uri, ONEM2M_REASON reason, const char *detail)
{
    const REFUSAL refusal = { reason, NO_OFFSET, detail };
    ONEM2M_ERROR error;

    if (opens(uri, &error))
        fail_msg("%s was opened", uri);
    assert_refused(&error, &refusal, uri);
}

static void opens_what_it_wrapped(void **state)
{
    ONEM2M_SEAL other = { .secret = { 0 } };
    ONEM2M_ERROR error;

    (void)state;
    reset_shim();
    assert_true(opens(token_uri("seals", "key"), &error));
    assert_int_equal(calls(SHIM_C_OpenSession), 1);
    assert_int_equal(calls(SHIM_C_CloseSession), 1);
    assert_int_equal(calls(SHIM_C_Login), 1);
    assert_tidy();
    /* Each is of octets of its own. */
    assert_true(onem2m_seal_open(&other, token_uri("seals", "key"), NULL, NULL, &error));
    assert_memory_not_equal(other.secret.octets, octets, sizeof(octets));
    onem2m_seal_clear(&other);
}

static void makes_a_key_that_stays(void **state)
{
    static const struct {
        CK_ATTRIBUTE_TYPE type;
        CK_BBOOL value;
    } expected[] = { { CKA_SENSITIVE, CK_TRUE },
                     { CKA_EXTRACTABLE, CK_FALSE },
                     { CKA_TOKEN, CK_TRUE },
                     { CKA_PRIVATE, CK_TRUE },
                     { CKA_ALWAYS_SENSITIVE, CK_TRUE },
                     { CKA_NEVER_EXTRACTABLE, CK_TRUE } };
    ONEM2M_PKCS11_SESSION session;
    CK_OBJECT_HANDLE key;
    ONEM2M_ERROR error;
    P11KitUri *uri;

    (void)state;
    reset_shim();
    assert_true(onem2m_pkcs11_parse_uri(&uri, token_uri("seals", "key"), &error));
    assert_true(onem2m_pkcs11_open(&session, uri, 0, &error));
    assert_int_equal(onem2m_pkcs11_find_aes_key(&session, uri, &key, &error), 1);
    for (size_t i = 0; i < COUNT(expected); i++) {
        unsigned char value;
        size_t length = sizeof(value);

        assert_true(
            onem2m_pkcs11_get_octets(&session, key, expected[i].type, &value, &length, &error));
        assert_int_equal(value, expected[i].value);
    }
    onem2m_pkcs11_close(&session);
    p11_kit_uri_free(uri);
    assert_false(onem2m_seal_create(token_uri("seals", "key"), NULL, &error));
    assert_int_equal(error.reason, ONEM2M_R_TOKEN_KEY);
}

static void refuses_uris(void **state)
{
    static const struct {
        const char *uri, *detail;
    } wrong[] = {
        { "pkcs11:", "names no token" },
        { "pkcs11:object=key", "names no token" },
        { "pkcs11:token=seals", "names no key" },
        { "pkcs11:token=seals;object=key;type=public", "type=" },
        { "pkcs11:token=seals;object=key?pin-value=1234", "pin-value is refused" },
        { "pkcs11:token=seals;object=key?pin-source=/etc/pin", "pin-source is not file:PATH" },
        { "pkcs11:token=seals;object=key?pin-source=file:", "pin-source is not file:PATH" },
        { "pkcs11:token=seals;object=key;tokn=x", "not of RFC 7512" },
        { "pkcs11:token=%zz;object=key", "PKCS#11 URI" },
        { "pkcs11:token=seals;;object", "PKCS#11 URI" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        const REFUSAL refusal = { ONEM2M_R_BAD_CONFIGURATION, NO_OFFSET, wrong[i].detail };
        ONEM2M_ERROR error;

        if (onem2m_seal_check_uri(wrong[i].uri, &error))
            fail_msg("%s was taken", wrong[i].uri);
        assert_refused(&error, &refusal, wrong[i].uri);
        must_refuse(wrong[i].uri, ONEM2M_R_BAD_CONFIGURATION, wrong[i].detail);
    }
}

static void names_what_is_missing(void **state)
{
    (void)state;
    reset_shim();
    must_refuse(token_uri("none", "key"), ONEM2M_R_TOKEN_MISSING, "no PKCS#11 token none");
    must_refuse(token_uri("seals", "none"), ONEM2M_R_TOKEN_KEY,
                "PKCS#11 token seals has no key none");
    must_refuse("pkcs11:token=seals;object=key?module-path=/nowhere/module.so",
                ONEM2M_R_TOKEN_MISSING, "/nowhere/module.so cannot be loaded");
    must_refuse("pkcs11:token=seals;object=key?module-name=nobody", ONEM2M_R_TOKEN_MISSING,
                "no PKCS#11 token seals");
    assert_tidy();
}

/* Another token, another key, a file: whose the store is stands in the refusal. */
static void names_whose_it_is(void **state)
{
    ONEM2M_ERROR error;
    char file[128];

    (void)state;
    reset_shim();
    assert_true(onem2m_seal_create(token_uri("others", "key"), NULL, &error));
    must_refuse(token_uri("others", "key"), ONEM2M_R_BAD_SEAL,
                "the store is sealed by key key of PKCS#11 token seals (serial ");
    assert_true(onem2m_seal_create(token_uri("seals", "key2"), NULL, &error));
    must_refuse(token_uri("seals", "key2"), ONEM2M_R_BAD_SEAL,
                "the store is sealed by key key of PKCS#11 token seals (serial ");
    snprintf(file, sizeof(file), "file:%s/seal", tokens.directory);
    assert_true(onem2m_seal_create(file, NULL, &error));
    must_refuse(file, ONEM2M_R_BAD_SEAL, "the store is sealed by key key of PKCS#11 token seals");
}

static void refuses_what_a_file_sealed(void **state)
{
    const ONEM2M_WRAPPED_SEAL none = { .length = 0 };
    ONEM2M_SEAL seal = { .secret = { 0 } };
    ONEM2M_ERROR error;

    (void)state;
    assert_false(onem2m_seal_open(&seal, token_uri("seals", "key"), &none, NULL, &error));
    assert_int_equal(error.reason, ONEM2M_R_BAD_SEAL);
    assert_non_null(strstr(error.detail, "sealed by a file"));
}

/* Of the wrapped seal every octet matters, but for the names. */
static void refuses_every_octet_changed(void **state)
{
    const ONEM2M_WRAPPED_SEAL kept = wrapped;
    ONEM2M_WRAPPED_PARTS parts;
    ONEM2M_ERROR error;
    size_t protected;

    (void)state;
    reset_shim();
    assert_true(onem2m_wrapped_seal_decode(&kept, &parts, &error));
    assert_int_equal(parts.mechanism, CKM_AES_GCM);
    protected = (size_t)(parts.ciphertext.data + parts.ciphertext.length - kept.octets);
    for (size_t i = 0; i < protected; i++) {
        wrapped.octets[i] ^= 1;
        assert_false(opens(token_uri("seals", "key"), &error));
        if (error.reason != ONEM2M_R_HEADER_DAMAGED)
            assert_int_equal(error.reason, ONEM2M_R_BAD_SEAL);
        wrapped = kept;
    }
    for (wrapped.length = 1; wrapped.length < kept.length; wrapped.length++)
        must_refuse(token_uri("seals", "key"), ONEM2M_R_HEADER_DAMAGED, "wrapped by a token");
    wrapped = kept;
    assert_tidy();
}

static void two_keys_of_a_name(void **state)
{
    char uri[512];
    ONEM2M_ERROR error;

    (void)state;
    reset_shim();
    for (int id = 1; id <= 2; id++) {
        snprintf(uri, sizeof(uri),
                 "pkcs11:token=seals;object=twin;id=%%3%d?module-path=" SHIM_MODULE
                 "&pin-source=file:%s",
                 id, tokens.pin_path);
        assert_true(onem2m_seal_create(uri, NULL, &error));
    }
    must_refuse(token_uri("seals", "twin"), ONEM2M_R_TOKEN_KEY,
                "several keys of the token are named twin");
    must_refuse(uri, ONEM2M_R_BAD_SEAL, "sealed by key key");
}

/* ---- PIN ---- */

static void pin_files(void **state)
{
    static char long_pin[300];

    (void)state;
    reset_shim();
    write_pin(TOKEN_PIN, 0640);
    must_refuse(token_uri("seals", "key"), ONEM2M_R_TOKEN_PIN, "chmod 600 is needed");
    write_pin("", 0600);
    must_refuse(token_uri("seals", "key"), ONEM2M_R_TOKEN_PIN, "it is empty");
    write_pin("\n", 0600);
    must_refuse(token_uri("seals", "key"), ONEM2M_R_TOKEN_PIN, "it is empty");
    memset(long_pin, '1', 256);
    write_pin(long_pin, 0600);
    must_refuse(token_uri("seals", "key"), ONEM2M_R_TOKEN_PIN, "longer than 255");
    unlink(tokens.pin_path);
    must_refuse(token_uri("seals", "key"), ONEM2M_R_TOKEN_PIN, "No such file");
    must_refuse("pkcs11:token=seals;object=key?module-path=" SHIM_MODULE, ONEM2M_R_TOKEN_PIN,
                "needs a PIN");
    assert_int_equal(calls(SHIM_C_Login), 0);
    write_pin(TOKEN_PIN "\n", 0600);
    assert_tidy();
}

static void burns_one_retry(void **state)
{
    ONEM2M_ERROR error;

    (void)state;
    reset_shim();
    write_pin(WRONG_PIN, 0600);
    must_refuse(token_uri("seals", "key"), ONEM2M_R_TOKEN_PIN, "CKR_PIN_INCORRECT");
    assert_int_equal(calls(SHIM_C_Login), 1);
    for (int i = 0; i < 5; i++)
        must_refuse(token_uri("seals", "key"), ONEM2M_R_TOKEN_PIN, "has refused this PIN");
    assert_int_equal(calls(SHIM_C_Login), 1);
    write_pin(WRONG_PIN, 0600); /* written anew: it is another */
    must_refuse(token_uri("seals", "key"), ONEM2M_R_TOKEN_PIN, "C_Login");
    assert_int_equal(calls(SHIM_C_Login), 2);
    write_pin(TOKEN_PIN, 0600);
    assert_true(opens(token_uri("seals", "key"), &error));
    assert_int_equal(calls(SHIM_C_Login), 3);
    assert_tidy();
}

static void leaves_the_last_try(void **state)
{
    (void)state;
    reset_shim();
    tokens.shim->token_flags = CKF_USER_PIN_FINAL_TRY;
    must_refuse(token_uri("seals", "key"), ONEM2M_R_TOKEN_PIN, "CKF_USER_PIN_FINAL_TRY");
    tokens.shim->token_flags = CKF_USER_PIN_LOCKED;
    must_refuse(token_uri("seals", "key"), ONEM2M_R_TOKEN_PIN_LOCKED, "CKF_USER_PIN_LOCKED");
    assert_int_equal(calls(SHIM_C_Login), 0);
    let_fail(SHIM_C_Login, CKR_PIN_LOCKED, 0);
    must_refuse(token_uri("seals", "key"), ONEM2M_R_TOKEN_PIN_LOCKED, "CKR_PIN_LOCKED");
}

/* The application may be logged in, by its own session, and stays so. */
static void shares_the_login(void **state)
{
    ONEM2M_PKCS11_SESSION session;
    CK_SESSION_INFO info;
    ONEM2M_ERROR error;
    P11KitUri *uri;

    (void)state;
    reset_shim();
    assert_true(onem2m_pkcs11_parse_uri(&uri, token_uri("seals", "key"), &error));
    assert_true(onem2m_pkcs11_open(&session, uri, 0, &error));
    assert_int_equal(calls(SHIM_C_Login), 1);
    assert_true(opens(token_uri("seals", "key"), &error));
    assert_int_equal(calls(SHIM_C_Login), 1);
    let_fail(SHIM_C_GetSessionInfo, CKR_FUNCTION_FAILED, 0);
    tokens.shim->fails_always = 1;
    assert_true(opens(token_uri("seals", "key"), &error)); /* CKR_USER_ALREADY_LOGGED_IN */
    assert_int_equal(calls(SHIM_C_Login), 1);
    reset_shim();
    assert_int_equal(session.module->C_GetSessionInfo(session.handle, &info), CKR_OK);
    assert_int_equal(info.state, CKS_RO_USER_FUNCTIONS);
    onem2m_pkcs11_close(&session);
    p11_kit_uri_free(uri);
}

/* ---- Modules that fail ---- */

typedef int operation_fn(ONEM2M_ERROR *error);

static int unwrap(ONEM2M_ERROR *error)
{
    return opens(token_uri("seals", "key"), error);
}

static int wrap(ONEM2M_ERROR *error)
{
    ONEM2M_SEAL seal = { .secret = { 0 } };
    const int ok = onem2m_seal_open(&seal, token_uri("seals", "key"), NULL, NULL, error);

    if (!ok)
        assert_null(seal.secret.octets);
    onem2m_seal_clear(&seal);
    return ok;
}

static int look_for(ONEM2M_ERROR *error)
{
    int is_there;

    return onem2m_seal_is_there(token_uri("seals", "key"), &is_there, error);
}

static int create(ONEM2M_ERROR *error)
{
    static unsigned int number;
    char key[32];

    snprintf(key, sizeof(key), "made%u", number++);
    return onem2m_seal_create(token_uri("others", key), NULL, error);
}

static operation_fn *const operations[] = { unwrap, wrap, look_for, create };

#define NAME(name) #name,
static const char *const names[] = { SHIM_FUNCTIONS(NAME) };

static int is_named(CK_RV value)
{
    return strncmp(onem2m_pkcs11_value_name(value), "CKR_", 4) == 0;
}

/* What is no failure of the whole: closing, and questions that have another answer. */
static int may_go_on(SHIM_FUNCTION function, CK_RV value)
{
    switch (function) {
    case SHIM_C_CloseSession:
    case SHIM_C_GetSessionInfo:
    case SHIM_C_GetSlotInfo:
    case SHIM_C_GetTokenInfo: /* perhaps of another slot */
        return 1;
    case SHIM_C_OpenSession: /* asked again */
        return onem2m_pkcs11_is_passing(value);
    case SHIM_C_Login: /* looking for a key then finds none */
        return value == CKR_USER_ALREADY_LOGGED_IN || value == CKR_USER_PIN_NOT_INITIALIZED ||
               onem2m_pkcs11_is_passing(value);
    case SHIM_C_GetSlotList: /* a token more than a moment before */
        return value == CKR_BUFFER_TOO_SMALL || onem2m_pkcs11_is_passing(value);
    case SHIM_C_GetAttributeValue: /* a key without a label or id */
        return value == CKR_ATTRIBUTE_TYPE_INVALID || value == CKR_BUFFER_TOO_SMALL;
    default:
        return 0;
    }
}

static int is_a_token_reason(ONEM2M_REASON reason)
{
    return (reason >= ONEM2M_R_TOKEN_MISSING && reason <= ONEM2M_R_TOKEN_FAILED) ||
           reason == ONEM2M_R_OUT_OF_MEMORY || reason == ONEM2M_R_BAD_SEAL;
}

static void check_refusal(SHIM_FUNCTION function, CK_RV value, const ONEM2M_ERROR *error)
{
    assert_true(is_a_token_reason(error->reason));
    assert_printable(error->detail);
    assert_null(strstr(error->detail, TOKEN_PIN));
    if (value == CKR_TOKEN_NOT_PRESENT || value == CKR_TOKEN_NOT_RECOGNIZED ||
        value == CKR_USER_ALREADY_LOGGED_IN || value == CKR_CRYPTOKI_ALREADY_INITIALIZED)
        return;
    if (strstr(error->detail, onem2m_pkcs11_value_name(value)) == NULL ||
        strstr(error->detail, names[function]) == NULL)
        fail_msg("%s, %s: %s", names[function], onem2m_pkcs11_value_name(value), error->detail);
}

/* Lets the calls of a function fail one after the other; returns how many there were. */
static unsigned long fail_each(operation_fn *operation, SHIM_FUNCTION function, CK_RV value)
{
    ONEM2M_ERROR error;
    unsigned long skip;
    int ok;

    for (skip = 0;; skip++) {
        write_pin(TOKEN_PIN, 0600);
        let_fail(function, value, skip);
        ok = operation(&error);
        assert_tidy();
        if (calls(SHIM_C_OpenSession) != calls(SHIM_C_CloseSession))
            assert_int_equal(function, SHIM_C_OpenSession);
        if (ok && tokens.shim->calls[function] <= skip)
            return skip;
        if (!ok)
            check_refusal(function, value, &error);
        else if (!may_go_on(function, value))
            fail_msg("%s returned %s, and all went well", names[function],
                     onem2m_pkcs11_value_name(value));
    }
}

/* All values of the first operation that calls the function, one of the others. */
static unsigned long fail_all(operation_fn *operation, SHIM_FUNCTION function, int is_first)
{
    const unsigned long called = fail_each(operation, function, CKR_DEVICE_ERROR);

    if (called == 0 || !is_first)
        return called;
    for (CK_RV value = 1; value < VALUES_END; value++) {
        if (is_named(value))
            fail_each(operation, function, value);
    }
    fail_each(operation, function, CKR_VENDOR_DEFINED | 7);
    return called;
}

static void every_value_of_every_call(void **state)
{
    unsigned long called[SHIM_FUNCTION_COUNT] = { 0 };
    ONEM2M_ERROR error;

    (void)state;
    for (size_t i = 0; i < COUNT(operations); i++) {
        for (SHIM_FUNCTION function = 0; function < SHIM_FUNCTION_COUNT; function++)
            called[function] += fail_all(operations[i], function, called[function] == 0);
    }
    for (SHIM_FUNCTION function = 0; function <= SHIM_C_Decrypt; function++) {
        /* C_GenerateKeyPair: test_seal_rsa.c */
        if (function != SHIM_C_Initialize && function != SHIM_C_Finalize &&
            function != SHIM_C_Logout && function != SHIM_C_GenerateKeyPair &&
            called[function] == 0)
            fail_msg("%s is never called", names[function]);
    }
    reset_shim();
    assert_true(unwrap(&error));
}

static void other_lengths(void **state)
{
    ONEM2M_ERROR error;

    (void)state;
    reset_shim();
    tokens.shim->length_off = (CK_ULONG)-1;
    must_refuse(token_uri("seals", "key"), ONEM2M_R_BAD_SEAL, "gave 31 octets");
    assert_false(wrap(&error));
    assert_int_equal(error.reason, ONEM2M_R_TOKEN_FAILED);
    reset_shim();
}

/* Taken away between two uses, and put back. */
static void token_removed_and_put_back(void **state)
{
    ONEM2M_ERROR error;

    (void)state;
    reset_shim();
    tokens.shim->failing = SHIM_C_GetTokenInfo;
    tokens.shim->fails_always = 1;
    tokens.shim->value = CKR_TOKEN_NOT_PRESENT;
    must_refuse(token_uri("seals", "key"), ONEM2M_R_TOKEN_MISSING, "no PKCS#11 token seals");
    tokens.shim->failing = SHIM_C_DecryptInit;
    tokens.shim->value = CKR_DEVICE_REMOVED;
    assert_false(unwrap(&error));
    assert_non_null(strstr(error.detail, "CKR_DEVICE_REMOVED"));
    reset_shim();
    assert_true(unwrap(&error));
}

/* ---- Threads and processes ---- */

static void *open_often(void *argument)
{
    int *ok = argument;
    ONEM2M_ERROR error;

    for (int i = 0; i < ROUNDS && *ok; i++)
        *ok = unwrap(&error);
    if (!*ok)
        fprintf(stderr, "%s\n", error.detail);
    return NULL;
}

static void threads(void **state)
{
    pthread_t thread[THREADS];
    int ok[THREADS];

    (void)state;
    reset_shim();
    for (size_t i = 0; i < THREADS; i++) {
        ok[i] = 1;
        assert_int_equal(pthread_create(&thread[i], NULL, open_often, &ok[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(thread[i], NULL), 0);
        assert_true(ok[i]);
    }
    assert_int_equal(calls(SHIM_C_OpenSession), calls(SHIM_C_CloseSession));
    assert_tidy();
}

static void end_as(int ok)
{
    _exit(ok ? 0 : 1);
}

static void must_end_well(pid_t child)
{
    int status;

    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* The parent has used the token; a child, and a child of that, use it as well. */
static void forks(void **state)
{
    ONEM2M_ERROR error;
    pid_t child;
    int status;

    (void)state;
    reset_shim();
    assert_true(unwrap(&error));
    child = fork();
    if (child == 0) {
        int ok = unwrap(&error) && calls(SHIM_C_Initialize) == 1;
        const pid_t grandchild = fork();

        if (grandchild == 0)
            end_as(unwrap(&error) && calls(SHIM_C_Initialize) == 2);
        end_as(ok && waitpid(grandchild, &status, 0) == grandchild && status == 0);
    }
    must_end_well(child);
    assert_true(unwrap(&error));
    assert_int_equal(calls(SHIM_C_Initialize), 0);
}

static void child_of_a_refused_pin(void **state)
{
    ONEM2M_ERROR error;
    pid_t child;

    (void)state;
    reset_shim();
    write_pin(WRONG_PIN, 0600);
    must_refuse(token_uri("seals", "key"), ONEM2M_R_TOKEN_PIN, "CKR_PIN_INCORRECT");
    child = fork();
    if (child == 0)
        end_as(!unwrap(&error) && error.reason == ONEM2M_R_TOKEN_PIN && calls(SHIM_C_Login) == 1);
    must_end_well(child);
    write_pin(TOKEN_PIN, 0600);
}

/* p11-kit initialises again in a child, and a module may refuse that. */
static void a_child_that_cannot_initialise(void **state)
{
    ONEM2M_ERROR error;
    pid_t child;

    (void)state;
    reset_shim();
    child = fork();
    if (child == 0) {
        int ok;

        let_fail(SHIM_C_Initialize, CKR_DEVICE_ERROR, 0);
        tokens.shim->fails_always = 1;
        ok = !unwrap(&error) && strstr(error.detail, "C_Initialize returned CKR_DEVICE_ERROR");
        reset_shim();
        end_as(ok && unwrap(&error));
    }
    must_end_well(child);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_what_it_wrapped),
        cmocka_unit_test(makes_a_key_that_stays),
        cmocka_unit_test(refuses_uris),
        cmocka_unit_test(names_what_is_missing),
        cmocka_unit_test(names_whose_it_is),
        cmocka_unit_test(refuses_what_a_file_sealed),
        cmocka_unit_test(refuses_every_octet_changed),
        cmocka_unit_test(two_keys_of_a_name),
        cmocka_unit_test(pin_files),
        cmocka_unit_test(burns_one_retry),
        cmocka_unit_test(leaves_the_last_try),
        cmocka_unit_test(shares_the_login),
        cmocka_unit_test(every_value_of_every_call),
        cmocka_unit_test(other_lengths),
        cmocka_unit_test(token_removed_and_put_back),
        cmocka_unit_test(threads),
        cmocka_unit_test(forks),
        cmocka_unit_test(child_of_a_refused_pin),
        cmocka_unit_test(a_child_that_cannot_initialise),
    };

    return cmocka_run_group_tests(tests, set_up_key, tear_down_tokens);
}
