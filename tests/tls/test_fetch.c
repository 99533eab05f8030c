/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/err.h>
#include "connection.h"

/* Keys that a server fetches in the middle of a handshake (TS-0003 8.2.2.3, 8.3.2.1). */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define OTHER_MAF "maf2.example.com"

static const char *const fqdns[] = { MAF, OTHER_MAF, NULL };

typedef struct {
    EVP_PKEY *key;
    int fails; /* leaves an error of its own on the queue */
    unsigned int calls;
    char asked[600];
} FETCHER;

static EVP_PKEY *fetch(SSL *ssl, const char *key_id, const char *fqdn, void *argument)
{
    FETCHER *fetcher = argument;

    assert_true(SSL_is_server(ssl));
    fetcher->calls++;
    snprintf(fetcher->asked, sizeof(fetcher->asked), "%s of %s", key_id, fqdn);
    if (fetcher->fails)
        ERR_raise_data(ERR_LIB_USER, 7, "the network is down");
    if (fetcher->key != NULL)
        EVP_PKEY_up_ref(fetcher->key);
    return fetcher->key;
}

typedef struct {
    const char *kind, *key_id, *state, *not_after;
    unsigned int suid;
    unsigned char filler;
} KEY;

static EVP_PKEY *make_key(OSSL_LIB_CTX *libctx, const KEY *key)
{
    unsigned char octets[32];
    OSSL_PARAM params[] = { TEXT(ONEM2M_PARAM_KIND, key->kind),
                            OCTETS(ONEM2M_PARAM_PRIV, octets),
                            END,
                            END,
                            END,
                            END,
                            END };
    size_t count = 2;
    EVP_PKEY *made;

    memset(octets, key->filler, sizeof(octets));
    if (key->key_id != NULL)
        params[count++] = TEXT(ONEM2M_PARAM_KEY_ID, key->key_id);
    if (key->suid != 0)
        params[count++] = number(ONEM2M_PARAM_SUID, key->suid);
    if (key->state != NULL)
        params[count++] = TEXT(ONEM2M_PARAM_STATE, key->state);
    if (key->not_after != NULL)
        params[count++] = TEXT(ONEM2M_PARAM_NOT_AFTER, key->not_after);
    made = import(libctx, params);
    assert_non_null(made);
    return made;
}

typedef struct {
    SSL_CTX *client, *server;
    STRANGER stranger;
    FETCHER fetcher;
} MEETING;

static void prepare(MEETING *meeting, const ENDS *ends, int is_dtls, ONEM2M_PROFILE profile)
{
    memset(meeting, 0, sizeof(*meeting));
    meeting->client =
        context_of(&ends->client, is_dtls ? DTLS_client_method() : TLS_client_method(), profile);
    meeting->server =
        context_of(&ends->server, is_dtls ? DTLS_server_method() : TLS_server_method(), profile);
    meeting->stranger.identity = KC_ID;
    meeting->stranger.length = 32;
    memset(meeting->stranger.key, 0x5A, 32);
    become_stranger(meeting->client, &meeting->stranger);
    assert_int_equal(onem2m_tls_psk_server(meeting->server, "saef"), 1);
    assert_int_equal(onem2m_tls_psk_server_fetch(meeting->server, fqdns, fetch, &meeting->fetcher),
                     1);
}

static void end(MEETING *meeting)
{
    EVP_PKEY_free(meeting->fetcher.key);
    SSL_CTX_free(meeting->client);
    SSL_CTX_free(meeting->server);
}

static const KEY kc = { .kind = "kc", .key_id = KC_ID, .suid = 32, .filler = 0x5A };

