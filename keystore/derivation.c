/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/crypto.h>
#include <onem2m/params.h>
#include "derivation.h"

#define KE_OCTETS 32
#define SHA2_256 "SHA2-256"
#define DIGEST_MIN 32
#define RAND_OBJECT_MAX 65536
#define SALT_MAX 65536
#define IMPI_MAX 253
#define GBA_RAND_OCTETS 16
#define UA_PROTOCOL_OCTETS 5
#define SPLIT_MAX 512

#define LITERAL(text)                                                                              \
    {                                                                                              \
        (const unsigned char *)(text), sizeof(text) - 1                                            \
    }
#define WORDS(...)                                                                                 \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }

/* The message that a derivation gives to its MAC, in pieces, and room for those made on the way. */
#define MESSAGE_PARTS_MAX 12
typedef struct {
    ONEM2M_SLICE parts[MESSAGE_PARTS_MAX];
    size_t count;
    unsigned char made[16];
    size_t made_length;
} MESSAGE;

typedef void message_fn(const ONEM2M_OPERAND *operands, MESSAGE *message);
typedef int derive_fn(const ONEM2M_DERIVATION_INPUT *input, ONEM2M_HMAC *hmac, unsigned char *out,
                      ONEM2M_ERROR *error);
typedef int derive_key_fn(const ONEM2M_DERIVATION_INPUT *input, int extractable,
                          ONEM2M_TOKEN_KEY *child, ONEM2M_ERROR *error);

struct onem2m_derivation_st {
    const char *name;
    const char *clause;
    size_t key_min, key_max;
    int key_even;
    int is_release;
    const char *digest;
    int takes_digest;
    message_fn *message; /* the output is one MAC of this message, unless derive is set */
    derive_fn *derive;
    derive_key_fn *derive_key; /* the same of a key in a token, as another one there */
    size_t operand_count;
    ONEM2M_OPERAND_RULE operands[ONEM2M_OPERANDS_MAX];
};

static void append(MESSAGE *message, ONEM2M_SLICE part)
{
    message->parts[message->count++] = part;
}

/* Appends octets that no operand holds; a message makes at most 16 of them. */
static void append_made(MESSAGE *message, const void *octets, size_t length)
{
    unsigned char *made = message->made + message->made_length;
    const ONEM2M_SLICE part = { made, length };

    memcpy(made, octets, length);
    message->made_length += length;
    append(message, part);
}

/* TS-0003 10.3.2: Km from Ke and MAF-ID. */
static void km_message(const ONEM2M_OPERAND *operands, MESSAGE *message)
{
    static const ONEM2M_SLICE label =
        LITERAL("oneM2M Enrolment Key to Master Credential derivation");

    append(message, label);
    append(message, operands[0].octets);
}

const ONEM2M_DERIVATION onem2m_derivation_km = {
    .name = ONEM2M_KDF_KM,
    .clause = "TS-0003 10.3.2",
    .key_min = KE_OCTETS,
    .key_max = KE_OCTETS,
    .digest = SHA2_256,
    .message = km_message,
    .operand_count = 1,
    .operands = { { .name = ONEM2M_PARAM_MAF_ID,
                    .clause = "TS-0003 10.3.2",
                    .type = ONEM2M_OPERAND_FQDN } },
};

/* TS-0003 10.3.3: Kpsa from Ke and the identifier of Enrolee B. */
static void kpsa_message(const ONEM2M_OPERAND *operands, MESSAGE *message)
{
    static const ONEM2M_SLICE label =
        LITERAL("oneM2M Enrolment Key to Provisioned Secure Connection Key derivation");

    append(message, label);
    append(message, operands[0].octets);
}

const ONEM2M_DERIVATION onem2m_derivation_kpsa = {
    .name = ONEM2M_KDF_KPSA,
    .clause = "TS-0003 10.3.3",
    .key_min = KE_OCTETS,
    .key_max = KE_OCTETS,
    .digest = SHA2_256,
    .message = kpsa_message,
    .operand_count = 1,
    .operands = { { .name = ONEM2M_PARAM_TARGET_ID,
                    .clause = "TS-0003 10.3.3",
                    .type = ONEM2M_OPERAND_ENTITY } },
};

/* TS-0003 10.3.7: a usage-constrained key from Ke, SUID and Enrolment-Target-ID. */
enum { USAGE_KEY_SUID, USAGE_KEY_TARGET, USAGE_KEY_ENCODING };
enum { SUID_AS_DECIMAL, SUID_AS_OCTET };

