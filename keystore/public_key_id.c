/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include "identifier.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define CLAUSE "TS-0003 10.1.2, RFC 6920"

typedef struct {
    ONEM2M_PUBLIC_KEY_ID_SUITE number;
    const char *name;
    size_t digest_length;
} SUITE;

/* Those of RFC 6920 section 9.4 that TS-0003 10.1.2 names. */
static const SUITE suites[] = {
    { ONEM2M_PUBLIC_KEY_ID_SHA_256, "sha-256", 32 },
    { ONEM2M_PUBLIC_KEY_ID_SHA_256_128, "sha-256-128", 16 },
    { ONEM2M_PUBLIC_KEY_ID_SHA_256_120, "sha-256-120", 15 },
};

typedef struct {
    const SUITE *suite;
    unsigned char digest[SHA256_DIGEST_LENGTH];
} PUBLIC_KEY_ID;

/* Six bits as base64url (RFC 4648 section 5), and back: -1 for no such character. */
static char encode_bits(unsigned int bits)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    return alphabet[bits & 0x3F];
}

static int decode_bits(unsigned char octet)
{
    if (octet >= 'A' && octet <= 'Z')
        return octet - 'A';
    if (octet >= 'a' && octet <= 'z')
        return octet - 'a' + 26;
    if (octet >= '0' && octet <= '9')
        return octet - '0' + 52;
    if (octet == '-')
        return 62;
    return octet == '_' ? 63 : -1;
}

static size_t base64url_length(size_t octets)
{
    return (octets * 8 + 5) / 6;
}

static void encode_base64url(char *out, const unsigned char *data, size_t length)
{
    unsigned int pending = 0, bits = 0;

    for (size_t i = 0; i < length; i++) {
        pending = pending << 8 | data[i];
        for (bits += 8; bits >= 6; bits -= 6)
            *out++ = encode_bits(pending >> (bits - 6));
    }
    if (bits > 0)
        *out = encode_bits(pending << (6 - bits));
}

/* value: as many characters of base64url as length octets need. Whether no bit is left over. */
static int decode_base64url(unsigned char *out, size_t length, const unsigned char *value)
{
    unsigned int pending = 0, bits = 0;

    for (size_t i = 0; i < length; i++) {
        for (; bits < 8; bits += 6)
            pending = pending << 6 | (unsigned int)decode_bits(*value++);
        bits -= 8;
        out[i] = (unsigned char)(pending >> bits);
    }
    return (pending & ((1U << bits) - 1)) == 0;
}

static size_t find(ONEM2M_SLICE text, size_t start, char octet)
{
    while (start < text.length && text.data[start] != (unsigned char)octet)
        start++;
    return start;
}

static int refuse_octet(ONEM2M_SLICE text, size_t offset, const char *part, ONEM2M_ERROR *error)
{
    char described[ONEM2M_DESCRIBED_MAX];

    onem2m_describe_character(described, (const char *)text.data + offset, text.length - offset);
    return onem2m_refuse(error, ONEM2M_R_BAD_CHARACTER, offset,
                         "public key identifier: %s at octet %zu may not stand in %s (" CLAUSE ")",
                         described, offset, part);
}

static int find_suite(PUBLIC_KEY_ID *id, ONEM2M_SLICE text, size_t start, size_t end,
                      ONEM2M_ERROR *error)
{
    for (size_t i = 0; i < COUNT(suites); i++) {
        if (strlen(suites[i].name) == end - start &&
            memcmp(suites[i].name, text.data + start, end - start) == 0) {
            id->suite = &suites[i];
            return 1;
        }
    }
    return onem2m_refuse(error, ONEM2M_R_BAD_DIGEST, start,
                         "public key identifier: at octet %zu none of sha-256, sha-256-128, "
                         "sha-256-120 (" CLAUSE ")",
                         start);
}

