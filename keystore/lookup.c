/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include "lookup.h"

static void lower_ascii(unsigned char *octets, size_t length)
{
    size_t i;

    for (i = 0; i < length; i++) {
        if (octets[i] >= 'A' && octets[i] <= 'Z')
            octets[i] = (unsigned char)(octets[i] + ('a' - 'A'));
    }
}

static void set_lookup(ONEM2M_LOOKUP *lookup, ONEM2M_KIND kind, const ONEM2M_ID *id)
{
    memcpy(lookup->octets, id->text, id->length);
    /* TS-0003 10.6: the relative part of a KmID is not case sensitive. */
    if (kind == ONEM2M_KIND_KM && id->form == ONEM2M_FORM_NAME)
        lower_ascii(lookup->octets + id->relative.offset, id->relative.length);
    lookup->octets[id->length] = 0;
    lookup->octets[id->length + 1] = (unsigned char)kind;
    lookup->length = id->length + 2;
    lookup->is_of_any_kind = id->form == ONEM2M_FORM_HEX && id->fqdn.length > 0;
}

int onem2m_lookup_form(ONEM2M_LOOKUP *lookup, ONEM2M_KIND kind, const char *key_id, size_t length,
                       ONEM2M_ERROR *error)
{
    ONEM2M_ID id;

    if (!onem2m_key_id_parse(&id, kind, key_id, length, ONEM2M_ID_FOLD_FQDN, error))
        return 0;
    set_lookup(lookup, kind, &id);
    return 1;
}

int onem2m_lookup_form_again(ONEM2M_LOOKUP *lookup, ONEM2M_KIND kind, const char *key_id,
                             size_t length, ONEM2M_ERROR *error)
{
    if (!lookup->is_of_any_kind)
        return onem2m_lookup_form(lookup, kind, key_id, length, error);
    lookup->octets[lookup->length - 1] = (unsigned char)kind;
    return 1;
}

int onem2m_lookup_of(ONEM2M_LOOKUP *lookup, const ONEM2M_ATTRIBUTES *attributes,
                     ONEM2M_ERROR *error)
{
    const ONEM2M_SLICE key_id = attributes->text[ONEM2M_TEXT_KEY_ID];

    return onem2m_lookup_form(lookup, attributes->kind, (const char *)key_id.data, key_id.length,
                              error);
}
