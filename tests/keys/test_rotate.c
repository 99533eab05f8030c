/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store_fixture.h"

#include <signal.h>
#include <sys/wait.h>

/* The data key of a store is rotated, beside others that use it and through kills; and all keys are
 * visited beside rotations. */

/* Of more than two transactions; where each is two objects of a token, which takes it milliseconds,
 * of one. */
#define KEYS (has_records_in_token() ? 30U : 5000U)
#define KILLS 24

static void skip_with_records_in_token(const char *why)
{
    if (!has_records_in_token())
        return;
    print_message("not with records in a token: %s\n", why);
    skip();
}

#define SKIP_PROCESSES()                                                                           \
    skip_with_records_in_token("SoftHSM and NSS's softokn begin in no process while another one "  \
                               "writes; test_records_faults kills at each call")

static void name_key(char name[32], unsigned int number)
{
    snprintf(name, 32, "k%u@mef.example.com", number);
}

typedef struct {
    unsigned int first, count;
} RANGE;

static void make_octets(unsigned char secret[32], unsigned int number)
{
    memset(secret, 0, 32);
    secret[0] = (unsigned char)number;
    secret[1] = (unsigned char)(number >> 8);
}

static int is_number(const FOUND *found, unsigned int number)
{
    unsigned char secret[32];

    make_octets(secret, number);
    return is_key(found, (ONEM2M_SLICE){ secret, sizeof(secret) });
}

static int add_range(ONEM2M_STORE_WRITER *writer, void *argument, ONEM2M_ERROR *error)
{
    const RANGE *range = argument;
    char name[32];

    for (unsigned int i = range->first; i < range->first + range->count; i++) {
        unsigned char secret[32];
        const ONEM2M_MATERIAL material = { .octets = { secret, sizeof(secret) } };
        ONEM2M_ATTRIBUTES a;

        name_key(name, i);
        a = attributes(ONEM2M_KIND_KPM, 10, name);
        make_octets(secret, i);
        if (!onem2m_store_add(writer, &a, &material, NULL, error))
            return 0;
    }
    return 1;
}

static void add_keys(ONEM2M_STORE *store, unsigned int first, unsigned int count)
{
    RANGE range = { first, count };
    ONEM2M_ERROR error;

    if (!onem2m_store_write(store, add_range, &range, &error))
        fail_msg("%s", error.detail);
}

static void must_read(ONEM2M_STORE_READER *reader, unsigned int number)
{
    FOUND found = { 0 };
    ONEM2M_ERROR error;
    char name[32];

    name_key(name, number);
    if (!onem2m_store_look_up(reader, name, strlen(name), ONEM2M_KINDS_ALL, visit, &found, &error))
        fail_msg("%s: %s", name, error.detail);
    assert_true(is_number(&found, number));
    onem2m_key_clear(&found.key);
}

static void must_be_clean(const FIXTURE *fixture, unsigned int records)
{
    ONEM2M_STORE_FINDINGS findings;
    ONEM2M_ERROR error;

    if (!onem2m_store_verify(fixture->reader, &findings, NULL, NULL, &error))
        fail_msg("%s", error.detail);
    if (findings.first.reason != ONEM2M_R_NONE)
        fail_msg("%s", findings.first.detail);
    assert_int_equal(findings.damaged, 0);
    assert_int_equal(findings.records, records);
}

/* What the header says of the data keys; and how many records there are of each epoch. */
typedef struct {
    uint32_t epoch, old_epoch;
    unsigned int of_epoch, of_old_epoch;
} EPOCHS;

static EPOCHS epochs_of(const FIXTURE *fixture)
{
    const ONEM2M_BACKEND_FUNCTIONS *functions = fixture->store->functions;
    ONEM2M_STORE_PLACE place = { .length = 0 };
    ONEM2M_TRANSACTION *transaction;
    ONEM2M_SLICE name, record;
    ONEM2M_HEADER header;
    ONEM2M_STORE_KEYS keys;
    ONEM2M_RECORD parsed;
    EPOCHS epochs = { 0 };

    assert_true(onem2m_store_begin(fixture->reader, &transaction, ONEM2M_READ, NULL));
    assert_true(onem2m_store_read_header(fixture->reader, transaction, &header, &keys, NULL));
    epochs.epoch = header.epoch;
    if (keys.data[1].epoch != 0)
        epochs.old_epoch = keys.data[0].epoch;
    while (onem2m_store_next(fixture->store, transaction, &place, &name, &record, NULL) > 0) {
        assert_true(onem2m_record_parse(&parsed, record, NULL));
        epochs.of_epoch += parsed.epoch == epochs.epoch;
        epochs.of_old_epoch += parsed.epoch == epochs.old_epoch;
    }
    functions->abort(transaction);
    onem2m_store_keys_clear(&keys);
    return epochs;
}

