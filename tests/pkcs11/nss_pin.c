/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * nss_pin MODULE PIN: gives the token "our token" of a new database of NSS its PIN, as certutil
 * would.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <p11-kit/p11-kit.h>

static unsigned char nothing[] = "";

/* The slot of the database: the one with the token that is not NSS's own. */
static int find_slot(CK_FUNCTION_LIST *module, CK_SLOT_ID *slot)
{
    CK_SLOT_ID slots[8];
    CK_ULONG count = sizeof(slots) / sizeof(slots[0]);
    CK_TOKEN_INFO info;

    if (module->C_GetSlotList(CK_TRUE, slots, &count) != CKR_OK)
        return 0;
    for (CK_ULONG i = 0; i < count; i++) {
        *slot = slots[i];
        if (module->C_GetTokenInfo(*slot, &info) == CKR_OK &&
            memcmp(info.label, "our token ", 10) == 0)
            return 1;
    }
    return 0;
}

int main(int argc, char *argv[])
{
    CK_FUNCTION_LIST *module = argc == 3 ? p11_kit_module_load(argv[1], 0) : NULL;
    CK_SESSION_HANDLE session;
    CK_SLOT_ID slot;

    if (module != NULL && p11_kit_module_initialize(module) == CKR_OK && find_slot(module, &slot) &&
        module->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &session) ==
            CKR_OK &&
        module->C_Login(session, CKU_SO, nothing, 0) == CKR_OK &&
        module->C_InitPIN(session, (unsigned char *)argv[2], strlen(argv[2])) == CKR_OK)
        return EXIT_SUCCESS;
    fprintf(stderr, "nss_pin: %s\n", module == NULL ? "no module" : "the PIN was not set");
    return EXIT_FAILURE;
}
