/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * ESCertKE (TS-0003 8.7): four messages, and everything that is none of them.
 */
#include <string.h>
#include <openssl/err.h>
#include <openssl/provider.h>
#include <onem2m/id.h>
#include <onem2m/params.h>
#include "exchange.h"

#define KEY_OCTETS 32

static EXCHANGE exchange;
static OSSL_PROVIDER *usual, *own;

static int setup(void **state)
{
    (void)state;
    usual = OSSL_PROVIDER_load(NULL, "default");
    own = OSSL_PROVIDER_load(NULL, ONEM2M_PROVIDER_NAME);
    assert_true(usual != NULL && own != NULL);
    exchange_chains_make(&exchange);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    exchange_chains_free(&exchange);
    OSSL_PROVIDER_unload(own);
    OSSL_PROVIDER_unload(usual);
    return 0;
}

static EVP_PKEY *take_key(ONEM2M_ESCERTKE *end)
{
    unsigned int extractable = 1;
    OSSL_PARAM attributes[] = { OSSL_PARAM_construct_uint(ONEM2M_PARAM_EXTRACTABLE, &extractable),
                                OSSL_PARAM_construct_end() };
    EVP_PKEY *key = onem2m_escertke_key(end, attributes);

    if (key == NULL)
        ERR_print_errors_fp(stderr);
    assert_non_null(key);
    return key;
}

static void check_same_key(EVP_PKEY *a, EVP_PKEY *b)
{
    unsigned char octets_a[KEY_OCTETS + 1], octets_b[KEY_OCTETS + 1];
    char id_a[ONEM2M_KEY_ID_MAX + 1], id_b[ONEM2M_KEY_ID_MAX + 1], kind[32];
    size_t length_a = 0, length_b = 0, id_length = 0;

    assert_true(EVP_PKEY_get_octet_string_param(a, ONEM2M_PARAM_PRIV, octets_a, sizeof(octets_a),
                                                &length_a));
    assert_true(EVP_PKEY_get_octet_string_param(b, ONEM2M_PARAM_PRIV, octets_b, sizeof(octets_b),
                                                &length_b));
    assert_int_equal(length_a, KEY_OCTETS);
    assert_int_equal(length_b, KEY_OCTETS);
    assert_memory_equal(octets_a, octets_b, KEY_OCTETS);
    assert_true(
        EVP_PKEY_get_utf8_string_param(a, ONEM2M_PARAM_KEY_ID, id_a, sizeof(id_a), &id_length));
    assert_int_equal(id_length, 2 * ONEM2M_RELATIVE_KEY_ID_OCTETS);
    assert_true(EVP_PKEY_get_utf8_string_param(b, ONEM2M_PARAM_KEY_ID, id_b, sizeof(id_b), NULL));
    assert_string_equal(id_a, id_b);
    assert_true(EVP_PKEY_get_utf8_string_param(a, ONEM2M_PARAM_KIND, kind, sizeof(kind), NULL));
    assert_string_equal(kind, ONEM2M_KIND_NAME_PAIRWISE_E2E);
}

static void check_entity(ONEM2M_ESCERTKE *end, const char *entity_id, const char *credential_id)
{
    const SSL *ssl = onem2m_escertke_ssl(end);
    char text[ONEM2M_CREDENTIAL_ID_MAX + 1];

    assert_true(onem2m_tls_peer_entity(ssl, text, sizeof(text)));
    assert_string_equal(text, entity_id);
    assert_true(onem2m_tls_peer_credential_id(ssl, text, sizeof(text)));
    assert_string_equal(text, credential_id);
}

static void test_exchange(void **state)
{
    EVP_PKEY *first, *second;

    (void)state;
    subject("exchange");
    exchange_begin(&exchange);
    exchange_run(&exchange, 4);
    assert_int_equal(ERR_peek_error(), 0);
    check_entity(exchange.initiating, "//sp.example.com/cse2", "32-cse2.sp.example.com");
    check_entity(exchange.terminating, "//sp.example.com/cse1/C7", "33-//sp.example.com/cse1/C7");
    first = take_key(exchange.initiating);
    second = take_key(exchange.terminating);
    check_same_key(first, second);
    assert_null(onem2m_escertke_key(exchange.initiating, NULL));
    assert_int_equal(take_reason(), ONEM2M_R_TLS_EXPORTED);
    EVP_PKEY_free(first);
    EVP_PKEY_free(second);
    exchange_end(&exchange);
}

