/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kmeans_kit.h - rows to cluster, and comparing results bit by bit. */
#ifndef KMEANS_KIT_H
#define KMEANS_KIT_H

#include "nft.h"

#include "newsframe/cluster.h"

#include "base/kern.h"
#include "base/mem.h"
#include "base/num.h"
#include "cluster/lloyd.h"
#include "cluster/seed.h"

#include <math.h>
#include <string.h>

/* ---- inputs ---- */

/* Rows of at most 4 values, dense in, sparse out. */
static inline nf_csr dense_rows(const float (*v)[4], size_t n)
{
    nf_csr m = {0};
    int64_t nnz = 0;

    nft_ok(nf_csr_alloc(&m, n, 4, (int64_t)n * 4, &nft_err));
    for (size_t r = 0; r < n; r++) {
        for (int t = 0; t < 4; t++)
            if (v[r][t] != 0) {
                m.idx[nnz] = t;
                m.val[nnz++] = v[r][t];
            }
        m.ptr[r + 1] = nnz;
    }
    return m;
}

/* n rows in groups, row r in group r % groups: 12 terms, most of the 40 that belong to the group, some of the 60 common ones. */
static inline nf_csr planted(nfi_rng *r, size_t n, size_t groups)
{
    const size_t d = groups * 40 + 60;
    nf_csr m = {0};
    float *row = nfi_calloc(d, sizeof *row);
    int64_t nnz = 0;

    nft_ok(nf_csr_alloc(&m, n, d, (int64_t)(n * 12), &nft_err));
    for (size_t i = 0; i < n; i++) {
        memset(row, 0, d * sizeof *row);
        for (int t = 0; t < 12; t++) {
            size_t at = nfi_rng_below(r, 4) ? (i % groups) * 40 + nfi_rng_below(r, 40) : groups * 40 + nfi_rng_below(r, 60);
            row[at] += (float)nft_rand_between(r, 0.5, 1.5);
        }
        for (size_t t = 0; t < d; t++)
            if (row[t] != 0) {
                m.idx[nnz] = (int32_t)t;
                m.val[nnz++] = row[t];
            }
        m.ptr[i + 1] = nnz;
    }
    nfi_free(row);
    return m;
}

static inline nf_clusters cluster(const nf_csr *X, const nf_kmeans_opts *o)
{
    nf_clusters c = {0};
    nft_ok(nf_kmeans(&c, X, o, &nft_err));
    return c;
}

static inline void same_bits(const nf_clusters *a, const nf_clusters *b)
{
    ck_assert_uint_eq(a->n, b->n);
    ck_assert_mem_eq(a->assign, b->assign, a->n * sizeof *a->assign);
    ck_assert_mem_eq(a->second, b->second, a->n * sizeof *a->second);
    ck_assert_mem_eq(a->similarity, b->similarity, a->n * sizeof *a->similarity);
    ck_assert_mem_eq(a->second_similarity, b->second_similarity, a->n * sizeof *a->second_similarity);
    ck_assert_mem_eq(a->size, b->size, a->k * sizeof *a->size);
    ck_assert_mem_eq(a->center.val, b->center.val, a->d * a->center.ld * sizeof *a->center.val);
    ck_assert_mem_eq(&a->objective, &b->objective, sizeof a->objective);
    ck_assert_int_eq(a->iterations, b->iterations);
    ck_assert_int_eq(a->restart, b->restart);
}

/* ---- by hand ---- */

#endif
