/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stddef.h>
#include <string.h>
#include <utf8proc.h>
#include "identifier.h"

#define HEX_DIGITS ((size_t)2 * ONEM2M_RELATIVE_KEY_ID_OCTETS)
/* The last character of 16 octets: its low four bits are none of theirs. */
#define B_TID_LAST "AQgw"
#define B_TID_LENGTH 24 /* base64 of a RAND of 16 octets (3GPP TS 33.220 4.5.2) */
#define ENTITY_CLAUSE "TS-0004 6.2.3"
#define LATIN_CAPITAL_I_WITH_DOT_ABOVE 0x130

/* An identifier taken apart. An absent part has length 0. */
typedef struct {
    ONEM2M_ID_KIND kind;
    ONEM2M_ID_FORM form;
    ONEM2M_SLICE relative;
    ONEM2M_SLICE fqdn;
    ONEM2M_SLICE cse;
    ONEM2M_SLICE ae;
} ID_PARTS;

/* Where canonical forms live until the identifier is put together. */
typedef struct {
    char text[ONEM2M_TEXT_MAX];
    char folded[ONEM2M_TEXT_MAX];
    char fqdn[ONEM2M_FQDN_MAX];
} ID_WORKSPACE;

typedef struct {
    const char *name;
    const char *clause;
    int is_key_id;
    int may_be_b_tid;
} ID_RULE;

static const ID_RULE *rule_of(ONEM2M_ID_KIND kind)
{
    static const ID_RULE rules[] = {
        [ONEM2M_ID_FQDN] = { "FQDN", ENTITY_CLAUSE, 0, 0 },
        [ONEM2M_ID_KPM] = { "KpmID", "TS-0003 12.2", 1, 0 },
        [ONEM2M_ID_KE] = { "KeID", "TS-0003 10.3.4", 1, 1 },
        [ONEM2M_ID_KM] = { "KmID", "TS-0003 10.6", 1, 1 },
        [ONEM2M_ID_KC] = { "Key Identifier", "TS-0003 10.3.5", 1, 0 },
        [ONEM2M_ID_KPSA] = { "KpsaID", "TS-0003 10.5", 1, 1 },
        [ONEM2M_ID_CSE] = { "CSE-ID", ENTITY_CLAUSE, 0, 0 },
        [ONEM2M_ID_AE] = { "AE-ID", ENTITY_CLAUSE, 0, 0 },
    };

    return kind >= ONEM2M_ID_FQDN && kind <= ONEM2M_ID_AE ? &rules[kind] : NULL;
}

const char *onem2m_id_kind_name(ONEM2M_ID_KIND kind)
{
    const ID_RULE *rule = rule_of(kind);

    return rule == NULL ? NULL : rule->name;
}

static int is_letter_or_digit(unsigned char octet)
{
    return (octet >= 'A' && octet <= 'Z') || (octet >= 'a' && octet <= 'z') ||
           (octet >= '0' && octet <= '9');
}

int onem2m_is_name_octet(unsigned char octet)
{
    return is_letter_or_digit(octet) || octet == '.' || octet == '_' || octet == '-';
}

static int is_base64_octet(unsigned char octet)
{
    return is_letter_or_digit(octet) || octet == '+' || octet == '/';
}

static int is_between(unsigned char octet, unsigned char first, unsigned char last)
{
    return (unsigned char)(octet - first) <= last - first;
}

/* Without branches: which digit follows is random, and a branch that is guessed wrongly is what
 * costs most in reading a name. */
static int is_hex(ONEM2M_SLICE relative)
{
    int valid = 1;

    if (relative.length != HEX_DIGITS)
        return 0;
    for (size_t i = 0; i < HEX_DIGITS; i++)
        valid &=
            is_between(relative.data[i], '0', '9') | is_between(relative.data[i] | 0x20, 'a', 'f');
    return valid;
}

static unsigned char ascii_upper(unsigned char octet)
{
    return octet >= 'a' && octet <= 'z' ? (unsigned char)(octet - 'a' + 'A') : octet;
}

/* How many octets at the start of part are of the given class. */
static size_t span(ONEM2M_SLICE part, int (*is_member)(unsigned char))
{
    size_t i = 0;

    while (i < part.length && is_member(part.data[i]))
        i++;
    return i;
}

static size_t find(ONEM2M_SLICE text, size_t start, char octet)
{
    const unsigned char *found = memchr(text.data + start, octet, text.length - start);

    return found != NULL ? (size_t)(found - text.data) : text.length;
}

