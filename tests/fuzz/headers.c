/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The first octet of the input chooses what the rest is: 'h' a store's header,
 * 'i' its inner array with a MAC that fits, 'k' the map of its keys, sealed.
 * Aborts when a promise of header.h is broken; what is read must be what
 * encoding it again writes.
 */
#include "keystore/cbor.h"
#include "keystore/header.h"
#include "target.h"

static const ONEM2M_STORE_KEYS keys = { { 1, 2, 3 }, { { 1, { 4, 5, 6 } }, { 0, { 0 } } } };

static const ONEM2M_HEADER_CRYPTO *crypto(void)
{
    static ONEM2M_HMAC hmac;
    static ONEM2M_HEADER_CRYPTO made;

    if (made.sha256 == NULL) {
        made.sha256 = EVP_sha256();
        made.hmac = &hmac;
    }
    return &made;
}

static const ONEM2M_SEAL *seal(void)
{
    static ONEM2M_SEAL made;
    static const unsigned char octets[ONEM2M_SEAL_OCTETS] = { 7, 8, 9 };

    if (made.secret.octets == NULL) {
        HOLDS(onem2m_secret_reserve(&made.secret, sizeof(octets)));
        onem2m_secret_assign(&made.secret, octets, sizeof(octets));
    }
    return &made;
}

static void check_refusal(const ONEM2M_ERROR *error)
{
    HOLDS(error->reason == ONEM2M_R_HEADER_DAMAGED || error->reason == ONEM2M_R_STORE_FORMAT ||
          error->reason == ONEM2M_R_BAD_SEAL);
    HOLDS(memchr(error->detail, '\0', sizeof(error->detail)) != NULL && error->detail[0] != '\0');
}

static int same_wrapped(const ONEM2M_WRAPPED_SEAL *a, const ONEM2M_WRAPPED_SEAL *b)
{
    return a->length == b->length && memcmp(a->octets, b->octets, a->length) == 0;
}

static int same_header(const ONEM2M_HEADER *a, const ONEM2M_HEADER *b)
{
    return a->format == b->format && a->epoch == b->epoch && a->writes == b->writes &&
           a->records == b->records && a->epoch_writes == b->epoch_writes &&
           memcmp(a->identity, b->identity, sizeof(a->identity)) == 0 &&
           memcmp(a->set_hash, b->set_hash, sizeof(a->set_hash)) == 0 &&
           a->sealed_keys_length == b->sealed_keys_length &&
           memcmp(a->sealed_keys, b->sealed_keys, a->sealed_keys_length) == 0 &&
           same_wrapped(&a->wrapped, &b->wrapped);
}

/* What was read and encoded again, in the present format, is the same when it is read. */
static void encode_again(const ONEM2M_HEADER *header)
{
    ONEM2M_HEADER again = *header, found;
    unsigned char octets[ONEM2M_HEADER_MAX];
    ONEM2M_HEADER_PROOF proof;
    size_t length;

    if (again.format < ONEM2M_STORE_FORMAT)
        again.format = ONEM2M_STORE_FORMAT;
    memset(&found, 0, sizeof(found));
    HOLDS(onem2m_header_encode(&again, &keys, crypto(), octets, &length, NULL));
    HOLDS(onem2m_header_decode(&found, (ONEM2M_SLICE){ octets, length }, &proof, NULL));
    HOLDS(onem2m_header_authenticate(&found, &proof, &keys, crypto(), NULL));
    HOLDS(same_header(&found, &again));
}

/* Returns whether its MAC fits. */
static int decode(ONEM2M_SLICE octets)
{
    ONEM2M_HEADER_PROOF proof;
    ONEM2M_HEADER header;
    ONEM2M_ERROR error;

    memset(&header, 0, sizeof(header));
    if (!onem2m_header_decode(&header, octets, &proof, &error)) {
        check_refusal(&error);
        return 0;
    }
    HOLDS(proof.covered.data == octets.data + 1);
    HOLDS(proof.mac.data + proof.mac.length == octets.data + octets.length);
    encode_again(&header);
    return onem2m_header_authenticate(&header, &proof, &keys, crypto(), NULL);
}

/* [ inner, HMAC-SHA-256 ("h" || inner) ] */
static void decode_with_mac(ONEM2M_SLICE inner)
{
    static const unsigned char for_header = 'h';
    const ONEM2M_SLICE root = { keys.root, sizeof(keys.root) };
    const ONEM2M_SLICE parts[] = { { &for_header, 1 }, inner };
    unsigned char octets[1 + ONEM2M_HEADER_MAX + 34], mac[32];
    ONEM2M_CBOR_WRITER writer;
    ONEM2M_HEADER header;
    ONEM2M_HEADER_PROOF proof;

    onem2m_cbor_writer_init(&writer, octets, sizeof(octets));
    onem2m_cbor_write_array(&writer, 2);
    onem2m_cbor_write_encoded(&writer, inner);
    HOLDS(onem2m_hmac(crypto()->hmac, crypto()->sha256, root, parts, 2, mac, NULL));
    onem2m_cbor_write_octets(&writer, (ONEM2M_SLICE){ mac, sizeof(mac) });
    if (writer.full)
        return;
    if (onem2m_header_decode(&header, (ONEM2M_SLICE){ octets, writer.length }, &proof, NULL))
        HOLDS(decode((ONEM2M_SLICE){ octets, writer.length }));
}

static void open_keys(ONEM2M_SLICE map)
{
    static const ONEM2M_STORE_KEYS none = { .root = { 0 } };
    ONEM2M_HEADER header = { .identity = { 1 } };
    const ONEM2M_SLICE identity = { header.identity, sizeof(header.identity) };
    ONEM2M_STORE_KEYS opened, again;
    ONEM2M_ERROR error;

    if (map.length + ONEM2M_SEAL_OVERHEAD > ONEM2M_SEALED_KEYS_MAX)
        return;
    HOLDS(onem2m_seal_protect(seal(), NULL, identity, map, header.sealed_keys, NULL));
    header.sealed_keys_length = map.length + ONEM2M_SEAL_OVERHEAD;
    if (!onem2m_header_open_keys(&header, &opened, seal(), crypto(), &error)) {
        HOLDS(memcmp(&opened, &none, sizeof(none)) == 0);
        check_refusal(&error);
        return;
    }
    HOLDS(onem2m_header_seal_keys(&header, &opened, seal(), crypto(), NULL));
    HOLDS(header.sealed_keys_length == map.length + ONEM2M_SEAL_OVERHEAD);
    HOLDS(onem2m_header_open_keys(&header, &again, seal(), crypto(), NULL));
    HOLDS(memcmp(&again, &opened, sizeof(again)) == 0);
}

static void read_as(uint8_t choice, const uint8_t *data, size_t length)
{
    const ONEM2M_SLICE octets = { data, length };

    if (choice == 'h')
        decode(octets);
    else if (choice == 'i')
        decode_with_mac(octets);
    else if (choice == 'k')
        open_keys(octets);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return target_choose(data, size, read_as);
}
