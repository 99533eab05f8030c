/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store_fixture.h"

/* The store over both of its backends: names, parents, registrations, seals, what verify finds. */

static void must_not_add(FIXTURE *fixture, const ONEM2M_ATTRIBUTES *a, ONEM2M_REASON reason)
{
    ONEM2M_ERROR error;

    assert_false(try_add(fixture, a, &error));
    if (error.reason != reason)
        fail_msg("reason %d, not %d: %s", (int)error.reason, (int)reason, error.detail);
}

static ONEM2M_TIME end_of(FIXTURE *fixture, const char *key_id, ONEM2M_KIND kind)
{
    FOUND found;
    ONEM2M_ERROR error;
    ONEM2M_TIME not_after;

    if (!look_up(fixture, key_id, ONEM2M_KIND_BIT(kind), &found, &error))
        fail_msg("%s", error.detail);
    not_after = found.key.attributes.not_after;
    onem2m_key_clear(&found.key);
    return not_after;
}

static void finds_what_was_added(void **state)
{
    FIXTURE *fixture = *state;
    ONEM2M_ATTRIBUTES a = attributes(ONEM2M_KIND_KPM, 10, KPM_ID);
    FOUND found;
    ONEM2M_ERROR error;

    a.text[ONEM2M_TEXT_LABELS] = text("first second");
    a.not_after = LATER;
    must_add(fixture, &a);
    assert_true(look_up(fixture, KPM_ID, ONEM2M_KIND_BIT(ONEM2M_KIND_KPM), &found, &error));
    assert_int_equal(found.key.attributes.kind, ONEM2M_KIND_KPM);
    assert_int_equal(found.key.attributes.suid, 10);
    assert_int_equal(found.key.attributes.not_after, LATER);
    assert_int_equal(found.key.attributes.text[ONEM2M_TEXT_LABELS].length, 12);
    assert_true(is_key(&found, (ONEM2M_SLICE){ octets, 32 }));
    onem2m_key_clear(&found.key);
    assert_false(look_up(fixture, KPM_ID, ONEM2M_KIND_BIT(ONEM2M_KIND_KM), &found, &error));
    assert_int_equal(error.reason, ONEM2M_R_KEY_NOT_FOUND);
}

static void says_nothing_of_an_empty_store(void **state)
{
    FIXTURE *fixture = *state;
    FOUND found;
    ONEM2M_ERROR error;

    assert_false(look_up(fixture, KPM_ID, ONEM2M_KINDS_ALL, &found, &error));
}

static void folds_names_as_the_contract_says(void **state)
{
    FIXTURE *fixture = *state;
    const ONEM2M_ATTRIBUTES ke = attributes(ONEM2M_KIND_KE, 0, KE_ID);
    const ONEM2M_ATTRIBUTES km = attributes(ONEM2M_KIND_KM, 21, "Km-7@maf.example.com");
    const ONEM2M_ATTRIBUTES same = attributes(ONEM2M_KIND_KM, 11, "kM-7@maf.example.com");
    const ONEM2M_ATTRIBUTES kpm = attributes(ONEM2M_KIND_KPM, 10, KPM_ID);
    FOUND found;
    ONEM2M_ERROR error;

    must_add(fixture, &ke);
    must_add(fixture, &km);
    must_add(fixture, &kpm);
    must_not_add(fixture, &same, ONEM2M_R_NAME_IN_USE);
    assert_true(look_up(fixture, "82ca6fadc18789491aa65339c51b58a3@MEF.example.com",
                        ONEM2M_KIND_BIT(ONEM2M_KIND_KE), &found, &error));
    onem2m_key_clear(&found.key);
    assert_true(
        look_up(fixture, "KM-7@maf.Example.com", ONEM2M_KIND_BIT(ONEM2M_KIND_KM), &found, &error));
    onem2m_key_clear(&found.key);
    assert_false(look_up(fixture, "Enrolee1@mef.example.com", ONEM2M_KINDS_ALL, &found, &error));
}

