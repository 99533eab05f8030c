/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <onem2m/params.h>
#include <keystore/policy.h>
#include "expect.h"

/*
 * What is expected stands here as the contract has it, in words, and is
 * evaluated without any table of keystore/policy.c. docs/policy.md gives the
 * order in which rules refuse.
 */

#define SUID_LAST 50
#define NOW INT64_C(1800000000)
#define PARENT_SUID "parent's"

#define TARGET_CSE "//sp.example.com/cse1"
#define TARGET_CSE_FQDN "cse1.example.com"
#define TARGET_MAF "maf.example.com"
#define TARGET_BARE "//sp.example.com/cse2" /* of which no FQDN is known */
#define TARGETS TARGET_CSE "=" TARGET_CSE_FQDN " " TARGET_MAF " " TARGET_BARE
#define SOURCE "//sp.example.com/cse9/C7"
#define ADMIN "admin.example.com"
#define STRANGER "//sp.example.com/cse"

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

static const ONEM2M_DERIVATION *const derivations[] = {
    NULL,
    &onem2m_derivation_km,
    &onem2m_derivation_kpsa,
    &onem2m_derivation_usage_key,
    &onem2m_derivation_e2e_key,
    &onem2m_derivation_session_esprim_key,
    &onem2m_derivation_split_key,
    &onem2m_derivation_gba_naf_key,
};

static ONEM2M_SLICE slice(const char *text)
{
    return (ONEM2M_SLICE){ (const unsigned char *)text, strlen(text) };
}

static int is(ONEM2M_SLICE text, const char *expected)
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

static const char *kind_name(ONEM2M_KIND kind)
{
    return kind >= 1 && (size_t)kind <= COUNT(kind_rows) ? kind_rows[kind - 1].kind : "no kind";
}

static const char *derivation_name(const ONEM2M_DERIVATION *derivation)
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

