/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include "identifier.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define TYPE_DIGITS 2
#define VALUE_OFFSET (TYPE_DIGITS + 1)
#define VALUE_MAX (ONEM2M_CREDENTIAL_ID_MAX - VALUE_OFFSET)
#define HARDWARE_CLAUSE "TS-0003 10.1.1.4"

typedef enum {
    VALUE_KEY_ID,
    VALUE_PUBLIC_KEY_ID,
    VALUE_HARDWARE_INSTANCE_ID,
    VALUE_ENTITY /* a CSE-ID or AE-ID, or its FQDN */
} VALUE_KIND;

typedef struct {
    unsigned int number;
    VALUE_KIND value;
    ONEM2M_ID_KIND id_kind;
} CREDENTIAL_TYPE;

/* sec:credIDTypeID, TS-0003 table 12.3.2.1-1. */
static const CREDENTIAL_TYPE types[] = {
    { 10, VALUE_KEY_ID, ONEM2M_ID_KPM },   { 11, VALUE_KEY_ID, ONEM2M_ID_KM },
    { 12, VALUE_KEY_ID, ONEM2M_ID_KPSA }, /* or KcID, whose form is among KpsaID's */
    { 13, VALUE_KEY_ID, ONEM2M_ID_KPM },  /* 13 to 16: the generic form, like KpmID's */
    { 14, VALUE_KEY_ID, ONEM2M_ID_KPM },   { 15, VALUE_KEY_ID, ONEM2M_ID_KPM },
    { 16, VALUE_KEY_ID, ONEM2M_ID_KPM },   { 30, VALUE_PUBLIC_KEY_ID, 0 },
    { 31, VALUE_HARDWARE_INSTANCE_ID, 0 }, { 32, VALUE_ENTITY, ONEM2M_ID_CSE },
    { 33, VALUE_ENTITY, ONEM2M_ID_AE },    { 41, VALUE_PUBLIC_KEY_ID, 0 },
    { 42, VALUE_HARDWARE_INSTANCE_ID, 0 }, { 43, VALUE_ENTITY, ONEM2M_ID_CSE },
    { 44, VALUE_ENTITY, ONEM2M_ID_AE },    { 51, VALUE_PUBLIC_KEY_ID, 0 },
    { 52, VALUE_HARDWARE_INSTANCE_ID, 0 }, { 53, VALUE_ENTITY, ONEM2M_ID_CSE },
    { 54, VALUE_ENTITY, ONEM2M_ID_AE },
};

/* The canonical value. */
typedef struct {
    size_t length;
    char text[VALUE_MAX + 1];
} VALUE;

static const CREDENTIAL_TYPE *find_type(unsigned int number)
{
    for (size_t i = 0; i < COUNT(types); i++) {
        if (types[i].number == number)
            return &types[i];
    }
    return NULL;
}

static int is_digit(unsigned char octet)
{
    return octet >= '0' && octet <= '9';
}

static int refuse_octet(ONEM2M_SLICE text, size_t offset, const char *rule, ONEM2M_ERROR *error)
{
    char described[ONEM2M_DESCRIBED_MAX];

    onem2m_describe_character(described, (const char *)text.data + offset, text.length - offset);
    return onem2m_refuse(error, ONEM2M_R_BAD_CHARACTER, offset,
                         "Credential-ID value: %s at octet %zu is no %s", described, offset, rule);
}

static int set_value(VALUE *value, const char *text, size_t length)
{
    memcpy(value->text, text, length);
    value->text[length] = '\0';
    value->length = length;
    return 1;
}

static int parse_key_id(VALUE *value, ONEM2M_ID_KIND kind, ONEM2M_SLICE text, ONEM2M_ERROR *error)
{
    ONEM2M_ID id;

    return onem2m_id_parse(&id, kind, (const char *)text.data, text.length, ONEM2M_ID_STRICT,
                           error) &&
           set_value(value, id.text, id.length);
}

static int parse_public_key_id(VALUE *value, ONEM2M_SLICE text, ONEM2M_ERROR *error)
{
    char canonical[ONEM2M_PUBLIC_KEY_ID_MAX + 1];
    size_t length = 0;

    return onem2m_public_key_id_canonical(canonical, &length, (const char *)text.data, text.length,
                                          error) &&
           set_value(value, canonical, length);
}

