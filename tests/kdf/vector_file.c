/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "vector_file.h"

#define FILE_MAX ((size_t)1 << 20)

static int complain(const char *path, size_t line, const char *what)
{
    fprintf(stderr, "%s:%zu: %s\n", path, line, what);
    return 0;
}

static char *read_text(const char *path)
{
    FILE *stream = fopen(path, "rb");
    char *text = malloc(FILE_MAX + 1);
    size_t length = 0;

    if (stream != NULL && text != NULL)
        length = fread(text, 1, FILE_MAX, stream);
    if (stream != NULL)
        fclose(stream);
    if (length == 0) {
        free(text);
        return NULL;
    }
    text[length] = '\0';
    return text;
}

/* Cuts "Name = value" in place. */
static int take_field(RECORD *record, char *line)
{
    char *equals = strstr(line, " =");

    if (equals == NULL || record->count == FIELDS_MAX)
        return 0;
    *equals = '\0';
    equals += 2;
    record->names[record->count] = line;
    record->values[record->count] = *equals == ' ' ? equals + 1 : equals;
    record->count++;
    return 1;
}

static RECORD *add_record(VECTOR_FILE *file, size_t line)
{
    RECORD *records = realloc(file->records, (file->count + 1) * sizeof(*records));

    if (records == NULL)
        return NULL;
    file->records = records;
    records += file->count++;
    memset(records, 0, sizeof(*records));
    records->line = line;
    return records;
}

static int parse(VECTOR_FILE *file, const char *path)
{
    RECORD *record = NULL;
    char *line = file->text, *end;
    size_t number;

    for (number = 1; line != NULL; number++, line = end) {
        end = strchr(line, '\n');
        if (end != NULL)
            *end++ = '\0';
        if (*line == '\0') {
            record = NULL;
        } else if (*line != '#') {
            if (record == NULL)
                record = add_record(file, number);
            if (record == NULL || !take_field(record, line))
                return complain(path, number, "not understood");
        }
    }
    return file->count > 0 || complain(path, number, "no vectors");
}

int vector_file_read(VECTOR_FILE *file, const char *name)
{
    const char *directory = getenv("ONEM2M_VECTORS");
    char path[1024];

    memset(file, 0, sizeof(*file));
    snprintf(path, sizeof(path), "%s/%s", directory != NULL ? directory : VECTORS_DIRECTORY, name);
    file->text = read_text(path);
    if (file->text == NULL)
        return complain(path, 0, "cannot be read");
    if (parse(file, path))
        return 1;
    vector_file_free(file);
    return 0;
}

void vector_file_free(VECTOR_FILE *file)
{
    free(file->records);
    free(file->text);
    memset(file, 0, sizeof(*file));
}

const char *record_value(const RECORD *record, const char *name)
{
    size_t i;

    for (i = 0; i < record->count; i++) {
        if (strcmp(record->names[i], name) == 0)
            return record->values[i];
    }
    return NULL;
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = c == '\0' ? NULL : strchr(digits, c);

    return found == NULL ? -1 : (int)(found - digits);
}

size_t octets_from_hex(unsigned char *octets, size_t size, const char *text)
{
    size_t length = strlen(text), i;

    if (length % 2 != 0 || length / 2 > size)
        return 0;
    for (i = 0; i < length; i += 2) {
        int high = hex_digit(text[i]), low = hex_digit(text[i + 1]);

        if (high < 0 || low < 0)
            return 0;
        octets[i / 2] = (unsigned char)(high * 16 + low);
    }
    return length / 2;
}
