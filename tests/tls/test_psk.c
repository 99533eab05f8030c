/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/err.h>
#include "connection.h"

/* PSKs of the stores of both ends. */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

typedef struct {
    SSL_CTX *client, *server;
} CONTEXTS;

static CONTEXTS contexts(const ENDS *ends, int is_dtls, ONEM2M_PROFILE profile)
{
    return (CONTEXTS){
        context_of(&ends->client, is_dtls ? DTLS_client_method() : TLS_client_method(), profile),
        context_of(&ends->server, is_dtls ? DTLS_server_method() : TLS_server_method(), profile)
    };
}

static void contexts_free(CONTEXTS *contexts)
{
    SSL_CTX_free(contexts->client);
    SSL_CTX_free(contexts->server);
}

/* ---- Keys that serve ---- */

typedef struct {
    const char *usage, *kind, *key_id;
    unsigned int suid;
} SERVED;

static const SERVED served[] = {
    { "mef", ONEM2M_KIND_NAME_KPM, KPM_ID, 10 },
    { "maf", ONEM2M_KIND_NAME_KM, KM_ID, 21 },
    { "maf", ONEM2M_KIND_NAME_KM, "82CA6FADC18789491AA65339C51B58A3@" MEF, 11 },
    { "maf", ONEM2M_KIND_NAME_KM, "MDEyMzQ1Njc4OWFiY2RlZg==@bsf.example.com", 21 },
    { "saef", ONEM2M_KIND_NAME_KPSA, KPSA_ID, 12 },
    { "saef", ONEM2M_KIND_NAME_KC, KC_ID, 32 },
};

static const struct {
    int is_dtls;
    ONEM2M_PROFILE profile;
    const char *suite;
    int version;
} profiles[] = {
    { 0, ONEM2M_PROFILE_PSK, "PSK-AES128-CBC-SHA256", TLS1_2_VERSION },
    { 0, ONEM2M_PROFILE_PSK_PFS, "DHE-PSK-AES128-CBC-SHA256", TLS1_2_VERSION },
    { 0, 0, NULL, TLS1_3_VERSION },
    { 1, ONEM2M_PROFILE_PSK, "PSK-AES128-CCM8", DTLS1_2_VERSION },
    { 1, ONEM2M_PROFILE_PSK_PFS, "DHE-PSK-AES128-CBC-SHA256", DTLS1_2_VERSION },
    { 1, 0, NULL, DTLS1_2_VERSION },
};

static void shake(const ENDS *ends, const SERVED *key, size_t profile)
{
    CONTEXTS c = contexts(ends, profiles[profile].is_dtls, profiles[profile].profile);
    PAIR pair;

    assert_int_equal(onem2m_tls_psk_client(c.client, key->usage, key->key_id), 1);
    assert_int_equal(onem2m_tls_psk_server(c.server, key->usage), 1);
    check_quiet();
    pair_make(&pair, c.client, c.server);
    must_shake(&pair);
    check_talks(&pair);
    assert_string_equal(onem2m_tls_refusal(pair.server), "");
    assert_string_equal(onem2m_tls_refusal(pair.client), "");
    assert_int_equal(SSL_version(pair.client), profiles[profile].version);
    if (profiles[profile].suite != NULL)
        assert_string_equal(SSL_get_cipher_name(pair.client), profiles[profile].suite);
    pair_free(&pair);
    contexts_free(&c);
}

static void every_usage_and_profile(void **state)
{
    const ENDS *ends = *state;

    for (size_t i = 0; i < COUNT(served); i++) {
        share_key(ends, served[i].kind, served[i].key_id, served[i].suid);
        for (size_t j = 0; j < COUNT(profiles); j++)
            shake(ends, &served[i], j);
    }
}

static void every_size_of_key(void **state)
{
    static const size_t sizes[] = { 16, 17, 32, 33, 64, 256 };
    const ENDS *ends = *state;
    char name[64];

    for (size_t i = 0; i < COUNT(sizes); i++) {
        const SERVED key = { "saef", ONEM2M_KIND_NAME_KPSA, name, 12 };

        snprintf(name, sizeof(name), "kpsa%zu@issuer.example.com", sizes[i]);
        store_key(&ends->client, key.kind, name, 12, 7, sizes[i], NULL);
        store_key(&ends->server, key.kind, name, 12, 7, sizes[i], NULL);
        for (size_t j = 0; j < COUNT(profiles); j++)
            shake(ends, &key, j);
    }
}

