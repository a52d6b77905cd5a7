/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * par.h - parallel loops over chunks whose number and size never depend on the thread count. Workers take chunks in any
 * order; whoever calls merges in chunk order. OpenMP inside. A loop within a loop shares its threads when it may use as many,
 * else it runs serially.
 */
#ifndef NFI_PAR_H
#define NFI_PAR_H

#include <stddef.h>

#include "newsframe/status.h"

/* Threads to use for a request: 0 means all CPUs this process may run on, but no more than OpenMP was told to use (OMP_NUM_THREADS,
 * nfi_par_limit()); at least 1, at most 1024. */
int nfi_par_threads(int want);

/* What was not asked for a number of threads, such as reading a model, uses at most n from now on: OpenMP's own setting of this thread. */
void nfi_par_limit(int n);

/* worker is in [0, threads): index of per-thread scratch. */
typedef nf_status (*nfi_chunk_fn)(void *ctx, size_t chunk, int worker, nf_err *err);

/*
 * Runs fn for every chunk in [0, chunks). If some fail, the failure of the lowest chunk is returned, whatever the
 * threads did; chunks above a failed one may not run.
 */
nf_status nfi_par_chunks(size_t chunks, int threads, nfi_chunk_fn fn, void *ctx, nf_err *err) NF_MUST_CHECK;

/* The same for a few chunks that have loops of their own: all threads are there for those too. */
nf_status nfi_par_beside(size_t chunks, int threads, nfi_chunk_fn fn, void *ctx, nf_err *err) NF_MUST_CHECK;

#endif
