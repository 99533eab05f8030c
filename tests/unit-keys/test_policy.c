/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Every use of every key: what is allowed, and what a refusal says.
 */
#include "policy_expect.h"

/* The derivations, and none at all, which is 0. */
static size_t derivation_count(void)
{
    size_t count = 1;

    while (onem2m_derivation_at(count - 1) != NULL)
        count++;
    return count;
}

static const ONEM2M_DERIVATION *derivation_of(size_t number)
{
    return number == 0 ? NULL : onem2m_derivation_at(number - 1);
}

/* What a run of combinations met, so that a test that meets nothing is seen. */
typedef struct {
    size_t allowed, refused;
    size_t reasons[ONEM2M_R_NOT_CHANGEABLE + 1];
} TALLY;

static void check(const ONEM2M_ATTRIBUTES *key, const ONEM2M_USE *use, TALLY *tally)
{
    const ONEM2M_REASON expected = policy_expect(key, use);
    ONEM2M_ERROR error = { ONEM2M_R_NONE, 0, "" };
    const int ok = onem2m_policy_allows(key, use, &error);

    if (ok != (expected == ONEM2M_R_NONE) || error.reason != expected)
        fail_msg("%s suid %u purpose %d state %d not-after %d registration %d; use %d usage %d "
                 "suid %u child %s by %s purpose %d for %.*s: %d, expected %d: %s",
                 policy_kind_name(key->kind), key->suid, (int)key->purpose, (int)key->state,
                 (int)key->not_after, key->registration, (int)use->kind, (int)use->usage, use->suid,
                 policy_kind_name(use->child_kind), policy_derivation_name(use->derivation),
                 (int)use->purpose, (int)use->requester.length, (const char *)use->requester.data,
                 (int)error.reason, (int)expected, error.detail);
    if (ok) {
        tally->allowed++;
    } else {
        tally->refused++;
        assert_int_equal(error.offset, NO_OFFSET);
        assert_true(strlen(error.detail) > 10 && strlen(error.detail) < sizeof(error.detail) - 1);
    }
    tally->reasons[error.reason]++;
}

/* Calls a function for every use that is no derivation, with every usage and some SUIDs. */
static void each_plain_use(const ONEM2M_ATTRIBUTES *key, ONEM2M_SLICE requester, TALLY *tally)
{
    for (int kind = 1; kind <= ONEM2M_USE_KIND_MAX; kind++) {
        ONEM2M_USE use = policy_new_use((ONEM2M_USE_KIND)kind);

        if (policy_is_derivation(&use))
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
                    policy_own_key((ONEM2M_KIND)kind, suid, (ONEM2M_PURPOSE)purpose);

                each_plain_use(&key, policy_slice(""), &tally);
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
            policy_make_registration(&key);
        each_plain_use(&key, policy_slice(requesters[rest / 8]), tally);
    }
}

/* Calls a function for each kind with each SUID and purpose that it may have. */
static void each_key(void (*visit)(const ONEM2M_ATTRIBUTES *, TALLY *), TALLY *tally)
{
    for (int kind = 1; kind <= ONEM2M_KIND_MAX; kind++) {
        for (unsigned int suid = 0; suid <= SUID_LAST; suid++) {
            for (int purpose = 0; purpose <= 4; purpose++) {
                const ONEM2M_ATTRIBUTES key =
                    policy_own_key((ONEM2M_KIND)kind, suid, (ONEM2M_PURPOSE)purpose);

                if (policy_expect_kind(&key) == ONEM2M_R_NONE)
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

    for (size_t i = 0; i < derivation_count() * COUNT(kinds) * 2; i++) {
        ONEM2M_ATTRIBUTES key = *base;
        ONEM2M_USE use = policy_new_use(kinds[i % 2]);

        use.derivation = derivation_of(i / 4);
        use.target = policy_slice(TARGET_MAF);
        if (i / 2 % 2 != 0) {
            policy_make_registration(&key);
            use.requester = policy_slice(TARGET_MAF);
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
    const size_t derivations = derivation_count();
    const size_t count = derivations * 2 * 6 * COUNT(ends) * 8 * COUNT(requesters);

    for (size_t i = 0; i < count * COUNT(targets); i++) {
        ONEM2M_ATTRIBUTES key = *base;
        size_t rest = i;
        ONEM2M_USE use =
            policy_new_use(rest % 2 != 0 ? ONEM2M_USE_DERIVE : ONEM2M_USE_DERIVE_OCTETS);

        rest /= 2;
        use.derivation = derivation_of(rest % derivations);
        rest /= derivations;
        use.suid = use.derivation == &onem2m_derivation_usage_key ? 21 + (unsigned int)(i % 5)
                   : use.derivation == NULL                       ? 13 + (unsigned int)(i / 16 % 3)
                                                                  : 0;
        key.state = (ONEM2M_STATE)(rest % 6);
        rest /= 6;
        key.not_after = ends[rest % COUNT(ends)];
        rest /= COUNT(ends);
        use.target = policy_slice(targets[rest % COUNT(targets)]);
        rest /= COUNT(targets);
        use.requester = policy_slice(requesters[rest % COUNT(requesters)]);
        rest /= COUNT(requesters);
        key.extractable = (int)(rest & 1);
        key.derive_octets = (int)(rest >> 1 & 1);
        if ((rest >> 2 & 1) != 0)
            policy_make_registration(&key);
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
        const ONEM2M_ATTRIBUTES key =
            policy_own_key(details[i].kind, details[i].suid, details[i].purpose);
        ONEM2M_USE use = policy_new_use(details[i].use);
        ONEM2M_ERROR error;

        use.usage = details[i].usage;
        assert_int_equal(onem2m_policy_allows(&key, &use, &error), 0);
        assert_string_equal(error.detail, details[i].detail);
    }
}

static void test_no_such_use(void **state)
{
    static const int kinds[] = { -1, 0, ONEM2M_USE_KIND_MAX + 1 };
    const ONEM2M_ATTRIBUTES key = policy_own_key(ONEM2M_KIND_KPM, 10, ONEM2M_PURPOSE_NONE);

    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        const ONEM2M_USE use = policy_new_use((ONEM2M_USE_KIND)kinds[i]);
        ONEM2M_ERROR error;

        assert_int_equal(onem2m_policy_allows(&key, &use, &error), 0);
        assert_int_equal(error.reason, ONEM2M_R_BAD_CHOICE);
        assert_int_equal(onem2m_policy_allows(&key, &use, NULL), 0);
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
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
