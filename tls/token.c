/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <sys/stat.h>
#include "engine.h"
#include "keystore/error.h"
#include "token.h"

static int refuse(ONEM2M_ERROR *error, const char *what)
{
    return onem2m_refuse(error, ONEM2M_R_BAD_CONFIGURATION, ONEM2M_NO_OFFSET,
                         "PKCS#11 URI (RFC 7512): %s", what);
}

/* ---- The URI ---- */

static int is_file(CK_FUNCTION_LIST *module, const struct stat *wanted)
{
    char *path = p11_kit_module_get_filename(module);
    struct stat status;
    const int ok = path != NULL && stat(path, &status) == 0 && status.st_dev == wanted->st_dev &&
                   status.st_ino == wanted->st_ino;

    free(path);
    return ok;
}

/* Of a module that is registered with p11-kit a path means no other than its name does. */
static int use_registered(P11KitUri *uri, ONEM2M_ERROR *error)
{
    const char *path = p11_kit_uri_get_module_path(uri);
    CK_FUNCTION_LIST *const *modules;
    struct stat wanted;
    char *name;

    if (path == NULL)
        return 1;
    if (stat(path, &wanted) != 0)
        return refuse(error, "module-path: no such file");
    p11_kit_uri_set_module_path(uri, NULL);
    modules = onem2m_pkcs11_modules(uri, error);
    if (modules == NULL)
        return 0;
    while (*modules != NULL && !is_file(*modules, &wanted))
        modules++;
    if (*modules == NULL)
        return refuse(error,
                      "module-path: libp11 reaches modules through p11-kit's proxy, and this "
                      "one is not registered there (pkcs11.conf(5))");
    name = p11_kit_module_get_name(*modules);
    p11_kit_uri_set_module_name(uri, name);
    free(name);
    return 1;
}

static P11KitUri *parse(const char *text, ONEM2M_ERROR *error)
{
    P11KitUri *uri;
    CK_OBJECT_CLASS type;

    if (text == NULL) {
        onem2m_refuse(error, ONEM2M_R_MISSING_PARAMETER, ONEM2M_NO_OFFSET, "uri is NULL");
        return NULL;
    }
    if (!onem2m_pkcs11_parse_uri_of_any(&uri, text, error))
        return NULL;
    type = onem2m_pkcs11_class(uri, CKO_PRIVATE_KEY);
    if (type != CKO_PRIVATE_KEY && type != CKO_CERTIFICATE)
        refuse(error, "type= must be private or cert, or left out");
    else if (use_registered(uri, error))
        return uri;
    p11_kit_uri_free(uri);
    return NULL;
}

/* ---- The PIN ---- */

static int ask(void *argument, const char *token, char *pin, size_t size, size_t *length)
{
    const ONEM2M_PASSWORD *password = argument;
    const int given = password->callback(pin, (int)size, 0, password->argument);

    (void)token;
    *length = given > 0 ? (size_t)given : 0;
    return given > 0;
}

ONEM2M_TOKEN_LOGIN *onem2m_token_log_in(P11KitUri *uri, ONEM2M_PASSWORD password,
                                        ONEM2M_ERROR *error)
{
    const ONEM2M_PIN_PROMPT prompt = { ask, &password };
    const ONEM2M_PIN_PROMPT *before =
        onem2m_pin_prompt_set(password.callback != NULL ? &prompt : NULL);
    ONEM2M_TOKEN_LOGIN *login = onem2m_token_login_new(uri, error);

    onem2m_pin_prompt_set(before);
    return login;
}

/* ---- The credential ---- */

/* What the SSL_CTX is given. */
typedef struct {
    X509 *certificate;
    STACK_OF(X509) * chain;
    EVP_PKEY *key;
} CREDENTIAL;

static void clear(CREDENTIAL *credential)
{
    X509_free(credential->certificate);
    sk_X509_pop_free(credential->chain, X509_free);
    EVP_PKEY_free(credential->key);
}

/* uri: becomes the key's, or is freed. */
static int open_credential(CREDENTIAL *credential, P11KitUri *uri, OSSL_LIB_CTX *libctx,
                           ONEM2M_PASSWORD password, ONEM2M_ERROR *error)
{
    ONEM2M_TOKEN_LOGIN *login = onem2m_token_log_in(uri, password, error);
    ONEM2M_TOKEN_ID id;

    if (login != NULL)
        credential->certificate = onem2m_token_certificate(login, uri, libctx, &id, error);
    if (credential->certificate != NULL)
        credential->chain = onem2m_token_chain(login, credential->certificate, libctx, error);
    if (credential->chain != NULL) {
        credential->key =
            onem2m_token_key_new(login, uri, password, credential->certificate, &id, error);
        return credential->key != NULL;
    }
    onem2m_token_login_free(login);
    p11_kit_uri_free(uri);
    return 0;
}

static int set_credential(SSL_CTX *ctx, const char *text, ONEM2M_ERROR *error)
{
    const ONEM2M_PASSWORD password = { SSL_CTX_get_default_passwd_cb(ctx),
                                       SSL_CTX_get_default_passwd_cb_userdata(ctx) };
    CREDENTIAL credential = { .certificate = NULL };
    P11KitUri *uri = parse(text, error);
    int ok;

    ok = uri != NULL &&
         open_credential(&credential, uri, onem2m_tls_context_of(ctx)->libctx, password, error);
    if (ok && !SSL_CTX_use_cert_and_key(ctx, credential.certificate, credential.key,
                                        credential.chain, 1)) {
        onem2m_tls_last_error(error);
        ok = 0;
    }
    clear(&credential);
    return ok;
}

int onem2m_tls_token_credential(SSL_CTX *ctx, const char *uri)
{
    /* libp11 empties the queue, on which the application may have something. */
    ONEM2M_ERROR_QUEUE *queue = onem2m_error_queue_take();
    ONEM2M_ERROR error;
    const int ok = set_credential(ctx, uri, &error);

    onem2m_error_queue_put_back(queue);
    return ok || onem2m_tls_raise_error("token credential", &error);
}
