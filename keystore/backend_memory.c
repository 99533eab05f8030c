/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/crypto.h>
#include "backend.h"
#include "process.h"

/*
 * A treap whose nodes never change once others can see them: a transaction
 * that writes copies the path from the root, one that reads keeps the root
 * that it began with.
 */
typedef struct {
    atomic_size_t references;
    ONEM2M_TABLE table;
    size_t name_length, value_length;
    unsigned char octets[]; /* name || value */
} ENTRY;

typedef struct node_st {
    atomic_size_t references;
    uint64_t priority; /* not below its children's */
    struct node_st *left, *right;
    ENTRY *entry;
} NODE;

struct onem2m_backend_st {
    pthread_mutex_t writer;   /* held by the transaction that writes */
    pthread_mutex_t snapshot; /* guards the next three; held for a few instructions */
    NODE *root;
    int created;
    uint64_t random;
    ONEM2M_PROCESS_WATCH watch;
};

struct onem2m_transaction_st {
    ONEM2M_BACKEND *backend;
    ONEM2M_TRANSACTION_KIND kind;
    unsigned int generation; /* of the process that began it */
    int failed;
    NODE *root;
};

static int out_of_memory(ONEM2M_ERROR *error)
{
    return onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET,
                         "no memory for the key store memory:");
}

/* Entries and nodes */

static ENTRY *entry_new(ONEM2M_TABLE table, ONEM2M_SLICE name, ONEM2M_SLICE value)
{
    ENTRY *entry = malloc(sizeof(*entry) + name.length + value.length);

    if (entry == NULL)
        return NULL;
    atomic_init(&entry->references, 1);
    entry->table = table;
    entry->name_length = name.length;
    entry->value_length = value.length;
    memcpy(entry->octets, name.data, name.length);
    if (value.length > 0)
        memcpy(entry->octets + name.length, value.data, value.length);
    return entry;
}

static ENTRY *entry_hold(ENTRY *entry)
{
    atomic_fetch_add_explicit(&entry->references, 1, memory_order_relaxed);
    return entry;
}

static void entry_drop(ENTRY *entry)
{
    if (atomic_fetch_sub(&entry->references, 1) == 1)
        OPENSSL_clear_free(entry, sizeof(*entry) + entry->name_length + entry->value_length);
}

static ONEM2M_SLICE entry_name(const ENTRY *entry)
{
    return (ONEM2M_SLICE){ entry->octets, entry->name_length };
}

static ONEM2M_SLICE entry_value(const ENTRY *entry)
{
    return (ONEM2M_SLICE){ entry->octets + entry->name_length, entry->value_length };
}

static int compare(ONEM2M_TABLE table, ONEM2M_SLICE name, const ENTRY *entry)
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

static NODE *node_hold(NODE *node)
{
    if (node != NULL)
        atomic_fetch_add_explicit(&node->references, 1, memory_order_relaxed);
    return node;
}

/* As deep as the tree is: some sixty calls at a million entries. */
static void node_drop(NODE *node) // NOLINT(misc-no-recursion)
{
    if (node == NULL || atomic_fetch_sub(&node->references, 1) != 1)
        return;
    node_drop(node->left);
    node_drop(node->right);
    entry_drop(node->entry);
    free(node);
}

/* Takes over left and right, also when memory is out and the result NULL. */
static NODE *node_new(uint64_t priority, NODE *left, NODE *right, ENTRY *entry)
{
    NODE *node = malloc(sizeof(*node));

    if (node == NULL) {
        node_drop(left);
        node_drop(right);
        return NULL;
    }
    atomic_init(&node->references, 1);
    node->priority = priority;
    node->left = left;
    node->right = right;
    node->entry = entry_hold(entry);
    return node;
}

/* Brings a fresh child, whose priority is higher than its fresh parent's, to the top. */
static NODE *rotate(NODE *top, NODE **child_of_top, NODE **child_of_child)
{
    NODE *child = *child_of_top;

    *child_of_top = *child_of_child;
    *child_of_child = top;
    return child;
}

