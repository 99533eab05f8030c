/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>
#include "kdf_internal.h"
#include "param.h"

static int raise_out_of_memory(const KDF_CTX *ctx)
{
    return onem2m_raise_out_of_memory(ctx->provider,
                                      onem2m_derivation_name(ctx->params.derivation));
}

void *onem2m_kdf_new(void *provctx, const ONEM2M_DERIVATION *derivation)
{
    KDF_CTX *ctx = OPENSSL_zalloc(sizeof(*ctx));

    if (ctx == NULL) {
        onem2m_raise_out_of_memory(provctx, onem2m_derivation_name(derivation));
        return NULL;
    }
    ctx->provider = provctx;
    ctx->params.derivation = derivation;
    ctx->key_id.is_public = 1;
    ctx->requester.is_public = 1;
    return ctx;
}

void onem2m_kdf_drop_hmac(KDF_CTX *ctx)
{
    onem2m_crypto_give_hmac(&ctx->provider->crypto, ctx->hmac);
    ctx->hmac = NULL;
}

void onem2m_kdf_reset(void *vctx)
{
    KDF_CTX *ctx = vctx;

    onem2m_kdf_drop_hmac(ctx);
    onem2m_secret_clear(&ctx->key);
    onem2m_secret_clear(&ctx->key_id);
    onem2m_secret_clear(&ctx->requester);
    onem2m_found_key_clear(&ctx->found);
    ctx->key_served = 0;
    onem2m_derivation_params_clear(&ctx->params);
}

void onem2m_kdf_free(void *vctx)
{
    KDF_CTX *ctx = vctx;

    if (ctx == NULL)
        return;
    onem2m_kdf_reset(ctx);
    onem2m_keys_give_reader(&ctx->provider->keys, ctx->reader);
    OPENSSL_free(ctx);
}

static int copy_secret(ONEM2M_SECRET *to, const ONEM2M_SECRET *from)
{
    if (!onem2m_secret_reserve(to, from->capacity))
        return 0;
    onem2m_secret_assign(to, from->octets, from->length);
    return 1;
}

static int copy_context(KDF_CTX *to, const KDF_CTX *from)
{
    return copy_secret(&to->key, &from->key) && copy_secret(&to->key_id, &from->key_id) &&
           copy_secret(&to->requester, &from->requester) &&
           onem2m_derivation_params_copy(&to->params, &from->params);
}

void *onem2m_kdf_dup(void *vctx)
{
    const KDF_CTX *from = vctx;
    KDF_CTX *to = onem2m_kdf_new(from->provider, from->params.derivation);

    if (to == NULL || copy_context(to, from))
        return to;
    raise_out_of_memory(from);
    onem2m_kdf_free(to);
    return NULL;
}

int onem2m_kdf_set_ctx_params(void *vctx, const OSSL_PARAM params[])
{
    KDF_CTX *ctx = vctx;
    CALL call;
    int ok;

    if (params == NULL)
        return 1;
    onem2m_call_begin(&call, ctx);
    ok = onem2m_call_take(&call, ctx, params) && onem2m_call_reserve(&call, ctx);
    if (ok)
        onem2m_call_commit(&call, ctx);
    onem2m_call_end(&call);
    return ok;
}

static int check_output(const CALL *call, const unsigned char *out, size_t length,
                        ONEM2M_ERROR *error)
{
    size_t size;

    if (!onem2m_derivation_check_complete(&call->stage.input, error) ||
        !onem2m_derivation_size(&call->stage.input, &size, error))
        return 0;
    if (out != NULL && length == size)
        return 1;
    return onem2m_refuse(error, ONEM2M_R_BAD_OUTPUT_LENGTH, ONEM2M_NO_OFFSET,
                         "the output is %zu octets, %zu were asked for%s", size, length,
                         out == NULL ? " without a buffer" : "");
}

/* Whether the key stands ready in ctx->hmac: from the second derivation on that it serves. */
static int prepare_key(const CALL *call, KDF_CTX *ctx)
{
    if (call->key_given || call->key_id.length > 0 || call->stage.new_digest != NULL ||
        !onem2m_derivation_is_mac(ctx->params.derivation))
        return 0;
    return ctx->hmac->inner != NULL ||
           (ctx->key_served && onem2m_hmac_prepare(ctx->hmac, call->stage.input.digest,
                                                   call->stage.input.key.octets, NULL));
}

