/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include "support.h"

/* Not ERR_LIB_USER: OpenSSL numbers the libraries of providers from there. */
#define OWN_LIBRARY ERR_LIB_X509
#define OWN_REASON 77

static char subject_text[256];

void subject(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(subject_text, sizeof(subject_text), format, arguments);
    va_end(arguments);
}

const char *current_subject(void)
{
    return subject_text;
}

void load(LOADED *loaded)
{
    loaded->libctx = OSSL_LIB_CTX_new();
    assert_non_null(loaded->libctx);
    loaded->provider = OSSL_PROVIDER_load(loaded->libctx, ONEM2M_PROVIDER_NAME);
    if (loaded->provider == NULL)
        ERR_print_errors_fp(stderr);
    assert_non_null(loaded->provider);
}

void unload(LOADED *loaded)
{
    assert_true(OSSL_PROVIDER_unload(loaded->provider));
    OSSL_LIB_CTX_free(loaded->libctx);
}

int suite_setup(void **state)
{
    static SUITE suite;

    if (!samples_read(&suite.samples))
        return -1;
    load(&suite.loaded);
    *state = &suite;
    return 0;
}

int suite_teardown(void **state)
{
    SUITE *suite = *state;

    /* Called by cmocka even when the setup failed. */
    if (suite == NULL)
        return 0;
    unload(&suite->loaded);
    samples_free(&suite->samples);
    return 0;
}

int empty_queue(void **state)
{
    (void)state;
    ERR_clear_error();
    return 0;
}

EVP_KDF_CTX *new_context(OSSL_LIB_CTX *libctx, const char *kdf)
{
    EVP_KDF_CTX *ctx = kdf_context_new(libctx, kdf, ONEM2M_PROPERTY_QUERY);

    CHECK(ctx != NULL);
    return ctx;
}

static int is_own_error(unsigned long code)
{
    return ERR_GET_LIB(code) == OWN_LIBRARY && ERR_GET_REASON(code) == OWN_REASON;
}

void queue_own_error(void)
{
    ERR_raise(OWN_LIBRARY, OWN_REASON);
}

static void skip_own_error(void)
{
    if (is_own_error(ERR_peek_error()))
        ERR_get_error();
}

void check_error(ONEM2M_REASON reason, const char *parameter, const char *detail)
{
    const char *data = "", *function = "", *library, *text;
    unsigned long code;

    skip_own_error();
    code = ERR_get_error_all(NULL, NULL, &function, &data, NULL);
    library = ERR_lib_error_string(code);
    text = ERR_reason_error_string(code);
    if (code == 0 || ERR_GET_REASON(code) != (int)reason)
        fail_msg("%s: reason %d instead of %d: %s: %s", current_subject(), ERR_GET_REASON(code),
                 (int)reason, text != NULL ? text : "no error", data);
    CHECK(library != NULL && strcmp(library, ONEM2M_PROVIDER_NAME) == 0);
    CHECK(text != NULL && *text != '\0');
    CHECK(*function != '\0');
    if (parameter != NULL && strstr(data, parameter) == NULL)
        fail_msg("%s: \"%s\" does not name %s", current_subject(), data, parameter);
    if (detail != NULL && strstr(data, detail) == NULL)
        fail_msg("%s: \"%s\" does not say %s", current_subject(), data, detail);
    check_no_error();
}

void check_own_error_only(void)
{
    CHECK(is_own_error(ERR_get_error()));
    check_no_error();
}

void check_no_error(void)
{
    char text[256];
    const char *data = "";
    unsigned long code = ERR_get_error_all(NULL, NULL, NULL, &data, NULL);

    if (code == 0)
        return;
    ERR_error_string_n(code, text, sizeof(text));
    fail_msg("%s: on the queue: %s: %s", current_subject(), text, data);
}
