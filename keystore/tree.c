/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>
#include <openssl/crypto.h>
#include "tree.h"

ONEM2M_ENTRY *onem2m_entry_new(ONEM2M_TABLE table, ONEM2M_SLICE name, ONEM2M_SLICE value)
{
    ONEM2M_ENTRY *entry = malloc(sizeof(*entry) + name.length + value.length);

    if (entry == NULL)
        return NULL;
    atomic_init(&entry->references, 1);
    entry->number = 0;
    entry->object = 0;
    entry->is_removal = 0;
    entry->table = table;
    entry->name_length = name.length;
    entry->value_length = value.length;
    memcpy(entry->octets, name.data, name.length);
    if (value.length > 0)
        memcpy(entry->octets + name.length, value.data, value.length);
    return entry;
}

ONEM2M_ENTRY *onem2m_entry_hold(ONEM2M_ENTRY *entry)
{
    atomic_fetch_add_explicit(&entry->references, 1, memory_order_relaxed);
    return entry;
}

void onem2m_entry_drop(ONEM2M_ENTRY *entry)
{
    if (atomic_fetch_sub(&entry->references, 1) != 1)
        return;
    OPENSSL_cleanse(entry, sizeof(*entry) + entry->name_length + entry->value_length);
    free(entry);
}

ONEM2M_SLICE onem2m_entry_name(const ONEM2M_ENTRY *entry)
{
    return (ONEM2M_SLICE){ entry->octets, entry->name_length };
}

ONEM2M_SLICE onem2m_entry_value(const ONEM2M_ENTRY *entry)
{
    return (ONEM2M_SLICE){ entry->octets + entry->name_length, entry->value_length };
}

static int compare(ONEM2M_TABLE table, ONEM2M_SLICE name, const ONEM2M_ENTRY *entry)
{
    size_t common = name.length < entry->name_length ? name.length : entry->name_length;
    int order;

    if (table != entry->table)
        return table < entry->table ? -1 : 1;
    order = common > 0 ? memcmp(name.data, entry->octets, common) : 0;
    if (order != 0)
        return order;
    return (name.length > entry->name_length) - (name.length < entry->name_length);
}

ONEM2M_TREE *onem2m_tree_hold(ONEM2M_TREE *tree)
{
    if (tree != NULL)
        atomic_fetch_add_explicit(&tree->references, 1, memory_order_relaxed);
    return tree;
}

/* As deep as the tree is: some sixty calls at a million entries. */
void onem2m_tree_drop(ONEM2M_TREE *tree) // NOLINT(misc-no-recursion)
{
    if (tree == NULL || atomic_fetch_sub(&tree->references, 1) != 1)
        return;
    onem2m_tree_drop(tree->left);
    onem2m_tree_drop(tree->right);
    onem2m_entry_drop(tree->entry);
    free(tree);
}

/* Takes over left and right, also when memory is out and the result NULL. */
static ONEM2M_TREE *node_new(uint64_t priority, ONEM2M_TREE *left, ONEM2M_TREE *right,
                             ONEM2M_ENTRY *entry)
{
    ONEM2M_TREE *node = malloc(sizeof(*node));

    if (node == NULL) {
        onem2m_tree_drop(left);
        onem2m_tree_drop(right);
        return NULL;
    }
    atomic_init(&node->references, 1);
    node->priority = priority;
    node->left = left;
    node->right = right;
    node->entry = onem2m_entry_hold(entry);
    return node;
}

/* Brings a fresh child, whose priority is higher than its fresh parent's, to the top. */
static ONEM2M_TREE *rotate(ONEM2M_TREE *top, ONEM2M_TREE **child_of_top,
                           ONEM2M_TREE **child_of_child)
{
    ONEM2M_TREE *child = *child_of_top;

    *child_of_top = *child_of_child;
    *child_of_child = top;
    return child;
}

/* The tree with the entry in it, NULL when memory is out. */
static ONEM2M_TREE *put(ONEM2M_TREE *tree, // NOLINT(misc-no-recursion)
                        ONEM2M_ENTRY *entry, uint64_t priority)
{
    ONEM2M_TREE *child, *top;
    int order;

    if (tree == NULL)
        return node_new(priority, NULL, NULL, entry);
    order = compare(entry->table, onem2m_entry_name(entry), tree->entry);
    if (order == 0)
        return node_new(tree->priority, onem2m_tree_hold(tree->left), onem2m_tree_hold(tree->right),
                        entry);
    child = put(order < 0 ? tree->left : tree->right, entry, priority);
    if (child == NULL)
        return NULL;
    if (order < 0) {
        top = node_new(tree->priority, child, onem2m_tree_hold(tree->right), tree->entry);
        if (top != NULL && child->priority > top->priority)
            return rotate(top, &top->left, &child->right);
    } else {
        top = node_new(tree->priority, onem2m_tree_hold(tree->left), child, tree->entry);
        if (top != NULL && child->priority > top->priority)
            return rotate(top, &top->right, &child->left);
    }
    return top;
}

