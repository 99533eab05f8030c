/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "keystore/record.h"
#include "octets.h"

#define EPOCH 258
#define RECORD_TEXTS 9

static const unsigned char identity[ONEM2M_STORE_IDENTITY_OCTETS] = {
    0xA0, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7, 0xA8, 0xA9, 0xAA, 0xAB, 0xAC, 0xAD, 0xAE, 0xAF
};
static const unsigned char data_key[ONEM2M_DATA_KEY_OCTETS] = { 0,  1,  2,  3,  4,  5,  6,  7,
                                                                8,  9,  10, 11, 12, 13, 14, 15,
                                                                16, 17, 18, 19, 20, 21, 22, 23,
                                                                24, 25, 26, 27, 28, 29, 30, 31 };
static const char name[] = "82CA6FADC18789491AA65339C51B58A3@mef.example.com\0\x02";
#define NAME_LENGTH (sizeof(name) - 1)

/* Written by sealed_record.py, which shares nothing with the code under test. */
static const char sealed[] =
    "8358f1a301033a000100001901023a00010001ae01020301041a6b49d200051a6b4b238006010801"
    "0a010b11107830383243413646414443313837383934393141413635333339433531423538413340"
    "6d65662e6578616d706c652e636f6d117818656e726f6c656531406d65662e6578616d706c652e63"
    "6f6d12732f2f73702e6578616d706c652e636f6d2f536114783c2f2f73702e6578616d706c652e63"
    "6f6d2f637365313d637365312e6578616d706c652e636f6d202f2f73702e6578616d706c652e636f"
    "6d2f6373653215656dc3a4727a1818781b68747470733a2f2f696e2e6578616d706c652e636f6d2f"
    "62617365a1054c101112131415161718191a1b5836dfff9c3611e97af288364c58493e211a9d1b02"
    "43558d07e0b5aab63208030c820ab20b5eabf9273ece327573102db89a6d349c3643da";

typedef struct {
    ONEM2M_ATTRIBUTES attributes;
    unsigned char secret[ONEM2M_KEY_OCTETS_MAX];
    size_t length;
} OPENED;

typedef struct {
    ONEM2M_RECORD_CIPHER cipher;
} FIXTURE;

static int set_up(void **state)
{
    static FIXTURE fixture;

    assert_true(onem2m_record_cipher_init(&fixture.cipher, NULL, identity, EPOCH, data_key, NULL));
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    FIXTURE *fixture = *state;

    onem2m_record_cipher_clear(&fixture->cipher);
    assert_null(fixture->cipher.open);
    onem2m_record_cipher_clear(&fixture->cipher);
    return 0;
}

static ONEM2M_SLICE own_name(void)
{
    return slice(name, NAME_LENGTH);
}

static int open_as(ONEM2M_RECORD_CIPHER *cipher, ONEM2M_SLICE under, ONEM2M_SLICE record,
                   OPENED *opened, ONEM2M_ERROR *error)
{
    ONEM2M_RECORD parsed;

    return onem2m_record_parse(&parsed, record, error) &&
           onem2m_record_open(cipher, under, &parsed, &opened->attributes, opened->secret,
                              &opened->length, error);
}

/* Of a copy as long as the record is, so that a sanitizer sees a read beyond it. */
static void must_refuse(ONEM2M_RECORD_CIPHER *cipher, ONEM2M_SLICE under, const void *octets,
                        size_t length, const char *what)
{
    unsigned char *copy = (unsigned char *)exact_copy(octets, length);
    ONEM2M_ERROR error;
    OPENED opened;

    memset(&opened, UNTOUCHED, sizeof(opened));
    if (open_as(cipher, under, slice(copy, length), &opened, &error))
        fail_msg("%s: it opened", what);
    assert_untouched(&opened, sizeof(opened));
    assert_int_equal(error.reason, ONEM2M_R_RECORD_DAMAGED);
    assert_memory_equal(error.detail, "record: ", 8);
    assert_printable(error.detail);
    free(copy);
}

/* ---- Round trips ---- */

