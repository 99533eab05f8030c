/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>
#include <onem2m/params.h>
#include "policy.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SUID_CLAUSE "TS-0004 6.3.4.2.39"
#define SUID_MAX 63
#define LISTED_MAX 48

/* Members of sets. */
#define SUID(number) (UINT64_C(1) << (number))
#define USE(use) (1U << ONEM2M_USE_##use)
#define STATE(state) (1U << ONEM2M_STATE_##state)

/* ---- The tables of docs/policy.md, in its order ---- */

typedef enum { NO_TARGETS, ONE_TARGET, TARGETS } TARGET_COUNT;

typedef struct {
    uint64_t suids;       /* of which such a key has one; 0: it has none */
    unsigned int uses;    /* those that the kind decides */
    TARGET_COUNT targets; /* of a registration; NO_TARGETS: cannot be one */
} KIND_RULE;

static const KIND_RULE kinds[ONEM2M_KIND_MAX + 1] = {
    [ONEM2M_KIND_KPM] = { SUID(10), USE(PSK), NO_TARGETS },
    [ONEM2M_KIND_KE] = { 0, 0, TARGETS },
    [ONEM2M_KIND_KM] = { SUID(11) | SUID(21), USE(PSK) | USE(RETRIEVE), ONE_TARGET },
    [ONEM2M_KIND_KPSA] = { SUID(12) | SUID(22), USE(PSK) | USE(RETRIEVE), ONE_TARGET },
    [ONEM2M_KIND_KC] = { SUID(22) | SUID(32), USE(PSK) | USE(RETRIEVE), ONE_TARGET },
    [ONEM2M_KIND_ESPRIM] = { SUID(13) | SUID(23) | SUID(33), USE(RETRIEVE), ONE_TARGET },
    [ONEM2M_KIND_ESPRIM_SESSION] = { SUID(13) | SUID(23) | SUID(33), USE(ENCRYPT), NO_TARGETS },
    [ONEM2M_KIND_ESDATA] = { SUID(14) | SUID(15) | SUID(24) | SUID(25) | SUID(34) | SUID(35),
                             USE(ENCRYPT) | USE(MAC) | USE(RETRIEVE), TARGETS },
    [ONEM2M_KIND_E2E_MASTER] = { 0, 0, NO_TARGETS },
    [ONEM2M_KIND_E2E] = { 0, USE(ENCRYPT) | USE(MAC), NO_TARGETS },
    [ONEM2M_KIND_PAIRWISE_E2E] = { 0, 0, NO_TARGETS },
    [ONEM2M_KIND_HALF] = { SUID(14) | SUID(15) | SUID(24) | SUID(25) | SUID(34) | SUID(35),
                           USE(ENCRYPT) | USE(MAC), NO_TARGETS },
};

/* Of MAC and ENCRYPT, what a usage is for, and what an `e2e` key's purpose. */
static const unsigned int usage_uses[] = {
    [ONEM2M_USAGE_ESPRIM] = USE(ENCRYPT),
    [ONEM2M_USAGE_ESDATA_ENCRYPT] = USE(ENCRYPT),
    [ONEM2M_USAGE_ESDATA_SIGN] = USE(MAC),
};
static const unsigned int purpose_uses[] = {
    [ONEM2M_PURPOSE_MESSAGE_AUTHENTICATION_KEY] = USE(MAC),
    [ONEM2M_PURPOSE_MESSAGE_CONFIDENTIALITY_KEY] = USE(ENCRYPT),
    [ONEM2M_PURPOSE_ATTRIBUTE_AUTHENTICITY_KEY] = USE(MAC),
    [ONEM2M_PURPOSE_ATTRIBUTE_CONFIDENTIALITY_KEY] = USE(ENCRYPT),
};
#define PURPOSE_MAX ONEM2M_PURPOSE_ATTRIBUTE_CONFIDENTIALITY_KEY

#define PARENTS SUID(0) /* the child has its parent's SUID */

typedef enum {
    OWN = 0,
    BY_TARGET = 1, /* one of a registration's targets may ask for it too */
    ITSELF = 2     /* the child's octets are octets of the parent */
} MAKES_FLAGS;

typedef struct {
    ONEM2M_KIND parent, child;
    const ONEM2M_DERIVATION *derivation;
    uint64_t suids; /* of the child; 0: it has none */
    const char *clause;
    MAKES_FLAGS flags;
} MAKES;

#define BY(derivation) &onem2m_derivation_##derivation
#define K(kind) ONEM2M_KIND_##kind

