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

size_t nfi_score_row(const nfi_lloyd *w, const nfi_kern *kern, size_t i, float *to)
{
    const nf_csr *x = &w->p->x;
    const float *restrict scale = w->scale, *restrict bias = w->bias;
    float *restrict out = to;
    const size_t kpad = w->kpad;
    int64_t at = x->ptr[i];
    float top[16], most;
    size_t c = 0;

    kern->spmv_f32(out, x->idx + at, x->val + at, (size_t)(x->ptr[i + 1] - at), w->dense, kpad, kpad);
    for (size_t j = 0; j < 16; j++)
        top[j] = -INFINITY;
    for (size_t b = 0; b < kpad; b += 16) { /* sixteen at a time: these loops become vector instructions */
#pragma GCC ivdep
        for (size_t j = 0; j < 16; j++)
            out[b + j] = out[b + j] * scale[b + j] - bias[b + j];
        for (size_t j = 0; j < 16; j++)
            top[j] = out[b + j] > top[j] ? out[b + j] : top[j];
    }
    for (size_t j = 0; j < 8; j++)
        top[j] = top[j + 8] > top[j] ? top[j + 8] : top[j];
    for (size_t j = 0; j < 4; j++)
        top[j] = top[j + 4] > top[j] ? top[j + 4] : top[j];
    for (size_t j = 0; j < 2; j++)
        top[j] = top[j + 2] > top[j] ? top[j + 2] : top[j];
    most = top[1] > top[0] ? top[1] : top[0];
    while (c + 1 < w->k && out[c] != most)
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
        size_t best = nfi_score_row(w, kern, i, score);
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
