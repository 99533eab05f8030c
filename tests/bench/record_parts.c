/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include "bench.h"
#include "keystore/cbor.h"
#include "keystore/record.h"
#include "record_parts.h"

/* RFC 9052 5.3: [ "Encrypt0", protected, bstr .cbor [ identity, name ] ] without the three. */
#define STRUCTURE_OCTETS (1 + 9 + 2 + 3 + 1 + 1 + 2)

static int read_texts(ONEM2M_CBOR_READER *reader, uint64_t pairs)
{
    ONEM2M_SLICE slice;
    uint64_t label, number;

    for (; pairs > 0; pairs--) {
        if (!onem2m_cbor_read_unsigned(reader, &label) ||
            !(label < 16 ? onem2m_cbor_read_unsigned(reader, &number)
                         : onem2m_cbor_read_text(reader, &slice)))
            return 0;
    }
    return onem2m_cbor_at_end(reader);
}

static int decode_protected(ONEM2M_SLICE header)
{
    ONEM2M_CBOR_READER reader;
    uint64_t count, number;

    onem2m_cbor_reader_init(&reader, header);
    return onem2m_cbor_read_map(&reader, &count) && onem2m_cbor_read_unsigned(&reader, &number) &&
           onem2m_cbor_read_unsigned(&reader, &number) &&
           onem2m_cbor_read_negative(&reader, &number) &&
           onem2m_cbor_read_unsigned(&reader, &number) &&
           onem2m_cbor_read_negative(&reader, &number) && onem2m_cbor_read_map(&reader, &count) &&
           read_texts(&reader, count);
}

static int decode_cose_key(const BENCH_RECORD_PARTS *parts)
{
    ONEM2M_CBOR_READER reader;
    ONEM2M_SLICE slice;
    uint64_t count, number;

    onem2m_cbor_reader_init(&reader, (ONEM2M_SLICE){ parts->cose_key, sizeof(parts->cose_key) });
    return onem2m_cbor_read_map(&reader, &count) && onem2m_cbor_read_unsigned(&reader, &number) &&
           onem2m_cbor_read_unsigned(&reader, &number) &&
           onem2m_cbor_read_negative(&reader, &number) &&
           onem2m_cbor_read_octets(&reader, &slice) && onem2m_cbor_at_end(&reader);
}

int bench_record_decode(void *state)
{
    const BENCH_RECORD_PARTS *parts = state;
    ONEM2M_CBOR_READER reader;
    ONEM2M_SLICE header, slice;
    uint64_t count, number;

    onem2m_cbor_reader_init(&reader, (ONEM2M_SLICE){ parts->record, parts->length });
    return onem2m_cbor_read_array(&reader, &count) && onem2m_cbor_read_octets(&reader, &header) &&
           onem2m_cbor_read_map(&reader, &count) && onem2m_cbor_read_unsigned(&reader, &number) &&
           onem2m_cbor_read_octets(&reader, &slice) && onem2m_cbor_read_octets(&reader, &slice) &&
           onem2m_cbor_at_end(&reader) && decode_protected(header) && decode_cose_key(parts);
}

int bench_record_decrypt(void *state)
{
    BENCH_RECORD_PARTS *parts = state;
    unsigned char out[BENCH_RECORD_MAX];
    int written;

    return EVP_DecryptInit_ex2(parts->cipher, NULL, NULL, parts->iv, NULL) &&
           EVP_DecryptUpdate(parts->cipher, NULL, &written, parts->additional,
                             (int)parts->additional_length) &&
           EVP_DecryptUpdate(parts->cipher, out, &written, parts->ciphertext,
                             (int)parts->ciphertext_length) &&
           EVP_CIPHER_CTX_ctrl(parts->cipher, EVP_CTRL_AEAD_SET_TAG, sizeof(parts->tag),
                               parts->tag) &&
           EVP_DecryptFinal_ex(parts->cipher, out, &written);
}

/* Seals the octets that are to be opened, under some key. */
static int seal(BENCH_RECORD_PARTS *parts)
{
    static const unsigned char key[ONEM2M_DATA_KEY_OCTETS] = { 1 };
    EVP_CIPHER *aes = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int written, ok;

    parts->cipher = EVP_CIPHER_CTX_new();
    ok = EVP_EncryptInit_ex2(context, aes, key, parts->iv, NULL) &&
         EVP_EncryptUpdate(context, NULL, &written, parts->additional,
                           (int)parts->additional_length) &&
         EVP_EncryptUpdate(context, parts->ciphertext, &written, parts->ciphertext,
                           (int)parts->ciphertext_length) &&
         EVP_EncryptFinal_ex(context, parts->ciphertext, &written) &&
         EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, sizeof(parts->tag), parts->tag) &&
         EVP_DecryptInit_ex2(parts->cipher, aes, key, NULL, NULL);
    EVP_CIPHER_CTX_free(context);
    EVP_CIPHER_free(aes);
    return ok;
}

int bench_record_parts_init(BENCH_RECORD_PARTS *parts, ONEM2M_SLICE record, size_t name_length)
{
    /* { 1: 4, -1: h'...' } of 32 octets. */
    static const unsigned char cose_key[sizeof(parts->cose_key)] = { 0xA2, 0x01, 0x04,
                                                                     0x20, 0x58, 0x20 };
    ONEM2M_RECORD parsed;

    if (record.length > sizeof(parts->record) || !onem2m_record_parse(&parsed, record, NULL))
        return bench_failed("taking a record apart");
    memcpy(parts->record, record.data, record.length);
    parts->length = record.length;
    memcpy(parts->cose_key, cose_key, sizeof(cose_key));
    parts->ciphertext_length = parsed.ciphertext.length - sizeof(parts->tag);
    parts->additional_length = STRUCTURE_OCTETS + parsed.protected_header.length +
                               ONEM2M_STORE_IDENTITY_OCTETS + name_length;
    return (parts->additional_length <= sizeof(parts->additional) && seal(parts) &&
            bench_record_decrypt(parts) && bench_record_decode(parts)) ||
           bench_failed("the parts of a record");
}

void bench_record_parts_clear(BENCH_RECORD_PARTS *parts)
{
    EVP_CIPHER_CTX_free(parts->cipher);
}
