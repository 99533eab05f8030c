/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <locale.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <openssl/crypto.h>
#include "commands.h"
#include "pin.h"
#include "refuse.h"
#include "standard_streams.h"

#define EXIT_USAGE 2
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define ANY_NUMBER ((size_t)-1)
#define NAME_WIDTH 10

/* For the octets of keys: a transaction of import at their longest. Locked where that is allowed.
 */
#define SECURE_HEAP (8 << 20)
#define SECURE_LEAST 32

#define ATTRIBUTES                                                                                 \
    (OPTION_BIT(KIND) | OPTION_BIT(SUID) | OPTION_BIT(KEY_ID) | OPTION_BIT(NOT_AFTER) |            \
     OPTION_BIT(LABELS) | OPTION_BIT(EXTRACTABLE) | OPTION_BIT(NO_DERIVE_OCTETS) |                 \
     OPTION_BIT(PARENT_KIND) | OPTION_BIT(PURPOSE) | OPTION_BIT(ENTITY_ID) |                       \
     OPTION_BIT(REGISTRAR_URI) | OPTION_BIT(SOURCE_CREDENTIAL_ID))
#define REGISTRATIONS                                                                              \
    (OPTION_BIT(REGISTRATION) | OPTION_BIT(TARGET_IDS) | OPTION_BIT(SOURCE_ID) |                   \
     OPTION_BIT(ADMIN_FQDN) | OPTION_BIT(ALLOWED_SUIDS) | OPTION_BIT(PARENT_KEY_ID))
#define OPERANDS                                                                                   \
    (OPTION_BIT(DERIVATION) | OPTION_BIT(MAF_ID) | OPTION_BIT(TARGET_ID) |                         \
     OPTION_BIT(SUID_ENCODING) | OPTION_BIT(SALT) | OPTION_BIT(DIGEST) |                           \
     OPTION_BIT(RECEIVER_RAND) | OPTION_BIT(ORIGINATOR_RAND) | OPTION_BIT(HALF) |                  \
     OPTION_BIT(MODE) | OPTION_BIT(RAND) | OPTION_BIT(IMPI) | OPTION_BIT(NAF_FQDN) |               \
     OPTION_BIT(UA_PROTOCOL))

typedef struct {
    const char *name;
    command_fn *run;
    NEEDS needs;
    OPTION_SET options;
    size_t operands_min, operands_max;
    const char *operands;
    const char *summary;
} COMMAND;

static const COMMAND commands[] = {
    { "init", command_init, NEEDS_CRYPTO, 0, 0, 0, "", "make directory, seal file and store" },
    { "add", command_add, NEEDS_STORE,
      ATTRIBUTES | REGISTRATIONS | OPTION_BIT(SECRET_FILE) | OPTION_BIT(BINARY), 0, 0, "",
      "store a key that is given; prints its name" },
    { "generate", command_generate, NEEDS_STORE, ATTRIBUTES | REGISTRATIONS | OPTION_BIT(OCTETS), 0,
      0, "", "store a key of random octets; prints its name" },
    { "derive", command_derive, NEEDS_STORE, ATTRIBUTES | OPERANDS | OPTION_BIT(REQUESTER), 1, 1,
      "PARENT-KEY-ID", "store a key derived from another; prints its name" },
    { "list", command_list, NEEDS_STORE,
      OPTION_BIT(KIND) | OPTION_BIT(SUID) | OPTION_BIT(STATE) | OPTION_BIT(LABEL) | OPTION_BIT(ALL),
      0, 0, "", "list keys" },
    { "show", command_show, NEEDS_STORE, OPTION_BIT(KIND), 1, 1, "KEY-ID",
      "show everything about a key but its octets" },
    { "tree", command_tree, NEEDS_STORE, OPTION_BIT(KIND), 0, 1, "[KEY-ID]",
      "show which key came from which" },
    { "update", command_update, NEEDS_STORE,
      OPTION_BIT(KIND) | OPTION_BIT(NOT_AFTER) | OPTION_BIT(LABELS) | OPTION_BIT(TARGET_IDS) |
          OPTION_BIT(STATE) | OPTION_BIT(NO_EXTRACTABLE) | OPTION_BIT(NO_DERIVE_OCTETS) |
          OPTION_BIT(REQUESTER),
      1, 1, "KEY-ID", "change a key's end, labels, targets or state, or let it do less" },
    { "revoke", command_revoke, NEEDS_STORE,
      OPTION_BIT(KIND) | OPTION_BIT(TREE) | OPTION_BIT(REQUESTER), 1, 1, "KEY-ID",
      "revoke a key, for good" },
    { "remove", command_remove, NEEDS_STORE, OPTION_BIT(KIND) | OPTION_BIT(REQUESTER), 1, 1,
      "KEY-ID", "destroy a key; its name stays taken" },
    { "purge", command_purge, NEEDS_STORE, 0, 0, 0, "", "destroy all expired keys" },
    { "export", command_export, NEEDS_STORE,
      OPTION_BIT(KIND) | OPTION_BIT(FORMAT) | OPTION_BIT(OUT), 1, ANY_NUMBER, "KEY-ID ...",
      "give out the octets of extractable keys" },
    { "import", command_import, NEEDS_STORE, OPTION_BIT(SKIP_EXISTING), 0, 1, "[FILE]",
      "store many keys" },
    { "verify", command_verify, NEEDS_CRYPTO, OPTION_BIT(TIDY), 0, 0, "",
      "check every record, and that none was put back or taken away" },
    { "backup", command_backup, NEEDS_STORE, 0, 1, 1, "FILE", "write the store into a new file" },
    { "restore", command_restore, NEEDS_CRYPTO, 0, 1, 1, "FILE", "make the store of a backup" },
    { "rotate", command_rotate, NEEDS_STORE, 0, 0, 0, "",
      "seal every record under a new data key" },
    { "reseal", command_reseal, NEEDS_STORE, OPTION_BIT(NEW_SEAL), 0, 0, "",
      "put the store under another seal" },
    { "config", command_config, NEEDS_CONFIG, 0, 0, 0, "",
      "show the provider's section of openssl.cnf and what is wrong with it" },
};

