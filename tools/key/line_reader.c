/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "line_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <openssl/crypto.h>
#include "refuse.h"

#define LINE_MAX_OCTETS 131072

int line_reader_open(LINE_READER *reader, const char *path, ONEM2M_ERROR *error)
{
    struct stat status;

    memset(reader, 0, sizeof(*reader));
    reader->path = path != NULL ? path : "standard input";
    reader->fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY) : STDIN_FILENO;
    if (reader->fd < 0 || fstat(reader->fd, &status) != 0)
        return refuse_file(error, reader->path);
    if (S_ISREG(status.st_mode))
        reader->size = (uint64_t)status.st_size;
    reader->buffer = OPENSSL_malloc(LINE_MAX_OCTETS);
    return reader->buffer != NULL || refuse_memory(error);
}

void line_reader_close(LINE_READER *reader)
{
    OPENSSL_clear_free(reader->buffer, LINE_MAX_OCTETS);
    reader->buffer = NULL;
    if (reader->fd > STDIN_FILENO)
        close(reader->fd);
}

/* Makes room behind what is left, and reads there. */
static int fill(LINE_READER *reader, ONEM2M_ERROR *error)
{
    ssize_t n;

    memmove(reader->buffer, reader->buffer + reader->start, reader->end - reader->start);
    reader->end -= reader->start;
    reader->start = 0;
    if (reader->end == LINE_MAX_OCTETS)
        return refuse(error, "line %lu: longer than %d octets", reader->line + 1, LINE_MAX_OCTETS);
    do {
        n = read(reader->fd, reader->buffer + reader->end, LINE_MAX_OCTETS - reader->end);
    } while (n < 0 && errno == EINTR);
    if (n < 0)
        return refuse_file(error, reader->path);
    reader->is_at_end = n == 0;
    reader->end += (size_t)n;
    return 1;
}

static void give_out(LINE_READER *reader, ONEM2M_SLICE *line, size_t length, size_t ending)
{
    line->data = reader->buffer + reader->start;
    line->length = length;
    if (line->length > 0 && line->data[line->length - 1] == '\r')
        line->length--;
    reader->start += length + ending;
    reader->done += length + ending;
    reader->line++;
}

int line_reader_next(LINE_READER *reader, ONEM2M_SLICE *line, ONEM2M_ERROR *error)
{
    size_t searched = 0;

    for (;;) {
        const unsigned char *from = reader->buffer + reader->start;
        const size_t length = reader->end - reader->start;
        const unsigned char *newline = memchr(from + searched, '\n', length - searched);

        if (newline != NULL) {
            give_out(reader, line, (size_t)(newline - from), 1);
            return 1;
        }
        if (reader->is_at_end) {
            if (length == 0)
                return 0;
            give_out(reader, line, length, 0);
            return 1;
        }
        searched = length;
        if (!fill(reader, error))
            return -1;
    }
}
