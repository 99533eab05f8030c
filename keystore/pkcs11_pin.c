/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <openssl/crypto.h>
#include "pin_prompt.h"
#include "pkcs11.h"
#include "pkcs11_turn.h"
#include "private_file.h"

#define PIN_MAX 255

typedef struct {
    unsigned char octets[PIN_MAX + 2]; /* with a newline; one more tells that it is too long */
    size_t length;
    struct stat status;
} PIN;

static int refuse(ONEM2M_ERROR *error, const char *path, const char *what)
{
    char described[ONEM2M_QUOTED_MAX];

    return onem2m_refuse(error, ONEM2M_R_TOKEN_PIN, ONEM2M_NO_OFFSET, "PIN file %s: %s",
                         onem2m_quote(described, path), what);
}

static int refuse_errno(ONEM2M_ERROR *error, const char *path, int number)
{
    const char *what = strerrordesc_np(number);

    return refuse(error, path, what != NULL ? what : "an error of the system");
}

static int read_octets(int fd, PIN *pin)
{
    ssize_t n;

    do {
        n = read(fd, pin->octets + pin->length, sizeof(pin->octets) - pin->length);
        if (n > 0)
            pin->length += (size_t)n;
    } while ((n > 0 && pin->length < sizeof(pin->octets)) || (n < 0 && errno == EINTR));
    return n >= 0;
}

static int read_file(PIN *pin, int fd, const char *path, ONEM2M_ERROR *error)
{
    const char *fault;

    pin->length = 0;
    if (fstat(fd, &pin->status) != 0)
        return refuse_errno(error, path, errno);
    fault = onem2m_private_file_fault(&pin->status);
    if (fault != NULL)
        return refuse(error, path, fault);
    if (!read_octets(fd, pin))
        return refuse_errno(error, path, errno);
    if (pin->length > 0 && pin->octets[pin->length - 1] == '\n')
        pin->length--;
    if (pin->length == 0)
        return refuse(error, path, "it is empty");
    return pin->length <= PIN_MAX || refuse(error, path, "it is longer than 255 octets");
}

/* *pin is to be cleansed, whatever is returned. */
static int read_pin(PIN *pin, const char *path, ONEM2M_ERROR *error)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    int ok;

    if (fd < 0)
        return refuse_errno(error, path, errno);
    ok = read_file(pin, fd, path, error);
    close(fd);
    return ok;
}

/* ---- PINs that were refused ---- */

static void add_hex(char text[ONEM2M_PKCS11_REFUSAL_MAX], size_t length,
                    const unsigned char *octets, size_t count)
{
    OPENSSL_buf2hexstr_ex(text + length, ONEM2M_PKCS11_REFUSAL_MAX - length, NULL, octets, count,
                          '\0');
}

/* Its file at one moment, and the token; of a PIN that somebody was asked for, this process. */
static void describe(char text[ONEM2M_PKCS11_REFUSAL_MAX], const PIN *pin,
                     const CK_TOKEN_INFO *token)
{
    const struct stat *status = &pin->status;
    size_t length;

    if (status->st_ino == 0)
        length =
            (size_t)snprintf(text, ONEM2M_PKCS11_REFUSAL_MAX, "process %jx ", (uintmax_t)getpid());
    else
        length = (size_t)snprintf(text, ONEM2M_PKCS11_REFUSAL_MAX, "file %jx %jx %jx %jx.%lx ",
                                  (uintmax_t)status->st_dev, (uintmax_t)status->st_ino,
                                  (uintmax_t)status->st_size, (uintmax_t)status->st_mtim.tv_sec,
                                  (unsigned long)status->st_mtim.tv_nsec);
    add_hex(text, length, token->serialNumber, sizeof(token->serialNumber));
    add_hex(text, strlen(text), token->label, sizeof(token->label));
}

