/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_DEMO_PROCEDURES_H
#define ONEM2M_DEMO_PROCEDURES_H

#include <openssl/evp.h>
#include "dialogue.h"

/* The client's side of the procedures. Each returns 1, or 0 with the failure set. */

/* Resources of the MEF and of B; the specification leaves their names open, but for one. */
#define URI_ENROLMENT_EXCHANGE "/enrolmentExchange"
#define URI_FETCH_CREDENTIALS "/fetchCredentials/" /* 8.3.2.1: then <KeID>/<SUID> */
#define URI_PRIMITIVE "/cse-b"
#define URI_ESCERTKE "/cse-b/e2eKey"
#define URI_RECEIVER_RAND "/cse-b/receiverESPrimRandObject"
#define URI_ORIGINATOR_RAND "/cse-b/originatorESPrimRandObject"

#define SUID_MAF_BY_RSPF 21 /* TS-0004 6.3.4.2.39 */
#define SUID_SAEF_BY_RSPF 22
#define SUID_SAEF_BY_MAF 32
#define SUID_ESPRIM_PRE_PROVISIONED 13

typedef enum { ENROL_BY_PSK, ENROL_BY_CERTIFICATE } ENROL_BY;

/* 8.3.2.1, 8.3.2.2: handshake, Ke and KeID, Enrolment Exchange; sets names.ke_id. */
int enrol(ENTITY *self, ENROL_BY how, FAILURE *failure);

/* 8.3.2.1 e: asks the MEF, in the name of from; answer: of table 8.3.2.1-5. */
int fetch_credentials(ENTITY *self, const char *ke_id, unsigned int suid, const char *from,
                      MESSAGE *answer, FAILURE *failure);

/* 8.8.2.3: knocks with KeID; sets names.km_id. */
int maf_register_client(ENTITY *self, FAILURE *failure);

/* 8.8.2.7: a Kc for entity B, for so many seconds. key_id: ENTITY_ID_SIZE; end: 32 octets. */
int maf_register_key(ENTITY *self, long seconds, char *key_id, char *end, FAILURE *failure);

/* 8.8.2.8: by Km; answer: of table 8.8.2.8-2. */
int maf_retrieve_key(ENTITY *self, const char *relative_key_id, MESSAGE *answer, FAILURE *failure);
/* The same by certificate. */
int maf_retrieve_key_by_certificate(ENTITY *self, const char *relative_key_id, MESSAGE *answer,
                                    FAILURE *failure);

/* 8.2.2.3: a connection to entity B with the Kc of that name. */
int saef_open(CONNECTION *connection, ENTITY *self, const char *key_id, int dtls, FAILURE *failure);
/* Opens one, says something in the name of from, and closes it. */
int saef_greet(ENTITY *self, const char *key_id, int dtls, const char *from, FAILURE *failure);

/* 8.7: over an SAEF connection; sets names.esprim_id to the pairwiseESPrimKey of it. */
int establish_pairwise_key(ENTITY *self, FAILURE *failure);
/* 8.4.2 B: sessionESPrimKey, with entity B as Receiver. */
int establish_session_key(ENTITY *self, FAILURE *failure);

/*
 * What both ends of 8.7 and 8.4.2 do alike: stores the pairwiseE2EKey of a finished
 * exchange, and takes it as pairwiseESPrimKey; derives, stores and reports a
 * sessionESPrimKey.
 */
int store_pairwise_key(ENTITY *self, ONEM2M_ESCERTKE *exchange, FAILURE *failure);
int derive_session_key(ENTITY *self, const MESSAGE *receiver_rand, const MESSAGE *originator_rand,
                       FAILURE *failure);
/* A rand object of that table, with fresh random octets. */
int make_rand_object(MESSAGE *object, const TABLE *table, FAILURE *failure);

/* Says which handshake was completed. */
void note_handshake(const CONNECTION *connection, const char *clause, const char *identity);

#endif
