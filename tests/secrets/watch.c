/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include "watch.h"

#define EXPORTED __attribute__((visibility("default")))
#define WINDOW ((size_t)8)
#define WINDOWS_MAX 65536
#define SLOTS ((size_t)4 * WINDOWS_MAX)
#define ROOM ((size_t)4 << 20)
#define SHOWN 20 /* finds that are described */
#define FRAMES 24

typedef struct {
    unsigned char octets[WINDOW];
    const char *label; /* NULL: free */
} ENTRY;

/* All that holds secrets, in one mapping, which processes that fork share. */
typedef struct {
    size_t windows, used;
    ENTRY entries[SLOTS];
    unsigned char begins[65536]; /* by the first two octets of a window */
    unsigned char room[ROOM];
} KNOWN;

static KNOWN *known;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_size_t finds, blocks;
static int report = STDERR_FILENO;
static void (*next_free)(void *);
static int (*next_random)(OSSL_LIB_CTX *, unsigned char *, size_t, unsigned int);
static _Thread_local int is_inside __attribute__((tls_model("initial-exec")));

/* Secrets */

static size_t slot_of(const unsigned char *window)
{
    uint64_t value;

    memcpy(&value, window, sizeof(value));
    return (size_t)((value * UINT64_C(0x9E3779B97F4A7C15)) >> 46) % SLOTS;
}

static const char *label_of(const unsigned char *window)
{
    size_t slot = slot_of(window);

    for (; known->entries[slot].label != NULL; slot = (slot + 1) % SLOTS) {
        if (memcmp(known->entries[slot].octets, window, WINDOW) == 0)
            return known->entries[slot].label;
    }
    return NULL;
}

static void add_window(const char *label, const unsigned char *window)
{
    size_t slot = slot_of(window);

    if (label_of(window) != NULL)
        return;
    if (++known->windows > WINDOWS_MAX)
        abort();
    while (known->entries[slot].label != NULL)
        slot = (slot + 1) % SLOTS;
    memcpy(known->entries[slot].octets, window, WINDOW);
    known->entries[slot].label = label;
    known->begins[window[0] << 8 | window[1]] = 1;
}

EXPORTED void watch_for(const char *label, const void *secret, size_t length)
{
    const unsigned char *octets = secret;

    pthread_mutex_lock(&lock);
    for (size_t at = 0; at + WINDOW <= length; at += WINDOW)
        add_window(label, octets + at);
    pthread_mutex_unlock(&lock);
}

EXPORTED int watch_knows(const void *secret, size_t length)
{
    const unsigned char *octets = secret;
    int known_too = 1;

    pthread_mutex_lock(&lock);
    for (size_t at = 0; at + WINDOW <= length; at += WINDOW)
        known_too &= label_of(octets + at) != NULL;
    pthread_mutex_unlock(&lock);
    return known_too;
}

EXPORTED unsigned char *watch_room(size_t length)
{
    unsigned char *room = known->room + known->used;

    known->used += (length + 15) / 16 * 16;
    if (known->used > ROOM)
        abort();
    return room;
}

/* Looking */

static void describe(const char *where, const char *label, size_t at, size_t length)
{
    void *frames[FRAMES];

    if (atomic_fetch_add(&finds, 1) >= SHOWN)
        return;
    dprintf(report, "a secret (%s) in %s, at %zu of %zu octets\n", label, where, at, length);
    backtrace_symbols_fd(frames, backtrace(frames, FRAMES), report);
}

EXPORTED size_t watch_look(const char *where, const void *memory, size_t length)
{
    const unsigned char *octets = memory;
    size_t found = 0;

    for (size_t at = 0; at + WINDOW <= length; at++) {
        const char *label;

        if (!known->begins[octets[at] << 8 | octets[at + 1]])
            continue;
        label = label_of(octets + at);
        if (label == NULL)
            continue;
        describe(where, label, at, length);
        found++;
        at += WINDOW - 1;
    }
    return found;
}

static int is_ours(const char *begin, const char *end)
{
    return begin < (const char *)(known + 1) && end > (const char *)known;
}

/* The guard pages of a thread's stack are not told by their rights from glibc 2.42 on. */
static int is_readable(const char *page)
{
    char octet;
    const struct iovec to = { &octet, 1 }, from = { (void *)(uintptr_t)page, 1 };

    return process_vm_readv(getpid(), &to, 1, &from, 1, 0) == 1 || errno != EFAULT;
}

static size_t look_at_pages(const char *line, const char *begin, const char *end)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t found = 0;

    while (begin < end) {
        const char *readable = begin;

        while (readable < end && is_readable(readable))
            readable += page;
        found += watch_look(line, begin, (size_t)(readable - begin));
        begin = readable + page;
    }
    return found;
}

