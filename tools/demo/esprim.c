/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
/* What both ends do alike after ESCertKE and for a sessionESPrimKey (TS-0003 8.7, 8.4.2, 10.3.8).
 */
#include <stdio.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include "clock.h"
#include "keys.h"
#include "procedures.h"
#include "tables.h"

#define RAND_OCTETS 16     /* ESPrimRandValue has 128 bits */
#define RAND_LIFETIME 3600 /* seconds */
#define HMAC_SHA256 1      /* m2m:esprimKeyGenAlgID of TS-0004 */
#define A256GCM "12" /* of m2m:esprimProtocolAndAlgID: JWE with the 256-bit key used directly */

/*
 * TS-0003 gives pairwiseESPrimKeyID no form: here pairwiseE2EKeyID, at the
 * terminating end's FQDN, so that both ends have one name in their stores.
 */
static void name_esprim_key(ENTITY *self, const EVP_PKEY *pairwise)
{
    char id[ONEM2M_RELATIVE_ID_MAX + 1];

    keys_text(pairwise, ONEM2M_PARAM_KEY_ID, id, sizeof(id));
    entity_holds(self, "10.3.1", "pairwiseE2EKeyID", id);
    snprintf(self->names.esprim_id, sizeof(self->names.esprim_id), "%s@%s", id,
             entity_value(self, "b-fqdn"));
}

static int store_esprim_key(ENTITY *self, EVP_PKEY *pairwise, FAILURE *failure)
{
    ATTRIBUTES attributes;
    EVP_PKEY *esprim;

    name_esprim_key(self, pairwise);
    attributes_begin(&attributes);
    attributes_text(&attributes, ONEM2M_PARAM_KIND, ONEM2M_KIND_NAME_ESPRIM);
    attributes_number(&attributes, ONEM2M_PARAM_SUID, SUID_ESPRIM_PRE_PROVISIONED);
    attributes_text(&attributes, ONEM2M_PARAM_KEY_ID, self->names.esprim_id);
    attributes_number(&attributes, ONEM2M_PARAM_STORE, 1);
    esprim = keys_derive(pairwise, &attributes, failure);
    EVP_PKEY_free(esprim);
    if (esprim == NULL)
        return 0;
    entity_note(self, "8.4.2", "takes it as pairwiseESPrimKey, SUID 13");
    return 1;
}

int store_pairwise_key(ENTITY *self, ONEM2M_ESCERTKE *exchange, FAILURE *failure)
{
    ATTRIBUTES attributes;
    EVP_PKEY *pairwise;
    int stored;

    attributes_begin(&attributes);
    attributes_number(&attributes, ONEM2M_PARAM_STORE, 1);
    pairwise = onem2m_escertke_key(exchange, attributes.params);
    if (pairwise == NULL)
        return failure_set_openssl(failure, "pairwiseE2EKey");
    entity_note(self, "8.7.2.2", "ESCertKE complete: exports pairwiseE2EKey, stores it");
    stored = store_esprim_key(self, pairwise, failure);
    EVP_PKEY_free(pairwise);
    return stored;
}

int make_rand_object(MESSAGE *object, const TABLE *table, FAILURE *failure)
{
    unsigned char value[RAND_OCTETS];
    char expiry[ONEM2M_TIMESTAMP_SIZE];
    char id[24];

    if (RAND_bytes(value, sizeof(value)) != 1)
        return failure_set_openssl(failure, "random octets");
    snprintf(id, sizeof(id), "unique-%02X%02X%02X%02X", value[0], value[1], value[2], value[3]);
    clock_timestamp(expiry, RAND_LIFETIME);
    message_begin(object, table);
    message_put_text(object, "esprimRandID", id);
    message_put_octets(object, "esprimRandValue", value, sizeof(value));
    message_put_text(object, "esprimRandExpiry", expiry);
    if (table == &table_originator_rand)
        message_put_number(object, "esprimKeyGenAlgID", HMAC_SHA256);
    else
        message_put_text(object, "esprimKeyGenAlgIDs", "1");
    message_put_text(object, "esprimProtocolAndAlgIDs", A256GCM);
    return 1;
}

/* Rand objects enter the derivation as they are on the wire: deterministic CBOR. */
typedef struct {
    unsigned char receiver[MESSAGE_MAX];
    size_t receiver_length;
    unsigned char originator[MESSAGE_MAX];
    size_t originator_length;
} RANDS;

static int encode_rands(RANDS *rands, const MESSAGE *receiver_rand, const MESSAGE *originator_rand,
                        FAILURE *failure)
{
    rands->receiver_length = sizeof(rands->receiver);
    rands->originator_length = sizeof(rands->originator);
    return message_encode(receiver_rand, rands->receiver, &rands->receiver_length, failure) &&
           message_encode(originator_rand, rands->originator, &rands->originator_length, failure);
}

static void derivation(ATTRIBUTES *attributes, const RANDS *rands)
{
    attributes_begin(attributes);
    attributes_text(attributes, ONEM2M_PARAM_DERIVATION, ONEM2M_KDF_SESSION_ESPRIM_KEY);
    attributes_octets(attributes, ONEM2M_PARAM_RECEIVER_RAND, rands->receiver,
                      rands->receiver_length);
    attributes_octets(attributes, ONEM2M_PARAM_ORIGINATOR_RAND, rands->originator,
                      rands->originator_length);
}

static int report_fingerprint(ENTITY *self, EVP_PKEY *esprim, const RANDS *rands, FAILURE *failure)
{
    char fingerprint[KEYS_FINGERPRINT];
    unsigned char octets[KEYS_OCTETS_MAX];
    size_t length = sizeof(octets);
    ATTRIBUTES attributes;
    int done;

    derivation(&attributes, rands);
    done = keys_derive_octets(esprim, &attributes, octets, &length, failure) &&
           keys_fingerprint(fingerprint, octets, length, failure);
    OPENSSL_cleanse(octets, sizeof(octets));
    if (done)
        entity_holds(self, "10.3.8.2", "sessionESPrimKey", fingerprint);
    return done;
}

int derive_session_key(ENTITY *self, const MESSAGE *receiver_rand, const MESSAGE *originator_rand,
                       FAILURE *failure)
{
    static RANDS rands;
    EVP_PKEY *esprim = keys_load(self->names.esprim_id, ONEM2M_KIND_NAME_ESPRIM, "", failure);
    EVP_PKEY *session = NULL;
    ATTRIBUTES attributes;
    int done = 0;

    if (esprim != NULL && encode_rands(&rands, receiver_rand, originator_rand, failure)) {
        derivation(&attributes, &rands);
        attributes_number(&attributes, ONEM2M_PARAM_STORE, 1);
        session = keys_derive(esprim, &attributes, failure);
        done = session != NULL;
    }
    if (done) {
        entity_note(self, "10.3.8.2", "derives sessionESPrimKey of it and both rand objects");
        done = report_fingerprint(self, esprim, &rands, failure);
    }
    EVP_PKEY_free(session);
    EVP_PKEY_free(esprim);
    return done;
}