/* The tree with the entry in it, NULL when memory is out. */
static NODE *tree_put(NODE *tree, ENTRY *entry, uint64_t priority) // NOLINT(misc-no-recursion)
{
    NODE *child, *top;
    int order;

    if (tree == NULL)
        return node_new(priority, NULL, NULL, entry);
    order = compare(entry->table, entry_name(entry), tree->entry);
    if (order == 0)
        return node_new(tree->priority, node_hold(tree->left), node_hold(tree->right), entry);
    child = tree_put(order < 0 ? tree->left : tree->right, entry, priority);
    if (child == NULL)
        return NULL;
    if (order < 0) {
        top = node_new(tree->priority, child, node_hold(tree->right), tree->entry);
        if (top != NULL && child->priority > top->priority)
            return rotate(top, &top->left, &child->right);
    } else {
        top = node_new(tree->priority, node_hold(tree->left), child, tree->entry);
        if (top != NULL && child->priority > top->priority)
            return rotate(top, &top->right, &child->left);
    }
    return top;
}

/* The two trees, all of left below all of right, as one. Returns 0 when memory is out. */
static int tree_join(NODE **joined, NODE *left, NODE *right) // NOLINT(misc-no-recursion)
{
    NODE *part;

    if (left == NULL || right == NULL) {
        *joined = node_hold(left == NULL ? right : left);
        return 1;
    }
    if (left->priority > right->priority) {
        if (!tree_join(&part, left->right, right))
            return 0;
        *joined = node_new(left->priority, node_hold(left->left), part, left->entry);
    } else {
        if (!tree_join(&part, left, right->left))
            return 0;
        *joined = node_new(right->priority, part, node_hold(right->right), right->entry);
    }
    return *joined != NULL;
}

/* The tree without the name. Returns 0 when memory is out. */
static int tree_remove(NODE **rest, NODE *tree, // NOLINT(misc-no-recursion)
                       ONEM2M_TABLE table, ONEM2M_SLICE name)
{
    NODE *part;
    int order;

    if (tree == NULL) {
        *rest = NULL;
        return 1;
    }
    order = compare(table, name, tree->entry);
    if (order == 0)
        return tree_join(rest, tree->left, tree->right);
    if (!tree_remove(&part, order < 0 ? tree->left : tree->right, table, name))
        return 0;
    if (order < 0)
        *rest = node_new(tree->priority, part, node_hold(tree->right), tree->entry);
    else
        *rest = node_new(tree->priority, node_hold(tree->left), part, tree->entry);
    return *rest != NULL;
}

