/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A damaged page on which keys are out of order: LMDB answers a search with what stands there,
 * and whoever goes on from each answer to the next would go round for ever.
 */
#include <fcntl.h>
#include "store_fixture.h"

#define KEYS 60U /* more than one page of LMDB has room for, fewer than a progress is told of */

/* The parts of LMDB's file format that lead to a leaf's names. */
#define PAGE 4096
#define PAGE_LEAF 0x02U
typedef struct {
    size_t number;
    uint16_t pad, flags, lower, upper;
} PAGE_HEADER;
typedef struct {
    uint16_t low, high, flags, name_size;
} NODE;

/* In one transaction, so that the file has no page that is not in use. */
static int add_keys(ONEM2M_STORE_WRITER *writer, void *argument, ONEM2M_ERROR *error)
{
    char key_id[48];

    (void)argument;
    for (unsigned int i = 0; i < KEYS; i++) {
        ONEM2M_ATTRIBUTES a;
        ADDITION addition = { &a, { octets, 32 }, "" };

        snprintf(key_id, sizeof(key_id), "key-%02u@mef.example.com", i);
        a = attributes(ONEM2M_KIND_KPM, 10, key_id);
        if (!add(writer, &addition, error))
            return 0;
    }
    return 1;
}

/* A node's name begins with the table's octet. NULL when the page is no leaf, or has fewer. */
static char *name_at(unsigned char *page, size_t index, size_t *length)
{
    PAGE_HEADER header;
    uint16_t offset;
    NODE node;

    *length = 0;
    memcpy(&header, page, sizeof(header));
    if (header.flags != PAGE_LEAF || header.lower < sizeof(header) + (index + 1) * sizeof(offset))
        return NULL;
    memcpy(&offset, page + sizeof(header) + index * sizeof(offset), sizeof(offset));
    memcpy(&node, page + offset, sizeof(node));
    *length = node.name_size;
    return (char *)page + offset + sizeof(node);
}

/* How many names the page has; 0 when one is none of the keys', or is the first of them. */
static size_t middle_leaf(unsigned char *page)
{
    size_t length, count = 0;

    for (const char *name; (name = name_at(page, count, &length)) != NULL; count++) {
        if (length < 7 || memcmp(name, "kkey-", 5) != 0 || memcmp(name, "kkey-00", 7) == 0)
            return 0;
    }
    return count;
}

/* Its first and its last name are now before all others. */
static void put_out_of_order(unsigned char *page, size_t count)
{
    const size_t ends[] = { 0, count - 1 };

    for (size_t i = 0; i < 2; i++) {
        size_t length;
        char *name = name_at(page, ends[i], &length);

        assert_non_null(name);
        memset(name + 1, 'a', length - 1);
    }
}

static void damage(const FIXTURE *fixture)
{
    unsigned char page[PAGE];
    char path[128];
    unsigned int damaged = 0;
    off_t at = 0;
    int file;

    snprintf(path, sizeof(path), "%s/store/data.mdb", fixture->directory);
    file = open(path, O_RDWR | O_CLOEXEC);
    assert_true(file >= 0);
    for (; pread(file, page, PAGE, at) == PAGE; at += PAGE) {
        const size_t count = middle_leaf(page);

        if (count > 0) {
            put_out_of_order(page, count);
            assert_int_equal(pwrite(file, page, PAGE, at), PAGE);
            damaged++;
        }
    }
    assert_int_equal(close(file), 0);
    assert_true(damaged > 0);
}

static int set_up_damaged(void **state)
{
    FIXTURE *fixture;

    set_up_lmdb(state);
    fixture = *state;
    assert_true(onem2m_store_write(fixture->store, add_keys, NULL, NULL));
    onem2m_store_reader_free(fixture->reader);
    onem2m_store_close(fixture->store);
    damage(fixture);
    fixture->store = open_store(fixture);
    fixture->reader = onem2m_store_reader_new(fixture->store, NULL);
    return 0;
}

static void assert_damaged(const ONEM2M_ERROR *error)
{
    assert_int_equal(error->reason, ONEM2M_R_STORE_DAMAGED);
    assert_non_null(strstr(error->detail, "looking for an entry"));
}

static void refuses_the_next(void **state)
{
    const FIXTURE *fixture = *state;
    ONEM2M_STORE_PLACE place = { .length = 0 };
    ONEM2M_TRANSACTION *transaction;
    ONEM2M_SLICE name, record;
    unsigned int passed = 0;
    ONEM2M_ERROR error;
    int found;

    assert_true(onem2m_store_begin(fixture->reader, &transaction, ONEM2M_READ, NULL));
    while ((found = onem2m_store_next(fixture->store, transaction, &place, &name, &record,
                                      &error)) > 0) {
        if (++passed > KEYS)
            fail_msg("it goes round");
    }
    fixture->store->functions->abort(transaction);
    assert_int_equal(found, -1);
    assert_damaged(&error);
    assert_true(passed > 0 && passed < KEYS);
}

/* Called after more records than there are. */
static void goes_round(void *argument, uint64_t done, uint64_t total)
{
    (void)argument;
    fail_msg("record %u of %u: it goes round", (unsigned int)done, (unsigned int)total);
}

static void verify_ends(void **state)
{
    const FIXTURE *fixture = *state;
    ONEM2M_STORE_FINDINGS findings;
    ONEM2M_ERROR error;

    assert_false(onem2m_store_verify(fixture->reader, &findings, goes_round, NULL, &error));
    assert_damaged(&error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(refuses_the_next, set_up_damaged, tear_down),
        cmocka_unit_test_setup_teardown(verify_ends, set_up_damaged, tear_down),
    };

    return cmocka_run_group_tests_name("page_order", tests, NULL, NULL);
}
