/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <unistd.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/kdf.h>
#include "connection.h"

/* Keys that both ends export (TS-0003 10.3.1). */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- Connections ---- */

static const struct {
    int is_dtls;
    ONEM2M_PROFILE profile;
} transports[] = { { 0, ONEM2M_PROFILE_PSK }, { 1, ONEM2M_PROFILE_PSK }, { 0, 0 } };

static SSL_CTX *client_context(const ENDS *ends, size_t transport)
{
    SSL_CTX *ctx = context_of(
        &ends->client, transports[transport].is_dtls ? DTLS_client_method() : TLS_client_method(),
        transports[transport].profile);

    assert_int_equal(onem2m_tls_psk_client(ctx, "mef", KPM_ID), 1);
    return ctx;
}

static SSL_CTX *server_context(const ENDS *ends, size_t transport)
{
    SSL_CTX *ctx = context_of(
        &ends->server, transports[transport].is_dtls ? DTLS_server_method() : TLS_server_method(),
        transports[transport].profile);

    assert_int_equal(onem2m_tls_psk_server(ctx, "mef"), 1);
    return ctx;
}

static void begin(PAIR *pair, SSL_CTX *client, SSL_CTX *server)
{
    pair_make(pair, client, server);
    SSL_CTX_free(client);
    SSL_CTX_free(server);
}

static void connect_ends(PAIR *pair, const ENDS *ends, size_t transport)
{
    begin(pair, client_context(ends, transport), server_context(ends, transport));
    must_shake(pair);
}

static int make_sharing_ends(void **state)
{
    make_ends(state);
    share_key(*state, ONEM2M_KIND_NAME_KPM, KPM_ID, 10);
    return 0;
}

/* ---- What it must be ---- */

/* RFC 5705 without context, as TLS 1.2 computes it: tests/kdf holds that to vectors. */
static void compute(SSL *ssl, const char *label, unsigned char out[48])
{
    unsigned char secret[48], seed[128];
    EVP_KDF *prf = EVP_KDF_fetch(NULL, "TLS1-PRF", NULL);
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(prf);
    char digest[] = "SHA256";
    size_t used = strlen(label);
    OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0), END,
                            END, END };

    memcpy(seed, label, used);
    used += SSL_get_client_random(ssl, seed + used, 32);
    used += SSL_get_server_random(ssl, seed + used, 32);
    assert_int_equal(SSL_SESSION_get_master_key(SSL_get_session(ssl), secret, sizeof(secret)), 48);
    params[1] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SECRET, secret, sizeof(secret));
    params[2] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, seed, used);
    assert_int_equal(EVP_KDF_derive(ctx, out, 48, params), 1);
    EVP_KDF_CTX_free(ctx);
    EVP_KDF_free(prf);
}

static void check_octets(SSL *ssl, EVP_PKEY *key, const char *label)
{
    unsigned char expected[48], octets[512];
    char relative[33];

    if (SSL_version(ssl) == TLS1_3_VERSION)
        assert_int_equal(
            SSL_export_keying_material(ssl, expected, 48, label, strlen(label), NULL, 0, 0), 1);
    else
        compute(ssl, label, expected);
    for (size_t i = 0; i < 16; i++)
        snprintf(relative + 2 * i, 3, "%02X", expected[i]);
    assert_int_equal(strncmp(attribute(key, ONEM2M_PARAM_KEY_ID), relative, 32), 0);
    assert_int_equal(octets_of(key, octets), 32);
    assert_memory_equal(octets, expected + 16, 32);
}

/* ---- Every export ---- */

typedef struct {
    ONEM2M_EXPORT what;
    unsigned int given, suid; /* given: 0: none */
    const char *label, *fqdn, *kind;
} EXPORTED;

