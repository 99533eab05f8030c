/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "world.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "clock.h"
#include "loopback.h"
#include "role.h"
#include "tool.h"

#define SERVICE_PROVIDER "sp.example.com"
#define MEF_FQDN "mef.example.com"
#define MAF_FQDN "maf.example.com"
#define A_ID "//sp.example.com/Sthermostat"
#define B_ID "//sp.example.com/cse-b"
#define B_FQDN "cse-b.sp.example.com"
#define C_ID "//sp.example.com/cse-c"
#define C_FQDN "cse-c.sp.example.com"
#define KPM_ID "thermostat-7@mef.example.com"
#define OTHER_KPM_ID "thermostat-8@mef.example.com"
#define OTHER_FQDN "other.example.com"
#define ENROLMENT_LIFETIME INT64_C(2592000) /* seconds: 30 days */
#define HIGH_FD 100                         /* above those that a new process gets its own at */
#define DIRECTORIES_OPEN 8

const MEMBER members[MEMBERS] = {
    [MEF] = { "MEF", "the M2M Enrolment Function", MEF_FQDN, MEF_FQDN, "DNS:" MEF_FQDN,
              LISTENER_PSK " " LISTENER_ENROLEES " " LISTENER_TARGETS },
    [MAF] = { "MAF", "the M2M Authentication Function", MAF_FQDN, MAF_FQDN, "DNS:" MAF_FQDN,
              LISTENER_PSK " " LISTENER_CLIENTS },
    [A] = { "A", "Entity A, an AE and the Enrolee", A_ID, "thermostat." SERVICE_PROVIDER,
            "URI:" A_ID, "" },
    [B] = { "B", "Entity B, a CSE", B_ID, B_FQDN, "DNS:" B_FQDN, LISTENER_PSK },
    [C] = { "C", "a third party, the CSE C", C_ID, C_FQDN, "DNS:" C_FQDN, "" },
};

MEMBER_INDEX member_index(const char *name)
{
    MEMBER_INDEX i = MEF;

    while (i < MEMBERS && strcmp(members[i].name, name) != 0)
        i++;
    return i;
}

static int is_down(const WORLD *world, MEMBER_INDEX i)
{
    return (world->spoiled == BREAK_MEF_DOWN && i == MEF) ||
           (world->spoiled == BREAK_MAF_DOWN && i == MAF);
}

/* A descriptor out of the way of those that a new process is given. */
static int move_up(int fd)
{
    int moved = fcntl(fd, F_DUPFD_CLOEXEC, HIGH_FD);

    close(fd);
    return moved;
}

static int open_listeners(const WORLD *world, PLACE *place, MEMBER_INDEX i, FAILURE *failure)
{
    const char *word = members[i].listeners;

    for (size_t n = 0; *word != '\0'; n++) {
        int *fds = &place->listener_fds[2 * n];

        if (!loopback_listen(&fds[0], &fds[1], &place->ports[n], failure))
            return 0;
        fds[0] = move_up(fds[0]);
        fds[1] = move_up(fds[1]);
        if (is_down(world, i)) {
            close(fds[0]);
            close(fds[1]);
            fds[0] = fds[1] = -1;
        }
        word += strcspn(word, " ");
        word += strspn(word, " ");
    }
    return 1;
}

static void write_provider(FILE *file, const WORLD *world, const PLACE *place, MEMBER_INDEX i)
{
    fprintf(file,
            "# %s of a run of onem2m-demo\n"
            "openssl_conf = openssl_init\n"
            "[openssl_init]\nproviders = provider_sect\n"
            "[provider_sect]\ndefault = default_sect\nonem2m = onem2m_sect\n"
            "[default_sect]\nactivate = 1\n"
            "[onem2m_sect]\n",
            members[i].title);
    if (world->module != NULL)
        fprintf(file, "module = %s\n", world->module);
    fprintf(file, "activate = 1\nkeystore = lmdb:%s/store\nseal = file:%s/seal\nfqdn = %s\n",
            place->directory, place->directory, members[i].fqdn);
}

static const char *kpm_id(const WORLD *world, MEMBER_INDEX i)
{
    return world->spoiled == BREAK_KPM_ID && i == A ? OTHER_KPM_ID : KPM_ID;
}