static const MAKES makes[] = {
    { K(KE), K(KM), BY(km), SUID(21), "TS-0003 10.3.2", OWN },
    { K(KE), K(KPSA), BY(kpsa), SUID(22), "TS-0003 10.3.3", OWN },
    { K(KE), K(KM), BY(usage_key), SUID(21), "TS-0003 10.3.7", BY_TARGET },
    { K(KE), K(KPSA), BY(usage_key), SUID(22), "TS-0003 10.3.7", BY_TARGET },
    { K(KE), K(ESPRIM), BY(usage_key), SUID(23), "TS-0003 10.3.7", BY_TARGET },
    { K(KE), K(ESDATA), BY(usage_key), SUID(24) | SUID(25), "TS-0003 10.3.7", BY_TARGET },
    { K(KE), K(KM), BY(gba_naf_key), SUID(21), "TS-0003 8.3.2.3", OWN },
    { K(KE), K(KPSA), BY(gba_naf_key), SUID(22), "TS-0003 8.3.2.3", OWN },
    { K(KM), K(E2E_MASTER), BY(e2e_key), 0, "TS-0003 8.6.2", OWN },
    { K(KM), K(E2E), BY(e2e_key), 0, "TS-0003 8.6.2", OWN },
    { K(KPSA), K(E2E_MASTER), BY(e2e_key), 0, "TS-0003 8.6.2", OWN },
    { K(KPSA), K(E2E), BY(e2e_key), 0, "TS-0003 8.6.2", OWN },
    { K(E2E_MASTER), K(E2E), BY(e2e_key), 0, "TS-0003 10.3.6.2", OWN },
    { K(ESPRIM), K(ESPRIM_SESSION), BY(session_esprim_key), PARENTS, "TS-0003 10.3.8.2", OWN },
    { K(ESDATA), K(HALF), BY(split_key), PARENTS, "TS-0003 8.8.1 step 8", ITSELF },
    { K(PAIRWISE_E2E), K(ESPRIM), NULL, SUID(13), "TS-0003 8.7.1, 8.4.2", ITSELF },
    { K(PAIRWISE_E2E), K(ESDATA), NULL, SUID(14) | SUID(15), "TS-0003 8.7.1", ITSELF },
};

typedef enum { NEVER, OWN_ONLY, ALWAYS } WHEN_EXPIRED;
typedef enum { NOBODY, TARGET, SOURCE } WHO;

typedef struct {
    const char *what;
    unsigned int states;
    WHEN_EXPIRED expired;
    int own;        /* whether an own key serves it */
    WHO registered; /* who may ask it of a registration */
} USE_RULE;

static const USE_RULE uses[ONEM2M_USE_KIND_MAX + 1] = {
    [ONEM2M_USE_PSK] = { "key a TLS handshake", STATE(ACTIVE), NEVER, 1, NOBODY },
    [ONEM2M_USE_RETRIEVE] = { "be retrieved", STATE(ACTIVE), NEVER, 0, TARGET },
    [ONEM2M_USE_DERIVE] = { "make a key", STATE(ACTIVE), NEVER, 1, TARGET },
    [ONEM2M_USE_DERIVE_OCTETS] = { "derive octets", STATE(ACTIVE), NEVER, 1, TARGET },
    [ONEM2M_USE_MAC] = { "compute a MIC", STATE(ACTIVE), NEVER, 1, NOBODY },
    [ONEM2M_USE_ENCRYPT] = { "encrypt", STATE(ACTIVE), NEVER, 1, NOBODY },
    [ONEM2M_USE_EXPORT] = { "be exported", STATE(ACTIVE), NEVER, 1, NOBODY },
    [ONEM2M_USE_UPDATE] = { "be changed", STATE(ACTIVE) | STATE(SUSPENDED), OWN_ONLY, 1, SOURCE },
    [ONEM2M_USE_DESTROY] = { "be destroyed", STATE(ACTIVE) | STATE(SUSPENDED) | STATE(REVOKED),
                             ALWAYS, 1, SOURCE },
};

/* ---- What reads them ---- */

static int has_suid(uint64_t suids, unsigned int suid)
{
    return suid > 0 && suid <= SUID_MAX && (suids >> suid & 1) != 0;
}

static int is_equal(ONEM2M_SLICE a, ONEM2M_SLICE b)
{
    return a.length == b.length && a.length > 0 && memcmp(a.data, b.data, a.length) == 0;
}

/* "11, 21" */
static const char *list_suids(char listed[LISTED_MAX], uint64_t suids)
{
    size_t used = 0;

    listed[0] = '\0';
    for (unsigned int suid = 1; suid <= SUID_MAX && used < LISTED_MAX; suid++) {
        if (has_suid(suids, suid))
            used += (size_t)snprintf(listed + used, LISTED_MAX - used, "%s%u", used > 0 ? ", " : "",
                                     suid);
    }
    return listed;
}

static int refuse_suid(ONEM2M_KIND kind, unsigned int suid, ONEM2M_ERROR *error)
{
    char listed[LISTED_MAX];

    if (kinds[kind].suids == 0)
        return onem2m_refuse(error, ONEM2M_R_BAD_SUID, ONEM2M_NO_OFFSET,
                             "suid: %u; a %s has none (" SUID_CLAUSE ")", suid,
                             onem2m_kind_name(kind));
    list_suids(listed, kinds[kind].suids);
    if (suid == 0)
        return onem2m_refuse(error, ONEM2M_R_MISSING_PARAMETER, ONEM2M_NO_OFFSET,
                             "suid: not set; a %s has one of %s (" SUID_CLAUSE ")",
                             onem2m_kind_name(kind), listed);
    return onem2m_refuse(error, ONEM2M_R_BAD_SUID, ONEM2M_NO_OFFSET,
                         "suid: %u is none of a %s's: %s (" SUID_CLAUSE ")", suid,
                         onem2m_kind_name(kind), listed);
}

static int refuse_kind(ONEM2M_KIND kind, ONEM2M_ERROR *error)
{
    return onem2m_refuse(error, ONEM2M_R_BAD_KIND, ONEM2M_NO_OFFSET, "kind: %d is no kind of key",
                         (int)kind);
}

