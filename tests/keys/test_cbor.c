/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "keystore/cbor.h"
#include "octets.h"

typedef enum { UNSIGNED, NEGATIVE, OCTETS, TEXT, ARRAY, MAP, TYPES } TYPE;

/* Items as RFC 8949 has them in Appendix A, and the limits between the lengths of heads. */
typedef struct {
    const char *hex;
    TYPE type;
    uint64_t value; /* number, length or count */
} ITEM;

static const ITEM items[] = {
    { "00", UNSIGNED, 0 },
    { "01", UNSIGNED, 1 },
    { "0a", UNSIGNED, 10 },
    { "17", UNSIGNED, 23 },
    { "1818", UNSIGNED, 24 },
    { "1864", UNSIGNED, 100 },
    { "18ff", UNSIGNED, 255 },
    { "190100", UNSIGNED, 256 },
    { "1903e8", UNSIGNED, 1000 },
    { "19ffff", UNSIGNED, 65535 },
    { "1a00010000", UNSIGNED, 65536 },
    { "1a000f4240", UNSIGNED, 1000000 },
    { "1affffffff", UNSIGNED, UINT32_MAX },
    { "1b0000000100000000", UNSIGNED, (uint64_t)UINT32_MAX + 1 },
    { "1b000000e8d4a51000", UNSIGNED, 1000000000000 },
    { "1bffffffffffffffff", UNSIGNED, UINT64_MAX },
    { "20", NEGATIVE, 0 },
    { "29", NEGATIVE, 9 },
    { "37", NEGATIVE, 23 },
    { "3818", NEGATIVE, 24 },
    { "3863", NEGATIVE, 99 },
    { "3903e7", NEGATIVE, 999 },
    { "3a00010000", NEGATIVE, 65536 },
    { "3bffffffffffffffff", NEGATIVE, UINT64_MAX },
    { "40", OCTETS, 0 },
    { "4401020304", OCTETS, 4 },
    { "60", TEXT, 0 },
    { "6161", TEXT, 1 },
    { "6449455446", TEXT, 4 },
    { "62c3bc", TEXT, 2 },
    { "64f0908591", TEXT, 4 },
    { "80", ARRAY, 0 },
    { "83", ARRAY, 3 },
    { "9818", ARRAY, 24 },
    { "a0", MAP, 0 },
    { "a2", MAP, 2 },
    { "b818", MAP, 24 },
};

/* Nothing of these is an item of any type that is read, at whatever length it is cut. */
static const char *const refused[] = {
    "",
    /* longer than need be */
    "1800",
    "1817",
    "190000",
    "1900ff",
    "1a00000000",
    "1a0000ffff",
    "1b0000000000000000",
    "1b00000000ffffffff",
    "3800",
    "3817",
    "3900ff",
    "3a0000ffff",
    "3b00000000ffffffff",
    "5800",
    "580141",
    "590001ff",
    "5a00000001ff",
    "5b0000000000000001ff",
    "7800",
    "780161",
    "7a0000000161",
    "9800",
    "9801",
    "990001",
    "9a00000001",
    "9b0000000000000001",
    "b800",
    "b801",
    "b90001",
    /* cut off */
    "18",
    "19",
    "1901",
    "1a",
    "1a010000",
    "1b",
    "1b01000000000000",
    "38",
    "39ff",
    "41",
    "420f",
    "58",
    "5818",
    "61",
    "78",
    "98",
    "99ff",
    "b8",
    "5bffffffffffffffff",
    "7bffffffffffffffff",
    "5b7fffffffffffffff",
    "5affffffff",
    /* indefinite lengths and the end of one */
    "5f",
    "5f4101ff",
    "5fff",
    "7f",
    "7f6161ff",
    "9f",
    "9fff",
    "9f01ff",
    "bf",
    "bfff",
    "ff",
    /* reserved */
    "1c",
    "1d",
    "1e",
    "1f",
    "3c",
    "3f",
    "5c",
    "5d",
    "5e",
    "7c",
    "9c",
    "bc",
    "dc",
    /* tags, simple values, floating point */
    "c000",
    "d08340",
    "d81000",
    "d9d9f700",
    "db000000000000000000",
    "e0",
    "f4",
    "f5",
    "f6",
    "f7",
    "f8ff",
    "f90000",
    "fa00000000",
    "fb0000000000000000",
};

