/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>
#include "keystore/pkcs11.h"
#include "records.h"

SHIM_CONTROL *records_shim;
static int is_nss;
static char location[512];
static unsigned int stores;

void records_set_up(int argc, char *argv[])
{
    is_nss = argc > 1 && strcmp(argv[1], "nss") == 0;
    if (is_nss)
        set_up_nss_token(NULL);
    else
        set_up_tokens(NULL);
    records_shim = tokens.shim;
    store_functions = &onem2m_backend_pkcs11;
}

int records_is_nss(void)
{
    return is_nss;
}

void records_remove(void)
{
    tear_down_tokens(NULL);
}

const char *records_location(void)
{
    return location;
}

const char *records_new_location(void)
{
    snprintf(location, sizeof(location),
             "token=%s;object=s%u?module-path=" SHIM_MODULE "&pin-source=file:%s",
             is_nss ? "our%20token" : "seals", stores++, tokens.pin_path);
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

    reset_shim();
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
