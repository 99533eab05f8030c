/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "lmdb_environment.h"
#include "lmdb_file.h"

/*
 * The parts of LMDB's file format (mdb.c of LMDB 0.9, data version 1) that tell
 * how long a file must be. Numbers are in the machine's own order and size.
 */
#define META_MAGIC 0xBEEFC0DEU
#define META_VERSION 1U
#define PAGE_BRANCH 0x01U
#define PAGE_LEAF 0x02U
#define PAGE_META 0x08U
#define NODE_BIG 0x01U
#define NODE_TREE 0x02U   /* its value is where another tree begins */
#define NODE_OTHERS 0x06U /* of a tree, or of several values: none of ours but one tree */
#define TREE_INTEGER_KEYS 0x08U
#define TREE_OF_ENVIRONMENT                                                                        \
    0x4001U /* kept with the flags of the first tree: a fixed map, no directory */
#define DEPTH_MAX 32
#define PAGE_SIZE_MIN 512U
#define PAGE_SIZE_MAX 65536U
#define TRIES 8 /* to see a snapshot that a writer did not replace meanwhile */

/* Octets of a store up to which every page in use is looked at when it is opened. */
#define WALKED_MAX ((size_t)8 << 20)

typedef struct {
    size_t number;
    uint16_t pad;
    uint16_t flags;
    uint16_t lower, upper; /* of the free space; of an overflow page, together, its pages */
} PAGE_HEADER;

typedef struct {
    uint32_t page_size; /* of the first tree; of no meaning here in the second */
    uint16_t flags;
    uint16_t depth;
    size_t branch_pages, leaf_pages, overflow_pages, entries;
    size_t root;
} TREE;

typedef struct {
    PAGE_HEADER header;
    uint32_t magic;
    uint32_t version;
    void *address;
    size_t map_size;
    TREE trees[2]; /* of free pages; of entries */
    size_t last_page;
    size_t transaction;
} META;

typedef struct {
    uint16_t low, high;
    uint16_t flags;
    uint16_t name_size;
} NODE;

typedef struct {
    int data;
    size_t size; /* of the file */
    size_t page_size;
    size_t pages_left;         /* more visits than pages: a circle */
    int depth;                 /* of the tree */
    unsigned int branch_nodes; /* that it has at least */
    size_t nodes, others;      /* in leaves; and those that are none of ours */
    int has_entries;           /* in the tree of the environment */
    TREE entries;
} WALK;

static int damaged(const char *directory, const char *what, ONEM2M_ERROR *error)
{
    return onem2m_lmdb_refuse(error, ONEM2M_R_STORE_DAMAGED, directory, "data.mdb is damaged: %s",
                              what);
}

static int read_at(int data, void *out, size_t size, size_t offset)
{
    ssize_t count;

    do {
        count = pread(data, out, size, (off_t)offset);
    } while (count < 0 && errno == EINTR);
    return count >= 0 && (size_t)count == size;
}

static int page_size_is_possible(uint32_t size)
{
    return size >= PAGE_SIZE_MIN && size <= PAGE_SIZE_MAX && (size & (size - 1)) == 0;
}

static int check_meta(const META *meta, const char *directory, ONEM2M_ERROR *error)
{
    if ((meta->header.flags & PAGE_META) == 0 || meta->magic != META_MAGIC)
        return onem2m_lmdb_refuse(error, ONEM2M_R_STORE_NOT_OURS, directory,
                                  "data.mdb is not a file of LMDB, or its beginning is damaged");
    if (meta->version > META_VERSION)
        return onem2m_lmdb_refuse(error, ONEM2M_R_STORE_NEWER, directory,
                                  "data.mdb is of LMDB's data version %u; this LMDB knows %u",
                                  meta->version, META_VERSION);
    if (meta->version != META_VERSION ||
        (meta->trees[0].flags & ~TREE_OF_ENVIRONMENT) != TREE_INTEGER_KEYS ||
        !page_size_is_possible(meta->trees[0].page_size) || meta->last_page < 1 ||
        meta->last_page >= meta->map_size / meta->trees[0].page_size)
        return damaged(directory, "impossible values in its meta page", error);
    return 1;
}