static const ENTRY *tree_seek(const NODE *tree, ONEM2M_TABLE table, ONEM2M_SLICE from)
{
    const ENTRY *found = NULL;

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

/* The backend */

static void before_fork(void *argument)
{
    pthread_mutex_lock(&((ONEM2M_BACKEND *)argument)->snapshot);
}

static void after_fork_in_parent(void *argument)
{
    pthread_mutex_unlock(&((ONEM2M_BACKEND *)argument)->snapshot);
}

/* A writer of the parent does not go on in the child. */
static void after_fork_in_child(void *argument)
{
    ONEM2M_BACKEND *backend = argument;

    pthread_mutex_unlock(&backend->snapshot);
    pthread_mutex_init(&backend->writer, NULL);
}

static int watch_forks(ONEM2M_BACKEND *backend)
{
    int ok;

    backend->watch = (ONEM2M_PROCESS_WATCH){ before_fork, after_fork_in_parent, after_fork_in_child,
                                             backend, NULL };
    onem2m_process_lock();
    ok = onem2m_process_watch(&backend->watch);
    onem2m_process_unlock();
    return ok;
}

static int memory_open(ONEM2M_BACKEND **backend, const char *location, ONEM2M_ERROR *error)
{
    ONEM2M_BACKEND *opened;

    if (location[0] != '\0')
        return onem2m_refuse(error, ONEM2M_R_BAD_CONFIGURATION, ONEM2M_NO_OFFSET,
                             "keystore = memory: is followed by nothing");
    opened = calloc(1, sizeof(*opened));
    if (opened == NULL)
        return out_of_memory(error);
    pthread_mutex_init(&opened->writer, NULL);
    pthread_mutex_init(&opened->snapshot, NULL);
    if (!watch_forks(opened)) {
        free(opened);
        return out_of_memory(error);
    }
    opened->random = (uint64_t)(uintptr_t)opened | 1;
    *backend = opened;
    return 1;
}

static void memory_close(ONEM2M_BACKEND *backend)
{
    if (backend == NULL)
        return;
    onem2m_process_lock();
    onem2m_process_unwatch(&backend->watch);
    onem2m_process_unlock();
    node_drop(backend->root);
    pthread_mutex_destroy(&backend->writer);
    pthread_mutex_destroy(&backend->snapshot);
    free(backend);
}

/* Transactions */

static int begin(ONEM2M_BACKEND *backend, ONEM2M_TRANSACTION **transaction,
                 ONEM2M_TRANSACTION_KIND kind, ONEM2M_ERROR *error)
{
    ONEM2M_TRANSACTION *begun = calloc(1, sizeof(*begun));

    if (begun == NULL)
        return out_of_memory(error);
    if (kind == ONEM2M_WRITE)
        pthread_mutex_lock(&backend->writer);
    begun->backend = backend;
    begun->kind = kind;
    begun->generation = onem2m_process_generation();
    pthread_mutex_lock(&backend->snapshot);
    begun->root = node_hold(backend->root);
    pthread_mutex_unlock(&backend->snapshot);
    *transaction = begun;
    return 1;
}

static int is_created(ONEM2M_BACKEND *backend)
{
    int created;

    pthread_mutex_lock(&backend->snapshot);
    created = backend->created;
    pthread_mutex_unlock(&backend->snapshot);
    return created;
}

static int memory_begin(ONEM2M_BACKEND *backend, ONEM2M_TRANSACTION **transaction,
                        ONEM2M_TRANSACTION_KIND kind, ONEM2M_ERROR *error)
{
    if (!is_created(backend))
        return onem2m_refuse(error, ONEM2M_R_STORE_MISSING, ONEM2M_NO_OFFSET,
                             "memory: there is no key store yet");
    return begin(backend, transaction, kind, error);
}

static void end(ONEM2M_TRANSACTION *transaction)
{
    if (transaction->kind == ONEM2M_WRITE && transaction->generation == onem2m_process_generation())
        pthread_mutex_unlock(&transaction->backend->writer);
    node_drop(transaction->root);
    free(transaction);
}

static void publish(ONEM2M_TRANSACTION *transaction)
{
    ONEM2M_BACKEND *backend = transaction->backend;
    NODE *old;

    pthread_mutex_lock(&backend->snapshot);
    old = backend->root;
    backend->root = transaction->root;
    backend->created = 1;
    pthread_mutex_unlock(&backend->snapshot);
    transaction->root = old;
}

static int memory_commit(ONEM2M_TRANSACTION *transaction, ONEM2M_ERROR *error)
{
    int ok = 1;

    if (transaction->failed)
        ok = onem2m_refuse(error, ONEM2M_R_STORE_FAILED, ONEM2M_NO_OFFSET,
                           "memory: a write of this transaction failed before");
    else if (transaction->generation != onem2m_process_generation())
        ok = onem2m_refuse(error, ONEM2M_R_STORE_FAILED, ONEM2M_NO_OFFSET,
                           "memory: the transaction was begun before a fork");
    else if (transaction->kind == ONEM2M_WRITE)
        publish(transaction);
    end(transaction);
    return ok;
}

static void memory_abort(ONEM2M_TRANSACTION *transaction)
{
    if (transaction != NULL)
        end(transaction);
}

static int memory_create(ONEM2M_BACKEND *backend, onem2m_fill_fn *fill, void *argument,
                         ONEM2M_ERROR *error)
{
    ONEM2M_TRANSACTION *transaction;

    if (!begin(backend, &transaction, ONEM2M_WRITE, error))
        return 0;
    if (is_created(backend)) {
        onem2m_refuse(error, ONEM2M_R_STORE_EXISTS, ONEM2M_NO_OFFSET,
                      "memory: there is a key store already");
    } else if (fill(transaction, argument, error)) {
        return memory_commit(transaction, error);
    }
    end(transaction);
    return 0;
}

/* Entries */

static int memory_seek(ONEM2M_TRANSACTION *transaction, ONEM2M_TABLE table, ONEM2M_SLICE from,
                       ONEM2M_SLICE *name, ONEM2M_SLICE *value, ONEM2M_ERROR *error)
{
    const ENTRY *entry;

    if (!onem2m_backend_check_from(from, error))
        return -1;
    entry = tree_seek(transaction->root, table, from);
    if (entry == NULL)
        return 0;
    *name = entry_name(entry);
    *value = entry_value(entry);
    return 1;
}

static int memory_get(ONEM2M_TRANSACTION *transaction, ONEM2M_TABLE table, ONEM2M_SLICE name,
                      ONEM2M_SLICE *value, ONEM2M_ERROR *error)
{
    const ENTRY *entry;

    if (!onem2m_backend_check_name(name, error))
        return -1;
    entry = tree_seek(transaction->root, table, name);
    if (entry == NULL || compare(table, name, entry) != 0)
        return 0;
    *value = entry_value(entry);
    return 1;
}

static int check_writes(const ONEM2M_TRANSACTION *transaction, ONEM2M_ERROR *error)
{
    if (transaction->kind == ONEM2M_WRITE)
        return 1;
    return onem2m_refuse(error, ONEM2M_R_STORE_READ_ONLY, ONEM2M_NO_OFFSET,
                         "memory: a write in a transaction that reads");
}

static int replace_root(ONEM2M_TRANSACTION *transaction, NODE *root)
{
    node_drop(transaction->root);
    transaction->root = root;
    return 1;
}

/* xorshift64: the tree's shape is nobody's to choose, but no secret either. */
static uint64_t next_priority(ONEM2M_BACKEND *backend)
{
    backend->random ^= backend->random << 13;
    backend->random ^= backend->random >> 7;
    backend->random ^= backend->random << 17;
    return backend->random;
}

static int memory_put(ONEM2M_TRANSACTION *transaction, ONEM2M_TABLE table, ONEM2M_SLICE name,
                      ONEM2M_SLICE value, ONEM2M_ERROR *error)
{
    ENTRY *entry;
    NODE *root;

    if (!check_writes(transaction, error) || !onem2m_backend_check_name(name, error) ||
        !onem2m_backend_check_value(value, error))
        return 0;
    entry = entry_new(table, name, value);
    root = entry == NULL ? NULL
                         : tree_put(transaction->root, entry, next_priority(transaction->backend));
    if (entry != NULL)
        entry_drop(entry);
    if (root != NULL)
        return replace_root(transaction, root);
    transaction->failed = 1;
    return out_of_memory(error);
}

static int memory_remove(ONEM2M_TRANSACTION *transaction, ONEM2M_TABLE table, ONEM2M_SLICE name,
                         ONEM2M_ERROR *error)
{
    NODE *root;

    if (!check_writes(transaction, error) || !onem2m_backend_check_name(name, error))
        return 0;
    if (tree_remove(&root, transaction->root, table, name))
        return replace_root(transaction, root);
    transaction->failed = 1;
    return out_of_memory(error);
}

/* There is nothing that outlives the process. */

static int memory_copy(ONEM2M_BACKEND *backend, const char *path, ONEM2M_ERROR *error)
{
    (void)backend;
    (void)path;
    return onem2m_refuse(error, ONEM2M_R_BAD_CONFIGURATION, ONEM2M_NO_OFFSET,
                         "memory: a key store in memory has no backup");
}

static int memory_restore(ONEM2M_BACKEND *backend, const char *path, onem2m_check_fn *check,
                          void *argument, ONEM2M_ERROR *error)
{
    (void)check;
    (void)argument;
    return memory_copy(backend, path, error);
}

const ONEM2M_BACKEND_FUNCTIONS onem2m_backend_memory = {
    "memory",   memory_open, memory_create, memory_close, memory_begin, memory_commit, memory_abort,
    memory_get, memory_put,  memory_remove, memory_seek,  memory_copy,  memory_restore,
    NULL
};
