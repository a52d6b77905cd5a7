/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scut.c - the threshold of one class with the best F1. The cut lies half way between two scores; equal scores are never parted; ties go to
 * the higher cut. */
#include "models/multi.h"

#include "base/sort.h"
#include "base/try.h"

#include <math.h>

/* Rises as the score falls; 0 and -0 are one. */
static uint64_t falling(double score)
{
    uint64_t u = nfi_bits(score + 0.0);
    return u >> 63 ? u : ~u & INT64_MAX;
}

static double score_of(uint64_t key)
{
    return nfi_from_bits(key >> 63 ? key : ~key & INT64_MAX);
}

/* Just above the greatest score: no held-out document passes. */
static double above(double top)
{
    return top + (fabs(top) > 1.0 ? fabs(top) : 1.0) * 1e-9;
}

nf_status nfi_scut(const double *score, const bool *own, size_t n, double least_f1, nfi_cut *out, nf_err *err)
{
    size_t all = 0, right = 0;
    nfi_cut best = {0.0, 0.0};
    nfi_kv *v = nfi_alloc(n, sizeof *v);

    if (!v)
        return nfi_oom(err, "thresholds");
    for (size_t i = 0; i < n; i++) {
        v[i] = (nfi_kv){falling(score[i]), own[i], 0};
        all += own[i];
    }
    nf_status s = nfi_sort_kv(v, n, err);
    for (size_t i = 0; s == NF_OK && i < n; i++) {
        double at = score_of(v[i].key), next = i + 1 < n ? score_of(v[i + 1].key) : at;
        right += v[i].val;
        if (i + 1 < n && v[i + 1].key == v[i].key)
            continue;
        double f1 = 2.0 * (double)right / (double)(i + 1 + all);
        if (f1 > best.f1)
            best = (nfi_cut){at + (next - at) / 2, f1};
    }
    if (s == NF_OK && n && best.f1 < least_f1)
        best.threshold = above(score_of(v[0].key));
    if (s == NF_OK)
        *out = best;
    nfi_free(v);
    return s;
}
