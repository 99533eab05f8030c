/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include "identifier.h"
#include "key_internal.h"

/* The forms of attributes that are text: each is read an item at a time and taken to its canonical
 * form, in a buffer or as it is. */

#define BUFFER_MAX ONEM2M_TEXT_MAX /* an identifier, '=' and an FQDN fit */
_Static_assert(ONEM2M_ID_MAX + 1 + ONEM2M_FQDN_MAX <= BUFFER_MAX, "a target fits the buffer");
_Static_assert(ONEM2M_CREDENTIAL_ID_MAX <= BUFFER_MAX, "a Credential-ID fits the buffer");

typedef int read_fn(ONEM2M_SLICE *canonical, const ONEM2M_ATTRIBUTES *attributes, ONEM2M_SLICE item,
                    char *buffer, ONEM2M_ERROR *error);

static const char *chars(ONEM2M_SLICE text)
{
    return (const char *)text.data;
}

static int keep(ONEM2M_SLICE *canonical, const char *text, size_t length, char *buffer)
{
    memcpy(buffer, text, length);
    *canonical = (ONEM2M_SLICE){ (const unsigned char *)buffer, length };
    return 1;
}

static int read_name(ONEM2M_SLICE *canonical, ONEM2M_KIND kind, ONEM2M_SLICE item, char *buffer,
                     ONEM2M_ERROR *error)
{
    ONEM2M_ID id;

    return onem2m_key_id_parse(&id, kind, chars(item), item.length, ONEM2M_ID_STRICT, error) &&
           keep(canonical, id.text, id.length, buffer);
}

static int read_key_id(ONEM2M_SLICE *canonical, const ONEM2M_ATTRIBUTES *attributes,
                       ONEM2M_SLICE item, char *buffer, ONEM2M_ERROR *error)
{
    return read_name(canonical, attributes->kind, item, buffer, error);
}

static int read_parent_key_id(ONEM2M_SLICE *canonical, const ONEM2M_ATTRIBUTES *attributes,
                              ONEM2M_SLICE item, char *buffer, ONEM2M_ERROR *error)
{
    return read_name(canonical, attributes->parent_kind, item, buffer, error);
}

/* An identifier that means the same entity everywhere, as one who was authenticated has it. */
static int parse_global_entity(ONEM2M_ID *id, ONEM2M_SLICE item, ONEM2M_ERROR *error)
{
    if (!onem2m_id_parse_entity(id, chars(item), item.length, ONEM2M_ID_STRICT, error))
        return 0;
    if (id->form == ONEM2M_FORM_ABSOLUTE || id->kind == ONEM2M_ID_FQDN)
        return 1;
    return onem2m_refuse(error, ONEM2M_R_BAD_FORM, 0,
                         "a relative %s; an absolute one or an FQDN is needed "
                         "(TS-0003 8.3.5.2.7, 8.8.2.7)",
                         onem2m_id_kind_name(id->kind));
}

static int read_source_id(ONEM2M_SLICE *canonical, const ONEM2M_ATTRIBUTES *attributes,
                          ONEM2M_SLICE item, char *buffer, ONEM2M_ERROR *error)
{
    ONEM2M_ID id;

    (void)attributes;
    return parse_global_entity(&id, item, error) && keep(canonical, id.text, id.length, buffer);
}

static int read_entity_id(ONEM2M_SLICE *canonical, const ONEM2M_ATTRIBUTES *attributes,
                          ONEM2M_SLICE item, char *buffer, ONEM2M_ERROR *error)
{
    ONEM2M_ID id;

    (void)attributes;
    return onem2m_id_parse_entity(&id, chars(item), item.length, ONEM2M_ID_STRICT, error) &&
           keep(canonical, id.text, id.length, buffer);
}

static int read_credential_id(ONEM2M_SLICE *canonical, const ONEM2M_ATTRIBUTES *attributes,
                              ONEM2M_SLICE item, char *buffer, ONEM2M_ERROR *error)
{
    ONEM2M_CREDENTIAL_ID id;

    (void)attributes;
    return onem2m_credential_id_parse(&id, chars(item), item.length, error) &&
           keep(canonical, id.text, id.length, buffer);
}