/* Whatever a client writes small or capital, the key has one name. */
static void names_without_regard_to_case(void **state)
{
    const ENDS *ends = *state;
    CONTEXTS c = contexts(ends, 0, ONEM2M_PROFILE_PSK);
    STRANGER stranger = { .identity = "KM7@MAF.example.COM", .length = 32 };
    PAIR pair;

    share_key(ends, ONEM2M_KIND_NAME_KM, KM_ID, 11);
    memset(stranger.key, 0x5A, 32);
    become_stranger(c.client, &stranger);
    assert_int_equal(onem2m_tls_psk_server(c.server, "maf"), 1);
    pair_make(&pair, c.client, c.server);
    must_shake(&pair);
    pair_free(&pair);
    contexts_free(&c);
}

/* 256 octets: the longest that libssl takes. */
#define LABEL63 "a23456789012345678901234567890123456789012345678901234567890123"
static const char longest_fqdn[] = LABEL63 "." LABEL63 "." LABEL63 "." LABEL63; /* 255 - 2 */

static void identity_of(char *identity, size_t length)
{
    const size_t fqdn = strlen(longest_fqdn) - 2;

    assert_true(length > fqdn + 1);
    memset(identity, 'k', length - fqdn - 1);
    identity[length - fqdn - 1] = '@';
    memcpy(identity + length - fqdn, longest_fqdn, fqdn);
    identity[length] = '\0';
}

static void longest_identity(void **state)
{
    const ENDS *ends = *state;
    char identity[258];
    const SERVED key = { "maf", ONEM2M_KIND_NAME_KM, identity, 11 };
    CONTEXTS c = contexts(ends, 0, ONEM2M_PROFILE_PSK);

    identity_of(identity, 256);
    share_key(ends, key.kind, identity, 11);
    for (size_t j = 0; j < COUNT(profiles); j++)
        shake(ends, &key, j);
    identity_of(identity, 257);
    ERR_clear_error();
    assert_int_equal(onem2m_tls_psk_client(c.client, "maf", identity), 0);
    check_engine_refused(ONEM2M_R_NAME_TOO_LONG, "257 octets");
    contexts_free(&c);
}

/* ---- Identities that get no key ---- */

#define WRONG_KEY "wrong@" MAF

static const struct {
    const char *identity, *refusal;
} hostile[] = {
    { "unknown@" MAF, "unknown@" MAF ": ONEM2M-PSK: there is no such key" },
    { "", "psk_identity :" },
    { "@", "psk_identity @:" },
    { "km7", "psk_identity km7:" },
    { "km7@", "psk_identity km7@:" },
    { "@" MAF, "psk_identity @" MAF },
    { "km7@" MAF ".", "psk_identity km7@" },
    { "km7@other.example.com", "km7@other.example.com:" },
    { "km7@" MAF "@" MAF, "psk_identity" },
    { "\xC3\x28@" MAF, "psk_identity ?(@" MAF },
    { "\xFF\xFE@" MAF, "psk_identity ??@" MAF },
    { "km7\x01\x7F\x1B[2J@" MAF, "psk_identity km7???[2J@" MAF },
    { "km7\n@" MAF, "psk_identity km7?@" MAF },
    { "' OR '1'='1@" MAF, "psk_identity ' OR '1'='1@" MAF },
    { "x'; DROP TABLE keys; --@" MAF, "psk_identity x'; DROP" },
    { "../../../etc/passwd@" MAF, "psk_identity ../../../etc/passwd@" MAF },
    { "onem2m:km7@" MAF "?usage=maf", "psk_identity onem2m:km7@" },
    { "km7%40" MAF, "psk_identity km7%40" },
    { "%n%s%n@" MAF, "psk_identity %n%s%n@" MAF },
    { "enrolee7@" MEF, "psk_identity enrolee7@" MEF },
    { KE_ID, "psk_identity " },
};