static int was_refused(const PIN *pin, const CK_TOKEN_INFO *token)
{
    char text[ONEM2M_PKCS11_REFUSAL_MAX];

    describe(text, pin, token);
    return onem2m_pkcs11_was_refused(text);
}

static void note_refused(const PIN *pin, const CK_TOKEN_INFO *token)
{
    char text[ONEM2M_PKCS11_REFUSAL_MAX];

    describe(text, pin, token);
    onem2m_pkcs11_note_refusal(text);
}

/* ---- Logins ---- */

typedef struct {
    const ONEM2M_PKCS11_SESSION *session;
    P11KitUri *uri;
    CK_USER_TYPE user;   /* CKU_USER, or CKU_CONTEXT_SPECIFIC: for one operation */
    CK_TOKEN_INFO token; /* of now */
    int is_locked;       /* with the lock among processes */
    CK_RV value;         /* of what failed in the module */
    ONEM2M_ERROR *error;
} LOGIN;

static int call(LOGIN *login, PIN *pin)
{
    login->value = login->session->module->C_Login(login->session->handle, login->user,
                                                   pin != NULL ? pin->octets : NULL,
                                                   pin != NULL ? pin->length : 0);
    if (login->value == CKR_OK || login->value == CKR_USER_ALREADY_LOGGED_IN)
        return 1;
    if (pin != NULL && login->value == CKR_PIN_INCORRECT)
        note_refused(pin, &login->token);
    return onem2m_pkcs11_refuse(login->error, "C_Login", login->value);
}

static int use_file(LOGIN *login, const char *path, PIN *pin)
{
    if (!read_pin(pin, path, login->error))
        return 0;
    if (was_refused(pin, &login->token))
        return refuse(login->error, path,
                      "the token has refused this PIN (CKR_PIN_INCORRECT); it is "
                      "tried again when the file has changed");
    return call(login, pin);
}

/* Of somebody who is asked a session is kept until the process ends, so that the token does not
 * forget the login and nobody is asked twice. */
static void keep_login(const ONEM2M_PKCS11_SESSION *session)
{
    CK_SESSION_HANDLE kept;

    (void)session->module->C_OpenSession(session->slot, CKF_SERIAL_SESSION, NULL, NULL, &kept);
}

static int ask(PIN *pin, P11KitUri *uri, ONEM2M_ERROR *error)
{
    const ONEM2M_PIN_PROMPT *prompt = onem2m_pin_prompt();
    char token[ONEM2M_QUOTED_MAX];

    onem2m_pkcs11_quote_token(token, uri);
    if (prompt != NULL &&
        prompt->ask(prompt->argument, token, (char *)pin->octets, PIN_MAX, &pin->length) &&
        pin->length > 0 && pin->length <= PIN_MAX)
        return 1;
    return onem2m_refuse(error, ONEM2M_R_TOKEN_PIN, ONEM2M_NO_OFFSET,
                         "PKCS#11 token %.40s: it needs a PIN: pin-source=file:PATH in the URI, or "
                         "a passphrase callback that gives it (OSSL_STORE_open_ex, "
                         "SSL_CTX_set_default_passwd_cb)",
                         token);
}

/* As the token says now: another process may have taken a try since it was looked for. */
static int check_tries(LOGIN *login)
{
    CK_TOKEN_INFO *token = &login->token;

    login->value = login->session->module->C_GetTokenInfo(login->session->slot, token);
    if (login->value != CKR_OK)
        return onem2m_pkcs11_refuse(login->error, "C_GetTokenInfo", login->value);
    if ((token->flags & CKF_USER_PIN_LOCKED) != 0)
        return onem2m_refuse(login->error, ONEM2M_R_TOKEN_PIN_LOCKED, ONEM2M_NO_OFFSET,
                             "PKCS#11 token: its PIN is locked (CKF_USER_PIN_LOCKED)");
    if ((token->flags & CKF_USER_PIN_FINAL_TRY) != 0)
        return onem2m_refuse(login->error, ONEM2M_R_TOKEN_PIN, ONEM2M_NO_OFFSET,
                             "PKCS#11 token: one try is left before its PIN is locked "
                             "(CKF_USER_PIN_FINAL_TRY), and this program does not take it: log in "
                             "with the token's own tool");
    return 1;
}

