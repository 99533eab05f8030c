/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "deprecated.h"

#include <stdatomic.h>
#include <string.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include "engine.h"
#include "keystore/error.h"
#include "token.h"

/* The key as one process has it open. */
typedef struct opened_st {
    ONEM2M_TOKEN_LOGIN *login;
    EVP_PKEY *key;            /* libp11's */
    struct opened_st *before; /* somebody may be signing with it */
} OPENED;

/* What an RSA or EC_KEY of token_key_new has with it. */
typedef struct {
    atomic_uint references;
    P11KitUri *uri;
    ONEM2M_PASSWORD password;
    ONEM2M_TOKEN_ID id;
    int type, octets; /* of the certificate's key */
    _Atomic(OPENED *) opened;
} SIGNER;

/* ---- Opened keys ---- */

static void opened_free(OPENED *opened)
{
    while (opened != NULL) {
        OPENED *before = opened->before;

        if (onem2m_token_login_is_own(opened->login))
            EVP_PKEY_free(opened->key);
        onem2m_token_login_free(opened->login);
        OPENSSL_free(opened);
        opened = before;
    }
}

/* A longer key would write more octets than OpenSSL has room for. */
static int check_size(const SIGNER *signer, const EVP_PKEY *key, ONEM2M_ERROR *error)
{
    return (EVP_PKEY_get_base_id(key) == signer->type &&
            EVP_PKEY_get_size(key) == signer->octets) ||
           onem2m_refuse(error, ONEM2M_R_TOKEN_KEY, ONEM2M_NO_OFFSET,
                         "the token's private key is of another type or size than the "
                         "certificate's key");
}

/* login: becomes the key's when it succeeds. */
static OPENED *open_key(const SIGNER *signer, ONEM2M_TOKEN_LOGIN *login, ONEM2M_ERROR *error)
{
    OPENED *opened = OPENSSL_zalloc(sizeof(*opened));

    if (opened == NULL) {
        onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
        return NULL;
    }
    opened->key = onem2m_token_private_key(login, signer->uri, &signer->id, error);
    if (opened->key != NULL && check_size(signer, opened->key, error)) {
        opened->login = login;
        return opened;
    }
    EVP_PKEY_free(opened->key);
    OPENSSL_free(opened);
    return NULL;
}

static OPENED *open_again(const SIGNER *signer, ONEM2M_ERROR *error)
{
    ONEM2M_ERROR_QUEUE *queue = onem2m_error_queue_take();
    ONEM2M_TOKEN_LOGIN *login = onem2m_token_log_in(signer->uri, signer->password, error);
    OPENED *opened = login != NULL ? open_key(signer, login, error) : NULL;

    if (opened == NULL)
        onem2m_token_login_free(login);
    onem2m_error_queue_put_back(queue);
    return opened;
}

static int is_usable(const OPENED *opened)
{
    return onem2m_token_login_is_own(opened->login) && onem2m_token_login_is_alive(opened->login);
}

/* Borrowed of signer. NULL with an error on the queue. */
static EVP_PKEY *usable_key(SIGNER *signer)
{
    OPENED *opened = atomic_load(&signer->opened), *made;
    ONEM2M_ERROR error;

    if (is_usable(opened))
        return opened->key;
    made = open_again(signer, &error);
    if (made == NULL) {
        onem2m_tls_raise_error("token credential", &error);
        return NULL;
    }
    made->before = onem2m_token_login_is_own(opened->login) ? opened : NULL;
    if (atomic_compare_exchange_strong(&signer->opened, &opened, made))
        return made->key;
    made->before = NULL;
    opened_free(made);
    return opened->key;
}

static void raise_failure(const char *what)
{
    ONEM2M_ERROR error;

    onem2m_token_refuse(&error, what);
    onem2m_tls_raise_error("token credential", &error);
}

/* ---- Signers: data of an RSA or EC_KEY ---- */

static CRYPTO_ONCE once = CRYPTO_ONCE_STATIC_INIT;
static int rsa_index = -1, ec_index = -1;
static RSA_METHOD *rsa_method;
static EC_KEY_METHOD *ec_method;

static void signer_free(SIGNER *signer)
{
    if (signer == NULL || atomic_fetch_sub(&signer->references, 1) > 1)
        return;
    opened_free(atomic_load(&signer->opened));
    p11_kit_uri_free(signer->uri);
    OPENSSL_free(signer);
}

static void free_data(void *parent, void *data, CRYPTO_EX_DATA *all, int index, long number,
                      void *argument)
{
    (void)parent;
    (void)all;
    (void)index;
    (void)number;
    (void)argument;
    signer_free(data);
}

static int dup_data(CRYPTO_EX_DATA *to, const CRYPTO_EX_DATA *from, void **data, int index,
                    long number, void *argument)
{
    SIGNER *signer = *data;

    (void)to;
    (void)from;
    (void)index;
    (void)number;
    (void)argument;
    if (signer != NULL)
        atomic_fetch_add(&signer->references, 1);
    return 1;
}

