/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lloyd.h - the iterations of k-means from a given start. */
#ifndef NFI_CLUSTER_LLOYD_H
#define NFI_CLUSTER_LLOYD_H

#include "cluster/metric.h"
#include "cluster/points.h"

__extension__ typedef __int128 nfi_i128;

enum { NFI_DRIFT_AGE = 32 }; /* iterations a row may live on bounds before its scores are computed again */

/* State of one run at a time; reusable. Rows are numbered as in p->x. */
typedef struct nfi_lloyd {
    const nfi_points *p;
    const nfi_metric *metric;
    size_t k, kpad;  /* kpad: k up to a multiple of 16 */
    int threads;
    bool skip;       /* use bounds; never changes a result */
    int32_t *assign; /* rows: in, the start; out, the partition */
    int iterations;
    bool converged;

    /* centers, from integers only */
    int64_t *sum;    /* k x d, units of 2^-32 */
    nfi_i128 *sq;    /* k, squared length of the sum, units of 2^-64: exact */
    uint64_t *size;  /* k */
    uint64_t *left;  /* k, sizes after the moves of an iteration */
    float *dense;    /* d x kpad, term-major: the sums, rounded */
    float *scale, *bias; /* kpad */

    /* one iteration */
    int32_t *next;   /* rows */
    float *fit;      /* rows, score in the cluster of next, as last computed */
    float *spare;    /* threads x kpad */
    uint32_t *event; /* 2 x rows: 2 * row + 1 when it enters, 2 * row when it leaves, grouped by cluster */
    size_t *start;   /* k + 1, first event of each cluster */
    int64_t *delta;  /* threads x d, zero between uses */
    int32_t *touched;/* threads x d */

    /* bounds */
    float *score;    /* rows x kpad, as last computed; NULL without bounds */
    int32_t *stamp;  /* rows, iteration of that */
    float *norm;     /* rows, length */
    float *slack;    /* rows, rounding of four scores */
    double *drift;   /* NFI_DRIFT_AGE x kpad, ring: path length of each center up to an iteration */
    double *shift;   /* the same for the bias */
    float *drift_since, *shift_since; /* NFI_DRIFT_AGE x kpad: from that iteration until now, rounded up and down */
    uint64_t *scored; /* threads, rows whose scores were computed since the start, for tests and tuning */
} nfi_lloyd;

nf_status nfi_lloyd_make(nfi_lloyd *out, const nfi_points *p, size_t k, const nfi_metric *metric, int threads, nf_err *err) NF_MUST_CHECK;
void nfi_lloyd_clear(nfi_lloyd *w);
/* From w->assign to a partition in which no row is nearer to another center, or to max_iter. */
nf_status nfi_lloyd_run(nfi_lloyd *w, int max_iter, nf_err *err) NF_MUST_CHECK;
/* Sums and sizes of the partition in w->assign, from nothing. */
nf_status nfi_lloyd_load(nfi_lloyd *w, nf_err *err) NF_MUST_CHECK;
/* Sum of the metric's merit over the clusters. */
double nfi_lloyd_merit(const nfi_lloyd *w);

#endif
