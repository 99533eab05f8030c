/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "deprecated.h"

#include <dlfcn.h>
#include <stdatomic.h>
#include <string.h>
#include <libp11.h>
#include <openssl/err.h>
#include <openssl/ui.h>
#include "keystore/process.h"
#include "spares.h"
#include "token.h"

/*
 * From 0.4.18 on libp11 replaces the RSA methods of the whole process unless a
 * context is made with PKCS11_FLAG_NO_METHODS, which 1 is; before it does nothing of the kind.
 */
#define NO_METHODS 1
PKCS11_CTX *PKCS11_CTX_new_ex(int flags) __attribute__((weak));

/* p11-kit keeps what each libp11 context had loaded until the process ends: so they serve again. */
typedef struct {
    PKCS11_CTX *ctx;
    unsigned int generation;
} CONTEXT;

static ONEM2M_SPARES contexts;

struct onem2m_token_login_st {
    ONEM2M_PKCS11_SESSION session; /* keeps the login, and tells whether the token is there */
    unsigned int generation;
    CONTEXT *context;
    PKCS11_SLOT *slots, *slot;
    unsigned int slot_count;
};

/* ---- Forks ---- */

/* What libp11 has is of one process; one that was watched only counts. */
static void count_fork(void *argument)
{
    (void)argument;
}

static int count_forks(void)
{
    static ONEM2M_PROCESS_WATCH watch = { .child = count_fork };
    static int is_watching;

    onem2m_process_lock();
    if (!is_watching)
        is_watching = onem2m_process_watch(&watch);
    onem2m_process_unlock();
    return is_watching;
}

/* ---- libp11's contexts ---- */

int onem2m_token_refuse(ONEM2M_ERROR *error, const char *function)
{
    const char *text = ERR_reason_error_string(ERR_peek_last_error());
    char reason[ONEM2M_QUOTED_MAX];

    return onem2m_refuse(error, ONEM2M_R_TOKEN_FAILED, ONEM2M_NO_OFFSET, "libp11: %s failed: %s",
                         function, onem2m_quote(reason, text != NULL ? text : "no reason given"));
}

/* libp11 would write to standard error that it cannot be loaded. It stays, as modules do. */
static int check_proxy(ONEM2M_ERROR *error)
{
    char reason[ONEM2M_QUOTED_MAX];
    const char *message;

    if (dlopen(ONEM2M_P11_KIT_PROXY, RTLD_LAZY | RTLD_LOCAL | RTLD_NODELETE) != NULL)
        return 1;
    message = dlerror();
    return onem2m_refuse(error, ONEM2M_R_TOKEN_MISSING, ONEM2M_NO_OFFSET,
                         "p11-kit's proxy cannot be loaded (Debian: p11-kit-modules): %s",
                         onem2m_quote(reason, message != NULL ? message : "no reason given"));
}

static int give_nothing(UI *ui, UI_STRING *string)
{
    (void)ui;
    (void)string;
    return 0;
}

static CRYPTO_ONCE once = CRYPTO_ONCE_STATIC_INIT;
static UI_METHOD *nobody;

static void make_nobody(void)
{
    nobody = UI_create_method("onem2m: nobody");
    if (nobody != NULL)
        UI_method_set_reader(nobody, give_nothing);
}

/* Where a key turns out to want a PIN for a signature libp11 would ask the terminal. */
static int let_ask_nobody(PKCS11_CTX *ctx)
{
    return CRYPTO_THREAD_run_once(&once, make_nobody) && nobody != NULL &&
           PKCS11_set_ui_method(ctx, nobody, NULL) == 0;
}

static CONTEXT *load_context(ONEM2M_ERROR *error)
{
    CONTEXT *context;

    if (!check_proxy(error))
        return NULL;
    context = OPENSSL_zalloc(sizeof(*context));
    if (context == NULL) {
        onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
        return NULL;
    }
    context->generation = onem2m_process_generation();
    context->ctx = PKCS11_CTX_new_ex != NULL ? PKCS11_CTX_new_ex(NO_METHODS) : PKCS11_CTX_new();
    if (context->ctx != NULL && let_ask_nobody(context->ctx) &&
        PKCS11_CTX_load(context->ctx, ONEM2M_P11_KIT_PROXY) == 0)
        return context;
    onem2m_token_refuse(error, "PKCS11_CTX_load");
    if (context->ctx != NULL)
        PKCS11_CTX_free(context->ctx);
    OPENSSL_free(context);
    return NULL;
}