static void prepare_hostile(const ENDS *ends)
{
    share_key(ends, ONEM2M_KIND_NAME_KM, KM_ID, 11);
    store_key(&ends->server, ONEM2M_KIND_NAME_KM, WRONG_KEY, 11, 0x77, 32, NULL);
    store_key(&ends->server, ONEM2M_KIND_NAME_KPM, KPM_ID, 10, 0x5A, 32, NULL);
    store_key(&ends->server, ONEM2M_KIND_NAME_KE, KE_ID, 0, 0x5A, 32, NULL);
}

/* How a client ends that has the wrong key of a name that the server knows. */
static void end_of_wrong_key(const CONTEXTS *c, int is_dtls, STRANGER *stranger, ENDING *ending)
{
    stranger->identity = WRONG_KEY;
    must_fail(c->client, c->server, ending);
    assert_string_equal(ending->refusal, "");
    /* DTLS drops records that it cannot open (RFC 6347 4.1.2.7). */
    if (!is_dtls)
        assert_int_not_equal(ending->client_alert, -1);
}

static int is_well_formed(const char *identity)
{
    ONEM2M_ID id;

    return onem2m_id_parse(&id, ONEM2M_ID_KM, identity, strlen(identity), ONEM2M_ID_FOLD_FQDN,
                           NULL);
}

static void all_hostile(const ENDS *ends, size_t profile)
{
    CONTEXTS c = contexts(ends, profiles[profile].is_dtls, profiles[profile].profile);
    STRANGER stranger = { .length = 32 };
    ENDING wrong, ending;

    memset(stranger.key, 0x5A, 32);
    become_stranger(c.client, &stranger);
    assert_int_equal(onem2m_tls_psk_server(c.server, "maf"), 1);
    end_of_wrong_key(&c, profiles[profile].is_dtls, &stranger, &wrong);
    for (size_t i = 0; i < COUNT(hostile); i++) {
        stranger.identity = hostile[i].identity;
        must_fail(c.client, c.server, &ending);
        if (*stranger.identity == '\0' && profiles[profile].version == TLS1_3_VERSION)
            continue; /* no identity at all, to TLS 1.3 */
        if (strstr(ending.refusal, hostile[i].refusal) == NULL)
            fail_msg("%zu: \"%s\" does not say %s", i, ending.refusal, hostile[i].refusal);
        for (const char *at = ending.refusal; *at != '\0'; at++)
            assert_true(*at >= 0x20 && *at < 0x7F);
        if (profiles[profile].version == TLS1_3_VERSION && !is_well_formed(stranger.identity))
            continue; /* passed over, for a certificate that there is none of here */
        assert_int_equal(ending.client_alert, wrong.client_alert);
        assert_int_equal(ending.server_alert, wrong.server_alert);
    }
    contexts_free(&c);
}

static void nobody_tells_unknown_from_wrong(void **state)
{
    const ENDS *ends = *state;

    prepare_hostile(ends);
    for (size_t i = 0; i < COUNT(profiles); i++)
        all_hostile(ends, i);
}

/* ---- Keys that may not be used ---- */

static const struct {
    const char *name, *attribute, *value, *refusal;
} unusable[] = {
    { "suspended@" MAF, ONEM2M_PARAM_STATE, "suspended", "state: a suspended key" },
    { "revoked@" MAF, ONEM2M_PARAM_STATE, "revoked", "state: a revoked key" },
    { "expired@" MAF, ONEM2M_PARAM_NOT_AFTER, "20200101T000000Z", "not-after: expired at" },
    { "destroyed@" MAF, ONEM2M_PARAM_STATE, "destroyed", "state: a destroyed key" },
};

