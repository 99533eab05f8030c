/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/params.h>
#include <onem2m/params.h>
#include "hmac_context.h"
#include "param.h"

#define DIGEST_DEFAULT "SHA2-256"
static const char *const digests[] = { DIGEST_DEFAULT, "SHA2-384", "SHA2-512" };

int onem2m_digest_wish_take(ONEM2M_DIGEST_WISH *wish, const ONEM2M_HMAC_CONTEXT *context,
                            const OSSL_PARAM *param)
{
    if (strcmp(param->key, ONEM2M_PARAM_DIGEST) == 0)
        return onem2m_param_name(context->provider, param, &wish->digest_name);
    if (strcmp(param->key, ONEM2M_PARAM_PROPERTIES) == 0)
        return onem2m_param_name(context->provider, param, &wish->properties);
    return 1;
}

/* The contract's name of one of the three digests, NULL for any other. */
static const char *known_name(const EVP_MD *digest)
{
    size_t i;

    for (i = 0; i < sizeof(digests) / sizeof(digests[0]); i++) {
        if (EVP_MD_is_a(digest, digests[i]))
            return digests[i];
    }
    return NULL;
}

static int check_digest(const EVP_MD *digest, ONEM2M_ERROR *error)
{
    char quoted[ONEM2M_QUOTED_MAX];

    return known_name(digest) != NULL ||
           onem2m_refuse(error, ONEM2M_R_BAD_DIGEST, ONEM2M_NO_OFFSET,
                         "%s makes no MIC, which SHA2-256, SHA2-384 and SHA2-512 do",
                         onem2m_quote(quoted, EVP_MD_get0_name(digest)));
}

static int raise_digest(const ONEM2M_DIGEST_WISH *wish, const ONEM2M_HMAC_CONTEXT *context,
                        const ONEM2M_ERROR *error)
{
    return ONEM2M_RAISE(context->provider,
                        wish->digest_name != NULL ? ONEM2M_PARAM_DIGEST : ONEM2M_PARAM_PROPERTIES,
                        error);
}

int onem2m_digest_wish_fetch(ONEM2M_DIGEST_WISH *wish, const ONEM2M_HMAC_CONTEXT *context)
{
    const char *name = wish->digest_name != NULL ? wish->digest_name : context->digest_name;
    const char *properties = wish->properties != NULL ? wish->properties : context->properties;
    ONEM2M_ERROR error;

    if (wish->digest_name == NULL && wish->properties == NULL)
        return 1;
    wish->digest = onem2m_crypto_fetch_digest(
        &context->provider->crypto, name != NULL ? name : DIGEST_DEFAULT, properties, &error);
    return (wish->digest != NULL && check_digest(wish->digest, &error)) ||
           raise_digest(wish, context, &error);
}

int onem2m_digest_wish_check_time(const ONEM2M_DIGEST_WISH *wish,
                                  const ONEM2M_HMAC_CONTEXT *context)
{
    ONEM2M_ERROR error;

    if (wish->digest == NULL || !onem2m_mac_stream_has_message(&context->stream))
        return 1;
    onem2m_refuse(&error, ONEM2M_R_BAD_DIGEST, ONEM2M_NO_OFFSET,
                  "a message has begun with another digest");
    return raise_digest(wish, context, &error);
}

static void replace(char **name, char **new_name)
{
    if (*new_name == NULL)
        return;
    OPENSSL_free(*name);
    *name = *new_name;
    *new_name = NULL;
}

void onem2m_digest_wish_commit(ONEM2M_DIGEST_WISH *wish, ONEM2M_HMAC_CONTEXT *context)
{
    if (wish->digest == NULL)
        return;
    EVP_MD_free(context->digest);
    context->digest = wish->digest;
    wish->digest = NULL;
    replace(&context->digest_name, &wish->digest_name);
    replace(&context->properties, &wish->properties);
}

void onem2m_digest_wish_end(ONEM2M_DIGEST_WISH *wish)
{
    EVP_MD_free(wish->digest);
    OPENSSL_free(wish->digest_name);
    OPENSSL_free(wish->properties);
}

static const EVP_MD *chosen_digest(const ONEM2M_HMAC_CONTEXT *context, ONEM2M_ERROR *error)
{
    return context->digest != NULL ? context->digest
                                   : onem2m_crypto_sha256(&context->provider->crypto, error);
}

