/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>
#include "backend_pkcs11_internal.h"
#include "file_error.h"
#include "new_file.h"

/* The file of a backup: docs/store-format.md. Numbers are big endian. */
static const char first_line[] = "onem2m-provider token backup 1\n";
#define FIRST_LINE_OCTETS (sizeof(first_line) - 1)
#define HEAD_OCTETS (1 + 2 + 4) /* table, length of the name, of the value */
#define END_OCTETS (1 + 8)      /* a NUL for a table, checksum of all before it */
#define BUFFER_OCTETS 65536

static int refuse_errno(ONEM2M_ERROR *error, const char *path, const char *what)
{
    char described[ONEM2M_QUOTED_MAX];
    const ONEM2M_REASON reason = onem2m_file_reason(errno);
    const char *why = strerrordesc_np(errno);

    return onem2m_refuse(error, reason, ONEM2M_NO_OFFSET, "backup %s: %s: %s",
                         onem2m_quote(described, path), what,
                         why != NULL ? why : "an error of the system");
}

/* Saving */

typedef struct {
    int file;
    uint64_t sum;
    size_t length;
    unsigned char octets[BUFFER_OCTETS];
} OUTPUT;

static int flush(OUTPUT *output)
{
    size_t done = 0;
    ssize_t put;

    while (done < output->length) {
        put = write(output->file, output->octets + done, output->length - done);
        if (put < 0 && errno != EINTR)
            return 0;
        if (put > 0)
            done += (size_t)put;
    }
    output->length = 0;
    return 1;
}

static int put_octets(OUTPUT *output, const void *octets, size_t length)
{
    const unsigned char *at = octets;

    output->sum = onem2m_fnv(output->sum, octets, length);
    while (length > 0) {
        const size_t room = sizeof(output->octets) - output->length;
        const size_t part = length < room ? length : room;

        memcpy(output->octets + output->length, at, part);
        output->length += part;
        at += part;
        length -= part;
        if (output->length == sizeof(output->octets) && !flush(output))
            return 0;
    }
    return 1;
}

static void put_number(unsigned char *out, uint64_t number, size_t octets)
{
    while (octets-- > 0) {
        out[octets] = (unsigned char)number;
        number >>= 8;
    }
}

static int save_entry(ONEM2M_ENTRY *entry, void *argument)
{
    unsigned char head[HEAD_OCTETS];

    head[0] = (unsigned char)entry->table;
    put_number(head + 1, entry->name_length, 2);
    put_number(head + 3, entry->value_length, 4);
    return put_octets(argument, head, sizeof(head)) &&
           put_octets(argument, entry->octets, entry->name_length + entry->value_length);
}

static int save_all(OUTPUT *output, ONEM2M_TREE *root)
{
    unsigned char sum[8];

    output->sum = ONEM2M_FNV_START;
    if (!put_octets(output, first_line, FIRST_LINE_OCTETS) ||
        !onem2m_tree_each(root, save_entry, output) || !put_octets(output, "", 1))
        return 0;
    put_number(sum, output->sum, sizeof(sum));
    return put_octets(output, sum, sizeof(sum)) && flush(output);
}

int onem2m_records_save(ONEM2M_TREE *root, const char *path, ONEM2M_ERROR *error)
{
    OUTPUT *output = calloc(1, sizeof(*output));
    ONEM2M_NEW_FILE file;
    int ok;

    if (output == NULL)
        return onem2m_records_out_of_memory(error);
    ok = onem2m_new_file_begin(&file, path);
    if (ok) {
        output->file = file.file;
        ok = onem2m_new_file_end(&file, save_all(output, root));
    }
    free(output);
    return ok || refuse_errno(error, path, "writing it");
}

/* Loading */

typedef struct {
    const char *path;
    const unsigned char *octets;
    size_t length, at;
    ONEM2M_TREE *root;
    uint64_t random;
    const ONEM2M_ENTRY *last;
    ONEM2M_ERROR *error;
} INPUT;

static int refuse_file(const INPUT *input, ONEM2M_REASON reason, const char *what)
{
    char described[ONEM2M_QUOTED_MAX];

    return onem2m_refuse(input->error, reason, input->at, "backup %s: %s",
                         onem2m_quote(described, input->path), what);
}

static uint64_t get_number(const unsigned char *in, size_t octets)
{
    uint64_t number = 0;

    for (size_t i = 0; i < octets; i++)
        number = number << 8 | in[i];
    return number;
}