static int use_prompt(LOGIN *login, PIN *pin)
{
    int ok;

    if (was_refused(pin, &login->token))
        return onem2m_refuse(login->error, ONEM2M_R_TOKEN_PIN, ONEM2M_NO_OFFSET,
                             "PKCS#11 token: it has refused the PIN that was given "
                             "(CKR_PIN_INCORRECT); this process does not ask again");
    onem2m_pkcs11_unlock(login->is_locked); /* others need not wait for somebody who types */
    ok = ask(pin, login->uri, login->error);
    login->is_locked = onem2m_pkcs11_lock(login->session->module);
    if (!ok || !check_tries(login) || !call(login, pin))
        return 0;
    if (login->user == CKU_USER)
        keep_login(login->session);
    return 1;
}

/* Somebody types at the token's own pad: others need not wait for that, either. */
static int use_pad(LOGIN *login)
{
    onem2m_pkcs11_unlock(login->is_locked);
    login->is_locked = 0;
    return call(login, NULL);
}

static int is_logged_in(const ONEM2M_PKCS11_SESSION *session)
{
    CK_SESSION_INFO info;

    return session->module->C_GetSessionInfo(session->handle, &info) == CKR_OK &&
           (info.state == CKS_RO_USER_FUNCTIONS || info.state == CKS_RW_USER_FUNCTIONS);
}

/* With the turn, and the lock where it could be had. */
static int log_in(LOGIN *login)
{
    const char *path = onem2m_pkcs11_pin_path(login->uri);
    PIN pin = { .length = 0 };
    int ok;

    if (login->user == CKU_USER && is_logged_in(login->session))
        return 1;
    if (!check_tries(login))
        return 0;
    if (path == NULL && (login->token.flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0)
        return use_pad(login);
    ok = path != NULL ? use_file(login, path, &pin) : use_prompt(login, &pin);
    OPENSSL_cleanse(pin.octets, sizeof(pin.octets));
    return ok;
}

static int log_in_as(CK_USER_TYPE user, const ONEM2M_PKCS11_SESSION *session, P11KitUri *uri,
                     CK_RV *value, ONEM2M_ERROR *error)
{
    LOGIN login = { .session = session, .uri = uri, .user = user, .value = CKR_OK, .error = error };
    int ok;

    onem2m_pkcs11_take_turn();
    login.is_locked = onem2m_pkcs11_lock(session->module);
    ok = log_in(&login);
    onem2m_pkcs11_unlock(login.is_locked);
    onem2m_pkcs11_give_turn();
    *value = ok ? CKR_OK : login.value;
    return ok;
}

int onem2m_pkcs11_try_log_in(const ONEM2M_PKCS11_SESSION *session, P11KitUri *uri, CK_RV *value,
                             ONEM2M_ERROR *error)
{
    *value = CKR_OK;
    if ((session->token.flags & CKF_LOGIN_REQUIRED) == 0 || is_logged_in(session))
        return 1;
    return log_in_as(CKU_USER, session, uri, value, error);
}

int onem2m_pkcs11_log_in(const ONEM2M_PKCS11_SESSION *session, P11KitUri *uri, ONEM2M_ERROR *error)
{
    CK_RV value;

    return onem2m_pkcs11_try_log_in(session, uri, &value, error);
}

int onem2m_pkcs11_authenticate(const ONEM2M_PKCS11_SESSION *session, P11KitUri *uri, CK_RV *value,
                               ONEM2M_ERROR *error)
{
    return log_in_as(CKU_CONTEXT_SPECIFIC, session, uri, value, error);
}