static void usage_key_message(const ONEM2M_OPERAND *operands, MESSAGE *message)
{
    static const ONEM2M_SLICE label =
        LITERAL("oneM2M Enrolment Key to Usage-Constrained Symmetric Key derivation");
    const unsigned int suid = operands[USAGE_KEY_SUID].number;

    append(message, label);
    if (operands[USAGE_KEY_ENCODING].number == SUID_AS_OCTET) {
        const unsigned char octet = (unsigned char)suid;

        append_made(message, &octet, 1);
    } else {
        const unsigned char decimal[2] = { (unsigned char)('0' + suid / 10),
                                           (unsigned char)('0' + suid % 10) };

        append_made(message, decimal, sizeof(decimal));
    }
    append(message, operands[USAGE_KEY_TARGET].octets);
}

const ONEM2M_DERIVATION onem2m_derivation_usage_key = {
    .name = ONEM2M_KDF_USAGE_KEY,
    .clause = "TS-0003 10.3.7",
    .key_min = KE_OCTETS,
    .key_max = KE_OCTETS,
    .digest = SHA2_256,
    .message = usage_key_message,
    .operand_count = 3,
    .operands = { [USAGE_KEY_SUID] = { .name = ONEM2M_PARAM_SUID,
                                       .clause = "TS-0003 10.3.7",
                                       .type = ONEM2M_OPERAND_SUID },
                  [USAGE_KEY_TARGET] = { .name = ONEM2M_PARAM_TARGET_ID,
                                         .clause = "TS-0003 10.3.7",
                                         .type = ONEM2M_OPERAND_FQDN },
                  [USAGE_KEY_ENCODING] = { .name = ONEM2M_PARAM_SUID_ENCODING,
                                           .clause = "TS-0003 10.3.7",
                                           .type = ONEM2M_OPERAND_CHOICE,
                                           .optional = 1,
                                           .words = WORDS(ONEM2M_SUID_ENCODING_DECIMAL,
                                                          ONEM2M_SUID_ENCODING_OCTET) } },
};

/* TS-0003 10.3.6: Ke2e_master, extracted from the key, and the keys expanded of it. */
enum { E2E_PURPOSE, E2E_SALT };
enum { E2E_MASTER, E2E_KEYS = 4 };

/* The message of T(n) of 10.3.6.2, out of T(n - 1); T(0) is empty. */
#define EXPANSION_PARTS 3
static void expansion_message(ONEM2M_SLICE parts[EXPANSION_PARTS], const unsigned char *n,
                              const unsigned char *t, size_t size)
{
    static const ONEM2M_SLICE labels[E2E_KEYS] = {
        LITERAL("E2E Message Authentication Key"),
        LITERAL("E2E Message Confidentiality Key"),
        LITERAL("E2E Attribute Authenticity Key"),
        LITERAL("E2E Attribute Confidentiality Key"),
    };

    parts[0] = (ONEM2M_SLICE){ t, *n > 1 ? size : 0 };
    parts[1] = labels[*n - 1];
    parts[2] = (ONEM2M_SLICE){ n, 1 };
}

/* T(last), EVP_MAX_MD_SIZE octets; nothing when last is 0. */
static int expand(const ONEM2M_DERIVATION_INPUT *input, ONEM2M_HMAC *hmac,
                  const ONEM2M_MATERIAL *master, unsigned int last, unsigned char *t,
                  ONEM2M_ERROR *error)
{
    const size_t size = (size_t)EVP_MD_get_size(input->digest);
    ONEM2M_SLICE parts[EXPANSION_PARTS];
    int ok = 1;

    for (unsigned char n = 1; ok && n <= last; n++) {
        expansion_message(parts, &n, t, size);
        ok = onem2m_material_mac(master, hmac, input->digest, parts, EXPANSION_PARTS, t, error);
    }
    return ok;
}

static int expand_master(const ONEM2M_DERIVATION_INPUT *input, ONEM2M_HMAC *hmac,
                         const ONEM2M_MATERIAL *master, unsigned char *out, ONEM2M_ERROR *error)
{
    const unsigned int purpose = input->operands[E2E_PURPOSE].number;
    unsigned char t[EVP_MAX_MD_SIZE];
    int ok;

    if (purpose == E2E_MASTER)
        return onem2m_material_read(master, out, error);
    ok = expand(input, hmac, master, purpose, t, error);
    if (ok)
        memcpy(out, t, (size_t)EVP_MD_get_size(input->digest));
    OPENSSL_cleanse(t, sizeof(t));
    return ok;
}

