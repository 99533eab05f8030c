/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A build without PKCS#11: no token is ever there, and whoever asks for one is told so.
 */
#include "token.h"

static int refuse(ONEM2M_ERROR *error)
{
    return onem2m_refuse(error, ONEM2M_R_BAD_CONFIGURATION, ONEM2M_NO_OFFSET,
                         "PKCS#11 tokens: built without PKCS#11 (ONEM2M_PKCS11 is off)");
}

int onem2m_token_new(ONEM2M_TOKEN **token, const char *uri, ONEM2M_ERROR *error)
{
    (void)uri;
    *token = NULL;
    return refuse(error);
}

void onem2m_token_free(ONEM2M_TOKEN *token)
{
    (void)token;
}

int onem2m_token_create(ONEM2M_TOKEN *token, ONEM2M_ERROR *error)
{
    (void)token;
    return refuse(error);
}

int onem2m_token_is_there(ONEM2M_TOKEN *token, ONEM2M_ERROR *error)
{
    (void)token;
    refuse(error);
    return -1;
}

int onem2m_token_import(ONEM2M_TOKEN *token, ONEM2M_CUSTODY custody, int extractable,
                        ONEM2M_SLICE octets, ONEM2M_TOKEN_KEY *key, ONEM2M_ERROR *error)
{
    (void)token, (void)custody, (void)extractable, (void)octets, (void)key;
    return refuse(error);
}

int onem2m_token_generate(ONEM2M_TOKEN *token, ONEM2M_CUSTODY custody, int extractable,
                          size_t length, ONEM2M_TOKEN_KEY *key, ONEM2M_ERROR *error)
{
    (void)token, (void)custody, (void)extractable, (void)length, (void)key;
    return refuse(error);
}

int onem2m_token_settle(ONEM2M_TOKEN *token, const ONEM2M_TOKEN_KEY *wrapped,
                        ONEM2M_TOKEN_KEY *object, ONEM2M_ERROR *error)
{
    (void)token, (void)wrapped, (void)object;
    return refuse(error);
}

int onem2m_token_destroy(ONEM2M_TOKEN *token, const ONEM2M_TOKEN_KEY *key, ONEM2M_ERROR *error)
{
    (void)token, (void)key;
    return refuse(error);
}

int onem2m_token_list(ONEM2M_TOKEN *token, ONEM2M_TOKEN_OBJECT **objects, size_t *count,
                      ONEM2M_ERROR *error)
{
    (void)token, (void)objects, (void)count;
    return refuse(error);
}

int onem2m_token_destroy_all(ONEM2M_TOKEN *token, const ONEM2M_TOKEN_KEY *keys, size_t count,
                             ONEM2M_ERROR *error)
{
    (void)token, (void)keys, (void)count;
    return refuse(error);
}

int onem2m_token_restrict(ONEM2M_TOKEN *token, ONEM2M_TOKEN_KEY *key, ONEM2M_ERROR *error)
{
    (void)token, (void)key;
    return refuse(error);
}

int onem2m_token_read(ONEM2M_TOKEN *token, const ONEM2M_TOKEN_KEY *key, unsigned char *out,
                      ONEM2M_ERROR *error)
{
    (void)token, (void)key, (void)out;
    return refuse(error);
}

int onem2m_token_mac(ONEM2M_TOKEN *token, const ONEM2M_TOKEN_KEY *key, const EVP_MD *digest,
                     const ONEM2M_SLICE *parts, size_t count, unsigned char *out,
                     ONEM2M_ERROR *error)
{
    (void)token, (void)key, (void)digest, (void)parts, (void)count, (void)out;
    return refuse(error);
}

int onem2m_token_derive(ONEM2M_TOKEN *token, const ONEM2M_TOKEN_KEY *parent, const EVP_MD *digest,
                        const ONEM2M_SLICE *parts, size_t count, int extractable,
                        ONEM2M_TOKEN_KEY *child, ONEM2M_ERROR *error)
{
    (void)token, (void)parent, (void)digest, (void)parts, (void)count, (void)extractable,
        (void)child;
    return refuse(error);
}

int onem2m_token_extract(ONEM2M_TOKEN *token, const ONEM2M_TOKEN_KEY *parent, const EVP_MD *digest,
                         ONEM2M_SLICE salt, int extractable, ONEM2M_TOKEN_KEY *child,
                         ONEM2M_ERROR *error)
{
    (void)token, (void)parent, (void)digest, (void)salt, (void)extractable, (void)child;
    return refuse(error);
}

int onem2m_token_slice(ONEM2M_TOKEN *token, const ONEM2M_TOKEN_KEY *parent, size_t offset,
                       size_t length, int extractable, ONEM2M_TOKEN_KEY *child, ONEM2M_ERROR *error)
{
    (void)token, (void)parent, (void)offset, (void)length, (void)extractable, (void)child;
    return refuse(error);
}

int onem2m_token_abilities(ONEM2M_TOKEN *token, ONEM2M_TOKEN_ABILITIES *abilities,
                           ONEM2M_ERROR *error)
{
    (void)token, (void)abilities;
    return refuse(error);
}