#define CONNECTION "EXPORTER-oneM2M-Connection"
static const EXPORTED exported[] = {
    { ONEM2M_EXPORT_ENROLMENT, 0, 0, "EXPORTER-oneM2M-Bootstrap", MEF, "ke" },
    { ONEM2M_EXPORT_ESCERTKE, 0, 0, "EXPORTER-oneM2M-ESCertKE", NULL, "pairwise-e2e" },
    { ONEM2M_EXPORT_CONNECTION, 0, 32, CONNECTION, MAF, "kc" },
    { ONEM2M_EXPORT_CONNECTION, 32, 32, CONNECTION, MAF, "kc" },
    { ONEM2M_EXPORT_CONNECTION, 22, 22, CONNECTION, MEF, "kc" },
    { ONEM2M_EXPORT_CONNECTION, 21, 21, CONNECTION, MEF, "km" },
    { ONEM2M_EXPORT_CONNECTION, 23, 23, CONNECTION, MEF, "esprim" },
    { ONEM2M_EXPORT_CONNECTION, 33, 33, CONNECTION, MAF, "esprim" },
    { ONEM2M_EXPORT_CONNECTION, 24, 24, CONNECTION, MEF, "esdata" },
    { ONEM2M_EXPORT_CONNECTION, 25, 25, CONNECTION, MEF, "esdata" },
    { ONEM2M_EXPORT_CONNECTION, 34, 34, CONNECTION, MAF, "esdata" },
    { ONEM2M_EXPORT_CONNECTION, 35, 35, CONNECTION, MAF, "esdata" },
};

static EVP_PKEY *export_one(SSL *ssl, const EXPORTED *one)
{
    OSSL_PARAM attributes[] = { number(ONEM2M_PARAM_EXTRACTABLE, 1),
                                TEXT(ONEM2M_PARAM_LABELS, "a b"), END, END };
    EVP_PKEY *key;

    if (one->given != 0)
        attributes[2] = number(ONEM2M_PARAM_SUID, one->given);
    key = onem2m_tls_export_key(ssl, one->what, one->fqdn, attributes);
    if (key == NULL)
        ERR_print_errors_fp(stderr);
    assert_non_null(key);
    check_quiet();
    return key;
}

static void check_one(SSL *ssl, EVP_PKEY *key, const EXPORTED *one)
{
    int suid = 0;

    check_octets(ssl, key, one->label);
    assert_string_equal(attribute(key, ONEM2M_PARAM_KIND), one->kind);
    assert_string_equal(attribute(key, ONEM2M_PARAM_LABELS), "a b");
    assert_string_equal(attribute(key, ONEM2M_PARAM_PARENT_KEY_ID), KPM_ID);
    assert_string_equal(attribute(key, ONEM2M_PARAM_PARENT_KIND), "kpm");
    if (one->fqdn != NULL)
        assert_string_equal(strchr(attribute(key, ONEM2M_PARAM_KEY_ID), '@') + 1, one->fqdn);
    else
        assert_int_equal(strlen(attribute(key, ONEM2M_PARAM_KEY_ID)), 32);
    EVP_PKEY_get_int_param(key, ONEM2M_PARAM_SUID, &suid);
    assert_int_equal(suid, one->suid);
}

static void every_export(void **state)
{
    for (size_t transport = 0; transport < COUNT(transports); transport++) {
        for (size_t i = 0; i < COUNT(exported); i++) {
            EVP_PKEY *keys[2];
            char key_id[600];
            PAIR pair;

            connect_ends(&pair, *state, transport);
            keys[0] = export_one(pair.client, &exported[i]);
            keys[1] = export_one(pair.server, &exported[i]);
            check_one(pair.client, keys[0], &exported[i]);
            check_one(pair.server, keys[1], &exported[i]);
            OPENSSL_strlcpy(key_id, attribute(keys[0], ONEM2M_PARAM_KEY_ID), sizeof(key_id));
            assert_string_equal(key_id, attribute(keys[1], ONEM2M_PARAM_KEY_ID));
            EVP_PKEY_free(keys[0]);
            EVP_PKEY_free(keys[1]);
            pair_free(&pair);
        }
    }
}

