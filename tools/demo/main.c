/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/conf.h>
#include <openssl/crypto.h>
#include "diagnosis.h"
#include "role.h"
#include "run.h"
#include "tools/key/standard_streams.h"

#define EXIT_USAGE 2
#define TIMEOUT_DEFAULT 10
#define TIMEOUT_MAX 600

static const char usage[] =
    "usage: onem2m-demo [--config FILE] [--dtls] [--json] [--svg FILE] [--keep DIRECTORY]\n"
    "                   [--timeout SECONDS] [--break WHAT]\n"
    "                   [--credential WHO=URI ... --authority FILE]\n"
    "\n"
    "Runs a MEF, a MAF, an AE A, a CSE B and a third party as five processes through\n"
    "oneM2M TS-0003: enrolment by PSK and by certificate, Km, Kc, MAF-based SAEF over TLS\n"
    "and DTLS, ESCertKE, ESPrim, and attempts that must be refused.\n"
    "\n"
    "  --config FILE      the openssl.cnf that says where the provider is\n"
    "                     (default: what the environment's OPENSSL_CONF names)\n"
    "  --dtls             DTLS everywhere, not only between A and B\n"
    "  --json             print one JSON object\n"
    "  --svg FILE         write the run as a sequence diagram\n"
    "  --keep DIRECTORY   make configurations and stores there, and leave them\n"
    "  --timeout SECONDS  how long one step may take (default 10)\n"
    "  --credential WHO=URI\n"
    "                     WHO (MEF, MAF, A, B, C) has its certificate and key in a PKCS#11\n"
    "                     token: a pkcs11: URI; may be given for several\n"
    "  --authority FILE   the CA of these certificates, PEM\n"
    "  --break WHAT       make it fail: kpm, kpm-id, server-name, maf-id, suid, cbor,\n"
    "                     message, mef-down, maf-down, silence\n"
    "  --help             this text\n"
    "\n"
    "Exit status: 0 all came out as it must, 1 it did not, 2 usage.\n";

static const struct {
    const char *name;
    BREAK spoiled;
} breaks[] = {
    { "kpm", BREAK_KPM },
    { "kpm-id", BREAK_KPM_ID },
    { "server-name", BREAK_SERVER_NAME },
    { "maf-id", BREAK_MAF_ID },
    { "suid", BREAK_SUID },
    { "cbor", BREAK_CBOR },
    { "message", BREAK_MESSAGE },
    { "mef-down", BREAK_MEF_DOWN },
    { "maf-down", BREAK_MAF_DOWN },
    { "silence", BREAK_SILENCE },
};

static int parse_break(BREAK *spoiled, const char *name)
{
    for (size_t i = 0; i < sizeof(breaks) / sizeof(breaks[0]); i++) {
        if (strcmp(breaks[i].name, name) == 0) {
            *spoiled = breaks[i].spoiled;
            return 1;
        }
    }
    fprintf(stderr, "onem2m-demo: --break knows no '%s'; see --help\n", name);
    return 0;
}

static int parse_timeout(unsigned long *timeout, const char *text)
{
    char *end;

    errno = 0;
    *timeout = strtoul(text, &end, 10);
    if (*text >= '0' && *text <= '9' && *end == '\0' && errno == 0 && *timeout >= 1 &&
        *timeout <= TIMEOUT_MAX)
        return 1;
    fprintf(stderr, "onem2m-demo: --timeout takes 1 to %d seconds, not '%s'\n", TIMEOUT_MAX, text);
    return 0;
}

/* WHO=URI */
static int parse_credential(OPTIONS *options, const char *text)
{
    const char *uri = strchr(text, '=');
    char who[8] = "";
    MEMBER_INDEX i;

    if (uri != NULL)
        snprintf(who, sizeof(who), "%.*s", (int)(uri - text), text);
    i = member_index(who);
    if (uri != NULL && i != MEMBERS && strncmp(uri + 1, "pkcs11:", strlen("pkcs11:")) == 0) {
        options->credentials[i] = uri + 1;
        return 1;
    }
    fprintf(stderr, "onem2m-demo: --credential takes MEF, MAF, A, B or C, '=' and a pkcs11: URI\n");
    return 0;
}

