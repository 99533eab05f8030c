/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What is refused as a credential of a token, by what name, and what that leaves as it was.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <openssl/err.h>
#include <onem2m/params.h>
#include "device.h"

static int calls(SHIM_FUNCTION function)
{
    return (int)tokens.shim->calls[function];
}

/* With an error of the application's on the queue, and a credential that stays. */
static void must_refuse(const char *uri, ONEM2M_REASON reason, const char *detail)
{
    SSL_CTX *ctx = context_make(TLS_method(), &mef_in_file, NULL);
    const char *data = NULL;
    unsigned long code;

    subject("%.200s", uri != NULL ? uri : "NULL");
    ERR_clear_error();
    ERR_raise_data(ERR_LIB_USER, 99, "the application's");
    HOLDS(!onem2m_tls_token_credential(ctx, uri));
    code = ERR_get_error_all(NULL, NULL, NULL, &data, NULL);
    HOLDS(ERR_GET_LIB(code) == ERR_LIB_USER && ERR_GET_REASON(code) == 99);
    HOLDS(strcmp(data, "the application's") == 0);
    code = ERR_get_error_all(NULL, NULL, NULL, &data, NULL);
    if (ERR_GET_REASON(code) != (int)reason || strstr(data, detail) == NULL)
        fail_msg("%s: %d \"%s\" instead of %d \"%s\"", current_subject, ERR_GET_REASON(code), data,
                 reason, detail);
    HOLDS(strstr(data, TOKEN_PIN) == NULL && strstr(data, WRONG_PIN) == NULL);
    HOLDS(ERR_peek_error() == 0);
    HOLDS(SSL_CTX_get0_privatekey(ctx) == mef_in_file.entity.key);
    HOLDS(X509_cmp(SSL_CTX_get0_certificate(ctx), mef_in_file.entity.certificate) == 0);
    HOLDS(calls(SHIM_C_Logout) == 0);
    SSL_CTX_free(ctx);
}

static void uris(void **state)
{
    static const struct {
        const char *uri, *detail;
    } wrong[] = {
        { "", "PKCS#11 URI" },
        { "file:key.pem", "PKCS#11 URI" },
        { "pkcs11:object=mef", "names no token" },
        { "pkcs11:token=seals", "names no key" },
        { "pkcs11:token=seals;object=mef;type=secret-key", "type= must be private or cert" },
        { "pkcs11:token=seals;object=mef;type=public", "type= must be private or cert" },
        { "pkcs11:token=seals;object=mef?pin-value=1234", "pin-value is refused" },
        { "pkcs11:token=seals;object=mef?pin-source=/pin", "pin-source is not file:PATH" },
        { "pkcs11:token=seals;object=mef;tokn=x", "not of RFC 7512" },
        { "pkcs11:token=seals;object=mef?module-path=/nowhere.so", "no such file" },
        { "pkcs11:token=seals;object=mef?module-path=/dev/null", "is not registered" },
    };

    (void)state;
    reset_shim();
    for (size_t i = 0; i < COUNT(wrong); i++)
        must_refuse(wrong[i].uri, ONEM2M_R_BAD_CONFIGURATION, wrong[i].detail);
    must_refuse(NULL, ONEM2M_R_MISSING_PARAMETER, "uri is NULL");
    assert_int_equal(calls(SHIM_C_Login), 0);
}

static void what_is_missing(void **state)
{
    char uri[256];

    (void)state;
    reset_shim();
    snprintf(uri, sizeof(uri), "pkcs11:token=nobody;object=mef?pin-source=file:%s",
             tokens.pin_path);
    must_refuse(uri, ONEM2M_R_TOKEN_MISSING, "no PKCS#11 token nobody");
    must_refuse(credential_uri("nobody"), ONEM2M_R_TOKEN_KEY, "seals has no certificate nobody");
    must_refuse("pkcs11:token=seals;object=mef", ONEM2M_R_TOKEN_PIN, "it needs a PIN");
    must_refuse("pkcs11:token=seals;object=mef?pin-source=file:/nowhere", ONEM2M_R_TOKEN_PIN,
                "No such file");
}

