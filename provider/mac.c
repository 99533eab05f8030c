/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>
#include <onem2m/params.h>
#include "keystore/policy.h"
#include "hmac_context.h"
#include "mac.h"
#include "param.h"

/* ONEM2M-HMAC: a MIC with a key of the store, by its name. */

typedef struct {
    ONEM2M_HMAC_CONTEXT hmac;
    ONEM2M_SECRET key_id;
    ONEM2M_SECRET requester; /* canonical; empty: none */
    ONEM2M_KEPT_KEY kept;
} MAC_CTX;

/* What a call brings: not in the context before nothing can fail any more. */
typedef struct {
    ONEM2M_DIGEST_WISH wish;
    ONEM2M_SLICE key_id;    /* the call's, or the context's */
    ONEM2M_SLICE requester; /* likewise */
    char requester_text[ONEM2M_ID_MAX];
} MAC_CALL;

static OSSL_FUNC_mac_newctx_fn mac_new;
static OSSL_FUNC_mac_dupctx_fn mac_dup;
static OSSL_FUNC_mac_freectx_fn mac_free;
static OSSL_FUNC_mac_init_fn mac_init;
static OSSL_FUNC_mac_update_fn mac_update;
static OSSL_FUNC_mac_final_fn mac_final;
static OSSL_FUNC_mac_gettable_ctx_params_fn mac_gettable_ctx_params;
static OSSL_FUNC_mac_get_ctx_params_fn mac_get_ctx_params;
static OSSL_FUNC_mac_settable_ctx_params_fn mac_settable_ctx_params;
static OSSL_FUNC_mac_set_ctx_params_fn mac_set_ctx_params;

static void *mac_new(void *provctx)
{
    MAC_CTX *ctx = OPENSSL_zalloc(sizeof(*ctx));

    if (ctx == NULL) {
        onem2m_raise_out_of_memory(provctx, ONEM2M_MAC_HMAC);
        return NULL;
    }
    ctx->hmac.provider = provctx;
    ctx->hmac.algorithm = ONEM2M_MAC_HMAC;
    ctx->key_id.is_public = 1;
    ctx->requester.is_public = 1;
    return ctx;
}

static void mac_free(void *vctx)
{
    MAC_CTX *ctx = vctx;

    if (ctx == NULL)
        return;
    onem2m_hmac_context_clear(&ctx->hmac);
    onem2m_secret_clear(&ctx->key_id);
    onem2m_secret_clear(&ctx->requester);
    onem2m_keys_give_kept(&ctx->hmac.provider->keys, &ctx->kept);
    OPENSSL_free(ctx);
}

static ONEM2M_SLICE slice_of(const ONEM2M_SECRET *secret)
{
    return (ONEM2M_SLICE){ secret->octets, secret->length };
}

/* Keeps what a call brought; what is kept already is kept as it is. */
static void keep(ONEM2M_SECRET *secret, ONEM2M_SLICE text)
{
    if (text.data != secret->octets)
        onem2m_secret_assign(secret, text.data, text.length);
}

/* Makes room for what is not kept yet. What is kept does not move: the call may point to it. */
static int reserve(MAC_CTX *ctx, const MAC_CALL *call)
{
    if ((call->key_id.data == ctx->key_id.octets ||
         onem2m_secret_reserve(&ctx->key_id, call->key_id.length)) &&
        (call->requester.data == ctx->requester.octets ||
         onem2m_secret_reserve(&ctx->requester, call->requester.length)))
        return 1;
    return onem2m_raise_out_of_memory(ctx->hmac.provider, ctx->hmac.algorithm);
}

static void *mac_dup(void *vctx)
{
    const MAC_CTX *from = vctx;
    MAC_CTX *to = mac_new(from->hmac.provider);
    const MAC_CALL call = { .key_id = slice_of(&from->key_id),
                            .requester = slice_of(&from->requester) };

    if (to != NULL && onem2m_hmac_context_copy(&to->hmac, &from->hmac) && reserve(to, &call)) {
        keep(&to->key_id, call.key_id);
        keep(&to->requester, call.requester);
        return to;
    }
    mac_free(to);
    return NULL;
}

