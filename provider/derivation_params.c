/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/params.h>
#include <onem2m/params.h>
#include "derivation_params.h"
#include "param.h"

void onem2m_derivation_stage_begin(ONEM2M_DERIVATION_STAGE *stage,
                                   const ONEM2M_DERIVATION_PARAMS *params)
{
    stage->input.derivation = params->derivation;
    stage->input.key = (ONEM2M_MATERIAL){ .token = NULL };
    stage->input.digest = params->own_digest;
    memcpy(stage->input.operands, params->operands, sizeof(params->operands));
    stage->input.key_is_prepared = 0;
    stage->input.key_is_master = 0;
    memset(stage->operand_given, 0, sizeof(stage->operand_given));
    stage->is_renamed = 0;
    stage->new_digest = NULL;
    stage->new_digest_name = NULL;
    stage->new_properties = NULL;
}

void onem2m_derivation_stage_end(ONEM2M_DERIVATION_STAGE *stage)
{
    EVP_MD_free(stage->new_digest);
    OPENSSL_free(stage->new_digest_name);
    OPENSSL_free(stage->new_properties);
}

static int take_octets(ONEM2M_DERIVATION_STAGE *stage, const ONEM2M_PROVIDER *provider,
                       const OSSL_PARAM *given, size_t i)
{
    ONEM2M_SLICE octets;
    ONEM2M_ERROR error;

    if (!onem2m_param_octets(provider, given, &octets))
        return 0;
    if (!onem2m_operand_from_octets(&stage->input.operands[i],
                                    onem2m_derivation_operand(stage->input.derivation, i),
                                    octets.data, octets.length, &error))
        return ONEM2M_RAISE(provider, given->key, &error);
    return 1;
}

static int take_number(ONEM2M_DERIVATION_STAGE *stage, const ONEM2M_PROVIDER *provider,
                       const OSSL_PARAM *given, size_t i)
{
    unsigned int number;
    ONEM2M_ERROR error;

    if (!onem2m_param_suid(provider, given, &number))
        return 0;
    if (!onem2m_operand_from_number(&stage->input.operands[i],
                                    onem2m_derivation_operand(stage->input.derivation, i), number,
                                    &error))
        return ONEM2M_RAISE(provider, given->key, &error);
    return 1;
}

static int take_text(ONEM2M_DERIVATION_STAGE *stage, const ONEM2M_PROVIDER *provider,
                     const OSSL_PARAM *given, size_t i)
{
    const char *text;
    size_t length;
    ONEM2M_ERROR error;

    if (!onem2m_param_text(provider, given, &text, &length))
        return 0;
    if (!onem2m_operand_from_text(&stage->input.operands[i],
                                  onem2m_derivation_operand(stage->input.derivation, i), text,
                                  length, stage->text[i], &error))
        return ONEM2M_RAISE(provider, given->key, &error);
    return 1;
}

static int take_operand(ONEM2M_DERIVATION_STAGE *stage, const ONEM2M_PROVIDER *provider,
                        const OSSL_PARAM *given, size_t i)
{
    stage->operand_given[i] = 1;
    switch (onem2m_derivation_operand(stage->input.derivation, i)->type) {
    case ONEM2M_OPERAND_OCTETS:
        return take_octets(stage, provider, given, i);
    case ONEM2M_OPERAND_SUID:
    case ONEM2M_OPERAND_ANY_SUID:
        return take_number(stage, provider, given, i);
    default:
        return take_text(stage, provider, given, i);
    }
}

int onem2m_derivation_stage_take_one(ONEM2M_DERIVATION_STAGE *stage,
                                     const ONEM2M_PROVIDER *provider, const OSSL_PARAM *given)
{
    const ONEM2M_DERIVATION *derivation = stage->input.derivation;
    size_t i;

    for (i = 0; i < onem2m_derivation_operand_count(derivation); i++) {
        if (strcmp(given->key, onem2m_derivation_operand(derivation, i)->name) == 0)
            return stage->operand_given[i] || take_operand(stage, provider, given, i);
    }
    if (onem2m_derivation_takes_digest(derivation) && strcmp(given->key, ONEM2M_PARAM_DIGEST) == 0)
        return stage->new_digest_name != NULL ||
               onem2m_param_name(provider, given, &stage->new_digest_name);
    if (onem2m_derivation_digest(derivation) != NULL &&
        strcmp(given->key, ONEM2M_PARAM_PROPERTIES) == 0)
        return stage->new_properties != NULL ||
               onem2m_param_name(provider, given, &stage->new_properties);
    return 1;
}