static ONEM2M_REASON expect_kind(const ONEM2M_ATTRIBUTES *key)
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
    if (strcmp(kind_name(key->kind), "e2e") == 0)
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
    const unsigned int which = strcmp(kind_name(key->kind), "e2e") == 0 ? key->purpose : key->suid;
    int has_kind = 0;

    for (size_t i = 0; i < COUNT(use_rows); i++) {
        if (use_rows[i].use != use->kind || strcmp(use_rows[i].kind, kind_name(key->kind)) != 0)
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
        if (strcmp(made_rows[i].parent, kind_name(key->kind)) != 0 ||
            strcmp(made_rows[i].derivation, derivation_name(use->derivation)) != 0)
            continue;
        has_parent = 1;
        if (made_rows[i].purposes[0] != '\0' && !contains(made_rows[i].purposes, use->purpose))
            continue;
        has_purpose = 1;
        if (use->child_kind != 0 && strcmp(made_rows[i].child, kind_name(use->child_kind)) != 0)
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

static int is_derivation(const ONEM2M_USE *use)
{
    return use->kind == ONEM2M_USE_DERIVE || use->kind == ONEM2M_USE_DERIVE_OCTETS;
}

static ONEM2M_REASON expect_target(const ONEM2M_ATTRIBUTES *key, const ONEM2M_USE *use)
{
    const char *fqdn = is(use->requester, TARGET_CSE)   ? TARGET_CSE_FQDN
                       : is(use->requester, TARGET_MAF) ? TARGET_MAF
                                                        : NULL;

    if (fqdn == NULL && !is(use->requester, TARGET_BARE))
        return ONEM2M_R_NOT_A_TARGET;
    if (!is_derivation(use))
        return ONEM2M_R_NONE;
    if (fqdn == NULL || !is(use->target, fqdn))
        return ONEM2M_R_NOT_A_TARGET;
    return (key->allowed_suids >> (use->suid - 21) & 1) != 0 ? ONEM2M_R_NONE
                                                             : ONEM2M_R_SUID_NOT_ALLOWED;
}

static ONEM2M_REASON expect_requester(const ONEM2M_ATTRIBUTES *key, const ONEM2M_USE *use)
{
    if (!key->registration)
        return ONEM2M_R_NONE;
    if (use->kind == ONEM2M_USE_UPDATE || use->kind == ONEM2M_USE_DESTROY)
        return is(use->requester, SOURCE) || is(use->requester, ADMIN) ? ONEM2M_R_NONE
                                                                       : ONEM2M_R_NOT_THE_SOURCE;
    if (is_derivation(use) && use->derivation != &onem2m_derivation_usage_key)
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

static ONEM2M_REASON expect(const ONEM2M_ATTRIBUTES *key, const ONEM2M_USE *use)
{
    ONEM2M_REASON reason = expect_kind(key);

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

/* What a run of combinations met, so that a test that meets nothing is seen. */
typedef struct {
    size_t allowed, refused;
    size_t reasons[ONEM2M_R_NOT_CHANGEABLE + 1];
} TALLY;

static void check(const ONEM2M_ATTRIBUTES *key, const ONEM2M_USE *use, TALLY *tally)
{
    const ONEM2M_REASON expected = expect(key, use);
    ONEM2M_ERROR error = { ONEM2M_R_NONE, 0, "" };
    const int ok = onem2m_policy_allows(key, use, &error);

    if (ok != (expected == ONEM2M_R_NONE) || error.reason != expected)
        fail_msg("%s suid %u purpose %d state %d not-after %d registration %d; use %d usage %d "
                 "suid %u child %s by %s purpose %d for %.*s: %d, expected %d: %s",
                 kind_name(key->kind), key->suid, (int)key->purpose, (int)key->state,
                 (int)key->not_after, key->registration, (int)use->kind, (int)use->usage, use->suid,
                 kind_name(use->child_kind), derivation_name(use->derivation), (int)use->purpose,
                 (int)use->requester.length, (const char *)use->requester.data, (int)error.reason,
                 (int)expected, error.detail);
    if (ok) {
        tally->allowed++;
    } else {
        tally->refused++;
        assert_int_equal(error.offset, NO_OFFSET);
        assert_true(strlen(error.detail) > 10 && strlen(error.detail) < sizeof(error.detail) - 1);
    }
    tally->reasons[error.reason]++;
}

static ONEM2M_ATTRIBUTES own_key(ONEM2M_KIND kind, unsigned int suid, ONEM2M_PURPOSE purpose)
{
    ONEM2M_ATTRIBUTES key;

    memset(&key, 0, sizeof(key));
    key.kind = kind;
    key.suid = suid;
    key.purpose = purpose;
    key.state = ONEM2M_STATE_ACTIVE;
    key.extractable = 1;
    key.derive_octets = 1;
    key.text[ONEM2M_TEXT_KEY_ID] = slice("name@example.com");
    return key;
}

static void make_registration(ONEM2M_ATTRIBUTES *key)
{
    key->registration = 1;
    key->text[ONEM2M_TEXT_SOURCE_ID] = slice(SOURCE);
    key->text[ONEM2M_TEXT_ADMIN_FQDN] = slice(ADMIN);
    key->text[ONEM2M_TEXT_TARGET_IDS] = slice(TARGETS);
    if (key->kind == ONEM2M_KIND_KE)
        key->allowed_suids = 1U << (21 - 21) | 1U << (24 - 21);
}

static ONEM2M_USE new_use(ONEM2M_USE_KIND kind)
{
    ONEM2M_USE use;

    memset(&use, 0, sizeof(use));
    use.kind = kind;
    use.now = NOW;
    return use;
}

/* Calls a function for every use that is no derivation, with every usage and some SUIDs. */
static void each_plain_use(const ONEM2M_ATTRIBUTES *key, ONEM2M_SLICE requester, TALLY *tally)
{
    for (int kind = 1; kind <= ONEM2M_USE_KIND_MAX; kind++) {
        ONEM2M_USE use = new_use((ONEM2M_USE_KIND)kind);

        if (is_derivation(&use))
            continue;
        use.requester = requester;
        for (int usage = 0; usage <= ONEM2M_USAGE_ESDATA_SIGN + 1; usage++) {
            use.usage = (ONEM2M_USAGE)usage;
            check(key, &use, tally);
            if (use.kind != ONEM2M_USE_PSK)
                break;
        }
        for (use.suid = 1; use.kind == ONEM2M_USE_RETRIEVE && use.suid <= SUID_LAST; use.suid++)
            check(key, &use, tally);
    }
}

/* All kinds, SUIDs, purposes, usages, uses of an active own key. */
static void test_every_kind_and_suid(void **state)
{
    TALLY tally = { 0 };

    (void)state;
    for (int kind = -1; kind <= ONEM2M_KIND_MAX + 1; kind++) {
        for (unsigned int suid = 0; suid <= SUID_LAST; suid++) {
            for (int purpose = 0; purpose <= 5; purpose++) {
                const ONEM2M_ATTRIBUTES key =
                    own_key((ONEM2M_KIND)kind, suid, (ONEM2M_PURPOSE)purpose);

                each_plain_use(&key, slice(""), &tally);
            }
        }
    }
    assert_true(tally.allowed > 100 && tally.refused > 10000);
}

static const char *const requesters[] = { "",    TARGET_CSE, TARGET_MAF,      TARGET_BARE, SOURCE,
                                          ADMIN, STRANGER,   TARGET_CSE_FQDN, TARGETS };

/* All kinds with their SUIDs, times states, expiry, ownership, requesters, switches. */
static void vary(const ONEM2M_ATTRIBUTES *base, TALLY *tally)
{
    static const ONEM2M_TIME ends[] = { 0, NOW - 1, NOW, NOW + 1 };

    for (unsigned int i = 0; i < 6 * COUNT(ends) * 8 * COUNT(requesters); i++) {
        ONEM2M_ATTRIBUTES key = *base;
        unsigned int rest = i;

        key.state = (ONEM2M_STATE)(rest % 6); /* 0 and 5 are no states */
        rest /= 6;
        key.not_after = ends[rest % COUNT(ends)];
        rest /= COUNT(ends);
        key.extractable = (int)(rest & 1);
        key.derive_octets = (int)(rest >> 1 & 1);
        if ((rest >> 2 & 1) != 0)
            make_registration(&key);
        each_plain_use(&key, slice(requesters[rest / 8]), tally);
    }
}

/* Calls a function for each kind with each SUID and purpose that it may have. */
static void each_key(void (*visit)(const ONEM2M_ATTRIBUTES *, TALLY *), TALLY *tally)
{
    for (int kind = 1; kind <= ONEM2M_KIND_MAX; kind++) {
        for (unsigned int suid = 0; suid <= SUID_LAST; suid++) {
            for (int purpose = 0; purpose <= 4; purpose++) {
                const ONEM2M_ATTRIBUTES key =
                    own_key((ONEM2M_KIND)kind, suid, (ONEM2M_PURPOSE)purpose);

                if (expect_kind(&key) == ONEM2M_R_NONE)
                    visit(&key, tally);
            }
        }
    }
}

static void test_every_state_and_requester(void **state)
{
    static const ONEM2M_REASON met[] = {
        ONEM2M_R_NOT_ALLOWED_BY_KIND, ONEM2M_R_NOT_ALLOWED_BY_USAGE,
        ONEM2M_R_SUSPENDED,           ONEM2M_R_REVOKED,
        ONEM2M_R_DESTROYED,           ONEM2M_R_EXPIRED,
        ONEM2M_R_REGISTRATION,        ONEM2M_R_REQUESTER_MISSING,
        ONEM2M_R_NOT_A_TARGET,        ONEM2M_R_NOT_THE_SOURCE,
        ONEM2M_R_NOT_EXTRACTABLE,     ONEM2M_R_BAD_SUID,
    };
    TALLY tally = { 0 };

    (void)state;
    each_key(vary, &tally);
    assert_true(tally.allowed > 1000);
    for (size_t i = 0; i < COUNT(met); i++)
        assert_true(tally.reasons[met[i]] > 0);
}

/* Every purpose (a few, where it does not matter), child kind and child SUID of one derivation. */
static void derive(const ONEM2M_ATTRIBUTES *key, ONEM2M_USE use, TALLY *tally)
{
    const int step = use.derivation == &onem2m_derivation_e2e_key ? 1 : 3;

    for (int purpose = 0; purpose <= 5; purpose += step) {
        use.purpose = (ONEM2M_PURPOSE)purpose;
        for (int child = 0; child <= ONEM2M_KIND_MAX + 1; child++) {
            use.child_kind = (ONEM2M_KIND)child;
            for (use.suid = 0; use.suid <= SUID_LAST; use.suid++)
                check(key, &use, tally);
        }
    }
}

static void derive_by_all(const ONEM2M_ATTRIBUTES *base, TALLY *tally)
{
    static const ONEM2M_USE_KIND kinds[] = { ONEM2M_USE_DERIVE, ONEM2M_USE_DERIVE_OCTETS };

    for (size_t i = 0; i < COUNT(derivations) * COUNT(kinds) * 2; i++) {
        ONEM2M_ATTRIBUTES key = *base;
        ONEM2M_USE use = new_use(kinds[i % 2]);

        use.derivation = derivations[i / 4];
        use.target = slice(TARGET_MAF);
        if (i / 2 % 2 != 0) {
            make_registration(&key);
            use.requester = slice(TARGET_MAF);
        }
        derive(&key, use, tally);
    }
}

static void test_every_derivation(void **state)
{
    TALLY tally = { 0 };

    (void)state;
    each_key(derive_by_all, &tally);
    assert_true(tally.allowed > 100 && tally.reasons[ONEM2M_R_SUID_NOT_ALLOWED] > 0 &&
                tally.reasons[ONEM2M_R_REGISTRATION] > 0 && tally.reasons[ONEM2M_R_BAD_KIND] > 0 &&
                tally.reasons[ONEM2M_R_BAD_CHOICE] > 0);
}

/* The child that each row of the table makes, under every circumstance. */
static void derive_in_every_state(const ONEM2M_ATTRIBUTES *base, TALLY *tally)
{
    static const char *const targets[] = { "", TARGET_CSE_FQDN, TARGET_MAF, TARGET_BARE };
    static const ONEM2M_TIME ends[] = { 0, NOW, NOW + 1 };
    const size_t count = COUNT(derivations) * 2 * 6 * COUNT(ends) * 8 * COUNT(requesters);

    for (size_t i = 0; i < count * COUNT(targets); i++) {
        ONEM2M_ATTRIBUTES key = *base;
        size_t rest = i;
        ONEM2M_USE use = new_use(rest % 2 != 0 ? ONEM2M_USE_DERIVE : ONEM2M_USE_DERIVE_OCTETS);

        rest /= 2;
        use.derivation = derivations[rest % COUNT(derivations)];
        rest /= COUNT(derivations);
        use.suid = use.derivation == &onem2m_derivation_usage_key ? 21 + (unsigned int)(i % 5)
                   : use.derivation == NULL                       ? 13 + (unsigned int)(i / 16 % 3)
                                                                  : 0;
        key.state = (ONEM2M_STATE)(rest % 6);
        rest /= 6;
        key.not_after = ends[rest % COUNT(ends)];
        rest /= COUNT(ends);
        use.target = slice(targets[rest % COUNT(targets)]);
        rest /= COUNT(targets);
        use.requester = slice(requesters[rest % COUNT(requesters)]);
        rest /= COUNT(requesters);
        key.extractable = (int)(rest & 1);
        key.derive_octets = (int)(rest >> 1 & 1);
        if ((rest >> 2 & 1) != 0)
            make_registration(&key);
        check(&key, &use, tally);
    }
}

static void test_derivation_in_every_state(void **state)
{
    TALLY tally = { 0 };

    (void)state;
    each_key(derive_in_every_state, &tally);
    assert_true(tally.allowed > 100 && tally.reasons[ONEM2M_R_DERIVE_OCTETS_OFF] > 0 &&
                tally.reasons[ONEM2M_R_NOT_EXTRACTABLE] > 0);
}

/* What a refusal says. */
static const struct {
    ONEM2M_KIND kind;
    unsigned int suid;
    ONEM2M_PURPOSE purpose;
    ONEM2M_USE_KIND use;
    ONEM2M_USAGE usage;
    const char *detail;
} details[] = {
    { ONEM2M_KIND_KM, 12, 0, ONEM2M_USE_PSK, ONEM2M_USAGE_MAF,
      "suid: 12 is none of a km's: 11, 21 (TS-0004 6.3.4.2.39)" },
    { ONEM2M_KIND_KM, 0, 0, ONEM2M_USE_PSK, ONEM2M_USAGE_MAF,
      "suid: not set; a km has one of 11, 21 (TS-0004 6.3.4.2.39)" },
    { ONEM2M_KIND_KE, 21, 0, ONEM2M_USE_PSK, ONEM2M_USAGE_MAF,
      "suid: 21; a ke has none (TS-0004 6.3.4.2.39)" },
    { ONEM2M_KIND_KE, 0, 0, ONEM2M_USE_MAC, 0,
      "kind: a ke may not compute a MIC (TS-0004 6.3.4.2.39)" },
    { ONEM2M_KIND_KM, 21, 0, ONEM2M_USE_PSK, ONEM2M_USAGE_SAEF,
      "usage: SUID 21 is for maf, not saef (TS-0004 6.3.4.2.39)" },
    { ONEM2M_KIND_KM, 21, 0, ONEM2M_USE_PSK, 0,
      "usage: SUID 21 is for maf, not one that is not set (TS-0004 6.3.4.2.39)" },
    { ONEM2M_KIND_ESDATA, 14, 0, ONEM2M_USE_MAC, 0,
      "usage: SUID 14 is for esdata-encrypt, so the key may not compute a MIC "
      "(TS-0004 6.3.4.2.39)" },
    { ONEM2M_KIND_E2E, 0, ONEM2M_PURPOSE_MESSAGE_AUTHENTICATION_KEY, ONEM2M_USE_ENCRYPT, 0,
      "purpose: a key for message-authentication may not encrypt (TS-0003 10.3.6.2)" },
};

static void test_details(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(details); i++) {
        const ONEM2M_ATTRIBUTES key = own_key(details[i].kind, details[i].suid, details[i].purpose);
        ONEM2M_USE use = new_use(details[i].use);
        ONEM2M_ERROR error;

        use.usage = details[i].usage;
        assert_int_equal(onem2m_policy_allows(&key, &use, &error), 0);
        assert_string_equal(error.detail, details[i].detail);
    }
}

static void test_no_such_use(void **state)
{
    static const int kinds[] = { -1, 0, ONEM2M_USE_KIND_MAX + 1 };
    const ONEM2M_ATTRIBUTES key = own_key(ONEM2M_KIND_KPM, 10, ONEM2M_PURPOSE_NONE);

    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        const ONEM2M_USE use = new_use((ONEM2M_USE_KIND)kinds[i]);
        ONEM2M_ERROR error;

        assert_int_equal(onem2m_policy_allows(&key, &use, &error), 0);
        assert_int_equal(error.reason, ONEM2M_R_BAD_CHOICE);
        assert_int_equal(onem2m_policy_allows(&key, &use, NULL), 0);
    }
}

static ONEM2M_REASON expect_admitted(const ONEM2M_ATTRIBUTES *key, size_t targets)
{
    const ONEM2M_REASON reason = expect_kind(key);
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

static void admit(const ONEM2M_ATTRIBUTES *base)
{
    static const char *const lists[] = { "", TARGET_MAF, TARGET_CSE "=" TARGET_CSE_FQDN,
                                         TARGET_MAF " " TARGET_CSE, TARGETS };
    static const size_t counts[] = { 0, 1, 1, 2, 3 };
    static const unsigned int allowed[] = { 0, 1, 31, 32, 33 };

    for (unsigned int i = 0; i < COUNT(lists) * COUNT(allowed) * 4; i++) {
        ONEM2M_ATTRIBUTES key = *base;
        ONEM2M_ERROR error = { ONEM2M_R_NONE, 0, "" };
        ONEM2M_REASON expected;

        key.registration = (int)(i & 1);
        key.text[ONEM2M_TEXT_SOURCE_ID] = slice((i & 2) != 0 ? SOURCE : "");
        key.text[ONEM2M_TEXT_TARGET_IDS] = slice(lists[i / 4 % COUNT(lists)]);
        key.allowed_suids = allowed[i / 4 / COUNT(lists)];
        expected = expect_admitted(&key, counts[i / 4 % COUNT(lists)]);
        assert_int_equal(onem2m_policy_admits(&key, &error), expected == ONEM2M_R_NONE);
        assert_int_equal(error.reason, expected);
    }
}

static void test_what_may_be_stored(void **state)
{
    (void)state;
    for (int kind = 0; kind <= ONEM2M_KIND_MAX + 1; kind++) {
        for (unsigned int suid = 0; suid <= SUID_LAST; suid++) {
            for (int purpose = 0; purpose <= 5; purpose++) {
                const ONEM2M_ATTRIBUTES key =
                    own_key((ONEM2M_KIND)kind, suid, (ONEM2M_PURPOSE)purpose);

                admit(&key);
            }
        }
    }
}

#define PARENT_END (NOW + 1000)

typedef struct {
    ONEM2M_KIND parent;
    unsigned int parent_suid;
    const ONEM2M_DERIVATION *derivation;
    ONEM2M_PURPOSE purpose;
    unsigned int use_suid;
    ONEM2M_KIND wished_kind;
    unsigned int wished_suid;
    ONEM2M_REASON reason; /* or NONE and: */
    ONEM2M_KIND kind;
    unsigned int suid;
} CHILD;

#define K(kind) ONEM2M_KIND_##kind
#define BY(derivation) &onem2m_derivation_##derivation

static const CHILD children[] = {
    { K(KE), 0, BY(km), 0, 0, 0, 0, 0, K(KM), 21 },
    { K(KE), 0, BY(km), 0, 0, K(KM), 21, 0, K(KM), 21 },
    { K(KE), 0, BY(km), 0, 0, K(KM), 11, ONEM2M_R_BAD_SUID, 0, 0 },
    { K(KE), 0, BY(km), 0, 0, K(KPSA), 0, ONEM2M_R_BAD_KIND, 0, 0 },
    { K(KE), 0, BY(kpsa), 0, 0, 0, 0, 0, K(KPSA), 22 },
    { K(KE), 0, BY(usage_key), 0, 21, 0, 0, 0, K(KM), 21 },
    { K(KE), 0, BY(usage_key), 0, 22, 0, 0, 0, K(KPSA), 22 },
    { K(KE), 0, BY(usage_key), 0, 0, 0, 23, 0, K(ESPRIM), 23 },
    { K(KE), 0, BY(usage_key), 0, 24, K(ESDATA), 24, 0, K(ESDATA), 24 },
    { K(KE), 0, BY(usage_key), 0, 25, 0, 0, 0, K(ESDATA), 25 },
    { K(KE), 0, BY(usage_key), 0, 24, 0, 25, ONEM2M_R_BAD_SUID, 0, 0 },
    { K(KE), 0, BY(usage_key), 0, 24, K(ESPRIM), 0, ONEM2M_R_BAD_SUID, 0, 0 },
    { K(KE), 0, BY(usage_key), 0, 0, 0, 0, ONEM2M_R_MISSING_PARAMETER, 0, 0 },
    { K(KE), 0, BY(gba_naf_key), 0, 0, 0, 0, ONEM2M_R_MISSING_PARAMETER, 0, 0 },
    { K(KE), 0, BY(gba_naf_key), 0, 0, K(KPSA), 0, 0, K(KPSA), 22 },
    { K(KE), 0, BY(gba_naf_key), 0, 0, 0, 21, 0, K(KM), 21 },
    { K(KM), 11, BY(e2e_key), 0, 0, 0, 0, 0, K(E2E_MASTER), 0 },
    { K(KPSA), 12, BY(e2e_key), 3, 0, 0, 0, 0, K(E2E), 0 },
    { K(KPSA), 12, BY(e2e_key), 3, 0, K(E2E_MASTER), 0, ONEM2M_R_BAD_KIND, 0, 0 },
    { K(E2E_MASTER), 0, BY(e2e_key), 4, 0, 0, 0, 0, K(E2E), 0 },
    { K(E2E_MASTER), 0, BY(e2e_key), 0, 0, 0, 0, ONEM2M_R_BAD_CHOICE, 0, 0 },
    { K(E2E), 0, BY(e2e_key), 1, 0, 0, 0, ONEM2M_R_BAD_CHOICE, 0,
      0 }, /* a parent without purpose */
    { K(ESPRIM), 33, BY(session_esprim_key), 0, 0, 0, 0, 0, K(ESPRIM_SESSION), 33 },
    { K(ESPRIM), 33, BY(session_esprim_key), 0, 0, 0, 23, ONEM2M_R_BAD_SUID, 0, 0 },
    { K(ESDATA), 35, BY(split_key), 0, 0, 0, 0, 0, K(HALF), 35 },
    { K(HALF), 35, BY(split_key), 0, 0, 0, 0, ONEM2M_R_NOT_ALLOWED_BY_KIND, 0, 0 },
    { K(PAIRWISE_E2E), 0, NULL, 0, 0, K(ESPRIM), 0, 0, K(ESPRIM), 13 },
    { K(PAIRWISE_E2E), 0, NULL, 0, 0, 0, 15, 0, K(ESDATA), 15 },
    { K(PAIRWISE_E2E), 0, NULL, 0, 0, K(ESDATA), 0, ONEM2M_R_MISSING_PARAMETER, 0, 0 },
    { K(PAIRWISE_E2E), 0, NULL, 0, 0, 0, 0, ONEM2M_R_MISSING_PARAMETER, 0, 0 },
    { K(KC), 32, NULL, 0, 0, 0, 0, ONEM2M_R_NOT_ALLOWED_BY_KIND, 0, 0 },
};

static void check_child(const CHILD *row)
{
    const ONEM2M_ATTRIBUTES parent = own_key(row->parent, row->parent_suid, ONEM2M_PURPOSE_NONE);
    ONEM2M_ATTRIBUTES child, before;
    ONEM2M_USE use = new_use(ONEM2M_USE_DERIVE);
    ONEM2M_ERROR error = { ONEM2M_R_NONE, 0, "" };

    memset(&child, 0, sizeof(child));
    child.kind = row->wished_kind;
    child.suid = row->wished_suid;
    child.derive_octets = 1;
    before = child;
    use.derivation = row->derivation;
    use.purpose = row->purpose;
    use.suid = row->use_suid;
    if (onem2m_policy_child(&child, &parent, &use, &error) != (row->reason == ONEM2M_R_NONE) ||
        error.reason != row->reason)
        fail_msg("child %td: %d %s", row - children, (int)error.reason, error.detail);
    if (row->reason != ONEM2M_R_NONE) {
        assert_memory_equal(&child, &before, sizeof(child));
        return;
    }
    assert_int_equal(child.kind, row->kind);
    assert_int_equal(child.suid, row->suid);
    assert_int_equal(child.purpose, row->purpose);
    assert_int_equal(child.parent_kind, row->parent);
    assert_int_equal(child.derive_octets, 1);
    assert_int_equal(child.registration, 0);
    assert_true(is(child.text[ONEM2M_TEXT_PARENT_KEY_ID], "name@example.com"));
    assert_int_equal(onem2m_policy_is_derived(&child), 1);
    child.state = ONEM2M_STATE_ACTIVE;
    assert_int_equal(onem2m_policy_admits(&child, NULL), 1);
}

static void test_children(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(children); i++)
        check_child(&children[i]);
}

/* What the child wishes, what its parent has, what becomes of it. */
static const struct {
    ONEM2M_TIME parent_end, wished_end, end;
    int parent_extractable, parent_octets, registered, extractable, octets;
    ONEM2M_REASON reason;
    int octets_then;
} inheritance[] = {
    { 0, 0, 0, 1, 1, 0, 1, 1, 0, 1 },
    { 0, PARENT_END, PARENT_END, 1, 1, 0, 0, 1, 0, 1 },
    { PARENT_END, 0, PARENT_END, 0, 1, 0, 0, 1, 0, 1 },
    { PARENT_END, PARENT_END - 1, PARENT_END - 1, 0, 1, 0, 0, 1, 0, 1 },
    { PARENT_END, PARENT_END, PARENT_END, 0, 1, 0, 0, 0, 0, 0 },
    { PARENT_END, PARENT_END + 1, 0, 0, 1, 0, 0, 1, ONEM2M_R_OUTLIVES_PARENT, 0 },
    { 0, 0, 0, 0, 1, 0, 1, 1, ONEM2M_R_NOT_EXTRACTABLE, 0 },
    { 0, 0, 0, 1, 1, 1, 1, 1, ONEM2M_R_NOT_EXTRACTABLE, 0 },
    { 0, 0, 0, 1, 1, 1, 0, 1, 0, 1 },
    { 0, 0, 0, 1, 0, 0, 1, 1, 0, 0 },
    { NOW, 0, 0, 1, 1, 0, 0, 1, ONEM2M_R_EXPIRED, 0 },
};

static void test_inheritance(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(inheritance); i++) {
        ONEM2M_ATTRIBUTES parent = own_key(ONEM2M_KIND_KE, 0, ONEM2M_PURPOSE_NONE), child;
        ONEM2M_USE use = new_use(ONEM2M_USE_DERIVE);
        ONEM2M_ERROR error = { ONEM2M_R_NONE, 0, "" };

        memset(&child, 0, sizeof(child));
        if (inheritance[i].registered)
            make_registration(&parent);
        parent.not_after = inheritance[i].parent_end;
        parent.extractable = inheritance[i].parent_extractable;
        parent.derive_octets = inheritance[i].parent_octets;
        child.not_after = inheritance[i].wished_end;
        child.extractable = inheritance[i].extractable;
        child.derive_octets = inheritance[i].octets;
        use.derivation = &onem2m_derivation_usage_key;
        use.suid = 21;
        use.requester = use.target = slice(TARGET_MAF);
        assert_int_equal(onem2m_policy_child(&child, &parent, &use, &error),
                         inheritance[i].reason == ONEM2M_R_NONE);
        assert_int_equal(error.reason, inheritance[i].reason);
        if (inheritance[i].reason != ONEM2M_R_NONE)
            continue;
        assert_int_equal(child.not_after, inheritance[i].end);
        assert_int_equal(child.extractable, inheritance[i].extractable);
        assert_int_equal(child.derive_octets, inheritance[i].octets_then);
    }
}

