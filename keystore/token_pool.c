/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <time.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include "token_internal.h"

int onem2m_token_is_lost(CK_RV value)
{
    switch (value) {
    case CKR_SLOT_ID_INVALID:
    case CKR_DEVICE_REMOVED:
    case CKR_KEY_HANDLE_INVALID:
    case CKR_OBJECT_HANDLE_INVALID:
    case CKR_OPERATION_ACTIVE: /* of a call that failed, which should have ended it */
    case CKR_OPERATION_NOT_INITIALIZED:
    case CKR_SESSION_CLOSED:
    case CKR_SESSION_HANDLE_INVALID:
    case CKR_TOKEN_NOT_PRESENT:
    case CKR_TOKEN_NOT_RECOGNIZED:
    case CKR_UNWRAPPING_KEY_HANDLE_INVALID:
    case CKR_USER_NOT_LOGGED_IN:
    case CKR_WRAPPING_KEY_HANDLE_INVALID:
    case CKR_CRYPTOKI_NOT_INITIALIZED:
        return 1;
    default:
        return 0;
    }
}

int onem2m_token_failed(ONEM2M_TOKEN_CALL *call, const char *function, CK_RV value)
{
    call->value = value;
    onem2m_pkcs11_refuse(call->error, function, value);
    return onem2m_pkcs11_say_which(call->error, call->token->uri);
}

int onem2m_token_cannot(const ONEM2M_TOKEN_CALL *call, const char *what)
{
    char name[ONEM2M_QUOTED_MAX];

    return onem2m_refuse(call->error, ONEM2M_R_TOKEN_CANNOT, ONEM2M_NO_OFFSET,
                         "PKCS#11 token %s %s", onem2m_pkcs11_quote_token(name, call->token->uri),
                         what);
}

/* ---- Logins ---- */

static ONEM2M_TOKEN_LOGIN *open_login(ONEM2M_TOKEN *token, ONEM2M_ERROR *error)
{
    ONEM2M_TOKEN_LOGIN *login = OPENSSL_zalloc(sizeof(*login));

    if (login == NULL) {
        onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
        return NULL;
    }
    if (!onem2m_pkcs11_open(&login->first, token->uri, CKF_RW_SESSION, error)) {
        onem2m_pkcs11_say_which(error, token->uri);
        OPENSSL_free(login);
        return NULL;
    }
    login->idle[login->idle_count++] = login->first.handle;
    login->open_count = 1;
    login->limit = ONEM2M_TOKEN_SESSIONS;
    login->references = 1;
    return login;
}

static void free_login(ONEM2M_TOKEN_LOGIN *login)
{
    onem2m_token_free_cache(&login->cache);
    OPENSSL_free(login);
}

/* Nobody uses it any more: all its sessions are idle. */
static void close_login(ONEM2M_TOKEN_LOGIN *login)
{
    ONEM2M_PKCS11_SESSION session = login->first;

    while (login->idle_count > 0) {
        session.handle = login->idle[--login->idle_count];
        onem2m_pkcs11_close(&session);
    }
    free_login(login);
}

void onem2m_token_forget_logins(ONEM2M_TOKEN *token)
{
    memset(token->slots, 0, sizeof(token->slots));
    token->waiting = 0;
    while (token->logins != NULL) {
        ONEM2M_TOKEN_LOGIN *login = token->logins;

        token->logins = login->next;
        free_login(login);
    }
    token->login = NULL;
    token->is_opening = 0;
    token->running = 0;
    token->is_forking = 0;
}

void onem2m_token_end_logins(ONEM2M_TOKEN *token)
{
    pthread_mutex_lock(&token->lock);
    onem2m_token_empty_slots(token);
    pthread_mutex_unlock(&token->lock);
    if (token->login != NULL)
        close_login(token->login);
}

static void take_out(ONEM2M_TOKEN *token, const ONEM2M_TOKEN_LOGIN *login)
{
    ONEM2M_TOKEN_LOGIN **link = &token->logins;

    while (*link != login)
        link = &(*link)->next;
    *link = login->next;
}

/* With the lock. Returns the login when nobody uses it any more: to be closed. */
static ONEM2M_TOKEN_LOGIN *release(ONEM2M_TOKEN *token, ONEM2M_TOKEN_LOGIN *login)
{
    if (--login->references > 0)
        return NULL;
    take_out(token, login);
    return login;
}

