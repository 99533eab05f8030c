/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdarg.h>
#include <stdio.h>
#include <utf8proc.h>
#include "error.h"

int(onem2m_refuse)(ONEM2M_ERROR *error, ONEM2M_REASON reason, size_t offset, const char *format,
                   ...)
{
    va_list arguments;

    if (error == NULL)
        return 0;
    error->reason = reason;
    error->offset = offset;
    va_start(arguments, format);
    vsnprintf(error->detail, sizeof(error->detail), format, arguments);
    va_end(arguments);
    return 0;
}

const char *onem2m_describe_character(char out[ONEM2M_DESCRIBED_MAX], const char *text,
                                      size_t length)
{
    unsigned char first = (unsigned char)text[0];
    utf8proc_int32_t code_point = -1;

    if (first > 0x20 && first < 0x7F) {
        snprintf(out, ONEM2M_DESCRIBED_MAX, "'%c'", first);
    } else if (first < 0x80 || utf8proc_iterate((const utf8proc_uint8_t *)text,
                                                (utf8proc_ssize_t)length, &code_point) <= 0) {
        snprintf(out, ONEM2M_DESCRIBED_MAX, "0x%02X", first);
    } else {
        snprintf(out, ONEM2M_DESCRIBED_MAX, "U+%04X", (unsigned int)code_point);
    }
    return out;
}

const char *onem2m_quote(char out[ONEM2M_QUOTED_MAX], const char *text)
{
    size_t i;

    for (i = 0; i < ONEM2M_QUOTED_MAX - 1 && text[i] != '\0'; i++)
        out[i] = (char)(text[i] >= 0x20 && text[i] < 0x7F ? text[i] : '?');
    out[i] = '\0';
    return out;
}
