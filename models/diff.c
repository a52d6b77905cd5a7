/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * diff.c - two models term by term. Terms of both stand in the order of their bytes, so one walk joins them; the sum of a term's weights
 * over all classes is taken once, since the weight of a class is told against the mean of the others.
 */
#include "newsframe/explain.h"

#include "base/mem.h"
#include "base/sort.h"
#include "base/try.h"
#include "features/stats.h"
#include "models/model.h"

typedef struct joined {
    size_t a, b; /* NF_NO_TERM: not there */
} joined;

struct nf_model_diff {
    const nf_model *m[2];
    double *sum[2]; /* by term: weights of all classes, z aside */
    double z[2];    /* sums of z */
    joined *term;   /* n */
    size_t n, both;
    nf_term_change *change;
};

/* Weights of term t over all classes, z aside. */
static double sum_of(const nf_model *m, size_t t)
{
    double sum = (double)m->base[t] * (double)(m->nclasses - (size_t)(m->ptr[t + 1] - m->ptr[t]));

    for (uint64_t e = m->ptr[t]; e < m->ptr[t + 1]; e++)
        sum += (double)m->w[e];
    return sum;
}

static double weight_of(const nf_model_diff *d, int which, size_t t, size_t k)
{
    const nf_model *m = d->m[which];

    if (t == NF_NO_TERM)
        return 0.0;
    uint64_t e = nfi_model_entry(m, t, k);
    double mine = (double)(e == UINT64_MAX ? m->base[t] : m->w[e]) + m->z[k];
    return (double)m->idf[t] * (mine - (d->sum[which][t] + d->z[which] - mine) / (double)(m->nclasses - 1));
}

static void join(nf_model_diff *d)
{
    const nf_model *a = d->m[0], *b = d->m[1];
    char x[NFI_MAX_TERM + 1], y[NFI_MAX_TERM + 1];
    size_t i = 0, k = 0, nx = 0, ny = 0;

    if (a->n)
        nx = nf_model_term(a, 0, x, sizeof x);
    if (b->n)
        ny = nf_model_term(b, 0, y, sizeof y);
    while (i < a->n || k < b->n) {
        int c = i == a->n ? 1 : k == b->n ? -1 : nfi_str_cmp((nf_str){x, nx}, (nf_str){y, ny});
        d->term[d->n++] = (joined){c <= 0 ? i : NF_NO_TERM, c >= 0 ? k : NF_NO_TERM};
        d->both += c == 0;
        if (c <= 0 && ++i < a->n)
            nx = nf_model_term(a, i, x, sizeof x);
        if (c >= 0 && ++k < b->n)
            ny = nf_model_term(b, k, y, sizeof y);
    }
}

nf_status nf_model_diff_new(nf_model_diff **out, const nf_model *a, const nf_model *b, nf_err *err)
{
    nf_status s = NF_OK;
    nf_model_diff *d = nfi_calloc(1, sizeof *d);

    if (!d)
        return nfi_oom(err, "comparing models");
    d->m[0] = a;
    d->m[1] = b;
    d->term = nfi_alloc(a->n + b->n, sizeof *d->term);
    d->change = nfi_alloc(a->n + b->n, sizeof *d->change);
    d->sum[0] = nfi_alloc(a->n, sizeof **d->sum);
    d->sum[1] = nfi_alloc(b->n, sizeof **d->sum);
    if (!d->term || !d->change || !d->sum[0] || !d->sum[1]) {
        s = nfi_oom(err, "comparing models");
        goto out;
    }
    for (int i = 0; i < 2; i++) {
        for (size_t k = 0; k < d->m[i]->nclasses; k++)
            d->z[i] += d->m[i]->z[k];
        for (size_t t = 0; t < d->m[i]->n; t++)
            d->sum[i][t] = sum_of(d->m[i], t);
    }
    join(d);
    *out = d;
    d = NULL;
out:
    nf_model_diff_free(d);
    return s;
}

void nf_model_diff_free(nf_model_diff *d)
{
    if (!d)
        return;
    nfi_free(d->term);
    nfi_free(d->change);
    nfi_free(d->sum[0]);
    nfi_free(d->sum[1]);
    nfi_free(d);
}

void nf_model_diff_terms(const nf_model_diff *d, size_t *both, size_t *only_a, size_t *only_b)
{
    *both = d->both;
    *only_a = d->m[0]->n - d->both;
    *only_b = d->m[1]->n - d->both;
}

/* By falling difference; sorting is stable, and terms stand in order. */
static int by_change(const void *x, const void *y, void *ctx)
{
    const nf_term_change *a = x, *b = y;
    double p = a->weight_b - a->weight_a, q = b->weight_b - b->weight_a;

    (void)ctx;
    p = p < 0 ? -p : p;
    q = q < 0 ? -q : q;
    return p < q ? 1 : p > q ? -1 : 0;
}

nf_status nf_model_diff_class(nf_model_diff *d, size_t ka, size_t kb, size_t most, const nf_term_change **change, size_t *n, size_t *moved,
                              nf_err *err)
{
    size_t m = 0;

    if (ka >= d->m[0]->nclasses || kb >= d->m[1]->nclasses)
        return NF_FAIL(err, NF_EINVAL, "no class %zu, or no class %zu", ka, kb);
    for (size_t i = 0; i < d->n; i++) {
        nf_term_change c = {d->term[i].a, d->term[i].b, weight_of(d, 0, d->term[i].a, ka), weight_of(d, 1, d->term[i].b, kb)};
        if (c.weight_a != c.weight_b)
            d->change[m++] = c;
    }
    NF_TRY(nfi_sort(d->change, m, sizeof *d->change, by_change, NULL, err));
    *change = d->change;
    *moved = m;
    *n = m < most ? m : most;
    return NF_OK;
}
