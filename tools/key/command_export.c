/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "commands.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <openssl/crypto.h>
#include "refuse.h"
#include "secret_input.h"

/* What one key takes in the output at the most: identity, colon, digits, end of line. */
#define ENTRY_MAX (ONEM2M_KEY_ID_MAX + 1 + 2 * ONEM2M_KEY_OCTETS_MAX + 1)

typedef enum { FORMAT_HEX, FORMAT_BINARY, FORMAT_PSK_FILE, FORMAT_COUNT } FORMAT;

static const char *const formats[FORMAT_COUNT] = { "hex", "binary", "psk-file" };

/* Never stdio: its buffers would keep octets of keys. */
typedef struct {
    const TOOL *tool;
    FORMAT format;
    unsigned char *octets;
    size_t length, capacity;
} EXPORT;

static void put(EXPORT *export, const void *octets, size_t length)
{
    memcpy(export->octets + export->length, octets, length);
    export->length += length;
}

static void put_hex(EXPORT *export, ONEM2M_SLICE secret)
{
    hex_write((char *)export->octets + export->length, secret.data, secret.length);
    export->length += 2 * secret.length;
    put(export, "\n", 1);
}

static void put_key(EXPORT *export, ONEM2M_SLICE key_id, ONEM2M_SLICE secret)
{
    if (export->format == FORMAT_BINARY) {
        put(export, secret.data, secret.length);
        return;
    }
    if (export->format == FORMAT_PSK_FILE) {
        put(export, key_id.data, key_id.length);
        put(export, ":", 1);
    }
    put_hex(export, secret);
}

static int export_key(void *argument, const ONEM2M_ATTRIBUTES *attributes,
                      const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    EXPORT *export = argument;
    const ONEM2M_USE use = { .kind = ONEM2M_USE_EXPORT, .now = export->tool->now };
    unsigned char octets[ONEM2M_KEY_OCTETS_MAX];
    const ONEM2M_SLICE secret = { octets, onem2m_material_length(material) };

    if (!onem2m_policy_allows(attributes, &use, error) ||
        !onem2m_material_read(material, octets, error))
        return 0;
    put_key(export, attributes->text[ONEM2M_TEXT_KEY_ID], secret);
    OPENSSL_cleanse(octets, secret.length);
    return 1;
}

static int export_all(EXPORT *export, ONEM2M_ERROR *error)
{
    const ARGUMENTS *arguments = &export->tool->arguments;
    unsigned int kinds;

    if (!tool_kinds(export->tool, OPTION_KIND, &kinds, error))
        return 0;
    for (size_t i = 0; i < arguments->operand_count; i++) {
        const char *key_id = arguments->operands[i];

        if (!onem2m_store_look_up(export->tool->reader, key_id, strlen(key_id), kinds, export_key,
                                  export, error))
            return 0;
    }
    return 1;
}

static int write_octets(int fd, const EXPORT *export)
{
    size_t done = 0;

    while (done < export->length) {
        const ssize_t n = write(fd, export->octets + done, export->length - done);

        if (n < 0 && errno != EINTR)
            return 0;
        if (n > 0)
            done += (size_t)n;
    }
    return 1;
}

static int write_file(const EXPORT *export, const char *path, ONEM2M_ERROR *error)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);

    if (fd < 0)
        return refuse_file(error, path);
    if (write_octets(fd, export) && fsync(fd) == 0) {
        close(fd);
        return 1;
    }
    refuse_file(error, path);
    close(fd);
    unlink(path);
    return 0;
}

static int write_out(const EXPORT *export, OUTPUT *output, ONEM2M_ERROR *error)
{
    const char *path = tool_option(export->tool, OPTION_OUT);

    if (path == NULL)
        return write_octets(STDOUT_FILENO, export) || refuse_file(error, "standard output");
    if (!write_file(export, path, error))
        return 0;
    if (output->is_json)
        output_string(output, "file", path);
    return 1;
}

static int read_format(TOOL *tool, FORMAT *format, ONEM2M_ERROR *error)
{
    const char *name = tool_option(tool, OPTION_FORMAT);
    int i = FORMAT_HEX;

    while (name != NULL && i < FORMAT_COUNT && strcmp(formats[i], name) != 0)
        i++;
    *format = (FORMAT)i;
    if (i == FORMAT_COUNT)
        return tool_misused(tool, error, "--format is hex, binary or psk-file");
    if (i != FORMAT_PSK_FILE && tool->arguments.operand_count > 1)
        return tool_misused(tool, error, "--format %s takes one key", formats[i]);
    if (tool->output.is_json && !tool_has(tool, OPTION_OUT))
        return tool_misused(tool, error, "--json needs --out: octets of a key are never in it");
    return 1;
}

int command_export(TOOL *tool, ONEM2M_ERROR *error)
{
    EXPORT export = { .tool = tool, .capacity = tool->arguments.operand_count * ENTRY_MAX };
    int ok;

    if (!read_format(tool, &export.format, error))
        return 0;
    export.octets = OPENSSL_malloc(export.capacity);
    if (export.octets == NULL)
        return refuse_memory(error);
    ok = export_all(&export, error) && write_out(&export, &tool->output, error);
    OPENSSL_clear_free(export.octets, export.capacity);
    return ok;
}
