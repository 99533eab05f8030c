/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include "keystore/cbor.h"
#include "message.h"

/* RFC 8949 3.3, table 4: these two simple values, each one octet. */
#define CBOR_FALSE 0xf4
#define CBOR_TRUE 0xf5
#define NUMBER_MAX UINT32_MAX

/* In deterministic encoding a shorter key sorts first: its head is less. */
static int key_order(const char *a, size_t a_length, const char *b, size_t b_length)
{
    if (a_length != b_length)
        return a_length < b_length ? -1 : 1;
    return memcmp(a, b, a_length);
}

/* The present parameter that follows previous (NULL: the first); NULL when there is none. */
static const PARAMETER *next_key(const MESSAGE *message, const PARAMETER *previous)
{
    const PARAMETER *next = NULL;

    for (size_t i = 0; i < MESSAGE_PARAMETERS && message->table->parameters[i].name != NULL; i++) {
        const PARAMETER *candidate = &message->table->parameters[i];
        size_t length = strlen(candidate->name);

        if (message->value[i].present &&
            (previous == NULL ||
             key_order(candidate->name, length, previous->name, strlen(previous->name)) > 0) &&
            (next == NULL ||
             key_order(candidate->name, length, next->name, strlen(next->name)) < 0))
            next = candidate;
    }
    return next;
}

static ONEM2M_SLICE slice_of(const void *data, size_t length)
{
    return (ONEM2M_SLICE){ data, length };
}

static void write_list(ONEM2M_CBOR_WRITER *writer, const char *text)
{
    size_t count = 1;

    for (const char *space = strchr(text, ' '); space != NULL; space = strchr(space + 1, ' '))
        count++;
    onem2m_cbor_write_array(writer, count);
    for (; count > 0; count--) {
        size_t length = strcspn(text, " ");

        onem2m_cbor_write_text(writer, slice_of(text, length));
        text += length + 1;
    }
}

static void write_value(ONEM2M_CBOR_WRITER *writer, const MESSAGE *message, size_t index)
{
    const VALUE *value = &message->value[index];
    const unsigned char *data = message->values + value->offset;
    unsigned char boolean = value->number != 0 ? CBOR_TRUE : CBOR_FALSE;

    switch (message->table->parameters[index].type) {
    case PARAMETER_NUMBER:
        onem2m_cbor_write_unsigned(writer, value->number);
        break;
    case PARAMETER_BOOLEAN:
        onem2m_cbor_write_encoded(writer, slice_of(&boolean, 1));
        break;
    case PARAMETER_TEXT:
        onem2m_cbor_write_text(writer, slice_of(data, value->length));
        break;
    case PARAMETER_OCTETS:
        onem2m_cbor_write_octets(writer, slice_of(data, value->length));
        break;
    case PARAMETER_LIST:
        write_list(writer, (const char *)data);
        break;
    }
}

static size_t count_present(const MESSAGE *message)
{
    size_t count = 0;

    for (size_t i = 0; i < MESSAGE_PARAMETERS; i++)
        count += message->value[i].present != 0;
    return count;
}

/* The first parameter that the table wants and that is not there; NULL: none. */
static const char *missing(const MESSAGE *message)
{
    for (size_t i = 0; i < MESSAGE_PARAMETERS && message->table->parameters[i].name != NULL; i++) {
        if (!message->value[i].present && !message->table->parameters[i].optional)
            return message->table->parameters[i].name;
    }
    return NULL;
}

int message_encode(const MESSAGE *message, unsigned char *out, size_t *length, FAILURE *failure)
{
    ONEM2M_CBOR_WRITER writer;
    const PARAMETER *key = NULL;

    if (missing(message) != NULL)
        return failure_set(failure, "table %s: %s is missing", message->table->number,
                           missing(message));
    onem2m_cbor_writer_init(&writer, out, *length);
    onem2m_cbor_write_map(&writer, count_present(message));
    while ((key = next_key(message, key)) != NULL) {
        onem2m_cbor_write_text(&writer, slice_of(key->name, strlen(key->name)));
        write_value(&writer, message, (size_t)(key - message->table->parameters));
    }
    if (message->broken || writer.full)
        return failure_set(failure, "table %s: the message has no room for a value",
                           message->table->number);
    *length = writer.length;
    return 1;
}

static int read_boolean(ONEM2M_CBOR_READER *reader, unsigned long *value)
{
    unsigned char octet;

    if (onem2m_cbor_at_end(reader))
        return 0;
    octet = reader->data[reader->position];
    if (octet != CBOR_FALSE && octet != CBOR_TRUE)
        return 0;
    reader->position++;
    *value = octet == CBOR_TRUE;
    return 1;
}

static int is_printable(ONEM2M_SLICE text, unsigned char least)
{
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] < least || text.data[i] > '~')
            return 0;
    }
    return text.length > 0;
}

