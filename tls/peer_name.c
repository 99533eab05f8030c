/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include "keystore/identifier.h"
#include "tls/peer.h"

/* What the names of a flavour are (10.1.1.4 to 10.1.1.8). */
typedef struct {
    ONEM2M_PEER_FLAVOUR flavour;
    const char *identifier;
    const char *clause;
} FLAVOUR;

static const FLAVOUR flavours[] = {
    { ONEM2M_PEER_FQDN, "FQDN", "TS-0003 10.1.1.6" },
    { ONEM2M_PEER_CSE_ID, "public domain name of a CSE-ID", "TS-0003 10.1.1.7" },
    { ONEM2M_PEER_AE_ID, "absolute AE-ID", "TS-0003 10.1.1.5" },
    { ONEM2M_PEER_DEVICE, "device identifier", "TS-0003 10.1.1.4" },
    { ONEM2M_PEER_NODE_ID, "Node-ID", "TS-0003 10.1.1.8" },
    { ONEM2M_PEER_PUBLIC_KEY, "public key identifier", "TS-0003 10.1.2" },
};

static const FLAVOUR *flavour_of(ONEM2M_PEER_FLAVOUR flavour)
{
    for (size_t i = 0; i < sizeof(flavours) / sizeof(flavours[0]); i++) {
        if (flavours[i].flavour == flavour)
            return &flavours[i];
    }
    return NULL;
}

static int keep(char **kept, const char *text, ONEM2M_ERROR *error)
{
    *kept = OPENSSL_strdup(text);
    if (*kept == NULL)
        return onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET,
                             "no memory for its identifier");
    return 1;
}

/* What stands in a certificate is ASCII, names of other alphabets as A-labels (RFC 5280 7.2). */
static int check_ascii(const FLAVOUR *flavour, const char *text, ONEM2M_ERROR *error)
{
    for (size_t i = 0; text[i] != '\0'; i++) {
        if ((unsigned char)text[i] <= 0x20 || (unsigned char)text[i] >= 0x7F || text[i] == '*')
            return onem2m_refuse(error, ONEM2M_R_BAD_CHARACTER, i,
                                 "identifier: octet 0x%02X cannot stand in the %s of a "
                                 "certificate (%s)",
                                 (unsigned char)text[i], flavour->identifier, flavour->clause);
    }
    return 1;
}

static int parse_id(ONEM2M_EXPECTED_PEER *expected, ONEM2M_ID_KIND kind, const char *text,
                    ONEM2M_ERROR *error)
{
    ONEM2M_ID id;

    if (!onem2m_id_parse(&id, kind, text, strlen(text), ONEM2M_ID_STRICT, error))
        return 0;
    if (kind == ONEM2M_ID_AE && id.form != ONEM2M_FORM_ABSOLUTE)
        return onem2m_refuse(error, ONEM2M_R_BAD_FORM, 0,
                             "identifier: an AE-ID that is not absolute (TS-0003 10.1.1.5)");
    return keep(&expected->identifier, id.text, error);
}

static int parse_device(ONEM2M_EXPECTED_PEER *expected, const char *text, ONEM2M_ERROR *error)
{
    return onem2m_device_id_parse(&expected->device, text, error) &&
           keep(&expected->identifier, text, error);
}

static int parse_node_id(ONEM2M_EXPECTED_PEER *expected, const char *text, ONEM2M_ERROR *error)
{
    size_t length = strlen(text);

    if (length == 0 || length > ONEM2M_ID_MAX)
        return onem2m_refuse(error, length == 0 ? ONEM2M_R_EMPTY : ONEM2M_R_NAME_TOO_LONG, 0,
                             "identifier: a Node-ID of %zu octets; 1 to %d", length, ONEM2M_ID_MAX);
    return keep(&expected->identifier, text, error);
}

static int parse_public_key_id(ONEM2M_EXPECTED_PEER *expected, const char *text,
                               ONEM2M_ERROR *error)
{
    char canonical[ONEM2M_PUBLIC_KEY_ID_MAX + 1];
    size_t size = 0;

    return onem2m_public_key_id_canonical(canonical, &size, text, strlen(text), error) &&
           keep(&expected->identifier, canonical, error);
}

static int parse_identifier(ONEM2M_EXPECTED_PEER *expected, const FLAVOUR *flavour,
                            const char *text, ONEM2M_ERROR *error)
{
    if (!check_ascii(flavour, text, error))
        return 0;
    switch (flavour->flavour) {
    case ONEM2M_PEER_FQDN:
    case ONEM2M_PEER_CSE_ID:
        return parse_id(expected, ONEM2M_ID_FQDN, text, error);
    case ONEM2M_PEER_AE_ID:
        return parse_id(expected, ONEM2M_ID_AE, text, error);
    case ONEM2M_PEER_DEVICE:
        return parse_device(expected, text, error);
    case ONEM2M_PEER_NODE_ID:
        return parse_node_id(expected, text, error);
    case ONEM2M_PEER_PUBLIC_KEY:
        break;
    }
    return parse_public_key_id(expected, text, error);
}

static int parse_entity_id(ONEM2M_EXPECTED_PEER *expected, const char *text, ONEM2M_ERROR *error)
{
    ONEM2M_ID id;

    return onem2m_id_parse_entity(&id, text, strlen(text), ONEM2M_ID_STRICT, error) &&
           keep(&expected->entity_id, id.text, error);
}

