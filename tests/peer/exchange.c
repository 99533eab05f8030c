/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <openssl/err.h>
#include "exchange.h"

const ONEM2M_PEER initiator_expected = { ONEM2M_PEER_AE_ID, 0, "//sp.example.com/cse1/C7", NULL };
const ONEM2M_PEER terminator_expected = { ONEM2M_PEER_CSE_ID, 0, "cse2.sp.example.com",
                                          "//sp.example.com/cse2" };

void exchange_chains_make(EXCHANGE *exchange)
{
    static const SPEC initiator = { .names = "URI://sp.example.com/cse1/C7" };
    static const SPEC terminator = { .names = "DNS:cse2.sp.example.com" };
    static const SPEC ca = { .subject = "a CA",
                             .is_ca = 1,
                             .constraints = "+URI:sp.example.com +DNS:sp.example.com" };

    chain_make(&exchange->initiator, NULL, &ca, &initiator);
    chain_make(&exchange->terminator, NULL, &ca, &terminator);
}

void exchange_chains_free(EXCHANGE *exchange)
{
    chain_free(&exchange->initiator);
    chain_free(&exchange->terminator);
}

static ONEM2M_ESCERTKE *begin(const CHAIN *own, const CHAIN *trusted, int initiating,
                              const ONEM2M_PEER *expected)
{
    SSL_CTX *ctx = context_make(TLS_method(), own, trusted);
    ONEM2M_ESCERTKE *end;

    /* What the profile switches off, an exchange switches off itself. */
    SSL_CTX_clear_options(ctx, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_BOTH);
    end = onem2m_escertke_new(ctx, initiating);
    assert_non_null(end);
    assert_true(onem2m_tls_expect_peer(onem2m_escertke_ssl(end), expected));
    SSL_CTX_free(ctx);
    return end;
}

void exchange_begin(EXCHANGE *exchange)
{
    exchange->initiating =
        begin(&exchange->initiator, &exchange->terminator, 1, &terminator_expected);
    exchange->terminating =
        begin(&exchange->terminator, &exchange->initiator, 0, &initiator_expected);
}

void exchange_end(EXCHANGE *exchange)
{
    onem2m_escertke_free(exchange->initiating);
    onem2m_escertke_free(exchange->terminating);
}

ONEM2M_ESCERTKE *exchange_taker(const EXCHANGE *exchange, int number)
{
    return number % 2 == 0 ? exchange->initiating : exchange->terminating;
}

int exchange_give(EXCHANGE *exchange, int number, const unsigned char *octets, size_t length)
{
    MESSAGE *answer = &exchange->messages[number + 1];

    answer->length = sizeof(answer->octets);
    return onem2m_escertke_step(exchange_taker(exchange, number), octets, length, answer->octets,
                                &answer->length);
}

void exchange_run(EXCHANGE *exchange, int number)
{
    static const int results[] = { 1, 1, 1, 2, 2 };

    for (int i = 0; i <= number; i++) {
        const MESSAGE *message = &exchange->messages[i];
        int result = i == 0 ? exchange_give(exchange, 0, NULL, 0)
                            : exchange_give(exchange, i, message->octets, message->length);

        if (result != results[i])
            fail_msg("%s: genuine message %d: %d", current_subject, i, result);
        CHECK(ERR_peek_error() == 0);
        CHECK((i == 4) == (exchange->messages[i + 1].length == 0));
    }
}
