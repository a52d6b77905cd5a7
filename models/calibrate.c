/* SPDX-License-Identifier: GPL-3.0-or-later */
/* calibrate.c - fits and applies what calibrate.h says. The likelihood is concave in 1/T and in b: nothing to be trapped in. */
#include "models/calibrate.h"

#include "base/registry.h"
#include "base/sort.h"
#include "base/try.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_min.h>
#include <gsl/gsl_roots.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { STEPS = 100, TURNS = 100, SCALINGS = 8 };
#define LEAST_LOG_SLOPE (-13.862943611198906) /* ln 2^-20 */
#define POWER_WEIGHT 2.0                      /* ln of the power as if drawn from a normal distribution of deviation 0.5 */

static const nfi_calibrator by_power = {"power", "a factor and a power for the distances to the best score", true, true, false};
static const nfi_calibrator by_temperature = {"temperature", "one factor", true, false, false};
static const nfi_calibrator by_bias = {"bias", "as power, and an offset for each class", true, true, true};
static const nfi_calibrator by_nothing = {"none", "no probabilities, and nothing else that needs documents left out", false, false, false};

const nfi_calibrator *const nfi_calibrators[] = {&by_power, &by_temperature, &by_bias, &by_nothing, NULL};

const nfi_calibrator *nfi_calibrator_find(const char *name)
{
    NFI_RETURN_ROW(nfi_calibrators, name);
}

/* ---- fitting ---- */

typedef struct fit {
    size_t n, nclasses;
    const int32_t *label;
    double own, other;       /* what a document counts for its class, and for each of the others */
    double slope, power;
    double *log_gap, *gap;   /* n x nclasses: ln of the distance to the best score; the distance to the power of power */
    double *bias, *p, *mass; /* nclasses, 2 nclasses, nclasses */
} fit;

/* Distances: none; of a class without scores; more than any that matters, as a logarithm. */
#define NO_GAP (-1e9)
#define NOT_THERE 1e30
#define MOST_LOG_GAP 30.0

/* ln of the distances of a row to its best score. In place is fine. */
static void log_gaps(const double *score, size_t n, double *out)
{
    double top = score[0];

    for (size_t k = 1; k < n; k++)
        top = score[k] > top ? score[k] : top;
    for (size_t k = 0; k < n; k++) {
        double g = top - score[k], l = g > 1e-300 ? nfi_log(g) : NO_GAP;
        out[k] = score[k] < NFI_NO_SCORE / 2 ? NOT_THERE : l < MOST_LOG_GAP ? l : MOST_LOG_GAP;
    }
}

static void raise_gaps(const double *log_gap, size_t n, double power, double *gap)
{
    for (size_t k = 0; k < n; k++) {
        double g = nfi_exp(power * (log_gap[k] < MOST_LOG_GAP ? log_gap[k] : MOST_LOG_GAP));
        gap[k] = log_gap[k] < NOT_THERE ? g : NOT_THERE;
    }
}

/* Probabilities of one row of powers of distances. In place is fine. */
static void softmax(const double *gap, const double *bias, size_t n, double slope, double *p)
{
    double top = -INFINITY, sum = 0.0;

    for (size_t k = 0; k < n; k++) {
        p[k] = bias[k] - gap[k] * slope;
        top = p[k] > top ? p[k] : top;
    }
    for (size_t k = 0; k < n; k++)
        p[k] = nfi_exp(p[k] - top);
    for (size_t k = 0; k < n; k++)
        sum += p[k];
    for (size_t k = 0; k < n; k++)
        p[k] /= sum;
}

/* Slope of the log likelihood in 1/T, at 1/T = e^x: falls from above 0 to below 0. */
static double rise(double x, void *ctx)
{
    const fit *f = ctx;
    double slope = nfi_exp(x), all = 0.0;

    for (size_t i = 0; i < f->n; i++) {
        const double *gap = f->gap + i * f->nclasses;
        double own = gap[f->label[i]], have = 0.0, others = 0.0;
        softmax(gap, f->bias, f->nclasses, slope, f->p);
        for (size_t k = 0; k < f->nclasses; k++) {
            double d = gap[k] < NOT_THERE ? gap[k] - own : 0.0; /* to the own class: sums stay small */
            have += d * f->p[k];
            others += d;
        }
        all += have - f->other * others;
    }
    return all;
}