static void test_child_is_a_derivation(void **state)
{
    const ONEM2M_ATTRIBUTES parent = own_key(ONEM2M_KIND_KE, 0, ONEM2M_PURPOSE_NONE);
    ONEM2M_USE use = new_use(ONEM2M_USE_DERIVE_OCTETS);
    ONEM2M_ATTRIBUTES child;
    ONEM2M_ERROR error;

    (void)state;
    memset(&child, 0, sizeof(child));
    use.derivation = &onem2m_derivation_km;
    assert_int_equal(onem2m_policy_child(&child, &parent, &use, &error), 0);
    assert_int_equal(error.reason, ONEM2M_R_BAD_CHOICE);
    use.kind = ONEM2M_USE_DERIVE;
    use.child_kind = ONEM2M_KIND_KM;
    child.kind = ONEM2M_KIND_KPSA;
    assert_int_equal(onem2m_policy_child(&child, &parent, &use, &error), 0);
    assert_int_equal(error.reason, ONEM2M_R_BAD_KIND);
}

/* Parents that limit, and those that are an origin only. */
static const struct {
    ONEM2M_KIND parent, kind;
    unsigned int suid;
    int is_derived;
} origins[] = {
    { 0, K(KE), 0, 0 },
    { K(KPM), K(KE), 0, 0 },
    { K(KM), K(KC), 32, 0 },
    { K(KM), K(ESPRIM), 33, 0 },
    { K(KPM), K(ESDATA), 24, 0 },
    { K(KE), K(KM), 21, 1 },
    { K(KE), K(KPSA), 22, 1 },
    { K(KE), K(ESPRIM), 23, 1 },
    { K(KE), K(ESPRIM), 33, 0 },
    { K(KE), K(ESDATA), 25, 1 },
    { K(KE), K(KC), 22, 0 },
    { K(KM), K(E2E), 0, 1 },
    { K(KPSA), K(E2E_MASTER), 0, 1 },
    { K(E2E_MASTER), K(E2E), 0, 1 },
    { K(ESPRIM), K(ESPRIM_SESSION), 33, 1 },
    { K(ESDATA), K(HALF), 34, 1 },
    { K(PAIRWISE_E2E), K(ESDATA), 14, 1 },
};

