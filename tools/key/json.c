/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "json.h"

#include <inttypes.h>
#include <string.h>
#include "keystore/escape.h"

#define INDENT 2
#define BASIC_PLANE_MAX 0xFFFF

static void new_line(const JSON *json)
{
    fprintf(json->stream, "\n%*s", (int)json->depth * INDENT, "");
}

static void escape_unit(const JSON *json, uint32_t unit)
{
    fprintf(json->stream, "\\u%04" PRIx32, unit);
}

static void escape_character(const JSON *json, const ONEM2M_CHARACTER *character)
{
    const uint32_t code_point = (uint32_t)character->code_point;

    if (character->code_point < 0)
        escape_unit(json, 0xFFFD);
    else if (code_point <= BASIC_PLANE_MAX)
        escape_unit(json, code_point);
    else {
        escape_unit(json, 0xD800 + ((code_point - 0x10000) >> 10));
        escape_unit(json, 0xDC00 + ((code_point - 0x10000) & 0x3FF));
    }
}

static void put_string(const JSON *json, ONEM2M_SLICE text)
{
    ONEM2M_CHARACTER character;
    size_t position = 0;

    putc('"', json->stream);
    while (onem2m_escape_next(&character, text, &position)) {
        if (character.code_point == '"' || character.code_point == '\\')
            fprintf(json->stream, "\\%c", (int)character.code_point);
        else if (character.is_plain)
            fwrite(character.octets, 1, character.length, json->stream);
        else
            escape_character(json, &character);
    }
    putc('"', json->stream);
}

/* What stands before a value. */
static void put_name(JSON *json, const char *name)
{
    if (json->depth > 0) {
        if (json->count[json->depth - 1]++ > 0)
            putc(',', json->stream);
        new_line(json);
    }
    if (name != NULL)
        fprintf(json->stream, "\"%s\": ", name);
}

static void begin(JSON *json, const char *name, char opening, char closing)
{
    put_name(json, name);
    putc(opening, json->stream);
    json->closing[json->depth] = closing;
    json->count[json->depth] = 0;
    json->depth++;
}

void json_begin_object(JSON *json, const char *name)
{
    begin(json, name, '{', '}');
}

void json_begin_array(JSON *json, const char *name)
{
    begin(json, name, '[', ']');
}

void json_end(JSON *json)
{
    json->depth--;
    if (json->count[json->depth] > 0)
        new_line(json);
    putc(json->closing[json->depth], json->stream);
}

void json_text(JSON *json, const char *name, ONEM2M_SLICE text)
{
    put_name(json, name);
    put_string(json, text);
}

void json_number(JSON *json, const char *name, uint64_t number)
{
    put_name(json, name);
    fprintf(json->stream, "%" PRIu64, number);
}

void json_boolean(JSON *json, const char *name, int value)
{
    put_name(json, name);
    fputs(value ? "true" : "false", json->stream);
}
