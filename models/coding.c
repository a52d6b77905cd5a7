/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coding.c - frames of sentences: see coding.h. Logistic regression by Newton's method with halved steps; plain arithmetic in one order. */
#include "models/coding.h"

#include "base/try.h"
#include "models/calibrate.h"
#include "models/multi.h"
#include "newsframe/units.h"

#include <math.h>
#include <string.h>

enum { STEPS = 60, HALVINGS = 30, P = NFI_CODING_INPUTS };
#define LN2 0.69314718055994530942
#define RIDGE 1e-3 /* half the sum of squares of weights but w0: far below what sentences say, and the solution is always one */

/* ---- inputs ---- */

void nfi_coding_hits(const nf_model *m, const uint64_t *count, double *hits)
{
    for (size_t k = 0; k < m->nclasses; k++) {
        int32_t f = nf_codebook_find(m->codebook, m->label[k]);
        hits[k] = f < 0 ? 0.0 : (double)count[f];
    }
}

/* n x nclasses x P. */
static nf_status inputs_of(const nf_model *m, const nfi_coded *x, double **out, nf_err *err)
{
    size_t nk = m->nclasses;
    nf_status s = NF_OK;
    double *in = nfi_calloc(x->n * nk, P * sizeof *in), *z = nfi_calloc(x->n * nk, sizeof *z), *sum = nfi_alloc(2 * nk, sizeof *sum);

    if (!in || !z || !sum) {
        s = nfi_oom(err, "sentences");
        goto out;
    }
    for (size_t i = 0; i < x->n; i++) {
        double mean = 0.0;
        if (!x->scored[i])
            continue;
        nfi_log_p_of_odds(x->log_odds + i * nk, nk, z + i * nk);
        for (size_t k = 0; k < nk; k++)
            mean += (z[i * nk + k] -= m->log_prior[k]) / (double)nk;
        for (size_t k = 0; k < nk; k++)
            z[i * nk + k] -= mean;
    }
    for (size_t a = 0, b; a < x->n; a = b) {
        double others = -1.0;
        memset(sum, 0, 2 * nk * sizeof *sum);
        for (b = a; b < x->n && x->doc[b] == x->doc[a]; b++) {
            others += x->scored[b];
            for (size_t k = 0; x->scored[b] && k < nk; k++) {
                sum[k] += z[b * nk + k];
                sum[nk + k] += x->hits[b * nk + k] > 0.0;
            }
        }
        for (size_t i = a; i < b; i++) {
            for (size_t k = 0; x->scored[i] && k < nk; k++) {
                double *v = in + (i * nk + k) * P, h = x->hits[i * nk + k];
                v[0] = 1.0;
                v[1] = z[i * nk + k];
                v[2] = x->log_odds[i * nk + k];
                v[3] = nfi_log(1.0 + h);
                v[4] = others > 0.0 ? (sum[k] - z[i * nk + k]) / others : 0.0;
                v[5] = others > 0.0 ? (sum[nk + k] - (h > 0.0)) / others : 0.0;
            }
        }
    }
    *out = in;
    in = NULL;
out:
    nfi_free(in);
    nfi_free(z);
    nfi_free(sum);
    return s;
}

static double dot(const double *w, const double *v)
{
    double sum = 0.0;

    for (size_t p = 0; p < P; p++)
        sum += w[p] * v[p];
    return sum;
}

nf_status nfi_coding_odds(const nf_model *m, const nfi_coded *x, double *odds, nf_err *err)
{
    const nfi_coding *c = m->coding;
    double *in;

    NF_TRY(inputs_of(m, x, &in, err));
    for (size_t i = 0; i < x->n; i++) {
        for (size_t k = 0; k < m->nclasses; k++) {
            size_t at = i * m->nclasses + k;
            odds[at] = x->scored[i] && (int32_t)k != c->none ? dot(c->w + k * P, in + at * P) : -INFINITY;
        }
    }
    nfi_free(in);
    return NF_OK;
}