static void keeps_kinds_apart(void **state)
{
    FIXTURE *fixture = *state;
    const ONEM2M_ATTRIBUTES ke = attributes(ONEM2M_KIND_KE, 0, KE_ID);
    const ONEM2M_ATTRIBUTES km = attributes(ONEM2M_KIND_KM, 21, KE_ID);
    FOUND found;
    ONEM2M_ERROR error;

    must_add(fixture, &ke);
    must_add(fixture, &km);
    must_not_add(fixture, &ke, ONEM2M_R_NAME_IN_USE);
    assert_false(look_up(fixture, KE_ID, ONEM2M_KINDS_ALL, &found, &error));
    assert_int_equal(error.reason, ONEM2M_R_AMBIGUOUS_NAME);
    assert_true(look_up(fixture, KE_ID, ONEM2M_KIND_BIT(ONEM2M_KIND_KM), &found, &error));
    assert_int_equal(found.key.attributes.kind, ONEM2M_KIND_KM);
    onem2m_key_clear(&found.key);
}

static void assigns_names(void **state)
{
    FIXTURE *fixture = *state;
    const ONEM2M_ATTRIBUTES a = attributes(ONEM2M_KIND_KM, 21, NULL);
    ADDITION first = { &a, { octets, 32 }, "" }, second = { &a, { octets, 32 }, "" };
    ONEM2M_ERROR error;

    assert_true(onem2m_store_write(fixture->store, add, &first, &error));
    assert_true(onem2m_store_write(fixture->store, add, &second, &error));
    assert_string_not_equal(first.key_id, second.key_id);
    assert_string_equal(strchr(first.key_id, '@'), "@mef.example.com");
    assert_int_equal(strchr(first.key_id, '@') - first.key_id, 32);
}

static ONEM2M_ATTRIBUTES child_of_ke(void)
{
    ONEM2M_ATTRIBUTES child = attributes(ONEM2M_KIND_KM, 21, "km1@maf.example.com");

    child.parent_kind = ONEM2M_KIND_KE;
    child.text[ONEM2M_TEXT_PARENT_KEY_ID] = text(KE_ID);
    return child;
}

typedef struct {
    const char *key_id;
    ONEM2M_STORE_CHANGE change;
    ONEM2M_SLICE requester;
} CHANGING;

static int change(ONEM2M_STORE_WRITER *writer, void *argument, ONEM2M_ERROR *error)
{
    const CHANGING *changing = argument;

    return onem2m_store_change(writer, changing->key_id, strlen(changing->key_id), ONEM2M_KINDS_ALL,
                               &changing->change, changing->requester, NOW, error);
}

static void children_do_not_outlive_parents(void **state)
{
    FIXTURE *fixture = *state;
    ONEM2M_ATTRIBUTES ke = attributes(ONEM2M_KIND_KE, 0, KE_ID), child = child_of_ke();
    CHANGING shorten = { KE_ID, { .change_not_after = 1, .not_after = NOW + 60 }, { NULL, 0 } };
    ONEM2M_ERROR error;

    ke.not_after = LATER;
    must_add(fixture, &ke);
    child.not_after = LATER + 1;
    must_not_add(fixture, &child, ONEM2M_R_OUTLIVES_PARENT);
    child.not_after = 0;
    must_add(fixture, &child);
    assert_int_equal(end_of(fixture, "km1@maf.example.com", ONEM2M_KIND_KM), LATER);
    assert_true(onem2m_store_write(fixture->store, change, &shorten, &error));
    assert_int_equal(end_of(fixture, KE_ID, ONEM2M_KIND_KE), NOW + 60);
    assert_int_equal(end_of(fixture, "km1@maf.example.com", ONEM2M_KIND_KM), NOW + 60);
    shorten.key_id = "km1@maf.example.com";
    shorten.change.not_after = NOW + 61;
    assert_false(onem2m_store_write(fixture->store, change, &shorten, &error));
    assert_int_equal(error.reason, ONEM2M_R_OUTLIVES_PARENT);
}

