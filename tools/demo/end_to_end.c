/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
/* The initiating end of ESCertKE (TS-0003 8.7), and the Originator of ESPrim (8.4.2). */
#include <string.h>
#include <openssl/err.h>
#include "keys.h"
#include "procedures.h"
#include "tables.h"

#define STEP_FAILED 0
#define STEP_FINISHED 2

/* Whom this end expects, and the exchange; NULL with the failure set. */
static ONEM2M_ESCERTKE *begin(ENTITY *self, FAILURE *failure)
{
    SSL_CTX *context = connection_context(self, 0, 0, ONEM2M_PROFILE_CERTIFICATE, failure);
    ONEM2M_ESCERTKE *exchange = context != NULL ? onem2m_escertke_new(context, 1) : NULL;
    ONEM2M_PEER b = { .flavour = ONEM2M_PEER_CSE_ID,
                      .identifier = entity_value(self, "b-fqdn"),
                      .entity_id = entity_value(self, "b-identity") };

    SSL_CTX_free(context);
    if (exchange != NULL && onem2m_tls_expect_peer(onem2m_escertke_ssl(exchange), &b))
        return exchange;
    failure_set_openssl(failure, "ESCertKE");
    onem2m_escertke_free(exchange);
    return NULL;
}

/* Sends one ESCertKE message; *length octets of answer come into octets. */
static int send_and_receive(CONNECTION *connection, unsigned char *octets, size_t *length,
                            FAILURE *failure)
{
    static MESSAGE request;
    static MESSAGE answer;
    const unsigned char *received;

    message_begin(&request, &table_escertke);
    message_put_octets(&request, "ESCertKE Message", octets, *length);
    if (!dialogue_request(connection, "8.7.2.2", URI_ESCERTKE,
                          entity_value(connection->self, "identity"), &request, &table_escertke,
                          &answer, failure))
        return 0;
    received = message_octets(&answer, "ESCertKE Message", length);
    memcpy(octets, received, *length);
    return 1;
}

static int step(ONEM2M_ESCERTKE *exchange, unsigned char *octets, size_t *length, FAILURE *failure)
{
    static unsigned char out[ONEM2M_ESCERTKE_MESSAGE_MAX];
    size_t out_length = sizeof(out);
    int result =
        onem2m_escertke_step(exchange, *length > 0 ? octets : NULL, *length, out, &out_length);

    if (result == STEP_FAILED || out_length > MESSAGE_MAX)
        return failure_set_openssl(failure, "ESCertKE");
    memcpy(octets, out, out_length);
    *length = out_length;
    return result;
}

/* For tests: what a message suffers on its way, when the configuration says so. */
static void spoil(const ENTITY *self, unsigned char *octets, size_t length, int number)
{
    if (number == 3 && length > 0 && entity_spoils(self, "message"))
        octets[length - 1] ^= 1;
}

static int run(CONNECTION *connection, ONEM2M_ESCERTKE *exchange, FAILURE *failure)
{
    static unsigned char octets[MESSAGE_MAX];
    size_t length = 0;
    int result;

    for (int number = 1; (result = step(exchange, octets, &length, failure)) != STEP_FINISHED;
         number += 2) {
        if (result == STEP_FAILED)
            return 0;
        spoil(connection->self, octets, length, number);
        if (!send_and_receive(connection, octets, &length, failure))
            return 0;
    }
    return 1;
}

int establish_pairwise_key(ENTITY *self, FAILURE *failure)
{
    ONEM2M_ESCERTKE *exchange = begin(self, failure);
    CONNECTION connection;
    int established = 0;

    if (exchange == NULL)
        return 0;
    if (saef_open(&connection, self, self->names.kc_id, self->dtls, failure)) {
        established =
            run(&connection, exchange, failure) && store_pairwise_key(self, exchange, failure);
        connection_close(&connection);
    }
    onem2m_escertke_free(exchange);
    return established;
}

/* Asks the Receiver for its rand object, and sends the Originator's (8.4.2 B.2d to B.2h). */
static int exchange_rands(CONNECTION *connection, MESSAGE *receiver_rand, MESSAGE *originator_rand,
                          FAILURE *failure)
{
    static MESSAGE answer;
    const char *identity = entity_value(connection->self, "identity");

    return dialogue_request(connection, "8.4.2", URI_RECEIVER_RAND, identity, NULL,
                            &table_receiver_rand, receiver_rand, failure) &&
           make_rand_object(originator_rand, &table_originator_rand, failure) &&
           dialogue_request(connection, "8.4.2", URI_ORIGINATOR_RAND, identity, originator_rand,
                            &table_notification, &answer, failure);
}

int establish_session_key(ENTITY *self, FAILURE *failure)
{
    static MESSAGE receiver_rand;
    static MESSAGE originator_rand;
    CONNECTION connection;
    int exchanged;

    if (!saef_open(&connection, self, self->names.kc_id, self->dtls, failure))
        return 0;
    exchanged = exchange_rands(&connection, &receiver_rand, &originator_rand, failure);
    connection_close(&connection);
    return exchanged && derive_session_key(self, &receiver_rand, &originator_rand, failure);
}
