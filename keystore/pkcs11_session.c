/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pkcs11.h"
#include "pkcs11_find.h"
#include "pkcs11_turn.h"

/* Pauses before the tries behind the first, in milliseconds; of a token that is not there the first
 * ones only, and of logins that failed one. */
static const unsigned int pauses[] = { 10, 20, 40, 80, 160, 320, 320, 320, 320, 320, 320, 320 };
#define PAUSES (sizeof(pauses) / sizeof(pauses[0]))
#define PAUSES_MISSING 3
#define LOGINS 2

int onem2m_pkcs11_is_passing(CK_RV value)
{
    return value == CKR_GENERAL_ERROR || value == CKR_DEVICE_ERROR;
}

typedef struct {
    ONEM2M_PKCS11_SESSION *session;
    P11KitUri *uri;
    CK_FLAGS flags, first; /* first: the token's when it was first logged in to */
    unsigned int logins;
    ONEM2M_ERROR *error;
} OPENING;

/* ---- Logins ---- */

#define TRIES_TAKEN (CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY | CKF_USER_PIN_LOCKED)

/* A login whose outcome nobody knows may have cost a try: one more is enough, and only of a token
 * that does not count. */
static int may_log_in(const OPENING *opening)
{
    const CK_FLAGS now = opening->session->token.flags;

    return opening->logins == 0 ||
           (opening->logins < LOGINS && (now & ~opening->first & TRIES_TAKEN) == 0);
}

/* SoftHSM has read the token's file without the PIN that it says there is. */
static int has_misread(const OPENING *opening, CK_RV value)
{
    return value == CKR_USER_PIN_NOT_INITIALIZED &&
           (opening->session->token.flags & CKF_USER_PIN_INITIALIZED) != 0;
}

static ONEM2M_PKCS11_FOUND log_in(OPENING *opening)
{
    CK_RV value;

    if (!may_log_in(opening))
        return ONEM2M_PKCS11_REFUSED;
    if (opening->logins == 0)
        opening->first = opening->session->token.flags;
    if (onem2m_pkcs11_try_log_in(opening->session, opening->uri, &value, opening->error))
        return ONEM2M_PKCS11_FOUND_IT;
    opening->logins++;
    return onem2m_pkcs11_is_passing(value) || has_misread(opening, value) ? ONEM2M_PKCS11_PASSING
                                                                          : ONEM2M_PKCS11_REFUSED;
}

/* ---- Sessions ---- */

static CK_RV open_session(OPENING *opening)
{
    ONEM2M_PKCS11_SESSION *session = opening->session;
    const int is_locked = onem2m_pkcs11_lock(session->module);
    const CK_RV value = session->module->C_OpenSession(
        session->slot, CKF_SERIAL_SESSION | opening->flags, NULL, NULL, &session->handle);

    onem2m_pkcs11_unlock(is_locked);
    return value;
}

static ONEM2M_PKCS11_FOUND try_once(OPENING *opening)
{
    ONEM2M_PKCS11_FOUND result =
        onem2m_pkcs11_find_token(opening->session, opening->uri, opening->error);
    CK_RV value;

    if (result != ONEM2M_PKCS11_FOUND_IT)
        return result;
    value = open_session(opening);
    if (value != CKR_OK) {
        onem2m_pkcs11_refuse(opening->error, "C_OpenSession", value);
        return onem2m_pkcs11_is_passing(value) ? ONEM2M_PKCS11_PASSING : ONEM2M_PKCS11_REFUSED;
    }
    result = log_in(opening);
    if (result != ONEM2M_PKCS11_FOUND_IT)
        onem2m_pkcs11_close(opening->session);
    return result;
}

/* How many pauses there are for it. */
static size_t patience(const OPENING *opening, ONEM2M_PKCS11_FOUND result)
{
    if (result == ONEM2M_PKCS11_MISSING)
        return PAUSES_MISSING;
    return result == ONEM2M_PKCS11_PASSING && !onem2m_pkcs11_is_given_up(opening->uri) ? PAUSES : 0;
}

/* With the turn. */
static int open_in_turn(OPENING *opening)
{
    ONEM2M_PKCS11_FOUND result = try_once(opening);

    for (size_t tries = 0; tries < patience(opening, result); tries++) {
        onem2m_pkcs11_rest(pauses[tries]);
        onem2m_pkcs11_look_again(opening->uri);
        result = try_once(opening);
    }
    onem2m_pkcs11_give_up(opening->uri, result == ONEM2M_PKCS11_PASSING);
    if (result == ONEM2M_PKCS11_FOUND_IT)
        onem2m_pkcs11_note_opened(opening->session->module);
    return result == ONEM2M_PKCS11_FOUND_IT;
}

int onem2m_pkcs11_open(ONEM2M_PKCS11_SESSION *session, P11KitUri *uri, CK_FLAGS flags,
                       ONEM2M_ERROR *error)
{
    OPENING opening = { .session = session, .uri = uri, .flags = flags, .error = error };
    int ok;

    onem2m_pkcs11_take_turn();
    ok = open_in_turn(&opening);
    onem2m_pkcs11_give_turn();
    return ok;
}

CK_RV onem2m_pkcs11_open_another(const ONEM2M_PKCS11_SESSION *session, CK_FLAGS flags,
                                 CK_SESSION_HANDLE *handle)
{
    CK_RV value;
    size_t tries = 0;

    onem2m_pkcs11_enter();
    for (;;) {
        value = session->module->C_OpenSession(session->slot, CKF_SERIAL_SESSION | flags, NULL,
                                               NULL, handle);
        if (!onem2m_pkcs11_is_passing(value) || tries == PAUSES_MISSING)
            break;
        onem2m_pkcs11_rest(pauses[tries++]);
    }
    onem2m_pkcs11_leave();
    return value;
}

void onem2m_pkcs11_close(const ONEM2M_PKCS11_SESSION *session)
{
    /* Nothing can be done about one that does not close. */
    if (!onem2m_pkcs11_has_exited())
        (void)session->module->C_CloseSession(session->handle);
}