static CONTEXT *take_context(ONEM2M_ERROR *error)
{
    CONTEXT *context;

    /* One of the parent's is forgotten. */
    do
        context = onem2m_spares_take(&contexts);
    while (context != NULL && context->generation != onem2m_process_generation());
    return context != NULL ? context : load_context(error);
}

static void give_context(CONTEXT *context)
{
    context = onem2m_spares_give(&contexts, context);
    if (context == NULL || context->generation != onem2m_process_generation())
        return;
    PKCS11_CTX_unload(context->ctx);
    PKCS11_CTX_free(context->ctx);
    OPENSSL_free(context);
}

/* ---- The token among libp11's ---- */

/* A field of CK_TOKEN_INFO, which is padded with blanks, and what libp11 made of it. */
static int is_field(const char *text, const unsigned char *field, size_t length)
{
    while (length > 0 && (field[length - 1] == ' ' || field[length - 1] == 0))
        length--;
    return text != NULL && strlen(text) == length && memcmp(text, field, length) == 0;
}

static int is_token(const PKCS11_TOKEN *token, const CK_TOKEN_INFO *info)
{
    return token != NULL &&
           is_field(token->serialnr, info->serialNumber, sizeof(info->serialNumber)) &&
           is_field(token->label, info->label, sizeof(info->label)) &&
           is_field(token->manufacturer, info->manufacturerID, sizeof(info->manufacturerID)) &&
           is_field(token->model, info->model, sizeof(info->model));
}

static int find_slot(ONEM2M_TOKEN_LOGIN *login, ONEM2M_ERROR *error)
{
    if (PKCS11_enumerate_slots(login->context->ctx, &login->slots, &login->slot_count) != 0)
        return onem2m_token_refuse(error, "PKCS11_enumerate_slots");
    for (unsigned int i = 0; i < login->slot_count && login->slot == NULL; i++) {
        if (is_token(login->slots[i].token, &login->session.token))
            login->slot = &login->slots[i];
    }
    return login->slot != NULL ||
           onem2m_refuse(error, ONEM2M_R_TOKEN_MISSING, ONEM2M_NO_OFFSET,
                         "p11-kit's proxy does not show the token: enable-in or disable-in of its "
                         "module (pkcs11.conf(5))");
}

/* ---- The login ---- */

ONEM2M_TOKEN_LOGIN *onem2m_token_login_new(P11KitUri *uri, ONEM2M_ERROR *error)
{
    ONEM2M_TOKEN_LOGIN *login = OPENSSL_zalloc(sizeof(*login));

    if (login == NULL || !count_forks()) {
        OPENSSL_free(login);
        onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
        return NULL;
    }
    login->generation = onem2m_process_generation();
    if (!onem2m_pkcs11_open(&login->session, uri, 0, error)) {
        onem2m_pkcs11_say_which(error, uri);
        OPENSSL_free(login);
        return NULL;
    }
    login->context = take_context(error);
    if (login->context != NULL && find_slot(login, error))
        return login;
    onem2m_token_login_free(login);
    return NULL;
}

void onem2m_token_login_free(ONEM2M_TOKEN_LOGIN *login)
{
    if (login == NULL)
        return;
    if (onem2m_token_login_is_own(login)) {
        if (login->context != NULL) {
            PKCS11_release_all_slots(login->context->ctx, login->slots, login->slot_count);
            give_context(login->context);
        }
        onem2m_pkcs11_close(&login->session);
    }
    OPENSSL_free(login);
}

const ONEM2M_PKCS11_SESSION *onem2m_token_login_session(const ONEM2M_TOKEN_LOGIN *login)
{
    return &login->session;
}

PKCS11_TOKEN *onem2m_token_login_token(const ONEM2M_TOKEN_LOGIN *login)
{
    return login->slot->token;
}

int onem2m_token_login_is_own(const ONEM2M_TOKEN_LOGIN *login)
{
    return login->generation == onem2m_process_generation();
}

int onem2m_token_login_is_alive(const ONEM2M_TOKEN_LOGIN *login)
{
    CK_SESSION_INFO info;

    return login->session.module->C_GetSessionInfo(login->session.handle, &info) == CKR_OK &&
           (info.state == CKS_RO_USER_FUNCTIONS || info.state == CKS_RW_USER_FUNCTIONS ||
            (login->session.token.flags & CKF_LOGIN_REQUIRED) == 0);
}
