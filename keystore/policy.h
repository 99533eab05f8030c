/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_POLICY_H
#define ONEM2M_KEYSTORE_POLICY_H

#include "derivation.h"
#include "key.h"

/*
 * The one door: may this key, now, serve this use for this requester? Every
 * operation asks here and nowhere else is it decided. docs/policy.md has the
 * tables, the order in which rules refuse, and each rule's clause.
 *
 * Nothing here allocates or parses an identifier: what is compared has to be
 * in canonical form (onem2m_id_parse_entity).
 */
typedef enum {
    ONEM2M_USE_PSK = 1,           /* an own key's octets to a TLS stack (ONEM2M-PSK) */
    ONEM2M_USE_RETRIEVE = 2,      /* a registered key's octets to a target (ONEM2M-RETRIEVE) */
    ONEM2M_USE_DERIVE = 3,        /* to make a derived key object of it */
    ONEM2M_USE_DERIVE_OCTETS = 4, /* to derive octets of it */
    ONEM2M_USE_MAC = 5,           /* to compute or verify a MIC with it */
    ONEM2M_USE_ENCRYPT = 6,       /* to encrypt or decrypt with it, or wrap keys */
    ONEM2M_USE_EXPORT = 7,        /* its own octets to the caller */
    ONEM2M_USE_UPDATE = 8,        /* to change it, as onem2m_policy_change allows */
    ONEM2M_USE_DESTROY = 9        /* to wipe it, leaving a tombstone */
} ONEM2M_USE_KIND;
#define ONEM2M_USE_KIND_MAX ONEM2M_USE_DESTROY

typedef struct {
    ONEM2M_USE_KIND kind;
    ONEM2M_USAGE usage; /* PSK: mef, maf or saef */
    /* DERIVE*: NULL takes the parent's octets as they are, which only a `pairwise-e2e` allows. */
    const ONEM2M_DERIVATION *derivation;
    ONEM2M_PURPOSE purpose; /* DERIVE* by ONEM2M-E2E-KEY; 0: master */
    unsigned int suid;      /* DERIVE*: of the child, 0: not said; RETRIEVE: of the key, likewise */
    ONEM2M_KIND child_kind; /* DERIVE*: 0: not said */
    ONEM2M_SLICE requester; /* the authenticated identity, canonical; length 0: none */
    ONEM2M_SLICE target;    /* DERIVE*: target-id of ONEM2M-USAGE-KEY, canonical */
    ONEM2M_TIME now;
} ONEM2M_USE;

/* Returns 1, or 0 with *error naming the rule and the clause. */
int onem2m_policy_allows(const ONEM2M_ATTRIBUTES *key, const ONEM2M_USE *use, ONEM2M_ERROR *error);

/*
 * Whether there may be such a key at all: kind, SUID and purpose that go
 * together, and what a registration has to have (8.3.5.2.7, 8.8.2.7).
 */
int onem2m_policy_admits(const ONEM2M_ATTRIBUTES *key, ONEM2M_ERROR *error);

/*
 * What a child has from its parent. Asks onem2m_policy_allows whether use (of
 * kind DERIVE) may be made of the parent, then completes child, which holds the
 * caller's wishes:
 *   kind, suid       0: chosen by the derivation, if it leaves no choice
 *   purpose          set from use
 *   not_after        0: the parent's; later than the parent's is refused (10.7)
 *   extractable      1 is refused of a parent that is not, or is a registration
 *   derive_octets    at most the parent's
 *   parent_kind, parent-key-id, which points to the parent's   set
 * use->suid, child_kind and the child's may not contradict each other. *child
 * is untouched on failure.
 */
int onem2m_policy_child(ONEM2M_ATTRIBUTES *child, const ONEM2M_ATTRIBUTES *parent,
                        const ONEM2M_USE *use, ONEM2M_ERROR *error);

/*
 * Whether a key, which onem2m_policy_allows to be updated, may become wished:
 * nothing but not-after, labels, target-ids and state differs, the state is not
 * `destroyed` (that is DESTROY), extractable and derive-octets were at most
 * turned off, and not-after is no later than the parent's. parent: NULL when it
 * is not in this store or the key has none. Whether wished is a key at all,
 * onem2m_attributes_check says.
 */
int onem2m_policy_change(const ONEM2M_ATTRIBUTES *key, const ONEM2M_ATTRIBUTES *wished,
                         const ONEM2M_ATTRIBUTES *parent, ONEM2M_ERROR *error);

/*
 * Whether the key was derived from a parent, which then limits it: 1 or 0. A
 * parent that authenticated the handshake from which a key was exported is its
 * origin only.
 */
int onem2m_policy_is_derived(const ONEM2M_ATTRIBUTES *key);

/*
 * Whether a parent's state lets a key be stored that was derived of it; what
 * onem2m_policy_child asks when it is derived, and a store of what is brought
 * to it.
 */
int onem2m_policy_parent(const ONEM2M_ATTRIBUTES *parent, ONEM2M_ERROR *error);

/*
 * Whether a key may be stored besides one that was derived of the same parent.
 * Of a `pairwise-e2e`, whose octets its children have, all have one SUID.
 */
int onem2m_policy_sibling(const ONEM2M_ATTRIBUTES *key, const ONEM2M_ATTRIBUTES *sibling,
                          ONEM2M_ERROR *error);

/*
 * After a parent was changed: shortens the child's not-after where it is now
 * later (10.7), and turns extractable and derive-octets off where the parent
 * has not as much. Returns 1 when it had to, and so the child's own children
 * have to be looked at; 0 when not.
 */
int onem2m_policy_limit(ONEM2M_ATTRIBUTES *child, const ONEM2M_ATTRIBUTES *parent);

/*
 * The kinds that could serve this use at all, as bits 1 << kind: among which a
 * store looks when only a name is given.
 */
unsigned int onem2m_policy_kinds(const ONEM2M_USE *use);

/* The use that a derivation to octets makes of its key, without requester and time. */
void onem2m_use_of_derivation(ONEM2M_USE *use, const ONEM2M_DERIVATION_INPUT *input);

#endif
