/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "keys.h"

#include <stdio.h>
#include <string.h>
#include <onem2m/params.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

int keys_available(void)
{
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, ONEM2M_KDF_KM, ONEM2M_PROPERTY_QUERY);

    EVP_KDF_free(kdf);
    return kdf != NULL;
}

static int derive(unsigned char key[KEY_OCTETS], const char *name, const OSSL_PARAM parameters[],
                  FAILURE *failure)
{
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, name, ONEM2M_PROPERTY_QUERY);
    EVP_KDF_CTX *context = kdf != NULL ? EVP_KDF_CTX_new(kdf) : NULL;
    int derived = context != NULL && EVP_KDF_derive(context, key, KEY_OCTETS, parameters) == 1;

    EVP_KDF_CTX_free(context);
    EVP_KDF_free(kdf);
    return derived ? 1 : failure_set_openssl(failure, name);
}

/* An OSSL_PARAM points to what is not const, although set_params never writes there. */
static OSSL_PARAM octets_parameter(const char *name, const unsigned char *octets, size_t length)
{
    OSSL_PARAM parameter = OSSL_PARAM_octet_string(name, NULL, length);

    memcpy(&parameter.data, &octets, sizeof(parameter.data));
    return parameter;
}

static OSSL_PARAM text_parameter(const char *name, const char *text)
{
    OSSL_PARAM parameter = OSSL_PARAM_utf8_string(name, NULL, strlen(text));

    memcpy(&parameter.data, &text, sizeof(parameter.data));
    return parameter;
}

int keys_derive_km(unsigned char km[KEY_OCTETS], const unsigned char enrolment_key[KEY_OCTETS],
                   const char *maf_id, FAILURE *failure)
{
    OSSL_PARAM parameters[] = { octets_parameter(ONEM2M_PARAM_KEY, enrolment_key, KEY_OCTETS),
                                text_parameter(ONEM2M_PARAM_MAF_ID, maf_id), OSSL_PARAM_END };

    return derive(km, ONEM2M_KDF_KM, parameters, failure);
}

int keys_derive_usage_key(unsigned char usage_key[KEY_OCTETS],
                          const unsigned char enrolment_key[KEY_OCTETS], unsigned int suid,
                          const char *enrolment_target_id, FAILURE *failure)
{
    OSSL_PARAM parameters[] = { octets_parameter(ONEM2M_PARAM_KEY, enrolment_key, KEY_OCTETS),
                                OSSL_PARAM_uint(ONEM2M_PARAM_SUID, &suid),
                                text_parameter(ONEM2M_PARAM_TARGET_ID, enrolment_target_id),
                                OSSL_PARAM_END };

    return derive(usage_key, ONEM2M_KDF_USAGE_KEY, parameters, failure);
}

int keys_fingerprint(char text[KEY_FINGERPRINT_TEXT], const unsigned char key[KEY_OCTETS],
                     FAILURE *failure)
{
    static const char label[] = "onem2m-demo fingerprint";
    unsigned char message[sizeof(label) - 1 + KEY_OCTETS];
    unsigned char digest[EVP_MAX_MD_SIZE];
    int done;

    memcpy(message, label, sizeof(label) - 1);
    memcpy(message + sizeof(label) - 1, key, KEY_OCTETS);
    done = EVP_Q_digest(NULL, "SHA2-256", NULL, message, sizeof(message), digest, NULL);
    OPENSSL_cleanse(message, sizeof(message));
    if (!done)
        return failure_set_openssl(failure, "SHA2-256 for a fingerprint");
    for (size_t i = 0; i < (KEY_FINGERPRINT_TEXT - 1) / 2; i++)
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
    return 1;
}