/* The newer of the two. */
static int read_meta(META *meta, int data, const char *directory, ONEM2M_ERROR *error)
{
    META other;

    if (!read_at(data, meta, sizeof(*meta), 0))
        return damaged(directory, "it has no meta page", error);
    if (!check_meta(meta, directory, error))
        return 0;
    if (!read_at(data, &other, sizeof(other), meta->trees[0].page_size))
        return damaged(directory, "it has no second meta page", error);
    if (!check_meta(&other, directory, error))
        return 0;
    if (other.trees[0].page_size != meta->trees[0].page_size)
        return damaged(directory, "its meta pages disagree", error);
    if (other.transaction > meta->transaction)
        *meta = other;
    return 1;
}

static int walk_page(WALK *walk, size_t number, int depth);

static size_t child_of(const NODE *node)
{
    return (size_t)node->low | (size_t)node->high << 16 | (size_t)node->flags << 16 << 16;
}

static size_t value_size_of(const NODE *node)
{
    return (size_t)node->low | (size_t)node->high << 16;
}

static int check_big_value(const WALK *walk, const NODE *node, const unsigned char *after_name)
{
    const size_t pages = (sizeof(PAGE_HEADER) - 1 + value_size_of(node)) / walk->page_size + 1;
    size_t first;

    memcpy(&first, after_name, sizeof(first));
    return first <= walk->size / walk->page_size && pages <= walk->size / walk->page_size - first;
}

/* Whether the node is where the tree of records begins, of which there is one. */
static int note_entries(WALK *walk, const NODE *node, const unsigned char *name)
{
    static const char entries[] = ONEM2M_LMDB_ENTRIES;
    TREE tree;

    if (walk->has_entries || node->flags != NODE_TREE || value_size_of(node) != sizeof(tree) ||
        node->name_size != sizeof(entries) - 1 || memcmp(name, entries, node->name_size) != 0)
        return 0;
    memcpy(&tree, name + node->name_size, sizeof(tree));
    if (tree.flags != 0)
        return 0;
    walk->entries = tree;
    walk->has_entries = 1;
    return 1;
}

/* Whether the node, its name and its value, or where that is, are within the page. */
static int check_leaf_node(WALK *walk, const unsigned char *page, const NODE *node,
                           size_t after_name)
{
    const size_t room = walk->page_size - after_name;

    walk->nodes++;
    if ((node->flags & NODE_BIG) != 0)
        return node->flags == NODE_BIG && sizeof(size_t) <= room &&
               check_big_value(walk, node, page + after_name);
    if ((node->flags & ~NODE_OTHERS) != 0 || value_size_of(node) > room)
        return 0;
    walk->others += (node->flags & NODE_OTHERS) != 0 &&
                    !note_entries(walk, node, page + after_name - node->name_size);
    return 1;
}

// NOLINTNEXTLINE(misc-no-recursion): no deeper than DEPTH_MAX
static int walk_node(WALK *walk, const unsigned char *page, size_t offset, int depth)
{
    NODE node;
    size_t after_name;

    if (offset < sizeof(PAGE_HEADER) || offset > walk->page_size - sizeof(node))
        return 0;
    memcpy(&node, page + offset, sizeof(node));
    after_name = offset + sizeof(node) + node.name_size;
    if (after_name > walk->page_size)
        return 0;
    return depth + 1 < walk->depth ? walk_page(walk, child_of(&node), depth + 1)
                                   : check_leaf_node(walk, page, &node, after_name);
}

/* LMDB takes it for granted that a leaf is not empty, and asserts two nodes of a branch, but not in
 * the tree of free pages. */
static int check_header(const WALK *walk, const PAGE_HEADER *header, size_t number, int depth)
{
    const int is_leaf = depth + 1 == walk->depth;
    const size_t nodes_end =
        sizeof(*header) + (is_leaf ? 1U : walk->branch_nodes) * sizeof(uint16_t);

    return header->number == number && header->flags == (is_leaf ? PAGE_LEAF : PAGE_BRANCH) &&
           header->lower >= nodes_end && header->lower % sizeof(uint16_t) == 0 &&
           header->lower <= header->upper && header->upper <= walk->page_size;
}