/* TLS 1.2 in four flights of the messages that table 8.7.2.2-1 has. */
static void test_messages(void **state)
{
    static const unsigned char first[] = { 0, SSL3_MT_CLIENT_HELLO, SSL3_MT_SERVER_HELLO,
                                           SSL3_MT_CERTIFICATE };

    (void)state;
    subject("messages");
    exchange_begin(&exchange);
    exchange_run(&exchange, 4);
    for (int i = 1; i <= 3; i++) {
        assert_int_equal(exchange.messages[i].octets[0], SSL3_RT_HANDSHAKE);
        assert_int_equal(exchange.messages[i].octets[5], first[i]);
    }
    assert_int_equal(exchange.messages[4].octets[0], SSL3_RT_CHANGE_CIPHER_SPEC);
    assert_int_equal(SSL_version(onem2m_escertke_ssl(exchange.initiating)), TLS1_2_VERSION);
    exchange_end(&exchange);
}

/* Refused with that reason, no key, and the genuine message comes too late. */
static void check_failure(int number, const unsigned char *octets, size_t length,
                          ONEM2M_REASON reason)
{
    const MESSAGE genuine = exchange.messages[number];
    ONEM2M_ESCERTKE *taker = exchange_taker(&exchange, number);
    ONEM2M_REASON given;

    CHECK(exchange_give(&exchange, number, octets, length) == 0);
    given = take_reason();
    if (given != reason)
        fail_msg("%s: reason %d", current_subject, (int)given);
    CHECK(exchange_give(&exchange, number, genuine.octets, genuine.length) == 0);
    CHECK(take_reason() == ONEM2M_R_TLS_NOT_READY);
    CHECK(onem2m_escertke_key(taker, NULL) == NULL);
    CHECK(take_reason() == ONEM2M_R_TLS_NOT_READY);
}

/* Gives the end that waits for message number these octets instead. */
static void refuse_instead(int number, const unsigned char *octets, size_t length,
                           ONEM2M_REASON reason)
{
    exchange_begin(&exchange);
    exchange_run(&exchange, number - 1);
    check_failure(number, octets, length, reason);
    exchange_end(&exchange);
}

/* Signatures differ in length: a message may be an octet shorter than the one before. */
static size_t refuse_cut(int number, size_t length)
{
    size_t size;

    subject("message %d cut to %zu octets", number, length);
    exchange_begin(&exchange);
    exchange_run(&exchange, number - 1);
    size = exchange.messages[number].length;
    if (length < size)
        check_failure(number, exchange.messages[number].octets, length, ONEM2M_R_BAD_MESSAGE);
    exchange_end(&exchange);
    return size;
}

/* All of the first and last octets, and some between. */
static void test_truncated(void **state)
{
    (void)state;
    for (int number = 1; number <= 4; number++) {
        size_t length = 0, size = 1;

        while (length < size) {
            size = refuse_cut(number, length);
            length += length < 60 || length + 60 > size ? 1 : 37;
        }
    }
}

static void test_followed(void **state)
{
    static MESSAGE longer;

    (void)state;
    for (int number = 1; number <= 4; number++) {
        const MESSAGE *message = &exchange.messages[number];

        subject("message %d and an octet", number);
        exchange_begin(&exchange);
        exchange_run(&exchange, number - 1);
        memcpy(longer.octets, message->octets, message->length);
        longer.octets[message->length] = 0;
        check_failure(number, longer.octets, message->length + 1, ONEM2M_R_BAD_MESSAGE);
        exchange_end(&exchange);

        subject("message %d twice in one", number);
        exchange_begin(&exchange);
        exchange_run(&exchange, number - 1);
        memcpy(longer.octets, message->octets, message->length);
        memcpy(longer.octets + message->length, message->octets, message->length);
        check_failure(number, longer.octets, 2 * message->length, ONEM2M_R_BAD_MESSAGE);
        exchange_end(&exchange);
    }
}

