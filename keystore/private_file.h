/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_PRIVATE_FILE_H
#define ONEM2M_KEYSTORE_PRIVATE_FILE_H

#include <sys/stat.h>

/* What keeps a file from holding a secret: NULL when it is a regular one of the caller's or root's
 * that nobody else may use; otherwise words for a refusal. */
const char *onem2m_private_file_fault(const struct stat *status);

#endif
