/* SPDX-License-Identifier: GPL-3.0-or-later */
/* points.h - the rows as k-means works on them: no empty rows, no stored zeros, equal rows known, columns reachable. */
#ifndef NFI_CLUSTER_POINTS_H
#define NFI_CLUSTER_POINTS_H

#include <stdbool.h>

#include "newsframe/matrix.h"

enum { NFI_BLOCK = 1024 }; /* rows a chunk of parallel work */

static inline size_t nfi_blocks(size_t rows) { return (rows + NFI_BLOCK - 1) / NFI_BLOCK; }

typedef struct nfi_points {
    nf_csr x;        /* the non-empty rows, in order */
    nf_csr t;        /* x transposed: the rows that hold a term */
    int64_t *origin; /* x->rows, row of the caller's matrix */
    double *sq;      /* x->rows, squared length */
    int32_t *same;   /* x->rows, lowest row with the same content */
    size_t distinct; /* number of different rows */
    double max_norm; /* length of the longest row */
} nfi_points;

/* Owned result, nfi_points_clear(). unit: bring every row to length 1. NF_ELIMIT when the fixed-point sums of all rows could overflow. */
nf_status nfi_points_make(nfi_points *out, const nf_csr *X, bool unit, int threads, nf_err *err) NF_MUST_CHECK;
void nfi_points_clear(nfi_points *p);

#endif
