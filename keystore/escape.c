/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>
#include <utf8proc.h>
#include "escape.h"

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

int onem2m_escape_next(ONEM2M_CHARACTER *character, ONEM2M_SLICE text, size_t *position)
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

ONEM2M_SLICE onem2m_escape_character(const ONEM2M_CHARACTER *character,
                                     char buffer[ONEM2M_ESCAPE_SIZE])
{
    if (character->code_point == '\\')
        snprintf(buffer, ONEM2M_ESCAPE_SIZE, "\\\\");
    else if (character->is_plain)
        return (ONEM2M_SLICE){ character->octets, character->length };
    else if (character->code_point < 0)
        snprintf(buffer, ONEM2M_ESCAPE_SIZE, "\\x%02X", character->octets[0]);
    else
        snprintf(buffer, ONEM2M_ESCAPE_SIZE, "\\u{%X}", (unsigned int)character->code_point);
    return (ONEM2M_SLICE){ (const unsigned char *)buffer, strlen(buffer) };
}