static void unusable_keys_are_wrong_keys(void **state)
{
    const ENDS *ends = *state;
    CONTEXTS c = contexts(ends, 0, ONEM2M_PROFILE_PSK);
    STRANGER stranger = { .length = 32 };
    ENDING wrong, ending;
    char uri[128];
    PAIR pair;

    prepare_hostile(ends);
    memset(stranger.key, 0x5A, 32);
    become_stranger(c.client, &stranger);
    assert_int_equal(onem2m_tls_psk_server(c.server, "maf"), 1);
    end_of_wrong_key(&c, 0, &stranger, &wrong);
    for (size_t i = 0; i < COUNT(unusable); i++) {
        stranger.identity = unusable[i].name;
        store_key(&ends->server, ONEM2M_KIND_NAME_KM, stranger.identity, 11, 0x5A, 32, NULL);
        pair_make(&pair, c.client, c.server);
        must_shake(&pair);
        pair_free(&pair);
        snprintf(uri, sizeof(uri), "onem2m:%s", stranger.identity);
        change_key(&ends->server, uri, unusable[i].attribute, unusable[i].value);
        must_fail(c.client, c.server, &ending);
        assert_int_equal(ending.client_alert, wrong.client_alert);
        if (strstr(ending.refusal, unusable[i].refusal) == NULL)
            fail_msg("\"%s\" does not say %s", ending.refusal, unusable[i].refusal);
    }
    contexts_free(&c);
}

/* What is held for others, or is for another usage, serves no handshake. */
static void others_keys(void **state)
{
    const ENDS *ends = *state;
    const OSSL_PARAM registered[] = { number(ONEM2M_PARAM_REGISTRATION, 1),
                                      TEXT(ONEM2M_PARAM_SOURCE_ID, "source.example.com"),
                                      TEXT(ONEM2M_PARAM_TARGET_IDS, "target.example.com"), END };
    CONTEXTS c = contexts(ends, 0, ONEM2M_PROFILE_PSK);
    STRANGER stranger = { .identity = KC_ID, .length = 32 };
    ENDING ending;

    memset(stranger.key, 0x5A, 32);
    become_stranger(c.client, &stranger);
    store_key(&ends->server, ONEM2M_KIND_NAME_KC, KC_ID, 32, 0x5A, 32, registered);
    assert_int_equal(onem2m_tls_psk_server(c.server, "saef"), 1);
    must_fail(c.client, c.server, &ending);
    assert_non_null(strstr(ending.refusal, "registration:"));
    contexts_free(&c);
}

/* ---- Clients ---- */

static void fails_at_home(const ENDS *ends, size_t profile, const char *key_id, const char *why)
{
    CONTEXTS c = contexts(ends, profiles[profile].is_dtls, profiles[profile].profile);
    PAIR pair;
    int result;

    assert_int_equal(onem2m_tls_psk_client(c.client, "maf", key_id), 1);
    assert_int_equal(onem2m_tls_psk_server(c.server, "maf"), 1);
    pair_make(&pair, c.client, c.server);
    do {
        SSL_do_handshake(pair.server);
        ERR_clear_error();
        result = SSL_do_handshake(pair.client);
    } while (result <= 0 && SSL_get_error(pair.client, result) == SSL_ERROR_WANT_READ);
    assert_true(result <= 0);
    if (strstr(onem2m_tls_refusal(pair.client), why) == NULL)
        fail_msg("\"%s\" does not say %s", onem2m_tls_refusal(pair.client), why);
    check_engine_refused(strstr(why, "expired") != NULL ? ONEM2M_R_EXPIRED : ONEM2M_R_KEY_NOT_FOUND,
                         key_id);
    pair_free(&pair);
    contexts_free(&c);
}

/* In TLS 1.3 too: it would go on without the key otherwise. */
static void client_without_a_key(void **state)
{
    const ENDS *ends = *state;
    const OSSL_PARAM past[] = { TEXT(ONEM2M_PARAM_NOT_AFTER, "20200101T000000Z"), END };

    store_key(&ends->client, ONEM2M_KIND_NAME_KM, "old@" MAF, 11, 0x5A, 32, past);
    for (size_t i = 0; i < COUNT(profiles); i++) {
        fails_at_home(ends, i, "unknown@" MAF,
                      "key unknown@" MAF ": ONEM2M-PSK: there is no such key");
        fails_at_home(ends, i, "old@" MAF, "expired at");
    }
}

