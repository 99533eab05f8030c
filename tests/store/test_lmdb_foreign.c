/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Files that are no store, and stores of another version.
 */
#include <unistd.h>
#include <sys/stat.h>
#include <lmdb.h>
#include "store_lmdb.h"

static void not_a_store(void **state)
{
    static unsigned char octets[65536];
    static const size_t sizes[] = { 0, 1, 100, 4096, 4097, 8192, 65536 };

    (void)state;
    for (size_t i = 0; i < sizeof(octets); i++)
        octets[i] = (unsigned char)store_random(256);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        write_file("data.mdb", octets, sizes[i]);
        assert_refused(sizes[i] < 160 ? ONEM2M_R_STORE_DAMAGED : ONEM2M_R_STORE_NOT_OURS,
                       "data.mdb");
        assert_int_equal(size_of("data.mdb"), sizes[i]);
    }
    assert_int_equal(unlink(file("data.mdb")), 0);
    assert_int_equal(mkdir(file("data.mdb"), 0700), 0);
    assert_refused(ONEM2M_R_STORE_NOT_OURS, "not a regular file");
    assert_int_equal(rmdir(file("data.mdb")), 0);
    assert_int_equal(symlink("elsewhere", file("data.mdb")), 0);
    assert_refused(ONEM2M_R_STORE_NOT_OURS, "not a regular file");
    write_file("elsewhere", octets, sizeof(octets));
    assert_refused(ONEM2M_R_STORE_NOT_OURS, "not a regular file");
}

static void make_foreign(unsigned int flags, const char *name, const char *mark)
{
    char key_text[] = "mformat", value_text[64];
    MDB_val key = { 7, key_text }, value = { strlen(mark), value_text };
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi dbi;

    snprintf(value_text, sizeof(value_text), "%s", mark);
    unlink(file("data.mdb"));
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_set_maxdbs(env, 4), 0);
    assert_int_equal(mdb_env_open(env, directory, 0, 0600), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, name, MDB_CREATE | flags, &dbi), 0);
    assert_int_equal(mdb_put(txn, dbi, &key, &value, 0), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    mdb_env_close(env);
}

static void lmdb_of_others(void **state)
{
    static const char theirs[] = "another program";

    (void)state;
    make_foreign(0, NULL, "their format");
    assert_refused(ONEM2M_R_STORE_NOT_OURS, theirs);
    make_foreign(0, NULL, "onem2m-provider key store ");
    assert_refused(ONEM2M_R_STORE_NOT_OURS, theirs);
    make_foreign(0, NULL, "onem2m-provider key store 123456789");
    assert_refused(ONEM2M_R_STORE_NOT_OURS, theirs);
    make_foreign(MDB_DUPSORT, NULL, "onem2m-provider key store 1");
    assert_refused(ONEM2M_R_STORE_NOT_OURS, theirs);
    make_foreign(MDB_REVERSEKEY, NULL, "onem2m-provider key store 1");
    assert_refused(ONEM2M_R_STORE_NOT_OURS, theirs);
    make_foreign(0, "mformat", "onem2m-provider key store 1");
    assert_refused(ONEM2M_R_STORE_NOT_OURS, theirs);
    make_foreign(0, "their", "onem2m-provider key store 1");
    assert_refused(ONEM2M_R_STORE_NOT_OURS, theirs);
    make_foreign(0, NULL, "onem2m-provider key store 3");
    assert_refused(ONEM2M_R_STORE_NEWER, "version 3; this program knows 2");
}

/* Puts a store's mark, or the database of records, without the other. */
static void make_half(const char *mark, unsigned int flags, const char *plain)
{
    char name[] = "entries", value[] = "x";
    MDB_val key = { 7, name }, octet = { 1, value };
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi dbi;

    make_foreign(0, NULL, mark);
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_set_maxdbs(env, 1), 0);
    assert_int_equal(mdb_env_open(env, directory, 0, 0600), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, plain != NULL ? NULL : name,
                                  plain != NULL ? 0 : MDB_CREATE | flags, &dbi),
                     0);
    if (plain != NULL)
        assert_int_equal(mdb_put(txn, dbi, &key, &octet, 0), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    mdb_env_close(env);
}

