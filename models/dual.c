/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dual.c - dual coordinate descent.
 *
 *     squared hinge   min_w |w|^2/2 + sum_i C_i max(0, 1 - y_i w.x_i)^2
 *                     dual: min_a |sum a_i y_i x_i|^2/2 + sum a_i^2/(4 C_i) - sum a_i,  a_i >= 0
 *                     one variable at a time, closed form, with shrinking (Hsieh, Chang, Lin, Keerthi, Sundararajan 2008, algorithm 3)
 *     logistic        min_w |w|^2/2 + sum_i C_i ln(1 + exp(-y_i w.x_i))
 *                     dual: entropy terms a ln a + (C-a) ln(C-a), 0 < a < C
 *                     one variable at a time by a Newton method that stays inside (Yu, Huang, Lin 2011, algorithms 4 and 5)
 *
 * Both stop by the violation of the optimality conditions. With scales s_j the vector kept is v_j = s_j w_j, so that a dot product needs x
 * alone and an update adds a y x_j s_j^2. At the end v is summed anew from the a_i: what was added and taken away again leaves no trace,
 * and a term of no support vector has no weight.
 *
 * The machines of a call go over the rows in one order, and a term's numbers of all machines stand side by side: a row is fetched once for
 * all of them, and a term is one cache line. For 20 classes and 380,000 terms this takes a fifteenth of the time of one machine after
 * another.
 */
#include "models/dual.h"

#include "base/kern.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/try.h"

#include <math.h>
#include <string.h>

typedef struct work {
    const nfi_dual *p;
    const nfi_kern *kern;
    size_t ld;
    float *v;      /* of the caller */
    float *square; /* scale^2, or NULL */
    float *norm;   /* rows x ld: |x|^2 with scales and the bias */
    double *alpha; /* rows x ld (svm), 2 x rows x ld (logistic) */
    uint32_t *order;
    uint16_t *active; /* rows: machines that still look at it */
} work;

static void clear(work *w)
{
    nfi_free(w->square);
    nfi_free(w->norm);
    nfi_free(w->alpha);
    nfi_free(w->order);
    nfi_free(w->active);
}

static nf_status norms(work *w, nf_err *err)
{
    const nf_csr *x = w->p->X;
    size_t longest = 0;

    for (size_t i = 0; i < x->rows; i++)
        longest = (size_t)(x->ptr[i + 1] - x->ptr[i]) > longest ? (size_t)(x->ptr[i + 1] - x->ptr[i]) : longest;
    float *squares = nfi_alloc(longest, sizeof *squares);
    if (!squares)
        return nfi_oom(err, "a linear machine");
    for (size_t i = 0; i < x->rows; i++) {
        size_t n = (size_t)(x->ptr[i + 1] - x->ptr[i]);
        const int32_t *idx = x->idx + x->ptr[i];
        float *out = w->norm + i * w->ld, sum = 0.0f;
        for (size_t e = 0; e < n; e++) {
            float val = x->val[x->ptr[i] + (int64_t)e];
            squares[e] = val * val;
            sum += squares[e] * (w->square && w->ld == 1 ? w->square[idx[e]] : 1.0f);
        }
        if (w->square && w->ld > 1)
            w->kern->spmv_f32(out, idx, squares, n, w->square, w->ld, w->ld);
        for (size_t k = 0; k < w->ld; k++)
            out[k] = (w->square && w->ld > 1 ? out[k] : sum) + 1.0f;
    }
    nfi_free(squares);
    return NF_OK;
}

static nf_status open(work *w, float *v, const nfi_dual *p, size_t alphas, nf_err *err)
{
    const nf_csr *x = p->X;
    size_t ld = nfi_dual_ld(p->n), wide = p->scale ? x->cols * ld : 0;
    nf_status s;

    *w = (work){.p = p, .kern = nfi_kern_get(), .ld = ld, .v = v};
    w->square = p->scale ? nfi_alloc_aligned_raw(wide, sizeof *w->square) : NULL;
    w->norm = nfi_alloc(x->rows * ld, sizeof *w->norm);
    w->alpha = nfi_calloc(alphas * x->rows * ld, sizeof *w->alpha);
    w->order = nfi_alloc(x->rows, sizeof *w->order);
    w->active = nfi_alloc(x->rows, sizeof *w->active);
    if ((p->scale && !w->square) || !w->norm || !w->alpha || !w->order || !w->active) {
        clear(w);
        return nfi_oom(err, "a linear machine");
    }
    for (size_t j = 0; j < wide; j++)
        w->square[j] = p->scale[j] * p->scale[j];
    for (size_t i = 0; i < x->rows; i++) {
        w->order[i] = (uint32_t)i;
        w->active[i] = (uint16_t)((1u << p->n) - 1);
    }
    memset(v, 0, (x->cols + 1) * ld * sizeof *v);
    s = norms(w, err);
    if (s != NF_OK)
        clear(w);
    return s;
}

