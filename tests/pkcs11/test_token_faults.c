/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A token whose module fails at any call, that is taken away and put back, and whose sessions and
 * logins end.
 */
#include "expect.h"
#include "token_keys.h"

/* The largest value that the standard names below those of vendors. */
#define VALUES_END 0x300

static unsigned char octets[64];
static const ONEM2M_SLICE whole = { octets, sizeof(octets) };
static const unsigned char text[] = "//maf.example.com/in-cse";
static const ONEM2M_SLICE message = { text, sizeof(text) };

/* Keys that are there whatever fails. */
static ONEM2M_TOKEN_KEY object, wrapped, readable;

/* A login of its own, so that all is looked for and asked again. */
static ONEM2M_TOKEN *token;

typedef int operation_fn(ONEM2M_ERROR *error);

static int mac_with(const ONEM2M_TOKEN_KEY *key, ONEM2M_ERROR *error)
{
    unsigned char out[32];

    return onem2m_token_mac(token, key, keeper.digests[0], &message, 1, out, error);
}

static int mac_object(ONEM2M_ERROR *error)
{
    return mac_with(&object, error);
}

static int mac_wrapped(ONEM2M_ERROR *error)
{
    return mac_with(&wrapped, error);
}

static int mac_long(ONEM2M_ERROR *error)
{
    static const unsigned char long_text[3000];
    const ONEM2M_SLICE part = { long_text, sizeof(long_text) };
    unsigned char out[32];

    return onem2m_token_mac(token, &wrapped, keeper.digests[0], &part, 1, out, error);
}

static int make(ONEM2M_CUSTODY custody, ONEM2M_ERROR *error)
{
    ONEM2M_TOKEN_KEY key;

    if (!onem2m_token_import(token, custody, 0, whole, &key, error))
        return 0;
    tokens.shim->value = CKR_OK;
    assert_true(onem2m_token_destroy(token, &key, error));
    return 1;
}

static int import_object(ONEM2M_ERROR *error)
{
    return make(ONEM2M_CUSTODY_OBJECT, error);
}

static int import_wrapped(ONEM2M_ERROR *error)
{
    ONEM2M_TOKEN_KEY key;

    return onem2m_token_import(token, ONEM2M_CUSTODY_WRAPPED, 0, whole, &key, error);
}

static int generate(ONEM2M_ERROR *error)
{
    ONEM2M_TOKEN_KEY key;

    return onem2m_token_generate(token, ONEM2M_CUSTODY_WRAPPED, 0, 32, &key, error);
}

static int settle(ONEM2M_ERROR *error)
{
    ONEM2M_TOKEN_KEY key;

    if (!onem2m_token_settle(token, &wrapped, &key, error))
        return 0;
    tokens.shim->value = CKR_OK;
    assert_true(onem2m_token_destroy(token, &key, error));
    return 1;
}

static int derive(ONEM2M_ERROR *error)
{
    ONEM2M_TOKEN_KEY child;

    return onem2m_token_derive(token, &wrapped, keeper.digests[0], &message, 1, 0, &child, error);
}

static int derive_of_object(ONEM2M_ERROR *error)
{
    ONEM2M_TOKEN_KEY child;

    return onem2m_token_derive(token, &object, keeper.digests[0], &message, 1, 0, &child, error);
}

static int slice(ONEM2M_ERROR *error)
{
    ONEM2M_TOKEN_KEY child;

    return onem2m_token_slice(token, &readable, 8, 32, 0, &child, error);
}

static int read_wrapped(ONEM2M_ERROR *error)
{
    unsigned char out[64];

    return onem2m_token_read(token, &readable, out, error);
}

static int restrict_and_destroy(ONEM2M_ERROR *error)
{
    ONEM2M_TOKEN_KEY key = import_key(ONEM2M_CUSTODY_OBJECT, 1, whole);

    return onem2m_token_restrict(token, &key, error) && onem2m_token_destroy(token, &key, error);
}

static int look(ONEM2M_ERROR *error)
{
    return onem2m_token_is_there(token, error) == 1;
}

static int ask(ONEM2M_ERROR *error)
{
    ONEM2M_TOKEN_ABILITIES abilities;

    return onem2m_token_abilities(token, &abilities, error);
}

static operation_fn *const operations[] = {
    mac_object, mac_wrapped,      mac_long, import_object, import_wrapped, generate, settle,
    derive,     derive_of_object, slice,    read_wrapped,  look,           ask
};

