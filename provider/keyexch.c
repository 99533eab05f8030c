/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>
#include <onem2m/params.h>
#include "derivation_params.h"
#include "key_object.h"
#include "keyexch.h"
#include "param.h"

/* EVP_PKEY_derive with a key of type ONEM2M: octets, by the derivation that `derivation` names. */

typedef struct {
    ONEM2M_PROVIDER *provider;
    ONEM2M_KEY_OBJECT *key; /* NULL before the first initialisation */
    ONEM2M_DERIVATION_PARAMS params;
    ONEM2M_SECRET requester; /* canonical; empty: none */
    ONEM2M_KEPT_KEY kept;
} KEYEXCH_CTX;

static OSSL_FUNC_keyexch_newctx_fn keyexch_new;
static OSSL_FUNC_keyexch_dupctx_fn keyexch_dup;
static OSSL_FUNC_keyexch_freectx_fn keyexch_free;
static OSSL_FUNC_keyexch_init_fn keyexch_init;
static OSSL_FUNC_keyexch_set_peer_fn keyexch_set_peer;
static OSSL_FUNC_keyexch_derive_fn keyexch_derive;
static OSSL_FUNC_keyexch_settable_ctx_params_fn keyexch_settable_ctx_params;
static OSSL_FUNC_keyexch_set_ctx_params_fn keyexch_set_ctx_params;

static const char *algorithm_name(const KEYEXCH_CTX *ctx)
{
    return ctx->params.derivation != NULL ? onem2m_derivation_name(ctx->params.derivation)
                                          : ONEM2M_KEY_TYPE;
}

static void *keyexch_new(void *provctx)
{
    KEYEXCH_CTX *ctx = OPENSSL_zalloc(sizeof(*ctx));

    if (ctx == NULL) {
        onem2m_raise_out_of_memory(provctx, ONEM2M_KEY_TYPE);
        return NULL;
    }
    ctx->provider = provctx;
    ctx->requester.is_public = 1;
    return ctx;
}

static void keyexch_free(void *vctx)
{
    KEYEXCH_CTX *ctx = vctx;

    if (ctx == NULL)
        return;
    onem2m_keys_give_kept(&ctx->provider->keys, &ctx->kept);
    onem2m_key_object_free(ctx->key);
    onem2m_derivation_params_clear(&ctx->params);
    onem2m_secret_clear(&ctx->requester);
    OPENSSL_free(ctx);
}

static int copy_context(KEYEXCH_CTX *to, const KEYEXCH_CTX *from)
{
    if (!onem2m_derivation_params_copy(&to->params, &from->params) ||
        !onem2m_secret_reserve(&to->requester, from->requester.length))
        return onem2m_raise_out_of_memory(from->provider, algorithm_name(from));
    onem2m_secret_assign(&to->requester, from->requester.octets, from->requester.length);
    if (from->key != NULL)
        to->key = onem2m_key_object_up_ref(from->key);
    return 1;
}

static void *keyexch_dup(void *vctx)
{
    const KEYEXCH_CTX *from = vctx;
    KEYEXCH_CTX *to = keyexch_new(from->provider);

    if (to != NULL && copy_context(to, from))
        return to;
    keyexch_free(to);
    return NULL;
}

static int keyexch_set_peer(void *vctx, void *peer)
{
    const KEYEXCH_CTX *ctx = vctx;
    ONEM2M_ERROR error;

    (void)peer;
    onem2m_refuse(&error, ONEM2M_R_BAD_ATTRIBUTE, ONEM2M_NO_OFFSET,
                  "a derivation has no peer: its key is the one it was initialised with");
    return ONEM2M_RAISE(ctx->provider, "peer", &error);
}

static const OSSL_PARAM *keyexch_settable_ctx_params(void *vctx, void *provctx)
{
    static const OSSL_PARAM settable[] = {
        ONEM2M_DERIVATION_SETTABLE,
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_USAGE, NULL, 0),
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_REQUESTER, NULL, 0),
        OSSL_PARAM_END,
    };

    (void)vctx;
    (void)provctx;
    return settable;
}

