/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
/*
 * A third party, the CSE C: it has a certificate of the same CA, has seen KeID and
 * the Key Identifier, which TLS 1.2 sends in clear, and tries what it may not.
 */
#include <stdio.h>
#include <string.h>
#include <openssl/err.h>
#include "keys.h"
#include "procedures.h"
#include "role.h"

#define UNKNOWN_KE_ID "00112233445566778899AABBCCDDEEFF@mef.example.com"

static int step_fetch_unknown(ENTITY *self, const char *argument, FAILURE *failure)
{
    static MESSAGE answer;

    (void)argument;
    return fetch_credentials(self, UNKNOWN_KE_ID, SUID_MAF_BY_RSPF, entity_value(self, "identity"),
                             &answer, failure);
}

static int step_fetch_foreign(ENTITY *self, const char *ke_id, FAILURE *failure)
{
    static MESSAGE answer;

    return fetch_credentials(self, ke_id, SUID_MAF_BY_RSPF, entity_value(self, "identity"), &answer,
                             failure);
}

/* Says that it is the MAF. */
static int step_fetch_as_maf(ENTITY *self, const char *ke_id, FAILURE *failure)
{
    static MESSAGE answer;

    return fetch_credentials(self, ke_id, SUID_MAF_BY_RSPF, entity_value(self, "maf-fqdn"), &answer,
                             failure);
}

static int step_retrieve(ENTITY *self, const char *key_id, FAILURE *failure)
{
    static MESSAGE answer;
    char relative[ENTITY_ID_SIZE];

    snprintf(relative, sizeof(relative), "%.*s", (int)strcspn(key_id, "@"), key_id);
    return maf_retrieve_key_by_certificate(self, relative, &answer, failure);
}

/* Presents A's Key Identifier to B, with a key of its own. */
static int step_impersonate(ENTITY *self, const char *key_id, FAILURE *failure)
{
    ATTRIBUTES attributes;
    EVP_PKEY *guess;

    attributes_begin(&attributes);
    attributes_text(&attributes, ONEM2M_PARAM_KIND, ONEM2M_KIND_NAME_KC);
    attributes_number(&attributes, ONEM2M_PARAM_SUID, SUID_SAEF_BY_MAF);
    attributes_text(&attributes, ONEM2M_PARAM_KEY_ID, key_id);
    attributes_number(&attributes, ONEM2M_PARAM_STORE, 1);
    guess = keys_generate(&attributes, failure);
    EVP_PKEY_free(guess);
    return guess != NULL && saef_greet(self, key_id, 0, entity_value(self, "a-identity"), failure);
}

const ROLE role_c = { .name = "C",
                      .steps = (const ROLE_STEP[]){ { "fetch-unknown", step_fetch_unknown },
                                                    { "fetch-foreign", step_fetch_foreign },
                                                    { "fetch-as-maf", step_fetch_as_maf },
                                                    { "retrieve", step_retrieve },
                                                    { "impersonate", step_impersonate },
                                                    { NULL, NULL } } };