/* The master, extracted in the token; *key is what it points to. */
static int extract_in_token(const ONEM2M_DERIVATION_INPUT *input, int extractable,
                            ONEM2M_TOKEN_KEY *key, ONEM2M_MATERIAL *master, ONEM2M_ERROR *error)
{
    *master = input->key;
    if (input->key_is_master)
        return 1;
    *master = (ONEM2M_MATERIAL){ .token = input->key.token, .key = key };
    return onem2m_token_extract(input->key.token, input->key.key, input->digest,
                                input->operands[E2E_SALT].octets, extractable, key, error);
}

static int e2e_derive(const ONEM2M_DERIVATION_INPUT *input, ONEM2M_HMAC *hmac, unsigned char *out,
                      ONEM2M_ERROR *error)
{
    const int gives_master = input->operands[E2E_PURPOSE].number == E2E_MASTER;
    unsigned char octets[EVP_MAX_MD_SIZE];
    ONEM2M_MATERIAL master = { .octets = { octets, (size_t)EVP_MD_get_size(input->digest) } };
    ONEM2M_TOKEN_KEY key;
    int ok;

    if (input->key_is_master)
        return expand_master(input, hmac, &input->key, out, error);
    if (input->key.token != NULL)
        return extract_in_token(input, gives_master, &key, &master, error) &&
               expand_master(input, hmac, &master, out, error);
    /* HMAC pads a key with zeros: an absent salt, empty here, is as many zero octets as the hash
     * is long (RFC 5869 2.2). */
    ok = onem2m_hmac(hmac, input->digest, input->operands[E2E_SALT].octets, &input->key.octets, 1,
                     octets, error) &&
         expand_master(input, hmac, &master, out, error);
    OPENSSL_cleanse(octets, sizeof(octets));
    return ok;
}

/* The keys before the one that is wanted are part of its message, and so octets in between. */
static int e2e_derive_key(const ONEM2M_DERIVATION_INPUT *input, int extractable,
                          ONEM2M_TOKEN_KEY *child, ONEM2M_ERROR *error)
{
    const unsigned char purpose = (unsigned char)input->operands[E2E_PURPOSE].number;
    unsigned char t[EVP_MAX_MD_SIZE];
    ONEM2M_SLICE parts[EXPANSION_PARTS];
    ONEM2M_MATERIAL master;
    ONEM2M_TOKEN_KEY key;
    int ok;

    if (purpose == E2E_MASTER)
        return extract_in_token(input, extractable, child, &master, error);
    ok = extract_in_token(input, 0, &key, &master, error) &&
         expand(input, NULL, &master, purpose - 1U, t, error);
    if (ok) {
        expansion_message(parts, &purpose, t, (size_t)EVP_MD_get_size(input->digest));
        ok = onem2m_token_derive(master.token, master.key, input->digest, parts, EXPANSION_PARTS,
                                 extractable, child, error);
    }
    OPENSSL_cleanse(t, sizeof(t));
    return ok;
}

const ONEM2M_DERIVATION onem2m_derivation_e2e_key = {
    .name = ONEM2M_KDF_E2E_KEY,
    .clause = "TS-0003 10.3.6",
    .key_min = 16,
    .key_max = 512,
    .digest = SHA2_256,
    .takes_digest = 1,
    .derive = e2e_derive,
    .derive_key = e2e_derive_key,
    .operand_count = 2,
    .operands = { [E2E_PURPOSE] = { .name = ONEM2M_PARAM_PURPOSE,
                                    .clause = "TS-0003 10.3.6.2",
                                    .type = ONEM2M_OPERAND_CHOICE,
                                    .words = WORDS(ONEM2M_PURPOSE_MASTER,
                                                   ONEM2M_PURPOSE_MESSAGE_AUTHENTICATION,
                                                   ONEM2M_PURPOSE_MESSAGE_CONFIDENTIALITY,
                                                   ONEM2M_PURPOSE_ATTRIBUTE_AUTHENTICITY,
                                                   ONEM2M_PURPOSE_ATTRIBUTE_CONFIDENTIALITY) },
                  [E2E_SALT] = { .name = ONEM2M_PARAM_SALT,
                                 .clause = "TS-0003 10.3.6.1",
                                 .type = ONEM2M_OPERAND_OCTETS,
                                 .optional = 1,
                                 .max = SALT_MAX } },
};

