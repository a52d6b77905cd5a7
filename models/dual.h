/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dual.h - linear machines of two classes by dual coordinate descent. Formulas: dual.c. */
#ifndef NFI_DUAL_H
#define NFI_DUAL_H

#include "base/rng.h"
#include "newsframe/matrix.h"

typedef struct nfi_dual {
    const nf_csr *X;
    const int8_t *y;      /* X->rows: +1 or -1 */
    const float *scale;   /* X->cols: column j counts as x_j * scale[j]; NULL: 1. The result is in units of x, scales multiplied in */
    double cost[2];       /* of a row of class -1, +1 */
    double tolerance;     /* greatest violation of the optimality conditions at the end */
    int passes;           /* at most */
    nfi_rng rng;          /* order of the rows */
} nfi_dual;

/*
 * Weights of the machine into v: X->cols doubles, then that of a column of ones (the bias, which is regularised as all others). v:
 * caller-allocated. *passes gets how many were made, may be NULL. The same bits for the same input: one thread, a fixed order of sums.
 */
nf_status nfi_dual_svm(double *v, const nfi_dual *p, int *passes, nf_err *err) NF_MUST_CHECK;      /* squared hinge */
nf_status nfi_dual_logistic(double *v, const nfi_dual *p, int *passes, nf_err *err) NF_MUST_CHECK; /* logistic loss */

#endif
