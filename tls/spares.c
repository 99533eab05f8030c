/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stddef.h>
#include <stdint.h>
#include "spares.h"

#define PLACE_BITS 4
_Static_assert(1 << PLACE_BITS == ONEM2M_SPARES_MAX, "places are numbered by so many bits");

/* Where a thread looks first: what it used last is in its CPU's caches. */
static size_t first_place(void)
{
    static _Thread_local char here;

    return (size_t)((uint64_t)(uintptr_t)&here * UINT64_C(0x9E3779B97F4A7C15) >> (64 - PLACE_BITS));
}

void *onem2m_spares_take(ONEM2M_SPARES *spares)
{
    const size_t first = first_place();

    for (size_t i = 0; i < ONEM2M_SPARES_MAX; i++) {
        _Atomic(void *) *place = &spares->places[(first + i) % ONEM2M_SPARES_MAX];
        void *object = atomic_load_explicit(place, memory_order_relaxed);

        if (object != NULL)
            object = atomic_exchange_explicit(place, NULL, memory_order_acquire);
        if (object != NULL)
            return object;
    }
    return NULL;
}

void *onem2m_spares_give(ONEM2M_SPARES *spares, void *object)
{
    const size_t first = first_place();

    for (size_t i = 0; object != NULL && i < ONEM2M_SPARES_MAX; i++)
        object = atomic_exchange_explicit(&spares->places[(first + i) % ONEM2M_SPARES_MAX], object,
                                          memory_order_acq_rel);
    return object;
}
