/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <openssl/err.h>
#include <openssl/kdf.h>
#include "connection.h"
#include "keystore/error.h"
#include "tls/engine.h"

/* Whose the last error is: reasons of other libraries are numbers without a meaning here. */

static void must_be(ONEM2M_REASON reason, const char *detail)
{
    ONEM2M_ERROR error;

    onem2m_tls_last_error(&error);
    assert_int_equal(error.reason, reason);
    if (strstr(error.detail, detail) == NULL)
        fail_msg("%s", error.detail);
    ERR_clear_error();
}

static void raise_of_provider(OSSL_LIB_CTX *libctx)
{
    EVP_KDF *kdf = EVP_KDF_fetch(libctx, ONEM2M_KDF_PSK, NULL);
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
    unsigned char out[32];

    assert_int_equal(EVP_KDF_derive(ctx, out, sizeof(out), NULL), 0);
    EVP_KDF_CTX_free(ctx);
    EVP_KDF_free(kdf);
}

static void the_provider_s(void **state)
{
    const ENDS *ends = *state;

    raise_of_provider(ends->client.libctx);
    must_be(ONEM2M_R_MISSING_KEY, "key");
    raise_of_provider(ends->server.libctx); /* loaded again: another number */
    must_be(ONEM2M_R_MISSING_KEY, "key");
}

static void the_engine_s(void **state)
{
    (void)state;
    onem2m_tls_raise(ONEM2M_R_EXPIRED, "of the engine");
    must_be(ONEM2M_R_EXPIRED, "of the engine");
}

static void anybody_else_s(void **state)
{
    static ERR_STRING_DATA texts[] = { { ERR_PACK(0, 0, ONEM2M_R_KEY_NOT_FOUND), "no such thing" },
                                       { 0, NULL } };
    const int library = ERR_get_next_error_library();

    (void)state;
    ERR_load_strings(library, texts);
    ERR_raise(library, ONEM2M_R_KEY_NOT_FOUND);
    must_be(ONEM2M_R_TLS_FAILED, "no such thing");
    ERR_raise_data(library, ONEM2M_R_EXPIRED, "without a text of its library");
    must_be(ONEM2M_R_TLS_FAILED, "without a text");
    ERR_raise(ERR_LIB_SSL, ONEM2M_R_EXPIRED);
    must_be(ONEM2M_R_TLS_FAILED, "");
    must_be(ONEM2M_R_TLS_FAILED, ""); /* none at all */
    ERR_unload_strings(library, texts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_provider_s, make_ends, remove_ends),
        cmocka_unit_test(the_engine_s),
        cmocka_unit_test(anybody_else_s),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
