/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_NEW_FILE_H
#define ONEM2M_KEYSTORE_NEW_FILE_H

#include <limits.h>

/*
 * A file of mode 0600 that is there complete and on disk, or not at all: it is
 * written under another name beside its place. Functions return 1, or 0 with
 * errno, EEXIST when somebody has that name, and the step that failed.
 */
typedef struct {
    const char *path; /* the caller's */
    const char *step; /* for an error's text, such as "giving it its name" */
    char temporary[PATH_MAX];
    int file; /* to be written to */
} ONEM2M_NEW_FILE;

int onem2m_new_file_begin(ONEM2M_NEW_FILE *file, const char *path);
/* Ends it, with is_complete under its name and else without a trace; then errno and step stay. */
int onem2m_new_file_end(ONEM2M_NEW_FILE *file, int is_complete);

#endif
