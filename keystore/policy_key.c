/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>
#include "policy_internal.h"

/* What keys there may be, and what may change of them. */

int onem2m_has_suid(uint64_t suids, unsigned int suid)
{
    return suid > 0 && suid <= ONEM2M_SUID_MAX && (suids >> suid & 1) != 0;
}

const char *onem2m_list_suids(char listed[ONEM2M_LISTED_MAX], uint64_t suids)
{
    size_t used = 0;

    listed[0] = '\0';
    for (unsigned int suid = 1; suid <= ONEM2M_SUID_MAX && used < ONEM2M_LISTED_MAX; suid++) {
        if (onem2m_has_suid(suids, suid))
            used += (size_t)snprintf(listed + used, ONEM2M_LISTED_MAX - used, "%s%u",
                                     used > 0 ? ", " : "", suid);
    }
    return listed;
}

static int refuse_suid(ONEM2M_KIND kind, unsigned int suid, ONEM2M_ERROR *error)
{
    char listed[ONEM2M_LISTED_MAX];

    if (onem2m_kind_rules[kind].suids == 0)
        return onem2m_refuse(error, ONEM2M_R_BAD_SUID, ONEM2M_NO_OFFSET,
                             "suid: %u; a %s has none (" ONEM2M_SUID_CLAUSE ")", suid,
                             onem2m_kind_name(kind));
    onem2m_list_suids(listed, onem2m_kind_rules[kind].suids);
    if (suid == 0)
        return onem2m_refuse(error, ONEM2M_R_MISSING_PARAMETER, ONEM2M_NO_OFFSET,
                             "suid: not set; a %s has one of %s (" ONEM2M_SUID_CLAUSE ")",
                             onem2m_kind_name(kind), listed);
    return onem2m_refuse(error, ONEM2M_R_BAD_SUID, ONEM2M_NO_OFFSET,
                         "suid: %u is none of a %s's: %s (" ONEM2M_SUID_CLAUSE ")", suid,
                         onem2m_kind_name(kind), listed);
}

static int refuse_kind(ONEM2M_KIND kind, ONEM2M_ERROR *error)
{
    return onem2m_refuse(error, ONEM2M_R_BAD_KIND, ONEM2M_NO_OFFSET, "kind: %d is no kind of key",
                         (int)kind);
}

int onem2m_policy_check_kind(const ONEM2M_ATTRIBUTES *key, ONEM2M_ERROR *error)
{
    if (key->kind < ONEM2M_KIND_KPM || key->kind > ONEM2M_KIND_MAX)
        return refuse_kind(key->kind, error);
    if (onem2m_kind_rules[key->kind].suids == 0
            ? key->suid != 0
            : !onem2m_has_suid(onem2m_kind_rules[key->kind].suids, key->suid))
        return refuse_suid(key->kind, key->suid, error);
    if ((key->kind == ONEM2M_KIND_E2E) != (key->purpose != ONEM2M_PURPOSE_NONE) ||
        key->purpose > ONEM2M_PURPOSE_MAX)
        return onem2m_refuse(error, ONEM2M_R_BAD_CHOICE, ONEM2M_NO_OFFSET,
                             "purpose: an e2e has one of four, other kinds none "
                             "(TS-0003 10.3.6.2)");
    return 1;
}

static int check_targets(const ONEM2M_ATTRIBUTES *key, ONEM2M_ERROR *error)
{
    const ONEM2M_TARGET_COUNT expected = onem2m_kind_rules[key->kind].targets;
    size_t position = 0, count = 0;
    ONEM2M_SLICE item;

    while (onem2m_list_next(key->text[ONEM2M_TEXT_TARGET_IDS], &position, &item))
        count++;
    if (expected == ONEM2M_ONE_TARGET ? count == 1 : count > 0)
        return 1;
    return onem2m_refuse(error, ONEM2M_R_BAD_TARGETS, ONEM2M_NO_OFFSET,
                         "target-ids: %zu; a registered %s has %s (TS-0003 8.3.5.2.7, 8.8.2.7)",
                         count, onem2m_kind_name(key->kind),
                         expected == ONEM2M_ONE_TARGET ? "exactly one" : "one or more");
}

static int check_registration(const ONEM2M_ATTRIBUTES *key, ONEM2M_ERROR *error)
{
    if (onem2m_kind_rules[key->kind].targets == ONEM2M_NO_TARGETS)
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
    return onem2m_policy_check_kind(key, error) &&
           (!key->registration || check_registration(key, error)) &&
           check_allowed_suids(key, error);
}

static int is_same_text(const ONEM2M_ATTRIBUTES *a, const ONEM2M_ATTRIBUTES *b, ONEM2M_TEXT text)
{
    return (a->text[text].length == 0 && b->text[text].length == 0) ||
           onem2m_is_equal(a->text[text], b->text[text]);
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

    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
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
        onem2m_policy_is_later(wished->not_after, parent->not_after))
        return onem2m_policy_refuse_later(parent->not_after, error);
    return 1;
}
