/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <sys/file.h>
#include "pkcs11.h"
#include "pkcs11_turn.h"
#include "process.h"

#define FORK_PATIENCE 2 /* seconds */
#define LOCK_PATIENCE_MS 2000
#define LOCK_NAP_MS 2

/* What several modules of one process have in common, so it is the process's (process.c). */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned int running; /* threads that may be in a module */
    int is_forking;       /* none begins */
    int is_taken;         /* the turn */
    int lock_file;        /* had or waited for, with the turn; -1: none */
    int is_kept;          /* the lock, by somebody who was waited for in vain: with the turn */
} gate = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0, 0, -1, 0 };

/* Of this thread: calls and turns within one another, and whether it is one of those running. */
static _Thread_local unsigned int calls, turns;
static _Thread_local int is_running;

static void nap(unsigned int milliseconds)
{
    const struct timespec pause = { .tv_sec = milliseconds / 1000,
                                    .tv_nsec = (long)(milliseconds % 1000) * 1000000 };

    nanosleep(&pause, NULL);
}

/* ---- Forks ---- */

/* With the lock: until a condition may have changed; 0 when it has taken too long. */
static int wait_until(const struct timespec *end)
{
    return pthread_cond_clockwait(&gate.changed, &gate.lock, CLOCK_MONOTONIC, end) == 0;
}

static struct timespec in_a_while(void)
{
    struct timespec end;

    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += FORK_PATIENCE;
    return end;
}

static void before_fork(void *argument)
{
    const struct timespec end = in_a_while();

    (void)argument;
    onem2m_pkcs11_share_refusals();
    pthread_mutex_lock(&gate.lock);
    gate.is_forking = 1;
    /* p11-kit forks for some modules: its thread waits for no call of its own. */
    while (gate.running > (unsigned int)is_running && wait_until(&end))
        ;
}

static void after_fork_in_parent(void *argument)
{
    (void)argument;
    gate.is_forking = 0;
    pthread_cond_broadcast(&gate.changed);
    pthread_mutex_unlock(&gate.lock);
}

/* The other threads are not here. */
static void after_fork_in_child(void *argument)
{
    (void)argument;
    gate.is_forking = 0;
    gate.running = (unsigned int)is_running;
    gate.is_taken = turns > 0;
    if (gate.lock_file >= 0)
        close(gate.lock_file);
    gate.lock_file = -1;
    pthread_cond_init(&gate.changed, NULL);
    pthread_mutex_unlock(&gate.lock);
}

int onem2m_pkcs11_watch_forks(void)
{
    static ONEM2M_PROCESS_WATCH watch = { before_fork, after_fork_in_parent, after_fork_in_child,
                                          NULL, NULL };
    static int is_watching;
    int ok;

    onem2m_process_lock();
    if (!is_watching)
        is_watching = onem2m_process_watch(&watch);
    ok = is_watching;
    onem2m_process_unlock();
    return ok;
}

/* ---- Calls ---- */

/* With the lock. Who forks may wait for something that this thread holds: so not for ever. */
static void begin_running(void)
{
    const struct timespec end = in_a_while();

    while (gate.is_forking && wait_until(&end))
        ;
    gate.running++;
    is_running = 1;
}

static void end_running(void)
{
    gate.running--;
    is_running = 0;
    if (gate.is_forking)
        pthread_cond_broadcast(&gate.changed);
}

void onem2m_pkcs11_enter(void)
{
    if (calls++ > 0)
        return;
    pthread_mutex_lock(&gate.lock);
    begin_running();
    pthread_mutex_unlock(&gate.lock);
}

void onem2m_pkcs11_leave(void)
{
    if (--calls > 0)
        return;
    pthread_mutex_lock(&gate.lock);
    end_running();
    pthread_mutex_unlock(&gate.lock);
}

void onem2m_pkcs11_rest(unsigned int milliseconds)
{
    pthread_mutex_lock(&gate.lock);
    end_running();
    pthread_mutex_unlock(&gate.lock);
    nap(milliseconds);
    pthread_mutex_lock(&gate.lock);
    begin_running();
    pthread_mutex_unlock(&gate.lock);
}

/* ---- Turns ---- */

void onem2m_pkcs11_take_turn(void)
{
    onem2m_pkcs11_enter();
    if (turns++ > 0)
        return;
    pthread_mutex_lock(&gate.lock);
    if (gate.is_taken) {
        end_running();
        while (gate.is_taken)
            pthread_cond_wait(&gate.changed, &gate.lock);
        gate.is_taken = 1;
        begin_running();
    }
    gate.is_taken = 1;
    pthread_mutex_unlock(&gate.lock);
}

void onem2m_pkcs11_give_turn(void)
{
    if (--turns == 0) {
        pthread_mutex_lock(&gate.lock);
        gate.is_taken = 0;
        pthread_cond_broadcast(&gate.changed);
        pthread_mutex_unlock(&gate.lock);
    }
    onem2m_pkcs11_leave();
}

/* ---- Other processes ---- */

typedef enum { LOCK_HAD, LOCK_BUSY, LOCK_IMPOSSIBLE } LOCK;

static LOCK try_lock(int file)
{
    if (flock(file, LOCK_EX | LOCK_NB) == 0)
        return LOCK_HAD;
    return errno == EWOULDBLOCK || errno == EINTR ? LOCK_BUSY : LOCK_IMPOSSIBLE;
}

/* Who has waited in vain does not again before the lock was had. */
static int lock_file(int file)
{
    const unsigned int patience = gate.is_kept ? 0 : LOCK_PATIENCE_MS;
    LOCK result = try_lock(file);

    for (unsigned int waited = 0; result == LOCK_BUSY && waited < patience; waited += LOCK_NAP_MS) {
        onem2m_pkcs11_rest(LOCK_NAP_MS);
        result = try_lock(file);
    }
    gate.is_kept = result == LOCK_BUSY;
    return result == LOCK_HAD;
}

int onem2m_pkcs11_lock(CK_FUNCTION_LIST *module)
{
    char *path;
    int file;

    if (gate.lock_file >= 0)
        return 0;
    path = p11_kit_module_get_filename(module);
    if (path == NULL)
        return 0;
    file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    free(path);
    if (file < 0)
        return 0;
    gate.lock_file = file; /* a child that is made meanwhile closes it */
    if (lock_file(file))
        return 1;
    gate.lock_file = -1;
    close(file);
    return 0;
}

void onem2m_pkcs11_unlock(int is_locked)
{
    const int file = gate.lock_file;

    /* In a child that was made meanwhile it is closed. */
    if (!is_locked || file < 0)
        return;
    gate.lock_file = -1;
    flock(file, LOCK_UN); /* a child that has not run yet still has it */
    close(file);
}
