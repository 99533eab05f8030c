/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/crypto.h>
#include "key_internal.h"
#include "policy.h"

/* What attributes may be together, and keys that own their memory. */

int onem2m_list_next(ONEM2M_SLICE list, size_t *position, ONEM2M_SLICE *item)
{
    const unsigned char *end;

    if (list.length == 0 || *position > list.length)
        return 0;
    item->data = list.data + *position;
    item->length = list.length - *position;
    end = item->length > 0 ? memchr(item->data, ' ', item->length) : NULL;
    if (end != NULL)
        item->length = (size_t)(end - item->data);
    *position += item->length + 1;
    return 1;
}

void onem2m_target_split(ONEM2M_SLICE item, ONEM2M_SLICE *identifier, ONEM2M_SLICE *fqdn)
{
    const unsigned char *sign = item.length > 0 ? memchr(item.data, '=', item.length) : NULL;

    *identifier = item;
    *fqdn = (ONEM2M_SLICE){ NULL, 0 };
    if (sign != NULL) {
        identifier->length = (size_t)(sign - item.data);
        *fqdn = (ONEM2M_SLICE){ sign + 1, item.length - identifier->length - 1 };
    }
}

/* A list of targets in canonical form names nobody twice. */
static int check_duplicates(ONEM2M_SLICE list, ONEM2M_ERROR *error)
{
    ONEM2M_SLICE item, identifier, other, other_identifier, fqdn;
    size_t position = 0, ahead;

    while (onem2m_list_next(list, &position, &item)) {
        onem2m_target_split(item, &identifier, &fqdn);
        for (ahead = position; onem2m_list_next(list, &ahead, &other);) {
            onem2m_target_split(other, &other_identifier, &fqdn);
            if (onem2m_same_text(identifier, other_identifier))
                return onem2m_refuse(error, ONEM2M_R_BAD_TARGETS, (size_t)(other.data - list.data),
                                     "target-ids: octet %zu begins a target a second time",
                                     (size_t)(other.data - list.data));
        }
    }
    return 1;
}

static int check_texts(const ONEM2M_ATTRIBUTES *attributes, ONEM2M_ERROR *error)
{
    ONEM2M_SINK sink = { NULL, 0, 1 };

    for (int i = 0; i < ONEM2M_TEXT_COUNT; i++) {
        if (!onem2m_text_read(&sink, (ONEM2M_TEXT)i, attributes, error))
            return 0;
    }
    return check_duplicates(attributes->text[ONEM2M_TEXT_TARGET_IDS], error);
}

static int check_switch(int value, const char *name, ONEM2M_ERROR *error)
{
    return value == 0 || value == 1 ||
           onem2m_refuse(error, ONEM2M_R_BAD_ATTRIBUTE, ONEM2M_NO_OFFSET, "%s: %d is not 0 or 1",
                         name, value);
}

static int check_time(ONEM2M_TIME time, const char *name, ONEM2M_ERROR *error)
{
    return (time >= 0 && time <= ONEM2M_TIME_MAX) ||
           onem2m_refuse(error, ONEM2M_R_BAD_TIME, ONEM2M_NO_OFFSET,
                         "%s: before 1970 or after 9999 (m2m:timestamp, TS-0004 6.3.3)", name);
}

static int check_numbers(const ONEM2M_ATTRIBUTES *attributes, ONEM2M_ERROR *error)
{
    if (!onem2m_is_state(attributes->state))
        return onem2m_refuse(error, ONEM2M_R_BAD_STATE, ONEM2M_NO_OFFSET,
                             "state: %d is no state of a key", (int)attributes->state);
    return check_switch(attributes->registration, "registration", error) &&
           check_switch(attributes->extractable, "extractable", error) &&
           check_switch(attributes->derive_octets, "derive-octets", error) &&
           check_time(attributes->created, "created", error) &&
           check_time(attributes->not_after, "not-after", error);
}

static int check_size(const ONEM2M_ATTRIBUTES *attributes, size_t length, ONEM2M_ERROR *error)
{
    const ONEM2M_KIND_FORM *form = &onem2m_kind_forms[attributes->kind];

    if (attributes->state == ONEM2M_STATE_DESTROYED) {
        return length == 0 || onem2m_refuse(error, ONEM2M_R_BAD_KEY_LENGTH, ONEM2M_NO_OFFSET,
                                            "priv: %zu octets of a destroyed key", length);
    }
    if (length >= form->octets_min && length <= form->octets_max)
        return 1;
    if (form->octets_min == form->octets_max)
        return onem2m_refuse(error, ONEM2M_R_BAD_KEY_LENGTH, ONEM2M_NO_OFFSET,
                             "priv: %zu octets; a %s has %zu (%s)", length, form->name,
                             form->octets_min, form->clause);
    return onem2m_refuse(error, ONEM2M_R_BAD_KEY_LENGTH, ONEM2M_NO_OFFSET,
                         "priv: %zu octets; a %s has %zu to %zu (%s)", length, form->name,
                         form->octets_min, form->octets_max, form->clause);
}

static int check_parent(const ONEM2M_ATTRIBUTES *attributes, ONEM2M_ERROR *error)
{
    if (attributes->parent_kind != 0 && !onem2m_is_kind(attributes->parent_kind))
        return onem2m_refuse(error, ONEM2M_R_BAD_KIND, ONEM2M_NO_OFFSET,
                             "parent-key-id: %d is no kind of key", (int)attributes->parent_kind);
    if (attributes->parent_kind == 0 && attributes->text[ONEM2M_TEXT_PARENT_KEY_ID].length > 0)
        return onem2m_refuse(error, ONEM2M_R_MISSING_PARAMETER, ONEM2M_NO_OFFSET,
                             "parent-key-id: of a key whose kind is not said");
    return 1;
}

