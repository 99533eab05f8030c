/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include "cbor.h"
#include "header.h"

#define MAC_OCTETS 32
#define NONCE_OCTETS 16
#define KEYS_MAP_MAX (1 + (1 + ONEM2M_EPOCHS_MAX) * (5 + 2 + ONEM2M_DATA_KEY_OCTETS))

_Static_assert(KEYS_MAP_MAX + ONEM2M_SEAL_OVERHEAD <= ONEM2M_SEALED_KEYS_MAX, "the keys fit");

/* The first octet of what the root key's HMAC is taken of: what for. */
static const unsigned char for_header = 'h', for_pad = 'p';

/* In what the formats differ. A record's hash was made for another purpose in each, so that what
 * was in clear in format 1 tells nothing of format 2. */
typedef struct {
    uint64_t items; /* of the inner array */
    size_t nonce;   /* octets; 0: the set hash is not masked */
    unsigned char for_record;
    int has_wrapped_seal;
} FORMAT;

static const FORMAT formats[ONEM2M_STORE_FORMAT_TOKEN + 1] = {
    [1] = { 8, 0, 'r', 0 },
    [2] = { 9, NONCE_OCTETS, 's', 0 },
    [3] = { 10, NONCE_OCTETS, 's', 1 },
};

static int refuse(ONEM2M_ERROR *error, const char *what)
{
    return onem2m_refuse(error, ONEM2M_R_HEADER_DAMAGED, ONEM2M_NO_OFFSET, "store header: %s",
                         what);
}

void onem2m_store_keys_clear(ONEM2M_STORE_KEYS *keys)
{
    OPENSSL_cleanse(keys, sizeof(*keys));
}

const unsigned char *onem2m_store_keys_find(const ONEM2M_STORE_KEYS *keys, uint32_t epoch)
{
    size_t i;

    for (i = 0; i < ONEM2M_EPOCHS_MAX; i++) {
        if (epoch != 0 && keys->data[i].epoch == epoch)
            return keys->data[i].key;
    }
    return NULL;
}

int onem2m_header_create(ONEM2M_HEADER *header, ONEM2M_STORE_KEYS *keys, const ONEM2M_SEAL *seal,
                         const ONEM2M_HEADER_CRYPTO *crypto, ONEM2M_ERROR *error)
{
    memset(header, 0, sizeof(*header));
    memset(keys, 0, sizeof(*keys));
    header->format = ONEM2M_STORE_FORMAT;
    header->epoch = 1;
    keys->data[0].epoch = 1;
    if (RAND_bytes_ex(crypto->libctx, header->identity, sizeof(header->identity), 0) <= 0 ||
        RAND_priv_bytes_ex(crypto->libctx, keys->root, sizeof(keys->root), 0) <= 0 ||
        RAND_priv_bytes_ex(crypto->libctx, keys->data[0].key, ONEM2M_DATA_KEY_OCTETS, 0) <= 0) {
        onem2m_store_keys_clear(keys);
        return onem2m_refuse(error, ONEM2M_R_CRYPTO_FAILED, ONEM2M_NO_OFFSET,
                             "no random octets for a new store");
    }
    if (onem2m_header_seal_keys(header, keys, seal, crypto, error))
        return 1;
    onem2m_store_keys_clear(keys);
    return 0;
}

static void write_keys(ONEM2M_CBOR_WRITER *writer, const ONEM2M_STORE_KEYS *keys)
{
    const ONEM2M_SLICE root = { keys->root, sizeof(keys->root) };
    size_t i, count = 1;

    for (i = 0; i < ONEM2M_EPOCHS_MAX; i++)
        count += keys->data[i].epoch != 0;
    onem2m_cbor_write_map(writer, count);
    onem2m_cbor_write_unsigned(writer, 0);
    onem2m_cbor_write_octets(writer, root);
    for (i = 0; i < ONEM2M_EPOCHS_MAX; i++) {
        const ONEM2M_SLICE key = { keys->data[i].key, ONEM2M_DATA_KEY_OCTETS };

        if (keys->data[i].epoch == 0)
            continue;
        onem2m_cbor_write_unsigned(writer, keys->data[i].epoch);
        onem2m_cbor_write_octets(writer, key);
    }
}

