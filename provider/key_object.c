/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/crypto.h>
#include "key_object.h"

struct onem2m_key_version_st {
    ONEM2M_KEY key; /* without octets */
    ONEM2M_KEY_VERSION *older;
};

static int refuse_memory(ONEM2M_ERROR *error)
{
    return onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
}

static ONEM2M_SLICE secret_slice(const ONEM2M_SECRET *secret)
{
    return (ONEM2M_SLICE){ secret->octets, secret->length };
}

/* ---- Life ---- */

ONEM2M_KEY_OBJECT *onem2m_key_object_new(ONEM2M_PROVIDER *provider)
{
    ONEM2M_KEY_OBJECT *object = OPENSSL_zalloc(sizeof(*object));

    if (object == NULL)
        return NULL;
    object->provider = provider;
    atomic_init(&object->references, 1);
    atomic_init(&object->holders, 1);
    atomic_init(&object->version, NULL);
    return object;
}

ONEM2M_KEY_OBJECT *onem2m_key_object_up_ref(ONEM2M_KEY_OBJECT *object)
{
    atomic_fetch_add_explicit(&object->references, 1, memory_order_relaxed);
    return object;
}

static void free_versions(ONEM2M_KEY_VERSION *version)
{
    while (version != NULL) {
        ONEM2M_KEY_VERSION *older = version->older;

        onem2m_key_clear(&version->key);
        OPENSSL_free(version);
        version = older;
    }
}

/* One by one up the line: a parent may have no other holder. */
static void release(ONEM2M_KEY_OBJECT *object)
{
    while (object != NULL &&
           atomic_fetch_sub_explicit(&object->holders, 1, memory_order_acq_rel) == 1) {
        ONEM2M_KEY_OBJECT *parent = object->parent;

        free_versions(atomic_load_explicit(&object->version, memory_order_relaxed));
        onem2m_key_clear(&object->key);
        onem2m_secret_clear(&object->requester);
        OPENSSL_free(object);
        object = parent;
    }
}

void onem2m_key_object_free(ONEM2M_KEY_OBJECT *object)
{
    if (object == NULL ||
        atomic_fetch_sub_explicit(&object->references, 1, memory_order_acq_rel) != 1)
        return;
    onem2m_secret_clear(&object->key.secret);
    release(object);
}

void onem2m_key_object_set_parent(ONEM2M_KEY_OBJECT *object, ONEM2M_KEY_OBJECT *parent,
                                  ONEM2M_TIME limit)
{
    if (parent != NULL)
        atomic_fetch_add_explicit(&parent->holders, 1, memory_order_relaxed);
    object->parent = parent;
    object->limit = limit;
}

/* ---- The key as it is now ---- */

static const ONEM2M_ATTRIBUTES *held_attributes(const ONEM2M_KEY_OBJECT *object)
{
    const ONEM2M_KEY_VERSION *version =
        atomic_load_explicit(&object->version, memory_order_acquire);

    return version != NULL ? &version->key.attributes : &object->key.attributes;
}

static int visit_stored(const ONEM2M_KEY_OBJECT *object, onem2m_store_visit_fn *visit,
                        void *argument, ONEM2M_ERROR *error)
{
    return onem2m_keys_look_up(
        &object->provider->keys, object->key.attributes.text[ONEM2M_TEXT_KEY_ID],
        ONEM2M_KIND_BIT(object->key.attributes.kind), visit, argument, error);
}

static int take_limits(void *argument, const ONEM2M_ATTRIBUTES *attributes,
                       const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    ONEM2M_ATTRIBUTES *parent = argument;

    (void)material;
    (void)error;
    parent->not_after = attributes->not_after;
    parent->extractable = attributes->extractable;
    parent->derive_octets = attributes->derive_octets;
    parent->registration = attributes->registration;
    return 1;
}

static int held_now(const ONEM2M_KEY_OBJECT *object, ONEM2M_ATTRIBUTES *attributes,
                    ONEM2M_ERROR *error);

