/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "commands.h"

#include <stdlib.h>
#include <unistd.h>
#include "directory.h"
#include "keystore/seal.h"
#include "refuse.h"

#define FILE_SCHEME "file:"
#define MADE "made"
#define FOUND "there already"

/* What init has made, to be taken away when it fails. */
typedef struct {
    const char *directory;
    int has_made_seal, has_made_key;
    const char *seal; /* NULL: of a token, whose key stays for the next init */
} MADE_FILES;

/* Makes the seal unless it is there; *is_made says which. */
static int make_seal(const TOOL *tool, const char *uri, int *is_made, ONEM2M_ERROR *error)
{
    int is_there;

    *is_made = 0;
    if (uri == NULL)
        return 1;
    if (!onem2m_seal_is_there(uri, &is_there, error))
        return 0;
    if (is_there)
        return 1;
    if (!onem2m_seal_create(uri, tool->libctx, error))
        return 0;
    *is_made = 1;
    return 1;
}

/* NULL: of a token. */
static const char *path_of(const char *uri)
{
    return strncmp(uri, FILE_SCHEME, strlen(FILE_SCHEME)) == 0 ? uri + strlen(FILE_SCHEME) : NULL;
}

/* Makes the key of the token that wraps the others, unless it is there. */
static int make_token_key(const TOOL *tool, int *is_made, ONEM2M_ERROR *error)
{
    ONEM2M_TOKEN *token = onem2m_store_token(tool->store);
    int is_there;

    *is_made = 0;
    if (token == NULL)
        return 1;
    is_there = onem2m_token_is_there(token, error);
    if (is_there != 0)
        return is_there > 0;
    *is_made = onem2m_token_create(token, error);
    return *is_made;
}

static int make_in(TOOL *tool, const PLACES *places, MADE_FILES *made, ONEM2M_ERROR *error)
{
    if (places->records != NULL && !directory_make(places->records, &made->directory, error))
        return 0;
    if (!tool_open_store(tool, error) || !make_token_key(tool, &made->has_made_key, error) ||
        !make_seal(tool, places->seal, &made->has_made_seal, error))
        return 0;
    if (made->has_made_seal)
        made->seal = path_of(places->seal);
    return onem2m_store_create(tool->store, error);
}

int command_init(TOOL *tool, ONEM2M_ERROR *error)
{
    MADE_FILES made = { .directory = NULL };
    PLACES places;
    ONEM2M_ERROR why;
    const int ok =
        config_places(&places, &tool->config, error) && make_in(tool, &places, &made, error);

    if (!ok) {
        /* Another process may have made a store under this seal: it goes only if it opens nothing.
         */
        if (made.seal != NULL && error->reason == ONEM2M_R_STORE_EXISTS &&
            !tool_store_opens(tool, &why) && why.reason == ONEM2M_R_BAD_SEAL)
            unlink(made.seal);
        if (made.directory != NULL)
            rmdir(made.directory);
        config_clear_places(&places);
        return 0;
    }
    output_string(&tool->output, "keystore", tool->config.keystore);
    if (places.records != NULL)
        output_string(&tool->output, "directory", made.directory != NULL ? MADE : FOUND);
    output_string(&tool->output, "seal", made.has_made_seal ? MADE : FOUND);
    if (places.has_token)
        output_string(&tool->output, "wrapping-key", made.has_made_key ? MADE : FOUND);
    config_clear_places(&places);
    return 1;
}

int command_reseal(TOOL *tool, ONEM2M_ERROR *error)
{
    const char *seal = tool_option(tool, OPTION_NEW_SEAL);
    int is_made;

    if (seal == NULL || seal[0] == '\0')
        return tool_misused(tool, error, "--new-seal is missing");
    /* When it fails a new file or key stays: nothing is lost by that, and much by taking one in
     * use. */
    if (!make_seal(tool, seal, &is_made, error) || !onem2m_store_reseal(tool->store, seal, error))
        return 0;
    output_string(&tool->output, "seal", seal);
    output_string(&tool->output, path_of(seal) != NULL ? "file" : "key", is_made ? MADE : FOUND);
    if (!tool->output.is_json)
        printf("Now put it into %s: seal = %s\n", tool->config.file, seal);
    return 1;
}
