/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dlfcn.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>
#include "shim.h"

#define EXPORT __attribute__((visibility("default")))

extern SHIM_CONTROL shim;
EXPORT SHIM_CONTROL shim;
EXPORT CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR list);

#define SHIM_KILLED (CKR_VENDOR_DEFINED | 0x4B494C4C) /* the process, after the call */

static CK_FUNCTION_LIST *wrapped;
static CK_FUNCTION_LIST own;

#define NAME(name) #name,
static const char *const names[] = { SHIM_FUNCTIONS(NAME) };

static int is_meant(SHIM_FUNCTION function)
{
    return shim.failing == function || shim.failing == SHIM_FUNCTION_COUNT || shim.fails_any;
}

/* In the place of a failure; what it calls itself is counted on. */
static void do_meanwhile(SHIM_FUNCTION function, unsigned long before)
{
    void (*const meanwhile)(void) = shim.meanwhile;

    if (meanwhile == NULL || function != shim.failing || before < shim.skip)
        return;
    shim.meanwhile = NULL;
    meanwhile();
}

/* What the call returns instead; CKR_OK: it is handed on. */
static CK_RV decide(SHIM_FUNCTION function)
{
    const unsigned long before = shim.calls[function]++;

    shim.all_calls++;
    do_meanwhile(function, before);
    if ((shim.value == CKR_OK && !shim.kills) || !is_meant(function))
        return CKR_OK;
    if (shim.fails_every)
        return before % shim.skip == 0 ? shim.value : CKR_OK;
    if (shim.fails_until)
        return before < shim.skip ? shim.value : CKR_OK;
    if (shim.fails_from)
        return before >= shim.skip ? shim.value : CKR_OK;
    if (shim.skip != 0) {
        shim.skip--;
        return CKR_OK;
    }
    if (!shim.fails_always)
        shim.skip = ULONG_MAX;
    if (shim.kills && !shim.after)
        raise(SIGKILL);
    return shim.kills ? SHIM_KILLED : shim.value;
}

static CK_RV enter(SHIM_FUNCTION function)
{
    const CK_RV told = decide(function);

    if (told != CKR_OK)
        shim.failed = function;
    return told;
}

/* What a call that was made returns: what it is told to, although it has done its work. */
static CK_RV leave(CK_RV told, CK_RV returned)
{
    if (told == SHIM_KILLED)
        raise(SIGKILL);
    return told != CKR_OK ? told : returned;
}