/* A line of /proc/self/maps: "begin-end rights ...". */
static size_t look_at_mapping(const char *line)
{
    char *at;
    const unsigned long begin = strtoul(line, &at, 16);
    const unsigned long end = *at == '-' ? strtoul(at + 1, &at, 16) : 0;

    if (strncmp(at, " rw", 3) != 0 || is_ours((const char *)begin, (const char *)end))
        return 0;
    return look_at_pages(line, (const char *)begin, (const char *)end);
}

EXPORTED size_t watch_look_everywhere(void)
{
    static char maps[262144];
    const int file = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    size_t length = 0, found = 0;
    ssize_t got;

    while (file >= 0 && (got = read(file, maps + length, sizeof(maps) - 1 - length)) > 0)
        length += (size_t)got;
    close(file);
    maps[length] = '\0';
    for (char *at = maps, *line; (line = strsep(&at, "\n")) != NULL && *line != '\0';)
        found += look_at_mapping(line);
    return found;
}

EXPORTED size_t watch_finds(void)
{
    return atomic_load(&finds);
}

EXPORTED size_t watch_blocks(void)
{
    return atomic_load(&blocks);
}

/* What stands before libc and libcrypto */

static void look_at_block(const void *block)
{
    if (is_inside || known == NULL)
        return;
    is_inside = 1;
    atomic_fetch_add_explicit(&blocks, 1, memory_order_relaxed);
    watch_look("a freed block", block, malloc_usable_size((void *)(uintptr_t)block));
    is_inside = 0;
}

// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): the names there are reserved
EXPORTED void free(void *block)
{
    if (block == NULL || next_free == NULL)
        return; /* before the constructor: lost */
    look_at_block(block);
    next_free(block);
}

/* Always another block, so that the old one is looked at. */
// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): the names there are reserved
EXPORTED void *realloc(void *block, size_t size)
{
    void *moved = malloc(size);
    size_t length;

    if (block == NULL || moved == NULL)
        return moved;
    length = malloc_usable_size(block);
    memcpy(moved, block, length < size ? length : size);
    free(block);
    return moved;
}

// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): the names there are reserved
EXPORTED int RAND_priv_bytes_ex(OSSL_LIB_CTX *libctx, unsigned char *octets, size_t length,
                                unsigned int strength)
{
    const int rc = next_random(libctx, octets, length, strength);

    if (rc > 0 && length >= 16)
        watch_for("a random secret", octets, length);
    return rc;
}

/* Begin */

static void read_secrets(const char *path)
{
    FILE *file = fopen(path, "re");
    char *line = (char *)watch_room(2048);
    unsigned char *octets = watch_room(1024);

    if (file == NULL)
        abort();
    (void)setvbuf(file, (char *)watch_room(4096), _IOFBF, 4096);
    while (fgets(line, 2048, file) != NULL) {
        size_t length;

        line[strcspn(line, "\n")] = '\0';
        if (OPENSSL_hexstr2buf_ex(octets, 1024, &length, line, '\0') != 1)
            abort();
        watch_for("given as octets", octets, length);
        watch_for("given in hexadecimal", line, strlen(line));
    }
    fclose(file);
}

/* In a child, so that stack and registers of this process never had them. */
static void read_in_child(const char *path)
{
    const pid_t child = fork();
    int status;

    if (child == 0) {
        read_secrets(path);
        _exit(0);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
        abort();
}

/* Between pages that nobody may use, so that it is a mapping of its own. */
static void *map_alone(size_t length)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE), inner = (length + page - 1) / page * page;
    char *outer = mmap(NULL, inner + 2 * page, PROT_NONE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (outer == MAP_FAILED || mprotect(outer + page, inner, PROT_READ | PROT_WRITE) != 0)
        abort();
    return outer + page;
}

__attribute__((constructor)) static void begin(void)
{
    const char *secrets = getenv("ONEM2M_WATCH"), *path = getenv("ONEM2M_WATCH_REPORT");
    void *frames[2], *function;

    function = dlsym(RTLD_NEXT, "free");
    memcpy(&next_free, &function, sizeof(next_free));
    function = dlsym(RTLD_NEXT, "RAND_priv_bytes_ex"); /* NULL in a program without libcrypto */
    memcpy(&next_random, &function, sizeof(next_random));
    backtrace(frames, 2); /* allocates the first time */
    known = map_alone(sizeof(*known));
    if (path != NULL)
        report = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (secrets != NULL)
        read_in_child(secrets);
}

/* A preloaded program is looked through when it ends, and says that it was watched. */
__attribute__((destructor)) static void end(void)
{
    if (report == STDERR_FILENO)
        return;
    watch_look_everywhere();
    dprintf(report, "%zu blocks looked at, %zu finds\n", watch_blocks(), watch_finds());
}
