/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "expect.h"
#include "keystore/escape.h"

#define SHOWN_MAX 64

/* What a terminal is given of length octets. */
static void escape(char shown[SHOWN_MAX], const char *text, size_t length)
{
    char *copy = exact_copy(text, length);
    char buffer[ONEM2M_ESCAPE_SIZE];
    ONEM2M_CHARACTER character;
    size_t position = 0, used = 0;

    while (onem2m_escape_next(&character, (ONEM2M_SLICE){ (unsigned char *)copy, length },
                              &position)) {
        const ONEM2M_SLICE part = onem2m_escape_character(&character, buffer);

        assert_true(part.length > 0 && used + part.length < SHOWN_MAX);
        memcpy(shown + used, part.data, part.length);
        used += part.length;
    }
    assert_int_equal(position, length);
    shown[used] = '\0';
    free(copy);
}

#define CASE(text, shown)                                                                          \
    {                                                                                              \
        text, sizeof(text) - 1, shown                                                              \
    }

static void a_terminal_obeys_nothing(void **state)
{
    static const struct {
        const char *text;
        size_t length;
        const char *shown;
    } cases[] = {
        CASE("", ""),
        CASE("plant one", "plant one"),
        CASE("K\xC3\xB6ln \xE6\x9D\xB1", "K\xC3\xB6ln \xE6\x9D\xB1"),
        CASE("a\\b", "a\\\\b"),
        CASE("\x1B[31m", "\\u{1B}[31m"),
        CASE("a\nb", "a\\u{A}b"),
        CASE("a\0b", "a\\u{0}b"),
        CASE("\x7F", "\\u{7F}"),
        CASE("\xC2\x9B", "\\u{9B}"),             /* CSI, of C1 */
        CASE("\xE2\x80\xAE", "\\u{202E}"),       /* right-to-left override */
        CASE("\xE2\x80\x8B", "\\u{200B}"),       /* zero width space */
        CASE("\xE2\x80\xA8", "\\u{2028}"),       /* line separator */
        CASE("\xEE\x80\x80", "\\u{E000}"),       /* private use */
        CASE("\xF4\x8F\xBF\xBF", "\\u{10FFFF}"), /* the longest */
        CASE("\xFF", "\\xFF"),                   /* not UTF-8 */
        CASE("a\xC3", "a\\xC3"),                 /* cut off */
        CASE("\xED\xA0\x80", "\\xED\\xA0\\x80"), /* a surrogate */
        CASE("\xC0\xAF"
             "b",
             "\\xC0\\xAF"
             "b"), /* too long for its character */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char shown[SHOWN_MAX];

        escape(shown, cases[i].text, cases[i].length);
        assert_string_equal(shown, cases[i].shown);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(a_terminal_obeys_nothing) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
