/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_POLICY_INTERNAL_H
#define ONEM2M_KEYSTORE_POLICY_INTERNAL_H

#include "policy.h"

/* What the files policy*.c share: the tables of docs/policy.md, and what reads them. */

#define ONEM2M_SUID_CLAUSE "TS-0004 6.3.4.2.39"
#define ONEM2M_SUID_MAX 63
#define ONEM2M_USAGE_MAX ONEM2M_USAGE_ESDATA_SIGN
#define ONEM2M_PURPOSE_MAX ONEM2M_PURPOSE_ATTRIBUTE_CONFIDENTIALITY_KEY

/* Sets of SUIDs, of uses and of states are bits. */
#define ONEM2M_SUID_BIT(number) (UINT64_C(1) << (number))
#define ONEM2M_PARENTS_SUID ONEM2M_SUID_BIT(0) /* the child has its parent's SUID */

typedef enum { ONEM2M_NO_TARGETS, ONEM2M_ONE_TARGET, ONEM2M_TARGETS } ONEM2M_TARGET_COUNT;

typedef struct {
    uint64_t suids;              /* of which such a key has one; 0: it has none */
    unsigned int uses;           /* those that the kind decides */
    ONEM2M_TARGET_COUNT targets; /* of a registration; ONEM2M_NO_TARGETS: cannot be one */
} ONEM2M_KIND_RULE;

typedef enum {
    ONEM2M_MAKES_OWN = 0,
    ONEM2M_MAKES_BY_TARGET = 1, /* one of a registration's targets may ask for it too */
    ONEM2M_MAKES_ITSELF = 2     /* the child's octets are octets of the parent */
} ONEM2M_MAKES_FLAGS;

typedef struct {
    ONEM2M_KIND parent, child;
    const ONEM2M_DERIVATION *derivation;
    uint64_t suids; /* of the child; 0: it has none */
    const char *clause;
    ONEM2M_MAKES_FLAGS flags;
} ONEM2M_MAKES;

typedef enum {
    ONEM2M_EXPIRED_NEVER,
    ONEM2M_EXPIRED_OWN_ONLY,
    ONEM2M_EXPIRED_ALWAYS
} ONEM2M_WHEN_EXPIRED;
typedef enum { ONEM2M_WHO_NOBODY, ONEM2M_WHO_TARGET, ONEM2M_WHO_SOURCE } ONEM2M_WHO;

typedef struct {
    const char *what;
    unsigned int states;
    ONEM2M_WHEN_EXPIRED expired;
    int own;               /* whether an own key serves it */
    ONEM2M_WHO registered; /* who may ask it of a registration */
} ONEM2M_USE_RULE;

#define ONEM2M_MAKES_COUNT 17
extern const ONEM2M_KIND_RULE onem2m_kind_rules[ONEM2M_KIND_MAX + 1];
extern const ONEM2M_MAKES onem2m_makes[ONEM2M_MAKES_COUNT];
extern const ONEM2M_USE_RULE onem2m_use_rules[ONEM2M_USE_KIND_MAX + 1];
/* Of MAC and ENCRYPT, what a usage is for, and what an `e2e` key's purpose. */
extern const unsigned int onem2m_usage_uses[ONEM2M_USAGE_MAX + 1];
extern const unsigned int onem2m_purpose_uses[ONEM2M_PURPOSE_MAX + 1];

int onem2m_has_suid(uint64_t suids, unsigned int suid);
/* "11, 21". Returns listed. */
#define ONEM2M_LISTED_MAX 48
const char *onem2m_list_suids(char listed[ONEM2M_LISTED_MAX], uint64_t suids);

/* Of two texts that are there. */
int onem2m_is_equal(ONEM2M_SLICE a, ONEM2M_SLICE b);

/* Kind, SUID and purpose that go together. */
int onem2m_policy_check_kind(const ONEM2M_ATTRIBUTES *key, ONEM2M_ERROR *error);

int onem2m_policy_check_state(const ONEM2M_ATTRIBUTES *key, const ONEM2M_USE_RULE *rule,
                              ONEM2M_ERROR *error);

/* The row that says what a derivation makes; the first, where kind and SUID leave a choice. */
int onem2m_policy_find_row(const ONEM2M_MAKES **row, const ONEM2M_ATTRIBUTES *parent,
                           const ONEM2M_USE *use, ONEM2M_ERROR *error);

/* Whether an end is later than the parent's. The later of two is that of a key without one. */
int onem2m_policy_is_later(ONEM2M_TIME not_after, ONEM2M_TIME parents);
int onem2m_policy_refuse_later(ONEM2M_TIME parents, ONEM2M_ERROR *error);

#endif