/* An operand that no derivation is there to take would be lost without a word. */
static int check_order(const KEYEXCH_CTX *ctx, const ONEM2M_DERIVATION *derivation,
                       const OSSL_PARAM *requester, const OSSL_PARAM params[])
{
    const OSSL_PARAM *settable = keyexch_settable_ctx_params(NULL, NULL);
    ONEM2M_ERROR error;

    for (; derivation == NULL && params->key != NULL; params++) {
        if (params == requester || OSSL_PARAM_locate_const(settable, params->key) == NULL)
            continue;
        onem2m_refuse(&error, ONEM2M_R_MISSING_PARAMETER, ONEM2M_NO_OFFSET,
                      ONEM2M_PARAM_DERIVATION " has to be set before, or with it");
        return ONEM2M_RAISE(ctx->provider, params->key, &error);
    }
    return 1;
}

static int take_params(KEYEXCH_CTX *ctx, ONEM2M_DERIVATION_STAGE *stage, const OSSL_PARAM params[])
{
    const OSSL_PARAM *param = OSSL_PARAM_locate_const(params, ONEM2M_PARAM_REQUESTER);
    char buffer[ONEM2M_ID_MAX];
    ONEM2M_SLICE requester = { NULL, 0 };

    if (!onem2m_derivation_stage_take(stage, ctx->provider, &ctx->params, params) ||
        !check_order(ctx, stage->input.derivation, param, params) ||
        (param != NULL && !onem2m_param_entity(ctx->provider, param, buffer, &requester)))
        return 0;
    if (!onem2m_secret_reserve(&ctx->requester, requester.length))
        return onem2m_raise_out_of_memory(ctx->provider, algorithm_name(ctx));
    if (!onem2m_derivation_stage_reserve(stage, ctx->provider, &ctx->params))
        return 0;
    if (param != NULL)
        onem2m_secret_assign(&ctx->requester, requester.data, requester.length);
    return 1;
}

static int keyexch_set_ctx_params(void *vctx, const OSSL_PARAM params[])
{
    KEYEXCH_CTX *ctx = vctx;
    ONEM2M_DERIVATION_STAGE stage;
    int ok;

    if (params == NULL)
        return 1;
    onem2m_derivation_stage_begin(&stage, &ctx->params);
    ok = take_params(ctx, &stage, params);
    if (ok)
        onem2m_derivation_stage_commit(&stage, &ctx->params);
    onem2m_derivation_stage_end(&stage);
    return ok;
}

static int keyexch_init(void *vctx, void *vkey, const OSSL_PARAM params[])
{
    KEYEXCH_CTX *ctx = vctx;
    ONEM2M_ERROR error;

    if (vkey == NULL && ctx->key == NULL) {
        onem2m_refuse(&error, ONEM2M_R_MISSING_KEY, ONEM2M_NO_OFFSET, "no key is set");
        return ONEM2M_RAISE(ctx->provider, ONEM2M_KEY_TYPE, &error);
    }
    if (!keyexch_set_ctx_params(ctx, params))
        return 0;
    if (vkey != NULL && vkey != ctx->key) {
        onem2m_kept_key_forget(&ctx->kept);
        onem2m_key_object_free(ctx->key);
        ctx->key = onem2m_key_object_up_ref(vkey);
    }
    return 1;
}

/* Octets to derive, or, with out NULL, to be counted. */
typedef struct {
    ONEM2M_DERIVATION_INPUT *input;
    ONEM2M_HMAC *hmac;
    unsigned char *out;
    size_t capacity, size;
} OUTPUT;

static int derive_into(OUTPUT *output, ONEM2M_ERROR *error)
{
    if (output->capacity < output->size)
        return onem2m_refuse(error, ONEM2M_R_BAD_OUTPUT_LENGTH, ONEM2M_NO_OFFSET,
                             "the output is %zu octets, there is room for %zu", output->size,
                             output->capacity);
    return onem2m_derive(output->input, output->hmac, output->out, error);
}

static int serve_key(void *argument, const ONEM2M_ATTRIBUTES *attributes,
                     const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    OUTPUT *output = argument;
    int ok;

    output->input->key = *material;
    output->input->key_is_master = attributes->kind == ONEM2M_KIND_E2E_MASTER;
    ok = onem2m_derivation_size(output->input, &output->size, error) &&
         (output->out == NULL || derive_into(output, error));
    output->input->key = (ONEM2M_MATERIAL){ .token = NULL };
    return ok;
}

