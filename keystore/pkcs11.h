/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_PKCS11_H
#define ONEM2M_KEYSTORE_PKCS11_H

#include <stddef.h>
#include <p11-kit/p11-kit.h>
#include <p11-kit/uri.h>
#include <openssl/types.h>
#include "error.h"
#include "text.h"

/*
 * PKCS#11 tokens through p11-kit, which loads a module once for everybody in
 * the process and knows of forks. Nothing is loaded before its first use, and
 * what was loaded stays until the process ends: finalising a module that
 * others use, or that uses OpenSSL while OpenSSL is being torn down, crashes.
 * Login is shared with them too, so nobody is ever logged out. No lock is held
 * during a call of a module, but for the turn at looking for a token and logging
 * in to it (pkcs11_turn.h), which nobody else takes.
 */

/* ---- URIs ---- */

/*
 * RFC 7512: "pkcs11:" with token or serial, and object or id. pin-source, when
 * it is there, is "file:PATH"; pin-value is refused, because every program in
 * the process can read a configuration. *uri: for p11_kit_uri_free. Opens nothing.
 */
int onem2m_pkcs11_parse_uri(P11KitUri **uri, const char *text, ONEM2M_ERROR *error);

/* The same of a token that has many keys: no id, and object when the text has none. */
int onem2m_pkcs11_parse_token_uri(P11KitUri **uri, const char *text, const char *object,
                                  ONEM2M_ERROR *error);

/* The same, whatever type= it has; above secret-key or none is needed. */
int onem2m_pkcs11_parse_uri_of_any(P11KitUri **uri, const char *text, ONEM2M_ERROR *error);

/* The class of type=, or otherwise when the URI has none. */
CK_OBJECT_CLASS onem2m_pkcs11_class(P11KitUri *uri, CK_OBJECT_CLASS otherwise);

/* The path of pin-source, NULL when there is none. Borrowed of the URI. */
const char *onem2m_pkcs11_pin_path(const P11KitUri *uri);

/* For error texts: what the URI says of token or key, printable. Returns out. */
const char *onem2m_pkcs11_quote_token(char out[ONEM2M_QUOTED_MAX], P11KitUri *uri);
const char *onem2m_pkcs11_quote_key(char out[ONEM2M_QUOTED_MAX], P11KitUri *uri);

/* ---- Errors ---- */

/* The name of a return value as the standard writes it, "a value of the vendor" for others. */
const char *onem2m_pkcs11_value_name(CK_RV value);

/*
 * Refuses because a function of a module returned a value: the reason goes by
 * the value, the text names both. Returns 0.
 */
int onem2m_pkcs11_refuse(ONEM2M_ERROR *error, const char *function, CK_RV value);

/* Puts the name of the token into what onem2m_pkcs11_refuse has said, where nobody has yet. error:
 * may be NULL. Returns 0. */
int onem2m_pkcs11_say_which(ONEM2M_ERROR *error, P11KitUri *uri);

/* ---- Modules ---- */

/*
 * The modules that a URI may mean, NULL behind the last: that of module-path,
 * or those that are registered with p11-kit. The process's; NULL with *error.
 */
CK_FUNCTION_LIST *const *onem2m_pkcs11_modules(const P11KitUri *uri, ONEM2M_ERROR *error);

/* Whether the process is at its end: modules have gone, or go at any moment. */
int onem2m_pkcs11_has_exited(void);

/* Initialises a module when this process, which may be a new child, has not done so. */
CK_RV onem2m_pkcs11_initialize(CK_FUNCTION_LIST *module);

/*
 * One that looked at its tokens in a bad moment looks again when it is finalised and
 * initialised anew. With the turn; finalises it for us, unless this process has opened a token of
 * it once: others' sessions, and with p11-kit others' initialisation, are left alone.
 */
void onem2m_pkcs11_begin_again(CK_FUNCTION_LIST *module);
void onem2m_pkcs11_note_opened(const CK_FUNCTION_LIST *module);

/* Whether somebody has waited for the modules of a URI in vain: nobody does again before they have
 * served somebody. */
int onem2m_pkcs11_is_given_up(const P11KitUri *uri);
void onem2m_pkcs11_give_up(const P11KitUri *uri, int is_given_up);

/* ---- Sessions ---- */

typedef struct {
    CK_FUNCTION_LIST *module;
    CK_SLOT_ID slot;
    CK_TOKEN_INFO token;
    CK_SESSION_HANDLE handle;
} ONEM2M_PKCS11_SESSION;

/*
 * Opens a session with the one token that fits the URI, logged in when the
 * token wants that. flags: 0, or CKF_RW_SESSION to make objects. What a module
 * cannot do while another process is at its token is tried again, for two
 * and a half seconds at the most; a token that is not there, for a few hundredths of one.
 */
int onem2m_pkcs11_open(ONEM2M_PKCS11_SESSION *session, P11KitUri *uri, CK_FLAGS flags,
                       ONEM2M_ERROR *error);
void onem2m_pkcs11_close(const ONEM2M_PKCS11_SESSION *session);

/* Another session of the same login, with the same patience as for a token that is not there.
 * Returns what the module did. */