/* Stored at both ends, each in its own store, when the call returns. */
static void stored(void **state)
{
    const ENDS *ends = *state;
    const OSSL_PARAM attributes[] = { number(ONEM2M_PARAM_STORE, 1), END };
    EVP_PKEY *key, *again;
    char uri[600];
    PAIR pair;

    connect_ends(&pair, ends, 0);
    key = onem2m_tls_export_key(pair.client, ONEM2M_EXPORT_ENROLMENT, MEF, attributes);
    assert_non_null(key);
    snprintf(uri, sizeof(uri), "onem2m:%s?kind=ke", attribute(key, ONEM2M_PARAM_KEY_ID));
    again = load_key(ends->client.libctx, uri);
    assert_non_null(again);
    assert_null(load_key(ends->server.libctx, uri));
    EVP_PKEY_free(again);
    EVP_PKEY_free(key);
    pair_free(&pair);
}

/* ---- Refusals ---- */

static void refuse(SSL *ssl, ONEM2M_EXPORT what, const char *fqdn, const OSSL_PARAM attributes[],
                   ONEM2M_REASON reason, const char *detail)
{
    ERR_clear_error();
    assert_null(onem2m_tls_export_key(ssl, what, fqdn, attributes));
    check_engine_refused(reason, detail);
}

static void allow(SSL *ssl, ONEM2M_EXPORT what, const char *fqdn, const OSSL_PARAM attributes[])
{
    EVP_PKEY *key;

    ERR_clear_error();
    key = onem2m_tls_export_key(ssl, what, fqdn, attributes);
    if (key == NULL)
        ERR_print_errors_fp(stderr);
    assert_non_null(key);
    EVP_PKEY_free(key);
}

static void once_for_each_label(void **state)
{
    for (size_t transport = 0; transport < COUNT(transports); transport++) {
        PAIR pair;

        connect_ends(&pair, *state, transport);
        allow(pair.client, ONEM2M_EXPORT_ENROLMENT, MEF, NULL);
        refuse(pair.client, ONEM2M_EXPORT_ENROLMENT, MEF, NULL, ONEM2M_R_TLS_EXPORTED, "10.3.1");
        refuse(pair.client, ONEM2M_EXPORT_ENROLMENT, MAF, NULL, ONEM2M_R_TLS_EXPORTED, NULL);
        allow(pair.client, ONEM2M_EXPORT_CONNECTION, MAF, NULL);
        allow(pair.client, ONEM2M_EXPORT_ESCERTKE, NULL, NULL);
        refuse(pair.client, ONEM2M_EXPORT_CONNECTION, MAF, NULL, ONEM2M_R_TLS_EXPORTED, NULL);
        refuse(pair.client, ONEM2M_EXPORT_ESCERTKE, NULL, NULL, ONEM2M_R_TLS_EXPORTED, NULL);
        allow(pair.server, ONEM2M_EXPORT_ENROLMENT, MEF, NULL);
        pair_free(&pair);
    }
}

static void only_after_the_handshake(void **state)
{
    for (size_t transport = 0; transport < COUNT(transports); transport++) {
        PAIR pair;

        begin(&pair, client_context(*state, transport), server_context(*state, transport));
        while (!SSL_is_init_finished(pair.client) || !SSL_is_init_finished(pair.server)) {
            if (!SSL_is_init_finished(pair.client))
                refuse(pair.client, ONEM2M_EXPORT_ENROLMENT, MEF, NULL, ONEM2M_R_TLS_NOT_READY,
                       "not finished");
            if (!SSL_is_init_finished(pair.server))
                refuse(pair.server, ONEM2M_EXPORT_ENROLMENT, MEF, NULL, ONEM2M_R_TLS_NOT_READY,
                       "not finished");
            SSL_do_handshake(pair.client);
            SSL_do_handshake(pair.server);
        }
        allow(pair.client, ONEM2M_EXPORT_ENROLMENT, MEF, NULL);
        allow(pair.server, ONEM2M_EXPORT_ENROLMENT, MEF, NULL);
        pair_free(&pair);
    }
}