static int check_frame(INPUT *input)
{
    const size_t sum_at = input->length - 8;

    /* Without the number, which may be another's. */
    if (input->length < FIRST_LINE_OCTETS ||
        memcmp(input->octets, first_line, FIRST_LINE_OCTETS - 2) != 0)
        return refuse_file(input, ONEM2M_R_STORE_NOT_OURS, "it is none of a token's records");
    if (memcmp(input->octets, first_line, FIRST_LINE_OCTETS) != 0)
        return refuse_file(input, ONEM2M_R_STORE_NEWER, "a newer version of this program wrote it");
    if (input->length < FIRST_LINE_OCTETS + END_OCTETS || input->octets[sum_at - 1] != 0 ||
        onem2m_fnv(ONEM2M_FNV_START, input->octets, sum_at) !=
            get_number(input->octets + sum_at, 8))
        return refuse_file(input, ONEM2M_R_STORE_DAMAGED, "it is truncated or was changed");
    input->at = FIRST_LINE_OCTETS;
    input->length -= END_OCTETS;
    return 1;
}

static int is_table(unsigned char octet)
{
    return octet == ONEM2M_TABLE_META || octet == ONEM2M_TABLE_KEYS ||
           octet == ONEM2M_TABLE_CHILDREN;
}

/* Tables come as their octets do in memory, the names of each as memcmp orders, none twice. */
static int add_entry(INPUT *input, ONEM2M_TABLE table, ONEM2M_SLICE name, ONEM2M_SLICE value)
{
    ONEM2M_ENTRY *entry;
    int ok;

    if (onem2m_tree_seek(input->root, table, name) != NULL ||
        (input->last != NULL && input->last->table > table))
        return refuse_file(input, ONEM2M_R_STORE_DAMAGED, "its entries are out of order");
    entry = onem2m_entry_new(table, name, value);
    ok = entry != NULL && onem2m_tree_put(&input->root, entry, onem2m_tree_random(&input->random));
    input->last = entry;
    if (entry != NULL)
        onem2m_entry_drop(entry);
    return ok || onem2m_records_out_of_memory(input->error);
}

static int load_entry(INPUT *input)
{
    const unsigned char *head = input->octets + input->at;
    const size_t rest = input->length - input->at;
    size_t name_length, value_length;

    if (rest < HEAD_OCTETS || !is_table(head[0]))
        return refuse_file(input, ONEM2M_R_STORE_DAMAGED, "no entry where one must be");
    name_length = (size_t)get_number(head + 1, 2);
    value_length = (size_t)get_number(head + 3, 4);
    if (name_length < 1 || name_length > ONEM2M_BACKEND_NAME_MAX ||
        value_length > ONEM2M_BACKEND_VALUE_MAX || name_length + value_length > rest - HEAD_OCTETS)
        return refuse_file(input, ONEM2M_R_STORE_DAMAGED, "an entry of an impossible length");
    input->at += HEAD_OCTETS + name_length + value_length;
    return add_entry(input, (ONEM2M_TABLE)head[0],
                     (ONEM2M_SLICE){ head + HEAD_OCTETS, name_length },
                     (ONEM2M_SLICE){ head + HEAD_OCTETS + name_length, value_length });
}

static int load_octets(INPUT *input)
{
    int ok = check_frame(input);

    while (ok && input->at < input->length)
        ok = load_entry(input);
    return ok;
}

/* A device or a pipe has no end that could be waited for. */
static int open_file(const char *path, size_t *length, ONEM2M_ERROR *error)
{
    const int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat info;

    if (file < 0 || fstat(file, &info) != 0) {
        refuse_errno(error, path, "opening it");
    } else if (!S_ISREG(info.st_mode)) {
        onem2m_refuse(error, ONEM2M_R_STORE_NOT_OURS, ONEM2M_NO_OFFSET,
                      "a backup is a regular file, and this is none");
    } else {
        *length = (size_t)info.st_size;
        return file;
    }
    if (file >= 0)
        close(file);
    return -1;
}

static int read_all(int file, unsigned char *octets, size_t *length)
{
    size_t done = 0;
    ssize_t got;

    while (done < *length) {
        got = read(file, octets + done, *length - done);
        if (got < 0 && errno != EINTR)
            return 0;
        if (got == 0)
            break;
        if (got > 0)
            done += (size_t)got;
    }
    *length = done;
    return 1;
}

/* For free; NULL with *error. */
static unsigned char *read_file(const char *path, size_t *length, ONEM2M_ERROR *error)
{
    const int file = open_file(path, length, error);
    unsigned char *octets;

    if (file < 0)
        return NULL;
    octets = malloc(*length + 1);
    if (octets == NULL) {
        onem2m_records_out_of_memory(error);
    } else if (!read_all(file, octets, length)) {
        refuse_errno(error, path, "reading it");
        free(octets);
        octets = NULL;
    }
    close(file);
    return octets;
}

int onem2m_records_load(ONEM2M_TREE **root, const char *path, ONEM2M_ERROR *error)
{
    INPUT input = { .path = path, .random = 1, .error = error };
    unsigned char *octets = read_file(path, &input.length, error);
    int ok;

    if (octets == NULL)
        return 0;
    input.octets = octets;
    ok = load_octets(&input);
    free(octets);
    if (ok)
        *root = input.root;
    else
        onem2m_tree_drop(input.root);
    return ok;
}
