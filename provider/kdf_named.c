/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <time.h>
#include "keystore/policy.h"
#include "kdf_internal.h"

/* A key that is one of the store: found by name, released by policy for this one call. */

typedef struct {
    CALL *call;
    KDF_CTX *ctx;
    ONEM2M_USE use;
    onem2m_call_serve_fn *serve;
    void *argument;
} SERVICE;

static int serve_key(void *argument, const ONEM2M_ATTRIBUTES *attributes,
                     const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    SERVICE *service = argument;
    ONEM2M_DERIVATION_INPUT *input = &service->call->stage.input;
    int ok;

    if (!onem2m_policy_allows(attributes, &service->use, error))
        return 0;
    input->key = *material;
    input->key_is_master = attributes->kind == ONEM2M_KIND_E2E_MASTER;
    ok = service->serve(service->call, service->ctx, service->argument, error);
    input->key = (ONEM2M_MATERIAL){ .token = NULL };
    return ok;
}

static int provide_reader(KDF_CTX *ctx, ONEM2M_ERROR *error)
{
    if (ctx->reader == NULL)
        ctx->reader = onem2m_keys_take_reader(&ctx->provider->keys, error);
    return ctx->reader != NULL;
}

/*
 * A name that the context holds is its owner's, and the key is kept for the next time. A server's
 * context, which is told a peer's name with every call, keeps none: a name that was asked for
 * before would be told by the time from one that is not there (RFC 4279 7.2).
 */
static int look_up(const CALL *call, KDF_CTX *ctx, SERVICE *service, ONEM2M_ERROR *error)
{
    const char *name = (const char *)call->key_id.data;
    const unsigned int kinds = onem2m_policy_kinds(&service->use);

    if (call->key_id_given || !ctx->key_served)
        return onem2m_store_look_up(ctx->reader, name, call->key_id.length, kinds, serve_key,
                                    service, error);
    return onem2m_store_look_up_again(ctx->reader, &ctx->found, name, call->key_id.length, kinds,
                                      serve_key, service, error);
}

int onem2m_call_serve_named(CALL *call, KDF_CTX *ctx, onem2m_call_serve_fn *serve, void *argument,
                            ONEM2M_ERROR *error)
{
    SERVICE service = { .call = call, .ctx = ctx, .serve = serve, .argument = argument };

    if (!onem2m_derivation_check_operands(&call->stage.input, error))
        return 0;
    if (!provide_reader(ctx, error))
        return 0;
    onem2m_use_of_derivation(&service.use, &call->stage.input);
    service.use.requester = call->requester;
    service.use.now = onem2m_keys_now(&ctx->provider->keys);
    return look_up(call, ctx, &service, error);
}
