/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <utf8proc.h>
#include "text.h"

/* More code points than any text that fits ONEM2M_TEXT_MAX octets has when decomposed. */
#define CODE_POINTS_MAX ONEM2M_TEXT_INPUT_MAX(ONEM2M_TEXT_MAX)
#define NFKC (UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT)
#define FQDN_CLAUSE "(TS-0004 6.2.3)"

static int is_printable_ascii(unsigned char octet)
{
    return octet >= 0x20 && octet < 0x7F;
}

/* Without a branch, so that the compiler takes many octets at once: most texts are. */
static int all_are_printable_ascii(const char *text, size_t length)
{
    unsigned char others = 0;

    for (size_t i = 0; i < length; i++)
        others |= (unsigned char)!is_printable_ascii((unsigned char)text[i]);
    return others == 0;
}

static size_t printable_ascii_length(const char *text, size_t length)
{
    size_t i = 0;

    if (all_are_printable_ascii(text, length))
        return length;
    while (i < length && is_printable_ascii((unsigned char)text[i]))
        i++;
    return i;
}

static int refuse_control(size_t offset, unsigned int code_point, ONEM2M_ERROR *error)
{
    return onem2m_refuse(error, ONEM2M_R_CONTROL_CHARACTER, offset,
                         "control character 0x%02X at octet %zu (TS-0003 10.3, TS-0004 6.2.3)",
                         code_point, offset);
}

static int check_characters(const char *text, size_t start, size_t length, ONEM2M_ERROR *error)
{
    const utf8proc_uint8_t *octets = (const utf8proc_uint8_t *)text;
    utf8proc_int32_t code_point;
    utf8proc_ssize_t used;
    size_t i;

    for (i = start; i < length; i += (size_t)used) {
        used = utf8proc_iterate(octets + i, (utf8proc_ssize_t)(length - i), &code_point);
        if (used <= 0)
            return onem2m_refuse(error, ONEM2M_R_INVALID_UTF8, i,
                                 "octet 0x%02X at octet %zu is not UTF-8 (RFC 3629)", octets[i], i);
        if (utf8proc_category(code_point) == UTF8PROC_CATEGORY_CC)
            return refuse_control(i, (unsigned int)code_point, error);
    }
    return 1;
}

static int refuse_long_text(size_t size, ONEM2M_ERROR *error)
{
    return onem2m_refuse(error, ONEM2M_R_NAME_TOO_LONG, ONEM2M_NO_OFFSET,
                         "text of more than %zu octets in NFKC (TS-0003 10.3)", size);
}

static int encode(ONEM2M_SLICE *canonical, const utf8proc_int32_t *code_points, size_t count,
                  char *buffer, size_t size, ONEM2M_ERROR *error)
{
    utf8proc_uint8_t *out = (utf8proc_uint8_t *)buffer;
    utf8proc_uint8_t character[4];
    size_t used = 0, i;

    for (i = 0; i < count; i++) {
        utf8proc_ssize_t n = utf8proc_encode_char(code_points[i], character);

        if ((size_t)n > size - used)
            return refuse_long_text(size, error);
        for (utf8proc_ssize_t k = 0; k < n; k++)
            out[used++] = character[k];
    }
    canonical->data = out;
    canonical->length = used;
    return 1;
}

/* NFKC of UTF-8 that was found valid. */
static int compose(ONEM2M_SLICE *canonical, const char *text, size_t length, char *buffer,
                   size_t size, ONEM2M_ERROR *error)
{
    utf8proc_int32_t code_points[CODE_POINTS_MAX];
    utf8proc_ssize_t count;

    count = utf8proc_decompose((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)length,
                               code_points, (utf8proc_ssize_t)CODE_POINTS_MAX, NFKC);
    if (count < 0 || (size_t)count > CODE_POINTS_MAX)
        return refuse_long_text(size, error);
    count = utf8proc_normalize_utf32(code_points, count, NFKC);
    if (count < 0)
        return refuse_long_text(size, error);
    return encode(canonical, code_points, (size_t)count, buffer, size, error);
}

int onem2m_text_normalize(ONEM2M_SLICE *canonical, const char *text, size_t length, char *buffer,
                          size_t size, ONEM2M_ERROR *error)
{
    size_t ascii;

    if (size > ONEM2M_TEXT_MAX)
        size = ONEM2M_TEXT_MAX;
    if (length > ONEM2M_TEXT_INPUT_MAX(size))
        return refuse_long_text(size, error);
    ascii = printable_ascii_length(text, length);
    if (ascii < length) {
        if (!check_characters(text, ascii, length, error))
            return 0;
        return compose(canonical, text, length, buffer, size, error);
    }
    if (length > size)
        return refuse_long_text(size, error);
    canonical->data = (const unsigned char *)text;
    canonical->length = length;
    return 1;
}

static int is_lower_case_or_digit(unsigned char octet)
{
    return (octet >= 'a' && octet <= 'z') || (octet >= '0' && octet <= '9');
}

