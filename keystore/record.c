/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include "cbor.h"
#include "record.h"
#include "token_reference.h"

/* COSE (RFC 9052, 9053): header parameters, algorithm, COSE_Key; private labels lie below -65536 */
#define COSE_HEADER_ALG 1
#define COSE_HEADER_IV 5
#define COSE_ALG_A256GCM 3
#define COSE_KEY_KTY 1
#define COSE_KTY_SYMMETRIC 4
#define NEGATIVE(label) ((uint64_t)(-1 - (label)))
#define COSE_KEY_K NEGATIVE(-1)
#define COSE_KEY_REFERENCE NEGATIVE(-65539)
#define COSE_KEY_OCTETS NEGATIVE(-65540)
#define HEADER_EPOCH NEGATIVE(-65537)
#define HEADER_ATTRIBUTES NEGATIVE(-65538)

/* What is the same in every record, as it is encoded (RFC 8949 4.2.1). */
#define ENCODED(octets) ((ONEM2M_SLICE){ (octets), sizeof(octets) })
/* [ */
static const unsigned char encrypt0_begins[] = { 0x83 };
/* { alg: A256GCM, -65537: */
static const unsigned char protected_begins[] = { 0xA3, 0x01, 0x03, 0x3A, 0x00, 0x01, 0x00, 0x00 };
/* -65538: */
static const unsigned char attributes_label[] = { 0x3A, 0x00, 0x01, 0x00, 0x01 };
/* { IV: */
static const unsigned char unprotected_begins[] = { 0xA1, 0x05 };
/* { kty: Symmetric, k: */
static const unsigned char cose_key_begins[] = { 0xA2, 0x01, 0x04, 0x20 };
/* { kty: Symmetric, -65539: */
static const unsigned char token_key_begins[] = { 0xA3, 0x01, 0x04, 0x3A, 0x00, 0x01, 0x00, 0x02 };
/* -65540: */
static const unsigned char octets_label[] = { 0x3A, 0x00, 0x01, 0x00, 0x03 };

/* Attributes in their map; a text's label is ATTRIBUTE_TEXT and its ONEM2M_TEXT. */
enum {
    ATTRIBUTE_KIND = 1,
    ATTRIBUTE_SUID = 2,
    ATTRIBUTE_STATE = 3,
    ATTRIBUTE_CREATED = 4,
    ATTRIBUTE_NOT_AFTER = 5,
    ATTRIBUTE_PARENT_KIND = 6,
    ATTRIBUTE_PURPOSE = 7,
    ATTRIBUTE_REGISTRATION = 8,
    ATTRIBUTE_EXTRACTABLE = 9,
    ATTRIBUTE_NO_DERIVE_OCTETS = 10,
    ATTRIBUTE_ALLOWED_SUIDS = 11,
    ATTRIBUTE_CUSTODY = 12,
    ATTRIBUTE_BIRTH = 13,
    ATTRIBUTE_EXPOSED = 14,
    ATTRIBUTE_TEXT = 16
};

#define SUID_MAX 99
#define KEY_MAP_MAX (24 + ONEM2M_TOKEN_REFERENCE_MAX)

_Static_assert(ONEM2M_TOKEN_REFERENCE_MAX >= ONEM2M_KEY_OCTETS_MAX, "either fits a COSE_Key");

/* The heads of the array and of the protected header, before which nothing is written. */
#define RECORD_HEAD_MAX (1 + 5)
/* [ identity, name ]: a name is at most a look-up name of 509 octets. */
#define EXTERNAL_AAD_MAX 640
/* A protected header of ordinary length goes to the cipher in one piece with what is around it. */
#define GATHERED_MAX 1024
#define AAD_PIECE_MAX (32 + GATHERED_MAX + EXTERNAL_AAD_MAX)

static int refuse(ONEM2M_ERROR *error, const char *what)
{
    return onem2m_refuse(error, ONEM2M_R_RECORD_DAMAGED, ONEM2M_NO_OFFSET, "record: %s", what);
}

static int refuse_crypto(ONEM2M_ERROR *error, const char *what)
{
    return onem2m_refuse(error, ONEM2M_R_CRYPTO_FAILED, ONEM2M_NO_OFFSET, "record: %s", what);
}

