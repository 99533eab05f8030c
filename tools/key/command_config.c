/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "commands.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>
#include <openssl/crypto.h>
#include "escape.h"
#include "keystore/seal.h"
#include "refuse.h"

#define PROBLEMS_MAX 64
#define PROBLEM_SIZE 320
#define MODULE_NAME "onem2m.so"

typedef struct {
    TOOL *tool;
    size_t count;
    char text[PROBLEMS_MAX][PROBLEM_SIZE];
} PROBLEMS;

/* For a line of text, of format and what follows it as for printf. */
#define add(problems, ...)                                                                         \
    do {                                                                                           \
        if ((problems)->count < PROBLEMS_MAX)                                                      \
            snprintf((problems)->text[(problems)->count++], PROBLEM_SIZE, __VA_ARGS__);            \
    } while (0)

/* ---- What is wrong ---- */

static int is_yes(const char *value)
{
    static const char *const words[] = { "1", "yes", "true", "on" };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(value, words[i]) == 0)
            return 1;
    }
    return 0;
}

static void check_keys(PROBLEMS *problems)
{
    const CONFIG *config = &problems->tool->config;
    const STACK_OF(CONF_VALUE) *entries = NCONF_get_section(config->conf, config->section);

    for (int i = 0; i < sk_CONF_VALUE_num(entries); i++) {
        const CONF_VALUE *entry = sk_CONF_VALUE_value(entries, i);

        if (!config_is_known(config_key(entry)))
            add(problems, "%.60s: unknown key", config_key(entry));
        else if (entry->value[0] == '\0')
            add(problems, "%.60s: empty; leave the line out instead", config_key(entry));
    }
}

/* Whether a provider of that name is activated by its section. */
static int is_activated(PROBLEMS *problems, const char *name, const char *section)
{
    const CONFIG *config = &problems->tool->config;
    const char *activate = section != NULL ? config_value(config, section, "activate") : NULL;

    if (activate == NULL)
        return 0;
    if (!is_yes(activate))
        add(problems,
            "%s: activate = %.20s: OpenSSL before 3.3 activates it, later ones do not; write 1, or "
            "leave the line out",
            name, activate);
    return 1;
}

static void check_activation(PROBLEMS *problems)
{
    const CONFIG *config = &problems->tool->config;

    if (!is_activated(problems, "onem2m", config->section))
        add(problems, "onem2m: not activated: activate = 1 is missing");
    if (!is_activated(problems, "default", config_value(config, config->providers, "default")) &&
        !is_activated(problems, "fips", config_value(config, config->providers, "fips")))
        add(problems, "default: not activated, and so gone from every program that reads this "
                      "file: a section with activate = 1 is missing");
}

/* As OpenSSL looks for it: below MODULESDIR unless the name begins with a slash. */
static void check_module(PROBLEMS *problems)
{
    const char *module = problems->tool->config.module;
    const char *directory = getenv("OPENSSL_MODULES");
    char path[PATH_MAX];

    if (module == NULL)
        module = MODULE_NAME;
    if (directory == NULL)
        directory = OPENSSL_info(OPENSSL_INFO_MODULES_DIR);
    if (module[0] == '/')
        snprintf(path, sizeof(path), "%s", module);
    else
        snprintf(path, sizeof(path), "%s/%s", directory, module);
    if (access(path, R_OK) != 0)
        add(problems, "module: %.200s: %s", path, strerror(errno));
}

/* Returns whether the store can be looked at. */
static int check_fqdn(PROBLEMS *problems)
{
    const char *fqdn = problems->tool->config.fqdn;
    ONEM2M_ERROR error;
    ONEM2M_ID id;

    if (fqdn == NULL ||
        onem2m_id_parse(&id, ONEM2M_ID_FQDN, fqdn, strlen(fqdn), ONEM2M_ID_STRICT, &error))
        return 1;
    if (fqdn[0] != '\0')
        add(problems, "fqdn: %s", error.detail);
    return 0;
}

/* Likewise. */
static int check_seal(PROBLEMS *problems)
{
    ONEM2M_SEAL seal = { .secret = { .octets = NULL } };
    ONEM2M_ERROR error;
    PLACES places;
    int ok = config_places(&places, &problems->tool->config, &error);

    if (!ok) {
        add(problems, "keystore: %s", error.detail);
    } else if (places.seal != NULL) {
        ok = onem2m_seal_open(&seal, places.seal, NULL, problems->tool->libctx, &error);
        if (!ok)
            add(problems, "seal: %s", error.detail);
    }
    onem2m_seal_clear(&seal);
    config_clear_places(&places);
    return ok;
}