static int provide_hmac(KDF_CTX *ctx)
{
    if (ctx->hmac == NULL && onem2m_derivation_digest(ctx->params.derivation) != NULL)
        ctx->hmac = onem2m_crypto_take_hmac(&ctx->provider->crypto);
    return ctx->hmac != NULL || onem2m_derivation_digest(ctx->params.derivation) == NULL;
}

typedef struct {
    unsigned char *out;
    size_t length;
    unsigned char result[OUTPUT_MAX];
} OUTPUT;

/* Derives into output->result: out may lie over a parameter that is still to be read. */
static int derive_result(CALL *call, KDF_CTX *ctx, void *argument, ONEM2M_ERROR *error)
{
    OUTPUT *output = argument;

    if (!check_output(call, output->out, output->length, error))
        return 0;
    if (!provide_hmac(ctx))
        return onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
    call->stage.input.key_is_prepared = prepare_key(call, ctx);
    return onem2m_derive(&call->stage.input, ctx->hmac, output->result, error);
}

static int derive(CALL *call, KDF_CTX *ctx, OUTPUT *output)
{
    ONEM2M_ERROR error;
    const int ok = call->key_id.length > 0
                       ? onem2m_call_serve_named(call, ctx, derive_result, output, &error)
                       : derive_result(call, ctx, output, &error);

    if (!ok)
        return ONEM2M_RAISE(ctx->provider, onem2m_derivation_name(ctx->params.derivation), &error);
    onem2m_call_commit(call, ctx);
    ctx->key_served = 1;
    memcpy(output->out, output->result, output->length);
    OPENSSL_cleanse(output->result, output->length);
    return 1;
}

int onem2m_kdf_derive(void *vctx, unsigned char *out, size_t length, const OSSL_PARAM params[])
{
    KDF_CTX *ctx = vctx;
    OUTPUT output;
    CALL call;
    int ok;

    output.out = out;
    output.length = length;
    onem2m_call_begin(&call, ctx);
    ok = onem2m_call_take(&call, ctx, params) &&
         onem2m_derivation_stage_provide_digest(&call.stage, ctx->provider) &&
         onem2m_call_reserve(&call, ctx) && derive(&call, ctx, &output);
    onem2m_call_end(&call);
    return ok;
}

const OSSL_PARAM *onem2m_kdf_gettable_ctx_params(void *vctx, void *provctx)
{
    static const OSSL_PARAM gettable[] = {
        OSSL_PARAM_size_t(OSSL_KDF_PARAM_SIZE, NULL),
        OSSL_PARAM_END,
    };

    (void)vctx;
    (void)provctx;
    return gettable;
}

static int take_size(CALL *call, KDF_CTX *ctx, void *argument, ONEM2M_ERROR *error)
{
    (void)ctx;
    return onem2m_derivation_size(&call->stage.input, argument, error);
}

/* Of a key by name, the look-up happens here when the size depends on the key. */
static int find_size(CALL *call, KDF_CTX *ctx, size_t *size)
{
    ONEM2M_ERROR error;
    int ok;

    if (call->key_id.length > 0 && onem2m_derivation_digest(ctx->params.derivation) == NULL)
        ok = onem2m_call_serve_named(call, ctx, take_size, size, &error);
    else
        ok = onem2m_derivation_size(&call->stage.input, size, &error);
    return ok ||
           ONEM2M_RAISE(ctx->provider, onem2m_derivation_name(ctx->params.derivation), &error);
}

int onem2m_kdf_get_ctx_params(void *vctx, OSSL_PARAM params[])
{
    KDF_CTX *ctx = vctx;
    OSSL_PARAM *param = params != NULL ? OSSL_PARAM_locate(params, OSSL_KDF_PARAM_SIZE) : NULL;
    CALL call;
    size_t size;

    if (param == NULL)
        return 1;
    onem2m_call_begin(&call, ctx);
    return onem2m_derivation_stage_provide_digest(&call.stage, ctx->provider) &&
           find_size(&call, ctx, &size) && onem2m_param_answer_size(ctx->provider, param, size);
}