#define NAME(name) #name,
static const char *const names[] = { SHIM_FUNCTIONS(NAME) };

static int is_named(CK_RV value)
{
    return strncmp(onem2m_pkcs11_value_name(value), "CKR_", 4) == 0;
}

static unsigned long calls(SHIM_FUNCTION function)
{
    return tokens.shim->calls[function];
}

static int is_a_token_reason(ONEM2M_REASON reason)
{
    return (reason >= ONEM2M_R_TOKEN_MISSING && reason <= ONEM2M_R_TOKEN_CANNOT) ||
           reason == ONEM2M_R_OUT_OF_MEMORY || reason == ONEM2M_R_NOT_EXTRACTABLE;
}

static void check_refusal(SHIM_FUNCTION function, CK_RV value, const ONEM2M_ERROR *error)
{
    assert_true(is_a_token_reason(error->reason));
    assert_printable(error->detail);
    assert_null(strstr(error->detail, TOKEN_PIN));
    /* What was asked instead, the second time, or what the token then seems to lack. */
    if (value == CKR_TOKEN_NOT_PRESENT || value == CKR_TOKEN_NOT_RECOGNIZED ||
        value == CKR_USER_ALREADY_LOGGED_IN || value == CKR_CRYPTOKI_ALREADY_INITIALIZED ||
        value == CKR_USER_NOT_LOGGED_IN || error->reason == ONEM2M_R_TOKEN_CANNOT)
        return;
    if (strstr(error->detail, onem2m_pkcs11_value_name(value)) == NULL ||
        strstr(error->detail, names[function]) == NULL)
        fail_msg("%s, %s: %s", names[function], onem2m_pkcs11_value_name(value), error->detail);
}

/* Nothing was left: the token's own session objects went with its sessions. */
static void check_objects(size_t of_token, size_t of_sessions)
{
    const size_t tokens_now = count_objects(1), sessions_now = count_objects(0);

    assert_int_equal(tokens_now, of_token);
    assert_int_equal(sessions_now, of_sessions);
}

/* Lets one call of a function fail; returns how many of them there were. */
static unsigned long fail_once(operation_fn *operation, SHIM_FUNCTION function, CK_RV value,
                               unsigned long skip)
{
    const size_t of_token = count_objects(1), of_sessions = count_objects(0);
    unsigned long called;
    ONEM2M_ERROR error;

    token = new_token();
    let_fail(function, value, skip);
    if (!operation(&error))
        check_refusal(function, value, &error);
    called = calls(function);
    assert_int_equal(calls(SHIM_C_Logout), 0);
    assert_int_equal(calls(SHIM_C_Finalize), 0);
    reset_shim();
    if (!operation(&error)) /* the next call works */
        fail_msg("after %s, %s: %s", names[function], onem2m_pkcs11_value_name(value),
                 error.detail);
    onem2m_token_free(token);
    check_objects(of_token, of_sessions);
    return called;
}

/* One after the other. */
static unsigned long fail_each(operation_fn *operation, SHIM_FUNCTION function, CK_RV value)
{
    unsigned long skip = 0;

    while (fail_once(operation, function, value, skip) > skip)
        skip++;
    return skip;
}

static void every_value_of_every_call(void **state)
{
    unsigned long called[SHIM_FUNCTION_COUNT] = { 0 };

    (void)state;
    for (size_t i = 0; i < COUNT(operations); i++) {
        for (SHIM_FUNCTION function = 0; function < SHIM_FUNCTION_COUNT; function++) {
            const int is_first = called[function] == 0;

            called[function] += fail_each(operations[i], function, CKR_DEVICE_ERROR);
            if (!is_first || called[function] == 0)
                continue;
            for (CK_RV value = 1; value < VALUES_END; value++) {
                if (is_named(value))
                    fail_once(operations[i], function, value, 0);
            }
            fail_once(operations[i], function, CKR_VENDOR_DEFINED | 7, 0);
        }
    }
    for (SHIM_FUNCTION function = SHIM_C_CreateObject; function < SHIM_FUNCTION_COUNT; function++) {
        if (called[function] == 0 && function != SHIM_C_SetAttributeValue)
            fail_msg("%s is never called", names[function]);
    }
}