static int read_fqdn(ONEM2M_SLICE *canonical, const ONEM2M_ATTRIBUTES *attributes,
                     ONEM2M_SLICE item, char *buffer, ONEM2M_ERROR *error)
{
    (void)attributes;
    return onem2m_fqdn_normalize(canonical, chars(item), item.length, buffer, ONEM2M_FQDN_MAX,
                                 error);
}

/* identifier or identifier=FQDN */
static int read_target(ONEM2M_SLICE *canonical, const ONEM2M_ATTRIBUTES *attributes,
                       ONEM2M_SLICE item, char *buffer, ONEM2M_ERROR *error)
{
    char fqdn_buffer[ONEM2M_FQDN_MAX];
    ONEM2M_SLICE identifier, fqdn;
    ONEM2M_ID id;

    (void)attributes;
    onem2m_target_split(item, &identifier, &fqdn);
    if (!parse_global_entity(&id, identifier, error))
        return 0;
    if (identifier.length == item.length)
        return keep(canonical, id.text, id.length, buffer);
    if (id.kind == ONEM2M_ID_FQDN)
        return onem2m_refuse(error, ONEM2M_R_BAD_TARGETS, identifier.length,
                             "an FQDN has no other FQDN after '='");
    if (!onem2m_fqdn_normalize(&fqdn, chars(fqdn), fqdn.length, fqdn_buffer, sizeof(fqdn_buffer),
                               error))
        return onem2m_refuse_part(error, identifier.length + 1);
    memcpy(buffer, id.text, id.length);
    buffer[id.length] = '=';
    memcpy(buffer + id.length + 1, fqdn.data, fqdn.length);
    *canonical = (ONEM2M_SLICE){ (unsigned char *)buffer, id.length + 1 + fqdn.length };
    return 1;
}

/* Kept as it is: in NFKC it could contain spaces that it does not have now. */
static int read_label(ONEM2M_SLICE *canonical, const ONEM2M_ATTRIBUTES *attributes,
                      ONEM2M_SLICE item, char *buffer, ONEM2M_ERROR *error)
{
    ONEM2M_SLICE normalized;

    (void)attributes;
    *canonical = item;
    return item.length == 0 ? onem2m_refuse(error, ONEM2M_R_EMPTY, 0, "an empty label")
                            : onem2m_text_normalize(&normalized, chars(item), item.length, buffer,
                                                    BUFFER_MAX, error);
}

static int is_letter(unsigned char octet)
{
    return (octet >= 'A' && octet <= 'Z') || (octet >= 'a' && octet <= 'z');
}

static int is_digit(unsigned char octet)
{
    return octet >= '0' && octet <= '9';
}

/* The length of a URI's scheme, 0 without one (RFC 3986 3.1). */
static size_t scheme_length(ONEM2M_SLICE uri)
{
    size_t i = 0;

    if (uri.length == 0 || !is_letter(uri.data[0]))
        return 0;
    while (i < uri.length && (is_letter(uri.data[i]) || is_digit(uri.data[i]) ||
                              (uri.data[i] != '\0' && strchr("+-.", uri.data[i]) != NULL)))
        i++;
    return i < uri.length && uri.data[i] == ':' ? i : 0;
}

/* Whether an octet, or a percent sign with its two digits, stands at offset of a URI. */
static int is_uri_character(ONEM2M_SLICE uri, size_t offset)
{
    const unsigned char octet = uri.data[offset];

    if (octet == '%')
        return uri.length - offset > 2 && onem2m_hex_span(chars(uri) + offset + 1, 2) == 2;
    return is_letter(octet) || is_digit(octet) ||
           (octet != '\0' && strchr("-._~:/?#[]@!$&'()*+,;=", octet) != NULL);
}

static int read_uri(ONEM2M_SLICE *canonical, const ONEM2M_ATTRIBUTES *attributes, ONEM2M_SLICE item,
                    char *buffer, ONEM2M_ERROR *error)
{
    char described[ONEM2M_DESCRIBED_MAX];

    (void)attributes;
    (void)buffer;
    for (size_t i = 0; i < item.length; i++) {
        if (!is_uri_character(item, i))
            return onem2m_refuse(
                error, ONEM2M_R_BAD_CHARACTER, i, "%s at octet %zu is none of a URI (RFC 3986 2)",
                onem2m_describe_character(described, chars(item) + i, item.length - i), i);
    }
    if (scheme_length(item) == 0)
        return onem2m_refuse(error, ONEM2M_R_BAD_FORM, 0, "no scheme before a ':' (RFC 3986 3.1)");
    *canonical = item;
    return 1;
}