static ONEM2M_SLICE cut(ONEM2M_SLICE text, size_t start, size_t end)
{
    return (ONEM2M_SLICE){ text.data + start, end - start };
}

int onem2m_refuse_part(ONEM2M_ERROR *error, size_t base)
{
    if (error != NULL && error->offset != ONEM2M_NO_OFFSET)
        error->offset += base;
    return 0;
}

static int refuse_octet(ONEM2M_SLICE part, size_t offset, const char *name, const char *expected,
                        const char *clause, ONEM2M_ERROR *error)
{
    char described[ONEM2M_DESCRIBED_MAX];

    onem2m_describe_character(described, (const char *)part.data + offset, part.length - offset);
    return onem2m_refuse(error, ONEM2M_R_BAD_CHARACTER, offset, "%s: %s at octet %zu is no %s (%s)",
                         name, described, offset, expected, clause);
}

/* A part of letters, digits, '.', '_', '-'; offsets count from the part. */
static int check_name(ONEM2M_SLICE part, const char *name, const char *clause, ONEM2M_ERROR *error)
{
    size_t valid;

    if (part.length == 0)
        return onem2m_refuse(error, ONEM2M_R_EMPTY, 0, "%s: empty (%s)", name, clause);
    valid = span(part, onem2m_is_name_octet);
    if (valid < part.length)
        return refuse_octet(part, valid, name, "letter, digit, '.', '_' or '-'", clause, error);
    if (part.length > ONEM2M_RELATIVE_ID_MAX)
        return onem2m_refuse(error, ONEM2M_R_NAME_TOO_LONG, ONEM2M_RELATIVE_ID_MAX,
                             "%s: %zu octets; at most %d (%s)", name, part.length,
                             ONEM2M_RELATIVE_ID_MAX, clause);
    return 1;
}

static int looks_like_b_tid(ONEM2M_SLICE relative)
{
    return relative.length == B_TID_LENGTH &&
           memcmp(relative.data + B_TID_LENGTH - 2, "==", 2) == 0;
}

static int check_b_tid(ONEM2M_SLICE relative, ONEM2M_ERROR *error)
{
    size_t valid = span(relative, is_base64_octet);

    if (valid >= B_TID_LENGTH - 2 && strchr(B_TID_LAST, relative.data[B_TID_LENGTH - 3]) == NULL)
        valid = B_TID_LENGTH - 3;
    if (valid < B_TID_LENGTH - 2)
        return refuse_octet(relative, valid, "relative part (B-TID)", "character of base64",
                            "3GPP TS 33.220 4.5.2", error);
    return 1;
}

/* Checks the relative part of a key identifier and sets the form. */
static int check_relative(ID_PARTS *parts, ONEM2M_ERROR *error)
{
    const ID_RULE *rule = rule_of(parts->kind);
    ONEM2M_SLICE relative = parts->relative;
    size_t dots = 0;

    if (rule->may_be_b_tid && looks_like_b_tid(relative)) {
        parts->form = ONEM2M_FORM_B_TID;
        return check_b_tid(relative, error);
    }
    if (is_hex(relative)) {
        parts->form = ONEM2M_FORM_HEX;
        return 1;
    }
    parts->form = ONEM2M_FORM_NAME;
    if (!check_name(relative, "relative part", rule->clause, error))
        return 0;
    while (dots < relative.length && relative.data[dots] == '.')
        dots++;
    if (dots == relative.length)
        return onem2m_refuse(error, ONEM2M_R_BAD_FORM, 0, "relative part: nothing but dots (%s)",
                             rule->clause);
    return 1;
}

