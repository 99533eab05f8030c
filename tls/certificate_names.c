/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include "tls/certificate.h"

static size_t find(ONEM2M_SLICE text, size_t start, const char *stops)
{
    while (start < text.length &&
           (text.data[start] == '\0' || strchr(stops, text.data[start]) == NULL))
        start++;
    return start;
}

static ONEM2M_SLICE cut(ONEM2M_SLICE text, size_t start, size_t end)
{
    ONEM2M_SLICE part = { text.data + start, end - start };

    return part;
}

static int begins_with(ONEM2M_SLICE text, size_t start, const char *prefix)
{
    size_t length = strlen(prefix);

    return text.length - start >= length && memcmp(text.data + start, prefix, length) == 0;
}

/* host[:port][/path]; a host that is no FQDN is none: no user, no address, no final dot. */
static void take_authority(ONEM2M_CERTIFICATE_NAME *name, size_t start)
{
    ONEM2M_SLICE host = cut(name->text, start, find(name->text, start, ":/?#"));

    if (!onem2m_fqdn_check(host.data, host.length, NULL))
        return;
    name->host = host;
    name->is_host_only = start + host.length == name->text.length;
}

/* With a scheme, without one as oneM2M's absolute identifiers are, or an FQDN alone (8.1.2.5). */
static void take_uri(ONEM2M_CERTIFICATE_NAME *name)
{
    size_t scheme = find(name->text, 0, ":/?#");

    if (begins_with(name->text, 0, "//")) {
        take_authority(name, 2);
    } else if (begins_with(name->text, scheme, ":")) {
        name->has_scheme = 1;
        if (scheme > 0 && begins_with(name->text, scheme, "://"))
            take_authority(name, scheme + 3);
    } else {
        take_authority(name, 0);
        if (!name->is_host_only)
            name->host.length = 0;
    }
}

static ONEM2M_SLICE octets_of(const ASN1_STRING *string)
{
    ONEM2M_SLICE slice = { ASN1_STRING_get0_data(string), (size_t)ASN1_STRING_length(string) };

    return slice;
}

int onem2m_certificate_name(ONEM2M_CERTIFICATE_NAME *name, const GENERAL_NAME *general)
{
    memset(name, 0, sizeof(*name));
    name->type = general->type;
    switch (general->type) {
    case GEN_DNS:
        name->text = octets_of(general->d.dNSName);
        name->host = name->text;
        return 1;
    case GEN_URI:
        name->text = octets_of(general->d.uniformResourceIdentifier);
        take_uri(name);
        return 1;
    case GEN_OTHERNAME:
        return onem2m_device_id_of(&name->device, general->d.otherName);
    default:
        return 0;
    }
}

const char *onem2m_quote_slice(char out[ONEM2M_QUOTED_MAX], ONEM2M_SLICE text)
{
    size_t i;

    for (i = 0; i < ONEM2M_QUOTED_MAX - 1 && i < text.length; i++)
        out[i] = (char)(text.data[i] >= 0x20 && text.data[i] < 0x7F ? text.data[i] : '?');
    out[i] = '\0';
    return out;
}

static int check_text(ONEM2M_SLICE text, const char *type, int let_wildcards, ONEM2M_ERROR *error)
{
    char quoted[ONEM2M_QUOTED_MAX];

    if (text.length == 0)
        return onem2m_refuse(error, ONEM2M_R_BAD_CERTIFICATE, ONEM2M_NO_OFFSET,
                             "certificate: an empty %s (RFC 5280 4.2.1.6, TS-0003 10.1.1.1)", type);
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] <= 0x20 || text.data[i] >= 0x7F)
            return onem2m_refuse(error, ONEM2M_R_BAD_CERTIFICATE, i,
                                 "certificate: octet 0x%02X in %s '%s' (RFC 5280 4.2.1.6, TS-0003 "
                                 "10.1.1.1)",
                                 text.data[i], type, onem2m_quote_slice(quoted, text));
    }
    if (!let_wildcards && find(text, 0, "*") < text.length)
        return onem2m_refuse(error, ONEM2M_R_BAD_CERTIFICATE, ONEM2M_NO_OFFSET,
                             "certificate: a wildcard in %s '%s' (TS-0003 10.1.1.5 to 10.1.1.8)",
                             type, onem2m_quote_slice(quoted, text));
    return 1;
}

int onem2m_certificate_names_check(const GENERAL_NAMES *names, int let_wildcards,
                                   ONEM2M_ERROR *error)
{
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        ONEM2M_CERTIFICATE_NAME name;

        if (!onem2m_certificate_name(&name, sk_GENERAL_NAME_value(names, i)) ||
            name.type == GEN_OTHERNAME)
            continue;
        if (!check_text(name.text, name.type == GEN_DNS ? "dNSName" : "URI", let_wildcards, error))
            return 0;
    }
    return 1;
}
