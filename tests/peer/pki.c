/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include "pki.h"

#define RELATIVE_OID 13
#define DAY 86400L
#define WORD_MAX 8192

#define MUST(condition) ((condition) ? (void)0 : must_not(#condition, __LINE__))

static void must_not(const char *condition, int line)
{
    fprintf(stderr, "%s:%d: %s\n", __FILE__, line, condition);
    ERR_print_errors_fp(stderr);
    abort();
}

static EVP_PKEY *make_key(const SPEC *spec)
{
    EVP_PKEY *key = EVP_EC_gen(spec->curve != NULL ? spec->curve : "P-256");

    MUST(key != NULL);
    if (spec->is_compressed)
        MUST(EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
                                            "compressed"));
    return key;
}

/* Of a word up to end, %41 and the like replaced; a NUL follows. */
static size_t decode(unsigned char out[WORD_MAX], const char *text, const char *end)
{
    size_t length = 0;

    for (; text < end; text++) {
        MUST(length < WORD_MAX - 1);
        if (*text == '%') {
            const char digits[] = { text[1], text[2], '\0' };

            out[length++] = (unsigned char)strtoul(digits, NULL, 16);
            text += 2;
        } else {
            out[length++] = (unsigned char)*text;
        }
    }
    out[length] = '\0';
    return length;
}

static ASN1_STRING *string_of(int type, const unsigned char *octets, size_t length)
{
    ASN1_STRING *string = ASN1_STRING_type_new(type);

    MUST(string != NULL && ASN1_STRING_set(string, octets, (int)length));
    return string;
}

/* Arcs in seven bits an octet. */
static ASN1_STRING *relative_oid(const char *text, size_t length)
{
    unsigned char octets[WORD_MAX];
    size_t written = 0;
    const char *end = text + length;

    while (text < end) {
        char *after;
        unsigned long arc = strtoul(text, &after, 10);
        int shift = 0;

        while (arc >> shift > 0x7F)
            shift += 7;
        for (; shift >= 0; shift -= 7)
            octets[written++] = (unsigned char)((arc >> shift & 0x7F) | (shift > 0 ? 0x80U : 0U));
        text = after + 1;
    }
    return string_of(RELATIVE_OID, octets, written);
}

/* type-id/value */
static void set_other_name(GENERAL_NAME *name, const char *text, size_t length, int type)
{
    const char *slash = memchr(text, '/', length);
    ASN1_TYPE *value = ASN1_TYPE_new();
    size_t rest;
    char *type_id;

    MUST(slash != NULL && value != NULL);
    rest = length - (size_t)(slash + 1 - text);
    type_id = OPENSSL_strndup(text, (size_t)(slash - text));
    ASN1_TYPE_set(value, type,
                  type == RELATIVE_OID ? relative_oid(slash + 1, rest)
                                       : string_of(type, (const unsigned char *)slash + 1, rest));
    MUST(GENERAL_NAME_set0_othername(name, OBJ_txt2obj(type_id, 1), value));
    OPENSSL_free(type_id);
}

/* One word, length octets. */
static GENERAL_NAME *make_name(const char *word, size_t length)
{
    GENERAL_NAME *name = GENERAL_NAME_new();
    const char *value = (const char *)memchr(word, ':', length);
    unsigned char octets[WORD_MAX];
    size_t decoded;

    MUST(name != NULL && value != NULL);
    decoded = decode(octets, ++value, word + length);
    if (strncmp(word, "DNS:", 4) == 0)
        GENERAL_NAME_set0_value(name, GEN_DNS, string_of(V_ASN1_IA5STRING, octets, decoded));
    else if (strncmp(word, "URI:", 4) == 0)
        GENERAL_NAME_set0_value(name, GEN_URI, string_of(V_ASN1_IA5STRING, octets, decoded));
    else if (strncmp(word, "EMAIL:", 6) == 0)
        GENERAL_NAME_set0_value(name, GEN_EMAIL, string_of(V_ASN1_IA5STRING, octets, decoded));
    else if (strncmp(word, "OID:", 4) == 0)
        set_other_name(name, (const char *)octets, decoded, RELATIVE_OID);
    else if (strncmp(word, "UTF8:", 5) == 0)
        set_other_name(name, (const char *)octets, decoded, V_ASN1_UTF8STRING);
    else
        must_not("a known type of name", __LINE__);
    return name;
}

static void add_extension(X509 *certificate, int nid, void *value, int critical)
{
    MUST(X509_add1_ext_i2d(certificate, nid, value, critical, X509V3_ADD_DEFAULT) == 1);
}

static void add_names(X509 *certificate, const char *words)
{
    GENERAL_NAMES *names = GENERAL_NAMES_new();

    while (*words != '\0') {
        size_t length = strcspn(words, " ");

        MUST(sk_GENERAL_NAME_push(names, make_name(words, length)) > 0);
        words += length + strspn(words + length, " ");
    }
    add_extension(certificate, NID_subject_alt_name, names, 0);
    GENERAL_NAMES_free(names);
}

static GENERAL_SUBTREE *make_subtree(const char *word, size_t length, int minimum)
{
    GENERAL_SUBTREE *subtree = GENERAL_SUBTREE_new();

    MUST(subtree != NULL);
    GENERAL_NAME_free(subtree->base);
    subtree->base = make_name(word, length);
    if (minimum != 0) {
        subtree->minimum = ASN1_INTEGER_new();
        MUST(ASN1_INTEGER_set(subtree->minimum, minimum));
    }
    return subtree;
}