/* Lower case, character by character, of text in UTF-8. */
static int fold(ONEM2M_SLICE *folded, ONEM2M_SLICE text, char *buffer, size_t size,
                ONEM2M_ERROR *error)
{
    utf8proc_uint8_t *out = (utf8proc_uint8_t *)buffer;
    utf8proc_uint8_t character[4];
    utf8proc_int32_t code_point;
    utf8proc_ssize_t used;
    size_t length = 0, n;

    for (size_t i = 0; i < text.length; i += (size_t)used) {
        used = utf8proc_iterate(text.data + i, (utf8proc_ssize_t)(text.length - i), &code_point);
        if (used <= 0)
            return onem2m_refuse(error, ONEM2M_R_INVALID_UTF8, i,
                                 "FQDN: octet %zu is not UTF-8 (RFC 3629)", i);
        /* Its lower case is two characters, its simple lower case another name's: 'i'. */
        if (code_point != LATIN_CAPITAL_I_WITH_DOT_ABOVE)
            code_point = utf8proc_tolower(code_point);
        n = (size_t)utf8proc_encode_char(code_point, character);
        if (n > size - length)
            return onem2m_refuse(error, ONEM2M_R_NAME_TOO_LONG, ONEM2M_FQDN_MAX,
                                 "FQDN of more than %d octets (" ENTITY_CLAUSE ")",
                                 ONEM2M_FQDN_MAX);
        memcpy(out + length, character, n);
        length += n;
    }
    *folded = (ONEM2M_SLICE){ out, length };
    return 1;
}

static int check_fqdn(ONEM2M_SLICE *fqdn, unsigned int flags, ID_WORKSPACE *work,
                      ONEM2M_ERROR *error)
{
    ONEM2M_SLICE folded = { NULL, 0 };

    if ((flags & ONEM2M_ID_FOLD_FQDN) == 0)
        return onem2m_fqdn_check(fqdn->data, fqdn->length, error);
    if (onem2m_fqdn_is_ascii((const char *)fqdn->data, fqdn->length))
        return 1;
    return fold(&folded, *fqdn, work->folded, sizeof(work->folded), error) &&
           onem2m_fqdn_normalize(fqdn, (const char *)folded.data, folded.length, work->fqdn,
                                 sizeof(work->fqdn), error);
}

static int split_key_id(ID_PARTS *parts, ONEM2M_SLICE text, ONEM2M_ERROR *error)
{
    const ID_RULE *rule = rule_of(parts->kind);
    size_t at = find(text, 0, '@'), second;

    if (at == text.length)
        return onem2m_refuse(error, ONEM2M_R_BAD_FORM, text.length,
                             "%s: no '@' between relative part and FQDN (%s)", rule->name,
                             rule->clause);
    second = find(text, at + 1, '@');
    if (second < text.length)
        return onem2m_refuse(error, ONEM2M_R_BAD_FORM, second, "%s: a second '@' at octet %zu (%s)",
                             rule->name, second, rule->clause);
    parts->relative = cut(text, 0, at);
    parts->fqdn = cut(text, at + 1, text.length);
    return 1;
}

static int parse_key_id(ID_PARTS *parts, ONEM2M_SLICE text, unsigned int flags, ID_WORKSPACE *work,
                        ONEM2M_ERROR *error)
{
    if (!split_key_id(parts, text, error) || !check_relative(parts, error))
        return 0;
    if (!check_fqdn(&parts->fqdn, flags, work, error))
        return onem2m_refuse_part(error, parts->relative.length + 1);
    return 1;
}

/* kind 0: the text shows whether it is a CSE-ID or an AE-ID. */
static const char *entity_name(ONEM2M_ID_KIND kind)
{
    return kind == 0 ? "CSE-ID or AE-ID" : rule_of(kind)->name;
}

static int refuse_entity(ONEM2M_ID_KIND kind, size_t offset, const char *why, ONEM2M_ERROR *error)
{
    return onem2m_refuse(error, ONEM2M_R_BAD_FORM, offset,
                         "%s: %s at octet %zu (" ENTITY_CLAUSE ")", entity_name(kind), why, offset);
}

/* What follows the FQDN, if there is one: /first or /first/second. */
typedef struct {
    ONEM2M_SLICE first;
    ONEM2M_SLICE second;
    int has_second;
} ID_PATH;

static int split_path(ID_PATH *path, const ID_PARTS *parts, ONEM2M_SLICE text, size_t slash,
                      ONEM2M_ERROR *error)
{
    size_t second = find(text, slash + 1, '/'), end = text.length;

    path->first = cut(text, slash + 1, second);
    path->second = cut(text, end, end);
    path->has_second = second < end;
    if (!path->has_second)
        return 1;
    if (parts->kind == ONEM2M_ID_CSE)
        return refuse_entity(parts->kind, second, "a '/' too many", error);
    path->second = cut(text, second + 1, end);
    end = find(text, second + 1, '/');
    if (end < text.length)
        return refuse_entity(parts->kind, end, "a '/' too many", error);
    return 1;
}

