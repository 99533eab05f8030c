/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <sys/mman.h>
#include "lmdb_internal.h"

/*
 * A map is address space and costs nothing until it is used, but whoever has a
 * smaller one must open it anew under everybody's feet: so the first is large.
 * Tests make it small to see it grow.
 */
#ifndef ONEM2M_LMDB_FIRST_MAP
#if SIZE_MAX > 0xFFFFFFFFU
#define ONEM2M_LMDB_FIRST_MAP ((size_t)16 << 30)
#else
#define ONEM2M_LMDB_FIRST_MAP ((size_t)256 << 20)
#endif
#endif

static int has_address_space(size_t size)
{
    void *probe = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (probe == MAP_FAILED)
        return 0;
    munmap(probe, size);
    return 1;
}

/* A quarter of the map is room for one transaction. */
int onem2m_lmdb_has_room(size_t map, size_t used)
{
    return used <= map - map / 4;
}

size_t onem2m_lmdb_choose_map(size_t used, size_t least)
{
    size_t map = ONEM2M_LMDB_FIRST_MAP;

    while ((map < least || !onem2m_lmdb_has_room(map, used)) && map <= SIZE_MAX / 4)
        map *= 2;
    while (!has_address_space(map)) {
        map /= 2;
        if (map < used)
            return 0;
    }
    return map;
}

int onem2m_lmdb_resize(ONEM2M_LMDB_ENVIRONMENT *environment, ONEM2M_ERROR *error)
{
    const size_t wish = environment->wish;
    MDB_envinfo info;
    size_t map;
    int rc;

    mdb_env_info(environment->mdb, &info);
    map = onem2m_lmdb_choose_map((info.me_last_pgno + 1) * environment->files.page_size, wish);
    environment->wish = 0;
    if (map == 0 || (map < wish && map <= info.me_mapsize))
        return onem2m_lmdb_refuse(error, ONEM2M_R_STORE_FULL, environment->directory,
                                  "no address space for a larger map than %zu MiB",
                                  info.me_mapsize >> 20);
    if (map <= info.me_mapsize)
        return 1;
    rc = mdb_env_set_mapsize(environment->mdb, map);
    if (rc == 0)
        return 1;
    onem2m_lmdb_close_mdb(environment);
    return onem2m_lmdb_refuse_code(environment, rc, "growing the map", error);
}
