/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "backend_pkcs11_internal.h"

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

uint64_t onem2m_entry_hash(const ONEM2M_ENTRY *entry)
{
    const uint64_t head[] = { (uint64_t)entry->table, entry->number, entry->name_length };

    return onem2m_fnv(onem2m_fnv(ONEM2M_FNV_START, head, sizeof(head)), entry->octets,
                      entry->name_length + entry->value_length);
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

ONEM2M_TITLE onem2m_title_parse(const ONEM2M_TITLE_TEXT *text)
{
    ONEM2M_TITLE title = { .kind = ONEM2M_TITLE_UNKNOWN };
    ONEM2M_TITLE_TEXT again;
    char table, word[10];

    if (sscanf(text->text, "anchor %16" SCNx64 " %9s %16" SCNx64 " %16" SCNx64, &title.number, word,
               &title.sum, &title.id) == 4 ||
        sscanf(text->text, "%c %16" SCNx64 " %9s", &table, &title.number, word) == 3) {
        title.kind = kind_of(word);
        title.table = (ONEM2M_TABLE)text->text[0];
    }
    if (title.kind == ONEM2M_TITLE_UNKNOWN)
        return title;
    again = onem2m_title_text(&title);
    if (!onem2m_title_equal(text, &again))
        title.kind = ONEM2M_TITLE_UNKNOWN;
    return title;
}
