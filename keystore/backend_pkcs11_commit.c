/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <sys/random.h>
#include "backend_pkcs11_internal.h"

/*
 * A transaction on a thing that has none: the spare anchor says that a write
 * has begun; the entries are made; the anchor says that it is committed; what
 * it replaced is destroyed. Each step is a call or a few with the mutex of the
 * token held, so that readers do not wait for all of them.
 */
typedef struct {
    ONEM2M_TRANSACTION *transaction;
    ONEM2M_TITLE title; /* of the anchor: WRITING, then COMMITTED */
    ONEM2M_TITLED_LIST replaced;
    ONEM2M_ERROR *error;
} WRITE;

/* A session of another opening has other handles, and lost what was announced. */
static int take_token(ONEM2M_TRANSACTION *transaction, ONEM2M_ERROR *error)
{
    ONEM2M_BACKEND *backend = transaction->backend;

    pthread_mutex_lock(&backend->token);
    if (backend->is_open && backend->openings == transaction->openings)
        return 1;
    pthread_mutex_unlock(&backend->token);
    return onem2m_refuse(error, ONEM2M_R_TOKEN_FAILED, ONEM2M_NO_OFFSET,
                         "the session with the PKCS#11 token was lost while it was written to");
}

static void give_token(ONEM2M_TRANSACTION *transaction)
{
    pthread_mutex_unlock(&transaction->backend->token);
}

static int refuse_rival(ONEM2M_ERROR *error)
{
    return onem2m_refuse(error, ONEM2M_R_STORE_LOCKED, ONEM2M_NO_OFFSET,
                         "another host writes to the records of the PKCS#11 token at the same "
                         "time; one host may");
}

/* Whether an anchor still says what it is known to say. */
static int check_anchor(ONEM2M_BACKEND *backend, const ONEM2M_TITLED *anchor, ONEM2M_ERROR *error)
{
    const int is_same = onem2m_object_has_title(backend, anchor->handle, &anchor->title, error);

    return is_same > 0 || (is_same == 0 && refuse_rival(error));
}

/* Announcing */

/* A child has the same state as its parent: what the system gives is of one of them alone. */
static uint64_t random_id(ONEM2M_BACKEND *backend)
{
    uint64_t id = 0;

    (void)!getrandom(&id, sizeof(id), GRND_NONBLOCK);
    return id ^ onem2m_tree_random(&backend->random);
}

/* For a new store, or after an anchor that a killed writer spoilt. */
static int make_anchor(WRITE *write, ONEM2M_TITLED *anchor)
{
    ONEM2M_TRANSACTION *transaction = write->transaction;
    ONEM2M_TITLED made;

    /* No two may be alike: NSS's softokn makes one object of two keys with the same id. */
    write->title.id = random_id(transaction->backend);
    if (!onem2m_object_make(transaction->backend, &write->title, NULL, &made, write->error))
        return 0;
    if (transaction->is_creation && !onem2m_titled_add(&transaction->made, &made)) {
        onem2m_object_destroy(transaction->backend, &made, NULL);
        return onem2m_records_out_of_memory(write->error);
    }
    *anchor = made;
    return 1;
}

static int announce(WRITE *write)
{
    ONEM2M_BACKEND *backend = write->transaction->backend;
    ONEM2M_TITLE_TEXT text;

    if (backend->spare.handle == 0)
        return make_anchor(write, &backend->spare);
    write->title.id = random_id(backend);
    text = onem2m_title_text(&write->title);
    if (!check_anchor(backend, &backend->spare, write->error) ||
        !onem2m_object_retitle(backend, backend->spare.handle, &text, write->error))
        return 0;
    backend->spare.title = text;
    return 1;
}

/* Before anything is destroyed: both anchors as they must be show that nobody else writes. */
static int begin_write(WRITE *write)
{
    ONEM2M_TRANSACTION *transaction = write->transaction;
    ONEM2M_BACKEND *backend = transaction->backend;
    int ok;

    if (!take_token(transaction, write->error))
        return 0;
    ok = (!transaction->is_creation || make_anchor(write, &backend->current)) &&
         check_anchor(backend, &backend->current, write->error) && announce(write) &&
         check_anchor(backend, &backend->current, write->error);
    give_token(transaction);
    return ok;
}

/* Destroys what is of no write, or of one that was replaced; one object at a time. */
static int sweep(ONEM2M_TRANSACTION *transaction, ONEM2M_ERROR *error)
{
    ONEM2M_TITLED_LIST *garbage = &transaction->backend->garbage;
    int ok = 1, is_done = 0;

    for (size_t i = 0; ok && !is_done; i++) {
        if (!take_token(transaction, error))
            return 0;
        is_done = i >= garbage->count;
        if (is_done)
            onem2m_titled_clear(garbage);
        else
            ok = onem2m_object_destroy(transaction->backend, &garbage->items[i], error);
        give_token(transaction);
    }
    return ok;
}

/* Making */

static int make_object(ONEM2M_ENTRY *entry, void *argument)
{
    WRITE *write = argument;
    ONEM2M_TRANSACTION *transaction = write->transaction;
    const ONEM2M_ENTRY *old =
        onem2m_tree_get(transaction->base, entry->table, onem2m_entry_name(entry));
    const ONEM2M_TITLE title = { .kind =
                                     entry->is_removal ? ONEM2M_TITLE_REMOVAL : ONEM2M_TITLE_ENTRY,
                                 .table = entry->table,
                                 .number = write->title.number };
    ONEM2M_TITLED made;
    int ok;

    if (entry->is_removal && old == NULL)
        return 1;
    if (!take_token(transaction, write->error))
        return 0;
    ok = onem2m_object_make(transaction->backend, &title, entry, &made, write->error);
    if (ok && !onem2m_titled_add(&transaction->made, &made)) {
        onem2m_object_destroy(transaction->backend, &made, NULL);
        ok = onem2m_records_out_of_memory(write->error);
    }
    give_token(transaction);
    if (!ok)
        return 0;
    entry->number = title.number;
    entry->object = made.handle;
    transaction->sum -= old != NULL ? onem2m_entry_hash(old) : 0;
    transaction->sum += entry->is_removal ? 0 : onem2m_entry_hash(entry);
    return 1;
}

