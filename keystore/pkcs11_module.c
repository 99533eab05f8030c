/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/crypto.h>
#include "pkcs11.h"
#include "pkcs11_turn.h"
#include "process.h"

/* Modules that this process has loaded. Never changed, never freed: see pkcs11.h. */
typedef struct loaded_st {
    struct loaded_st *next;
    char *path;                 /* NULL: those registered with p11-kit */
    CK_FUNCTION_LIST **modules; /* NULL behind the last */
    atomic_int is_given_up;
    atomic_uint *opened; /* of each: 1 + the generation of the process that opened a token of it */
} LOADED;

static _Atomic(LOADED *) all_loaded;

/* Modules end by destructors of their own, which come after this one, registered once they were
 * loaded, and before OpenSSL's clean-up, which tears providers down. */
static atomic_int has_exited;

static void note_exit(void)
{
    atomic_store(&has_exited, 1);
}

int onem2m_pkcs11_has_exited(void)
{
    return atomic_load(&has_exited);
}

/* A module keeps pointers into p11-kit, and p11-kit's handles are kept here: neither may be
 * unloaded with the provider. In a program that is no shared object there is nothing to do. */
static void stay_loaded(void)
{
    Dl_info own;

    if (dladdr(&all_loaded, &own) != 0)
        (void)dlopen(own.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
}

static int is_of(const LOADED *loaded, const char *path)
{
    if (path == NULL || loaded->path == NULL)
        return path == loaded->path;
    return strcmp(loaded->path, path) == 0;
}

static LOADED *find(const char *path)
{
    LOADED *loaded = atomic_load(&all_loaded);

    while (loaded != NULL && !is_of(loaded, path))
        loaded = loaded->next;
    return loaded;
}

static int refuse_module(ONEM2M_ERROR *error, const char *path)
{
    char described[ONEM2M_QUOTED_MAX];
    const char *message = p11_kit_message();
    char reason[ONEM2M_QUOTED_MAX];

    return onem2m_refuse(error, ONEM2M_R_TOKEN_MISSING, ONEM2M_NO_OFFSET,
                         "PKCS#11 module %s cannot be loaded: %s",
                         onem2m_quote(described, path != NULL ? path : "(p11-kit's)"),
                         onem2m_quote(reason, message != NULL ? message : "no reason given"));
}

/* Both take and give arrays of p11-kit's, which calls malloc. */
static CK_FUNCTION_LIST **load(const char *path)
{
    CK_FUNCTION_LIST **modules;

    if (path == NULL)
        return p11_kit_modules_load(NULL, 0);
    modules = calloc(2, sizeof(CK_FUNCTION_LIST *)); /* NULL behind it */
    if (modules == NULL)
        return NULL;
    modules[0] = p11_kit_module_load(path, 0);
    if (modules[0] != NULL)
        return modules;
    free(modules);
    return NULL;
}

static void free_loaded(LOADED *loaded)
{
    if (loaded->modules != NULL)
        p11_kit_modules_release(loaded->modules);
    OPENSSL_free(loaded->opened);
    OPENSSL_free(loaded->path);
    OPENSSL_free(loaded);
}

/* Of two threads that load the same one of them goes on; p11-kit counts. */
static LOADED *publish(LOADED *made)
{
    LOADED *other;

    made->next = atomic_load(&all_loaded);
    do {
        other = find(made->path);
        if (other != NULL) {
            free_loaded(made);
            return other;
        }
    } while (!atomic_compare_exchange_weak(&all_loaded, &made->next, made));
    return made;
}

static int load_into(LOADED *loaded, ONEM2M_ERROR *error)
{
    size_t count = 0;

    loaded->modules = load(loaded->path);
    if (loaded->modules == NULL)
        return refuse_module(error, loaded->path);
    while (loaded->modules[count] != NULL)
        count++;
    loaded->opened = OPENSSL_zalloc((count + 1) * sizeof(*loaded->opened));
    return loaded->opened != NULL ||
           onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
}

CK_FUNCTION_LIST *const *onem2m_pkcs11_modules(const P11KitUri *uri, ONEM2M_ERROR *error)
{
    const char *path = p11_kit_uri_get_module_path(uri);
    LOADED *loaded = find(path);

    if (loaded != NULL)
        return loaded->modules;
    loaded = OPENSSL_zalloc(sizeof(*loaded));
    if (loaded == NULL || (path != NULL && (loaded->path = OPENSSL_strdup(path)) == NULL)) {
        OPENSSL_free(loaded);
        onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
        return NULL;
    }
    stay_loaded();
    onem2m_pkcs11_publish_refusals();
    if (!load_into(loaded, error)) {
        free_loaded(loaded);
        return NULL;
    }
    (void)atexit(note_exit);
    return publish(loaded)->modules;
}

CK_RV onem2m_pkcs11_initialize(CK_FUNCTION_LIST *module)
{
    /* p11-kit keeps a counter of forks for each module: asked again it only compares them. */
    const CK_RV value = p11_kit_module_initialize(module);

    return value == CKR_CRYPTOKI_ALREADY_INITIALIZED ? CKR_OK : value;
}

int onem2m_pkcs11_is_given_up(const P11KitUri *uri)
{
    LOADED *loaded = find(p11_kit_uri_get_module_path(uri));

    return loaded != NULL && atomic_load(&loaded->is_given_up);
}

void onem2m_pkcs11_give_up(const P11KitUri *uri, int is_given_up)
{
    LOADED *loaded = find(p11_kit_uri_get_module_path(uri));

    if (loaded != NULL)
        atomic_store(&loaded->is_given_up, is_given_up);
}

static atomic_uint *find_opened(const CK_FUNCTION_LIST *module)
{
    for (LOADED *loaded = atomic_load(&all_loaded); loaded != NULL; loaded = loaded->next) {
        for (size_t i = 0; loaded->modules[i] != NULL; i++) {
            if (loaded->modules[i] == module)
                return &loaded->opened[i];
        }
    }
    return NULL;
}

void onem2m_pkcs11_note_opened(const CK_FUNCTION_LIST *module)
{
    atomic_store(find_opened(module), onem2m_process_generation() + 1);
}

void onem2m_pkcs11_begin_again(CK_FUNCTION_LIST *module)
{
    if (atomic_load(find_opened(module)) != onem2m_process_generation() + 1)
        (void)p11_kit_module_finalize(module);
}
