/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/crypto.h>
#include "store_internal.h"

/*
 * Keys that were derived of others, and the table of children, which finds
 * them. What a record says of its parent is authentic, the table is not.
 */

static int hash_name(const ONEM2M_STORE *store, ONEM2M_SLICE name,
                     unsigned char digest[ONEM2M_LINK_DIGEST_OCTETS], ONEM2M_ERROR *error)
{
    if (EVP_Digest(name.data, name.length, digest, NULL, store->sha256, NULL))
        return 1;
    return onem2m_refuse(error, ONEM2M_R_CRYPTO_FAILED, ONEM2M_NO_OFFSET, "SHA-256 failed");
}

int onem2m_store_name_link(const ONEM2M_STORE *store, ONEM2M_SLICE parent, ONEM2M_SLICE child,
                           unsigned char link[ONEM2M_LINK_OCTETS], ONEM2M_ERROR *error)
{
    return hash_name(store, parent, link, error) &&
           hash_name(store, child, link + ONEM2M_LINK_DIGEST_OCTETS, error);
}

static int put_link(ONEM2M_STORE_WRITER *writer, ONEM2M_SLICE parent, ONEM2M_SLICE child,
                    ONEM2M_ERROR *error)
{
    unsigned char link[ONEM2M_LINK_OCTETS];

    return onem2m_store_name_link(writer->store, parent, child, link, error) &&
           writer->store->functions->put(writer->transaction, ONEM2M_TABLE_CHILDREN,
                                         (ONEM2M_SLICE){ link, sizeof(link) }, child, error);
}

int onem2m_store_name_parent(const ONEM2M_ATTRIBUTES *attributes, ONEM2M_LOOKUP *lookup,
                             ONEM2M_ERROR *error)
{
    const ONEM2M_SLICE parent_id = attributes->text[ONEM2M_TEXT_PARENT_KEY_ID];

    if (parent_id.length == 0 || !onem2m_policy_is_derived(attributes))
        return 0;
    return onem2m_lookup_form(lookup, attributes->parent_kind, (const char *)parent_id.data,
                              parent_id.length, error)
               ? 1
               : -1;
}

int onem2m_store_load_parent(ONEM2M_STORE_WRITER *writer, const ONEM2M_ATTRIBUTES *attributes,
                             ONEM2M_KEY *parent, ONEM2M_ERROR *error)
{
    ONEM2M_LOOKUP lookup;
    ONEM2M_SLICE record;
    int found = onem2m_store_name_parent(attributes, &lookup, error);

    if (found > 0)
        found = onem2m_store_get_record(writer, onem2m_lookup_slice(&lookup), &record, error);
    if (found > 0 &&
        !onem2m_store_load_key(writer, onem2m_lookup_slice(&lookup), record, parent, error))
        return -1;
    return found;
}

/* TS-0003 10.7: not-after is the parent's where none is given, and never later. What a caller has
 * to ask for is refused, where the parent has not as much; derive-octets is 1 without being asked
 * for. */
static int limit_by_parent(ONEM2M_ATTRIBUTES *attributes, const ONEM2M_ATTRIBUTES *parent,
                           ONEM2M_ERROR *error)
{
    const ONEM2M_TIME wished = attributes->not_after;
    const int extractable = attributes->extractable;

    if (!onem2m_policy_limit(attributes, parent))
        return 1;
    if (extractable && !attributes->extractable)
        return onem2m_refuse(error, ONEM2M_R_NOT_EXTRACTABLE, ONEM2M_NO_OFFSET,
                             "extractable: 1, and the key it was derived from may not leave "
                             "(TS-0003 6.2.5)");
    if (wished != 0 && wished != attributes->not_after)
        return onem2m_refuse(error, ONEM2M_R_OUTLIVES_PARENT, ONEM2M_NO_OFFSET,
                             "not-after: later than that of the key it was derived from "
                             "(TS-0003 10.7)");
    return 1;
}

static int is_same(ONEM2M_SLICE a, ONEM2M_SLICE b)
{
    return a.length == b.length && memcmp(a.data, b.data, a.length) == 0;
}

static int is_child(const ONEM2M_ATTRIBUTES *attributes, ONEM2M_SLICE parent)
{
    ONEM2M_LOOKUP named;

    return onem2m_store_name_parent(attributes, &named, NULL) > 0 &&
           is_same(onem2m_lookup_slice(&named), parent);
}

/* One entry of the table of children; copied, because writing may move it. */
typedef struct {
    unsigned char link[ONEM2M_LINK_OCTETS + 1];
    ONEM2M_LOOKUP child;
} CHILD;