/* What is refused for what the caller gave changes nothing: the next call makes the key. */
static void bad_arguments(void **state)
{
    const OSSL_PARAM suid_13[] = { number(ONEM2M_PARAM_SUID, 13), END };
    const OSSL_PARAM suid_10[] = { number(ONEM2M_PARAM_SUID, 10), END };
    const OSSL_PARAM suid_99[] = { number(ONEM2M_PARAM_SUID, 99), END };
    const OSSL_PARAM suid_text[] = { TEXT(ONEM2M_PARAM_SUID, "x"), END };
    const OSSL_PARAM allow_text[] = { TEXT(ONEM2M_PARAM_ALLOW_NO_EMS, "x"), END };
    const OSSL_PARAM kind[] = { TEXT(ONEM2M_PARAM_KIND, "kc"), END };
    const OSSL_PARAM key_id[] = { TEXT(ONEM2M_PARAM_KEY_ID, KC_ID), END };
    const OSSL_PARAM priv[] = { OCTETS(ONEM2M_PARAM_PRIV, octets_of_ke), END };
    const OSSL_PARAM parent[] = { TEXT(ONEM2M_PARAM_PARENT_KEY_ID, KM_ID), END };
    const OSSL_PARAM parent_kind[] = { TEXT(ONEM2M_PARAM_PARENT_KIND, "km"), END };
    const OSSL_PARAM not_after[] = { TEXT(ONEM2M_PARAM_NOT_AFTER, "tomorrow"), END };
    const struct {
        const OSSL_PARAM *attributes;
        ONEM2M_REASON reason;
        const char *detail;
    } refused[] = {
        { suid_10, ONEM2M_R_BAD_SUID, "suid: 10 is for mef" },
        { suid_99, ONEM2M_R_BAD_SUID, "99" },
        { suid_text, ONEM2M_R_WRONG_TYPE, "suid" },
        { allow_text, ONEM2M_R_WRONG_TYPE, "allow-no-ems" },
        { kind, ONEM2M_R_BAD_ATTRIBUTE, "kind:" },
        { key_id, ONEM2M_R_BAD_ATTRIBUTE, "key-id:" },
        { priv, ONEM2M_R_BAD_ATTRIBUTE, "priv:" },
        { parent, ONEM2M_R_BAD_ATTRIBUTE, "parent-key-id:" },
        { parent_kind, ONEM2M_R_BAD_ATTRIBUTE, "parent-kind:" },
    };
    PAIR pair;

    connect_ends(&pair, *state, 0);
    for (size_t i = 0; i < COUNT(refused); i++)
        refuse(pair.client, ONEM2M_EXPORT_CONNECTION, MAF, refused[i].attributes, refused[i].reason,
               refused[i].detail);
    assert_null(onem2m_tls_export_key(pair.client, ONEM2M_EXPORT_CONNECTION, MAF, not_after));
    check_refused(ONEM2M_R_BAD_TIME, "not-after");
    assert_null(onem2m_tls_export_key(pair.client, ONEM2M_EXPORT_ENROLMENT, MEF, suid_13));
    check_refused(ONEM2M_R_BAD_SUID, "a ke has none");
    refuse(pair.client, (ONEM2M_EXPORT)0, MEF, NULL, ONEM2M_R_BAD_CHOICE, "what: 0");
    refuse(pair.client, (ONEM2M_EXPORT)4, MEF, NULL, ONEM2M_R_BAD_CHOICE, "what: 4");
    refuse(pair.client, ONEM2M_EXPORT_ENROLMENT, NULL, NULL, ONEM2M_R_MISSING_PARAMETER, "KeID");
    refuse(pair.client, ONEM2M_EXPORT_CONNECTION, NULL, NULL, ONEM2M_R_MISSING_PARAMETER,
           "Key Identifier");
    refuse(pair.client, ONEM2M_EXPORT_ESCERTKE, MEF, NULL, ONEM2M_R_BAD_ATTRIBUTE, "fqdn");
    refuse(pair.client, ONEM2M_EXPORT_ENROLMENT, "MEF.example.com", NULL, ONEM2M_R_UPPER_CASE,
           "fqdn");
    refuse(pair.client, ONEM2M_EXPORT_ENROLMENT, "", NULL, ONEM2M_R_EMPTY, "fqdn");
    allow(pair.client, ONEM2M_EXPORT_CONNECTION, MAF, NULL);
    allow(pair.client, ONEM2M_EXPORT_ENROLMENT, MEF, NULL);
    allow(pair.client, ONEM2M_EXPORT_ESCERTKE, NULL, NULL);
    pair_free(&pair);
}