/* TS-0003 10.3.8.2: sessionESPrimKey from pairwiseESPrimKey and both random objects. */
enum { ESPRIM_RECEIVER, ESPRIM_ORIGINATOR };

static void session_esprim_message(const ONEM2M_OPERAND *operands, MESSAGE *message)
{
    static const ONEM2M_SLICE label =
        LITERAL("oneM2M HMAC-SHA256 sessionESPrimKey derivation algorithm");

    append(message, operands[ESPRIM_RECEIVER].octets);
    append(message, operands[ESPRIM_ORIGINATOR].octets);
    append(message, label);
}

const ONEM2M_DERIVATION onem2m_derivation_session_esprim_key = {
    .name = ONEM2M_KDF_SESSION_ESPRIM_KEY,
    .clause = "TS-0003 10.3.8.2",
    .key_min = 16,
    .key_max = 64,
    .digest = SHA2_256,
    .message = session_esprim_message,
    .operand_count = 2,
    .operands = { [ESPRIM_RECEIVER] = { .name = ONEM2M_PARAM_RECEIVER_RAND,
                                        .clause = "TS-0003 10.3.8.2",
                                        .type = ONEM2M_OPERAND_OCTETS,
                                        .min = 1,
                                        .max = RAND_OBJECT_MAX },
                  [ESPRIM_ORIGINATOR] = { .name = ONEM2M_PARAM_ORIGINATOR_RAND,
                                          .clause = "TS-0003 10.3.8.2",
                                          .type = ONEM2M_OPERAND_OCTETS,
                                          .min = 1,
                                          .max = RAND_OBJECT_MAX } },
};

/* TS-0003 8.8.1 step 8: the halves of a distributed key. */
enum { HALF_FIRST, HALF_SECOND };

static size_t half_offset(const ONEM2M_DERIVATION_INPUT *input, size_t half)
{
    return input->operands[0].number == HALF_SECOND ? half : 0;
}

static int split_derive(const ONEM2M_DERIVATION_INPUT *input, ONEM2M_HMAC *hmac, unsigned char *out,
                        ONEM2M_ERROR *error)
{
    const size_t half = onem2m_material_length(&input->key) / 2;
    unsigned char whole[SPLIT_MAX];
    int ok;

    (void)hmac;
    if (input->key.token == NULL) {
        memcpy(out, input->key.octets.data + half_offset(input, half), half);
        return 1;
    }
    ok = onem2m_material_read(&input->key, whole, error);
    if (ok)
        memcpy(out, whole + half_offset(input, half), half);
    OPENSSL_cleanse(whole, 2 * half);
    return ok;
}

static int split_derive_key(const ONEM2M_DERIVATION_INPUT *input, int extractable,
                            ONEM2M_TOKEN_KEY *child, ONEM2M_ERROR *error)
{
    const size_t half = onem2m_material_length(&input->key) / 2;

    return onem2m_token_slice(input->key.token, input->key.key, half_offset(input, half), half,
                              extractable, child, error);
}

const ONEM2M_DERIVATION onem2m_derivation_split_key = {
    .name = ONEM2M_KDF_SPLIT_KEY,
    .clause = "TS-0003 8.8.1 step 8",
    .key_min = 16,
    .key_max = SPLIT_MAX,
    .key_even = 1,
    .derive = split_derive,
    .derive_key = split_derive_key,
    .operand_count = 1,
    .operands = { { .name = ONEM2M_PARAM_HALF,
                    .clause = "TS-0003 8.8.1 step 8",
                    .type = ONEM2M_OPERAND_CHOICE,
                    .words = WORDS(ONEM2M_HALF_FIRST, ONEM2M_HALF_SECOND) } },
};

/* TS-0003 8.3.2.3, 3GPP TS 33.220 Annex B: Km or Kpsa as the NAF key of a GBA bootstrap. */
enum { GBA_MODE, GBA_RAND, GBA_IMPI, GBA_NAF_FQDN, GBA_UA_PROTOCOL };