/* What a process itself does wrong, for tests; NULL: nothing. */
static const char *spoil_of(const WORLD *world, MEMBER_INDEX i)
{
    if (world->spoiled == BREAK_SUID && i == A)
        return "suid";
    if (world->spoiled == BREAK_CBOR && i == A)
        return "cbor";
    if (world->spoiled == BREAK_MESSAGE && i == A)
        return "message";
    if (world->spoiled == BREAK_SILENCE && i == MAF)
        return "silence";
    return NULL;
}

/* What is configured to all entities alike: the other ones, and who administrates (8.8.3.2). */
static void write_entity(FILE *file, const WORLD *world, MEMBER_INDEX i, const char *expiry)
{
    fprintf(file,
            "\n# What this entity is, and what it is configured with (TS-0003 8.3.2.1, 8.8.3).\n"
            "[entity]\nname = %s\nidentity = %s\nfqdn = %s\ncertificate = %s\nlisteners = %s\n"
            "timeout = %lu\ndtls = %d\n"
            "admin-fqdn = " SERVICE_PROVIDER "\nmef-fqdn = " MEF_FQDN "\nmaf-fqdn = " MAF_FQDN "\n"
            "mef-server-name = %s\nmaf-target = %s\n"
            "a-identity = " A_ID "\nb-identity = " B_ID "\nb-fqdn = " B_FQDN "\n"
            "kpm-id = %s\n",
            members[i].name, members[i].identity, members[i].fqdn, members[i].subject_alt_name,
            members[i].listeners, world->timeout, world->dtls,
            world->spoiled == BREAK_SERVER_NAME && i == A ? OTHER_FQDN : MEF_FQDN,
            world->spoiled == BREAK_MAF_ID && i == A ? OTHER_FQDN : MAF_FQDN, kpm_id(world, i));
    fprintf(file, "enrolment-expiry = %s\n", expiry);
    if (i == MEF || i == MAF || i == C) /* A and B learn them from the MEF */
        fputs("maf-client-registration-uri = /mafClientReg\n"
              "maf-key-registration-uri = /mafKeyReg\n"
              "maf-key-retrieval-uri = /mafKeyRetrieval\n",
              file);
    if (i == MEF)
        fputs("kpm-entity = " A_ID "\nenrolment-target = " MAF_FQDN "\nallowed-suids = 21\n", file);
    if (spoil_of(world, i) != NULL)
        fprintf(file, "spoil = %s\n", spoil_of(world, i));
}

/* A value as it is: openssl.cnf has meanings of its own for some characters. */
static void write_value(FILE *file, const char *name, const char *value)
{
    fprintf(file, "%s = ", name);
    for (; *value != '\0'; value++) {
        if (strchr("\\$#'\"`", *value) != NULL)
            fputc('\\', file);
        fputc(*value, file);
    }
    fputc('\n', file);
}

static int write_credential(FILE *file, const WORLD *world, MEMBER_INDEX i, FAILURE *failure)
{
    char path[PATH_MAX];

    if (world->credentials[i] != NULL)
        write_value(file, "credential", world->credentials[i]);
    if (world->authority == NULL)
        return 1;
    if (realpath(world->authority, path) == NULL)
        return failure_set(failure, "%s: %s", world->authority, strerror(errno));
    write_value(file, "authority", path);
    return 1;
}

static void write_ports(FILE *file, const WORLD *world)
{
    const PLACE *mef = &world->places[MEF];
    const PLACE *maf = &world->places[MAF];

    fprintf(file,
            "mef-psk-port = %lu\nmef-enrolees-port = %lu\nmef-targets-port = %lu\n"
            "maf-psk-port = %lu\nmaf-clients-port = %lu\nb-psk-port = %lu\n",
            mef->ports[0], mef->ports[1], mef->ports[2], maf->ports[0], maf->ports[1],
            world->places[B].ports[0]);
}

