/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include "backend_pkcs11_internal.h"

/* How often what was found may be of no single moment, because somebody writes meanwhile. */
#define TRIES 8

/* An object that a search has found. */
typedef struct {
    CK_OBJECT_HANDLE handle;
    ONEM2M_ENTRY *entry; /* NULL: none */
    ONEM2M_TITLE_TEXT title;
} FOUND;

typedef struct {
    FOUND *items; /* ascending by handle */
    size_t count;
} VIEW;

/* What is built of a view. */
typedef struct {
    ONEM2M_TREE *root;
    ONEM2M_TITLED current, spare;
    ONEM2M_TITLE written; /* what current says */
    uint64_t sum;
    int failed;
} STATE;

static void view_clear(VIEW *view)
{
    for (size_t i = 0; i < view->count; i++) {
        if (view->items[i].entry != NULL)
            onem2m_entry_drop(view->items[i].entry);
    }
    free(view->items);
    *view = (VIEW){ NULL, 0 };
}

static int compare_found(const void *a, const void *b)
{
    const CK_OBJECT_HANDLE one = ((const FOUND *)a)->handle, other = ((const FOUND *)b)->handle;

    return (one > other) - (one < other);
}

static int count_entry(ONEM2M_ENTRY *entry, void *argument)
{
    (void)entry;
    ++*(size_t *)argument;
    return 1;
}

static int take_entry(ONEM2M_ENTRY *entry, void *argument)
{
    VIEW *view = argument;
    FOUND *found = &view->items[view->count++];
    const ONEM2M_TITLE title = { .kind = ONEM2M_TITLE_ENTRY,
                                 .table = entry->table,
                                 .number = entry->number };

    found->handle = entry->object;
    found->entry = onem2m_entry_hold(entry);
    found->title = onem2m_title_text(&title);
    return 1;
}

/* The entries that are known, so that they are not read again. */
static int view_of_tree(VIEW *view, const ONEM2M_TREE *root)
{
    size_t count = 0;

    onem2m_tree_each(root, count_entry, &count);
    *view = (VIEW){ malloc((count + 1) * sizeof(FOUND)), 0 };
    if (view->items == NULL)
        return 0;
    onem2m_tree_each(root, take_entry, view);
    if (view->count > 0)
        qsort(view->items, view->count, sizeof(FOUND), compare_found);
    return 1;
}

/* Returns 0 with *error; found->handle becomes 0 when the object is gone already. */
static int read_found(ONEM2M_BACKEND *backend, FOUND *found, ONEM2M_ERROR *error)
{
    ONEM2M_OBJECT object;
    const int there = onem2m_object_read(backend, found->handle, &object, error);
    ONEM2M_TITLE title;
    int ok = 1;

    if (there < 0)
        return 0;
    if (there == 0) {
        found->handle = 0;
        return 1;
    }
    found->title = object.title;
    title = onem2m_title_parse(&object.title);
    if (title.kind == ONEM2M_TITLE_ENTRY || title.kind == ONEM2M_TITLE_REMOVAL)
        ok = (found->entry = onem2m_object_entry(&object, &title, found->handle, error)) != NULL;
    else if (title.kind == ONEM2M_TITLE_COMMITTED)
        ok = onem2m_object_check_anchor(&object, error);
    free(object.octets);
    return ok;
}

static int fill_view(ONEM2M_BACKEND *backend, VIEW *view, const VIEW *known,
                     const CK_OBJECT_HANDLE *handles, size_t count, ONEM2M_ERROR *error)
{
    for (size_t i = 0; i < count; i++) {
        FOUND *found = &view->items[view->count];
        const FOUND wanted = { .handle = handles[i] };
        const FOUND *same = known->count > 0 ? bsearch(&wanted, known->items, known->count,
                                                       sizeof(FOUND), compare_found)
                                             : NULL;

        *found = wanted;
        if (same != NULL && same->entry != NULL) {
            *found = *same;
            onem2m_entry_hold(found->entry);
        } else if (!read_found(backend, found, error)) {
            return 0;
        }
        view->count += found->handle != 0;
    }
    if (view->count > 0)
        qsort(view->items, view->count, sizeof(FOUND), compare_found);
    return 1;
}

/* Looks at all objects; reads those that are not known. */
static int look(ONEM2M_BACKEND *backend, VIEW *view, const VIEW *known, ONEM2M_ERROR *error)
{
    const ONEM2M_OBJECT_FORM *form;
    CK_OBJECT_HANDLE *handles;
    size_t count;
    int ok;

    if (!onem2m_object_find(backend, &handles, &count, &form, error))
        return 0;
    backend->form = form;
    *view = (VIEW){ calloc(count + 1, sizeof(FOUND)), 0 };
    ok = view->items != NULL ? fill_view(backend, view, known, handles, count, error)
                             : onem2m_records_out_of_memory(error);
    free(handles);
    if (!ok)
        view_clear(view);
    return ok;
}

