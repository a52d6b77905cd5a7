/* SPDX-License-Identifier: GPL-3.0-or-later */
/** matrix.h - sparse rows (CSR) and dense row-major matrices. */
#ifndef NEWSFRAME_MATRIX_H
#define NEWSFRAME_MATRIX_H

#include <stddef.h>
#include <stdint.h>

#include "newsframe/status.h"

NF_BEGIN_DECLS

/**
 * Sparse matrix in compressed rows: row i holds entries ptr[i] .. ptr[i+1]-1.
 * Invariants (nf_csr_check): ptr[0] == 0, ptr never falls, idx strictly rises within a row, 0 <= idx < cols, every
 * val finite. {0} is a valid 0 x 0 matrix.
 */
typedef struct nf_csr {
    size_t rows, cols;
    int64_t *ptr; /**< rows+1 */
    int32_t *idx; /**< ptr[rows] column numbers */
    float *val;   /**< ptr[rows] */
} nf_csr;

/** Dense row-major matrix of float; element (i,j) is val[i*ld + j], ld >= cols, a multiple of 16; rows 64-byte aligned. */
typedef struct nf_dense {
    size_t rows, cols, ld;
    float *val;
} nf_dense;

/** Owned result, entries zeroed. @return NF_OK, NF_ENOMEM, NF_ELIMIT (cols > INT32_MAX). */
NF_API NF_MUST_CHECK nf_status nf_csr_alloc(nf_csr *m, size_t rows, size_t cols, int64_t nnz, nf_err *err);
/** Frees the arrays; accepts NULL and {0}; leaves {0}. */
NF_API void nf_csr_clear(nf_csr *m);
/** @return NF_OK, or NF_EINVAL naming the row and entry that breaks an invariant. O(nnz). */
NF_API NF_MUST_CHECK nf_status nf_csr_check(const nf_csr *m, nf_err *err);
/** t = transpose of m, owned. Row order within each column of the result rises. O(nnz + cols). */
NF_API NF_MUST_CHECK nf_status nf_csr_transpose(nf_csr *t, const nf_csr *m, nf_err *err);

/** Owned result, entries zeroed. @return NF_OK, NF_ENOMEM. */
NF_API NF_MUST_CHECK nf_status nf_dense_alloc(nf_dense *m, size_t rows, size_t cols, nf_err *err);
NF_API void nf_dense_clear(nf_dense *m);
/**
 * C = A * B^T through OpenBLAS, one thread. @param A n x d, B m x d, borrowed. @param C n x m, caller-allocated.
 * Same bits for any thread count on one CPU kernel; not across CPUs: never used where a label or an assignment is decided.
 * @return NF_OK; NF_EINVAL when shapes differ.
 */
NF_API NF_MUST_CHECK nf_status nf_dense_mul_abt(nf_dense *C, const nf_dense *A, const nf_dense *B, nf_err *err);

NF_END_DECLS

#endif
