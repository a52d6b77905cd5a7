/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reliability.c - documents into bins by their probability, and the losses; sums in the order of the documents. */
#include "newsframe/reliability.h"

#include "base/num.h"
#include "base/try.h"

static void count(nf_reliability *r, double p, bool right)
{
    size_t b = (size_t)(p * NF_RELIABILITY_BINS);
    nf_reliability_bin *bin = &r->bin[b < NF_RELIABILITY_BINS ? b : NF_RELIABILITY_BINS - 1];

    bin->n++;
    bin->right += right;
    bin->probability += p;
    r->n++;
}

static double loss_of(double own)
{
    return -nfi_log(own > NF_LEAST_PROBABILITY ? own : NF_LEAST_PROBABILITY);
}

void nf_reliability_add(nf_reliability *r, double p, bool has)
{
    count(r, p, has);
    r->log_loss += loss_of(has ? p : 1.0 - p);
    r->brier += has ? (1.0 - p) * (1.0 - p) : p * p;
}

nf_status nf_reliability_settle(nf_reliability *r, nf_err *err)
{
    r->ece = 0.0;
    for (size_t b = 0; b < NF_RELIABILITY_BINS; b++) {
        nf_reliability_bin *bin = &r->bin[b];
        bin->low = (double)b / NF_RELIABILITY_BINS;
        bin->high = (double)(b + 1) / NF_RELIABILITY_BINS;
        if (bin->n == 0)
            continue;
        double off = (double)bin->right - bin->probability;
        r->ece += off < 0.0 ? -off : off;
        bin->probability /= (double)bin->n;
        bin->accuracy = (double)bin->right / (double)bin->n;
        NF_TRY(nf_wilson(bin->right, bin->n, 0.95, &bin->accuracy_low, &bin->accuracy_high, err));
    }
    if (r->n) {
        r->ece /= (double)r->n;
        r->log_loss /= (double)r->n;
        r->brier /= (double)r->n;
    } else {
        r->ece = r->log_loss = r->brier = -1.0;
    }
    return NF_OK;
}

nf_status nf_reliability_of(nf_reliability *out, const nf_confidence *c, const int32_t *human, size_t n, const bool *excluded, nf_err *err)
{
    nf_reliability r = {0};

    for (size_t i = 0; i < n; i++) {
        if (!c[i].there || human[i] < 0 || (excluded && excluded[human[i]]))
            continue;
        count(&r, c[i].top, c[i].right);
        r.log_loss += loss_of(c[i].own);
        r.brier += c[i].square;
    }
    NF_TRY(nf_reliability_settle(&r, err));
    *out = r;
    return NF_OK;
}
