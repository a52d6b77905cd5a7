/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seed.c - k-means++ (Arthur, Vassilvitskii 2007) in its greedy form, and random rows.
 *
 * A seed is a sparse row, so its products with all rows come from the lists of rows that hold its terms: two orders of magnitude fewer
 * operations than a pass over all rows, and the same bits, since a row's products still add up in term order. Distances are squared
 * Euclidean; for rows of unit length that is twice the cosine distance, hence one seeding serves both metrics.
 */
#include "cluster/seed.h"

#include "base/mem.h"
#include "base/num.h"
#include "base/try.h"

#include <math.h>
#include <string.h>

/* dots[i] = x_i . x_row, float32, term after term. */
static void dots_with(const nfi_points *p, size_t row, float *dots)
{
    const nf_csr *x = &p->x, *t = &p->t;

    memset(dots, 0, x->rows * sizeof *dots);
    for (int64_t e = x->ptr[row]; e < x->ptr[row + 1]; e++) {
        const float v = x->val[e];
        const int64_t end = t->ptr[x->idx[e] + 1];
        for (int64_t f = t->ptr[x->idx[e]]; f < end; f++)
            dots[t->idx[f]] += v * t->val[f];
    }
}

static inline double gap_of(const nfi_points *p, size_t i, double sq, float dot)
{
    double gap = p->sq[i] + sq - 2.0 * dot;
    return gap > 0.0 ? gap : 0.0;
}

/* What the gaps would add up to with one more seed; four lanes, so that additions need not wait for each other. */
static double potential_with(const nfi_seeder *s, size_t row, const float *dots)
{
    const nfi_points *p = s->p;
    const double sq = p->sq[row];
    double lane[4] = {0};
    size_t n = p->x.rows;

    for (size_t i = 0; i < n; i++) {
        double gap = gap_of(p, i, sq, dots[i]);
        lane[i & 3] += gap < s->gap[i] ? gap : s->gap[i];
    }
    return (lane[0] + lane[1]) + (lane[2] + lane[3]);
}

/* Makes row the seed number c, given its products with all rows. */
static void take(nfi_seeder *s, size_t c, size_t row, const float *dots)
{
    const nfi_points *p = s->p;
    const int32_t kind = p->same[row];
    const double sq = p->sq[row];

    s->seeds[c] = (int32_t)row;
    s->taken[kind] = true;
    for (size_t b = 0; b < nfi_blocks(p->x.rows); b++) {
        size_t end = (b + 1) * NFI_BLOCK < p->x.rows ? (b + 1) * NFI_BLOCK : p->x.rows;
        double sum = 0.0;
        for (size_t i = b * NFI_BLOCK; i < end; i++) {
            double gap = p->same[i] == kind ? -1.0 : gap_of(p, i, sq, dots[i]); /* exactly equal: rounding must not keep it in the draw */
            if (gap < s->gap[i]) {
                s->gap[i] = gap < 0.0 ? 0.0 : gap;
                s->near[i] = (int32_t)c;
            }
            sum += s->gap[i];
        }
        s->block[b] = sum;
    }
}

/* A row drawn with probability proportional to its gap; never one that equals a seed. */
static size_t draw(const nfi_seeder *s, double total, nfi_rng *rng)
{
    const nfi_points *p = s->p;
    size_t n = p->x.rows, last = n;
    double at = nfi_rng_unit(rng) * total;

    for (size_t b = 0; b < nfi_blocks(n); b++) {
        size_t end = (b + 1) * NFI_BLOCK < n ? (b + 1) * NFI_BLOCK : n;
        if (at >= s->block[b] && end < n) {
            at -= s->block[b];
            continue;
        }
        for (size_t i = b * NFI_BLOCK; i < end; i++) {
            if (s->gap[i] <= 0.0)
                continue;
            last = i;
            if (at < s->gap[i])
                return i;
            at -= s->gap[i];
        }
    }
    if (last < n)
        return last; /* rounding went past the end */
    for (size_t i = n; i-- > 0;) /* the last blocks held no gap */
        if (s->gap[i] > 0.0)
            return i;
    for (size_t i = 0; i < n; i++) /* what is left is as near as rounding can tell, but not equal */
        if (!s->taken[p->same[i]])
            return i;
    return 0;
}

