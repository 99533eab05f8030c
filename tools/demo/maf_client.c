/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
/* The MAF Client's side of registration and retrieval (TS-0003 8.8.2.3, 8.8.2.7, 8.8.2.8). */
#include <stdio.h>
#include <string.h>
#include <openssl/err.h>
#include "clock.h"
#include "keys.h"
#include "procedures.h"
#include "tables.h"

#define DAY 86400    /* seconds */
#define SUID_NONE 31 /* TS-0004 6.3.4.2.39 does not assign it */

/* Opens a connection to the MAF with the client's context, which is freed. */
static int open_to_maf(CONNECTION *connection, ENTITY *self, SSL_CTX *context, const char *port,
                       const ONEM2M_PEER *expect, FAILURE *failure)
{
    CALL call = { .peer = "MAF",
                  .server_name = entity_value(self, "maf-fqdn"),
                  .port = port,
                  .dtls = self->dtls,
                  .expect = expect };
    int opened = connection_open(connection, self, context, &call, failure);

    SSL_CTX_free(context);
    return opened;
}

/* With KeID, and what is derived of Ke for SUID 21 and the MAF (8.8.2.3). */
static int open_with_ke(CONNECTION *connection, ENTITY *self, FAILURE *failure)
{
    SSL_CTX *context = connection_context(self, self->dtls, 0, ONEM2M_PROFILE_PSK, failure);

    if (context == NULL)
        return 0;
    entity_sends(self, "MAF", "8.8.2.3", "opens a handshake, psk_identity = KeID %s",
                 self->names.ke_id);
    if (onem2m_tls_psk_client_enrolled(context, ONEM2M_USAGE_NAME_MAF, self->names.ke_id,
                                       entity_value(self, "maf-target")))
        return open_to_maf(connection, self, context, "maf-psk-port", NULL, failure);
    failure_set_openssl(failure, "Ke");
    SSL_CTX_free(context);
    return 0;
}

static int open_with_km(CONNECTION *connection, ENTITY *self, FAILURE *failure)
{
    SSL_CTX *context = connection_context(self, self->dtls, 0, ONEM2M_PROFILE_PSK, failure);

    if (context == NULL)
        return 0;
    entity_sends(self, "MAF", "8.8.2.2", "opens a handshake, psk_identity = KmID %s",
                 self->names.km_id);
    if (onem2m_tls_psk_client(context, ONEM2M_USAGE_NAME_MAF, self->names.km_id))
        return open_to_maf(connection, self, context, "maf-psk-port", NULL, failure);
    failure_set_openssl(failure, "Km");
    SSL_CTX_free(context);
    return 0;
}

/* Km in the store, under the name that the MAF assigned. */
static int store_km(ENTITY *self, FAILURE *failure)
{
    EVP_PKEY *ke = keys_load(self->names.ke_id, ONEM2M_KIND_NAME_KE, "", failure);
    char fingerprint[KEYS_FINGERPRINT];
    char what[2 * EVENT_NAME];
    ATTRIBUTES attributes;
    EVP_PKEY *km;

    if (ke == NULL)
        return 0;
    attributes_begin(&attributes);
    attributes_text(&attributes, ONEM2M_PARAM_DERIVATION, ONEM2M_KDF_USAGE_KEY);
    attributes_number(&attributes, ONEM2M_PARAM_SUID, SUID_MAF_BY_RSPF);
    attributes_text(&attributes, ONEM2M_PARAM_TARGET_ID, entity_value(self, "maf-target"));
    attributes_text(&attributes, ONEM2M_PARAM_KEY_ID, self->names.km_id);
    attributes_number(&attributes, ONEM2M_PARAM_STORE, 1);
    km = keys_derive(ke, &attributes, failure);
    EVP_PKEY_free(ke);
    EVP_PKEY_free(km);
    if (km == NULL ||
        !keys_fingerprint_psk(fingerprint, self->names.km_id, ONEM2M_USAGE_NAME_MAF, failure))
        return 0;
    entity_note(self, "10.3.7", "derives Km of Ke for SUID 21 and %s, stores it under KmID",
                entity_value(self, "maf-target"));
    snprintf(what, sizeof(what), "KmID of %s", self->name);
    entity_holds(self, "8.8.2.3", what, self->names.km_id);
    snprintf(what, sizeof(what), "Km of %s", self->name);
    entity_holds(self, "10.3.7", what, fingerprint);
    return 1;
}

static int register_client(CONNECTION *connection, FAILURE *failure)
{
    static MESSAGE request;
    static MESSAGE answer;
    ENTITY *self = connection->self;
    char expiry[ONEM2M_TIMESTAMP_SIZE];

    clock_timestamp(expiry, DAY);
    message_begin(&request, &table_client_registration_request);
    message_put_text(&request, "MAF-FQDN", entity_value(self, "maf-fqdn"));
    message_put_text(&request, "expirationTime", expiry);
    message_put_text(&request, "adminFQDN", entity_value(self, "admin-fqdn"));
    if (!dialogue_request(connection, "8.8.2.3", self->uris.client_registration,
                          entity_value(self, "identity"), &request, &table_client_registration,
                          &answer, failure))
        return 0;
    if (!message_has(&answer, "assignedSymmKeyID"))
        return failure_set(failure, "the MAF assigned no KmID");
    if (strcmp(message_text(&answer, "MAF Client ID"), entity_value(self, "identity")) != 0)
        return failure_set(failure, "the MAF takes this for another client");
    snprintf(self->names.km_id, sizeof(self->names.km_id), "%s",
             message_text(&answer, "assignedSymmKeyID"));
    return 1;
}

