/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "token_internal.h"

/*
 * A thread that uses one key again and again takes a session and a handle under the token's lock
 * once. Between its calls they lie in a slot, and whoever needs them changes the token's attention,
 * and then takes what lies there; a thread that is in the module meanwhile looks at the attention
 * after it has put them down. So one of the two sees what the other did.
 */

/* Threads are numbered as they come, so that those of a program have slots of their own. */
static ONEM2M_TOKEN_SLOT *slot_of_thread(ONEM2M_TOKEN *token)
{
    static atomic_uint threads;
    static _Thread_local unsigned int number;

    if (number == 0)
        number = atomic_fetch_add(&threads, 1) % ONEM2M_TOKEN_SLOTS + 1;
    return &token->slots[number - 1];
}

static int pick_up(ONEM2M_TOKEN_SLOT *slot)
{
    return atomic_exchange(&slot->is_busy, 1) == 0;
}

static void put_down(ONEM2M_TOKEN_SLOT *slot)
{
    atomic_store(&slot->is_busy, 0);
}

/* Of a slot that was picked up: empties it. */
static void take_out(ONEM2M_TOKEN_SLOT *slot, ONEM2M_TOKEN_CALL *call)
{
    call->login = slot->login;
    call->module = slot->login->first.module;
    call->session = slot->session;
    call->held = slot->held;
    slot->login = NULL;
    put_down(slot);
}

/* Of what was taken out. The slot is put down, so it is here that a fork waits for the call. */
static void give_back(ONEM2M_TOKEN_CALL *call)
{
    pthread_mutex_lock(&call->token->lock);
    onem2m_token_enter(call);
    onem2m_token_give_back(call);
    onem2m_token_exit(call);
    pthread_mutex_unlock(&call->token->lock);
}

static int is_current(const ONEM2M_TOKEN_SLOT *slot, ONEM2M_TOKEN *token)
{
    return slot->attention == atomic_load(&token->attention);
}

/* Gives back what lies in a slot that was picked up. */
static void clear(ONEM2M_TOKEN_SLOT *slot, ONEM2M_TOKEN *token)
{
    ONEM2M_TOKEN_CALL left = { .token = token };

    take_out(slot, &left);
    give_back(&left);
}

int onem2m_token_resume(ONEM2M_TOKEN_CALL *call, const ONEM2M_TOKEN_KEY *key)
{
    ONEM2M_TOKEN_SLOT *slot = slot_of_thread(call->token);

    if (!pick_up(slot))
        return 0;
    if (slot->login == NULL) {
        put_down(slot);
        return 0;
    }
    if (!is_current(slot, call->token) || !onem2m_token_entry_is_of(slot->held, key)) {
        clear(slot, call->token);
        return 0;
    }
    call->login = slot->login;
    call->module = slot->login->first.module;
    call->session = slot->session;
    call->held = slot->held;
    call->slot = slot;
    return 1;
}

void onem2m_token_leave_again(ONEM2M_TOKEN_CALL *call)
{
    ONEM2M_TOKEN_SLOT *slot = call->slot;
    const unsigned int attention = slot->attention;

    if (call->value != CKR_OK || call->left != CKR_OK) {
        take_out(slot, call);
        give_back(call);
        return;
    }
    put_down(slot);
    if (attention == atomic_load(&call->token->attention) || !pick_up(slot))
        return;
    if (slot->login == NULL || is_current(slot, call->token))
        put_down(slot);
    else
        clear(slot, call->token);
}

int onem2m_token_leave_first(ONEM2M_TOKEN_CALL *call)
{
    ONEM2M_TOKEN *token = call->token;
    ONEM2M_TOKEN_SLOT *slot = slot_of_thread(token);
    int is_left = 0;

    if (call->held == NULL || call->value != CKR_OK || call->left != CKR_OK || !pick_up(slot))
        return 0;
    if (slot->login == NULL && slot->last == call->held && !call->held->is_forgotten &&
        token->login == call->login && token->waiting == 0 && !token->is_forking) {
        slot->attention = atomic_load(&token->attention);
        slot->login = call->login;
        slot->session = call->session;
        slot->held = call->held;
        is_left = 1;
    }
    slot->last = call->held;
    put_down(slot);
    return is_left;
}

void onem2m_token_empty_slots(ONEM2M_TOKEN *token)
{
    atomic_fetch_add(&token->attention, 1);
    for (size_t i = 0; i < ONEM2M_TOKEN_SLOTS; i++) {
        ONEM2M_TOKEN_SLOT *slot = &token->slots[i];
        ONEM2M_TOKEN_CALL left = { .token = token };

        if (!pick_up(slot))
            continue;
        if (slot->login == NULL) {
            put_down(slot);
            continue;
        }
        take_out(slot, &left);
        onem2m_token_give_back(&left);
    }
}

int onem2m_token_uses_slot(ONEM2M_TOKEN *token)
{
    for (size_t i = 0; i < ONEM2M_TOKEN_SLOTS; i++) {
        if (atomic_load(&token->slots[i].is_busy))
            return 1;
    }
    return 0;
}
