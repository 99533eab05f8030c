/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_KEY_H
#define ONEM2M_KEYSTORE_KEY_H

#include "material.h"
#include "secret.h"
#include "text.h"
#include "timestamp.h"

/* The numbers of these enumerations are written into records: never change one. */
typedef enum {
    ONEM2M_KIND_KPM = 1,
    ONEM2M_KIND_KE = 2,
    ONEM2M_KIND_KM = 3,
    ONEM2M_KIND_KPSA = 4,
    ONEM2M_KIND_KC = 5,
    ONEM2M_KIND_ESPRIM = 6,
    ONEM2M_KIND_ESPRIM_SESSION = 7,
    ONEM2M_KIND_ESDATA = 8,
    ONEM2M_KIND_E2E_MASTER = 9,
    ONEM2M_KIND_E2E = 10,
    ONEM2M_KIND_PAIRWISE_E2E = 11,
    ONEM2M_KIND_HALF = 12
} ONEM2M_KIND;
#define ONEM2M_KIND_MAX ONEM2M_KIND_HALF

typedef enum {
    ONEM2M_STATE_ACTIVE = 1,
    ONEM2M_STATE_SUSPENDED = 2,
    ONEM2M_STATE_REVOKED = 3,
    ONEM2M_STATE_DESTROYED = 4 /* a tombstone: no octets, the name stays taken */
} ONEM2M_STATE;

/*
 * What an `e2e` key was expanded for (TS-0003 table 10.3.6.2-1); 0 for other
 * kinds. The numbers are also those of ONEM2M-E2E-KEY's operand "purpose",
 * where 0 is "master".
 */
typedef enum {
    ONEM2M_PURPOSE_NONE = 0,
    ONEM2M_PURPOSE_MESSAGE_AUTHENTICATION_KEY = 1,
    ONEM2M_PURPOSE_MESSAGE_CONFIDENTIALITY_KEY = 2,
    ONEM2M_PURPOSE_ATTRIBUTE_AUTHENTICITY_KEY = 3,
    ONEM2M_PURPOSE_ATTRIBUTE_CONFIDENTIALITY_KEY = 4
} ONEM2M_PURPOSE;

/* Attributes that are text. Lists are separated by one space each. */
typedef enum {
    ONEM2M_TEXT_KEY_ID,
    ONEM2M_TEXT_PARENT_KEY_ID,
    ONEM2M_TEXT_SOURCE_ID,
    ONEM2M_TEXT_SOURCE_CREDENTIAL_ID,
    ONEM2M_TEXT_TARGET_IDS,
    ONEM2M_TEXT_LABELS,
    ONEM2M_TEXT_ADMIN_FQDN,
    ONEM2M_TEXT_ENTITY_ID,
    ONEM2M_TEXT_REGISTRAR_URI,
    ONEM2M_TEXT_COUNT
} ONEM2M_TEXT;

/* Octets that a key has at the least and at the most, whatever its kind. */
#define ONEM2M_KEY_OCTETS_MIN 8
#define ONEM2M_KEY_OCTETS_MAX 512
/* A text attribute's longest: a list of targets. */
#define ONEM2M_ATTRIBUTE_MAX 16384

/*
 * A key with its attributes, as it stands in a record or as a caller wants it
 * stored. The slices belong to somebody else: a record in the store's memory,
 * an ONEM2M_KEY, the caller. A text that is absent has length 0.
 */
typedef struct {
    ONEM2M_KIND kind;
    ONEM2M_KIND parent_kind; /* 0 without a parent */
    unsigned int suid;       /* 0: none */
    ONEM2M_PURPOSE purpose;
    ONEM2M_STATE state;
    int registration;
    int extractable;
    int derive_octets;
    unsigned int allowed_suids; /* bit n for SUID 21 + n */
    ONEM2M_TIME created;
    ONEM2M_TIME not_after; /* 0: no end */
    ONEM2M_CUSTODY custody;
    ONEM2M_BIRTH birth; /* 0 of a key in software */
    int exposed; /* of one in a token: its octets, or those that it was derived of, were outside */
    ONEM2M_SLICE text[ONEM2M_TEXT_COUNT];
} ONEM2M_ATTRIBUTES;

/* "kpm", "ke" ... ; NULL for no kind. Static. And back; 0 and *error when there is no such kind. */
const char *onem2m_kind_name(ONEM2M_KIND kind);
int onem2m_kind_parse(ONEM2M_KIND *kind, const char *text, size_t length, ONEM2M_ERROR *error);

/* "active", "suspended", "revoked", "destroyed"; NULL for no state. Static. And back. */
const char *onem2m_state_name(ONEM2M_STATE state);
int onem2m_state_parse(ONEM2M_STATE *state, const char *text, size_t length, ONEM2M_ERROR *error);

/* "message-authentication" ... ; NULL for none. Static. */
const char *onem2m_purpose_name(ONEM2M_PURPOSE purpose);