typedef struct {
    const char *name;
    read_fn *read;
    int is_list;
} TEXT_FORM;

static const TEXT_FORM text_forms[ONEM2M_TEXT_COUNT] = {
    [ONEM2M_TEXT_KEY_ID] = { "key-id", read_key_id, 0 },
    [ONEM2M_TEXT_PARENT_KEY_ID] = { "parent-key-id", read_parent_key_id, 0 },
    [ONEM2M_TEXT_SOURCE_ID] = { "source-id", read_source_id, 0 },
    [ONEM2M_TEXT_SOURCE_CREDENTIAL_ID] = { "source-credential-id", read_credential_id, 0 },
    [ONEM2M_TEXT_TARGET_IDS] = { "target-ids", read_target, 1 },
    [ONEM2M_TEXT_LABELS] = { "labels", read_label, 1 },
    [ONEM2M_TEXT_ADMIN_FQDN] = { "admin-fqdn", read_fqdn, 0 },
    [ONEM2M_TEXT_ENTITY_ID] = { "entity-id", read_entity_id, 0 },
    [ONEM2M_TEXT_REGISTRAR_URI] = { "registrar-uri", read_uri, 0 },
};

const char *onem2m_text_name(ONEM2M_TEXT text)
{
    return text_forms[text].name;
}

/* Puts the attribute's name before a refusal, and its offset into the whole text. Returns 0. */
static int refuse_text(const char *name, size_t base, ONEM2M_ERROR *error)
{
    ONEM2M_ERROR inner;

    if (error == NULL)
        return 0;
    inner = *error;
    onem2m_refuse(error, inner.reason, inner.offset, "%s: %s", name, inner.detail);
    return onem2m_refuse_part(error, base);
}

void onem2m_sink_put(ONEM2M_SINK *sink, const void *octets, size_t length)
{
    if (sink->out != NULL)
        memcpy(sink->out + sink->length, octets, length);
    sink->length += length;
}

int onem2m_same_text(ONEM2M_SLICE a, ONEM2M_SLICE b)
{
    return a.length == b.length && memcmp(a.data, b.data, a.length) == 0;
}

static int read_item(ONEM2M_SINK *sink, const TEXT_FORM *form, const ONEM2M_ATTRIBUTES *attributes,
                     ONEM2M_SLICE item, ONEM2M_ERROR *error)
{
    char buffer[BUFFER_MAX];
    ONEM2M_SLICE canonical;

    if (!form->read(&canonical, attributes, item, buffer, error))
        return 0;
    if (sink->is_strict && !onem2m_same_text(canonical, item))
        return onem2m_refuse(error, ONEM2M_R_BAD_ATTRIBUTE, 0, "not in its canonical form");
    onem2m_sink_put(sink, canonical.data, canonical.length);
    return 1;
}

static int read_list(ONEM2M_SINK *sink, const TEXT_FORM *form, const ONEM2M_ATTRIBUTES *attributes,
                     ONEM2M_SLICE list, ONEM2M_ERROR *error)
{
    size_t position = 0;
    ONEM2M_SLICE item;

    while (onem2m_list_next(list, &position, &item)) {
        if (item.data != list.data)
            onem2m_sink_put(sink, " ", 1);
        if (!read_item(sink, form, attributes, item, error))
            return refuse_text(form->name, (size_t)(item.data - list.data), error);
    }
    return 1;
}

int onem2m_text_read(ONEM2M_SINK *sink, ONEM2M_TEXT which, const ONEM2M_ATTRIBUTES *attributes,
                     ONEM2M_ERROR *error)
{
    const TEXT_FORM *form = &text_forms[which];
    const ONEM2M_SLICE text = attributes->text[which];

    if (text.length == 0)
        return 1;
    if (text.length > ONEM2M_ATTRIBUTE_MAX)
        return onem2m_refuse(error, ONEM2M_R_BAD_LENGTH, ONEM2M_ATTRIBUTE_MAX,
                             "%s: %zu octets; at most %d", form->name, text.length,
                             ONEM2M_ATTRIBUTE_MAX);
    if (form->is_list)
        return read_list(sink, form, attributes, text, error);
    return read_item(sink, form, attributes, text, error) || refuse_text(form->name, 0, error);
}
