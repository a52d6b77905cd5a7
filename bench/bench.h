/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench.h - how a piece of work is timed and reported: one run to warm up, nine that count, the median and the best of them. One JSON
 * object a line, or a row of a table. A rate is amount / time, a cost time / amount; best is the highest rate, the lowest cost.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { BENCH_RUNS = 9 };

typedef enum bench_unit { BENCH_MB_PER_S, BENCH_NS_PER_NONZERO, BENCH_NS_PER_LOG } bench_unit;

/* Where results go and which are wanted. */
typedef struct bench {
    bool table;
    const char *only; /* results whose names begin with it; NULL: all */
    size_t done;
} bench;

static inline double bench_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static inline bool bench_wants(const bench *b, const char *name)
{
    return !b->only || strncmp(name, b->only, strlen(b->only)) == 0;
}

/* kern: name of the kernel row, "-" where none is in use. amount: bytes, nonzeros, ... of one run. */
static inline void bench_run(bench *b, const char *name, const char *kern, bench_unit unit, double amount, void (*work)(void *ctx),
                             void *ctx)
{
    static const char *const units[] = {"MB/s", "ns/nonzero", "ns/log"};
    double t[BENCH_RUNS];

    work(ctx);
    for (int r = 0; r < BENCH_RUNS; r++) {
        double start = bench_now(), took;
        int at = r;
        work(ctx);
        took = bench_now() - start;
        for (; at > 0 && t[at - 1] > took; at--)
            t[at] = t[at - 1];
        t[at] = took;
    }
    double middle = t[BENCH_RUNS / 2], least = t[0];
    double value = unit == BENCH_MB_PER_S ? amount / middle / 1e6 : middle * 1e9 / amount;
    double best = unit == BENCH_MB_PER_S ? amount / least / 1e6 : least * 1e9 / amount;
    if (b->table && b->done == 0)
        printf("%-18s %-8s %12s %12s  %s\n", "name", "kernels", "median", "best", "unit");
    if (b->table)
        printf("%-18s %-8s %12.2f %12.2f  %s\n", name, kern, value, best, units[unit]);
    else
        printf("{\"name\":\"%s\",\"kernels\":\"%s\",\"value\":%.4f,\"best\":%.4f,\"unit\":\"%s\","
               "\"median_s\":%.9f,\"best_s\":%.9f,\"runs\":%d}\n", name, kern, value, best, units[unit], middle, least, BENCH_RUNS);
    fflush(stdout);
    b->done++;
}

#endif