/* Each message where another is due, of this exchange or, sent back, the end's own. */
static void test_reordered(void **state)
{
    static EXCHANGE earlier;

    (void)state;
    exchange_begin(&exchange);
    exchange_run(&exchange, 4);
    exchange_end(&exchange);
    memcpy(earlier.messages, exchange.messages, sizeof(earlier.messages));
    for (int due = 1; due <= 4; due++) {
        for (int given = 1; given <= 4; given++) {
            const MESSAGE *message = &earlier.messages[given];

            if (given == due)
                continue;
            subject("message %d for message %d", given, due);
            refuse_instead(due, message->octets, message->length, ONEM2M_R_BAD_MESSAGE);
        }
    }
}

/* Of another exchange between the same two: only the first message says nothing of this one. */
static void test_replayed(void **state)
{
    static EXCHANGE earlier;

    (void)state;
    exchange_begin(&exchange);
    exchange_run(&exchange, 4);
    exchange_end(&exchange);
    memcpy(earlier.messages, exchange.messages, sizeof(earlier.messages));
    for (int number = 3; number <= 4; number++) {
        const MESSAGE *message = &earlier.messages[number];

        subject("message %d of an earlier exchange", number);
        refuse_instead(number, message->octets, message->length, ONEM2M_R_TLS_FAILED);
    }
    subject("message 2 of an earlier exchange");
    refuse_instead(2, earlier.messages[2].octets, earlier.messages[2].length, ONEM2M_R_TLS_FAILED);
}

static void test_replayed_first(void **state)
{
    static MESSAGE first;

    (void)state;
    subject("message 1 of an earlier exchange");
    exchange_begin(&exchange);
    exchange_run(&exchange, 0);
    first = exchange.messages[1];
    exchange_end(&exchange);
    exchange_begin(&exchange);
    exchange_run(&exchange, 0);
    assert_int_equal(exchange_give(&exchange, 1, first.octets, first.length), 1);
    check_failure(2, exchange.messages[2].octets, exchange.messages[2].length, ONEM2M_R_TLS_FAILED);
    exchange_end(&exchange);
}

static void test_changed(void **state)
{
    (void)state;
    for (int number = 1; number <= 4; number++) {
        for (size_t i = 0; i < 12; i++) {
            MESSAGE *message = &exchange.messages[number];
            int result = 1;

            subject("message %d with octet %zu changed", number, i);
            exchange_begin(&exchange);
            exchange_run(&exchange, number - 1);
            message->octets[i * (message->length - 1) / 11] ^= 0x10;
            for (int k = number; k <= 4 && result != 0; k++)
                result = exchange_give(&exchange, k, exchange.messages[k].octets,
                                       exchange.messages[k].length);
            CHECK(result == 0);
            ERR_clear_error();
            exchange_end(&exchange);
        }
    }
}

static void test_too_long(void **state)
{
    static const MESSAGE zeros = { { 0 }, 0 };
    (void)state;

    for (int number = 1; number <= 4; number++) {
        subject("a long message for message %d", number);
        refuse_instead(number, zeros.octets, ONEM2M_ESCERTKE_MESSAGE_MAX + 1, ONEM2M_R_BAD_MESSAGE);
        refuse_instead(number, zeros.octets, ONEM2M_ESCERTKE_MESSAGE_MAX, ONEM2M_R_BAD_MESSAGE);
    }
}

/* A finished exchange stays so, whatever comes after. */
static void test_after_the_end(void **state)
{
    EVP_PKEY *key;

    (void)state;
    subject("after the end");
    exchange_begin(&exchange);
    exchange_run(&exchange, 4);
    for (int number = 1; number <= 4; number++) {
        MESSAGE *message = &exchange.messages[number];

        assert_int_equal(exchange_give(&exchange, number, message->octets, message->length), 0);
        assert_int_equal(take_reason(), ONEM2M_R_TLS_NOT_READY);
    }
    key = take_key(exchange.terminating);
    EVP_PKEY_free(key);
    key = take_key(exchange.initiating);
    EVP_PKEY_free(key);
    exchange_end(&exchange);
}

