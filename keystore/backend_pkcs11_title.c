/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "backend_pkcs11_internal.h"

#define PARTS_MAX 6    /* of an anchor's title */
#define PART_OCTETS 17 /* a number, with a NUL */

static const char *const words[] = {
    [ONEM2M_TITLE_ENTRY] = "put",
    [ONEM2M_TITLE_REMOVAL] = "removed",
    [ONEM2M_TITLE_WRITING] = "writing",
    [ONEM2M_TITLE_COMMITTED] = "committed",
};

uint64_t onem2m_fnv(uint64_t hash, const void *octets, size_t length)
{
    const unsigned char *at = octets;

    for (size_t i = 0; i < length; i++)
        hash = (hash ^ at[i]) * UINT64_C(0x100000001B3);
    return hash;
}

static uint64_t add_number(uint64_t hash, uint64_t number)
{
    unsigned char octets[8];

    for (size_t i = sizeof(octets); i-- > 0; number >>= 8)
        octets[i] = (unsigned char)number;
    return onem2m_fnv(hash, octets, sizeof(octets));
}

uint64_t onem2m_entry_hash(const ONEM2M_ENTRY *entry)
{
    uint64_t hash = add_number(ONEM2M_FNV_START, (uint64_t)entry->table);

    hash = add_number(add_number(hash, entry->number), entry->name_length);
    return onem2m_fnv(hash, entry->octets, entry->name_length + entry->value_length);
}

static int is_anchor(const ONEM2M_TITLE *title)
{
    return title->kind == ONEM2M_TITLE_WRITING || title->kind == ONEM2M_TITLE_COMMITTED;
}

ONEM2M_TITLE_TEXT onem2m_title_text(const ONEM2M_TITLE *title)
{
    ONEM2M_TITLE_TEXT text;
    int length;

    if (!is_anchor(title)) {
        snprintf(text.text, sizeof(text.text), "%c %016" PRIx64 " %s", (char)title->table,
                 title->number, words[title->kind]);
        return text;
    }
    length = snprintf(text.text, sizeof(text.text),
                      "anchor %016" PRIx64 " %s %016" PRIx64 " %016" PRIx64, title->number,
                      words[title->kind], title->sum, title->id);
    snprintf(text.text + length, sizeof(text.text) - (size_t)length, " %016" PRIx64,
             onem2m_fnv(ONEM2M_FNV_START, text.text, (size_t)length));
    return text;
}

int onem2m_title_equal(const ONEM2M_TITLE_TEXT *a, const ONEM2M_TITLE_TEXT *b)
{
    return strcmp(a->text, b->text) == 0;
}

static ONEM2M_TITLE_KIND kind_of(const char *word)
{
    for (size_t i = 1; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(words[i], word) == 0)
            return (ONEM2M_TITLE_KIND)i;
    }
    return ONEM2M_TITLE_UNKNOWN;
}

/* Returns how many there are, 0 when there are more or longer ones than a title has. */
static size_t split(char parts[PARTS_MAX][PART_OCTETS], const char *text)
{
    size_t count, length;

    for (count = 0; count < PARTS_MAX; count++) {
        length = strcspn(text, " ");
        if (length >= PART_OCTETS)
            return 0;
        memcpy(parts[count], text, length);
        parts[count][length] = '\0';
        if (text[length] == '\0')
            return count + 1;
        text += length + 1;
    }
    return 0;
}

/* Reads leniently what is then compared with how it must be written. */
ONEM2M_TITLE onem2m_title_parse(const ONEM2M_TITLE_TEXT *text)
{
    ONEM2M_TITLE title = { .kind = ONEM2M_TITLE_UNKNOWN };
    char parts[PARTS_MAX][PART_OCTETS];
    const size_t count = split(parts, text->text);
    ONEM2M_TITLE_TEXT again;

    if (count != 3 && count != PARTS_MAX)
        return title;
    title.kind = kind_of(parts[2]);
    title.number = strtoull(parts[1], NULL, 16);
    if (is_anchor(&title) && count == PARTS_MAX) {
        title.sum = strtoull(parts[3], NULL, 16);
        title.id = strtoull(parts[4], NULL, 16);
    } else {
        title.table = (ONEM2M_TABLE)parts[0][0];
    }
    if (title.kind == ONEM2M_TITLE_UNKNOWN)
        return title;
    again = onem2m_title_text(&title);
    if (!onem2m_title_equal(text, &again))
        title.kind = ONEM2M_TITLE_UNKNOWN;
    return title;
}