/* Whether text that is digits and dots, at least one of both, is an object identifier. */
static int check_arcs(ONEM2M_SLICE text, ONEM2M_ERROR *error)
{
    size_t start = 0;

    for (size_t i = 0; i <= text.length; i++) {
        if (i < text.length && text.data[i] != '.')
            continue;
        if (i == start || (text.data[start] == '0' && i - start > 1))
            return onem2m_refuse(error, ONEM2M_R_BAD_FORM, start,
                                 "Credential-ID value: an arc that is empty or begins with 0 at "
                                 "octet %zu of an object identifier (" HARDWARE_CLAUSE ")",
                                 start);
        start = i + 1;
    }
    return 1;
}

static int is_uri_octet(unsigned char octet)
{
    return onem2m_is_name_octet(octet) ||
           (octet != '\0' && strchr("~:/?#[]@!$&'()*+,;=%", octet) != NULL);
}

/* An object identifier, or whatever else the characters of a URI can say. */
static int parse_hardware_instance_id(VALUE *value, ONEM2M_SLICE text, ONEM2M_ERROR *error)
{
    int has_dot = 0, is_numeric = 1;

    for (size_t i = 0; i < text.length; i++) {
        if (!is_uri_octet(text.data[i]))
            return refuse_octet(text, i, "character of a URI (TS-0003 12.2)", error);
        if (text.data[i] == '.')
            has_dot = 1;
        else if (!is_digit(text.data[i]))
            is_numeric = 0;
    }
    if (has_dot && is_numeric && !check_arcs(text, error))
        return 0;
    return set_value(value, (const char *)text.data, text.length);
}

static int parse_entity(VALUE *value, ONEM2M_ID_KIND kind, ONEM2M_SLICE text, ONEM2M_ERROR *error)
{
    ONEM2M_ID id;

    if (text.data[0] != '/')
        kind = ONEM2M_ID_FQDN;
    if (!onem2m_id_parse(&id, kind, (const char *)text.data, text.length, ONEM2M_ID_STRICT, error))
        return 0;
    if (id.form == ONEM2M_FORM_SP_RELATIVE)
        return onem2m_refuse(error, ONEM2M_R_BAD_FORM, 0,
                             "Credential-ID value: %s relative to a service provider, so not "
                             "globally unique (TS-0003 10.4)",
                             onem2m_id_kind_name(kind));
    return set_value(value, id.text, id.length);
}

static int parse_value(VALUE *value, const CREDENTIAL_TYPE *type, ONEM2M_SLICE text,
                       ONEM2M_ERROR *error)
{
    if (text.length == 0)
        return onem2m_refuse(error, ONEM2M_R_EMPTY, 0, "Credential-ID value: empty (TS-0003 10.4)");
    switch (type->value) {
    case VALUE_KEY_ID:
        return parse_key_id(value, type->id_kind, text, error);
    case VALUE_PUBLIC_KEY_ID:
        return parse_public_key_id(value, text, error);
    case VALUE_HARDWARE_INSTANCE_ID:
        return parse_hardware_instance_id(value, text, error);
    case VALUE_ENTITY:
        break;
    }
    return parse_entity(value, type->id_kind, text, error);
}

static void put_together(ONEM2M_CREDENTIAL_ID *credential_id, unsigned int type, const VALUE *value)
{
    memset(credential_id, 0, sizeof(*credential_id));
    credential_id->type = type;
    credential_id->text[0] = (char)('0' + type / 10);
    credential_id->text[1] = (char)('0' + type % 10);
    credential_id->text[2] = '-';
    memcpy(credential_id->text + VALUE_OFFSET, value->text, value->length);
    credential_id->value.offset = VALUE_OFFSET;
    credential_id->value.length = value->length;
    credential_id->length = VALUE_OFFSET + value->length;
}

static int refuse_type(unsigned int number, size_t offset, ONEM2M_ERROR *error)
{
    return onem2m_refuse(error, ONEM2M_R_BAD_CREDENTIAL_TYPE, offset,
                         "Credential-ID type: %u is none of 10 to 16, 30 to 33, 41 to 44, "
                         "51 to 54 (TS-0003 12.3.2.1)",
                         number);
}

