/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * One name and one subtree of a name constraint (RFC 5280 4.2.1.10, TS-0003 10.1.1.4.2).
 */
#include <string.h>
#include "tls/certificate.h"

static ONEM2M_SLICE octets_of(const ASN1_STRING *string)
{
    ONEM2M_SLICE slice = { ASN1_STRING_get0_data(string), (size_t)ASN1_STRING_length(string) };

    return slice;
}

static int lower(unsigned char octet)
{
    return octet >= 'A' && octet <= 'Z' ? octet + ('a' - 'A') : octet;
}

/* Whether text ends with end, without regard to the case of ASCII. */
static int ends_with(ONEM2M_SLICE text, ONEM2M_SLICE end)
{
    if (text.length < end.length)
        return 0;
    for (size_t i = 0; i < end.length; i++) {
        if (lower(text.data[text.length - end.length + i]) != lower(end.data[i]))
            return 0;
    }
    return 1;
}

/* RFC 5280: a host, or after a '.' every host below it. */
static int host_is_within(ONEM2M_SLICE host, ONEM2M_SLICE base)
{
    int is_domain = base.length > 0 && base.data[0] == '.';

    if (!ends_with(host, base))
        return 0;
    return is_domain ? host.length > base.length : host.length == base.length;
}

/* RFC 5280: the name itself and all with labels before it. */
static int dns_name_is_within(ONEM2M_SLICE name, ONEM2M_SLICE base)
{
    if (base.length == 0)
        return 1;
    return ends_with(name, base) && (name.length == base.length || base.data[0] == '.' ||
                                     name.data[name.length - base.length - 1] == '.');
}

static int device_is_within(const ONEM2M_DEVICE_ID *id, const ONEM2M_DEVICE_ID *base)
{
    return id->length >= base->length && memcmp(id->octets, base->octets, base->length) == 0;
}

static int has_distances(const GENERAL_SUBTREE *subtree)
{
    return subtree->maximum != NULL ||
           (subtree->minimum != NULL && ASN1_INTEGER_get(subtree->minimum) != 0);
}

/* The tree of object identifiers is one, whatever its subtrees give as type-id. */
static ONEM2M_RELATION relate_device(const ONEM2M_CERTIFICATE_NAME *name, const GENERAL_NAME *base)
{
    ONEM2M_DEVICE_ID subtree;

    if (base->type != GEN_OTHERNAME || !onem2m_device_id_of(&subtree, base->d.otherName))
        return ONEM2M_OTHER_TYPE;
    return device_is_within(&name->device, &subtree) ? ONEM2M_WITHIN : ONEM2M_OUTSIDE;
}

ONEM2M_RELATION onem2m_subtree_relate(const ONEM2M_CERTIFICATE_NAME *name,
                                      const GENERAL_SUBTREE *subtree)
{
    const GENERAL_NAME *base = subtree->base;
    ONEM2M_RELATION relation;

    if (name->type == GEN_OTHERNAME) {
        relation = relate_device(name, base);
    } else if (name->type != base->type) {
        relation = ONEM2M_OTHER_TYPE;
    } else if (name->type == GEN_DNS) {
        relation = dns_name_is_within(name->text, octets_of(base->d.dNSName)) ? ONEM2M_WITHIN
                                                                              : ONEM2M_OUTSIDE;
    } else if (name->host.length == 0) {
        relation = ONEM2M_UNCLEAR;
    } else {
        relation = host_is_within(name->host, octets_of(base->d.uniformResourceIdentifier))
                       ? ONEM2M_WITHIN
                       : ONEM2M_OUTSIDE;
    }
    return relation != ONEM2M_OTHER_TYPE && has_distances(subtree) ? ONEM2M_UNCLEAR : relation;
}