static void must_be_of_one_epoch(const FIXTURE *fixture, uint32_t epoch, unsigned int records)
{
    const EPOCHS epochs = epochs_of(fixture);

    assert_int_equal(epochs.epoch, epoch);
    assert_int_equal(epochs.old_epoch, 0);
    assert_int_equal(epochs.of_epoch, records);
}

static void must_rotate(ONEM2M_STORE *store)
{
    ONEM2M_ERROR error;

    if (!onem2m_store_rotate(store, NULL, NULL, &error))
        fail_msg("%s", error.detail);
}

static void seals_every_record_anew(void **state)
{
    FIXTURE *fixture = *state;

    must_rotate(fixture->store); /* one without keys */
    add_keys(fixture->store, 0, KEYS);
    must_read(fixture->reader, 7);
    for (unsigned int i = 0; i < 4; i++) {
        must_rotate(fixture->store);
        must_be_of_one_epoch(fixture, 3 + i, KEYS + i);
        for (unsigned int j = 0; j < KEYS + i; j += 99)
            must_read(fixture->reader, j);
        add_keys(fixture->store, KEYS + i, 1);
        must_read(fixture->reader, KEYS + i);
        must_be_clean(fixture, KEYS + i + 1);
    }
}

/* Does to the store what others may do between two steps. */
typedef struct {
    FIXTURE *fixture;
    ONEM2M_STORE *writer; /* another one, if there can be */
    ONEM2M_STORE_READER *reader;
    unsigned int steps, added;
    uint64_t done, total;
} OTHERS;

static void work_beside(void *argument, uint64_t done, uint64_t total)
{
    OTHERS *others = argument;

    assert_true(done >= others->done);
    others->done = done;
    others->total = total;
    others->steps++;
    add_keys(others->writer, KEYS + others->added++, 1);
    for (unsigned int i = 0; i < KEYS + others->added; i += 7)
        must_read(others->reader, i);
    must_be_clean(others->fixture, KEYS + others->added);
}

static void others_go_on_meanwhile(void **state)
{
    FIXTURE *fixture = *state;
    OTHERS others = { .fixture = fixture, .writer = fixture->store };
    ONEM2M_STORE *other = NULL;
    ONEM2M_ERROR error;

    skip_with_records_in_token("so few keys are rotated in one step");
    if (strcmp(fixture->scheme, "memory") != 0)
        others.writer = other = open_store(fixture);
    others.reader = onem2m_store_reader_new(others.writer, NULL);
    add_keys(others.writer, 0, KEYS);
    assert_true(onem2m_store_rotate(fixture->store, work_beside, &others, &error));
    assert_true(others.steps > 2);
    assert_int_equal(others.total, KEYS);
    assert_true(others.done >= KEYS);
    must_be_of_one_epoch(fixture, 2, KEYS + others.added);
    onem2m_store_reader_free(others.reader);
    onem2m_store_close(other);
}

static void rotate_inside(void *argument, uint64_t done, uint64_t total)
{
    OTHERS *others = argument;

    (void)done;
    (void)total;
    if (others->steps++ == 0)
        must_rotate(others->writer);
}

static void two_join_in_one_rotation(void **state)
{
    FIXTURE *fixture = *state;
    OTHERS others = { .fixture = fixture, .writer = fixture->store };

    add_keys(fixture->store, 0, KEYS);
    assert_true(onem2m_store_rotate(fixture->store, rotate_inside, &others, NULL));
    assert_int_equal(others.steps, 2); /* it saw at once that all was done */
    must_be_of_one_epoch(fixture, 2, KEYS);
    must_be_clean(fixture, KEYS);
}

static void stop_at_once(void *argument, uint64_t done, uint64_t total)
{
    (void)argument;
    (void)done;
    (void)total;
    raise(SIGKILL);
}

static void rotate_and_begin_again(void *argument, uint64_t done, uint64_t total)
{
    OTHERS *others = argument;

    (void)done;
    (void)total;
    if (others->steps++ > 0)
        return;
    must_rotate(others->writer);
    if (fork() == 0) {
        /* Another rotation, left in its middle. */
        onem2m_store_rotate(others->writer, stop_at_once, NULL, NULL);
        _exit(0);
    }
    wait(NULL);
}

