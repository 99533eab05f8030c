/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEY_GRAPH_H
#define ONEM2M_KEY_GRAPH_H

#include "keystore/lookup.h"
#include "keystore/store.h"

/*
 * Who came from whom: the keys of a store that name a parent, which may be in
 * the store or not.
 */
typedef struct {
    ONEM2M_KIND kind;
    ONEM2M_STATE state;
    int is_expired;
    int is_registration;
    int is_visited; /* for whoever walks */
    ONEM2M_KIND parent_kind;
    ONEM2M_SLICE key_id, parent_key_id; /* as they are written */
    ONEM2M_SLICE name, parent_name;     /* as they are looked up */
} GRAPH_CHILD;

typedef struct {
    GRAPH_CHILD **by_parent;
    GRAPH_CHILD **by_name;
    size_t count;
} GRAPH;

/* Reads the whole store. *graph is to be freed in any case. */
int graph_read(GRAPH *graph, ONEM2M_STORE_READER *reader, ONEM2M_TIME now, ONEM2M_ERROR *error);
void graph_free(GRAPH *graph);

/* The first child of a parent, an index of by_parent; its siblings follow. */
size_t graph_first_child(const GRAPH *graph, ONEM2M_SLICE parent_name);
int graph_is_child(const GRAPH *graph, size_t index, ONEM2M_SLICE parent_name);

/* The key of that name, when it has a parent; else NULL. */
GRAPH_CHILD *graph_find(const GRAPH *graph, ONEM2M_SLICE name);

#endif
