/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lloyd.c - k-means iterations whose cost follows what moves.
 *
 * Assignment: one pass of the row kernel over the term-major sums gives x.S_c for all clusters at once; score = x.S_c * scale_c - bias_c, the
 * greatest wins, ties to the lower cluster. Sums are not divided, so that a row that moves changes its own terms and nothing else.
 * Update: rows that moved are grouped by cluster; each cluster adds up its change in one dense vector, then touches every changed
 * component once. Sums and their squared lengths are integers: no order of additions, and no history, can change a bit.
 *
 * Bounds (after Elkan 2003; on scores, not distances): a center that moved by m since a row was scored changed that row's score by at most
 * |x| m, plus the change of the bias. When the own score, lowered so, still beats every other, raised so, by more than the rounding of
 * the four float32 scores involved, scoring again would choose the same cluster; ties never pass. |float32 dot - dot| <= n 2^-24 |x| |c|
 * to first order (Higham 2002, 3.1), n entries; conversion, scale and bias add a few units.
 */
#include "cluster/lloyd.h"

#include "base/kern.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/par.h"
#include "base/try.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define MAX_SCORES ((size_t)1 << 26) /* floats of stored scores a run may hold; larger problems go without bounds */
#define UNIT 0x1p-32

static inline int64_t to_units(float v)
{
    return v < 0.0f ? -nfi_to_fixed(-(double)v) : nfi_to_fixed((double)v);
}

static inline double sq_value(nfi_i128 sq)
{
    return (double)sq * 0x1p-64;
}

/* ---- update ---- */

/* Adds the rows that enter cluster c to delta and takes off those that leave. Returns the number of touched terms listed, or d + 1 for "all". */
static size_t add_changes(nfi_lloyd *w, size_t c, int64_t *delta, int32_t *touched)
{
    const nf_csr *x = &w->p->x;
    size_t entries = 0, n = 0;

    for (size_t v = w->start[c]; v < w->start[c + 1]; v++) {
        size_t i = w->event[v] >> 1;
        entries += (size_t)(x->ptr[i + 1] - x->ptr[i]);
        w->size[c] += w->event[v] & 1 ? 1 : (uint64_t)-1;
    }
    bool list = entries < x->cols / 4;
    for (size_t v = w->start[c]; v < w->start[c + 1]; v++) {
        size_t i = w->event[v] >> 1;
        int64_t sign = w->event[v] & 1 ? 1 : -1;
        for (int64_t e = x->ptr[i]; e < x->ptr[i + 1]; e++) {
            int64_t *at = delta + x->idx[e];
            if (list && *at == 0)
                touched[n++] = x->idx[e]; /* again when it came back to zero: the second time finds nothing to do */
            *at += sign * to_units(x->val[e]);
        }
    }
    return list ? n : x->cols + 1;
}

static inline void apply_change(nfi_lloyd *w, size_t c, size_t t, int64_t *delta, nfi_i128 *sq, double *change)
{
    int64_t *sum = w->sum + c * w->p->x.cols + t;
    int64_t by = delta[t];
    double step = (double)by * UNIT;

    delta[t] = 0;
    *sq += (nfi_i128)(2 * *sum + by) * by;
    *sum += by;
    *change += step * step;
    w->dense[t * w->kpad + c] = (float)((double)*sum * UNIT);
}

/* How far the center went, at most: |a'S' - aS|^2 = a a' |S' - S|^2 + (a' - a) (a'|S'|^2 - a|S|^2), and what cancellation may hide. */
static double center_path(double sq0, double a0, double sq1, double a1, double change)
{
    double near = a0 * a1 * change, d2 = near + (a1 - a0) * (a1 * sq1 - a0 * sq0);
    return (d2 > 0.0 ? sqrt(d2) : 0.0) * 1.000001 + 1e-6 * sqrt(near);
}

