/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TLS_SPARES_H
#define ONEM2M_TLS_SPARES_H

#include <stdatomic.h>

/*
 * Objects that cost something to make and serve one thread at a time, while nobody uses them. No
 * lock: a place is emptied or filled at once. All zero is one without any.
 */
#define ONEM2M_SPARES_MAX 16
typedef struct {
    _Atomic(void *) places[ONEM2M_SPARES_MAX];
} ONEM2M_SPARES;

/* One of them, best the one that this thread gave; NULL when there is none. */
void *onem2m_spares_take(ONEM2M_SPARES *spares);
/* Keeps object. Returns NULL, or one that there is no place for: to be freed. */
void *onem2m_spares_give(ONEM2M_SPARES *spares, void *object);

#endif