/* Loss of the whole, in nats. */
static double loss(const fit *f)
{
    double all = 0.0;

    for (size_t i = 0; i < f->n; i++) {
        const double *gap = f->gap + i * f->nclasses;
        double top = -INFINITY, sum = 0.0, mean = 0.0;
        for (size_t k = 0; k < f->nclasses; k++) {
            double v = f->bias[k] - gap[k] * f->slope;
            top = v > top ? v : top;
            f->p[k] = v;
        }
        for (size_t k = 0; k < f->nclasses; k++) {
            sum += nfi_exp(f->p[k] - top);
            if (gap[k] < NOT_THERE)
                mean += ((int32_t)k == f->label[i] ? f->own : f->other) * (f->p[k] - top);
        }
        all += nfi_log(sum) - mean;
    }
    return all;
}

/* The slope of greatest likelihood; near: the one found last time, to start from, or 0. */
static nf_status fit_slope(fit *f, double near, double tolerance, nf_err *err)
{
    double width = near > 0.0 ? 0.25 : -LEAST_LOG_SLOPE, mid = near > 0.0 ? nfi_log(near) : 0.0, lo = mid - width, hi = mid + width, x;
    gsl_function fn = {rise, f};

    while (lo > LEAST_LOG_SLOPE && rise(lo, f) <= 0.0)
        lo -= width *= 2.0;
    while (hi < -LEAST_LOG_SLOPE && rise(hi, f) >= 0.0)
        hi += width *= 2.0;
    lo = lo > LEAST_LOG_SLOPE ? lo : LEAST_LOG_SLOPE;
    hi = hi < -LEAST_LOG_SLOPE ? hi : -LEAST_LOG_SLOPE;
    if (rise(lo, f) <= 0.0) {
        x = lo; /* the scores say nothing, or less */
    } else if (rise(hi, f) >= 0.0) {
        x = hi;
    } else {
        gsl_root_fsolver *r = gsl_root_fsolver_alloc(gsl_root_fsolver_brent);
        if (!r)
            return nfi_oom(err, "calibration");
        int code = gsl_root_fsolver_set(r, &fn, lo, hi);
        for (int i = 0; i < STEPS && code == GSL_SUCCESS; i++) {
            code = gsl_root_fsolver_iterate(r);
            if (gsl_root_fsolver_x_upper(r) - gsl_root_fsolver_x_lower(r) < tolerance)
                break;
        }
        x = gsl_root_fsolver_root(r);
        gsl_root_fsolver_free(r);
        if (code != GSL_SUCCESS || !isfinite(x))
            return NF_FAIL(err, NF_EINTERNAL, "the temperature of the calibration was not found");
    }
    f->slope = nfi_exp(x);
    return NF_OK;
}

/* Offsets by iterative scaling: each class gets ln(what it should have / what it has). Returns the greatest change. */
static double scale_bias(fit *f)
{
    double most = 0.0, *want = f->p + f->nclasses;

    for (size_t k = 0; k < f->nclasses; k++)
        f->mass[k] = want[k] = 0.0;
    for (size_t i = 0; i < f->n; i++) {
        const double *gap = f->gap + i * f->nclasses;
        softmax(gap, f->bias, f->nclasses, f->slope, f->p);
        for (size_t k = 0; k < f->nclasses; k++) {
            f->mass[k] += f->p[k];
            want[k] += gap[k] >= NOT_THERE ? 0.0 : (int32_t)k == f->label[i] ? f->own : f->other;
        }
    }
    for (size_t k = 0; k < f->nclasses; k++) {
        if (!(want[k] > 0.0) || !(f->mass[k] > 1e-300))
            continue;
        double step = nfi_log(want[k] / f->mass[k]);
        f->bias[k] += step;
        most = fabs(step) > most ? fabs(step) : most;
    }
    return most;
}

/* Loss at a power e^x, at its best slope, and what keeps the power near 1 when documents are few. NaN when that failed. */
typedef struct search {
    fit *f;
    nf_status status;
    nf_err *err;
} search;

