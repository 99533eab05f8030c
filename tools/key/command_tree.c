/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "commands.h"

#include <langinfo.h>
#include "describe.h"
#include "escape.h"
#include "graph.h"
#include "refuse.h"

/* What is deeper begins at the left again: what TS-0003 derives is not so deep. */
#define DEPTH_MAX 1024
#define ANCESTORS_MAX (DEPTH_MAX / 2)

/* How lines are drawn: "├─ ", "└─ ", "│  ". */
typedef struct {
    const char *branch, *last, *passing, *nothing;
} LINES;

static const LINES utf8_lines = { "\u251C\u2500 ", "\u2514\u2500 ", "\u2502  ", "   " };
static const LINES ascii_lines = { "|- ", "`- ", "|  ", "   " };

typedef struct {
    TOOL *tool;
    GRAPH graph;
    const LINES *lines;
    unsigned int depth;
    int is_last[DEPTH_MAX]; /* of each depth: no sibling follows */
} TREE;

/* A key of the tree, whether it has a parent or not. */
typedef struct {
    ONEM2M_SLICE key_id;
    ONEM2M_KIND kind;
    const char *state;
} NODE;

static void print_node(const TREE *tree, const NODE *node)
{
    OUTPUT *output = &tree->tool->output;

    if (output->is_json) {
        output_begin_item(output);
        output_text(output, "key-id", node->key_id);
        output_string(output, "kind", onem2m_kind_name(node->kind));
        output_string(output, "state", node->state);
        output_number(output, "depth", tree->depth);
        output_end_item(output);
        return;
    }
    for (unsigned int i = 1; i < tree->depth; i++)
        fputs(tree->is_last[i] ? tree->lines->nothing : tree->lines->passing, stdout);
    if (tree->depth > 0)
        fputs(tree->is_last[tree->depth] ? tree->lines->last : tree->lines->branch, stdout);
    escape_print(stdout, node->key_id);
    printf("  %s, %s\n", onem2m_kind_name(node->kind), node->state);
}

static NODE node_of(const GRAPH_CHILD *child)
{
    return (NODE){ child->key_id, child->kind, describe_state(child->state, child->is_expired) };
}

/* One child, at the tree's depth. */
static void print_child(TREE *tree, size_t index, ONEM2M_SLICE parent)
{
    GRAPH_CHILD *child = tree->graph.by_parent[index];
    const NODE node = node_of(child);

    child->is_visited = 1;
    tree->is_last[tree->depth] = !graph_is_child(&tree->graph, index + 1, parent);
    print_node(tree, &node);
}

/* Prints what came from a key, which stands at the tree's depth. */
static void print_children(TREE *tree, ONEM2M_SLICE name)
{
    const GRAPH *graph = &tree->graph;
    const unsigned int start = tree->depth;
    struct {
        ONEM2M_SLICE name;
        size_t next; /* of its children */
    } line[DEPTH_MAX];

    line[start].name = name;
    line[start].next = graph_first_child(graph, name);
    for (unsigned int depth = start;;) {
        const ONEM2M_SLICE parent = line[depth].name;
        const size_t i = line[depth].next++;

        if (!graph_is_child(graph, i, parent)) {
            if (depth == start)
                break;
            depth--;
        } else if (!graph->by_parent[i]->is_visited && depth + 1 < DEPTH_MAX) {
            tree->depth = ++depth;
            print_child(tree, i, parent);
            line[depth].name = graph->by_parent[i]->name;
            line[depth].next = graph_first_child(graph, line[depth].name);
        }
    }
    tree->depth = start;
}

static void print_from(TREE *tree, const NODE *node, ONEM2M_SLICE name)
{
    tree->depth = 0;
    print_node(tree, node);
    print_children(tree, name);
}

/* ---- All keys ---- */

