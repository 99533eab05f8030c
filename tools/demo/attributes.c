/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include "keys.h"

void attributes_begin(ATTRIBUTES *attributes)
{
    attributes->count = 0;
    attributes->params[0] = (OSSL_PARAM)OSSL_PARAM_END;
}

/* An OSSL_PARAM points to what is not const, although nothing here writes there. */
static void add(ATTRIBUTES *attributes, OSSL_PARAM param, const void *data)
{
    if (attributes->count == KEYS_ATTRIBUTES_MAX)
        return;
    memcpy(&param.data, &data, sizeof(param.data));
    attributes->params[attributes->count++] = param;
    attributes->params[attributes->count] = (OSSL_PARAM)OSSL_PARAM_END;
}

void attributes_text(ATTRIBUTES *attributes, const char *name, const char *text)
{
    if (*text != '\0')
        add(attributes, (OSSL_PARAM)OSSL_PARAM_utf8_string(name, NULL, strlen(text)), text);
}

void attributes_number(ATTRIBUTES *attributes, const char *name, unsigned int number)
{
    unsigned int *kept = &attributes->numbers[attributes->count];

    if (attributes->count < KEYS_ATTRIBUTES_MAX) {
        *kept = number;
        add(attributes, (OSSL_PARAM)OSSL_PARAM_uint(name, NULL), kept);
    }
}

void attributes_begin_registration(ATTRIBUTES *attributes, const char *source,
                                   const char *credential_id)
{
    attributes_begin(attributes);
    attributes_number(attributes, ONEM2M_PARAM_REGISTRATION, 1);
    attributes_number(attributes, ONEM2M_PARAM_STORE, 1);
    attributes_text(attributes, ONEM2M_PARAM_SOURCE_ID, source);
    attributes_text(attributes, ONEM2M_PARAM_SOURCE_CREDENTIAL_ID, credential_id);
}

void attributes_octets(ATTRIBUTES *attributes, const char *name, const unsigned char *octets,
                       size_t length)
{
    add(attributes, (OSSL_PARAM)OSSL_PARAM_octet_string(name, NULL, length), octets);
}