static void children_are_not_more_extractable(void **state)
{
    FIXTURE *fixture = *state;
    ONEM2M_ATTRIBUTES ke = attributes(ONEM2M_KIND_KE, 0, KE_ID), child = child_of_ke();
    CHANGING less = { KE_ID, { .change_extractable = 1 }, { NULL, 0 } };
    FOUND found;
    ONEM2M_ERROR error;

    ke.extractable = child.extractable = 1;
    must_add(fixture, &ke);
    must_add(fixture, &child);
    assert_true(onem2m_store_write(fixture->store, change, &less, &error));
    assert_true(look_up(fixture, "km1@maf.example.com", ONEM2M_KINDS_ALL, &found, &error));
    assert_int_equal(found.key.attributes.extractable, 0);
    assert_int_equal(found.key.attributes.derive_octets, 1);
    onem2m_key_clear(&found.key);
    child.text[ONEM2M_TEXT_KEY_ID] = text("km2@maf.example.com");
    must_not_add(fixture, &child, ONEM2M_R_NOT_EXTRACTABLE);
    less.change = (ONEM2M_STORE_CHANGE){ .change_derive_octets = 1 };
    assert_true(onem2m_store_write(fixture->store, change, &less, &error));
    assert_true(look_up(fixture, "km1@maf.example.com", ONEM2M_KINDS_ALL, &found, &error));
    assert_int_equal(found.key.attributes.derive_octets, 0);
    onem2m_key_clear(&found.key);
    child.extractable = 0;
    must_add(fixture, &child);
    less.key_id = "km2@maf.example.com";
    less.change.derive_octets = 1;
    assert_false(onem2m_store_write(fixture->store, change, &less, &error));
    assert_int_equal(error.reason, ONEM2M_R_NOT_CHANGEABLE);
}

static void a_destroyed_key_leaves_its_name(void **state)
{
    FIXTURE *fixture = *state;
    const ONEM2M_ATTRIBUTES a = attributes(ONEM2M_KIND_KPM, 10, KPM_ID);
    CHANGING destroy = { KPM_ID,
                         { .change_state = 1, .state = ONEM2M_STATE_DESTROYED },
                         { NULL, 0 } };
    FOUND found;
    ONEM2M_ERROR error;

    must_add(fixture, &a);
    assert_true(onem2m_store_write(fixture->store, change, &destroy, &error));
    assert_true(look_up(fixture, KPM_ID, ONEM2M_KINDS_ALL, &found, &error));
    assert_int_equal(found.key.attributes.state, ONEM2M_STATE_DESTROYED);
    assert_int_equal(found.key.secret.length, 0);
    assert_null(found.key.token);
    onem2m_key_clear(&found.key);
    must_not_add(fixture, &a, ONEM2M_R_NAME_IN_USE);
}

static void only_the_source_changes_a_registration(void **state)
{
    FIXTURE *fixture = *state;
    ONEM2M_ATTRIBUTES a = attributes(ONEM2M_KIND_KC, 32, KE_ID);
    CHANGING changing = { KE_ID, { .change_labels = 1, .labels = text("new") }, { NULL, 0 } };
    ONEM2M_ERROR error;

    a.registration = 1;
    a.text[ONEM2M_TEXT_SOURCE_ID] = text("//sp.example.com/Sa");
    a.text[ONEM2M_TEXT_TARGET_IDS] = text("//sp.example.com/cse1");
    must_add(fixture, &a);
    assert_false(onem2m_store_write(fixture->store, change, &changing, &error));
    assert_int_equal(error.reason, ONEM2M_R_REQUESTER_MISSING);
    changing.requester = text("//sp.example.com/cse1");
    assert_false(onem2m_store_write(fixture->store, change, &changing, &error));
    assert_int_equal(error.reason, ONEM2M_R_NOT_THE_SOURCE);
    changing.requester = text("//sp.example.com/Sa");
    assert_true(onem2m_store_write(fixture->store, change, &changing, &error));
}

static int add_then_fail(ONEM2M_STORE_WRITER *writer, void *argument, ONEM2M_ERROR *error)
{
    return add(writer, argument, error) && onem2m_refuse(error, ONEM2M_R_MISMATCH, 0, "enough");
}

static void a_failed_change_changes_nothing(void **state)
{
    FIXTURE *fixture = *state;
    const ONEM2M_ATTRIBUTES a = attributes(ONEM2M_KIND_KPM, 10, KPM_ID);
    ADDITION addition = { &a, { octets, 32 }, "" };
    ONEM2M_STORE_FINDINGS findings;
    FOUND found;
    ONEM2M_ERROR error;

    assert_false(onem2m_store_write(fixture->store, add_then_fail, &addition, &error));
    assert_int_equal(error.reason, ONEM2M_R_MISMATCH);
    assert_false(look_up(fixture, KPM_ID, ONEM2M_KINDS_ALL, &found, &error));
    must_add(fixture, &a);
    assert_true(onem2m_store_verify(fixture->reader, &findings, NULL, NULL, &error));
    assert_int_equal(findings.records, 1);
    assert_int_equal(findings.damaged, 0);
    assert_false(findings.set_hash_differs);
}

