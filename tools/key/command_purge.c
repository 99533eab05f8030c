/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "commands.h"

#include <stdlib.h>
#include "progress.h"
#include "refuse.h"

/* How many are destroyed in one transaction. */
#define BATCH 4096

typedef struct {
    ONEM2M_KIND kind;
    size_t length;
    char key_id[];
} EXPIRED_KEY;

typedef struct {
    TOOL *tool;
    EXPIRED_KEY **keys;
    size_t count, capacity;
    size_t first;  /* of the batch */
    size_t purged; /* of the batch */
    ONEM2M_STORE_WRITER *writer;
} PURGE;

static int is_due(const PURGE *purge, const ONEM2M_ATTRIBUTES *attributes)
{
    return attributes->state != ONEM2M_STATE_DESTROYED &&
           onem2m_attributes_expired(attributes, purge->tool->now);
}

static int append(PURGE *purge, EXPIRED_KEY *key)
{
    if (purge->count == purge->capacity) {
        const size_t capacity = purge->capacity > 0 ? 2 * purge->capacity : 256;
        EXPIRED_KEY **larger = realloc(purge->keys, capacity * sizeof(EXPIRED_KEY *));

        if (larger == NULL)
            return 0;
        purge->keys = larger;
        purge->capacity = capacity;
    }
    purge->keys[purge->count++] = key;
    return 1;
}

static int note_key(void *argument, const ONEM2M_ATTRIBUTES *attributes,
                    const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    const ONEM2M_SLICE key_id = attributes->text[ONEM2M_TEXT_KEY_ID];
    PURGE *purge = argument;
    EXPIRED_KEY *key;

    (void)material;
    if (!is_due(purge, attributes))
        return 1;
    key = malloc(sizeof(*key) + key_id.length);
    if (key == NULL || !append(purge, key)) {
        free(key);
        return refuse_memory(error);
    }
    key->kind = attributes->kind;
    key->length = key_id.length;
    memcpy(key->key_id, key_id.data, key_id.length);
    return 1;
}

/*
 * Destroys a key if it is still due. A registration needs somebody in whose
 * name: its source's, whose registration has ended (TS-0003 8.3.5.2.10, 8.8.2.10).
 */
static int destroy_key(void *argument, const ONEM2M_ATTRIBUTES *attributes,
                       const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    static const ONEM2M_STORE_CHANGE change = { .change_state = 1,
                                                .state = ONEM2M_STATE_DESTROYED };
    const ONEM2M_SLICE key_id = attributes->text[ONEM2M_TEXT_KEY_ID];
    PURGE *purge = argument;

    (void)material;
    if (!is_due(purge, attributes))
        return 1;
    purge->purged++;
    return onem2m_store_change(purge->writer, (const char *)key_id.data, key_id.length,
                               ONEM2M_KIND_BIT(attributes->kind), &change,
                               attributes->text[ONEM2M_TEXT_SOURCE_ID], purge->tool->now, error);
}

static int purge_batch(ONEM2M_STORE_WRITER *writer, void *argument, ONEM2M_ERROR *error)
{
    PURGE *purge = argument;

    purge->writer = writer;
    purge->purged = 0;
    for (size_t i = purge->first; i < purge->count && i - purge->first < BATCH; i++) {
        const EXPIRED_KEY *key = purge->keys[i];

        if (!onem2m_store_look_up(purge->tool->reader, key->key_id, key->length,
                                  ONEM2M_KIND_BIT(key->kind), destroy_key, purge, error))
            return 0;
    }
    return 1;
}

static int purge_all(PURGE *purge, size_t *purged, ONEM2M_ERROR *error)
{
    PROGRESS progress;
    int ok = 1;

    *purged = 0;
    progress_begin(&progress, "purge");
    for (purge->first = 0; ok && purge->first < purge->count; purge->first += BATCH) {
        ok = onem2m_store_write(purge->tool->store, purge_batch, purge, error);
        if (ok)
            *purged += purge->purged;
        progress_update(&progress, purge->first, purge->count);
    }
    progress_end(&progress);
    return ok;
}

int command_purge(TOOL *tool, ONEM2M_ERROR *error)
{
    PURGE purge = { .tool = tool };
    size_t purged = 0;
    const int ok = onem2m_store_each(tool->reader, note_key, &purge, error) &&
                   purge_all(&purge, &purged, error);

    if (ok || purged > 0)
        output_number(&tool->output, "purged", purged);
    for (size_t i = 0; i < purge.count; i++)
        free(purge.keys[i]);
    free(purge.keys);
    return ok;
}
