/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/err.h>
#include <openssl/kdf.h>
#include "connection.h"

/*
 * From Kpm to Kc (TS-0003 8.3.2.1, 8.8.2.3, 8.2.2.3): an enrolee and a MEF export Ke; the MAF
 * fetches, in the handshake, the key that the MEF derives of it; both export Kc, with which the
 * enrolee meets an entity that fetches it.
 */

typedef struct {
    ENDS enrolment; /* enrolee and MEF */
    ENDS others;    /* MAF and entity B, each a "server" and "client" of nobody here */
    EVP_PKEY *fetched;
    unsigned int fetches;
    char asked[ONEM2M_KEY_ID_MAX + 1];
} WORLD;

static int make_world(void **state)
{
    WORLD *world = calloc(1, sizeof(*world));

    assert_non_null(world);
    place_make(&world->enrolment.client, "memory");
    place_make(&world->enrolment.server, "memory");
    place_make(&world->others.client, "memory");
    place_make(&world->others.server, "memory");
    *state = world;
    return 0;
}

static int remove_world(void **state)
{
    WORLD *world = *state;

    EVP_PKEY_free(world->fetched);
    place_remove(&world->enrolment.client);
    place_remove(&world->enrolment.server);
    place_remove(&world->others.client);
    place_remove(&world->others.server);
    free(world);
    return 0;
}

static EVP_PKEY *fetch(SSL *ssl, const char *key_id, const char *fqdn, void *argument)
{
    WORLD *world = argument;

    assert_non_null(ssl);
    world->fetches++;
    snprintf(world->asked, sizeof(world->asked), "%s %s", key_id, fqdn);
    if (world->fetched != NULL)
        EVP_PKEY_up_ref(world->fetched);
    return world->fetched;
}

static void export_both(PAIR *pair, ONEM2M_EXPORT what, const char *fqdn,
                        const OSSL_PARAM of_client[], const OSSL_PARAM of_server[], char *key_id)
{
    EVP_PKEY *client = onem2m_tls_export_key(pair->client, what, fqdn, of_client);
    EVP_PKEY *server = onem2m_tls_export_key(pair->server, what, fqdn, of_server);

    if (client == NULL || server == NULL)
        ERR_print_errors_fp(stderr);
    assert_non_null(client);
    assert_non_null(server);
    OPENSSL_strlcpy(key_id, attribute(client, ONEM2M_PARAM_KEY_ID), ONEM2M_KEY_ID_MAX + 1);
    assert_string_equal(attribute(server, ONEM2M_PARAM_KEY_ID), key_id);
    EVP_PKEY_free(client);
    EVP_PKEY_free(server);
    check_quiet();
}

static void derive(OSSL_LIB_CTX *libctx, const char *ke_id, unsigned int suid, const char *fqdn,
                   unsigned char octets[32])
{
    EVP_KDF *kdf = EVP_KDF_fetch(libctx, ONEM2M_KDF_USAGE_KEY, ONEM2M_PROPERTY_QUERY);
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
    const OSSL_PARAM params[] = { TEXT(ONEM2M_PARAM_KEY_ID, ke_id), number(ONEM2M_PARAM_SUID, suid),
                                  TEXT(ONEM2M_PARAM_TARGET_ID, fqdn),
                                  TEXT(ONEM2M_PARAM_REQUESTER, fqdn), END };

    assert_int_equal(EVP_KDF_derive(ctx, octets, 32, params), 1);
    EVP_KDF_CTX_free(ctx);
    EVP_KDF_free(kdf);
}

static void whole_life(void **state)
{
    WORLD *world = *state;
    SSL_CTX *enrolee =
        context_of(&world->enrolment.client, TLS_client_method(), ONEM2M_PROFILE_PSK);
    SSL_CTX *mef = context_of(&world->enrolment.server, TLS_server_method(), ONEM2M_PROFILE_PSK);
    SSL_CTX *maf = context_of(&world->others.server, TLS_server_method(), ONEM2M_PROFILE_PSK);
    const OSSL_PARAM enrolees[] = { number(ONEM2M_PARAM_STORE, 1), END };
    const OSSL_PARAM mefs[] = { number(ONEM2M_PARAM_STORE, 1),
                                number(ONEM2M_PARAM_REGISTRATION, 1),
                                TEXT(ONEM2M_PARAM_SOURCE_ID, "//sp.example.com/enrolee7"),
                                TEXT(ONEM2M_PARAM_TARGET_IDS, MAF),
                                TEXT(ONEM2M_PARAM_ALLOWED_SUIDS, "21"),
                                END };
    const char *const fqdns[] = { MEF, NULL };
    char ke_id[ONEM2M_KEY_ID_MAX + 1] = "", kc_id[ONEM2M_KEY_ID_MAX + 1];
    unsigned char octets[32];
    OSSL_PARAM km[] = { TEXT(ONEM2M_PARAM_KIND, ONEM2M_KIND_NAME_KM),
                        TEXT(ONEM2M_PARAM_KEY_ID, ke_id),
                        number(ONEM2M_PARAM_SUID, 21),
                        TEXT(ONEM2M_PARAM_ENTITY_ID, "//sp.example.com/enrolee7"),
                        OCTETS(ONEM2M_PARAM_PRIV, octets),
                        END };
    PAIR pair;

    share_key(&world->enrolment, ONEM2M_KIND_NAME_KPM, KPM_ID, 10);
    assert_int_equal(onem2m_tls_psk_client(enrolee, "mef", KPM_ID), 1);
    assert_int_equal(onem2m_tls_psk_server(mef, "mef"), 1);
    pair_make(&pair, enrolee, mef);
    must_shake(&pair);
    export_both(&pair, ONEM2M_EXPORT_ENROLMENT, MEF, enrolees, mefs, ke_id);
    pair_free(&pair);

    derive(world->enrolment.server.libctx, ke_id, 21, MAF, octets);
    km[1] = TEXT(ONEM2M_PARAM_KEY_ID, ke_id);
    world->fetched = import(world->others.server.libctx, km);
    assert_int_equal(onem2m_tls_psk_client_enrolled(enrolee, "maf", ke_id, MAF), 1);
    assert_int_equal(onem2m_tls_psk_server(maf, "maf"), 1);
    assert_int_equal(onem2m_tls_psk_server_fetch(maf, fqdns, fetch, world), 1);
    pair_make(&pair, enrolee, maf);
    must_shake(&pair);
    assert_int_equal(world->fetches, 1);
    assert_string_equal(onem2m_tls_refusal(pair.server), "");
    export_both(&pair, ONEM2M_EXPORT_CONNECTION, MAF, NULL, NULL, kc_id);
    pair_free(&pair);
    SSL_CTX_free(enrolee);
    SSL_CTX_free(mef);
    SSL_CTX_free(maf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(whole_life, make_world, remove_world),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
