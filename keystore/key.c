/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>
#include <openssl/crypto.h>
#include <onem2m/params.h>
#include "identifier.h"
#include "key.h"
#include "policy.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define HEX_DIGITS ((size_t)2 * ONEM2M_RELATIVE_KEY_ID_OCTETS)

typedef struct {
    const char *name;
    ONEM2M_ID_KIND id_kind;
    size_t octets_min, octets_max;
    const char *clause; /* of the size */
} KIND_FORM;

static const KIND_FORM kind_forms[ONEM2M_KIND_MAX + 1] = {
    [ONEM2M_KIND_KPM] = { "kpm", ONEM2M_ID_KPM, 16, 512, "TS-0003 8.3.5.2.2" },
    [ONEM2M_KIND_KE] = { "ke", ONEM2M_ID_KE, 32, 32, "TS-0003 10.3.1" },
    [ONEM2M_KIND_KM] = { "km", ONEM2M_ID_KM, 16, 512, "TS-0003 8.8.2.2" },
    [ONEM2M_KIND_KPSA] = { "kpsa", ONEM2M_ID_KPSA, 16, 512, "TS-0003 8.2.2.1" },
    [ONEM2M_KIND_KC] = { "kc", ONEM2M_ID_KC, 16, 512, "TS-0003 8.8.2.7" },
    [ONEM2M_KIND_ESPRIM] = { "esprim", ONEM2M_ID_KC, 16, 64, "TS-0003 8.4.2" },
    [ONEM2M_KIND_ESPRIM_SESSION] = { "esprim-session", ONEM2M_ID_KC, 32, 32, "TS-0003 10.3.8.2" },
    [ONEM2M_KIND_ESDATA] = { "esdata", ONEM2M_ID_KC, 16, 512, "TS-0003 8.8.2.7" },
    [ONEM2M_KIND_E2E_MASTER] = { "e2e-master", ONEM2M_ID_KC, 32, 64, "TS-0003 10.3.6" },
    [ONEM2M_KIND_E2E] = { "e2e", ONEM2M_ID_KC, 32, 64, "TS-0003 10.3.6.2" },
    [ONEM2M_KIND_PAIRWISE_E2E] = { "pairwise-e2e", ONEM2M_ID_KC, 32, 32, "TS-0003 10.3.1" },
    [ONEM2M_KIND_HALF] = { "half", ONEM2M_ID_KC, 8, 256, "TS-0003 8.8.1 step 8" },
};

static int is_kind(ONEM2M_KIND kind)
{
    return kind >= ONEM2M_KIND_KPM && kind <= ONEM2M_KIND_MAX;
}

const char *onem2m_kind_name(ONEM2M_KIND kind)
{
    return is_kind(kind) ? kind_forms[kind].name : NULL;
}

static int is_word(const char *word, const char *text, size_t length)
{
    return strlen(word) == length && memcmp(word, text, length) == 0;
}

int onem2m_kind_parse(ONEM2M_KIND *kind, const char *text, size_t length, ONEM2M_ERROR *error)
{
    for (int i = ONEM2M_KIND_KPM; text != NULL && i <= ONEM2M_KIND_MAX; i++) {
        if (is_word(kind_forms[i].name, text, length)) {
            *kind = (ONEM2M_KIND)i;
            return 1;
        }
    }
    return onem2m_refuse(error, ONEM2M_R_BAD_KIND, ONEM2M_NO_OFFSET,
                         "kind: none of kpm, ke, km, kpsa, kc, esprim, esprim-session, esdata, "
                         "e2e-master, e2e, pairwise-e2e, half");
}

static const char *const state_names[] = {
    [ONEM2M_STATE_ACTIVE] = "active",
    [ONEM2M_STATE_SUSPENDED] = "suspended",
    [ONEM2M_STATE_REVOKED] = "revoked",
    [ONEM2M_STATE_DESTROYED] = "destroyed",
};

static int is_state(ONEM2M_STATE state)
{
    return state >= ONEM2M_STATE_ACTIVE && state <= ONEM2M_STATE_DESTROYED;
}

const char *onem2m_state_name(ONEM2M_STATE state)
{
    return is_state(state) ? state_names[state] : NULL;
}

int onem2m_state_parse(ONEM2M_STATE *state, const char *text, size_t length, ONEM2M_ERROR *error)
{
    for (int i = ONEM2M_STATE_ACTIVE; text != NULL && i <= ONEM2M_STATE_DESTROYED; i++) {
        if (is_word(state_names[i], text, length)) {
            *state = (ONEM2M_STATE)i;
            return 1;
        }
    }
    return onem2m_refuse(error, ONEM2M_R_BAD_STATE, ONEM2M_NO_OFFSET,
                         "state: none of active, suspended, revoked, destroyed (expired is "
                         "computed from not-after)");
}