/* With the lock, which is let go meanwhile. One thread opens; who waited looks again. */
static int open_for_all(ONEM2M_TOKEN *token, ONEM2M_ERROR *error)
{
    ONEM2M_TOKEN_LOGIN *login;

    token->is_opening = 1;
    token->opener = pthread_self();
    pthread_mutex_unlock(&token->lock);
    login = open_login(token, error);
    pthread_mutex_lock(&token->lock);
    token->is_opening = 0;
    pthread_cond_broadcast(&token->changed);
    if (login == NULL)
        return 0;
    login->next = token->logins;
    token->logins = token->login = login;
    return 1;
}

/* ---- Calls, and forks ---- */

#define FORK_PATIENCE 2 /* seconds */

static int is_before(const struct timespec *end)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec < end->tv_sec || (now.tv_sec == end->tv_sec && now.tv_nsec < end->tv_nsec);
}

/* They take no lock. What lies in the slots stays there: the parent gives it back, the child
 * forgets it. */
static void wait_for_slots(ONEM2M_TOKEN *token, const struct timespec *end)
{
    static const struct timespec moment = { .tv_nsec = 50000 };

    atomic_fetch_add(&token->attention, 1);
    while (onem2m_token_uses_slot(token) && is_before(end))
        nanosleep(&moment, NULL);
}

void onem2m_token_hold_back(ONEM2M_TOKEN *token)
{
    struct timespec end;
    int code = token->is_opening && pthread_equal(token->opener, pthread_self());

    token->is_forking = 1;
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += FORK_PATIENCE;
    while (token->running > 0 && code == 0)
        code = pthread_cond_clockwait(&token->changed, &token->lock, CLOCK_MONOTONIC, &end);
    if (code == 0)
        wait_for_slots(token, &end);
}

void onem2m_token_go_on(ONEM2M_TOKEN *token)
{
    token->is_forking = 0;
    pthread_cond_broadcast(&token->changed);
}

void onem2m_token_enter(const ONEM2M_TOKEN_CALL *call)
{
    ONEM2M_TOKEN *token = call->token;

    while (token->is_forking)
        pthread_cond_wait(&token->changed, &token->lock);
    token->running++;
}

void onem2m_token_exit(const ONEM2M_TOKEN_CALL *call)
{
    ONEM2M_TOKEN *token = call->token;

    token->running--;
    if (token->is_forking)
        pthread_cond_broadcast(&token->changed);
}

static void wait_for_others(const ONEM2M_TOKEN_CALL *call)
{
    onem2m_token_exit(call);
    pthread_cond_wait(&call->token->changed, &call->token->lock);
    onem2m_token_enter(call);
}

/* ---- Sessions ---- */

typedef enum { TAKEN, AGAIN, FAILED } TAKE;

static int is_exhausted(CK_RV value)
{
    return value == CKR_SESSION_COUNT || value == CKR_DEVICE_MEMORY || value == CKR_HOST_MEMORY;
}

/* With the lock, which is let go meanwhile. Sessions that are exhausted are waited for, when there
 * are any. */
static TAKE open_session(ONEM2M_TOKEN_CALL *call)
{
    ONEM2M_TOKEN_LOGIN *login = call->login;
    CK_RV value;

    login->open_count++;
    pthread_mutex_unlock(&call->token->lock);
    value = onem2m_pkcs11_open_another(&login->first, CKF_RW_SESSION, &call->session);
    pthread_mutex_lock(&call->token->lock);
    if (value == CKR_OK)
        return TAKEN;
    call->session = CK_INVALID_HANDLE;
    login->open_count--;
    pthread_cond_broadcast(&call->token->changed);
    if (is_exhausted(value) && login->open_count > 0) {
        login->limit = login->open_count;
        return AGAIN;
    }
    onem2m_token_failed(call, "C_OpenSession", value);
    return FAILED;
}

/* With the lock and a reference to the login. */
static TAKE take_session(ONEM2M_TOKEN_CALL *call)
{
    ONEM2M_TOKEN_LOGIN *login = call->login;

    if (login->idle_count > 0) {
        call->session = login->idle[--login->idle_count];
        return TAKEN;
    }
    if (login->open_count < login->limit)
        return open_session(call);
    call->token->waiting++;
    onem2m_token_empty_slots(call->token);
    if (login->idle_count == 0)
        wait_for_others(call);
    call->token->waiting--;
    return AGAIN;
}

