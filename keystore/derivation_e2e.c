/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <openssl/crypto.h>
#include "derivation_internal.h"

/* The keys of end-to-end security (TS-0003 8.4, 8.5). */

#define RAND_OBJECT_MAX 65536
#define SALT_MAX 65536

/* TS-0003 10.3.6: Ke2e_master, extracted from the key, and the keys expanded of it. */
enum { E2E_PURPOSE, E2E_SALT };
enum { E2E_MASTER, E2E_KEYS = 4 };

/* The message of T(n) of 10.3.6.2, out of T(n - 1); T(0) is empty. */
#define EXPANSION_PARTS 3
static void expansion_message(ONEM2M_SLICE parts[EXPANSION_PARTS], const unsigned char *n,
                              const unsigned char *t, size_t size)
{
    static const ONEM2M_SLICE labels[E2E_KEYS] = {
        ONEM2M_LITERAL("E2E Message Authentication Key"),
        ONEM2M_LITERAL("E2E Message Confidentiality Key"),
        ONEM2M_LITERAL("E2E Attribute Authenticity Key"),
        ONEM2M_LITERAL("E2E Attribute Confidentiality Key"),
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

static void e2e_scope(const ONEM2M_OPERAND *operands, ONEM2M_DERIVATION_SCOPE *scope)
{
    scope->purpose = operands[E2E_PURPOSE].number;
}

const ONEM2M_DERIVATION onem2m_derivation_e2e_key = {
    .name = ONEM2M_KDF_E2E_KEY,
    .clause = "TS-0003 10.3.6",
    .key_min = 16,
    .key_max = 512,
    .digest = ONEM2M_SHA2_256,
    .takes_digest = 1,
    .derive = e2e_derive,
    .derive_key = e2e_derive_key,
    .scope = e2e_scope,
    .operand_count = 2,
    .operands = { [E2E_PURPOSE] = { .name = ONEM2M_PARAM_PURPOSE,
                                    .clause = "TS-0003 10.3.6.2",
                                    .type = ONEM2M_OPERAND_CHOICE,
                                    .words =
                                        ONEM2M_WORDS(ONEM2M_PURPOSE_MASTER,
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

static void session_esprim_message(const ONEM2M_OPERAND *operands, ONEM2M_MESSAGE *message)
{
    static const ONEM2M_SLICE label =
        ONEM2M_LITERAL("oneM2M HMAC-SHA256 sessionESPrimKey derivation algorithm");

    onem2m_message_append(message, operands[ESPRIM_RECEIVER].octets);
    onem2m_message_append(message, operands[ESPRIM_ORIGINATOR].octets);
    onem2m_message_append(message, label);
}

const ONEM2M_DERIVATION onem2m_derivation_session_esprim_key = {
    .name = ONEM2M_KDF_SESSION_ESPRIM_KEY,
    .clause = "TS-0003 10.3.8.2",
    .key_min = 16,
    .key_max = 64,
    .digest = ONEM2M_SHA2_256,
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