/* What one handshake had of the key does not serve the next one; at both ends. */
static void key_revoked_meanwhile(void **state)
{
    const ENDS *ends = *state;

    for (int at_client = 0; at_client < 2; at_client++) {
        const char *key_id = at_client ? "mine@" MAF : "theirs@" MAF;
        CONTEXTS c = contexts(ends, 0, ONEM2M_PROFILE_PSK);
        char uri[64];
        ENDING ending;
        PAIR pair;

        share_key(ends, ONEM2M_KIND_NAME_KM, key_id, 11);
        assert_int_equal(onem2m_tls_psk_client(c.client, "maf", key_id), 1);
        assert_int_equal(onem2m_tls_psk_server(c.server, "maf"), 1);
        pair_make(&pair, c.client, c.server);
        must_shake(&pair);
        pair_free(&pair);
        snprintf(uri, sizeof(uri), "onem2m:%s", key_id);
        change_key(at_client ? &ends->client : &ends->server, uri, ONEM2M_PARAM_STATE, "revoked");
        must_fail(c.client, c.server, &ending);
        if (!at_client)
            assert_non_null(strstr(ending.refusal, "revoked"));
        contexts_free(&c);
        ERR_clear_error();
    }
}

/* A server that takes no PSK is looked at, unless the application says otherwise. */
static void client_verifies_others(void **state)
{
    const ENDS *ends = *state;
    CONTEXTS c = contexts(ends, 0, 0);

    assert_int_equal(onem2m_tls_psk_client(c.client, "maf", KM_ID), 1);
    assert_int_equal(SSL_CTX_get_verify_mode(c.client), SSL_VERIFY_PEER);
    SSL_CTX_set_verify(c.client, SSL_VERIFY_PEER | SSL_VERIFY_CLIENT_ONCE, NULL);
    assert_int_equal(onem2m_tls_psk_client(c.client, "maf", KM_ID), 1);
    assert_int_equal(SSL_CTX_get_verify_mode(c.client), SSL_VERIFY_PEER | SSL_VERIFY_CLIENT_ONCE);
    contexts_free(&c);
}

/* ---- Calls that are refused ---- */

static void refused_set_up(void **state)
{
    static const char *const usages[] = { "", "MEF", "esprim", "m", "mef ", NULL };
    const ENDS *ends = *state;
    CONTEXTS c = contexts(ends, 0, ONEM2M_PROFILE_PSK);
    unsigned char out[32];
    size_t length = sizeof(out);

    for (size_t i = 0; i < COUNT(usages); i++) {
        assert_int_equal(onem2m_tls_psk_server(c.server, usages[i]), 0);
        check_engine_refused(ONEM2M_R_BAD_CHOICE, "mef, maf, saef");
        assert_int_equal(onem2m_tls_psk_client(c.client, usages[i], KM_ID), 0);
        check_engine_refused(ONEM2M_R_BAD_CHOICE, "usage");
        assert_int_equal(onem2m_tls_psk_client_enrolled(c.client, usages[i], KE_ID, MAF), 0);
        check_engine_refused(ONEM2M_R_BAD_CHOICE, "usage");
        assert_int_equal(onem2m_tls_psk(ends->client.libctx, NULL, KM_ID, usages[i], out, &length),
                         0);
        check_engine_refused(ONEM2M_R_BAD_CHOICE, "usage");
    }
    assert_int_equal(onem2m_tls_psk_client_enrolled(c.client, "mef", KE_ID, MAF), 0);
    check_engine_refused(ONEM2M_R_BAD_CHOICE, "mef");
    assert_int_equal(onem2m_tls_psk_client(c.client, "maf", NULL), 0);
    check_engine_refused(ONEM2M_R_MISSING_PARAMETER, "key_id");
    assert_int_equal(onem2m_tls_psk_client(c.client, "maf", "km7"), 0);
    check_engine_refused(ONEM2M_R_BAD_FORM, "key_id");
    assert_int_equal(onem2m_tls_psk_client(c.client, "maf", "km7@MAF.example.com"), 0);
    check_engine_refused(ONEM2M_R_UPPER_CASE, "key_id");
    assert_int_equal(onem2m_tls_psk_client_enrolled(c.client, "maf", NULL, MAF), 0);
    check_engine_refused(ONEM2M_R_MISSING_PARAMETER, "ke_id");
    assert_int_equal(onem2m_tls_psk_client_enrolled(c.client, "maf", KE_ID, NULL), 0);
    check_engine_refused(ONEM2M_R_MISSING_PARAMETER, "target_fqdn");
    assert_int_equal(onem2m_tls_psk_client_enrolled(c.client, "maf", KE_ID, "//no/fqdn"), 0);
    check_engine_refused(ONEM2M_R_BAD_CHARACTER, "target_fqdn");
    contexts_free(&c);
}