static int refuse_character(const unsigned char *text, size_t offset, size_t length,
                            ONEM2M_REASON reason, const char *what, ONEM2M_ERROR *error)
{
    char described[ONEM2M_DESCRIBED_MAX];

    onem2m_describe_character(described, (const char *)text + offset, length - offset);
    return onem2m_refuse(error, reason, offset, "%s %s at octet %zu of an FQDN " FQDN_CLAUSE, what,
                         described, offset);
}

/* Takes one character that is neither a-z, 0-9, '-' nor '.'; advances *offset past it. */
static int check_letter(const unsigned char *text, size_t *offset, size_t length, int first,
                        ONEM2M_ERROR *error)
{
    utf8proc_int32_t code_point;
    utf8proc_ssize_t used =
        utf8proc_iterate(text + *offset, (utf8proc_ssize_t)(length - *offset), &code_point);

    if (used <= 0)
        return refuse_character(text, *offset, length, ONEM2M_R_INVALID_UTF8, "not UTF-8:", error);
    switch (utf8proc_category(code_point)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LT:
        return refuse_character(text, *offset, length, ONEM2M_R_UPPER_CASE, "upper case", error);
    case UTF8PROC_CATEGORY_CC:
        return refuse_character(text, *offset, length, ONEM2M_R_CONTROL_CHARACTER, "control",
                                error);
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_LM:
        break;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
        if (!first)
            break;
        /* fall through */
    default:
        return refuse_character(text, *offset, length, ONEM2M_R_BAD_CHARACTER,
                                "not a letter, digit or hyphen:", error);
    }
    *offset += (size_t)used;
    return 1;
}

static int check_label_edges(const unsigned char *text, size_t start, size_t end, size_t length,
                             ONEM2M_ERROR *error)
{
    if (end == start)
        return onem2m_refuse(error, ONEM2M_R_EMPTY, start,
                             "empty label at octet %zu of an FQDN " FQDN_CLAUSE, start);
    if (end - start > ONEM2M_LABEL_MAX)
        return onem2m_refuse(error, ONEM2M_R_LABEL_TOO_LONG, start,
                             "label of %zu octets at octet %zu of an FQDN; at most %d " FQDN_CLAUSE,
                             end - start, start, ONEM2M_LABEL_MAX);
    if (text[start] == '-')
        return refuse_character(text, start, length, ONEM2M_R_BAD_HYPHEN, "label begins with",
                                error);
    if (text[end - 1] == '-')
        return refuse_character(text, end - 1, length, ONEM2M_R_BAD_HYPHEN, "label ends with",
                                error);
    return 1;
}

int onem2m_fqdn_check(const unsigned char *text, size_t length, ONEM2M_ERROR *error)
{
    size_t start = 0, i = 0;

    if (length == 0)
        return onem2m_refuse(error, ONEM2M_R_EMPTY, 0, "empty FQDN " FQDN_CLAUSE);
    if (length > ONEM2M_FQDN_MAX)
        return onem2m_refuse(error, ONEM2M_R_NAME_TOO_LONG, ONEM2M_FQDN_MAX,
                             "FQDN of %zu octets; at most %d " FQDN_CLAUSE, length,
                             ONEM2M_FQDN_MAX);
    while (i < length) {
        if (text[i] == '.') {
            if (!check_label_edges(text, start, i, length, error))
                return 0;
            start = ++i;
        } else if (is_lower_case_or_digit(text[i]) || text[i] == '-') {
            i++;
        } else if (!check_letter(text, &i, length, i == start, error)) {
            return 0;
        }
    }
    return check_label_edges(text, start, length, length, error);
}

/* The octets of the label that begins at text: lower case, digits and hyphens. */
static size_t ascii_label_length(const char *text, size_t length)
{
    size_t i = 0;

    while (i < length && (is_lower_case_or_digit((unsigned char)text[i]) || text[i] == '-'))
        i++;
    return i;
}

int onem2m_fqdn_is_ascii(const char *text, size_t length)
{
    size_t start = 0;

    if (length > ONEM2M_FQDN_MAX)
        return 0;
    for (;;) {
        const size_t label = ascii_label_length(text + start, length - start);

        if (label == 0 || label > ONEM2M_LABEL_MAX || text[start] == '-' ||
            text[start + label - 1] == '-')
            return 0;
        start += label;
        if (start == length)
            return 1;
        if (text[start++] != '.')
            return 0;
    }
}

int onem2m_fqdn_normalize(ONEM2M_SLICE *canonical, const char *text, size_t length, char *buffer,
                          size_t size, ONEM2M_ERROR *error)
{
    ONEM2M_SLICE normalized;

    /* A text that is not is looked at closely, for the error. */
    if (onem2m_fqdn_is_ascii(text, length)) {
        canonical->data = (const unsigned char *)text;
        canonical->length = length;
        return 1;
    }
    if (size > ONEM2M_FQDN_MAX)
        size = ONEM2M_FQDN_MAX;
    if (!onem2m_text_normalize(&normalized, text, length, buffer, size, error))
        return 0;
    if (!onem2m_fqdn_check(normalized.data, normalized.length, error))
        return 0;
    *canonical = normalized;
    return 1;
}