static int refuse_length(ONEM2M_ERROR *error)
{
    return onem2m_refuse(error, ONEM2M_R_BAD_LENGTH, ONEM2M_NO_OFFSET,
                         "record: attributes and key are longer than %d octets", ONEM2M_RECORD_MAX);
}

static EVP_CIPHER_CTX *keyed_context(const EVP_CIPHER *aes, const unsigned char *key, int encrypt)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();

    if (context != NULL && EVP_CipherInit_ex2(context, aes, key, NULL, encrypt, NULL))
        return context;
    EVP_CIPHER_CTX_free(context);
    return NULL;
}

int onem2m_record_cipher_init(ONEM2M_RECORD_CIPHER *cipher, OSSL_LIB_CTX *libctx,
                              const unsigned char identity[ONEM2M_STORE_IDENTITY_OCTETS],
                              uint32_t epoch, const unsigned char data_key[ONEM2M_DATA_KEY_OCTETS],
                              ONEM2M_ERROR *error)
{
    EVP_CIPHER *aes = EVP_CIPHER_fetch(libctx, "AES-256-GCM", NULL);
    ONEM2M_RECORD_CIPHER made = { .libctx = libctx, .epoch = epoch };

    if (aes == NULL)
        return onem2m_refuse(error, ONEM2M_R_CRYPTO_UNAVAILABLE, ONEM2M_NO_OFFSET,
                             "AES-256-GCM is not to be had");
    made.seal = keyed_context(aes, data_key, 1);
    made.open = keyed_context(aes, data_key, 0);
    EVP_CIPHER_free(aes);
    memcpy(made.identity, identity, sizeof(made.identity));
    if (made.seal == NULL || made.open == NULL) {
        onem2m_record_cipher_clear(&made);
        return refuse_crypto(error, "AES-256-GCM cannot be keyed");
    }
    *cipher = made;
    return 1;
}

void onem2m_record_cipher_clear(ONEM2M_RECORD_CIPHER *cipher)
{
    EVP_CIPHER_CTX_free(cipher->seal);
    EVP_CIPHER_CTX_free(cipher->open);
    cipher->seal = NULL;
    cipher->open = NULL;
    cipher->epoch = 0;
}

static void write_number(ONEM2M_CBOR_WRITER *writer, uint64_t label, uint64_t value)
{
    if (value == 0)
        return;
    onem2m_cbor_write_unsigned(writer, label);
    onem2m_cbor_write_unsigned(writer, value);
}

static size_t count_attributes(const ONEM2M_ATTRIBUTES *a)
{
    size_t count = 3, i; /* kind, state and created are always there */

    count += (size_t)((a->suid != 0) + (a->not_after != 0) + (a->parent_kind != 0));
    count += (size_t)((a->purpose != 0) + (a->registration != 0) + (a->extractable != 0));
    count += (size_t)((a->derive_octets == 0) + (a->allowed_suids != 0));
    count += (size_t)((a->custody != 0) + (a->birth != 0) + (a->exposed != 0));
    for (i = 0; i < ONEM2M_TEXT_COUNT; i++)
        count += a->text[i].length > 0;
    return count;
}

static void write_attributes(ONEM2M_CBOR_WRITER *writer, const ONEM2M_ATTRIBUTES *a)
{
    size_t i;

    onem2m_cbor_write_map(writer, count_attributes(a));
    write_number(writer, ATTRIBUTE_KIND, a->kind);
    write_number(writer, ATTRIBUTE_SUID, a->suid);
    write_number(writer, ATTRIBUTE_STATE, a->state);
    write_number(writer, ATTRIBUTE_CREATED, (uint64_t)a->created);
    write_number(writer, ATTRIBUTE_NOT_AFTER, (uint64_t)a->not_after);
    write_number(writer, ATTRIBUTE_PARENT_KIND, a->parent_kind);
    write_number(writer, ATTRIBUTE_PURPOSE, a->purpose);
    write_number(writer, ATTRIBUTE_REGISTRATION, a->registration != 0);
    write_number(writer, ATTRIBUTE_EXTRACTABLE, a->extractable != 0);
    write_number(writer, ATTRIBUTE_NO_DERIVE_OCTETS, a->derive_octets == 0);
    write_number(writer, ATTRIBUTE_ALLOWED_SUIDS, a->allowed_suids);
    write_number(writer, ATTRIBUTE_CUSTODY, a->custody);
    write_number(writer, ATTRIBUTE_BIRTH, a->birth);
    write_number(writer, ATTRIBUTE_EXPOSED, a->exposed != 0);
    for (i = 0; i < ONEM2M_TEXT_COUNT; i++) {
        if (a->text[i].length > 0) {
            onem2m_cbor_write_unsigned(writer, ATTRIBUTE_TEXT + i);
            onem2m_cbor_write_text(writer, a->text[i]);
        }
    }
}