const char *onem2m_purpose_name(ONEM2M_PURPOSE purpose)
{
    static const char *const names[] = {
        [ONEM2M_PURPOSE_NONE] = NULL,
        [ONEM2M_PURPOSE_MESSAGE_AUTHENTICATION_KEY] = ONEM2M_PURPOSE_MESSAGE_AUTHENTICATION,
        [ONEM2M_PURPOSE_MESSAGE_CONFIDENTIALITY_KEY] = ONEM2M_PURPOSE_MESSAGE_CONFIDENTIALITY,
        [ONEM2M_PURPOSE_ATTRIBUTE_AUTHENTICITY_KEY] = ONEM2M_PURPOSE_ATTRIBUTE_AUTHENTICITY,
        [ONEM2M_PURPOSE_ATTRIBUTE_CONFIDENTIALITY_KEY] = ONEM2M_PURPOSE_ATTRIBUTE_CONFIDENTIALITY,
    };

    return (size_t)purpose < COUNT(names) ? names[purpose] : NULL;
}

ONEM2M_ID_KIND onem2m_kind_id_kind(ONEM2M_KIND kind)
{
    return kind_forms[kind].id_kind;
}

static int has_at(const char *text, size_t length)
{
    return memchr(text, '@', length) != NULL;
}

/* The first octet that is no hexadecimal digit; length when all are. */
static size_t hex_span(const char *text, size_t length)
{
    size_t i = 0;

    while (i < length && text[i] != '\0' && strchr("0123456789ABCDEFabcdef", text[i]) != NULL)
        i++;
    return i;
}

/* pairwiseE2EKeyID: as many hexadecimal digits as the exporter gave octets for it. */
static int parse_bare_hex(ONEM2M_ID *id, const char *text, size_t length, ONEM2M_ERROR *error)
{
    size_t digits = hex_span(text, length);

    if (digits < length || length != HEX_DIGITS)
        return onem2m_refuse(error, ONEM2M_R_BAD_FORM, digits < length ? digits : ONEM2M_NO_OFFSET,
                             "neither %zu hexadecimal digits nor relative@FQDN (TS-0003 10.3.1)",
                             HEX_DIGITS);
    memset(id, 0, sizeof(*id));
    id->kind = ONEM2M_ID_KC;
    id->form = ONEM2M_FORM_HEX;
    id->relative.length = length;
    id->length = length;
    for (size_t i = 0; i < length; i++)
        id->text[i] = (char)(text[i] >= 'a' ? text[i] - 'a' + 'A' : text[i]);
    return 1;
}

int onem2m_key_id_parse(ONEM2M_ID *id, ONEM2M_KIND kind, const char *text, size_t length,
                        unsigned int flags, ONEM2M_ERROR *error)
{
    if (!is_kind(kind))
        return onem2m_refuse(error, ONEM2M_R_BAD_KIND, ONEM2M_NO_OFFSET, "%d is no kind of key",
                             (int)kind);
    if (kind == ONEM2M_KIND_PAIRWISE_E2E && text != NULL && length > 0 && !has_at(text, length))
        return parse_bare_hex(id, text, length, error);
    return onem2m_id_parse(id, kind_forms[kind].id_kind, text, length, flags, error);
}

static int refuse_allowed_suid(size_t offset, ONEM2M_ERROR *error)
{
    return onem2m_refuse(error, ONEM2M_R_BAD_SUID, offset,
                         "allowed-suids: no SUID of 21 to 25, or one a second time, at octet %zu "
                         "(TS-0004 6.3.4.2.39)",
                         offset);
}

int onem2m_allowed_suids_parse(unsigned int *allowed_suids, const char *text, size_t length,
                               ONEM2M_ERROR *error)
{
    const ONEM2M_SLICE list = { (const unsigned char *)text, length };
    unsigned int found = 0, bit;
    size_t position = 0, offset;
    ONEM2M_SLICE item;

    if (text == NULL || length == 0)
        return onem2m_refuse(error, ONEM2M_R_EMPTY, 0, "allowed-suids: empty");
    while (onem2m_list_next(list, &position, &item)) {
        offset = (size_t)(item.data - list.data);
        if (item.length != 2 || item.data[0] != '2' || item.data[1] < '1' || item.data[1] > '5')
            return refuse_allowed_suid(offset, error);
        bit = 1U << (item.data[1] - '1');
        if ((found & bit) != 0)
            return refuse_allowed_suid(offset, error);
        found |= bit;
    }
    *allowed_suids = found;
    return 1;
}