/* The child after the one at *at: 1, 0 when there is none, -1 with *error. */
static int next_child(ONEM2M_STORE_WRITER *writer, CHILD *at, size_t from, ONEM2M_ERROR *error)
{
    ONEM2M_SLICE entry, child;
    const int found =
        writer->store->functions->seek(writer->transaction, ONEM2M_TABLE_CHILDREN,
                                       (ONEM2M_SLICE){ at->link, from }, &entry, &child, error);

    if (found <= 0)
        return found;
    if (entry.length != ONEM2M_LINK_OCTETS || child.length > sizeof(at->child.octets)) {
        onem2m_refuse(error, ONEM2M_R_STORE_DAMAGED, ONEM2M_NO_OFFSET,
                      "the table of children is damaged");
        return -1;
    }
    if (memcmp(entry.data, at->link, ONEM2M_LINK_DIGEST_OCTETS) != 0)
        return 0;
    memcpy(at->link, entry.data, ONEM2M_LINK_OCTETS);
    at->link[ONEM2M_LINK_OCTETS] = 0;
    memcpy(at->child.octets, child.data, child.length);
    at->child.length = child.length;
    return 1;
}

/* Called with a key that was derived of another, which attributes are of or are to be a child's. */
typedef int child_fn(ONEM2M_STORE_WRITER *writer, ONEM2M_SLICE name, ONEM2M_KEY *child,
                     const ONEM2M_ATTRIBUTES *attributes, ONEM2M_ERROR *error);

/*
 * Recursion ends: of a kind are made only kinds that stand below it (docs/policy.md), four deep at
 * the most, and is_child asks for the kind.
 * NOLINTBEGIN(misc-no-recursion)
 */
static int call_for_child(ONEM2M_STORE_WRITER *writer, ONEM2M_SLICE parent, ONEM2M_SLICE name,
                          child_fn *call, const ONEM2M_ATTRIBUTES *attributes, ONEM2M_ERROR *error)
{
    ONEM2M_KEY child = { 0 };
    ONEM2M_SLICE record;
    const int found = onem2m_store_get_record(writer, name, &record, error);
    int ok;

    if (found <= 0)
        return found == 0;
    if (!onem2m_store_load_key(writer, name, record, &child, error))
        return 0;
    ok = !is_child(&child.attributes, parent) || call(writer, name, &child, attributes, error);
    onem2m_key_clear(&child);
    return ok;
}

static int for_children(ONEM2M_STORE_WRITER *writer, ONEM2M_SLICE parent, child_fn *call,
                        const ONEM2M_ATTRIBUTES *attributes, ONEM2M_ERROR *error)
{
    CHILD at;
    size_t from = ONEM2M_LINK_DIGEST_OCTETS;
    int found;

    if (!hash_name(writer->store, parent, at.link, error))
        return 0;
    while ((found = next_child(writer, &at, from, error)) > 0) {
        if (!call_for_child(writer, parent, onem2m_lookup_slice(&at.child), call, attributes,
                            error))
            return 0;
        from = sizeof(at.link);
    }
    return found == 0;
}

static int limit_child(ONEM2M_STORE_WRITER *writer, ONEM2M_SLICE name, ONEM2M_KEY *child,
                       const ONEM2M_ATTRIBUTES *parent, ONEM2M_ERROR *error)
{
    const ONEM2M_MATERIAL material = onem2m_key_material(child);

    return !onem2m_policy_limit(&child->attributes, parent) ||
           (onem2m_store_put_record(writer, name, &child->attributes, &material, error) &&
            onem2m_store_limit_children(writer, name, &child->attributes, error));
}

int onem2m_store_limit_children(ONEM2M_STORE_WRITER *writer, ONEM2M_SLICE name,
                                const ONEM2M_ATTRIBUTES *parent, ONEM2M_ERROR *error)
{
    return for_children(writer, name, limit_child, parent, error);
}
/* NOLINTEND(misc-no-recursion) */

static int check_sibling(ONEM2M_STORE_WRITER *writer, ONEM2M_SLICE name, ONEM2M_KEY *child,
                         const ONEM2M_ATTRIBUTES *attributes, ONEM2M_ERROR *error)
{
    (void)writer;
    (void)name;
    return onem2m_policy_sibling(attributes, &child->attributes, error);
}

static int check_parent(ONEM2M_ATTRIBUTES *attributes, const ONEM2M_ATTRIBUTES *parent,
                        ONEM2M_ERROR *error)
{
    return onem2m_policy_parent(parent, error) && limit_by_parent(attributes, parent, error);
}

/* The link is made also to a parent that is not there yet: it may be imported later. */
int onem2m_store_add_to_parent(ONEM2M_STORE_WRITER *writer, ONEM2M_ATTRIBUTES *attributes,
                               const ONEM2M_LOOKUP *lookup, ONEM2M_ERROR *error)
{
    ONEM2M_KEY parent = { 0 };
    ONEM2M_LOOKUP parent_lookup;
    const int named = onem2m_store_name_parent(attributes, &parent_lookup, error);
    int found, ok;

    if (named <= 0)
        return named == 0;
    found = onem2m_store_load_parent(writer, attributes, &parent, error);
    ok = found >= 0 && (found == 0 || check_parent(attributes, &parent.attributes, error)) &&
         for_children(writer, onem2m_lookup_slice(&parent_lookup), check_sibling, attributes,
                      error) &&
         put_link(writer, onem2m_lookup_slice(&parent_lookup), onem2m_lookup_slice(lookup), error);
    onem2m_key_clear(&parent);
    return ok;
}