int onem2m_derivation_stage_fetch_digest(ONEM2M_DERIVATION_STAGE *stage, ONEM2M_PROVIDER *provider,
                                         const ONEM2M_DERIVATION_PARAMS *params)
{
    const char *name = stage->new_digest_name;
    const char *properties = stage->new_properties;
    ONEM2M_ERROR error;

    if (name == NULL && properties == NULL)
        return 1;
    if (name == NULL && !stage->is_renamed)
        name = params->digest_name;
    if (name == NULL)
        name = onem2m_derivation_digest(stage->input.derivation);
    if (properties == NULL && !stage->is_renamed)
        properties = params->properties;
    stage->new_digest = onem2m_crypto_fetch_digest(&provider->crypto, name, properties, &error);
    if (stage->new_digest == NULL || !onem2m_digest_check(stage->new_digest, &error))
        return ONEM2M_RAISE(
            provider,
            stage->new_digest_name != NULL ? ONEM2M_PARAM_DIGEST : ONEM2M_PARAM_PROPERTIES, &error);
    stage->input.digest = stage->new_digest;
    return 1;
}

/* Which derivation it is; what the operation was told for another one is nothing to it. */
static int take_derivation(ONEM2M_DERIVATION_STAGE *stage, const ONEM2M_PROVIDER *provider,
                           const OSSL_PARAM *given)
{
    const ONEM2M_DERIVATION *derivation;
    const char *text;
    size_t length;
    ONEM2M_ERROR error;

    if (!onem2m_param_text(provider, given, &text, &length))
        return 0;
    if (!onem2m_derivation_parse(&derivation, text, length, &error))
        return ONEM2M_RAISE(provider, given->key, &error);
    if (derivation == stage->input.derivation)
        return 1;
    stage->is_renamed = 1;
    stage->input.derivation = derivation;
    stage->input.digest = NULL;
    memset(stage->input.operands, 0, sizeof(stage->input.operands));
    return 1;
}

int onem2m_derivation_stage_take(ONEM2M_DERIVATION_STAGE *stage, ONEM2M_PROVIDER *provider,
                                 const ONEM2M_DERIVATION_PARAMS *params, const OSSL_PARAM given[])
{
    const OSSL_PARAM *name =
        given != NULL ? OSSL_PARAM_locate_const(given, ONEM2M_PARAM_DERIVATION) : NULL;

    if (name != NULL && !take_derivation(stage, provider, name))
        return 0;
    if (given == NULL || stage->input.derivation == NULL)
        return 1;
    for (; given->key != NULL; given++) {
        if (!onem2m_derivation_stage_take_one(stage, provider, given))
            return 0;
    }
    return onem2m_derivation_stage_fetch_digest(stage, provider, params);
}

int onem2m_derivation_stage_provide_digest(ONEM2M_DERIVATION_STAGE *stage,
                                           ONEM2M_PROVIDER *provider)
{
    ONEM2M_ERROR error;

    if (stage->input.digest != NULL || onem2m_derivation_digest(stage->input.derivation) == NULL)
        return 1;
    stage->input.digest = onem2m_crypto_sha256(&provider->crypto, &error);
    if (stage->input.digest == NULL)
        return ONEM2M_RAISE(provider, onem2m_derivation_name(stage->input.derivation), &error);
    return 1;
}

int onem2m_derivation_stage_reserve(const ONEM2M_DERIVATION_STAGE *stage,
                                    const ONEM2M_PROVIDER *provider,
                                    ONEM2M_DERIVATION_PARAMS *params)
{
    size_t i;

    for (i = 0; i < ONEM2M_OPERANDS_MAX; i++) {
        if (!stage->operand_given[i])
            continue;
        params->storage[i].is_public = 1;
        if (!onem2m_secret_reserve(&params->storage[i], stage->input.operands[i].octets.length))
            return onem2m_raise_out_of_memory(provider,
                                              onem2m_derivation_name(stage->input.derivation));
        /* What it holds may have moved, and is still in use when the next one fails. */
        params->operands[i].octets.data = params->storage[i].octets;
    }
    return 1;
}