static void write_protected(ONEM2M_CBOR_WRITER *writer, uint32_t epoch,
                            const ONEM2M_ATTRIBUTES *attributes)
{
    onem2m_cbor_write_map(writer, 3);
    onem2m_cbor_write_unsigned(writer, COSE_HEADER_ALG);
    onem2m_cbor_write_unsigned(writer, COSE_ALG_A256GCM);
    onem2m_cbor_write_negative(writer, HEADER_EPOCH);
    onem2m_cbor_write_unsigned(writer, epoch);
    onem2m_cbor_write_negative(writer, HEADER_ATTRIBUTES);
    write_attributes(writer, attributes);
}

/* One attribute with a number; every one has its limit, 0 is never written. */
static int set_number(ONEM2M_ATTRIBUTES *a, uint64_t label, uint64_t value)
{
    static const uint64_t limits[] = {
        [ATTRIBUTE_KIND] = ONEM2M_KIND_MAX,
        [ATTRIBUTE_SUID] = SUID_MAX,
        [ATTRIBUTE_STATE] = ONEM2M_STATE_DESTROYED,
        [ATTRIBUTE_CREATED] = INT64_MAX,
        [ATTRIBUTE_NOT_AFTER] = INT64_MAX,
        [ATTRIBUTE_PARENT_KIND] = ONEM2M_KIND_MAX,
        [ATTRIBUTE_PURPOSE] = ONEM2M_PURPOSE_ATTRIBUTE_CONFIDENTIALITY_KEY,
        [ATTRIBUTE_REGISTRATION] = 1,
        [ATTRIBUTE_EXTRACTABLE] = 1,
        [ATTRIBUTE_NO_DERIVE_OCTETS] = 1,
        [ATTRIBUTE_ALLOWED_SUIDS] = ONEM2M_ALLOWED_SUIDS_ALL,
        [ATTRIBUTE_CUSTODY] = ONEM2M_CUSTODY_WRAPPED,
        [ATTRIBUTE_BIRTH] = ONEM2M_BIRTH_SIGNED,
        [ATTRIBUTE_EXPOSED] = 1,
    };

    if (label >= sizeof(limits) / sizeof(limits[0]) || value == 0 || value > limits[label])
        return 0;
    switch (label) {
    case ATTRIBUTE_KIND:
        a->kind = (ONEM2M_KIND)value;
        break;
    case ATTRIBUTE_SUID:
        a->suid = (unsigned int)value;
        break;
    case ATTRIBUTE_STATE:
        a->state = (ONEM2M_STATE)value;
        break;
    case ATTRIBUTE_CREATED:
        a->created = (ONEM2M_TIME)value;
        break;
    case ATTRIBUTE_NOT_AFTER:
        a->not_after = (ONEM2M_TIME)value;
        break;
    case ATTRIBUTE_PARENT_KIND:
        a->parent_kind = (ONEM2M_KIND)value;
        break;
    case ATTRIBUTE_PURPOSE:
        a->purpose = (ONEM2M_PURPOSE)value;
        break;
    case ATTRIBUTE_REGISTRATION:
        a->registration = 1;
        break;
    case ATTRIBUTE_EXTRACTABLE:
        a->extractable = 1;
        break;
    case ATTRIBUTE_NO_DERIVE_OCTETS:
        a->derive_octets = 0;
        break;
    case ATTRIBUTE_CUSTODY:
        a->custody = (ONEM2M_CUSTODY)value;
        break;
    case ATTRIBUTE_BIRTH:
        a->birth = (ONEM2M_BIRTH)value;
        break;
    case ATTRIBUTE_EXPOSED:
        a->exposed = 1;
        break;
    default:
        a->allowed_suids = (unsigned int)value;
        break;
    }
    return 1;
}

