/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_PROCESS_H
#define ONEM2M_KEYSTORE_PROCESS_H

/*
 * What belongs to the process and not to a provider's context: one lock, under
 * which stores are opened and closed, and the list of those who must know of a
 * fork. A fork waits for the lock, so a child finds both in order.
 */
typedef struct onem2m_process_watch_st {
    void (*before)(void *argument); /* in the parent, before the fork; NULL: nothing to do */
    void (*parent)(void *argument); /* after it; NULL: nothing to do */
    void (*child)(void *argument);  /* the child, which has this one thread */
    void *argument;
    struct onem2m_process_watch_st *next;
} ONEM2M_PROCESS_WATCH;

void onem2m_process_lock(void);
void onem2m_process_unlock(void);

/* Both with the lock held. watch: lives until unwatch; returns 0 when memory is out. */
int onem2m_process_watch(ONEM2M_PROCESS_WATCH *watch);
void onem2m_process_unwatch(ONEM2M_PROCESS_WATCH *watch);

/* The same for who does not hold the lock. */
int onem2m_process_lock_and_watch(ONEM2M_PROCESS_WATCH *watch);
void onem2m_process_lock_and_unwatch(ONEM2M_PROCESS_WATCH *watch);

/* Another number in a child than in its parent. */
unsigned int onem2m_process_generation(void);

#endif