CK_RV onem2m_pkcs11_open_another(const ONEM2M_PKCS11_SESSION *session, CK_FLAGS flags,
                                 CK_SESSION_HANDLE *handle);

/*
 * Logs in as the user: the PIN is read for this one call and cleansed. One that
 * a token has refused is not tried again before its file has changed, nor is
 * the last try before a token locks itself taken. Without pin-source the PIN is
 * asked for (pin_prompt.h), once in a process.
 */
int onem2m_pkcs11_log_in(const ONEM2M_PKCS11_SESSION *session, P11KitUri *uri, ONEM2M_ERROR *error);

/* The same; *value: what the module returned that failed, CKR_OK when it was not the module. */
int onem2m_pkcs11_try_log_in(const ONEM2M_PKCS11_SESSION *session, P11KitUri *uri, CK_RV *value,
                             ONEM2M_ERROR *error);

/* Logs in for the operation that the session has begun, with a key that wants that each time
 * (CKA_ALWAYS_AUTHENTICATE); the PIN as above, but asked for anew where there is no file. */
int onem2m_pkcs11_authenticate(const ONEM2M_PKCS11_SESSION *session, P11KitUri *uri, CK_RV *value,
                               ONEM2M_ERROR *error);

/* Whether a module that returned it may do better when it is asked again. */
int onem2m_pkcs11_is_passing(CK_RV value);

/* ---- Keys ---- */

/* Finds the one AES key that fits the URI: 1, 0 when there is none, -1 with *error. */
int onem2m_pkcs11_find_aes_key(const ONEM2M_PKCS11_SESSION *session, P11KitUri *uri,
                               CK_OBJECT_HANDLE *key, ONEM2M_ERROR *error);

/* The same of the one RSA private key. */
int onem2m_pkcs11_find_rsa_key(const ONEM2M_PKCS11_SESSION *session, P11KitUri *uri,
                               CK_OBJECT_HANDLE *key, ONEM2M_ERROR *error);

/* Makes an AES key: 256 bits, sensitive, not extractable, to encrypt and decrypt. */
int onem2m_pkcs11_make_aes_key(const ONEM2M_PKCS11_SESSION *session, P11KitUri *uri,
                               ONEM2M_ERROR *error);

/* Makes an RSA key: 3072 bits, sensitive, not extractable, to decrypt. */
int onem2m_pkcs11_make_rsa_key(const ONEM2M_PKCS11_SESSION *session, P11KitUri *uri,
                               ONEM2M_ERROR *error);

/* The octets of a label or id; *length: the room, then what is there. 0 with *error. */
int onem2m_pkcs11_get_octets(const ONEM2M_PKCS11_SESSION *session, CK_OBJECT_HANDLE key,
                             CK_ATTRIBUTE_TYPE type, unsigned char *octets, size_t *length,
                             ONEM2M_ERROR *error);

#define ONEM2M_PKCS11_IV_OCTETS 12
#define ONEM2M_PKCS11_TAG_OCTETS 16

/*
 * CKM_AES_GCM, tag behind the text. iv: ONEM2M_PKCS11_IV_OCTETS. out: room for
 * in_length + ONEM2M_PKCS11_TAG_OCTETS; decrypting, for in_length, although only
 * in_length - ONEM2M_PKCS11_TAG_OCTETS are the text, because modules want that much.
 */
int onem2m_pkcs11_encrypt(const ONEM2M_PKCS11_SESSION *session, CK_OBJECT_HANDLE key,
                          const unsigned char *iv, unsigned char *in, size_t in_length,
                          unsigned char *out, ONEM2M_ERROR *error);
int onem2m_pkcs11_decrypt(const ONEM2M_PKCS11_SESSION *session, CK_OBJECT_HANDLE key,
                          const unsigned char *iv, unsigned char *in, size_t in_length,
                          unsigned char *out, ONEM2M_ERROR *error);

/* ---- RSA-OAEP (RFC 8017): pkcs11_rsa.c ---- */

#define ONEM2M_PKCS11_RSA_OCTETS_MAX 512 /* 4096 bits */

typedef struct {
    const ONEM2M_PKCS11_SESSION *session;
    P11KitUri *uri; /* where the PIN is, for a key that wants it each time */
    CK_OBJECT_HANDLE handle;
} ONEM2M_PKCS11_RSA_KEY;

/*
 * By the public half of an RSA key, outside the token: OpenSSL's in libctx. hash: "SHA-256"
 * or "SHA-1", which MGF1 has too; no label. *out_length: the room, then the key's size.
 */
int onem2m_pkcs11_encrypt_oaep(const ONEM2M_PKCS11_RSA_KEY *key, const char *hash,
                               OSSL_LIB_CTX *libctx, ONEM2M_SLICE in, unsigned char *out,
                               size_t *out_length, ONEM2M_ERROR *error);

/*
 * In the token. *out_length: the room, then what came; 0 where another length than the room came.
 * Returns what the module returned, and CKR_USER_NOT_LOGGED_IN where there was no PIN for it.
 */
CK_RV onem2m_pkcs11_decrypt_oaep(const ONEM2M_PKCS11_RSA_KEY *key, const char *hash,
                                 ONEM2M_SLICE in, unsigned char *out, size_t *out_length,
                                 ONEM2M_ERROR *error);

#endif