/* The one that was overtaken must not drop a key of the later rotation. */
static void an_overtaken_rotation_ends(void **state)
{
    FIXTURE *fixture = *state;
    OTHERS others = { .fixture = fixture, .writer = fixture->store };

    add_keys(fixture->store, 0, KEYS);
    assert_true(onem2m_store_rotate(fixture->store, rotate_and_begin_again, &others, NULL));
    assert_int_equal(epochs_of(fixture).epoch, 3);
    assert_int_equal(epochs_of(fixture).old_epoch, 2);
    must_be_clean(fixture, KEYS);
    must_rotate(fixture->store);
    must_be_of_one_epoch(fixture, 3, KEYS);
}

static void run_and_kill(FIXTURE *fixture, unsigned int microseconds)
{
    const pid_t child = fork();
    int status;

    assert_true(child >= 0);
    if (child == 0) {
        for (;;)
            onem2m_store_rotate(fixture->store, microseconds == 0 ? stop_at_once : NULL, NULL,
                                NULL);
    }
    if (microseconds != 0) {
        usleep(microseconds);
        kill(child, SIGKILL);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void goes_on_after_a_kill(void **state)
{
    FIXTURE *fixture = *state;
    EPOCHS epochs;

    SKIP_PROCESSES();
    add_keys(fixture->store, 0, KEYS);
    run_and_kill(fixture, 0);
    epochs = epochs_of(fixture);
    assert_int_equal(epochs.epoch, 2);
    assert_int_equal(epochs.old_epoch, 1);
    assert_true(epochs.of_epoch >= 1 && epochs.of_epoch <= KEYS - 1);
    assert_int_equal(epochs.of_epoch + epochs.of_old_epoch, KEYS);
    must_be_clean(fixture, KEYS);
    must_rotate(fixture->store);
    must_be_of_one_epoch(fixture, 2, KEYS);
}

static void kills_lose_nothing(void **state)
{
    FIXTURE *fixture = *state;
    unsigned int added = KEYS, unfinished = 0;

    SKIP_PROCESSES();
    srandom((unsigned int)getpid());
    add_keys(fixture->store, 0, KEYS);
    for (unsigned int i = 0; i < KILLS; i++) {
        run_and_kill(fixture, 1 + (unsigned int)random() % 60000);
        must_be_clean(fixture, added);
        unfinished += epochs_of(fixture).old_epoch != 0;
        add_keys(fixture->store, added++, 1);
        for (unsigned int j = 0; j < added; j++)
            must_read(fixture->reader, j);
    }
    assert_true(unfinished > 0);
    must_rotate(fixture->store);
    must_be_clean(fixture, added);
    assert_int_equal(epochs_of(fixture).old_epoch, 0);
}

/* Whether the key is there with its octets; for processes that cannot fail a test. */
static int is_right(ONEM2M_STORE_READER *reader, unsigned int number)
{
    FOUND found = { 0 };
    char name[32];
    int ok;

    name_key(name, number);
    ok = onem2m_store_look_up(reader, name, strlen(name), ONEM2M_KINDS_ALL, visit, &found, NULL) &&
         is_number(&found, number);
    onem2m_key_clear(&found.key);
    return ok;
}

static pid_t start_reader(FIXTURE *fixture)
{
    const pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        for (unsigned int i = 0; is_right(fixture->reader, i % KEYS); i += 7)
            ;
        _exit(1);
    }
    return child;
}

static pid_t start_writer(FIXTURE *fixture)
{
    const pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        RANGE range = { 2 * KEYS, 1 };

        while (onem2m_store_write(fixture->store, add_range, &range, NULL) &&
               is_right(fixture->reader, range.first))
            range.first++;
        _exit(1);
    }
    return child;
}

static void other_processes_go_on_meanwhile(void **state)
{
    FIXTURE *fixture = *state;
    pid_t others[3];

    SKIP_PROCESSES();
    add_keys(fixture->store, 0, KEYS);
    must_read(fixture->reader, 0);
    for (size_t i = 0; i < 3; i++)
        others[i] = i < 2 ? start_reader(fixture) : start_writer(fixture);
    usleep(20000);
    for (unsigned int i = 0; i < 20; i++) {
        must_rotate(fixture->store);
        must_read(fixture->reader, i);
    }
    for (size_t i = 0; i < 3; i++) {
        int status;

        kill(others[i], SIGKILL);
        assert_int_equal(waitpid(others[i], &status, 0), others[i]);
        assert_true(WIFSIGNALED(status));
    }
    assert_int_equal(epochs_of(fixture).epoch, 21);
    must_be_clean(fixture, epochs_of(fixture).of_epoch);
}

