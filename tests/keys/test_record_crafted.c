/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Records that somebody with the key has made, but not this program.
 */
#include "record_craft.h"

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

#define IN_TOKEN(what, good, attributes, key)                                                      \
    {                                                                                              \
        what, good, NULL, attributes, key, NULL, NULL, NULL                                        \
    }
#define OBJECT                                                                                     \
    "a5010203010401"                                                                               \
    "0c01"
#define EXPOSED "a6010203010401"
#define REFERENCE "3a00010002"
#define OCTETS "3a00010003"
#define ID "000102030405060708090a0b0c0d0e0f"
#define OBJECT_KEY "a30104" REFERENCE "50" ID OCTETS "1820"
#define WRAPPED_KEY "a30104" REFERENCE "5828" ID ID "0001020304050607" OCTETS "1820"
#define PADDED_KEY "a30104" REFERENCE "5820" ID ID OCTETS "11"

static const CRAFTED crafted[] = {
    ATTRIBUTES("least", 1, CRAFT_ATTRIBUTES),
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
    ATTRIBUTES("a tagged map", 0, "c0" CRAFT_ATTRIBUTES),
    ATTRIBUTES("octets after the map", 0, CRAFT_ATTRIBUTES "00"),
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
    PROTECTED("no algorithm", "a23a000100001901023a00010001" CRAFT_ATTRIBUTES),
    PROTECTED("A128GCM", "a301013a000100001901023a00010001" CRAFT_ATTRIBUTES),
    PROTECTED("epoch 0", "a301033a00010000003a00010001" CRAFT_ATTRIBUTES),
    PROTECTED("epoch not shortest", "a301033a000100001a000001023a00010001" CRAFT_ATTRIBUTES),
    PROTECTED("epoch of 33 bits", "a301033a000100001b00000001000000003a00010001" CRAFT_ATTRIBUTES),
    PROTECTED("attributes before epoch", "a301033a00010001" CRAFT_ATTRIBUTES "3a00010000190102"),
    PROTECTED("a fourth parameter",
              "a401033a000100001901023a00010001" CRAFT_ATTRIBUTES "3a0001000200"),
    PROTECTED("critical parameters",
              "a4010302811a000100003a000100001901023a00010001" CRAFT_ATTRIBUTES),
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
    KEY_MAP("octets after the map", 0, CRAFT_KEY "00"),
    KEY_MAP("cut off", 0,
            "a2010420483132333435363"
            "7"),
    KEY_MAP("nothing that is CBOR", 0, "ffffffffff"),
    IN_TOKEN("an object, generated", 1, OBJECT "0d02", OBJECT_KEY),
    IN_TOKEN("an object, derived", 1, OBJECT "0d05", OBJECT_KEY),
    IN_TOKEN("wrapped, imported", 1, EXPOSED "0c020d010e01", WRAPPED_KEY),
    IN_TOKEN("wrapped, of what was outside", 1, EXPOSED "0c020d030e01", WRAPPED_KEY),
    IN_TOKEN("wrapped, of 17 octets", 1, EXPOSED "0c020d060e01", PADDED_KEY),
    IN_TOKEN("wrapped, extractable", 1,
             "a7010203010401"
             "09010c020d020e01",
             WRAPPED_KEY),
    IN_TOKEN("a key without custody", 0, CRAFT_ATTRIBUTES, OBJECT_KEY),
    IN_TOKEN("custody without a reference", 0, OBJECT "0d02", CRAFT_KEY),
    IN_TOKEN("an object's key, wrapped", 0, OBJECT "0d02", WRAPPED_KEY),
    IN_TOKEN("a wrapped key, an object's", 0,
             "a5010203010401"
             "0c020d02",
             OBJECT_KEY),
    IN_TOKEN("custody 0", 0,
             "a5010203010401"
             "0c000d02",
             OBJECT_KEY),
    IN_TOKEN("custody 3", 0,
             "a5010203010401"
             "0c030d02",
             OBJECT_KEY),
    IN_TOKEN("birth without custody", 0,
             "a4010203010401"
             "0d02",
             CRAFT_KEY),
    IN_TOKEN("custody without birth", 0,
             "a4010203010401"
             "0c01",
             OBJECT_KEY),
    IN_TOKEN("birth 7", 0, OBJECT "0d07", OBJECT_KEY),
    IN_TOKEN("exposed without custody", 0,
             "a4010203010401"
             "0e01",
             CRAFT_KEY),
    IN_TOKEN("exposed 2", 0, EXPOSED "0c010d010e02", OBJECT_KEY),
    IN_TOKEN("imported and not exposed", 0, OBJECT "0d01", OBJECT_KEY),
    IN_TOKEN("signed and not exposed", 0, OBJECT "0d06", OBJECT_KEY),
    IN_TOKEN("extractable and not exposed", 0,
             "a6010203010401"
             "09010c010d02",
             OBJECT_KEY),
    IN_TOKEN("destroyed and in a token", 0,
             "a5010203040401"
             "0c010d02",
             OBJECT_KEY),
    IN_TOKEN("a reference too short", 0, OBJECT "0d02",
             "a30104" REFERENCE "4f"
             "0102030405060708090a0b0c0d0e0f" OCTETS "1820"),
    IN_TOKEN("a key of 7 octets", 0, OBJECT "0d02", "a30104" REFERENCE "50" ID OCTETS "07"),
    IN_TOKEN("a key of 513 octets", 0, OBJECT "0d02", "a30104" REFERENCE "50" ID OCTETS "190201"),
    IN_TOKEN("octets not said", 0, OBJECT "0d02", "a20104" REFERENCE "50" ID),
    IN_TOKEN("octets beside a reference", 0, OBJECT "0d02",
             "a40104" REFERENCE "50" ID OCTETS "1820"
             "204131"),
    IN_TOKEN("octets after it", 0, OBJECT "0d02", OBJECT_KEY "00"),
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
        CRAFT_BUFFER record;

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
    CRAFT_BUFFER record;
    OPENED opened = { 0 };

    memset(hex, '0', sizeof(hex));
    memcpy(hex, head, sizeof(head) - 1);
    hex[14 + 2 * 512] = '\0';
    craft(&record, &too_long);
    assert_true(
        open_as(&fixture->cipher, own_name(), slice(record.octets, record.length), &opened, NULL));
    assert_int_equal(opened.key.length, 512);
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
        cmocka_unit_test_setup_teardown(judges_what_others_made, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_keys_too_long, set_up, tear_down),
        cmocka_unit_test(refuses_records_too_long),
    };

    return cmocka_run_group_tests_name("record_crafted", tests, NULL, NULL);
}