/* A key alone, a certificate alone, another's, several: each in the token. */
static void keys_and_certificates(void **state)
{
    static const SPEC spec = { .names = "DNS:" MEF };
    EVP_PKEY *key = make_device_key("lone key", 20, 0);
    X509 *certificate;

    (void)state;
    reset_shim();
    must_refuse(credential_uri("lone%20key"), ONEM2M_R_TOKEN_KEY, "has no certificate lone key");
    put_certificate("lone certificate", 21, mef_in_file.entity.certificate);
    must_refuse(credential_uri("lone%20certificate"), ONEM2M_R_TOKEN_KEY,
                "has no private key lone certificate");
    EVP_PKEY_free(make_device_key("other", 22, 0));
    put_certificate("other", 22, mef_in_file.entity.certificate);
    must_refuse(credential_uri("other"), ONEM2M_R_TOKEN_KEY, "is not the certificate's");
    EVP_PKEY_free(make_device_key("larger", 23, 1));
    put_certificate("larger", 23, mef_in_file.entity.certificate);
    must_refuse(credential_uri("larger"), ONEM2M_R_TOKEN_KEY, "of another type or size");
    certificate = certify(key, &spec, &device_ca);
    put_certificate("twin", 24, certificate);
    put_certificate("twin", 25, certificate);
    must_refuse(credential_uri("twin"), ONEM2M_R_TOKEN_KEY,
                "several certificates of the token are named twin");
    X509_free(certificate);
    EVP_PKEY_free(key);
}

/* The certificate has another label than its key, and the same id. */
static void by_id_of_the_certificate(void **state)
{
    static const SPEC spec = { .names = "DNS:" MEF };
    EVP_PKEY *key = make_device_key("key of 30", 30, 0);
    X509 *certificate = certify(key, &spec, &device_ca);

    (void)state;
    put_certificate("certificate of 30", 30, certificate);
    SSL_CTX_free(token_context(TLS_method(), "certificate%20of%2030"));
    X509_free(certificate);
    EVP_PKEY_free(key);
}

/* ---- A PIN that is asked for ---- */

static int asked;

static int give_pin(char *out, int size, int is_writing, void *argument)
{
    const char *pin = argument;

    asked++;
    assert_false(is_writing);
    if (pin == NULL || (size_t)size < strlen(pin))
        return -1;
    memcpy(out, pin, strlen(pin));
    return (int)strlen(pin);
}

static int set_asking(const char *pin, const char *uri)
{
    SSL_CTX *ctx = context_make(TLS_method(), NULL, NULL);
    int ok;

    SSL_CTX_set_default_passwd_cb(ctx, give_pin);
    SSL_CTX_set_default_passwd_cb_userdata(ctx, (void *)(uintptr_t)pin);
    ok = onem2m_tls_token_credential(ctx, uri);
    SSL_CTX_free(ctx);
    return ok;
}

/* libp11 would ask the terminal. It must not even where a token tells us nothing of the attribute.
 */
static void a_key_that_always_asks(void **state)
{
    static const SPEC spec = { .names = "DNS:" MEF };
    EVP_PKEY *key = make_always_asking_key("always", 40);
    X509 *certificate = certify(key, &spec, &device_ca);
    int passed = 0;

    (void)state;
    put_certificate("always", 40, certificate);
    reset_shim();
    must_refuse(credential_uri("always"), ONEM2M_R_TOKEN_CANNOT, "CKA_ALWAYS_AUTHENTICATE");
    assert_int_equal(calls(SHIM_C_SignInit), 0);
    for (unsigned long skip = 0; skip < 200; skip++) {
        let_fail(SHIM_C_GetAttributeValue, CKR_ATTRIBUTE_TYPE_INVALID, skip);
        assert_false(set_asking(TOKEN_PIN, credential_uri("always")));
        passed += calls(SHIM_C_SignInit) > 0;
        assert_true(calls(SHIM_C_Login) <= 1); /* the user's */
        ERR_clear_error();
        if (calls(SHIM_C_GetAttributeValue) <= (int)skip)
            break;
    }
    assert_true(passed > 0);
    reset_shim();
    X509_free(certificate);
    EVP_PKEY_free(key);
}

/* One try of each PIN; the last one before the token locks itself is left. */
static void wrong_pin(void **state)
{
    (void)state;
    reset_shim();
    write_pin(WRONG_PIN, 0600);
    must_refuse(credential_uri("mef"), ONEM2M_R_TOKEN_PIN, "CKR_PIN_INCORRECT");
    for (int i = 0; i < 3; i++)
        must_refuse(credential_uri("mef"), ONEM2M_R_TOKEN_PIN, "has refused this PIN");
    assert_int_equal(calls(SHIM_C_Login), 1);
    write_pin(TOKEN_PIN, 0644);
    must_refuse(credential_uri("mef"), ONEM2M_R_TOKEN_PIN, "chmod 600");
    write_pin(TOKEN_PIN, 0600);
    reset_shim();
    tokens.shim->token_flags = CKF_USER_PIN_FINAL_TRY;
    must_refuse(credential_uri("mef"), ONEM2M_R_TOKEN_PIN, "CKF_USER_PIN_FINAL_TRY");
    tokens.shim->token_flags = CKF_USER_PIN_LOCKED;
    must_refuse(credential_uri("mef"), ONEM2M_R_TOKEN_PIN_LOCKED, "CKF_USER_PIN_LOCKED");
    assert_int_equal(calls(SHIM_C_Login), 0);
    let_fail(SHIM_C_Login, CKR_PIN_LOCKED, 0);
    must_refuse(credential_uri("mef"), ONEM2M_R_TOKEN_PIN_LOCKED, "CKR_PIN_LOCKED");
    reset_shim();
}