/* A parameter P of 33.220 B.2 is followed by its length, two octets, most significant first. */
static void append_length(MESSAGE *message, size_t length)
{
    const unsigned char octets[2] = { (unsigned char)(length >> 8), (unsigned char)length };

    append_made(message, octets, sizeof(octets));
}

static void append_parameter(MESSAGE *message, ONEM2M_SLICE parameter)
{
    append(message, parameter);
    append_length(message, parameter.length);
}

static void gba_naf_message(const ONEM2M_OPERAND *operands, MESSAGE *message)
{
    static const unsigned char function_code = 0x01;
    static const ONEM2M_SLICE modes[] = { LITERAL(ONEM2M_MODE_GBA_ME), LITERAL(ONEM2M_MODE_GBA_U) };
    const ONEM2M_SLICE naf = operands[GBA_NAF_FQDN].octets;
    const ONEM2M_SLICE protocol = operands[GBA_UA_PROTOCOL].octets;

    append_made(message, &function_code, 1);
    append_parameter(message, modes[operands[GBA_MODE].number]);
    append_parameter(message, operands[GBA_RAND].octets);
    append_parameter(message, operands[GBA_IMPI].octets);
    append(message, naf);
    append(message, protocol);
    append_length(message, naf.length + protocol.length);
}

const ONEM2M_DERIVATION onem2m_derivation_gba_naf_key = {
    .name = ONEM2M_KDF_GBA_NAF_KEY,
    .clause = "TS-0003 8.3.2.3",
    .key_min = KE_OCTETS,
    .key_max = KE_OCTETS,
    .digest = SHA2_256,
    .message = gba_naf_message,
    .operand_count = 5,
    .operands = { [GBA_MODE] = { .name = ONEM2M_PARAM_MODE,
                                 .clause = "TS-0003 8.3.2.3",
                                 .type = ONEM2M_OPERAND_CHOICE,
                                 .words = WORDS(ONEM2M_MODE_GBA_ME, ONEM2M_MODE_GBA_U) },
                  [GBA_RAND] = { .name = ONEM2M_PARAM_RAND,
                                 .clause = "3GPP TS 33.220 B.3",
                                 .type = ONEM2M_OPERAND_OCTETS,
                                 .min = GBA_RAND_OCTETS,
                                 .max = GBA_RAND_OCTETS },
                  [GBA_IMPI] = { .name = ONEM2M_PARAM_IMPI,
                                 .clause = "3GPP TS 33.220 B.3",
                                 .type = ONEM2M_OPERAND_TEXT,
                                 .min = 1,
                                 .max = IMPI_MAX },
                  [GBA_NAF_FQDN] = { .name = ONEM2M_PARAM_NAF_FQDN,
                                     .clause = "3GPP TS 33.220 B.3",
                                     .type = ONEM2M_OPERAND_FQDN },
                  [GBA_UA_PROTOCOL] = { .name = ONEM2M_PARAM_UA_PROTOCOL,
                                        .clause = "3GPP TS 33.220 B.3",
                                        .type = ONEM2M_OPERAND_OCTETS,
                                        .min = UA_PROTOCOL_OCTETS,
                                        .max = UA_PROTOCOL_OCTETS } },
};

/* TS-0003 8.2.2, 8.3.5.2.2, 8.8.2.2: an own key for a TLS stack; 8.3.5.2.8, 8.8.2.8: a registered
 * one for its target. */
static int release_derive(const ONEM2M_DERIVATION_INPUT *input, ONEM2M_HMAC *hmac,
                          unsigned char *out, ONEM2M_ERROR *error)
{
    (void)hmac;
    return onem2m_material_read(&input->key, out, error);
}

const ONEM2M_DERIVATION onem2m_derivation_psk = {
    .name = ONEM2M_KDF_PSK,
    .clause = "TS-0003 8.2.2, 8.3.5.2.2, 8.8.2.2",
    .is_release = 1,
    .derive = release_derive,
    .operand_count = 1,
    .operands = { { .name = ONEM2M_PARAM_USAGE,
                    .clause = "TS-0004 6.3.4.2.39",
                    .type = ONEM2M_OPERAND_CHOICE,
                    .words = WORDS(ONEM2M_USAGE_NAME_MEF, ONEM2M_USAGE_NAME_MAF,
                                   ONEM2M_USAGE_NAME_SAEF) } },
};

