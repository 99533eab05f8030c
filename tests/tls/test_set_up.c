/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/err.h>
#include "connection.h"

/* SSL_CTXs as the engine sets them up: library contexts, profiles, server names. */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void use_comes_first(void **state)
{
    const ENDS *ends = *state;
    SSL_CTX *ctx = SSL_CTX_new_ex(ends->server.libctx, NULL, TLS_method());
    char propq[] = ONEM2M_PROPERTY_QUERY;

    assert_int_equal(onem2m_tls_use(ctx, ends->server.libctx, propq), 1);
    memset(propq, 'x', sizeof(propq) - 1);
    assert_int_equal(onem2m_tls_psk_server(ctx, "maf"), 1);
    assert_int_equal(onem2m_tls_use(ctx, ends->server.libctx, NULL), 0);
    check_engine_refused(ONEM2M_R_TLS_NOT_READY, "onem2m_tls_use is called once");
    SSL_CTX_free(ctx);
    ctx = SSL_CTX_new_ex(ends->server.libctx, NULL, TLS_method());
    assert_int_equal(onem2m_tls_profile(ctx, ONEM2M_PROFILE_PSK), 1);
    assert_int_equal(onem2m_tls_use(ctx, ends->server.libctx, NULL), 0);
    check_engine_refused(ONEM2M_R_TLS_NOT_READY, "before the engine's other");
    SSL_CTX_free(ctx);
    ERR_clear_error();
}

/* Without the call: OpenSSL's default library context, where no test has the provider. */
static void defaults(void **state)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());

    (void)state;
    assert_int_equal(onem2m_tls_psk_server(ctx, "maf"), 0);
    check_engine_refused(ONEM2M_R_CRYPTO_UNAVAILABLE, NULL);
    SSL_CTX_free(ctx);
}

/* ---- Profiles ---- */

static const struct {
    ONEM2M_PROFILE profile;
    const char *tls, *dtls;
} profiles[] = {
    { ONEM2M_PROFILE_PSK,
      "PSK-AES128-CBC-SHA256:PSK-AES128-CCM8:", "PSK-AES128-CCM8:PSK-AES128-CBC-SHA256:" },
    { ONEM2M_PROFILE_PSK_PFS, "DHE-PSK-AES128-CBC-SHA256:PSK-AES128-CBC-SHA256:PSK-AES128-CCM8:",
      "DHE-PSK-AES128-CBC-SHA256:PSK-AES128-CCM8:PSK-AES128-CBC-SHA256:" },
    { ONEM2M_PROFILE_CERTIFICATE, "ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES128-CCM8:",
      "ECDHE-ECDSA-AES128-CCM8:ECDHE-ECDSA-AES128-SHA256:" },
};

/* Of TLS 1.3, which a profile has not, libssl lists its suites nevertheless. */
static void check_suites(const SSL_CTX *ctx, const char *expected)
{
    const STACK_OF(SSL_CIPHER) *suites = SSL_CTX_get_ciphers(ctx);
    char names[512] = "";

    for (int i = 0; i < sk_SSL_CIPHER_num(suites); i++) {
        const char *name = SSL_CIPHER_get_name(sk_SSL_CIPHER_value(suites, i));

        if (strncmp(name, "TLS_", 4) != 0)
            snprintf(names + strlen(names), sizeof(names) - strlen(names), "%s:", name);
    }
    assert_string_equal(names, expected);
}

static void check_profile(const PLACE *place, size_t i, int is_dtls)
{
    SSL_CTX *ctx = context_of(place, is_dtls ? DTLS_method() : TLS_method(), profiles[i].profile);
    const int version = is_dtls ? DTLS1_2_VERSION : TLS1_2_VERSION;
    const uint64_t options = SSL_CTX_get_options(ctx);

    check_suites(ctx, is_dtls ? profiles[i].dtls : profiles[i].tls);
    assert_int_equal(SSL_CTX_get_min_proto_version(ctx), version);
    assert_int_equal(SSL_CTX_get_max_proto_version(ctx), version);
    assert_int_equal(SSL_CTX_get_session_cache_mode(ctx), SSL_SESS_CACHE_OFF);
    assert_true((options & SSL_OP_NO_TICKET) != 0);
    assert_true((options & SSL_OP_NO_RENEGOTIATION) != 0);
    check_quiet();
    SSL_CTX_free(ctx);
}

static void every_profile(void **state)
{
    const ENDS *ends = *state;

    for (size_t i = 0; i < COUNT(profiles); i++) {
        check_profile(&ends->server, i, 0);
        check_profile(&ends->server, i, 1);
    }
}