static void list(WRITE *write, const ONEM2M_ENTRY *entry, ONEM2M_TITLE_KIND kind)
{
    const ONEM2M_TITLE title = { .kind = kind, .table = entry->table, .number = entry->number };
    const ONEM2M_TITLED titled = { entry->object, onem2m_title_text(&title) };

    /* Without memory it is found by the next writer who searches. */
    (void)onem2m_titled_add(&write->replaced, &titled);
}

static int list_replaced(ONEM2M_ENTRY *entry, void *argument)
{
    WRITE *write = argument;
    const ONEM2M_ENTRY *old =
        onem2m_tree_get(write->transaction->base, entry->table, onem2m_entry_name(entry));

    if (old != NULL)
        list(write, old, ONEM2M_TITLE_ENTRY);
    return 1;
}

static int list_removal(ONEM2M_ENTRY *entry, void *argument)
{
    if (entry->is_removal && entry->object != 0)
        list(argument, entry, ONEM2M_TITLE_REMOVAL);
    return 1;
}

/* Destroys what a write that failed has made; what stays is found by the next one. */
static void unmake(ONEM2M_TRANSACTION *transaction)
{
    ONEM2M_BACKEND *backend = transaction->backend;

    if (!take_token(transaction, NULL))
        return;
    for (size_t i = transaction->made.count; i-- > 0;) {
        if (!onem2m_object_destroy(backend, &transaction->made.items[i], NULL))
            break;
    }
    if (transaction->is_creation)
        onem2m_records_close_session(backend); /* and forget its anchors */
    give_token(transaction);
}

/* Committing */

/* What others see from now on, unless a thread that reads has found it already. */
static void publish(WRITE *write)
{
    ONEM2M_TRANSACTION *transaction = write->transaction;
    ONEM2M_BACKEND *backend = transaction->backend;
    const ONEM2M_TITLED anchor = { backend->spare.handle, onem2m_title_text(&write->title) };
    ONEM2M_TREE *old = backend->root;

    backend->root = onem2m_tree_hold(transaction->root);
    backend->roots++;
    onem2m_tree_drop(old);
    backend->number = write->title.number;
    backend->sum = transaction->sum;
    backend->spare = backend->current;
    backend->current = anchor;
    backend->is_known = 1;
    onem2m_titled_clear(&backend->garbage);
    backend->garbage = write->replaced;
    write->replaced = (ONEM2M_TITLED_LIST){ NULL, 0, 0 };
}

/*
 * The call that moves the anchor has failed: what the token says then is what
 * happened. Returns whether the write did.
 */
static int look_again(WRITE *write, ONEM2M_ERROR *why)
{
    ONEM2M_BACKEND *backend = write->transaction->backend;
    const ONEM2M_TITLED wanted = { backend->spare.handle, onem2m_title_text(&write->title) };
    ONEM2M_ERROR other;
    ONEM2M_TITLE_TEXT found;

    if (onem2m_object_title(backend, wanted.handle, &found, &other) > 0) {
        if (!onem2m_title_equal(&found, &wanted.title))
            return 0;
        publish(write);
        return 1;
    }
    onem2m_records_close_session(backend);
    if (onem2m_records_update(backend, 0, &other) != ONEM2M_UPDATE_DONE)
        return onem2m_refuse(why, ONEM2M_R_TOKEN_FAILED, ONEM2M_NO_OFFSET,
                             "the PKCS#11 token was lost while a write was committed; it shows "
                             "when it is there again whether it was: %s",
                             other.detail);
    return onem2m_title_equal(&backend->current.title, &wanted.title);
}

static int move_anchor(WRITE *write)
{
    ONEM2M_TRANSACTION *transaction = write->transaction;
    ONEM2M_BACKEND *backend = transaction->backend;
    ONEM2M_TITLE_TEXT title;
    int ok;

    write->title.kind = ONEM2M_TITLE_COMMITTED;
    write->title.sum = transaction->sum;
    title = onem2m_title_text(&write->title);
    if (!take_token(transaction, write->error))
        return 0;
    ok = check_anchor(backend, &backend->spare, write->error) &&
         check_anchor(backend, &backend->current, write->error);
    if (ok && onem2m_object_retitle(backend, backend->spare.handle, &title, write->error))
        publish(write);
    else if (ok)
        ok = look_again(write, write->error);
    give_token(transaction);
    return ok;
}

int onem2m_records_write(ONEM2M_TRANSACTION *transaction, ONEM2M_ERROR *error)
{
    WRITE write = { .transaction = transaction,
                    .title = { .kind = ONEM2M_TITLE_WRITING, .number = transaction->number + 1 },
                    .error = error };
    int ok;

    if (transaction->changed == NULL && !transaction->is_creation)
        return 1;
    ok = begin_write(&write) && sweep(transaction, error) &&
         onem2m_tree_each(transaction->changed, make_object, &write) &&
         onem2m_tree_each(transaction->changed, list_replaced, &write) &&
         onem2m_tree_each(transaction->changed, list_removal, &write) && move_anchor(&write);
    if (ok)
        sweep(transaction, NULL); /* what fails here is left to the next writer */
    else
        unmake(transaction);
    onem2m_titled_clear(&write.replaced);
    return ok;
}