static int print_root(void *argument, const ONEM2M_ATTRIBUTES *attributes,
                      const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    TREE *tree = argument;
    const int is_expired = onem2m_attributes_expired(attributes, tree->tool->now);
    const NODE node = { attributes->text[ONEM2M_TEXT_KEY_ID], attributes->kind,
                        describe_state(attributes->state, is_expired) };
    ONEM2M_LOOKUP lookup;

    (void)material;
    if (attributes->text[ONEM2M_TEXT_PARENT_KEY_ID].length > 0)
        return 1;
    if (!onem2m_lookup_of(&lookup, attributes, error))
        return 0;
    print_from(tree, &node, (ONEM2M_SLICE){ lookup.octets, lookup.length });
    return !ferror(stdout) || refuse(error, "standard output: %s", strerror(errno));
}

/* Keys whose parent is not in this store; then those that came from each other in a ring. */
static void print_orphans(TREE *tree)
{
    const GRAPH *graph = &tree->graph;

    for (size_t i = 0; i < graph->count; i++) {
        const GRAPH_CHILD *child = graph->by_parent[i];
        const NODE parent = { child->parent_key_id, child->parent_kind, "not in this store" };

        if (!child->is_visited && graph_find(graph, child->parent_name) == NULL)
            print_from(tree, &parent, child->parent_name);
    }
    for (size_t i = 0; i < graph->count; i++) {
        GRAPH_CHILD *child = graph->by_parent[i];
        const NODE node = node_of(child);

        if (child->is_visited)
            continue;
        child->is_visited = 1;
        print_from(tree, &node, child->name);
    }
}

/* ---- One key: where it came from, and what came from it ---- */

typedef struct {
    TREE *tree;
    ONEM2M_LOOKUP name;
} START;

static void print_line_of_descent(TREE *tree, GRAPH_CHILD *child)
{
    GRAPH_CHILD *ancestors[ANCESTORS_MAX];
    size_t count = 0;
    NODE node;

    do {
        child->is_visited = 1;
        ancestors[count++] = child;
        child = graph_find(&tree->graph, child->parent_name);
    } while (child != NULL && !child->is_visited && count < ANCESTORS_MAX);
    node =
        (NODE){ ancestors[count - 1]->parent_key_id, ancestors[count - 1]->parent_kind, "parent" };
    tree->depth = 0;
    print_node(tree, &node);
    while (count-- > 0) {
        tree->depth++;
        tree->is_last[tree->depth] = 1;
        node = node_of(ancestors[count]);
        print_node(tree, &node);
    }
    print_children(tree, ancestors[0]->name);
}

static int print_start(void *argument, const ONEM2M_ATTRIBUTES *attributes,
                       const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    START *start = argument;
    ONEM2M_LOOKUP lookup;
    GRAPH_CHILD *child;

    if (attributes->text[ONEM2M_TEXT_PARENT_KEY_ID].length == 0)
        return print_root(start->tree, attributes, material, error);
    if (!onem2m_lookup_of(&lookup, attributes, error))
        return 0;
    child = graph_find(&start->tree->graph, (ONEM2M_SLICE){ lookup.octets, lookup.length });
    if (child != NULL)
        print_line_of_descent(start->tree, child);
    return 1;
}

static int print_tree(TREE *tree, ONEM2M_ERROR *error)
{
    const TOOL *tool = tree->tool;
    START start = { .tree = tree };
    unsigned int kinds;

    if (tool->arguments.operand_count > 0)
        return tool_kinds(tool, OPTION_KIND, &kinds, error) &&
               onem2m_store_look_up(tool->reader, tool->arguments.operands[0],
                                    strlen(tool->arguments.operands[0]), kinds, print_start, &start,
                                    error);
    if (!onem2m_store_each(tool->reader, print_root, tree, error))
        return 0;
    print_orphans(tree);
    return 1;
}

int command_tree(TOOL *tool, ONEM2M_ERROR *error)
{
    const int is_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    TREE tree = { .tool = tool, .lines = is_utf8 ? &utf8_lines : &ascii_lines };
    int ok;

    output_begin_list(&tool->output, "tree");
    ok = graph_read(&tree.graph, tool->reader, tool->now, error) && print_tree(&tree, error);
    if (ok)
        output_end_list(&tool->output);
    graph_free(&tree.graph);
    return ok;
}
