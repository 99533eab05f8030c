/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
/*
 * Messages of onem2m-demo, which come from whoever connects: what is written is read again; what
 * is not exactly of the table is refused. Frames between its processes: cut short, too long, late.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "clock.h"
#include "event.h"
#include "frame.h"
#include "message.h"
#include "tables.h"

static const TABLE table = { "test",
                             "of every type",
                             { { "no", PARAMETER_NUMBER, 0 },
                               { "yes", PARAMETER_BOOLEAN, 1 },
                               { "Text", PARAMETER_TEXT, 1 },
                               { "Octets", PARAMETER_OCTETS, 1 },
                               { "List", PARAMETER_LIST, 1 },
                               { NULL, PARAMETER_TEXT, 0 } } };

static MESSAGE message;
static MESSAGE decoded;
static unsigned char octets[MESSAGE_MAX];

static void values_come_back(void **state)
{
    static const unsigned char value[] = { 0, 1, 0xff };
    size_t length = sizeof(octets);
    FAILURE failure = { "" };
    char text[200];

    (void)state;
    message_begin(&message, &table);
    message_put_text(&message, "List", "//sp.example.com/cse-b //sp.example.com/cse-c");
    message_put_text(&message, "Text", "21.5 degrees");
    message_put_octets(&message, "Octets", value, sizeof(value));
    message_put_boolean(&message, "yes", 1);
    message_put_number(&message, "no", 4294967295);
    assert_true(message_encode(&message, octets, &length, &failure));
    assert_true(message_decode(&decoded, &table, octets, length, &failure));
    assert_int_equal(message_number(&decoded, "no"), 4294967295);
    assert_int_equal(message_number(&decoded, "yes"), 1);
    assert_string_equal(message_text(&decoded, "Text"), "21.5 degrees");
    assert_string_equal(message_text(&decoded, "List"),
                        "//sp.example.com/cse-b //sp.example.com/cse-c");
    assert_memory_equal(message_octets(&decoded, "Octets", &length), value, sizeof(value));
    assert_int_equal(length, sizeof(value));
    message_describe(&decoded, text, sizeof(text));
    assert_string_equal(text, "no = 4294967295, yes = True, Text = 21.5 degrees, "
                              "Octets = (3 octets), "
                              "List = //sp.example.com/cse-b //sp.example.com/cse-c");
    message_describe(&decoded, text, 10);
    assert_string_equal(text, "no = 4294");
}

static void what_is_absent_is_nothing(void **state)
{
    size_t length = sizeof(octets);
    FAILURE failure = { "" };

    (void)state;
    message_begin(&message, &table);
    message_put_number(&message, "no", 0);
    message_put_text(&message, "Text", "");
    assert_true(message_encode(&message, octets, &length, &failure));
    assert_true(message_decode(&decoded, &table, octets, length, &failure));
    assert_true(message_has(&decoded, "no"));
    assert_false(message_has(&decoded, "Text"));
    assert_string_equal(message_text(&decoded, "Text"), "");
    assert_null(message_octets(&decoded, "Octets", &length));
    assert_false(message_has(&decoded, "unknown"));
}

static void wrong_puts_are_refused(void **state)
{
    static unsigned char large[MESSAGE_MAX];
    FAILURE failure = { "" };

    (void)state;
    for (int mistake = 0; mistake < 5; mistake++) {
        size_t length = mistake == 4 ? 3 : sizeof(octets);

        message_begin(&message, &table);
        if (mistake != 3)
            message_put_number(&message, "no", 7);
        if (mistake == 0)
            message_put_text(&message, "unknown", "value");
        else if (mistake == 1)
            message_put_text(&message, "no", "of another type, and there already");
        else if (mistake == 2)
            message_put_octets(&message, "Octets", large, sizeof(large));
        failure.text[0] = '\0';
        assert_false(message_encode(&message, octets, &length, &failure));
        assert_string_not_equal(failure.text, "");
    }
}

#define REFUSED(bytes)                                                                             \
    {                                                                                              \
        bytes, sizeof(bytes) - 1                                                                   \
    }

static void other_octets_are_refused(void **state)
{
    static const struct {
        const char *octets;
        size_t length;
    } wrong[] = {
        REFUSED(""),
        REFUSED("\xa0"),                               /* no is missing */
        REFUSED("\x81\x01"),                           /* an array */
        REFUSED("\xa1\x62no\x01\x00"),                 /* an octet more */
        REFUSED("\xa1\x62no"),                         /* cut short */
        REFUSED("\xa2\x62no\x01\x62no\x01"),           /* twice */
        REFUSED("\xa2\x63yes\xf5\x62no\x01"),          /* not in order */
        REFUSED("\xa2\x62no\x01\x62xx\x01"),           /* unknown */
        REFUSED("\xa1\x62no\x18\x01"),                 /* not the shortest form */
        REFUSED("\xa1\x62no\x1b\0\0\0\1\0\0\0\0"),     /* more than 32 bits */
        REFUSED("\xa1\x62no\x20"),                     /* negative */
        REFUSED("\xa1\x62no\xf5"),                     /* a boolean for a number */
        REFUSED("\xa1\x62no\xf9\x3c\x00"),             /* a floating point number */
        REFUSED("\xbf\x62no\x01\xff"),                 /* of indefinite length */
        REFUSED("\xc0\xa1\x62no\x01"),                 /* tagged */
        REFUSED("\xa2\x62no\x01\x63yes\xf6"),          /* null */
        REFUSED("\xa2\x62no\x01\x63yes"),              /* nothing */
        REFUSED("\xa2\x62no\x01\x64Text\x41x"),        /* octets for a text */
        REFUSED("\xa2\x62no\x01\x64Text\x60"),         /* an empty text */
        REFUSED("\xa2\x62no\x01\x64Text\x63\x1b[1"),   /* a terminal's escape */
        REFUSED("\xa2\x62no\x01\x64Text\x62\xc3\xa9"), /* not ASCII */
        REFUSED("\xa2\x62no\x01\x64Text\x63"
                "a\0b"),                                       /* a NUL */
        REFUSED("\xa2\x62no\x01\x64Text\x7a\xff\xff\xff\xff"), /* longer than there is */
        REFUSED("\xa2\x62no\x01\x64List\x80"),                 /* an empty list */
        REFUSED("\xa2\x62no\x01\x64List\x81\x63"
                "a b"), /* a space in an element */
        REFUSED("\xa2\x62no\x01\x64List\x82\x61"
                "a"),                                          /* one element too few */
        REFUSED("\xa2\x62no\x01\x64List\x9a\xff\xff\xff\xff"), /* very many */
        REFUSED("\xa2\x62no\x01\x64List\x81\x01"),             /* a number in a list */
        REFUSED("\xba\xff\xff\xff\xff\x62no\x01"),             /* more pairs than anything */
    };
    FAILURE failure;

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        failure.text[0] = '\0';
        if (message_decode(&decoded, &table, (const unsigned char *)wrong[i].octets,
                           wrong[i].length, &failure))
            fail_msg("message %zu was taken", i);
        assert_non_null(strstr(failure.text, "not a message of table test"));
        assert_null(decoded.table); /* nothing is left of it */
    }
}

