/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "commands.h"

#include <openssl/crypto.h>
#include "draft.h"
#include "line_reader.h"
#include "progress.h"
#include "refuse.h"
#include "secret_input.h"

/* How many keys are stored in one transaction. */
#define BATCH 4096
#define SECRET_NAME "priv"
#define SEPARATOR '\t'

typedef struct {
    TOOL *tool;
    LINE_READER lines;
    int skips_existing;
    ONEM2M_KEY *keys; /* BATCH of them, those not yet stored first */
    unsigned long *line_of;
    size_t count;
    size_t at;      /* which of them is being stored */
    size_t skipped; /* of this transaction */
    uint64_t all_stored, all_skipped;
} IMPORT;

/* ---- A line: name=value, separated by tabs ---- */

static int read_secret(ONEM2M_SECRET *secret, ONEM2M_SLICE value, ONEM2M_ERROR *error)
{
    size_t length;

    if (!onem2m_secret_reserve(secret, ONEM2M_KEY_OCTETS_MAX))
        return refuse_memory(error);
    if (!hex_read(secret->octets, ONEM2M_KEY_OCTETS_MAX, &length, value, SECRET_NAME, error))
        return 0;
    secret->length = length;
    return 1;
}

static int read_field(DRAFT *draft, ONEM2M_SECRET *secret, ONEM2M_SLICE field, ONEM2M_ERROR *error)
{
    const unsigned char *sign = memchr(field.data, '=', field.length);
    ONEM2M_SLICE name = field, value;

    if (sign == NULL)
        return refuse(error, "a field without '='; name=value, separated by tabs, is needed");
    name.length = (size_t)(sign - field.data);
    value = (ONEM2M_SLICE){ sign + 1, field.length - name.length - 1 };
    if (name.length == strlen(SECRET_NAME) && memcmp(name.data, SECRET_NAME, name.length) == 0)
        return read_secret(secret, value, error);
    return draft_set(draft, name, value, error);
}

static int read_fields(DRAFT *draft, ONEM2M_SECRET *secret, ONEM2M_SLICE line, ONEM2M_ERROR *error)
{
    const unsigned char *end = line.data + line.length;

    for (const unsigned char *at = line.data; at < end; at++) {
        const unsigned char *tab = memchr(at, SEPARATOR, (size_t)(end - at));
        const ONEM2M_SLICE field = { at, (size_t)((tab != NULL ? tab : end) - at) };

        if (!read_field(draft, secret, field, error))
            return 0;
        at += field.length;
    }
    return 1;
}

static int read_key(const IMPORT *import, ONEM2M_KEY *key, ONEM2M_SLICE line, ONEM2M_ERROR *error)
{
    ONEM2M_SECRET secret = { .octets = NULL };
    DRAFT draft;
    int ok;

    draft_begin(&draft, import->tool->now);
    memset(key, 0, sizeof(*key));
    ok = read_fields(&draft, &secret, line, error);
    if (ok) {
        const ONEM2M_MATERIAL material = onem2m_material_of_secret(&secret);

        ok = onem2m_key_make(key, &draft.attributes, &material, error);
    }
    onem2m_secret_clear(&secret);
    return ok;
}

/* ---- A transaction ---- */

static int store_batch(ONEM2M_STORE_WRITER *writer, void *argument, ONEM2M_ERROR *error)
{
    IMPORT *import = argument;

    import->skipped = 0;
    for (import->at = 0; import->at < import->count; import->at++) {
        const ONEM2M_KEY *key = &import->keys[import->at];
        const ONEM2M_MATERIAL material = onem2m_key_material(key);

        if (onem2m_store_add(writer, &key->attributes, &material, NULL, error))
            continue;
        if (!import->skips_existing || error->reason != ONEM2M_R_NAME_IN_USE)
            return 0;
        import->skipped++;
    }
    return 1;
}

static int refuse_line(unsigned long line, ONEM2M_ERROR *error)
{
    char what[32];

    snprintf(what, sizeof(what), "line %lu", line);
    return tool_refuse_about(what, error);
}

static int try_batch(IMPORT *import, ONEM2M_ERROR *error)
{
    if (!onem2m_store_write(import->tool->store, store_batch, import, error))
        return 0;
    import->all_stored += import->count - import->skipped;
    import->all_skipped += import->skipped;
    return 1;
}

static void forget_batch(IMPORT *import, size_t count)
{
    for (size_t i = 0; i < count; i++)
        onem2m_key_clear(&import->keys[i]);
    import->count = 0;
}

/* Stores what was read. When a key is refused, those of the lines before it are stored. */
static int write_batch(IMPORT *import, ONEM2M_ERROR *error)
{
    const size_t read = import->count;
    int ok = read == 0 || try_batch(import, error);
    ONEM2M_ERROR other;

    if (!ok) {
        const size_t refused = import->at < read ? import->at : 0;

        import->count = refused;
        if (refused == 0 || try_batch(import, &other)) {
            refuse_line(import->line_of[refused], error);
        } else {
            *error = other;
            refuse_line(import->line_of[0], error);
        }
    }
    forget_batch(import, read);
    return ok;
}

/* ---- All of them ---- */

static int take_line(IMPORT *import, ONEM2M_SLICE line, ONEM2M_ERROR *error)
{
    if (line.length == 0 || line.data[0] == '#')
        return 1;
    if (!read_key(import, &import->keys[import->count], line, error))
        return refuse_line(import->lines.line, error);
    import->line_of[import->count++] = import->lines.line;
    return import->count < BATCH || write_batch(import, error);
}

static int import_lines(IMPORT *import, ONEM2M_ERROR *error)
{
    ONEM2M_ERROR other;
    ONEM2M_SLICE line;
    PROGRESS progress;
    int found, ok = 1;

    progress_begin(&progress, "import");
    while (ok && (found = line_reader_next(&import->lines, &line, error)) != 0) {
        ok = found > 0 && take_line(import, line, error);
        progress_update(&progress, import->lines.done, import->lines.size);
    }
    /* What stands before a bad line is stored; when that fails too, it is the first failure. */
    if (!write_batch(import, &other)) {
        *error = other;
        ok = 0;
    }
    progress_end(&progress);
    return ok;
}

static int open_import(IMPORT *import, ONEM2M_ERROR *error)
{
    const char *path =
        import->tool->arguments.operand_count > 0 ? import->tool->arguments.operands[0] : NULL;

    if (!line_reader_open(&import->lines, path, error))
        return 0;
    import->keys = OPENSSL_zalloc(BATCH * sizeof(*import->keys));
    import->line_of = OPENSSL_zalloc(BATCH * sizeof(*import->line_of));
    return (import->keys != NULL && import->line_of != NULL) || refuse_memory(error);
}

int command_import(TOOL *tool, ONEM2M_ERROR *error)
{
    IMPORT import = { .tool = tool, .skips_existing = tool_has(tool, OPTION_SKIP_EXISTING) };
    const int is_open = open_import(&import, error);
    const int ok = is_open && import_lines(&import, error);

    if (is_open && (ok || tool->output.is_json || import.all_stored > 0)) {
        output_number(&tool->output, "stored", import.all_stored);
        if (import.skips_existing)
            output_number(&tool->output, "skipped", import.all_skipped);
    }
    line_reader_close(&import.lines);
    OPENSSL_free(import.keys);
    OPENSSL_free(import.line_of);
    return ok;
}
