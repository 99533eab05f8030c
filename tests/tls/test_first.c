/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include "connection.h"

/*
 * A process whose configuration names the provider first: OpenSSL numbers its errors from
 * ERR_LIB_USER itself. This is a program of its own, for no provider may come before.
 */

static int make_first(void **state)
{
    static PLACE place;

    place_make_first(&place, "memory");
    *state = &place;
    return 0;
}

static int remove_first(void **state)
{
    place_remove(*state);
    return 0;
}

static EVP_PKEY *fetch(SSL *ssl, const char *key_id, const char *fqdn, void *argument)
{
    EVP_PKEY **key = argument;
    EVP_PKEY *given = *key;

    (void)ssl;
    assert_string_equal(key_id, KC_ID);
    assert_string_equal(fqdn, MAF);
    *key = NULL;
    return given;
}

static EVP_PKEY *make_kc(const PLACE *place)
{
    unsigned char octets[32];
    const OSSL_PARAM params[] = { TEXT(ONEM2M_PARAM_KIND, "kc"), TEXT(ONEM2M_PARAM_KEY_ID, KC_ID),
                                  number(ONEM2M_PARAM_SUID, 32), OCTETS(ONEM2M_PARAM_PRIV, octets),
                                  END };
    EVP_PKEY *key;

    memset(octets, 0x5A, sizeof(octets));
    key = import(place->libctx, params);
    assert_non_null(key);
    return key;
}

static void meet(SSL_CTX *server, const PLACE *place, STRANGER *stranger)
{
    SSL_CTX *client = context_of(place, TLS_client_method(), ONEM2M_PROFILE_PSK);
    PAIR pair;

    memset(stranger->key, 0x5A, sizeof(stranger->key));
    become_stranger(client, stranger);
    pair_make(&pair, client, server);
    SSL_CTX_free(client);
    must_shake(&pair);
    pair_free(&pair);
}

static void unknown_key_is_fetched(void **state)
{
    static const char *const fqdns[] = { MAF, NULL };
    const PLACE *place = *state;
    STRANGER stranger = { .identity = KC_ID, .length = 32 };
    SSL_CTX *server = context_of(place, TLS_server_method(), ONEM2M_PROFILE_PSK);
    EVP_PKEY *key = make_kc(place);

    assert_int_equal(onem2m_tls_psk_server(server, "saef"), 1);
    assert_int_equal(onem2m_tls_psk_server_fetch(server, fqdns, fetch, &key), 1);
    meet(server, place, &stranger);
    assert_null(key);
    SSL_CTX_free(server);
}

static void key_of_another_size_serves(void **state)
{
    const PLACE *place = *state;
    STRANGER stranger = { .identity = KPM_ID, .length = 64 };
    SSL_CTX *server = context_of(place, TLS_server_method(), ONEM2M_PROFILE_PSK);

    store_key(place, ONEM2M_KIND_NAME_KPM, KPM_ID, 10, 0x5A, 64, NULL);
    assert_int_equal(onem2m_tls_psk_server(server, "mef"), 1);
    meet(server, place, &stranger);
    SSL_CTX_free(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_key_is_fetched),
        cmocka_unit_test(key_of_another_size_serves),
    };

    return cmocka_run_group_tests(tests, make_first, remove_first);
}