static double loss_at(double x, void *ctx)
{
    search *h = ctx;
    fit *f = h->f;
    double last = f->power > 0.0 ? f->slope : 0.0;

    f->power = nfi_exp(x);
    raise_gaps(f->log_gap, f->n * f->nclasses, f->power, f->gap);
    if (h->status == NF_OK)
        h->status = fit_slope(f, last, 1e-5, h->err);
    return h->status == NF_OK ? loss(f) + x * x * POWER_WEIGHT : NAN;
}

static nf_status fit_power(fit *f, nf_err *err)
{
    static const double ladder[] = {-1.5, -1.0, -0.5, 0.0, 0.5}; /* ln of the power */
    enum { RUNGS = sizeof ladder / sizeof *ladder };
    double at[RUNGS];
    search h = {f, NF_OK, err};
    size_t best = 0;
    gsl_function fn = {loss_at, &h};

    for (size_t i = 0; i < RUNGS; i++) {
        at[i] = loss_at(ladder[i], &h);
        best = at[i] < at[best] ? i : best;
    }
    double x = ladder[best];
    if (h.status == NF_OK && best > 0 && best + 1 < RUNGS && at[best - 1] > at[best] && at[best + 1] > at[best]) {
        gsl_min_fminimizer *min = gsl_min_fminimizer_alloc(gsl_min_fminimizer_brent);
        if (!min)
            return nfi_oom(err, "calibration");
        int code =
            gsl_min_fminimizer_set_with_values(min, &fn, x, at[best], ladder[best - 1], at[best - 1], ladder[best + 1], at[best + 1]);
        for (int i = 0; i < STEPS && code == GSL_SUCCESS && h.status == NF_OK; i++) {
            code = gsl_min_fminimizer_iterate(min);
            if (gsl_min_fminimizer_x_upper(min) - gsl_min_fminimizer_x_lower(min) < 0.01)
                break;
        }
        x = gsl_min_fminimizer_x_minimum(min);
        gsl_min_fminimizer_free(min);
    }
    NF_TRY(h.status);
    f->power = nfi_rounded(nfi_exp(x));
    raise_gaps(f->log_gap, f->n * f->nclasses, f->power, f->gap);
    return fit_slope(f, f->slope, 1e-10, err);
}

static nf_status fit_all(fit *f, const nfi_calibrator *k, nf_err *err)
{
    double last = 0.0, change = 1.0, sum = 0.0;

    if (k->power) {
        NF_TRY(fit_power(f, err));
    } else {
        f->power = 1.0;
        raise_gaps(f->log_gap, f->n * f->nclasses, 1.0, f->gap);
        NF_TRY(fit_slope(f, 0.0, 1e-10, err));
    }
    for (int i = 0; k->bias && i < TURNS && (change > 1e-6 || fabs(f->slope - last) > 1e-6 * f->slope); i++) {
        for (int j = 0; j < SCALINGS; j++)
            change = scale_bias(f);
        last = f->slope;
        NF_TRY(fit_slope(f, f->slope, 1e-10, err));
    }
    for (size_t c = 0; c < f->nclasses; c++)
        sum += f->bias[c];
    for (size_t c = 0; k->bias && c < f->nclasses; c++)
        f->bias[c] = nfi_rounded(f->bias[c] - sum / (double)f->nclasses);
    return NF_OK;
}

/* ln p of the own class of each document, by class, rising. */
static nf_status own_log_p(nfi_calibration *c, size_t n, const int32_t *label, const double *score, double *p, nf_err *err)
{
    nfi_kv *kv = nfi_alloc(n, sizeof *kv);
    nf_status s = NF_OK;

    if (!kv)
        return nfi_oom(err, "calibration");
    for (size_t i = 0; i < n; i++) {
        nfi_calibration_apply(c, score + i * c->nclasses, p);
        kv[i] = (nfi_kv){(uint64_t)label[i] << 32 | nfi_log_p_key(nfi_kept_log_p(p[label[i]])), 0, 0};
        c->end[label[i]]++;
    }
    s = nfi_sort_kv(kv, n, err);
    for (size_t i = 0; i < n; i++)
        c->own_log_p[i] = nfi_log_p_of_key(kv[i].key);
    for (size_t k = 1; k < c->nclasses; k++)
        c->end[k] += c->end[k - 1];
    nfi_free(kv);
    return s;
}

