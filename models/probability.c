/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probability.c - log-odds of a calibrated model to probabilities, and to sets of classes. */
#include "models/model.h"

#include "base/registry.h"
#include "base/sort.h"
#include "base/try.h"

#include <math.h>

const char *nf_calibration_name(size_t i, const char **summary)
{
    NFI_RETURN_NAME(nfi_calibrators, i, summary);
}

bool nf_model_probabilities(const nf_model *m, nf_unit_kind unit, const double *log_odds, double *prob)
{
    (void)unit;
    if (!m->calibration)
        return false;
    nfi_log_p_of_odds(log_odds, m->nclasses, prob);
    nfi_calibration_apply(m->calibration, prob, prob);
    return true;
}

/* ---- sets ---- */

/* How many of n documents of a class, the least sure first, a set leaves out at a coverage: 0 when they are too few for a bound. */
static uint64_t left_out(uint64_t n, double coverage)
{
    return (uint64_t)floor((1.0 - coverage) * (double)(n + 1) + 1e-9);
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

size_t nf_model_set(const nf_model *m, const double *bound, const double *prob, bool *in)
{
    size_t n = 0;

    for (size_t k = 0; k < m->nclasses; k++)
        n += in[k] = (double)nfi_kept_log_p(prob[k]) >= bound[k];
    return n;
}