static void no_database_of_records(void **state)
{
    static const char mark[] = "onem2m-provider key store 2", why[] = "no database of records";

    (void)state;
    make_foreign(0, NULL, mark);
    assert_refused(ONEM2M_R_STORE_DAMAGED, why);
    make_half(mark, 0, "a plain entry of that name");
    assert_refused(ONEM2M_R_STORE_DAMAGED, why);
    make_half(mark, MDB_DUPSORT, NULL);
    assert_refused(ONEM2M_R_STORE_DAMAGED, "data.mdb is damaged");
    make_half(mark, 0, NULL);
    assert_int_equal(store_try_open(&backend, directory), ONEM2M_R_NONE);
    assert_int_equal(store_try_put(backend, "a", store_text("1")), ONEM2M_R_NONE);
}

/* The key of every entry of the unnamed database, one behind the other. */
static void list_unnamed(char *out, size_t size)
{
    MDB_val key, value;
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi dbi;
    MDB_cursor *cursor;
    FILE *text = fmemopen(out, size, "w");

    assert_non_null(text);
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_open(env, directory, 0, 0600), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, MDB_RDONLY, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, NULL, 0, &dbi), 0);
    assert_int_equal(mdb_cursor_open(txn, dbi, &cursor), 0);
    while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0)
        fprintf(text, "%.*s ", (int)key.mv_size, (const char *)key.mv_data);
    mdb_cursor_close(cursor);
    mdb_txn_abort(txn);
    mdb_env_close(env);
    assert_int_equal(fclose(text), 0);
}

/* Only what costs a commit one page is beside the header. */
static void records_are_in_a_database_of_their_own(void **state)
{
    char names[128];

    (void)state;
    close_store();
    list_unnamed(names, sizeof(names));
    assert_string_equal(names, "entries mformat mheader ");
    assert_opens();
}

/* Which the next one who writes leaves as it is: others may have it open who know no other. */
static void a_store_of_version_1_stays_one(void **state)
{
    char names[128], backup[PATH_MAX + 32];
    ONEM2M_TRANSACTION *transaction;
    ONEM2M_SLICE name, value;

    (void)state;
    make_foreign(0, NULL, "onem2m-provider key store 1");
    assert_int_equal(store_try_open(&backend, directory), ONEM2M_R_NONE);
    assert_int_equal(store_try_put(backend, "a", store_text("1")), ONEM2M_R_NONE);
    assert_int_equal(store_try_put(backend, "b", store_text("2")), ONEM2M_R_NONE);
    transaction = store_begin(backend, ONEM2M_WRITE);
    assert_true(store_functions->put(transaction, ONEM2M_TABLE_META, store_text("header"),
                                     store_text("h"), &store_error));
    assert_true(
        store_functions->remove(transaction, ONEM2M_TABLE_KEYS, store_text("b"), &store_error));
    store_commit(transaction);
    transaction = store_begin(backend, ONEM2M_READ);
    assert_int_equal(store_count(transaction), 1);
    assert_int_equal(store_functions->seek(transaction, ONEM2M_TABLE_META, store_text("g"), &name,
                                           &value, &store_error),
                     1);
    assert_true(store_equal(name, store_text("header")) && store_equal(value, store_text("h")));
    store_functions->abort(transaction);
    snprintf(backup, sizeof(backup), "%s-backup", directory);
    assert_true(store_functions->copy(backend, backup, &store_error));
    assert_int_equal(unlink(backup), 0);
    close_store();
    list_unnamed(names, sizeof(names));
    assert_string_equal(names, "ka mformat mheader ");
    assert_opens();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WHEN_EMPTY(not_a_store),
        WHEN_EMPTY(lmdb_of_others),
        WHEN_EMPTY(no_database_of_records),
        WITH_STORE(records_are_in_a_database_of_their_own),
        WHEN_EMPTY(a_store_of_version_1_stays_one),
    };

    store_seed();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
