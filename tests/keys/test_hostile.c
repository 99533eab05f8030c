/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store_fixture.h"

/* What must not get into a store: each is refused by name, and the store is as it was. */

#define FULL_RELATIVE 600
#define OTHER_HEX "0123456789ABCDEF0123456789ABCDEF"

typedef struct {
    const char *what;
    ONEM2M_ATTRIBUTES attributes;
    ONEM2M_REASON reason;
} CASE;

/* The header and all records, as they stand. */
typedef struct {
    uint64_t writes;
    unsigned char set_hash[ONEM2M_SET_HASH_OCTETS];
    uint64_t records;
} WHOLE;

static WHOLE whole_of(const FIXTURE *fixture)
{
    ONEM2M_STORE_FINDINGS findings;
    ONEM2M_TRANSACTION *transaction;
    ONEM2M_HEADER header;
    ONEM2M_STORE_KEYS keys;
    WHOLE whole;

    assert_true(onem2m_store_begin(fixture->reader, &transaction, ONEM2M_READ, NULL));
    assert_true(onem2m_store_read_header(fixture->reader, transaction, &header, &keys, NULL));
    fixture->store->functions->abort(transaction);
    onem2m_store_keys_clear(&keys);
    assert_true(onem2m_store_verify(fixture->reader, &findings, NULL, NULL, NULL));
    assert_int_equal(findings.first.reason, ONEM2M_R_NONE);
    whole.writes = header.writes;
    whole.records = findings.records;
    memcpy(whole.set_hash, header.set_hash, sizeof(whole.set_hash));
    return whole;
}

static void must_refuse(FIXTURE *fixture, const CASE *test)
{
    const WHOLE before = whole_of(fixture);
    ONEM2M_ERROR error = { .reason = ONEM2M_R_NONE };
    WHOLE after;

    if (try_add(fixture, &test->attributes, &error))
        fail_msg("%s: taken", test->what);
    if (error.reason != test->reason)
        fail_msg("%s: reason %d: %s", test->what, (int)error.reason, error.detail);
    after = whole_of(fixture);
    assert_int_equal(after.writes, before.writes);
    assert_int_equal(after.records, before.records);
    assert_memory_equal(after.set_hash, before.set_hash, sizeof(before.set_hash));
}

static void must_refuse_name(FIXTURE *fixture, ONEM2M_KIND kind, unsigned int suid,
                             const char *key_id, ONEM2M_REASON reason)
{
    const CASE test = { key_id, attributes(kind, suid, key_id), reason };

    must_refuse(fixture, &test);
}

static void fill_store(FIXTURE *fixture)
{
    const ONEM2M_ATTRIBUTES kpm = attributes(ONEM2M_KIND_KPM, 10, KPM_ID);
    const ONEM2M_ATTRIBUTES km = attributes(ONEM2M_KIND_KM, 21, "Km-7@maf.example.com");

    must_add(fixture, &kpm);
    must_add(fixture, &km);
}

static void names(void **state)
{
    static const struct {
        const char *key_id;
        ONEM2M_REASON reason;
    } cases[] = {
        { "a/b@mef.example.com", ONEM2M_R_BAD_CHARACTER },
        { "../../etc/passwd@mef.example.com", ONEM2M_R_BAD_CHARACTER },
        { ".@mef.example.com", ONEM2M_R_BAD_FORM },
        { "..@mef.example.com", ONEM2M_R_BAD_FORM },
        { "a@..", ONEM2M_R_EMPTY },
        { "a@mef.example.com@mef.example.com", ONEM2M_R_BAD_FORM },
        { "@mef.example.com", ONEM2M_R_EMPTY },
        { "a@", ONEM2M_R_EMPTY },
        { "a", ONEM2M_R_BAD_FORM },
        { "a b@mef.example.com", ONEM2M_R_BAD_CHARACTER },
        { "a\n@mef.example.com", ONEM2M_R_CONTROL_CHARACTER },
        { "a\xFF@mef.example.com", ONEM2M_R_INVALID_UTF8 },
        { "a@mef_example.com", ONEM2M_R_BAD_CHARACTER },
        { "a@MEF.example.com", ONEM2M_R_UPPER_CASE },
    };
    FIXTURE *fixture = *state;
    char longest[FULL_RELATIVE + sizeof("@mef.example.com")];

    fill_store(fixture);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        must_refuse_name(fixture, ONEM2M_KIND_KPM, 10, cases[i].key_id, cases[i].reason);
    memset(longest, 'a', FULL_RELATIVE);
    memcpy(longest + FULL_RELATIVE, "@mef.example.com", sizeof("@mef.example.com"));
    must_refuse_name(fixture, ONEM2M_KIND_KPM, 10, longest, ONEM2M_R_NAME_TOO_LONG);
}

static void names_that_are_taken(void **state)
{
    FIXTURE *fixture = *state;

    fill_store(fixture);
    must_refuse_name(fixture, ONEM2M_KIND_KPM, 10, KPM_ID, ONEM2M_R_NAME_IN_USE);
    must_refuse_name(fixture, ONEM2M_KIND_KM, 11, "kM-7@maf.example.com", ONEM2M_R_NAME_IN_USE);
    must_refuse_name(fixture, ONEM2M_KIND_KM, 21, "KM-7@maf.example.com", ONEM2M_R_NAME_IN_USE);
}