static void test_limits(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(origins); i++) {
        ONEM2M_ATTRIBUTES parent = own_key(origins[i].parent, 0, ONEM2M_PURPOSE_NONE);
        ONEM2M_ATTRIBUTES child = own_key(origins[i].kind, origins[i].suid, ONEM2M_PURPOSE_NONE);

        child.parent_kind = origins[i].parent;
        assert_int_equal(onem2m_policy_is_derived(&child), origins[i].is_derived);
        parent.not_after = PARENT_END;
        assert_int_equal(onem2m_policy_limit(&child, &parent), origins[i].is_derived);
        assert_int_equal(child.not_after, origins[i].is_derived ? PARENT_END : 0);
        assert_int_equal(onem2m_policy_limit(&child, &parent), 0);
        parent.not_after = 0;
        assert_int_equal(onem2m_policy_limit(&child, &parent), 0);
        child.not_after = parent.not_after = PARENT_END;
        parent.not_after--;
        assert_int_equal(onem2m_policy_limit(&child, &parent), origins[i].is_derived);
    }
}

static void test_limits_of_octets(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(origins); i++) {
        ONEM2M_ATTRIBUTES parent = own_key(origins[i].parent, 0, ONEM2M_PURPOSE_NONE);
        ONEM2M_ATTRIBUTES child = own_key(origins[i].kind, origins[i].suid, ONEM2M_PURPOSE_NONE);

        child.parent_kind = origins[i].parent;
        child.extractable = child.derive_octets = 1;
        parent.extractable = parent.derive_octets = 1;
        assert_int_equal(onem2m_policy_limit(&child, &parent), 0);
        parent.extractable = 0;
        assert_int_equal(onem2m_policy_limit(&child, &parent), origins[i].is_derived);
        assert_int_equal(child.extractable, !origins[i].is_derived);
        parent.derive_octets = 0;
        assert_int_equal(onem2m_policy_limit(&child, &parent), origins[i].is_derived);
        assert_int_equal(child.derive_octets, !origins[i].is_derived);
        assert_int_equal(onem2m_policy_limit(&child, &parent), 0);
        child.extractable = parent.extractable = parent.registration = 1;
        assert_int_equal(onem2m_policy_limit(&child, &parent), origins[i].is_derived);
        assert_int_equal(child.extractable, !origins[i].is_derived);
        parent.extractable = parent.derive_octets = 1;
        parent.registration = 0;
        assert_int_equal(onem2m_policy_limit(&child, &parent), 0);
        assert_int_equal(child.extractable, !origins[i].is_derived);
    }
}

