/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "report_json.h"

#include <stdio.h>
#include <string.h>
#include "tools/key/json.h"

static void put(JSON *json, const char *name, const char *text)
{
    json_text(json, name, (ONEM2M_SLICE){ (const unsigned char *)text, strlen(text) });
}

/* Nothing for an empty text. */
static void put_some(JSON *json, const char *name, const char *text)
{
    if (*text != '\0')
        put(json, name, text);
}

static void put_lines(JSON *json, const char *name, const char *text)
{
    json_begin_array(json, name);
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");

        json_text(json, NULL, (ONEM2M_SLICE){ (const unsigned char *)text, length });
        text += length;
        text += *text == '\n';
    }
    json_end(json);
}

static void put_processes(JSON *json, const JOURNAL *journal)
{
    json_begin_object(json, "processes");
    for (int i = 0; i < MEMBERS; i++) {
        json_begin_object(json, members[i].name);
        json_number(json, "process", (uint64_t)journal->pids[i]);
        put(json, "identity", members[i].identity);
        put_lines(json, "keys", journal->trees[i]);
        json_end(json);
    }
    json_end(json);
}

static void put_event(JSON *json, const EVENT *event)
{
    static const char *const kinds[] = {
        [EVENT_NOTE] = "note",   [EVENT_MESSAGE] = "message", [EVENT_REFUSAL] = "refusal",
        [EVENT_VALUE] = "value", [EVENT_DONE] = "done",       [EVENT_FAILED] = "failed",
    };

    json_begin_object(json, NULL);
    put(json, "kind", kinds[event->kind]);
    put(json, "at", event->at);
    put_some(json, "to", event->to);
    put_some(json, "clause", event->clause);
    put_some(json, "name", event->name);
    put_some(json, "text", event->text);
    json_end(json);
}

static void put_scene(JSON *json, const JOURNAL *journal, size_t index)
{
    static const char *const outcomes[] = { [OUTCOME_NONE] = "none",
                                            [OUTCOME_DONE] = "done",
                                            [OUTCOME_REFUSED] = "refused",
                                            [OUTCOME_UNEXPECTED] = "unexpected" };
    const SCENE *scene = &scenes[index];

    json_begin_object(json, NULL);
    put(json, "process", members[scene->who].name);
    put(json, "step", scene->step);
    if (scene->title != NULL)
        put(json, "title", scene->title);
    if (scene->tries != NULL)
        put(json, "tries", scene->tries);
    put(json, "expected", scene->tries != NULL ? "refused" : "done");
    put(json, "outcome", outcomes[journal->outcomes[index]]);
    json_begin_array(json, "events");
    for (size_t i = 0; i < journal->count; i++) {
        if (journal->entries[i].scene == index)
            put_event(json, &journal->entries[i].event);
    }
    json_end(json);
    json_end(json);
}

static void put_shared(JSON *json, const JOURNAL *journal)
{
    json_begin_array(json, "shared");
    for (size_t i = 0; i < shared_count; i++) {
        json_begin_object(json, NULL);
        put(json, "name", shared[i].name);
        put(json, "clause", shared[i].clause);
        json_boolean(json, "same", journal_agrees(journal, &shared[i]));
        json_begin_object(json, "held");
        for (int m = 0; m < MEMBERS; m++) {
            const char *value = journal_first_value(journal, shared[i].name, members[m].name);

            if (value != NULL)
                put(json, members[m].name, value);
        }
        json_end(json);
        json_end(json);
    }
    json_end(json);
}

void report_json(const JOURNAL *journal, const WORLD *world)
{
    JSON json = { .stream = stdout };
    int agreed = journal_verdict(journal);

    json_begin_object(&json, NULL);
    put(&json, "result", agreed ? "agreed" : "failed");
    if (journal->failure.text[0] != '\0')
        put(&json, "failure", journal->failure.text);
    put(&json, "transport", world->dtls ? "DTLS" : "TLS");
    put_processes(&json, journal);
    json_begin_array(&json, "steps");
    for (size_t i = 0; i < scene_count; i++)
        put_scene(&json, journal, i);
    json_end(&json);
    put_shared(&json, journal);
    json_end(&json);
}
