/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
/* Entity A's side of the MAF-based SAEF (TS-0003 8.2.2.3). */
#include <openssl/err.h>
#include "keys.h"
#include "procedures.h"
#include "tables.h"

int saef_open(CONNECTION *connection, ENTITY *self, const char *key_id, int dtls, FAILURE *failure)
{
    SSL_CTX *context = connection_context(self, dtls, 0, ONEM2M_PROFILE_PSK, failure);
    CALL call = {
        .peer = "B", .server_name = entity_value(self, "b-fqdn"), .port = "b-psk-port", .dtls = dtls
    };
    int opened = 0;

    entity_sends(self, "B", "8.2.2.3", "opens a %s handshake, psk_identity = Key Identifier %s",
                 dtls ? "DTLS" : "TLS", key_id);
    if (context != NULL && !onem2m_tls_psk_client(context, ONEM2M_USAGE_NAME_SAEF, key_id))
        failure_set_openssl(failure, "Kc");
    else if (context != NULL)
        opened = connection_open(connection, self, context, &call, failure);
    SSL_CTX_free(context);
    if (opened)
        note_handshake(connection, "8.2.2.3", "both hold Kc");
    return opened;
}

int saef_greet(ENTITY *self, const char *key_id, int dtls, const char *from, FAILURE *failure)
{
    static MESSAGE request;
    static MESSAGE answer;
    CONNECTION connection;
    int answered;

    if (!saef_open(&connection, self, key_id, dtls, failure))
        return 0;
    message_begin(&request, &table_notification);
    message_put_text(&request, "Text", "21.5 degrees");
    answered = dialogue_request(&connection, "8.2.2.3", URI_PRIMITIVE, from, &request,
                                &table_notification, &answer, failure);
    connection_close(&connection);
    return answered;
}