/* Whether what is said of where the key is fits together. */
static int is_placed(const ONEM2M_ATTRIBUTES *a)
{
    if (a->custody == ONEM2M_CUSTODY_SOFTWARE)
        return a->birth == ONEM2M_BIRTH_UNKNOWN && !a->exposed;
    return a->birth != ONEM2M_BIRTH_UNKNOWN && a->state != ONEM2M_STATE_DESTROYED &&
           (a->exposed || (!a->extractable && !onem2m_birth_exposes(a->birth)));
}

static int read_attribute(ONEM2M_CBOR_READER *reader, ONEM2M_ATTRIBUTES *a, uint64_t label)
{
    uint64_t value;
    ONEM2M_SLICE text;

    if (label < ATTRIBUTE_TEXT)
        return onem2m_cbor_read_unsigned(reader, &value) && set_number(a, label, value);
    if (label >= ATTRIBUTE_TEXT + ONEM2M_TEXT_COUNT || !onem2m_cbor_read_text(reader, &text) ||
        text.length == 0 || text.length > ONEM2M_ATTRIBUTE_MAX)
        return 0;
    a->text[label - ATTRIBUTE_TEXT] = text;
    return 1;
}

static int read_attributes(ONEM2M_CBOR_READER *reader, ONEM2M_ATTRIBUTES *a)
{
    uint64_t pairs, label, last = 0;

    memset(a, 0, sizeof(*a));
    a->derive_octets = 1;
    if (!onem2m_cbor_read_map(reader, &pairs))
        return 0;
    for (; pairs > 0; pairs--, last = label) {
        if (!onem2m_cbor_read_unsigned(reader, &label) || label <= last ||
            !read_attribute(reader, a, label))
            return 0;
    }
    return a->kind != 0 && a->state != 0 && a->created != 0 && is_placed(a);
}

static int read_protected(ONEM2M_RECORD *record)
{
    ONEM2M_CBOR_READER reader;
    uint64_t epoch;

    onem2m_cbor_reader_init(&reader, record->protected_header);
    if (!onem2m_cbor_expect_encoded(&reader, ENCODED(protected_begins)) ||
        !onem2m_cbor_read_unsigned(&reader, &epoch) || epoch == 0 || epoch > UINT32_MAX ||
        !onem2m_cbor_expect_encoded(&reader, ENCODED(attributes_label)))
        return 0;
    record->epoch = (uint32_t)epoch;
    record->attributes.data = record->protected_header.data + reader.position;
    record->attributes.length = record->protected_header.length - reader.position;
    return 1;
}

static int read_encrypt0(ONEM2M_RECORD *record, ONEM2M_SLICE octets)
{
    ONEM2M_CBOR_READER reader;

    onem2m_cbor_reader_init(&reader, octets);
    return octets.length <= ONEM2M_RECORD_MAX &&
           onem2m_cbor_expect_encoded(&reader, ENCODED(encrypt0_begins)) &&
           onem2m_cbor_read_octets(&reader, &record->protected_header) &&
           onem2m_cbor_expect_encoded(&reader, ENCODED(unprotected_begins)) &&
           onem2m_cbor_read_octets(&reader, &record->iv) && record->iv.length == ONEM2M_IV_OCTETS &&
           onem2m_cbor_read_octets(&reader, &record->ciphertext) &&
           record->ciphertext.length > ONEM2M_TAG_OCTETS &&
           record->ciphertext.length <= KEY_MAP_MAX + ONEM2M_TAG_OCTETS &&
           onem2m_cbor_at_end(&reader);
}

int onem2m_record_parse(ONEM2M_RECORD *parsed, ONEM2M_SLICE record, ONEM2M_ERROR *error)
{
    ONEM2M_RECORD taken;

    if (!read_encrypt0(&taken, record))
        return refuse(error, "not a COSE_Encrypt0 of this store (RFC 9052 5.2)");
    if (!read_protected(&taken))
        return refuse(error, "its protected header is not of this store (RFC 9052 3)");
    *parsed = taken;
    return 1;
}

