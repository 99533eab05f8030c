/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <cbor.h>
#include "keystore/cbor.h"

/* From 0.9 on libcbor gives the length of a string as uint64_t. */
#if CBOR_MAJOR_VERSION == 0 && CBOR_MINOR_VERSION < 9
typedef size_t STRING_LENGTH;
#else
typedef uint64_t STRING_LENGTH;
#endif

typedef enum {
    ITEM_OTHER,
    ITEM_UNSIGNED,
    ITEM_NEGATIVE,
    ITEM_OCTETS,
    ITEM_TEXT,
    ITEM_ARRAY,
    ITEM_MAP
} ITEM_TYPE;

/* The head of an item (RFC 8949 3): its major type, and an argument below 24 or 24 + n of n more
 * octets. */
#define MAJOR_TYPE_SHIFT 5
#define ARGUMENT_MASK 0x1F
#define ARGUMENT_FOLLOWS 24
static const unsigned char major_types[] = {
    [ITEM_OTHER] = 7, [ITEM_UNSIGNED] = 0, [ITEM_NEGATIVE] = 1, [ITEM_OCTETS] = 2,
    [ITEM_TEXT] = 3,  [ITEM_ARRAY] = 4,    [ITEM_MAP] = 5,
};

typedef struct {
    ITEM_TYPE type;
    uint64_t value; /* number, length or count */
    const unsigned char *data;
} ITEM;

static void set_item(void *context, ITEM_TYPE type, uint64_t value, const unsigned char *data)
{
    ITEM *item = context;

    item->type = type;
    item->value = value;
    item->data = data;
}

static void on_uint8(void *context, uint8_t value)
{
    set_item(context, ITEM_UNSIGNED, value, NULL);
}

static void on_uint16(void *context, uint16_t value)
{
    set_item(context, ITEM_UNSIGNED, value, NULL);
}

static void on_uint32(void *context, uint32_t value)
{
    set_item(context, ITEM_UNSIGNED, value, NULL);
}

static void on_uint64(void *context, uint64_t value)
{
    set_item(context, ITEM_UNSIGNED, value, NULL);
}

static void on_negint8(void *context, uint8_t value)
{
    set_item(context, ITEM_NEGATIVE, value, NULL);
}

static void on_negint16(void *context, uint16_t value)
{
    set_item(context, ITEM_NEGATIVE, value, NULL);
}

static void on_negint32(void *context, uint32_t value)
{
    set_item(context, ITEM_NEGATIVE, value, NULL);
}

static void on_negint64(void *context, uint64_t value)
{
    set_item(context, ITEM_NEGATIVE, value, NULL);
}

static void on_octets(void *context, const unsigned char *data, STRING_LENGTH length)
{
    set_item(context, ITEM_OCTETS, length, data);
}

static void on_text(void *context, const unsigned char *data, STRING_LENGTH length)
{
    set_item(context, ITEM_TEXT, length, data);
}

static void on_array(void *context, STRING_LENGTH count)
{
    set_item(context, ITEM_ARRAY, count, NULL);
}

static void on_map(void *context, STRING_LENGTH pairs)
{
    set_item(context, ITEM_MAP, pairs, NULL);
}

static void on_other(void *context)
{
    set_item(context, ITEM_OTHER, 0, NULL);
}

static void on_other_tag(void *context, uint64_t value)
{
    (void)value;
    on_other(context);
}

static void on_other_float(void *context, float value)
{
    (void)value;
    on_other(context);
}

static void on_other_double(void *context, double value)
{
    (void)value;
    on_other(context);
}

static void on_other_bool(void *context, bool value)
{
    (void)value;
    on_other(context);
}

static const struct cbor_callbacks callbacks = {
    .uint8 = on_uint8,
    .uint16 = on_uint16,
    .uint32 = on_uint32,
    .uint64 = on_uint64,
    .negint64 = on_negint64,
    .negint32 = on_negint32,
    .negint16 = on_negint16,
    .negint8 = on_negint8,
    .byte_string_start = on_other,
    .byte_string = on_octets,
    .string = on_text,
    .string_start = on_other,
    .indef_array_start = on_other,
    .array_start = on_array,
    .indef_map_start = on_other,
    .map_start = on_map,
    .tag = on_other_tag,
    .float2 = on_other_float,
    .float4 = on_other_float,
    .float8 = on_other_double,
    .undefined = on_other,
    .null = on_other,
    .boolean = on_other_bool,
    .indef_break = on_other,
};

