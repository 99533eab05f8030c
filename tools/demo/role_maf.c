/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
/* The M2M Authentication Function: clients, keys for targets (TS-0003 8.8.2). */
#include <stdio.h>
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include "keys.h"
#include "procedures.h"
#include "role.h"
#include "tables.h"

/* Km as the MEF gave it, in memory until the client has shown that it has it too. */
static EVP_PKEY *import_fetched(const char *ke_id, const MESSAGE *credentials, FAILURE *failure)
{
    ATTRIBUTES attributes;
    size_t length;
    const unsigned char *octets = message_octets(credentials, "Credential", &length);

    attributes_begin(&attributes);
    attributes_text(&attributes, ONEM2M_PARAM_KIND, ONEM2M_KIND_NAME_KM);
    attributes_number(&attributes, ONEM2M_PARAM_SUID, SUID_MAF_BY_RSPF);
    attributes_text(&attributes, ONEM2M_PARAM_KEY_ID, ke_id);
    attributes_text(&attributes, ONEM2M_PARAM_ENTITY_ID, message_text(credentials, "EnroleeID"));
    attributes_text(&attributes, ONEM2M_PARAM_NOT_AFTER, message_text(credentials, "Lifetime"));
    attributes_octets(&attributes, ONEM2M_PARAM_PRIV, octets, length);
    return keys_import(&attributes, failure);
}

/* Inside the handshake of a client that presents KeID (8.3.2.1 b to e, 8.8.2.3). */
static EVP_PKEY *fetch(SSL *ssl, const char *key_id, const char *fqdn, void *argument)
{
    static MESSAGE credentials;
    ENTITY *self = argument;
    FAILURE failure = { "" };
    EVP_PKEY *km = NULL;

    (void)ssl;
    entity_note(self, "8.8.2.3", "does not know psk_identity %s, asks %s inside the handshake",
                key_id, fqdn);
    if (fetch_credentials(self, key_id, SUID_MAF_BY_RSPF, entity_value(self, "fqdn"), &credentials,
                          &failure))
        km = import_fetched(key_id, &credentials, &failure);
    message_clear(&credentials);
    if (km == NULL) {
        entity_refuses(self, "8.8.2.3", "%s", failure.text);
        return NULL;
    }
    EVP_PKEY_free(self->fetched);
    self->fetched = EVP_PKEY_up_ref(km) ? km : NULL;
    return km;
}

static int prepare(ENTITY *self, LISTENER *listener, SSL_CTX *context, FAILURE *failure)
{
    const char *const mefs[] = { entity_value(self, "mef-fqdn"), NULL };

    (void)listener;
    return (onem2m_tls_psk_server(context, ONEM2M_USAGE_NAME_MAF) &&
            onem2m_tls_psk_server_fetch(context, mefs, fetch, self)) ||
           failure_set_openssl(failure, "PSK server");
}

static int greet(CONNECTION *connection, const LISTENER *listener, const char *identity,
                 FAILURE *failure)
{
    char credential_id[ONEM2M_CREDENTIAL_ID_MAX + 1];

    (void)listener;
    if (!onem2m_tls_peer_credential_id(connection->ssl, credential_id, sizeof(credential_id)))
        return failure_set_openssl(failure, "Credential-ID");
    entity_note(connection->self, "8.8.2.2", "client %s authenticated (Credential-ID %s)", identity,
                credential_id);
    return 1;
}

static void leave(ENTITY *self)
{
    EVP_PKEY_free(self->fetched);
    self->fetched = NULL;
}

static int release_fetched(const ENTITY *self, unsigned char *octets, size_t *length,
                           FAILURE *failure)
{
    ATTRIBUTES attributes;

    attributes_begin(&attributes);
    attributes_text(&attributes, ONEM2M_PARAM_DERIVATION, ONEM2M_KDF_PSK);
    attributes_text(&attributes, ONEM2M_PARAM_USAGE, ONEM2M_USAGE_NAME_MAF);
    return keys_derive_octets(self->fetched, &attributes, octets, length, failure);
}

