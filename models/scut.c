/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scut.c - the threshold of one class with the best F1. The cut lies half way between two scores; equal scores are never parted; ties go to
 * the higher cut. */
#include "models/multi.h"

#include "base/sort.h"
#include "base/try.h"

#include <math.h>

typedef struct scored {
    double score;
    bool own;
} scored;

static int falling(const void *a, const void *b, void *ctx)
{
    double x = ((const scored *)a)->score, y = ((const scored *)b)->score;
    (void)ctx;
    return (x < y) - (x > y);
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
    scored *v = nfi_alloc(n, sizeof *v);

    if (!v)
        return nfi_oom(err, "thresholds");
    for (size_t i = 0; i < n; i++) {
        v[i] = (scored){score[i], own[i]};
        all += own[i];
    }
    nf_status s = nfi_sort(v, n, sizeof *v, falling, NULL, err);
    for (size_t i = 0; s == NF_OK && i < n; i++) {
        right += v[i].own;
        if (i + 1 < n && v[i + 1].score == v[i].score)
            continue;
        double f1 = 2.0 * (double)right / (double)(i + 1 + all);
        if (f1 > best.f1)
            best = (nfi_cut){i + 1 < n ? v[i].score + (v[i + 1].score - v[i].score) / 2 : v[i].score, f1};
    }
    if (s == NF_OK && n && best.f1 < least_f1)
        best.threshold = above(v[0].score);
    if (s == NF_OK)
        *out = best;
    nfi_free(v);
    return s;
}
