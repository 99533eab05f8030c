/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/crypto.h>
#include <onem2m/params.h>
#include "store_uri.h"

#define SCHEME ONEM2M_STORE_SCHEME ":"
#define URI_MAX 8192

static ONEM2M_SLICE slice(const char *text, size_t length)
{
    return (ONEM2M_SLICE){ (const unsigned char *)text, length };
}

static const char *chars(ONEM2M_SLICE text)
{
    return (const char *)text.data;
}

/* ---- Percent-encoding (RFC 3986 2.1) ---- */

/* Decodes length octets at offset of the URI; *used: where to write in storage, and what after. */
static int decode(ONEM2M_STORE_URI *uri, const char *text, size_t length, size_t offset,
                  size_t *used, ONEM2M_SLICE *decoded, ONEM2M_ERROR *error)
{
    const size_t start = *used;

    for (size_t i = 0; i < length; i++) {
        const char *at = text + offset + i;
        int high = -1, low = -1;

        if (*at != '%') {
            uri->storage[(*used)++] = *at;
            continue;
        }
        if (length - i > 2) {
            high = OPENSSL_hexchar2int((unsigned char)at[1]);
            low = OPENSSL_hexchar2int((unsigned char)at[2]);
        }
        if (high < 0 || low < 0 || high + low == 0)
            return onem2m_refuse(error, ONEM2M_R_BAD_FORM, offset + i,
                                 "uri: no character is encoded at octet %zu (RFC 3986 2.1)",
                                 offset + i);
        uri->storage[(*used)++] = (char)(high * 16 + low);
        i += 2;
    }
    *decoded = slice(uri->storage + start, *used - start);
    return 1;
}

static int is_unreserved(char octet)
{
    return (octet >= 'A' && octet <= 'Z') || (octet >= 'a' && octet <= 'z') ||
           (octet >= '0' && octet <= '9') || (octet != '\0' && strchr("-._~@", octet) != NULL);
}

char *onem2m_store_uri_of(const ONEM2M_ATTRIBUTES *attributes)
{
    static const char digits[] = "0123456789ABCDEF";
    const ONEM2M_SLICE key_id = attributes->text[ONEM2M_TEXT_KEY_ID];
    const char *kind = onem2m_kind_name(attributes->kind);
    char *uri =
        OPENSSL_malloc(sizeof(SCHEME) + 3 * key_id.length + strlen("?kind=") + strlen(kind));
    char *end = uri;

    if (uri == NULL)
        return NULL;
    memcpy(end, SCHEME, strlen(SCHEME));
    end += strlen(SCHEME);
    for (size_t i = 0; i < key_id.length; i++) {
        if (is_unreserved(chars(key_id)[i])) {
            *end++ = chars(key_id)[i];
        } else {
            *end++ = '%';
            *end++ = digits[key_id.data[i] >> 4];
            *end++ = digits[key_id.data[i] & 15];
        }
    }
    memcpy(end, "?kind=", strlen("?kind="));
    end += strlen("?kind=");
    memcpy(end, kind, strlen(kind) + 1);
    return uri;
}

/* ---- Queries ---- */

typedef int query_fn(ONEM2M_STORE_URI *uri, ONEM2M_SLICE value, ONEM2M_ERROR *error);

static int take_kind(ONEM2M_STORE_URI *uri, ONEM2M_SLICE value, ONEM2M_ERROR *error)
{
    return onem2m_kind_parse(&uri->kind, chars(value), value.length, error);
}

static int take_suid(ONEM2M_STORE_URI *uri, ONEM2M_SLICE value, ONEM2M_ERROR *error)
{
    ONEM2M_SUID suid;
    unsigned int number = 0;

    for (size_t i = 0; i < value.length; i++) {
        if (value.data[i] < '0' || value.data[i] > '9' || i > 1)
            return onem2m_refuse(error, ONEM2M_R_BAD_SUID, ONEM2M_NO_OFFSET,
                                 "suid: no number of two digits (TS-0004 6.3.4.2.39)");
        number = 10 * number + (unsigned int)(value.data[i] - '0');
    }
    uri->suid = number;
    return onem2m_suid_parse(&suid, number, error);
}

static int take_usage(ONEM2M_STORE_URI *uri, ONEM2M_SLICE value, ONEM2M_ERROR *error)
{
    const char *name;

    for (int i = 1; (name = onem2m_usage_name((ONEM2M_USAGE)i)) != NULL; i++) {
        if (strlen(name) == value.length && memcmp(name, value.data, value.length) == 0) {
            uri->usage = (ONEM2M_USAGE)i;
            return 1;
        }
    }
    return onem2m_refuse(error, ONEM2M_R_BAD_CHOICE, ONEM2M_NO_OFFSET,
                         "usage: none of mef, maf, saef, esprim, esdata-encrypt, esdata-sign");
}

static int take_requester(ONEM2M_STORE_URI *uri, ONEM2M_SLICE value, ONEM2M_ERROR *error)
{
    ONEM2M_ID id;

    if (!onem2m_id_parse_entity(&id, chars(value), value.length, ONEM2M_ID_STRICT, error))
        return 0;
    memcpy(uri->requester_text, id.text, id.length);
    uri->requester = slice(uri->requester_text, id.length);
    return 1;
}

static int take_label(ONEM2M_STORE_URI *uri, ONEM2M_SLICE value, ONEM2M_ERROR *error)
{
    (void)error;
    uri->label = value;
    return 1;
}

