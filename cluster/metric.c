/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * metric.c - the metrics of k-means.
 *
 * spherical (Dhillon, Modha 2001): maximise the sum of cosines; c = S/|S|, a cluster adds sum x.c = |S|.
 * euclidean (Lloyd 1982): minimise the sum of |x - c|^2 = sum |x|^2 - |S|^2/n; c = S/n, and |x - c|^2 = |x|^2 - 2 (x.c - |c|^2/2).
 * Sums are multiples of 2^-32: values below that do not reach a center.
 */
#include "cluster/metric.h"

#include <math.h>

static nfi_place spherical_place(double sq, uint64_t size)
{
    (void)size;
    return (nfi_place){.scale = sq > 0.0 ? 1.0 / sqrt(sq) : 0.0};
}

static double spherical_merit(double sq, uint64_t size)
{
    (void)size;
    return sqrt(sq);
}

/* |S + x| - |S| with u = |S| + score: sqrt(u^2 + |x|^2 - score^2) - u <= |x|^2 / 2u, and alike for |S - x|. */
static double spherical_boost(double sq, uint64_t size, double top)
{
    double u = sqrt(sq) - top;
    (void)size;
    return u > 0.0 ? top * top / (2.0 * u) : INFINITY;
}

static double spherical_similarity(double dot, double xx, double cc)
{
    (void)xx, (void)cc;
    return dot > 1.0 ? 1.0 : dot < -1.0 ? -1.0 : dot; /* rows and centers are rounded to float: the length is 1 +- 1e-7 */
}

static double spherical_share(double similarity)
{
    return similarity;
}

static nfi_place euclidean_place(double sq, uint64_t size)
{
    double n = (double)size;
    return size ? (nfi_place){1.0 / n, sq / n / n * 0.5} : (nfi_place){0.0, 0.0};
}

static double euclidean_merit(double sq, uint64_t size)
{
    return size ? sq / (double)size : 0.0;
}

/* Half the change of inertia: n/(n+1) |x-c|^2 / 2 = |x|^2/2 - score - |x-c|^2 / 2(n+1), n/(n-1) alike; no distance exceeds 2 top. */
static double euclidean_boost(double sq, uint64_t size, double top)
{
    (void)sq;
    return size > 1 ? 2.0 * top * top / ((double)size - 1.0) : INFINITY;
}

static double euclidean_similarity(double dot, double xx, double cc)
{
    double sq = xx - 2.0 * dot + cc;
    return sq > 0.0 ? -sqrt(sq) : 0.0;
}

static double euclidean_share(double similarity)
{
    return similarity * similarity;
}

static const nfi_metric spherical = {
    "spherical", "cosine; centers have unit length", true,
    spherical_place, spherical_merit, spherical_boost, spherical_similarity, spherical_share};
static const nfi_metric euclidean = {
    "euclidean", "squared distance; centers are means", false,
    euclidean_place, euclidean_merit, euclidean_boost, euclidean_similarity, euclidean_share};

const nfi_metric *const nfi_metrics[] = {&spherical, &euclidean, NULL};
