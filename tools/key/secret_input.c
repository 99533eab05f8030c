/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "secret_input.h"

#include <fcntl.h>
#include <unistd.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include "keystore/key.h"
#include "refuse.h"

/* The longest key in hexadecimal, white space around it, and one octet that is too many. */
#define SPACE_MAX 64
#define INPUT_MAX (2 * ONEM2M_KEY_OCTETS_MAX + SPACE_MAX + 1)

int hex_read(unsigned char *octets, size_t size, size_t *length, ONEM2M_SLICE text,
             const char *what, ONEM2M_ERROR *error)
{
    if (text.length % 2 != 0 || text.length / 2 > size)
        return onem2m_refuse(error, ONEM2M_R_BAD_LENGTH, ONEM2M_NO_OFFSET,
                             "%s: %zu characters; an even number of hexadecimal digits, at most "
                             "%zu, is needed",
                             what, text.length, 2 * size);
    for (size_t i = 0; i < text.length; i += 2) {
        const int high = OPENSSL_hexchar2int(text.data[i]);
        const int low = OPENSSL_hexchar2int(text.data[i + 1]);

        if (high < 0 || low < 0)
            return onem2m_refuse(error, ONEM2M_R_BAD_CHARACTER, high < 0 ? i : i + 1,
                                 "%s: octet %zu is no hexadecimal digit", what,
                                 high < 0 ? i : i + 1);
        octets[i / 2] = (unsigned char)(16 * high + low);
    }
    *length = text.length / 2;
    return 1;
}

void hex_write(char *text, const unsigned char *octets, size_t length)
{
    static const char digits[] = "0123456789ABCDEF";

    for (size_t i = 0; i < length; i++) {
        text[2 * i] = digits[octets[i] >> 4];
        text[2 * i + 1] = digits[octets[i] & 0xF];
    }
}

static int read_all(int fd, unsigned char *input, size_t *length, const char *path,
                    ONEM2M_ERROR *error)
{
    *length = 0;
    while (*length < INPUT_MAX) {
        const ssize_t n = read(fd, input + *length, INPUT_MAX - *length);

        if (n < 0 && errno != EINTR)
            return refuse_file(error, path);
        if (n == 0)
            break;
        if (n > 0)
            *length += (size_t)n;
    }
    return 1;
}

/* EVP_read_pw_string asks the terminal, puts the echo out, and back on when it is interrupted. */
static int ask_terminal(unsigned char *input, size_t *length, ONEM2M_ERROR *error)
{
    if (EVP_read_pw_string((char *)input, INPUT_MAX, "Key in hexadecimal: ", 0) != 0)
        return refuse(error, "the terminal gave no key");
    *length = strlen((const char *)input);
    return 1;
}

static int read_input(unsigned char *input, size_t *length, const char *path, int is_binary,
                      ONEM2M_ERROR *error)
{
    int fd, ok;

    if (path == NULL) {
        if (!is_binary && isatty(STDIN_FILENO))
            return ask_terminal(input, length, error);
        return read_all(STDIN_FILENO, input, length, "standard input", error);
    }
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return refuse_file(error, path);
    ok = read_all(fd, input, length, path, error);
    close(fd);
    return ok;
}

static int is_space(unsigned char octet)
{
    return octet == ' ' || octet == '\t' || octet == '\r' || octet == '\n';
}

static ONEM2M_SLICE trim(ONEM2M_SLICE text)
{
    while (text.length > 0 && is_space(text.data[text.length - 1]))
        text.length--;
    while (text.length > 0 && is_space(text.data[0])) {
        text.data++;
        text.length--;
    }
    return text;
}

static int take_octets(ONEM2M_SECRET *secret, ONEM2M_SLICE input, int is_binary,
                       ONEM2M_ERROR *error)
{
    unsigned char octets[ONEM2M_KEY_OCTETS_MAX];
    size_t length;
    int ok;

    if (!onem2m_secret_reserve(secret, ONEM2M_KEY_OCTETS_MAX))
        return refuse_memory(error);
    if (is_binary) {
        if (input.length > ONEM2M_KEY_OCTETS_MAX)
            return onem2m_refuse(error, ONEM2M_R_BAD_KEY_LENGTH, ONEM2M_NO_OFFSET,
                                 "the key: more than %d octets", ONEM2M_KEY_OCTETS_MAX);
        onem2m_secret_assign(secret, input.data, input.length);
        return 1;
    }
    ok = hex_read(octets, sizeof(octets), &length, trim(input), "the key", error);
    if (ok)
        onem2m_secret_assign(secret, octets, length);
    OPENSSL_cleanse(octets, sizeof(octets));
    return ok;
}

int secret_read(ONEM2M_SECRET *secret, const char *path, int is_binary, ONEM2M_ERROR *error)
{
    unsigned char input[INPUT_MAX];
    ONEM2M_SLICE given = { input, 0 };
    const int ok = read_input(input, &given.length, path, is_binary, error) &&
                   take_octets(secret, given, is_binary, error);

    OPENSSL_cleanse(input, sizeof(input));
    return ok;
}
