/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include "tls/certificate.h"

#define CLAUSE "TS-0003 10.1.1.4.1"
#define RELATIVE_OID 13 /* universal tag, X.690 8.20; libcrypto has no name for it */
#define TEXT_MAX ((size_t)4 * ONEM2M_DEVICE_ID_OCTETS_MAX)

/* Arcs of a decimal number each, without leading zeros, with dots between. */
static int is_dotted(const char *text, size_t length)
{
    size_t start = 0;

    for (size_t i = 0; i <= length; i++) {
        if (i < length && text[i] >= '0' && text[i] <= '9')
            continue;
        if ((i < length && text[i] != '.') || i == start || (text[start] == '0' && i - start > 1))
            return 0;
        start = i + 1;
    }
    return 1;
}

/* Whether arcs end where the octets end, each in its shortest encoding. */
static int is_whole(const unsigned char *octets, size_t length)
{
    int begins = 1;

    for (size_t i = 0; i < length; i++) {
        if (begins && octets[i] == 0x80)
            return 0;
        begins = (octets[i] & 0x80) == 0;
    }
    return length > 0 && begins;
}

static int append(ONEM2M_DEVICE_ID *id, const unsigned char *octets, size_t length)
{
    if (!is_whole(octets, length) || length > sizeof(id->octets) - id->length)
        return 0;
    memcpy(id->octets + id->length, octets, length);
    id->length += length;
    return 1;
}

/* Without the first skipped octets of the encoding. */
static int append_text(ONEM2M_DEVICE_ID *id, const char *text, size_t skipped)
{
    ASN1_OBJECT *object;
    int done;

    ERR_set_mark();
    object = OBJ_txt2obj(text, 1);
    ERR_pop_to_mark();
    if (object == NULL)
        return 0;
    done = append(id, OBJ_get0_data(object) + skipped, OBJ_length(object) - skipped);
    ASN1_OBJECT_free(object);
    return done;
}

int onem2m_device_id_parse(ONEM2M_DEVICE_ID *id, const char *text, ONEM2M_ERROR *error)
{
    size_t length = strlen(text);

    id->length = 0;
    if (length == 0 || length > TEXT_MAX)
        return onem2m_refuse(error, length == 0 ? ONEM2M_R_EMPTY : ONEM2M_R_NAME_TOO_LONG, 0,
                             "device identifier: %zu characters; 1 to %zu (" CLAUSE ")", length,
                             TEXT_MAX);
    if (!is_dotted(text, length) || !append_text(id, text, 0))
        return onem2m_refuse(error, ONEM2M_R_BAD_FORM, 0,
                             "device identifier: no object identifier of at most %d octets, "
                             "written in digits and dots (" CLAUSE ")",
                             ONEM2M_DEVICE_ID_OCTETS_MAX);
    return 1;
}

int onem2m_device_id_print(const ONEM2M_DEVICE_ID *id, char *out, size_t size)
{
    unsigned char der[3 + ONEM2M_DEVICE_ID_OCTETS_MAX] = { V_ASN1_OBJECT };
    const unsigned char *p = der;
    size_t header = 2;
    ASN1_OBJECT *object;
    int length;

    if (id->length > 0x7F)
        der[header++ - 1] = 0x81;
    der[header - 1] = (unsigned char)id->length;
    memcpy(der + header, id->octets, id->length);
    object = d2i_ASN1_OBJECT(NULL, &p, (long)(header + id->length));
    if (object == NULL)
        return 0;
    length = OBJ_obj2txt(out, (int)size, object, 1);
    ASN1_OBJECT_free(object);
    return length > 0 && (size_t)length < size;
}

/* "100.3030": as the arcs after 1.0, which are one octet. */
static int append_remainder(ONEM2M_DEVICE_ID *id, const ASN1_STRING *value)
{
    const char *digits = (const char *)ASN1_STRING_get0_data(value);
    size_t length = (size_t)ASN1_STRING_length(value);
    char text[TEXT_MAX + 5];

    if (length == 0 || length > TEXT_MAX || !is_dotted(digits, length))
        return 0;
    snprintf(text, sizeof(text), "1.0.%.*s", (int)length, digits);
    return append_text(id, text, 1);
}

int onem2m_device_id_of(ONEM2M_DEVICE_ID *id, const OTHERNAME *name)
{
    const ASN1_TYPE *value = name->value;

    id->length = 0;
    if (!append(id, OBJ_get0_data(name->type_id), OBJ_length(name->type_id)))
        return 0;
    switch (value->type) {
    case RELATIVE_OID:
        return append(id, ASN1_STRING_get0_data(value->value.asn1_string),
                      (size_t)ASN1_STRING_length(value->value.asn1_string));
    case V_ASN1_UTF8STRING:
        return append_remainder(id, value->value.utf8string);
    default:
        return 0;
    }
}
