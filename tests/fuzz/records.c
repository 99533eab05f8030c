/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The first octet of the input chooses what the rest is: 'r' a record as it
 * stands in a store, 'p' a protected header, 'a' its map of attributes, 'k' a
 * COSE_Key, these three sealed with the key that the record is opened with.
 * Aborts when a promise of record.h is broken; what opens must be what sealing
 * it again writes (RFC 8949 4.2: there is one encoding).
 */
#include "keystore/cbor.h"
#include "keystore/record.h"
#include "target.h"

#define EPOCH 1
#define PART_MAX 4096

static const unsigned char identity[ONEM2M_STORE_IDENTITY_OCTETS] = { 1, 2, 3 };
static const unsigned char data_key[ONEM2M_DATA_KEY_OCTETS] = { 4, 5, 6 };
static const ONEM2M_SLICE name = { (const unsigned char *)"km1@maf.example.com\0\3", 21 };

typedef struct {
    ONEM2M_ATTRIBUTES attributes;
    ONEM2M_RECORD_KEY key;
} OPENED;

static void check_refusal(const ONEM2M_ERROR *error)
{
    HOLDS(error->reason == ONEM2M_R_RECORD_DAMAGED);
    HOLDS(strncmp(error->detail, "record: ", 8) == 0);
    HOLDS(memchr(error->detail, '\0', sizeof(error->detail)) != NULL);
}

static ONEM2M_RECORD_CIPHER *cipher(void)
{
    static ONEM2M_RECORD_CIPHER keyed;

    if (keyed.open == NULL)
        HOLDS(onem2m_record_cipher_init(&keyed, NULL, identity, EPOCH, data_key, NULL));
    return &keyed;
}

static int is_same(ONEM2M_SLICE a, ONEM2M_SLICE b)
{
    return a.length == b.length && memcmp(a.data, b.data, a.length) == 0;
}

static void check_opened(const ONEM2M_RECORD *record, const OPENED *opened)
{
    static unsigned char again[ONEM2M_RECORD_MAX];
    static int somewhere;
    const ONEM2M_RECORD_KEY *key = &opened->key;
    ONEM2M_MATERIAL material = { .key = &key->token_key };
    ONEM2M_RECORD resealed;
    size_t length;

    if (key->token_key.custody == ONEM2M_CUSTODY_SOFTWARE) {
        material.octets = (ONEM2M_SLICE){ key->octets, key->length };
        HOLDS(key->length <= ONEM2M_KEY_OCTETS_MAX);
    } else {
        material.token = (ONEM2M_TOKEN *)(void *)&somewhere;
        HOLDS(key->length == 0 && key->token_key.length <= ONEM2M_TOKEN_REFERENCE_MAX);
    }
    HOLDS(is_untouched(key->octets + key->length, sizeof(key->octets) - key->length));
    HOLDS(onem2m_record_seal(cipher(), name, &opened->attributes, &material, again, &length, NULL));
    HOLDS(onem2m_record_parse(&resealed, (ONEM2M_SLICE){ again, length }, NULL));
    HOLDS(is_same(record->protected_header, resealed.protected_header));
    HOLDS(record->ciphertext.length == resealed.ciphertext.length);
}

static int open_record(ONEM2M_SLICE octets)
{
    ONEM2M_RECORD record;
    ONEM2M_ERROR error;
    OPENED opened;

    memset(&opened, UNTOUCHED, sizeof(opened));
    memset(&record, UNTOUCHED, sizeof(record));
    if (!onem2m_record_parse(&record, octets, &error)) {
        HOLDS(is_untouched(&record, sizeof(record)));
        check_refusal(&error);
        return 0;
    }
    if (!onem2m_record_open(cipher(), name, &record, &opened.attributes, &opened.key, &error)) {
        HOLDS(is_untouched(&opened, sizeof(opened)));
        check_refusal(&error);
        return 0;
    }
    check_opened(&record, &opened);
    return 1;
}

