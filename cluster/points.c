/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * points.c - prepares rows for k-means. Equal rows are found by hashing under a secret and confirmed by comparison, so the count of
 * distinct rows is exact and hostile rows cannot slow it down; which slot a row falls into is never visible.
 */
#include "cluster/points.h"

#include "base/hash.h"
#include "base/mem.h"
#include "base/par.h"
#include "base/try.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* Sums stay below 2^61 in units of 2^-32 when the lengths of all rows add up to less: |sum of rows| <= sum of |row|. */
#define MAX_TOTAL_NORM 0x1p29

typedef struct build {
    nfi_points *p;
    const nf_csr *X;
    bool unit;
    uint64_t *hash;   /* of each kept row */
    int64_t *entries; /* nonzeros of each row of X */
    nfi_secret secret;
} build;

static nf_status count_block(void *ctx, size_t block, int worker, nf_err *err)
{
    build *b = ctx;
    size_t end = (block + 1) * NFI_BLOCK < b->X->rows ? (block + 1) * NFI_BLOCK : b->X->rows;

    (void)worker, (void)err;
    for (size_t r = block * NFI_BLOCK; r < end; r++) {
        int64_t nonzero = 0;
        for (int64_t e = b->X->ptr[r]; e < b->X->ptr[r + 1]; e++)
            nonzero += b->X->val[e] != 0.0f;
        b->entries[r] = nonzero;
    }
    return NF_OK;
}

static void fill_row(build *b, size_t i)
{
    nfi_points *p = b->p;
    const nf_csr *X = b->X;
    int64_t r = p->origin[i], at = p->x.ptr[i], first = at;
    double sq = 0.0, norm;

    for (int64_t e = X->ptr[r]; e < X->ptr[r + 1]; e++) {
        if (X->val[e] == 0.0f)
            continue;
        p->x.idx[at] = X->idx[e];
        p->x.val[at++] = X->val[e];
        sq += (double)X->val[e] * X->val[e];
    }
    if (b->unit) {
        norm = sqrt(sq);
        sq = 0.0;
        for (int64_t e = first; e < at; e++) {
            p->x.val[e] = (float)(p->x.val[e] / norm);
            sq += (double)p->x.val[e] * p->x.val[e];
        }
    }
    p->sq[i] = sq;
    size_t n = (size_t)(at - first);
    b->hash[i] = nfi_hash2(nfi_siphash(p->x.idx + first, n * sizeof *p->x.idx, b->secret),
                           nfi_siphash(p->x.val + first, n * sizeof *p->x.val, b->secret), b->secret);
}

static nf_status fill_block(void *ctx, size_t block, int worker, nf_err *err)
{
    build *b = ctx;
    size_t n = b->p->x.rows, end = (block + 1) * NFI_BLOCK < n ? (block + 1) * NFI_BLOCK : n;

    (void)worker, (void)err;
    for (size_t i = block * NFI_BLOCK; i < end; i++)
        fill_row(b, i);
    return NF_OK;
}

static bool equal_rows(const nf_csr *x, size_t i, size_t j)
{
    size_t n = (size_t)(x->ptr[i + 1] - x->ptr[i]);

    return (size_t)(x->ptr[j + 1] - x->ptr[j]) == n &&
           memcmp(x->idx + x->ptr[i], x->idx + x->ptr[j], n * sizeof *x->idx) == 0 &&
           memcmp(x->val + x->ptr[i], x->val + x->ptr[j], n * sizeof *x->val) == 0;
}

/* Sets same[] and distinct: open addressing over the hashes, rows entered in order. */
static nf_status find_equal(build *b, nf_err *err)
{
    nfi_points *p = b->p;
    size_t n = p->x.rows, size = 16;

    while (size < 2 * n)
        size *= 2;
    int32_t *slot = nfi_alloc(size, sizeof *slot);
    if (!slot)
        return nfi_oom(err, "the table of distinct rows");
    memset(slot, 0xff, size * sizeof *slot);
    for (size_t i = 0; i < n; i++) {
        size_t at = b->hash[i] & (size - 1);
        while (slot[at] >= 0 && !(b->hash[slot[at]] == b->hash[i] && equal_rows(&p->x, (size_t)slot[at], i)))
            at = (at + 1) & (size - 1);
        if (slot[at] < 0) {
            slot[at] = (int32_t)i;
            p->distinct++;
        }
        p->same[i] = slot[at];
    }
    nfi_free(slot);
    return NF_OK;
}

static nf_status check_range(nfi_points *p, nf_err *err)
{
    double total = 0.0;

    for (size_t i = 0; i < p->x.rows; i++) {
        double norm = sqrt(p->sq[i]);
        total += norm;
        if (norm > p->max_norm)
            p->max_norm = norm;
    }
    if (!(total < MAX_TOTAL_NORM))
        return NF_FAIL(err, NF_ELIMIT, "the lengths of the %zu rows add up to %.3g, at most 2^29 can be summed exactly",
                       p->x.rows, total);
    return NF_OK;
}

/* Room for the rows that have a nonzero entry, and where each starts. */
static nf_status lay_out(build *b, nf_err *err)
{
    nfi_points *p = b->p;
    size_t kept = 0;
    int64_t nnz = 0;

    for (size_t r = 0; r < b->X->rows; r++) {
        kept += b->entries[r] > 0;
        nnz += b->entries[r];
    }
    if (kept >= INT32_MAX)
        return NF_FAIL(err, NF_ELIMIT, "%zu rows to cluster, at most %" PRId32, kept, INT32_MAX - 1);
    NF_TRY(nf_csr_alloc(&p->x, kept, b->X->cols, nnz, err));
    p->origin = nfi_alloc(kept, sizeof *p->origin);
    p->sq = nfi_alloc(kept, sizeof *p->sq);
    p->same = nfi_alloc(kept, sizeof *p->same);
    b->hash = nfi_alloc(kept, sizeof *b->hash);
    if (!p->origin || !p->sq || !p->same || !b->hash)
        return nfi_oom(err, "the rows to cluster");
    for (size_t r = 0, i = 0; r < b->X->rows; r++)
        if (b->entries[r] > 0) {
            p->origin[i] = (int64_t)r;
            p->x.ptr[i + 1] = p->x.ptr[i] + b->entries[r];
            i++;
        }
    return NF_OK;
}

nf_status nfi_points_make(nfi_points *out, const nf_csr *X, bool unit, int threads, nf_err *err)
{
    nf_status s = NF_OK;
    nfi_points p = {0};
    build b = {.p = &p, .X = X, .unit = unit, .secret = nfi_secret_random()};

    b.entries = nfi_alloc(X->rows, sizeof *b.entries);
    if (!b.entries) {
        s = nfi_oom(err, "the rows to cluster");
        goto out;
    }
    NF_GO(nfi_par_chunks(nfi_blocks(X->rows), threads, count_block, &b, err));
    NF_GO(lay_out(&b, err));
    NF_GO(nfi_par_chunks(nfi_blocks(p.x.rows), threads, fill_block, &b, err));
    NF_GO(check_range(&p, err));
    NF_GO(find_equal(&b, err));
    NF_GO(nf_csr_transpose(&p.t, &p.x, err));
    *out = p;
    p = (nfi_points){0};
out:
    nfi_points_clear(&p);
    nfi_free(b.hash);
    nfi_free(b.entries);
    return s;
}

void nfi_points_clear(nfi_points *p)
{
    nf_csr_clear(&p->x);
    nf_csr_clear(&p->t);
    nfi_free(p->origin);
    nfi_free(p->sq);
    nfi_free(p->same);
    *p = (nfi_points){0};
}