/* One may be there after all: a store that failed does not say. */
static void store_that_fails(void **state)
{
    const ENDS *ends = *state;
    const OSSL_PARAM attributes[] = { number(ONEM2M_PARAM_STORE, 1), END };
    STRANGER stranger = { .identity = KPM_ID, .length = 32 };
    ENDS broken = { .server = ends->server };
    char store[128];
    SSL_CTX *client;
    PAIR pair;

    place_make(&broken.client, "lmdb");
    snprintf(store, sizeof(store), "%s/store", broken.client.directory);
    assert_int_equal(rmdir(store), 0);
    client = context_of(&broken.client, TLS_client_method(), ONEM2M_PROFILE_PSK);
    memset(stranger.key, 0x5A, 32);
    become_stranger(client, &stranger);
    begin(&pair, client, server_context(&broken, 0));
    must_shake(&pair);
    assert_null(onem2m_tls_export_key(pair.client, ONEM2M_EXPORT_ENROLMENT, MEF, attributes));
    check_refused(ONEM2M_R_STORE_MISSING, NULL);
    refuse(pair.client, ONEM2M_EXPORT_ENROLMENT, MEF, NULL, ONEM2M_R_TLS_EXPORTED, NULL);
    pair_free(&pair);
    place_remove(&broken.client);
}

static void without_extended_master_secret(void **state)
{
    const OSSL_PARAM allowed[] = { number(ONEM2M_PARAM_ALLOW_NO_EMS, 1), END };
    const OSSL_PARAM not_allowed[] = { number(ONEM2M_PARAM_ALLOW_NO_EMS, 0), END };
    SSL_CTX *client = client_context(*state, 0);
    PAIR pair;

    SSL_CTX_set_options(client, SSL_OP_NO_EXTENDED_MASTER_SECRET);
    begin(&pair, client, server_context(*state, 0));
    must_shake(&pair);
    refuse(pair.client, ONEM2M_EXPORT_ENROLMENT, MEF, NULL, ONEM2M_R_TLS_NO_EMS, "RFC 7627");
    refuse(pair.server, ONEM2M_EXPORT_ENROLMENT, MEF, not_allowed, ONEM2M_R_TLS_NO_EMS, NULL);
    allow(pair.client, ONEM2M_EXPORT_ENROLMENT, MEF, allowed);
    allow(pair.server, ONEM2M_EXPORT_ENROLMENT, MEF, allowed);
    pair_free(&pair);
}

static void use_old_suite(SSL_CTX *ctx, int version)
{
    SSL_CTX_set_security_level(ctx, 0);
    assert_int_equal(SSL_CTX_set_min_proto_version(ctx, version), 1);
    assert_int_equal(SSL_CTX_set_max_proto_version(ctx, version), 1);
    assert_int_equal(SSL_CTX_set_cipher_list(ctx, "PSK-AES128-CBC-SHA"), 1);
}

/* An application may admit what no profile does. */
static void old_versions(void **state)
{
    static const int versions[] = { TLS1_VERSION, DTLS1_VERSION, TLS1_1_VERSION };

    for (size_t i = 0; i < COUNT(versions); i++) {
        const size_t transport = versions[i] == DTLS1_VERSION ? 1 : 0;
        SSL_CTX *client = client_context(*state, transport);
        SSL_CTX *server = server_context(*state, transport);
        PAIR pair;

        use_old_suite(client, versions[i]);
        use_old_suite(server, versions[i]);
        begin(&pair, client, server);
        must_shake(&pair);
        assert_int_equal(SSL_version(pair.server), versions[i]);
        refuse(pair.client, ONEM2M_EXPORT_ENROLMENT, MEF, NULL, ONEM2M_R_TLS_FAILED, "10.2.1");
        refuse(pair.server, ONEM2M_EXPORT_ENROLMENT, MEF, NULL, ONEM2M_R_TLS_FAILED,
               SSL_get_version(pair.server));
        pair_free(&pair);
    }
}