static int read_key(ONEM2M_CBOR_READER *reader, unsigned char key[ONEM2M_DATA_KEY_OCTETS])
{
    ONEM2M_SLICE octets;

    if (!onem2m_cbor_read_octets(reader, &octets) || octets.length != ONEM2M_DATA_KEY_OCTETS)
        return 0;
    memcpy(key, octets.data, ONEM2M_DATA_KEY_OCTETS);
    return 1;
}

static int read_keys(ONEM2M_STORE_KEYS *keys, ONEM2M_SLICE map)
{
    ONEM2M_CBOR_READER reader;
    uint64_t pairs, epoch, last = 0;
    size_t i;

    memset(keys, 0, sizeof(*keys));
    onem2m_cbor_reader_init(&reader, map);
    if (!onem2m_cbor_read_map(&reader, &pairs) || pairs < 2 || pairs > 1 + ONEM2M_EPOCHS_MAX ||
        !onem2m_cbor_expect_unsigned(&reader, 0) || !read_key(&reader, keys->root))
        return 0;
    for (i = 0; i < pairs - 1; i++, last = epoch) {
        if (!onem2m_cbor_read_unsigned(&reader, &epoch) || epoch <= last || epoch > UINT32_MAX ||
            !read_key(&reader, keys->data[i].key))
            return 0;
        keys->data[i].epoch = (uint32_t)epoch;
    }
    return onem2m_cbor_at_end(&reader);
}

int onem2m_header_seal_keys(ONEM2M_HEADER *header, const ONEM2M_STORE_KEYS *keys,
                            const ONEM2M_SEAL *seal, const ONEM2M_HEADER_CRYPTO *crypto,
                            ONEM2M_ERROR *error)
{
    const ONEM2M_SLICE bound = { header->identity, sizeof(header->identity) };
    unsigned char map[KEYS_MAP_MAX];
    ONEM2M_CBOR_WRITER writer;
    int ok;

    onem2m_cbor_writer_init(&writer, map, sizeof(map));
    write_keys(&writer, keys);
    ok = onem2m_seal_protect(seal, crypto->libctx, bound,
                             (ONEM2M_SLICE){ writer.data, writer.length }, header->sealed_keys,
                             error);
    header->sealed_keys_length = writer.length + ONEM2M_SEAL_OVERHEAD;
    memcpy(&header->wrapped, &seal->wrapped, sizeof(header->wrapped));
    if (header->format >= ONEM2M_STORE_FORMAT)
        header->format = seal->wrapped.length > 0 ? ONEM2M_STORE_FORMAT_TOKEN : ONEM2M_STORE_FORMAT;
    OPENSSL_cleanse(map, sizeof(map));
    return ok;
}

int onem2m_header_open_keys(const ONEM2M_HEADER *header, ONEM2M_STORE_KEYS *keys,
                            const ONEM2M_SEAL *seal, const ONEM2M_HEADER_CRYPTO *crypto,
                            ONEM2M_ERROR *error)
{
    const ONEM2M_SLICE bound = { header->identity, sizeof(header->identity) };
    const ONEM2M_SLICE sealed = { header->sealed_keys, header->sealed_keys_length };
    unsigned char map[ONEM2M_SEALED_KEYS_MAX];
    int ok;

    if (!onem2m_seal_unprotect(seal, crypto->libctx, bound, sealed, map, error))
        return 0;
    ok = read_keys(keys, (ONEM2M_SLICE){ map, sealed.length - ONEM2M_SEAL_OVERHEAD });
    OPENSSL_cleanse(map, sizeof(map));
    if (ok)
        return 1;
    onem2m_store_keys_clear(keys);
    return refuse(error, "its keys opened, but are not in the encoding of this version");
}