/* Kind, SUID and purpose that go together. */
static int check_kind(const ONEM2M_ATTRIBUTES *key, ONEM2M_ERROR *error)
{
    if (key->kind < ONEM2M_KIND_KPM || key->kind > ONEM2M_KIND_MAX)
        return refuse_kind(key->kind, error);
    if (kinds[key->kind].suids == 0 ? key->suid != 0 : !has_suid(kinds[key->kind].suids, key->suid))
        return refuse_suid(key->kind, key->suid, error);
    if ((key->kind == ONEM2M_KIND_E2E) != (key->purpose != ONEM2M_PURPOSE_NONE) ||
        key->purpose > PURPOSE_MAX)
        return onem2m_refuse(error, ONEM2M_R_BAD_CHOICE, ONEM2M_NO_OFFSET,
                             "purpose: an e2e has one of four, other kinds none "
                             "(TS-0003 10.3.6.2)");
    return 1;
}

static int check_state(const ONEM2M_ATTRIBUTES *key, const USE_RULE *rule, ONEM2M_ERROR *error)
{
    static const ONEM2M_REASON reasons[] = {
        [ONEM2M_STATE_ACTIVE] = ONEM2M_R_BAD_STATE, /* active serves every use */
        [ONEM2M_STATE_SUSPENDED] = ONEM2M_R_SUSPENDED,
        [ONEM2M_STATE_REVOKED] = ONEM2M_R_REVOKED,
        [ONEM2M_STATE_DESTROYED] = ONEM2M_R_DESTROYED,
    };

    if (key->state < ONEM2M_STATE_ACTIVE || key->state > ONEM2M_STATE_DESTROYED)
        return onem2m_refuse(error, ONEM2M_R_BAD_STATE, ONEM2M_NO_OFFSET,
                             "state: %d is no state of a key", (int)key->state);
    if ((rule->states >> key->state & 1) == 0)
        return onem2m_refuse(error, reasons[key->state], ONEM2M_NO_OFFSET,
                             "state: a %s key may not %s (docs/policy.md)",
                             onem2m_state_name(key->state), rule->what);
    return 1;
}

static int check_expiry(const ONEM2M_ATTRIBUTES *key, const USE_RULE *rule, ONEM2M_TIME now,
                        ONEM2M_ERROR *error)
{
    char not_after[ONEM2M_TIMESTAMP_SIZE];

    if (rule->expired == ALWAYS || (rule->expired == OWN_ONLY && !key->registration) ||
        !onem2m_attributes_expired(key, now))
        return 1;
    onem2m_timestamp_print(not_after, key->not_after);
    return onem2m_refuse(error, ONEM2M_R_EXPIRED, ONEM2M_NO_OFFSET,
                         "not-after: expired at %s, so the key may not %s (TS-0003 %s)", not_after,
                         rule->what, key->registration ? "8.3.5.2.9, 8.8.2.9, 10.7" : "10.7");
}

/* Whether the use is one of own keys, or of registrations for somebody. */
static int check_ownership(const ONEM2M_ATTRIBUTES *key, const USE_RULE *rule,
                           const ONEM2M_USE *use, ONEM2M_ERROR *error)
{
    if (!key->registration) {
        return rule->own ||
               onem2m_refuse(error, ONEM2M_R_REGISTRATION, ONEM2M_NO_OFFSET,
                             "registration: this entity's own key may not %s; registered ones may "
                             "(TS-0003 8.3.5.2.8, 8.8.2.8)",
                             rule->what);
    }
    if (rule->registered == NOBODY)
        return onem2m_refuse(error, ONEM2M_R_REGISTRATION, ONEM2M_NO_OFFSET,
                             "registration: a key held for others may not %s "
                             "(TS-0003 8.3.5.2.7, 8.8.2.7)",
                             rule->what);
    if (use->requester.length == 0)
        return onem2m_refuse(error, ONEM2M_R_REQUESTER_MISSING, ONEM2M_NO_OFFSET,
                             "requester: not set; a key held for others may %s only for one who "
                             "is authenticated (TS-0003 8.3.5.2.8, 8.8.2.8)",
                             rule->what);
    return 1;
}

static int refuse_usage(const ONEM2M_ATTRIBUTES *key, const char *what, ONEM2M_ERROR *error)
{
    if (key->kind == ONEM2M_KIND_E2E)
        return onem2m_refuse(error, ONEM2M_R_NOT_ALLOWED_BY_USAGE, ONEM2M_NO_OFFSET,
                             "purpose: a key for %s may not %s (TS-0003 10.3.6.2)",
                             onem2m_purpose_name(key->purpose), what);
    return onem2m_refuse(error, ONEM2M_R_NOT_ALLOWED_BY_USAGE, ONEM2M_NO_OFFSET,
                         "usage: SUID %u is for %s, so the key may not %s (" SUID_CLAUSE ")",
                         key->suid, onem2m_usage_name(onem2m_attributes_usage(key)), what);
}

static int check_psk_usage(const ONEM2M_ATTRIBUTES *key, const ONEM2M_USE *use, ONEM2M_ERROR *error)
{
    const ONEM2M_USAGE usage = onem2m_attributes_usage(key);
    const char *asked = onem2m_usage_name(use->usage);

    if (usage == use->usage)
        return 1;
    return onem2m_refuse(error, ONEM2M_R_NOT_ALLOWED_BY_USAGE, ONEM2M_NO_OFFSET,
                         "usage: SUID %u is for %s, not %s (" SUID_CLAUSE ")", key->suid,
                         onem2m_usage_name(usage), asked != NULL ? asked : "one that is not set");
}