/* The key is looked up and policy asked, unless the size alone is wanted and the digest says it. */
static int serve(KEYEXCH_CTX *ctx, OUTPUT *output, ONEM2M_ERROR *error)
{
    ONEM2M_USE use;

    if (output->out == NULL && output->input->digest != NULL)
        return onem2m_derivation_size(output->input, &output->size, error);
    if (!onem2m_derivation_check_operands(output->input, error))
        return 0;
    onem2m_use_of_derivation(&use, output->input);
    use.requester = (ONEM2M_SLICE){ ctx->requester.octets, ctx->requester.length };
    return onem2m_key_object_use_again(ctx->key, &ctx->kept, &use, serve_key, output, error);
}

static int serve_with_hmac(KEYEXCH_CTX *ctx, OUTPUT *output)
{
    ONEM2M_ERROR error;
    int ok;

    output->hmac = onem2m_crypto_take_hmac(&ctx->provider->crypto);
    if (output->hmac == NULL)
        return onem2m_raise_out_of_memory(ctx->provider, algorithm_name(ctx));
    ok = serve(ctx, output, &error);
    onem2m_crypto_give_hmac(&ctx->provider->crypto, output->hmac);
    return ok || ONEM2M_RAISE(ctx->provider, algorithm_name(ctx), &error);
}

static int check_ready(const KEYEXCH_CTX *ctx)
{
    ONEM2M_ERROR error;

    if (ctx->key != NULL && ctx->params.derivation != NULL)
        return 1;
    if (ctx->key == NULL)
        onem2m_refuse(&error, ONEM2M_R_MISSING_KEY, ONEM2M_NO_OFFSET, "no key is set");
    else
        onem2m_refuse(&error, ONEM2M_R_MISSING_PARAMETER, ONEM2M_NO_OFFSET,
                      ONEM2M_PARAM_DERIVATION ": not set");
    return ONEM2M_RAISE(ctx->provider, ONEM2M_KEY_TYPE, &error);
}

static int keyexch_derive(void *vctx, unsigned char *out, size_t *length, size_t capacity)
{
    KEYEXCH_CTX *ctx = vctx;
    ONEM2M_DERIVATION_STAGE stage;
    OUTPUT output = { .input = &stage.input, .out = out, .capacity = capacity };
    int ok;

    if (!check_ready(ctx))
        return 0;
    onem2m_derivation_stage_begin(&stage, &ctx->params);
    ok = onem2m_derivation_stage_provide_digest(&stage, ctx->provider) &&
         serve_with_hmac(ctx, &output);
    if (ok)
        *length = output.size;
    onem2m_derivation_stage_end(&stage);
    return ok;
}

static const OSSL_DISPATCH keyexch_functions[] = {
    { OSSL_FUNC_KEYEXCH_NEWCTX, (void (*)(void))keyexch_new },
    { OSSL_FUNC_KEYEXCH_DUPCTX, (void (*)(void))keyexch_dup },
    { OSSL_FUNC_KEYEXCH_FREECTX, (void (*)(void))keyexch_free },
    { OSSL_FUNC_KEYEXCH_INIT, (void (*)(void))keyexch_init },
    { OSSL_FUNC_KEYEXCH_SET_PEER, (void (*)(void))keyexch_set_peer },
    { OSSL_FUNC_KEYEXCH_DERIVE, (void (*)(void))keyexch_derive },
    { OSSL_FUNC_KEYEXCH_SETTABLE_CTX_PARAMS, (void (*)(void))keyexch_settable_ctx_params },
    { OSSL_FUNC_KEYEXCH_SET_CTX_PARAMS, (void (*)(void))keyexch_set_ctx_params },
    { 0, NULL },
};

const OSSL_ALGORITHM onem2m_keyexch_algorithms[] = {
    { ONEM2M_KEY_TYPE, ONEM2M_PROPERTY_QUERY, keyexch_functions,
      "Octets derived of a key object, TS-0003 10.3" },
    { NULL, NULL, NULL, NULL },
};
