/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "policy_expect.h"

/*
 * What is expected stands here as the contract has it, in words, and is
 * evaluated without any table of keystore/policy.c. docs/policy.md gives the
 * order in which rules refuse.
 */

#define PARENT_SUID "parent's"

/* "Security Usage Identifiers", first table. */
static const struct {
    const char *usage, *suids;
} usage_rows[] = {
    { "mef", "10 40" },
    { "maf", "11 21 41" },
    { "saef", "12 22 32 42" },
    { "esprim", "13 23 33 43" },
    { "esdata-encrypt", "14 24 34 44" },
    { "esdata-sign", "15 25 35 45" },
};

/* Second table, columns "kind" and "SUIDs"; then what "Registrations" says of targets. */
static const struct {
    const char *kind, *suids, *targets;
} kind_rows[] = {
    { "kpm", "10", "" },
    { "ke", "", "one or more" },
    { "km", "11 21", "exactly one" },
    { "kpsa", "12 22", "exactly one" },
    { "kc", "22 32", "exactly one" },
    { "esprim", "13 23 33", "exactly one" },
    { "esprim-session", "13 23 33", "" },
    { "esdata", "14 15 24 25 34 35", "one or more" },
    { "e2e-master", "", "" },
    { "e2e", "", "" },
    { "pairwise-e2e", "", "" },
    { "half", "14 15 24 25 34 35", "" },
};

/* Second table, column "what may be made of it": other keys. */
static const struct {
    const char *parent, *derivation, *purposes, *child, *suids;
} made_rows[] = {
    { "ke", "ONEM2M-KM", "", "km", "21" },
    { "ke", "ONEM2M-USAGE-KEY", "", "km", "21" },
    { "ke", "ONEM2M-KPSA", "", "kpsa", "22" },
    { "ke", "ONEM2M-USAGE-KEY", "", "kpsa", "22" },
    { "ke", "ONEM2M-USAGE-KEY", "", "esprim", "23" },
    { "ke", "ONEM2M-USAGE-KEY", "", "esdata", "24 25" },
    { "ke", "ONEM2M-GBA-NAF-KEY", "", "km", "21" },
    { "ke", "ONEM2M-GBA-NAF-KEY", "", "kpsa", "22" },
    { "km", "ONEM2M-E2E-KEY", "0", "e2e-master", "" },
    { "km", "ONEM2M-E2E-KEY", "1 2 3 4", "e2e", "" },
    { "kpsa", "ONEM2M-E2E-KEY", "0", "e2e-master", "" },
    { "kpsa", "ONEM2M-E2E-KEY", "1 2 3 4", "e2e", "" },
    { "e2e-master", "ONEM2M-E2E-KEY", "1 2 3 4", "e2e", "" },
    { "esprim", "ONEM2M-SESSION-ESPRIM-KEY", "", "esprim-session", PARENT_SUID },
    { "esdata", "ONEM2M-SPLIT-KEY", "", "half", PARENT_SUID },
    { "pairwise-e2e", "none", "", "esprim", "13" },
    { "pairwise-e2e", "none", "", "esdata", "14 15" },
};

/* And uses. which: SUIDs, or purposes of an e2e. */
static const struct {
    ONEM2M_USE_KIND use;
    const char *kind, *which;
} use_rows[] = {
    { ONEM2M_USE_PSK, "kpm", "10" },
    { ONEM2M_USE_PSK, "km", "11 21" },
    { ONEM2M_USE_PSK, "kpsa", "12 22" },
    { ONEM2M_USE_PSK, "kc", "22 32" },
    { ONEM2M_USE_RETRIEVE, "km", "11 21" },
    { ONEM2M_USE_RETRIEVE, "kpsa", "12 22" },
    { ONEM2M_USE_RETRIEVE, "kc", "22 32" },
    { ONEM2M_USE_RETRIEVE, "esprim", "13 23 33" },
    { ONEM2M_USE_RETRIEVE, "esdata", "14 15 24 25 34 35" },
    { ONEM2M_USE_ENCRYPT, "esprim-session", "13 23 33" },
    { ONEM2M_USE_ENCRYPT, "esdata", "14 24 34" },
    { ONEM2M_USE_ENCRYPT, "half", "14 24 34" },
    { ONEM2M_USE_ENCRYPT, "e2e", "2 4" },
    { ONEM2M_USE_MAC, "esdata", "15 25 35" },
    { ONEM2M_USE_MAC, "half", "15 25 35" },
    { ONEM2M_USE_MAC, "e2e", "1 3" },
};