static int authenticate(EVP_CIPHER_CTX *context, const unsigned char *data, size_t length)
{
    int written;

    return EVP_CipherUpdate(context, NULL, &written, data, (int)length);
}

/* The Enc_structure of RFC 9052 5.3: [ "Encrypt0", protected, bstr .cbor [ identity, name ] ]. */
static int authenticate_structure(const ONEM2M_RECORD_CIPHER *cipher, EVP_CIPHER_CTX *context,
                                  ONEM2M_SLICE protected_header, ONEM2M_SLICE name)
{
    static const ONEM2M_SLICE context_string = { (const unsigned char *)"Encrypt0", 8 };
    const ONEM2M_SLICE identity = { cipher->identity, sizeof(cipher->identity) };
    unsigned char external[EXTERNAL_AAD_MAX], octets[AAD_PIECE_MAX];
    ONEM2M_CBOR_WRITER external_aad, writer;

    onem2m_cbor_writer_init(&external_aad, external, sizeof(external));
    onem2m_cbor_write_array(&external_aad, 2);
    onem2m_cbor_write_octets(&external_aad, identity);
    onem2m_cbor_write_octets(&external_aad, name);
    onem2m_cbor_writer_init(&writer, octets, sizeof(octets));
    onem2m_cbor_write_array(&writer, 3);
    onem2m_cbor_write_text(&writer, context_string);
    onem2m_cbor_write_octets_head(&writer, protected_header.length);
    if (protected_header.length <= GATHERED_MAX) {
        onem2m_cbor_write_encoded(&writer, protected_header);
    } else {
        if (!authenticate(context, writer.data, writer.length) ||
            !authenticate(context, protected_header.data, protected_header.length))
            return 0;
        onem2m_cbor_writer_init(&writer, octets, sizeof(octets));
    }
    onem2m_cbor_write_octets(&writer, (ONEM2M_SLICE){ external_aad.data, external_aad.length });
    return !external_aad.full && !writer.full && authenticate(context, writer.data, writer.length);
}

/* The material as it is encoded: octets, or the reference of a key in a token. */
typedef struct {
    ONEM2M_SLICE octets;
    size_t key_length; /* of a key in a token */
} CONTENT;

static size_t write_cose_key(unsigned char out[KEY_MAP_MAX], const ONEM2M_MATERIAL *material)
{
    const ONEM2M_TOKEN_KEY *key = material->token != NULL ? material->key : NULL;
    ONEM2M_CBOR_WRITER writer;

    onem2m_cbor_writer_init(&writer, out, KEY_MAP_MAX);
    onem2m_cbor_write_map(&writer, key != NULL ? 3 : 2);
    onem2m_cbor_write_unsigned(&writer, COSE_KEY_KTY);
    onem2m_cbor_write_unsigned(&writer, COSE_KTY_SYMMETRIC);
    if (key == NULL) {
        onem2m_cbor_write_negative(&writer, COSE_KEY_K);
        onem2m_cbor_write_octets(&writer, material->octets);
    } else {
        onem2m_cbor_write_negative(&writer, COSE_KEY_REFERENCE);
        onem2m_cbor_write_octets(&writer, (ONEM2M_SLICE){ key->reference, key->length });
        onem2m_cbor_write_negative(&writer, COSE_KEY_OCTETS);
        onem2m_cbor_write_unsigned(&writer, key->key_length);
    }
    return writer.full ? 0 : writer.length;
}

static int read_token_key(ONEM2M_CBOR_READER *reader, ONEM2M_CUSTODY custody, CONTENT *content)
{
    uint64_t key_length;

    if (!onem2m_cbor_expect_encoded(reader, ENCODED(token_key_begins)) ||
        !onem2m_cbor_read_octets(reader, &content->octets) ||
        !onem2m_cbor_expect_encoded(reader, ENCODED(octets_label)) ||
        !onem2m_cbor_read_unsigned(reader, &key_length) || key_length < ONEM2M_KEY_OCTETS_MIN ||
        key_length > ONEM2M_KEY_OCTETS_MAX)
        return 0;
    content->key_length = (size_t)key_length;
    return onem2m_token_reference_fits(custody, content->key_length, content->octets.length);
}

