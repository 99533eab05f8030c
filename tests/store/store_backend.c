/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store_backend.h"

char directory[PATH_MAX];
ONEM2M_BACKEND *backend;

int set_up_filled(void **state)
{
    (void)state;
    store_directory(directory);
    backend = store_open(directory);
    assert_int_equal(store_try_put(backend, "a", store_text("1")), ONEM2M_R_NONE);
    return 0;
}

int tear_down(void **state)
{
    (void)state;
    store_functions->close(backend);
    store_remove(directory);
    return 0;
}