int onem2m_peer_parse(ONEM2M_EXPECTED_PEER *expected, const ONEM2M_PEER *peer, ONEM2M_ERROR *error)
{
    const FLAVOUR *flavour = flavour_of(peer->flavour);

    if (flavour == NULL)
        return onem2m_refuse(error, ONEM2M_R_BAD_CHOICE, ONEM2M_NO_OFFSET,
                             "%d is no ONEM2M_PEER_FLAVOUR (TS-0003 8.1.2.1)", (int)peer->flavour);
    if ((peer->flags &
         ~(unsigned int)(ONEM2M_PEER_ALLOW_UNCONSTRAINED | ONEM2M_PEER_CHECK_REVOCATION)) != 0)
        return onem2m_refuse(error, ONEM2M_R_BAD_CHOICE, ONEM2M_NO_OFFSET,
                             "flags 0x%X are not all known", peer->flags);
    if (peer->identifier == NULL && peer->flavour == ONEM2M_PEER_PUBLIC_KEY)
        return onem2m_refuse(error, ONEM2M_R_EMPTY, ONEM2M_NO_OFFSET,
                             "a raw public key is known by its identifier alone (TS-0003 "
                             "8.1.2.4)");
    expected->flavour = peer->flavour;
    expected->flags = peer->flags;
    return (peer->identifier == NULL ||
            parse_identifier(expected, flavour, peer->identifier, error)) &&
           (peer->entity_id == NULL || parse_entity_id(expected, peer->entity_id, error));
}

/* Graphic ASCII, which is what names have been checked to be, is its own canonical form. */
static int is_id(ONEM2M_ID_KIND kind, ONEM2M_SLICE text)
{
    ONEM2M_ID id;

    return onem2m_id_parse(&id, kind, (const char *)text.data, text.length, ONEM2M_ID_STRICT,
                           NULL) &&
           (kind != ONEM2M_ID_AE || id.form == ONEM2M_FORM_ABSOLUTE);
}

/* The identifier that a name gives for the flavour; 0 when it is not one of that flavour. */
static int name_gives(char out[ONEM2M_ID_MAX + 1], ONEM2M_PEER_FLAVOUR flavour,
                      const ONEM2M_CERTIFICATE_NAME *name)
{
    ONEM2M_SLICE text = name->text;
    int fits = 0;

    switch (flavour) {
    case ONEM2M_PEER_FQDN:
        text = name->host;
        fits = (name->type == GEN_DNS || (name->type == GEN_URI && name->is_host_only)) &&
               is_id(ONEM2M_ID_FQDN, text);
        break;
    case ONEM2M_PEER_CSE_ID:
        fits = name->type == GEN_DNS && is_id(ONEM2M_ID_FQDN, text);
        break;
    case ONEM2M_PEER_AE_ID:
        fits = name->type == GEN_URI && is_id(ONEM2M_ID_AE, text);
        break;
    case ONEM2M_PEER_NODE_ID:
        fits = name->type == GEN_URI && text.length <= ONEM2M_ID_MAX;
        break;
    case ONEM2M_PEER_DEVICE:
        return name->type == GEN_OTHERNAME &&
               onem2m_device_id_print(&name->device, out, ONEM2M_ID_MAX + 1);
    case ONEM2M_PEER_PUBLIC_KEY:
        break;
    }
    if (fits) {
        memcpy(out, text.data, text.length);
        out[text.length] = '\0';
    }
    return fits;
}

static int is_expected(const ONEM2M_EXPECTED_PEER *expected, const ONEM2M_CERTIFICATE_NAME *name,
                       const char *given)
{
    if (expected->identifier == NULL)
        return 1;
    if (expected->flavour == ONEM2M_PEER_DEVICE)
        return name->device.length == expected->device.length &&
               memcmp(name->device.octets, expected->device.octets, name->device.length) == 0;
    return strcmp(given, expected->identifier) == 0;
}

static int refuse_names(const ONEM2M_EXPECTED_PEER *expected, int of_flavour, ONEM2M_ERROR *error)
{
    const FLAVOUR *flavour = flavour_of(expected->flavour);
    char quoted[ONEM2M_QUOTED_MAX];

    if (of_flavour == 0)
        return onem2m_refuse(error, ONEM2M_R_PEER_MISMATCH, ONEM2M_NO_OFFSET,
                             "certificate: no %s in the subjectAltName extension (TS-0003 8.1.2.5, "
                             "%s)",
                             flavour->identifier, flavour->clause + strlen("TS-0003 "));
    if (expected->identifier == NULL)
        return onem2m_refuse(error, ONEM2M_R_PEER_MISMATCH, ONEM2M_NO_OFFSET,
                             "certificate: more than one %s, and none is expected by name "
                             "(TS-0003 8.1.2.5)",
                             flavour->identifier);
    return onem2m_refuse(error, ONEM2M_R_PEER_MISMATCH, ONEM2M_NO_OFFSET,
                         "certificate: none of its names is the expected %s '%s' (TS-0003 8.1.2.5)",
                         flavour->identifier, onem2m_quote(quoted, expected->identifier));
}

int onem2m_peer_match(ONEM2M_EXPECTED_PEER *expected, ONEM2M_CERTIFICATE_NAME *found,
                      const GENERAL_NAMES *names, ONEM2M_ERROR *error)
{
    int of_flavour = 0, matches = 0;

    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        ONEM2M_CERTIFICATE_NAME name;
        char given[ONEM2M_ID_MAX + 1];

        if (!onem2m_certificate_name(&name, sk_GENERAL_NAME_value(names, i)) ||
            !name_gives(given, expected->flavour, &name))
            continue;
        of_flavour++;
        if (!is_expected(expected, &name, given) ||
            (matches > 0 && strcmp(given, expected->matched) == 0))
            continue;
        if (++matches == 1) {
            *found = name;
            memcpy(expected->matched, given, sizeof(given));
        }
    }
    if (matches != 1)
        return refuse_names(expected, of_flavour, error);
    return 1;
}
