/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
/* The M2M Enrolment Function: Enrolment Keys, and fetchCredentials (TS-0003 8.3.2). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include "keys.h"
#include "procedures.h"
#include "role.h"
#include "tables.h"

static int prepare(ENTITY *self, LISTENER *listener, SSL_CTX *context, FAILURE *failure)
{
    (void)self;
    (void)listener;
    return onem2m_tls_psk_server(context, ONEM2M_USAGE_NAME_MEF) ||
           failure_set_openssl(failure, "PSK server");
}

static void registration(ATTRIBUTES *attributes, const ENTITY *self, const char *enrolee,
                         const char *credential_id)
{
    attributes_begin_registration(attributes, enrolee, credential_id);
    attributes_text(attributes, ONEM2M_PARAM_ENTITY_ID, enrolee);
    attributes_text(attributes, ONEM2M_PARAM_TARGET_IDS, entity_value(self, "enrolment-target"));
    attributes_text(attributes, ONEM2M_PARAM_ALLOWED_SUIDS, entity_value(self, "allowed-suids"));
    attributes_text(attributes, ONEM2M_PARAM_ADMIN_FQDN, entity_value(self, "admin-fqdn"));
    attributes_text(attributes, ONEM2M_PARAM_NOT_AFTER, entity_value(self, "enrolment-expiry"));
}

/* Ke as a registration: held for the Enrolment Target (8.3.2.1, Bootstrap Instruction
 * Configuration). */
static int generate_enrolment_key(CONNECTION *connection, const char *enrolee, FAILURE *failure)
{
    ENTITY *self = connection->self;
    char credential_id[ONEM2M_CREDENTIAL_ID_MAX + 1];
    char ke_id[ENTITY_ID_SIZE];
    char what[2 * EVENT_NAME];
    ATTRIBUTES attributes;
    EVP_PKEY *ke;

    if (!onem2m_tls_peer_credential_id(connection->ssl, credential_id, sizeof(credential_id)))
        return failure_set_openssl(failure, "Credential-ID");
    registration(&attributes, self, enrolee, credential_id);
    ke = onem2m_tls_export_key(connection->ssl, ONEM2M_EXPORT_ENROLMENT, entity_value(self, "fqdn"),
                               attributes.params);
    if (ke == NULL)
        return failure_set_openssl(failure, "export of Ke");
    keys_text(ke, ONEM2M_PARAM_KEY_ID, ke_id, sizeof(ke_id));
    EVP_PKEY_free(ke);
    entity_note(self, "8.3.2.1", "Enrolee %s authenticated (Credential-ID %s)", enrolee,
                credential_id);
    entity_note(self, "10.3.1", "exports Ke, holds it for %s and SUID %s alone",
                entity_value(self, "enrolment-target"), entity_value(self, "allowed-suids"));
    snprintf(what, sizeof(what), "KeID of %s", connection->peer);
    entity_holds(self, "10.3.4", what, ke_id);
    return 1;
}

static int greet(CONNECTION *connection, const LISTENER *listener, const char *identity,
                 FAILURE *failure)
{
    if (strcmp(listener->name, LISTENER_TARGETS) != 0)
        return generate_enrolment_key(connection, identity, failure);
    entity_note(connection->self, "8.3.2.1", "Enrolment Target %s authenticated", identity);
    return 1;
}

static int instruct(CONNECTION *connection, const REQUEST *request, FAILURE *failure)
{
    static MESSAGE message;
    const ENTITY *self = connection->self;

    if (!message_decode(&message, &table_enrolment_request, request->content,
                        request->content_length, failure))
        return 0;
    message_begin(&message, &table_maf_enrolment);
    message_put_text(&message, "Instruction Type", "MAF Enrolment");
    message_put_text(&message, "Credential Type", "symmetric key");
    message_put_text(&message, "MAF Client Registration URI", self->uris.client_registration);
    message_put_text(&message, "MAF Key Registration URI", self->uris.key_registration);
    message_put_text(&message, "MAF Key Retrieval URI", self->uris.key_retrieval);
    message_put_text(&message, "Lifetime", entity_value(self, "enrolment-expiry"));
    return dialogue_answer(connection, "8.3.2.1", &message, failure);
}

