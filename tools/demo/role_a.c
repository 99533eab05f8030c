/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
/* Entity A, an AE: the Enrolee of 8.3.2.1, the Source of 8.8.2.7, the client of 8.2.2.3. */
#include <stdio.h>
#include <openssl/err.h>
#include "clock.h"
#include "keys.h"
#include "procedures.h"
#include "role.h"

#define HOUR 3600     /* seconds: of Kc */
#define SHORT 3       /* seconds: of the Kc that is to expire */
#define PATIENCE 3500 /* milliseconds: to wait for that */
#define FOREIGN_ORIGINATOR "//sp.example.com/Ssomebody-else"

static int step_enrol(ENTITY *self, const char *argument, FAILURE *failure)
{
    (void)argument;
    return enrol(self, ENROL_BY_PSK, failure);
}

static int step_register_client(ENTITY *self, const char *argument, FAILURE *failure)
{
    (void)argument;
    return maf_register_client(self, failure);
}

static int step_register_key(ENTITY *self, const char *argument, FAILURE *failure)
{
    char fingerprint[KEYS_FINGERPRINT];
    char end[32];

    (void)argument;
    if (!maf_register_key(self, HOUR, self->names.kc_id, end, failure) ||
        !keys_fingerprint_psk(fingerprint, self->names.kc_id, ONEM2M_USAGE_NAME_SAEF, failure))
        return 0;
    entity_holds(self, "10.3.5", "Key Identifier", self->names.kc_id);
    entity_holds(self, "10.3.1", "Kc", fingerprint);
    return 1;
}

static int step_saef_tls(ENTITY *self, const char *argument, FAILURE *failure)
{
    (void)argument;
    return saef_greet(self, self->names.kc_id, 0, entity_value(self, "identity"), failure);
}

static int step_saef_dtls(ENTITY *self, const char *argument, FAILURE *failure)
{
    (void)argument;
    return saef_greet(self, self->names.kc_id, 1, entity_value(self, "identity"), failure);
}

static int step_register_short_key(ENTITY *self, const char *argument, FAILURE *failure)
{
    (void)argument;
    return maf_register_key(self, SHORT, self->names.short_kc_id, self->names.short_end, failure);
}

static int step_saef_short(ENTITY *self, const char *argument, FAILURE *failure)
{
    (void)argument;
    return saef_greet(self, self->names.short_kc_id, 1, entity_value(self, "identity"), failure);
}

static int step_escertke(ENTITY *self, const char *argument, FAILURE *failure)
{
    (void)argument;
    return establish_pairwise_key(self, failure);
}

static int step_esprim(ENTITY *self, const char *argument, FAILURE *failure)
{
    (void)argument;
    return establish_session_key(self, failure);
}

static int step_other_originator(ENTITY *self, const char *argument, FAILURE *failure)
{
    (void)argument;
    return saef_greet(self, self->names.kc_id, 0, FOREIGN_ORIGINATOR, failure);
}

static int step_expired_here(ENTITY *self, const char *argument, FAILURE *failure)
{
    int refused;

    (void)argument;
    if (!clock_wait_until(self->names.short_end, PATIENCE))
        return failure_set(failure, "Kc does not expire");
    refused =
        !saef_greet(self, self->names.short_kc_id, 0, entity_value(self, "identity"), failure);
    if (refused)
        entity_refuses(self, "10.7", "%s", failure->text);
    return !refused;
}

/* An entity A that does not mind: it takes the end away from its own copy of Kc. */
static int step_expired_there(ENTITY *self, const char *argument, FAILURE *failure)
{
    EVP_PKEY *kc = keys_load(self->names.short_kc_id, ONEM2M_KIND_NAME_KC, "", failure);
    char never[1] = "";
    OSSL_PARAM params[] = { OSSL_PARAM_utf8_string(ONEM2M_PARAM_NOT_AFTER, never, 0),
                            OSSL_PARAM_END };
    int changed = kc != NULL && EVP_PKEY_set_params(kc, params) > 0;

    (void)argument;
    if (kc != NULL && !changed)
        failure_set_openssl(failure, "change of Kc");
    EVP_PKEY_free(kc);
    if (!changed)
        return 0;
    entity_note(self, "8.2.2.3", "takes the end away from its own copy of Kc, and tries again");
    return saef_greet(self, self->names.short_kc_id, 0, entity_value(self, "identity"), failure);
}

/* Nobody calls an AE here: it has no listeners. */
const ROLE role_a = { .name = "A",
                      .steps =
                          (const ROLE_STEP[]){ { "enrol", step_enrol },
                                               { "register-client", step_register_client },
                                               { "register-key", step_register_key },
                                               { "saef-tls", step_saef_tls },
                                               { "saef-dtls", step_saef_dtls },
                                               { "register-short-key", step_register_short_key },
                                               { "saef-short", step_saef_short },
                                               { "escertke", step_escertke },
                                               { "esprim", step_esprim },
                                               { "other-originator", step_other_originator },
                                               { "expired-here", step_expired_here },
                                               { "expired-there", step_expired_there },
                                               { NULL, NULL } } };