static int read_as(ONEM2M_CBOR_READER *reader, TYPE type, uint64_t *value, ONEM2M_SLICE *string)
{
    switch (type) {
    case UNSIGNED:
        return onem2m_cbor_read_unsigned(reader, value);
    case NEGATIVE:
        return onem2m_cbor_read_negative(reader, value);
    case OCTETS:
        return onem2m_cbor_read_octets(reader, string);
    case TEXT:
        return onem2m_cbor_read_text(reader, string);
    case ARRAY:
        return onem2m_cbor_read_array(reader, value);
    default:
        return onem2m_cbor_read_map(reader, value);
    }
}

static void must_refuse(const unsigned char *octets, size_t length, TYPE type, const char *what)
{
    ONEM2M_CBOR_READER reader;
    ONEM2M_SLICE string;
    uint64_t value;

    memset(&string, UNTOUCHED, sizeof(string));
    memset(&value, UNTOUCHED, sizeof(value));
    onem2m_cbor_reader_init(&reader, slice(octets, length));
    if (read_as(&reader, type, &value, &string))
        fail_msg("%s was read as type %d", what, (int)type);
    assert_int_equal(reader.position, 0);
    assert_untouched(&string, sizeof(string));
    assert_untouched(&value, sizeof(value));
}

static void write_as(ONEM2M_CBOR_WRITER *writer, const ITEM *item, const unsigned char *octets)
{
    const ONEM2M_SLICE string = { octets, (size_t)item->value };

    if (item->type == UNSIGNED)
        onem2m_cbor_write_unsigned(writer, item->value);
    else if (item->type == NEGATIVE)
        onem2m_cbor_write_negative(writer, item->value);
    else if (item->type == OCTETS)
        onem2m_cbor_write_octets(writer, string);
    else if (item->type == TEXT)
        onem2m_cbor_write_text(writer, string);
    else if (item->type == ARRAY)
        onem2m_cbor_write_array(writer, (size_t)item->value);
    else
        onem2m_cbor_write_map(writer, (size_t)item->value);
}

static void must_read(const ITEM *item, const unsigned char *octets, size_t length)
{
    ONEM2M_SLICE string = { NULL, 0 };
    ONEM2M_CBOR_READER reader;
    uint64_t value = 0;

    onem2m_cbor_reader_init(&reader, slice(octets, length));
    if (!read_as(&reader, item->type, &value, &string))
        fail_msg("%s was not read", item->hex);
    assert_true(onem2m_cbor_at_end(&reader));
    if (item->type == OCTETS || item->type == TEXT) {
        assert_int_equal(string.length, item->value);
        assert_ptr_equal(string.data, octets + length - string.length);
    } else {
        assert_true(value == item->value);
    }
}

/* What was read is written the same, and not into less room. */
static void must_write(const ITEM *item, const unsigned char *octets, size_t length)
{
    const unsigned char *string = octets + 1; /* of those here, the head is one octet */
    unsigned char out[32];

    for (size_t size = 0; size <= length + 1; size++) {
        ONEM2M_CBOR_WRITER writer;

        memset(out, UNTOUCHED, sizeof(out));
        onem2m_cbor_writer_init(&writer, out, size);
        write_as(&writer, item, string);
        assert_int_equal(writer.full, size < length);
        assert_untouched(out + size, sizeof(out) - size);
        if (!writer.full) {
            assert_int_equal(writer.length, length);
            assert_memory_equal(out, octets, length);
        }
    }
}

static void reads_and_writes_items(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(items); i++) {
        size_t length;
        unsigned char *octets = from_hex(items[i].hex, &length);

        must_read(&items[i], octets, length);
        must_write(&items[i], octets, length);
        for (TYPE type = 0; type < TYPES; type++) {
            if (type != items[i].type)
                must_refuse(octets, length, type, items[i].hex);
        }
        for (size_t cut = 0; cut < length; cut++) {
            unsigned char *less = (unsigned char *)exact_copy((char *)octets, cut);

            must_refuse(less, cut, items[i].type, items[i].hex);
            free(less);
        }
        free(octets);
    }
}