typedef void change_fn(ONEM2M_ATTRIBUTES *key);

#define CHANGE(name, statement)                                                                    \
    static void name(ONEM2M_ATTRIBUTES *key)                                                       \
    {                                                                                              \
        statement;                                                                                 \
    }

CHANGE(nothing, (void)key)
CHANGE(kind, key->kind = ONEM2M_KIND_KPSA)
CHANGE(suid, key->suid = 11)
CHANGE(purpose, key->purpose = ONEM2M_PURPOSE_MESSAGE_AUTHENTICATION_KEY)
CHANGE(parent_kind, key->parent_kind = ONEM2M_KIND_KPM)
CHANGE(registration, key->registration = 1)
CHANGE(allowed_suids, key->allowed_suids = 1)
CHANGE(created, key->created = NOW)
CHANGE(extractable_on, key->extractable = 2)
CHANGE(extractable_off, key->extractable = 0)
CHANGE(octets_on, key->derive_octets = 2)
CHANGE(octets_off, key->derive_octets = 0)
CHANGE(key_id, key->text[ONEM2M_TEXT_KEY_ID] = slice("other@example.com"))
CHANGE(parent_key_id, key->text[ONEM2M_TEXT_PARENT_KEY_ID] = slice(""))
CHANGE(source_id, key->text[ONEM2M_TEXT_SOURCE_ID] = slice(SOURCE))
CHANGE(credential, key->text[ONEM2M_TEXT_SOURCE_CREDENTIAL_ID] = slice("11-a@example.com"))
CHANGE(admin_fqdn, key->text[ONEM2M_TEXT_ADMIN_FQDN] = slice(ADMIN))
CHANGE(entity_id, key->text[ONEM2M_TEXT_ENTITY_ID] = slice(SOURCE))
CHANGE(registrar_uri, key->text[ONEM2M_TEXT_REGISTRAR_URI] = slice("coap://example.com/"))
CHANGE(targets, key->text[ONEM2M_TEXT_TARGET_IDS] = slice(TARGET_MAF))
CHANGE(labels, key->text[ONEM2M_TEXT_LABELS] = slice("a b"))
CHANGE(suspended, key->state = ONEM2M_STATE_SUSPENDED)
CHANGE(revoked, key->state = ONEM2M_STATE_REVOKED)
CHANGE(destroyed, key->state = ONEM2M_STATE_DESTROYED)
CHANGE(no_state, key->state = (ONEM2M_STATE)0)
CHANGE(shorter, key->not_after = PARENT_END - 1)
CHANGE(parents_end, key->not_after = PARENT_END)
CHANGE(longer, key->not_after = PARENT_END + 1)
CHANGE(no_end, key->not_after = 0)