static const struct {
    const char *name;
    query_fn *take;
    int of_key, of_list; /* where it may stand */
} queries[] = {
    { "kind", take_kind, 1, 1 },   { "usage", take_usage, 1, 1 },
    { "suid", take_suid, 0, 1 },   { "requester", take_requester, 1, 0 },
    { "label", take_label, 0, 1 },
};
#define QUERY_COUNT (sizeof(queries) / sizeof(queries[0]))

static int refuse_query(size_t offset, const char *why, ONEM2M_ERROR *error)
{
    return onem2m_refuse(error, ONEM2M_R_BAD_FORM, offset, "uri: the query at octet %zu %s", offset,
                         why);
}

static int find_query(size_t *index, const char *name, size_t length, size_t offset,
                      ONEM2M_ERROR *error)
{
    for (*index = 0; *index < QUERY_COUNT; (*index)++) {
        if (strlen(queries[*index].name) == length &&
            memcmp(queries[*index].name, name, length) == 0)
            return 1;
    }
    return refuse_query(offset, "is none of kind, usage, suid, requester, label", error);
}

/* NAME=VALUE, length octets at offset; taken: those already seen, as bits. */
static int take_query(ONEM2M_STORE_URI *uri, const char *text, size_t length, size_t offset,
                      size_t *used, unsigned int *taken, ONEM2M_ERROR *error)
{
    const char *sign = memchr(text + offset, '=', length);
    const size_t name_length = sign != NULL ? (size_t)(sign - text) - offset : length;
    ONEM2M_SLICE value;
    size_t i;

    if (!find_query(&i, text + offset, name_length, offset, error))
        return 0;
    if (sign == NULL || name_length + 1 == length)
        return refuse_query(offset, "has no value", error);
    if ((*taken >> i & 1) != 0)
        return refuse_query(offset, "stands there a second time", error);
    if (uri->key_id.length > 0 ? !queries[i].of_key : !queries[i].of_list)
        return refuse_query(
            offset, uri->key_id.length > 0 ? "is for lists, not for one key" : "is for one key",
            error);
    *taken |= 1U << i;
    return decode(uri, text, length - name_length - 1, offset + name_length + 1, used, &value,
                  error) &&
           queries[i].take(uri, value, error);
}

static int take_queries(ONEM2M_STORE_URI *uri, const char *text, size_t offset, size_t *used,
                        ONEM2M_ERROR *error)
{
    unsigned int taken = 0;

    for (;;) {
        const size_t length = strcspn(text + offset, "&");

        if (!take_query(uri, text, length, offset, used, &taken, error))
            return 0;
        if (text[offset + length] == '\0')
            return 1;
        offset += length + 1;
    }
}

static int parse(ONEM2M_STORE_URI *uri, const char *text, ONEM2M_ERROR *error)
{
    size_t offset = strlen(SCHEME), used = 0, length;

    length = strcspn(text + offset, "?#");
    if (text[offset + strcspn(text + offset, "#")] != '\0')
        return onem2m_refuse(error, ONEM2M_R_BAD_FORM, ONEM2M_NO_OFFSET,
                             "uri: a fragment ('#') names nothing here");
    if (!decode(uri, text, length, offset, &used, &uri->key_id, error))
        return 0;
    return text[offset + length] == '\0' ||
           take_queries(uri, text, offset + length + 1, &used, error);
}

int onem2m_store_uri_parse(ONEM2M_STORE_URI *uri, const char *text, ONEM2M_ERROR *error)
{
    memset(uri, 0, sizeof(*uri));
    if (OPENSSL_strncasecmp(text, SCHEME, strlen(SCHEME)) != 0)
        return onem2m_refuse(error, ONEM2M_R_BAD_FORM, 0, "uri: its scheme is not " SCHEME);
    if (strlen(text) > URI_MAX)
        return onem2m_refuse(error, ONEM2M_R_NAME_TOO_LONG, ONEM2M_NO_OFFSET,
                             "uri: more than %d octets", URI_MAX);
    uri->storage = OPENSSL_malloc(strlen(text) + 1);
    if (uri->storage == NULL)
        return onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
    if (parse(uri, text, error))
        return 1;
    onem2m_store_uri_clear(uri);
    return 0;
}

void onem2m_store_uri_clear(ONEM2M_STORE_URI *uri)
{
    OPENSSL_free(uri->storage);
    memset(uri, 0, sizeof(*uri));
}

static int has_label(const ONEM2M_ATTRIBUTES *attributes, ONEM2M_SLICE label)
{
    size_t position = 0;
    ONEM2M_SLICE item;

    while (onem2m_list_next(attributes->text[ONEM2M_TEXT_LABELS], &position, &item)) {
        if (item.length == label.length && memcmp(item.data, label.data, label.length) == 0)
            return 1;
    }
    return 0;
}

int onem2m_store_uri_selects(const ONEM2M_STORE_URI *uri, const ONEM2M_ATTRIBUTES *attributes)
{
    return (uri->kind == 0 || uri->kind == attributes->kind) &&
           (uri->suid == 0 || uri->suid == attributes->suid) &&
           (uri->usage == 0 || uri->usage == onem2m_attributes_usage(attributes)) &&
           (uri->label.length == 0 || has_label(attributes, uri->label));
}