/* ---- RSA ---- */

static int use_rsa(RSA *rsa,
                   int (*function)(int, const unsigned char *, unsigned char *, RSA *, int),
                   int length, const unsigned char *from, unsigned char *to, int padding)
{
    EVP_PKEY *key = usable_key(RSA_get_ex_data(rsa, rsa_index));
    RSA *own = key != NULL ? EVP_PKEY_get1_RSA(key) : NULL;
    int written = -1;

    if (own != NULL) {
        written = function(length, from, to, own, padding);
        if (written < 0)
            raise_failure("RSA in the token");
    }
    RSA_free(own);
    return written;
}

static int rsa_private_encrypt(int length, const unsigned char *from, unsigned char *to, RSA *rsa,
                               int padding)
{
    return use_rsa(rsa, RSA_private_encrypt, length, from, to, padding);
}

static int rsa_private_decrypt(int length, const unsigned char *from, unsigned char *to, RSA *rsa,
                               int padding)
{
    return use_rsa(rsa, RSA_private_decrypt, length, from, to, padding);
}

static RSA *rsa_new(EVP_PKEY *public_key, SIGNER *signer)
{
    RSA *from = EVP_PKEY_get1_RSA(public_key), *rsa = RSA_new();
    BIGNUM *n = BN_dup(RSA_get0_n(from)), *e = BN_dup(RSA_get0_e(from));

    RSA_free(from);
    if (rsa != NULL && n != NULL && e != NULL && RSA_set0_key(rsa, n, e, NULL)) {
        RSA_set_flags(rsa, RSA_FLAG_EXT_PKEY);
        if (RSA_set_method(rsa, rsa_method) && RSA_set_ex_data(rsa, rsa_index, signer))
            return rsa;
        n = e = NULL;
    }
    BN_free(n);
    BN_free(e);
    RSA_free(rsa);
    return NULL;
}

/* ---- EC ---- */

static ECDSA_SIG *sign(const unsigned char *digest, int length, EVP_PKEY *key)
{
    EC_KEY *own = EVP_PKEY_get1_EC_KEY(key);
    ECDSA_SIG *signature = own != NULL ? ECDSA_do_sign(digest, length, own) : NULL;

    EC_KEY_free(own);
    if (signature == NULL)
        raise_failure("ECDSA in the token");
    return signature;
}

static ECDSA_SIG *ec_sign(const unsigned char *digest, int length, const BIGNUM *kinv,
                          const BIGNUM *rp, EC_KEY *ec)
{
    const int bits = EC_GROUP_order_bits(EC_KEY_get0_group(ec));
    EVP_PKEY *key = usable_key(EC_KEY_get_ex_data(ec, ec_index));
    ECDSA_SIG *signature = key != NULL ? sign(digest, length, key) : NULL;

    (void)kinv;
    (void)rp;
    if (signature == NULL || (BN_num_bits(ECDSA_SIG_get0_r(signature)) <= bits &&
                              BN_num_bits(ECDSA_SIG_get0_s(signature)) <= bits))
        return signature;
    ECDSA_SIG_free(signature);
    onem2m_tls_raise(ONEM2M_R_TOKEN_FAILED, "token credential: the token's signature is too long");
    return NULL;
}

static EC_KEY *ec_new(EVP_PKEY *public_key, SIGNER *signer)
{
    EC_KEY *from = EVP_PKEY_get1_EC_KEY(public_key);
    EC_KEY *ec = from != NULL ? EC_KEY_dup(from) : NULL;

    EC_KEY_free(from);
    if (ec != NULL && EC_KEY_set_method(ec, ec_method) && EC_KEY_set_ex_data(ec, ec_index, signer))
        return ec;
    EC_KEY_free(ec);
    return NULL;
}

/* ---- Methods ---- */

static void make_ec_method(void)
{
    int (*sign_der)(int, const unsigned char *, int, unsigned char *, unsigned int *,
                    const BIGNUM *, const BIGNUM *, EC_KEY *);
    int (*set_up)(EC_KEY *, BN_CTX *, BIGNUM **, BIGNUM **);

    ec_method = EC_KEY_METHOD_new(EC_KEY_OpenSSL());
    if (ec_method == NULL)
        return;
    EC_KEY_METHOD_get_sign(ec_method, &sign_der, &set_up, NULL);
    EC_KEY_METHOD_set_sign(ec_method, sign_der, set_up, ec_sign);
}

static void make_methods(void)
{
    rsa_index = RSA_get_ex_new_index(0, NULL, NULL, dup_data, free_data);
    ec_index = EC_KEY_get_ex_new_index(0, NULL, NULL, dup_data, free_data);
    make_ec_method();
    rsa_method = RSA_meth_dup(RSA_PKCS1_OpenSSL());
    if (rsa_method == NULL)
        return;
    RSA_meth_set_flags(rsa_method, 0);
    RSA_meth_set_priv_enc(rsa_method, rsa_private_encrypt);
    RSA_meth_set_priv_dec(rsa_method, rsa_private_decrypt);
}

