/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <openssl/crypto.h>
#include <openssl/err.h>
#include "token.h"

typedef struct {
    unsigned long code;
    char *file, *function, *data;
    int line;
} ENTRY;

#define ENTRIES_MAX 16 /* as many as OpenSSL keeps */
struct onem2m_error_queue_st {
    ENTRY entries[ENTRIES_MAX];
    size_t count;
};

ONEM2M_ERROR_QUEUE *onem2m_error_queue_take(void)
{
    ONEM2M_ERROR_QUEUE *queue = OPENSSL_zalloc(sizeof(*queue));
    const char *file, *function, *data;
    int line, flags;
    unsigned long code;

    if (queue == NULL)
        return NULL;
    while (queue->count < ENTRIES_MAX &&
           (code = ERR_get_error_all(&file, &line, &function, &data, &flags)) != 0) {
        ENTRY *entry = &queue->entries[queue->count++];

        entry->code = code;
        entry->line = line;
        entry->file = OPENSSL_strdup(file);
        entry->function = OPENSSL_strdup(function);
        entry->data = (flags & ERR_TXT_STRING) != 0 ? OPENSSL_strdup(data) : NULL;
    }
    return queue;
}

static void put_back(const ENTRY *entry)
{
    ERR_new();
    ERR_set_debug(entry->file, entry->line, entry->function);
    if (entry->data != NULL)
        ERR_set_error(ERR_GET_LIB(entry->code), ERR_GET_REASON(entry->code), "%s", entry->data);
    else
        ERR_set_error(ERR_GET_LIB(entry->code), ERR_GET_REASON(entry->code), NULL);
}

void onem2m_error_queue_put_back(ONEM2M_ERROR_QUEUE *queue)
{
    if (queue == NULL)
        return;
    ERR_clear_error();
    for (size_t i = 0; i < queue->count; i++) {
        put_back(&queue->entries[i]);
        OPENSSL_free(queue->entries[i].file);
        OPENSSL_free(queue->entries[i].function);
        OPENSSL_free(queue->entries[i].data);
    }
    OPENSSL_free(queue);
}
