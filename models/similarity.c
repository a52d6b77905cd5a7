/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * similarity.c - how alike the classes of a model are: the cosine of their weights, each less the mean over the classes. What all classes
 * share, z and base alike, drops out, so that the figure is about what tells them apart.
 *
 * Terms go through BLAS in blocks of a fixed number, whose products are added in double: memory is classes times a block, whatever the
 * vocabulary.
 */
#include "newsframe/explain.h"

#include "base/mem.h"
#include "base/try.h"
#include "models/model.h"

#include <math.h>
#include <string.h>

enum { BLOCK = 2048 };

/* Weights of a term by class, idf included, less their mean. */
static void profile(const nf_model *m, size_t t, double *x)
{
    size_t n = m->nclasses;
    double mean = 0.0;

    for (size_t k = 0; k < n; k++)
        x[k] = (double)m->base[t] + m->z[k];
    for (uint64_t e = m->ptr[t]; e < m->ptr[t + 1]; e++)
        x[m->cls[e]] = (double)m->w[e] + m->z[m->cls[e]];
    for (size_t k = 0; k < n; k++)
        mean += x[k];
    mean /= (double)n;
    for (size_t k = 0; k < n; k++)
        x[k] = (x[k] - mean) * (double)m->idf[t];
}

nf_status nf_model_similarity(const nf_model *m, nf_dense *S, nf_err *err)
{
    size_t n = m->nclasses, square;
    nf_dense block = {0}, product = {0};
    double *x = NULL, *sum = NULL;
    nf_status s = NF_OK;

    if (S->rows != n || S->cols != n)
        return NF_FAIL(err, NF_EINVAL, "a result of %zu x %zu for %zu classes", S->rows, S->cols, n);
    if (!nfi_mul(n, n, &square) || !(sum = nfi_calloc(square, sizeof *sum)) || !(x = nfi_alloc(n, sizeof *x))) {
        s = nfi_oom(err, "similarities of classes");
        goto out;
    }
    NF_GO(nf_dense_alloc(&block, n, BLOCK, err));
    NF_GO(nf_dense_alloc(&product, n, n, err));
    for (size_t from = 0; from < m->n; from += BLOCK) {
        memset(block.val, 0, block.rows * block.ld * sizeof *block.val);
        for (size_t t = from; t < m->n && t < from + BLOCK; t++) {
            profile(m, t, x);
            for (size_t k = 0; k < n; k++)
                block.val[k * block.ld + (t - from)] = (float)x[k];
        }
        NF_GO(nf_dense_mul_abt(&product, &block, &block, err));
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                sum[i * n + j] += (double)product.val[i * product.ld + j];
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double norms = sqrt(sum[i * n + i]) * sqrt(sum[j * n + j]);
            double cosine = norms > 0.0 ? sum[i * n + j] / norms : 0.0;
            S->val[i * S->ld + j] = (float)(i == j && norms > 0.0 ? 1.0 : fmax(-1.0, fmin(1.0, cosine)));
        }
out:
    nf_dense_clear(&block);
    nf_dense_clear(&product);
    nfi_free(x);
    nfi_free(sum);
    return s;
}