/* PSK, RETRIEVE, MAC, ENCRYPT: what the kind does, and there the usage or the purpose. */
static int check_usage(const ONEM2M_ATTRIBUTES *key, const ONEM2M_USE *use, ONEM2M_ERROR *error)
{
    unsigned int serves;

    if ((kinds[key->kind].uses >> use->kind & 1) == 0)
        return onem2m_refuse(error, ONEM2M_R_NOT_ALLOWED_BY_KIND, ONEM2M_NO_OFFSET,
                             "kind: a %s may not %s (" SUID_CLAUSE ")", onem2m_kind_name(key->kind),
                             uses[use->kind].what);
    if (use->kind == ONEM2M_USE_PSK)
        return check_psk_usage(key, use, error);
    if (use->kind == ONEM2M_USE_RETRIEVE)
        return use->suid == 0 || use->suid == key->suid ||
               onem2m_refuse(error, ONEM2M_R_BAD_SUID, ONEM2M_NO_OFFSET,
                             "suid: %u; the key was registered with %u "
                             "(TS-0003 8.3.5.2.8, 8.8.2.8)",
                             use->suid, key->suid);
    serves = key->kind == ONEM2M_KIND_E2E ? purpose_uses[key->purpose]
                                          : usage_uses[onem2m_attributes_usage(key)];
    return (serves >> use->kind & 1) != 0 || refuse_usage(key, uses[use->kind].what, error);
}

static const char *name_of(const ONEM2M_DERIVATION *derivation)
{
    return derivation != NULL ? onem2m_derivation_name(derivation) : "itself (no derivation)";
}

static int suid_fits(const MAKES *row, const ONEM2M_ATTRIBUTES *parent, unsigned int suid)
{
    if (suid == 0)
        return row->derivation != &onem2m_derivation_usage_key;
    return row->suids == PARENTS ? suid == parent->suid : has_suid(row->suids, suid);
}

/* How far a row of the table is what is asked for: each further thing that fits counts one. */
typedef enum { FITS_NOT, FITS_PARENT, FITS_PURPOSE, FITS_CHILD, FITS } FIT;

static FIT fit(const MAKES *row, const ONEM2M_ATTRIBUTES *parent, const ONEM2M_USE *use)
{
    if (row->parent != parent->kind || row->derivation != use->derivation)
        return FITS_NOT;
    if (row->derivation == &onem2m_derivation_e2e_key &&
        (use->purpose > PURPOSE_MAX ||
         (use->purpose == ONEM2M_PURPOSE_NONE) != (row->child == ONEM2M_KIND_E2E_MASTER)))
        return FITS_PARENT;
    if (use->child_kind != 0 && use->child_kind != row->child)
        return FITS_PURPOSE;
    return suid_fits(row, parent, use->suid) ? FITS : FITS_CHILD;
}

static int refuse_derivation(const ONEM2M_ATTRIBUTES *parent, const ONEM2M_USE *use, FIT best,
                             const char *clause, ONEM2M_ERROR *error)
{
    const char *parent_name = onem2m_kind_name(parent->kind);
    const char *child_name = onem2m_kind_name(use->child_kind);

    switch (best) {
    case FITS_PARENT:
        return onem2m_refuse(error, ONEM2M_R_BAD_CHOICE, ONEM2M_NO_OFFSET,
                             "purpose: %d is none of what %s makes of a %s (%s)", (int)use->purpose,
                             name_of(use->derivation), parent_name, clause);
    case FITS_PURPOSE:
        return onem2m_refuse(error, ONEM2M_R_BAD_KIND, ONEM2M_NO_OFFSET,
                             "kind: %s makes no %s of a %s (%s)", name_of(use->derivation),
                             child_name != NULL ? child_name : "such kind", parent_name, clause);
    case FITS_CHILD:
        if (use->suid == 0)
            return onem2m_refuse(error, ONEM2M_R_MISSING_PARAMETER, ONEM2M_NO_OFFSET,
                                 "suid: not set (%s)", clause);
        return onem2m_refuse(error, ONEM2M_R_BAD_SUID, ONEM2M_NO_OFFSET,
                             "suid: %s makes no such key with SUID %u of a %s (%s)",
                             name_of(use->derivation), use->suid, parent_name, clause);
    default:
        return onem2m_refuse(error, ONEM2M_R_NOT_ALLOWED_BY_KIND, ONEM2M_NO_OFFSET,
                             "kind: of a %s nothing is made by %s (docs/policy.md)", parent_name,
                             name_of(use->derivation));
    }
}

/* The row that says so; the first, where kind and SUID leave a choice. */
static int find_row(const MAKES **row, const ONEM2M_ATTRIBUTES *parent, const ONEM2M_USE *use,
                    ONEM2M_ERROR *error)
{
    const char *clause = NULL;
    FIT best = FITS_NOT;

    for (size_t i = 0; i < COUNT(makes); i++) {
        const FIT fits = fit(&makes[i], parent, use);

        if (fits == FITS) {
            *row = &makes[i];
            return 1;
        }
        if (fits > best) {
            best = fits;
            clause = makes[i].clause;
        }
    }
    return refuse_derivation(parent, use, best, clause, error);
}

/*
 * Whether target-id is the FQDN of the requester: what its item of target-ids
 * gives after '=', or the identifier itself when it is no CSE-ID or AE-ID.
 */
