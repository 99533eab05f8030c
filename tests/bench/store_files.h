/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_BENCH_STORE_FILES_H
#define ONEM2M_BENCH_STORE_FILES_H

#include <limits.h>
#include <stddef.h>
#include "bench.h"

/* A store of so many keys in a directory of its own, beside it a copy for bare LMDB: no process
 * may open a store twice. */
typedef struct {
    size_t keys;
    const char *token;        /* the keystore's URI, "pkcs11:..."; NULL: keys are in software */
    int has_records_in_token; /* no copy is made of it then */
    int is_all_ke;
    char directory[PATH_MAX / 2];
    char keystore[2 * PATH_MAX], seal[PATH_MAX];
    char config[PATH_MAX]; /* an openssl.cnf with this store */
    char copy[PATH_MAX];   /* the directory of the copy */
    char bare[PATH_MAX];   /* one for bare LMDB, not made yet */
    double import_ns;
} BENCH_STORE_FILES;

/* Makes them in TMPDIR or /tmp by onem2m-key init and import; what stands before directory is set
 * before. Returns 0 when something failed. */
int bench_store_files_make(BENCH_STORE_FILES *files, size_t keys);

/* A zeroed structure is allowed. */
void bench_store_files_remove(const BENCH_STORE_FILES *files);

/* Measures in fresh processes how long the first look-up takes and what stays in memory.
 * smallest: the rows of another store to compare with, NULL for none; *rows: for the next. */
int bench_store_processes(BENCH *bench, const char *section, const BENCH_STORE_FILES *files,
                          const BENCH_ROW **smallest);

/* Runs a program, found in PATH, to its end with OPENSSL_CONF = config, its output into descriptor
 * out, or nowhere with -1. */
int bench_run_program(char *const arguments[], const char *config, int out);

#endif