static const struct {
    const char *detail;
    change_fn *change;
    ONEM2M_REASON reason;
} changes[] = {
    { "", nothing, ONEM2M_R_NONE },
    { "kind:", kind, ONEM2M_R_NOT_CHANGEABLE },
    { "suid:", suid, ONEM2M_R_NOT_CHANGEABLE },
    { "purpose:", purpose, ONEM2M_R_NOT_CHANGEABLE },
    { "parent-key-id:", parent_kind, ONEM2M_R_NOT_CHANGEABLE },
    { "registration:", registration, ONEM2M_R_NOT_CHANGEABLE },
    { "allowed-suids:", allowed_suids, ONEM2M_R_NOT_CHANGEABLE },
    { "created:", created, ONEM2M_R_NOT_CHANGEABLE },
    { "extractable: can be turned off", extractable_on, ONEM2M_R_NOT_CHANGEABLE },
    { "", extractable_off, ONEM2M_R_NONE },
    { "derive-octets: can be turned off", octets_on, ONEM2M_R_NOT_CHANGEABLE },
    { "", octets_off, ONEM2M_R_NONE },
    { "key-id:", key_id, ONEM2M_R_NOT_CHANGEABLE },
    { "parent-key-id:", parent_key_id, ONEM2M_R_NOT_CHANGEABLE },
    { "source-id:", source_id, ONEM2M_R_NOT_CHANGEABLE },
    { "source-credential-id:", credential, ONEM2M_R_NOT_CHANGEABLE },
    { "admin-fqdn:", admin_fqdn, ONEM2M_R_NOT_CHANGEABLE },
    { "entity-id:", entity_id, ONEM2M_R_NOT_CHANGEABLE },
    { "registrar-uri:", registrar_uri, ONEM2M_R_NOT_CHANGEABLE },
    { "", targets, ONEM2M_R_NONE },
    { "", labels, ONEM2M_R_NONE },
    { "", suspended, ONEM2M_R_NONE },
    { "", revoked, ONEM2M_R_NONE },
    { "state:", destroyed, ONEM2M_R_BAD_STATE },
    { "state:", no_state, ONEM2M_R_BAD_STATE },
    { "", shorter, ONEM2M_R_NONE },
    { "", parents_end, ONEM2M_R_NONE },
    { "10.7", longer, ONEM2M_R_OUTLIVES_PARENT },
    { "10.7", no_end, ONEM2M_R_OUTLIVES_PARENT },
};