static int decode_value(PUBLIC_KEY_ID *id, ONEM2M_SLICE text, size_t start, size_t end,
                        ONEM2M_ERROR *error)
{
    size_t expected = base64url_length(id->suite->digest_length);

    for (size_t i = start; i < end; i++) {
        if (decode_bits(text.data[i]) < 0)
            return refuse_octet(text, i, "base64url without padding", error);
    }
    if (end - start != expected)
        return onem2m_refuse(error, ONEM2M_R_BAD_LENGTH, start,
                             "public key identifier: %zu characters at octet %zu where %s has %zu "
                             "(" CLAUSE ")",
                             end - start, start, id->suite->name, expected);
    if (!decode_base64url(id->digest, id->suite->digest_length, text.data + start))
        return refuse_octet(text, end - 1, "the last place: it sets bits beyond the digest", error);
    return 1;
}

/* Suite, separator, value, up to end. */
static int parse_value(PUBLIC_KEY_ID *id, ONEM2M_SLICE text, size_t start, size_t end,
                       char separator, ONEM2M_ERROR *error)
{
    size_t middle = find((ONEM2M_SLICE){ text.data, end }, start, separator);

    if (middle == end)
        return onem2m_refuse(error, ONEM2M_R_BAD_FORM, start,
                             "public key identifier: no '%c' after octet %zu (" CLAUSE ")",
                             separator, start);
    return find_suite(id, text, start, middle, error) &&
           decode_value(id, text, middle + 1, end, error);
}

/* What RFC 3986 allows in an authority and in a query. */
static int check_uri_part(ONEM2M_SLICE text, size_t start, size_t end, const char *marks,
                          const char *part, ONEM2M_ERROR *error)
{
    for (size_t i = start; i < end; i++) {
        if (!onem2m_is_name_octet(text.data[i]) &&
            (text.data[i] == '\0' || strchr(marks, text.data[i]) == NULL))
            return refuse_octet(text, i, part, error);
    }
    return 1;
}

#define SCHEME_LENGTH 3

/* URI schemes are without regard to case (RFC 3986 section 3.1). */
static int is_ni_uri(ONEM2M_SLICE text)
{
    return text.length >= SCHEME_LENGTH && (text.data[0] | 0x20) == 'n' &&
           (text.data[1] | 0x20) == 'i' && text.data[2] == ':';
}

/* ni://[authority]/suite;value[?query] (RFC 6920 section 3) */
static int parse_ni_uri(PUBLIC_KEY_ID *id, ONEM2M_SLICE text, ONEM2M_ERROR *error)
{
    size_t authority = SCHEME_LENGTH + 2, slash, query;

    if (text.length < authority || memcmp(text.data + SCHEME_LENGTH, "//", 2) != 0)
        return onem2m_refuse(error, ONEM2M_R_BAD_FORM, SCHEME_LENGTH,
                             "public key identifier: no \"//\" after the scheme (" CLAUSE ")");
    slash = find(text, authority, '/');
    if (slash == text.length)
        return onem2m_refuse(error, ONEM2M_R_BAD_FORM, slash,
                             "public key identifier: no '/' after the authority (" CLAUSE ")");
    query = find(text, slash, '?');
    return check_uri_part(text, authority, slash, "~%!$&'()*+,;=:@[]", "the authority", error) &&
           parse_value(id, text, slash + 1, query, ';', error) &&
           check_uri_part(text, query, text.length, "~%!$&'()*+,;=:@/?", "the query", error);
}

static int parse_public_key_id(PUBLIC_KEY_ID *id, const char *text, size_t length,
                               ONEM2M_ERROR *error)
{
    ONEM2M_SLICE slice = { (const unsigned char *)text, length };

    if (text == NULL || length == 0)
        return onem2m_refuse(error, ONEM2M_R_EMPTY, 0, "public key identifier: empty");
    if (length > ONEM2M_TEXT_MAX)
        return onem2m_refuse(error, ONEM2M_R_NAME_TOO_LONG, ONEM2M_TEXT_MAX,
                             "public key identifier: %zu octets; at most %d", length,
                             ONEM2M_TEXT_MAX);
    if (is_ni_uri(slice))
        return parse_ni_uri(id, slice, error);
    return parse_value(id, slice, 0, length, '.', error);
}

