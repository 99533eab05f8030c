/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "bench.h"
#include "names.h"
#include "store_files.h"

/* The child: nothing of this process is cleaned up. */
static void become(char *const arguments[], const char *config, int out)
{
    const int descriptor = out >= 0 ? out : open("/dev/null", O_WRONLY | O_CLOEXEC);

    if (descriptor >= 0 && dup2(descriptor, STDOUT_FILENO) == STDOUT_FILENO &&
        setenv("OPENSSL_CONF", config, 1) == 0)
        execvp(arguments[0], arguments);
    _exit(EXIT_FAILURE);
}

int bench_run_program(char *const arguments[], const char *config, int out)
{
    const pid_t child = fork();
    int status;

    if (child == 0)
        become(arguments, config, out);
    return (child > 0 && waitpid(child, &status, 0) == child && status == 0) ||
           bench_failed(arguments[0]);
}

static int write_config(const BENCH_STORE_FILES *files)
{
    const char *modules = getenv("OPENSSL_MODULES");
    FILE *file = fopen(files->config, "w");

    if (file == NULL)
        return bench_failed(files->config);
    fprintf(file,
            "openssl_conf = init\n[init]\nproviders = providers\n[providers]\n"
            "default = base\nonem2m = keys\n[base]\nactivate = 1\n[keys]\nactivate = 1\n"
            "module = %s/onem2m.so\nfqdn = maf.example.com\nkeystore = %s\n",
            modules != NULL ? modules : ONEM2M_BENCH_MODULES, files->keystore);
    if (files->seal[0] != '\0')
        fprintf(file, "seal = %s\n", files->seal);
    return fclose(file) == 0 || bench_failed(files->config);
}

/* With a token its own seal, and records beside it unless they are to be in it. */
static void name_store(BENCH_STORE_FILES *files)
{
    if (files->token == NULL) {
        snprintf(files->keystore, sizeof(files->keystore), "lmdb:%s/store", files->directory);
        snprintf(files->seal, sizeof(files->seal), "file:%s/seal", files->directory);
    } else if (files->has_records_in_token) {
        snprintf(files->keystore, sizeof(files->keystore), "%s", files->token);
    } else {
        snprintf(files->keystore, sizeof(files->keystore), "%s%cx-records=lmdb:%s/store",
                 files->token, strchr(files->token, '?') != NULL ? '&' : '?', files->directory);
    }
}

/* Every kind with the attributes that such a key would have: records of some 300 octets. */
static void write_key(FILE *file, size_t number, int kind)
{
    static const char *const kinds[BENCH_KINDS] = { "kpm\tsuid=10", "ke", "km\tsuid=11",
                                                    "kpsa\tsuid=12" };
    BENCH_NAME name;

    bench_name(&name, number);
    fprintf(file,
            "kind=%s\tkey-id=%s\tnot-after=20991231T235959\tadmin-fqdn=admin.example.com\t"
            "entity-id=//sp.example.com/cse-%07zu\tlabels=meter building-7 floor-3 "
            "commissioned-by-contractor-12 tariff-night-and-day\tpriv=%.32s%.32s\n",
            kinds[kind], name.text, number, name.text, name.text);
}

static int write_keys(const BENCH_STORE_FILES *files, const char *path)
{
    FILE *file = fopen(path, "w");

    if (file == NULL)
        return bench_failed(path);
    for (size_t i = 0; i < files->keys; i++)
        write_key(file, i, files->is_all_ke ? BENCH_KE : (int)(i % BENCH_KINDS));
    return fclose(file) == 0 || bench_failed(path);
}

static int import(BENCH_STORE_FILES *files)
{
    char keys[PATH_MAX], tool[] = ONEM2M_BENCH_KEY_TOOL, command[] = "import";
    char *const arguments[] = { tool, command, keys, NULL };
    double start;
    int ok;

    snprintf(keys, sizeof(keys), "%s/keys", files->directory);
    if (!write_keys(files, keys))
        return 0;
    start = bench_now();
    ok = bench_run_program(arguments, files->config, -1);
    files->import_ns = bench_now() - start;
    unlink(keys);
    return ok;
}

static int init(const BENCH_STORE_FILES *files)
{
    char tool[] = ONEM2M_BENCH_KEY_TOOL, command[] = "init";
    char *const arguments[] = { tool, command, NULL };

    return bench_run_program(arguments, files->config, -1);
}

static int copy(const BENCH_STORE_FILES *files)
{
    char program[] = "cp", from[PATH_MAX], to[PATH_MAX + 16];
    char *const arguments[] = { program, from, to, NULL };

    snprintf(from, sizeof(from), "%s/store/data.mdb", files->directory);
    snprintf(to, sizeof(to), "%s/data.mdb", files->copy);
    return (mkdir(files->copy, S_IRWXU) == 0 || bench_failed(files->copy)) &&
           bench_run_program(arguments, files->config, -1);
}

int bench_store_files_make(BENCH_STORE_FILES *files, size_t keys)
{
    const char *temporary = getenv("TMPDIR");

    files->keys = keys;
    snprintf(files->directory, sizeof(files->directory), "%s/onem2m-bench-XXXXXX",
             temporary != NULL ? temporary : "/tmp");
    if (mkdtemp(files->directory) == NULL) {
        bench_failed(files->directory);
        files->directory[0] = '\0';
        return 0;
    }
    snprintf(files->config, sizeof(files->config), "%s/openssl.cnf", files->directory);
    snprintf(files->copy, sizeof(files->copy), "%s/copy", files->directory);
    snprintf(files->bare, sizeof(files->bare), "%s/bare", files->directory);
    name_store(files);
    return write_config(files) && init(files) && import(files) &&
           (files->has_records_in_token || copy(files));
}

void bench_store_files_remove(const BENCH_STORE_FILES *files)
{
    char program[] = "rm", options[] = "-rf", directory[PATH_MAX];
    char *const arguments[] = { program, options, directory, NULL };

    if (files->directory[0] == '\0')
        return;
    snprintf(directory, sizeof(directory), "%s", files->directory);
    bench_run_program(arguments, files->config, -1);
}