/* The fetched Km goes into the store, under a KmID that was never used (10.6). */
static EVP_PKEY *store_km(const ENTITY *self, const char *client, FAILURE *failure)
{
    unsigned char octets[KEYS_OCTETS_MAX];
    char fingerprint[KEYS_FINGERPRINT];
    char lifetime[32];
    char what[2 * EVENT_NAME];
    size_t length = sizeof(octets);
    ATTRIBUTES attributes;
    EVP_PKEY *km = NULL;

    keys_text(self->fetched, ONEM2M_PARAM_NOT_AFTER, lifetime, sizeof(lifetime));
    attributes_begin(&attributes);
    attributes_text(&attributes, ONEM2M_PARAM_KIND, ONEM2M_KIND_NAME_KM);
    attributes_number(&attributes, ONEM2M_PARAM_SUID, SUID_MAF_BY_RSPF);
    attributes_text(&attributes, ONEM2M_PARAM_ENTITY_ID, client);
    attributes_text(&attributes, ONEM2M_PARAM_NOT_AFTER, lifetime);
    attributes_number(&attributes, ONEM2M_PARAM_STORE, 1);
    if (release_fetched(self, octets, &length, failure)) {
        attributes_octets(&attributes, ONEM2M_PARAM_PRIV, octets, length);
        km = keys_import(&attributes, failure);
    }
    if (km != NULL && keys_fingerprint(fingerprint, octets, length, failure)) {
        snprintf(what, sizeof(what), "Km of %s", entity_name_of(self, client));
        entity_holds(self, "10.3.7", what, fingerprint);
    }
    OPENSSL_cleanse(octets, sizeof(octets));
    return km;
}

static int assign_km_id(ENTITY *self, const char *client, char *km_id, FAILURE *failure)
{
    char what[2 * EVENT_NAME];
    EVP_PKEY *km;

    *km_id = '\0';
    if (self->fetched == NULL) /* it authenticated with a KmID, or a certificate */
        return 1;
    km = store_km(self, client, failure);
    if (km == NULL)
        return 0;
    keys_text(km, ONEM2M_PARAM_KEY_ID, km_id, ENTITY_ID_SIZE);
    EVP_PKEY_free(km);
    leave(self);
    entity_note(self, "8.8.2.3", "stores Km and assigns KmID");
    snprintf(what, sizeof(what), "KmID of %s", entity_name_of(self, client));
    entity_holds(self, "8.8.2.3", what, km_id);
    return 1;
}

static int check_fqdn(const ENTITY *self, const MESSAGE *message, FAILURE *failure)
{
    return strcmp(message_text(message, "MAF-FQDN"), entity_value(self, "fqdn")) == 0 ||
           failure_set(failure, "the request is for the MAF %s", message_text(message, "MAF-FQDN"));
}

static int register_client(CONNECTION *connection, const char *client, const REQUEST *request,
                           FAILURE *failure)
{
    static MESSAGE message;
    static MESSAGE answer;
    ENTITY *self = connection->self;
    char km_id[ENTITY_ID_SIZE];
    char registration[24];

    if (!message_decode(&message, &table_client_registration_request, request->content,
                        request->content_length, failure) ||
        !check_fqdn(self, &message, failure) || !assign_km_id(self, client, km_id, failure))
        return 0;
    snprintf(registration, sizeof(registration), "registration-%lu", ++self->registrations);
    message_begin(&answer, &table_client_registration);
    message_put_text(&answer, "mafClientRegID", registration);
    message_put_text(&answer, "expirationTime", message_text(&message, "expirationTime"));
    message_put_text(&answer, "MAF Client ID", client);
    message_put_text(&answer, "adminFQDN", message_text(&message, "adminFQDN"));
    message_put_text(&answer, "assignedSymmKeyID", km_id);
    return dialogue_answer(connection, "8.8.2.3", &answer, failure);
}

