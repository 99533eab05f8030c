/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "escape.h"

#include <utf8proc.h>

static int is_plain(int32_t code_point)
{
    switch (utf8proc_category(code_point)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return 0;
    default:
        return 1;
    }
}

int escape_next(CHARACTER *character, ONEM2M_SLICE text, size_t *position)
{
    utf8proc_ssize_t length;

    if (*position >= text.length)
        return 0;
    character->octets = text.data + *position;
    length = utf8proc_iterate(character->octets, (utf8proc_ssize_t)(text.length - *position),
                              &character->code_point);
    if (length <= 0) {
        length = 1;
        character->code_point = -1;
    }
    character->length = (size_t)length;
    character->is_plain = character->code_point >= 0 && is_plain(character->code_point);
    *position += character->length;
    return 1;
}

void escape_print(FILE *stream, ONEM2M_SLICE text)
{
    CHARACTER character;
    size_t position = 0;

    while (escape_next(&character, text, &position)) {
        if (character.code_point == '\\')
            fputs("\\\\", stream);
        else if (character.is_plain)
            fwrite(character.octets, 1, character.length, stream);
        else if (character.code_point < 0)
            fprintf(stream, "\\x%02X", character.octets[0]);
        else
            fprintf(stream, "\\u{%X}", (unsigned int)character.code_point);
    }
}