static int read_cose_key(ONEM2M_SLICE map, ONEM2M_CUSTODY custody, CONTENT *content)
{
    ONEM2M_CBOR_READER reader;

    onem2m_cbor_reader_init(&reader, map);
    if (custody != ONEM2M_CUSTODY_SOFTWARE)
        return read_token_key(&reader, custody, content) && onem2m_cbor_at_end(&reader);
    return onem2m_cbor_expect_encoded(&reader, ENCODED(cose_key_begins)) &&
           onem2m_cbor_read_octets(&reader, &content->octets) && onem2m_cbor_at_end(&reader) &&
           content->octets.length <= ONEM2M_KEY_OCTETS_MAX;
}

static int decode(const ONEM2M_RECORD *record, ONEM2M_SLICE cose_key, ONEM2M_ATTRIBUTES *attributes,
                  CONTENT *content)
{
    ONEM2M_CBOR_READER reader;

    onem2m_cbor_reader_init(&reader, record->attributes);
    return read_attributes(&reader, attributes) && onem2m_cbor_at_end(&reader) &&
           read_cose_key(cose_key, attributes->custody, content);
}

/* Whether what is about to be sealed can be read again. */
static int is_readable(ONEM2M_SLICE protected_header, ONEM2M_SLICE cose_key)
{
    ONEM2M_RECORD record = { .protected_header = protected_header };
    ONEM2M_ATTRIBUTES attributes;
    CONTENT content;

    return read_protected(&record) && decode(&record, cose_key, &attributes, &content);
}

static int encrypt(ONEM2M_RECORD_CIPHER *cipher, ONEM2M_SLICE name, ONEM2M_SLICE protected_header,
                   const unsigned char iv[ONEM2M_IV_OCTETS], ONEM2M_SLICE plaintext,
                   unsigned char *out)
{
    unsigned char *tag = out + plaintext.length;
    int written;

    return EVP_EncryptInit_ex2(cipher->seal, NULL, NULL, iv, NULL) &&
           authenticate_structure(cipher, cipher->seal, protected_header, name) &&
           EVP_EncryptUpdate(cipher->seal, out, &written, plaintext.data, (int)plaintext.length) &&
           EVP_EncryptFinal_ex(cipher->seal, tag, &written) &&
           EVP_CIPHER_CTX_ctrl(cipher->seal, EVP_CTRL_AEAD_GET_TAG, ONEM2M_TAG_OCTETS, tag);
}

/* The protected header stands in *writer's octets already, behind room for the heads before it. */
static void write_encrypt0(ONEM2M_CBOR_WRITER *writer, ONEM2M_SLICE protected_header,
                           ONEM2M_SLICE iv, ONEM2M_SLICE ciphertext)
{
    onem2m_cbor_write_array(writer, 3);
    onem2m_cbor_write_octets_head(writer, protected_header.length);
    memmove(writer->data + writer->length, protected_header.data, protected_header.length);
    writer->length += protected_header.length;
    onem2m_cbor_write_map(writer, 1);
    onem2m_cbor_write_unsigned(writer, COSE_HEADER_IV);
    onem2m_cbor_write_octets(writer, iv);
    onem2m_cbor_write_octets(writer, ciphertext);
}

static int seal_cose_key(ONEM2M_RECORD_CIPHER *cipher, ONEM2M_SLICE name,
                         ONEM2M_SLICE protected_header, ONEM2M_SLICE cose_key,
                         ONEM2M_CBOR_WRITER *writer, ONEM2M_ERROR *error)
{
    unsigned char iv[ONEM2M_IV_OCTETS], ciphertext[KEY_MAP_MAX + ONEM2M_TAG_OCTETS];

    if (!is_readable(protected_header, cose_key))
        return onem2m_refuse(error, ONEM2M_R_BAD_ATTRIBUTE, ONEM2M_NO_OFFSET,
                             "record: kind, state or created is not set, or an attribute or the "
                             "key lies outside its range (docs/store-format.md)");
    if (RAND_bytes_ex(cipher->libctx, iv, sizeof(iv), 0) <= 0 ||
        !encrypt(cipher, name, protected_header, iv, cose_key, ciphertext))
        return refuse_crypto(error, "AES-256-GCM failed");
    write_encrypt0(writer, protected_header, (ONEM2M_SLICE){ iv, sizeof(iv) },
                   (ONEM2M_SLICE){ ciphertext, cose_key.length + ONEM2M_TAG_OCTETS });
    return !writer->full || refuse_length(error);
}