int maf_register_client(ENTITY *self, FAILURE *failure)
{
    CONNECTION connection;
    int registered;

    if (!open_with_ke(&connection, self, failure))
        return 0;
    note_handshake(&connection, "8.8.2.3", "both hold Km");
    registered = register_client(&connection, failure);
    connection_close(&connection);
    return registered && store_km(self, failure);
}

/* The exporter's key at this end, which must bear the name that the MAF answered (10.3.5). */
static int store_kc(CONNECTION *connection, const MESSAGE *answer, char *key_id, FAILURE *failure)
{
    ENTITY *self = connection->self;
    const char *fqdn = entity_value(self, "maf-fqdn");
    char assigned[ENTITY_ID_SIZE];
    ATTRIBUTES attributes;
    EVP_PKEY *kc;

    attributes_begin(&attributes);
    attributes_number(&attributes, ONEM2M_PARAM_SUID, (unsigned int)message_number(answer, "SUID"));
    attributes_text(&attributes, ONEM2M_PARAM_NOT_AFTER, message_text(answer, "expirationTime"));
    attributes_number(&attributes, ONEM2M_PARAM_STORE, 1);
    kc = onem2m_tls_export_key(connection->ssl, ONEM2M_EXPORT_CONNECTION, fqdn, attributes.params);
    if (kc == NULL)
        return failure_set_openssl(failure, "export of Kc");
    keys_text(kc, ONEM2M_PARAM_KEY_ID, key_id, ENTITY_ID_SIZE);
    EVP_PKEY_free(kc);
    snprintf(assigned, sizeof(assigned), "%s@%s", message_text(answer, "RelativeKeyID"), fqdn);
    if (strcmp(assigned, key_id) != 0)
        return failure_set(failure, "the MAF names Kc %s, the exporter says %s", assigned, key_id);
    entity_note(self, "10.3.1", "exports Kc and KcID, stores Kc until %s",
                message_text(answer, "expirationTime"));
    return 1;
}

static int register_key(CONNECTION *connection, long seconds, char *key_id, char *end,
                        FAILURE *failure)
{
    static MESSAGE request;
    static MESSAGE answer;
    ENTITY *self = connection->self;
    char expiry[ONEM2M_TIMESTAMP_SIZE];

    clock_timestamp(expiry, seconds);
    message_begin(&request, &table_key_registration_request);
    message_put_text(&request, "MAF-FQDN", entity_value(self, "maf-fqdn"));
    message_put_text(&request, "expirationTime", expiry);
    message_put_text(&request, "adminFQDN", entity_value(self, "admin-fqdn"));
    message_put_number(&request, "SUID",
                       entity_spoils(self, "suid") ? SUID_NONE : SUID_SAEF_BY_MAF);
    message_put_text(&request, "targetIDs", entity_value(self, "b-identity"));
    if (!dialogue_request(connection, "8.8.2.7", self->uris.key_registration,
                          entity_value(self, "identity"), &request, &table_key_registration,
                          &answer, failure) ||
        !store_kc(connection, &answer, key_id, failure))
        return 0;
    snprintf(end, 32, "%s", message_text(&answer, "expirationTime"));
    return 1;
}

int maf_register_key(ENTITY *self, long seconds, char *key_id, char *end, FAILURE *failure)
{
    CONNECTION connection;
    int registered;

    if (!open_with_km(&connection, self, failure))
        return 0;
    note_handshake(&connection, "8.8.2.2", "both hold Km");
    registered = register_key(&connection, seconds, key_id, end, failure);
    connection_close(&connection);
    return registered;
}

static int retrieve(CONNECTION *connection, const char *relative_key_id, MESSAGE *answer,
                    FAILURE *failure)
{
    static MESSAGE request;

    message_begin(&request, &table_key_retrieval_request);
    message_put_text(&request, "RelativeKeyID", relative_key_id);
    return dialogue_request(connection, "8.8.2.8", connection->self->uris.key_retrieval,
                            entity_value(connection->self, "identity"), &request,
                            &table_key_retrieval, answer, failure);
}

int maf_retrieve_key(ENTITY *self, const char *relative_key_id, MESSAGE *answer, FAILURE *failure)
{
    CONNECTION connection;
    int retrieved;

    if (!open_with_km(&connection, self, failure))
        return 0;
    retrieved = retrieve(&connection, relative_key_id, answer, failure);
    connection_close(&connection);
    return retrieved;
}

int maf_retrieve_key_by_certificate(ENTITY *self, const char *relative_key_id, MESSAGE *answer,
                                    FAILURE *failure)
{
    SSL_CTX *context = connection_context(self, self->dtls, 0, ONEM2M_PROFILE_CERTIFICATE, failure);
    ONEM2M_PEER maf = { .flavour = ONEM2M_PEER_FQDN, .identifier = entity_value(self, "maf-fqdn") };
    CONNECTION connection;
    int retrieved;

    if (context == NULL)
        return 0;
    entity_sends(self, "MAF", "8.8.2.2", "opens a handshake, certificate of %s",
                 entity_value(self, "certificate"));
    if (!open_to_maf(&connection, self, context, "maf-clients-port", &maf, failure))
        return 0;
    retrieved = retrieve(&connection, relative_key_id, answer, failure);
    connection_close(&connection);
    return retrieved;
}
