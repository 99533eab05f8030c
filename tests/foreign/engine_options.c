/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine_peer.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct option long_options[] = {
    { "dtls", no_argument, NULL, 'd' },
    { "allow-no-ems", no_argument, NULL, 'n' },
    { "silent", no_argument, NULL, 's' },
    { "port", required_argument, NULL, 'p' },
    { "profile", required_argument, NULL, 'f' },
    { "export", required_argument, NULL, 'e' },
    { "usage", required_argument, NULL, 'u' },
    { "identity", required_argument, NULL, 'i' },
    { "authority", required_argument, NULL, 'm' },
    { "peer", required_argument, NULL, 'r' },
    { "certificate", required_argument, NULL, 'c' },
    { "key", required_argument, NULL, 'k' },
    { "ca", required_argument, NULL, 'a' },
    { "answer", required_argument, NULL, 'w' },
    { NULL, 0, NULL, 0 },
};

static void usage(const char *program)
{
    fprintf(stderr,
            "usage: %s server|client [--dtls] [--port N] [--profile psk|psk-pfs|certificate]\n"
            "    [--usage mef|maf|saef] [--identity KEY-ID] [--authority FQDN]\n"
            "    [--export enrolment|connection] [--allow-no-ems]\n"
            "    [--certificate FILE --key FILE --ca FILE [--peer NAME]] [--silent | --answer HEX "
            "...]\n",
            program);
}

/* The number of the word: 1 for the first; 0 for none of them. */
static int choice(const char *word, const char *const words[], int count)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(word, words[i]) == 0)
            return i + 1;
    }
    return 0;
}

static int read_profile(PEER_OPTIONS *options, const char *word)
{
    static const char *const words[] = { "psk", "psk-pfs", "certificate" };

    options->profile = (ONEM2M_PROFILE)choice(word, words, 3);
    return (int)options->profile != 0;
}

static int read_export(PEER_OPTIONS *options, const char *word)
{
    static const char *const words[] = { "enrolment", "connection" };

    options->what = (ONEM2M_EXPORT)choice(word, words, 2);
    return (int)options->what != 0;
}

static int add_answer(PEER_OPTIONS *options, const char *hex)
{
    if (options->answer_count == ANSWERS_MAX)
        return 0;
    options->answers[options->answer_count++] = hex;
    return 1;
}

static int read_text(const char **text, const char *value)
{
    *text = value;
    return 1;
}

static int read_port(PEER_OPTIONS *options, const char *number)
{
    options->port = (int)strtol(number, NULL, 10);
    return options->port > 0 && options->port < 65536;
}

static int read_option(PEER_OPTIONS *options, int letter, const char *value)
{
    switch (letter) {
    case 'd':
        return options->datagrams = 1;
    case 'n':
        return options->allow_no_ems = 1;
    case 's':
        return options->silent = 1;
    case 'p':
        return read_port(options, value);
    case 'f':
        return read_profile(options, value);
    case 'e':
        return read_export(options, value);
    case 'u':
        return read_text(&options->usage, value);
    case 'i':
        return read_text(&options->identity, value);
    case 'm':
        return read_text(&options->authority, value);
    case 'r':
        return read_text(&options->peer, value);
    case 'c':
        return read_text(&options->certificate_file, value);
    case 'k':
        return read_text(&options->key_file, value);
    case 'a':
        return read_text(&options->ca_file, value);
    case 'w':
        return add_answer(options, value);
    default:
        return 0;
    }
}

int peer_read_options(PEER_OPTIONS *options, int argc, char **argv)
{
    static const char *const roles[] = { "client", "server" };
    int letter, role = argc > 1 ? choice(argv[1], roles, 2) : 0, good = role != 0;

    *options = (PEER_OPTIONS){
        .serving = role == 2,
        .profile = ONEM2M_PROFILE_PSK,
        .what = ONEM2M_EXPORT_ENROLMENT,
        .usage = "mef",
        .authority = "mef.example.com",
    };
    optind = 2;
    while (good && (letter = getopt_long(argc, argv, "", long_options, NULL)) != -1)
        good = read_option(options, letter, optarg);
    if (good && optind == argc && (options->serving || options->port != 0))
        return 1;
    usage(argv[0]);
    return 0;
}