/* The two trees, all of left below all of right, as one. Returns 0 when memory is out. */
static int join(ONEM2M_TREE **joined, // NOLINT(misc-no-recursion)
                ONEM2M_TREE *left, ONEM2M_TREE *right)
{
    ONEM2M_TREE *part;

    if (left == NULL || right == NULL) {
        *joined = onem2m_tree_hold(left == NULL ? right : left);
        return 1;
    }
    if (left->priority > right->priority) {
        if (!join(&part, left->right, right))
            return 0;
        *joined = node_new(left->priority, onem2m_tree_hold(left->left), part, left->entry);
    } else {
        if (!join(&part, left, right->left))
            return 0;
        *joined = node_new(right->priority, part, onem2m_tree_hold(right->right), right->entry);
    }
    return *joined != NULL;
}

/* The tree without the name. Returns 0 when memory is out. */
static int take_out(ONEM2M_TREE **rest, ONEM2M_TREE *tree, // NOLINT(misc-no-recursion)
                    ONEM2M_TABLE table, ONEM2M_SLICE name)
{
    ONEM2M_TREE *part;
    int order;

    if (tree == NULL) {
        *rest = NULL;
        return 1;
    }
    order = compare(table, name, tree->entry);
    if (order == 0)
        return join(rest, tree->left, tree->right);
    if (!take_out(&part, order < 0 ? tree->left : tree->right, table, name))
        return 0;
    if (order < 0)
        *rest = node_new(tree->priority, part, onem2m_tree_hold(tree->right), tree->entry);
    else
        *rest = node_new(tree->priority, onem2m_tree_hold(tree->left), part, tree->entry);
    return *rest != NULL;
}

uint64_t onem2m_tree_random(uint64_t *state)
{
    /* xorshift64 */
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

int onem2m_tree_put(ONEM2M_TREE **tree, ONEM2M_ENTRY *entry, uint64_t random)
{
    ONEM2M_TREE *made = put(*tree, entry, random);

    if (made == NULL)
        return 0;
    onem2m_tree_drop(*tree);
    *tree = made;
    return 1;
}

int onem2m_tree_remove(ONEM2M_TREE **tree, ONEM2M_TABLE table, ONEM2M_SLICE name)
{
    ONEM2M_TREE *rest;

    if (!take_out(&rest, *tree, table, name))
        return 0;
    onem2m_tree_drop(*tree);
    *tree = rest;
    return 1;
}

ONEM2M_ENTRY *onem2m_tree_seek(const ONEM2M_TREE *tree, ONEM2M_TABLE table, ONEM2M_SLICE from)
{
    ONEM2M_ENTRY *found = NULL;

    while (tree != NULL) {
        if (compare(table, from, tree->entry) <= 0) {
            found = tree->entry;
            tree = tree->left;
        } else {
            tree = tree->right;
        }
    }
    return found != NULL && found->table == table ? found : NULL;
}

ONEM2M_ENTRY *onem2m_tree_get(const ONEM2M_TREE *tree, ONEM2M_TABLE table, ONEM2M_SLICE name)
{
    ONEM2M_ENTRY *found = onem2m_tree_seek(tree, table, name);

    return found != NULL && compare(table, name, found) == 0 ? found : NULL;
}

int onem2m_tree_each(const ONEM2M_TREE *tree, // NOLINT(misc-no-recursion)
                     onem2m_tree_visit_fn *visit, void *argument)
{
    return tree == NULL ||
           (onem2m_tree_each(tree->left, visit, argument) && visit(tree->entry, argument) &&
            onem2m_tree_each(tree->right, visit, argument));
}

int onem2m_tree_value(const ONEM2M_TREE *tree, ONEM2M_TABLE table, ONEM2M_SLICE name,
                      ONEM2M_SLICE *value, ONEM2M_ERROR *error)
{
    const ONEM2M_ENTRY *entry;

    if (!onem2m_backend_check_name(name, error))
        return -1;
    entry = onem2m_tree_get(tree, table, name);
    if (entry == NULL)
        return 0;
    *value = onem2m_entry_value(entry);
    return 1;
}

int onem2m_tree_next(const ONEM2M_TREE *tree, ONEM2M_TABLE table, ONEM2M_SLICE from,
                     ONEM2M_SLICE *name, ONEM2M_SLICE *value, ONEM2M_ERROR *error)
{
    const ONEM2M_ENTRY *entry;

    if (!onem2m_backend_check_from(from, error))
        return -1;
    entry = onem2m_tree_seek(tree, table, from);
    if (entry == NULL)
        return 0;
    *name = onem2m_entry_name(entry);
    *value = onem2m_entry_value(entry);
    return 1;
}