/* Building */

static void choose_anchors(STATE *state, const VIEW *view)
{
    for (size_t i = 0; i < view->count; i++) {
        const FOUND *found = &view->items[i];
        const ONEM2M_TITLE title = onem2m_title_parse(&found->title);
        const ONEM2M_TITLED titled = { found->handle, found->title };

        if (title.kind == ONEM2M_TITLE_COMMITTED &&
            (state->current.handle == 0 || title.number > state->written.number)) {
            if (state->current.handle != 0)
                state->spare = state->current;
            state->current = titled;
            state->written = title;
        } else if (title.kind == ONEM2M_TITLE_COMMITTED || title.kind == ONEM2M_TITLE_WRITING) {
            state->spare = titled;
        }
    }
}

/* Of one name the last write counts. */
static void put_newest(ONEM2M_BACKEND *backend, STATE *state, ONEM2M_ENTRY *entry)
{
    const ONEM2M_ENTRY *other =
        onem2m_tree_get(state->root, entry->table, onem2m_entry_name(entry));

    if (entry->number > state->written.number || (other != NULL && other->number > entry->number))
        return;
    if (!onem2m_tree_put(&state->root, entry, onem2m_tree_random(&backend->random)))
        state->failed = 1;
}

static void take_out_removed(STATE *state, const ONEM2M_ENTRY *entry)
{
    const ONEM2M_SLICE name = onem2m_entry_name(entry);

    if (entry->is_removal && onem2m_tree_get(state->root, entry->table, name) == entry &&
        !onem2m_tree_remove(&state->root, entry->table, name))
        state->failed = 1;
}

static int add_hash(ONEM2M_ENTRY *entry, void *argument)
{
    *(uint64_t *)argument += onem2m_entry_hash(entry);
    return 1;
}

static void build(ONEM2M_BACKEND *backend, STATE *state, const VIEW *view)
{
    *state = (STATE){ .root = NULL };
    choose_anchors(state, view);
    if (state->current.handle == 0)
        return;
    for (size_t i = 0; i < view->count; i++) {
        if (view->items[i].entry != NULL)
            put_newest(backend, state, view->items[i].entry);
    }
    for (size_t i = 0; i < view->count; i++) {
        if (view->items[i].entry != NULL)
            take_out_removed(state, view->items[i].entry);
    }
    onem2m_tree_each(state->root, add_hash, &state->sum);
}

/* Publishing */

static int is_garbage(const STATE *state, const FOUND *found)
{
    if (found->entry != NULL)
        return onem2m_tree_get(state->root, found->entry->table, onem2m_entry_name(found->entry)) !=
               found->entry;
    return found->handle != state->current.handle && found->handle != state->spare.handle;
}

/* A removal goes last: without it what it removed would be there again. */
static int list_garbage(ONEM2M_TITLED_LIST *garbage, const STATE *state, const VIEW *view)
{
    for (int removals = 0; removals < 2; removals++) {
        for (size_t i = 0; i < view->count; i++) {
            const FOUND *found = &view->items[i];
            const ONEM2M_TITLED titled = { found->handle, found->title };
            const int is_removal = found->entry != NULL && found->entry->is_removal;

            if (is_removal == removals && is_garbage(state, found) &&
                !onem2m_titled_add(garbage, &titled))
                return 0;
        }
    }
    return 1;
}

static int publish(ONEM2M_BACKEND *backend, STATE *state, const VIEW *view, ONEM2M_ERROR *error)
{
    ONEM2M_TREE *old = backend->root;

    onem2m_titled_clear(&backend->garbage);
    if (state->failed || !list_garbage(&backend->garbage, state, view)) {
        onem2m_tree_drop(state->root);
        return onem2m_records_out_of_memory(error);
    }
    backend->root = state->root;
    backend->roots++;
    backend->number = state->written.number;
    backend->sum = state->sum;
    backend->current = state->current;
    backend->spare = state->spare;
    backend->is_known = state->current.handle != 0;
    onem2m_tree_drop(old);
    return 1;
}

/*
 * The sum says whether what was found is all of one write: somebody may have
 * destroyed objects while they were looked for, or given one the handle that
 * another had. When it is wrong all the same, of a write that did not change
 * and with nothing taken for known, then entries were damaged or taken away by
 * others: what is there counts, and the store's header shows that it is not all.
 */
typedef struct {
    VIEW known;
    ONEM2M_TITLE_TEXT last; /* of the anchor at the last try */
    int is_fresh;           /* nothing was known then */
} REFRESH;