/*
 * The parent as far as it limits; *parent zeroed. One that is no more in the store limits nothing
 * that it did not before. Its octets, if it has any, are another thread's to clear.
 *
 * Recursion ends: of a kind are made only kinds that stand below it (docs/policy.md).
 * NOLINTBEGIN(misc-no-recursion)
 */
static int find_parent(const ONEM2M_KEY_OBJECT *object, ONEM2M_ATTRIBUTES *parent,
                       ONEM2M_ERROR *error)
{
    ONEM2M_ERROR why;

    if (object->parent != NULL && !object->parent->is_stored)
        return held_now(object->parent, parent, error);
    parent->kind = object->key.attributes.parent_kind;
    parent->not_after = object->limit;
    parent->extractable = parent->derive_octets = 1;
    if (object->parent == NULL || visit_stored(object->parent, take_limits, parent, &why) ||
        why.reason == ONEM2M_R_KEY_NOT_FOUND)
        return 1;
    *error = why;
    return 0;
}

/* The attributes of a key that is not stored, with no more than its parent has. */
static int held_now(const ONEM2M_KEY_OBJECT *object, ONEM2M_ATTRIBUTES *attributes,
                    ONEM2M_ERROR *error)
{
    ONEM2M_ATTRIBUTES parent = { .kind = 0 };

    *attributes = *held_attributes(object);
    if (!find_parent(object, &parent, error))
        return 0;
    onem2m_policy_limit(attributes, &parent);
    return 1;
}
/* NOLINTEND(misc-no-recursion) */

int onem2m_key_object_visit(ONEM2M_KEY_OBJECT *object, onem2m_store_visit_fn *visit, void *argument,
                            ONEM2M_ERROR *error)
{
    const ONEM2M_MATERIAL material = onem2m_key_material(&object->key);
    ONEM2M_ATTRIBUTES attributes;

    if (object->is_stored)
        return visit_stored(object, visit, argument, error);
    return held_now(object, &attributes, error) && visit(argument, &attributes, &material, error);
}

typedef struct {
    ONEM2M_USE use;
    onem2m_store_visit_fn *visit;
    void *argument;
} GUARDED;

static int visit_allowed(void *argument, const ONEM2M_ATTRIBUTES *attributes,
                         const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    const GUARDED *guarded = argument;

    return onem2m_policy_allows(attributes, &guarded->use, error) &&
           guarded->visit(guarded->argument, attributes, material, error);
}

void onem2m_key_object_complete_use(ONEM2M_KEY_OBJECT *object, ONEM2M_USE *use)
{
    use->now = onem2m_keys_now(&object->provider->keys);
    if (use->requester.length == 0)
        use->requester = secret_slice(&object->requester);
}

int onem2m_key_object_use(ONEM2M_KEY_OBJECT *object, const ONEM2M_USE *use,
                          onem2m_store_visit_fn *visit, void *argument, ONEM2M_ERROR *error)
{
    GUARDED guarded = { .use = *use, .visit = visit, .argument = argument };

    onem2m_key_object_complete_use(object, &guarded.use);
    return onem2m_key_object_visit(object, visit_allowed, &guarded, error);
}

int onem2m_key_object_use_again(ONEM2M_KEY_OBJECT *object, ONEM2M_KEPT_KEY *kept,
                                const ONEM2M_USE *use, onem2m_store_visit_fn *visit, void *argument,
                                ONEM2M_ERROR *error)
{
    GUARDED guarded = { .use = *use, .visit = visit, .argument = argument };

    if (!object->is_stored)
        return onem2m_key_object_use(object, use, visit, argument, error);
    onem2m_key_object_complete_use(object, &guarded.use);
    return onem2m_keys_look_up_again(
        &object->provider->keys, kept, object->key.attributes.text[ONEM2M_TEXT_KEY_ID],
        ONEM2M_KIND_BIT(object->key.attributes.kind), visit_allowed, &guarded, error);
}

static int copy_key(void *argument, const ONEM2M_ATTRIBUTES *attributes,
                    const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    return onem2m_key_copy(argument, attributes, material) || refuse_memory(error);
}

