/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <openssl/crypto.h>
#include "team.h"

#define NS_PER_S 1e9
#define SLICES ((size_t)2) /* a start costs more here: longer slices */
#define THREADS 2
#define TRIES_MAX 5           /* of one round */
#define START_DIFFERENCE 0.05 /* at most, of the time measured */

/* Far enough from each other that no cache line is shared. */
typedef struct {
    _Alignas(128) double start;
    double end;
    long preempted;
    int ok;
} WORKER;

typedef struct {
    pthread_barrier_t start, end;
    atomic_int not_ready; /* threads that have not come out of the barrier yet */
    int quit;
    const BENCH_CONTEST *contest;
    WORKER workers[THREADS];
} TEAM;

/* Waking up from the barrier takes long; so the threads wait for each other once more, awake. */
static void wait_awake(TEAM *team)
{
    atomic_fetch_sub(&team->not_ready, 1);
    while (atomic_load(&team->not_ready) > 0)
        continue;
}

/* How often another thread was given this one's CPU. Waiting for a lock is not counted. */
static long preemptions(void)
{
    struct rusage usage;

    return getrusage(RUSAGE_THREAD, &usage) == 0 ? usage.ru_nivcsw : 0;
}

static void work(TEAM *team, WORKER *worker)
{
    const BENCH_CONTEST *contest = team->contest;
    void *state = contest->new_state(contest->shared);
    const int ready = state != NULL && contest->run(state);
    size_t i = 0;

    wait_awake(team);
    worker->preempted = -preemptions();
    worker->start = bench_now();
    while (ready && i < contest->operations && contest->run(state))
        i++;
    worker->end = bench_now();
    worker->preempted += preemptions();
    worker->ok = i == contest->operations;
    contest->free_state(state);
}

static void *second_thread(void *arg)
{
    TEAM *team = arg;

    for (;;) {
        pthread_barrier_wait(&team->start);
        if (team->quit)
            break;
        work(team, &team->workers[1]);
        pthread_barrier_wait(&team->end);
    }
    OPENSSL_thread_stop();
    return NULL;
}

static double per_second(const TEAM *team, double start, double end, int threads)
{
    return (double)(team->contest->operations * (size_t)threads) * NS_PER_S / (end - start);
}

/* Operations a second; 0 when one failed. *disturbed: whether something else had the CPU. */
static double measure_one(TEAM *team, int *disturbed)
{
    WORKER *worker = &team->workers[0];

    atomic_store(&team->not_ready, 1);
    work(team, worker);
    *disturbed = worker->preempted > 0;
    return worker->ok ? per_second(team, worker->start, worker->end, 1) : 0;
}

static double measure_two(TEAM *team, int *disturbed)
{
    WORKER *first = &team->workers[0], *second = &team->workers[1];
    double start, end;

    atomic_store(&team->not_ready, THREADS);
    pthread_barrier_wait(&team->start);
    work(team, first);
    pthread_barrier_wait(&team->end);
    start = first->start < second->start ? first->start : second->start;
    end = first->end > second->end ? first->end : second->end;
    *disturbed = first->preempted > 0 || second->preempted > 0 ||
                 first->start - start > START_DIFFERENCE * (end - start) ||
                 second->start - start > START_DIFFERENCE * (end - start);
    return first->ok && second->ok ? per_second(team, start, end, THREADS) : 0;
}

static int contest_init(BENCH_CONTEST *contest, BENCH *bench, const char *section)
{
    static const char *const names[THREADS] = { "one thread", "two threads" };
    void *state;

    for (int i = 0; i < THREADS; i++)
        contest->rows[i] = bench_add(bench, section, "/s", "%s, %s", contest->title, names[i]);
    contest->rows[1]->reference = contest->rows[0];
    contest->rows[1]->at_least = contest->at_least;
    state = contest->new_state(contest->shared);
    contest->operations =
        state != NULL ? bench_calibrate(contest->run, state, bench->slice_ns * SLICES) : 0;
    contest->free_state(state);
    return contest->operations > 0 || bench_failed(contest->title);
}

/* Measures once more what something else on the machine disturbed: there must be two CPUs. */
static int contest_round(const BENCH_CONTEST *contest, TEAM *team, double *repeated)
{
    double one, two;
    int disturbed_one, disturbed_two, tries = 0;

    team->contest = contest;
    do {
        *repeated += tries > 0;
        one = measure_one(team, &disturbed_one);
        two = measure_two(team, &disturbed_two);
    } while (one > 0 && two > 0 && (disturbed_one || disturbed_two) && ++tries < TRIES_MAX);
    bench_sample(contest->rows[0], one);
    bench_sample(contest->rows[1], two);
    return (one > 0 && two > 0) || bench_failed(contest->title);
}

static int measure_rounds(TEAM *team, const BENCH_CONTEST *contests, size_t count, size_t rounds,
                          double *repeated)
{
    for (size_t round = 0; round < rounds; round++) {
        for (size_t i = 0; i < count; i++) {
            if (!contest_round(&contests[i], team, repeated))
                return 0;
        }
    }
    return 1;
}

static int measure(const BENCH_CONTEST *contests, size_t count, size_t rounds, double *repeated)
{
    static TEAM team; /* an automatic one need not be aligned so far when sanitizers are used */
    pthread_t thread;
    int ok;

    team.quit = 0;
    if (pthread_barrier_init(&team.start, NULL, THREADS) != 0 ||
        pthread_barrier_init(&team.end, NULL, THREADS) != 0 ||
        pthread_create(&thread, NULL, second_thread, &team) != 0)
        return bench_failed("a second thread");
    ok = measure_rounds(&team, contests, count, rounds, repeated);
    team.quit = 1;
    pthread_barrier_wait(&team.start);
    pthread_join(thread, NULL);
    pthread_barrier_destroy(&team.start);
    pthread_barrier_destroy(&team.end);
    return ok;
}

int bench_contests(BENCH *bench, const char *section, BENCH_CONTEST *contests, size_t count)
{
    const size_t rounds = bench->rounds / (SLICES * THREADS) + 2;
    double repeated = 0;
    int ok = 1;

    for (size_t i = 0; ok && i < count; i++)
        ok = contest_init(&contests[i], bench, section);
    ok = ok && measure(contests, count, rounds < bench->rounds ? rounds : bench->rounds, &repeated);
    bench_sample(bench_add(bench, section, "", "rounds repeated, disturbed by other processes"),
                 repeated);
    return ok;
}