static nf_status update_cluster(void *ctx, size_t c, int worker, nf_err *err)
{
    nfi_lloyd *w = ctx;
    size_t d = w->p->x.cols, n;
    int64_t *delta = w->delta + (size_t)worker * d;
    int32_t *touched = w->touched + (size_t)worker * d;
    double change = 0.0, sq0 = sq_value(w->sq[c]);
    nfi_i128 sq = w->sq[c];
    nfi_place old, place;

    (void)err;
    if (w->start[c] == w->start[c + 1])
        return NF_OK;
    old = w->metric->place(sq0, w->size[c]);
    n = add_changes(w, c, delta, touched);
    if (n <= d) {
        for (size_t i = 0; i < n; i++)
            apply_change(w, c, (size_t)touched[i], delta, &sq, &change);
    } else {
        for (size_t t = 0; t < d; t++)
            if (delta[t] != 0)
                apply_change(w, c, t, delta, &sq, &change);
    }
    w->sq[c] = sq;
    place = w->metric->place(sq_value(sq), w->size[c]);
    w->scale[c] = (float)place.scale;
    w->bias[c] = (float)place.bias;
    if (w->score) {
        size_t now = (size_t)((w->iterations + 1) % NFI_DRIFT_AGE) * w->kpad + c; /* where the next iteration will find it */
        w->drift[now] += center_path(sq0, old.scale, sq_value(sq), place.scale, change);
        w->shift[now] = place.bias;
    }
    return NF_OK;
}

/* Groups moves from -> to (either may be -1) by cluster, in row order. Returns how many rows moved. */
static size_t group_moves(nfi_lloyd *w, const int32_t *from, const int32_t *to)
{
    size_t n = w->p->x.rows, moved = 0;

    memset(w->start, 0, (w->k + 1) * sizeof *w->start);
    for (size_t i = 0; i < n; i++) {
        if (from && from[i] == to[i])
            continue;
        if (from)
            w->start[from[i] + 1]++;
        w->start[to[i] + 1]++;
        moved++;
    }
    if (moved == 0)
        return 0;
    for (size_t c = 0; c < w->k; c++)
        w->start[c + 1] += w->start[c];
    for (size_t i = 0; i < n; i++) {
        if (from && from[i] == to[i])
            continue;
        if (from)
            w->event[w->start[from[i]]++] = (uint32_t)i << 1;
        w->event[w->start[to[i]]++] = (uint32_t)i << 1 | 1;
    }
    memmove(w->start + 1, w->start, w->k * sizeof *w->start);
    w->start[0] = 0;
    return moved;
}

nf_status nfi_lloyd_load(nfi_lloyd *w, nf_err *err)
{
    size_t d = w->p->x.cols;

    w->iterations = 0;
    memset(w->sum, 0, w->k * d * sizeof *w->sum);
    memset(w->sq, 0, w->k * sizeof *w->sq);
    memset(w->size, 0, w->k * sizeof *w->size);
    memset(w->dense, 0, d * w->kpad * sizeof *w->dense);
    for (size_t c = 0; c < w->kpad; c++) {
        w->scale[c] = 0.0f;
        w->bias[c] = c < w->k ? 0.0f : INFINITY; /* padding never wins */
    }
    group_moves(w, NULL, w->assign);
    return nfi_par_chunks(w->k, w->threads, update_cluster, w, err);
}

double nfi_lloyd_merit(const nfi_lloyd *w)
{
    double sum = 0.0;

    for (size_t c = 0; c < w->k; c++)
        sum += w->metric->merit(sq_value(w->sq[c]), w->size[c]);
    return sum;
}

/* ---- assignment ---- */

