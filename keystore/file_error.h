/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_FILE_ERROR_H
#define ONEM2M_KEYSTORE_FILE_ERROR_H

#include "error.h"

/* The reason for which a store's file or directory was refused, by its errno. */
ONEM2M_REASON onem2m_file_reason(int number);

#endif
