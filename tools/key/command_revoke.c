/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "commands.h"

#include <stdlib.h>
#include "graph.h"
#include "refuse.h"

/* The key that is to be revoked, and with --tree those that came from it. */
typedef struct {
    TOOL *tool;
    ONEM2M_ID requester_id;
    ONEM2M_SLICE requester;
    ONEM2M_LOOKUP root_name;
    char root_id[ONEM2M_KEY_ID_MAX + 1];
    ONEM2M_KIND root_kind;
    ONEM2M_STATE root_state;
    GRAPH graph;
    GRAPH_CHILD **family; /* of the graph */
    size_t family_count;
} REVOCATION;

static int take_root(void *argument, const ONEM2M_ATTRIBUTES *attributes,
                     const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    const ONEM2M_SLICE key_id = attributes->text[ONEM2M_TEXT_KEY_ID];
    REVOCATION *revocation = argument;

    (void)material;
    memcpy(revocation->root_id, key_id.data, key_id.length);
    revocation->root_id[key_id.length] = '\0';
    revocation->root_kind = attributes->kind;
    revocation->root_state = attributes->state;
    return onem2m_lookup_of(&revocation->root_name, attributes, error);
}

static int find_root(REVOCATION *revocation, ONEM2M_ERROR *error)
{
    const TOOL *tool = revocation->tool;
    const char *key_id = tool->arguments.operands[0];
    unsigned int kinds;

    return tool_kinds(tool, OPTION_KIND, &kinds, error) &&
           tool_requester(tool, &revocation->requester_id, &revocation->requester, error) &&
           onem2m_store_look_up(tool->reader, key_id, strlen(key_id), kinds, take_root, revocation,
                                error);
}

static int is_over(ONEM2M_STATE state)
{
    return state == ONEM2M_STATE_REVOKED || state == ONEM2M_STATE_DESTROYED;
}

/* An expired registration serves nobody any more, and nobody may change it (docs/policy.md). */
static int needs_revocation(const GRAPH_CHILD *child)
{
    return !is_over(child->state) && !(child->is_registration && child->is_expired);
}

/* Children of one parent that were not met yet. */
static void add_children(REVOCATION *revocation, ONEM2M_SLICE parent)
{
    const GRAPH *graph = &revocation->graph;

    for (size_t i = graph_first_child(graph, parent); graph_is_child(graph, i, parent); i++) {
        GRAPH_CHILD *child = graph->by_parent[i];

        if (!child->is_visited) {
            child->is_visited = 1;
            revocation->family[revocation->family_count++] = child;
        }
    }
}

/* All that came from the root, and whatever of it is not over yet in front. Returns how many. */
static size_t gather_family(REVOCATION *revocation)
{
    const ONEM2M_SLICE root = { revocation->root_name.octets, revocation->root_name.length };
    GRAPH_CHILD *itself = graph_find(&revocation->graph, root);
    size_t alive = 0;

    if (itself != NULL)
        itself->is_visited = 1;
    revocation->family_count = 0;
    add_children(revocation, root);
    for (size_t i = 0; i < revocation->family_count; i++)
        add_children(revocation, revocation->family[i]->name);
    for (size_t i = 0; i < revocation->family_count; i++) {
        if (needs_revocation(revocation->family[i]))
            revocation->family[alive++] = revocation->family[i];
    }
    return alive;
}

static int revoke(REVOCATION *revocation, ONEM2M_STORE_WRITER *writer, ONEM2M_SLICE key_id,
                  ONEM2M_KIND kind, ONEM2M_ERROR *error)
{
    static const ONEM2M_STORE_CHANGE change = { .change_state = 1, .state = ONEM2M_STATE_REVOKED };

    return onem2m_store_change(writer, (const char *)key_id.data, key_id.length,
                               ONEM2M_KIND_BIT(kind), &change, revocation->requester,
                               revocation->tool->now, error);
}

static int revoke_root(ONEM2M_STORE_WRITER *writer, void *argument, ONEM2M_ERROR *error)
{
    REVOCATION *revocation = argument;

    return revoke(revocation, writer, tool_slice(revocation->root_id), revocation->root_kind,
                  error);
}

/* Read while other writers wait, so that nothing comes from it meanwhile. */
static int revoke_tree(ONEM2M_STORE_WRITER *writer, void *argument, ONEM2M_ERROR *error)
{
    REVOCATION *revocation = argument;
    TOOL *tool = revocation->tool;
    size_t alive;

    free(revocation->family);
    graph_free(&revocation->graph);
    revocation->family = NULL;
    if (!graph_read(&revocation->graph, tool->reader, tool->now, error))
        return 0;
    revocation->family = malloc((revocation->graph.count + 1) * sizeof(GRAPH_CHILD *));
    if (revocation->family == NULL)
        return refuse_memory(error);
    alive = gather_family(revocation);
    if (!is_over(revocation->root_state) && !revoke_root(writer, argument, error))
        return 0;
    for (size_t i = 0; i < alive; i++) {
        const GRAPH_CHILD *child = revocation->family[i];

        if (!revoke(revocation, writer, child->key_id, child->kind, error))
            return 0;
    }
    revocation->family_count = alive + !is_over(revocation->root_state);
    return 1;
}

int command_revoke(TOOL *tool, ONEM2M_ERROR *error)
{
    REVOCATION revocation = { .tool = tool, .family_count = 1 };
    const int with_tree = tool_has(tool, OPTION_TREE);
    const int ok =
        find_root(&revocation, error) &&
        onem2m_store_write(tool->store, with_tree ? revoke_tree : revoke_root, &revocation, error);

    if (ok)
        output_number(&tool->output, "revoked", revocation.family_count);
    free(revocation.family);
    graph_free(&revocation.graph);
    return ok;
}
