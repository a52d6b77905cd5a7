/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * platt.c - scores of one class to its probability, p = 1 / (1 + e^-(slope s + offset)), of greatest likelihood (Platt 1999) by Newton's
 * method with halved steps (Lin, Lin and Weng 2007). Documents of the class count (n + 1) / (n + 2) for it, the others 1 / (n + 2): both
 * numbers stay finite.
 *
 * The way is gone first on the means of a few hundred bins of scores; from where that ends three or four looks at all scores are enough.
 * A look is one exponential a score: logarithms of 1 + e are taken of products of many of them.
 */
#include "models/multi.h"

#include <math.h>

enum { STEPS = 60, HALVINGS = 30, BINS = 256, PRODUCT = 512 };
#define NEAR 1e-8 /* promised gain in nats from which on a whole step is right, and a comparison of losses might no more be */
#define DONE 1e-14

typedef struct data {
    const double *score, *weight; /* weight NULL: 1 */
    const bool *own;
    size_t n;
    double hi, lo; /* targets */
} data;

/* The loss at a point, its gradient downwards and its curvature. */
typedef struct place {
    double slope, offset, loss, ga, gb, haa, hab, hbb;
} place;

static void look(const data *d, double slope, double offset, place *out)
{
    place x = {.slope = slope, .offset = offset, .haa = 1e-9, .hbb = 1e-9};
    double product = 1.0;

    for (size_t i = 0; i < d->n; i++) {
        double s = d->score[i], t = d->own[i] ? d->hi : d->lo, m = d->weight ? d->weight[i] : 1.0;
        double v = slope * s + offset, e = nfi_exp(v < 0.0 ? v : -v), q = 1.0 / (1.0 + e), w = m * (e * q * q);
        double rest = m * (t - (v < 0.0 ? e * q : q));
        x.loss += m * ((v < 0.0 ? 0.0 : v) - t * v);
        x.ga += rest * s;
        x.gb += rest;
        x.haa += w * s * s;
        x.hab += w * s;
        x.hbb += w;
        if (d->weight) {
            x.loss += m * nfi_log(1.0 + e);
        } else {
            product *= 1.0 + e; /* at most 2 each */
            if (i % PRODUCT == PRODUCT - 1) {
                x.loss += nfi_log(product);
                product = 1.0;
            }
        }
    }
    x.loss += nfi_log(product);
    *out = x;
}

/* One step; false when nothing is gained any more. */
static bool step(const data *d, place *at)
{
    double det = at->haa * at->hbb - at->hab * at->hab, size = 1.0;

    if (!(det > 0.0))
        return false;
    double da = (at->hbb * at->ga - at->hab * at->gb) / det, db = (at->haa * at->gb - at->hab * at->ga) / det;
    double gain = at->ga * da + at->gb * db;
    if (!(gain >= NEAR)) {
        look(d, at->slope + da, at->offset + db, at);
        return gain > DONE;
    }
    for (int i = 0; i < HALVINGS; i++, size /= 2.0) {
        place then;
        look(d, at->slope + size * da, at->offset + size * db, &then);
        if (then.loss < at->loss) {
            *at = then;
            return true;
        }
    }
    return false;
}

/* Where the way ends for the means of bins of equal width, own scores and others apart. */
static void walk_bins(const data *d, double *slope, double *offset)
{
    double score[2 * BINS] = {0}, weight[2 * BINS] = {0}, least = d->score[0], most = least;
    bool own[2 * BINS];
    data few = {.score = score, .weight = weight, .own = own, .hi = d->hi, .lo = d->lo};
    place at;

    for (size_t i = 0; i < d->n; i++) {
        least = d->score[i] < least ? d->score[i] : least;
        most = d->score[i] > most ? d->score[i] : most;
    }
    double scale = most > least ? (BINS - 1) / (most - least) : 0.0;
    for (size_t i = 0; i < d->n; i++) {
        size_t bin = 2 * (size_t)((d->score[i] - least) * scale) + d->own[i];
        score[bin] += d->score[i];
        weight[bin] += 1.0;
    }
    for (size_t bin = 0; bin < 2 * BINS; bin++)
        if (weight[bin] > 0.0) {
            score[few.n] = score[bin] / weight[bin];
            own[few.n] = bin % 2;
            weight[few.n++] = weight[bin];
        }
    look(&few, *slope, *offset, &at);
    for (int i = 0; i < STEPS && step(&few, &at); i++)
        continue;
    if (isfinite(at.slope) && isfinite(at.offset)) {
        *slope = at.slope;
        *offset = at.offset;
    }
}

void nfi_platt(const double *score, const bool *own, size_t n, double *slope, double *offset)
{
    size_t with = 0;

    for (size_t i = 0; i < n; i++)
        with += own[i];
    data d = {score, NULL, own, n, ((double)with + 1.0) / ((double)with + 2.0), 1.0 / ((double)(n - with) + 2.0)};
    double share = n ? ((double)with * d.hi + (double)(n - with) * d.lo) / (double)n : 0.5;
    double level = nfi_log(share / (1.0 - share)), a = 0.0, b = level;
    place at = {0};
    if (with > 0 && with < n) {
        walk_bins(&d, &a, &b);
        look(&d, a, b, &at);
        for (int i = 0; i < STEPS && step(&d, &at); i++)
            continue;
    }
    bool fine = at.slope > 0.0 && isfinite(at.slope) && isfinite(at.offset); /* else the scores say nothing, or less */
    *slope = fine ? nfi_rounded(at.slope) : 0.0;
    *offset = nfi_rounded(fine ? at.offset : level);
}
