/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <openssl/core_names.h>
#include <openssl/err.h>
#include "engine.h"
#include "keystore/error.h"

/* TS-0003 10.2. The suite that TLS or DTLS must implement stands first. */

typedef struct {
    const char *tls, *dtls;
} SUITES;

static const SUITES *suites_of(ONEM2M_PROFILE profile)
{
    static const SUITES psk = { "PSK-AES128-CBC-SHA256:PSK-AES128-CCM8",
                                "PSK-AES128-CCM8:PSK-AES128-CBC-SHA256" };
    static const SUITES psk_pfs = {
        "DHE-PSK-AES128-CBC-SHA256:PSK-AES128-CBC-SHA256:PSK-AES128-CCM8",
        "DHE-PSK-AES128-CBC-SHA256:PSK-AES128-CCM8:PSK-AES128-CBC-SHA256"
    };
    static const SUITES certificate = { "ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES128-CCM8",
                                        "ECDHE-ECDSA-AES128-CCM8:ECDHE-ECDSA-AES128-SHA256" };

    switch (profile) {
    case ONEM2M_PROFILE_PSK:
        return &psk;
    case ONEM2M_PROFILE_PSK_PFS:
        return &psk_pfs;
    case ONEM2M_PROFILE_CERTIFICATE:
        return &certificate;
    }
    return NULL;
}

/* Whether ctx's method is DTLS, after this libssl has taken the suites: the last that can fail. */
static int try_suites(SSL_CTX *ctx, const SUITES *suites, int *is_dtls)
{
    SSL *ssl = SSL_new(ctx);
    int ok;

    *is_dtls = ssl != NULL && SSL_is_dtls(ssl);
    ok = ssl != NULL && SSL_set_cipher_list(ssl, *is_dtls ? suites->dtls : suites->tls);
    SSL_free(ssl);
    return ok || onem2m_tls_raise(ONEM2M_R_TLS_FAILED,
                                  "profile: this libssl has none of its suites (TS-0003 10.2)");
}

static int set_suites(SSL_CTX *ctx, const SUITES *suites, int is_dtls)
{
    const int version = is_dtls ? DTLS1_2_VERSION : TLS1_2_VERSION;

    return (SSL_CTX_set_min_proto_version(ctx, version) &&
            SSL_CTX_set_max_proto_version(ctx, version) &&
            SSL_CTX_set_cipher_list(ctx, is_dtls ? suites->dtls : suites->tls)) ||
           onem2m_tls_raise(ONEM2M_R_TLS_FAILED,
                            "profile: this SSL_CTX cannot be set to (D)TLS 1.2 (TS-0003 10.2.1)");
}

/* Groups of RFC 7919, which peers know; OpenSSL's own choice is 1024 bits at level 1. */
static EVP_PKEY *make_group(const SSL_CTX *ctx, OSSL_LIB_CTX *libctx)
{
    char name[] = "ffdhe2048", stronger[] = "ffdhe3072";
    OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string(
                                OSSL_PKEY_PARAM_GROUP_NAME,
                                SSL_CTX_get_security_level(ctx) < 3 ? name : stronger, 0),
                            OSSL_PARAM_construct_end() };
    EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_from_name(libctx, "DH", NULL);
    EVP_PKEY *group = NULL;

    ERR_set_mark();
    if (maker == NULL || EVP_PKEY_fromdata_init(maker) <= 0 ||
        EVP_PKEY_fromdata(maker, &group, EVP_PKEY_KEY_PARAMETERS, params) <= 0)
        group = NULL;
    ERR_pop_to_mark();
    EVP_PKEY_CTX_free(maker);
    return group;
}

static int set_group(SSL_CTX *ctx, OSSL_LIB_CTX *libctx)
{
    EVP_PKEY *group = make_group(ctx, libctx);

    if (group != NULL && SSL_CTX_set0_tmp_dh_pkey(ctx, group)) {
        SSL_CTX_set_dh_auto(ctx, 0);
        return 1;
    }
    EVP_PKEY_free(group);
    return onem2m_tls_raise(ONEM2M_R_TLS_FAILED,
                            "profile: OpenSSL has no Diffie-Hellman group of RFC 7919 for security "
                            "level %d (RFC 4279 section 3)",
                            SSL_CTX_get_security_level(ctx));
}

int onem2m_tls_profile(SSL_CTX *ctx, ONEM2M_PROFILE profile)
{
    const SUITES *suites = suites_of(profile);
    ONEM2M_TLS_CONTEXT *context;
    int is_dtls;

    if (suites == NULL)
        return onem2m_tls_raise(ONEM2M_R_BAD_CHOICE, "profile: %d is none", (int)profile);
    if (!try_suites(ctx, suites, &is_dtls))
        return 0;
    context = onem2m_tls_context(ctx);
    if (context == NULL ||
        (profile == ONEM2M_PROFILE_PSK_PFS && !set_group(ctx, context->libctx)) ||
        !set_suites(ctx, suites, is_dtls))
        return 0;
    context->has_profile = 1;
    onem2m_tls_judge(ctx, context);
    SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    return 1;
}