static int check_target_fqdn(ONEM2M_SLICE identifier, ONEM2M_SLICE fqdn, const ONEM2M_USE *use,
                             ONEM2M_ERROR *error)
{
    if (fqdn.length == 0 && identifier.data[0] != '/')
        fqdn = identifier;
    if (is_equal(fqdn, use->target))
        return 1;
    return onem2m_refuse(error, ONEM2M_R_NOT_A_TARGET, ONEM2M_NO_OFFSET,
                         "target-id: not the FQDN that target-ids give for the requester "
                         "(TS-0003 8.3.2.1, 10.3.7)");
}

static int check_is_target(const ONEM2M_ATTRIBUTES *key, const ONEM2M_USE *use, const MAKES *row,
                           ONEM2M_ERROR *error)
{
    ONEM2M_SLICE item, identifier, fqdn;
    size_t position = 0;

    while (onem2m_list_next(key->text[ONEM2M_TEXT_TARGET_IDS], &position, &item)) {
        onem2m_target_split(item, &identifier, &fqdn);
        if (is_equal(identifier, use->requester))
            return row == NULL || check_target_fqdn(identifier, fqdn, use, error);
    }
    return onem2m_refuse(error, ONEM2M_R_NOT_A_TARGET, ONEM2M_NO_OFFSET,
                         "requester: none of the key's target-ids "
                         "(TS-0003 8.3.2.1, 8.3.5.2.8, 8.8.2.8)");
}

static int check_is_source(const ONEM2M_ATTRIBUTES *key, const ONEM2M_USE *use, ONEM2M_ERROR *error)
{
    if (is_equal(key->text[ONEM2M_TEXT_SOURCE_ID], use->requester) ||
        is_equal(key->text[ONEM2M_TEXT_ADMIN_FQDN], use->requester))
        return 1;
    return onem2m_refuse(error, ONEM2M_R_NOT_THE_SOURCE, ONEM2M_NO_OFFSET,
                         "requester: neither the key's source-id nor its admin-fqdn "
                         "(TS-0003 8.3.5.2.9, 8.3.5.2.10, 8.8.2.9, 8.8.2.10)");
}

/* What a registration gives to whom. row: of a derivation, else NULL. */
static int check_requester(const ONEM2M_ATTRIBUTES *key, const ONEM2M_USE *use, const MAKES *row,
                           ONEM2M_ERROR *error)
{
    if (uses[use->kind].registered == SOURCE)
        return check_is_source(key, use, error);
    if (row != NULL && (row->flags & BY_TARGET) == 0)
        return onem2m_refuse(error, ONEM2M_R_REGISTRATION, ONEM2M_NO_OFFSET,
                             "registration: of a key held for others only a ke derives, and only "
                             "by " ONEM2M_KDF_USAGE_KEY " (TS-0003 8.3.2.1)");
    if (!check_is_target(key, use, row, error))
        return 0;
    if (row != NULL && (key->allowed_suids & 1U << (use->suid - ONEM2M_ALLOWED_SUID_FIRST)) == 0)
        return onem2m_refuse(error, ONEM2M_R_SUID_NOT_ALLOWED, ONEM2M_NO_OFFSET,
                             "suid: %u is none of the key's allowed-suids (TS-0003 8.3.2.1)",
                             use->suid);
    return 1;
}

/* Whether octets may leave. row: of a derivation, else NULL. */
static int check_octets(const ONEM2M_ATTRIBUTES *key, const ONEM2M_USE *use, const MAKES *row,
                        ONEM2M_ERROR *error)
{
    const int is_derivation = use->kind == ONEM2M_USE_DERIVE_OCTETS;

    if (use->kind != ONEM2M_USE_EXPORT && !is_derivation)
        return 1;
    if (is_derivation && !key->derive_octets)
        return onem2m_refuse(error, ONEM2M_R_DERIVE_OCTETS_OFF, ONEM2M_NO_OFFSET,
                             "derive-octets: 0, so the key makes key objects only "
                             "(TS-0003 6.2.5)");
    if (!key->extractable && (row == NULL || (row->flags & ITSELF) != 0))
        return onem2m_refuse(error, ONEM2M_R_NOT_EXTRACTABLE, ONEM2M_NO_OFFSET,
                             "extractable: 0, so the key's own octets may not leave "
                             "(TS-0003 6.2.5)");
    return 1;
}

int onem2m_policy_allows(const ONEM2M_ATTRIBUTES *key, const ONEM2M_USE *use, ONEM2M_ERROR *error)
{
    const MAKES *row = NULL;

    if (use->kind < ONEM2M_USE_PSK || use->kind > ONEM2M_USE_KIND_MAX)
        return onem2m_refuse(error, ONEM2M_R_BAD_CHOICE, ONEM2M_NO_OFFSET, "%d is no use of a key",
                             (int)use->kind);
    if (!check_kind(key, error) || !check_state(key, &uses[use->kind], error) ||
        !check_expiry(key, &uses[use->kind], use->now, error) ||
        !check_ownership(key, &uses[use->kind], use, error))
        return 0;
    switch (use->kind) {
    case ONEM2M_USE_DERIVE:
    case ONEM2M_USE_DERIVE_OCTETS:
        if (!find_row(&row, key, use, error))
            return 0;
        break;
    case ONEM2M_USE_EXPORT:
    case ONEM2M_USE_UPDATE:
    case ONEM2M_USE_DESTROY:
        break;
    default:
        if (!check_usage(key, use, error))
            return 0;
        break;
    }
    if (key->registration && !check_requester(key, use, row, error))
        return 0;
    return check_octets(key, use, row, error);
}

