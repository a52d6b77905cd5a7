/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probability.c - log-odds of a calibrated model to probabilities, and to sets of classes. */
#include "models/multi.h"

#include "base/registry.h"
#include "base/sort.h"
#include "base/try.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

const char *nf_calibration_name(size_t i, const char **summary)
{
    NFI_RETURN_NAME(nfi_calibrators, i, summary);
}

bool nf_model_probabilities(const nf_model *m, nf_unit_kind unit, const double *log_odds, double *prob)
{
    (void)unit;
    if (m->multi && m->multi->sigmoid) {
        for (size_t k = 0; k < m->nclasses; k++)
            prob[k] = nfi_sigmoid(m->multi->sigmoid[2 * k] * log_odds[k] + m->multi->sigmoid[2 * k + 1]);
        return true;
    }
    if (!m->calibration)
        return false;
    nfi_log_p_of_odds(log_odds, m->nclasses, prob);
    nfi_calibration_apply(m->calibration, prob, prob);
    return true;
}

/* ---- sets ---- */

#define MOST_UNLUCKY 0.1

/*
 * How many of n documents of a class, the least sure first, a set leaves out at a coverage: 0 when they are too few for a bound. With l
 * left out the share that the sets of one model will hold is drawn from Beta(n + 1 - l, l), of mean 1 - l/(n + 1) (Vovk 2012, proposition
 * 2). That mean must not be less than the coverage, for then the rate holds over all models that could have been trained; and since a user
 * has one model, its own share must not be less in more than one of ten. Where even one of n is too many for that, one is left out.
 */
static uint64_t left_out(uint64_t n, double coverage)
{
    uint64_t l = (uint64_t)floor((1.0 - coverage) * (double)(n + 1) + 1e-9);

    while (l > 1 && gsl_cdf_beta_P(coverage, (double)(n + 1 - l), (double)l) > MOST_UNLUCKY)
        l--;
    return l;
}

static uint64_t docs_of(const nfi_calibration *c, size_t k)
{
    return c->end[k] - (k ? c->end[k - 1] : 0);
}

/* The bound that classes too small for one share: of their documents together, or, where these are too few too, of all documents. */
static nf_status shared_bound(const nfi_calibration *c, double coverage, double *bound, nf_err *err)
{
    nfi_kv *kv = nfi_alloc((size_t)c->documents, sizeof *kv);
    nf_status s = NF_OK;
    size_t n = 0;

    if (!kv)
        return nfi_oom(err, "prediction sets");
    for (int all = 0; all < 2 && left_out(n, coverage) == 0; all++) {
        n = 0;
        for (size_t k = 0; k < c->nclasses; k++)
            for (uint64_t i = c->end[k] - docs_of(c, k); i < c->end[k] && (all || left_out(docs_of(c, k), coverage) == 0); i++)
                kv[n++] = (nfi_kv){nfi_log_p_key(c->own_log_p[i]), 0, 0};
    }
    s = nfi_sort_kv(kv, n, err);
    uint64_t out = left_out(n, coverage);
    *bound = s == NF_OK && out > 0 ? (double)nfi_log_p_of_key(kv[out - 1].key) : -INFINITY;
    nfi_free(kv);
    return s;
}

nf_status nf_model_set_bounds(const nf_model *m, double coverage, double *bound, bool *shared, nf_err *err)
{
    const nfi_calibration *c = m->calibration;
    double common;

    if (nf_model_is_multi(m))
        return NF_FAIL(err, NF_EINVAL, "sets of classes go with models of one label; where documents have several, thresholds decide");
    if (!c)
        return NF_FAIL(err, NF_EINVAL, "the model is not calibrated: there is nothing to make sets from");
    if (!(coverage >= 0.5 && coverage <= 0.9999))
        return NF_FAIL(err, NF_EINVAL, "coverage: expected a number from 0.5 to 0.9999");
    NF_TRY(shared_bound(c, coverage, &common, err));
    for (size_t k = 0; k < c->nclasses; k++) {
        uint64_t n = docs_of(c, k), out = left_out(n, coverage);
        shared[k] = out == 0;
        bound[k] = out ? (double)c->own_log_p[c->end[k] - n + out - 1] : common;
    }
    return NF_OK;
}

static bool is_in(double prob, double bound)
{
    return (double)nfi_kept_log_p(prob) >= bound;
}

size_t nf_model_set(const nf_model *m, const double *bound, const double *prob, bool *in)
{
    size_t n = 0;

    for (size_t k = 0; k < m->nclasses; k++)
        n += in[k] = is_in(prob[k], bound[k]);
    return n;
}

nf_confidence nf_model_confidence(const nf_model *m, const double *log_odds, int32_t human, const double *bound, double *prob)
{
    nf_confidence c = {0};
    size_t best = 0;

    if (!log_odds || !nf_model_probabilities(m, NF_UNIT_DOCUMENT, log_odds, prob))
        return c;
    c.there = true;
    for (size_t k = 0; k < m->nclasses; k++) {
        double want = (int32_t)k == human ? 1.0 : 0.0;
        c.square += (prob[k] - want) * (prob[k] - want);
        best = prob[k] > prob[best] ? k : best;
        bool in = bound && is_in(prob[k], bound[k]);
        c.set_size += in;
        c.in_set |= in && (int32_t)k == human;
    }
    if (human >= (int32_t)m->nclasses)
        c.square += 1.0;
    c.top = prob[best];
    c.own = human >= 0 && human < (int32_t)m->nclasses ? prob[human] : 0.0;
    c.right = (int32_t)best == human;
    return c;
}