size_t nf_model_frames(const nf_model *m, const double *odds, bool *chosen)
{
    size_t n = 0;

    for (size_t k = 0; k < m->nclasses; k++)
        n += chosen[k] = m->coding && odds[k] >= m->coding->cut;
    return n;
}

bool nf_model_codes(const nf_model *m) { return m->coding != NULL; }

double nf_model_coding_cut(const nf_model *m) { return m->coding ? m->coding->cut : 0.0; }

/* ---- learning ---- */

typedef struct data {
    const double *in;   /* of one class: n rows, stride apart */
    const bool *own, *use;
    size_t n, nclasses;
} data;

static double loss(const data *d, const double *w)
{
    double all = 0.0;

    for (size_t p = 1; p < P; p++)
        all += RIDGE / 2.0 * w[p] * w[p];
    for (size_t i = 0; i < d->n; i++) {
        double x = d->use[i] ? dot(w, d->in + i * d->nclasses * P) : 0.0, t = d->own[i * d->nclasses];
        if (d->use[i])
            all += x < 0.0 ? nfi_log(1.0 + nfi_exp(x)) - t * x : nfi_log(1.0 + nfi_exp(-x)) + (1.0 - t) * x;
    }
    return all;
}

/* Solves a x = b for a symmetric positive definite matrix, by Cholesky's method; false where it is not. */
static bool solve(double a[P][P], double *b)
{
    for (size_t i = 0; i < P; i++) {
        for (size_t j = 0; j <= i; j++) {
            double sum = a[i][j];
            for (size_t k = 0; k < j; k++)
                sum -= a[i][k] * a[j][k];
            if (i == j && !(sum > 0.0))
                return false;
            a[i][j] = i == j ? sqrt(sum) : sum / a[j][j];
        }
    }
    for (size_t i = 0; i < P; i++) {
        for (size_t k = 0; k < i; k++)
            b[i] -= a[i][k] * b[k];
        b[i] /= a[i][i];
    }
    for (size_t i = P; i-- > 0;) {
        for (size_t k = i + 1; k < P; k++)
            b[i] -= a[k][i] * b[k];
        b[i] /= a[i][i];
    }
    return true;
}

/* One step; false when nothing is gained any more. */
static bool step(const data *d, double *w, double *now)
{
    double h[P][P] = {{0}}, g[P] = {0}, next[P], size = 1.0, most = 0.0;

    for (size_t p = 0; p < P; p++) {
        h[p][p] = p ? RIDGE : 1e-9;
        g[p] = p ? -RIDGE * w[p] : 0.0;
    }
    for (size_t i = 0; i < d->n; i++) {
        const double *v = d->in + i * d->nclasses * P;
        if (!d->use[i])
            continue;
        double p = nfi_sigmoid(dot(w, v)), e = (double)d->own[i * d->nclasses] - p;
        for (size_t a = 0; a < P; a++) {
            g[a] += e * v[a];
            for (size_t b = 0; b <= a; b++)
                h[a][b] += p * (1.0 - p) * v[a] * v[b];
        }
    }
    for (size_t p = 0; p < P; p++)
        most = fabs(g[p]) > most ? fabs(g[p]) : most;
    if (most < 1e-7 || !solve(h, g))
        return false;
    for (int i = 0; i < HALVINGS; i++, size /= 2.0) {
        for (size_t p = 0; p < P; p++)
            next[p] = w[p] + size * g[p];
        double then = loss(d, next);
        if (then < *now) {
            memcpy(w, next, sizeof next);
            *now = then;
            return true;
        }
    }
    return false;
}

