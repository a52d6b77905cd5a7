/* SPDX-License-Identifier: GPL-3.0-or-later */
/* par.c - OpenMP chunk loops. */
#define _GNU_SOURCE
#include "base/par.h"

#include "base/try.h"

#include <omp.h>
#include <sched.h>

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

nf_status nfi_par_chunks(size_t chunks, int threads, nfi_chunk_fn fn, void *ctx, nf_err *err)
{
    if (threads <= 1 || chunks <= 1 || omp_in_parallel()) {
        for (size_t c = 0; c < chunks; c++)
            NF_TRY(fn(ctx, c, 0, err));
        return NF_OK;
    }

    size_t failed = chunks; /* lowest failed chunk */
    nf_status status = NF_OK;
    nf_err first = {0};
    if ((size_t)threads > chunks)
        threads = (int)chunks;
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
    for (size_t c = 0; c < chunks; c++) {
        size_t bound;
#pragma omp atomic read
        bound = failed;
        if (c > bound)
            continue;
        nf_err e = {0};
        nf_status s = fn(ctx, c, omp_get_thread_num(), &e);
        if (s != NF_OK) {
#pragma omp critical(nfi_par_failure)
            if (c < failed) {
                status = s;
                first = e;
#pragma omp atomic write
                failed = c;
            }
        }
    }
    if (status != NF_OK && err)
        *err = first;
    return status;
}
