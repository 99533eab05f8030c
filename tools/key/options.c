/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "options.h"

#include <stdlib.h>
#include <string.h>
#include "refuse.h"

#define EVERYWHERE (OPTION_BIT(CONFIG) | OPTION_BIT(JSON) | OPTION_BIT(HELP))
#define HELP_WIDTH 32

_Static_assert(OPTION_COUNT <= 64, "an OPTION_SET has a bit for each");

static const struct {
    const char *name;
    const char *value; /* NULL: the option has none */
    const char *help;
} options[OPTION_COUNT] = {
    [OPTION_CONFIG] = { "config", "FILE", "the openssl.cnf with the provider's section" },
    [OPTION_JSON] = { "json", NULL, "print one JSON object" },
    [OPTION_HELP] = { "help", NULL, "print this text" },
    [OPTION_KIND] = { "kind", "KIND", "kpm, ke, km, kpsa, kc, esprim, esdata ..." },
    [OPTION_SUID] = { "suid", "NUMBER", "Security Usage Identifier" },
    [OPTION_KEY_ID] = { "key-id", "KEY-ID", "the new key's name; default: assigned" },
    [OPTION_NOT_AFTER] = { "not-after", "TIME", "20271231T235959Z; in update '' for no end" },
    [OPTION_LABELS] = { "labels", "'L1 L2'", "separated by a space; in update '' for none" },
    [OPTION_TARGET_IDS] = { "target-ids", "'ID[=FQDN] ID'", "who may have it (registration)" },
    [OPTION_SOURCE_ID] = { "source-id", "ID", "who registered it" },
    [OPTION_SOURCE_CREDENTIAL_ID] = { "source-credential-id", "ID", "with which credential" },
    [OPTION_ADMIN_FQDN] = { "admin-fqdn", "FQDN", "who may change it too" },
    [OPTION_ALLOWED_SUIDS] = { "allowed-suids", "'21 24'", "what may be derived (ke)" },
    [OPTION_REGISTRATION] = { "registration", NULL, "held for others, not an own key" },
    [OPTION_EXTRACTABLE] = { "extractable", NULL, "its octets may leave" },
    [OPTION_NO_EXTRACTABLE] = { "no-extractable", NULL, "its octets may leave no more" },
    [OPTION_NO_DERIVE_OCTETS] = { "no-derive-octets", NULL, "it makes key objects only" },
    [OPTION_PARENT_KEY_ID] = { "parent-key-id", "KEY-ID", "where it came from" },
    [OPTION_PARENT_KIND] = { "parent-kind", "KIND", "the kind of the parent" },
    [OPTION_ENTITY_ID] = { "entity-id", "ID", "the enrolee's assigned CSE-ID or AE-ID" },
    [OPTION_REGISTRAR_URI] = { "registrar-uri", "URI", "of the <CSEBase> to register at" },
    [OPTION_SECRET_FILE] = { "secret-file", "FILE", "the octets; default: standard input" },
    [OPTION_BINARY] = { "binary", NULL, "the octets as they are, not in hexadecimal" },
    [OPTION_OCTETS] = { "octets", "NUMBER", "how many; default: 32" },
    [OPTION_DERIVATION] = { "derivation", "NAME", "ONEM2M-KM ...; default: the parent's octets" },
    [OPTION_MAF_ID] = { "maf-id", "FQDN", "ONEM2M-KM" },
    [OPTION_TARGET_ID] = { "target-id", "ID", "ONEM2M-KPSA, ONEM2M-USAGE-KEY" },
    [OPTION_SUID_ENCODING] = { "suid-encoding", "WORD", "decimal or octet" },
    [OPTION_PURPOSE] = { "purpose", "WORD", "ONEM2M-E2E-KEY, or of an e2e key" },
    [OPTION_SALT] = { "salt", "HEX", "ONEM2M-E2E-KEY" },
    [OPTION_DIGEST] = { "digest", "NAME", "ONEM2M-E2E-KEY" },
    [OPTION_RECEIVER_RAND] = { "receiver-rand", "HEX", "ONEM2M-SESSION-ESPRIM-KEY" },
    [OPTION_ORIGINATOR_RAND] = { "originator-rand", "HEX", "ONEM2M-SESSION-ESPRIM-KEY" },
    [OPTION_HALF] = { "half", "WORD", "ONEM2M-SPLIT-KEY: first or second" },
    [OPTION_MODE] = { "mode", "WORD", "ONEM2M-GBA-NAF-KEY: gba-me or gba-u" },
    [OPTION_RAND] = { "rand", "HEX", "ONEM2M-GBA-NAF-KEY" },
    [OPTION_IMPI] = { "impi", "TEXT", "ONEM2M-GBA-NAF-KEY" },
    [OPTION_NAF_FQDN] = { "naf-fqdn", "FQDN", "ONEM2M-GBA-NAF-KEY" },
    [OPTION_UA_PROTOCOL] = { "ua-protocol", "HEX", "ONEM2M-GBA-NAF-KEY" },
    [OPTION_STATE] = { "state", "STATE", "active, suspended, revoked; list: expired, destroyed" },
    [OPTION_LABEL] = { "label", "LABEL", "those that have this label" },
    [OPTION_ALL] = { "all", NULL, "names of removed keys too" },
    [OPTION_REQUESTER] = { "requester", "ID", "in whose name (registration)" },
    [OPTION_TREE] = { "tree", NULL, "what came from it too" },
    [OPTION_FORMAT] = { "format", "WORD", "hex, binary, psk-file" },
    [OPTION_OUT] = { "out", "FILE", "a new file, mode 0600; default: standard output" },
    [OPTION_SKIP_EXISTING] = { "skip-existing", NULL, "pass over names in use" },
    [OPTION_NEW_SEAL] = { "new-seal", "URI", "file:PATH; made when absent" },
    [OPTION_TIDY] = { "tidy", NULL, "destroy objects of the token that no record names" },
};

