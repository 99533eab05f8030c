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
#include "hmac_context.h"
#include "key_object.h"
#include "param.h"
#include "signature.h"

/* EVP_DigestSign and EVP_DigestVerify with a key of type ONEM2M: its MIC. */

typedef struct {
    ONEM2M_HMAC_CONTEXT hmac;
    ONEM2M_KEY_OBJECT *key; /* NULL before the first initialisation */
} SIGNATURE_CTX;

static OSSL_FUNC_signature_newctx_fn signature_new;
static OSSL_FUNC_signature_dupctx_fn signature_dup;
static OSSL_FUNC_signature_freectx_fn signature_free;
static OSSL_FUNC_signature_digest_sign_init_fn signature_init;
static OSSL_FUNC_signature_digest_sign_update_fn signature_update;
static OSSL_FUNC_signature_digest_sign_final_fn signature_sign_final;
static OSSL_FUNC_signature_digest_sign_fn signature_sign;
static OSSL_FUNC_signature_digest_verify_final_fn signature_verify_final;
static OSSL_FUNC_signature_digest_verify_fn signature_verify;
static OSSL_FUNC_signature_gettable_ctx_params_fn signature_gettable_ctx_params;
static OSSL_FUNC_signature_get_ctx_params_fn signature_get_ctx_params;
static OSSL_FUNC_signature_settable_ctx_params_fn signature_settable_ctx_params;
static OSSL_FUNC_signature_set_ctx_params_fn signature_set_ctx_params;

/* The property query is about this algorithm; the digest comes from the provider's own context. */
static void *signature_new(void *provctx, const char *properties)
{
    SIGNATURE_CTX *ctx = OPENSSL_zalloc(sizeof(*ctx));

    (void)properties;
    if (ctx == NULL) {
        onem2m_raise_out_of_memory(provctx, ONEM2M_KEY_TYPE);
        return NULL;
    }
    ctx->hmac.provider = provctx;
    ctx->hmac.algorithm = ONEM2M_KEY_TYPE;
    return ctx;
}

static void signature_free(void *vctx)
{
    SIGNATURE_CTX *ctx = vctx;

    if (ctx == NULL)
        return;
    onem2m_hmac_context_clear(&ctx->hmac);
    onem2m_key_object_free(ctx->key);
    OPENSSL_free(ctx);
}

static void *signature_dup(void *vctx)
{
    const SIGNATURE_CTX *from = vctx;
    SIGNATURE_CTX *to = signature_new(from->hmac.provider, NULL);

    if (to != NULL && onem2m_hmac_context_copy(&to->hmac, &from->hmac)) {
        if (from->key != NULL)
            to->key = onem2m_key_object_up_ref(from->key);
        return to;
    }
    signature_free(to);
    return NULL;
}

static int begin(SIGNATURE_CTX *ctx, ONEM2M_KEY_OBJECT *key, const ONEM2M_DIGEST_WISH *wish)
{
    const ONEM2M_USE use = { .kind = ONEM2M_USE_MAC };
    ONEM2M_HMAC_BEGINNING beginning = { .context = &ctx->hmac, .wish = wish };
    ONEM2M_ERROR error;
    int ok;

    if (key != NULL)
        ok = onem2m_key_object_use(key, &use, onem2m_hmac_context_begin, &beginning, &error);
    else
        ok = onem2m_refuse(&error, ONEM2M_R_MISSING_KEY, ONEM2M_NO_OFFSET, "no key is set");
    return ok || ONEM2M_RAISE(ctx->hmac.provider, ctx->hmac.algorithm, &error);
}

static int take_params(ONEM2M_DIGEST_WISH *wish, const SIGNATURE_CTX *ctx,
                       const OSSL_PARAM params[])
{
    const OSSL_PARAM *param;

    for (param = params; param != NULL && param->key != NULL; param++) {
        if (!onem2m_digest_wish_take(wish, &ctx->hmac, param))
            return 0;
    }
    return onem2m_digest_wish_fetch(wish, &ctx->hmac);
}

static int take_name(ONEM2M_DIGEST_WISH *wish, const SIGNATURE_CTX *ctx, const char *digest)
{
    if (digest == NULL || digest[0] == '\0')
        return 1;
    wish->digest_name = OPENSSL_strdup(digest);
    return wish->digest_name != NULL ||
           onem2m_raise_out_of_memory(ctx->hmac.provider, ctx->hmac.algorithm);
}

static void keep_key(SIGNATURE_CTX *ctx, ONEM2M_KEY_OBJECT *key)
{
    if (key == ctx->key)
        return;
    onem2m_key_object_free(ctx->key);
    ctx->key = onem2m_key_object_up_ref(key);
}

/* Without a key the last one is used again: looked up anew, and policy asked again. */
static int signature_init(void *vctx, const char *digest, void *vkey, const OSSL_PARAM params[])
{
    SIGNATURE_CTX *ctx = vctx;
    ONEM2M_KEY_OBJECT *key = vkey != NULL ? vkey : ctx->key;
    ONEM2M_DIGEST_WISH wish = { NULL, NULL, NULL };
    const int ok =
        take_name(&wish, ctx, digest) && take_params(&wish, ctx, params) && begin(ctx, key, &wish);

    if (ok) {
        keep_key(ctx, key);
        onem2m_digest_wish_commit(&wish, &ctx->hmac);
    }
    onem2m_digest_wish_end(&wish);
    return ok;
}

static int signature_update(void *vctx, const unsigned char *data, size_t length)
{
    return onem2m_hmac_context_update(&((SIGNATURE_CTX *)vctx)->hmac, data, length);
}

