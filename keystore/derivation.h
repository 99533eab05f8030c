/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_DERIVATION_H
#define ONEM2M_KEYSTORE_DERIVATION_H

#include <openssl/evp.h>
#include "material.h"

/*
 * The derivations of TS-0003 as data: what each takes, which rules its
 * operands keep, how its message is built. They know nothing of OSSL_PARAM.
 */

typedef enum {
    ONEM2M_OPERAND_FQDN,     /* canonical octets of an FQDN */
    ONEM2M_OPERAND_ENTITY,   /* canonical octets of a CSE-ID, AE-ID or FQDN */
    ONEM2M_OPERAND_TEXT,     /* NFKC, min to max octets */
    ONEM2M_OPERAND_OCTETS,   /* min to max octets */
    ONEM2M_OPERAND_SUID,     /* number: 21 to 25 */
    ONEM2M_OPERAND_ANY_SUID, /* number: any that is assigned */
    ONEM2M_OPERAND_CHOICE    /* number: index into words */
} ONEM2M_OPERAND_TYPE;

typedef struct {
    const char *name;
    const char *clause;
    ONEM2M_OPERAND_TYPE type;
    int optional;             /* a choice that is not set is words[0], octets are empty */
    size_t min, max;          /* octets, for TEXT and OCTETS */
    const char *const *words; /* for CHOICE, ended by NULL */
} ONEM2M_OPERAND_RULE;

typedef struct {
    int is_set;
    unsigned int number;
    ONEM2M_SLICE octets;
} ONEM2M_OPERAND;

#define ONEM2M_OPERANDS_MAX 5

/* Room for the canonical form of a text operand; octets of no meaning otherwise. */
#define ONEM2M_OPERAND_TEXT_MAX ONEM2M_ID_MAX

typedef struct onem2m_derivation_st ONEM2M_DERIVATION;
extern const ONEM2M_DERIVATION onem2m_derivation_km;
extern const ONEM2M_DERIVATION onem2m_derivation_kpsa;
extern const ONEM2M_DERIVATION onem2m_derivation_usage_key;
extern const ONEM2M_DERIVATION onem2m_derivation_e2e_key;
extern const ONEM2M_DERIVATION onem2m_derivation_session_esprim_key;
extern const ONEM2M_DERIVATION onem2m_derivation_split_key;
extern const ONEM2M_DERIVATION onem2m_derivation_gba_naf_key;
/* No derivations, but what releases a stored key's own octets: only to a key by name. */
extern const ONEM2M_DERIVATION onem2m_derivation_psk;
extern const ONEM2M_DERIVATION onem2m_derivation_retrieve;

/* Everything one derivation works on. What the slices point to belongs to somebody else. */
typedef struct {
    const ONEM2M_DERIVATION *derivation;
    ONEM2M_MATERIAL key;  /* none set: see onem2m_material_is_set */
    int key_is_prepared;  /* hmac of onem2m_derive holds it already, see onem2m_hmac_prepare */
    int key_is_master;    /* ONEM2M-E2E-KEY of a key that was extracted already: expand only */
    const EVP_MD *digest; /* NULL for a derivation that hashes nothing */
    ONEM2M_OPERAND operands[ONEM2M_OPERANDS_MAX];
} ONEM2M_DERIVATION_INPUT;

/* The name of the EVP_KDF, such as "ONEM2M-KM". */
const char *onem2m_derivation_name(const ONEM2M_DERIVATION *derivation);

/* Each of the derivations above in turn, without what only releases a key; NULL after the last. */
const ONEM2M_DERIVATION *onem2m_derivation_at(size_t index);

/*
 * Finds a derivation of length octets of text, without regard to case as
 * OpenSSL finds an EVP_KDF. ONEM2M-RETRIEVE, which only releases a stored key, is none.
 */
int onem2m_derivation_parse(const ONEM2M_DERIVATION **derivation, const char *text, size_t length,
                            ONEM2M_ERROR *error);

/* How many operands there are, and the rule of one (index below that). */
size_t onem2m_derivation_operand_count(const ONEM2M_DERIVATION *derivation);
const ONEM2M_OPERAND_RULE *onem2m_derivation_operand(const ONEM2M_DERIVATION *derivation,
                                                     size_t index);

/* Whether the key has to be one of the store: its octets are what comes out. */
int onem2m_derivation_is_release(const ONEM2M_DERIVATION *derivation);

/* The digest's name, NULL for a derivation that hashes nothing; whether a caller may choose
 * another. */
const char *onem2m_derivation_digest(const ONEM2M_DERIVATION *derivation);
int onem2m_derivation_takes_digest(const ONEM2M_DERIVATION *derivation);

/* Whether a chosen digest serves: no extendable output, at least 32 octets. */
int onem2m_digest_check(const EVP_MD *digest, ONEM2M_ERROR *error);

/* Whether length octets may be the input key. */
int onem2m_derivation_check_key(const ONEM2M_DERIVATION *derivation, size_t length,
                                ONEM2M_ERROR *error);

/*
 * Checks a value against its rule and makes it an operand. For CHOICE and the
 * text types: length octets of text; the operand points to text itself, or to
 * buffer (ONEM2M_OPERAND_TEXT_MAX octets) when its canonical form differs.
 */
int onem2m_operand_from_text(ONEM2M_OPERAND *operand, const ONEM2M_OPERAND_RULE *rule,
                             const char *text, size_t length, char *buffer, ONEM2M_ERROR *error);
int onem2m_operand_from_octets(ONEM2M_OPERAND *operand, const ONEM2M_OPERAND_RULE *rule,
                               const unsigned char *octets, size_t length, ONEM2M_ERROR *error);
int onem2m_operand_from_number(ONEM2M_OPERAND *operand, const ONEM2M_OPERAND_RULE *rule,
                               unsigned int number, ONEM2M_ERROR *error);

/* Octets of output; fails as long as they depend on a key that is not set. */
int onem2m_derivation_size(const ONEM2M_DERIVATION_INPUT *input, size_t *size, ONEM2M_ERROR *error);

/* Whether every operand that the derivation needs is there. */
int onem2m_derivation_check_operands(const ONEM2M_DERIVATION_INPUT *input, ONEM2M_ERROR *error);

/* What policy wants to know of the operands; 0 or empty where the derivation has no such. */
typedef struct {
    ONEM2M_USAGE usage;
    unsigned int suid;
    unsigned int purpose; /* index into the values of purpose: 0 is master */
    ONEM2M_SLICE target;
} ONEM2M_DERIVATION_SCOPE;

void onem2m_derivation_scope(const ONEM2M_DERIVATION_INPUT *input, ONEM2M_DERIVATION_SCOPE *scope);

/* Whether the key and every operand that the derivation needs are there. */
int onem2m_derivation_check_complete(const ONEM2M_DERIVATION_INPUT *input, ONEM2M_ERROR *error);

/* Whether the output is one MAC under the input key, which is worth preparing. */
int onem2m_derivation_is_mac(const ONEM2M_DERIVATION *derivation);

/*
 * Derives into out, as many octets as onem2m_derivation_size says, from a
 * complete input. hmac: reused from call to call by its owner. out is
 * untouched on failure.
 */
int onem2m_derive(const ONEM2M_DERIVATION_INPUT *input, ONEM2M_HMAC *hmac, unsigned char *out,
                  ONEM2M_ERROR *error);

/* The same of a key in a token, for what is derived as another key there: WRAPPED. No release. */
int onem2m_derive_token_key(const ONEM2M_DERIVATION_INPUT *input, int extractable,
                            ONEM2M_TOKEN_KEY *child, ONEM2M_ERROR *error);

#endif