static const char *check_store(PROBLEMS *problems)
{
    TOOL *tool = problems->tool;
    ONEM2M_ERROR error;

    if (tool->config.keystore == NULL)
        return "none: no keystore is configured";
    if (strcmp(tool->config.keystore, "memory:") == 0)
        return "in the memory of each program";
    if (tool_open_store(tool, &error) && tool_store_opens(tool, &error))
        return "opens";
    if (tool->store != NULL && error.reason == ONEM2M_R_STORE_MISSING)
        return "none yet: `onem2m-key init`, or a program's first write, makes it";
    add(problems, "keystore: %s", error.detail);
    return "does not open";
}

static const char *check_all(PROBLEMS *problems)
{
    ONEM2M_ERROR error;

    check_keys(problems);
    check_activation(problems);
    check_module(problems);
    if (!tool_open_crypto(problems->tool, &error)) {
        add(problems, "%s", error.detail);
        return "not looked at";
    }
    return check_fqdn(problems) && check_seal(problems) ? check_store(problems) : "not looked at";
}

/* ---- What it says ---- */

static void print_entry(OUTPUT *output, const char *key, const char *value)
{
    if (output->is_json) {
        output_begin_item(output);
        output_string(output, "key", key);
        output_string(output, "value", value);
        output_end_item(output);
        return;
    }
    escape_print(stdout, tool_slice(key));
    fputs(" = ", stdout);
    escape_print(stdout, tool_slice(value));
    putchar('\n');
}

static void print_section(TOOL *tool)
{
    const CONFIG *config = &tool->config;
    const STACK_OF(CONF_VALUE) *entries = NCONF_get_section(config->conf, config->section);

    output_string(&tool->output, "file", config->file);
    output_string(&tool->output, "section", config->section);
    output_begin_list(&tool->output, "entries");
    for (int i = 0; i < sk_CONF_VALUE_num(entries); i++) {
        const CONF_VALUE *entry = sk_CONF_VALUE_value(entries, i);

        print_entry(&tool->output, config_key(entry), entry->value);
    }
    output_end_list(&tool->output);
}

static void print_problems(TOOL *tool, const PROBLEMS *problems)
{
    OUTPUT *output = &tool->output;

    output_begin_list(output, "problems");
    for (size_t i = 0; i < problems->count; i++)
        output_string(output, output->is_json ? NULL : "problem", problems->text[i]);
    output_end_list(output);
    tool->has_findings = problems->count > 0;
}

/* What the token of the keys is and was found to do; derives: on the best rung of the ladder. */
static void print_abilities(OUTPUT *output, const ONEM2M_TOKEN_ABILITIES *abilities)
{
    const ONEM2M_BIRTH rung = abilities->derives_sp800_108 ? ONEM2M_BIRTH_SP800_108
                              : abilities->derives_hkdf    ? ONEM2M_BIRTH_HKDF
                                                           : ONEM2M_BIRTH_SIGNED;

    output_string(output, "token", abilities->label);
    output_string(output, "token-manufacturer", abilities->manufacturer);
    output_string(output, "token-model", abilities->model);
    output_string(output, "token-serial", abilities->serial);
    output_boolean(output, "token-generates", abilities->generates);
    output_boolean(output, "token-wraps", abilities->wraps);
    output_boolean(output, "token-wraps-any-length", abilities->wraps_padded);
    output_string(output, "token-derives-by", onem2m_birth_name(rung));
    output_boolean(output, "token-extracts-e2e-master", abilities->extracts_hkdf);
    output_boolean(output, "token-splits", abilities->slices);
}

static void print_token(TOOL *tool, PROBLEMS *problems)
{
    ONEM2M_TOKEN *token = tool->store != NULL ? onem2m_store_token(tool->store) : NULL;
    ONEM2M_TOKEN_ABILITIES abilities;
    ONEM2M_ERROR error;

    if (token == NULL)
        return;
    if (onem2m_token_abilities(token, &abilities, &error))
        print_abilities(&tool->output, &abilities);
    else
        add(problems, "keystore: %s", error.detail);
}

int command_config(TOOL *tool, ONEM2M_ERROR *error)
{
    PROBLEMS *problems = calloc(1, sizeof(*problems));

    if (problems == NULL)
        return refuse_memory(error);
    problems->tool = tool;
    print_section(tool);
    output_string(&tool->output, "store", check_all(problems));
    print_token(tool, problems);
    print_problems(tool, problems);
    free(problems);
    return 1;
}