ONEM2M_SLICE policy_slice(const char *text)
{
    return (ONEM2M_SLICE){ (const unsigned char *)text, strlen(text) };
}

int policy_is(ONEM2M_SLICE text, const char *expected)
{
    return text.length == strlen(expected) &&
           (text.length == 0 || memcmp(text.data, expected, text.length) == 0);
}

static int contains(const char *list, unsigned int number)
{
    char padded[64], word[16];

    snprintf(padded, sizeof(padded), " %s ", list);
    snprintf(word, sizeof(word), " %u ", number);
    return strstr(padded, word) != NULL;
}

const char *policy_kind_name(ONEM2M_KIND kind)
{
    return kind >= 1 && (size_t)kind <= COUNT(kind_rows) ? kind_rows[kind - 1].kind : "no kind";
}

const char *policy_derivation_name(const ONEM2M_DERIVATION *derivation)
{
    return derivation == NULL ? "none" : onem2m_derivation_name(derivation);
}

static ONEM2M_USAGE usage_of(unsigned int suid)
{
    for (size_t i = 0; i < COUNT(usage_rows); i++) {
        if (contains(usage_rows[i].suids, suid))
            return (ONEM2M_USAGE)(i + 1);
    }
    return (ONEM2M_USAGE)0;
}

ONEM2M_REASON policy_expect_kind(const ONEM2M_ATTRIBUTES *key)
{
    const char *suids;

    if (key->kind < 1 || (size_t)key->kind > COUNT(kind_rows))
        return ONEM2M_R_BAD_KIND;
    suids = kind_rows[key->kind - 1].suids;
    if (suids[0] == '\0' && key->suid != 0)
        return ONEM2M_R_BAD_SUID;
    if (suids[0] != '\0' && key->suid == 0)
        return ONEM2M_R_MISSING_PARAMETER;
    if (suids[0] != '\0' && !contains(suids, key->suid))
        return ONEM2M_R_BAD_SUID;
    if (strcmp(policy_kind_name(key->kind), "e2e") == 0)
        return contains("1 2 3 4", key->purpose) ? ONEM2M_R_NONE : ONEM2M_R_BAD_CHOICE;
    return key->purpose == 0 ? ONEM2M_R_NONE : ONEM2M_R_BAD_CHOICE;
}

static ONEM2M_REASON expect_state(const ONEM2M_ATTRIBUTES *key, ONEM2M_USE_KIND use)
{
    switch (key->state) {
    case ONEM2M_STATE_ACTIVE:
        return ONEM2M_R_NONE;
    case ONEM2M_STATE_SUSPENDED:
        return use == ONEM2M_USE_UPDATE || use == ONEM2M_USE_DESTROY ? ONEM2M_R_NONE
                                                                     : ONEM2M_R_SUSPENDED;
    case ONEM2M_STATE_REVOKED:
        return use == ONEM2M_USE_DESTROY ? ONEM2M_R_NONE : ONEM2M_R_REVOKED;
    case ONEM2M_STATE_DESTROYED:
        return ONEM2M_R_DESTROYED;
    }
    return ONEM2M_R_BAD_STATE;
}

static ONEM2M_REASON expect_expiry(const ONEM2M_ATTRIBUTES *key, const ONEM2M_USE *use)
{
    if (key->not_after == 0 || key->not_after > use->now || use->kind == ONEM2M_USE_DESTROY)
        return ONEM2M_R_NONE;
    if (use->kind == ONEM2M_USE_UPDATE && !key->registration)
        return ONEM2M_R_NONE;
    return ONEM2M_R_EXPIRED;
}

static ONEM2M_REASON expect_ownership(const ONEM2M_ATTRIBUTES *key, const ONEM2M_USE *use)
{
    switch (use->kind) {
    case ONEM2M_USE_RETRIEVE:
        if (!key->registration)
            return ONEM2M_R_REGISTRATION;
        break;
    case ONEM2M_USE_PSK:
    case ONEM2M_USE_MAC:
    case ONEM2M_USE_ENCRYPT:
    case ONEM2M_USE_EXPORT:
        if (key->registration)
            return ONEM2M_R_REGISTRATION;
        break;
    default:
        break;
    }
    return key->registration && use->requester.length == 0 ? ONEM2M_R_REQUESTER_MISSING
                                                           : ONEM2M_R_NONE;
}