static void must_refuse_asking(const char *pin, const char *uri, const char *detail)
{
    const char *data = NULL;

    assert_false(set_asking(pin, uri));
    assert_int_equal(ERR_GET_REASON(ERR_get_error_all(NULL, NULL, NULL, &data, NULL)),
                     ONEM2M_R_TOKEN_PIN);
    if (strstr(data, detail) == NULL)
        fail_msg("%s", data);
}

/* Of the token "others", which nothing else of this program has logged in to. */
static void asks_once(void **state)
{
    static const char uri[] = "pkcs11:token=others;object=mef";
    const char *data = NULL;

    (void)state;
    reset_shim();
    must_refuse_asking(NULL, uri, "it needs a PIN");
    assert_int_equal(calls(SHIM_C_Login), 0);
    asked = 0;
    /* It is logged in, and then finds no certificate there. */
    for (int i = 0; i < 3; i++) {
        assert_false(set_asking(TOKEN_PIN, uri));
        assert_int_equal(ERR_GET_REASON(ERR_get_error_all(NULL, NULL, NULL, &data, NULL)),
                         ONEM2M_R_TOKEN_KEY);
    }
    assert_int_equal(asked, 1);
    assert_int_equal(calls(SHIM_C_Login), 1);
    /* A file is used before anybody is asked. */
    assert_true(set_asking(TOKEN_PIN, credential_uri("mef")));
    assert_int_equal(asked, 1);
}

static void asks_no_more_after_a_wrong_one(void **state)
{
    static const char uri[] = "pkcs11:token=seals;object=mef";

    (void)state;
    reset_shim();
    asked = 0;
    must_refuse_asking(WRONG_PIN, uri, "CKR_PIN_INCORRECT");
    must_refuse_asking(TOKEN_PIN, uri, "does not ask again");
    assert_int_equal(asked, 1);
    assert_int_equal(calls(SHIM_C_Login), 1);
}

/* ---- A module that fails ---- */

/* Each call of a function fails once, as long as there is one: refused, or not needed. Without
 * C_OpenSession of libp11's own, which 0.4.12 answers by waiting forever. */
static void every_call_fails(void **state)
{
    static const SHIM_FUNCTION functions[] = {
        SHIM_C_GetSlotList,       SHIM_C_GetSlotInfo, SHIM_C_GetTokenInfo, SHIM_C_Login,
        SHIM_C_FindObjectsInit,   SHIM_C_FindObjects, SHIM_C_SignInit,     SHIM_C_Sign,
        SHIM_C_GetAttributeValue,
    };
    int refused = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(functions); i++) {
        for (unsigned long skip = 0; skip < 200; skip++) {
            SSL_CTX *ctx = SSL_CTX_new(TLS_method());
            const char *data = "";
            int ok;

            let_fail(functions[i], CKR_DEVICE_ERROR, skip);
            ok = onem2m_tls_token_credential(ctx, credential_uri("mef"));
            refused += !ok;
            subject("function %d, call %lu", (int)functions[i], skip);
            HOLDS(ok == (SSL_CTX_get0_privatekey(ctx) != NULL));
            HOLDS(ok == (ERR_peek_error_all(NULL, NULL, NULL, &data, NULL) == 0));
            HOLDS(ok || strstr(data, "PKCS#11 module: ") == NULL); /* but the token's name */
            ERR_clear_error();
            SSL_CTX_free(ctx);
            if (tokens.shim->calls[functions[i]] <= skip)
                break;
        }
    }
    assert_true(refused > (int)COUNT(functions));
    let_fail(SHIM_C_OpenSession, CKR_DEVICE_REMOVED, 0);
    must_refuse(credential_uri("mef"), ONEM2M_R_TOKEN_MISSING, "CKR_DEVICE_REMOVED");
    reset_shim();
    SSL_CTX_free(token_context(TLS_method(), "mef"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uris),
        cmocka_unit_test(what_is_missing),
        cmocka_unit_test(keys_and_certificates),
        cmocka_unit_test(by_id_of_the_certificate),
        cmocka_unit_test(a_key_that_always_asks),
        cmocka_unit_test(wrong_pin),
        cmocka_unit_test(asks_once),
        cmocka_unit_test(asks_no_more_after_a_wrong_one),
        cmocka_unit_test(every_call_fails),
    };

    return cmocka_run_group_tests(tests, set_up_credentials, tear_down_credentials);
}
