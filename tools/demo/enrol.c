/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
/* The Enrolee's side of the RSPFs by Kpm and by certificate (TS-0003 8.3.2.1, 8.3.2.2). */
#include <stdio.h>
#include <openssl/err.h>
#include "keys.h"
#include "procedures.h"
#include "tables.h"

void note_handshake(const CONNECTION *connection, const char *clause, const char *identity)
{
    entity_note(connection->self, clause, "%s handshake with %s complete: %s, %s",
                SSL_get_version(connection->ssl), connection->peer,
                SSL_CIPHER_standard_name(SSL_get_current_cipher(connection->ssl)), identity);
}

static int open_by_psk(CONNECTION *connection, ENTITY *self, FAILURE *failure)
{
    SSL_CTX *context = connection_context(self, self->dtls, 0, ONEM2M_PROFILE_PSK, failure);
    const char *kpm_id = entity_value(self, "kpm-id");
    CALL call = { .peer = "MEF",
                  .server_name = entity_value(self, "mef-server-name"),
                  .port = "mef-psk-port",
                  .dtls = self->dtls };
    int opened = 0;

    entity_sends(self, "MEF", "8.3.2.1", "opens a handshake, psk_identity = KpmID %s", kpm_id);
    if (context != NULL && !onem2m_tls_psk_client(context, ONEM2M_USAGE_NAME_MEF, kpm_id))
        failure_set_openssl(failure, "Kpm");
    else if (context != NULL)
        opened = connection_open(connection, self, context, &call, failure);
    SSL_CTX_free(context);
    if (opened)
        note_handshake(connection, "8.3.2.1", "both hold Kpm");
    return opened;
}

static int open_by_certificate(CONNECTION *connection, ENTITY *self, FAILURE *failure)
{
    SSL_CTX *context = connection_context(self, self->dtls, 0, ONEM2M_PROFILE_CERTIFICATE, failure);
    ONEM2M_PEER mef = { .flavour = ONEM2M_PEER_FQDN, .identifier = entity_value(self, "mef-fqdn") };
    CALL call = { .peer = "MEF",
                  .server_name = entity_value(self, "mef-server-name"),
                  .port = "mef-enrolees-port",
                  .dtls = self->dtls,
                  .expect = &mef };
    int opened = 0;

    entity_sends(self, "MEF", "8.3.2.2", "opens a handshake, certificate of %s",
                 entity_value(self, "certificate"));
    if (context != NULL)
        opened = connection_open(connection, self, context, &call, failure);
    SSL_CTX_free(context);
    if (opened)
        note_handshake(connection, "8.3.2.2", "the MEF's certificate names the MEF");
    return opened;
}

/* Ke, in the store under KeID (10.3.1, 10.3.4); no longer than the Enrolment Expiry (10.7). */
static int generate_enrolment_key(CONNECTION *connection, FAILURE *failure)
{
    ENTITY *self = connection->self;
    char what[2 * EVENT_NAME];
    ATTRIBUTES attributes;
    EVP_PKEY *ke;

    attributes_begin(&attributes);
    attributes_text(&attributes, ONEM2M_PARAM_NOT_AFTER, entity_value(self, "enrolment-expiry"));
    attributes_text(&attributes, ONEM2M_PARAM_ENTITY_ID, entity_value(self, "identity"));
    attributes_number(&attributes, ONEM2M_PARAM_STORE, 1);
    ke = onem2m_tls_export_key(connection->ssl, ONEM2M_EXPORT_ENROLMENT,
                               entity_value(self, "mef-fqdn"), attributes.params);
    if (ke == NULL)
        return failure_set_openssl(failure, "export of Ke");
    keys_text(ke, ONEM2M_PARAM_KEY_ID, self->names.ke_id, sizeof(self->names.ke_id));
    EVP_PKEY_free(ke);
    entity_note(self, "10.3.1", "exports Ke and RelativeKeID, stores Ke until %s",
                entity_value(self, "enrolment-expiry"));
    snprintf(what, sizeof(what), "KeID of %s", self->name);
    entity_holds(self, "10.3.4", what, self->names.ke_id);
    return 1;
}

/* Where to find the MAF's resources, from now on. */
static void take_uris(URIS *uris, const MESSAGE *answer)
{
    snprintf(uris->client_registration, sizeof(uris->client_registration), "%s",
             message_text(answer, "MAF Client Registration URI"));
    snprintf(uris->key_registration, sizeof(uris->key_registration), "%s",
             message_text(answer, "MAF Key Registration URI"));
    snprintf(uris->key_retrieval, sizeof(uris->key_retrieval), "%s",
             message_text(answer, "MAF Key Retrieval URI"));
}

static int exchange(CONNECTION *connection, FAILURE *failure)
{
    static MESSAGE request;
    static MESSAGE answer;
    ENTITY *self = connection->self;

    message_begin(&request, &table_enrolment_request);
    message_put_boolean(&request, "Certificate Enrolment Indication", 0);
    message_put_boolean(&request, "MAF Enrolment Indication", 1);
    message_put_boolean(&request, "Remote Management Indication", 0);
    if (!dialogue_request(connection, "8.3.2.1", URI_ENROLMENT_EXCHANGE,
                          entity_value(self, "identity"), &request, &table_maf_enrolment, &answer,
                          failure))
        return 0;
    take_uris(&self->uris, &answer);
    return 1;
}

int enrol(ENTITY *self, ENROL_BY how, FAILURE *failure)
{
    CONNECTION connection;
    int enrolled = how == ENROL_BY_PSK ? open_by_psk(&connection, self, failure)
                                       : open_by_certificate(&connection, self, failure);

    if (!enrolled)
        return 0;
    enrolled = generate_enrolment_key(&connection, failure) && exchange(&connection, failure);
    connection_close(&connection);
    return enrolled;
}