static void no_provider(void **state)
{
    OSSL_LIB_CTX *bare = OSSL_LIB_CTX_new();
    SSL_CTX *ctx = SSL_CTX_new_ex(bare, NULL, TLS_method());
    unsigned char out[32];
    size_t length = sizeof(out);

    (void)state;
    assert_int_equal(onem2m_tls_use(ctx, bare, NULL), 1);
    assert_int_equal(onem2m_tls_psk_server(ctx, "maf"), 0);
    check_engine_refused(ONEM2M_R_CRYPTO_UNAVAILABLE, "ONEM2M-PSK");
    assert_int_equal(onem2m_tls_psk_client(ctx, "maf", KM_ID), 0);
    check_engine_refused(ONEM2M_R_CRYPTO_UNAVAILABLE, "onem2m_tls_use");
    assert_int_equal(onem2m_tls_psk_client_enrolled(ctx, "maf", KE_ID, MAF), 0);
    check_engine_refused(ONEM2M_R_CRYPTO_UNAVAILABLE, "onem2m_tls_use");
    assert_int_equal(onem2m_tls_psk(bare, NULL, KM_ID, "maf", out, &length), 0);
    check_engine_refused(ONEM2M_R_CRYPTO_UNAVAILABLE, "ONEM2M-PSK");
    SSL_CTX_free(ctx);
    OSSL_LIB_CTX_free(bare);
}

/* ---- For other stacks ---- */

static void psk_for_other_stacks(void **state)
{
    const ENDS *ends = *state;
    OSSL_LIB_CTX *libctx = ends->server.libctx;
    unsigned char out[512], expected[48];
    size_t length = sizeof(out);

    store_key(&ends->server, ONEM2M_KIND_NAME_KM, KM_ID, 11, 0x21, 48, NULL);
    memset(expected, 0x21, sizeof(expected));
    ERR_clear_error();
    assert_int_equal(onem2m_tls_psk(libctx, NULL, KM_ID, "maf", out, &length), 1);
    assert_int_equal(length, 48);
    assert_memory_equal(out, expected, 48);
    check_quiet();
    length = 47;
    assert_int_equal(onem2m_tls_psk(libctx, NULL, KM_ID, "maf", out, &length), 0);
    check_engine_refused(ONEM2M_R_BAD_OUTPUT_LENGTH, "48 octets, there is room for 47");
    length = 16;
    assert_int_equal(onem2m_tls_psk(libctx, NULL, KM_ID, "maf", out, &length), 0);
    check_engine_refused(ONEM2M_R_BAD_OUTPUT_LENGTH, "room for 16");
    length = sizeof(out);
    assert_int_equal(onem2m_tls_psk(libctx, NULL, KM_ID, "saef", out, &length), 0);
    check_engine_refused(ONEM2M_R_KEY_NOT_FOUND, NULL);
    assert_int_equal(onem2m_tls_psk(libctx, NULL, NULL, "maf", out, &length), 0);
    check_engine_refused(ONEM2M_R_MISSING_PARAMETER, "identity");
    assert_int_equal(onem2m_tls_psk(libctx, NULL, KM_ID, "maf", NULL, &length), 0);
    check_engine_refused(ONEM2M_R_MISSING_PARAMETER, "out");
    assert_int_equal(onem2m_tls_psk(libctx, NULL, KM_ID, "maf", out, NULL), 0);
    check_engine_refused(ONEM2M_R_MISSING_PARAMETER, "len");
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, make_ends, remove_ends)
    const struct CMUnitTest tests[] = {
        TEST(every_usage_and_profile),
        TEST(every_size_of_key),
        TEST(names_without_regard_to_case),
        TEST(longest_identity),
        TEST(nobody_tells_unknown_from_wrong),
        TEST(unusable_keys_are_wrong_keys),
        TEST(others_keys),
        TEST(client_without_a_key),
        TEST(key_revoked_meanwhile),
        TEST(client_verifies_others),
        TEST(refused_set_up),
        TEST(no_provider),
        TEST(psk_for_other_stacks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