/* The two parts of /fetchCredentials/<KeID>/<SUID>. */
static int parse_uri(const char *uri, char ke_id[DIALOGUE_URI_MAX], unsigned int *suid)
{
    const char *rest = uri + strlen(URI_FETCH_CREDENTIALS);
    const char *slash = strchr(rest, '/');

    if (slash == NULL || slash == rest || strlen(slash) != 3 ||
        strspn(slash + 1, "0123456789") != 2)
        return 0;
    snprintf(ke_id, DIALOGUE_URI_MAX, "%.*s", (int)(slash - rest), rest);
    *suid = (unsigned int)strtoul(slash + 1, NULL, 10);
    return 1;
}

/* Derives for the target under the registration's policy (10.3.7), and answers with it. */
static int give_credentials(CONNECTION *connection, EVP_PKEY *ke, unsigned int suid,
                            MESSAGE *answer, FAILURE *failure)
{
    char target[ENTITY_ID_SIZE];
    unsigned char credential[KEYS_OCTETS_MAX];
    char fingerprint[KEYS_FINGERPRINT];
    char enrolee[ENTITY_ID_SIZE];
    char lifetime[32];
    char what[2 * EVENT_NAME];
    size_t length = sizeof(credential);
    ATTRIBUTES attributes;
    int derived;

    connection_peer_entity(connection, target); /* its FQDN, of the certificate */
    attributes_begin(&attributes);
    attributes_text(&attributes, ONEM2M_PARAM_DERIVATION, ONEM2M_KDF_USAGE_KEY);
    attributes_number(&attributes, ONEM2M_PARAM_SUID, suid);
    attributes_text(&attributes, ONEM2M_PARAM_TARGET_ID, target);
    derived = keys_derive_octets(ke, &attributes, credential, &length, failure) &&
              keys_fingerprint(fingerprint, credential, length, failure);
    if (derived) {
        keys_text(ke, ONEM2M_PARAM_ENTITY_ID, enrolee, sizeof(enrolee));
        keys_text(ke, ONEM2M_PARAM_NOT_AFTER, lifetime, sizeof(lifetime));
        snprintf(what, sizeof(what), "Km of %s", entity_name_of(connection->self, enrolee));
        entity_note(connection->self, "10.3.7", "derives of Ke for SUID %u and %s", suid, target);
        entity_holds(connection->self, "10.3.7", what, fingerprint);
        message_begin(answer, &table_credentials);
        message_put_boolean(answer, "Status", 1);
        message_put_octets(answer, "Credential", credential, length);
        message_put_text(answer, "EnroleeID", enrolee);
        message_put_text(answer, "Lifetime", lifetime);
    }
    OPENSSL_cleanse(credential, sizeof(credential));
    return derived;
}

/*
 * 8.3.2.1 f. Every refusal has the same ErrorString: who may not have a
 * credential shall not learn whether there is one. The audit says why.
 */
static int fetch(CONNECTION *connection, const char *target, const REQUEST *request,
                 FAILURE *failure)
{
    static MESSAGE answer;
    char ke_id[DIALOGUE_URI_MAX];
    FAILURE why = { "" };
    unsigned int suid;
    EVP_PKEY *ke = NULL;
    int given = 0;

    if (!parse_uri(request->to, ke_id, &suid))
        failure_set(&why, "the target URI is not /fetchCredentials/<KeID>/<SUID>");
    else if (dialogue_is_from(request, target, &why))
        ke = keys_load(ke_id, ONEM2M_KIND_NAME_KE, target, &why);
    if (ke != NULL)
        given = give_credentials(connection, ke, suid, &answer, &why);
    EVP_PKEY_free(ke);
    if (given)
        given = dialogue_answer(connection, "8.3.2.1", &answer, failure);
    else
        given = dialogue_refuse(connection, "8.3.2.1", "no such credential for this originator",
                                why.text, failure);
    message_clear(&answer);
    return given;
}

static int answer_request(CONNECTION *connection, const LISTENER *listener, const char *identity,
                          const REQUEST *request, FAILURE *failure)
{
    int is_target = strcmp(listener->name, LISTENER_TARGETS) == 0;

    if (is_target &&
        strncmp(request->to, URI_FETCH_CREDENTIALS, strlen(URI_FETCH_CREDENTIALS)) == 0)
        return fetch(connection, identity, request, failure);
    if (!is_target && strcmp(request->to, URI_ENROLMENT_EXCHANGE) == 0)
        return instruct(connection, request, failure);
    return failure_set(failure, "nothing is at %s for this client", request->to);
}

const ROLE role_mef = { .name = "MEF",
                        .prepare = prepare,
                        .greet = greet,
                        .answer = answer_request,
                        .steps = (const ROLE_STEP[]){ { NULL, NULL } } };