/* A list whose elements fit one by one and not together; every part of a message cut off. */
static void room_is_kept(void **state)
{
    static unsigned char large[MESSAGE_MAX];
    unsigned char head[] = { 0xa2, 0x62, 'n', 'o', 1, 0x64, 'T', 'e', 'x', 't', 0x79, 0, 0 };
    size_t length = MESSAGE_MAX - sizeof(head);
    FAILURE failure;

    (void)state;
    memset(large, 'x', sizeof(large));
    head[sizeof(head) - 2] = (unsigned char)(length >> 8);
    head[sizeof(head) - 1] = (unsigned char)length;
    memcpy(large, head, sizeof(head));
    assert_true(message_decode(&decoded, &table, large, sizeof(large), &failure));
    assert_int_equal(strlen(message_text(&decoded, "Text")), length);
    for (length = 0; length < sizeof(large); length += length < 32 ? 1 : 1021)
        assert_false(message_decode(&decoded, &table, large, length, &failure));
}

/* What is no octets takes no room, and no room is no room for what comes after. */
static void room_ends(void **state)
{
    static const TABLE full = { "full",
                                "a text that fills the room, and what follows it",
                                { { "a", PARAMETER_TEXT, 0 },
                                  { "bb", PARAMETER_NUMBER, 0 },
                                  { "ccc", PARAMETER_OCTETS, 1 },
                                  { NULL, PARAMETER_TEXT, 0 } } };
    static const unsigned char head[] = { 0xa3, 0x61, 'a', 0x79, 0x1f, 0xff };
    static const unsigned char tail[] = { 0x62, 'b', 'b',  7,    0x63, 'c',
                                          'c',  'c', 0x43, 0xaa, 0xbb, 0xcc };
    static unsigned char large[MESSAGE_MAX + 32];
    size_t length = sizeof(head) + MESSAGE_MAX - 1;
    FAILURE failure = { "" };

    (void)state;
    memset(large, 'x', sizeof(large));
    memcpy(large, head, sizeof(head));
    memcpy(large + length, tail, sizeof(tail));
    assert_false(message_decode(&decoded, &full, large, length + sizeof(tail), &failure));
    assert_non_null(strstr(failure.text, "not a message of table full"));
    large[0] = 0xa2; /* without octets */
    assert_true(message_decode(&decoded, &full, large, length + 4, &failure));
    assert_int_equal(message_number(&decoded, "bb"), 7);
    assert_int_equal(strlen(message_text(&decoded, "a")), MESSAGE_MAX - 1);
}

