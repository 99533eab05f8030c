/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TESTS_STORE_FILE_SHIM_H
#define ONEM2M_TESTS_STORE_FILE_SHIM_H

#include <stddef.h>
#include <sys/types.h>

/*
 * The system calls by which LMDB and the backend change files, defined by the
 * test program and so found by the libraries before libc's: they can be written
 * down, or made to fail. For one thread.
 */
typedef enum {
    SHIM_WRITE,    /* octets at offset */
    SHIM_SYNC,     /* a file or directory is on disk */
    SHIM_TRUNCATE, /* to offset octets */
    SHIM_LINK,     /* the file has got a name in the directory `into` */
    SHIM_ACKNOWLEDGED
} SHIM_KIND;

typedef struct {
    SHIM_KIND kind;
    ino_t file, into;
    int is_synchronous; /* a write that is on disk when it returns */
    off_t offset;
    size_t length;
    unsigned char *octets;
} SHIM_EVENT;

extern SHIM_EVENT *shim_events;
extern size_t shim_count;

void shim_record(int on);
void shim_acknowledge(void);
void shim_forget(void);

/* Fails the call after `after` more of that kind, on files named data.mdb: with number, or, when
 * it is 0, by writing the half. synchronous: -1 any write, else only those that are, or are not. */
void shim_fail(SHIM_KIND kind, int synchronous, int after, int number);
/* Whether the call was made since. */
int shim_has_failed(void);

#endif
