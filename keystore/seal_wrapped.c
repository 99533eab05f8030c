/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include "cbor.h"
#include "seal_wrapped.h"

#define ITEMS 7

int onem2m_wrapped_seal_encode(ONEM2M_WRAPPED_SEAL *wrapped, const ONEM2M_WRAPPED_PARTS *parts)
{
    const ONEM2M_SLICE strings[ITEMS - 1] = { parts->iv,     parts->ciphertext, parts->token,
                                              parts->serial, parts->key,        parts->key_id };
    ONEM2M_CBOR_WRITER writer;

    onem2m_cbor_writer_init(&writer, wrapped->octets, sizeof(wrapped->octets));
    onem2m_cbor_write_array(&writer, ITEMS);
    onem2m_cbor_write_unsigned(&writer, parts->mechanism);
    for (size_t i = 0; i < ITEMS - 1; i++)
        onem2m_cbor_write_octets(&writer, strings[i]);
    wrapped->length = writer.length;
    return !writer.full;
}

static int read_name(ONEM2M_CBOR_READER *reader, ONEM2M_SLICE *name)
{
    return onem2m_cbor_read_octets(reader, name) && name->length <= ONEM2M_TOKEN_NAME_MAX;
}

int onem2m_wrapped_seal_decode(const ONEM2M_WRAPPED_SEAL *wrapped, ONEM2M_WRAPPED_PARTS *parts,
                               ONEM2M_ERROR *error)
{
    ONEM2M_CBOR_READER reader;
    uint64_t count;

    onem2m_cbor_reader_init(&reader, (ONEM2M_SLICE){ wrapped->octets, wrapped->length });
    if (onem2m_cbor_read_array(&reader, &count) && count == ITEMS &&
        onem2m_cbor_read_unsigned(&reader, &parts->mechanism) &&
        onem2m_cbor_read_octets(&reader, &parts->iv) &&
        onem2m_cbor_read_octets(&reader, &parts->ciphertext) && read_name(&reader, &parts->token) &&
        read_name(&reader, &parts->serial) && read_name(&reader, &parts->key) &&
        read_name(&reader, &parts->key_id) && onem2m_cbor_at_end(&reader))
        return 1;
    return onem2m_refuse(error, ONEM2M_R_HEADER_DAMAGED, ONEM2M_NO_OFFSET,
                         "store header: its seal, wrapped by a token, is damaged");
}

static const char *quote(char out[ONEM2M_QUOTED_MAX], ONEM2M_SLICE name)
{
    char text[ONEM2M_TOKEN_NAME_MAX + 1] = "";

    memcpy(text, name.data, name.length);
    return onem2m_quote(out, text);
}

int onem2m_wrapped_seal_refuse(const ONEM2M_WRAPPED_SEAL *wrapped, const char *instead,
                               ONEM2M_ERROR *error)
{
    char token[ONEM2M_QUOTED_MAX], serial[ONEM2M_QUOTED_MAX], key[ONEM2M_QUOTED_MAX];
    ONEM2M_WRAPPED_PARTS parts;

    if (!onem2m_wrapped_seal_decode(wrapped, &parts, error))
        return 0;
    return onem2m_refuse(error, ONEM2M_R_BAD_SEAL, ONEM2M_NO_OFFSET,
                         "the store is sealed by key %s of PKCS#11 token %s (serial %s); %s does "
                         "not open it",
                         quote(key, parts.key), quote(token, parts.token),
                         quote(serial, parts.serial), instead);
}