static ONEM2M_REASON expect_usage(const ONEM2M_ATTRIBUTES *key, const ONEM2M_USE *use)
{
    const unsigned int which =
        strcmp(policy_kind_name(key->kind), "e2e") == 0 ? key->purpose : key->suid;
    int has_kind = 0;

    for (size_t i = 0; i < COUNT(use_rows); i++) {
        if (use_rows[i].use != use->kind ||
            strcmp(use_rows[i].kind, policy_kind_name(key->kind)) != 0)
            continue;
        has_kind = 1;
        if (!contains(use_rows[i].which, which))
            continue;
        if (use->kind == ONEM2M_USE_PSK && usage_of(key->suid) != use->usage)
            continue;
        return use->kind == ONEM2M_USE_RETRIEVE && use->suid != 0 && use->suid != key->suid
                   ? ONEM2M_R_BAD_SUID
                   : ONEM2M_R_NONE;
    }
    return has_kind ? ONEM2M_R_NOT_ALLOWED_BY_USAGE : ONEM2M_R_NOT_ALLOWED_BY_KIND;
}

static int suid_fits(const char *suids, const ONEM2M_ATTRIBUTES *key, const ONEM2M_USE *use)
{
    if (use->suid == 0)
        return use->derivation != &onem2m_derivation_usage_key;
    if (strcmp(suids, PARENT_SUID) == 0)
        return use->suid == key->suid;
    return contains(suids, use->suid);
}

/* The refusal of the row that comes nearest. */
static ONEM2M_REASON expect_derivation(const ONEM2M_ATTRIBUTES *key, const ONEM2M_USE *use)
{
    const ONEM2M_REASON no_suid = use->suid == 0 ? ONEM2M_R_MISSING_PARAMETER : ONEM2M_R_BAD_SUID;
    int has_parent = 0, has_purpose = 0, has_child = 0;

    for (size_t i = 0; i < COUNT(made_rows); i++) {
        if (strcmp(made_rows[i].parent, policy_kind_name(key->kind)) != 0 ||
            strcmp(made_rows[i].derivation, policy_derivation_name(use->derivation)) != 0)
            continue;
        has_parent = 1;
        if (made_rows[i].purposes[0] != '\0' && !contains(made_rows[i].purposes, use->purpose))
            continue;
        has_purpose = 1;
        if (use->child_kind != 0 &&
            strcmp(made_rows[i].child, policy_kind_name(use->child_kind)) != 0)
            continue;
        has_child = 1;
        if (suid_fits(made_rows[i].suids, key, use))
            return ONEM2M_R_NONE;
    }
    if (has_child)
        return no_suid;
    if (has_purpose)
        return ONEM2M_R_BAD_KIND;
    return has_parent ? ONEM2M_R_BAD_CHOICE : ONEM2M_R_NOT_ALLOWED_BY_KIND;
}

int policy_is_derivation(const ONEM2M_USE *use)
{
    return use->kind == ONEM2M_USE_DERIVE || use->kind == ONEM2M_USE_DERIVE_OCTETS;
}

static ONEM2M_REASON expect_target(const ONEM2M_ATTRIBUTES *key, const ONEM2M_USE *use)
{
    const char *fqdn = policy_is(use->requester, TARGET_CSE)   ? TARGET_CSE_FQDN
                       : policy_is(use->requester, TARGET_MAF) ? TARGET_MAF
                                                               : NULL;

    if (fqdn == NULL && !policy_is(use->requester, TARGET_BARE))
        return ONEM2M_R_NOT_A_TARGET;
    if (!policy_is_derivation(use))
        return ONEM2M_R_NONE;
    if (fqdn == NULL || !policy_is(use->target, fqdn))
        return ONEM2M_R_NOT_A_TARGET;
    return (key->allowed_suids >> (use->suid - 21) & 1) != 0 ? ONEM2M_R_NONE
                                                             : ONEM2M_R_SUID_NOT_ALLOWED;
}

static ONEM2M_REASON expect_requester(const ONEM2M_ATTRIBUTES *key, const ONEM2M_USE *use)
{
    if (!key->registration)
        return ONEM2M_R_NONE;
    if (use->kind == ONEM2M_USE_UPDATE || use->kind == ONEM2M_USE_DESTROY)
        return policy_is(use->requester, SOURCE) || policy_is(use->requester, ADMIN)
                   ? ONEM2M_R_NONE
                   : ONEM2M_R_NOT_THE_SOURCE;
    if (policy_is_derivation(use) && use->derivation != &onem2m_derivation_usage_key)
        return ONEM2M_R_REGISTRATION;
    return expect_target(key, use);
}

