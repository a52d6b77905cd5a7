/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * platt.c - scores of one class to its probability, p = 1 / (1 + e^-(slope s + offset)), of greatest likelihood (Platt 1999) by Newton's
 * method with halved steps (Lin, Lin and Weng 2007). Documents of the class count (n + 1) / (n + 2) for it, the others 1 / (n + 2): both
 * numbers stay finite.
 */
#include "models/multi.h"

#include <math.h>

enum { STEPS = 60, HALVINGS = 30 };

typedef struct data {
    const double *score;
    const bool *own;
    size_t n;
    double hi, lo; /* targets */
} data;

static double loss(const data *d, double slope, double offset)
{
    double all = 0.0;

    for (size_t i = 0; i < d->n; i++) {
        double x = slope * d->score[i] + offset, t = d->own[i] ? d->hi : d->lo;
        all += x < 0.0 ? nfi_log(1.0 + nfi_exp(x)) - t * x : nfi_log(1.0 + nfi_exp(-x)) + (1.0 - t) * x;
    }
    return all;
}

/* One step; false when nothing is gained any more. */
static bool step(const data *d, double *slope, double *offset, double *now)
{
    double ga = 0.0, gb = 0.0, haa = 1e-9, hab = 0.0, hbb = 1e-9;

    for (size_t i = 0; i < d->n; i++) {
        double s = d->score[i], p = nfi_sigmoid(*slope * s + *offset), w = p * (1.0 - p), e = (d->own[i] ? d->hi : d->lo) - p;
        ga += e * s;
        gb += e;
        haa += w * s * s;
        hab += w * s;
        hbb += w;
    }
    double det = haa * hbb - hab * hab;
    if ((fabs(ga) < 1e-7 && fabs(gb) < 1e-7) || !(det > 0.0))
        return false;
    double da = (hbb * ga - hab * gb) / det, db = (haa * gb - hab * ga) / det, size = 1.0;
    for (int i = 0; i < HALVINGS; i++, size /= 2.0) {
        double then = loss(d, *slope + size * da, *offset + size * db);
        if (then < *now) {
            *slope += size * da;
            *offset += size * db;
            *now = then;
            return true;
        }
    }
    return false;
}

void nfi_platt(const double *score, const bool *own, size_t n, double *slope, double *offset)
{
    size_t with = 0;

    for (size_t i = 0; i < n; i++)
        with += own[i];
    data d = {score, own, n, ((double)with + 1.0) / ((double)with + 2.0), 1.0 / ((double)(n - with) + 2.0)};
    double share = n ? ((double)with * d.hi + (double)(n - with) * d.lo) / (double)n : 0.5;
    double level = nfi_log(share / (1.0 - share)), a = 0.0, b = level, now = loss(&d, a, b);
    for (int i = 0; with > 0 && with < n && i < STEPS && step(&d, &a, &b, &now); i++)
        continue;
    bool fine = a > 0.0 && isfinite(a) && isfinite(b); /* else the scores say nothing, or less */
    *slope = fine ? nfi_rounded(a) : 0.0;
    *offset = nfi_rounded(fine ? b : level);
}