/* //FQDN/cse, //FQDN/cse/C7, //FQDN/S7, /cse, /cse/C7, /S7 */
static int split_entity(ID_PATH *path, ID_PARTS *parts, ONEM2M_SLICE text, ONEM2M_ERROR *error)
{
    size_t slash = 0;

    parts->form = ONEM2M_FORM_SP_RELATIVE;
    if (text.length > 1 && text.data[1] == '/') {
        slash = find(text, 2, '/');
        if (slash == text.length)
            return refuse_entity(parts->kind, slash, "no '/' after the FQDN", error);
        parts->fqdn = cut(text, 2, slash);
        parts->form = ONEM2M_FORM_ABSOLUTE;
    }
    return split_path(path, parts, text, slash, error);
}

/* AE-ID stem: initial, then at least one octet more. */
static int check_stem(ONEM2M_SLICE stem, char initial, ONEM2M_ERROR *error)
{
    if (!check_name(stem, "AE-ID stem", ENTITY_CLAUSE, error))
        return 0;
    if (stem.data[0] != (unsigned char)initial)
        return onem2m_refuse(error, ONEM2M_R_BAD_FORM, 0,
                             "AE-ID stem: begins with '%c', not '%c' (" ENTITY_CLAUSE ")",
                             stem.data[0], initial);
    if (stem.length == 1)
        return onem2m_refuse(error, ONEM2M_R_EMPTY, 1,
                             "AE-ID stem: nothing after '%c' (" ENTITY_CLAUSE ")", initial);
    return 1;
}

static int check_cse(ONEM2M_SLICE cse, ONEM2M_ERROR *error)
{
    if (!check_name(cse, "CSE part", ENTITY_CLAUSE, error))
        return 0;
    if (!is_letter_or_digit(cse.data[0]))
        return refuse_octet(cse, 0, "CSE part", "letter or digit to begin with", ENTITY_CLAUSE,
                            error);
    return 1;
}

static int parse_path(ID_PARTS *parts, const ID_PATH *path, ONEM2M_SLICE text, ONEM2M_ERROR *error)
{
    int has_cse = parts->kind == ONEM2M_ID_CSE || path->has_second;

    if (has_cse) {
        parts->cse = path->first;
        if (!check_cse(parts->cse, error))
            return onem2m_refuse_part(error, (size_t)(parts->cse.data - text.data));
    }
    if (parts->kind == ONEM2M_ID_AE) {
        parts->ae = path->has_second ? path->second : path->first;
        if (!check_stem(parts->ae, has_cse ? 'C' : 'S', error))
            return onem2m_refuse_part(error, (size_t)(parts->ae.data - text.data));
    }
    return 1;
}

/* A CSE-ID or AE-ID that begins with '/'; kind 0 becomes what the text shows. */
static int parse_slashed(ID_PARTS *parts, ONEM2M_SLICE text, unsigned int flags, ID_WORKSPACE *work,
                         ONEM2M_ERROR *error)
{
    ID_PATH path = { { NULL, 0 }, { NULL, 0 }, 0 };

    if (!split_entity(&path, parts, text, error))
        return 0;
    if (parts->kind == 0)
        parts->kind = path.has_second ? ONEM2M_ID_AE : ONEM2M_ID_CSE;
    if (parts->form == ONEM2M_FORM_ABSOLUTE && !check_fqdn(&parts->fqdn, flags, work, error))
        return onem2m_refuse_part(error, 2);
    return parse_path(parts, &path, text, error);
}

static int is_stem(ONEM2M_SLICE text)
{
    return text.data[0] == 'C' || text.data[0] == 'S';
}

static int parse_bare_stem(ID_PARTS *parts, ONEM2M_SLICE text, ONEM2M_ERROR *error)
{
    parts->kind = ONEM2M_ID_AE;
    parts->form = ONEM2M_FORM_CSE_RELATIVE;
    parts->ae = text;
    return check_stem(text, (char)text.data[0], error);
}

static int parse_fqdn(ID_PARTS *parts, ONEM2M_SLICE text, unsigned int flags, ID_WORKSPACE *work,
                      ONEM2M_ERROR *error)
{
    parts->kind = ONEM2M_ID_FQDN;
    parts->form = ONEM2M_FORM_NAME;
    parts->fqdn = text;
    return check_fqdn(&parts->fqdn, flags, work, error);
}

