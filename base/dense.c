/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dense.c - dense matrices, and all of OpenBLAS that is used. It is opened for the first product: opening it takes as long as scoring some
 * articles.
 *
 * OpenBLAS takes its work area at the first large call and tries for ever when the system has no memory left, so that call is made here, on
 * 300 x 300 matrices (smaller ones take a path without the area), after asking for as much memory ourselves. Later calls with one thread
 * allocate nothing.
 */
#define _GNU_SOURCE
#include "base/dense.h"

#include "newsframe/matrix.h"

#include "base/lazy.h"
#include "base/mem.h"
#include "base/try.h"

#include <cblas.h>
#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { WARM = 300 };
#define WORK_AREA ((size_t)256 << 20) /* bytes, more than OpenBLAS maps for itself and one thread */

#define CALLS(X)                                                                                                                           \
    X(cblas_sgemm) X(openblas_get_config) X(openblas_get_corename) X(openblas_get_num_threads) X(openblas_set_num_threads)
static struct calls {
    CALLS(NFI_LAZY_POINTER)
} blas;
static const nfi_lazy_row functions[] = {CALLS(NFI_LAZY_ROW)};

/* Results change with the number of threads, and parallel loops are our own. */
static void one_thread(void)
{
    blas.openblas_set_num_threads(1);
}

static nfi_lazy library = {NF_SONAME_BLAS, "libopenblas0", functions,      sizeof functions / sizeof *functions,
                           &blas,          one_thread,     NFI_LAZY_CLOSED};

static pthread_mutex_t warm_lock = PTHREAD_MUTEX_INITIALIZER;
static bool warm; /* under warm_lock */

nf_status nfi_blas_describe(char *dst, size_t cap, size_t *length, nf_err *err)
{
    Dl_info at = {0};
    void *address;
    const char *file = "an unknown file";

    NF_TRY(nfi_lazy_open(&library, err));
    memcpy(&address, &blas.cblas_sgemm, sizeof address); /* a function pointer has no conversion to void * */
    if (dladdr(address, &at) != 0 && at.dli_fname) {
        const char *slash = strrchr(at.dli_fname, '/');
        file = slash ? slash + 1 : at.dli_fname;
    }
    int n = snprintf(dst, cap, "cblas_sgemm from %s, %s, core %s, %d thread", file, blas.openblas_get_config(),
                     blas.openblas_get_corename(), blas.openblas_get_num_threads());
    *length = n < 0 ? 0 : (size_t)n < cap ? (size_t)n : cap - 1;
    return NF_OK;
}

/* Row length in floats for cols columns; false when it overflows. */
static bool padded(size_t cols, size_t *ld)
{
    if (!nfi_add(cols, 15, ld))
        return false;
    *ld &= ~(size_t)15;
    return true;
}

nf_status nf_dense_alloc(nf_dense *m, size_t rows, size_t cols, nf_err *err)
{
    size_t ld, count;
    float *val = NULL;

    if (padded(cols, &ld) && nfi_mul(rows, ld, &count))
        val = nfi_alloc_aligned(count, sizeof *val);
    if (!val)
        return NF_FAIL(err, NF_ENOMEM, "out of memory for a matrix of %zu x %zu", rows, cols);
    *m = (nf_dense){.rows = rows, .cols = cols, .ld = ld, .val = val};
    return NF_OK;
}

void nf_dense_clear(nf_dense *m)
{
    if (!m)
        return;
    nfi_free(m->val);
    *m = (nf_dense){0};
}

static void sgemm_abt(float *c, size_t ldc, const float *a, size_t lda, const float *b, size_t ldb, size_t n, size_t m, size_t d)
{
    blas.cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (blasint)n, (blasint)m, (blasint)d, 1.0f, a, (blasint)lda, b, (blasint)ldb,
                     0.0f, c, (blasint)ldc);
}

static nf_status warm_up(nf_err *err)
{
    nf_status s = NF_OK;
    nf_dense a = {0}, b = {0}, c = {0};
    void *probe = NULL;

    pthread_mutex_lock(&warm_lock);
    if (warm)
        goto out;
    NF_GO(nf_dense_alloc(&a, WARM, WARM, err));
    NF_GO(nf_dense_alloc(&b, WARM, WARM, err));
    NF_GO(nf_dense_alloc(&c, WARM, WARM, err));
    probe = nfi_alloc(WORK_AREA, 1); /* not touched: address space and limits are what counts */
    if (!probe) {
        s = nfi_oom(err, "the work area of OpenBLAS");
        goto out;
    }
    nfi_free(probe);
    NF_GO(nfi_lazy_open(&library, err));
    sgemm_abt(c.val, c.ld, a.val, a.ld, b.val, b.ld, WARM, WARM, WARM);
    warm = true;
out:
    pthread_mutex_unlock(&warm_lock);
    nf_dense_clear(&a);
    nf_dense_clear(&b);
    nf_dense_clear(&c);
    return s;
}

nf_status nf_dense_mul_abt(nf_dense *C, const nf_dense *A, const nf_dense *B, nf_err *err)
{
    const size_t most = sizeof(blasint) == 4 ? INT_MAX : (size_t)INT64_MAX;

    if (A->cols != B->cols || C->rows != A->rows || C->cols != B->rows)
        return NF_FAIL(err, NF_EINVAL, "cannot multiply %zu x %zu by the transpose of %zu x %zu into %zu x %zu", A->rows, A->cols, B->rows,
                       B->cols, C->rows, C->cols);
    if (C->rows == 0 || C->cols == 0)
        return NF_OK;
    if (C->val == A->val || C->val == B->val)
        return NF_FAIL(err, NF_EINVAL, "the product cannot take the place of a factor");
    if (C->rows > most || C->ld > most || A->ld > most)
        return NF_FAIL(err, NF_ELIMIT, "a product of %zu x %zu over %zu columns is too large for BLAS", C->rows, C->cols, A->cols);
    if (A->cols == 0) { /* BLAS refuses rows of no length */
        for (size_t r = 0; r < C->rows; r++)
            memset(C->val + r * C->ld, 0, C->cols * sizeof *C->val);
        return NF_OK;
    }
    NF_TRY(warm_up(err));
    sgemm_abt(C->val, C->ld, A->val, A->ld, B->val, B->ld, C->rows, C->cols, A->cols);
    return NF_OK;
}