static int check_targets(const ONEM2M_ATTRIBUTES *key, ONEM2M_ERROR *error)
{
    const TARGET_COUNT expected = kinds[key->kind].targets;
    size_t position = 0, count = 0;
    ONEM2M_SLICE item;

    while (onem2m_list_next(key->text[ONEM2M_TEXT_TARGET_IDS], &position, &item))
        count++;
    if (expected == ONE_TARGET ? count == 1 : count > 0)
        return 1;
    return onem2m_refuse(error, ONEM2M_R_BAD_TARGETS, ONEM2M_NO_OFFSET,
                         "target-ids: %zu; a registered %s has %s (TS-0003 8.3.5.2.7, 8.8.2.7)",
                         count, onem2m_kind_name(key->kind),
                         expected == ONE_TARGET ? "exactly one" : "one or more");
}

static int check_registration(const ONEM2M_ATTRIBUTES *key, ONEM2M_ERROR *error)
{
    if (kinds[key->kind].targets == NO_TARGETS)
        return onem2m_refuse(error, ONEM2M_R_BAD_KIND, ONEM2M_NO_OFFSET,
                             "kind: a %s cannot be a registration (TS-0003 8.3.5.1, 8.8.1)",
                             onem2m_kind_name(key->kind));
    if (key->text[ONEM2M_TEXT_SOURCE_ID].length == 0)
        return onem2m_refuse(error, ONEM2M_R_MISSING_PARAMETER, ONEM2M_NO_OFFSET,
                             "source-id: not set; a registration has one "
                             "(TS-0003 8.3.5.2.7, 8.8.2.7)");
    return check_targets(key, error);
}

static int check_allowed_suids(const ONEM2M_ATTRIBUTES *key, ONEM2M_ERROR *error)
{
    if (key->registration && key->kind == ONEM2M_KIND_KE) {
        if (key->allowed_suids == 0)
            return onem2m_refuse(error, ONEM2M_R_MISSING_PARAMETER, ONEM2M_NO_OFFSET,
                                 "allowed-suids: not set; a registered ke has some of 21 to 25 "
                                 "(TS-0003 8.3.2.1)");
        if ((key->allowed_suids & ~ONEM2M_ALLOWED_SUIDS_ALL) != 0)
            return onem2m_refuse(error, ONEM2M_R_BAD_SUID, ONEM2M_NO_OFFSET,
                                 "allowed-suids: others than 21 to 25 (TS-0003 8.3.2.1)");
        return 1;
    }
    return key->allowed_suids == 0 ||
           onem2m_refuse(error, ONEM2M_R_BAD_ATTRIBUTE, ONEM2M_NO_OFFSET,
                         "allowed-suids: only a registered ke has them (TS-0003 8.3.2.1)");
}

int onem2m_policy_admits(const ONEM2M_ATTRIBUTES *key, ONEM2M_ERROR *error)
{
    return check_kind(key, error) && (!key->registration || check_registration(key, error)) &&
           check_allowed_suids(key, error);
}

/* The later of two ends is that of a key without one. */
static int is_later(ONEM2M_TIME not_after, ONEM2M_TIME parents)
{
    return parents != 0 && (not_after == 0 || not_after > parents);
}

static int refuse_later(ONEM2M_TIME parents, ONEM2M_ERROR *error)
{
    char not_after[ONEM2M_TIMESTAMP_SIZE];

    onem2m_timestamp_print(not_after, parents);
    return onem2m_refuse(error, ONEM2M_R_OUTLIVES_PARENT, ONEM2M_NO_OFFSET,
                         "not-after: later than the parent's, %s (TS-0003 10.7)", not_after);
}

/* Whether no other row fits as well. */
static int check_unambiguous(const MAKES *row, const ONEM2M_ATTRIBUTES *parent,
                             const ONEM2M_USE *use, ONEM2M_ERROR *error)
{
    for (const MAKES *other = row + 1; other < makes + COUNT(makes); other++) {
        if (fit(other, parent, use) == FITS)
            return onem2m_refuse(error, ONEM2M_R_MISSING_PARAMETER, ONEM2M_NO_OFFSET,
                                 "kind: not set; %s makes a %s or a %s of a %s (%s)",
                                 name_of(use->derivation), onem2m_kind_name(row->child),
                                 onem2m_kind_name(other->child), onem2m_kind_name(parent->kind),
                                 row->clause);
    }
    return 1;
}

/* The child's SUID when the caller named none. */
static int choose_suid(unsigned int *suid, const MAKES *row, const ONEM2M_ATTRIBUTES *parent,
                       ONEM2M_ERROR *error)
{
    char listed[LISTED_MAX];

    *suid = 0;
    if (row->suids == PARENTS)
        *suid = parent->suid;
    else if ((row->suids & (row->suids - 1)) != 0)
        return onem2m_refuse(error, ONEM2M_R_MISSING_PARAMETER, ONEM2M_NO_OFFSET,
                             "suid: not set; a %s made of a %s has one of %s (%s)",
                             onem2m_kind_name(row->child), onem2m_kind_name(parent->kind),
                             list_suids(listed, row->suids), row->clause);
    else
        while (row->suids >> *suid > 1)
            (*suid)++;
    return 1;
}

/* The octets of a registration go to its targets only. */
static int lets_child_leave(const ONEM2M_ATTRIBUTES *parent)
{
    return parent->extractable && !parent->registration;
}

