/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dual.c - dual coordinate descent.
 *
 *     squared hinge   min_w |w|^2/2 + sum_i C_i max(0, 1 - y_i w.x_i)^2     dual: min_a |sum a_i y_i x_i|^2/2 + sum a_i^2/(4 C_i) - sum
 * a_i,  a_i >= 0 one variable at a time, closed form, with shrinking (Hsieh, Chang, Lin, Keerthi, Sundararajan 2008, algorithm 3) logistic
 * min_w |w|^2/2 + sum_i C_i ln(1 + exp(-y_i w.x_i))     dual: entropy terms a ln a + (C-a) ln(C-a), 0 < a < C one variable at a time by a
 * Newton method that stays inside (Yu, Huang, Lin 2011, algorithms 4 and 5)
 *
 * Both stop by the violation of the optimality conditions. With scales s_j the vector kept is v_j = s_j w_j, so that a dot product needs x
 * alone and an update adds a y x_j s_j^2.
 */
#include "models/dual.h"

#include "base/mem.h"
#include "base/num.h"
#include "base/try.h"

#include <math.h>
#include <string.h>

typedef struct work {
    const nfi_dual *p;
    double *v;      /* of the caller */
    float *square;  /* scale^2, or NULL */
    double *norm;   /* |x|^2 with scales and the bias, by row */
    double *alpha;  /* rows (svm), 2 x rows (logistic) */
    uint32_t *order;
} work;

static void clear(work *w)
{
    nfi_free(w->square);
    nfi_free(w->norm);
    nfi_free(w->alpha);
    nfi_free(w->order);
}

static nf_status open(work *w, double *v, const nfi_dual *p, size_t alphas, nf_err *err)
{
    const nf_csr *x = p->X;

    *w = (work){.p = p, .v = v};
    w->square = p->scale ? nfi_alloc(x->cols, sizeof *w->square) : NULL;
    w->norm = nfi_alloc(x->rows, sizeof *w->norm);
    w->alpha = nfi_calloc(alphas, sizeof *w->alpha);
    w->order = nfi_alloc(x->rows, sizeof *w->order);
    if ((p->scale && !w->square) || !w->norm || !w->alpha || !w->order) {
        clear(w);
        return nfi_oom(err, "a linear machine");
    }
    for (size_t j = 0; p->scale && j < x->cols; j++)
        w->square[j] = p->scale[j] * p->scale[j];
    for (size_t i = 0; i < x->rows; i++) {
        double sum = 1.0;
        for (int64_t e = x->ptr[i]; e < x->ptr[i + 1]; e++)
            sum += (double)x->val[e] * (double)x->val[e] * (p->scale ? (double)w->square[x->idx[e]] : 1.0);
        w->norm[i] = sum;
        w->order[i] = (uint32_t)i;
    }
    for (size_t j = 0; j <= x->cols; j++)
        v[j] = 0.0;
    return NF_OK;
}

/* Four sums side by side, always the same four: a single one would wait for itself. */
static inline double dot(const work *w, size_t row)
{
    const nf_csr *x = w->p->X;
    const int32_t *idx = x->idx + x->ptr[row];
    const float *val = x->val + x->ptr[row];
    size_t n = (size_t)(x->ptr[row + 1] - x->ptr[row]), e = 0;
    double a = w->v[x->cols], b = 0.0, c = 0.0, d = 0.0;

    for (; e + 4 <= n; e += 4) {
        a += (double)val[e] * w->v[idx[e]];
        b += (double)val[e + 1] * w->v[idx[e + 1]];
        c += (double)val[e + 2] * w->v[idx[e + 2]];
        d += (double)val[e + 3] * w->v[idx[e + 3]];
    }
    for (; e < n; e++)
        a += (double)val[e] * w->v[idx[e]];
    return (a + b) + (c + d);
}

static inline void add(const work *w, size_t row, double by)
{
    const nf_csr *x = w->p->X;

    w->v[x->cols] += by;
    if (w->square) {
        for (int64_t e = x->ptr[row]; e < x->ptr[row + 1]; e++)
            w->v[x->idx[e]] += by * (double)x->val[e] * (double)w->square[x->idx[e]];
        return;
    }
    for (int64_t e = x->ptr[row]; e < x->ptr[row + 1]; e++)
        w->v[x->idx[e]] += by * (double)x->val[e];
}