const char *option_name(OPTION option)
{
    return options[option].name;
}

OPTION option_find(const char *name, size_t length)
{
    int i;

    for (i = 0; i < OPTION_COUNT; i++) {
        if (strlen(options[i].name) == length && memcmp(options[i].name, name, length) == 0)
            break;
    }
    return (OPTION)i;
}

void options_help(FILE *stream, OPTION_SET set)
{
    char left[64];

    for (int i = 0; i < OPTION_COUNT; i++) {
        if (((set | EVERYWHERE) >> i & 1) == 0)
            continue;
        snprintf(left, sizeof(left), "--%s%s%s", options[i].name,
                 options[i].value != NULL ? " " : "",
                 options[i].value != NULL ? options[i].value : "");
        fprintf(stream, "  %-*s %s\n", HELP_WIDTH, left, options[i].help);
    }
}

typedef struct {
    int argc;
    char **argv;
    int next;
    arguments_allowed_fn *allowed;
    OPTION_SET set;
} CURSOR;

static int set_value(ARGUMENTS *arguments, OPTION option, const char *value, ONEM2M_ERROR *error)
{
    if (arguments->value[option] != NULL)
        return refuse(error, "--%s is given twice", option_name(option));
    arguments->value[option] = value;
    return 1;
}

/* --name, --name VALUE or --name=VALUE */
static int take_option(ARGUMENTS *arguments, CURSOR *cursor, ONEM2M_ERROR *error)
{
    const char *name = cursor->argv[cursor->next++] + 2;
    const size_t length = strcspn(name, "=");
    const OPTION option = option_find(name, length);
    const char *value = name[length] == '=' ? name + length + 1 : NULL;

    if (option == OPTION_COUNT || (cursor->set >> option & 1) == 0)
        return refuse(error, "it has no option --%.60s", name);
    if (options[option].value == NULL)
        return value == NULL ? set_value(arguments, option, "", error)
                             : refuse(error, "--%s takes no value", option_name(option));
    if (value == NULL && cursor->next == cursor->argc)
        return refuse(error, "--%s needs a value", option_name(option));
    return set_value(arguments, option, value != NULL ? value : cursor->argv[cursor->next++],
                     error);
}

static int take_operand(ARGUMENTS *arguments, CURSOR *cursor, ONEM2M_ERROR *error)
{
    const char *operand = cursor->argv[cursor->next++];
    OPTION_SET set;

    if (arguments->command != NULL) {
        arguments->operands[arguments->operand_count++] = operand;
        return 1;
    }
    if (!cursor->allowed(operand, &set))
        return refuse(error, "there is no command '%.60s'", operand);
    arguments->command = operand;
    cursor->set |= set;
    return 1;
}

int arguments_parse(ARGUMENTS *arguments, int argc, char *argv[], arguments_allowed_fn *allowed,
                    ONEM2M_ERROR *error)
{
    CURSOR cursor = { argc, argv, 1, allowed, EVERYWHERE };
    int only_operands = 0, ok = 1;

    memset(arguments, 0, sizeof(*arguments));
    arguments->operands = calloc((size_t)argc + 1, sizeof(*arguments->operands));
    if (arguments->operands == NULL)
        return refuse_memory(error);
    while (ok && cursor.next < argc) {
        const char *argument = argv[cursor.next];

        if (!only_operands && strcmp(argument, "--") == 0) {
            only_operands = 1;
            cursor.next++;
        } else if (!only_operands && strncmp(argument, "--", 2) == 0) {
            ok = take_option(arguments, &cursor, error);
        } else if (!only_operands && argument[0] == '-' && argument[1] != '\0') {
            ok = refuse(error, "it has no option %.60s", argument);
        } else {
            ok = take_operand(arguments, &cursor, error);
        }
    }
    return ok;
}

void arguments_clear(ARGUMENTS *arguments)
{
    free(arguments->operands);
    arguments->operands = NULL;
}
