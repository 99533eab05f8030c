/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <time.h>
#include "token_internal.h"

const ONEM2M_TOKEN_PLACE onem2m_token_for_use = { .is_sensitive = 1 };
const ONEM2M_TOKEN_PLACE onem2m_token_for_wrapping = { .is_sensitive = 1, .is_extractable = 1 };
const ONEM2M_TOKEN_PLACE onem2m_token_for_reading = { .is_extractable = 1 };

void onem2m_token_describe(const ONEM2M_TOKEN_CALL *call, ONEM2M_PKCS11_TEMPLATE *template,
                           const ONEM2M_TOKEN_PLACE *place)
{
    static const CK_KEY_TYPE generic = CKK_GENERIC_SECRET;

    template->count = 0;
    onem2m_pkcs11_add_secret_key(template, &generic);
    onem2m_pkcs11_add_flag(template, CKA_TOKEN, place->id != NULL);
    onem2m_pkcs11_add_flag(template, CKA_PRIVATE, 1);
    onem2m_pkcs11_add_flag(template, CKA_SENSITIVE, place->is_sensitive);
    onem2m_pkcs11_add_flag(template, CKA_EXTRACTABLE, place->is_extractable);
    onem2m_pkcs11_add_flag(template, CKA_SIGN, 1);
    onem2m_pkcs11_add_flag(template, CKA_DERIVE, 1);
    if (place->id == NULL)
        return;
    onem2m_pkcs11_add(template, CKA_ID, place->id, ONEM2M_TOKEN_ID_OCTETS);
    onem2m_pkcs11_add(template, CKA_LABEL, call->token->key_label.octets,
                      call->token->key_label.length);
}

int onem2m_token_make(ONEM2M_TOKEN_CALL *call, const ONEM2M_TOKEN_PLACE *place, ONEM2M_SLICE octets,
                      CK_OBJECT_HANDLE *object)
{
    ONEM2M_PKCS11_TEMPLATE template;
    CK_RV value;

    onem2m_token_describe(call, &template, place);
    onem2m_pkcs11_add(&template, CKA_VALUE, octets.data, octets.length);
    value =
        call->module->C_CreateObject(call->session, template.attributes, template.count, object);
    return value == CKR_OK || onem2m_token_failed(call, "C_CreateObject", value);
}

int onem2m_token_check_login(ONEM2M_TOKEN_CALL *call)
{
    CK_SESSION_INFO info;
    const CK_RV value = call->module->C_GetSessionInfo(call->session, &info);

    if (value != CKR_OK)
        return onem2m_token_failed(call, "C_GetSessionInfo", value);
    if ((call->login->first.token.flags & CKF_LOGIN_REQUIRED) == 0 ||
        info.state == CKS_RW_USER_FUNCTIONS || info.state == CKS_RO_USER_FUNCTIONS)
        return 1;
    return onem2m_token_failed(call, "C_FindObjects", CKR_USER_NOT_LOGGED_IN);
}

#define COPY_TRIES 20

/*
 * Looks for two. While SoftHSM makes another thread's copy of an object for its session it shows
 * that as one of the token: what are two now are looked at again.
 */
static CK_RV find_two(ONEM2M_TOKEN_CALL *call, ONEM2M_PKCS11_TEMPLATE *template,
                      CK_OBJECT_HANDLE found[2], CK_ULONG *count, const char **function)
{
    static const struct timespec moment = { .tv_nsec = 1000000 };
    CK_RV value;

    for (int tries = 0;; tries++) {
        *count = 2;
        value = onem2m_pkcs11_find(call->module, call->session, template, found, count, function);
        if (value != CKR_OK || *count < 2 || tries == COPY_TRIES)
            return value;
        nanosleep(&moment, NULL);
    }
}

int onem2m_token_find_one(ONEM2M_TOKEN_CALL *call, ONEM2M_PKCS11_TEMPLATE *template,
                          const char *what, CK_OBJECT_HANDLE *object)
{
    CK_OBJECT_HANDLE found[2];
    CK_ULONG count;
    const char *function;
    const CK_RV value = find_two(call, template, found, &count, &function);
    char token[ONEM2M_QUOTED_MAX];

    if (value != CKR_OK) {
        onem2m_token_failed(call, function, value);
        return -1;
    }
    if (count == 0)
        return onem2m_token_check_login(call) ? 0 : -1;
    *object = found[0];
    if (count == 1)
        return 1;
    onem2m_refuse(call->error, ONEM2M_R_TOKEN_KEY, ONEM2M_NO_OFFSET,
                  "PKCS#11 token %s has several keys of one %s",
                  onem2m_pkcs11_quote_token(token, call->token->uri), what);
    return -1;
}

int onem2m_token_find(ONEM2M_TOKEN_CALL *call, const unsigned char id[ONEM2M_TOKEN_ID_OCTETS],
                      CK_OBJECT_HANDLE *object)
{
    ONEM2M_PKCS11_TEMPLATE template = { .count = 0 };

    onem2m_pkcs11_add_secret_key(&template, NULL);
    onem2m_pkcs11_add(&template, CKA_ID, id, ONEM2M_TOKEN_ID_OCTETS);
    return onem2m_token_find_one(call, &template, "CKA_ID", object);
}

int onem2m_token_dispose(ONEM2M_TOKEN_CALL *call, CK_OBJECT_HANDLE object, int ok)
{
    const CK_RV value = call->module->C_DestroyObject(call->session, object);

    if (value == CKR_OK)
        return ok;
    call->left = value;
    return ok ? onem2m_token_failed(call, "C_DestroyObject", value) : 0;
}
