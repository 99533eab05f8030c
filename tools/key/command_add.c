/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "commands.h"

#include <stdlib.h>
#include "keystore/derived.h"
#include "draft.h"
#include "refuse.h"
#include "secret_input.h"

#define OCTETS_DEFAULT 32

/* ---- The kind of a parent whose name alone is given ---- */

static int take_kind(void *argument, const ONEM2M_ATTRIBUTES *attributes,
                     const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    ONEM2M_KIND *kind = argument;

    (void)material;
    (void)error;
    *kind = attributes->kind;
    return 1;
}

static int find_parent_kind(const TOOL *tool, ONEM2M_ATTRIBUTES *attributes, ONEM2M_ERROR *error)
{
    const ONEM2M_SLICE parent = attributes->text[ONEM2M_TEXT_PARENT_KEY_ID];
    ONEM2M_ERROR why;

    if (parent.length == 0 || attributes->parent_kind != 0 ||
        onem2m_store_look_up(tool->reader, (const char *)parent.data, parent.length,
                             ONEM2M_KINDS_ALL, take_kind, &attributes->parent_kind, &why))
        return 1;
    return onem2m_refuse(error, why.reason, why.offset, "parent-key-id: %.100s; --parent-kind?",
                         why.detail);
}

/* ---- Adding ---- */

typedef struct {
    const ONEM2M_KEY *key;
    char key_id[ONEM2M_KEY_ID_MAX + 1];
} ADDITION;

static int add_key(ONEM2M_STORE_WRITER *writer, void *argument, ONEM2M_ERROR *error)
{
    ADDITION *addition = argument;
    const ONEM2M_MATERIAL material = onem2m_key_material(addition->key);

    return onem2m_store_add(writer, &addition->key->attributes, &material, addition->key_id, error);
}

static int store_key(TOOL *tool, const ONEM2M_KEY *key, ONEM2M_ERROR *error)
{
    ADDITION addition = { .key = key };

    if (!onem2m_store_write(tool->store, add_key, &addition, error))
        return 0;
    output_result(&tool->output, "key-id", addition.key_id);
    return 1;
}

static int take_options(TOOL *tool, DRAFT *draft, ONEM2M_ERROR *error)
{
    draft_begin(draft, tool->now);
    return draft_take_options(draft, tool, error) &&
           draft_take_option(draft, tool, "purpose", error) &&
           find_parent_kind(tool, &draft->attributes, error);
}

/* Makes a key of the options and what it is computed with, and stores it. */
static int add_material(TOOL *tool, const DRAFT *draft, const ONEM2M_MATERIAL *material,
                        ONEM2M_ERROR *error)
{
    ONEM2M_KEY key = { .storage = NULL };
    const int ok =
        onem2m_key_make(&key, &draft->attributes, material, error) && store_key(tool, &key, error);

    onem2m_key_clear(&key);
    return ok;
}

static int add_octets(TOOL *tool, const ONEM2M_SECRET *secret, ONEM2M_ERROR *error)
{
    const ONEM2M_MATERIAL material = onem2m_material_of_secret(secret);
    DRAFT draft;

    return take_options(tool, &draft, error) && add_material(tool, &draft, &material, error);
}

static int check_kind_given(TOOL *tool, ONEM2M_ERROR *error)
{
    return tool_has(tool, OPTION_KIND) || tool_misused(tool, error, "--kind is missing");
}

int command_add(TOOL *tool, ONEM2M_ERROR *error)
{
    ONEM2M_SECRET secret = { .octets = NULL };
    int ok;

    if (!check_kind_given(tool, error))
        return 0;
    ok = secret_read(&secret, tool_option(tool, OPTION_SECRET_FILE), tool_has(tool, OPTION_BINARY),
                     error) &&
         add_octets(tool, &secret, error);
    onem2m_secret_clear(&secret);
    return ok;
}

static int read_octets(TOOL *tool, size_t *octets, ONEM2M_ERROR *error)
{
    const char *text = tool_option(tool, OPTION_OCTETS);
    char *end;
    unsigned long number;

    *octets = OCTETS_DEFAULT;
    if (text == NULL)
        return 1;
    errno = 0;
    number = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 ||
        number < ONEM2M_KEY_OCTETS_MIN || number > ONEM2M_KEY_OCTETS_MAX)
        return tool_misused(tool, error, "--octets takes %d to %d", ONEM2M_KEY_OCTETS_MIN,
                            ONEM2M_KEY_OCTETS_MAX);
    *octets = number;
    return 1;
}

static int generate_key(TOOL *tool, const DRAFT *draft, size_t octets, ONEM2M_ERROR *error)
{
    ONEM2M_DERIVED generated = { .token = NULL };
    ONEM2M_MATERIAL material;
    int ok = onem2m_generate_child(onem2m_store_token(tool->store), tool->libctx,
                                   draft->attributes.extractable, octets, &generated, error);

    if (ok) {
        material = onem2m_derived_material(&generated);
        ok = add_material(tool, draft, &material, error);
    }
    onem2m_derived_clear(&generated);
    return ok;
}

int command_generate(TOOL *tool, ONEM2M_ERROR *error)
{
    size_t octets;
    DRAFT draft;

    return check_kind_given(tool, error) && read_octets(tool, &octets, error) &&
           take_options(tool, &draft, error) && generate_key(tool, &draft, octets, error);
}
