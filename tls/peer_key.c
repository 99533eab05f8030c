/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Raw public keys (RFC 7250): OpenSSL 3.2 and newer.
 */
#include <string.h>
#include <openssl/x509.h>
#include "tls/peer.h"

#if OPENSSL_VERSION_NUMBER >= 0x30200000L

static int ask(SSL *ssl, const unsigned char *types, size_t count)
{
    return SSL_is_server(ssl) ? SSL_set1_client_cert_type(ssl, types, count)
                              : SSL_set1_server_cert_type(ssl, types, count);
}

int onem2m_peer_ask(SSL *ssl, ONEM2M_PEER_FLAVOUR flavour, ONEM2M_ERROR *error)
{
    static const unsigned char raw[] = { TLSEXT_cert_type_rpk };

    if (flavour == ONEM2M_PEER_PUBLIC_KEY ? ask(ssl, raw, sizeof(raw)) : ask(ssl, NULL, 0))
        return 1;
    return onem2m_refuse(error, ONEM2M_R_TLS_FAILED, ONEM2M_NO_OFFSET,
                         "the types of certificate could not be set (RFC 7250)");
}

static int keep_key(ONEM2M_EXPECTED_PEER *expected, EVP_PKEY *key, ONEM2M_ERROR *error)
{
    int length;

    onem2m_peer_forget(expected);
    length = i2d_PUBKEY(key, &expected->public_key);
    if (length <= 0)
        return onem2m_refuse(error, ONEM2M_R_BAD_CERTIFICATE, ONEM2M_NO_OFFSET,
                             "raw public key: cannot be read (TS-0003 10.1.1.2)");
    expected->public_key_length = (size_t)length;
    return 1;
}

static int match_key(ONEM2M_EXPECTED_PEER *expected, SSL *ssl, ONEM2M_ERROR *error)
{
    const ONEM2M_TLS_CONTEXT *context = onem2m_tls_context_of(SSL_get_SSL_CTX(ssl));

    if (!onem2m_raw_key_profile_check(expected->public_key, expected->public_key_length, error) ||
        !onem2m_public_key_id_match(expected->identifier, strlen(expected->identifier),
                                    expected->public_key, expected->public_key_length,
                                    context->libctx, NULL, error))
        return 0;
    memcpy(expected->matched, expected->identifier, strlen(expected->identifier) + 1);
    return 1;
}

int onem2m_peer_match_key(ONEM2M_EXPECTED_PEER *expected, X509_STORE_CTX *store, SSL *ssl,
                          int *is_raw, ONEM2M_ERROR *error)
{
    EVP_PKEY *key = X509_STORE_CTX_get0_rpk(store);

    *is_raw = key != NULL;
    if (!*is_raw)
        return 0;
    if (expected->flavour != ONEM2M_PEER_PUBLIC_KEY)
        return onem2m_refuse(error, ONEM2M_R_PEER_MISMATCH, ONEM2M_NO_OFFSET,
                             "a raw public key instead of a certificate (TS-0003 8.1.2.5)");
    return keep_key(expected, key, error) && match_key(expected, ssl, error);
}

int onem2m_peer_has_key(const ONEM2M_EXPECTED_PEER *expected, const SSL *ssl)
{
    EVP_PKEY *key = SSL_get0_peer_rpk(ssl);
    unsigned char *der = NULL;
    int length, same;

    if (key == NULL || expected->public_key == NULL)
        return 0;
    length = i2d_PUBKEY(key, &der);
    same = length > 0 && (size_t)length == expected->public_key_length &&
           memcmp(der, expected->public_key, expected->public_key_length) == 0;
    OPENSSL_free(der);
    return same;
}

#else

int onem2m_peer_ask(SSL *ssl, ONEM2M_PEER_FLAVOUR flavour, ONEM2M_ERROR *error)
{
    (void)ssl;
    if (flavour == ONEM2M_PEER_PUBLIC_KEY)
        return onem2m_refuse(error, ONEM2M_R_TLS_UNSUPPORTED, ONEM2M_NO_OFFSET,
                             "raw public keys (RFC 7250, TS-0003 10.1.1.2) need OpenSSL 3.2, "
                             "and this library was built for %s",
                             OPENSSL_VERSION_STR);
    return 1;
}

int onem2m_peer_match_key(ONEM2M_EXPECTED_PEER *expected, X509_STORE_CTX *store, SSL *ssl,
                          int *is_raw, ONEM2M_ERROR *error)
{
    (void)expected;
    (void)store;
    (void)ssl;
    (void)error;
    *is_raw = 0;
    return 0;
}

int onem2m_peer_has_key(const ONEM2M_EXPECTED_PEER *expected, const SSL *ssl)
{
    (void)expected;
    (void)ssl;
    return 0;
}

#endif
