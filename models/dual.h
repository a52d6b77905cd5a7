/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dual.h - linear machines of two classes by dual coordinate descent, up to 16 of them on the same rows at once. Formulas: dual.c. */
#ifndef NFI_DUAL_H
#define NFI_DUAL_H

#include "base/rng.h"
#include "newsframe/matrix.h"

enum { NFI_DUAL_MAX = 16 };

typedef struct nfi_dual {
    const nf_csr *X;
    size_t n;               /* machines, 1 to NFI_DUAL_MAX */
    const uint16_t *is;     /* X->rows: bit k is set when machine k takes the row for +1, else it is -1 */
    const float *scale;     /* X->cols x nfi_dual_ld(n): column j counts as x_j * scale[j * ld + k] for machine k; NULL: 1. Results are in
                               units of x, scales multiplied in */
    const double (*cost)[2]; /* n: of a row of class -1, +1 */
    double tolerance;       /* greatest violation of the optimality conditions at the end */
    int passes;             /* at most */
    nfi_rng rng;            /* order of the rows */
} nfi_dual;

/* Numbers from a column to the next in scale and in v. */
static inline size_t nfi_dual_ld(size_t n) { return n == 1 ? 1 : NFI_DUAL_MAX; }

/*
 * Weights of the machines into v: X->cols rows of nfi_dual_ld(n) numbers, then one of a column of ones (the bias, which is regularised as
 * all others). v: caller-allocated, 64-byte aligned. *passes gets how many were made, may be NULL. One thread, a fixed order of sums: a
 * machine has the same bits whichever others stand beside it.
 */
nf_status nfi_dual_svm(float *v, const nfi_dual *p, int *passes, nf_err *err) NF_MUST_CHECK;      /* squared hinge */
nf_status nfi_dual_logistic(float *v, const nfi_dual *p, int *passes, nf_err *err) NF_MUST_CHECK; /* logistic loss */

#endif