static void random_text(ONEM2M_SLICE *out, unsigned char *storage)
{
    const unsigned int longest = random_below(10) == 0 ? 3000 : 60;

    out->length = random_below(3) == 0 ? 0 : random_below(longest) + 1;
    out->data = storage;
    for (size_t i = 0; i < out->length; i++)
        storage[i] = (unsigned char)(' ' + random_below(95));
}

static int64_t random_time(void)
{
    return (int64_t)random_below(1U << 31) * random_below(100) + 1;
}

static void random_attributes(ONEM2M_ATTRIBUTES *a, unsigned char storage[RECORD_TEXTS][3000])
{
    memset(a, 0, sizeof(*a));
    a->kind = (ONEM2M_KIND)(1 + random_below(ONEM2M_KIND_MAX));
    a->parent_kind = (ONEM2M_KIND)random_below(ONEM2M_KIND_MAX + 1);
    a->suid = random_below(100);
    a->purpose = (ONEM2M_PURPOSE)random_below(5);
    a->state = (ONEM2M_STATE)(1 + random_below(4));
    a->registration = (int)random_below(2);
    a->extractable = (int)random_below(2);
    a->derive_octets = (int)random_below(2);
    a->allowed_suids = random_below(32);
    a->created = random_time();
    a->not_after = random_below(2) ? random_time() : 0;
    for (size_t i = 0; i < ONEM2M_TEXT_COUNT; i++)
        random_text(&a->text[i], storage[i]);
}

static void assert_same_attributes(const ONEM2M_ATTRIBUTES *a, const ONEM2M_ATTRIBUTES *b)
{
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->parent_kind, b->parent_kind);
    assert_int_equal(a->suid, b->suid);
    assert_int_equal(a->purpose, b->purpose);
    assert_int_equal(a->state, b->state);
    assert_int_equal(a->registration, b->registration);
    assert_int_equal(a->extractable, b->extractable);
    assert_int_equal(a->derive_octets, b->derive_octets);
    assert_int_equal(a->allowed_suids, b->allowed_suids);
    assert_true(a->created == b->created && a->not_after == b->not_after);
    for (size_t i = 0; i < ONEM2M_TEXT_COUNT; i++) {
        assert_int_equal(a->text[i].length, b->text[i].length);
        if (a->text[i].length > 0)
            assert_memory_equal(a->text[i].data, b->text[i].data, a->text[i].length);
    }
}

static void opens_what_was_sealed(void **state)
{
    static unsigned char storage[RECORD_TEXTS][3000], out[ONEM2M_RECORD_MAX];
    FIXTURE *fixture = *state;

    assert_int_equal(ONEM2M_TEXT_COUNT, RECORD_TEXTS);
    for (int i = 0; i < 2000; i++) {
        unsigned char secret[ONEM2M_KEY_OCTETS_MAX];
        const size_t secret_length = random_below(ONEM2M_KEY_OCTETS_MAX + 1);
        ONEM2M_ATTRIBUTES attributes;
        ONEM2M_ERROR error;
        OPENED opened;
        size_t length;

        random_attributes(&attributes, storage);
        random_octets(secret, secret_length);
        memset(&opened, UNTOUCHED, sizeof(opened));
        if (!onem2m_record_seal(&fixture->cipher, own_name(), &attributes,
                                slice(secret, secret_length), out, &length, &error) ||
            !open_as(&fixture->cipher, own_name(), slice(out, length), &opened, &error))
            fail_msg("%d: %s", i, error.detail);
        assert_same_attributes(&opened.attributes, &attributes);
        assert_int_equal(opened.length, secret_length);
        assert_memory_equal(opened.secret, secret, secret_length);
        assert_untouched(opened.secret + secret_length, sizeof(opened.secret) - secret_length);
    }
}

static ONEM2M_ATTRIBUTES least_attributes(void)
{
    return (ONEM2M_ATTRIBUTES){
        .kind = ONEM2M_KIND_KE, .state = ONEM2M_STATE_ACTIVE, .created = 1, .derive_octets = 1
    };
}