static int take_param(MAC_CALL *call, const MAC_CTX *ctx, const OSSL_PARAM *param)
{
    const ONEM2M_PROVIDER *provider = ctx->hmac.provider;

    if (strcmp(param->key, ONEM2M_PARAM_KEY_ID) == 0)
        return onem2m_param_key_id(provider, param, &call->key_id);
    if (strcmp(param->key, ONEM2M_PARAM_REQUESTER) == 0)
        return onem2m_param_entity(provider, param, call->requester_text, &call->requester);
    return onem2m_digest_wish_take(&call->wish, &ctx->hmac, param);
}

static int take_params(MAC_CALL *call, MAC_CTX *ctx, const OSSL_PARAM params[])
{
    const OSSL_PARAM *param;

    for (param = params; param != NULL && param->key != NULL; param++) {
        if (!take_param(call, ctx, param))
            return 0;
    }
    return onem2m_digest_wish_fetch(&call->wish, &ctx->hmac) && reserve(ctx, call);
}

typedef struct {
    ONEM2M_HMAC_BEGINNING beginning;
    ONEM2M_USE use;
} ALLOWANCE;

static int begin_allowed(void *argument, const ONEM2M_ATTRIBUTES *attributes,
                         const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    ALLOWANCE *allowance = argument;

    return onem2m_policy_allows(attributes, &allowance->use, error) &&
           onem2m_hmac_context_begin(&allowance->beginning, attributes, material, error);
}

/* What is kept is of the name that the context has. */
static void forget_another(MAC_CTX *ctx, const MAC_CALL *call)
{
    if (call->key_id.data != ctx->key_id.octets)
        onem2m_kept_key_forget(&ctx->kept);
}

static int look_up(MAC_CTX *ctx, const MAC_CALL *call, ONEM2M_ERROR *error)
{
    ALLOWANCE allowance = {
        .beginning = { .context = &ctx->hmac, .wish = &call->wish },
        .use = { .kind = ONEM2M_USE_MAC,
                 .requester = call->requester,
                 .now = onem2m_keys_now(&ctx->hmac.provider->keys) },
    };

    if (call->key_id.length == 0)
        return onem2m_refuse(error, ONEM2M_R_MISSING_KEY, ONEM2M_NO_OFFSET,
                             ONEM2M_PARAM_KEY_ID ": not set");
    forget_another(ctx, call);
    return onem2m_keys_look_up_again(&ctx->hmac.provider->keys, &ctx->kept, call->key_id,
                                     onem2m_policy_kinds(&allowance.use), begin_allowed, &allowance,
                                     error);
}

static int begin(MAC_CTX *ctx, const MAC_CALL *call)
{
    ONEM2M_ERROR error;

    return look_up(ctx, call, &error) ||
           ONEM2M_RAISE(ctx->hmac.provider, ctx->hmac.algorithm, &error);
}

/* must_begin: a message begins; otherwise only when one has begun and gets another digest. */
static int set_params(MAC_CTX *ctx, const OSSL_PARAM params[], int must_begin)
{
    MAC_CALL call = { .key_id = slice_of(&ctx->key_id), .requester = slice_of(&ctx->requester) };
    int ok = take_params(&call, ctx, params) &&
             (must_begin || onem2m_digest_wish_check_time(&call.wish, &ctx->hmac));

    if (ok && (must_begin ||
               (call.wish.digest != NULL && onem2m_mac_stream_digest(&ctx->hmac.stream) != NULL)))
        ok = begin(ctx, &call);
    if (ok) {
        forget_another(ctx, &call);
        keep(&ctx->key_id, call.key_id);
        keep(&ctx->requester, call.requester);
        onem2m_digest_wish_commit(&call.wish, &ctx->hmac);
    }
    onem2m_digest_wish_end(&call.wish);
    return ok;
}