static void add_constraints(X509 *certificate, const char *words, int minimum)
{
    NAME_CONSTRAINTS *constraints = NAME_CONSTRAINTS_new();

    while (*words != '\0') {
        size_t length = strcspn(words, " ");
        STACK_OF(GENERAL_SUBTREE) **subtrees =
            *words == '+' ? &constraints->permittedSubtrees : &constraints->excludedSubtrees;

        if (*subtrees == NULL)
            *subtrees = sk_GENERAL_SUBTREE_new_null();
        MUST(sk_GENERAL_SUBTREE_push(*subtrees, make_subtree(words + 1, length - 1, minimum)) > 0);
        words += length + strspn(words + length, " ");
    }
    add_extension(certificate, NID_name_constraints, constraints, 1);
    NAME_CONSTRAINTS_free(constraints);
}

static void add_text_extension(X509 *certificate, const IDENTITY *issuer, int nid, const char *text)
{
    X509_EXTENSION *extension;
    X509V3_CTX context;

    X509V3_set_ctx(&context, issuer != NULL ? issuer->certificate : certificate, certificate, NULL,
                   NULL, 0);
    extension = X509V3_EXT_conf_nid(NULL, &context, nid, text);
    MUST(extension != NULL && X509_add_ext(certificate, extension, -1));
    X509_EXTENSION_free(extension);
}

static void add_extensions(X509 *certificate, const SPEC *spec, const IDENTITY *issuer)
{
    const char *usage =
        spec->is_ca ? "critical,digitalSignature,keyCertSign,cRLSign" : "critical,digitalSignature";

    if (spec->key_usage != NULL)
        usage = spec->key_usage;
    if (spec->is_ca)
        add_text_extension(certificate, issuer, NID_basic_constraints, "critical,CA:TRUE");
    if (*usage != '\0')
        add_text_extension(certificate, issuer, NID_key_usage, usage);
    add_text_extension(certificate, issuer, NID_subject_key_identifier, "hash");
    if (spec->names != NULL)
        add_names(certificate, spec->names);
    if (spec->constraints != NULL)
        add_constraints(certificate, spec->constraints, spec->minimum);
}

static void set_head(X509 *certificate, const SPEC *spec)
{
    const char *subject = spec->subject != NULL ? spec->subject : "an entity";
    unsigned char serial[8];

    MUST(RAND_bytes(serial, sizeof(serial)) == 1);
    serial[0] = (serial[0] & 0x3F) | 0x40;
    MUST(X509_set_version(certificate, X509_VERSION_3));
    MUST(ASN1_STRING_set(X509_get_serialNumber(certificate), serial, sizeof(serial)));
    MUST(X509_gmtime_adj(X509_getm_notBefore(certificate),
                         spec->begins != 0 ? spec->begins : -DAY) != NULL);
    MUST(X509_gmtime_adj(X509_getm_notAfter(certificate), spec->ends != 0 ? spec->ends : DAY) !=
         NULL);
    MUST(X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                                    (const unsigned char *)subject, -1, -1, 0));
}

IDENTITY identity_make(const SPEC *spec, const IDENTITY *issuer)
{
    IDENTITY made = { X509_new(), make_key(spec) };
    const EVP_MD *digest = EVP_get_digestbyname(spec->digest != NULL ? spec->digest : "SHA256");
    const IDENTITY *signer = issuer != NULL ? issuer : &made;

    MUST(made.certificate != NULL && digest != NULL);
    set_head(made.certificate, spec);
    MUST(X509_set_issuer_name(made.certificate, X509_get_subject_name(signer->certificate)));
    MUST(X509_set_pubkey(made.certificate, made.key));
    add_extensions(made.certificate, spec, issuer);
    MUST(X509_sign(made.certificate, signer->key, digest) > 0);
    return made;
}

void identity_free(IDENTITY *identity)
{
    X509_free(identity->certificate);
    EVP_PKEY_free(identity->key);
    identity->certificate = NULL;
    identity->key = NULL;
}

static void add_revoked(X509_CRL *crl, X509 *certificate)
{
    X509_REVOKED *entry = X509_REVOKED_new();
    ASN1_TIME *now = X509_gmtime_adj(NULL, -DAY);

    MUST(entry != NULL && now != NULL);
    MUST(X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(certificate)));
    MUST(X509_REVOKED_set_revocationDate(entry, now) && X509_CRL_add0_revoked(crl, entry));
    ASN1_TIME_free(now);
}

X509_CRL *crl_make(const IDENTITY *issuer, X509 *revoked)
{
    X509_CRL *crl = X509_CRL_new();
    ASN1_TIME *before = X509_gmtime_adj(NULL, -DAY), *after = X509_gmtime_adj(NULL, DAY);

    MUST(crl != NULL && before != NULL && after != NULL);
    MUST(X509_CRL_set_version(crl, X509_CRL_VERSION_2));
    MUST(X509_CRL_set_issuer_name(crl, X509_get_subject_name(issuer->certificate)));
    MUST(X509_CRL_set1_lastUpdate(crl, before) && X509_CRL_set1_nextUpdate(crl, after));
    if (revoked != NULL)
        add_revoked(crl, revoked);
    MUST(X509_CRL_sort(crl) && X509_CRL_sign(crl, issuer->key, EVP_sha256()) > 0);
    ASN1_TIME_free(before);
    ASN1_TIME_free(after);
    return crl;
}