static void seals_with_a_fresh_iv(void **state)
{
    static unsigned char first[ONEM2M_RECORD_MAX], second[ONEM2M_RECORD_MAX];
    const ONEM2M_ATTRIBUTES attributes = least_attributes();
    FIXTURE *fixture = *state;
    ONEM2M_RECORD one, other;
    size_t length, other_length;

    assert_true(onem2m_record_seal(&fixture->cipher, own_name(), &attributes, slice("12345678", 8),
                                   first, &length, NULL));
    assert_true(onem2m_record_seal(&fixture->cipher, own_name(), &attributes, slice("12345678", 8),
                                   second, &other_length, NULL));
    assert_true(onem2m_record_parse(&one, slice(first, length), NULL));
    assert_true(onem2m_record_parse(&other, slice(second, other_length), NULL));
    assert_int_equal(one.iv.length, 12);
    assert_memory_not_equal(one.iv.data, other.iv.data, 12);
    assert_memory_not_equal(one.ciphertext.data, other.ciphertext.data, 8);
}

static const unsigned char zeros[ONEM2M_KEY_OCTETS_MAX + 1];

/* What could not be opened again is not sealed. */
/* NOLINTNEXTLINE(readability-function-cognitive-complexity): a table, a row a case */
static void seals_nothing_unreadable(void **state)
{
    enum {
        CREATED,
        KIND,
        KIND_HIGH,
        STATE,
        STATE_HIGH,
        SUID,
        TIME,
        PURPOSE,
        SUIDS,
        TEXT,
        LONG,
        KEY,
        CASES
    };
    static unsigned char text[ONEM2M_ATTRIBUTE_MAX + 1], out[ONEM2M_RECORD_MAX];
    FIXTURE *fixture = *state;

    memset(text, 'a', sizeof(text));
    for (int i = 0; i < CASES; i++) {
        ONEM2M_ATTRIBUTES a = least_attributes();
        ONEM2M_ERROR error;
        size_t length = 0;
        int sealed_it;

        a.created = i == CREATED ? 0 : a.created;
        a.kind = i == KIND ? (ONEM2M_KIND)0 : i == KIND_HIGH ? (ONEM2M_KIND)13 : a.kind;
        a.state = i == STATE ? (ONEM2M_STATE)0 : i == STATE_HIGH ? (ONEM2M_STATE)5 : a.state;
        a.suid = i == SUID ? 100 : 0;
        a.not_after = i == TIME ? -1 : 0;
        a.purpose = i == PURPOSE ? (ONEM2M_PURPOSE)5 : ONEM2M_PURPOSE_NONE;
        a.allowed_suids = i == SUIDS ? 32 : 0;
        for (size_t t = 0; t < (i == TEXT ? 1 : i == LONG ? ONEM2M_TEXT_COUNT : 0); t++)
            a.text[t] = slice(text, i == TEXT ? sizeof(text) : ONEM2M_ATTRIBUTE_MAX);
        sealed_it =
            onem2m_record_seal(&fixture->cipher, own_name(), &a,
                               slice(zeros, i == KEY ? sizeof(zeros) : 32), out, &length, &error);
        if (sealed_it)
            fail_msg("case %d was sealed", i);
        assert_int_equal(error.reason, i == LONG ? ONEM2M_R_BAD_LENGTH : ONEM2M_R_BAD_ATTRIBUTE);
        assert_int_equal(length, 0);
    }
}

static void seals_up_to_the_limit(void **state)
{
    static unsigned char text[ONEM2M_ATTRIBUTE_MAX], out[ONEM2M_RECORD_MAX + 1];
    ONEM2M_ATTRIBUTES a = least_attributes();
    FIXTURE *fixture = *state;
    size_t length, longest = 0;
    OPENED opened;

    memset(text, 'a', sizeof(text));
    out[ONEM2M_RECORD_MAX] = UNTOUCHED;
    for (size_t t = 0; t < 3; t++)
        a.text[t] = slice(text, sizeof(text));
    for (size_t last = 15000; last <= ONEM2M_ATTRIBUTE_MAX; last++) {
        a.text[3] = slice(text, last);
        if (onem2m_record_seal(&fixture->cipher, own_name(), &a, slice(zeros, 512), out, &length,
                               NULL)) {
            assert_int_equal(longest == 0 ? length : longest + 1, length);
            longest = length;
            assert_true(open_as(&fixture->cipher, own_name(), slice(out, length), &opened, NULL));
        }
    }
    assert_int_equal(longest, ONEM2M_RECORD_MAX);
    assert_int_equal(out[ONEM2M_RECORD_MAX], UNTOUCHED);
}