/* All entries of two tables, as a backup would have them. */
typedef struct {
    unsigned char name[ONEM2M_BACKEND_NAME_MAX], value[1024];
    size_t name_length, value_length;
} ENTRY;

static void put_back(const FIXTURE *fixture, ENTRY entries[2], int is_taken)
{
    const ONEM2M_BACKEND_FUNCTIONS *functions = fixture->store->functions;
    const ONEM2M_TABLE tables[2] = { ONEM2M_TABLE_META, ONEM2M_TABLE_KEYS };
    ONEM2M_TRANSACTION *transaction;
    ONEM2M_SLICE name, value, from = { (const unsigned char *)"h", 1 };

    assert_true(functions->begin(fixture->store->backend, &transaction, ONEM2M_WRITE, NULL));
    for (int i = 0; i < 2; i++, from.length = 0) {
        ENTRY *entry = &entries[i];

        if (is_taken) {
            assert_true(functions->put(transaction, tables[i],
                                       (ONEM2M_SLICE){ entry->name, entry->name_length },
                                       (ONEM2M_SLICE){ entry->value, entry->value_length }, NULL));
            continue;
        }
        assert_int_equal(functions->seek(transaction, tables[i], from, &name, &value, NULL), 1);
        assert_true(value.length <= sizeof(entry->value));
        memcpy(entry->name, name.data, entry->name_length = name.length);
        memcpy(entry->value, value.data, entry->value_length = value.length);
    }
    assert_true(functions->commit(transaction, NULL));
}

/* An old store put back and rotated again has another key under the same number. */
static void a_key_of_the_same_number_is_another(void **state)
{
    FIXTURE *fixture = *state;
    ONEM2M_STORE *other = open_store(fixture), *ignorant = open_store(fixture);
    ONEM2M_STORE_READER *of_other = onem2m_store_reader_new(other, NULL);
    ENTRY entries[2];

    add_keys(fixture->store, 0, 1);
    put_back(fixture, entries, 0);
    must_rotate(fixture->store);
    must_read(of_other, 0);
    must_read(fixture->reader, 0);
    put_back(fixture, entries, 1);
    must_rotate(ignorant); /* which counts as many writes as the others have seen */
    must_be_of_one_epoch(fixture, 2, 1);
    /* What this one knew of epoch 2 is of no use now, and is not used. */
    must_read(fixture->reader, 0);
    add_keys(fixture->store, 1, 1);
    must_read(of_other, 1);
    must_be_clean(fixture, 2);
    onem2m_store_reader_free(of_other);
    onem2m_store_close(other);
    onem2m_store_close(ignorant);
}

static void damage_first_record(const FIXTURE *fixture)
{
    const ONEM2M_BACKEND_FUNCTIONS *functions = fixture->store->functions;
    ONEM2M_TRANSACTION *transaction;
    ONEM2M_SLICE name, value;
    unsigned char name_copy[ONEM2M_BACKEND_NAME_MAX], copy[1024];

    assert_true(functions->begin(fixture->store->backend, &transaction, ONEM2M_WRITE, NULL));
    assert_int_equal(functions->seek(transaction, ONEM2M_TABLE_KEYS, (ONEM2M_SLICE){ NULL, 0 },
                                     &name, &value, NULL),
                     1);
    memcpy(name_copy, name.data, name.length);
    memcpy(copy, value.data, value.length);
    copy[value.length - 1] ^= 1;
    assert_true(functions->put(transaction, ONEM2M_TABLE_KEYS,
                               (ONEM2M_SLICE){ name_copy, name.length },
                               (ONEM2M_SLICE){ copy, value.length }, NULL));
    assert_true(functions->commit(transaction, NULL));
}

static void a_damaged_record_keeps_the_old_key(void **state)
{
    FIXTURE *fixture = *state;
    EPOCHS epochs;
    ONEM2M_ERROR error;

    add_keys(fixture->store, 0, KEYS);
    damage_first_record(fixture);
    assert_false(onem2m_store_rotate(fixture->store, NULL, NULL, &error));
    assert_int_equal(error.reason, ONEM2M_R_RECORD_DAMAGED);
    epochs = epochs_of(fixture);
    assert_int_equal(epochs.old_epoch, 1);
    assert_int_equal(epochs.of_old_epoch, 1);
    assert_int_equal(epochs.of_epoch, KEYS - 1);
    must_read(fixture->reader, KEYS - 1);
    /* Once more: nothing is begun anew. */
    assert_false(onem2m_store_rotate(fixture->store, NULL, NULL, &error));
    assert_int_equal(epochs_of(fixture).epoch, 2);
}