static void test_changes(void **state)
{
    ONEM2M_ATTRIBUTES parent = own_key(ONEM2M_KIND_KE, 0, ONEM2M_PURPOSE_NONE);
    ONEM2M_ATTRIBUTES key = own_key(ONEM2M_KIND_KM, 21, ONEM2M_PURPOSE_NONE);

    (void)state;
    key.parent_kind = ONEM2M_KIND_KE;
    key.text[ONEM2M_TEXT_PARENT_KEY_ID] = slice("name@example.com");
    key.not_after = parent.not_after = PARENT_END;
    for (size_t i = 0; i < COUNT(changes); i++) {
        ONEM2M_ATTRIBUTES wished = key;
        ONEM2M_ERROR error = { ONEM2M_R_NONE, 0, "" };

        changes[i].change(&wished);
        assert_int_equal(onem2m_policy_change(&key, &wished, &parent, &error),
                         changes[i].reason == ONEM2M_R_NONE);
        assert_int_equal(error.reason, changes[i].reason);
        assert_non_null(strstr(error.detail, changes[i].detail));
        if (changes[i].reason == ONEM2M_R_OUTLIVES_PARENT)
            assert_int_equal(onem2m_policy_change(&key, &wished, NULL, NULL), 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_kind_and_suid),
        cmocka_unit_test(test_every_state_and_requester),
        cmocka_unit_test(test_every_derivation),
        cmocka_unit_test(test_derivation_in_every_state),
        cmocka_unit_test(test_details),
        cmocka_unit_test(test_no_such_use),
        cmocka_unit_test(test_what_may_be_stored),
        cmocka_unit_test(test_children),
        cmocka_unit_test(test_inheritance),
        cmocka_unit_test(test_child_is_a_derivation),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_limits_of_octets),
        cmocka_unit_test(test_changes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