static int inherit(ONEM2M_ATTRIBUTES *child, const ONEM2M_ATTRIBUTES *parent, ONEM2M_ERROR *error)
{
    if (child->extractable && !lets_child_leave(parent))
        return onem2m_refuse(error, ONEM2M_R_NOT_EXTRACTABLE, ONEM2M_NO_OFFSET,
                             "extractable: 1 of a parent whose octets may not leave "
                             "(TS-0003 6.2.5)");
    if (child->not_after == 0)
        child->not_after = parent->not_after;
    if (is_later(child->not_after, parent->not_after))
        return refuse_later(parent->not_after, error);
    if (!parent->derive_octets)
        child->derive_octets = 0;
    child->parent_kind = parent->kind;
    child->text[ONEM2M_TEXT_PARENT_KEY_ID] = parent->text[ONEM2M_TEXT_KEY_ID];
    return 1;
}

/* One wish of two that may both be there: returns 0 when they differ. */
static int agree(unsigned int *wish, unsigned int other)
{
    if (*wish == 0)
        *wish = other;
    return other == 0 || *wish == other;
}

/* The use with the child's own wishes in it. */
static int merge_wishes(ONEM2M_USE *merged, const ONEM2M_USE *use, const ONEM2M_ATTRIBUTES *child,
                        ONEM2M_ERROR *error)
{
    unsigned int kind = use->child_kind;

    *merged = *use;
    if (use->kind != ONEM2M_USE_DERIVE)
        return onem2m_refuse(error, ONEM2M_R_BAD_CHOICE, ONEM2M_NO_OFFSET,
                             "%d is no derivation of a key object", (int)use->kind);
    if (!agree(&kind, child->kind))
        return onem2m_refuse(error, ONEM2M_R_BAD_KIND, ONEM2M_NO_OFFSET,
                             "kind: the derivation and the new key name two");
    if (!agree(&merged->suid, child->suid))
        return onem2m_refuse(error, ONEM2M_R_BAD_SUID, ONEM2M_NO_OFFSET,
                             "suid: %u of the derivation, %u of the new key", use->suid,
                             child->suid);
    merged->child_kind = (ONEM2M_KIND)kind;
    return 1;
}

int onem2m_policy_child(ONEM2M_ATTRIBUTES *child, const ONEM2M_ATTRIBUTES *parent,
                        const ONEM2M_USE *use, ONEM2M_ERROR *error)
{
    ONEM2M_ATTRIBUTES completed = *child;
    const MAKES *row = NULL;
    ONEM2M_USE merged;

    if (!merge_wishes(&merged, use, child, error) ||
        !onem2m_policy_allows(parent, &merged, error) || !find_row(&row, parent, &merged, error) ||
        !check_unambiguous(row, parent, &merged, error))
        return 0;
    completed.kind = row->child;
    completed.suid = merged.suid;
    completed.purpose = row->child == ONEM2M_KIND_E2E ? use->purpose : ONEM2M_PURPOSE_NONE;
    if ((completed.suid == 0 && !choose_suid(&completed.suid, row, parent, error)) ||
        !inherit(&completed, parent, error))
        return 0;
    *child = completed;
    return 1;
}

static int is_same_text(const ONEM2M_ATTRIBUTES *a, const ONEM2M_ATTRIBUTES *b, ONEM2M_TEXT text)
{
    return (a->text[text].length == 0 && b->text[text].length == 0) ||
           is_equal(a->text[text], b->text[text]);
}

static int refuse_change(const char *name, ONEM2M_ERROR *error)
{
    return onem2m_refuse(error, ONEM2M_R_NOT_CHANGEABLE, ONEM2M_NO_OFFSET,
                         "%s: a key keeps it; not-after, labels, target-ids and state can be "
                         "changed (TS-0003 8.3.5.2.9, 8.8.2.9)",
                         name);
}

static int refuse_more(const char *name, ONEM2M_ERROR *error)
{
    return onem2m_refuse(error, ONEM2M_R_NOT_CHANGEABLE, ONEM2M_NO_OFFSET,
                         "%s: can be turned off, never on again (TS-0003 6.2.5)", name);
}

static int check_texts_kept(const ONEM2M_ATTRIBUTES *key, const ONEM2M_ATTRIBUTES *wished,
                            ONEM2M_ERROR *error)
{
    for (int i = 0; i < ONEM2M_TEXT_COUNT; i++) {
        const ONEM2M_TEXT text = (ONEM2M_TEXT)i;

        if (text != ONEM2M_TEXT_LABELS && text != ONEM2M_TEXT_TARGET_IDS &&
            !is_same_text(key, wished, text))
            return refuse_change(onem2m_text_name(text), error);
    }
    return 1;
}

static int check_kept(const ONEM2M_ATTRIBUTES *key, const ONEM2M_ATTRIBUTES *wished,
                      ONEM2M_ERROR *error)
{
    const struct {
        const char *name;
        int is_kept;
    } kept[] = {
        { "kind", key->kind == wished->kind },
        { "suid", key->suid == wished->suid },
        { "purpose", key->purpose == wished->purpose },
        { "parent-key-id", key->parent_kind == wished->parent_kind },
        { "registration", key->registration == wished->registration },
        { "allowed-suids", key->allowed_suids == wished->allowed_suids },
        { "created", key->created == wished->created },
    };

    for (size_t i = 0; i < COUNT(kept); i++) {
        if (!kept[i].is_kept)
            return refuse_change(kept[i].name, error);
    }
    if (wished->extractable > key->extractable)
        return refuse_more("extractable", error);
    if (wished->derive_octets > key->derive_octets)
        return refuse_more("derive-octets", error);
    return check_texts_kept(key, wished, error);
}