/* Nothing but a reference is taken of it, and that is given back. */
static void fetched_key_serves(void **state)
{
    const ENDS *ends = *state;

    for (int i = 0; i < 3; i++) {
        MEETING meeting;
        PAIR pair;

        prepare(&meeting, ends, i == 1, i < 2 ? ONEM2M_PROFILE_PSK : 0);
        meeting.fetcher.key = make_key(ends->server.libctx, &kc);
        pair_make(&pair, meeting.client, meeting.server);
        must_shake(&pair);
        assert_int_equal(meeting.fetcher.calls, 1);
        assert_string_equal(meeting.fetcher.asked, KC_ID " of " MAF);
        assert_string_equal(onem2m_tls_refusal(pair.server), "");
        check_talks(&pair);
        pair_free(&pair);
        end(&meeting);
    }
}

typedef struct {
    SSL_CTX *client, *server;
    EVP_PKEY *key;
    unsigned int calls;
} INTERRUPTED;

/* A whole handshake with a key of the store, in the middle of the one that waits for this. */
static EVP_PKEY *fetch_meanwhile(SSL *ssl, const char *key_id, const char *fqdn, void *argument)
{
    INTERRUPTED *interrupted = argument;
    PAIR pair;

    (void)ssl;
    (void)key_id;
    (void)fqdn;
    interrupted->calls++;
    pair_make(&pair, interrupted->client, interrupted->server);
    must_shake(&pair);
    check_talks(&pair);
    pair_free(&pair);
    return interrupted->key;
}

/* Whoever waits for a key keeps nobody else of the same SSL_CTX waiting. */
static void others_go_on_meanwhile(void **state)
{
    const ENDS *ends = *state;
    MEETING meeting;
    INTERRUPTED interrupted = { .calls = 0 };
    PAIR pair;

    prepare(&meeting, ends, 0, ONEM2M_PROFILE_PSK);
    share_key(ends, "kpsa", KPSA_ID, 12);
    interrupted.client = context_of(&ends->client, TLS_client_method(), ONEM2M_PROFILE_PSK);
    interrupted.server = meeting.server;
    interrupted.key = make_key(ends->server.libctx, &kc);
    assert_int_equal(onem2m_tls_psk_client(interrupted.client, "saef", KPSA_ID), 1);
    assert_int_equal(
        onem2m_tls_psk_server_fetch(meeting.server, fqdns, fetch_meanwhile, &interrupted), 1);
    pair_make(&pair, meeting.client, meeting.server);
    must_shake(&pair);
    assert_int_equal(interrupted.calls, 1);
    check_talks(&pair);
    pair_free(&pair);
    SSL_CTX_free(interrupted.client);
    end(&meeting);
}

/* What the fetch put into the store too is there the next time. */
static void stored_key_is_not_fetched_again(void **state)
{
    const ENDS *ends = *state;
    MEETING meeting;
    PAIR pair;

    prepare(&meeting, ends, 0, ONEM2M_PROFILE_PSK);
    store_key(&ends->server, "kc", KC_ID, 32, 0x5A, 32, NULL);
    pair_make(&pair, meeting.client, meeting.server);
    must_shake(&pair);
    assert_int_equal(meeting.fetcher.calls, 0);
    pair_free(&pair);
    end(&meeting);
}

/* A key that is there and may not be used is not fetched instead. */
static void unusable_key_is_not_fetched(void **state)
{
    const ENDS *ends = *state;
    MEETING meeting;
    ENDING ending;

    prepare(&meeting, ends, 0, ONEM2M_PROFILE_PSK);
    meeting.fetcher.key = make_key(ends->server.libctx, &kc);
    store_key(&ends->server, "kc", KC_ID, 32, 0x5A, 32, NULL);
    change_key(&ends->server, "onem2m:" KC_ID, ONEM2M_PARAM_STATE, "revoked");
    must_fail(meeting.client, meeting.server, &ending);
    assert_non_null(strstr(ending.refusal, "revoked"));
    assert_int_equal(meeting.fetcher.calls, 0);
    change_key(&ends->server, "onem2m:" KC_ID, ONEM2M_PARAM_STATE, "destroyed");
    must_fail(meeting.client, meeting.server, &ending);
    assert_non_null(strstr(ending.refusal, "destroyed"));
    assert_int_equal(meeting.fetcher.calls, 0);
    end(&meeting);
}