static int root_hmac(unsigned char out[MAC_OCTETS], const unsigned char *purpose,
                     const ONEM2M_SLICE *parts, size_t count, const ONEM2M_STORE_KEYS *keys,
                     const ONEM2M_HEADER_CRYPTO *crypto, ONEM2M_ERROR *error)
{
    const ONEM2M_SLICE root = { keys->root, sizeof(keys->root) };
    ONEM2M_SLICE message[4] = { { purpose, 1 } };
    size_t i;

    for (i = 0; i < count; i++)
        message[1 + i] = parts[i];
    return onem2m_hmac(crypto->hmac, crypto->sha256, root, message, 1 + count, out, error);
}

/* Puts the pad of a nonce over a set hash, or takes it off. */
static int mask(unsigned char set_hash[ONEM2M_SET_HASH_OCTETS], ONEM2M_SLICE nonce,
                const ONEM2M_STORE_KEYS *keys, const ONEM2M_HEADER_CRYPTO *crypto,
                ONEM2M_ERROR *error)
{
    unsigned char pad[MAC_OCTETS];
    size_t i;

    if (!root_hmac(pad, &for_pad, &nonce, 1, keys, crypto, error))
        return 0;
    for (i = 0; i < ONEM2M_SET_HASH_OCTETS; i++)
        set_hash[i] ^= pad[i];
    return 1;
}

static void write_inner(ONEM2M_CBOR_WRITER *writer, const ONEM2M_HEADER *header, ONEM2M_SLICE nonce,
                        ONEM2M_SLICE masked)
{
    const ONEM2M_SLICE identity = { header->identity, sizeof(header->identity) };
    const ONEM2M_SLICE sealed = { header->sealed_keys, header->sealed_keys_length };
    const ONEM2M_SLICE wrapped = { header->wrapped.octets, header->wrapped.length };

    onem2m_cbor_write_array(writer, formats[header->format].items);
    onem2m_cbor_write_unsigned(writer, header->format);
    onem2m_cbor_write_octets(writer, identity);
    onem2m_cbor_write_unsigned(writer, header->writes);
    onem2m_cbor_write_unsigned(writer, header->records);
    onem2m_cbor_write_unsigned(writer, header->epoch);
    onem2m_cbor_write_unsigned(writer, header->epoch_writes);
    onem2m_cbor_write_octets(writer, nonce);
    onem2m_cbor_write_octets(writer, masked);
    onem2m_cbor_write_octets(writer, sealed);
    if (formats[header->format].has_wrapped_seal)
        onem2m_cbor_write_octets(writer, wrapped);
}

/* A nonce that no header had, and the set hash under its pad. */
static int mask_anew(const ONEM2M_HEADER *header, unsigned char nonce[NONCE_OCTETS],
                     unsigned char masked[ONEM2M_SET_HASH_OCTETS], const ONEM2M_STORE_KEYS *keys,
                     const ONEM2M_HEADER_CRYPTO *crypto, ONEM2M_ERROR *error)
{
    if (RAND_bytes_ex(crypto->libctx, nonce, NONCE_OCTETS, 0) <= 0)
        return onem2m_refuse(error, ONEM2M_R_CRYPTO_FAILED, ONEM2M_NO_OFFSET,
                             "no random octets for a store's header");
    memcpy(masked, header->set_hash, ONEM2M_SET_HASH_OCTETS);
    return mask(masked, (ONEM2M_SLICE){ nonce, NONCE_OCTETS }, keys, crypto, error);
}

int onem2m_header_encode(const ONEM2M_HEADER *header, const ONEM2M_STORE_KEYS *keys,
                         const ONEM2M_HEADER_CRYPTO *crypto, unsigned char *out, size_t *length,
                         ONEM2M_ERROR *error)
{
    unsigned char mac[MAC_OCTETS], nonce[NONCE_OCTETS], masked[ONEM2M_SET_HASH_OCTETS];
    ONEM2M_CBOR_WRITER writer;
    ONEM2M_SLICE covered;

    if (header->format < ONEM2M_STORE_FORMAT)
        return refuse(error, "of an older format, to be upgraded first");
    if (!mask_anew(header, nonce, masked, keys, crypto, error))
        return 0;
    onem2m_cbor_writer_init(&writer, out, ONEM2M_HEADER_MAX);
    onem2m_cbor_write_array(&writer, 2);
    covered.data = out + writer.length;
    write_inner(&writer, header, (ONEM2M_SLICE){ nonce, sizeof(nonce) },
                (ONEM2M_SLICE){ masked, sizeof(masked) });
    covered.length = (size_t)(out + writer.length - covered.data);
    if (!root_hmac(mac, &for_header, &covered, 1, keys, crypto, error))
        return 0;
    onem2m_cbor_write_octets(&writer, (ONEM2M_SLICE){ mac, sizeof(mac) });
    if (writer.full)
        return refuse(error, "it is too long");
    *length = writer.length;
    return 1;
}

