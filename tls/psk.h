/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TLS_PSK_H
#define ONEM2M_TLS_PSK_H

#include <openssl/kdf.h>
#include "engine.h"
#include "spares.h"

/* A KDF of the provider, fetched once, and EVP_KDF_CTXs of it that have the fixed parameters. */
#define ONEM2M_TLS_FIXED_MAX 3
typedef struct {
    EVP_KDF *kdf; /* NULL: there is none */
    OSSL_PARAM fixed[ONEM2M_TLS_FIXED_MAX + 1];
    ONEM2M_SPARES contexts;
} ONEM2M_TLS_KDF;

/* A usage of TS-0004 6.3.4.2.39 that authenticates (D)TLS. */
typedef struct {
    const char *name;
    ONEM2M_ID_KIND id_kind;       /* of its psk_identities */
    const char *kind;             /* of its keys, NULL when there are several */
    unsigned int enrolled_suid;   /* of a key derived of a Ke, 0: there is none */
    unsigned int credential_type; /* sec:credIDTypeID, TS-0003 12.3.2.1 */
} ONEM2M_TLS_USAGE;

/* What an SSL_CTX does with PSKs. */
typedef struct onem2m_tls_psk_st {
    const ONEM2M_TLS_USAGE *server_usage; /* NULL: no server */
    ONEM2M_TLS_KDF server_kdf;            /* ONEM2M-PSK */
    ONEM2M_SPARES randoms;                /* random.c */
    char **fqdns;                         /* whose keys are fetched; ends in NULL */
    ONEM2M_FETCH_CB *fetch;
    void *fetch_argument;
    const ONEM2M_TLS_USAGE *client_usage; /* NULL: no client */
    ONEM2M_TLS_KDF client_kdf;            /* ONEM2M-PSK, or ONEM2M-USAGE-KEY with client_target */
    unsigned int client_suid;
    char *client_key_id;
    char *client_target; /* the FQDN that the key is derived for; NULL: it is the client's own */
} ONEM2M_TLS_PSK;

void onem2m_tls_psk_free(ONEM2M_TLS_PSK *psk);

/* kdf.c. NULL with an error. */
EVP_KDF *onem2m_tls_kdf_fetch(OSSL_LIB_CTX *libctx, const char *propq, const char *name);
/* Takes kdf in place of what was there; fixed parameters are copied, what they point to is not. */
void onem2m_tls_kdf_set(ONEM2M_TLS_KDF *kdf, EVP_KDF *method, const OSSL_PARAM fixed[]);
void onem2m_tls_kdf_clear(ONEM2M_TLS_KDF *kdf);
/*
 * Derives into out, of room octets; *size becomes the key's. params: beside the fixed ones, or
 * NULL. Returns 0 with *error, out and the application's errors untouched.
 */
int onem2m_tls_kdf_derive(ONEM2M_TLS_KDF *kdf, const OSSL_PARAM params[], unsigned char *out,
                          size_t room, size_t *size, ONEM2M_ERROR *error);

/* random.c. What an identity gets that has no key; nobody else gets these octets. */
#define ONEM2M_TLS_RANDOM_OCTETS 32
int onem2m_tls_random(ONEM2M_SPARES *randoms, OSSL_LIB_CTX *libctx,
                      unsigned char out[ONEM2M_TLS_RANDOM_OCTETS]);
void onem2m_tls_randoms_clear(ONEM2M_SPARES *randoms);

/* psk.c. NULL, with an error on the queue, when name is none of mef, maf, saef. */
const ONEM2M_TLS_USAGE *onem2m_tls_usage(const char *name);
/* What is kept of ctx, made at first use; NULL with an error. */
ONEM2M_TLS_PSK *onem2m_tls_psk_of(SSL_CTX *ctx);
/* An own key's octets by its name, of an ONEM2M-PSK. *error as onem2m_tls_kdf_derive. */
int onem2m_tls_psk_find(ONEM2M_TLS_KDF *psk, const char *key_id, unsigned char *out, size_t room,
                        size_t *size, ONEM2M_ERROR *error);
/* Puts down whose key this handshake of ssl is made with, NULL for nobody's; takes key, which may
 * be NULL. */
void onem2m_tls_psk_record(const SSL *ssl, ONEM2M_TLS_CONNECTION *connection, const char *key_id,
                           EVP_PKEY *key);
void onem2m_tls_fqdns_free(char **fqdns);
/* OSSL_PARAMs are not const; what they are given to here only reads. */
OSSL_PARAM onem2m_tls_text_param(const char *name, const char *text);

/* psk_key.c. Whether the key has such an attribute, which fits text of size octets with a NUL. */
int onem2m_tls_key_text(const EVP_PKEY *key, const char *name, char *text, size_t size);
/* Whether a key that was fetched is an ONEM2M key of that name. */
int onem2m_tls_key_is_of(const EVP_PKEY *key, const ONEM2M_ID *id, ONEM2M_ERROR *error);
int onem2m_tls_key_derive_psk(EVP_PKEY *key, const ONEM2M_TLS_CONTEXT *context,
                              const ONEM2M_TLS_USAGE *usage, unsigned char *out, size_t room,
                              size_t *size, ONEM2M_ERROR *error);
/* A key of the store by its name, whatever its state; NULL, without an error, when it is not there.
 */
EVP_PKEY *onem2m_tls_key_load(const ONEM2M_TLS_CONTEXT *context, const char *key_id,
                              const ONEM2M_TLS_USAGE *usage);

/* psk_entity.c. The key that authenticated ssl: its canonical name and its kind, or 0 when it is
 * not known. */
#define ONEM2M_TLS_KIND_SIZE 16
int onem2m_tls_psk_parent(const SSL *ssl, const ONEM2M_TLS_CONNECTION *connection,
                          char key_id[ONEM2M_KEY_ID_MAX + 1], char kind[ONEM2M_TLS_KIND_SIZE]);

#endif