// NOLINTNEXTLINE(misc-no-recursion): no deeper than DEPTH_MAX
static int walk_nodes(WALK *walk, const unsigned char *page, size_t number, int depth)
{
    PAGE_HEADER header;
    uint16_t offset;
    size_t count;

    memcpy(&header, page, sizeof(header));
    if (!check_header(walk, &header, number, depth))
        return 0;
    count = (header.lower - sizeof(header)) / sizeof(offset);
    for (size_t i = 0; i < count; i++) {
        memcpy(&offset, page + sizeof(header) + i * sizeof(offset), sizeof(offset));
        if (!walk_node(walk, page, offset, depth))
            return 0;
    }
    return 1;
}

/* Whether the page and all that it leads to are in the file, and what LMDB takes them for. */
// NOLINTNEXTLINE(misc-no-recursion): no deeper than DEPTH_MAX
static int walk_page(WALK *walk, size_t number, int depth)
{
    unsigned char *page;
    int ok;

    if (walk->pages_left-- == 0 || number >= walk->size / walk->page_size)
        return 0;
    page = malloc(walk->page_size);
    ok = page != NULL && read_at(walk->data, page, walk->page_size, number * walk->page_size) &&
         walk_nodes(walk, page, number, depth);
    free(page);
    return ok;
}

static int walk_tree(WALK *walk, const TREE *tree, unsigned int branch_nodes)
{
    walk->depth = tree->depth;
    walk->branch_nodes = branch_nodes;
    walk->nodes = walk->others = 0;
    return tree->root == SIZE_MAX ||
           (walk->depth >= 1 && walk->depth <= DEPTH_MAX && walk_page(walk, tree->root, 0));
}

/* Another program's tree, which its nodes or the tree's flags are proof of, is refused later. */
static int walk_environment(WALK *walk, const TREE *tree)
{
    if (tree->flags != 0)
        return 1;
    if (!walk_tree(walk, tree, 2))
        return 0;
    if (walk->others > 0)
        return walk->others * 2 > walk->nodes;
    return !walk->has_entries || (walk_tree(walk, &walk->entries, 2) && walk->others == 0);
}

static int walk_trees(int data, size_t size, const META *meta)
{
    WALK walk = { .data = data, .size = size, .page_size = meta->trees[0].page_size };

    walk.pages_left = size / walk.page_size;
    return walk_tree(&walk, &meta->trees[0], 1) && walk.others == 0 &&
           walk_environment(&walk, &meta->trees[1]);
}

/*
 * A file may end before the last page that was ever allocated, when a
 * transaction allocated and dropped it. Such a file is rare; then every page
 * that is in use is looked for.
 */
static int check_size(const META *meta, int data, const char *directory, ONEM2M_ERROR *error)
{
    const size_t page_size = meta->trees[0].page_size;
    struct stat now;

    if (fstat(data, &now) != 0)
        return onem2m_lmdb_refuse_errno(error, errno, directory, "looking at data.mdb");
    if ((size_t)now.st_size / page_size > meta->last_page ||
        walk_trees(data, (size_t)now.st_size, meta))
        return 1;
    return onem2m_lmdb_refuse(error, ONEM2M_R_STORE_DAMAGED, directory,
                              "data.mdb is truncated: %lld octets, its pages need up to %zu",
                              (long long)now.st_size, (meta->last_page + 1) * page_size);
}

/*
 * LMDB follows what its pages say, out of the file too. A walk through a small store costs little
 * beside opening it, and most damage is refused so; what happens to a page later is not.
 */
static int check_pages(const META *meta, int data, const char *directory, ONEM2M_ERROR *error)
{
    const size_t used = (meta->last_page + 1) * meta->trees[0].page_size;

    return used > WALKED_MAX || walk_trees(data, used, meta) ||
           damaged(directory, "a page that is in use makes no sense", error);
}

/* A snapshot that is replaced while it is looked at says nothing of the pages. */
int onem2m_lmdb_check_data(ONEM2M_LMDB_FILES *files, int data, const char *directory,
                           ONEM2M_ERROR *error)
{
    META meta, after;
    int has_size = 0;

    for (int i = 0; i < TRIES; i++) {
        if (!read_meta(&meta, data, directory, error))
            return 0;
        files->page_size = meta.trees[0].page_size;
        files->used = (meta.last_page + 1) * files->page_size;
        has_size = check_size(&meta, data, directory, error);
        if (has_size && check_pages(&meta, data, directory, error))
            return 1;
        if (!read_meta(&after, data, directory, NULL) || after.transaction == meta.transaction)
            return 0;
    }
    return has_size;
}