const ONEM2M_DERIVATION onem2m_derivation_retrieve = {
    .name = ONEM2M_KDF_RETRIEVE,
    .clause = "TS-0003 8.3.5.2.8, 8.8.2.8",
    .is_release = 1,
    .derive = release_derive,
    .operand_count = 1,
    .operands = { { .name = ONEM2M_PARAM_SUID,
                    .clause = "TS-0003 8.8.2.8",
                    .type = ONEM2M_OPERAND_ANY_SUID,
                    .optional = 1 } },
};

const char *onem2m_derivation_name(const ONEM2M_DERIVATION *derivation)
{
    return derivation->name;
}

const ONEM2M_DERIVATION *onem2m_derivation_at(size_t index)
{
    static const ONEM2M_DERIVATION *const derivations[] = {
        &onem2m_derivation_km,
        &onem2m_derivation_kpsa,
        &onem2m_derivation_usage_key,
        &onem2m_derivation_e2e_key,
        &onem2m_derivation_session_esprim_key,
        &onem2m_derivation_split_key,
        &onem2m_derivation_gba_naf_key,
    };

    return index < sizeof(derivations) / sizeof(derivations[0]) ? derivations[index] : NULL;
}

static int is_named(const ONEM2M_DERIVATION *derivation, const char *text, size_t length)
{
    return strlen(derivation->name) == length &&
           OPENSSL_strncasecmp(derivation->name, text, length) == 0;
}

int onem2m_derivation_parse(const ONEM2M_DERIVATION **derivation, const char *text, size_t length,
                            ONEM2M_ERROR *error)
{
    const ONEM2M_DERIVATION *candidate;

    for (size_t i = 0; (candidate = onem2m_derivation_at(i)) != NULL; i++) {
        if (is_named(candidate, text, length)) {
            *derivation = candidate;
            return 1;
        }
    }
    if (is_named(&onem2m_derivation_psk, text, length)) {
        *derivation = &onem2m_derivation_psk;
        return 1;
    }
    return onem2m_refuse(error, ONEM2M_R_BAD_CHOICE, ONEM2M_NO_OFFSET,
                         "no derivation of a key object, which are ONEM2M-KM, -KPSA, -USAGE-KEY, "
                         "-E2E-KEY, -SESSION-ESPRIM-KEY, -SPLIT-KEY, -GBA-NAF-KEY and -PSK");
}

size_t onem2m_derivation_operand_count(const ONEM2M_DERIVATION *derivation)
{
    return derivation->operand_count;
}

const ONEM2M_OPERAND_RULE *onem2m_derivation_operand(const ONEM2M_DERIVATION *derivation,
                                                     size_t index)
{
    return &derivation->operands[index];
}

int onem2m_derivation_is_release(const ONEM2M_DERIVATION *derivation)
{
    return derivation->is_release;
}

const char *onem2m_derivation_digest(const ONEM2M_DERIVATION *derivation)
{
    return derivation->digest;
}

int onem2m_derivation_takes_digest(const ONEM2M_DERIVATION *derivation)
{
    return derivation->takes_digest;
}

int onem2m_digest_check(const EVP_MD *digest, ONEM2M_ERROR *error)
{
    /* MD5-SHA1 is 36 octets of two broken hashes, for TLS 1.1. */
    if ((EVP_MD_get_flags(digest) & EVP_MD_FLAG_XOF) != 0 || EVP_MD_get_size(digest) < DIGEST_MIN ||
        EVP_MD_is_a(digest, "MD5-SHA1"))
        return onem2m_refuse(error, ONEM2M_R_BAD_DIGEST, ONEM2M_NO_OFFSET,
                             "%s: a hash of fixed length and at least %d octets is needed "
                             "(TS-0003 10.3.6)",
                             EVP_MD_get0_name(digest), DIGEST_MIN);
    return 1;
}

int onem2m_derivation_check_key(const ONEM2M_DERIVATION *derivation, size_t length,
                                ONEM2M_ERROR *error)
{
    const size_t min = derivation->key_min, max = derivation->key_max;

    if (length >= min && length <= max && !(derivation->key_even && length % 2 != 0))
        return 1;
    if (min == max)
        return onem2m_refuse(error, ONEM2M_R_BAD_KEY_LENGTH, ONEM2M_NO_OFFSET,
                             "%zu octets; %zu are needed (%s)", length, min, derivation->clause);
    return onem2m_refuse(error, ONEM2M_R_BAD_KEY_LENGTH, ONEM2M_NO_OFFSET,
                         "%zu octets; %zu to %zu%s are needed (%s)", length, min, max,
                         derivation->key_even ? ", an even number," : "", derivation->clause);
}