static void no_profile(void **state)
{
    const ENDS *ends = *state;
    SSL_CTX *ctx = context_of(&ends->server, TLS_method(), 0);

    assert_int_equal(onem2m_tls_profile(ctx, (ONEM2M_PROFILE)0), 0);
    check_engine_refused(ONEM2M_R_BAD_CHOICE, "profile: 0");
    assert_int_equal(onem2m_tls_profile(ctx, (ONEM2M_PROFILE)4), 0);
    check_engine_refused(ONEM2M_R_BAD_CHOICE, "profile: 4");
    assert_int_equal(SSL_CTX_get_session_cache_mode(ctx), SSL_SESS_CACHE_SERVER);
    SSL_CTX_free(ctx);
}

static void one_profile_after_another(void **state)
{
    const ENDS *ends = *state;
    SSL_CTX *ctx = context_of(&ends->server, TLS_method(), 0);

    assert_int_equal(onem2m_tls_profile(ctx, ONEM2M_PROFILE_PSK), 1);
    assert_int_equal(onem2m_tls_profile(ctx, ONEM2M_PROFILE_CERTIFICATE), 1);
    assert_int_equal(onem2m_tls_profile(ctx, ONEM2M_PROFILE_PSK), 1);
    check_suites(ctx, profiles[0].tls);
    SSL_CTX_free(ctx);
}

/* ---- CCM_8 and the security level ---- */

static const SSL_CIPHER *find_suite(SSL *ssl, const char *name)
{
    const STACK_OF(SSL_CIPHER) *suites = SSL_get_ciphers(ssl);

    for (int i = 0; i < sk_SSL_CIPHER_num(suites); i++) {
        if (strcmp(SSL_CIPHER_get_name(sk_SSL_CIPHER_value(suites, i)), name) == 0)
            return sk_SSL_CIPHER_value(suites, i);
    }
    return NULL;
}

static int is_supported(SSL_CTX *ctx, const char *name)
{
    SSL *ssl = SSL_new(ctx);
    STACK_OF(SSL_CIPHER) *suites = SSL_get1_supported_ciphers(ssl);
    const int is_supported =
        sk_SSL_CIPHER_find(suites, (SSL_CIPHER *)(uintptr_t)find_suite(ssl, name)) >= 0;

    sk_SSL_CIPHER_free(suites);
    SSL_free(ssl);
    return is_supported;
}

static unsigned int asked;

static int count_and_refuse_suites(const SSL *ssl, const SSL_CTX *ctx, int operation, int bits,
                                   int nid, void *other, void *argument)
{
    (void)ssl;
    (void)ctx;
    (void)bits;
    (void)nid;
    (void)other;
    assert_ptr_equal(argument, &asked);
    asked++;
    return operation != SSL_SECOP_CIPHER_SUPPORTED;
}

/* The two suites of the profile at every level; anything else as whoever was asked before says. */
static void ccm_8_alone(void **state)
{
    static const char both[] = "PSK-AES128-CCM8:ECDHE-ECDSA-AES128-CCM8:PSK-AES256-CCM8:"
                               "PSK-AES128-CCM:PSK-AES128-CBC-SHA256";
    const ENDS *ends = *state;
    SSL_CTX *ctx = context_of(&ends->client, TLS_client_method(), ONEM2M_PROFILE_PSK);
    SSL_CTX *other = context_of(&ends->client, TLS_client_method(), 0);

    SSL_CTX_set_psk_client_callback(ctx, (SSL_psk_client_cb_func)(void (*)(void))abort);
    assert_int_equal(SSL_CTX_set_cipher_list(ctx, both), 1);
    SSL_CTX_set_security_level(ctx, 2);
    assert_true(is_supported(ctx, "PSK-AES128-CCM8"));
    assert_true(is_supported(ctx, "ECDHE-ECDSA-AES128-CCM8"));
    assert_true(is_supported(ctx, "PSK-AES128-CBC-SHA256"));
    SSL_CTX_set_security_level(ctx, 5);
    assert_true(is_supported(ctx, "PSK-AES128-CCM8"));
    assert_true(is_supported(ctx, "ECDHE-ECDSA-AES128-CCM8"));
    assert_false(is_supported(ctx, "PSK-AES256-CCM8"));
    assert_false(is_supported(ctx, "PSK-AES128-CCM"));
    assert_false(is_supported(ctx, "PSK-AES128-CBC-SHA256"));
    SSL_CTX_free(ctx);

    SSL_CTX_set_security_callback(other, count_and_refuse_suites);
    SSL_CTX_set0_security_ex_data(other, &asked);
    assert_int_equal(onem2m_tls_profile(other, ONEM2M_PROFILE_PSK), 1);
    assert_int_equal(onem2m_tls_profile(other, ONEM2M_PROFILE_PSK), 1);
    SSL_CTX_set_psk_client_callback(other, (SSL_psk_client_cb_func)(void (*)(void))abort);
    asked = 0;
    assert_true(is_supported(other, "PSK-AES128-CCM8"));
    assert_false(is_supported(other, "PSK-AES128-CBC-SHA256"));
    assert_true(asked > 0);
    SSL_CTX_free(other);
}