/* kind 0: a CSE-ID, an AE-ID or an FQDN. */
static int parse_parts(ID_PARTS *parts, ONEM2M_ID_KIND kind, ONEM2M_SLICE text, unsigned int flags,
                       ID_WORKSPACE *work, ONEM2M_ERROR *error)
{
    memset(parts, 0, sizeof(*parts));
    parts->kind = kind;
    if (kind != 0 && rule_of(kind)->is_key_id)
        return parse_key_id(parts, text, flags, work, error);
    if (kind != ONEM2M_ID_FQDN && text.data[0] == '/')
        return parse_slashed(parts, text, flags, work, error);
    if (kind == ONEM2M_ID_AE && is_stem(text))
        return parse_bare_stem(parts, text, error);
    if (kind == 0 && is_stem(text) && find(text, 0, '/') == text.length)
        return parse_bare_stem(parts, text, error);
    if (kind == 0 || kind == ONEM2M_ID_FQDN)
        return parse_fqdn(parts, text, flags, work, error);
    return refuse_entity(
        kind, 0,
        kind == ONEM2M_ID_CSE ? "no '/' to begin with" : "no '/', 'C' or 'S' to begin with", error);
}

static ONEM2M_ID_PART append(ONEM2M_ID *id, const char *separator, ONEM2M_SLICE part)
{
    size_t n = strlen(separator);
    ONEM2M_ID_PART placed = { id->length + n, part.length };

    memcpy(id->text + id->length, separator, n);
    memcpy(id->text + placed.offset, part.data, part.length);
    id->length = placed.offset + placed.length;
    return placed;
}

static void raise_relative(ONEM2M_ID *id)
{
    for (size_t i = 0; i < id->relative.length; i++)
        id->text[i] = (char)ascii_upper((unsigned char)id->text[i]);
}

static void append_parts(ONEM2M_ID *id, const ID_PARTS *parts)
{
    if (parts->relative.length > 0) {
        id->relative = append(id, "", parts->relative);
        id->fqdn = append(id, "@", parts->fqdn);
    } else if (parts->fqdn.length > 0) {
        id->fqdn = append(id, parts->kind == ONEM2M_ID_FQDN ? "" : "//", parts->fqdn);
    }
    if (parts->cse.length > 0)
        id->cse = append(id, "/", parts->cse);
    if (parts->ae.length > 0)
        id->ae = append(id, parts->form == ONEM2M_FORM_CSE_RELATIVE ? "" : "/", parts->ae);
    if (parts->form == ONEM2M_FORM_HEX)
        raise_relative(id);
    id->text[id->length] = '\0';
}

/* The parts may point into *id: it is written last. What follows its text stays as it is: most
 * texts are short. */
static void put_together(ONEM2M_ID *id, const ID_PARTS *parts)
{
    ONEM2M_ID made;

    memset(&made, 0, offsetof(ONEM2M_ID, text));
    made.kind = parts->kind;
    made.form = parts->form;
    append_parts(&made, parts);
    memcpy(id, &made, offsetof(ONEM2M_ID, text) + made.length + 1);
}

static int parse(ONEM2M_ID *id, ONEM2M_ID_KIND kind, const char *text, size_t length,
                 unsigned int flags, ONEM2M_ERROR *error)
{
    ID_WORKSPACE work;
    ID_PARTS parts;
    ONEM2M_SLICE canonical;

    if ((flags & ~(unsigned int)ONEM2M_ID_FOLD_FQDN) != 0)
        return onem2m_refuse(error, ONEM2M_R_BAD_CHOICE, ONEM2M_NO_OFFSET,
                             "flags: 0x%X is neither ONEM2M_ID_STRICT nor ONEM2M_ID_FOLD_FQDN",
                             flags);
    if (text == NULL || length == 0)
        return onem2m_refuse(error, ONEM2M_R_EMPTY, 0, "%s: empty",
                             kind == 0 ? "identifier" : rule_of(kind)->name);
    if (!onem2m_text_normalize(&canonical, text, length, work.text, ONEM2M_ID_MAX, error) ||
        !parse_parts(&parts, kind, canonical, flags, &work, error))
        return 0;
    put_together(id, &parts);
    return 1;
}

static int refuse_kind(ONEM2M_ID_KIND kind, const char *expected, ONEM2M_ERROR *error)
{
    return onem2m_refuse(error, ONEM2M_R_BAD_CHOICE, ONEM2M_NO_OFFSET, "kind: %d is no %s",
                         (int)kind, expected);
}

