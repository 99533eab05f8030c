/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/crypto.h>
#include <onem2m/params.h>
#include "derivation_internal.h"

#define DIGEST_MIN 32

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
    memset(scope, 0, sizeof(*scope));
    if (input->derivation->scope != NULL)
        input->derivation->scope(input->operands, scope);
}

int onem2m_derivation_is_mac(const ONEM2M_DERIVATION *derivation)
{
    return derivation->message != NULL;
}

static void form_message(const ONEM2M_DERIVATION_INPUT *input, ONEM2M_MESSAGE *message)
{
    message->count = 0;
    message->made_length = 0;
    input->derivation->message(input->operands, message);
}

int onem2m_derive(const ONEM2M_DERIVATION_INPUT *input, ONEM2M_HMAC *hmac, unsigned char *out,
                  ONEM2M_ERROR *error)
{
    ONEM2M_MESSAGE message;

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
    ONEM2M_MESSAGE message;

    if (input->derivation->derive_key != NULL)
        return input->derivation->derive_key(input, extractable, child, error);
    form_message(input, &message);
    return onem2m_token_derive(input->key.token, input->key.key, input->digest, message.parts,
                               message.count, extractable, child, error);
}