static void shuffle(uint32_t *order, size_t n, nfi_rng *r)
{
    for (size_t i = n; i > 1; i--) {
        size_t j = (size_t)nfi_rng_below(r, i);
        uint32_t x = order[i - 1];
        order[i - 1] = order[j];
        order[j] = x;
    }
}

nf_status nfi_dual_svm(double *v, const nfi_dual *p, int *passes, nf_err *err)
{
    size_t rows = p->X->rows, active = rows;
    double most_before = INFINITY;
    nfi_rng rng = p->rng;
    work w;
    int pass = 0;

    NF_TRY(open(&w, v, p, rows, err));
    while (pass < p->passes) {
        double most = -INFINITY, least = INFINITY;
        shuffle(w.order, active, &rng);
        for (size_t s = 0; s < active; s++) {
            size_t i = w.order[s];
            double y = (double)p->y[i], diag = 0.5 / p->cost[p->y[i] > 0], g = y * dot(&w, i) - 1.0 + w.alpha[i] * diag, pg = g;
            if (w.alpha[i] == 0.0) {
                if (g > most_before) { /* will stay at 0, it seems */
                    active--;
                    w.order[s] = w.order[active];
                    w.order[active] = (uint32_t)i;
                    s--;
                    continue;
                }
                pg = g < 0.0 ? g : 0.0;
            }
            most = pg > most ? pg : most;
            least = pg < least ? pg : least;
            if (fabs(pg) > 1e-12) {
                double old = w.alpha[i], now = old - g / (w.norm[i] + diag);
                w.alpha[i] = now > 0.0 ? now : 0.0;
                add(&w, i, (w.alpha[i] - old) * y);
            }
        }
        pass++;
        if (active == 0 || (most - least <= p->tolerance && fabs(most) <= p->tolerance && fabs(least) <= p->tolerance)) {
            if (active == rows)
                break;
            active = rows; /* look at all once more */
            most_before = INFINITY;
            continue;
        }
        most_before = most > 0.0 ? most : INFINITY;
    }
    if (passes)
        *passes = pass;
    clear(&w);
    return NF_OK;
}

nf_status nfi_dual_logistic(double *v, const nfi_dual *p, int *passes, nf_err *err)
{
    enum { NEWTON = 100 };
    size_t rows = p->X->rows;
    double inner = 1e-2, least_inner = p->tolerance < 1e-8 ? p->tolerance : 1e-8;
    nfi_rng rng = p->rng;
    work w;
    int pass = 0;

    NF_TRY(open(&w, v, p, 2 * rows, err));
    for (size_t i = 0; i < rows; i++) {
        double c = p->cost[p->y[i] > 0], first = 0.001 * c < 1e-8 ? 0.001 * c : 1e-8;
        w.alpha[2 * i] = first;
        w.alpha[2 * i + 1] = c - first;
        add(&w, i, (double)p->y[i] * first);
    }
    while (pass < p->passes) {
        double worst = 0.0;
        size_t steps = 0;
        shuffle(w.order, rows, &rng);
        for (size_t s = 0; s < rows; s++) {
            size_t i = w.order[s];
            double y = (double)p->y[i], c = p->cost[p->y[i] > 0], a = w.norm[i], b = y * dot(&w, i), sign = 1.0;
            double *mine = &w.alpha[2 * i], *other = mine + 1;
            if (0.5 * a * (*other - *mine) + b < 0.0) { /* the smaller of the two is solved for */
                mine = other;
                other = &w.alpha[2 * i];
                sign = -1.0;
            }
            double old = *mine, z = c - old < 0.5 * c ? 0.1 * old : old;
            double g = a * (z - old) + sign * b + nfi_log(z / (c - z));
            int k = 0;
            worst = fabs(g) > worst ? fabs(g) : worst;
            for (; k <= NEWTON && fabs(g) >= inner; k++) {
                double next = z - g / (a + c / (c - z) / z);
                z = next <= 0.0 ? 0.1 * z : next;
                g = a * (z - old) + sign * b + nfi_log(z / (c - z));
            }
            if (k > 0) {
                *mine = z;
                *other = c - z;
                add(&w, i, sign * (z - old) * y);
                steps += (size_t)k;
            }
        }
        pass++;
        if (worst < p->tolerance)
            break;
        if (steps <= rows / 10)
            inner = 0.1 * inner > least_inner ? 0.1 * inner : least_inner;
    }
    if (passes)
        *passes = pass;
    clear(&w);
    return NF_OK;
}