int onem2m_attributes_check_rules(const ONEM2M_ATTRIBUTES *attributes, size_t key_length,
                                  ONEM2M_ERROR *error)
{
    return onem2m_policy_admits(attributes, error) && check_numbers(attributes, error) &&
           check_parent(attributes, error) && check_size(attributes, key_length, error);
}

int onem2m_attributes_check(const ONEM2M_ATTRIBUTES *attributes, size_t key_length,
                            ONEM2M_ERROR *error)
{
    if (!onem2m_attributes_check_rules(attributes, key_length, error))
        return 0;
    if (attributes->text[ONEM2M_TEXT_KEY_ID].length == 0)
        return onem2m_refuse(error, ONEM2M_R_MISSING_PARAMETER, ONEM2M_NO_OFFSET,
                             "key-id: not set; a stored key has a name");
    return check_texts(attributes, error);
}

void onem2m_attributes_place(ONEM2M_ATTRIBUTES *attributes, const ONEM2M_MATERIAL *material)
{
    if (material->token == NULL) {
        attributes->custody = ONEM2M_CUSTODY_SOFTWARE;
        attributes->birth = ONEM2M_BIRTH_UNKNOWN;
        attributes->exposed = 0;
        return;
    }
    attributes->custody = material->key->custody;
    attributes->birth = material->key->birth;
    attributes->exposed = attributes->exposed || material->key->extractable ||
                          onem2m_birth_exposes(attributes->birth);
}

int onem2m_attributes_protection(const ONEM2M_ATTRIBUTES *attributes, int token)
{
    return attributes->custody == ONEM2M_CUSTODY_SOFTWARE || attributes->exposed
               ? ONEM2M_PROTECTION_SOFTWARE
               : token;
}

/* Fills a zeroed key; on failure it is zeroed again. */
static int fill(ONEM2M_KEY *key, const ONEM2M_ATTRIBUTES *attributes, char *storage,
                const ONEM2M_MATERIAL *material)
{
    const ONEM2M_SLICE octets = material->octets;

    if (octets.length > 0 && !onem2m_secret_reserve(&key->secret, octets.length)) {
        OPENSSL_free(storage);
        return 0;
    }
    onem2m_secret_assign(&key->secret, octets.data, octets.length);
    key->token = material->token;
    if (material->token != NULL)
        key->token_key = *material->key;
    key->attributes = *attributes;
    key->storage = storage;
    return 1;
}

/* The attributes with canonical texts in storage, which is large enough. */
static int canonicalize(ONEM2M_ATTRIBUTES *canonical, const ONEM2M_ATTRIBUTES *attributes,
                        ONEM2M_SINK *sink, ONEM2M_ERROR *error)
{
    *canonical = *attributes;
    for (int i = 0; i < ONEM2M_TEXT_COUNT; i++) {
        const size_t start = sink->length;

        if (!onem2m_text_read(sink, (ONEM2M_TEXT)i, attributes, error))
            return 0;
        if (sink->out != NULL)
            canonical->text[i] =
                (ONEM2M_SLICE){ (const unsigned char *)sink->out + start, sink->length - start };
    }
    return 1;
}

static int refuse_memory(ONEM2M_ERROR *error)
{
    return onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET,
                         "no memory for a key's attributes or octets");
}

int onem2m_key_make(ONEM2M_KEY *key, const ONEM2M_ATTRIBUTES *attributes,
                    const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    ONEM2M_ATTRIBUTES canonical;
    ONEM2M_SINK sink = { NULL, 0, 0 };

    if (!onem2m_attributes_check_rules(attributes, onem2m_material_length(material), error) ||
        !canonicalize(&canonical, attributes, &sink, error))
        return 0;
    sink.out = OPENSSL_malloc(sink.length + 1);
    if (sink.out == NULL)
        return refuse_memory(error);
    sink.length = 0;
    if (!canonicalize(&canonical, attributes, &sink, error) || !check_texts(&canonical, error)) {
        OPENSSL_free(sink.out);
        return 0;
    }
    onem2m_attributes_place(&canonical, material);
    return fill(key, &canonical, sink.out, material) || refuse_memory(error);
}

int onem2m_key_copy(ONEM2M_KEY *key, const ONEM2M_ATTRIBUTES *attributes,
                    const ONEM2M_MATERIAL *material)
{
    static const ONEM2M_MATERIAL nothing = { .token = NULL };
    ONEM2M_ATTRIBUTES copied = *attributes;
    ONEM2M_SINK sink = { NULL, 0, 0 };
    size_t total = 0;

    for (int i = 0; i < ONEM2M_TEXT_COUNT; i++)
        total += attributes->text[i].length;
    sink.out = OPENSSL_malloc(total + 1);
    if (sink.out == NULL)
        return 0;
    for (int i = 0; i < ONEM2M_TEXT_COUNT; i++) {
        copied.text[i].data = (const unsigned char *)sink.out + sink.length;
        if (copied.text[i].length > 0)
            onem2m_sink_put(&sink, attributes->text[i].data, attributes->text[i].length);
    }
    return fill(key, &copied, sink.out, material != NULL ? material : &nothing);
}

void onem2m_key_clear(ONEM2M_KEY *key)
{
    onem2m_secret_clear(&key->secret);
    OPENSSL_free(key->storage);
    memset(key, 0, sizeof(*key));
}