static void every_key_is_visited(void **state)
{
    FIXTURE *fixture = *state;
    ONEM2M_STORE_FINDINGS findings;
    FOUND found = { 0 };
    ONEM2M_ERROR error;
    char name[40];
    int i;

    for (i = 0; i < 50; i++) {
        ONEM2M_ATTRIBUTES a;

        snprintf(name, sizeof(name), "enrolee%d@mef.example.com", i);
        a = attributes(ONEM2M_KIND_KPM, 10, name);
        must_add(fixture, &a);
    }
    assert_true(onem2m_store_each(fixture->reader, visit, &found, &error));
    assert_int_equal(found.visits, 50);
    onem2m_key_clear(&found.key);
    assert_true(onem2m_store_verify(fixture->reader, &findings, NULL, NULL, &error));
    assert_int_equal(findings.records, 50);
    assert_false(findings.set_hash_differs);
}

/* A key that is said to come of one that may make none is not taken. */
static void a_parent_that_is_not_active_has_no_more_children(void **state)
{
    static const struct {
        ONEM2M_STATE state;
        ONEM2M_REASON reason;
    } cases[] = { { ONEM2M_STATE_SUSPENDED, ONEM2M_R_SUSPENDED },
                  { ONEM2M_STATE_REVOKED, ONEM2M_R_REVOKED },
                  { ONEM2M_STATE_DESTROYED, ONEM2M_R_DESTROYED } };
    FIXTURE *fixture = *state;
    const ONEM2M_ATTRIBUTES ke = attributes(ONEM2M_KIND_KE, 0, KE_ID), child = child_of_ke();
    ONEM2M_ATTRIBUTES exported = attributes(ONEM2M_KIND_KC, 32, "c1@maf.example.com");
    ONEM2M_ERROR error;

    must_add(fixture, &ke);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CHANGING changing = { KE_ID, { .change_state = 1, .state = cases[i].state }, { NULL, 0 } };

        assert_true(onem2m_store_write(fixture->store, change, &changing, &error));
        must_not_add(fixture, &child, cases[i].reason);
        assert_false(try_add(fixture, &child, &error));
        assert_non_null(strstr(error.detail, "parent-key-id: its state"));
    }
    /* One of which it is only the origin is taken. */
    exported.parent_kind = ONEM2M_KIND_KE;
    exported.text[ONEM2M_TEXT_PARENT_KEY_ID] = text(KE_ID);
    must_add(fixture, &exported);
}

#define PAIRWISE_ID "00112233445566778899AABBCCDDEEFF"

static ONEM2M_ATTRIBUTES child_of_pairwise(ONEM2M_KIND kind, unsigned int suid, const char *key_id)
{
    ONEM2M_ATTRIBUTES child = attributes(kind, suid, key_id);

    child.parent_kind = ONEM2M_KIND_PAIRWISE_E2E;
    child.text[ONEM2M_TEXT_PARENT_KEY_ID] = text(PAIRWISE_ID);
    return child;
}

/* The same octets for HMAC that makes session keys and for HMAC of somebody's text. */
static void a_pairwise_key_serves_one_usage(void **state)
{
    FIXTURE *fixture = *state;
    const ONEM2M_ATTRIBUTES parent = attributes(ONEM2M_KIND_PAIRWISE_E2E, 0, PAIRWISE_ID);
    const ONEM2M_ATTRIBUTES sign =
        child_of_pairwise(ONEM2M_KIND_ESDATA, 15, "sign1@sp.example.com");
    const ONEM2M_ATTRIBUTES again =
        child_of_pairwise(ONEM2M_KIND_ESDATA, 15, "sign2@sp.example.com");
    const ONEM2M_ATTRIBUTES encrypt =
        child_of_pairwise(ONEM2M_KIND_ESDATA, 14, "encrypt@sp.example.com");
    const ONEM2M_ATTRIBUTES esprim =
        child_of_pairwise(ONEM2M_KIND_ESPRIM, 13, "prim@sp.example.com");
    CHANGING destroy = { "sign1@sp.example.com",
                         { .change_state = 1, .state = ONEM2M_STATE_DESTROYED },
                         { NULL, 0 } };
    ONEM2M_ERROR error;

    must_add(fixture, &sign); /* before its parent, as an import may */
    must_not_add(fixture, &esprim, ONEM2M_R_BAD_SUID);
    must_add(fixture, &parent);
    must_not_add(fixture, &esprim, ONEM2M_R_BAD_SUID);
    must_not_add(fixture, &encrypt, ONEM2M_R_BAD_SUID);
    assert_true(onem2m_store_write(fixture->store, change, &destroy, &error));
    must_not_add(fixture, &esprim, ONEM2M_R_BAD_SUID);
    must_add(fixture, &again);
}

