/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <openssl/err.h>
#include "keystore/error.h"
#include "psk.h"

/* What most keys have: asked for at once, so that a key is looked up once. */
#define USUAL_OCTETS 32

EVP_KDF *onem2m_tls_kdf_fetch(OSSL_LIB_CTX *libctx, const char *propq, const char *name)
{
    EVP_KDF *method = EVP_KDF_fetch(libctx, name, propq);

    if (method == NULL)
        onem2m_tls_raise(ONEM2M_R_CRYPTO_UNAVAILABLE,
                         "%s: not there; the provider onem2m has to be active in the library "
                         "context that onem2m_tls_use names",
                         name);
    return method;
}

void onem2m_tls_kdf_set(ONEM2M_TLS_KDF *kdf, EVP_KDF *method, const OSSL_PARAM fixed[])
{
    size_t i = 0;

    onem2m_tls_kdf_clear(kdf);
    kdf->kdf = method;
    for (; i < ONEM2M_TLS_FIXED_MAX && fixed[i].key != NULL; i++)
        kdf->fixed[i] = fixed[i];
    kdf->fixed[i] = OSSL_PARAM_construct_end();
}

void onem2m_tls_kdf_clear(ONEM2M_TLS_KDF *kdf)
{
    EVP_KDF_CTX *ctx;

    while ((ctx = onem2m_spares_take(&kdf->contexts)) != NULL)
        EVP_KDF_CTX_free(ctx);
    EVP_KDF_free(kdf->kdf);
    kdf->kdf = NULL;
}

static EVP_KDF_CTX *context_new(const ONEM2M_TLS_KDF *kdf)
{
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf->kdf);

    if (ctx != NULL && EVP_KDF_CTX_set_params(ctx, kdf->fixed) > 0)
        return ctx;
    EVP_KDF_CTX_free(ctx);
    return NULL;
}

static int derive(EVP_KDF_CTX *ctx, const OSSL_PARAM params[], unsigned char *out, size_t room,
                  size_t *size, ONEM2M_ERROR *error)
{
    size_t wanted = USUAL_OCTETS;

    if (room >= wanted) {
        if (EVP_KDF_derive(ctx, out, wanted, params) > 0) {
            *size = wanted;
            return 1;
        }
        onem2m_tls_last_error(error);
        if (error->reason != ONEM2M_R_BAD_OUTPUT_LENGTH)
            return 0;
    }
    wanted = EVP_KDF_CTX_set_params(ctx, params) > 0 ? EVP_KDF_CTX_get_kdf_size(ctx) : 0;
    if (wanted > room)
        return onem2m_refuse(error, ONEM2M_R_BAD_OUTPUT_LENGTH, ONEM2M_NO_OFFSET,
                             "the key is %zu octets, there is room for %zu", wanted, room);
    if (wanted > 0 && EVP_KDF_derive(ctx, out, wanted, params) > 0) {
        *size = wanted;
        return 1;
    }
    onem2m_tls_last_error(error);
    return 0;
}

int onem2m_tls_kdf_derive(ONEM2M_TLS_KDF *kdf, const OSSL_PARAM params[], unsigned char *out,
                          size_t room, size_t *size, ONEM2M_ERROR *error)
{
    EVP_KDF_CTX *ctx;
    int ok;

    ERR_set_mark();
    ctx = onem2m_spares_take(&kdf->contexts);
    if (ctx == NULL)
        ctx = context_new(kdf);
    ok = ctx != NULL && derive(ctx, params, out, room, size, error);
    if (ctx == NULL)
        onem2m_tls_last_error(error);
    EVP_KDF_CTX_free(onem2m_spares_give(&kdf->contexts, ctx));
    ERR_pop_to_mark();
    return ok;
}