static void restricting_fails(void **state)
{
    ONEM2M_ERROR error;

    (void)state;
    token = new_token();
    for (CK_RV value = 1; value < VALUES_END; value++) {
        ONEM2M_TOKEN_KEY key;

        if (!is_named(value) || value == CKR_USER_NOT_LOGGED_IN)
            continue;
        key = import_key(ONEM2M_CUSTODY_OBJECT, 1, whole);
        let_fail(SHIM_C_SetAttributeValue, value, 0);
        tokens.shim->fails_always = 1;
        assert_false(onem2m_token_restrict(token, &key, &error));
        assert_true(key.extractable);
        check_refusal(SHIM_C_SetAttributeValue, value, &error);
        let_fail(SHIM_C_DestroyObject, value, 0);
        tokens.shim->fails_always = 1;
        if (!onem2m_token_destroy(token, &key, &error))
            check_refusal(SHIM_C_DestroyObject, value, &error);
        reset_shim();
        assert_true(restrict_and_destroy(&error));
        assert_true(onem2m_token_destroy(token, &key, &error));
    }
    onem2m_token_free(token);
}

/* ---- Lost and found ---- */

static const CK_RV lost_values[] = { CKR_TOKEN_NOT_PRESENT,      CKR_DEVICE_REMOVED,
                                     CKR_SESSION_HANDLE_INVALID, CKR_SESSION_CLOSED,
                                     CKR_USER_NOT_LOGGED_IN,     CKR_KEY_HANDLE_INVALID,
                                     CKR_OBJECT_HANDLE_INVALID };

/* Once: nobody notices. For a while: each call is refused. Put back: the next one works. */
static void token_removed_and_put_back(void **state)
{
    ONEM2M_ERROR error;

    (void)state;
    token = keeper.token;
    for (size_t i = 0; i < COUNT(lost_values); i++) {
        assert_true(mac_wrapped(&error));
        let_fail(SHIM_C_SignInit, lost_values[i], 0);
        if (!mac_wrapped(&error))
            fail_msg("%s", error.detail);
        assert_int_equal(calls(SHIM_C_SignInit), 2);
        let_fail(SHIM_C_SignInit, lost_values[i], 0);
        tokens.shim->fails_always = 1;
        for (int tries = 1; tries <= 3; tries++) {
            assert_false(mac_wrapped(&error));
            assert_int_equal(calls(SHIM_C_SignInit), 2 * tries);
            assert_non_null(strstr(error.detail, onem2m_pkcs11_value_name(lost_values[i])));
        }
        reset_shim();
        if (!mac_wrapped(&error) || !mac_object(&error) || !derive(&error))
            fail_msg("%s", error.detail);
    }
    let_fail(SHIM_C_GetTokenInfo, CKR_TOKEN_NOT_PRESENT, 0);
    tokens.shim->fails_always = 1;
    assert_true(mac_wrapped(&error)); /* whose session lives */
    token = new_token();
    assert_false(mac_wrapped(&error));
    assert_int_equal(error.reason, ONEM2M_R_TOKEN_MISSING);
    reset_shim();
    assert_true(mac_wrapped(&error));
    onem2m_token_free(token);
}

/* A session that a failed call left in the middle of something. */
static void an_operation_that_stays(void **state)
{
    ONEM2M_ERROR error;

    (void)state;
    token = keeper.token;
    let_fail(SHIM_C_Sign, CKR_DEVICE_ERROR, 0);
    assert_false(mac_wrapped(&error));
    assert_non_null(strstr(error.detail, "C_Sign returned CKR_DEVICE_ERROR"));
    if (!mac_wrapped(&error))
        fail_msg("%s", error.detail);
    let_fail(SHIM_C_SignUpdate, CKR_DEVICE_ERROR, 1);
    assert_false(mac_long(&error));
    if (!mac_long(&error))
        fail_msg("%s", error.detail);
}

/* Somebody who shares the login logs out, and closes all sessions of the token. */
static void another_user_ends_the_login(void **state)
{
    CK_FUNCTION_LIST *module = keeper.raw.module;
    ONEM2M_ERROR error;

    (void)state;
    token = keeper.token;
    assert_true(mac_wrapped(&error));
    assert_int_equal(module->C_Logout(keeper.raw.handle), CKR_OK);
    if (!mac_wrapped(&error) || !mac_object(&error))
        fail_msg("%s", error.detail);
    assert_int_equal(module->C_Logout(keeper.raw.handle), CKR_OK);
    if (!import_wrapped(&error) || !import_object(&error))
        fail_msg("%s", error.detail);
    assert_int_equal(module->C_Logout(keeper.raw.handle), CKR_OK);
    if (!look(&error))
        fail_msg("%s", error.detail);
    assert_int_equal(module->C_CloseAllSessions(keeper.raw.slot), CKR_OK);
    if (!mac_object(&error) || !derive(&error))
        fail_msg("%s", error.detail);
    assert_int_equal(module->C_OpenSession(keeper.raw.slot, CKF_SERIAL_SESSION | CKF_RW_SESSION,
                                           NULL, NULL, &keeper.raw.handle),
                     CKR_OK);
}

