/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_BENCH_HANDSHAKES_H
#define ONEM2M_BENCH_HANDSHAKES_H

#include "bench.h"

/*
 * Makes a sealed store of so many keys, and measures TLS handshakes with keys of it, exports of
 * keys, and two threads beside one, each beside the same with a constant key or without the engine.
 */
int bench_handshakes(BENCH *bench, size_t keys);

#endif