static int refuse_missing_key(const ONEM2M_DERIVATION *derivation, ONEM2M_ERROR *error)
{
    return onem2m_refuse(
        error, ONEM2M_R_MISSING_KEY, ONEM2M_NO_OFFSET, "%s: the input key is not set (%s)",
        derivation->is_release ? ONEM2M_PARAM_KEY_ID : ONEM2M_PARAM_KEY " or " ONEM2M_PARAM_KEY_ID,
        derivation->clause);
}

int onem2m_derivation_size(const ONEM2M_DERIVATION_INPUT *input, size_t *size, ONEM2M_ERROR *error)
{
    if (input->derivation->digest != NULL) {
        *size = (size_t)EVP_MD_get_size(input->digest);
        return 1;
    }
    if (!onem2m_material_is_set(&input->key))
        return refuse_missing_key(input->derivation, error);
    *size = onem2m_material_length(&input->key);
    if (!input->derivation->is_release)
        *size /= 2;
    return 1;
}

int onem2m_derivation_check_operands(const ONEM2M_DERIVATION_INPUT *input, ONEM2M_ERROR *error)
{
    const ONEM2M_DERIVATION *derivation = input->derivation;
    size_t i;

    for (i = 0; i < derivation->operand_count; i++) {
        const ONEM2M_OPERAND_RULE *rule = &derivation->operands[i];

        if (!rule->optional && !input->operands[i].is_set)
            return onem2m_refuse(error, ONEM2M_R_MISSING_PARAMETER, ONEM2M_NO_OFFSET,
                                 "%s: not set (%s)", rule->name, rule->clause);
    }
    return 1;
}

int onem2m_derivation_check_complete(const ONEM2M_DERIVATION_INPUT *input, ONEM2M_ERROR *error)
{
    if (!onem2m_material_is_set(&input->key))
        return refuse_missing_key(input->derivation, error);
    return onem2m_derivation_check_operands(input, error);
}

void onem2m_derivation_scope(const ONEM2M_DERIVATION_INPUT *input, ONEM2M_DERIVATION_SCOPE *scope)
{
    const ONEM2M_OPERAND *operands = input->operands;

    memset(scope, 0, sizeof(*scope));
    if (input->derivation == &onem2m_derivation_usage_key) {
        scope->suid = operands[USAGE_KEY_SUID].number;
        scope->target = operands[USAGE_KEY_TARGET].octets;
    } else if (input->derivation == &onem2m_derivation_e2e_key) {
        scope->purpose = operands[E2E_PURPOSE].number;
    } else if (input->derivation == &onem2m_derivation_psk) {
        scope->usage = (ONEM2M_USAGE)(ONEM2M_USAGE_MEF + operands[0].number);
    } else if (input->derivation == &onem2m_derivation_retrieve) {
        scope->suid = operands[0].number;
    }
}

int onem2m_derivation_is_mac(const ONEM2M_DERIVATION *derivation)
{
    return derivation->message != NULL;
}

static void form_message(const ONEM2M_DERIVATION_INPUT *input, MESSAGE *message)
{
    message->count = 0;
    message->made_length = 0;
    input->derivation->message(input->operands, message);
}

int onem2m_derive(const ONEM2M_DERIVATION_INPUT *input, ONEM2M_HMAC *hmac, unsigned char *out,
                  ONEM2M_ERROR *error)
{
    MESSAGE message;

    if (input->derivation->derive != NULL)
        return input->derivation->derive(input, hmac, out, error);
    form_message(input, &message);
    if (input->key_is_prepared)
        return onem2m_hmac_prepared(hmac, message.parts, message.count, out, error);
    return onem2m_material_mac(&input->key, hmac, input->digest, message.parts, message.count, out,
                               error);
}

int onem2m_derive_token_key(const ONEM2M_DERIVATION_INPUT *input, int extractable,
                            ONEM2M_TOKEN_KEY *child, ONEM2M_ERROR *error)
{
    MESSAGE message;

    if (input->derivation->derive_key != NULL)
        return input->derivation->derive_key(input, extractable, child, error);
    form_message(input, &message);
    return onem2m_token_derive(input->key.token, input->key.key, input->digest, message.parts,
                               message.count, extractable, child, error);
}
