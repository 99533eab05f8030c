/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "message.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <openssl/crypto.h>

void message_clear(MESSAGE *message)
{
    OPENSSL_cleanse(message, sizeof(*message));
}

void message_begin(MESSAGE *message, const TABLE *table)
{
    message_clear(message);
    message->table = table;
}

/* NULL when the table has no such parameter. */
static const VALUE *find(const MESSAGE *message, const char *name)
{
    for (size_t i = 0; i < MESSAGE_PARAMETERS && message->table->parameters[i].name != NULL; i++) {
        if (strcmp(message->table->parameters[i].name, name) == 0)
            return &message->value[i];
    }
    return NULL;
}

static const VALUE *find_present(const MESSAGE *message, const char *name)
{
    const VALUE *value = find(message, name);

    return value != NULL && value->present ? value : NULL;
}

/* A parameter of one of those types that has no value yet; otherwise the message is broken. */
static VALUE *claim(MESSAGE *message, const char *name, PARAMETER_TYPE type, PARAMETER_TYPE other)
{
    const VALUE *found = find(message, name);
    size_t index = found != NULL ? (size_t)(found - message->value) : 0;

    if (found == NULL || found->present ||
        (message->table->parameters[index].type != type &&
         message->table->parameters[index].type != other)) {
        message->broken = 1;
        return NULL;
    }
    message->value[index].present = 1;
    return &message->value[index];
}

void message_put_number(MESSAGE *message, const char *name, unsigned long number)
{
    VALUE *value = claim(message, name, PARAMETER_NUMBER, PARAMETER_NUMBER);

    if (value != NULL)
        value->number = number;
}

void message_put_boolean(MESSAGE *message, const char *name, int boolean)
{
    VALUE *value = claim(message, name, PARAMETER_BOOLEAN, PARAMETER_BOOLEAN);

    if (value != NULL)
        value->number = boolean != 0;
}

static void put_octets(MESSAGE *message, VALUE *value, const void *octets, size_t length)
{
    if (value == NULL || length >= MESSAGE_MAX || message->used > MESSAGE_MAX - 1 - length) {
        message->broken = 1;
        return;
    }
    value->offset = message->used;
    value->length = length;
    if (length > 0)
        memcpy(message->values + message->used, octets, length);
    message->used += length + 1; /* values are zero: a NUL follows */
}

void message_put_text(MESSAGE *message, const char *name, const char *text)
{
    if (*text != '\0')
        put_octets(message, claim(message, name, PARAMETER_TEXT, PARAMETER_LIST), text,
                   strlen(text));
}

void message_put_octets(MESSAGE *message, const char *name, const unsigned char *octets,
                        size_t length)
{
    put_octets(message, claim(message, name, PARAMETER_OCTETS, PARAMETER_OCTETS), octets, length);
}

int message_has(const MESSAGE *message, const char *name)
{
    return find_present(message, name) != NULL;
}

unsigned long message_number(const MESSAGE *message, const char *name)
{
    const VALUE *value = find_present(message, name);

    return value != NULL ? value->number : 0;
}

const char *message_text(const MESSAGE *message, const char *name)
{
    const VALUE *value = find_present(message, name);

    return value != NULL ? (const char *)message->values + value->offset : "";
}

const unsigned char *message_octets(const MESSAGE *message, const char *name, size_t *length)
{
    const VALUE *value = find_present(message, name);

    *length = value != NULL ? value->length : 0;
    return value != NULL ? message->values + value->offset : NULL;
}

typedef struct {
    char *out;
    size_t size;
    size_t length;
} LINE;

static void add(LINE *line, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(LINE *line, const char *format, ...)
{
    va_list arguments;
    int written;

    va_start(arguments, format);
    written = vsnprintf(line->out + line->length, line->size - line->length, format, arguments);
    va_end(arguments);
    if (written > 0)
        line->length += (size_t)written;
    if (line->length >= line->size)
        line->length = line->size - 1;
}

static void describe_value(LINE *line, const MESSAGE *message, size_t index)
{
    const VALUE *value = &message->value[index];
    const char *text = (const char *)message->values + value->offset;

    switch (message->table->parameters[index].type) {
    case PARAMETER_NUMBER:
        add(line, "%lu", value->number);
        break;
    case PARAMETER_BOOLEAN:
        add(line, "%s", value->number != 0 ? "True" : "False");
        break;
    case PARAMETER_OCTETS:
        add(line, "(%zu octets)", value->length);
        break;
    default:
        add(line, "%s", text);
        break;
    }
}

void message_describe(const MESSAGE *message, char *out, size_t size)
{
    LINE line = { out, size, 0 };
    const char *separator = "";

    *out = '\0';
    for (size_t i = 0; i < MESSAGE_PARAMETERS && message->table->parameters[i].name != NULL; i++) {
        if (!message->value[i].present)
            continue;
        add(&line, "%s%s = ", separator, message->table->parameters[i].name);
        describe_value(&line, message, i);
        separator = ", ";
    }
}
