/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * refine.c - moves of single rows, after Dhillon, Guan, Kogan 2002 ("first variation"; for means: Hartigan 1975).
 *
 * A move is judged by the change of the objective it makes, centers included, so it sees improvements that the nearest center hides: a
 * row pulls its own center towards itself. A pass over all rows judges them against the sums as they stand, in parallel; the rows with
 * a move to gain are then judged again, one after another, against the sums as they are by now, and move at once. Passes over the
 * active rows, those for which another cluster came close, follow until none of them moves; only a pass over all rows that moves none
 * ends the search. Every move raises the objective by more than rounding, hence there is an end, and nothing depends on threads or
 * chunks.
 */
#include "cluster/steps.h"

#include "base/par.h"
#include "base/try.h"

#include <math.h>

/* True when the score of another cluster comes within margin of row i's own, boosts granted: without that no move gains. */
static bool is_close(const nfi_lloyd *w, size_t i, const float *score, float margin)
{
    const float *restrict s = score, *restrict boost = w->boost;
    const size_t own = (size_t)w->assign[i];
    const float least = s[own] - boost[own] - margin;
    int near = 0;

    for (size_t b = 0; b < w->kpad; b += 16)
        for (size_t c = b; c < b + 16; c++)
            near += s[c] + boost[c] >= least;
    return near > 1; /* the own one is */
}

/* The best move of row i given its scores: the gain in merit and *to. Nothing to gain: 0. */
static double best_move(const nfi_lloyd *w, size_t i, const float *score, size_t *to)
{
    const nfi_metric *m = w->metric;
    const size_t own = (size_t)w->assign[i];
    const double xx = w->p->sq[i];
    double best = 0.0, loss = 0.0;
    bool known = false;
    float least;

    if (w->size[own] < 2 || !is_close(w, i, score, 0.0f))
        return 0.0;
    least = score[own] - w->boost[own];
    for (size_t c = 0; c < w->k; c++) {
        if (c == own || score[c] + w->boost[c] < least)
            continue;
        if (!known) {
            double sq = nfi_sq_value(w->sq[own]), dot = ((double)score[own] + w->bias[own]) * w->unscale[own];
            double left = sq - 2.0 * dot + xx;
            loss = m->merit(sq, w->size[own]) - m->merit(left > 0.0 ? left : 0.0, w->size[own] - 1);
            known = true;
        }
        double sq = nfi_sq_value(w->sq[c]), dot = ((double)score[c] + w->bias[c]) * w->unscale[c], joined = sq + 2.0 * dot + xx;
        double gain = m->merit(joined > 0.0 ? joined : 0.0, w->size[c] + 1) - m->merit(sq, w->size[c]) - loss;
        if (gain > best) {
            best = gain;
            *to = c;
        }
    }
    return best > w->slack[i] ? best : 0.0;
}

static void set_boost(nfi_lloyd *w, size_t c)
{
    w->boost[c] = (float)(w->metric->boost(nfi_sq_value(w->sq[c]), w->size[c], w->p->max_norm * 1.000001) * 1.000001);
    w->unscale[c] = w->place[c].scale > 0.0 ? 1.0 / w->place[c].scale : 0.0;
}

static nf_status list_block(void *ctx, size_t block, int worker, nf_err *err)
{
    nfi_lloyd *w = ctx;
    const nfi_kern *kern = nfi_kern_get();
    size_t n = w->p->x.rows, end = (block + 1) * NFI_BLOCK < n ? (block + 1) * NFI_BLOCK : n;
    float *score = w->spare + (size_t)worker * w->kpad;

    (void)err;
    for (size_t i = block * NFI_BLOCK; i < end; i++) {
        size_t to = 0;
        nfi_score_row(w, kern, i, score);
        w->close[i] = is_close(w, i, score, w->margin);
        w->next[i] = w->close[i] && best_move(w, i, score, &to) > 0.0 ? (int32_t)to : w->assign[i];
    }
    w->scored[worker] += end - block * NFI_BLOCK;
    return NF_OK;
}

/* Moves row i if that gains with the sums as they are now. */
static bool try_move(nfi_lloyd *w, size_t i)
{
    size_t from = (size_t)w->assign[i], to = 0;

    nfi_score_row(w, nfi_kern_get(), i, w->spare);
    w->scored[0]++;
    if (best_move(w, i, w->spare, &to) <= 0.0)
        return false;
    nfi_move_row(w, i, from, to);
    set_boost(w, from);
    set_boost(w, to);
    w->assign[i] = (int32_t)to;
    return true;
}

nf_status nfi_refine_all(nfi_lloyd *w, size_t *moved, nf_err *err)
{
    size_t n = w->p->x.rows;

    for (size_t c = 0; c < w->k; c++)
        set_boost(w, c);
    NF_TRY(nfi_par_chunks(nfi_blocks(n), w->threads, list_block, w, err));
    *moved = 0;
    w->n_active = 0;
    for (size_t i = 0; i < n; i++) {
        if (w->next[i] != w->assign[i])
            *moved += try_move(w, i);
        if (w->close[i])
            w->active[w->n_active++] = (int32_t)i;
    }
    return NF_OK;
}

size_t nfi_refine_active(nfi_lloyd *w)
{
    size_t moved = 0;

    for (size_t v = 0; v < w->n_active; v++)
        moved += try_move(w, (size_t)w->active[v]);
    return moved;
}