static void pick_plus_plus(nfi_seeder *s, nfi_rng *rng)
{
    size_t n = s->p->x.rows, blocks = nfi_blocks(n);
    size_t first = (size_t)nfi_rng_below(rng, n);

    dots_with(s->p, first, s->dots);
    take(s, 0, first, s->dots);
    for (size_t c = 1; c < s->k; c++) {
        double total = 0.0, least = INFINITY;
        size_t best = 0;
        int best_at = 0;
        for (size_t b = 0; b < blocks; b++)
            total += s->block[b];
        for (int j = 0; j < s->candidates; j++) {
            float *dots = s->dots + (size_t)j * n;
            size_t row = draw(s, total, rng);
            dots_with(s->p, row, dots);
            double potential = potential_with(s, row, dots);
            if (potential < least) {
                least = potential;
                best = row;
                best_at = j;
            }
        }
        take(s, c, best, s->dots + (size_t)best_at * n);
    }
}

/* k different rows, each choice of rows as likely as any other: a shuffle that stops when enough different ones came up. */
static void pick_random(nfi_seeder *s, nfi_rng *rng)
{
    size_t n = s->p->x.rows;

    for (size_t i = 0; i < n; i++)
        s->order[i] = (int32_t)i;
    for (size_t i = 0, c = 0; i < n && c < s->k; i++) {
        size_t j = i + (size_t)nfi_rng_below(rng, n - i);
        int32_t row = s->order[j];
        s->order[j] = s->order[i];
        if (s->taken[s->p->same[row]])
            continue;
        dots_with(s->p, (size_t)row, s->dots);
        take(s, c++, (size_t)row, s->dots);
    }
}

static const nfi_seeding plus_plus = {"k-means++", "greedy k-means++: far from the seeds so far, best of 2 + floor(ln k) candidates",
                                      pick_plus_plus};
static const nfi_seeding at_random = {"random", "k different rows, all equally likely", pick_random};

const nfi_seeding *const nfi_seedings[] = {&plus_plus, &at_random, NULL};

nf_status nfi_seeder_make(nfi_seeder *out, const nfi_points *p, size_t k, nf_err *err)
{
    size_t n = p->x.rows, all = 0;
    nfi_seeder s = {.p = p, .k = k, .candidates = 2 + (int)nfi_log((double)k)};

    s.gap = nfi_alloc(n, sizeof *s.gap);
    s.block = nfi_alloc(nfi_blocks(n), sizeof *s.block);
    s.dots = nfi_mul(n, (size_t)s.candidates, &all) ? nfi_alloc(all, sizeof *s.dots) : NULL;
    s.order = nfi_alloc(n, sizeof *s.order);
    s.near = nfi_alloc(n, sizeof *s.near);
    s.seeds = nfi_alloc(k, sizeof *s.seeds);
    s.taken = nfi_alloc(n, sizeof *s.taken);
    if (!s.gap || !s.block || !s.dots || !s.order || !s.near || !s.seeds || !s.taken) {
        nfi_seeder_clear(&s);
        return nfi_oom(err, "seeding");
    }
    *out = s;
    return NF_OK;
}

void nfi_seeder_clear(nfi_seeder *s)
{
    nfi_free(s->gap);
    nfi_free(s->block);
    nfi_free(s->dots);
    nfi_free(s->order);
    nfi_free(s->near);
    nfi_free(s->seeds);
    nfi_free(s->taken);
    *s = (nfi_seeder){0};
}

void nfi_seed(nfi_seeder *s, const nfi_seeding *how, uint64_t seed, uint64_t restart)
{
    size_t n = s->p->x.rows;
    nfi_rng rng = nfi_rng_stream(seed, NFI_RNG_SEEDING, restart);

    for (size_t i = 0; i < n; i++)
        s->gap[i] = INFINITY;
    memset(s->taken, 0, n * sizeof *s->taken);
    how->pick(s, &rng);
    for (size_t c = 0; c < s->k; c++) /* a seed nearer to an earlier one than rounding can tell still opens its cluster */
        s->near[s->seeds[c]] = (int32_t)c;
}