static void registration(ATTRIBUTES *attributes, const char *source, const char *credential_id,
                         const MESSAGE *message)
{
    attributes_begin_registration(attributes, source, credential_id);
    attributes_number(attributes, ONEM2M_PARAM_SUID, (unsigned int)message_number(message, "SUID"));
    attributes_text(attributes, ONEM2M_PARAM_TARGET_IDS, message_text(message, "targetIDs"));
    attributes_text(attributes, ONEM2M_PARAM_NOT_AFTER, message_text(message, "expirationTime"));
    attributes_text(attributes, ONEM2M_PARAM_LABELS, message_text(message, "labels"));
    attributes_text(attributes, ONEM2M_PARAM_ADMIN_FQDN, message_text(message, "adminFQDN"));
}

/* The output symmetric key: exported on this connection (10.3.1), held for the targets. */
static EVP_PKEY *establish_key(CONNECTION *connection, const char *source, const MESSAGE *message,
                               FAILURE *failure)
{
    char credential_id[ONEM2M_CREDENTIAL_ID_MAX + 1];
    ATTRIBUTES attributes;
    EVP_PKEY *key = NULL;

    if (message_has(message, "Key Value")) {
        failure_set(failure, "this MAF takes no Key Value: keys are exported");
        return NULL;
    }
    if (onem2m_tls_peer_credential_id(connection->ssl, credential_id, sizeof(credential_id))) {
        registration(&attributes, source, credential_id, message);
        key = onem2m_tls_export_key(connection->ssl, ONEM2M_EXPORT_CONNECTION,
                                    entity_value(connection->self, "fqdn"), attributes.params);
    }
    if (key == NULL)
        failure_set_openssl(failure, "key registration");
    return key;
}

static int answer_registration(CONNECTION *connection, const char *key_id, const char *source,
                               const MESSAGE *message, FAILURE *failure)
{
    static MESSAGE answer;
    char relative[ENTITY_ID_SIZE];

    snprintf(relative, sizeof(relative), "%.*s", (int)strcspn(key_id, "@"), key_id);
    message_begin(&answer, &table_key_registration);
    message_put_text(&answer, "RelativeKeyID", relative);
    message_put_text(&answer, "expirationTime", message_text(message, "expirationTime"));
    message_put_text(&answer, "Source MAF Client ID", source);
    message_put_text(&answer, "labels", message_text(message, "labels"));
    message_put_text(&answer, "adminFQDN", message_text(message, "adminFQDN"));
    message_put_number(&answer, "SUID", message_number(message, "SUID"));
    message_put_text(&answer, "targetIDs", message_text(message, "targetIDs"));
    return dialogue_answer(connection, "8.8.2.7", &answer, failure);
}

static int register_key(CONNECTION *connection, const char *source, const REQUEST *request,
                        FAILURE *failure)
{
    static MESSAGE message;
    char key_id[ENTITY_ID_SIZE];
    EVP_PKEY *key;

    if (!message_decode(&message, &table_key_registration_request, request->content,
                        request->content_length, failure) ||
        !check_fqdn(connection->self, &message, failure))
        return 0;
    key = establish_key(connection, source, &message, failure);
    if (key == NULL)
        return 0;
    keys_text(key, ONEM2M_PARAM_KEY_ID, key_id, sizeof(key_id));
    EVP_PKEY_free(key);
    entity_note(connection->self, "8.8.2.7", "exports the key, holds it for %s alone until %s",
                message_text(&message, "targetIDs"), message_text(&message, "expirationTime"));
    entity_holds(connection->self, "10.3.5", "Key Identifier", key_id);
    return answer_registration(connection, key_id, source, &message, failure);
}