static void test_calls(void **state)
{
    unsigned char octet = 0;
    size_t size = 1;

    (void)state;
    subject("calls");
    exchange_begin(&exchange);
    assert_null(onem2m_escertke_key(exchange.initiating, NULL));
    assert_int_equal(take_reason(), ONEM2M_R_TLS_NOT_READY);
    assert_int_equal(onem2m_escertke_step(exchange.initiating, &octet, 1, &octet, &size), 0);
    assert_int_equal(take_reason(), ONEM2M_R_TLS_NOT_READY);
    size = 1;
    assert_int_equal(onem2m_escertke_step(exchange.terminating, NULL, 1, &octet, &size), 0);
    assert_int_equal(take_reason(), ONEM2M_R_TLS_NOT_READY);
    size = 1;
    assert_int_equal(onem2m_escertke_step(exchange.terminating, NULL, 0, &octet, &size), 0);
    assert_int_equal(take_reason(), ONEM2M_R_TLS_NOT_READY);
    /* None of them did any harm. */
    exchange_run(&exchange, 4);
    exchange_end(&exchange);
}

/* The caller learns how much room it takes, and asks again. */
static void test_room(void **state)
{
    MESSAGE *first = &exchange.messages[1];
    unsigned char octet;
    size_t size = 1;

    (void)state;
    subject("room");
    exchange_begin(&exchange);
    assert_int_equal(onem2m_escertke_step(exchange.initiating, NULL, 0, &octet, &size), 0);
    assert_int_equal(take_reason(), ONEM2M_R_BAD_LENGTH);
    assert_true(size > 1 && size <= ONEM2M_ESCERTKE_MESSAGE_MAX);
    first->length = 0;
    assert_int_equal(
        onem2m_escertke_step(exchange.initiating, NULL, 0, first->octets, &first->length), 0);
    assert_int_equal(take_reason(), ONEM2M_R_BAD_LENGTH);
    assert_int_equal(first->length, size);
    size = 1;
    assert_int_equal(onem2m_escertke_step(exchange.initiating, &octet, 1, &octet, &size), 0);
    assert_int_equal(take_reason(), ONEM2M_R_TLS_NOT_READY);
    size = first->length;
    assert_int_equal(
        onem2m_escertke_step(exchange.initiating, NULL, 0, first->octets, &first->length), 1);
    assert_int_equal(first->length, size);
    for (int number = 1; number <= 4; number++)
        assert_int_equal(exchange_give(&exchange, number, exchange.messages[number].octets,
                                       exchange.messages[number].length),
                         number < 3 ? 1 : 2);
    exchange_end(&exchange);
}

static void test_nobody_expected(void **state)
{
    SSL_CTX *ctx = context_make(TLS_method(), &exchange.initiator, &exchange.terminator);
    ONEM2M_ESCERTKE *end = onem2m_escertke_new(ctx, 1);
    static MESSAGE first;

    (void)state;
    assert_non_null(end);
    first.length = sizeof(first.octets);
    assert_int_equal(onem2m_escertke_step(end, NULL, 0, first.octets, &first.length), 0);
    assert_int_equal(take_reason(), ONEM2M_R_TLS_NOT_READY);
    assert_int_equal(first.length, 0);
    assert_true(onem2m_tls_expect_peer(onem2m_escertke_ssl(end), &terminator_expected));
    first.length = sizeof(first.octets);
    assert_int_equal(onem2m_escertke_step(end, NULL, 0, first.octets, &first.length), 1);
    onem2m_escertke_free(end);
    SSL_CTX_free(ctx);
}

static void test_datagrams(void **state)
{
    SSL_CTX *ctx = context_make(DTLS_method(), &exchange.initiator, NULL);

    (void)state;
    assert_null(onem2m_escertke_new(ctx, 1));
    assert_int_equal(take_reason(), ONEM2M_R_BAD_CHOICE);
    SSL_CTX_free(ctx);
    onem2m_escertke_free(NULL);
}

/* The end that fails tells the other, which then fails too. */
static void check_alert(int number, int alert, const char *refusal)
{
    MESSAGE *message = &exchange.messages[number];
    const MESSAGE *answer = &exchange.messages[number + 1];
    SSL *ssl = onem2m_escertke_ssl(exchange_taker(&exchange, number));

    CHECK(exchange_give(&exchange, number, message->octets, message->length) == 0);
    CHECK(take_reason() == ONEM2M_R_PEER_MISMATCH);
    CHECK(strstr(onem2m_tls_refusal(ssl), refusal) != NULL);
    CHECK(answer->length == 7 && answer->octets[0] == SSL3_RT_ALERT);
    CHECK(answer->octets[6] == alert);
    CHECK(exchange_give(&exchange, number + 1, answer->octets, answer->length) == 0);
    CHECK(take_reason() == ONEM2M_R_TLS_FAILED);
}