int onem2m_id_parse(ONEM2M_ID *id, ONEM2M_ID_KIND kind, const char *text, size_t length,
                    unsigned int flags, ONEM2M_ERROR *error)
{
    if (rule_of(kind) == NULL)
        return refuse_kind(kind, "ONEM2M_ID_KIND", error);
    return parse(id, kind, text, length, flags, error);
}

int onem2m_id_parse_entity(ONEM2M_ID *id, const char *text, size_t length, unsigned int flags,
                           ONEM2M_ERROR *error)
{
    return parse(id, (ONEM2M_ID_KIND)0, text, length, flags, error);
}

static int normalize_part(ONEM2M_SLICE *canonical, const char *text, size_t length, char *buffer,
                          const char *name, ONEM2M_ERROR *error)
{
    if (text == NULL || length == 0)
        return onem2m_refuse(error, ONEM2M_R_EMPTY, 0, "%s: empty", name);
    return onem2m_text_normalize(canonical, text, length, buffer, ONEM2M_ID_MAX, error);
}

int onem2m_id_form(ONEM2M_ID *id, ONEM2M_ID_KIND kind, const char *relative, size_t relative_length,
                   const char *fqdn, size_t fqdn_length, ONEM2M_ERROR *error)
{
    const ID_RULE *rule = rule_of(kind);
    ID_WORKSPACE work;
    ID_PARTS parts;

    if (rule == NULL || !rule->is_key_id)
        return refuse_kind(kind, "kind of key identifiers", error);
    memset(&parts, 0, sizeof(parts));
    parts.kind = kind;
    if (!normalize_part(&parts.relative, relative, relative_length, work.text, "relative part",
                        error) ||
        !check_relative(&parts, error) ||
        !normalize_part(&parts.fqdn, fqdn, fqdn_length, work.folded, "FQDN", error) ||
        !onem2m_fqdn_check(parts.fqdn.data, parts.fqdn.length, error))
        return 0;
    put_together(id, &parts);
    return 1;
}

int onem2m_id_form_exported(ONEM2M_ID *id, ONEM2M_ID_KIND kind,
                            const unsigned char relative_key_id[ONEM2M_RELATIVE_KEY_ID_OCTETS],
                            const char *fqdn, size_t fqdn_length, ONEM2M_ERROR *error)
{
    static const char digits[] = "0123456789ABCDEF";
    char relative[HEX_DIGITS];

    if (kind != ONEM2M_ID_KE && kind != ONEM2M_ID_KC)
        return refuse_kind(kind, "kind of exported key: KeID, Key Identifier (TS-0003 10.3.1)",
                           error);
    for (size_t i = 0; i < ONEM2M_RELATIVE_KEY_ID_OCTETS; i++) {
        relative[2 * i] = digits[relative_key_id[i] >> 4];
        relative[2 * i + 1] = digits[relative_key_id[i] & 0x0F];
    }
    return onem2m_id_form(id, kind, relative, sizeof(relative), fqdn, fqdn_length, error);
}

static int equal_without_case(const char *a, const char *b, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (ascii_upper((unsigned char)a[i]) != ascii_upper((unsigned char)b[i]))
            return 0;
    }
    return 1;
}

/* Canonical forms: FQDNs are in lower case already, hexadecimal relative parts in upper case. */
int onem2m_id_equal(const ONEM2M_ID *a, const ONEM2M_ID *b)
{
    size_t skipped = 0;

    if (a->kind != b->kind || a->form != b->form || a->length != b->length)
        return 0;
    if (a->kind == ONEM2M_ID_KM && a->form == ONEM2M_FORM_NAME) {
        if (a->relative.length != b->relative.length ||
            !equal_without_case(a->text, b->text, a->relative.length))
            return 0;
        skipped = a->relative.length;
    }
    return memcmp(a->text + skipped, b->text + skipped, a->length - skipped) == 0;
}

int onem2m_print_text(const char *text, size_t length, char *out, size_t *size, ONEM2M_ERROR *error)
{
    if (out != NULL) {
        if (*size <= length)
            return onem2m_refuse(error, ONEM2M_R_BAD_LENGTH, ONEM2M_NO_OFFSET,
                                 "output of %zu octets; %zu and a NUL are needed", *size, length);
        memcpy(out, text, length);
        out[length] = '\0';
    }
    *size = length;
    return 1;
}

int onem2m_id_print(const ONEM2M_ID *id, char *out, size_t *size, ONEM2M_ERROR *error)
{
    return onem2m_print_text(id->text, id->length, out, size, error);
}
