/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tls/deprecated.h"

#include <stdlib.h>
#include <string.h>
#include <libp11.h>
#include "libp11_user.h"

static PKCS11_CTX *ctx;
static PKCS11_SLOT *slots;
static unsigned int slot_count;

int libp11_begin(void)
{
    ctx = PKCS11_CTX_new();
    return ctx != NULL && PKCS11_CTX_load(ctx, ONEM2M_P11_KIT_PROXY) == 0 &&
           PKCS11_enumerate_slots(ctx, &slots, &slot_count) == 0;
}

int libp11_lists(void)
{
    const char *label = getenv("TOKEN");
    PKCS11_CERT *certificates;
    unsigned int count;

    for (unsigned int i = 0; label != NULL && i < slot_count; i++) {
        PKCS11_TOKEN *token = slots[i].token;

        if (token != NULL && strcmp(token->label, label) == 0)
            return PKCS11_enumerate_certs(token, &certificates, &count) == 0 && count > 0;
    }
    return 0;
}

void libp11_end(void)
{
    PKCS11_release_all_slots(ctx, slots, slot_count);
    PKCS11_CTX_unload(ctx);
    PKCS11_CTX_free(ctx);
}
