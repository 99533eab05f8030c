/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "commands.h"

#include <stdlib.h>
#include <sys/stat.h>
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
    const char *seal;
} MADE_FILES;

/* Makes the seal's file unless it is there; *is_made says which. */
static int make_seal(const TOOL *tool, const char *uri, int *is_made, ONEM2M_ERROR *error)
{
    const char *path = uri + strlen(FILE_SCHEME);
    struct stat status;

    *is_made = 0;
    if (strncmp(uri, FILE_SCHEME, strlen(FILE_SCHEME)) != 0 || lstat(path, &status) == 0)
        return 1;
    if (!onem2m_seal_create(uri, tool->libctx, error))
        return 0;
    *is_made = 1;
    return 1;
}

static int make_all(TOOL *tool, MADE_FILES *made, ONEM2M_ERROR *error)
{
    const CONFIG *config = &tool->config;
    int has_made_seal;

    if (config->keystore != NULL && !directory_make(config->keystore, &made->directory, error))
        return 0;
    if (!tool_open_store(tool, error))
        return 0;
    if (!make_seal(tool, config->seal, &has_made_seal, error))
        return 0;
    if (has_made_seal)
        made->seal = config->seal + strlen(FILE_SCHEME);
    return onem2m_store_create(tool->store, error);
}

int command_init(TOOL *tool, ONEM2M_ERROR *error)
{
    MADE_FILES made = { NULL, NULL };
    ONEM2M_ERROR why;

    if (!make_all(tool, &made, error)) {
        /* Another process may have made a store under this seal: it goes only if it opens nothing.
         */
        if (made.seal != NULL && error->reason == ONEM2M_R_STORE_EXISTS &&
            !tool_store_opens(tool, &why) && why.reason == ONEM2M_R_BAD_SEAL)
            unlink(made.seal);
        if (made.directory != NULL)
            rmdir(made.directory);
        return 0;
    }
    output_string(&tool->output, "keystore", tool->config.keystore);
    output_string(&tool->output, "directory", made.directory != NULL ? MADE : FOUND);
    output_string(&tool->output, "seal", made.seal != NULL ? MADE : FOUND);
    return 1;
}

int command_reseal(TOOL *tool, ONEM2M_ERROR *error)
{
    const char *seal = tool_option(tool, OPTION_NEW_SEAL);
    int is_made;

    if (seal == NULL || seal[0] == '\0')
        return tool_misused(tool, error, "--new-seal is missing");
    /* When it fails a new file stays: nothing is lost by that, and much by taking one in use. */
    if (!make_seal(tool, seal, &is_made, error) || !onem2m_store_reseal(tool->store, seal, error))
        return 0;
    output_string(&tool->output, "seal", seal);
    output_string(&tool->output, "file", is_made ? MADE : FOUND);
    if (!tool->output.is_json)
        printf("Now put it into %s: seal = %s\n", tool->config.file, seal);
    return 1;
}