/* "key-id", "parent-key-id" ... : the attribute's OSSL_PARAM. Static. */
const char *onem2m_text_name(ONEM2M_TEXT text);

/*
 * Parses a key's name: onem2m_id_parse, and for a `pairwise-e2e` also the bare
 * 32 hexadecimal digits that ESCertKE gives it (TS-0003 10.3.1; id->fqdn is
 * then empty).
 */
int onem2m_key_id_parse(ONEM2M_ID *id, ONEM2M_KIND kind, const char *text, size_t length,
                        unsigned int flags, ONEM2M_ERROR *error);

/* "21 24" and back: the attribute allowed-suids. out: room for all five and a NUL. */
#define ONEM2M_ALLOWED_SUIDS_SIZE 15
#define ONEM2M_ALLOWED_SUID_FIRST 21
#define ONEM2M_ALLOWED_SUIDS_ALL 0x1FU
int onem2m_allowed_suids_parse(unsigned int *allowed_suids, const char *text, size_t length,
                               ONEM2M_ERROR *error);
void onem2m_allowed_suids_print(char out[ONEM2M_ALLOWED_SUIDS_SIZE], unsigned int allowed_suids);

/*
 * The usage of a key: of its SUID, or of its purpose for an `e2e` key (8.6.1.1:
 * messages are ESPrim's, attributes ESData's); 0 for none (Ke, masters).
 */
ONEM2M_USAGE onem2m_attributes_usage(const ONEM2M_ATTRIBUTES *attributes);

/* Whether not-after has passed: it is the first second at which the key is expired. */
int onem2m_attributes_expired(const ONEM2M_ATTRIBUTES *attributes, ONEM2M_TIME now);

/*
 * Whether these attributes may be stored for a key of key_length octets:
 * what onem2m_policy_admits says, sizes, and of every text its form. There has
 * to be a key-id; identifiers have to be in their canonical form already, as
 * onem2m_key_make leaves them. It says nothing of other keys (names in use,
 * parents).
 */
int onem2m_attributes_check(const ONEM2M_ATTRIBUTES *attributes, size_t key_length,
                            ONEM2M_ERROR *error);

/* Of that, what does not depend on the form of texts: before octets are made. */
int onem2m_attributes_check_rules(const ONEM2M_ATTRIBUTES *attributes, size_t key_length,
                                  ONEM2M_ERROR *error);

/* Attributes and material that own their memory. A zeroed structure is no key. */
typedef struct {
    ONEM2M_ATTRIBUTES attributes;
    ONEM2M_SECRET secret;       /* of a key in software */
    ONEM2M_TOKEN *token;        /* of one in a token, borrowed of its store; NULL: in software */
    ONEM2M_TOKEN_KEY token_key; /* likewise */
    char *storage;              /* what the texts point to */
} ONEM2M_KEY;

static inline ONEM2M_MATERIAL onem2m_key_material(const ONEM2M_KEY *key)
{
    return (ONEM2M_MATERIAL){ .octets = { key->secret.octets, key->secret.length },
                              .token = key->token,
                              .key = &key->token_key };
}

/*
 * Sets custody, birth and exposed as the material says. What was exposed stays so: that
 * of a key which was derived is its parent's before.
 */
void onem2m_attributes_place(ONEM2M_ATTRIBUTES *attributes, const ONEM2M_MATERIAL *material);

/*
 * TS-0003 table 6.3.1-1 (docs/hsm.md): 1, or what the token is said to have of
 * a key that never left it.
 */
#define ONEM2M_PROTECTION_SOFTWARE 1
int onem2m_attributes_protection(const ONEM2M_ATTRIBUTES *attributes, int token);

/*
 * Makes a key of what a caller gives: takes identifiers to their canonical
 * form, then checks as onem2m_attributes_check does, except that a key object
 * which nobody has stored need not have a key-id. *key: zeroed; untouched on
 * failure. material: copied.
 */
int onem2m_key_make(ONEM2M_KEY *key, const ONEM2M_ATTRIBUTES *attributes,
                    const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error);

/* Copies attributes and material as they are; NULL: a key without any. Returns 0 when memory is
 * out, *key (zeroed) untouched. */
int onem2m_key_copy(ONEM2M_KEY *key, const ONEM2M_ATTRIBUTES *attributes,
                    const ONEM2M_MATERIAL *material);
void onem2m_key_clear(ONEM2M_KEY *key);

/*
 * Walks a list attribute: *position starts at 0; returns 1 and the next item,
 * or 0 at the end. A space too many gives an empty item.
 */
int onem2m_list_next(ONEM2M_SLICE list, size_t *position, ONEM2M_SLICE *item);

/* Takes an item of target-ids apart: the identifier and, of length 0 where it has none, the FQDN.
 */
void onem2m_target_split(ONEM2M_SLICE item, ONEM2M_SLICE *identifier, ONEM2M_SLICE *fqdn);

#endif