void onem2m_allowed_suids_print(char out[ONEM2M_ALLOWED_SUIDS_SIZE], unsigned int allowed_suids)
{
    size_t used = 0;

    for (unsigned int i = 0; i < 5; i++) {
        if ((allowed_suids >> i & 1) == 0)
            continue;
        if (used > 0)
            out[used++] = ' ';
        out[used++] = '2';
        out[used++] = (char)('1' + i);
    }
    out[used] = '\0';
}

ONEM2M_USAGE onem2m_attributes_usage(const ONEM2M_ATTRIBUTES *attributes)
{
    ONEM2M_SUID suid;

    switch (attributes->purpose) {
    case ONEM2M_PURPOSE_MESSAGE_AUTHENTICATION_KEY:
    case ONEM2M_PURPOSE_MESSAGE_CONFIDENTIALITY_KEY:
        return ONEM2M_USAGE_ESPRIM;
    case ONEM2M_PURPOSE_ATTRIBUTE_AUTHENTICITY_KEY:
        return ONEM2M_USAGE_ESDATA_SIGN;
    case ONEM2M_PURPOSE_ATTRIBUTE_CONFIDENTIALITY_KEY:
        return ONEM2M_USAGE_ESDATA_ENCRYPT;
    default:
        return onem2m_suid_parse(&suid, attributes->suid, NULL) ? suid.usage : (ONEM2M_USAGE)0;
    }
}

int onem2m_attributes_expired(const ONEM2M_ATTRIBUTES *attributes, ONEM2M_TIME now)
{
    return attributes->not_after != 0 && attributes->not_after <= now;
}

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

/* ---- Forms of texts: each reads an item and gives its canonical form, in buffer or as it is ----
 */

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
        return uri.length - offset > 2 && hex_span(chars(uri) + offset + 1, 2) == 2;
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

/* Where canonical texts go. */
typedef struct {
    char *out; /* NULL: they are only measured */
    size_t length;
    int is_strict; /* a text that is not in canonical form is refused */
} SINK;

static void put(SINK *sink, const void *octets, size_t length)
{
    if (sink->out != NULL)
        memcpy(sink->out + sink->length, octets, length);
    sink->length += length;
}

static int is_same(ONEM2M_SLICE a, ONEM2M_SLICE b)
{
    return a.length == b.length && memcmp(a.data, b.data, a.length) == 0;
}

static int read_item(SINK *sink, const TEXT_FORM *form, const ONEM2M_ATTRIBUTES *attributes,
                     ONEM2M_SLICE item, ONEM2M_ERROR *error)
{
    char buffer[BUFFER_MAX];
    ONEM2M_SLICE canonical;

    if (!form->read(&canonical, attributes, item, buffer, error))
        return 0;
    if (sink->is_strict && !is_same(canonical, item))
        return onem2m_refuse(error, ONEM2M_R_BAD_ATTRIBUTE, 0, "not in its canonical form");
    put(sink, canonical.data, canonical.length);
    return 1;
}

static int read_list(SINK *sink, const TEXT_FORM *form, const ONEM2M_ATTRIBUTES *attributes,
                     ONEM2M_SLICE list, ONEM2M_ERROR *error)
{
    size_t position = 0;
    ONEM2M_SLICE item;

    while (onem2m_list_next(list, &position, &item)) {
        if (item.data != list.data)
            put(sink, " ", 1);
        if (!read_item(sink, form, attributes, item, error))
            return refuse_text(form->name, (size_t)(item.data - list.data), error);
    }
    return 1;
}