/* Of a wrapped key the record says how long it is; RFC 5649 of 57 octets is as long as of 64. */
static void a_length_that_is_not_the_keys(void **state)
{
    ONEM2M_TOKEN_KEY key = readable;
    unsigned char out[64];
    ONEM2M_ERROR error;

    (void)state;
    token = keeper.token;
    key.key_length = 57;
    memset(out, UNTOUCHED, sizeof(out));
    assert_false(onem2m_token_read(token, &key, out, &error));
    assert_untouched(out, sizeof(out));
}

static void no_session_at_all(void **state)
{
    ONEM2M_ERROR error;

    (void)state;
    token = new_token();
    let_fail(SHIM_C_OpenSession, CKR_SESSION_COUNT, 0);
    tokens.shim->fails_always = 1;
    assert_false(mac_wrapped(&error));
    assert_non_null(strstr(error.detail, "C_OpenSession returned CKR_SESSION_COUNT"));
    reset_shim();
    assert_true(mac_wrapped(&error));
    onem2m_token_free(token);
}

static void asks_for_the_pin_once(void **state)
{
    ONEM2M_ERROR error;

    (void)state;
    onem2m_pkcs11_close(&keeper.raw);
    onem2m_token_free(keeper.token); /* the last sessions: logged out by the module */
    reset_shim();
    keeper.token = token = new_token();
    for (int i = 0; i < 5; i++)
        assert_true(mac_wrapped(&error) && derive(&error));
    assert_int_equal(calls(SHIM_C_Login), 1);
    assert_int_equal(calls(SHIM_C_OpenSession), 1);
    assert_int_equal(keeper.raw.module->C_OpenSession(keeper.raw.slot,
                                                      CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL,
                                                      NULL, &keeper.raw.handle),
                     CKR_OK);
}

static void a_wrong_pin_costs_one_try(void **state)
{
    ONEM2M_ERROR error;

    (void)state;
    onem2m_pkcs11_close(&keeper.raw);
    onem2m_token_free(keeper.token);
    reset_shim();
    keeper.token = token = new_token();
    write_pin(WRONG_PIN, 0600);
    for (int i = 0; i < 4; i++) {
        assert_false(mac_wrapped(&error));
        assert_int_equal(error.reason, ONEM2M_R_TOKEN_PIN);
    }
    assert_int_equal(calls(SHIM_C_Login), 1);
    write_pin(TOKEN_PIN, 0600);
    assert_true(mac_wrapped(&error));
    assert_int_equal(keeper.raw.module->C_OpenSession(keeper.raw.slot,
                                                      CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL,
                                                      NULL, &keeper.raw.handle),
                     CKR_OK);
}

static void make_keys(void)
{
    fill_octets(octets, sizeof(octets), 9);
    object = import_key(ONEM2M_CUSTODY_OBJECT, 0, whole);
    wrapped = import_key(ONEM2M_CUSTODY_WRAPPED, 0, whole);
    readable = import_key(ONEM2M_CUSTODY_WRAPPED, 1, whole);
}

static void begins(void **state)
{
    (void)state;
    make_keys();
}

int main(int argc, char *argv[])
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(begins),
        cmocka_unit_test(token_removed_and_put_back),
        cmocka_unit_test(an_operation_that_stays),
        cmocka_unit_test(another_user_ends_the_login),
        cmocka_unit_test(a_length_that_is_not_the_keys),
        cmocka_unit_test(no_session_at_all),
        cmocka_unit_test(asks_for_the_pin_once),
        cmocka_unit_test(a_wrong_pin_costs_one_try),
        cmocka_unit_test(restricting_fails),
        cmocka_unit_test(every_value_of_every_call),
    };

    return run_with_keeper(argc, argv, tests, COUNT(tests));
}
