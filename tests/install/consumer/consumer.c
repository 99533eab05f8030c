/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A program of somebody else, built against the installed headers and library.
 */
#include <onem2m/id.h>
#include <onem2m/params.h>
#include <onem2m/reasons.h>
#include <onem2m/tls.h>

#include <stdio.h>
#include <string.h>

int main(void)
{
    static const char km_id[] = "km7@maf.example.com";
    ONEM2M_ID id;
    ONEM2M_ERROR error;
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

    if (ctx == NULL || onem2m_tls_profile(ctx, ONEM2M_PROFILE_PSK) != 1) {
        fprintf(stderr, "no TLS by PSK\n");
        return 1;
    }
    SSL_CTX_free(ctx);
    if (onem2m_id_parse(&id, ONEM2M_ID_KM, km_id, strlen(km_id), ONEM2M_ID_STRICT, &error) != 1) {
        fprintf(stderr, "%s was refused\n", km_id);
        return 1;
    }
    printf("%s, a %s, for " ONEM2M_KDF_KM "\n", km_id, onem2m_id_kind_name(ONEM2M_ID_KM));
    return 0;
}