static void refuses_all_else(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        size_t length;
        unsigned char *octets = from_hex(refused[i], &length);

        for (TYPE type = 0; type < TYPES; type++)
            must_refuse(octets, length, type, refused[i]);
        free(octets);
    }
}

static void reads_an_empty_slice_of_nothing(void **state)
{
    ONEM2M_CBOR_READER reader;
    uint64_t value;

    (void)state;
    onem2m_cbor_reader_init(&reader, slice(NULL, 0));
    assert_false(onem2m_cbor_read_unsigned(&reader, &value));
    assert_true(onem2m_cbor_at_end(&reader));
}

static void expects_a_number(void **state)
{
    static const unsigned char octets[] = { 0x05, 0x24, 0x18, 0x05 };
    ONEM2M_CBOR_READER reader;

    (void)state;
    onem2m_cbor_reader_init(&reader, slice(octets, sizeof(octets)));
    assert_false(onem2m_cbor_expect_unsigned(&reader, 4));
    assert_int_equal(reader.position, 0);
    assert_true(onem2m_cbor_expect_unsigned(&reader, 5));
    assert_false(onem2m_cbor_expect_unsigned(&reader, 4)); /* -5 */
    assert_int_equal(reader.position, 1);
    reader.position = 2;
    assert_false(onem2m_cbor_expect_unsigned(&reader, 5)); /* not as short as can be */
    assert_int_equal(reader.position, 2);
    assert_false(onem2m_cbor_at_end(&reader));
}

static void expects_an_encoding(void **state)
{
    static const unsigned char octets[] = { 0xA1, 0x05, 0x40 }, other[] = { 0xA1, 0x06 },
                               longer[] = { 0x40, 0x40 };
    ONEM2M_CBOR_READER reader;
    ONEM2M_SLICE found;

    (void)state;
    onem2m_cbor_reader_init(&reader, slice(octets, sizeof(octets)));
    assert_false(onem2m_cbor_expect_encoded(&reader, slice(other, sizeof(other))));
    assert_int_equal(reader.position, 0);
    assert_true(onem2m_cbor_expect_encoded(&reader, slice(octets, 2)));
    assert_int_equal(reader.position, 2);
    assert_false(onem2m_cbor_expect_encoded(&reader, slice(longer, sizeof(longer))));
    assert_true(onem2m_cbor_read_octets(&reader, &found));
    assert_true(onem2m_cbor_at_end(&reader));
    assert_false(onem2m_cbor_expect_encoded(&reader, slice(octets, 1)));
}

/* What does not fit leaves nothing after it that could pass for the whole. */
static void a_full_writer_stays_full(void **state)
{
    unsigned char out[4];
    ONEM2M_CBOR_WRITER writer;

    (void)state;
    onem2m_cbor_writer_init(&writer, out, sizeof(out));
    onem2m_cbor_write_array(&writer, 2);
    onem2m_cbor_write_unsigned(&writer, 1000000);
    assert_true(writer.full);
    onem2m_cbor_write_unsigned(&writer, 1);
    onem2m_cbor_write_encoded(&writer, slice(out, 1));
    assert_true(writer.full);
    assert_int_equal(writer.length, 1);
}

static void writes_and_reads_any_number(void **state)
{
    (void)state;
    for (int i = 0; i < 20000; i++) {
        uint64_t number, found;
        unsigned char out[9];
        ONEM2M_CBOR_WRITER writer;
        ONEM2M_CBOR_READER reader;

        random_octets(&number, sizeof(number));
        number >>= random_below(64);
        onem2m_cbor_writer_init(&writer, out, sizeof(out));
        onem2m_cbor_write_unsigned(&writer, number);
        onem2m_cbor_reader_init(&reader, slice(out, writer.length));
        assert_true(onem2m_cbor_read_unsigned(&reader, &found));
        assert_true(found == number && onem2m_cbor_at_end(&reader));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_and_writes_items),
        cmocka_unit_test(refuses_all_else),
        cmocka_unit_test(reads_an_empty_slice_of_nothing),
        cmocka_unit_test(expects_a_number),
        cmocka_unit_test(expects_an_encoding),
        cmocka_unit_test(a_full_writer_stays_full),
        cmocka_unit_test(writes_and_reads_any_number),
    };

    return cmocka_run_group_tests_name("cbor", tests, NULL, NULL);
}