static int read_text(SINK *sink, ONEM2M_TEXT which, const ONEM2M_ATTRIBUTES *attributes,
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

/* A list of targets in canonical form names nobody twice. */
static int check_duplicates(ONEM2M_SLICE list, ONEM2M_ERROR *error)
{
    ONEM2M_SLICE item, identifier, other, other_identifier, fqdn;
    size_t position = 0, ahead;

    while (onem2m_list_next(list, &position, &item)) {
        onem2m_target_split(item, &identifier, &fqdn);
        for (ahead = position; onem2m_list_next(list, &ahead, &other);) {
            onem2m_target_split(other, &other_identifier, &fqdn);
            if (is_same(identifier, other_identifier))
                return onem2m_refuse(error, ONEM2M_R_BAD_TARGETS, (size_t)(other.data - list.data),
                                     "target-ids: octet %zu begins a target a second time",
                                     (size_t)(other.data - list.data));
        }
    }
    return 1;
}

static int check_texts(const ONEM2M_ATTRIBUTES *attributes, ONEM2M_ERROR *error)
{
    SINK sink = { NULL, 0, 1 };

    for (int i = 0; i < ONEM2M_TEXT_COUNT; i++) {
        if (!read_text(&sink, (ONEM2M_TEXT)i, attributes, error))
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
    if (!is_state(attributes->state))
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
    const KIND_FORM *form = &kind_forms[attributes->kind];

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
    if (attributes->parent_kind != 0 && !is_kind(attributes->parent_kind))
        return onem2m_refuse(error, ONEM2M_R_BAD_KIND, ONEM2M_NO_OFFSET,
                             "parent-key-id: %d is no kind of key", (int)attributes->parent_kind);
    if (attributes->parent_kind == 0 && attributes->text[ONEM2M_TEXT_PARENT_KEY_ID].length > 0)
        return onem2m_refuse(error, ONEM2M_R_MISSING_PARAMETER, ONEM2M_NO_OFFSET,
                             "parent-key-id: of a key whose kind is not said");
    return 1;
}

/* What does not depend on the form of texts. */
static int check_rules(const ONEM2M_ATTRIBUTES *attributes, size_t secret_length,
                       ONEM2M_ERROR *error)
{
    return onem2m_policy_admits(attributes, error) && check_numbers(attributes, error) &&
           check_parent(attributes, error) && check_size(attributes, secret_length, error);
}

int onem2m_attributes_check(const ONEM2M_ATTRIBUTES *attributes, size_t secret_length,
                            ONEM2M_ERROR *error)
{
    if (!check_rules(attributes, secret_length, error))
        return 0;
    if (attributes->text[ONEM2M_TEXT_KEY_ID].length == 0)
        return onem2m_refuse(error, ONEM2M_R_MISSING_PARAMETER, ONEM2M_NO_OFFSET,
                             "key-id: not set; a stored key has a name");
    return check_texts(attributes, error);
}

/* Fills a zeroed key; on failure it is zeroed again. */
static int fill(ONEM2M_KEY *key, const ONEM2M_ATTRIBUTES *attributes, char *storage,
                ONEM2M_SLICE secret)
{
    if (secret.length > 0 && !onem2m_secret_reserve(&key->secret, secret.length)) {
        OPENSSL_free(storage);
        return 0;
    }
    onem2m_secret_assign(&key->secret, secret.data, secret.length);
    key->attributes = *attributes;
    key->storage = storage;
    return 1;
}

/* The attributes with canonical texts in storage, which is large enough. */
static int canonicalize(ONEM2M_ATTRIBUTES *canonical, const ONEM2M_ATTRIBUTES *attributes,
                        SINK *sink, ONEM2M_ERROR *error)
{
    *canonical = *attributes;
    for (int i = 0; i < ONEM2M_TEXT_COUNT; i++) {
        const size_t start = sink->length;

        if (!read_text(sink, (ONEM2M_TEXT)i, attributes, error))
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

int onem2m_key_make(ONEM2M_KEY *key, const ONEM2M_ATTRIBUTES *attributes, ONEM2M_SLICE secret,
                    ONEM2M_ERROR *error)
{
    ONEM2M_ATTRIBUTES canonical;
    SINK sink = { NULL, 0, 0 };

    if (!check_rules(attributes, secret.length, error) ||
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
    return fill(key, &canonical, sink.out, secret) || refuse_memory(error);
}

int onem2m_key_copy(ONEM2M_KEY *key, const ONEM2M_ATTRIBUTES *attributes, ONEM2M_SLICE secret)
{
    ONEM2M_ATTRIBUTES copied = *attributes;
    SINK sink = { NULL, 0, 0 };
    size_t total = 0;

    for (int i = 0; i < ONEM2M_TEXT_COUNT; i++)
        total += attributes->text[i].length;
    sink.out = OPENSSL_malloc(total + 1);
    if (sink.out == NULL)
        return 0;
    for (int i = 0; i < ONEM2M_TEXT_COUNT; i++) {
        copied.text[i].data = (const unsigned char *)sink.out + sink.length;
        if (copied.text[i].length > 0)
            put(&sink, attributes->text[i].data, attributes->text[i].length);
    }
    return fill(key, &copied, sink.out, secret);
}

void onem2m_key_clear(ONEM2M_KEY *key)
{
    onem2m_secret_clear(&key->secret);
    OPENSSL_free(key->storage);
    memset(key, 0, sizeof(*key));
}
