/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "graph.h"

#include <stdlib.h>
#include <string.h>
#include "refuse.h"

typedef struct {
    GRAPH *graph;
    size_t capacity;
    ONEM2M_TIME now;
} READING;

static int compare_slices(ONEM2M_SLICE a, ONEM2M_SLICE b)
{
    const int order = memcmp(a.data, b.data, a.length < b.length ? a.length : b.length);

    if (order != 0)
        return order;
    return (a.length > b.length) - (a.length < b.length);
}

static ONEM2M_SLICE put(unsigned char **end, const void *octets, size_t length)
{
    const ONEM2M_SLICE slice = { *end, length };

    memcpy(*end, octets, length);
    *end += length;
    return slice;
}

/* One block of memory, with the texts behind it. */
static GRAPH_CHILD *new_child(const ONEM2M_ATTRIBUTES *attributes, const ONEM2M_LOOKUP *name,
                              const ONEM2M_LOOKUP *parent)
{
    const ONEM2M_SLICE key_id = attributes->text[ONEM2M_TEXT_KEY_ID];
    const ONEM2M_SLICE parent_key_id = attributes->text[ONEM2M_TEXT_PARENT_KEY_ID];
    GRAPH_CHILD *child = malloc(sizeof(*child) + key_id.length + parent_key_id.length +
                                name->length + parent->length);
    unsigned char *end;

    if (child == NULL)
        return NULL;
    end = (unsigned char *)(child + 1);
    child->kind = attributes->kind;
    child->state = attributes->state;
    child->parent_kind = attributes->parent_kind;
    child->is_registration = attributes->registration;
    child->is_visited = 0;
    child->key_id = put(&end, key_id.data, key_id.length);
    child->parent_key_id = put(&end, parent_key_id.data, parent_key_id.length);
    child->name = put(&end, name->octets, name->length);
    child->parent_name = put(&end, parent->octets, parent->length);
    return child;
}

static int append(READING *reading, GRAPH_CHILD *child)
{
    GRAPH *graph = reading->graph;

    if (graph->count == reading->capacity) {
        const size_t capacity = reading->capacity > 0 ? 2 * reading->capacity : 256;
        GRAPH_CHILD **larger = realloc(graph->by_parent, capacity * sizeof(GRAPH_CHILD *));

        if (larger == NULL)
            return 0;
        graph->by_parent = larger;
        reading->capacity = capacity;
    }
    graph->by_parent[graph->count++] = child;
    return 1;
}

static int read_key(void *argument, const ONEM2M_ATTRIBUTES *attributes,
                    const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    const ONEM2M_SLICE parent_key_id = attributes->text[ONEM2M_TEXT_PARENT_KEY_ID];
    READING *reading = argument;
    ONEM2M_LOOKUP name, parent;
    GRAPH_CHILD *child;

    (void)material;
    if (parent_key_id.length == 0)
        return 1;
    if (!onem2m_lookup_of(&name, attributes, error) ||
        !onem2m_lookup_form(&parent, attributes->parent_kind, (const char *)parent_key_id.data,
                            parent_key_id.length, error))
        return 0;
    child = new_child(attributes, &name, &parent);
    if (child == NULL)
        return refuse_memory(error);
    child->is_expired = onem2m_attributes_expired(attributes, reading->now);
    if (append(reading, child))
        return 1;
    free(child);
    return refuse_memory(error);
}

static int order_by_parent(const void *a, const void *b)
{
    const GRAPH_CHILD *const *one = a, *const *other = b;
    const int order = compare_slices((*one)->parent_name, (*other)->parent_name);

    return order != 0 ? order : compare_slices((*one)->name, (*other)->name);
}

static int order_by_name(const void *a, const void *b)
{
    const GRAPH_CHILD *const *one = a, *const *other = b;

    return compare_slices((*one)->name, (*other)->name);
}

int graph_read(GRAPH *graph, ONEM2M_STORE_READER *reader, ONEM2M_TIME now, ONEM2M_ERROR *error)
{
    READING reading = { .graph = graph, .now = now };

    memset(graph, 0, sizeof(*graph));
    if (!onem2m_store_each(reader, read_key, &reading, error))
        return 0;
    if (graph->count == 0)
        return 1;
    graph->by_name = malloc(graph->count * sizeof(GRAPH_CHILD *));
    if (graph->by_name == NULL)
        return refuse_memory(error);
    memcpy(graph->by_name, graph->by_parent, graph->count * sizeof(GRAPH_CHILD *));
    qsort(graph->by_name, graph->count, sizeof(GRAPH_CHILD *), order_by_name);
    qsort(graph->by_parent, graph->count, sizeof(GRAPH_CHILD *), order_by_parent);
    return 1;
}

void graph_free(GRAPH *graph)
{
    for (size_t i = 0; i < graph->count; i++)
        free(graph->by_parent[i]);
    free(graph->by_parent);
    free(graph->by_name);
}

size_t graph_first_child(const GRAPH *graph, ONEM2M_SLICE parent_name)
{
    size_t low = 0, high = graph->count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (compare_slices(graph->by_parent[middle]->parent_name, parent_name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int graph_is_child(const GRAPH *graph, size_t index, ONEM2M_SLICE parent_name)
{
    return index < graph->count &&
           compare_slices(graph->by_parent[index]->parent_name, parent_name) == 0;
}

GRAPH_CHILD *graph_find(const GRAPH *graph, ONEM2M_SLICE name)
{
    size_t low = 0, high = graph->count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = compare_slices(graph->by_name[middle]->name, name);

        if (order == 0)
            return graph->by_name[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}