static int signature_sign_final(void *vctx, unsigned char *mic, size_t *length, size_t capacity)
{
    return onem2m_hmac_context_finish(&((SIGNATURE_CTX *)vctx)->hmac, mic, length, capacity);
}

static int signature_sign(void *vctx, unsigned char *mic, size_t *length, size_t capacity,
                          const unsigned char *data, size_t data_length)
{
    return (mic == NULL || signature_update(vctx, data, data_length)) &&
           signature_sign_final(vctx, mic, length, capacity);
}

static int signature_verify_final(void *vctx, const unsigned char *mic, size_t length)
{
    SIGNATURE_CTX *ctx = vctx;
    unsigned char computed[EVP_MAX_MD_SIZE];
    size_t size;
    int is_equal;
    ONEM2M_ERROR error;

    if (!signature_sign_final(ctx, computed, &size, sizeof(computed)))
        return 0;
    is_equal = length == size && CRYPTO_memcmp(mic, computed, size) == 0;
    OPENSSL_cleanse(computed, sizeof(computed));
    if (is_equal)
        return 1;
    onem2m_refuse(&error, ONEM2M_R_MISMATCH, ONEM2M_NO_OFFSET, "the MIC is not this message's");
    return ONEM2M_RAISE(ctx->hmac.provider, ctx->hmac.algorithm, &error);
}

static int signature_verify(void *vctx, const unsigned char *mic, size_t length,
                            const unsigned char *data, size_t data_length)
{
    return signature_update(vctx, data, data_length) && signature_verify_final(vctx, mic, length);
}

static const OSSL_PARAM *signature_gettable_ctx_params(void *vctx, void *provctx)
{
    static const OSSL_PARAM gettable[] = {
        OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_DIGEST, NULL, 0),
        OSSL_PARAM_END,
    };

    (void)vctx;
    (void)provctx;
    return gettable;
}

static int signature_get_ctx_params(void *vctx, OSSL_PARAM params[])
{
    const SIGNATURE_CTX *ctx = vctx;

    return params == NULL ||
           onem2m_hmac_context_answer_digest(
               &ctx->hmac, OSSL_PARAM_locate(params, OSSL_SIGNATURE_PARAM_DIGEST));
}

static const OSSL_PARAM *signature_settable_ctx_params(void *vctx, void *provctx)
{
    static const OSSL_PARAM settable[] = {
        OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_DIGEST, NULL, 0),
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_PROPERTIES, NULL, 0),
        OSSL_PARAM_END,
    };

    (void)vctx;
    (void)provctx;
    return settable;
}

/* Another digest begins the message anew, as long as nothing of it has come. */
static int signature_set_ctx_params(void *vctx, const OSSL_PARAM params[])
{
    SIGNATURE_CTX *ctx = vctx;
    ONEM2M_DIGEST_WISH wish = { NULL, NULL, NULL };
    int ok = take_params(&wish, ctx, params) && onem2m_digest_wish_check_time(&wish, &ctx->hmac);

    if (ok && wish.digest != NULL && onem2m_mac_stream_digest(&ctx->hmac.stream) != NULL)
        ok = begin(ctx, ctx->key, &wish);
    if (ok)
        onem2m_digest_wish_commit(&wish, &ctx->hmac);
    onem2m_digest_wish_end(&wish);
    return ok;
}

static const OSSL_DISPATCH signature_functions[] = {
    { OSSL_FUNC_SIGNATURE_NEWCTX, (void (*)(void))signature_new },
    { OSSL_FUNC_SIGNATURE_DUPCTX, (void (*)(void))signature_dup },
    { OSSL_FUNC_SIGNATURE_FREECTX, (void (*)(void))signature_free },
    { OSSL_FUNC_SIGNATURE_DIGEST_SIGN_INIT, (void (*)(void))signature_init },
    { OSSL_FUNC_SIGNATURE_DIGEST_SIGN_UPDATE, (void (*)(void))signature_update },
    { OSSL_FUNC_SIGNATURE_DIGEST_SIGN_FINAL, (void (*)(void))signature_sign_final },
    { OSSL_FUNC_SIGNATURE_DIGEST_SIGN, (void (*)(void))signature_sign },
    { OSSL_FUNC_SIGNATURE_DIGEST_VERIFY_INIT, (void (*)(void))signature_init },
    { OSSL_FUNC_SIGNATURE_DIGEST_VERIFY_UPDATE, (void (*)(void))signature_update },
    { OSSL_FUNC_SIGNATURE_DIGEST_VERIFY_FINAL, (void (*)(void))signature_verify_final },
    { OSSL_FUNC_SIGNATURE_DIGEST_VERIFY, (void (*)(void))signature_verify },
    { OSSL_FUNC_SIGNATURE_GETTABLE_CTX_PARAMS, (void (*)(void))signature_gettable_ctx_params },
    { OSSL_FUNC_SIGNATURE_GET_CTX_PARAMS, (void (*)(void))signature_get_ctx_params },
    { OSSL_FUNC_SIGNATURE_SETTABLE_CTX_PARAMS, (void (*)(void))signature_settable_ctx_params },
    { OSSL_FUNC_SIGNATURE_SET_CTX_PARAMS, (void (*)(void))signature_set_ctx_params },
    { 0, NULL },
};

const OSSL_ALGORITHM onem2m_signature_algorithms[] = {
    { ONEM2M_KEY_TYPE, ONEM2M_PROPERTY_QUERY, signature_functions,
      "MIC with a key object, TS-0003 8.5, 8.6" },
    { NULL, NULL, NULL, NULL },
};