static void append(char *text, size_t *length, const char *part, size_t part_length)
{
    memcpy(text + *length, part, part_length);
    *length += part_length;
}

/* prefix, suite, separator and value into text; returns the length. */
static size_t write_public_key_id(char text[ONEM2M_PUBLIC_KEY_ID_MAX + 1], const PUBLIC_KEY_ID *id,
                                  const char *prefix, const char *separator)
{
    size_t length = 0;

    append(text, &length, prefix, strlen(prefix));
    append(text, &length, id->suite->name, strlen(id->suite->name));
    append(text, &length, separator, strlen(separator));
    encode_base64url(text + length, id->digest, id->suite->digest_length);
    length += base64url_length(id->suite->digest_length);
    text[length] = '\0';
    return length;
}

int onem2m_public_key_id_canonical(char canonical[ONEM2M_PUBLIC_KEY_ID_MAX + 1], size_t *size,
                                   const char *text, size_t length, ONEM2M_ERROR *error)
{
    PUBLIC_KEY_ID id;

    if (!parse_public_key_id(&id, text, length, error))
        return 0;
    *size = write_public_key_id(canonical, &id, "", ".");
    return 1;
}

static int digest_public_key(unsigned char digest[SHA256_DIGEST_LENGTH], const unsigned char *spki,
                             size_t spki_length, OSSL_LIB_CTX *libctx, const char *propq,
                             ONEM2M_ERROR *error)
{
    int done;

    if (spki == NULL || spki_length == 0)
        return onem2m_refuse(error, ONEM2M_R_EMPTY, ONEM2M_NO_OFFSET,
                             "SubjectPublicKeyInfo: empty (" CLAUSE ")");
    ERR_set_mark();
    done = EVP_Q_digest(libctx, "SHA2-256", propq, spki, spki_length, digest, NULL);
    ERR_pop_to_mark();
    if (!done)
        return onem2m_refuse(error, ONEM2M_R_CRYPTO_UNAVAILABLE, ONEM2M_NO_OFFSET,
                             "SHA2-256 cannot be had from this library context (TS-0003 10.1.2)");
    return 1;
}

int onem2m_public_key_id_form(char *out, size_t *size, ONEM2M_PUBLIC_KEY_ID_SUITE suite,
                              const unsigned char *spki, size_t spki_length, OSSL_LIB_CTX *libctx,
                              const char *propq, ONEM2M_ERROR *error)
{
    char text[ONEM2M_PUBLIC_KEY_ID_MAX + 1];
    PUBLIC_KEY_ID id = { NULL, { 0 } };

    for (size_t i = 0; i < COUNT(suites); i++) {
        if (suites[i].number == suite)
            id.suite = &suites[i];
    }
    if (id.suite == NULL)
        return onem2m_refuse(error, ONEM2M_R_BAD_DIGEST, ONEM2M_NO_OFFSET,
                             "suite: %d is no ONEM2M_PUBLIC_KEY_ID_SUITE (TS-0003 10.1.2)",
                             (int)suite);
    if (!digest_public_key(id.digest, spki, spki_length, libctx, propq, error))
        return 0;
    return onem2m_print_text(text, write_public_key_id(text, &id, "ni:///", ";"), out, size, error);
}

int onem2m_public_key_id_match(const char *trusted, size_t trusted_length,
                               const unsigned char *spki, size_t spki_length, OSSL_LIB_CTX *libctx,
                               const char *propq, ONEM2M_ERROR *error)
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    PUBLIC_KEY_ID id;

    if (!parse_public_key_id(&id, trusted, trusted_length, error) ||
        !digest_public_key(digest, spki, spki_length, libctx, propq, error))
        return 0;
    if (CRYPTO_memcmp(digest, id.digest, id.suite->digest_length) != 0)
        return onem2m_refuse(error, ONEM2M_R_MISMATCH, ONEM2M_NO_OFFSET,
                             "the public key's digest is not that of the trusted public key "
                             "identifier (TS-0003 10.1.2)");
    return 1;
}