static const struct {
    const char *identity;
    unsigned int calls;
    const char *asked;
} identities[] = {
    { "kpsa1@" MAF, 1, "kpsa1@" MAF " of " MAF },
    { "kpsa1@" OTHER_MAF, 1, "kpsa1@" OTHER_MAF " of " OTHER_MAF },
    { "kpsa1@MAF.EXAMPLE.com", 1, "kpsa1@" MAF " of " MAF },
    { "0123456789abcdef0123456789abcdef@" MAF, 1, KC_ID " of " MAF },
    { "kpsa1@example.com", 0, NULL },
    { "kpsa1@x." MAF, 0, NULL },
    { "kpsa1@maf.example.co", 0, NULL },
    { "kpsa1@" MAF ".", 0, NULL },
    { "kpsa 1@" MAF, 0, NULL },
    { "../kpsa1@" MAF, 0, NULL },
    { "\xC0\x80@" MAF, 0, NULL },
    { MAF, 0, NULL },
    { "", 0, NULL },
};

static void fetches_of_listed_names_only(void **state)
{
    MEETING meeting;
    ENDING ending;

    prepare(&meeting, *state, 0, ONEM2M_PROFILE_PSK);
    for (size_t i = 0; i < COUNT(identities); i++) {
        meeting.fetcher.calls = 0;
        meeting.stranger.identity = identities[i].identity;
        must_fail(meeting.client, meeting.server, &ending);
        if (meeting.fetcher.calls != identities[i].calls)
            fail_msg("%s: %u calls", identities[i].identity, meeting.fetcher.calls);
        if (identities[i].asked != NULL) {
            assert_string_equal(meeting.fetcher.asked, identities[i].asked);
            assert_non_null(strstr(ending.refusal, "had no key to be fetched"));
        }
    }
    end(&meeting);
}

static const struct {
    KEY key;
    const char *refusal;
} unfit[] = {
    { { .kind = "kc", .key_id = "0123456789ABCDEF0123456789ABCDE0@" MAF, .suid = 32 },
      "another name" },
    { { .kind = "kc", .suid = 32 }, "another name" },
    { { .kind = "km", .key_id = KC_ID, .suid = 11 }, "usage: SUID 11 is for maf, not saef" },
    { { .kind = "esprim", .key_id = KC_ID, .suid = 33 }, "kind: a esprim" },
    { { .kind = "kc", .key_id = KC_ID, .suid = 32, .state = "suspended" }, "suspended" },
    { { .kind = "kc", .key_id = KC_ID, .suid = 32, .state = "revoked" }, "revoked" },
    { { .kind = "kc", .key_id = KC_ID, .suid = 32, .not_after = "20200101T000000Z" }, "expired" },
};

/* Policy is asked of a fetched key as of any other; the client sees a wrong key. */
static void unfit_keys(void **state)
{
    const ENDS *ends = *state;
    ENDING wrong, ending;
    MEETING meeting;
    KEY other = kc;

    other.filler = 0x77;
    prepare(&meeting, ends, 0, ONEM2M_PROFILE_PSK);
    meeting.fetcher.key = make_key(ends->server.libctx, &other);
    must_fail(meeting.client, meeting.server, &wrong);
    assert_string_equal(wrong.refusal, "");
    for (size_t i = 0; i < COUNT(unfit); i++) {
        EVP_PKEY_free(meeting.fetcher.key);
        other = unfit[i].key;
        other.filler = 0x5A;
        meeting.fetcher.key = make_key(ends->server.libctx, &other);
        must_fail(meeting.client, meeting.server, &ending);
        if (strstr(ending.refusal, unfit[i].refusal) == NULL)
            fail_msg("%zu: \"%s\" does not say %s", i, ending.refusal, unfit[i].refusal);
        assert_int_equal(ending.client_alert, wrong.client_alert);
    }
    end(&meeting);
}