/* Which process an identity is, for reports; to which CSE-ID a certificate belongs (8.3.2.2). */
static void write_names(FILE *file)
{
    fputs("\n[names]\n", file);
    for (int i = 0; i < MEMBERS; i++)
        fprintf(file, "%s = %s\n", members[i].name, members[i].identity);
    fputs("\n[certificates]\n" B_FQDN " = " B_ID "\n" C_FQDN " = " C_ID "\n", file);
}

static int write_configuration(const WORLD *world, MEMBER_INDEX i, const char *expiry,
                               FAILURE *failure)
{
    const PLACE *place = &world->places[i];
    FILE *file = fopen(place->configuration, "wx");
    int found, written;

    if (file == NULL)
        return failure_set(failure, "%s: %s", place->configuration, strerror(errno));
    write_provider(file, world, place, i);
    write_entity(file, world, i, expiry);
    found = write_credential(file, world, i, failure);
    write_ports(file, world);
    write_names(file);
    written = fflush(file) == 0 && !ferror(file);
    fclose(file);
    if (!found || written)
        return found;
    return failure_set(failure, "%s: %s", place->configuration, strerror(errno));
}

static int make_directory(WORLD *world, const char *keep, FAILURE *failure)
{
    const char *parent = getenv("TMPDIR");

    if (keep != NULL) {
        world->keep = 1;
        if (mkdir(keep, 0700) != 0 || realpath(keep, world->directory) == NULL)
            return failure_set(failure, "%s: %s", keep, strerror(errno));
        return 1;
    }
    snprintf(world->directory, sizeof(world->directory), "%s/onem2m-demo-XXXXXX",
             parent != NULL && *parent == '/' ? parent : "/tmp");
    if (mkdtemp(world->directory) != NULL)
        return 1;
    failure_set(failure, "%s: %s", world->directory, strerror(errno));
    world->directory[0] = '\0';
    return 0;
}

/* out: PATH_MAX octets. 0 when that is too little for it and for a file's name behind. */
static int join(char *out, const char *directory, const char *name)
{
    size_t length = strlen(directory);

    if (length + 1 + strlen(name) + sizeof("/openssl.cnf") > PATH_MAX)
        return 0;
    memcpy(out, directory, length);
    out[length] = '/';
    memcpy(out + length + 1, name, strlen(name) + 1);
    return 1;
}

static int name_places(WORLD *world, FAILURE *failure)
{
    for (int i = 0; i < MEMBERS; i++) {
        PLACE *place = &world->places[i];

        if (!join(place->directory, world->directory, members[i].name) ||
            !join(place->configuration, place->directory, "openssl.cnf"))
            return failure_set(failure, "the directory's name is too long");
        if (mkdir(place->directory, 0700) != 0)
            return failure_set(failure, "%s: %s", place->directory, strerror(errno));
    }
    return 1;
}

int world_make(WORLD *world, const char *keep, FAILURE *failure)
{
    const char *const init[] = { "init", NULL };
    char expiry[ONEM2M_TIMESTAMP_SIZE];

    for (int i = 0; i < MEMBERS; i++)
        memset(world->places[i].listener_fds, -1, sizeof(world->places[i].listener_fds));
    if (!make_directory(world, keep, failure) || !name_places(world, failure))
        return 0;
    clock_timestamp(expiry, ENROLMENT_LIFETIME);
    for (int i = 0; i < MEMBERS; i++) {
        if (!open_listeners(world, &world->places[i], (MEMBER_INDEX)i, failure))
            return 0;
    }
    for (int i = 0; i < MEMBERS; i++) {
        if (!write_configuration(world, (MEMBER_INDEX)i, expiry, failure) ||
            !tool_run(world->places[i].configuration, init, NULL, 0, failure))
            return 0;
    }
    return 1;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

void world_remove(WORLD *world)
{
    for (int i = 0; i < MEMBERS; i++) {
        for (size_t n = 0; n < sizeof(world->places[i].listener_fds) / sizeof(int); n++) {
            if (world->places[i].listener_fds[n] >= 0)
                close(world->places[i].listener_fds[n]);
        }
    }
    if (world->directory[0] != '\0' && !world->keep)
        nftw(world->directory, remove_entry, DIRECTORIES_OPEN, FTW_DEPTH | FTW_PHYS);
}
