/* SPDX-License-Identifier: GPL-3.0-or-later */
/* steps.h - what an iteration of k-means is made of: scores, sums, moves of single rows. */
#ifndef NFI_CLUSTER_STEPS_H
#define NFI_CLUSTER_STEPS_H

#include "base/kern.h"
#include "cluster/lloyd.h"

#define NFI_UNIT 0x1p-32 /* of the sums */

static inline double nfi_sq_value(nfi_i128 sq) { return (double)sq * 0x1p-64; }

/* ---- nearest.c ---- */
/* Scores of row i for all clusters in out (kpad). */
void nfi_score_row(const nfi_lloyd *w, const nfi_kern *kern, size_t i, float *out);
nf_status nfi_assign_all(nfi_lloyd *w, nf_err *err) NF_MUST_CHECK; /* fills next and fit */

/* ---- sums.c ---- */
/* Groups the rows whose cluster differs by cluster, in row order; from NULL: all rows enter. Returns how many moved. */
size_t nfi_group_moves(nfi_lloyd *w, const int32_t *from, const int32_t *to);
nf_status nfi_apply_moves(nfi_lloyd *w, nf_err *err) NF_MUST_CHECK; /* grouped moves into the sums */
void nfi_move_row(nfi_lloyd *w, size_t i, size_t from, size_t to);  /* one into the sums */

/* ---- refine.c ---- */
/* One pass of single moves over all rows; *moved changed cluster. Chooses the active rows. */
nf_status nfi_refine_all(nfi_lloyd *w, size_t *moved, nf_err *err) NF_MUST_CHECK;
/* One pass over the active rows, in order, on one thread. Returns how many moved. */
size_t nfi_refine_active(nfi_lloyd *w);

#endif