static void a_key_of_another_type(void **state)
{
    const ENDS *ends = *state;
    MEETING meeting;
    ENDING ending;

    prepare(&meeting, ends, 0, ONEM2M_PROFILE_PSK);
    meeting.fetcher.key = EVP_PKEY_Q_keygen(ends->server.libctx, NULL, "X25519");
    must_fail(meeting.client, meeting.server, &ending);
    assert_non_null(strstr(ending.refusal, "not of type ONEM2M"));
    end(&meeting);
}

static void a_fetch_that_fails(void **state)
{
    MEETING meeting;
    ENDING ending;

    prepare(&meeting, *state, 0, ONEM2M_PROFILE_PSK);
    meeting.fetcher.fails = 1;
    must_fail(meeting.client, meeting.server, &ending);
    assert_non_null(strstr(ending.refusal, "fetched from " MAF ": the network is down"));
    end(&meeting);
}

/* What a fetch that served left on the queue is none of the application's. */
static void a_fetch_that_leaves_errors(void **state)
{
    const ENDS *ends = *state;
    MEETING meeting;
    PAIR pair;

    prepare(&meeting, ends, 0, ONEM2M_PROFILE_PSK);
    meeting.fetcher.fails = 1;
    meeting.fetcher.key = make_key(ends->server.libctx, &kc);
    pair_make(&pair, meeting.client, meeting.server);
    must_shake(&pair);
    pair_free(&pair);
    end(&meeting);
}

static void refused_set_up(void **state)
{
    static const char *const none[] = { NULL };
    static const char *const bad[] = { MAF, "Maf.example.com", NULL };
    const ENDS *ends = *state;
    SSL_CTX *ctx = context_of(&ends->server, TLS_server_method(), 0);
    FETCHER fetcher = { .calls = 0 };

    assert_int_equal(onem2m_tls_psk_server_fetch(ctx, fqdns, fetch, &fetcher), 0);
    check_engine_refused(ONEM2M_R_TLS_NOT_READY, "onem2m_tls_psk_server");
    assert_int_equal(onem2m_tls_psk_client(ctx, "saef", KC_ID), 1);
    assert_int_equal(onem2m_tls_psk_server_fetch(ctx, fqdns, fetch, &fetcher), 0);
    check_engine_refused(ONEM2M_R_TLS_NOT_READY, "onem2m_tls_psk_server");
    assert_int_equal(onem2m_tls_psk_server(ctx, "saef"), 1);
    assert_int_equal(onem2m_tls_psk_server_fetch(ctx, none, fetch, &fetcher), 0);
    check_engine_refused(ONEM2M_R_EMPTY, "fqdns");
    assert_int_equal(onem2m_tls_psk_server_fetch(ctx, NULL, fetch, &fetcher), 0);
    check_engine_refused(ONEM2M_R_EMPTY, "fqdns");
    assert_int_equal(onem2m_tls_psk_server_fetch(ctx, bad, fetch, &fetcher), 0);
    check_engine_refused(ONEM2M_R_UPPER_CASE, "fqdns");
    assert_int_equal(onem2m_tls_psk_server_fetch(ctx, fqdns, NULL, &fetcher), 0);
    check_engine_refused(ONEM2M_R_MISSING_PARAMETER, "fetch");
    SSL_CTX_free(ctx);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, make_ends, remove_ends)
    const struct CMUnitTest tests[] = {
        TEST(fetched_key_serves),
        TEST(others_go_on_meanwhile),
        TEST(stored_key_is_not_fetched_again),
        TEST(unusable_key_is_not_fetched),
        TEST(fetches_of_listed_names_only),
        TEST(unfit_keys),
        TEST(a_key_of_another_type),
        TEST(a_fetch_that_fails),
        TEST(a_fetch_that_leaves_errors),
        TEST(refused_set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