/* With the lock, which is let go meanwhile when nobody else uses the login any more. */
static void drop_login(ONEM2M_TOKEN_CALL *call)
{
    ONEM2M_TOKEN_LOGIN *done = release(call->token, call->login);

    call->login = NULL;
    if (done == NULL)
        return;
    pthread_mutex_unlock(&call->token->lock);
    close_login(done);
    pthread_mutex_lock(&call->token->lock);
}

/* With the lock: a login with a reference, and a session of it. */
static int take_with_lock(ONEM2M_TOKEN_CALL *call)
{
    ONEM2M_TOKEN *token = call->token;

    for (;;) {
        TAKE result;

        while (token->login == NULL && token->is_opening)
            wait_for_others(call);
        if (token->login == NULL && !open_for_all(token, call->error))
            return 0;
        call->login = token->login;
        call->login->references++;
        call->module = call->login->first.module;
        result = take_session(call);
        if (result != AGAIN)
            return result == TAKEN;
        drop_login(call);
    }
}

static int take(ONEM2M_TOKEN_CALL *call, const ONEM2M_TOKEN_KEY *key)
{
    int ok;

    pthread_mutex_lock(&call->token->lock);
    onem2m_token_enter(call);
    ok = take_with_lock(call);
    if (ok && key != NULL)
        onem2m_token_hold_known(call, key);
    if (call->login == NULL)
        onem2m_token_exit(call);
    pthread_mutex_unlock(&call->token->lock);
    return ok;
}

/* With the lock, which is let go when another thread had the key forgotten meanwhile. */
static void let_go(ONEM2M_TOKEN_CALL *call)
{
    CK_OBJECT_HANDLE handle;

    if (!onem2m_token_leave(call->held, &handle))
        return;
    pthread_mutex_unlock(&call->token->lock);
    (void)onem2m_token_dispose(call, handle, 0);
    pthread_mutex_lock(&call->token->lock);
}

void onem2m_token_give_back(ONEM2M_TOKEN_CALL *call)
{
    ONEM2M_TOKEN *token = call->token;
    ONEM2M_TOKEN_LOGIN *login = call->login;

    if (call->held != NULL)
        let_go(call);
    if (call->session != CK_INVALID_HANDLE)
        login->idle[login->idle_count++] = call->session;
    if ((call->left != CKR_OK || onem2m_token_is_lost(call->value)) && token->login == login) {
        token->login = NULL;
        login->references--;
        pthread_cond_broadcast(&token->changed);
        onem2m_token_empty_slots(token);
    }
    pthread_cond_signal(&token->changed);
    drop_login(call);
}

/* At the end of a call that took a login. */
static void end_taken(ONEM2M_TOKEN_CALL *call)
{
    if (call->passing != CK_INVALID_HANDLE)
        (void)onem2m_token_dispose(call, call->passing, 0);
    pthread_mutex_lock(&call->token->lock);
    if (!onem2m_token_leave_first(call))
        onem2m_token_give_back(call);
    onem2m_token_exit(call);
    pthread_mutex_unlock(&call->token->lock);
}

static void give(ONEM2M_TOKEN_CALL *call)
{
    if (call->login == NULL)
        return;
    if (call->slot == NULL)
        end_taken(call);
    else
        onem2m_token_leave_again(call);
}

static int begin(ONEM2M_TOKEN_CALL *call, const ONEM2M_TOKEN_KEY *key)
{
    return (key != NULL && onem2m_token_resume(call, key)) || take(call, key);
}

int onem2m_token_run(ONEM2M_TOKEN *token, const ONEM2M_TOKEN_KEY *key,
                     onem2m_token_operation_fn *operation, void *argument, ONEM2M_ERROR *error)
{
    ONEM2M_ERROR unasked; /* operations look at what was refused */

    if (error == NULL)
        error = &unasked;
    for (int tries = 0;; tries++) {
        ONEM2M_TOKEN_CALL call = { .token = token, .error = error, .tries = tries };
        int ok;

        ERR_set_mark(); /* of a module that uses OpenSSL itself */
        ok = begin(&call, key) && operation(&call, argument);
        give(&call);
        ERR_pop_to_mark();
        if (ok || tries > 0 || !onem2m_token_is_lost(call.value))
            return ok;
    }
}