static const COMMAND *find_command(const char *name)
{
    for (size_t i = 0; name != NULL && i < COUNT(commands); i++) {
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    }
    return NULL;
}

static int allowed_options(const char *name, OPTION_SET *set)
{
    const COMMAND *command = find_command(name);

    if (command == NULL)
        return 0;
    *set = command->options;
    return 1;
}

static void help(const COMMAND *command)
{
    if (command != NULL) {
        printf("usage: onem2m-key %s [OPTION ...]%s%s\n\n%s\n\n", command->name,
               command->operands[0] != '\0' ? " " : "", command->operands, command->summary);
        options_help(stdout, command->options);
        return;
    }
    printf("usage: onem2m-key [--config FILE] [--json] COMMAND ...\n\n"
           "Administers the key store of the onem2m provider: that of its section of\n"
           "openssl.cnf.\n\n");
    for (size_t i = 0; i < COUNT(commands); i++)
        printf("  %-*s %s\n", NAME_WIDTH, commands[i].name, commands[i].summary);
    printf("\nonem2m-key COMMAND --help lists a command's options.\n"
           "Exit status: 0 done, 1 refused or not found, 2 usage.\n");
}

/* Nothing of a key is to reach a core file or, as far as the system lets us, the swap space. */
static void protect_memory(void)
{
    const struct rlimit none = { 0, 0 };

    setrlimit(RLIMIT_CORE, &none);
    CRYPTO_secure_malloc_init(SECURE_HEAP, SECURE_LEAST);
}

static int check_use(const COMMAND *command, const ARGUMENTS *arguments, ONEM2M_ERROR *error)
{
    if (command == NULL)
        return refuse(error, "which command?");
    if (arguments->operand_count < command->operands_min)
        return refuse(error, "%s is missing", command->operands);
    if (arguments->operand_count > command->operands_max)
        return refuse(error, "unexpected argument '%.60s'",
                      arguments->operands[command->operands_max]);
    return 1;
}

static int finish(TOOL *tool, int status)
{
    if (!output_end(&tool->output)) {
        perror("onem2m-key: standard output");
        status = EXIT_FAILURE;
    }
    tool_close(tool);
    return status;
}

static int fail(TOOL *tool, ONEM2M_ERROR *error, int is_misused)
{
    char advised[sizeof(error->detail)];

    if (is_misused) {
        snprintf(advised, sizeof(advised), "%.170s; see --help", error->detail);
        memcpy(error->detail, advised, sizeof(advised));
    }
    output_error(&tool->output, tool->arguments.command, error);
    return finish(tool, is_misused ? EXIT_USAGE : EXIT_FAILURE);
}

static int run(TOOL *tool, const COMMAND *command)
{
    ONEM2M_ERROR error = { .reason = ONEM2M_R_NONE };

    if (!tool_prepare(tool, command->needs, &error) || !command->run(tool, &error))
        return fail(tool, &error, tool->is_misused);
    return finish(tool, tool->has_findings ? EXIT_FAILURE : EXIT_SUCCESS);
}

int main(int argc, char *argv[])
{
    ONEM2M_ERROR error = { .reason = ONEM2M_R_NONE };
    const COMMAND *command;
    TOOL tool = { .store = NULL };
    int ok;

    standard_streams_open();
    setlocale(LC_CTYPE, "");
    /* The provider itself is not to be loaded into this process. */
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    protect_memory();
    pin_ask_terminal();
    ok = arguments_parse(&tool.arguments, argc, argv, allowed_options, &error);
    command = find_command(tool.arguments.command);
    if (ok && tool_has(&tool, OPTION_HELP)) {
        help(command);
        return finish(&tool, EXIT_SUCCESS);
    }
    output_begin(&tool.output, tool_has(&tool, OPTION_JSON));
    if (!ok || !check_use(command, &tool.arguments, &error))
        return fail(&tool, &error, 1);
    return run(&tool, command);
}
