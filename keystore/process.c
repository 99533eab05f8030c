/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>
#include "process.h"

/* Variables that are no provider context's (DESIGN.md, rule 5) are these, the list of environments
 * in lmdb_environment.c that the same lock guards, and what a process has loaded of PKCS#11
 * (pkcs11_module.c), learnt of PINs (pkcs11_refused.c) and takes turns at (pkcs11_turn.c), which
 * every context of it shares. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static ONEM2M_PROCESS_WATCH *watches;
static unsigned int generation;
static int handlers_set;

void onem2m_process_lock(void)
{
    pthread_mutex_lock(&lock);
}

void onem2m_process_unlock(void)
{
    pthread_mutex_unlock(&lock);
}

static void before_fork(void)
{
    onem2m_process_lock();
    for (ONEM2M_PROCESS_WATCH *watch = watches; watch != NULL; watch = watch->next) {
        if (watch->before != NULL)
            watch->before(watch->argument);
    }
}

static void after_fork_in_parent(void)
{
    for (ONEM2M_PROCESS_WATCH *watch = watches; watch != NULL; watch = watch->next) {
        if (watch->parent != NULL)
            watch->parent(watch->argument);
    }
    onem2m_process_unlock();
}

static void after_fork_in_child(void)
{
    generation++;
    for (ONEM2M_PROCESS_WATCH *watch = watches; watch != NULL; watch = watch->next)
        watch->child(watch->argument);
    onem2m_process_unlock();
}

int onem2m_process_watch(ONEM2M_PROCESS_WATCH *watch)
{
    if (!handlers_set &&
        pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child) != 0)
        return 0;
    handlers_set = 1;
    watch->next = watches;
    watches = watch;
    return 1;
}

void onem2m_process_unwatch(ONEM2M_PROCESS_WATCH *watch)
{
    ONEM2M_PROCESS_WATCH **link = &watches;

    while (*link != watch)
        link = &(*link)->next;
    *link = watch->next;
}

unsigned int onem2m_process_generation(void)
{
    return generation;
}

int onem2m_process_lock_and_watch(ONEM2M_PROCESS_WATCH *watch)
{
    int ok;

    onem2m_process_lock();
    ok = onem2m_process_watch(watch);
    onem2m_process_unlock();
    return ok;
}

void onem2m_process_lock_and_unwatch(ONEM2M_PROCESS_WATCH *watch)
{
    onem2m_process_lock();
    onem2m_process_unwatch(watch);
    onem2m_process_unlock();
}