static int has_methods(void)
{
    return CRYPTO_THREAD_run_once(&once, make_methods) && rsa_index >= 0 && ec_index >= 0 &&
           rsa_method != NULL && ec_method != NULL;
}

/* ---- The key for libssl ---- */

static EVP_PKEY *wrap(SIGNER *signer, EVP_PKEY *public_key)
{
    EVP_PKEY *key = EVP_PKEY_new();
    void *low = NULL;

    if (key == NULL || !has_methods()) {
        EVP_PKEY_free(key);
        return NULL;
    }
    atomic_fetch_add(&signer->references, 1);
    low = signer->type == EVP_PKEY_RSA ? (void *)rsa_new(public_key, signer)
                                       : (void *)ec_new(public_key, signer);
    if (low == NULL)
        signer_free(signer);
    else if (EVP_PKEY_assign(key, signer->type, low))
        return key;
    else if (signer->type == EVP_PKEY_RSA)
        RSA_free(low);
    else
        EC_KEY_free(low);
    EVP_PKEY_free(key);
    return NULL;
}

/* That the token's key is the certificate's, and may sign: it signs, and the certificate verifies.
 */
static int prove(EVP_PKEY *key, EVP_PKEY *public_key, ONEM2M_ERROR *error)
{
    static const unsigned char text[] = "onem2m token credential";
    EVP_MD_CTX *signing = EVP_MD_CTX_new(), *verifying = EVP_MD_CTX_new();
    unsigned char signature[1024];
    size_t length = sizeof(signature);
    int ok = 0;

    if (signing == NULL || verifying == NULL || EVP_PKEY_get_size(key) > (int)sizeof(signature) ||
        !EVP_DigestSignInit_ex(signing, NULL, "SHA2-256", NULL, NULL, key, NULL) ||
        EVP_DigestSign(signing, signature, &length, text, sizeof(text)) <= 0)
        onem2m_tls_last_error(error);
    else if (EVP_DigestVerifyInit_ex(verifying, NULL, "SHA2-256", NULL, NULL, public_key, NULL) &&
             EVP_DigestVerify(verifying, signature, length, text, sizeof(text)) == 1)
        ok = 1;
    else
        onem2m_refuse(error, ONEM2M_R_TOKEN_KEY, ONEM2M_NO_OFFSET,
                      "the token's private key is not the certificate's: what it signs the "
                      "certificate does not verify");
    EVP_MD_CTX_free(signing);
    EVP_MD_CTX_free(verifying);
    return ok;
}

static SIGNER *signer_new(EVP_PKEY *public_key, ONEM2M_PASSWORD password, const ONEM2M_TOKEN_ID *id,
                          ONEM2M_ERROR *error)
{
    const int type = public_key != NULL ? EVP_PKEY_get_base_id(public_key) : EVP_PKEY_NONE;
    SIGNER *signer;

    if (type != EVP_PKEY_RSA && type != EVP_PKEY_EC) {
        onem2m_refuse(error, ONEM2M_R_TOKEN_CANNOT, ONEM2M_NO_OFFSET,
                      "the certificate's key is neither EC nor RSA, which is what libp11 has");
        return NULL;
    }
    signer = OPENSSL_zalloc(sizeof(*signer));
    if (signer == NULL) {
        onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
        return NULL;
    }
    atomic_init(&signer->references, 1);
    signer->password = password;
    signer->id = *id;
    signer->type = type;
    signer->octets = EVP_PKEY_get_size(public_key);
    return signer;
}

static EVP_PKEY *make_key(SIGNER *signer, EVP_PKEY *public_key, ONEM2M_ERROR *error)
{
    EVP_PKEY *key = wrap(signer, public_key);

    if (key == NULL)
        onem2m_tls_last_error(error);
    else if (prove(key, public_key, error))
        return key;
    EVP_PKEY_free(key);
    return NULL;
}

EVP_PKEY *onem2m_token_key_new(ONEM2M_TOKEN_LOGIN *login, P11KitUri *uri, ONEM2M_PASSWORD password,
                               X509 *certificate, const ONEM2M_TOKEN_ID *id, ONEM2M_ERROR *error)
{
    EVP_PKEY *public_key = X509_get0_pubkey(certificate), *key = NULL;
    SIGNER *signer = signer_new(public_key, password, id, error);
    OPENED *opened = NULL;

    if (signer == NULL) {
        p11_kit_uri_free(uri);
    } else {
        signer->uri = uri;
        opened = open_key(signer, login, error);
        atomic_init(&signer->opened, opened);
    }
    if (opened == NULL)
        onem2m_token_login_free(login);
    else
        key = make_key(signer, public_key, error);
    signer_free(signer);
    return key;
}