/* w.x of the row for each machine. */
static inline void dot(const work *w, size_t row, float out[NFI_DUAL_MAX])
{
    const nf_csr *x = w->p->X;
    const int32_t *idx = x->idx + x->ptr[row];
    const float *val = x->val + x->ptr[row], *bias = w->v + x->cols * w->ld;
    size_t n = (size_t)(x->ptr[row + 1] - x->ptr[row]);

    if (w->ld == 1) {
        out[0] = 0.0f;
        for (size_t e = 0; e < n; e++)
            out[0] += val[e] * w->v[idx[e]];
    } else {
        w->kern->spmv_f32(out, idx, val, n, w->v, w->ld, w->ld);
    }
    for (size_t k = 0; k < w->ld; k++)
        out[k] += bias[k];
}

static inline void add(const work *w, size_t row, const float by[NFI_DUAL_MAX])
{
    const nf_csr *x = w->p->X;
    const int32_t *idx = x->idx + x->ptr[row];
    const float *val = x->val + x->ptr[row];
    float *bias = w->v + x->cols * w->ld;
    size_t n = (size_t)(x->ptr[row + 1] - x->ptr[row]);

    for (size_t k = 0; k < w->ld; k++)
        bias[k] += by[k];
    if (w->ld > 1) {
        w->kern->scatter_f32(w->v, w->ld, idx, val, n, by, w->square);
        return;
    }
    for (size_t e = 0; e < n; e++)
        w->v[idx[e]] += val[e] * by[0] * (w->square ? w->square[idx[e]] : 1.0f);
}

static inline double sign_of(const work *w, size_t row, size_t k) { return w->p->is[row] >> k & 1 ? 1.0 : -1.0; }