/* Takes an option that was recognised; 0 when its argument does not suit. */
static int take_option(OPTIONS *options, const char **role, int option)
{
    switch (option) {
    case 'c':
        options->configuration = optarg;
        return 1;
    case 'd':
        options->dtls = 1;
        return 1;
    case 'j':
        options->json = 1;
        return 1;
    case 's':
        options->svg = optarg;
        return 1;
    case 'k':
        options->keep = optarg;
        return 1;
    case 'r':
        *role = optarg;
        return 1;
    case 't':
        return parse_timeout(&options->timeout, optarg);
    case 'C':
        return parse_credential(options, optarg);
    case 'a':
        options->authority = optarg;
        return 1;
    case 'b':
        return parse_break(&options->spoiled, optarg);
    default:
        return 0;
    }
}

/* Peers must know whom to trust. */
static int check_credentials(const OPTIONS *options)
{
    for (int i = 0; i < MEMBERS; i++) {
        if (options->credentials[i] != NULL && options->authority == NULL) {
            fputs("onem2m-demo: --credential needs --authority\n", stderr);
            return 0;
        }
    }
    return 1;
}

/* Fills options and, for a process that the parent started, role; -1, or an exit status. */
static int parse_arguments(OPTIONS *options, const char **role, int argc, char *argv[])
{
    static const struct option known[] = {
        { "config", required_argument, NULL, 'c' },
        { "dtls", no_argument, NULL, 'd' },
        { "json", no_argument, NULL, 'j' },
        { "svg", required_argument, NULL, 's' },
        { "keep", required_argument, NULL, 'k' },
        { "timeout", required_argument, NULL, 't' },
        { "break", required_argument, NULL, 'b' },
        { "role", required_argument, NULL, 'r' },
        { "credential", required_argument, NULL, 'C' },
        { "authority", required_argument, NULL, 'a' },
        { "help", no_argument, NULL, 'h' },
        { NULL, 0, NULL, 0 },
    };
    int option;

    while ((option = getopt_long(argc, argv, "h", known, NULL)) != -1) {
        if (option == 'h')
            return fputs(usage, stdout) >= 0 ? EXIT_SUCCESS : EXIT_FAILURE;
        if (!take_option(options, role, option))
            return EXIT_USAGE;
    }
    if (optind < argc) {
        fprintf(stderr, "onem2m-demo: unexpected argument '%s'; see --help\n", argv[optind]);
        return EXIT_USAGE;
    }
    return check_credentials(options) ? -1 : EXIT_USAGE;
}

/* Before OpenSSL's first use: it reads the variable then, and so will the roles. */
static char *choose_configuration(const char *file)
{
    if (file != NULL && setenv("OPENSSL_CONF", file, 1) != 0)
        return NULL;
    return CONF_get1_default_config_file();
}

static int output_written(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return 1;
    perror("onem2m-demo: standard output");
    return 0;
}

int main(int argc, char *argv[])
{
    OPTIONS options = { .timeout = TIMEOUT_DEFAULT };
    const char *role = NULL;
    char *configuration;
    char *module = NULL;
    int status;

    standard_streams_open();
    status = parse_arguments(&options, &role, argc, argv);
    if (status >= 0)
        return status;
    if (role != NULL)
        return role_main(role);
    configuration = choose_configuration(options.configuration);
    options.configuration = configuration;
    if (configuration == NULL)
        fputs("onem2m-demo: out of memory\n", stderr);
    status = configuration != NULL && diagnosis_ready(configuration, &module) ? EXIT_SUCCESS
                                                                              : EXIT_FAILURE;
    options.module = module;
    if (status == EXIT_SUCCESS && !(run_demonstration(&options) && output_written()))
        status = EXIT_FAILURE;
    OPENSSL_free(module);
    OPENSSL_free(configuration);
    return status;
}