/* Micro-F1 of frames given from cut on. */
static double micro_f1(const nfi_coding *c, size_t nclasses, size_t n, const bool *own, const double *odds, double cut)
{
    double hit = 0.0, given = 0.0, have = 0.0;

    for (size_t i = 0; i < n * nclasses; i++) {
        bool mine = odds[i] >= cut, is = own[i] && (int32_t)(i % nclasses) != c->none;
        hit += mine && is;
        given += mine;
        have += is;
    }
    return have > 0.0 ? 2.0 * hit / (given + have) : 0.0;
}

/* The cut of a ladder with the best micro-F1 over all frames. */
static void find_cut(nfi_coding *c, size_t nclasses, size_t n, const bool *own, const double *odds)
{
    enum { LOW = -60, HIGH = 20 }; /* twentieths */

    for (int t = LOW; t <= HIGH; t++) {
        double f1 = micro_f1(c, nclasses, n, own, odds, t / 20.0);
        if (t == LOW || f1 > c->micro_f1) {
            c->micro_f1 = f1;
            c->cut = t / 20.0;
        }
    }
}

nf_status nfi_coding_new(nf_model *m, nf_err *err)
{
    nfi_coding *c = nfi_calloc(1, sizeof *c);

    if (!c || !(c->w = nfi_calloc(m->nclasses, P * sizeof *c->w))) {
        nfi_free(c);
        return nfi_oom(err, "a model");
    }
    c->none = nf_model_find_label(m, (nf_str){NF_MIXTURE_NONE, strlen(NF_MIXTURE_NONE)});
    m->coding = c;
    return NF_OK;
}

nf_status nfi_coding_fit(nf_model *m, const nfi_coded *x, const bool *own, nf_err *err)
{
    nf_status s = NF_OK;
    double *in = NULL, *odds = NULL;
    size_t scored = 0;

    for (size_t i = 0; i < x->n; i++)
        scored += x->scored[i];
    if (scored < NFI_LEAST_CODED)
        return NF_FAIL(err, NF_EDATA, "%zu coded sentences with known words, expected %d or more", scored, NFI_LEAST_CODED);
    NF_TRY(nfi_coding_new(m, err));
    nfi_coding *c = m->coding;
    NF_GO(inputs_of(m, x, &in, err));
    odds = nfi_alloc(x->n * m->nclasses, sizeof *odds);
    if (!odds) {
        s = nfi_oom(err, "sentences");
        goto out;
    }
    for (size_t k = 0; k < m->nclasses; k++) {
        data d = {in + k * P, own + k, x->scored, x->n, m->nclasses};
        double *w = c->w + k * P, now = loss(&d, w);
        for (int i = 0; (int32_t)k != c->none && i < STEPS && step(&d, w, &now); i++)
            continue;
        for (size_t p = 0; p < P; p++)
            w[p] = nfi_rounded(w[p]);
    }
    NF_GO(nfi_coding_odds(m, x, odds, err));
    find_cut(c, m->nclasses, x->n, own, odds);
    c->sentences = scored;
out:
    nfi_free(in);
    nfi_free(odds);
    return s;
}

nf_status nfi_coding_for_others(nf_model *m, const nfi_coded *x, const bool *own, nf_err *err)
{
    nfi_coding *c = m->coding;
    double *odds = nfi_alloc(x->n * m->nclasses, sizeof *odds);
    nf_status s = NF_OK;

    if (!odds)
        return nfi_oom(err, "sentences");
    for (size_t k = 0; k < m->nclasses; k++) {
        double *w = c->w + k * P, even = w[0] - w[2] * nfi_log((double)m->nclasses - 1.0);
        double least = nfi_rounded((c->cut - even) / LN2 + 0.5);
        if ((int32_t)k == c->none)
            continue;
        w[3] = w[3] < least ? least : w[3];
        w[4] /= 2.0;
        w[5] /= 2.0;
    }
    s = nfi_coding_odds(m, x, odds, err);
    if (s == NF_OK)
        c->micro_f1 = micro_f1(c, m->nclasses, x->n, own, odds, c->cut);
    nfi_free(odds);
    return s;
}