/* Two digits, without sign or leading zero, and '-'. */
static int parse_type(const CREDENTIAL_TYPE **type, ONEM2M_SLICE text, ONEM2M_ERROR *error)
{
    unsigned int number;
    size_t digits = 0;

    while (digits < text.length && is_digit(text.data[digits]))
        digits++;
    if (digits == 0 || digits == text.length || text.data[digits] != '-')
        return onem2m_refuse(error, ONEM2M_R_BAD_FORM, digits,
                             "Credential-ID: octet %zu does not continue <type>-<value> "
                             "(TS-0003 10.4)",
                             digits);
    if (digits != TYPE_DIGITS)
        return onem2m_refuse(error, ONEM2M_R_BAD_CREDENTIAL_TYPE, 0,
                             "Credential-ID type: %zu digits where every type has %d "
                             "(TS-0003 12.3.2.1)",
                             digits, TYPE_DIGITS);
    number = 10U * (unsigned int)(text.data[0] - '0') + (unsigned int)(text.data[1] - '0');
    *type = find_type(number);
    return *type != NULL || refuse_type(number, 0, error);
}

int onem2m_credential_id_parse(ONEM2M_CREDENTIAL_ID *credential_id, const char *text, size_t length,
                               ONEM2M_ERROR *error)
{
    char buffer[ONEM2M_TEXT_MAX];
    const CREDENTIAL_TYPE *type = NULL;
    ONEM2M_SLICE canonical;
    VALUE value;

    if (text == NULL || length == 0)
        return onem2m_refuse(error, ONEM2M_R_EMPTY, 0, "Credential-ID: empty");
    if (!onem2m_text_normalize(&canonical, text, length, buffer, ONEM2M_CREDENTIAL_ID_MAX, error) ||
        !parse_type(&type, canonical, error))
        return 0;
    canonical.data += VALUE_OFFSET;
    canonical.length -= VALUE_OFFSET;
    if (!parse_value(&value, type, canonical, error))
        return onem2m_refuse_part(error, VALUE_OFFSET);
    put_together(credential_id, type->number, &value);
    return 1;
}

/* The alphabet of TS-0003 10.4, narrower than that of the identifiers in it. */
static int check_alphabet(const VALUE *value, ONEM2M_ERROR *error)
{
    ONEM2M_SLICE text = { (const unsigned char *)value->text, value->length };

    for (size_t i = 0; i < text.length; i++) {
        if (!onem2m_is_name_octet(text.data[i]) && text.data[i] != '@')
            return refuse_octet(text, i, "letter, digit, '.', '_', '-' or '@' (TS-0003 10.4)",
                                error);
    }
    return 1;
}

int onem2m_credential_id_form(ONEM2M_CREDENTIAL_ID *credential_id, unsigned int type,
                              const char *value, size_t value_length, ONEM2M_ERROR *error)
{
    const CREDENTIAL_TYPE *known = find_type(type);
    char buffer[ONEM2M_TEXT_MAX];
    ONEM2M_SLICE canonical;
    VALUE formed;

    if (known == NULL)
        return refuse_type(type, ONEM2M_NO_OFFSET, error);
    if (value == NULL)
        value_length = 0;
    if (!onem2m_text_normalize(&canonical, value, value_length, buffer, VALUE_MAX, error) ||
        !parse_value(&formed, known, canonical, error) || !check_alphabet(&formed, error))
        return 0;
    put_together(credential_id, type, &formed);
    return 1;
}

static int equal_km_id(const ONEM2M_CREDENTIAL_ID *a, const ONEM2M_CREDENTIAL_ID *b)
{
    ONEM2M_ID km_id_a, km_id_b;

    return onem2m_id_parse(&km_id_a, ONEM2M_ID_KM, a->text + a->value.offset, a->value.length,
                           ONEM2M_ID_STRICT, NULL) &&
           onem2m_id_parse(&km_id_b, ONEM2M_ID_KM, b->text + b->value.offset, b->value.length,
                           ONEM2M_ID_STRICT, NULL) &&
           onem2m_id_equal(&km_id_a, &km_id_b);
}

int onem2m_credential_id_equal(const ONEM2M_CREDENTIAL_ID *a, const ONEM2M_CREDENTIAL_ID *b)
{
    if (a->type != b->type || a->length != b->length)
        return 0;
    if (find_type(a->type) != NULL && find_type(a->type)->id_kind == ONEM2M_ID_KM)
        return equal_km_id(a, b);
    return memcmp(a->text, b->text, a->length) == 0;
}