int onem2m_policy_change(const ONEM2M_ATTRIBUTES *key, const ONEM2M_ATTRIBUTES *wished,
                         const ONEM2M_ATTRIBUTES *parent, ONEM2M_ERROR *error)
{
    if (!check_kept(key, wished, error))
        return 0;
    if (wished->state < ONEM2M_STATE_ACTIVE || wished->state > ONEM2M_STATE_REVOKED)
        return onem2m_refuse(error, ONEM2M_R_BAD_STATE, ONEM2M_NO_OFFSET,
                             "state: active, suspended or revoked can be set (docs/policy.md)");
    if (parent != NULL && onem2m_policy_is_derived(key) &&
        is_later(wished->not_after, parent->not_after))
        return refuse_later(parent->not_after, error);
    return 1;
}

int onem2m_policy_is_derived(const ONEM2M_ATTRIBUTES *key)
{
    for (size_t i = 0; i < COUNT(makes); i++) {
        if (makes[i].parent == key->parent_kind && makes[i].child == key->kind &&
            (makes[i].suids == 0 || makes[i].suids == PARENTS ||
             has_suid(makes[i].suids, key->suid)))
            return 1;
    }
    return 0;
}

int onem2m_policy_parent(const ONEM2M_ATTRIBUTES *parent, ONEM2M_ERROR *error)
{
    ONEM2M_ERROR why;

    if (check_state(parent, &uses[ONEM2M_USE_DERIVE], &why))
        return 1;
    return onem2m_refuse(error, why.reason, ONEM2M_NO_OFFSET, "parent-key-id: its %s", why.detail);
}

int onem2m_policy_sibling(const ONEM2M_ATTRIBUTES *key, const ONEM2M_ATTRIBUTES *sibling,
                          ONEM2M_ERROR *error)
{
    if (key->parent_kind != ONEM2M_KIND_PAIRWISE_E2E || key->suid == sibling->suid)
        return 1;
    return onem2m_refuse(error, ONEM2M_R_BAD_SUID, ONEM2M_NO_OFFSET,
                         "suid: %u; a key of this pairwise-e2e has %u, and the same octets serve "
                         "one usage (TS-0003 8.7.1, docs/policy.md)",
                         key->suid, sibling->suid);
}

int onem2m_policy_limit(ONEM2M_ATTRIBUTES *child, const ONEM2M_ATTRIBUTES *parent)
{
    int changed = 0;

    if (!onem2m_policy_is_derived(child))
        return 0;
    if (is_later(child->not_after, parent->not_after)) {
        child->not_after = parent->not_after;
        changed = 1;
    }
    if (child->extractable && !lets_child_leave(parent)) {
        child->extractable = 0;
        changed = 1;
    }
    if (child->derive_octets && !parent->derive_octets) {
        child->derive_octets = 0;
        changed = 1;
    }
    return changed;
}

static unsigned int kinds_of_derivation(const ONEM2M_DERIVATION *derivation)
{
    unsigned int found = 0;
    size_t i;

    for (i = 0; i < COUNT(makes); i++) {
        if (makes[i].derivation == derivation)
            found |= 1U << makes[i].parent;
    }
    return found;
}

unsigned int onem2m_policy_kinds(const ONEM2M_USE *use)
{
    static const unsigned int psk_kinds[] = {
        [ONEM2M_USAGE_MEF] = 1U << ONEM2M_KIND_KPM,
        [ONEM2M_USAGE_MAF] = 1U << ONEM2M_KIND_KM,
        [ONEM2M_USAGE_SAEF] = 1U << ONEM2M_KIND_KPSA | 1U << ONEM2M_KIND_KC,
    };
    unsigned int found = 0, kind;

    switch (use->kind) {
    case ONEM2M_USE_PSK:
        return use->usage < COUNT(psk_kinds) ? psk_kinds[use->usage] : 0;
    case ONEM2M_USE_DERIVE:
    case ONEM2M_USE_DERIVE_OCTETS:
        return kinds_of_derivation(use->derivation);
    default:
        for (kind = 1; kind <= ONEM2M_KIND_MAX; kind++) {
            if (use->kind >= ONEM2M_USE_EXPORT || (kinds[kind].uses & 1U << use->kind) != 0)
                found |= 1U << kind;
        }
        return found;
    }
}

void onem2m_use_of_derivation(ONEM2M_USE *use, const ONEM2M_DERIVATION_INPUT *input)
{
    ONEM2M_DERIVATION_SCOPE scope;

    onem2m_derivation_scope(input, &scope);
    memset(use, 0, sizeof(*use));
    if (input->derivation == &onem2m_derivation_psk) {
        use->kind = ONEM2M_USE_PSK;
    } else if (input->derivation == &onem2m_derivation_retrieve) {
        use->kind = ONEM2M_USE_RETRIEVE;
    } else {
        use->kind = ONEM2M_USE_DERIVE_OCTETS;
        use->derivation = input->derivation;
    }
    use->usage = scope.usage;
    use->suid = scope.suid;
    use->purpose = (ONEM2M_PURPOSE)scope.purpose;
    use->target = scope.target;
}
