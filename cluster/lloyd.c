/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lloyd.c - k-means iterations whose cost follows what moves.
 *
 * Lloyd's iterations come first: every row goes to the nearest center, all at once. They stop early, where a single move would still
 * improve the objective (Dhillon, Guan, Kogan 2002), so once few rows move, rows are moved one at a time (refine.c) until no move is
 * left.
 */
#include "cluster/steps.h"

#include "base/mem.h"
#include "base/try.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define MARGIN 0.005 /* of the squared length of the longest row */
enum { REFINE_BELOW = 20 }; /* single moves begin when at most one row in so many moved */

/*
 * A cluster about to lose its last row gets the row that fits its own cluster worst, if that one keeps another; ties to the lower row.
 * A row so moved is alone, hence moves once. Distances are -2 (score - |x|^2 / 2) for either metric.
 */
static void refill_empty(nfi_lloyd *w)
{
    size_t n = w->p->x.rows;

    memset(w->left, 0, w->k * sizeof *w->left);
    for (size_t i = 0; i < n; i++)
        w->left[w->next[i]]++;
    for (size_t c = 0; c < w->k; c++) {
        size_t worst = n;
        double least = INFINITY;
        if (w->left[c] > 0)
            continue;
        for (size_t i = 0; i < n; i++) {
            double fit = (double)w->fit[i] - 0.5 * w->p->sq[i];
            if (w->left[w->next[i]] > 1 && fit < least) {
                least = fit;
                worst = i;
            }
        }
        if (worst == n)
            break;
        w->left[w->next[worst]]--;
        w->left[c]++;
        w->next[worst] = (int32_t)c;
    }
}

/* All rows at once. *moved rows changed cluster. */
static nf_status lloyd_pass(nfi_lloyd *w, size_t *moved, nf_err *err)
{
    NF_TRY(nfi_assign_all(w, err));
    refill_empty(w);
    *moved = nfi_group_moves(w, w->assign, w->next);
    if (*moved == 0)
        return NF_OK;
    NF_TRY(nfi_apply_moves(w, err));
    int32_t *swap = w->assign;
    w->assign = w->next;
    w->next = swap;
    return NF_OK;
}

nf_status nfi_lloyd_draft(nfi_lloyd *w, int max_iter, nf_err *err)
{
    size_t n = w->p->x.rows, moved = n;

    w->converged = false;
    NF_TRY(nfi_lloyd_load(w, err));
    while (moved > n / REFINE_BELOW && w->iterations < max_iter) {
        w->iterations++;
        NF_TRY(lloyd_pass(w, &moved, err));
    }
    w->converged = !w->refine && moved == 0;
    return NF_OK;
}

nf_status nfi_lloyd_finish(nfi_lloyd *w, int max_iter, nf_err *err)
{
    size_t moved = 0;
    bool all = true;

    while (!w->converged && w->iterations < max_iter) {
        w->iterations++;
        if (!w->refine) {
            NF_TRY(lloyd_pass(w, &moved, err));
            w->converged = moved == 0;
            continue;
        }
        if (all)
            NF_TRY(nfi_refine_all(w, &moved, err));
        else
            moved = nfi_refine_active(w);
        w->converged = all && moved == 0;
        all = moved == 0;
    }
    return NF_OK;
}

nf_status nfi_lloyd_run(nfi_lloyd *w, int max_iter, nf_err *err)
{
    NF_TRY(nfi_lloyd_draft(w, max_iter, err));
    return nfi_lloyd_finish(w, max_iter, err);
}

/* ---- memory ---- */

/* Rounding of the scores of each row; the bound holds for differences of merit as well. */
static void set_slack(nfi_lloyd *w)
{
    size_t n = w->p->x.rows;

    for (size_t i = 0; i < n; i++) {
        double norm = sqrt(w->p->sq[i]) * 1.000001, top = w->p->max_norm * 1.000001; /* no center is longer than the longest row */
        double entries = (double)(w->p->x.ptr[i + 1] - w->p->x.ptr[i]);
        w->slack[i] = (float)(0x1p-22 * (entries + 32.0) * top * (w->metric->unit ? norm : norm + top)) + FLT_MIN;
    }
}

nf_status nfi_lloyd_make(nfi_lloyd *out, const nfi_points *p, size_t k, const nfi_metric *metric, int threads, nf_err *err)
{
    nf_status s = NF_OK;
    size_t n = p->x.rows, d = p->x.cols, kd, padded, td;
    nfi_lloyd w = {.p = p, .metric = metric, .k = k, .kpad = (k + 15) & ~(size_t)15, .threads = threads < 1 ? 1 : threads, .refine = true};
    size_t workers = (size_t)w.threads;

    if (!nfi_mul(k, d, &kd) || !nfi_mul(w.kpad, d, &padded) || !nfi_mul(workers, d, &td)) {
        s = nfi_oom(err, "the centers of k-means");
        goto out;
    }
    w.assign = nfi_alloc(n, sizeof *w.assign);
    w.next = nfi_alloc(n, sizeof *w.next);
    w.sum = nfi_alloc(kd, sizeof *w.sum);
    w.sq = nfi_alloc(k, sizeof *w.sq);
    w.size = nfi_alloc(k, sizeof *w.size);
    w.left = nfi_alloc(k, sizeof *w.left);
    w.place = nfi_alloc(k, sizeof *w.place);
    w.active = nfi_alloc(n, sizeof *w.active);
    w.close = nfi_alloc(n, sizeof *w.close);
    w.boost = nfi_calloc(w.kpad, sizeof *w.boost);
    w.unscale = nfi_alloc(k, sizeof *w.unscale);
    w.dense = nfi_alloc_aligned(padded, sizeof *w.dense);
    w.scale = nfi_alloc_aligned(w.kpad, sizeof *w.scale);
    w.bias = nfi_alloc_aligned(w.kpad, sizeof *w.bias);
    w.fit = nfi_alloc(n, sizeof *w.fit);
    w.slack = nfi_alloc(n, sizeof *w.slack);
    w.spare = nfi_alloc_aligned(workers * w.kpad, sizeof *w.spare);
    w.scored = nfi_calloc(workers, sizeof *w.scored);
    w.event = nfi_alloc(n, 2 * sizeof *w.event);
    w.start = nfi_alloc(k + 1, sizeof *w.start);
    w.delta = nfi_calloc(td, sizeof *w.delta);
    w.touched = nfi_alloc(td, sizeof *w.touched);
    if (!w.assign || !w.next || !w.sum || !w.sq || !w.size || !w.left || !w.place || !w.active || !w.close || !w.boost || !w.unscale ||
        !w.dense || !w.scale || !w.bias || !w.fit || !w.slack || !w.spare ||
        !w.scored || !w.event || !w.start || !w.delta || !w.touched) {
        s = nfi_oom(err, "the centers of k-means");
        goto out;
    }
    set_slack(&w);
    w.margin = (float)(MARGIN * p->max_norm * p->max_norm);
    *out = w;
    w = (nfi_lloyd){0};
out:
    nfi_lloyd_clear(&w);
    return s;
}

void nfi_lloyd_clear(nfi_lloyd *w)
{
    void *const all[] = {w->assign, w->next,  w->fit,    w->sum,   w->sq,    w->size,  w->left,    w->place, w->active, w->close,  w->dense,
                         w->scale,  w->bias,  w->spare,  w->scored, w->event, w->start, w->delta,  w->touched, w->boost, w->unscale,
                         w->slack};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        nfi_free(all[i]);
    *w = (nfi_lloyd){0};
}