int onem2m_key_object_read(ONEM2M_KEY_OBJECT *object, const ONEM2M_USE *use, ONEM2M_KEY *key,
                           ONEM2M_ERROR *error)
{
    return use != NULL ? onem2m_key_object_use(object, use, copy_key, key, error)
                       : onem2m_key_object_visit(object, copy_key, key, error);
}

/* ---- Making one ---- */

/* What an object keeps of a stored key: its attributes as they were, its name and kind above all.
 */
static int keep_name(ONEM2M_KEY_OBJECT *object, const ONEM2M_ATTRIBUTES *attributes, size_t size,
                     ONEM2M_ERROR *error)
{
    onem2m_key_clear(&object->key);
    if (!onem2m_key_copy(&object->key, attributes, NULL))
        return refuse_memory(error);
    object->is_stored = 1;
    object->size = size;
    return 1;
}

static int take_record(void *argument, const ONEM2M_ATTRIBUTES *attributes,
                       const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    if (attributes->state == ONEM2M_STATE_DESTROYED)
        return onem2m_refuse(error, ONEM2M_R_DESTROYED, ONEM2M_NO_OFFSET,
                             "state: the key is destroyed, its name alone is left");
    return keep_name(argument, attributes, onem2m_material_length(material), error);
}

int onem2m_key_object_load(ONEM2M_KEY_OBJECT *object, ONEM2M_SLICE key_id, unsigned int kinds,
                           ONEM2M_SLICE requester, ONEM2M_ERROR *error)
{
    if (requester.length > 0 && !onem2m_secret_reserve(&object->requester, requester.length))
        return refuse_memory(error);
    onem2m_secret_assign(&object->requester, requester.data, requester.length);
    return onem2m_keys_look_up(&object->provider->keys, key_id, kinds, take_record, object, error);
}

typedef struct {
    ONEM2M_KEY_OBJECT *object;
    onem2m_key_object_make_fn *make;
    void *argument;
} ADDITION;

/* Adds it to the store, and keeps the name that it got. */
static int store_key(ONEM2M_STORE_WRITER *writer, ONEM2M_KEY_OBJECT *object, const ONEM2M_KEY *key,
                     ONEM2M_ERROR *error)
{
    const ONEM2M_MATERIAL material = onem2m_key_material(key);
    ONEM2M_ATTRIBUTES named = key->attributes;
    char key_id[ONEM2M_KEY_ID_MAX + 1];

    if (!onem2m_store_add(writer, &key->attributes, &material, key_id, error))
        return 0;
    named.text[ONEM2M_TEXT_KEY_ID] =
        (ONEM2M_SLICE){ (const unsigned char *)key_id, strlen(key_id) };
    return keep_name(object, &named, onem2m_material_length(&material), error);
}

static int add_key(ONEM2M_STORE_WRITER *writer, void *argument, ONEM2M_ERROR *error)
{
    const ADDITION *addition = argument;
    ONEM2M_KEY key = { .storage = NULL };
    const int ok = addition->make(addition->argument, &key, error) &&
                   store_key(writer, addition->object, &key, error);

    onem2m_key_clear(&key);
    return ok;
}

int onem2m_key_object_fill(ONEM2M_KEY_OBJECT *object, onem2m_key_object_make_fn *make,
                           void *argument, int store, ONEM2M_ERROR *error)
{
    ADDITION addition = { object, make, argument };
    ONEM2M_MATERIAL material;
    ONEM2M_STORE *configured;

    if (!store) {
        if (!make(argument, &object->key, error))
            return 0;
        material = onem2m_key_material(&object->key);
        object->size = onem2m_material_length(&material);
        return 1;
    }
    configured = onem2m_keys_store(&object->provider->keys, error);
    return configured != NULL && onem2m_store_write(configured, add_key, &addition, error);
}

static int copy_object(ONEM2M_KEY_OBJECT *to, const ONEM2M_KEY_OBJECT *from, int with_octets)
{
    const ONEM2M_MATERIAL material = onem2m_key_material(&from->key);
    const ONEM2M_SLICE requester = secret_slice(&from->requester);

    if (from->key.attributes.kind == 0)
        return 1;
    if (!onem2m_key_copy(&to->key, held_attributes(from), with_octets ? &material : NULL) ||
        (requester.length > 0 && !onem2m_secret_reserve(&to->requester, requester.length)))
        return 0;
    onem2m_secret_assign(&to->requester, requester.data, requester.length);
    to->is_stored = from->is_stored && with_octets;
    to->size = with_octets ? from->size : 0;
    onem2m_key_object_set_parent(to, from->parent, from->limit);
    return 1;
}