int onem2m_hmac_context_begin(void *argument, const ONEM2M_ATTRIBUTES *attributes,
                              const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    const ONEM2M_HMAC_BEGINNING *beginning = argument;
    const EVP_MD *digest = beginning->wish->digest;

    (void)attributes;
    if (digest == NULL)
        digest = chosen_digest(beginning->context, error);
    return digest != NULL &&
           onem2m_mac_stream_begin(&beginning->context->stream, digest, material, error);
}

static int check_begun(const ONEM2M_HMAC_CONTEXT *context)
{
    ONEM2M_ERROR error;

    if (onem2m_mac_stream_digest(&context->stream) != NULL)
        return 1;
    onem2m_refuse(&error, ONEM2M_R_MISSING_KEY, ONEM2M_NO_OFFSET,
                  "not initialised with a key, or not again after the last message");
    return ONEM2M_RAISE(context->provider, context->algorithm, &error);
}

int onem2m_hmac_context_update(ONEM2M_HMAC_CONTEXT *context, const unsigned char *data,
                               size_t length)
{
    ONEM2M_ERROR error;

    if (!check_begun(context))
        return 0;
    return onem2m_mac_stream_update(&context->stream, (ONEM2M_SLICE){ data, length }, &error) ||
           ONEM2M_RAISE(context->provider, context->algorithm, &error);
}

int onem2m_hmac_context_size(const ONEM2M_HMAC_CONTEXT *context, size_t *size)
{
    const EVP_MD *digest = onem2m_mac_stream_digest(&context->stream);
    ONEM2M_ERROR error;

    if (digest == NULL)
        digest = chosen_digest(context, &error);
    if (digest == NULL)
        return ONEM2M_RAISE(context->provider, context->algorithm, &error);
    *size = (size_t)EVP_MD_get_size(digest);
    return 1;
}

static int refuse_capacity(const ONEM2M_HMAC_CONTEXT *context, size_t size, size_t capacity)
{
    ONEM2M_ERROR error;

    onem2m_refuse(&error, ONEM2M_R_BAD_OUTPUT_LENGTH, ONEM2M_NO_OFFSET,
                  "the MIC is %zu octets, there is room for %zu", size, capacity);
    return ONEM2M_RAISE(context->provider, context->algorithm, &error);
}

int onem2m_hmac_context_finish(ONEM2M_HMAC_CONTEXT *context, unsigned char *out, size_t *length,
                               size_t capacity)
{
    ONEM2M_ERROR error;
    size_t size;

    if (!check_begun(context) || !onem2m_hmac_context_size(context, &size))
        return 0;
    if (out != NULL && capacity < size)
        return refuse_capacity(context, size, capacity);
    if (out != NULL && !onem2m_mac_stream_finish(&context->stream, out, &error))
        return ONEM2M_RAISE(context->provider, context->algorithm, &error);
    *length = size;
    return 1;
}

int onem2m_hmac_context_answer_digest(const ONEM2M_HMAC_CONTEXT *context, OSSL_PARAM *param)
{
    int ok;

    if (param == NULL)
        return 1;
    ERR_set_mark();
    ok = OSSL_PARAM_set_utf8_string(param, context->digest != NULL ? known_name(context->digest)
                                                                   : DIGEST_DEFAULT);
    ERR_pop_to_mark();
    return ok || onem2m_raise_wrong_type(context->provider, param,
                                         "a UTF-8 string with room for the digest's name");
}

static int copy_text(char **to, const char *from)
{
    return from == NULL || (*to = OPENSSL_strdup(from)) != NULL;
}

int onem2m_hmac_context_copy(ONEM2M_HMAC_CONTEXT *to, const ONEM2M_HMAC_CONTEXT *from)
{
    ONEM2M_ERROR error;

    to->provider = from->provider;
    to->algorithm = from->algorithm;
    if (from->digest != NULL && EVP_MD_up_ref(from->digest))
        to->digest = from->digest;
    if (to->digest != from->digest || !copy_text(&to->digest_name, from->digest_name) ||
        !copy_text(&to->properties, from->properties))
        return onem2m_raise_out_of_memory(from->provider, from->algorithm);
    return onem2m_mac_stream_copy(&to->stream, &from->stream, &error) ||
           ONEM2M_RAISE(from->provider, from->algorithm, &error);
}

void onem2m_hmac_context_clear(ONEM2M_HMAC_CONTEXT *context)
{
    onem2m_mac_stream_end(&context->stream);
    EVP_MD_free(context->digest);
    OPENSSL_free(context->digest_name);
    OPENSSL_free(context->properties);
    context->digest = NULL;
    context->digest_name = NULL;
    context->properties = NULL;
}
