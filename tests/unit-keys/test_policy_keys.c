/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Keys themselves: which may be stored, what a child is of its parent, what may be changed.
 */
#include "policy_expect.h"

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
        key.text[ONEM2M_TEXT_SOURCE_ID] = policy_slice((i & 2) != 0 ? SOURCE : "");
        key.text[ONEM2M_TEXT_TARGET_IDS] = policy_slice(lists[i / 4 % COUNT(lists)]);
        key.allowed_suids = allowed[i / 4 / COUNT(lists)];
        expected = policy_expect_admitted(&key, counts[i / 4 % COUNT(lists)]);
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
                    policy_own_key((ONEM2M_KIND)kind, suid, (ONEM2M_PURPOSE)purpose);

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
    const ONEM2M_ATTRIBUTES parent =
        policy_own_key(row->parent, row->parent_suid, ONEM2M_PURPOSE_NONE);
    ONEM2M_ATTRIBUTES child, before;
    ONEM2M_USE use = policy_new_use(ONEM2M_USE_DERIVE);
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
    assert_true(policy_is(child.text[ONEM2M_TEXT_PARENT_KEY_ID], "name@example.com"));
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
        ONEM2M_ATTRIBUTES parent = policy_own_key(ONEM2M_KIND_KE, 0, ONEM2M_PURPOSE_NONE), child;
        ONEM2M_USE use = policy_new_use(ONEM2M_USE_DERIVE);
        ONEM2M_ERROR error = { ONEM2M_R_NONE, 0, "" };

        memset(&child, 0, sizeof(child));
        if (inheritance[i].registered)
            policy_make_registration(&parent);
        parent.not_after = inheritance[i].parent_end;
        parent.extractable = inheritance[i].parent_extractable;
        parent.derive_octets = inheritance[i].parent_octets;
        child.not_after = inheritance[i].wished_end;
        child.extractable = inheritance[i].extractable;
        child.derive_octets = inheritance[i].octets;
        use.derivation = &onem2m_derivation_usage_key;
        use.suid = 21;
        use.requester = use.target = policy_slice(TARGET_MAF);
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
    const ONEM2M_ATTRIBUTES parent = policy_own_key(ONEM2M_KIND_KE, 0, ONEM2M_PURPOSE_NONE);
    ONEM2M_USE use = policy_new_use(ONEM2M_USE_DERIVE_OCTETS);
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
        ONEM2M_ATTRIBUTES parent = policy_own_key(origins[i].parent, 0, ONEM2M_PURPOSE_NONE);
        ONEM2M_ATTRIBUTES child =
            policy_own_key(origins[i].kind, origins[i].suid, ONEM2M_PURPOSE_NONE);

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
        ONEM2M_ATTRIBUTES parent = policy_own_key(origins[i].parent, 0, ONEM2M_PURPOSE_NONE);
        ONEM2M_ATTRIBUTES child =
            policy_own_key(origins[i].kind, origins[i].suid, ONEM2M_PURPOSE_NONE);

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
CHANGE(key_id, key->text[ONEM2M_TEXT_KEY_ID] = policy_slice("other@example.com"))
CHANGE(parent_key_id, key->text[ONEM2M_TEXT_PARENT_KEY_ID] = policy_slice(""))
CHANGE(source_id, key->text[ONEM2M_TEXT_SOURCE_ID] = policy_slice(SOURCE))
CHANGE(credential, key->text[ONEM2M_TEXT_SOURCE_CREDENTIAL_ID] = policy_slice("11-a@example.com"))
CHANGE(admin_fqdn, key->text[ONEM2M_TEXT_ADMIN_FQDN] = policy_slice(ADMIN))
CHANGE(entity_id, key->text[ONEM2M_TEXT_ENTITY_ID] = policy_slice(SOURCE))
CHANGE(registrar_uri, key->text[ONEM2M_TEXT_REGISTRAR_URI] = policy_slice("coap://example.com/"))
CHANGE(targets, key->text[ONEM2M_TEXT_TARGET_IDS] = policy_slice(TARGET_MAF))
CHANGE(labels, key->text[ONEM2M_TEXT_LABELS] = policy_slice("a b"))
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
    ONEM2M_ATTRIBUTES parent = policy_own_key(ONEM2M_KIND_KE, 0, ONEM2M_PURPOSE_NONE);
    ONEM2M_ATTRIBUTES key = policy_own_key(ONEM2M_KIND_KM, 21, ONEM2M_PURPOSE_NONE);

    (void)state;
    key.parent_kind = ONEM2M_KIND_KE;
    key.text[ONEM2M_TEXT_PARENT_KEY_ID] = policy_slice("name@example.com");
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
