/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_PROVIDER_KEY_OBJECT_H
#define ONEM2M_PROVIDER_KEY_OBJECT_H

#include <stdatomic.h>
#include "keystore/policy.h"
#include "provider.h"

/* Attributes that took the place of older ones; see ONEM2M_KEY_OBJECT. */
typedef struct onem2m_key_version_st ONEM2M_KEY_VERSION;

/*
 * The key type ONEM2M behind an EVP_PKEY: shared by threads, counted. A key of
 * the store keeps its name only, and its record is looked up again at each
 * use, so that what another process changed or revoked takes effect at once.
 *
 * A key that is not stored is changed without a lock, which a fork could leave
 * held: the new attributes are put before the old ones, which stay until the
 * object is freed, because another thread may be reading them.
 */
typedef struct onem2m_key_object_st {
    ONEM2M_PROVIDER *provider;
    _Atomic(int) references; /* who may use the key: its octets go with the last */
    _Atomic(int) holders; /* they together, and each key derived of it: the rest goes with them */
    int is_stored;
    size_t size;    /* octets of the key */
    ONEM2M_KEY key; /* never changed once the object is shared; of a stored key without octets */
    ONEM2M_SECRET requester; /* the authenticated identity it was loaded for; empty: none */
    _Atomic(ONEM2M_KEY_VERSION *) version; /* NULL: attributes as in key */
    /* A derived key that is not stored has no more than its parent has now (TS-0003 10.7): */
    struct onem2m_key_object_st *parent; /* asked at each use, held; NULL: none */
    ONEM2M_TIME limit;                   /* its not-after then, should the store have lost it */
} ONEM2M_KEY_OBJECT;

/* NULL when memory is out. One reference is the caller's. */
ONEM2M_KEY_OBJECT *onem2m_key_object_new(ONEM2M_PROVIDER *provider);
ONEM2M_KEY_OBJECT *onem2m_key_object_up_ref(ONEM2M_KEY_OBJECT *object);
/* NULL is allowed. Cleanses with the last reference. */
void onem2m_key_object_free(ONEM2M_KEY_OBJECT *object);

/* Makes a key that was derived one whose parent limits it, also when its octets are gone. */
void onem2m_key_object_set_parent(ONEM2M_KEY_OBJECT *object, ONEM2M_KEY_OBJECT *parent,
                                  ONEM2M_TIME limit);

/*
 * Makes a new object that of a stored key: looked up among kinds (bits), a
 * tombstone refused. requester: canonical, length 0: none.
 */
int onem2m_key_object_load(ONEM2M_KEY_OBJECT *object, ONEM2M_SLICE key_id, unsigned int kinds,
                           ONEM2M_SLICE requester, ONEM2M_ERROR *error);

/*
 * Gives a new object its key, which make puts into *key (zeroed); make may be
 * called again, from the beginning. With store it is put into the configured
 * store, durable when this returns 1, and the object keeps its name only; make
 * then runs while other writers wait.
 */
typedef int onem2m_key_object_make_fn(void *argument, ONEM2M_KEY *key, ONEM2M_ERROR *error);
int onem2m_key_object_fill(ONEM2M_KEY_OBJECT *object, onem2m_key_object_make_fn *make,
                           void *argument, int store, ONEM2M_ERROR *error);

/* A new object like this one, which it shares nothing with. NULL when memory is out. */
ONEM2M_KEY_OBJECT *onem2m_key_object_dup(const ONEM2M_KEY_OBJECT *object, int with_octets);

/*
 * Changes a key as policy allows, in the store or, when it is not stored, for
 * all who share the object. requester: length 0: that of the object.
 */
int onem2m_key_object_change(ONEM2M_KEY_OBJECT *object, const ONEM2M_STORE_CHANGE *change,
                             ONEM2M_SLICE requester, ONEM2M_ERROR *error);

/*
 * Visits the key as it is now: the record for a stored one, else what the
 * object holds. Nobody is asked; for printing and matching.
 */
int onem2m_key_object_visit(ONEM2M_KEY_OBJECT *object, onem2m_store_visit_fn *visit, void *argument,
                            ONEM2M_ERROR *error);

/*
 * The same under policy: use says what for; its time and, when it names none,
 * its requester are filled in.
 */
int onem2m_key_object_use(ONEM2M_KEY_OBJECT *object, const ONEM2M_USE *use,
                          onem2m_store_visit_fn *visit, void *argument, ONEM2M_ERROR *error);

/* The same for a context that uses one object again and again; kept is the context's. */
int onem2m_key_object_use_again(ONEM2M_KEY_OBJECT *object, ONEM2M_KEPT_KEY *kept,
                                const ONEM2M_USE *use, onem2m_store_visit_fn *visit, void *argument,
                                ONEM2M_ERROR *error);

/*
 * A copy of the key as it is now, into *key (zeroed), for whoever must not hold
 * up the store while somebody else's code runs. use as above; NULL: nobody is
 * asked. The caller clears it.
 */
int onem2m_key_object_read(ONEM2M_KEY_OBJECT *object, const ONEM2M_USE *use, ONEM2M_KEY *key,
                           ONEM2M_ERROR *error);

/* Fills in that time and requester, for a visit that asks policy itself. */
void onem2m_key_object_complete_use(ONEM2M_KEY_OBJECT *object, ONEM2M_USE *use);

#endif