static int read_fixed(ONEM2M_CBOR_READER *reader, unsigned char *out, size_t length)
{
    ONEM2M_SLICE octets;

    if (!onem2m_cbor_read_octets(reader, &octets) || octets.length != length)
        return 0;
    memcpy(out, octets.data, length);
    return 1;
}

static int read_sealed_keys(ONEM2M_CBOR_READER *reader, ONEM2M_HEADER *header)
{
    ONEM2M_SLICE sealed;

    if (!onem2m_cbor_read_octets(reader, &sealed) || sealed.length <= ONEM2M_SEAL_OVERHEAD ||
        sealed.length > sizeof(header->sealed_keys))
        return 0;
    memcpy(header->sealed_keys, sealed.data, sealed.length);
    header->sealed_keys_length = sealed.length;
    return 1;
}

static int read_wrapped_seal(ONEM2M_CBOR_READER *reader, ONEM2M_HEADER *header)
{
    ONEM2M_SLICE wrapped;

    header->wrapped.length = 0;
    if (!formats[header->format].has_wrapped_seal)
        return 1;
    if (!onem2m_cbor_read_octets(reader, &wrapped) || wrapped.length == 0 ||
        wrapped.length > sizeof(header->wrapped.octets))
        return 0;
    memcpy(header->wrapped.octets, wrapped.data, wrapped.length);
    header->wrapped.length = wrapped.length;
    return 1;
}

static int read_nonce(ONEM2M_CBOR_READER *reader, ONEM2M_SLICE *nonce, size_t length)
{
    nonce->length = 0;
    return length == 0 || (onem2m_cbor_read_octets(reader, nonce) && nonce->length == length);
}

static int read_inner(ONEM2M_CBOR_READER *reader, ONEM2M_HEADER *header, ONEM2M_SLICE *nonce)
{
    uint64_t epoch;

    if (!read_fixed(reader, header->identity, sizeof(header->identity)) ||
        !onem2m_cbor_read_unsigned(reader, &header->writes) ||
        !onem2m_cbor_read_unsigned(reader, &header->records) ||
        !onem2m_cbor_read_unsigned(reader, &epoch) || epoch == 0 || epoch > UINT32_MAX ||
        !onem2m_cbor_read_unsigned(reader, &header->epoch_writes) ||
        !read_nonce(reader, nonce, formats[header->format].nonce) ||
        !read_fixed(reader, header->set_hash, sizeof(header->set_hash)))
        return 0;
    header->epoch = (uint32_t)epoch;
    return read_sealed_keys(reader, header) && read_wrapped_seal(reader, header);
}

/* What follows the format is of its own form in each, so it is asked for first. */
static int read_format(ONEM2M_CBOR_READER *reader, ONEM2M_HEADER *header, ONEM2M_ERROR *error)
{
    uint64_t count, format;

    if (!onem2m_cbor_read_array(reader, &count) || !onem2m_cbor_read_unsigned(reader, &format))
        return refuse(error, "not of an onem2m store");
    if (format < ONEM2M_STORE_FORMAT_OLDEST || format > ONEM2M_STORE_FORMAT_TOKEN)
        return onem2m_refuse(error, ONEM2M_R_STORE_FORMAT, ONEM2M_NO_OFFSET,
                             "store format %llu; this version reads formats %d to %d: another "
                             "version of onem2m-provider is needed",
                             (unsigned long long)format, ONEM2M_STORE_FORMAT_OLDEST,
                             ONEM2M_STORE_FORMAT_TOKEN);
    header->format = (unsigned int)format;
    return count == formats[format].items || refuse(error, "damaged");
}