ONEM2M_KEY_OBJECT *onem2m_key_object_dup(const ONEM2M_KEY_OBJECT *object, int with_octets)
{
    ONEM2M_KEY_OBJECT *copy = onem2m_key_object_new(object->provider);

    if (copy != NULL && !copy_object(copy, object, with_octets)) {
        onem2m_key_object_free(copy);
        return NULL;
    }
    return copy;
}

/* ---- Changing one ---- */

typedef struct {
    const ONEM2M_ATTRIBUTES *attributes;
    const ONEM2M_STORE_CHANGE *change;
    ONEM2M_SLICE requester;
    ONEM2M_TIME now;
} CHANGE;

static int change_record(ONEM2M_STORE_WRITER *writer, void *argument, ONEM2M_ERROR *error)
{
    const CHANGE *change = argument;
    const ONEM2M_SLICE key_id = change->attributes->text[ONEM2M_TEXT_KEY_ID];

    return onem2m_store_change(writer, (const char *)key_id.data, key_id.length,
                               ONEM2M_KIND_BIT(change->attributes->kind), change->change,
                               change->requester, change->now, error);
}

/* The attributes as they are to be, if policy allows it; *key zeroed, without octets. */
static int make_version(ONEM2M_KEY_OBJECT *object, const ONEM2M_ATTRIBUTES *attributes,
                        const CHANGE *change, ONEM2M_KEY *key, ONEM2M_ERROR *error)
{
    const ONEM2M_USE use = { .kind = ONEM2M_USE_UPDATE,
                             .requester = change->requester,
                             .now = change->now };
    const ONEM2M_MATERIAL material = onem2m_key_material(&object->key);
    ONEM2M_ATTRIBUTES wished = *attributes, parent = { .kind = 0 };

    onem2m_store_change_apply(change->change, &wished);
    if (!onem2m_policy_allows(attributes, &use, error) || !find_parent(object, &parent, error) ||
        !onem2m_policy_change(attributes, &wished, &parent, error) ||
        !onem2m_key_make(key, &wished, &material, error))
        return 0;
    onem2m_secret_clear(&key->secret);
    return 1;
}

static int change_held(ONEM2M_KEY_OBJECT *object, const CHANGE *change, ONEM2M_ERROR *error)
{
    ONEM2M_KEY_VERSION *version = OPENSSL_zalloc(sizeof(*version));

    if (version == NULL)
        return refuse_memory(error);
    version->older = atomic_load_explicit(&object->version, memory_order_acquire);
    do {
        const ONEM2M_ATTRIBUTES *attributes =
            version->older != NULL ? &version->older->key.attributes : &object->key.attributes;

        onem2m_key_clear(&version->key);
        if (!make_version(object, attributes, change, &version->key, error)) {
            OPENSSL_free(version);
            return 0;
        }
    } while (!atomic_compare_exchange_weak_explicit(&object->version, &version->older, version,
                                                    memory_order_acq_rel, memory_order_acquire));
    return 1;
}

int onem2m_key_object_change(ONEM2M_KEY_OBJECT *object, const ONEM2M_STORE_CHANGE *change,
                             ONEM2M_SLICE requester, ONEM2M_ERROR *error)
{
    CHANGE asked = { .attributes = &object->key.attributes,
                     .change = change,
                     .requester = requester,
                     .now = onem2m_keys_now(&object->provider->keys) };
    ONEM2M_STORE *store;

    if (requester.length == 0)
        asked.requester = secret_slice(&object->requester);
    if (!object->is_stored)
        return change_held(object, &asked, error);
    store = onem2m_keys_store(&object->provider->keys, error);
    return store != NULL && onem2m_store_write(store, change_record, &asked, error);
}
