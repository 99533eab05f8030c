/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "record_craft.h"

static void append(CRAFT_BUFFER *buffer, const void *octets, size_t length)
{
    assert_true(length <= sizeof(buffer->octets) - buffer->length);
    memcpy(buffer->octets + buffer->length, octets, length);
    buffer->length += length;
}

static void append_hex(CRAFT_BUFFER *buffer, const char *hex)
{
    size_t length;
    unsigned char *octets = from_hex(hex, &length);

    append(buffer, octets, length);
    free(octets);
}

static void append_string(CRAFT_BUFFER *buffer, const void *octets, size_t length)
{
    const unsigned char head[] = { 0x59, (unsigned char)(length >> 8), (unsigned char)length };
    const unsigned char middle[] = { 0x58, (unsigned char)length };
    const unsigned char small = (unsigned char)(0x40 | length);

    if (length < 24)
        append(buffer, &small, 1);
    else if (length < 256)
        append(buffer, middle, 2);
    else
        append(buffer, head, 3);
    append(buffer, octets, length);
}

static void gcm(CRAFT_BUFFER *out, const CRAFT_BUFFER *additional, const unsigned char *iv,
                const CRAFT_BUFFER *plaintext)
{
    EVP_CIPHER *aes = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    unsigned char octets[2048];
    int written;

    assert_true(EVP_EncryptInit_ex2(context, aes, record_data_key, iv, NULL));
    assert_true(
        EVP_EncryptUpdate(context, NULL, &written, additional->octets, (int)additional->length));
    assert_true(
        EVP_EncryptUpdate(context, octets, &written, plaintext->octets, (int)plaintext->length));
    assert_true(EVP_EncryptFinal_ex(context, octets + plaintext->length, &written));
    assert_true(
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, 16, octets + plaintext->length));
    out->length = 0;
    append(out, octets, plaintext->length + 16);
    EVP_CIPHER_CTX_free(context);
    EVP_CIPHER_free(aes);
}

void craft(CRAFT_BUFFER *record, const CRAFTED *crafted)
{
    static const unsigned char iv[12] = { 1 };
    CRAFT_BUFFER protected_header = { .length = 0 }, external = { .length = 0 },
                 aad = { .length = 0 };
    CRAFT_BUFFER plaintext = { .length = 0 }, ciphertext;

    if (crafted->protected_header != NULL) {
        append_hex(&protected_header, crafted->protected_header);
    } else {
        append_hex(&protected_header, "a301033a000100001901023a00010001");
        append_hex(&protected_header,
                   crafted->attributes != NULL ? crafted->attributes : CRAFT_ATTRIBUTES);
    }
    append_hex(&plaintext, crafted->cose_key != NULL ? crafted->cose_key : CRAFT_KEY);
    append_hex(&external, "82");
    append_string(&external, record_identity, sizeof(record_identity));
    append_string(&external, RECORD_NAME, RECORD_NAME_LENGTH);
    append_hex(&aad, "8368");
    append(&aad, "Encrypt0", 8);
    append_string(&aad, protected_header.octets, protected_header.length);
    append_string(&aad, external.octets, external.length);
    gcm(&ciphertext, &aad, iv, &plaintext);
    record->length = 0;
    append_hex(record, crafted->start != NULL ? crafted->start : "83");
    append_string(record, protected_header.octets, protected_header.length);
    append_hex(record, crafted->unprotected_header != NULL ? crafted->unprotected_header
                                                           : "a1054c010000000000000000000000");
    append_string(record, ciphertext.octets, ciphertext.length);
    append_hex(record, crafted->end != NULL ? crafted->end : "");
}