/* Imported in any order, a child ends with its parent at the latest. */
static void a_parent_may_come_later(void **state)
{
    FIXTURE *fixture = *state;
    ONEM2M_ATTRIBUTES ke = attributes(ONEM2M_KIND_KE, 0, KE_ID), child = child_of_ke();
    CHANGING shorten = { KE_ID, { .change_not_after = 1, .not_after = NOW + 60 }, { NULL, 0 } };
    ONEM2M_ERROR error;

    must_add(fixture, &child);
    assert_int_equal(end_of(fixture, "km1@maf.example.com", ONEM2M_KIND_KM), 0);
    ke.not_after = LATER;
    must_add(fixture, &ke);
    assert_int_equal(end_of(fixture, "km1@maf.example.com", ONEM2M_KIND_KM), LATER);
    assert_true(onem2m_store_write(fixture->store, change, &shorten, &error));
    assert_int_equal(end_of(fixture, "km1@maf.example.com", ONEM2M_KIND_KM), NOW + 60);
}

/* Points every link of the table of children to the key in argument. */
static int forge_links(FIXTURE *fixture, const ONEM2M_LOOKUP *child)
{
    const ONEM2M_BACKEND_FUNCTIONS *functions = fixture->store->functions;
    const ONEM2M_SLICE value = { child->octets, child->length };
    unsigned char copy[ONEM2M_BACKEND_NAME_MAX + 1];
    ONEM2M_TRANSACTION *transaction;
    ONEM2M_SLICE from = { NULL, 0 }, name, old;
    int links = 0;

    assert_true(functions->begin(fixture->store->backend, &transaction, ONEM2M_WRITE, NULL));
    while (functions->seek(transaction, ONEM2M_TABLE_CHILDREN, from, &name, &old, NULL) > 0) {
        memcpy(copy, name.data, name.length);
        copy[name.length] = 0;
        from = (ONEM2M_SLICE){ copy, name.length + 1 };
        assert_true(functions->put(transaction, ONEM2M_TABLE_CHILDREN,
                                   (ONEM2M_SLICE){ copy, name.length }, value, NULL));
        links++;
    }
    assert_true(functions->commit(transaction, NULL));
    return links;
}

/* The table of children is not authentic: what it says is compared with the child's record. */
static void a_forged_link_limits_nothing(void **state)
{
    FIXTURE *fixture = *state;
    ONEM2M_ATTRIBUTES ke = attributes(ONEM2M_KIND_KE, 0, KE_ID), child = child_of_ke();
    ONEM2M_ATTRIBUTES other = attributes(ONEM2M_KIND_KM, 21, "km2@maf.example.com");
    CHANGING shorten = { KE_ID, { .change_not_after = 1, .not_after = NOW + 60 }, { NULL, 0 } };
    ONEM2M_LOOKUP lookup;
    ONEM2M_ERROR error;

    other.parent_kind = ONEM2M_KIND_KE;
    other.text[ONEM2M_TEXT_PARENT_KEY_ID] =
        text("00000000000000000000000000000000@mef.example.com");
    must_add(fixture, &ke);
    must_add(fixture, &child);
    must_add(fixture, &other);
    assert_true(onem2m_lookup_of(&lookup, &other, NULL));
    assert_int_equal(forge_links(fixture, &lookup), 2);
    assert_true(onem2m_store_write(fixture->store, change, &shorten, &error));
    assert_int_equal(end_of(fixture, "km2@maf.example.com", ONEM2M_KIND_KM), 0);
}

static void destroying_changes_nothing_else(void **state)
{
    static const ONEM2M_STORE_CHANGE others[] = { { .change_not_after = 1 },
                                                  { .change_labels = 1 },
                                                  { .change_targets = 1 },
                                                  { .change_extractable = 1 },
                                                  { .change_derive_octets = 1 } };
    FIXTURE *fixture = *state;
    const ONEM2M_ATTRIBUTES a = attributes(ONEM2M_KIND_KPM, 10, KPM_ID);
    ONEM2M_ERROR error;

    must_add(fixture, &a);
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        CHANGING destroy = { KPM_ID, others[i], { NULL, 0 } };

        destroy.change.change_state = 1;
        destroy.change.state = ONEM2M_STATE_DESTROYED;
        assert_false(onem2m_store_write(fixture->store, change, &destroy, &error));
        assert_int_equal(error.reason, ONEM2M_R_NOT_CHANGEABLE);
    }
    assert_int_equal(end_of(fixture, KPM_ID, ONEM2M_KIND_KPM), 0);
}