/* Scores of row i for all clusters in out (kpad); returns the cluster of the greatest, the lowest of equals. */
static size_t score_row(const nfi_lloyd *w, const nfi_kern *kern, size_t i, float *restrict out)
{
    const nf_csr *x = &w->p->x;
    const float *restrict scale = w->scale, *restrict bias = w->bias;
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

/* True when scoring row i again could not change its cluster. */
static bool settled(const nfi_lloyd *w, size_t i)
{
    int32_t age = w->iterations - w->stamp[i];
    size_t own = (size_t)w->assign[i];

    if (age >= NFI_DRIFT_AGE)
        return false;
    size_t then = (size_t)(w->stamp[i] % NFI_DRIFT_AGE) * w->kpad;
    const float *restrict score = w->score + i * w->kpad, *restrict drift = w->drift_since + then, *restrict shift = w->shift_since + then;
    const float norm = w->norm[i];
    float least = score[own] - norm * drift[own] - shift[own] - w->slack[i];
    int over = 0;

    for (size_t c = 0; c < w->kpad; c += 16) {
        for (size_t j = c; j < c + 16; j++)
            over += score[j] + norm * drift[j] - shift[j] >= least;
        if (over > 1)
            return false;
    }
    return over == 1; /* the own cluster */
}

static nf_status assign_block(void *ctx, size_t block, int worker, nf_err *err)
{
    nfi_lloyd *w = ctx;
    const nfi_kern *kern = nfi_kern_get();
    size_t n = w->p->x.rows, end = (block + 1) * NFI_BLOCK < n ? (block + 1) * NFI_BLOCK : n;
    uint64_t scored = 0;

    (void)err;
    for (size_t i = block * NFI_BLOCK; i < end; i++) {
        if (w->score && w->skip && settled(w, i)) {
            w->next[i] = w->assign[i];
            continue;
        }
        float *score = w->score ? w->score + i * w->kpad : w->spare + (size_t)worker * w->kpad;
        size_t best = score_row(w, kern, i, score);
        w->next[i] = (int32_t)best;
        w->fit[i] = score[best];
        if (w->score)
            w->stamp[i] = w->iterations;
        scored++;
    }
    w->scored[worker] += scored;
    return NF_OK;
}

static nf_status assign_all(nfi_lloyd *w, nf_err *err)
{
    return nfi_par_chunks(nfi_blocks(w->p->x.rows), w->threads, assign_block, w, err);
}

/* Tables of what moved since an iteration, for rows last scored then. */
static void age_bounds(nfi_lloyd *w)
{
    size_t now = (size_t)(w->iterations % NFI_DRIFT_AGE) * w->kpad;

    for (int32_t age = 0; age < NFI_DRIFT_AGE && age < w->iterations; age++) {
        size_t then = (size_t)((w->iterations - age) % NFI_DRIFT_AGE) * w->kpad;
        for (size_t c = 0; c < w->k; c++) {
            w->drift_since[then + c] = (float)((w->drift[now + c] - w->drift[then + c]) * 1.000001);
            w->shift_since[then + c] = (float)(w->shift[now + c] - w->shift[then + c]);
        }
    }
}

/*
 * A cluster about to lose its last row gets the row that fits its own cluster worst, if that one keeps another; ties to the lower row. A row
 * so moved is alone, hence moves once. Distances are -2 (score - |x|^2 / 2) for either metric.
 */
static nf_status refill_empty(nfi_lloyd *w, nf_err *err)
{
    size_t n = w->p->x.rows;
    bool fresh = !w->score || !w->skip;

    memset(w->left, 0, w->k * sizeof *w->left);
    for (size_t i = 0; i < n; i++)
        w->left[w->next[i]]++;
    for (size_t c = 0; c < w->k; c++) {
        size_t worst = n;
        double least = INFINITY;
        if (w->left[c] > 0)
            continue;
        if (!fresh) { /* rows that were skipped have an old fit */
            bool skip = w->skip;
            w->skip = false;
            nf_status s = assign_all(w, err);
            w->skip = skip;
            if (s != NF_OK)
                return s;
            fresh = true;
        }
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
    return NF_OK;
}

nf_status nfi_lloyd_run(nfi_lloyd *w, int max_iter, nf_err *err)
{
    size_t n = w->p->x.rows;

    w->converged = false;
    NF_TRY(nfi_lloyd_load(w, err));
    if (w->score)
        for (size_t i = 0; i < n; i++)
            w->stamp[i] = -NFI_DRIFT_AGE;
    while (w->iterations < max_iter) {
        w->iterations++;
        if (w->score)
            age_bounds(w);
        NF_TRY(assign_all(w, err));
        NF_TRY(refill_empty(w, err));
        if (group_moves(w, w->assign, w->next) == 0) {
            w->converged = true;
            break;
        }
        if (w->score) { /* what does not move stays where it was */
            size_t now = (size_t)(w->iterations % NFI_DRIFT_AGE) * w->kpad, later = (size_t)((w->iterations + 1) % NFI_DRIFT_AGE) * w->kpad;
            memcpy(w->drift + later, w->drift + now, w->k * sizeof *w->drift);
            memcpy(w->shift + later, w->shift + now, w->k * sizeof *w->shift);
        }
        NF_TRY(nfi_par_chunks(w->k, w->threads, update_cluster, w, err));
        int32_t *swap = w->assign;
        w->assign = w->next;
        w->next = swap;
    }
    return NF_OK;
}

/* ---- memory ---- */

static nf_status make_bounds(nfi_lloyd *w, nf_err *err)
{
    size_t n = w->p->x.rows, scores, ring = (size_t)NFI_DRIFT_AGE * w->kpad;

    if (!nfi_mul(n, w->kpad, &scores) || scores > MAX_SCORES)
        return NF_OK;
    w->score = nfi_alloc_aligned(scores, sizeof *w->score);
    w->stamp = nfi_alloc(n, sizeof *w->stamp);
    w->slack = nfi_alloc(n, sizeof *w->slack);
    w->norm = nfi_alloc(n, sizeof *w->norm);
    w->drift = nfi_calloc(ring, sizeof *w->drift);
    w->shift = nfi_calloc(ring, sizeof *w->shift);
    w->drift_since = nfi_calloc(ring, sizeof *w->drift_since);
    w->shift_since = nfi_calloc(ring, sizeof *w->shift_since);
    if (!w->score || !w->stamp || !w->slack || !w->norm || !w->drift || !w->shift || !w->drift_since || !w->shift_since)
        return nfi_oom(err, "the bounds of k-means");
    for (size_t i = 0; i < n; i++) {
        double norm = sqrt(w->p->sq[i]) * 1.000001, top = w->p->max_norm * 1.000001; /* no center is longer than the longest row */
        double entries = (double)(w->p->x.ptr[i + 1] - w->p->x.ptr[i]);
        w->norm[i] = (float)norm;
        w->slack[i] = (float)(0x1p-22 * (entries + 32.0) * top * (w->metric->unit ? norm : norm + top)) + FLT_MIN;
    }
    return NF_OK;
}

nf_status nfi_lloyd_make(nfi_lloyd *out, const nfi_points *p, size_t k, const nfi_metric *metric, int threads, nf_err *err)
{
    nf_status s = NF_OK;
    size_t n = p->x.rows, d = p->x.cols, kd, padded, td;
    nfi_lloyd w = {.p = p, .metric = metric, .k = k, .kpad = (k + 15) & ~(size_t)15, .threads = threads < 1 ? 1 : threads, .skip = true};
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
    w.dense = nfi_alloc_aligned(padded, sizeof *w.dense);
    w.scale = nfi_alloc_aligned(w.kpad, sizeof *w.scale);
    w.bias = nfi_alloc_aligned(w.kpad, sizeof *w.bias);
    w.fit = nfi_alloc(n, sizeof *w.fit);
    w.spare = nfi_alloc_aligned(workers * w.kpad, sizeof *w.spare);
    w.scored = nfi_calloc(workers, sizeof *w.scored);
    w.event = nfi_alloc(n, 2 * sizeof *w.event);
    w.start = nfi_alloc(k + 1, sizeof *w.start);
    w.delta = nfi_calloc(td, sizeof *w.delta);
    w.touched = nfi_alloc(td, sizeof *w.touched);
    if (!w.assign || !w.next || !w.sum || !w.sq || !w.size || !w.left || !w.dense || !w.scale || !w.bias || !w.fit || !w.spare ||
        !w.scored || !w.event || !w.start || !w.delta || !w.touched) {
        s = nfi_oom(err, "the centers of k-means");
        goto out;
    }
    NF_GO(make_bounds(&w, err));
    *out = w;
    w = (nfi_lloyd){0};
out:
    nfi_lloyd_clear(&w);
    return s;
}

void nfi_lloyd_clear(nfi_lloyd *w)
{
    void *const all[] = {w->assign, w->next,  w->sum,   w->sq,    w->size,  w->left,  w->dense, w->scale,       w->bias,
                         w->fit,    w->spare, w->scored, w->event, w->start, w->delta, w->touched, w->score,     w->stamp,
                         w->slack,  w->norm,  w->drift, w->shift, w->drift_since, w->shift_since};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        nfi_free(all[i]);
    *w = (nfi_lloyd){0};
}