/* What belongs to a key that is given out. */
static int describe_key(const char *key_id, const char *target, MESSAGE *answer, FAILURE *failure)
{
    static const struct {
        const char *parameter;
        const char *attribute;
    } texts[] = {
        { "expirationTime", ONEM2M_PARAM_NOT_AFTER },
        { "Source MAF Client ID", ONEM2M_PARAM_SOURCE_ID },
        { "labels", ONEM2M_PARAM_LABELS },
        { "adminFQDN", ONEM2M_PARAM_ADMIN_FQDN },
    };
    EVP_PKEY *key = keys_load(key_id, "", target, failure);
    char text[ENTITY_ID_SIZE];
    int suid;

    if (key == NULL)
        return 0;
    if (EVP_PKEY_get_int_param(key, ONEM2M_PARAM_SUID, &suid))
        message_put_number(answer, "SUID", (unsigned long)suid);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        keys_text(key, texts[i].attribute, text, sizeof(text));
        message_put_text(answer, texts[i].parameter, text);
    }
    EVP_PKEY_free(key);
    return 1;
}

/* Octets of a registered key for one of its targets, under policy. */
static int release(const ENTITY *self, const char *key_id, const char *target, MESSAGE *answer,
                   FAILURE *failure)
{
    unsigned char octets[KEYS_OCTETS_MAX];
    size_t length = sizeof(octets);
    ATTRIBUTES attributes;

    attributes_begin(&attributes);
    attributes_text(&attributes, ONEM2M_PARAM_KEY_ID, key_id);
    attributes_text(&attributes, ONEM2M_PARAM_REQUESTER, target);
    if (!keys_release(ONEM2M_KDF_RETRIEVE, &attributes, octets, &length, failure))
        return 0;
    message_begin(answer, &table_key_retrieval);
    message_put_octets(answer, "Key Value", octets, length);
    OPENSSL_cleanse(octets, sizeof(octets));
    if (!describe_key(key_id, target, answer, failure))
        return 0;
    entity_note(self, "8.8.2.8", "%s is the target of this key: gives it out", target);
    return 1;
}

static int retrieve_key(CONNECTION *connection, const char *target, const REQUEST *request,
                        FAILURE *failure)
{
    static MESSAGE message;
    static MESSAGE answer;
    const ENTITY *self = connection->self;
    char key_id[ENTITY_ID_SIZE + 1];
    FAILURE why = { "" };
    int answered;

    if (!message_decode(&message, &table_key_retrieval_request, request->content,
                        request->content_length, failure))
        return 0;
    snprintf(key_id, sizeof(key_id), "%s@%s", message_text(&message, "RelativeKeyID"),
             entity_value(self, "fqdn"));
    if (release(self, key_id, target, &answer, &why))
        answered = dialogue_answer(connection, "8.8.2.8", &answer, failure);
    else
        answered = dialogue_refuse(connection, "8.8.2.8", "no such key for this client", why.text,
                                   failure);
    message_clear(&answer);
    return answered;
}

static int answer_request(CONNECTION *connection, const LISTENER *listener, const char *identity,
                          const REQUEST *request, FAILURE *failure)
{
    const URIS *uris = &connection->self->uris;

    (void)listener;
    if (!dialogue_is_from(request, identity, failure))
        return 0;
    if (strcmp(request->to, uris->client_registration) == 0)
        return register_client(connection, identity, request, failure);
    if (strcmp(request->to, uris->key_registration) == 0)
        return register_key(connection, identity, request, failure);
    if (strcmp(request->to, uris->key_retrieval) == 0)
        return retrieve_key(connection, identity, request, failure);
    return failure_set(failure, "nothing is at %s", request->to);
}

/* A usage for which A's Enrolment Key is not registered: the MEF must refuse. */
static int step_fetch_other_suid(ENTITY *self, const char *ke_id, FAILURE *failure)
{
    static MESSAGE answer;

    return fetch_credentials(self, ke_id, SUID_SAEF_BY_RSPF, entity_value(self, "fqdn"), &answer,
                             failure);
}

const ROLE role_maf = { .name = "MAF",
                        .prepare = prepare,
                        .greet = greet,
                        .answer = answer_request,
                        .leave = leave,
                        .steps = (const ROLE_STEP[]){ { "fetch-other-suid", step_fetch_other_suid },
                                                      { NULL, NULL } } };