/* v once more, from the variables; a row has step of them. */
static void sum_anew(const work *w, size_t step)
{
    const nf_csr *x = w->p->X;

    memset(w->v, 0, (x->cols + 1) * w->ld * sizeof *w->v);
    for (size_t i = 0; i < x->rows; i++) {
        float by[NFI_DUAL_MAX] = {0};
        bool any = false;
        for (size_t k = 0; k < w->p->n; k++) {
            double a = w->alpha[(i * w->ld + k) * step];
            by[k] = (float)(a * sign_of(w, i, k));
            any |= a > 0.0;
        }
        if (any)
            add(w, i, by);
    }
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

/* ---- squared hinge ---- */

/* Where a machine is. */
typedef struct hinge {
    double most, least, most_before; /* projected gradients of this pass, and the greatest of the one before */
    bool shrunk;                     /* some rows are not looked at */
} hinge;

/* One variable. Returns what is added to the weights, times x. */
static inline float hinge_step(work *w, hinge *h, size_t row, size_t k, float dot)
{
    double *alpha = &w->alpha[row * w->ld + k], y = sign_of(w, row, k), diag = 0.5 / w->p->cost[k][y > 0];
    double g = y * (double)dot - 1.0 + *alpha * diag, pg = g;

    if (*alpha == 0.0) {
        if (g > h->most_before) { /* will stay at 0, it seems */
            w->active[row] &= (uint16_t) ~(1u << k);
            h->shrunk = true;
            return 0.0f;
        }
        pg = g < 0.0 ? g : 0.0;
    }
    h->most = pg > h->most ? pg : h->most;
    h->least = pg < h->least ? pg : h->least;
    if (fabs(pg) <= 1e-12)
        return 0.0f;
    double old = *alpha, now = old - g / ((double)w->norm[row * w->ld + k] + diag);
    *alpha = now > 0.0 ? now : 0.0;
    return (float)((*alpha - old) * y);
}

static void hinge_pass(work *w, hinge *h, uint16_t open)
{
    for (size_t s = 0; s < w->p->X->rows; s++) {
        size_t i = w->order[s];
        float by[NFI_DUAL_MAX] = {0}, out[NFI_DUAL_MAX];
        bool moved = false;
        unsigned bits = w->active[i] & open;
        if (!bits)
            continue;
        dot(w, i, out);
        for (; bits; bits &= bits - 1) {
            size_t k = (size_t)__builtin_ctz(bits);
            by[k] = hinge_step(w, &h[k], i, k, out[k]);
            moved |= by[k] != 0.0f;
        }
        if (moved)
            add(w, i, by);
    }
}

/* After a pass: true when the machine is done. */
static bool hinge_done(work *w, hinge *h, size_t k)
{
    double tolerance = w->p->tolerance;

    if (h->most < h->least) /* it looked at no row */
        h->most = h->least = 0.0;
    if (h->most - h->least > tolerance || fabs(h->most) > tolerance || fabs(h->least) > tolerance) {
        h->most_before = h->most > 0.0 ? h->most : INFINITY;
        return false;
    }
    if (!h->shrunk)
        return true;
    for (size_t i = 0; i < w->p->X->rows; i++) /* look at all once more */
        w->active[i] |= (uint16_t)(1u << k);
    h->shrunk = false;
    h->most_before = INFINITY;
    return false;
}

nf_status nfi_dual_svm(float *v, const nfi_dual *p, int *passes, nf_err *err)
{
    hinge h[NFI_DUAL_MAX];
    unsigned going = (1u << p->n) - 1;
    nfi_rng rng = p->rng;
    work w;
    int pass = 0;

    NF_TRY(open(&w, v, p, 1, err));
    for (size_t k = 0; k < p->n; k++)
        h[k] = (hinge){.most_before = INFINITY};
    for (; going && pass < p->passes; pass++) {
        for (size_t k = 0; k < p->n; k++) {
            h[k].most = -INFINITY;
            h[k].least = INFINITY;
        }
        shuffle(w.order, p->X->rows, &rng);
        hinge_pass(&w, h, (uint16_t)going);
        for (size_t k = 0; k < p->n; k++)
            if (going >> k & 1 && hinge_done(&w, &h[k], k))
                going &= ~(1u << k);
    }
    sum_anew(&w, 1);
    if (passes)
        *passes = pass;
    clear(&w);
    return NF_OK;
}

/* ---- logistic loss ---- */

typedef struct newton {
    double worst, inner; /* violation in this pass; what a variable is solved to */
    size_t steps;
} newton;

static inline float newton_step(work *w, newton *h, size_t row, size_t k, float dot)
{
    enum { NEWTON = 100 };
    double y = sign_of(w, row, k), c = w->p->cost[k][y > 0], a = (double)w->norm[row * w->ld + k], b = y * (double)dot, sign = 1.0;
    double *mine = &w->alpha[(row * w->ld + k) * 2], *other = mine + 1;

    if (0.5 * a * (*other - *mine) + b < 0.0) { /* the smaller of the two is solved for */
        other = mine;
        mine = other + 1;
        sign = -1.0;
    }
    double old = *mine, z = c - old < 0.5 * c ? 0.1 * old : old;
    double g = a * (z - old) + sign * b + nfi_log(z / (c - z));
    int n = 0;
    h->worst = fabs(g) > h->worst ? fabs(g) : h->worst;
    for (; n <= NEWTON && fabs(g) >= h->inner; n++) {
        double next = z - g / (a + c / (c - z) / z);
        z = next <= 0.0 ? 0.1 * z : next;
        g = a * (z - old) + sign * b + nfi_log(z / (c - z));
    }
    if (n == 0)
        return 0.0f;
    h->steps += (size_t)n;
    *mine = z;
    *other = c - z;
    return (float)(sign * (z - old) * y);
}

static void newton_pass(work *w, newton *h, unsigned going)
{
    for (size_t s = 0; s < w->p->X->rows; s++) {
        size_t i = w->order[s];
        float by[NFI_DUAL_MAX] = {0}, out[NFI_DUAL_MAX];
        bool moved = false;
        dot(w, i, out);
        for (unsigned bits = going; bits; bits &= bits - 1) {
            size_t k = (size_t)__builtin_ctz(bits);
            by[k] = newton_step(w, &h[k], i, k, out[k]);
            moved |= by[k] != 0.0f;
        }
        if (moved)
            add(w, i, by);
    }
}

nf_status nfi_dual_logistic(float *v, const nfi_dual *p, int *passes, nf_err *err)
{
    size_t rows = p->X->rows;
    double least_inner = p->tolerance < 1e-8 ? p->tolerance : 1e-8;
    unsigned going = (1u << p->n) - 1;
    newton h[NFI_DUAL_MAX];
    nfi_rng rng = p->rng;
    work w;
    int pass = 0;

    NF_TRY(open(&w, v, p, 2, err));
    for (size_t i = 0; i < rows; i++)
        for (size_t k = 0; k < p->n; k++) {
            double c = p->cost[k][p->is[i] >> k & 1], first = 0.001 * c < 1e-8 ? 0.001 * c : 1e-8;
            w.alpha[(i * w.ld + k) * 2] = first;
            w.alpha[(i * w.ld + k) * 2 + 1] = c - first;
        }
    sum_anew(&w, 2);
    for (size_t k = 0; k < p->n; k++)
        h[k] = (newton){.inner = 1e-2};
    for (; going && pass < p->passes; pass++) {
        for (size_t k = 0; k < p->n; k++) {
            h[k].worst = 0.0;
            h[k].steps = 0;
        }
        shuffle(w.order, rows, &rng);
        newton_pass(&w, h, going);
        for (size_t k = 0; k < p->n; k++) {
            if (h[k].worst < p->tolerance)
                going &= ~(1u << k);
            else if (h[k].steps <= rows / 10)
                h[k].inner = 0.1 * h[k].inner > least_inner ? 0.1 * h[k].inner : least_inner;
        }
    }
    sum_anew(&w, 2);
    if (passes)
        *passes = pass;
    clear(&w);
    return NF_OK;
}