static void drop_digest(ONEM2M_DERIVATION_PARAMS *params)
{
    EVP_MD_free(params->own_digest);
    OPENSSL_free(params->digest_name);
    OPENSSL_free(params->properties);
    params->own_digest = NULL;
    params->digest_name = NULL;
    params->properties = NULL;
}

/* Takes the derivation's new name, and away what the old one leaves. */
static void commit_derivation(const ONEM2M_DERIVATION_STAGE *stage,
                              ONEM2M_DERIVATION_PARAMS *params)
{
    size_t i;

    drop_digest(params);
    for (i = 0; i < ONEM2M_OPERANDS_MAX; i++) {
        if (!stage->operand_given[i])
            onem2m_secret_clear(&params->storage[i]);
    }
    memset(params->operands, 0, sizeof(params->operands));
    params->derivation = stage->input.derivation;
}

static void replace_name(char **name, char **new_name)
{
    if (*new_name == NULL)
        return;
    OPENSSL_free(*name);
    *name = *new_name;
    *new_name = NULL;
}

static void commit_digest(ONEM2M_DERIVATION_STAGE *stage, ONEM2M_DERIVATION_PARAMS *params)
{
    if (stage->new_digest == NULL)
        return;
    EVP_MD_free(params->own_digest);
    params->own_digest = stage->new_digest;
    stage->new_digest = NULL;
    replace_name(&params->digest_name, &stage->new_digest_name);
    replace_name(&params->properties, &stage->new_properties);
}

void onem2m_derivation_stage_commit(ONEM2M_DERIVATION_STAGE *stage,
                                    ONEM2M_DERIVATION_PARAMS *params)
{
    size_t i;

    if (stage->is_renamed)
        commit_derivation(stage, params);
    for (i = 0; i < ONEM2M_OPERANDS_MAX; i++) {
        const ONEM2M_OPERAND *operand = &stage->input.operands[i];

        if (!stage->operand_given[i])
            continue;
        onem2m_secret_assign(&params->storage[i], operand->octets.data, operand->octets.length);
        params->operands[i] = *operand;
        params->operands[i].octets.data = params->storage[i].octets;
    }
    commit_digest(stage, params);
}

static int copy_operand(ONEM2M_DERIVATION_PARAMS *to, const ONEM2M_DERIVATION_PARAMS *from,
                        size_t i)
{
    to->storage[i].is_public = 1;
    if (!onem2m_secret_reserve(&to->storage[i], from->storage[i].capacity))
        return 0;
    onem2m_secret_assign(&to->storage[i], from->storage[i].octets, from->storage[i].length);
    to->operands[i] = from->operands[i];
    to->operands[i].octets.data = to->storage[i].octets;
    return 1;
}

static int copy_text(char **to, const char *from)
{
    return from == NULL || (*to = OPENSSL_strdup(from)) != NULL;
}

static int copy_digest(ONEM2M_DERIVATION_PARAMS *to, const ONEM2M_DERIVATION_PARAMS *from)
{
    if (from->own_digest == NULL)
        return 1;
    if (!copy_text(&to->digest_name, from->digest_name) ||
        !copy_text(&to->properties, from->properties) || !EVP_MD_up_ref(from->own_digest))
        return 0;
    to->own_digest = from->own_digest;
    return 1;
}

int onem2m_derivation_params_copy(ONEM2M_DERIVATION_PARAMS *to,
                                  const ONEM2M_DERIVATION_PARAMS *from)
{
    size_t i;

    to->derivation = from->derivation;
    if (!copy_digest(to, from))
        return 0;
    for (i = 0; i < ONEM2M_OPERANDS_MAX; i++) {
        if (!copy_operand(to, from, i))
            return 0;
    }
    return 1;
}

void onem2m_derivation_params_clear(ONEM2M_DERIVATION_PARAMS *params)
{
    size_t i;

    drop_digest(params);
    for (i = 0; i < ONEM2M_OPERANDS_MAX; i++)
        onem2m_secret_clear(&params->storage[i]);
    memset(params->operands, 0, sizeof(params->operands));
}
