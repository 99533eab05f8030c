/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>
#include <string.h>
#include <openssl/params.h>
#include <onem2m/params.h>
#include "kdf_internal.h"
#include "param.h"

void onem2m_call_begin(CALL *call, const KDF_CTX *ctx)
{
    onem2m_derivation_stage_begin(&call->stage, &ctx->params);
    if (ctx->key.length > 0)
        call->stage.input.key = onem2m_material_of_secret(&ctx->key);
    call->key_taken = 0;
    call->key_given = 0;
    call->key_id = (ONEM2M_SLICE){ ctx->key_id.octets, ctx->key_id.length };
    call->key_id_given = 0;
    call->requester = (ONEM2M_SLICE){ ctx->requester.octets, ctx->requester.length };
    call->requester_given = 0;
}

void onem2m_call_end(CALL *call)
{
    onem2m_derivation_stage_end(&call->stage);
}

/* In constant time, as CRYPTO_memcmp, but a word at a time: a tenth of a derivation is at stake. */
static int is_key_held(const KDF_CTX *ctx, ONEM2M_SLICE key)
{
    uint64_t difference = 0, given, held;
    size_t i;

    if (key.length != ctx->key.length || key.length % sizeof(given) != 0)
        return 0;
    for (i = 0; i < key.length; i += sizeof(given)) {
        memcpy(&given, key.data + i, sizeof(given));
        memcpy(&held, ctx->key.octets + i, sizeof(held));
        difference |= given ^ held;
    }
    return difference == 0;
}

static int take_key(CALL *call, const KDF_CTX *ctx, const OSSL_PARAM *param)
{
    ONEM2M_SLICE key;
    ONEM2M_ERROR error;

    call->key_taken = 1;
    if (!onem2m_param_octets(ctx->provider, param, &key))
        return 0;
    if (!onem2m_derivation_check_key(ctx->params.derivation, key.length, &error))
        return ONEM2M_RAISE(ctx->provider, param->key, &error);
    if (is_key_held(ctx, key)) {
        call->stage.input.key = onem2m_material_of_secret(&ctx->key);
        call->key_given = 0;
    } else {
        call->stage.input.key = onem2m_material_of(key);
        call->key_given = 1;
    }
    call->key_id.length = 0;
    call->key_id_given = 0;
    return 1;
}

static int take_key_id(CALL *call, const KDF_CTX *ctx, const OSSL_PARAM *param)
{
    call->key_taken = 1;
    if (!onem2m_param_key_id(ctx->provider, param, &call->key_id))
        return 0;
    call->key_id_given = 1;
    call->stage.input.key = (ONEM2M_MATERIAL){ .token = NULL };
    call->key_given = 0;
    return 1;
}

/*
 * Takes one parameter; unknown ones are somebody else's. Of two of one name
 * the first counts, as in OpenSSL's own algorithms.
 */
static int take_param(CALL *call, const KDF_CTX *ctx, const OSSL_PARAM *param)
{
    if (strcmp(param->key, ONEM2M_PARAM_KEY) == 0 &&
        !onem2m_derivation_is_release(ctx->params.derivation))
        return call->key_taken || take_key(call, ctx, param);
    if (strcmp(param->key, ONEM2M_PARAM_KEY_ID) == 0)
        return call->key_taken || take_key_id(call, ctx, param);
    if (strcmp(param->key, ONEM2M_PARAM_REQUESTER) == 0) {
        if (call->requester_given)
            return 1;
        call->requester_given = 1;
        return onem2m_param_entity(ctx->provider, param, call->requester_text, &call->requester);
    }
    return onem2m_derivation_stage_take_one(&call->stage, ctx->provider, param);
}

int onem2m_call_take(CALL *call, const KDF_CTX *ctx, const OSSL_PARAM params[])
{
    const OSSL_PARAM *param;

    if (params == NULL)
        return 1;
    for (param = params; param->key != NULL; param++) {
        if (!take_param(call, ctx, param))
            return 0;
    }
    return onem2m_derivation_stage_fetch_digest(&call->stage, ctx->provider, &ctx->params);
}

/* Makes room in the context for what the call brings: the last that can fail. */
int onem2m_call_reserve(const CALL *call, KDF_CTX *ctx)
{
    const size_t key_length = call->key_given ? call->stage.input.key.octets.length : 0;
    const size_t key_id_length = call->key_id_given ? call->key_id.length : 0;
    const size_t requester_length = call->requester_given ? call->requester.length : 0;

    if (!onem2m_secret_reserve(&ctx->key, key_length) ||
        !onem2m_secret_reserve(&ctx->key_id, key_id_length) ||
        !onem2m_secret_reserve(&ctx->requester, requester_length))
        return onem2m_raise_out_of_memory(ctx->provider,
                                          onem2m_derivation_name(ctx->params.derivation));
    return onem2m_derivation_stage_reserve(&call->stage, ctx->provider, &ctx->params);
}

static void commit_key(const CALL *call, KDF_CTX *ctx)
{
    if (call->key_given) {
        onem2m_secret_assign(&ctx->key, call->stage.input.key.octets.data,
                             call->stage.input.key.octets.length);
        onem2m_secret_clear(&ctx->key_id);
    }
    if (call->key_id_given) {
        onem2m_secret_assign(&ctx->key_id, call->key_id.data, call->key_id.length);
        onem2m_secret_clear(&ctx->key);
    }
    if (call->key_given || call->key_id_given) {
        if (ctx->hmac != NULL)
            onem2m_hmac_forget(ctx->hmac);
        onem2m_found_key_clear(&ctx->found);
        ctx->key_served = 0;
    }
    if (call->requester_given)
        onem2m_secret_assign(&ctx->requester, call->requester.data, call->requester.length);
}

void onem2m_call_commit(CALL *call, KDF_CTX *ctx)
{
    commit_key(call, ctx);
    if (call->stage.new_digest != NULL)
        onem2m_kdf_drop_hmac(ctx);
    onem2m_derivation_stage_commit(&call->stage, &ctx->params);
}
