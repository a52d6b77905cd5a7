/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sums.c - sums of clusters, kept exactly.
 *
 * Sums and their squared lengths are integers: no order of additions, and no history, can change a bit. Rows that moved are grouped by
 * cluster; each cluster adds up its change in one dense vector, then touches every changed component once. Sums are not divided, so
 * that a row that moves changes its own terms and nothing else; what turns sums into centers is one number a cluster.
 */
#include "cluster/steps.h"

#include "base/num.h"
#include "base/par.h"

#include <math.h>
#include <string.h>

/* As nfi_to_fixed(), and -nfi_to_fixed(-v) below 0: a float has so few bits that adding a half is exact. */
static inline int64_t to_units(float v)
{
    double scaled = (double)v * 4294967296.0;
    return v < 0.0f ? -(int64_t)(0.5 - scaled) : (int64_t)(scaled + 0.5);
}

/* Adds the rows that enter cluster c to delta and takes off those that leave. Returns the number of listed terms, d + 1 for "all". */
static size_t add_changes(const nfi_lloyd *w, size_t c, int64_t *delta, int32_t *touched)
{
    const nf_csr *x = &w->p->x;
    size_t entries = 0, n = 0;

    for (size_t v = w->start[c]; v < w->start[c + 1]; v++) {
        size_t i = w->event[v] >> 1;
        entries += (size_t)(x->ptr[i + 1] - x->ptr[i]);
    }
    bool list = entries < x->cols / 4;
    const int32_t *idx = x->idx;
    const float *val = x->val;
    for (size_t v = w->start[c]; v < w->start[c + 1]; v++) {
        size_t i = w->event[v] >> 1;
        int64_t sign = w->event[v] & 1 ? 1 : -1;
        for (int64_t e = x->ptr[i], end = x->ptr[i + 1]; e < end; e++) {
            int32_t t = idx[e];
            int64_t now = delta[t];
            if (list && now == 0)
                touched[n++] = t; /* again when it came back to zero: the second time finds nothing to do */
            delta[t] = now + sign * to_units(val[e]);
        }
    }
    return list ? n : x->cols + 1;
}

/* Component *sum of a cluster, and *dense, its place in the matrix, change by so much. */
static inline nfi_i128 add_to_sum(int64_t *sum, float *dense, int64_t by)
{
    int64_t before = *sum, after = before + by;

    *sum = after;
    *dense = (float)((double)after * NFI_UNIT);
    return (nfi_i128)(before + after) * by;
}

static void place_cluster(nfi_lloyd *w, size_t c)
{
    w->place[c] = w->metric->place(nfi_sq_value(w->sq[c]), w->size[c]);
    w->scale[c] = (float)w->place[c].scale;
    w->bias[c] = (float)w->place[c].bias;
}

static nf_status apply_cluster(void *ctx, size_t c, int worker, nf_err *err)
{
    nfi_lloyd *w = ctx;
    size_t d = w->p->x.cols, n;
    int64_t *delta = w->delta + (size_t)worker * d;
    int32_t *touched = w->touched + (size_t)worker * d;
    int64_t *sum = w->sum + c * d;
    float *dense = w->dense + c;
    size_t kpad = w->kpad;
    nfi_i128 sq = w->sq[c];

    (void)err;
    if (w->start[c] == w->start[c + 1])
        return NF_OK;
    n = add_changes(w, c, delta, touched);
    for (size_t v = 0, end = n <= d ? n : d; v < end; v++) {
        size_t t = n <= d ? (size_t)touched[v] : v;
        int64_t by = delta[t];
        if (by == 0)
            continue;
        delta[t] = 0;
        sq += add_to_sum(sum + t, dense + t * kpad, by);
    }
    w->sq[c] = sq;
    for (size_t v = w->start[c]; v < w->start[c + 1]; v++)
        w->size[c] += w->event[v] & 1 ? 1 : (uint64_t)-1;
    place_cluster(w, c);
    return NF_OK;
}

size_t nfi_group_moves(nfi_lloyd *w, const int32_t *from, const int32_t *to)
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

nf_status nfi_apply_moves(nfi_lloyd *w, nf_err *err)
{
    return nfi_par_chunks(w->k, w->threads, apply_cluster, w, err);
}

void nfi_move_row(nfi_lloyd *w, size_t i, size_t from, size_t to)
{
    const nf_csr *x = &w->p->x;
    nfi_i128 from_sq = w->sq[from], to_sq = w->sq[to];
    int64_t *from_sum = w->sum + from * x->cols, *to_sum = w->sum + to * x->cols;
    const int32_t *idx = x->idx;
    const float *val = x->val;
    float *dense = w->dense;
    size_t kpad = w->kpad;

    for (int64_t e = x->ptr[i], end = x->ptr[i + 1]; e < end; e++) {
        size_t t = (size_t)idx[e];
        int64_t by = to_units(val[e]);
        from_sq += add_to_sum(from_sum + t, dense + t * kpad + from, -by);
        to_sq += add_to_sum(to_sum + t, dense + t * kpad + to, by);
    }
    w->sq[from] = from_sq;
    w->sq[to] = to_sq;
    w->size[from]--;
    w->size[to]++;
    place_cluster(w, from);
    place_cluster(w, to);
}

nf_status nfi_lloyd_load(nfi_lloyd *w, nf_err *err)
{
    size_t d = w->p->x.cols;

    w->iterations = 0;
    memset(w->sum, 0, w->k * d * sizeof *w->sum);
    memset(w->sq, 0, w->k * sizeof *w->sq);
    memset(w->size, 0, w->k * sizeof *w->size);
    memset(w->place, 0, w->k * sizeof *w->place);
    memset(w->dense, 0, d * w->kpad * sizeof *w->dense);
    for (size_t c = 0; c < w->kpad; c++) {
        w->scale[c] = 0.0f;
        w->bias[c] = c < w->k ? 0.0f : INFINITY; /* padding never wins */
    }
    nfi_group_moves(w, NULL, w->assign);
    return nfi_apply_moves(w, err);
}

double nfi_lloyd_merit(const nfi_lloyd *w)
{
    double sum = 0.0;

    for (size_t c = 0; c < w->k; c++)
        sum += w->metric->merit(nfi_sq_value(w->sq[c]), w->size[c]);
    return sum;
}