static int (*asked_next)(const SSL *ssl, const SSL_CTX *ctx, int operation, int bits, int nid,
                         void *other, void *argument);

static int count_and_ask(const SSL *ssl, const SSL_CTX *ctx, int operation, int bits, int nid,
                         void *other, void *argument)
{
    asked++;
    return asked_next(ssl, ctx, operation, bits, nid, other, argument);
}

/* One that is set afterwards and asks the engine's, which must not ask it in its turn. */
static void callback_before_the_engines(void **state)
{
    const ENDS *ends = *state;
    SSL_CTX *ctx = context_of(&ends->server, TLS_method(), 0);

    SSL_CTX_set_security_level(ctx, 5);
    assert_int_equal(onem2m_tls_profile(ctx, ONEM2M_PROFILE_CERTIFICATE), 1);
    asked_next = SSL_CTX_get_security_callback(ctx);
    SSL_CTX_set_security_callback(ctx, count_and_ask);
    assert_int_equal(onem2m_tls_psk_server(ctx, "maf"), 1);
    assert_int_equal(onem2m_tls_psk_client(ctx, "maf", KM_ID), 1);
    assert_int_equal(onem2m_tls_profile(ctx, ONEM2M_PROFILE_PSK), 1);
    assert_ptr_equal(SSL_CTX_get_security_callback(ctx), count_and_ask);
    asked = 0;
    assert_true(is_supported(ctx, "PSK-AES128-CCM8"));
    assert_false(is_supported(ctx, "PSK-AES128-CBC-SHA256"));
    assert_true(asked > 0);
    SSL_CTX_free(ctx);
}

/* ---- Server names ---- */

typedef struct {
    const char *sent; /* NULL: none */
    int alert;
} NAMES;

static const NAMES names[] = {
    { MEF, -1 },
    { "second.example.com", -1 },
    { "MEF.Example.Com", -1 },
    { NULL, -1 },
    { "other.example.com", SSL_AD_UNRECOGNIZED_NAME },
    { "xmef.example.com", SSL_AD_UNRECOGNIZED_NAME },
    { "mef.example.co", SSL_AD_UNRECOGNIZED_NAME },
};

static void meet(const ENDS *ends, const NAMES *name, int is_dtls)
{
    SSL_CTX *client = context_of(
        &ends->client, is_dtls ? DTLS_client_method() : TLS_client_method(), ONEM2M_PROFILE_PSK);
    SSL_CTX *server = context_of(
        &ends->server, is_dtls ? DTLS_server_method() : TLS_server_method(), ONEM2M_PROFILE_PSK);
    PAIR pair;

    assert_int_equal(onem2m_tls_server_name(server, MEF), 1);
    assert_int_equal(onem2m_tls_server_name(server, "second.example.com"), 1);
    assert_int_equal(onem2m_tls_psk_client(client, "mef", KPM_ID), 1);
    assert_int_equal(onem2m_tls_psk_server(server, "mef"), 1);
    pair_make(&pair, client, server);
    if (name->sent != NULL)
        assert_int_equal(SSL_set_tlsext_host_name(pair.client, (char *)(uintptr_t)name->sent), 1);
    if (name->alert == -1) {
        must_shake(&pair);
        assert_string_equal(onem2m_tls_refusal(pair.server), "");
    } else {
        assert_false(pair_shake(&pair));
        assert_int_equal(pair.client_alert, name->alert);
        assert_non_null(strstr(onem2m_tls_refusal(pair.server), name->sent));
    }
    pair_free(&pair);
    SSL_CTX_free(client);
    SSL_CTX_free(server);
    ERR_clear_error();
}

