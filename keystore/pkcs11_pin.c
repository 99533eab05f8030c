/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <openssl/crypto.h>
#include "pin_prompt.h"
#include "pkcs11.h"
#include "private_file.h"

#define PIN_MAX 255

/* A PIN file at one moment, and the token that refused what was in it; without a file (all 0) what
 * somebody was asked for. */
typedef struct refused_st {
    struct refused_st *next;
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec changed;
    unsigned char serial[sizeof(((CK_TOKEN_INFO *)0)->serialNumber)];
    unsigned char label[sizeof(((CK_TOKEN_INFO *)0)->label)];
} REFUSED;

/* The process's: two library contexts must not both burn a retry. */
static _Atomic(REFUSED *) all_refused;

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

static int is_the_refused(const REFUSED *refused, const PIN *pin, const CK_TOKEN_INFO *token)
{
    const struct stat *status = &pin->status;

    return refused->device == status->st_dev && refused->inode == status->st_ino &&
           refused->size == status->st_size && refused->changed.tv_sec == status->st_mtim.tv_sec &&
           refused->changed.tv_nsec == status->st_mtim.tv_nsec &&
           memcmp(refused->serial, token->serialNumber, sizeof(refused->serial)) == 0 &&
           memcmp(refused->label, token->label, sizeof(refused->label)) == 0;
}

static int was_refused(const PIN *pin, const CK_TOKEN_INFO *token)
{
    const REFUSED *refused = atomic_load(&all_refused);

    while (refused != NULL && !is_the_refused(refused, pin, token))
        refused = refused->next;
    return refused != NULL;
}

static void note_refused(const PIN *pin, const CK_TOKEN_INFO *token)
{
    REFUSED *refused = OPENSSL_zalloc(sizeof(*refused));

    if (refused == NULL)
        return;
    refused->device = pin->status.st_dev;
    refused->inode = pin->status.st_ino;
    refused->size = pin->status.st_size;
    refused->changed = pin->status.st_mtim;
    memcpy(refused->serial, token->serialNumber, sizeof(refused->serial));
    memcpy(refused->label, token->label, sizeof(refused->label));
    refused->next = atomic_load(&all_refused);
    while (!atomic_compare_exchange_weak(&all_refused, &refused->next, refused))
        ;
}

static int call(const ONEM2M_PKCS11_SESSION *session, unsigned char *pin, size_t length,
                CK_RV *value, ONEM2M_ERROR *error)
{
    *value = session->module->C_Login(session->handle, CKU_USER, pin, length);
    if (*value == CKR_OK || *value == CKR_USER_ALREADY_LOGGED_IN)
        return 1;
    return onem2m_pkcs11_refuse(error, "C_Login", *value);
}

static int use_pin(const ONEM2M_PKCS11_SESSION *session, const char *path, PIN *pin,
                   ONEM2M_ERROR *error)
{
    CK_RV value;

    if (!read_pin(pin, path, error))
        return 0;
    if (was_refused(pin, &session->token))
        return refuse(error, path,
                      "the token has refused this PIN (CKR_PIN_INCORRECT); it is "
                      "tried again when the file has changed");
    if (call(session, pin->octets, pin->length, &value, error))
        return 1;
    if (value == CKR_PIN_INCORRECT)
        note_refused(pin, &session->token);
    return 0;
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

static int use_prompt(const ONEM2M_PKCS11_SESSION *session, P11KitUri *uri, PIN *pin,
                      ONEM2M_ERROR *error)
{
    CK_RV value;

    if (was_refused(pin, &session->token))
        return onem2m_refuse(error, ONEM2M_R_TOKEN_PIN, ONEM2M_NO_OFFSET,
                             "PKCS#11 token: it has refused the PIN that was given "
                             "(CKR_PIN_INCORRECT); this process does not ask again");
    if (!ask(pin, uri, error))
        return 0;
    if (call(session, pin->octets, pin->length, &value, error)) {
        keep_login(session);
        return 1;
    }
    if (value == CKR_PIN_INCORRECT)
        note_refused(pin, &session->token);
    return 0;
}

static int is_logged_in(const ONEM2M_PKCS11_SESSION *session)
{
    CK_SESSION_INFO info;

    return session->module->C_GetSessionInfo(session->handle, &info) == CKR_OK &&
           (info.state == CKS_RO_USER_FUNCTIONS || info.state == CKS_RW_USER_FUNCTIONS);
}

static int check_tries(const CK_TOKEN_INFO *token, ONEM2M_ERROR *error)
{
    if ((token->flags & CKF_USER_PIN_LOCKED) != 0)
        return onem2m_refuse(error, ONEM2M_R_TOKEN_PIN_LOCKED, ONEM2M_NO_OFFSET,
                             "PKCS#11 token: its PIN is locked (CKF_USER_PIN_LOCKED)");
    if ((token->flags & CKF_USER_PIN_FINAL_TRY) != 0)
        return onem2m_refuse(error, ONEM2M_R_TOKEN_PIN, ONEM2M_NO_OFFSET,
                             "PKCS#11 token: one try is left before its PIN is locked "
                             "(CKF_USER_PIN_FINAL_TRY), and this program does not take it: log in "
                             "with the token's own tool");
    return 1;
}

int onem2m_pkcs11_log_in(const ONEM2M_PKCS11_SESSION *session, P11KitUri *uri, ONEM2M_ERROR *error)
{
    const char *path = onem2m_pkcs11_pin_path(uri);
    PIN pin = { .length = 0 };
    CK_RV value;
    int ok;

    if ((session->token.flags & CKF_LOGIN_REQUIRED) == 0 || is_logged_in(session))
        return 1;
    if (!check_tries(&session->token, error))
        return 0;
    if (path == NULL && (session->token.flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0)
        return call(session, NULL, 0, &value, error);
    ok = path != NULL ? use_pin(session, path, &pin, error) : use_prompt(session, uri, &pin, error);
    OPENSSL_cleanse(pin.octets, sizeof(pin.octets));
    return ok;
}
