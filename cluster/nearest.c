/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * nearest.c - the nearest center of each row.
 *
 * One pass of the row kernel over the term-major sums gives x.S_c for all clusters at once; score = x.S_c * scale_c - bias_c, the
 * greatest wins, ties to the lower cluster.
 */
#include "cluster/steps.h"

#include "base/par.h"

#include <math.h>

void nfi_score_row(const nfi_lloyd *w, const nfi_kern *kern, size_t i, float *to)
{
    const nf_csr *x = &w->p->x;
    const float *restrict scale = w->scale, *restrict bias = w->bias;
    float *restrict out = to;
    int64_t at = x->ptr[i];

    kern->spmv_f32(out, x->idx + at, x->val + at, (size_t)(x->ptr[i + 1] - at), w->dense, w->kpad, w->kpad);
    for (size_t b = 0; b < w->kpad; b += 16) { /* sixteen at a time: such loops become vector instructions */
#pragma GCC ivdep
        for (size_t j = b; j < b + 16; j++)
            out[j] = out[j] * scale[j] - bias[j];
    }
}

/* The lowest of the greatest scores. */
static size_t greatest(const float *score, size_t k, size_t kpad)
{
    float top[16], most;
    size_t c = 0;

    for (size_t j = 0; j < 16; j++)
        top[j] = score[j];
    for (size_t b = 16; b < kpad; b += 16)
        for (size_t j = 0; j < 16; j++)
            top[j] = score[b + j] > top[j] ? score[b + j] : top[j];
    for (size_t j = 0; j < 8; j++)
        top[j] = top[j + 8] > top[j] ? top[j + 8] : top[j];
    for (size_t j = 0; j < 4; j++)
        top[j] = top[j + 4] > top[j] ? top[j + 4] : top[j];
    for (size_t j = 0; j < 2; j++)
        top[j] = top[j + 2] > top[j] ? top[j + 2] : top[j];
    most = top[1] > top[0] ? top[1] : top[0];
    while (c + 1 < k && score[c] != most)
        c++;
    return c;
}

static nf_status assign_block(void *ctx, size_t block, int worker, nf_err *err)
{
    nfi_lloyd *w = ctx;
    const nfi_kern *kern = nfi_kern_get();
    size_t n = w->p->x.rows, end = (block + 1) * NFI_BLOCK < n ? (block + 1) * NFI_BLOCK : n;
    float *score = w->spare + (size_t)worker * w->kpad;

    (void)err;
    for (size_t i = block * NFI_BLOCK; i < end; i++) {
        nfi_score_row(w, kern, i, score);
        size_t best = greatest(score, w->k, w->kpad);
        w->next[i] = (int32_t)best;
        w->fit[i] = score[best];
    }
    w->scored[worker] += end - block * NFI_BLOCK;
    return NF_OK;
}

nf_status nfi_assign_all(nfi_lloyd *w, nf_err *err)
{
    return nfi_par_chunks(nfi_blocks(w->p->x.rows), w->threads, assign_block, w, err);
}