/* Who has not the seal as it is cannot put the keys back under an old one. */
static void another_seal_rotates_nothing(void **state)
{
    FIXTURE *fixture = *state;
    ONEM2M_ERROR error;
    char seal[sizeof(fixture->seal) + 4];

    add_keys(fixture->store, 0, 3);
    snprintf(seal, sizeof(seal), "%s.new", fixture->seal);
    assert_true(onem2m_seal_create(seal, NULL, &error));
    assert_true(onem2m_store_reseal(fixture->store, seal, &error));
    assert_false(onem2m_store_rotate(fixture->store, NULL, NULL, &error));
    assert_int_equal(error.reason, ONEM2M_R_BAD_SEAL);
}

typedef struct {
    FIXTURE *fixture;
    unsigned int visited;
    char last[ONEM2M_KEY_ID_MAX + 1];
} WALK;

/* Between any two visits the store may be written: no transaction is open. */
static int visit_and_write(void *argument, const ONEM2M_ATTRIBUTES *a,
                           const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    const ONEM2M_SLICE name = a->text[ONEM2M_TEXT_KEY_ID];
    WALK *walk = argument;
    char key_id[ONEM2M_KEY_ID_MAX + 1] = "";
    FOUND found = { 0 };

    memcpy(key_id, name.data, name.length);
    assert_true(strcmp(key_id, walk->last) > 0);
    memcpy(walk->last, key_id, sizeof(key_id));
    assert_int_equal(onem2m_material_length(material), 32);
    if (walk->visited++ % 1000 != 700)
        return 1;
    /* Two rotations, in between read by the same reader: it has forgotten the batch's key. */
    must_rotate(walk->fixture->store);
    assert_true(look_up(walk->fixture, key_id, ONEM2M_KINDS_ALL, &found, error));
    onem2m_key_clear(&found.key);
    must_rotate(walk->fixture->store);
    must_read(walk->fixture->reader, 3);
    add_keys(walk->fixture->store, 2 * KEYS + walk->visited, 1);
    return 1;
}

static void each_goes_on_beside_rotations(void **state)
{
    FIXTURE *fixture = *state;
    WALK walk = { .fixture = fixture };
    ONEM2M_ERROR error;

    add_keys(fixture->store, 0, KEYS);
    if (!onem2m_store_each(fixture->reader, visit_and_write, &walk, &error))
        fail_msg("%s", error.detail);
    assert_true(walk.visited >= KEYS && walk.visited <= KEYS + 5);
}

static int count_visits(void *argument, const ONEM2M_ATTRIBUTES *a, const ONEM2M_MATERIAL *material,
                        ONEM2M_ERROR *error)
{
    (void)a;
    (void)material;
    (void)error;
    return ++*(unsigned int *)argument < KEYS / 2;
}

static void each_stops_when_it_is_told(void **state)
{
    FIXTURE *fixture = *state;
    unsigned int visits = 0;
    ONEM2M_ERROR error;

    add_keys(fixture->store, 0, KEYS);
    assert_false(onem2m_store_each(fixture->reader, count_visits, &visits, &error));
    assert_int_equal(visits, KEYS / 2);
    damage_first_record(fixture);
    visits = 0;
    assert_false(onem2m_store_each(fixture->reader, count_visits, &visits, &error));
    assert_int_equal(error.reason, ONEM2M_R_RECORD_DAMAGED);
    assert_int_equal(visits, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(seals_every_record_anew),
        BOTH(others_go_on_meanwhile),
        BOTH(two_join_in_one_rotation),
        BOTH(each_goes_on_beside_rotations),
        BOTH(each_stops_when_it_is_told),
        BOTH(a_damaged_record_keeps_the_old_key),
        cmocka_unit_test_setup_teardown(an_overtaken_rotation_ends, set_up_lmdb, tear_down),
        cmocka_unit_test_setup_teardown(goes_on_after_a_kill, set_up_lmdb, tear_down),
        cmocka_unit_test_setup_teardown(other_processes_go_on_meanwhile, set_up_lmdb, tear_down),
        cmocka_unit_test_setup_teardown(kills_lose_nothing, set_up_lmdb, tear_down),
        cmocka_unit_test_setup_teardown(a_key_of_the_same_number_is_another, set_up_lmdb,
                                        tear_down),
        cmocka_unit_test_setup_teardown(another_seal_rotates_nothing, set_up_lmdb, tear_down),
    };

    return cmocka_run_group_tests_name("rotate", tests, NULL, NULL);
}