nf_status nfi_calibration_new(nfi_calibration **out, size_t nclasses, uint64_t documents, nf_err *err)
{
    nfi_calibration *c = nfi_calloc(1, sizeof *c);

    if (c) {
        c->nclasses = nclasses;
        c->documents = documents;
        c->bias = nfi_calloc(nclasses, sizeof *c->bias);
        c->end = nfi_calloc(nclasses, sizeof *c->end);
        c->own_log_p = nfi_calloc((size_t)documents, sizeof *c->own_log_p);
    }
    if (!c || !c->bias || !c->end || !c->own_log_p) {
        nfi_calibration_free(c);
        return nfi_oom(err, "calibration");
    }
    *out = c;
    return NF_OK;
}

void nfi_calibration_free(nfi_calibration *c)
{
    if (!c)
        return;
    nfi_free(c->bias);
    nfi_free(c->end);
    nfi_free(c->own_log_p);
    nfi_free(c);
}

nf_status nfi_calibration_fit(nfi_calibration **out, const nfi_calibrator *k, size_t n, size_t nclasses, const int32_t *label,
                              const double *score, const char *how, nf_err *err)
{
    fit f = {.n = n < NFI_MOST_CALIBRATION ? n : NFI_MOST_CALIBRATION, .nclasses = nclasses, .label = label};
    nfi_calibration *c = NULL;
    nf_status s = NF_OK;
    size_t present = 0;

    if (!k->fit || n < NFI_LEAST_CALIBRATION) {
        *out = NULL;
        return NF_OK;
    }
    for (size_t i = 0; i < n * nclasses; i++)
        if (!isfinite(score[i]))
            return NF_FAIL(err, NF_EINTERNAL, "a score is not finite");
    for (size_t i = 0; i < f.n; i++) { /* folds may lack classes */
        size_t here = 0;
        for (size_t j = 0; j < nclasses; j++)
            here += score[i * nclasses + j] > NFI_NO_SCORE / 2;
        present = here > present ? here : present;
    }
    NF_GO(nfi_calibration_new(&c, nclasses, n, err));
    f.bias = c->bias;
    f.p = nfi_alloc(3 * nclasses, sizeof *f.p);
    f.log_gap = nfi_alloc(f.n * nclasses, sizeof *f.log_gap);
    f.gap = nfi_alloc(f.n * nclasses, sizeof *f.gap);
    if (!f.p || !f.gap || !f.log_gap) {
        s = nfi_oom(err, "calibration");
        goto out;
    }
    for (size_t i = 0; i < f.n; i++)
        log_gaps(score + i * nclasses, nclasses, f.log_gap + i * nclasses);
    f.mass = f.p + 2 * nclasses;
    f.own = 1.0 - 1.0 / ((double)f.n + 2.0);
    f.other = present > 1 ? (1.0 - f.own) / (double)(present - 1) : 0.0;
    NF_GO(fit_all(&f, k, err));
    c->k = k;
    c->temperature = nfi_rounded(1.0 / f.slope);
    c->power = f.power;
    snprintf(c->how, sizeof c->how, "%s", how);
    NF_GO(own_log_p(c, n, label, score, f.p, err));
    *out = c;
    c = NULL;
out:
    nfi_free(f.p);
    nfi_free(f.gap);
    nfi_free(f.log_gap);
    nfi_calibration_free(c);
    return s;
}

/* ---- applying ---- */

void nfi_calibration_apply(const nfi_calibration *c, const double *score, double *prob)
{
    log_gaps(score, c->nclasses, prob);
    raise_gaps(prob, c->nclasses, c->power, prob);
    softmax(prob, c->bias, c->nclasses, 1.0 / c->temperature, prob);
}

void nfi_log_p_of_odds(const double *log_odds, size_t n, double *log_p)
{
    for (size_t k = 0; k < n; k++) {
        double x = log_odds[k];
        log_p[k] = x < 0.0 ? x - nfi_log(1.0 + nfi_exp(x)) : -nfi_log(1.0 + nfi_exp(-x));
    }
}