/* As an import does that goes on after what it could not take. */
static int add_what_can_be(ONEM2M_STORE_WRITER *writer, void *argument, ONEM2M_ERROR *error)
{
    ADDITION *additions = argument;
    const ONEM2M_MATERIAL material = onem2m_material_of(additions[0].octets);
    ONEM2M_ATTRIBUTES unnamed = *additions[0].attributes;

    unnamed.created = 0; /* which no record can hold */
    unnamed.text[ONEM2M_TEXT_KEY_ID] = text("enrolee2@mef.example.com");
    if (onem2m_store_add(writer, &unnamed, &material, NULL, error))
        return 0;
    return onem2m_store_add(writer, additions[0].attributes, &material, NULL, error) &&
           !onem2m_store_add(writer, additions[0].attributes, &material, NULL, error);
}

static void what_was_refused_leaves_the_account_right(void **state)
{
    FIXTURE *fixture = *state;
    const ONEM2M_ATTRIBUTES a = attributes(ONEM2M_KIND_KPM, 10, KPM_ID);
    ADDITION addition = { &a, { octets, 32 }, "" };
    ONEM2M_STORE_FINDINGS findings;
    ONEM2M_ERROR error;

    assert_true(onem2m_store_write(fixture->store, add_what_can_be, &addition, &error));
    assert_true(onem2m_store_verify(fixture->reader, &findings, NULL, NULL, &error));
    assert_int_equal(findings.records, 1);
    assert_int_equal(findings.damaged, 0);
    assert_false(findings.set_hash_differs);
}

static void another_seal_does_not_open(void **state)
{
    FIXTURE *fixture = *state;
    const ONEM2M_ATTRIBUTES a = attributes(ONEM2M_KIND_KPM, 10, KPM_ID);
    ONEM2M_STORE *other;
    ONEM2M_STORE_READER *reader;
    FOUND found = { 0 };
    ONEM2M_ERROR error;
    char seal[96];

    must_add(fixture, &a);
    snprintf(seal, sizeof(seal), "file:%s/other", fixture->directory);
    assert_true(onem2m_seal_create(seal, NULL, &error));
    memcpy(fixture->seal, seal, sizeof(seal));
    other = open_store(fixture);
    reader = onem2m_store_reader_new(other, NULL);
    assert_false(onem2m_store_look_up(reader, KPM_ID, strlen(KPM_ID), ONEM2M_KINDS_ALL, visit,
                                      &found, &error));
    assert_int_equal(error.reason, ONEM2M_R_BAD_SEAL);
    onem2m_store_reader_free(reader);
    onem2m_store_close(other);

    assert_true(onem2m_store_reseal(fixture->store, seal, &error));
    other = open_store(fixture);
    reader = onem2m_store_reader_new(other, NULL);
    assert_true(onem2m_store_look_up(reader, KPM_ID, strlen(KPM_ID), ONEM2M_KINDS_ALL, visit,
                                     &found, &error));
    onem2m_key_clear(&found.key);
    onem2m_store_reader_free(reader);
    onem2m_store_close(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(finds_what_was_added),
        BOTH(says_nothing_of_an_empty_store),
        BOTH(folds_names_as_the_contract_says),
        BOTH(keeps_kinds_apart),
        BOTH(assigns_names),
        BOTH(children_do_not_outlive_parents),
        BOTH(children_are_not_more_extractable),
        BOTH(a_destroyed_key_leaves_its_name),
        BOTH(only_the_source_changes_a_registration),
        BOTH(a_failed_change_changes_nothing),
        BOTH(every_key_is_visited),
        BOTH(a_parent_may_come_later),
        BOTH(a_parent_that_is_not_active_has_no_more_children),
        BOTH(a_pairwise_key_serves_one_usage),
        BOTH(a_forged_link_limits_nothing),
        BOTH(destroying_changes_nothing_else),
        BOTH(what_was_refused_leaves_the_account_right),
        cmocka_unit_test_setup_teardown(another_seal_does_not_open, set_up_lmdb, tear_down),
    };

    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
