/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What every backend does: those that need nothing.
 */
#include "backend_suite.h"

static const char *in_memory(const char *path)
{
    (void)path;
    return "";
}

static const char *in_directory(const char *path)
{
    return path;
}

int main(void)
{
    const BACKEND_TESTED memory = { &onem2m_backend_memory, in_memory, 0, 0 };
    const BACKEND_TESTED lmdb = { &onem2m_backend_lmdb, in_directory, 1, 1 };

    store_seed();
    return backend_suite(&memory) + backend_suite(&lmdb);
}
