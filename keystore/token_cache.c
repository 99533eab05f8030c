/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/crypto.h>
#include "token_internal.h"

/* Wrapped keys and ids look random: any octets of them are a hash. */
static unsigned int hash_of(const unsigned char *reference)
{
    unsigned int hash;

    memcpy(&hash, reference, sizeof(hash));
    return hash;
}

static ONEM2M_TOKEN_ENTRY **bucket_of(ONEM2M_TOKEN_CACHE *cache, const unsigned char *reference)
{
    return &cache->buckets[hash_of(reference) % ONEM2M_TOKEN_CACHED];
}

int onem2m_token_entry_is_of(const ONEM2M_TOKEN_ENTRY *entry, const ONEM2M_TOKEN_KEY *key)
{
    return entry->custody == key->custody && entry->length == key->length &&
           memcmp(entry->reference, key->reference, key->length) == 0;
}

static ONEM2M_TOKEN_ENTRY *find(ONEM2M_TOKEN_CACHE *cache, const ONEM2M_TOKEN_KEY *key)
{
    ONEM2M_TOKEN_ENTRY *entry = *bucket_of(cache, key->reference);

    while (entry != NULL && !onem2m_token_entry_is_of(entry, key))
        entry = entry->next;
    return entry;
}

static void unlist(ONEM2M_TOKEN_CACHE *cache, const ONEM2M_TOKEN_ENTRY *entry)
{
    *(entry->newer != NULL ? &entry->newer->older : &cache->newest) = entry->older;
    *(entry->older != NULL ? &entry->older->newer : &cache->oldest) = entry->newer;
}

static void list(ONEM2M_TOKEN_CACHE *cache, ONEM2M_TOKEN_ENTRY *entry)
{
    entry->newer = NULL;
    entry->older = cache->newest;
    *(cache->newest != NULL ? &cache->newest->newer : &cache->oldest) = entry;
    cache->newest = entry;
}

static void insert(ONEM2M_TOKEN_CACHE *cache, ONEM2M_TOKEN_ENTRY *entry)
{
    ONEM2M_TOKEN_ENTRY **bucket = bucket_of(cache, entry->reference);

    entry->next = *bucket;
    *bucket = entry;
    list(cache, entry);
    cache->count++;
}

static void take_out(ONEM2M_TOKEN_CACHE *cache, ONEM2M_TOKEN_ENTRY *entry)
{
    ONEM2M_TOKEN_ENTRY **link = bucket_of(cache, entry->reference);

    while (*link != entry)
        link = &(*link)->next;
    *link = entry->next;
    unlist(cache, entry);
    cache->count--;
}

static void use(ONEM2M_TOKEN_CALL *call, ONEM2M_TOKEN_ENTRY *entry)
{
    entry->users++;
    call->held = entry;
}

/* The handle of a session's object is to be destroyed, by whoever freed the entry. */
static int free_entry(ONEM2M_TOKEN_ENTRY *entry, CK_OBJECT_HANDLE *handle)
{
    const int is_left = entry->custody == ONEM2M_CUSTODY_WRAPPED;

    *handle = entry->handle;
    OPENSSL_free(entry);
    return is_left;
}

int onem2m_token_leave(ONEM2M_TOKEN_ENTRY *entry, CK_OBJECT_HANDLE *handle)
{
    return --entry->users == 0 && entry->is_forgotten && free_entry(entry, handle);
}

void onem2m_token_free_cache(ONEM2M_TOKEN_CACHE *cache)
{
    while (cache->newest != NULL) {
        ONEM2M_TOKEN_ENTRY *entry = cache->newest;

        cache->newest = entry->older;
        OPENSSL_free(entry);
    }
}

/* What was longest not used, and is not used now; each thread uses one, so there is one. */
static int evict(ONEM2M_TOKEN_CACHE *cache, CK_OBJECT_HANDLE *handle)
{
    ONEM2M_TOKEN_ENTRY *entry = cache->oldest;

    while (entry->users > 0)
        entry = entry->newer;
    take_out(cache, entry);
    return free_entry(entry, handle);
}

/* Whether a key that is not here was asked for a while ago; it is remembered. */
static int came_before(ONEM2M_TOKEN_CACHE *cache, const ONEM2M_TOKEN_KEY *key)
{
    const unsigned int hash = hash_of(key->reference);
    unsigned int *came = cache->came[hash % ONEM2M_TOKEN_CACHED];

    if (came[0] == hash || came[1] == hash)
        return 1;
    came[1] = came[0];
    came[0] = hash;
    return 0;
}

