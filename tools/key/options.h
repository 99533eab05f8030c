/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEY_OPTIONS_H
#define ONEM2M_KEY_OPTIONS_H

#include <stdint.h>
#include <stdio.h>
#include "keystore/error.h"

/*
 * Options, of all commands together: one name means the same everywhere. Those
 * of attributes and of derivations' operands are named like the provider's
 * parameters.
 */
typedef enum {
    OPTION_CONFIG,
    OPTION_JSON,
    OPTION_HELP,
    OPTION_KIND,
    OPTION_SUID,
    OPTION_KEY_ID,
    OPTION_NOT_AFTER,
    OPTION_LABELS,
    OPTION_TARGET_IDS,
    OPTION_SOURCE_ID,
    OPTION_SOURCE_CREDENTIAL_ID,
    OPTION_ADMIN_FQDN,
    OPTION_ALLOWED_SUIDS,
    OPTION_REGISTRATION,
    OPTION_EXTRACTABLE,
    OPTION_NO_EXTRACTABLE,
    OPTION_NO_DERIVE_OCTETS,
    OPTION_PARENT_KEY_ID,
    OPTION_PARENT_KIND,
    OPTION_ENTITY_ID,
    OPTION_REGISTRAR_URI,
    OPTION_SECRET_FILE,
    OPTION_BINARY,
    OPTION_OCTETS,
    OPTION_DERIVATION,
    OPTION_MAF_ID,
    OPTION_TARGET_ID,
    OPTION_SUID_ENCODING,
    OPTION_PURPOSE,
    OPTION_SALT,
    OPTION_DIGEST,
    OPTION_RECEIVER_RAND,
    OPTION_ORIGINATOR_RAND,
    OPTION_HALF,
    OPTION_MODE,
    OPTION_RAND,
    OPTION_IMPI,
    OPTION_NAF_FQDN,
    OPTION_UA_PROTOCOL,
    OPTION_STATE,
    OPTION_LABEL,
    OPTION_ALL,
    OPTION_REQUESTER,
    OPTION_TREE,
    OPTION_FORMAT,
    OPTION_OUT,
    OPTION_SKIP_EXISTING,
    OPTION_NEW_SEAL,
    OPTION_TIDY,
    OPTION_COUNT
} OPTION;

/* A set of options: those of every command are always in it. */
typedef uint64_t OPTION_SET;
#define OPTION_BIT(option) (UINT64_C(1) << OPTION_##option)

typedef struct {
    const char *command;
    const char *value[OPTION_COUNT]; /* "" for one without a value; NULL: not given */
    const char **operands;
    size_t operand_count;
} ARGUMENTS;

/*
 * Takes the command line apart. allowed: asked for a command's options, once
 * its name is known; 0 when there is no such command. On failure error->detail
 * says what is wrong, and the arguments so far are there. *arguments: cleared
 * by arguments_clear in any case.
 */
typedef int arguments_allowed_fn(const char *command, OPTION_SET *allowed);
int arguments_parse(ARGUMENTS *arguments, int argc, char *argv[], arguments_allowed_fn *allowed,
                    ONEM2M_ERROR *error);
void arguments_clear(ARGUMENTS *arguments);

/* An option's name without the hyphens. Static. */
const char *option_name(OPTION option);

/* The option of that name, or OPTION_COUNT. */
OPTION option_find(const char *name, size_t length);

/* One line for each of the set. */
void options_help(FILE *stream, OPTION_SET set);

#endif
