/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine.h"

/* What libssl asks of an SSL_CTX's security callback, before the application's answer. */

/* TLS_PSK_WITH_AES_128_CCM_8 (RFC 6655), TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8 (RFC 7251). */
#define PSK_CCM_8 0xC0A8
#define ECDHE_ECDSA_CCM_8 0xC0AE

static int is_mandatory_ccm_8(int operation, const void *other)
{
    uint16_t suite;

    if (operation != SSL_SECOP_CIPHER_SUPPORTED && operation != SSL_SECOP_CIPHER_SHARED &&
        operation != SSL_SECOP_CIPHER_CHECK)
        return 0;
    suite = SSL_CIPHER_get_protocol_id(other);
    return suite == PSK_CCM_8 || suite == ECDHE_ECDSA_CCM_8;
}

/* What a Diffie-Hellman group of 2048 bits is worth (NIST SP 800-57 part 1, 5.6.1). */
#define DH_SECURITY_BITS 112

/*
 * From OpenSSL 3.2 a suite with a tag of 64 bits is beneath every level but 0. A group of 1024
 * bits, which a server may choose, is not beneath level 1.
 */
static int judge_profile(int operation, int bits, const void *other, int *verdict)
{
    *verdict = is_mandatory_ccm_8(operation, other);
    return *verdict || (operation == SSL_SECOP_TMP_DH && bits < DH_SECURITY_BITS);
}

/*
 * The suites that a client offers, or that a server shares, are asked about at the beginning of
 * every ClientHello, before its PSKs. After a HelloRetryRequest the second one, of the same random,
 * may be answered by others than the engine (RFC 8446 4.1.2): what served the first no longer
 * counts.
 */
static int is_client_hello(const SSL *ssl, int operation)
{
    return (operation == SSL_SECOP_CIPHER_SUPPORTED || operation == SSL_SECOP_CIPHER_SHARED) &&
           ssl != NULL && !SSL_is_init_finished(ssl);
}

static int judge(const SSL *ssl, const SSL_CTX *ctx, int operation, int bits, int nid, void *other,
                 void *argument)
{
    const ONEM2M_TLS_CONTEXT *context =
        onem2m_tls_context_of(ssl != NULL ? SSL_get_SSL_CTX(ssl) : ctx);
    int verdict;

    if (is_client_hello(ssl, operation))
        onem2m_tls_connection_forget(ssl);
    if (context->has_profile && judge_profile(operation, bits, other, &verdict))
        return verdict;
    return context->security != NULL &&
           context->security(ssl, ctx, operation, bits, nid, other, argument);
}

/* Once, as the one that is set afterwards may ask the engine's, and would be asked by it. */
void onem2m_tls_judge(SSL_CTX *ctx, ONEM2M_TLS_CONTEXT *context)
{
    if (context->judges)
        return;
    context->judges = 1;
    if (SSL_CTX_get_security_callback(ctx) == judge) /* taken of another SSL_CTX */
        return;
    context->security = SSL_CTX_get_security_callback(ctx);
    SSL_CTX_set_security_callback(ctx, judge);
}

int onem2m_tls_is_judged(const SSL *ssl)
{
    return SSL_get_security_callback(ssl) == judge;
}