void onem2m_cbor_reader_init(ONEM2M_CBOR_READER *reader, ONEM2M_SLICE octets)
{
    reader->data = octets.data;
    reader->length = octets.length;
    reader->position = 0;
}

/* The octets of the shortest head for a value (RFC 8949 4.2.1). */
static size_t shortest_head(uint64_t value)
{
    if (value < 24)
        return 1;
    if (value <= UINT8_MAX)
        return 2;
    if (value <= UINT16_MAX)
        return 3;
    return value <= UINT32_MAX ? 5 : 9;
}

/*
 * The octets of a head of one or two, which nearly all are, and its value; 0 when it is another.
 * libcbor's way to these, over its callbacks, takes nearly as long as AES-GCM does for the record.
 */
static size_t read_short_head(const unsigned char *octets, size_t length, ITEM_TYPE type,
                              uint64_t *value)
{
    if (length == 0 || octets[0] >> MAJOR_TYPE_SHIFT != major_types[type])
        return 0;
    *value = octets[0] & ARGUMENT_MASK;
    if (*value < ARGUMENT_FOLLOWS)
        return 1;
    if (*value > ARGUMENT_FOLLOWS || length == 1 || octets[1] < ARGUMENT_FOLLOWS)
        return 0;
    *value = octets[1];
    return 2;
}

static int read_short_item(ONEM2M_CBOR_READER *reader, ITEM_TYPE type, ITEM *item)
{
    const unsigned char *octets = reader->data + reader->position;
    size_t left = reader->length - reader->position;
    const size_t head = read_short_head(octets, left, type, &item->value);

    if (head == 0)
        return 0;
    item->data = octets + head;
    reader->position += head;
    if (type != ITEM_OCTETS && type != ITEM_TEXT)
        return 1;
    left -= head;
    if (item->value > left) {
        reader->position -= head;
        return 0;
    }
    reader->position += (size_t)item->value;
    return 1;
}

static int read_item(ONEM2M_CBOR_READER *reader, ITEM_TYPE type, ITEM *item)
{
    struct cbor_decoder_result result;
    size_t head;

    if (read_short_item(reader, type, item))
        return 1;
    item->type = ITEM_OTHER;
    result = cbor_stream_decode(reader->data + reader->position, reader->length - reader->position,
                                &callbacks, item);
    if (result.status != CBOR_DECODER_FINISHED || item->type != type)
        return 0;
    head = result.read;
    if (type == ITEM_OCTETS || type == ITEM_TEXT)
        head -= (size_t)item->value;
    if (head != shortest_head(item->value))
        return 0;
    reader->position += result.read;
    return 1;
}

static int read_value(ONEM2M_CBOR_READER *reader, ITEM_TYPE type, uint64_t *value)
{
    ITEM item;

    if (!read_item(reader, type, &item))
        return 0;
    *value = item.value;
    return 1;
}

static int read_slice(ONEM2M_CBOR_READER *reader, ITEM_TYPE type, ONEM2M_SLICE *slice)
{
    ITEM item;

    if (!read_item(reader, type, &item))
        return 0;
    slice->data = item.data;
    slice->length = (size_t)item.value;
    return 1;
}

int onem2m_cbor_read_unsigned(ONEM2M_CBOR_READER *reader, uint64_t *value)
{
    return read_value(reader, ITEM_UNSIGNED, value);
}

int onem2m_cbor_read_negative(ONEM2M_CBOR_READER *reader, uint64_t *n)
{
    return read_value(reader, ITEM_NEGATIVE, n);
}

int onem2m_cbor_read_octets(ONEM2M_CBOR_READER *reader, ONEM2M_SLICE *octets)
{
    return read_slice(reader, ITEM_OCTETS, octets);
}

int onem2m_cbor_read_text(ONEM2M_CBOR_READER *reader, ONEM2M_SLICE *text)
{
    return read_slice(reader, ITEM_TEXT, text);
}

