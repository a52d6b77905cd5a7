/* SPDX-License-Identifier: GPL-3.0-or-later */
/* par.c - OpenMP chunk loops. */
#define _GNU_SOURCE
#include "base/par.h"

#include "base/try.h"

#include <omp.h>
#include <sched.h>
#include <stdbool.h>

int nfi_par_threads(int want)
{
    if (want <= 0) {
        cpu_set_t set;
        int most = omp_get_max_threads();
        want = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
        want = want < most ? want : most;
    }
    return want < 1 ? 1 : want > 1024 ? 1024 : want;
}

void nfi_par_limit(int n)
{
    omp_set_num_threads(nfi_par_threads(n < 1 ? 1 : n));
}

/* A loop that runs, and the lowest chunk that failed. */
typedef struct loop {
    nfi_chunk_fn fn;
    void *ctx;
    size_t failed;
    nf_status status;
    nf_err first;
} loop;

static void run(loop *l, size_t c)
{
    size_t bound;
    nf_err e = {0};

#pragma omp atomic read
    bound = l->failed;
    if (c > bound)
        return;
    nf_status s = l->fn(l->ctx, c, omp_get_thread_num(), &e);
    if (s == NF_OK)
        return;
#pragma omp critical(nfi_par_failure)
    if (c < l->failed) {
        l->status = s;
        l->first = e;
#pragma omp atomic write
        l->failed = c;
    }
}

static nf_status par(size_t chunks, int threads, int team, nfi_chunk_fn fn, void *ctx, nf_err *err)
{
    bool within = omp_in_parallel();

    if (threads <= 1 || chunks <= 1 || (within && omp_get_num_threads() > threads)) {
        for (size_t c = 0; c < chunks; c++)
            NF_TRY(fn(ctx, c, 0, err));
        return NF_OK;
    }

    loop l = {.fn = fn, .ctx = ctx, .failed = chunks, .status = NF_OK};
    if (within) { /* whoever waits takes some */
        for (size_t c = 0; c < chunks; c++) {
#pragma omp task shared(l) firstprivate(c)
            run(&l, c);
        }
#pragma omp taskwait
    } else {
#pragma omp parallel for schedule(dynamic, 1) num_threads(team)
        for (size_t c = 0; c < chunks; c++)
            run(&l, c);
    }
    if (l.status != NF_OK && err)
        *err = l.first;
    return l.status;
}

nf_status nfi_par_chunks(size_t chunks, int threads, nfi_chunk_fn fn, void *ctx, nf_err *err)
{
    return par(chunks, threads, (size_t)threads > chunks ? (int)chunks : threads, fn, ctx, err);
}

nf_status nfi_par_beside(size_t chunks, int threads, nfi_chunk_fn fn, void *ctx, nf_err *err)
{
    return par(chunks, threads, threads, fn, ctx, err);
}