int onem2m_record_seal(ONEM2M_RECORD_CIPHER *cipher, ONEM2M_SLICE name,
                       const ONEM2M_ATTRIBUTES *attributes, const ONEM2M_MATERIAL *material,
                       unsigned char *out, size_t *length, ONEM2M_ERROR *error)
{
    unsigned char key_map[KEY_MAP_MAX];
    ONEM2M_CBOR_WRITER protected_header, record;
    size_t key_map_length;
    int ok;

    onem2m_cbor_writer_init(&protected_header, out + RECORD_HEAD_MAX,
                            ONEM2M_RECORD_MAX - RECORD_HEAD_MAX);
    write_protected(&protected_header, cipher->epoch, attributes);
    key_map_length = protected_header.full ? 0 : write_cose_key(key_map, material);
    if (key_map_length == 0)
        return refuse_length(error);
    onem2m_cbor_writer_init(&record, out, ONEM2M_RECORD_MAX);
    ok = seal_cose_key(cipher, name,
                       (ONEM2M_SLICE){ protected_header.data, protected_header.length },
                       (ONEM2M_SLICE){ key_map, key_map_length }, &record, error);
    OPENSSL_cleanse(key_map, key_map_length);
    if (ok)
        *length = record.length;
    return ok;
}

static int decrypt(ONEM2M_RECORD_CIPHER *cipher, ONEM2M_SLICE name, const ONEM2M_RECORD *record,
                   unsigned char *out, size_t length)
{
    unsigned char tag[ONEM2M_TAG_OCTETS];
    const OSSL_PARAM params[] = {
        OSSL_PARAM_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, tag, sizeof(tag)), OSSL_PARAM_END
    };
    int written;

    memcpy(tag, record->ciphertext.data + length, sizeof(tag));
    return EVP_DecryptInit_ex2(cipher->open, NULL, NULL, record->iv.data, params) &&
           authenticate_structure(cipher, cipher->open, record->protected_header, name) &&
           EVP_DecryptUpdate(cipher->open, out, &written, record->ciphertext.data, (int)length) &&
           EVP_DecryptFinal_ex(cipher->open, out + length, &written);
}

static void take_content(const ONEM2M_ATTRIBUTES *attributes, const CONTENT *content,
                         ONEM2M_RECORD_KEY *key)
{
    ONEM2M_TOKEN_KEY *token_key = &key->token_key;

    token_key->custody = attributes->custody;
    if (attributes->custody == ONEM2M_CUSTODY_SOFTWARE) {
        key->length = content->octets.length;
        memcpy(key->octets, content->octets.data, content->octets.length);
        return;
    }
    key->length = 0;
    token_key->birth = attributes->birth;
    token_key->extractable = attributes->extractable;
    token_key->key_length = content->key_length;
    token_key->length = content->octets.length;
    memcpy(token_key->reference, content->octets.data, content->octets.length);
}

int onem2m_record_open(ONEM2M_RECORD_CIPHER *cipher, ONEM2M_SLICE name, const ONEM2M_RECORD *record,
                       ONEM2M_ATTRIBUTES *attributes, ONEM2M_RECORD_KEY *key, ONEM2M_ERROR *error)
{
    const size_t length = record->ciphertext.length - ONEM2M_TAG_OCTETS;
    unsigned char key_map[KEY_MAP_MAX + ONEM2M_TAG_OCTETS];
    ONEM2M_ATTRIBUTES decoded;
    CONTENT content;
    int ok;

    if (record->epoch != cipher->epoch)
        return refuse(error, "of another epoch than the data key");
    if (!decrypt(cipher, name, record, key_map, length)) {
        OPENSSL_cleanse(key_map, length);
        return refuse(error, "it was changed, or belongs to another name, store or seal (A256GCM)");
    }
    ok = decode(record, (ONEM2M_SLICE){ key_map, length }, &decoded, &content);
    if (ok) {
        *attributes = decoded;
        take_content(attributes, &content, key);
    }
    OPENSSL_cleanse(key_map, length);
    return ok || refuse(error, "authentic, but not in the encoding of this version (RFC 8949 4.2)");
}