#define FORWARD(name, parameters, arguments)                                                       \
    static CK_RV shim_##name parameters                                                            \
    {                                                                                              \
        const CK_RV value = enter(SHIM_##name);                                                    \
                                                                                                   \
        if (value != CKR_OK && !shim.after)                                                        \
            return value;                                                                          \
        return leave(value, wrapped->name arguments);                                              \
    }

FORWARD(C_Finalize, (void *reserved), (reserved))
FORWARD(C_GetSlotList, (unsigned char present, CK_SLOT_ID *slots, CK_ULONG *count),
        (present, slots, count))
FORWARD(C_GetSlotInfo, (CK_SLOT_ID slot, CK_SLOT_INFO *info), (slot, info))
FORWARD(C_GetSessionInfo, (CK_SESSION_HANDLE session, CK_SESSION_INFO *info), (session, info))
static CK_RV shim_C_Login(CK_SESSION_HANDLE session, CK_USER_TYPE user, unsigned char *pin,
                          CK_ULONG length)
{
    const CK_RV value = enter(SHIM_C_Login);

    shim.token_flags |= shim.after_login;
    if (shim.delay > 0)
        usleep(shim.delay);
    if (value != CKR_OK && !shim.after)
        return value;
    return leave(value, wrapped->C_Login(session, user, pin, length));
}

FORWARD(C_Logout, (CK_SESSION_HANDLE session), (session))
FORWARD(C_FindObjectsInit, (CK_SESSION_HANDLE session, CK_ATTRIBUTE *template, CK_ULONG count),
        (session, template, count))
FORWARD(C_FindObjects,
        (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *objects, CK_ULONG max, CK_ULONG *count),
        (session, objects, max, count))
FORWARD(C_FindObjectsFinal, (CK_SESSION_HANDLE session), (session))
FORWARD(C_GetAttributeValue,
        (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *template,
         CK_ULONG count),
        (session, object, template, count))
FORWARD(C_GenerateKey,
        (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_ATTRIBUTE *template, CK_ULONG count,
         CK_OBJECT_HANDLE *key),
        (session, mechanism, template, count, key))
FORWARD(C_GenerateKeyPair,
        (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_ATTRIBUTE *public_half,
         CK_ULONG public_count, CK_ATTRIBUTE *private_half, CK_ULONG private_count,
         CK_OBJECT_HANDLE *public_key, CK_OBJECT_HANDLE *private_key),
        (session, mechanism, public_half, public_count, private_half, private_count, public_key,
         private_key))
FORWARD(C_EncryptInit, (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key),
        (session, mechanism, key))
FORWARD(C_DecryptInit, (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key),
        (session, mechanism, key))

FORWARD(C_CreateObject,
        (CK_SESSION_HANDLE session, CK_ATTRIBUTE *template, CK_ULONG count,
         CK_OBJECT_HANDLE *object),
        (session, template, count, object))
FORWARD(C_CopyObject,
        (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *template, CK_ULONG count,
         CK_OBJECT_HANDLE *copy),
        (session, object, template, count, copy))
FORWARD(C_DestroyObject, (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object), (session, object))
FORWARD(C_SetAttributeValue,
        (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *template,
         CK_ULONG count),
        (session, object, template, count))
FORWARD(C_GenerateRandom, (CK_SESSION_HANDLE session, unsigned char *out, CK_ULONG length),
        (session, out, length))
FORWARD(C_SignInit, (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key),
        (session, mechanism, key))
FORWARD(C_SignUpdate, (CK_SESSION_HANDLE session, unsigned char *in, CK_ULONG in_length),
        (session, in, in_length))
FORWARD(C_SignFinal, (CK_SESSION_HANDLE session, unsigned char *out, CK_ULONG *length),
        (session, out, length))
FORWARD(C_WrapKey,
        (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE wrapping,
         CK_OBJECT_HANDLE key, unsigned char *out, CK_ULONG *length),
        (session, mechanism, wrapping, key, out, length))
FORWARD(C_UnwrapKey,
        (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE unwrapping,
         unsigned char *in, CK_ULONG in_length, CK_ATTRIBUTE *template, CK_ULONG count,
         CK_OBJECT_HANDLE *key),
        (session, mechanism, unwrapping, in, in_length, template, count, key))
static CK_RV shim_C_OpenSession(CK_SLOT_ID slot, CK_FLAGS flags, void *application,
                                CK_NOTIFY notify, CK_SESSION_HANDLE *session)
{
    const CK_RV told = enter(SHIM_C_OpenSession);
    CK_RV value;

    if (told != CKR_OK && !shim.after)
        return told;
    value = wrapped->C_OpenSession(slot, flags, application, notify, session);
    if (value == CKR_OK)
        shim.sessions++;
    return leave(told, value);
}

static int is_hidden(CK_MECHANISM_TYPE mechanism)
{
    for (size_t i = 0; i < sizeof(shim.hidden) / sizeof(shim.hidden[0]); i++) {
        if (shim.hidden[i] != 0 && shim.hidden[i] == mechanism)
            return 1;
    }
    return 0;
}

static CK_RV shim_C_DeriveKey(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism,
                              CK_OBJECT_HANDLE base, CK_ATTRIBUTE *template, CK_ULONG count,
                              CK_OBJECT_HANDLE *key)
{
    CK_MECHANISM other = { CKM_GENERIC_SECRET_KEY_GEN, NULL, 0 };
    const CK_RV value = enter(SHIM_C_DeriveKey);

    if (value != CKR_OK)
        return value;
    if (is_hidden(mechanism->mechanism))
        return CKR_MECHANISM_INVALID;
    if (shim.derives_wrong)
        return wrapped->C_GenerateKey(session, &other, template, count, key);
    return wrapped->C_DeriveKey(session, mechanism, base, template, count, key);
}

static void fork_child(void)
{
    const pid_t child = fork();

    if (child == 0)
        _exit(0);
    if (child > 0)
        (void)waitpid(child, NULL, 0);
}

/* As CK_C_INITIALIZE_ARGS, with the NULL that NSS wants behind its parameters. */
static CK_RV shim_C_Initialize(void *arguments)
{
    struct {
        CK_C_INITIALIZE_ARGS arguments;
        void *end;
    } own_arguments;
    const CK_RV value = enter(SHIM_C_Initialize);

    if (value != CKR_OK)
        return leave(value, value);
    if (shim.forks)
        fork_child();
    if (getenv("ONEM2M_SHIM_PARAMETERS") == NULL)
        return wrapped->C_Initialize(arguments);
    memset(&own_arguments, 0, sizeof(own_arguments));
    if (arguments != NULL)
        own_arguments.arguments = *(CK_C_INITIALIZE_ARGS *)arguments;
    own_arguments.arguments.pReserved = getenv("ONEM2M_SHIM_PARAMETERS");
    return wrapped->C_Initialize(&own_arguments);
}

/* Closes it all the same, so that what comes after it finds the token as it was. */
static CK_RV shim_C_CloseSession(CK_SESSION_HANDLE session)
{
    const CK_RV value = enter(SHIM_C_CloseSession);
    CK_RV closed;

    shim.closing++;
    if (shim.close_delay > 0)
        usleep(shim.close_delay);
    closed = wrapped->C_CloseSession(session);
    shim.closing--;
    if (closed == CKR_OK)
        shim.sessions--;
    return leave(value, closed);
}

static CK_RV shim_C_GetTokenInfo(CK_SLOT_ID slot, CK_TOKEN_INFO *info)
{
    CK_RV value = enter(SHIM_C_GetTokenInfo);

    if (value != CKR_OK)
        return leave(value, value);
    value = wrapped->C_GetTokenInfo(slot, info);
    info->flags |= shim.token_flags;
    info->serialNumber[0] ^= shim.is_elsewhere;
    return value;
}

static CK_RV shim_C_Encrypt(CK_SESSION_HANDLE session, unsigned char *in, CK_ULONG in_length,
                            unsigned char *out, CK_ULONG *length)
{
    CK_RV value = enter(SHIM_C_Encrypt);

    if (value != CKR_OK)
        return leave(value, value);
    value = wrapped->C_Encrypt(session, in, in_length, out, length);
    *length += shim.length_off;
    return value;
}

static CK_RV shim_C_Decrypt(CK_SESSION_HANDLE session, unsigned char *in, CK_ULONG in_length,
                            unsigned char *out, CK_ULONG *length)
{
    CK_RV value = enter(SHIM_C_Decrypt);

    if (value != CKR_OK)
        return leave(value, value);
    value = wrapped->C_Decrypt(session, in, in_length, out, length);
    *length += shim.length_off;
    return value;
}

/* The operation is over, as after a module's own failure. */
static CK_RV shim_C_Sign(CK_SESSION_HANDLE session, unsigned char *in, CK_ULONG in_length,
                         unsigned char *out, CK_ULONG *length)
{
    const CK_RV value = enter(SHIM_C_Sign);
    const CK_RV made = wrapped->C_Sign(session, in, in_length, out, length);

    return leave(value, made);
}

static void read_environment(void)
{
    const char *wanted = getenv("ONEM2M_SHIM");

    if (getenv("ONEM2M_SHIM_FORKS") != NULL)
        shim.forks = 1;
    for (size_t i = 0; wanted != NULL && i < SHIM_FUNCTION_COUNT; i++) {
        const size_t length = strlen(names[i]);

        if (strncmp(wanted, names[i], length) != 0 || wanted[length] != '=')
            continue;
        shim.failing = (SHIM_FUNCTION)i;
        shim.fails_always = 1;
        shim.value = strtoul(wanted + length + 1, NULL, 0);
    }
}

#define REPLACE(name) own.name = shim_##name;

CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR list)
{
    const char *path = getenv("ONEM2M_SHIM_MODULE");
    void *library = dlopen(path != NULL ? path : SOFTHSM_MODULE, RTLD_NOW | RTLD_LOCAL);
    CK_C_GetFunctionList get_list;
    CK_RV value;

    if (library == NULL)
        return CKR_GENERAL_ERROR;
    *(void **)&get_list = dlsym(library, "C_GetFunctionList");
    value = get_list(&wrapped);
    if (value != CKR_OK)
        return value;
    own = *wrapped;
    own.C_GetFunctionList = C_GetFunctionList;
    if (getenv("ONEM2M_SHIM_BARE") != NULL) {
        REPLACE(C_Initialize)
        REPLACE(C_FindObjectsInit)
    } else {
        SHIM_FUNCTIONS(REPLACE)
    }
    read_environment();
    *list = &own;
    return CKR_OK;
}
