/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
/* The Enrolment Target's request to the MEF (TS-0003 8.3.2.1 d, e). */
#include <stdio.h>
#include "procedures.h"
#include "tables.h"

static int open_to_mef(CONNECTION *connection, ENTITY *self, FAILURE *failure)
{
    SSL_CTX *context = connection_context(self, self->dtls, 0, ONEM2M_PROFILE_CERTIFICATE, failure);
    ONEM2M_PEER mef = { .flavour = ONEM2M_PEER_FQDN, .identifier = entity_value(self, "mef-fqdn") };
    CALL call = { .peer = "MEF",
                  .server_name = entity_value(self, "mef-fqdn"),
                  .port = "mef-targets-port",
                  .dtls = self->dtls,
                  .expect = &mef };
    int opened = 0;

    entity_sends(self, "MEF", "8.3.2.1", "opens a handshake, certificate of %s",
                 entity_value(self, "certificate"));
    if (context != NULL)
        opened = connection_open(connection, self, context, &call, failure);
    SSL_CTX_free(context);
    return opened;
}

int fetch_credentials(ENTITY *self, const char *ke_id, unsigned int suid, const char *from,
                      MESSAGE *answer, FAILURE *failure)
{
    char uri[DIALOGUE_URI_MAX];
    CONNECTION connection;
    int fetched;

    snprintf(uri, sizeof(uri), URI_FETCH_CREDENTIALS "%s/%u", ke_id, suid);
    if (!open_to_mef(&connection, self, failure))
        return 0;
    fetched = dialogue_request(&connection, "8.3.2.1", uri, from, NULL, &table_credentials, answer,
                               failure);
    connection_close(&connection);
    return fetched;
}
