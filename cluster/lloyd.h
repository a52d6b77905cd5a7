/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lloyd.h - the iterations of k-means from a given start. */
#ifndef NFI_CLUSTER_LLOYD_H
#define NFI_CLUSTER_LLOYD_H

#include "cluster/metric.h"
#include "cluster/points.h"

__extension__ typedef __int128 nfi_i128;

/* State of one run at a time; reusable. Rows are numbered as in p->x. */
typedef struct nfi_lloyd {
    const nfi_points *p;
    const nfi_metric *metric;
    size_t k, kpad;  /* kpad: k up to a multiple of 16 */
    int threads;
    bool refine;     /* end with moves of single rows */
    int32_t *assign; /* rows: in, the start; out, the partition */
    int iterations;
    bool converged;

    /* centers, from integers only */
    int64_t *sum;    /* k x d, units of 2^-32 */
    nfi_i128 *sq;    /* k, squared length of the sum, units of 2^-64: exact */
    uint64_t *size;  /* k */
    uint64_t *left;  /* k, sizes after the moves of an iteration */
    nfi_place *place; /* k */
    float *dense;    /* d x kpad, term-major: the sums, rounded */
    float *scale, *bias; /* kpad */

    /* one iteration */
    int32_t *next;   /* rows */
    float *fit;      /* rows, score in the cluster of next */
    float *spare;    /* threads x kpad, scores of a row */
    uint32_t *event; /* 2 x rows: 2 * row + 1 when it enters, 2 * row when it leaves, grouped by cluster */
    size_t *start;   /* k + 1, first event of each cluster */
    int64_t *delta;  /* threads x d, zero between uses */
    int32_t *touched;/* threads x d */

    /* single moves, see refine.c */
    float *slack;    /* rows, rounding of scores */
    float *boost;    /* kpad */
    double *unscale; /* k, 1 / scale */
    int32_t *active; /* rows that may soon move, rising */
    size_t n_active;
    float margin;    /* of score, that makes a row active */
    bool *close;     /* rows: to become active */
    uint64_t *scored; /* threads, rows whose scores were computed since the start, for tests and tuning */
} nfi_lloyd;

nf_status nfi_lloyd_make(nfi_lloyd *out, const nfi_points *p, size_t k, const nfi_metric *metric, int threads, nf_err *err) NF_MUST_CHECK;
void nfi_lloyd_clear(nfi_lloyd *w);
/* From w->assign by whole iterations until few rows move. */
nf_status nfi_lloyd_draft(nfi_lloyd *w, int max_iter, nf_err *err) NF_MUST_CHECK;
/* From there (the sums must be loaded) to the end, as nfi_lloyd_run(). */
nf_status nfi_lloyd_finish(nfi_lloyd *w, int max_iter, nf_err *err) NF_MUST_CHECK;
/* From w->assign to a partition in which no row is nearer to another center, or to max_iter. */
nf_status nfi_lloyd_run(nfi_lloyd *w, int max_iter, nf_err *err) NF_MUST_CHECK;
/* Sums and sizes of the partition in w->assign, from nothing. */
nf_status nfi_lloyd_load(nfi_lloyd *w, nf_err *err) NF_MUST_CHECK;
/* Sum of the metric's merit over the clusters. */
double nfi_lloyd_merit(const nfi_lloyd *w);

#endif