/* ---- Resumed sessions ---- */

static SSL_SESSION *session_of(PAIR *pair)
{
    char nothing;

    check_talks(pair); /* tickets of TLS 1.3 come with the first data */
    assert_true(SSL_read(pair->client, &nothing, 1) < 0);
    /* A session whose connection was not shut down is not resumed. */
    SSL_set_shutdown(pair->client, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    SSL_set_shutdown(pair->server, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    return SSL_get1_session(pair->client);
}

static void resumed(const ENDS *ends, int version)
{
    SSL_CTX *client = client_context(ends, 2), *server = server_context(ends, 2);
    SSL_SESSION *session;
    PAIR pair;

    SSL_CTX_set_max_proto_version(client, version);
    pair_make(&pair, client, server);
    must_shake(&pair);
    allow(pair.client, ONEM2M_EXPORT_CONNECTION, MAF, NULL);
    session = session_of(&pair);
    pair_free(&pair);
    begin(&pair, client, server);
    assert_int_equal(SSL_set_session(pair.client, session), 1);
    must_shake(&pair);
    assert_true(SSL_session_reused(pair.client) && SSL_session_reused(pair.server));
    refuse(pair.client, ONEM2M_EXPORT_CONNECTION, MAF, NULL, ONEM2M_R_TLS_RESUMED, "resumed");
    refuse(pair.server, ONEM2M_EXPORT_CONNECTION, MAF, NULL, ONEM2M_R_TLS_RESUMED, "resumed");
    pair_free(&pair);
    SSL_SESSION_free(session);
}

static void resumed_sessions(void **state)
{
    resumed(*state, TLS1_2_VERSION);
    resumed(*state, TLS1_3_VERSION);
}

/*
 * TLS 1.3: a ticket that the server cannot read, and a key beside it, which it takes. The server
 * knows which one it was; the client is not told, and refuses.
 */
static void ticket_beside_a_key(void **state)
{
    SSL_CTX *client = client_context(*state, 2);
    SSL_SESSION *session;
    PAIR pair;

    assert_true(SSL_CTX_up_ref(client));
    begin(&pair, client, server_context(*state, 2));
    must_shake(&pair);
    session = session_of(&pair);
    pair_free(&pair);
    begin(&pair, client, server_context(*state, 2));
    assert_int_equal(SSL_set_session(pair.client, session), 1);
    must_shake(&pair);
    assert_int_equal(SSL_version(pair.client), TLS1_3_VERSION);
    allow(pair.server, ONEM2M_EXPORT_CONNECTION, MAF, NULL);
    refuse(pair.client, ONEM2M_EXPORT_CONNECTION, MAF, NULL, ONEM2M_R_TLS_RESUMED, NULL);
    pair_free(&pair);
    SSL_SESSION_free(session);
}

/* A profile has no session to resume. */
static void profile_without_sessions(void **state)
{
    SSL_CTX *client = client_context(*state, 0), *server = server_context(*state, 0);
    SSL_SESSION *session;
    PAIR pair;

    pair_make(&pair, client, server);
    must_shake(&pair);
    session = session_of(&pair);
    pair_free(&pair);
    begin(&pair, client, server);
    SSL_set_session(pair.client, session);
    must_shake(&pair);
    assert_false(SSL_session_reused(pair.client));
    allow(pair.client, ONEM2M_EXPORT_CONNECTION, MAF, NULL);
    pair_free(&pair);
    SSL_SESSION_free(session);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, make_sharing_ends, remove_ends)
    const struct CMUnitTest tests[] = {
        TEST(every_export),        TEST(stored),
        TEST(once_for_each_label), TEST(only_after_the_handshake),
        TEST(bad_arguments),       TEST(store_that_fails),
        TEST(resumed_sessions),    TEST(without_extended_master_secret),
        TEST(ticket_beside_a_key), TEST(profile_without_sessions),
        TEST(old_versions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
