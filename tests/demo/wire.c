/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
/* Messages between the processes of onem2m-demo: whole, cut short, too large, late. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "wire.h"

static WIRE_MESSAGE message;
static WIRE_MESSAGE received;

static void fields_come_back(void **state)
{
    static const unsigned char octets[] = { 0, 1, 0xff };
    unsigned long number;
    size_t length;
    int ends[2];

    (void)state;
    wire_clear(&message);
    assert_true(wire_put(&message, "octets", octets, sizeof(octets)));
    assert_true(wire_put_text(&message, "text", "mef.example.com"));
    assert_true(wire_put_number(&message, "number", 65535));
    assert_int_equal(pipe(ends), 0);
    assert_true(wire_send(ends[1], &message));
    close(ends[1]);
    assert_int_equal(wire_receive(ends[0], &received, wire_clock() + 5000), WIRE_RECEIVED);
    assert_memory_equal(wire_get(&received, "octets", &length), octets, sizeof(octets));
    assert_int_equal(length, sizeof(octets));
    assert_string_equal(wire_get_text(&received, "text"), "mef.example.com");
    assert_true(wire_get_number(&received, "number", 65535, &number));
    assert_int_equal(number, 65535);
    assert_int_equal(wire_receive(ends[0], &received, wire_clock() + 5000), WIRE_CLOSED);
    close(ends[0]);
}

static void wrong_fields_are_refused(void **state)
{
    unsigned long number;
    size_t length;

    (void)state;
    wire_clear(&message);
    assert_true(wire_put(&message, "unterminated", "abc", 3));
    assert_true(wire_put(&message, "two", "a\0b", 4));
    assert_true(wire_put(&message, "empty", "", 0));
    assert_true(wire_put_text(&message, "negative", "-1"));
    assert_true(wire_put_text(&message, "trailing", "12x"));
    assert_true(wire_put_text(&message, "large", "65536"));
    assert_true(wire_put_text(&message, "huge", "99999999999999999999999"));
    assert_null(wire_get_text(&message, "unterminated"));
    assert_null(wire_get_text(&message, "two"));
    assert_null(wire_get_text(&message, "empty"));
    assert_null(wire_get(&message, "absent", &length));
    assert_false(wire_get_number(&message, "negative", 65535, &number));
    assert_false(wire_get_number(&message, "trailing", 65535, &number));
    assert_false(wire_get_number(&message, "large", 65535, &number));
    assert_false(wire_get_number(&message, "huge", 65535, &number));
}

static void what_does_not_fit_is_refused(void **state)
{
    static const unsigned char zeros[WIRE_MESSAGE_MAX];

    (void)state;
    wire_clear(&message);
    assert_false(wire_put(&message, "a", zeros, sizeof(zeros) - 3));
    assert_true(wire_put(&message, "a", zeros, sizeof(zeros) - 4));
    assert_int_equal(message.length, WIRE_MESSAGE_MAX);
    assert_false(wire_put(&message, "", zeros, 0));
}

/* Each field cut at every octet is found whole or not at all. */
static void cut_fields_are_not_found(void **state)
{
    size_t whole;
    size_t length;

    (void)state;
    wire_clear(&message);
    assert_true(wire_put_text(&message, "name", "value"));
    whole = message.length;
    for (message.length = 0; message.length < whole; message.length++)
        assert_null(wire_get(&message, "name", &length));
    assert_non_null(wire_get(&message, "name", &length));
}

static WIRE_RESULT receive_octets(const void *octets, size_t length)
{
    WIRE_RESULT result;
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], octets, length), length);
    close(ends[1]);
    result = wire_receive(ends[0], &received, wire_clock() + 5000);
    close(ends[0]);
    return result;
}

static void broken_messages_are_told(void **state)
{
    int ends[2];

    (void)state;
    assert_int_equal(receive_octets("", 0), WIRE_CLOSED);
    assert_int_equal(receive_octets("\0", 1), WIRE_BROKEN);
    assert_int_equal(receive_octets("\0\5", 2), WIRE_BROKEN);
    assert_int_equal(receive_octets("\0\5abc", 5), WIRE_BROKEN);
    assert_int_equal(receive_octets("\xff\xff", 2), WIRE_BROKEN);
    assert_int_equal(receive_octets("\0\0", 2), WIRE_RECEIVED);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(wire_receive(ends[0], &received, wire_clock() + 50), WIRE_LATE);
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_come_back),
        cmocka_unit_test(wrong_fields_are_refused),
        cmocka_unit_test(what_does_not_fit_is_refused),
        cmocka_unit_test(cut_fields_are_not_found),
        cmocka_unit_test(broken_messages_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
