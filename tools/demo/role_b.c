/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
/* Entity B, a CSE: enrolled by certificate, the server of 8.2.2.3, the Receiver of 8.4.2. */
#include <stdio.h>
#include <string.h>
#include <openssl/err.h>
#include "keys.h"
#include "procedures.h"
#include "role.h"
#include "tables.h"

/* What a client's connection leaves to its next request. */
static ONEM2M_ESCERTKE *exchange;
static MESSAGE receiver_rand;

/* Kc as the MAF gave it, in the store for all handshakes until it expires. */
static EVP_PKEY *import_kc(const ENTITY *self, const char *key_id, const MESSAGE *retrieved,
                           FAILURE *failure)
{
    char fingerprint[KEYS_FINGERPRINT];
    ATTRIBUTES attributes;
    size_t length;
    const unsigned char *octets = message_octets(retrieved, "Key Value", &length);

    if (message_number(retrieved, "SUID") != SUID_SAEF_BY_MAF) {
        failure_set(failure, "the key is for SUID %lu", message_number(retrieved, "SUID"));
        return NULL;
    }
    attributes_begin(&attributes);
    attributes_text(&attributes, ONEM2M_PARAM_KIND, ONEM2M_KIND_NAME_KC);
    attributes_number(&attributes, ONEM2M_PARAM_SUID, SUID_SAEF_BY_MAF);
    attributes_text(&attributes, ONEM2M_PARAM_KEY_ID, key_id);
    attributes_text(&attributes, ONEM2M_PARAM_SOURCE_ID,
                    message_text(retrieved, "Source MAF Client ID"));
    attributes_text(&attributes, ONEM2M_PARAM_NOT_AFTER, message_text(retrieved, "expirationTime"));
    attributes_octets(&attributes, ONEM2M_PARAM_PRIV, octets, length);
    attributes_number(&attributes, ONEM2M_PARAM_STORE, 1);
    if (!keys_fingerprint(fingerprint, octets, length, failure))
        return NULL;
    entity_note(self, "8.8.2.8", "stores Kc of %s until %s",
                message_text(retrieved, "Source MAF Client ID"),
                message_text(retrieved, "expirationTime"));
    entity_holds(self, "10.3.5", "Key Identifier", key_id);
    entity_holds(self, "10.3.1", "Kc", fingerprint);
    return keys_import(&attributes, failure);
}

/* Inside the handshake of a client that presents a Key Identifier of the MAF (8.2.2.3). */
static EVP_PKEY *fetch(SSL *ssl, const char *key_id, const char *fqdn, void *argument)
{
    static MESSAGE retrieved;
    ENTITY *self = argument;
    char relative[ENTITY_ID_SIZE];
    FAILURE failure = { "" };
    EVP_PKEY *kc = NULL;

    (void)ssl;
    entity_note(self, "8.2.2.3", "does not know psk_identity %s, asks %s inside the handshake",
                key_id, fqdn);
    snprintf(relative, sizeof(relative), "%.*s", (int)strcspn(key_id, "@"), key_id);
    if (maf_retrieve_key(self, relative, &retrieved, &failure))
        kc = import_kc(self, key_id, &retrieved, &failure);
    message_clear(&retrieved);
    if (kc == NULL)
        entity_refuses(self, "8.2.2.3", "%s", failure.text);
    return kc;
}

static int prepare(ENTITY *self, LISTENER *listener, SSL_CTX *context, FAILURE *failure)
{
    const char *const mafs[] = { entity_value(self, "maf-fqdn"), NULL };

    (void)listener;
    return (onem2m_tls_psk_server(context, ONEM2M_USAGE_NAME_SAEF) &&
            onem2m_tls_psk_server_fetch(context, mafs, fetch, self)) ||
           failure_set_openssl(failure, "PSK server");
}

static int greet(CONNECTION *connection, const LISTENER *listener, const char *identity,
                 FAILURE *failure)
{
    (void)listener;
    (void)failure;
    note_handshake(connection, "8.2.2.3", "both hold Kc");
    entity_note(connection->self, "8.2.2.3", "associates the security context with %s", identity);
    return 1;
}

static void leave(ENTITY *self)
{
    (void)self;
    onem2m_escertke_free(exchange);
    exchange = NULL;
    message_clear(&receiver_rand);
}

static int answer_text(CONNECTION *connection, const char *clause, const char *text,
                       FAILURE *failure)
{
    static MESSAGE answer;

    message_begin(&answer, &table_notification);
    message_put_text(&answer, "Text", text);
    return dialogue_answer(connection, clause, &answer, failure);
}

