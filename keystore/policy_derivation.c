/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include "policy_internal.h"

/* What is made of what, and what a child has from its parent. */

static const char *name_of(const ONEM2M_DERIVATION *derivation)
{
    return derivation != NULL ? onem2m_derivation_name(derivation) : "itself (no derivation)";
}

static int suid_fits(const ONEM2M_MAKES *row, const ONEM2M_ATTRIBUTES *parent, unsigned int suid)
{
    if (suid == 0)
        return row->derivation != &onem2m_derivation_usage_key;
    return row->suids == ONEM2M_PARENTS_SUID ? suid == parent->suid
                                             : onem2m_has_suid(row->suids, suid);
}

/* How far a row of the table is what is asked for: each further thing that fits counts one. */
typedef enum { FITS_NOT, FITS_PARENT, FITS_PURPOSE, FITS_CHILD, FITS } FIT;

static FIT fit(const ONEM2M_MAKES *row, const ONEM2M_ATTRIBUTES *parent, const ONEM2M_USE *use)
{
    if (row->parent != parent->kind || row->derivation != use->derivation)
        return FITS_NOT;
    if (row->derivation == &onem2m_derivation_e2e_key &&
        (use->purpose > ONEM2M_PURPOSE_MAX ||
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

int onem2m_policy_find_row(const ONEM2M_MAKES **row, const ONEM2M_ATTRIBUTES *parent,
                           const ONEM2M_USE *use, ONEM2M_ERROR *error)
{
    const char *clause = NULL;
    FIT best = FITS_NOT;

    for (size_t i = 0; i < ONEM2M_MAKES_COUNT; i++) {
        const FIT fits = fit(&onem2m_makes[i], parent, use);

        if (fits == FITS) {
            *row = &onem2m_makes[i];
            return 1;
        }
        if (fits > best) {
            best = fits;
            clause = onem2m_makes[i].clause;
        }
    }
    return refuse_derivation(parent, use, best, clause, error);
}

int onem2m_policy_is_later(ONEM2M_TIME not_after, ONEM2M_TIME parents)
{
    return parents != 0 && (not_after == 0 || not_after > parents);
}

int onem2m_policy_refuse_later(ONEM2M_TIME parents, ONEM2M_ERROR *error)
{
    char not_after[ONEM2M_TIMESTAMP_SIZE];

    onem2m_timestamp_print(not_after, parents);
    return onem2m_refuse(error, ONEM2M_R_OUTLIVES_PARENT, ONEM2M_NO_OFFSET,
                         "not-after: later than the parent's, %s (TS-0003 10.7)", not_after);
}

/* Whether no other row fits as well. */
static int check_unambiguous(const ONEM2M_MAKES *row, const ONEM2M_ATTRIBUTES *parent,
                             const ONEM2M_USE *use, ONEM2M_ERROR *error)
{
    for (const ONEM2M_MAKES *other = row + 1; other < onem2m_makes + ONEM2M_MAKES_COUNT; other++) {
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
static int choose_suid(unsigned int *suid, const ONEM2M_MAKES *row, const ONEM2M_ATTRIBUTES *parent,
                       ONEM2M_ERROR *error)
{
    char listed[ONEM2M_LISTED_MAX];

    *suid = 0;
    if (row->suids == ONEM2M_PARENTS_SUID)
        *suid = parent->suid;
    else if ((row->suids & (row->suids - 1)) != 0)
        return onem2m_refuse(error, ONEM2M_R_MISSING_PARAMETER, ONEM2M_NO_OFFSET,
                             "suid: not set; a %s made of a %s has one of %s (%s)",
                             onem2m_kind_name(row->child), onem2m_kind_name(parent->kind),
                             onem2m_list_suids(listed, row->suids), row->clause);
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
    if (onem2m_policy_is_later(child->not_after, parent->not_after))
        return onem2m_policy_refuse_later(parent->not_after, error);
    if (!parent->derive_octets)
        child->derive_octets = 0;
    child->exposed = parent->custody == ONEM2M_CUSTODY_SOFTWARE || parent->exposed;
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
    const ONEM2M_MAKES *row = NULL;
    ONEM2M_USE merged;

    if (!merge_wishes(&merged, use, child, error) ||
        !onem2m_policy_allows(parent, &merged, error) ||
        !onem2m_policy_find_row(&row, parent, &merged, error) ||
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

int onem2m_policy_is_derived(const ONEM2M_ATTRIBUTES *key)
{
    for (size_t i = 0; i < ONEM2M_MAKES_COUNT; i++) {
        if (onem2m_makes[i].parent == key->parent_kind && onem2m_makes[i].child == key->kind &&
            (onem2m_makes[i].suids == 0 || onem2m_makes[i].suids == ONEM2M_PARENTS_SUID ||
             onem2m_has_suid(onem2m_makes[i].suids, key->suid)))
            return 1;
    }
    return 0;
}

int onem2m_policy_parent(const ONEM2M_ATTRIBUTES *parent, ONEM2M_ERROR *error)
{
    ONEM2M_ERROR why;

    if (onem2m_policy_check_state(parent, &onem2m_use_rules[ONEM2M_USE_DERIVE], &why))
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
    if (onem2m_policy_is_later(child->not_after, parent->not_after)) {
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