static size_t gcm(unsigned char *out, const unsigned char iv[12], ONEM2M_SLICE additional,
                  ONEM2M_SLICE plaintext)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    unsigned char *tag = out + plaintext.length;
    int written;

    HOLDS(EVP_EncryptInit_ex2(context, EVP_aes_256_gcm(), data_key, iv, NULL));
    HOLDS(EVP_EncryptUpdate(context, NULL, &written, additional.data, (int)additional.length));
    HOLDS(EVP_EncryptUpdate(context, out, &written, plaintext.data, (int)plaintext.length));
    HOLDS(EVP_EncryptFinal_ex(context, tag, &written));
    HOLDS(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, ONEM2M_TAG_OCTETS, tag));
    EVP_CIPHER_CTX_free(context);
    return plaintext.length + ONEM2M_TAG_OCTETS;
}

static ONEM2M_SLICE written(const ONEM2M_CBOR_WRITER *writer)
{
    HOLDS(!writer->full);
    return (ONEM2M_SLICE){ writer->data, writer->length };
}

/* A record of parts that somebody with the key has sealed. */
static void open_sealed(ONEM2M_SLICE protected_header, ONEM2M_SLICE cose_key)
{
    static const unsigned char iv[12] = { 7 };
    static unsigned char aad[PART_MAX + 256], octets[2 * PART_MAX], sealed[PART_MAX + 16];
    unsigned char external[128], *exact;
    ONEM2M_CBOR_WRITER inner, structure, record;

    onem2m_cbor_writer_init(&inner, external, sizeof(external));
    onem2m_cbor_write_array(&inner, 2);
    onem2m_cbor_write_octets(&inner, (ONEM2M_SLICE){ identity, sizeof(identity) });
    onem2m_cbor_write_octets(&inner, name);
    onem2m_cbor_writer_init(&structure, aad, sizeof(aad));
    onem2m_cbor_write_array(&structure, 3);
    onem2m_cbor_write_text(&structure, (ONEM2M_SLICE){ (const unsigned char *)"Encrypt0", 8 });
    onem2m_cbor_write_octets(&structure, protected_header);
    onem2m_cbor_write_octets(&structure, written(&inner));
    onem2m_cbor_writer_init(&record, octets, sizeof(octets));
    onem2m_cbor_write_array(&record, 3);
    onem2m_cbor_write_octets(&record, protected_header);
    onem2m_cbor_write_map(&record, 1);
    onem2m_cbor_write_unsigned(&record, 5);
    onem2m_cbor_write_octets(&record, (ONEM2M_SLICE){ iv, sizeof(iv) });
    onem2m_cbor_write_octets(
        &record, (ONEM2M_SLICE){ sealed, gcm(sealed, iv, written(&structure), cose_key) });
    exact = malloc(record.length);
    memcpy(exact, record.data, written(&record).length);
    open_record((ONEM2M_SLICE){ exact, record.length });
    free(exact);
}

static const unsigned char protected_start[] = { 0xA3, 0x01,  0x03, 0x3A, 0x00, 0x01, 0x00,
                                                 0x00, EPOCH, 0x3A, 0x00, 0x01, 0x00, 0x01 };
static const unsigned char least[] = { 0xA3, 0x01,  0x03, 0x3A, 0x00, 0x01, 0x00,
                                       0x00, EPOCH, 0x3A, 0x00, 0x01, 0x00, 0x01,
                                       0xA3, 0x01,  0x03, 0x03, 0x01, 0x04, 0x01 };
static const unsigned char cose_key[] = { 0xA2, 0x01, 0x04, 0x20, 0x44, 1, 2, 3, 4 };

static void open_attributes(ONEM2M_SLICE map)
{
    static unsigned char header[sizeof(protected_start) + PART_MAX];

    memcpy(header, protected_start, sizeof(protected_start));
    if (map.length > 0)
        memcpy(header + sizeof(protected_start), map.data, map.length);
    open_sealed((ONEM2M_SLICE){ header, sizeof(protected_start) + map.length },
                (ONEM2M_SLICE){ cose_key, sizeof(cose_key) });
}

static void open_as(uint8_t choice, const uint8_t *data, size_t length)
{
    const ONEM2M_SLICE octets = { data, length };

    if (choice == 'r')
        open_record(octets);
    else if (octets.length > PART_MAX / 2)
        return;
    else if (choice == 'a')
        open_attributes(octets);
    else if (choice == 'p')
        open_sealed(octets, (ONEM2M_SLICE){ cose_key, sizeof(cose_key) });
    else if (choice == 'k')
        open_sealed((ONEM2M_SLICE){ least, sizeof(least) }, octets);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return target_choose(data, size, open_as);
}