static void every_name(void **state)
{
    share_key(*state, ONEM2M_KIND_NAME_KPM, KPM_ID, 10);
    for (size_t i = 0; i < COUNT(names); i++) {
        meet(*state, &names[i], 0);
        meet(*state, &names[i], 1);
    }
}

static void refused_names(void **state)
{
    static const struct {
        const char *fqdn;
        ONEM2M_REASON reason;
    } refused[] = {
        { NULL, ONEM2M_R_MISSING_PARAMETER },
        { "", ONEM2M_R_EMPTY },
        { "MEF.example.com", ONEM2M_R_UPPER_CASE },
        { "-a.example.com", ONEM2M_R_BAD_HYPHEN },
        { "a b.example.com", ONEM2M_R_BAD_CHARACTER },
        { "b\xC3\xBC.example", ONEM2M_R_BAD_CHARACTER },
        { "a..example.com", ONEM2M_R_EMPTY },
    };
    const ENDS *ends = *state;
    SSL_CTX *ctx = context_of(&ends->server, TLS_method(), 0);
    SSL *ssl = SSL_new(ctx);

    for (size_t i = 0; i < COUNT(refused); i++) {
        assert_int_equal(onem2m_tls_server_name(ctx, refused[i].fqdn), 0);
        check_engine_refused(refused[i].reason, "fqdn");
        assert_int_equal(onem2m_tls_client_server_name(ssl, refused[i].fqdn), 0);
        check_engine_refused(refused[i].reason, "fqdn");
        assert_null(SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name));
    }
    assert_int_equal(onem2m_tls_client_server_name(ssl, MEF), 1);
    assert_string_equal(SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name), MEF);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
}

/* ---- Lives ---- */

/* A copy has no connection's state of its own yet. */
static void duplicates(void **state)
{
    const ENDS *ends = *state;
    SSL_CTX *client = context_of(&ends->client, TLS_client_method(), ONEM2M_PROFILE_PSK);
    SSL_CTX *server = context_of(&ends->server, TLS_server_method(), ONEM2M_PROFILE_PSK);
    PAIR pair;
    SSL *copy;

    share_key(ends, ONEM2M_KIND_NAME_KPM, KPM_ID, 10);
    assert_int_equal(onem2m_tls_psk_client(client, "mef", KPM_ID), 1);
    assert_int_equal(onem2m_tls_psk_server(server, "mef"), 1);
    pair_make(&pair, client, server);
    must_shake(&pair);
    copy = SSL_dup(pair.client);
    assert_non_null(copy);
    SSL_free(copy);
    pair_free(&pair);
    pair_make(&pair, client, server);
    copy = SSL_dup(pair.client);
    assert_non_null(copy);
    SSL_free(pair.client);
    pair.client = copy;
    SSL_free(pair.server);
    SSL_free(copy);
    SSL_CTX_free(client);
    SSL_CTX_free(server);
}

/* A second set-up takes the place of the first, of SSLs that are there already too. */
static void set_up_again(void **state)
{
    const ENDS *ends = *state;
    SSL_CTX *client = context_of(&ends->client, TLS_client_method(), ONEM2M_PROFILE_PSK);
    SSL_CTX *server = context_of(&ends->server, TLS_server_method(), ONEM2M_PROFILE_PSK);
    PAIR pair;

    share_key(ends, ONEM2M_KIND_NAME_KM, KM_ID, 11);
    assert_int_equal(onem2m_tls_psk_client_enrolled(client, "saef", KE_ID, MAF), 1);
    assert_int_equal(onem2m_tls_psk_client(client, "maf", KM_ID), 1);
    assert_int_equal(onem2m_tls_psk_server(server, "mef"), 1);
    assert_int_equal(onem2m_tls_psk_server(server, "maf"), 1);
    pair_make(&pair, client, server);
    must_shake(&pair);
    pair_free(&pair);
    SSL_CTX_free(client);
    SSL_CTX_free(server);
}

/* Of an SSL that the engine knows nothing of. */
static void nothing_to_say(void **state)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(ctx);

    (void)state;
    assert_string_equal(onem2m_tls_refusal(ssl), "");
    SSL_free(ssl);
    SSL_CTX_free(ctx);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, make_ends, remove_ends)
    const struct CMUnitTest tests[] = {
        TEST(use_comes_first),
        TEST(defaults),
        TEST(every_profile),
        TEST(no_profile),
        TEST(one_profile_after_another),
        TEST(ccm_8_alone),
        TEST(callback_before_the_engines),
        TEST(every_name),
        TEST(refused_names),
        TEST(duplicates),
        TEST(set_up_again),
        TEST(nothing_to_say),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