int onem2m_header_decode(ONEM2M_HEADER *header, ONEM2M_SLICE octets, ONEM2M_HEADER_PROOF *proof,
                         ONEM2M_ERROR *error)
{
    ONEM2M_CBOR_READER reader;
    uint64_t count;
    size_t start;

    onem2m_cbor_reader_init(&reader, octets);
    if (!onem2m_cbor_read_array(&reader, &count) || count != 2)
        return refuse(error, "not of an onem2m store");
    start = reader.position;
    if (!read_format(&reader, header, error))
        return 0;
    if (!read_inner(&reader, header, &proof->nonce))
        return refuse(error, "damaged");
    proof->covered.data = octets.data + start;
    proof->covered.length = reader.position - start;
    if (!onem2m_cbor_read_octets(&reader, &proof->mac) || proof->mac.length != MAC_OCTETS ||
        !onem2m_cbor_at_end(&reader))
        return refuse(error, "damaged");
    return 1;
}

int onem2m_header_authenticate(ONEM2M_HEADER *header, const ONEM2M_HEADER_PROOF *proof,
                               const ONEM2M_STORE_KEYS *keys, const ONEM2M_HEADER_CRYPTO *crypto,
                               ONEM2M_ERROR *error)
{
    unsigned char expected[MAC_OCTETS];

    if (!root_hmac(expected, &for_header, &proof->covered, 1, keys, crypto, error))
        return 0;
    if (CRYPTO_memcmp(proof->mac.data, expected, sizeof(expected)) != 0)
        return refuse(error, "it was changed: its MAC does not fit");
    return proof->nonce.length == 0 || mask(header->set_hash, proof->nonce, keys, crypto, error);
}

static int record_hash(unsigned char out[ONEM2M_SET_HASH_OCTETS], const ONEM2M_HEADER *header,
                       ONEM2M_SLICE name, ONEM2M_SLICE record, const ONEM2M_STORE_KEYS *keys,
                       const ONEM2M_HEADER_CRYPTO *crypto, ONEM2M_ERROR *error)
{
    const unsigned char length[2] = { (unsigned char)(name.length >> 8),
                                      (unsigned char)name.length };
    const ONEM2M_SLICE parts[] = { { length, sizeof(length) }, name, record };

    return root_hmac(out, &formats[header->format].for_record, parts, 3, keys, crypto, error);
}

/* Adds the record's hash or, with flip 0xFF, its two's complement, which takes it away again. */
static int change_set_hash(ONEM2M_HEADER *header, unsigned char flip, ONEM2M_SLICE name,
                           ONEM2M_SLICE record, const ONEM2M_STORE_KEYS *keys,
                           const ONEM2M_HEADER_CRYPTO *crypto, ONEM2M_ERROR *error)
{
    unsigned char hash[ONEM2M_SET_HASH_OCTETS];
    unsigned int carry = flip & 1U;
    size_t i;

    if (!record_hash(hash, header, name, record, keys, crypto, error))
        return 0;
    for (i = ONEM2M_SET_HASH_OCTETS; i-- > 0; carry >>= 8) {
        carry += (unsigned int)header->set_hash[i] + (hash[i] ^ flip);
        header->set_hash[i] = (unsigned char)carry;
    }
    return 1;
}

int onem2m_set_hash_add(ONEM2M_HEADER *header, ONEM2M_SLICE name, ONEM2M_SLICE record,
                        const ONEM2M_STORE_KEYS *keys, const ONEM2M_HEADER_CRYPTO *crypto,
                        ONEM2M_ERROR *error)
{
    return change_set_hash(header, 0, name, record, keys, crypto, error);
}

int onem2m_set_hash_remove(ONEM2M_HEADER *header, ONEM2M_SLICE name, ONEM2M_SLICE record,
                           const ONEM2M_STORE_KEYS *keys, const ONEM2M_HEADER_CRYPTO *crypto,
                           ONEM2M_ERROR *error)
{
    return change_set_hash(header, 0xFF, name, record, keys, crypto, error);
}
