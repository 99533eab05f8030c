/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "keystore/pkcs11.h"
#include "records.h"

#define PIN "4711secret"

SHIM_CONTROL *records_shim;
static int is_nss;
static char place[64], location[512];
static unsigned int stores;

static void run(const char *format, ...)
{
    char command[1024];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(command, sizeof(command), format, arguments);
    va_end(arguments);
    /* NOLINTNEXTLINE(cert-env33-c): names made here */
    STORE_CHECK(system(command) == 0);
}

static void make_softhsm(void)
{
    char path[128];

    snprintf(path, sizeof(path), "%s/softhsm2.conf", place);
    run("mkdir %s/tokens && printf 'directories.tokendir = %s/tokens\\nlog.level = ERROR\\n' >%s",
        place, place, path);
    setenv("SOFTHSM2_CONF", path, 1);
    run("softhsm2-util --init-token --free --label 'our token' --so-pin 12345678 --pin " PIN
        " >/dev/null");
}

static void make_nss(void)
{
    char parameters[512];

    snprintf(parameters, sizeof(parameters),
             "configdir='sql:%s' certPrefix='' keyPrefix='' secmod='secmod.db' "
             "tokenDescription='our token' dbTokenDescription='our token'",
             place);
    setenv("ONEM2M_SHIM_MODULE", SOFTOKN_MODULE, 1);
    setenv("ONEM2M_SHIM_PARAMETERS", parameters, 1);
    run(NSS_PIN " " SHIM_MODULE " " PIN);
}

void records_set_up(int argc, char *argv[])
{
    void *module;

    is_nss = argc > 1 && strcmp(argv[1], "nss") == 0;
    strcpy(place, access("/dev/shm", W_OK) == 0 ? "/dev/shm/onem2m-records-XXXXXX"
                                                : "/tmp/onem2m-records-XXXXXX");
    STORE_CHECK(mkdtemp(place) != NULL);
    if (is_nss)
        make_nss();
    else
        make_softhsm();
    run("printf %%s " PIN " >%s/pin && chmod 600 %s/pin", place, place);
    module = dlopen(SHIM_MODULE, RTLD_NOW | RTLD_LOCAL);
    STORE_CHECK(module != NULL);
    records_shim = dlsym(module, "shim");
    STORE_CHECK(records_shim != NULL);
    store_functions = &onem2m_backend_pkcs11;
}

int records_is_nss(void)
{
    return is_nss;
}

void records_remove(void)
{
    run("rm -rf %s", place);
}

void records_reset_shim(void)
{
    records_shim->value = CKR_OK;
    records_shim->kills = 0;
    records_shim->after = 0;
    records_shim->fails_any = 0;
    records_shim->fails_always = 0;
    records_shim->skip = 0;
    records_shim->all_calls = 0;
    records_shim->token_flags = 0;
    for (size_t i = 0; i < SHIM_FUNCTION_COUNT; i++)
        records_shim->calls[i] = 0;
}

const char *records_location(void)
{
    return location;
}

const char *records_new_location(void)
{
    snprintf(location, sizeof(location),
             "token=our%%20token;object=s%u?module-path=" SHIM_MODULE "&pin-source=file:%s/pin",
             stores++, place);
    return location;
}

/* Counts the objects of the last location's store, or destroys them. */
static size_t go_over_objects(int destroys)
{
    char text[600], family[32];
    CK_OBJECT_CLASS class = is_nss ? CKO_SECRET_KEY : CKO_DATA;
    CK_ATTRIBUTE wanted[2] = { { CKA_CLASS, &class, sizeof(class) },
                               { is_nss ? CKA_LABEL : CKA_APPLICATION, family, 0 } };
    CK_OBJECT_HANDLE found[64];
    CK_ULONG count = 0;
    ONEM2M_PKCS11_SESSION session;
    P11KitUri *uri;

    records_reset_shim();
    wanted[1].ulValueLen = (CK_ULONG)snprintf(family, sizeof(family), "oneM2M s%u", stores - 1);
    snprintf(text, sizeof(text), "pkcs11:%s", location);
    STORE_CHECK(onem2m_pkcs11_parse_token_uri(&uri, text, "", &store_error));
    STORE_CHECK(onem2m_pkcs11_open(&session, uri, CKF_RW_SESSION, &store_error));
    STORE_CHECK(session.module->C_FindObjectsInit(session.handle, wanted, 2) == CKR_OK);
    STORE_CHECK(session.module->C_FindObjects(session.handle, found, 64, &count) == CKR_OK);
    STORE_CHECK(session.module->C_FindObjectsFinal(session.handle) == CKR_OK);
    for (CK_ULONG i = 0; destroys && i < count; i++)
        STORE_CHECK(session.module->C_DestroyObject(session.handle, found[i]) == CKR_OK);
    onem2m_pkcs11_close(&session);
    p11_kit_uri_free(uri);
    return count;
}

size_t records_objects(void)
{
    return go_over_objects(0);
}

void records_wipe(void)
{
    go_over_objects(1);
}
