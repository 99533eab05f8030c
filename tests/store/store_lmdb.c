/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <sys/stat.h>
#include "store_lmdb.h"

int set_up_empty(void **state)
{
    (void)state;
    backend = NULL;
    store_directory(directory);
    return 0;
}

void close_store(void)
{
    store_functions->close(backend);
    backend = NULL;
}

const char *file(const char *name)
{
    static char path[PATH_MAX + 32];

    snprintf(path, sizeof(path), "%s/%s", directory, name);
    return path;
}

void write_file(const char *name, const void *octets, size_t length)
{
    FILE *out = fopen(file(name), "w");

    assert_non_null(out);
    assert_int_equal(fwrite(octets, 1, length, out), length);
    assert_int_equal(fclose(out), 0);
}

off_t size_of(const char *name)
{
    struct stat info;

    return stat(file(name), &info) == 0 ? info.st_size : -1;
}

void assert_refused(ONEM2M_REASON reason, const char *text)
{
    ONEM2M_BACKEND *opened;

    if (store_try_open(&opened, directory) != reason || strstr(store_error.detail, text) == NULL)
        fail_msg("reason %d \"%s\"; expected %d, \"%s\"", store_error.reason, store_error.detail,
                 reason, text);
    for (const char *at = store_error.detail; *at != '\0'; at++)
        assert_true(*at >= 0x20 && *at < 0x7F);
}

void assert_opens(void)
{
    backend = store_open(directory);
    assert_true(store_holds(backend, "a", "1"));
}

void fill_store(unsigned int count, size_t length)
{
    static unsigned char octets[100000];
    ONEM2M_TRANSACTION *transaction = store_begin(backend, ONEM2M_WRITE);
    char name[32];

    for (unsigned int i = 0; i < count; i++) {
        snprintf(name, sizeof(name), "fill-%u", i);
        assert_true(store_functions->put(transaction, ONEM2M_TABLE_KEYS, store_text(name),
                                         (ONEM2M_SLICE){ octets, length }, &store_error));
    }
    store_commit(transaction);
}
