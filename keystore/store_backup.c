/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store_internal.h"

int onem2m_store_backup(ONEM2M_STORE *store, const char *path, ONEM2M_ERROR *error)
{
    return store->functions->copy(store->backend, path, error);
}

/* What a backup is checked with. */
typedef struct {
    const ONEM2M_STORE *store;
    ONEM2M_STORE_FINDINGS *findings;
    onem2m_store_progress_fn *progress;
    void *argument;
} RESTORATION;

static int verify_candidate(const RESTORATION *restoration, ONEM2M_STORE *candidate,
                            ONEM2M_ERROR *error)
{
    ONEM2M_STORE_READER *reader = onem2m_store_reader_new(candidate, error);
    const int ok = reader != NULL &&
                   onem2m_store_verify_backup(reader, restoration->findings, restoration->progress,
                                              restoration->argument, error);

    onem2m_store_reader_free(reader);
    return ok;
}

static int check_candidate(ONEM2M_BACKEND *backend, void *argument, ONEM2M_ERROR *error)
{
    const RESTORATION *restoration = argument;
    const ONEM2M_STORE *store = restoration->store;
    const ONEM2M_ERROR *finding = &restoration->findings->first;
    ONEM2M_STORE candidate = { .functions = store->functions,
                               .seal_uri = store->seal_uri,
                               .libctx = store->libctx,
                               .sha256 = store->sha256,
                               .token = store->token,
                               .custody = store->custody,
                               .backend = backend };
    const int ok = verify_candidate(restoration, &candidate, error);

    onem2m_store_forget_keys(&candidate);
    if (!ok || finding->reason == ONEM2M_R_NONE)
        return ok;
    return onem2m_refuse(
        error, finding->reason, ONEM2M_NO_OFFSET, "the backup %s: %s",
        finding->reason == ONEM2M_R_TOKEN_KEY ? "has keys that are not in the token" : "is damaged",
        finding->detail);
}

int onem2m_store_restore(ONEM2M_STORE *store, const char *path, ONEM2M_STORE_FINDINGS *findings,
                         onem2m_store_progress_fn *progress, void *argument, ONEM2M_ERROR *error)
{
    RESTORATION restoration = { store, findings, progress, argument };

    return store->functions->restore(store->backend, path, check_candidate, &restoration, error);
}