static FRAME_RESULT receive_octets(const char *sent, size_t sent_length)
{
    size_t length;
    FRAME_RESULT result;
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], sent, sent_length), sent_length);
    close(ends[1]);
    result = frame_receive(ends[0], octets, &length, clock_milliseconds() + 5000);
    close(ends[0]);
    return result;
}

static void frames_are_whole(void **state)
{
    size_t length;
    int ends[2];

    (void)state;
    assert_int_equal(receive_octets("", 0), FRAME_CLOSED);
    assert_int_equal(receive_octets("\0", 1), FRAME_BROKEN);
    assert_int_equal(receive_octets("\0\5", 2), FRAME_BROKEN);
    assert_int_equal(receive_octets("\0\5abc", 5), FRAME_BROKEN);
    assert_int_equal(receive_octets("\xff\xff", 2), FRAME_BROKEN);
    assert_int_equal(receive_octets("\0\0", 2), FRAME_RECEIVED);
    assert_int_equal(receive_octets("\0\2ab", 4), FRAME_RECEIVED);
    assert_memory_equal(octets, "ab", 2);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(frame_receive(ends[0], octets, &length, clock_milliseconds() + 50),
                     FRAME_LATE);
    assert_false(frame_send(ends[1], octets, MESSAGE_MAX + 1));
    close(ends[0]);
    close(ends[1]);
}

static void events_come_back(void **state)
{
    EVENT event = { .kind = EVENT_REFUSAL, .at = "MEF", .clause = "8.3.2.1", .text = "no" };
    size_t length;
    FAILURE failure;
    EVENT taken;
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_true(event_send(ends[1], &event));
    assert_int_equal(frame_receive(ends[0], octets, &length, clock_milliseconds() + 5000),
                     FRAME_RECEIVED);
    assert_true(event_decode(&taken, octets, length, &failure));
    assert_memory_equal(&taken, &event, sizeof(event));
    message_begin(&message, &table_event);
    message_put_number(&message, "kind", 99);
    message_put_text(&message, "at", "MEF");
    length = sizeof(octets);
    assert_true(message_encode(&message, octets, &length, &failure));
    assert_false(event_decode(&taken, octets, length, &failure));
    assert_string_equal(failure.text, "an event of no kind");
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_come_back),       cmocka_unit_test(what_is_absent_is_nothing),
        cmocka_unit_test(wrong_puts_are_refused), cmocka_unit_test(other_octets_are_refused),
        cmocka_unit_test(room_is_kept),           cmocka_unit_test(room_ends),
        cmocka_unit_test(frames_are_whole),       cmocka_unit_test(events_come_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
