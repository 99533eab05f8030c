/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/err.h>
#include "foreign.h"

#define FOREIGN_ID "of the application"

static SSL_SESSION *foreign_session(SSL *ssl)
{
    static const unsigned char tls_aes_128_gcm_sha256[] = { 0x13, 0x01 };
    static const unsigned char key[32] = "the application's own, not ours";
    SSL_SESSION *session = SSL_SESSION_new();

    assert_int_equal(SSL_SESSION_set1_master_key(session, key, sizeof(key)), 1);
    assert_int_equal(SSL_SESSION_set_cipher(session, SSL_CIPHER_find(ssl, tls_aes_128_gcm_sha256)),
                     1);
    assert_int_equal(SSL_SESSION_set_protocol_version(session, TLS1_3_VERSION), 1);
    return session;
}

int find_foreign(SSL *ssl, const unsigned char *identity, size_t length, SSL_SESSION **session)
{
    const int is_foreign =
        length == strlen(FOREIGN_ID) && memcmp(identity, FOREIGN_ID, length) == 0;

    *session = is_foreign ? foreign_session(ssl) : NULL;
    return 1;
}

int use_foreign(SSL *ssl, const EVP_MD *digest, const unsigned char **identity, size_t *length,
                SSL_SESSION **session)
{
    (void)digest;
    *identity = (const unsigned char *)FOREIGN_ID;
    *length = strlen(FOREIGN_ID);
    *session = foreign_session(ssl);
    return 1;
}

void must_be_nobody(const SSL *ssl)
{
    char out[ONEM2M_ID_MAX + 1];

    assert_int_equal(onem2m_tls_peer_entity(ssl, out, sizeof(out)), 0);
    check_engine_refused(ONEM2M_R_PEER_UNKNOWN, NULL);
    assert_int_equal(onem2m_tls_peer_credential_id(ssl, out, sizeof(out)), 0);
    check_engine_refused(ONEM2M_R_PEER_UNKNOWN, NULL);
    ERR_clear_error();
}
