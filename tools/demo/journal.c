/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "journal.h"

#include <stdlib.h>
#include <string.h>

void journal_free(JOURNAL *journal)
{
    free(journal->entries);
    journal->entries = NULL;
    journal->count = journal->room = 0;
}

int journal_add(JOURNAL *journal, size_t scene, const EVENT *event)
{
    ENTRY *entries;

    if (journal->count == journal->room) {
        size_t room = journal->room == 0 ? 64 : 2 * journal->room;

        entries = realloc(journal->entries, room * sizeof(*entries));
        if (entries == NULL)
            return 0;
        journal->entries = entries;
        journal->room = room;
    }
    journal->entries[journal->count].scene = scene;
    journal->entries[journal->count].event = *event;
    journal->count++;
    return 1;
}

static int is_value(const EVENT *event, const char *name, const char *at)
{
    return event->kind == EVENT_VALUE && strcmp(event->name, name) == 0 &&
           (at == NULL || strcmp(event->at, at) == 0);
}

const char *journal_first_value(const JOURNAL *journal, const char *name, const char *at)
{
    for (size_t i = 0; i < journal->count; i++) {
        if (is_value(&journal->entries[i].event, name, at))
            return journal->entries[i].event.text;
    }
    return NULL;
}

int journal_refused(const JOURNAL *journal, size_t scene, const char *at, const char *reason)
{
    for (size_t i = 0; i < journal->count; i++) {
        const EVENT *event = &journal->entries[i].event;

        if (journal->entries[i].scene == scene && event->kind == EVENT_REFUSAL &&
            strcmp(event->at, at) == 0 && strstr(event->text, reason) != NULL)
            return 1;
    }
    return 0;
}

int journal_agrees(const JOURNAL *journal, const SHARED *what)
{
    const char *holder = what->holders;
    const char *common = NULL;

    while (*holder != '\0') {
        size_t length = strcspn(holder, " ");
        char at[EVENT_NAME] = "";
        const char *value;

        memcpy(at, holder, length < sizeof(at) ? length : sizeof(at) - 1);
        value = journal_first_value(journal, what->name, at);
        if (value == NULL || (common != NULL && strcmp(common, value) != 0))
            return 0;
        common = value;
        holder += length;
        holder += strspn(holder, " ");
    }
    return 1;
}

size_t journal_count(const JOURNAL *journal, OUTCOME outcome)
{
    size_t count = 0;

    for (size_t i = 0; i < scene_count; i++)
        count += journal->outcomes[i] == outcome;
    return count;
}

int journal_verdict(const JOURNAL *journal)
{
    if (journal->failure.text[0] != '\0' ||
        journal_count(journal, OUTCOME_DONE) + journal_count(journal, OUTCOME_REFUSED) !=
            scene_count)
        return 0;
    for (size_t i = 0; i < shared_count; i++) {
        if (!journal_agrees(journal, &shared[i]))
            return 0;
    }
    return 1;
}
