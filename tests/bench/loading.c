/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <sys/wait.h>
#include <unistd.h>
#include "derivations.h"
#include "loading.h"

#define SECTION "loading, in a fresh library context with the default provider"
#define LOAD_MOST_NS 1e6
#define LOADS_MAX 51

enum { LOAD, DERIVE, DERIVE_AGAIN, STEPS };

typedef struct {
    double ns[STEPS];
} TIMES;

static BENCH_ROW *rows[STEPS];

static void add_rows(BENCH *bench, const char *when)
{
    static const char *const names[STEPS] = { "OSSL_PROVIDER_load onem2m",
                                              "EVP_KDF_fetch and first ONEM2M-KM",
                                              "the second ONEM2M-KM" };

    for (int i = 0; i < STEPS; i++)
        rows[i] = bench_add(bench, SECTION, "ns", "%s, %s", names[i], when);
    rows[LOAD]->at_most = LOAD_MOST_NS;
}

static void add_samples(const TIMES *times)
{
    for (int i = 0; i < STEPS; i++)
        bench_sample(rows[i], times->ns[i]);
}

static int time_derivations(TIMES *times, OSSL_LIB_CTX *libctx)
{
    BENCH_KDF kdf = { 0 };
    double start = bench_now();
    int ok = bench_km_init(&kdf, libctx);

    times->ns[DERIVE] = bench_now() - start;
    start = bench_now();
    ok = ok && bench_kdf_run(BENCH_NEW_CONTEXT)(&kdf);
    times->ns[DERIVE_AGAIN] = bench_now() - start;
    bench_kdf_clear(&kdf);
    return ok;
}

static int time_loading(TIMES *times)
{
    BENCH_LIBCTX context = { 0 };
    double start;
    int ok = bench_libctx_init(&context);

    start = bench_now();
    ok = ok && bench_libctx_load_onem2m(&context);
    times->ns[LOAD] = bench_now() - start;
    ok = ok && time_derivations(times, context.libctx);
    bench_libctx_clear(&context);
    return ok;
}

static size_t loads(const BENCH *bench)
{
    return bench->rounds < LOADS_MAX ? bench->rounds : LOADS_MAX;
}

/* The child: the times go through the pipe, nothing else of this process is cleaned up. */
static void time_in_child(int out)
{
    TIMES times = { { 0 } };

    _exit(time_loading(&times) && write(out, &times, sizeof(times)) == sizeof(times) ? 0 : 1);
}

static int read_times(TIMES *times, int in, pid_t child)
{
    const ssize_t length = read(in, times, sizeof(*times));
    int status;

    return waitpid(child, &status, 0) == child && length == sizeof(*times) && status == 0;
}

static int time_cold(TIMES *times)
{
    int ends[2], ok;
    pid_t child;

    if (pipe(ends) != 0)
        return bench_failed("pipe");
    child = fork();
    if (child == 0)
        time_in_child(ends[1]);
    close(ends[1]);
    ok = child > 0 && read_times(times, ends[0], child);
    close(ends[0]);
    return ok || bench_failed("loading in a new process");
}

int bench_loading_cold(BENCH *bench)
{
    TIMES times = { { 0 } };

    add_rows(bench, "cold");
    for (size_t i = 0; i < loads(bench); i++) {
        if (!time_cold(&times))
            return 0;
        add_samples(&times);
    }
    return 1;
}

int bench_loading_warm(BENCH *bench)
{
    BENCH_LIBCTX other = { 0 };
    TIMES times = { { 0 } };
    int ok = bench_libctx_init(&other) && bench_libctx_load_onem2m(&other);

    add_rows(bench, "warm");
    for (size_t i = 0; ok && i < loads(bench); i++) {
        ok = time_loading(&times);
        if (ok)
            add_samples(&times);
    }
    bench_libctx_clear(&other);
    return ok;
}