static int take_primitive(CONNECTION *connection, const REQUEST *request, FAILURE *failure)
{
    static MESSAGE message;

    return message_decode(&message, &table_notification, request->content, request->content_length,
                          failure) &&
           answer_text(connection, "8.2.2.3", "accepted", failure);
}

/* The terminating end of ESCertKE, for entity A alone. */
static ONEM2M_ESCERTKE *begin_exchange(const ENTITY *self, FAILURE *failure)
{
    SSL_CTX *context = connection_context(self, 0, 1, ONEM2M_PROFILE_CERTIFICATE, failure);
    ONEM2M_ESCERTKE *begun = context != NULL ? onem2m_escertke_new(context, 0) : NULL;
    ONEM2M_PEER a = { .flavour = ONEM2M_PEER_AE_ID,
                      .identifier = entity_value(self, "a-identity") };

    SSL_CTX_free(context);
    if (begun != NULL && onem2m_tls_expect_peer(onem2m_escertke_ssl(begun), &a))
        return begun;
    failure_set_openssl(failure, "ESCertKE");
    onem2m_escertke_free(begun);
    return NULL;
}

static int take_escertke(CONNECTION *connection, const REQUEST *request, FAILURE *failure)
{
    static MESSAGE message;
    static unsigned char out[ONEM2M_ESCERTKE_MESSAGE_MAX];
    size_t out_length = sizeof(out);
    const unsigned char *in;
    size_t length;
    int result;

    if (exchange == NULL)
        exchange = begin_exchange(connection->self, failure);
    if (exchange == NULL || !message_decode(&message, &table_escertke, request->content,
                                            request->content_length, failure))
        return 0;
    in = message_octets(&message, "ESCertKE Message", &length);
    result = onem2m_escertke_step(exchange, in, length, out, &out_length);
    if (result == 0)
        return dialogue_refuse(connection, "8.7.2.2", "ESCertKE failed",
                               (failure_set_openssl(failure, "ESCertKE"), failure->text), failure);
    if (result == 2 && !store_pairwise_key(connection->self, exchange, failure))
        return 0;
    message_begin(&message, &table_escertke);
    message_put_octets(&message, "ESCertKE Message", out, out_length);
    return dialogue_answer(connection, "8.7.2.2", &message, failure);
}

static int give_rand(CONNECTION *connection, FAILURE *failure)
{
    return make_rand_object(&receiver_rand, &table_receiver_rand, failure) &&
           dialogue_answer(connection, "8.4.2", &receiver_rand, failure);
}

static int take_rand(CONNECTION *connection, const REQUEST *request, FAILURE *failure)
{
    static MESSAGE originator_rand;

    if (receiver_rand.table == NULL)
        return failure_set(failure, "no receiverESPrimRandObject was asked for");
    return message_decode(&originator_rand, &table_originator_rand, request->content,
                          request->content_length, failure) &&
           derive_session_key(connection->self, &receiver_rand, &originator_rand, failure) &&
           answer_text(connection, "8.4.2", "sessionESPrimKey derived", failure);
}

static int answer_request(CONNECTION *connection, const LISTENER *listener, const char *identity,
                          const REQUEST *request, FAILURE *failure)
{
    FAILURE why = { "" };

    (void)listener;
    if (!dialogue_is_from(request, identity, &why))
        return dialogue_refuse(connection, "8.2.2.3", "the originator is another", why.text,
                               failure);
    if (strcmp(request->to, URI_PRIMITIVE) == 0)
        return take_primitive(connection, request, failure);
    if (strcmp(request->to, URI_ESCERTKE) == 0)
        return take_escertke(connection, request, failure);
    if (strcmp(request->to, URI_RECEIVER_RAND) == 0)
        return give_rand(connection, failure);
    if (strcmp(request->to, URI_ORIGINATOR_RAND) == 0)
        return take_rand(connection, request, failure);
    return failure_set(failure, "nothing is at %s", request->to);
}

static int step_enrol(ENTITY *self, const char *argument, FAILURE *failure)
{
    (void)argument;
    return enrol(self, ENROL_BY_CERTIFICATE, failure);
}

static int step_register_client(ENTITY *self, const char *argument, FAILURE *failure)
{
    (void)argument;
    return maf_register_client(self, failure);
}

const ROLE role_b = { .name = "B",
                      .prepare = prepare,
                      .greet = greet,
                      .answer = answer_request,
                      .leave = leave,
                      .steps = (const ROLE_STEP[]){ { "enrol", step_enrol },
                                                    { "register-client", step_register_client },
                                                    { NULL, NULL } } };
