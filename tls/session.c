/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/objects.h>
#include "engine.h"

/* What a finished handshake was made of: a PSK of the engine's, an older session, or neither. */

static int has_psk_suite(const SSL *ssl)
{
    switch (SSL_CIPHER_get_kx_nid(SSL_get_current_cipher(ssl))) {
    case NID_kx_psk:
    case NID_kx_dhe_psk:
    case NID_kx_ecdhe_psk:
    case NID_kx_rsa_psk:
        return 1;
    default:
        return 0;
    }
}

/*
 * To TLS 1.3 a PSK is a session: one of the engine's goes with SHA-256 alone, as libssl has it of a
 * callback that names no other. Where a session was offered beside it, nobody says which one the
 * server took; nor, without the engine's security callback, which ClientHello a key served.
 */
static int is_session_a_psk(const SSL *ssl, const ONEM2M_TLS_CONNECTION *connection)
{
    const EVP_MD *digest = SSL_CIPHER_get_handshake_digest(SSL_get_current_cipher(ssl));

    return SSL_session_reused(ssl) && !connection->psk_beside_session &&
           onem2m_tls_is_judged(ssl) && digest != NULL && EVP_MD_get_type(digest) == NID_sha256;
}

/* An SSL that SSL_clear made ready again may have been served by somebody else's callback since. */
static int is_of_this_handshake(const SSL *ssl, const ONEM2M_TLS_CONNECTION *connection)
{
    unsigned char random[SSL3_RANDOM_SIZE];

    return SSL_get_client_random(ssl, random, sizeof(random)) == sizeof(random) &&
           memcmp(random, connection->psk_random, sizeof(random)) == 0;
}

int onem2m_tls_is_by_psk(const SSL *ssl, const ONEM2M_TLS_CONNECTION *connection)
{
    if (connection == NULL || connection->psk_key_id == NULL ||
        !is_of_this_handshake(ssl, connection))
        return 0;
    return SSL_version(ssl) == TLS1_3_VERSION ? is_session_a_psk(ssl, connection)
                                              : !SSL_session_reused(ssl) && has_psk_suite(ssl);
}

int onem2m_tls_is_resumed(const SSL *ssl, const ONEM2M_TLS_CONNECTION *connection)
{
    return SSL_session_reused(ssl) && !onem2m_tls_is_by_psk(ssl, connection);
}