void onem2m_token_hold_known(ONEM2M_TOKEN_CALL *call, const ONEM2M_TOKEN_KEY *key)
{
    ONEM2M_TOKEN_CACHE *cache = &call->login->cache;
    ONEM2M_TOKEN_ENTRY *entry = find(cache, key);

    if (entry == NULL) {
        call->is_passing = key->custody == ONEM2M_CUSTODY_WRAPPED &&
                           cache->count >= ONEM2M_TOKEN_CACHED && !came_before(cache, key);
        return;
    }
    use(call, entry);
    if (entry->newer == NULL)
        return;
    unlist(cache, entry);
    list(cache, entry);
}

/* A key that was just found or unwrapped, unless another thread was faster. */
static void hold_new(ONEM2M_TOKEN_CALL *call, const ONEM2M_TOKEN_KEY *key, ONEM2M_TOKEN_ENTRY *made,
                     CK_OBJECT_HANDLE *handle)
{
    ONEM2M_TOKEN_CACHE *cache = &call->login->cache;
    ONEM2M_TOKEN_ENTRY *entry;
    CK_OBJECT_HANDLE other;
    int is_left = 0;

    pthread_mutex_lock(&call->token->lock);
    entry = find(cache, key);
    if (entry == NULL && cache->count >= ONEM2M_TOKEN_CACHED)
        is_left = evict(cache, &other);
    if (entry == NULL)
        insert(cache, entry = made);
    else
        is_left = free_entry(made, &other);
    use(call, entry);
    *handle = entry->handle;
    pthread_mutex_unlock(&call->token->lock);
    if (is_left)
        (void)onem2m_token_dispose(call, other, 0);
}

static int refuse_absent(ONEM2M_TOKEN_CALL *call)
{
    char name[ONEM2M_QUOTED_MAX];

    return onem2m_refuse(call->error, ONEM2M_R_TOKEN_KEY, ONEM2M_NO_OFFSET,
                         "PKCS#11 token %s has no key of this CKA_ID",
                         onem2m_pkcs11_quote_token(name, call->token->uri));
}

static int look_up(ONEM2M_TOKEN_CALL *call, const ONEM2M_TOKEN_KEY *key, CK_OBJECT_HANDLE *handle)
{
    int found;

    if (key->custody == ONEM2M_CUSTODY_WRAPPED)
        return onem2m_token_unwrap(call, key, &onem2m_token_for_use, handle);
    found = onem2m_token_find(call, key->reference, handle);
    return found > 0 || (found == 0 && refuse_absent(call));
}

int onem2m_token_hold(ONEM2M_TOKEN_CALL *call, const ONEM2M_TOKEN_KEY *key,
                      CK_OBJECT_HANDLE *handle)
{
    ONEM2M_TOKEN_ENTRY *made;

    if (call->held != NULL) {
        *handle = call->held->handle;
        return 1;
    }
    if (call->is_passing) {
        if (call->passing == CK_INVALID_HANDLE && !look_up(call, key, &call->passing))
            return 0;
        *handle = call->passing;
        return 1;
    }
    made = OPENSSL_zalloc(sizeof(*made) + key->length);
    if (made == NULL)
        return onem2m_refuse(call->error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET,
                             "allocation failed");
    if (!look_up(call, key, &made->handle)) {
        OPENSSL_free(made);
        return 0;
    }
    made->custody = key->custody;
    made->length = key->length;
    memcpy(made->reference, key->reference, key->length);
    hold_new(call, key, made, handle);
    return 1;
}

int onem2m_token_hold_parent(ONEM2M_TOKEN_CALL *call, const ONEM2M_TOKEN_KEY *key,
                             CK_OBJECT_HANDLE *handle)
{
    if (key->custody == ONEM2M_CUSTODY_OBJECT)
        return onem2m_token_hold(call, key, handle);
    return onem2m_token_unwrap(call, key, &onem2m_token_for_wrapping, handle);
}

int onem2m_token_drop_parent(ONEM2M_TOKEN_CALL *call, const ONEM2M_TOKEN_KEY *key,
                             CK_OBJECT_HANDLE handle, int ok)
{
    return key->custody == ONEM2M_CUSTODY_OBJECT ? ok : onem2m_token_dispose(call, handle, ok);
}

void onem2m_token_forget(ONEM2M_TOKEN_CALL *call, const ONEM2M_TOKEN_KEY *key)
{
    ONEM2M_TOKEN_CACHE *cache = &call->login->cache;
    ONEM2M_TOKEN_ENTRY *entry;
    CK_OBJECT_HANDLE handle;
    int is_left = 0;

    pthread_mutex_lock(&call->token->lock);
    entry = find(cache, key);
    if (entry != NULL) {
        take_out(cache, entry);
        entry->is_forgotten = 1;
        is_left = entry->users == 0 && free_entry(entry, &handle);
        onem2m_token_empty_slots(call->token);
    }
    pthread_mutex_unlock(&call->token->lock);
    if (is_left)
        (void)onem2m_token_dispose(call, handle, 0);
}
