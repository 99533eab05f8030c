/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_TREE_H
#define ONEM2M_KEYSTORE_TREE_H

#include <stdatomic.h>
#include <stdint.h>
#include "backend.h"

/*
 * The tables of a store in memory: a treap whose nodes never change once others
 * can see them. Whoever writes copies the path from the root; whoever reads
 * keeps the root that it began with. NULL is the tree without entries.
 */
typedef struct {
    atomic_size_t references;
    uint64_t number;      /* of the write that made it; these three are the owner's, at first 0 */
    unsigned long object; /* where else it is */
    int is_removal;
    ONEM2M_TABLE table;
    size_t name_length, value_length;
    unsigned char octets[]; /* name || value */
} ONEM2M_ENTRY;

typedef struct onem2m_tree_st {
    atomic_size_t references;
    uint64_t priority; /* not below its children's */
    struct onem2m_tree_st *left, *right;
    ONEM2M_ENTRY *entry;
} ONEM2M_TREE;

/* With one reference, for onem2m_entry_drop; NULL when memory is out. */
ONEM2M_ENTRY *onem2m_entry_new(ONEM2M_TABLE table, ONEM2M_SLICE name, ONEM2M_SLICE value);
ONEM2M_ENTRY *onem2m_entry_hold(ONEM2M_ENTRY *entry);
void onem2m_entry_drop(ONEM2M_ENTRY *entry);
ONEM2M_SLICE onem2m_entry_name(const ONEM2M_ENTRY *entry);
ONEM2M_SLICE onem2m_entry_value(const ONEM2M_ENTRY *entry);

ONEM2M_TREE *onem2m_tree_hold(ONEM2M_TREE *tree);
void onem2m_tree_drop(ONEM2M_TREE *tree);

/* A number for onem2m_tree_put; *state: not 0. The tree's shape is nobody's to choose, but no
 * secret either. */
uint64_t onem2m_tree_random(uint64_t *state);

/* *tree with the entry in it, or without the name; it holds what it needs, and what was *tree
 * before is dropped. Return 0, *tree as it was, when memory is out. */
int onem2m_tree_put(ONEM2M_TREE **tree, ONEM2M_ENTRY *entry, uint64_t random);
int onem2m_tree_remove(ONEM2M_TREE **tree, ONEM2M_TABLE table, ONEM2M_SLICE name);

/* The entry of a name, or the first whose name is not below from: NULL when there is none. */
ONEM2M_ENTRY *onem2m_tree_get(const ONEM2M_TREE *tree, ONEM2M_TABLE table, ONEM2M_SLICE name);
ONEM2M_ENTRY *onem2m_tree_seek(const ONEM2M_TREE *tree, ONEM2M_TABLE table, ONEM2M_SLICE from);

/* The same as a backend's get and seek: 1, 0 when there is none, -1 with *error. */
int onem2m_tree_value(const ONEM2M_TREE *tree, ONEM2M_TABLE table, ONEM2M_SLICE name,
                      ONEM2M_SLICE *value, ONEM2M_ERROR *error);
int onem2m_tree_next(const ONEM2M_TREE *tree, ONEM2M_TABLE table, ONEM2M_SLICE from,
                     ONEM2M_SLICE *name, ONEM2M_SLICE *value, ONEM2M_ERROR *error);

/* Calls visit with each entry in the order of tables and names, until it returns 0. */
typedef int onem2m_tree_visit_fn(ONEM2M_ENTRY *entry, void *argument);
int onem2m_tree_each(const ONEM2M_TREE *tree, onem2m_tree_visit_fn *visit, void *argument);

#endif