int onem2m_cbor_read_array(ONEM2M_CBOR_READER *reader, uint64_t *count)
{
    return read_value(reader, ITEM_ARRAY, count);
}

int onem2m_cbor_read_map(ONEM2M_CBOR_READER *reader, uint64_t *pairs)
{
    return read_value(reader, ITEM_MAP, pairs);
}

int onem2m_cbor_expect_unsigned(ONEM2M_CBOR_READER *reader, uint64_t value)
{
    const size_t before = reader->position;
    uint64_t found;

    if (read_value(reader, ITEM_UNSIGNED, &found) && found == value)
        return 1;
    reader->position = before;
    return 0;
}

int onem2m_cbor_expect_encoded(ONEM2M_CBOR_READER *reader, ONEM2M_SLICE octets)
{
    if (octets.length > reader->length - reader->position ||
        memcmp(reader->data + reader->position, octets.data, octets.length) != 0)
        return 0;
    reader->position += octets.length;
    return 1;
}

int onem2m_cbor_at_end(const ONEM2M_CBOR_READER *reader)
{
    return reader->position == reader->length;
}

void onem2m_cbor_writer_init(ONEM2M_CBOR_WRITER *writer, unsigned char *data, size_t size)
{
    writer->data = data;
    writer->size = size;
    writer->length = 0;
    writer->full = 0;
}

typedef size_t encode_fn(uint64_t value, unsigned char *data, size_t size);

static void write_head(ONEM2M_CBOR_WRITER *writer, encode_fn *encode, uint64_t value)
{
    const size_t written = encode(value, writer->data + writer->length,
                                  writer->full ? 0 : writer->size - writer->length);

    if (written == 0)
        writer->full = 1;
    writer->length += written;
}

static size_t encode_octets_start(uint64_t length, unsigned char *data, size_t size)
{
    return cbor_encode_bytestring_start((size_t)length, data, size);
}

static size_t encode_text_start(uint64_t length, unsigned char *data, size_t size)
{
    return cbor_encode_string_start((size_t)length, data, size);
}

static size_t encode_array_start(uint64_t count, unsigned char *data, size_t size)
{
    return cbor_encode_array_start((size_t)count, data, size);
}

static size_t encode_map_start(uint64_t pairs, unsigned char *data, size_t size)
{
    return cbor_encode_map_start((size_t)pairs, data, size);
}

static void write_body(ONEM2M_CBOR_WRITER *writer, ONEM2M_SLICE body)
{
    if (writer->full || body.length > writer->size - writer->length) {
        writer->full = 1;
        return;
    }
    if (body.length > 0)
        memcpy(writer->data + writer->length, body.data, body.length);
    writer->length += body.length;
}

void onem2m_cbor_write_unsigned(ONEM2M_CBOR_WRITER *writer, uint64_t value)
{
    write_head(writer, cbor_encode_uint, value);
}

void onem2m_cbor_write_negative(ONEM2M_CBOR_WRITER *writer, uint64_t n)
{
    write_head(writer, cbor_encode_negint, n);
}

void onem2m_cbor_write_octets_head(ONEM2M_CBOR_WRITER *writer, size_t length)
{
    write_head(writer, encode_octets_start, length);
}

void onem2m_cbor_write_octets(ONEM2M_CBOR_WRITER *writer, ONEM2M_SLICE octets)
{
    onem2m_cbor_write_octets_head(writer, octets.length);
    write_body(writer, octets);
}

void onem2m_cbor_write_text(ONEM2M_CBOR_WRITER *writer, ONEM2M_SLICE text)
{
    write_head(writer, encode_text_start, text.length);
    write_body(writer, text);
}

void onem2m_cbor_write_array(ONEM2M_CBOR_WRITER *writer, size_t count)
{
    write_head(writer, encode_array_start, count);
}

void onem2m_cbor_write_map(ONEM2M_CBOR_WRITER *writer, size_t pairs)
{
    write_head(writer, encode_map_start, pairs);
}

void onem2m_cbor_write_encoded(ONEM2M_CBOR_WRITER *writer, ONEM2M_SLICE octets)
{
    write_body(writer, octets);
}