static int mac_init(void *vctx, const unsigned char *key, size_t length, const OSSL_PARAM params[])
{
    MAC_CTX *ctx = vctx;
    ONEM2M_ERROR error;

    (void)length;
    if (key == NULL)
        return set_params(ctx, params, 1);
    onem2m_refuse(&error, ONEM2M_R_BAD_ATTRIBUTE, ONEM2M_NO_OFFSET,
                  "octets are no key of a usage; the key is named by " ONEM2M_PARAM_KEY_ID);
    return ONEM2M_RAISE(ctx->hmac.provider, "key", &error);
}

static int mac_update(void *vctx, const unsigned char *data, size_t length)
{
    return onem2m_hmac_context_update(&((MAC_CTX *)vctx)->hmac, data, length);
}

static int mac_final(void *vctx, unsigned char *out, size_t *length, size_t capacity)
{
    return onem2m_hmac_context_finish(&((MAC_CTX *)vctx)->hmac, out, length, capacity);
}

static const OSSL_PARAM *mac_gettable_ctx_params(void *vctx, void *provctx)
{
    static const OSSL_PARAM gettable[] = {
        OSSL_PARAM_size_t(OSSL_MAC_PARAM_SIZE, NULL),
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_DIGEST, NULL, 0),
        OSSL_PARAM_END,
    };

    (void)vctx;
    (void)provctx;
    return gettable;
}

static int mac_get_ctx_params(void *vctx, OSSL_PARAM params[])
{
    const MAC_CTX *ctx = vctx;
    OSSL_PARAM *param;
    size_t size;

    if (params == NULL)
        return 1;
    param = OSSL_PARAM_locate(params, OSSL_MAC_PARAM_SIZE);
    if (param != NULL && (!onem2m_hmac_context_size(&ctx->hmac, &size) ||
                          !onem2m_param_answer_size(ctx->hmac.provider, param, size)))
        return 0;
    return onem2m_hmac_context_answer_digest(&ctx->hmac,
                                             OSSL_PARAM_locate(params, ONEM2M_PARAM_DIGEST));
}

static const OSSL_PARAM *mac_settable_ctx_params(void *vctx, void *provctx)
{
    static const OSSL_PARAM settable[] = {
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_KEY_ID, NULL, 0),
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_REQUESTER, NULL, 0),
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_DIGEST, NULL, 0),
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_PROPERTIES, NULL, 0),
        OSSL_PARAM_END,
    };

    (void)vctx;
    (void)provctx;
    return settable;
}

static int mac_set_ctx_params(void *vctx, const OSSL_PARAM params[])
{
    return set_params(vctx, params, 0);
}

static const OSSL_DISPATCH mac_functions[] = {
    { OSSL_FUNC_MAC_NEWCTX, (void (*)(void))mac_new },
    { OSSL_FUNC_MAC_DUPCTX, (void (*)(void))mac_dup },
    { OSSL_FUNC_MAC_FREECTX, (void (*)(void))mac_free },
    { OSSL_FUNC_MAC_INIT, (void (*)(void))mac_init },
    { OSSL_FUNC_MAC_UPDATE, (void (*)(void))mac_update },
    { OSSL_FUNC_MAC_FINAL, (void (*)(void))mac_final },
    { OSSL_FUNC_MAC_GETTABLE_CTX_PARAMS, (void (*)(void))mac_gettable_ctx_params },
    { OSSL_FUNC_MAC_GET_CTX_PARAMS, (void (*)(void))mac_get_ctx_params },
    { OSSL_FUNC_MAC_SETTABLE_CTX_PARAMS, (void (*)(void))mac_settable_ctx_params },
    { OSSL_FUNC_MAC_SET_CTX_PARAMS, (void (*)(void))mac_set_ctx_params },
    { 0, NULL },
};

const OSSL_ALGORITHM onem2m_mac_algorithms[] = {
    { ONEM2M_MAC_HMAC, ONEM2M_PROPERTY_QUERY, mac_functions,
      "MIC with a key of the store, TS-0003 8.5, 8.6" },
    { NULL, NULL, NULL, NULL },
};
