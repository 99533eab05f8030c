/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine_peer.h"

#include <stdio.h>
#include <string.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <onem2m/id.h>
#include <onem2m/params.h>

/* TS-0003 10.3.1: the exporter's octets are the relative identifier and the key. */
#define IDENTIFIER_OCTETS 16
#define KEY_OCTETS 32

/*
 * The key may leave, so that its octets can be put together again as the peer's exporter
 * gives them; what is printed of them is their hash.
 */
static EVP_PKEY *export_key(const PEER_OPTIONS *options, SSL *ssl)
{
    unsigned int extractable = 1, allow_no_ems = (unsigned int)options->allow_no_ems;
    const OSSL_PARAM attributes[] = {
        OSSL_PARAM_construct_uint(ONEM2M_PARAM_EXTRACTABLE, &extractable),
        OSSL_PARAM_construct_uint(ONEM2M_PARAM_ALLOW_NO_EMS, &allow_no_ems),
        OSSL_PARAM_construct_end(),
    };

    return onem2m_tls_export_key(ssl, options->what, options->authority, attributes);
}

static int print_hash(const unsigned char exported[IDENTIFIER_OCTETS + KEY_OCTETS])
{
    unsigned char hash[SHA256_DIGEST_LENGTH];

    if (EVP_Q_digest(NULL, "SHA2-256", NULL, exported, IDENTIFIER_OCTETS + KEY_OCTETS, hash,
                     NULL) != 1)
        return 0;
    printf("exported-sha256: ");
    for (size_t i = 0; i < sizeof(hash); i++)
        printf("%02x", hash[i]);
    printf("\n");
    return 1;
}

static int print_key(const EVP_PKEY *key)
{
    char key_id[ONEM2M_ID_MAX + 1], relative[2 * IDENTIFIER_OCTETS + 1] = "";
    unsigned char exported[IDENTIFIER_OCTETS + KEY_OCTETS];
    size_t length;
    int good;

    if (EVP_PKEY_get_utf8_string_param(key, ONEM2M_PARAM_KEY_ID, key_id, sizeof(key_id), NULL) != 1)
        return 0;
    printf("key-id: %s\n", key_id);
    memcpy(relative, key_id, sizeof(relative) - 1);
    good =
        OPENSSL_hexstr2buf_ex(exported, IDENTIFIER_OCTETS, &length, relative, '\0') == 1 &&
        length == IDENTIFIER_OCTETS &&
        EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PRIV_KEY, exported + IDENTIFIER_OCTETS,
                                        KEY_OCTETS, &length) == 1 &&
        length == KEY_OCTETS && print_hash(exported);
    OPENSSL_cleanse(exported, sizeof(exported));
    return good;
}

/* Who the peer is, where its credential says that (8.1.2.5, 10.4). */
static void print_peer(const SSL *ssl)
{
    char entity[ONEM2M_ID_MAX + 1], credential_id[ONEM2M_CREDENTIAL_ID_MAX + 1];

    ERR_set_mark();
    if (onem2m_tls_peer_entity(ssl, entity, sizeof(entity)))
        printf("peer-entity: %s\n", entity);
    if (onem2m_tls_peer_credential_id(ssl, credential_id, sizeof(credential_id)))
        printf("credential-id: %s\n", credential_id);
    ERR_pop_to_mark();
}

int peer_report(const PEER_OPTIONS *options, SSL *ssl)
{
    const char *identity = SSL_get_psk_identity(ssl);
    EVP_PKEY *key;
    int good;

    printf("version: %s\nciphersuite: %s\nextended-master-secret: %ld\n", SSL_get_version(ssl),
           SSL_get_cipher_name(ssl), SSL_get_extms_support(ssl));
    if (identity != NULL)
        printf("psk-identity: %s\n", identity);
    print_peer(ssl);
    key = export_key(options, ssl);
    good = key != NULL && print_key(key);
    EVP_PKEY_free(key);
    return good && fflush(stdout) == 0;
}
