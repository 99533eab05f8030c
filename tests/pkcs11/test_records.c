/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Records in a token do what those of every backend do.
 */
#include "backend_suite.h"
#include "records.h"

static const char *in_token(const char *path)
{
    (void)path;
    return records_new_location();
}

int main(int argc, char *argv[])
{
    const BACKEND_TESTED token = { &onem2m_backend_pkcs11, in_token, 1, 0 };
    int failed;

    store_seed();
    records_set_up(argc, argv);
    failed = backend_suite(&token);
    records_remove();
    return failed;
}
