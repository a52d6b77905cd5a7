/* SPDX-License-Identifier: GPL-3.0-or-later */
/* repeats.c - figures of cross-validation that is repeated with other folds: judgements of one document are no independent ones. */
#include "cli/work.h"

#include <math.h>

nf_status nfi_work_interval(uint64_t right, uint64_t n, size_t repeats, double *low, double *high, nf_err *err)
{
    double share = n ? (double)right / (double)n : 0.0;

    if (repeats > 1 && n) {
        n = (n + repeats / 2) / repeats;
        n += n == 0;
        right = (uint64_t)(share * (double)n + 0.5);
    }
    nf_status s = nf_wilson(right, n, 0.95, low, high, err);
    if (s == NF_OK && repeats > 1) { /* the share of whole documents is not quite that of the judgements */
        *low = *low < share ? *low : share;
        *high = *high > share ? *high : share;
    }
    return s;
}

void nfi_work_spread(nfi_spread *s, double x)
{
    double off = x - s->mean;

    if (s->n == 0 || x < s->least)
        s->least = x;
    if (s->n == 0 || x > s->greatest)
        s->greatest = x;
    s->mean += off / (double)++s->n;
    s->squares += off * (x - s->mean);
}

double nfi_work_deviation(const nfi_spread *s) { return s->n > 1 ? sqrt(s->squares / (double)(s->n - 1)) : 0.0; }

nf_status nfi_work_bins(nf_reliability *r, size_t repeats, nf_err *err)
{
    nf_status s = NF_OK;

    for (size_t b = 0; b < NF_RELIABILITY_BINS && s == NF_OK && repeats > 1; b++)
        if (r->bin[b].n)
            s = nfi_work_interval(r->bin[b].right, r->bin[b].n, repeats, &r->bin[b].accuracy_low, &r->bin[b].accuracy_high, err);
    return s;
}
