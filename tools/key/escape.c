/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "escape.h"

void escape_print(FILE *stream, ONEM2M_SLICE text)
{
    char buffer[ONEM2M_ESCAPE_SIZE];
    ONEM2M_CHARACTER character;
    size_t position = 0;

    while (onem2m_escape_next(&character, text, &position)) {
        const ONEM2M_SLICE shown = onem2m_escape_character(&character, buffer);

        fwrite(shown.data, 1, shown.length, stream);
    }
}
