/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <openssl/err.h>
#include "connection.h"

/* PSKs of the stores of both ends. */

typedef struct {
    const char *usage, *kind, *key_id;
    unsigned int suid;
} SERVED;

static const SERVED served[] = {
    { "mef", ONEM2M_KIND_NAME_KPM, KPM_ID, 10 },
    { "maf", ONEM2M_KIND_NAME_KM, KM_ID, 21 },
    { "saef", ONEM2M_KIND_NAME_KPSA, KPSA_ID, 12 },
    { "saef", ONEM2M_KIND_NAME_KC, KC_ID, 32 },
};

static void shake(const ENDS *ends, const SERVED *key, int is_dtls, ONEM2M_PROFILE profile)
{
    SSL_CTX *client =
        context_of(&ends->client, is_dtls ? DTLS_client_method() : TLS_client_method(), profile);
    SSL_CTX *server =
        context_of(&ends->server, is_dtls ? DTLS_server_method() : TLS_server_method(), profile);
    PAIR pair;

    assert_int_equal(onem2m_tls_psk_client(client, key->usage, key->key_id), 1);
    assert_int_equal(onem2m_tls_psk_server(server, key->usage), 1);
    check_quiet();
    pair_make(&pair, client, server);
    must_shake(&pair);
    check_quiet();
    check_talks(&pair);
    assert_string_equal(onem2m_tls_refusal(pair.server), "");
    print_message("%s %s %s\n", key->usage, SSL_get_version(pair.client),
                  SSL_get_cipher_name(pair.client));
    pair_free(&pair);
    SSL_CTX_free(client);
    SSL_CTX_free(server);
}

static void every_usage(void **state)
{
    const ENDS *ends = *state;

    for (size_t i = 0; i < sizeof(served) / sizeof(served[0]); i++) {
        share_key(ends, served[i].kind, served[i].key_id, served[i].suid);
        ERR_clear_error();
        for (int is_dtls = 0; is_dtls < 2; is_dtls++) {
            shake(ends, &served[i], is_dtls, ONEM2M_PROFILE_PSK);
            shake(ends, &served[i], is_dtls, ONEM2M_PROFILE_PSK_PFS);
            shake(ends, &served[i], is_dtls, 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_usage, make_ends, remove_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