static ONEM2M_ATTRIBUTES registration(ONEM2M_KIND kind, unsigned int suid, const char *key_id)
{
    ONEM2M_ATTRIBUTES a = attributes(kind, suid, key_id);

    a.registration = 1;
    a.text[ONEM2M_TEXT_SOURCE_ID] = text("//sp.example.com/cse1");
    a.text[ONEM2M_TEXT_TARGET_IDS] = text("maf.example.com");
    return a;
}

/* The fixture is mef.example.com: what it holds there bears the names that it gave. */
static void names_that_this_entity_assigns(void **state)
{
    static const struct {
        ONEM2M_KIND kind;
        unsigned int suid;
    } kinds[] = { { ONEM2M_KIND_KE, 0 },  { ONEM2M_KIND_KM, 21 },     { ONEM2M_KIND_KPSA, 22 },
                  { ONEM2M_KIND_KC, 32 }, { ONEM2M_KIND_ESPRIM, 33 }, { ONEM2M_KIND_ESDATA, 34 } };
    FIXTURE *fixture = *state;

    fill_store(fixture);
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        CASE test = { "lamp", registration(kinds[i].kind, kinds[i].suid, "lamp@mef.example.com"),
                      ONEM2M_R_BAD_FORM };

        if (kinds[i].kind == ONEM2M_KIND_KE)
            test.attributes.allowed_suids = ONEM2M_ALLOWED_SUIDS_ALL;
        must_refuse(fixture, &test);
        test.attributes.text[ONEM2M_TEXT_KEY_ID] = text(OTHER_HEX "@mef.example.com");
        must_add(fixture, &test.attributes);
        test.attributes.text[ONEM2M_TEXT_KEY_ID] = text("lamp@other.example.com");
        must_add(fixture, &test.attributes);
        test.attributes.text[ONEM2M_TEXT_KEY_ID].length = 0;
        must_add(fixture, &test.attributes);
    }
    must_refuse_name(fixture, ONEM2M_KIND_KE, 0, "lamp@mef.example.com", ONEM2M_R_BAD_FORM);
}

static void own_keys_and_b_tids_are_free(void **state)
{
    FIXTURE *fixture = *state;
    const ONEM2M_ATTRIBUTES kc = attributes(ONEM2M_KIND_KC, 32, "lamp@mef.example.com");
    const ONEM2M_ATTRIBUTES km = attributes(ONEM2M_KIND_KM, 11, "lamp@mef.example.com");
    const ONEM2M_ATTRIBUTES kpsa = attributes(ONEM2M_KIND_KPSA, 12, "lamp@mef.example.com");
    const ONEM2M_ATTRIBUTES ke =
        attributes(ONEM2M_KIND_KE, 0, "cHJvdmlkZXItcmFuZC0xMg==@mef.example.com");

    must_add(fixture, &kc);
    must_add(fixture, &km);
    must_add(fixture, &kpsa);
    must_add(fixture, &ke);
}

static void targets(void **state)
{
    static const struct {
        const char *targets;
        ONEM2M_REASON reason;
    } cases[] = {
        { "not/an/identifier", ONEM2M_R_BAD_CHARACTER },
        { "/cse1", ONEM2M_R_BAD_FORM },
        { "maf.example.com  b.example.com", ONEM2M_R_EMPTY },
        { "maf.example.com ", ONEM2M_R_EMPTY },
        { "//sp.example.com/cse1=", ONEM2M_R_EMPTY },
        { "//sp.example.com/cse1=a=b", ONEM2M_R_BAD_CHARACTER },
        { "maf.example.com maf.example.com", ONEM2M_R_BAD_TARGETS },
        { "", ONEM2M_R_BAD_TARGETS },
    };
    FIXTURE *fixture = *state;

    fill_store(fixture);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CASE test = { cases[i].targets,
                      registration(ONEM2M_KIND_ESDATA, 34, OTHER_HEX "@mef.example.com"),
                      cases[i].reason };

        test.attributes.text[ONEM2M_TEXT_TARGET_IDS] = text(cases[i].targets);
        must_refuse(fixture, &test);
    }
}

static void numbers(void **state)
{
    FIXTURE *fixture = *state;
    const ONEM2M_ATTRIBUTES good = attributes(ONEM2M_KIND_KPM, 10, "new@mef.example.com");
    CASE cases[] = {
        { "before 1970", good, ONEM2M_R_BAD_TIME },
        { "after 9999", good, ONEM2M_R_BAD_TIME },
        { "created before 1970", good, ONEM2M_R_BAD_TIME },
        { "no state", good, ONEM2M_R_BAD_STATE },
        { "no kind", good, ONEM2M_R_BAD_KIND },
        { "SUID 20", good, ONEM2M_R_BAD_SUID },
        { "extractable 2", good, ONEM2M_R_BAD_ATTRIBUTE },
    };

    cases[0].attributes.not_after = -1;
    cases[1].attributes.not_after = ONEM2M_TIME_MAX + 1;
    cases[2].attributes.created = -1;
    cases[3].attributes.state = (ONEM2M_STATE)5;
    cases[4].attributes.kind = (ONEM2M_KIND)13;
    cases[5].attributes.suid = 20;
    cases[6].attributes.extractable = 2;
    fill_store(fixture);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        must_refuse(fixture, &cases[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(names),
        BOTH(names_that_are_taken),
        BOTH(names_that_this_entity_assigns),
        BOTH(targets),
        BOTH(numbers),
        BOTH(own_keys_and_b_tids_are_free),
    };

    return cmocka_run_group_tests_name("hostile", tests, NULL, NULL);
}