/* Appends octets to a value, with a separator before all but the first, and leaves room for a NUL.
 */
static int append(MESSAGE *message, VALUE *value, ONEM2M_SLICE octets, const char *separator)
{
    size_t separated = value->length > 0 ? strlen(separator) : 0;

    if (separated + octets.length + 1 > MESSAGE_MAX - message->used)
        return 0;
    memcpy(message->values + message->used, separator, separated);
    if (octets.length > 0)
        memcpy(message->values + message->used + separated, octets.data, octets.length);
    value->length += separated + octets.length;
    message->used += separated + octets.length;
    return 1;
}

static int read_list(ONEM2M_CBOR_READER *reader, MESSAGE *message, VALUE *value)
{
    ONEM2M_SLICE text;
    uint64_t count;

    if (!onem2m_cbor_read_array(reader, &count) || count == 0)
        return 0;
    for (; count > 0; count--) {
        if (!onem2m_cbor_read_text(reader, &text) || !is_printable(text, '!') ||
            !append(message, value, text, " "))
            return 0;
    }
    return 1;
}

static int read_number(ONEM2M_CBOR_READER *reader, unsigned long *value)
{
    uint64_t number;

    if (!onem2m_cbor_read_unsigned(reader, &number) || number > NUMBER_MAX)
        return 0;
    *value = (unsigned long)number;
    return 1;
}

/* A value that is kept as octets, with a NUL behind it. */
static int read_kept(ONEM2M_CBOR_READER *reader, MESSAGE *message, VALUE *value,
                     PARAMETER_TYPE type)
{
    ONEM2M_SLICE octets;
    int read;

    value->offset = message->used;
    if (type == PARAMETER_LIST)
        read = read_list(reader, message, value);
    else if (type == PARAMETER_TEXT)
        read = onem2m_cbor_read_text(reader, &octets) && is_printable(octets, ' ') &&
               append(message, value, octets, "");
    else
        read = onem2m_cbor_read_octets(reader, &octets) && append(message, value, octets, "");
    if (read)
        message->used++;
    return read;
}

static int read_value(ONEM2M_CBOR_READER *reader, MESSAGE *message, size_t index)
{
    const PARAMETER_TYPE type = message->table->parameters[index].type;
    VALUE *value = &message->value[index];

    switch (type) {
    case PARAMETER_NUMBER:
        value->present = read_number(reader, &value->number);
        break;
    case PARAMETER_BOOLEAN:
        value->present = read_boolean(reader, &value->number);
        break;
    case PARAMETER_TEXT:
    case PARAMETER_OCTETS:
    case PARAMETER_LIST:
        value->present = read_kept(reader, message, value, type);
        break;
    }
    return value->present;
}

/* The index of the key that comes next, which must sort behind *previous; -1: refused. */
static int read_key(ONEM2M_CBOR_READER *reader, const MESSAGE *message, const char **previous)
{
    ONEM2M_SLICE key;

    if (!onem2m_cbor_read_text(reader, &key))
        return -1;
    for (int i = 0; i < MESSAGE_PARAMETERS && message->table->parameters[i].name != NULL; i++) {
        const char *name = message->table->parameters[i].name;

        if (key.length != strlen(name) || memcmp(key.data, name, key.length) != 0)
            continue;
        if (*previous != NULL && key_order(name, key.length, *previous, strlen(*previous)) <= 0)
            return -1;
        *previous = name;
        return i;
    }
    return -1;
}

static int read_map(ONEM2M_CBOR_READER *reader, MESSAGE *message)
{
    const char *previous = NULL;
    uint64_t pairs;

    if (!onem2m_cbor_read_map(reader, &pairs))
        return 0;
    for (; pairs > 0; pairs--) {
        int index = read_key(reader, message, &previous);

        if (index < 0 || !read_value(reader, message, (size_t)index))
            return 0;
    }
    return onem2m_cbor_at_end(reader);
}

int message_decode(MESSAGE *message, const TABLE *table, const unsigned char *octets, size_t length,
                   FAILURE *failure)
{
    ONEM2M_CBOR_READER reader;
    const char *name;
    int decoded;

    message_begin(message, table);
    onem2m_cbor_reader_init(&reader, slice_of(octets, length));
    decoded = read_map(&reader, message);
    name = decoded ? missing(message) : NULL;
    if (decoded && name == NULL)
        return 1;
    message_clear(message);
    if (name != NULL)
        return failure_set(failure, "not a message of table %s: %s is missing", table->number,
                           name);
    return failure_set(failure, "not a message of table %s, near its octet %zu", table->number,
                       reader.position);
}

int message_is(const TABLE *table, const unsigned char *octets, size_t length)
{
    static MESSAGE message;
    FAILURE failure = { "" };
    int is = message_decode(&message, table, octets, length, &failure);

    message_clear(&message);
    return is;
}