static int is_settled(REFRESH *refresh, const STATE *state, VIEW *view)
{
    const int is_same = onem2m_title_equal(&refresh->last, &state->current.title);
    const int was_fresh = refresh->is_fresh && refresh->known.count == 0;

    if (state->current.handle == 0 || state->sum == state->written.sum || (is_same && was_fresh))
        return 1;
    refresh->last = state->current.title;
    view_clear(&refresh->known);
    refresh->is_fresh = is_same;
    if (!is_same) {
        refresh->known = *view; /* and look again for what is missing */
        *view = (VIEW){ NULL, 0 };
    }
    return 0;
}

static ONEM2M_UPDATE try_once(ONEM2M_BACKEND *backend, REFRESH *refresh, ONEM2M_ERROR *error)
{
    ONEM2M_UPDATE result = ONEM2M_UPDATE_BUSY;
    STATE state;
    VIEW view;

    if (!look(backend, &view, &refresh->known, error))
        return ONEM2M_UPDATE_FAILED;
    build(backend, &state, &view);
    if (is_settled(refresh, &state, &view))
        result = publish(backend, &state, &view, error) ? ONEM2M_UPDATE_DONE : ONEM2M_UPDATE_FAILED;
    else
        onem2m_tree_drop(state.root);
    view_clear(&view);
    return result;
}

static ONEM2M_UPDATE refresh_root(ONEM2M_BACKEND *backend, ONEM2M_ERROR *error)
{
    REFRESH refresh = { .is_fresh = 0 };
    ONEM2M_UPDATE result = ONEM2M_UPDATE_BUSY;

    if (!view_of_tree(&refresh.known, backend->is_known ? backend->root : NULL)) {
        onem2m_records_out_of_memory(error);
        return ONEM2M_UPDATE_FAILED;
    }
    for (int i = 0; i < TRIES && result == ONEM2M_UPDATE_BUSY; i++)
        result = try_once(backend, &refresh, error);
    view_clear(&refresh.known);
    return result;
}

/*
 * The next write moves the spare anchor, so that one tells everything. Nobody
 * but a writer cares who has begun the next write; one that is later has others
 * before it.
 */
static int check_anchor(ONEM2M_BACKEND *backend, int is_writer, int *is_current,
                        ONEM2M_ERROR *error)
{
    ONEM2M_TITLE_TEXT text;
    ONEM2M_TITLE title;
    int there;

    *is_current = 0;
    if (!backend->is_known || backend->spare.handle == 0)
        return 1;
    there = onem2m_object_title(backend, backend->spare.handle, &text, error);
    if (there <= 0)
        return there == 0;
    title = onem2m_title_parse(&text);
    if (title.kind == ONEM2M_TITLE_WRITING)
        *is_current = !is_writer && title.number == backend->number + 1;
    else
        *is_current = title.kind == ONEM2M_TITLE_COMMITTED &&
                      onem2m_title_equal(&text, &backend->spare.title);
    return 1;
}

static ONEM2M_UPDATE update(ONEM2M_BACKEND *backend, int is_writer, ONEM2M_ERROR *error)
{
    ONEM2M_UPDATE result;
    int is_current;

    /* One who was logged out can read what is private in NSS's softokn, and write nothing. */
    if (!onem2m_records_open_session(backend, error) ||
        (is_writer && !onem2m_pkcs11_log_in(&backend->session, backend->uri, error)) ||
        !check_anchor(backend, is_writer, &is_current, error))
        return ONEM2M_UPDATE_FAILED;
    if (is_current)
        return ONEM2M_UPDATE_DONE;
    result = refresh_root(backend, error);
    if (result != ONEM2M_UPDATE_DONE || backend->is_known)
        return result;
    onem2m_refuse(error, ONEM2M_R_STORE_MISSING, ONEM2M_NO_OFFSET,
                  "there is no key store in the PKCS#11 token yet");
    return ONEM2M_UPDATE_FAILED;
}

/*
 * What fails in an old session is tried again in a new one: the token may have
 * been taken out and put back, and somebody logged out finds nothing.
 */
ONEM2M_UPDATE onem2m_records_update(ONEM2M_BACKEND *backend, int is_writer, ONEM2M_ERROR *error)
{
    const int was_open = backend->is_open;
    ONEM2M_ERROR why = { .reason = ONEM2M_R_NONE };
    ONEM2M_UPDATE result = update(backend, is_writer, &why);

    if (result == ONEM2M_UPDATE_FAILED && was_open) {
        onem2m_records_close_session(backend);
        result = update(backend, is_writer, &why);
    }
    if (result == ONEM2M_UPDATE_FAILED && why.reason != ONEM2M_R_STORE_MISSING)
        onem2m_records_close_session(backend);
    if (result == ONEM2M_UPDATE_FAILED && error != NULL)
        *error = why;
    return result;
}