/* The end that takes message number expects another than it meets. */
static void run_alert(int number, const ONEM2M_PEER *another, const char *refusal)
{
    subject("alert for message %d", number);
    exchange_begin(&exchange);
    assert_true(
        onem2m_tls_expect_peer(onem2m_escertke_ssl(exchange_taker(&exchange, number)), another));
    exchange_run(&exchange, number - 1);
    check_alert(number, SSL_AD_BAD_CERTIFICATE, refusal);
    exchange_end(&exchange);
}

static void test_alert_of_terminating(void **state)
{
    const ONEM2M_PEER another = { ONEM2M_PEER_AE_ID, 0, "//sp.example.com/cse1/C8", NULL };

    (void)state;
    run_alert(3, &another, "expected absolute AE-ID '//sp.example.com/cse1/C8'");
}

static void test_alert_of_initiating(void **state)
{
    const ONEM2M_PEER another = { ONEM2M_PEER_CSE_ID, 0, "cse3.sp.example.com", NULL };

    (void)state;
    run_alert(2, &another, "expected public domain name");
}

/* A warning is no message either. */
static void test_warning(void **state)
{
    static const unsigned char warning[] = { SSL3_RT_ALERT,        3, 3, 0, 2, SSL3_AL_WARNING,
                                             SSL_AD_USER_CANCELLED };

    (void)state;
    for (int number = 1; number <= 4; number++) {
        subject("a warning for message %d", number);
        refuse_instead(number, warning, sizeof(warning), ONEM2M_R_BAD_MESSAGE);
    }
}

static int admit_anybody(int ok, X509_STORE_CTX *store)
{
    (void)ok;
    X509_STORE_CTX_set_error(store, X509_V_OK);
    return 1;
}

static int admit_whole(X509_STORE_CTX *store, void *argument)
{
    (void)argument;
    X509_STORE_CTX_set_error(store, X509_V_OK);
    return 1;
}

static void put_instead(ONEM2M_ESCERTKE *end, int whole)
{
    SSL *ssl = onem2m_escertke_ssl(end);

    if (whole)
        SSL_CTX_set_cert_verify_callback(SSL_get_SSL_CTX(ssl), admit_whole, NULL);
    else
        SSL_set_verify(ssl, SSL_VERIFY_PEER, admit_anybody);
}

/* The end that takes message last verifies by the application's own function. */
static void run_unverified(int last, int whole)
{
    const MESSAGE *message = &exchange.messages[last];

    subject("verification %d at the end that takes message %d", whole, last);
    exchange_begin(&exchange);
    put_instead(exchange_taker(&exchange, last), whole);
    exchange_run(&exchange, last - 1);
    CHECK(exchange_give(&exchange, last, message->octets, message->length) == 0);
    CHECK(take_reason() == ONEM2M_R_PEER_UNKNOWN);
    CHECK(exchange.messages[last + 1].length == 0);
    CHECK(onem2m_escertke_key(exchange_taker(&exchange, last), NULL) == NULL);
    CHECK(take_reason() == ONEM2M_R_TLS_NOT_READY);
    exchange_end(&exchange);
}

/* No key with somebody whom the engine did not verify, whatever the application admits. */
static void test_verified_by_nobody(void **state)
{
    (void)state;
    for (int last = 3; last <= 4; last++) {
        run_unverified(last, 0);
        run_unverified(last, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exchange),
        cmocka_unit_test(test_verified_by_nobody),
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_followed),
        cmocka_unit_test(test_reordered),
        cmocka_unit_test(test_replayed),
        cmocka_unit_test(test_replayed_first),
        cmocka_unit_test(test_changed),
        cmocka_unit_test(test_too_long),
        cmocka_unit_test(test_after_the_end),
        cmocka_unit_test(test_calls),
        cmocka_unit_test(test_room),
        cmocka_unit_test(test_nobody_expected),
        cmocka_unit_test(test_datagrams),
        cmocka_unit_test(test_alert_of_terminating),
        cmocka_unit_test(test_alert_of_initiating),
        cmocka_unit_test(test_warning),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