static ONEM2M_REASON expect_octets(const ONEM2M_ATTRIBUTES *key, const ONEM2M_USE *use)
{
    const int is_itself =
        use->derivation == NULL || use->derivation == &onem2m_derivation_split_key;

    if (use->kind == ONEM2M_USE_EXPORT)
        return key->extractable ? ONEM2M_R_NONE : ONEM2M_R_NOT_EXTRACTABLE;
    if (use->kind != ONEM2M_USE_DERIVE_OCTETS)
        return ONEM2M_R_NONE;
    if (!key->derive_octets)
        return ONEM2M_R_DERIVE_OCTETS_OFF;
    return is_itself && !key->extractable ? ONEM2M_R_NOT_EXTRACTABLE : ONEM2M_R_NONE;
}

static ONEM2M_REASON expect_tables(const ONEM2M_ATTRIBUTES *key, const ONEM2M_USE *use)
{
    switch (use->kind) {
    case ONEM2M_USE_EXPORT:
    case ONEM2M_USE_UPDATE:
    case ONEM2M_USE_DESTROY:
        return ONEM2M_R_NONE;
    case ONEM2M_USE_DERIVE:
    case ONEM2M_USE_DERIVE_OCTETS:
        return expect_derivation(key, use);
    default:
        return expect_usage(key, use);
    }
}

ONEM2M_REASON policy_expect(const ONEM2M_ATTRIBUTES *key, const ONEM2M_USE *use)
{
    ONEM2M_REASON reason = policy_expect_kind(key);

    if (reason == ONEM2M_R_NONE)
        reason = expect_state(key, use->kind);
    if (reason == ONEM2M_R_NONE)
        reason = expect_expiry(key, use);
    if (reason == ONEM2M_R_NONE)
        reason = expect_ownership(key, use);
    if (reason == ONEM2M_R_NONE)
        reason = expect_tables(key, use);
    if (reason == ONEM2M_R_NONE)
        reason = expect_requester(key, use);
    if (reason == ONEM2M_R_NONE)
        reason = expect_octets(key, use);
    return reason;
}

ONEM2M_ATTRIBUTES policy_own_key(ONEM2M_KIND kind, unsigned int suid, ONEM2M_PURPOSE purpose)
{
    ONEM2M_ATTRIBUTES key;

    memset(&key, 0, sizeof(key));
    key.kind = kind;
    key.suid = suid;
    key.purpose = purpose;
    key.state = ONEM2M_STATE_ACTIVE;
    key.extractable = 1;
    key.derive_octets = 1;
    key.text[ONEM2M_TEXT_KEY_ID] = policy_slice("name@example.com");
    return key;
}

void policy_make_registration(ONEM2M_ATTRIBUTES *key)
{
    key->registration = 1;
    key->text[ONEM2M_TEXT_SOURCE_ID] = policy_slice(SOURCE);
    key->text[ONEM2M_TEXT_ADMIN_FQDN] = policy_slice(ADMIN);
    key->text[ONEM2M_TEXT_TARGET_IDS] = policy_slice(TARGETS);
    if (key->kind == ONEM2M_KIND_KE)
        key->allowed_suids = 1U << (21 - 21) | 1U << (24 - 21);
}

ONEM2M_USE policy_new_use(ONEM2M_USE_KIND kind)
{
    ONEM2M_USE use;

    memset(&use, 0, sizeof(use));
    use.kind = kind;
    use.now = NOW;
    return use;
}

ONEM2M_REASON policy_expect_admitted(const ONEM2M_ATTRIBUTES *key, size_t targets)
{
    const ONEM2M_REASON reason = policy_expect_kind(key);
    const char *rule;

    if (reason != ONEM2M_R_NONE)
        return reason;
    rule = kind_rows[key->kind - 1].targets;
    if (key->registration && rule[0] == '\0')
        return ONEM2M_R_BAD_KIND;
    if (key->registration && key->text[ONEM2M_TEXT_SOURCE_ID].length == 0)
        return ONEM2M_R_MISSING_PARAMETER;
    if (key->registration && (strcmp(rule, "exactly one") == 0 ? targets != 1 : targets == 0))
        return ONEM2M_R_BAD_TARGETS;
    if (!key->registration || key->kind != ONEM2M_KIND_KE)
        return key->allowed_suids == 0 ? ONEM2M_R_NONE : ONEM2M_R_BAD_ATTRIBUTE;
    if (key->allowed_suids == 0)
        return ONEM2M_R_MISSING_PARAMETER;
    return key->allowed_suids < 32 ? ONEM2M_R_NONE : ONEM2M_R_BAD_SUID;
}