/* ---- The fixed record ---- */

static void opens_the_fixed_record(void **state)
{
    static const char *const texts[ONEM2M_TEXT_COUNT] = {
        [ONEM2M_TEXT_KEY_ID] = "82CA6FADC18789491AA65339C51B58A3@mef.example.com",
        [ONEM2M_TEXT_PARENT_KEY_ID] = "enrolee1@mef.example.com",
        [ONEM2M_TEXT_SOURCE_ID] = "//sp.example.com/Sa",
        [ONEM2M_TEXT_TARGET_IDS] = "//sp.example.com/cse1=cse1.example.com //sp.example.com/cse2",
        [ONEM2M_TEXT_LABELS] = "m\xC3\xA4rz",
        [ONEM2M_TEXT_REGISTRAR_URI] = "https://in.example.com/base",
    };
    ONEM2M_ATTRIBUTES expected = { .kind = ONEM2M_KIND_KE,
                                   .parent_kind = ONEM2M_KIND_KPM,
                                   .state = ONEM2M_STATE_ACTIVE,
                                   .registration = 1,
                                   .allowed_suids = 0x11,
                                   .created = 1800000000,
                                   .not_after = 1800086400 };
    FIXTURE *fixture = *state;
    ONEM2M_ERROR error;
    OPENED opened;
    size_t length;
    unsigned char *record = from_hex(sealed, &length);

    for (size_t i = 0; i < ONEM2M_TEXT_COUNT; i++)
        expected.text[i] = text_slice(texts[i] != NULL ? texts[i] : "");
    if (!open_as(&fixture->cipher, own_name(), slice(record, length), &opened, &error))
        fail_msg("%s", error.detail);
    assert_same_attributes(&opened.attributes, &expected);
    assert_int_equal(opened.length, 32);
    for (size_t i = 0; i < 32; i++)
        assert_int_equal(opened.secret[i], 0x40 + i);
    free(record);
}

static void refuses_every_bit_flipped(void **state)
{
    FIXTURE *fixture = *state;
    size_t length;
    unsigned char *record = from_hex(sealed, &length);

    for (size_t bit = 0; bit < 8 * length; bit++) {
        record[bit / 8] ^= (unsigned char)(1 << bit % 8);
        must_refuse(&fixture->cipher, own_name(), record, length, "a bit flipped");
        record[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    free(record);
}

static void refuses_every_other_length(void **state)
{
    FIXTURE *fixture = *state;
    unsigned char longer[1024] = { 0 };
    size_t length;
    unsigned char *record = from_hex(sealed, &length);

    for (size_t cut = 0; cut < length; cut++)
        must_refuse(&fixture->cipher, own_name(), record, cut, "cut");
    memcpy(longer, record, length);
    must_refuse(&fixture->cipher, own_name(), longer, length + 1, "an octet more");
    memcpy(longer + length, record, length);
    must_refuse(&fixture->cipher, own_name(), longer, 2 * length, "twice");
    free(record);
}

static void refuses_another_name(void **state)
{
    FIXTURE *fixture = *state;
    unsigned char other[NAME_LENGTH + 1] = { 0 };
    size_t length;
    unsigned char *record = from_hex(sealed, &length);

    memcpy(other, name, NAME_LENGTH);
    for (size_t i = 0; i < NAME_LENGTH; i++) {
        other[i] ^= 1;
        must_refuse(&fixture->cipher, slice(other, NAME_LENGTH), record, length, "another name");
        must_refuse(&fixture->cipher, slice(name, i), record, length, "a shorter name");
        other[i] ^= 1;
    }
    must_refuse(&fixture->cipher, slice(other, NAME_LENGTH + 1), record, length, "a longer name");
    must_refuse(&fixture->cipher, slice(zeros, 513), record, length, "a name of 513 octets");
    free(record);
}

static void refuses_another_store(void **state)
{
    unsigned char store[ONEM2M_STORE_IDENTITY_OCTETS], key[ONEM2M_DATA_KEY_OCTETS];
    ONEM2M_RECORD_CIPHER cipher;
    size_t length;
    unsigned char *record = from_hex(sealed, &length);

    (void)state;
    memcpy(store, identity, sizeof(store));
    memcpy(key, data_key, sizeof(key));
    for (size_t i = 0; i < 3; i++) {
        store[15] ^= i == 0;
        key[31] ^= i == 1;
        assert_true(onem2m_record_cipher_init(&cipher, NULL, store, EPOCH + (i == 2), key, NULL));
        must_refuse(&cipher, own_name(), record, length, "another identity, key or epoch");
        onem2m_record_cipher_clear(&cipher);
        memcpy(store, identity, sizeof(store));
        memcpy(key, data_key, sizeof(key));
    }
    free(record);
}

static void a_failure_leaves_the_cipher_usable(void **state)
{
    FIXTURE *fixture = *state;
    OPENED opened;
    size_t length;
    unsigned char *record = from_hex(sealed, &length);

    for (int i = 0; i < 3; i++) {
        record[length - 1] ^= 1;
        must_refuse(&fixture->cipher, own_name(), record, length, "the tag");
        record[length - 1] ^= 1;
        assert_true(open_as(&fixture->cipher, own_name(), slice(record, length), &opened, NULL));
    }
    free(record);
}

/* ---- Records that somebody with the key has made, but not this program ---- */

typedef struct {
    unsigned char octets[2048];
    size_t length;
} BUFFER;

static void append(BUFFER *buffer, const void *octets, size_t length)
{
    assert_true(length <= sizeof(buffer->octets) - buffer->length);
    memcpy(buffer->octets + buffer->length, octets, length);
    buffer->length += length;
}

static void append_hex(BUFFER *buffer, const char *hex)
{
    size_t length;
    unsigned char *octets = from_hex(hex, &length);

    append(buffer, octets, length);
    free(octets);
}

static void append_string(BUFFER *buffer, const void *octets, size_t length)
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

static void gcm(BUFFER *out, const BUFFER *additional, const unsigned char *iv,
                const BUFFER *plaintext)
{
    EVP_CIPHER *aes = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    unsigned char octets[2048];
    int written;

    assert_true(EVP_EncryptInit_ex2(context, aes, data_key, iv, NULL));
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

/* Hexadecimal of the parts of a record; NULL for what the fixed record has. */
typedef struct {
    const char *what;
    int good;
    const char *protected_header;
    const char *attributes; /* only without protected_header */
    const char *cose_key;
    const char *start, *unprotected_header, *end; /* before, between, after the strings */
} CRAFTED;

#define LEAST "a3010203010401"
#define COSE_KEY                                                                                   \
    "a201042048"                                                                                   \
    "3132333435363738"

static void craft(BUFFER *record, const CRAFTED *crafted)
{
    static const unsigned char iv[12] = { 1 };
    BUFFER protected_header = { .length = 0 }, external = { .length = 0 }, aad = { .length = 0 };
    BUFFER plaintext = { .length = 0 }, ciphertext;

    if (crafted->protected_header != NULL) {
        append_hex(&protected_header, crafted->protected_header);
    } else {
        append_hex(&protected_header, "a301033a000100001901023a00010001");
        append_hex(&protected_header, crafted->attributes != NULL ? crafted->attributes : LEAST);
    }
    append_hex(&plaintext, crafted->cose_key != NULL ? crafted->cose_key : COSE_KEY);
    append_hex(&external, "82");
    append_string(&external, identity, sizeof(identity));
    append_string(&external, name, NAME_LENGTH);
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

#define ATTRIBUTES(what, good, hex)                                                                \
    {                                                                                              \
        what, good, NULL, hex, NULL, NULL, NULL, NULL                                              \
    }
#define PROTECTED(what, hex)                                                                       \
    {                                                                                              \
        what, 0, hex, NULL, NULL, NULL, NULL, NULL                                                 \
    }
#define KEY_MAP(what, good, hex)                                                                   \
    {                                                                                              \
        what, good, NULL, NULL, hex, NULL, NULL, NULL                                              \
    }

static const CRAFTED crafted[] = {
    ATTRIBUTES("least", 1, LEAST),
    ATTRIBUTES("all numbers", 1, "ab0101020103040401050106010701080109010a010b01"),
    ATTRIBUTES("greatest numbers", 1,
               "ab010c0218630304041b7fffffffffffffff051b7fffffffffffffff060c07040801"
               "09010a010b181f"),
    ATTRIBUTES("a text", 1,
               "a401020301040110"
               "6161"),
    ATTRIBUTES("the last text", 1,
               "a40102030104011818"
               "6161"),
    ATTRIBUTES("no attributes", 0, "a0"),
    ATTRIBUTES("no kind", 0, "a203010401"),
    ATTRIBUTES("no state", 0, "a201020401"),
    ATTRIBUTES("no created", 0, "a201020301"),
    ATTRIBUTES("label 0", 0, "a40001010203010401"),
    ATTRIBUTES("label 12", 0, "a40102030104010c01"),
    ATTRIBUTES("label 15", 0, "a40102030104010f01"),
    ATTRIBUTES("label 25", 0, "a401020301040118196161"),
    ATTRIBUTES("label of 64 bits", 0,
               "a40102030104011b0000000100000001"
               "01"),
    ATTRIBUTES("a negative label", 0, "a40102030104012001"),
    ATTRIBUTES("a text as label", 0, "a4010203010401616101"),
    ATTRIBUTES("unsorted", 0, "a3030101020401"),
    ATTRIBUTES("twice the same label", 0, "a40102010203010401"),
    ATTRIBUTES("a pair more than there is", 0, "a4010203010401"),
    ATTRIBUTES("a pair fewer than there are", 0, "a2010203010401"),
    ATTRIBUTES("more pairs than anything", 0,
               "bbffffffffffffffff"
               "010203010401"),
    ATTRIBUTES("count not shortest", 0, "b803010203010401"),
    ATTRIBUTES("label not shortest", 0, "a318010203010401"),
    ATTRIBUTES("value not shortest", 0, "a301180203010401"),
    ATTRIBUTES("indefinite map", 0, "bf010203010401ff"),
    ATTRIBUTES("an array", 0, "83010203"),
    ATTRIBUTES("a tagged map", 0, "c0" LEAST),
    ATTRIBUTES("octets after the map", 0, LEAST "00"),
    ATTRIBUTES("kind 0", 0, "a3010003010401"),
    ATTRIBUTES("kind 13", 0, "a3010d03010401"),
    ATTRIBUTES("suid 0", 0, "a40102020003010401"),
    ATTRIBUTES("suid 100", 0, "a4010202186403010401"),
    ATTRIBUTES("state 0", 0, "a3010203000401"),
    ATTRIBUTES("state 5", 0, "a3010203050401"),
    ATTRIBUTES("created 0", 0, "a3010203010400"),
    ATTRIBUTES("created beyond 63 bits", 0, "a301020301041b8000000000000000"),
    ATTRIBUTES("created before 1970", 0, "a3010203010420"),
    ATTRIBUTES("created a float", 0, "a30102030104f93c00"),
    ATTRIBUTES("created with a tag", 0,
               "a301020301"
               "04c101"),
    ATTRIBUTES("not-after 0", 0, "a40102030104010500"),
    ATTRIBUTES("parent's kind 0", 0, "a40102030104010600"),
    ATTRIBUTES("parent's kind 13", 0, "a4010203010401060d"),
    ATTRIBUTES("purpose 0", 0, "a40102030104010700"),
    ATTRIBUTES("purpose 5", 0, "a40102030104010705"),
    ATTRIBUTES("registration 0", 0, "a40102030104010800"),
    ATTRIBUTES("registration 2", 0, "a40102030104010802"),
    ATTRIBUTES("registration true", 0, "a401020301040108f5"),
    ATTRIBUTES("extractable 2", 0, "a40102030104010902"),
    ATTRIBUTES("no derived octets 2", 0, "a40102030104010a02"),
    ATTRIBUTES("allowed SUIDs 0", 0, "a40102030104010b00"),
    ATTRIBUTES("allowed SUIDs 32", 0, "a40102030104010b1820"),
    ATTRIBUTES("an empty text", 0, "a40102030104011060"),
    ATTRIBUTES("octets for a text", 0,
               "a401020301040110"
               "4161"),
    ATTRIBUTES("a number for a text", 0, "a40102030104011001"),
    ATTRIBUTES("an indefinite text", 0,
               "a401020301040110"
               "7f6161ff"),
    ATTRIBUTES("a text beyond the end", 0,
               "a401020301040110"
               "6261"),
    ATTRIBUTES("a text for a number", 0,
               "a3"
               "016101"
               "03010401"),
    PROTECTED("an empty protected header", ""),
    PROTECTED("an empty map", "a0"),
    PROTECTED("no algorithm", "a23a000100001901023a00010001" LEAST),
    PROTECTED("A128GCM", "a301013a000100001901023a00010001" LEAST),
    PROTECTED("epoch 0", "a301033a00010000003a00010001" LEAST),
    PROTECTED("epoch not shortest", "a301033a000100001a000001023a00010001" LEAST),
    PROTECTED("epoch of 33 bits", "a301033a000100001b00000001000000003a00010001" LEAST),
    PROTECTED("attributes before epoch", "a301033a00010001" LEAST "3a00010000190102"),
    PROTECTED("a fourth parameter", "a401033a000100001901023a00010001" LEAST "3a0001000200"),
    PROTECTED("critical parameters", "a4010302811a000100003a000100001901023a00010001" LEAST),
    PROTECTED("epoch twice", "a301033a000100001901023a00010000190102"),
    KEY_MAP("a tombstone", 1, "a201042040"),
    KEY_MAP("no octets", 0, "a10104"),
    KEY_MAP("another key type", 0, "a20102204131"),
    KEY_MAP("unsorted", 0, "a22041310104"),
    KEY_MAP("a kid", 0,
            "a301040241312041"
            "31"),
    KEY_MAP("text for octets", 0, "a20104206131"),
    KEY_MAP("length not shortest", 0, "a2010420580131"),
    KEY_MAP("indefinite octets", 0, "a20104205f4131ff"),
    KEY_MAP("octets after the map", 0, COSE_KEY "00"),
    KEY_MAP("cut off", 0,
            "a2010420483132333435363"
            "7"),
    KEY_MAP("nothing that is CBOR", 0, "ffffffffff"),
    { "a tag before", 0, NULL, NULL, NULL,
      "d08"
      "3",
      NULL, NULL },
    { "an array of 4", 0, NULL, NULL, NULL, "84", NULL, "00" },
    { "an array of 2", 0, NULL, NULL, NULL, "82", NULL, NULL },
    { "an indefinite array", 0, NULL, NULL, NULL, "9f", NULL, "ff" },
    { "a length not shortest", 0, NULL, NULL, NULL, "9803", NULL, NULL },
    { "octets after", 0, NULL, NULL, NULL, NULL, NULL, "f6" },
    { "no IV", 0, NULL, NULL, NULL, NULL, "a0", NULL },
    { "a partial IV", 0, NULL, NULL, NULL, NULL, "a1064c010000000000000000000000", NULL },
    { "an IV of 11", 0, NULL, NULL, NULL, NULL, "a1054b0100000000000000000000", NULL },
    { "an IV of 16", 0, NULL, NULL, NULL, NULL, "a1055001000000000000000000000000000000", NULL },
    { "a second parameter", 0, NULL, NULL, NULL, NULL,
      "a2054c010000000000000000000000"
      "1a0001000000",
      NULL },
};

static void judges_what_others_made(void **state)
{
    FIXTURE *fixture = *state;

    for (size_t i = 0; i < COUNT(crafted); i++) {
        ONEM2M_ERROR error;
        OPENED opened;
        BUFFER record;

        craft(&record, &crafted[i]);
        if (!crafted[i].good)
            must_refuse(&fixture->cipher, own_name(), record.octets, record.length,
                        crafted[i].what);
        else if (!open_as(&fixture->cipher, own_name(), slice(record.octets, record.length),
                          &opened, &error))
            fail_msg("%s: %s", crafted[i].what, error.detail);
    }
}

static void refuses_keys_too_long(void **state)
{
    static const char head[] = "a20104205902";
    char hex[2 * 600 + 1];
    CRAFTED too_long = { "513 octets", 0, NULL, NULL, hex, NULL, NULL, NULL };
    FIXTURE *fixture = *state;
    BUFFER record;
    OPENED opened = { 0 };

    memset(hex, '0', sizeof(hex));
    memcpy(hex, head, sizeof(head) - 1);
    hex[14 + 2 * 512] = '\0';
    craft(&record, &too_long);
    assert_true(
        open_as(&fixture->cipher, own_name(), slice(record.octets, record.length), &opened, NULL));
    assert_int_equal(opened.length, 512);
    hex[13] = '1';
    hex[14 + 2 * 512] = '0';
    hex[14 + 2 * 513] = '\0';
    craft(&record, &too_long);
    must_refuse(&fixture->cipher, own_name(), record.octets, record.length, "513 octets");
}

/* Whether a record of so many octets, most of them in its protected header, is taken apart. */
static int parses(size_t length)
{
    static const unsigned char end[] = { 0xA1, 0x05, 0x4C, 1,  2,    3, 4, 5, 6, 7, 8,
                                         9,    10,   11,   12, 0x51, 0, 0, 0, 0, 0, 0,
                                         0,    0,    0,    0,  0,    0, 0, 0, 0, 0, 0 };
    const size_t head = length > ONEM2M_RECORD_MAX ? 6 : 4, inner = length - head - sizeof(end);
    const unsigned char start[] = { 0x83, (unsigned char)(head == 6 ? 0x5A : 0x59) };
    unsigned char *record = calloc(1, length);
    ONEM2M_RECORD parsed;
    int taken;

    assert_non_null(record);
    memcpy(record, start, sizeof(start));
    for (size_t i = 2; i < head; i++)
        record[i] = (unsigned char)(inner >> 8 * (head - 1 - i));
    memcpy(record + head, "\xA3\x01\x03\x3A\0\1\0\0\1\x3A\0\1\0\1", 14);
    memcpy(record + length - sizeof(end), end, sizeof(end));
    taken = onem2m_record_parse(&parsed, slice(record, length), NULL);
    free(record);
    return taken;
}

/* What an attacker puts into a store may be as long as the file allows. */
static void refuses_records_too_long(void **state)
{
    (void)state;
    assert_true(parses(ONEM2M_RECORD_MAX));
    assert_false(parses((size_t)ONEM2M_RECORD_MAX + 6 + 33)); /* a longer head from here on */
    assert_false(parses((size_t)1 << 20));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(opens_what_was_sealed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(seals_with_a_fresh_iv, set_up, tear_down),
        cmocka_unit_test_setup_teardown(seals_nothing_unreadable, set_up, tear_down),
        cmocka_unit_test_setup_teardown(seals_up_to_the_limit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(opens_the_fixed_record, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_every_bit_flipped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_every_other_length, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_another_name, set_up, tear_down),
        cmocka_unit_test(refuses_another_store),
        cmocka_unit_test_setup_teardown(a_failure_leaves_the_cipher_usable, set_up, tear_down),
        cmocka_unit_test_setup_teardown(judges_what_others_made, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_keys_too_long, set_up, tear_down),
        cmocka_unit_test(refuses_records_too_long),
    };

    return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
