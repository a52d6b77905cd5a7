/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * loo.c - exact leave-one-out for naive Bayes with the vocabulary held fixed.
 *
 * Leaving document d (class y) out changes N by one, the document frequency of d's own terms by one, and the class sums of d's terms in y. So
 *
 *     idf'_t = ln(N / df_t) + 1                 for terms of d
 *     idf'_t = idf_t - e,  e = ln((1 + N) / N)   for all other terms: a constant
 *
 * and the class normalisers follow from two totals a class plus a correction over d's terms: the whole costs O(nonzeros * classes of a term). The
 * logarithms are taken in vectors.
 */
#include "models/nb.h"

#include "base/kern.h"
#include "base/par.h"
#include "base/try.h"

#include <string.h>

enum { BLOCK = 64, LADDER = 9, START = 5, AHEAD = 8 };

/* What a term needs, side by side: terms come in no order, and every array apart would be a cache miss of its own. */
typedef struct loo_term {
    uint64_t first : 40, n : 24; /* entries in g */
    double left;                 /* idf when a document with the term is left out */
    double others;               /* idf when a document without it is */
    double all;                  /* sum over classes */
    uint64_t cls;                /* first entry in nfi_terms.cls */
} loo_term;

typedef struct loo_pass {
    const nfi_classifier *k;
    const nfi_terms *t;
    const nfi_sample *sample;
    const nfi_weighting *w;
    const double *prior, *table;
    const struct loo_term *term; /* terms of the sample */
    const uint32_t *local;      /* entries of the sample: number of the term there */
    const double *g;            /* entries of these terms: sum of a class */
    const nfi_kern *kern;
    double shift;               /* idf of the other terms falls by this */
    size_t stride;              /* classes, padded to whole vectors */
    bool data_prior;
    const double *sums, *plain; /* class totals; complement totals for complement classifiers */
    const double *smoothing;
    size_t ns;
    uint64_t *correct, *tried; /* by block: ns values; one value */
} loo_pass;

/*
 * One document. The value whose logarithm enters a score is the same for all classes in which the term does not occur. Terms of many classes are
 * expanded to one value a class and go through a kernel; of terms of few classes only the exceptions are kept, next to the common value.
 */
typedef struct loo_doc {
    double *score; /* ns x stride: sums of x * ln(value) by smoothing and class */
    double *dense; /* stride values of one term */
    double *v, *log, *x; /* exceptions: a common value (class NO_CLASS), then those of its classes */
    uint16_t *cls;
    size_t n, capv, caplog, capcls, capx;
    double mass;               /* sum of x over terms */
    double base_shift, *shift; /* corrections of the class normalisers: for all, and by class */
} loo_doc;

enum { NO_CLASS = UINT16_MAX };

static nf_status reserve(loo_doc *d, size_t n, nf_err *err)
{
    NF_TRY(nfi_grow(&d->v, &d->capv, n, sizeof *d->v, err));
    NF_TRY(nfi_grow(&d->log, &d->caplog, n, sizeof *d->log, err));
    NF_TRY(nfi_grow(&d->cls, &d->capcls, n, sizeof *d->cls, err));
    return nfi_grow(&d->x, &d->capx, n, sizeof *d->x, err);
}

static inline void put(loo_doc *d, double v, unsigned cls, double x)
{
    d->v[d->n] = v;
    d->cls[d->n] = (uint16_t)cls;
    d->x[d->n++] = x;
}

/* The weight with which the document entered the sums. */
static inline double own_weight(const loo_pass *p, double f, double inv, uint32_t tf)
{
    if (p->w->l2)
        return (double)nfi_to_fixed(f * inv) / NFI_FIXED_ONE;
    return p->w->tf == NFI_TF_BINARY ? 1.0 : (double)tf;
}

/*
 * One term of row r. With g_k the sum of class k and g'_k the same without d, the values are left * g'_k, or left * (all - own - g'_k) for complement
 * classifiers; both are offset + scale * g'_k. The normaliser of class k changes by the new value less others * g_k (or others * (all - g_k)).
 */
static nf_status add_term(const loo_pass *p, size_t r, uint32_t term, uint32_t tf, loo_doc *d, nf_err *err)
{
    const loo_term *t = &p->term[term];
    const double *g = p->g + t->first;
    const uint16_t *cls = p->t->cls + t->cls;
    size_t n = t->n, nk = p->t->nclasses;
    int32_t y = p->sample->label[r];
    double f = nfi_tf_at(p->table, p->w->tf, tf);
    double x = f * p->sample->inv[r] * t->left, own = own_weight(p, f, p->sample->inv[r], tf), sign = p->k->complement ? -1.0 : 1.0;
    double scale = sign * t->left, offset = p->k->complement ? t->left * (t->all - own) : 0.0, change = sign * (t->left - t->others);

    d->mass += x;
    d->base_shift += p->k->complement ? offset - t->others * t->all : 0.0;
    d->shift[y] -= scale * own;
    if (n * 4 < nk) {
        NF_TRY(reserve(d, d->n + n + 1, err));
        put(d, offset, NO_CLASS, x);
        for (size_t i = 0; i < n; i++) {
            d->shift[cls[i]] += change * g[i];
            put(d, offset + scale * (cls[i] == y ? g[i] - own : g[i]), cls[i], x);
        }
        return NF_OK;
    }
    if (n == nk) {
        memcpy(d->dense, g, nk * sizeof *g);
    } else {
        memset(d->dense, 0, nk * sizeof *g);
        for (size_t i = 0; i < n; i++)
            d->dense[cls[i]] = g[i];
    }
    for (size_t k = 0; k < nk; k++)
        d->shift[k] += change * d->dense[k];
    d->dense[y] -= own;
    for (size_t i = 0; i < p->ns; i++)
        p->kern->log_axpy_f64(d->score + i * p->stride, x, d->dense, scale, offset + p->smoothing[i], p->stride);
    return NF_OK;
}

/* Is row r given its own class at smoothing number i? */
static bool is_right(const loo_pass *p, size_t r, size_t i, loo_doc *d)
{
    const nfi_terms *t = p->t;
    double a = p->smoothing[i], sign = p->k->complement ? -1.0 : 1.0, base = 0.0, log_absent = 0.0, top = 0.0;
    double *score = d->score + i * p->stride;
    int32_t y = p->sample->label[r], best = -1;

    for (size_t e = 0; e < d->n; e++)
        d->log[e] = d->v[e] + a;
    p->kern->log_f64(d->log, d->log, d->n);
    for (size_t e = 0; e < d->n; e++) {
        if (d->cls[e] == NO_CLASS) {
            log_absent = d->log[e];
            base += d->x[e] * log_absent;
        } else {
            score[d->cls[e]] += d->x[e] * (d->log[e] - log_absent);
        }
    }
    for (size_t k = 0; k < t->nclasses; k++) {
        double z = a * (double)t->n + (p->sums[k] - (p->w->idf ? p->shift * p->plain[k] : 0.0)) + d->base_shift + d->shift[k];
        if (t->class_docs[k] == 0)
            continue;
        double prior = p->data_prior ? nfi_log((double)(t->class_docs[k] - ((int32_t)k == y))) : p->prior[k];
        double s = prior + sign * (score[k] + base - d->mass * nfi_log(z));
        if (best < 0 || s > top) {
            best = (int32_t)k;
            top = s;
        }
    }
    return best == y;
}

static nf_status loo_block(void *ctx, size_t block, int worker, nf_err *err)
{
    loo_pass *p = ctx;
    size_t end = (block + 1) * BLOCK < p->sample->n ? (block + 1) * BLOCK : p->sample->n;
    loo_doc d = {0};
    nf_status s = NF_OK;

    (void)worker;
    d.shift = nfi_alloc(p->t->nclasses, sizeof *d.shift);
    d.score = nfi_alloc_aligned(p->ns * p->stride, sizeof *d.score);
    d.dense = nfi_alloc_aligned(p->stride, sizeof *d.dense); /* the padding stays 0 */
    if (!d.shift || !d.score || !d.dense) {
        s = nfi_oom(err, "leave-one-out");
        goto out;
    }
    for (size_t r = block * BLOCK; r < end; r++) {
        int32_t y = p->sample->label[r];
        if (p->t->class_docs[y] < 2 || p->sample->ptr[r] == p->sample->ptr[r + 1])
            continue; /* without it the class, or anything to score, is gone */
        d.n = 0;
        d.mass = d.base_shift = 0.0;
        memset(d.shift, 0, p->t->nclasses * sizeof *d.shift);
        memset(d.score, 0, p->ns * p->stride * sizeof *d.score);
        for (uint64_t e = p->sample->ptr[r], last = p->sample->ptr[r + 1]; e < last; e++) {
            if (e + 2 * AHEAD < last)
                __builtin_prefetch(&p->term[p->local[e + 2 * AHEAD]]);
            if (e + AHEAD < last) {
                const loo_term *next = &p->term[p->local[e + AHEAD]];
                __builtin_prefetch(&p->t->cls[next->cls]);
                for (size_t i = 0; i < next->n && i < 64; i += 8)
                    __builtin_prefetch(&p->g[next->first + i]);
            }
            NF_GO(add_term(p, r, p->local[e], p->sample->tf[e], &d, err));
        }
        p->tried[block]++;
        for (size_t i = 0; i < p->ns; i++)
            p->correct[block * p->ns + i] += is_right(p, r, i, &d);
    }
out:
    nfi_free(d.v);
    nfi_free(d.log);
    nfi_free(d.cls);
    nfi_free(d.x);
    nfi_free(d.shift);
    nfi_free(d.score);
    nfi_free(d.dense);
    return s;
}

/* What all smoothing values share. Only terms of the sample are spelled out: there may be many times more. */
typedef struct loo_setup {
    loo_pass p;
    double table[NFI_TF_TABLE], *total, *g;
    loo_term *term;
    uint32_t *local; /* entries of the sample: number among the terms of the sample */
} loo_setup;

static void clear_setup(loo_setup *x)
{
    nfi_free(x->total);
    nfi_free(x->g);
    nfi_free(x->term);
    nfi_free(x->local);
    *x = (loo_setup){0};
}

/* number[t] = place among the terms of the sample, in term order, NFI_NONE for others. *entries and *n: how many there are. */
static uint32_t *number_terms(const nfi_terms *t, const nfi_sample *sample, size_t *n, uint64_t *entries)
{
    uint64_t rows = sample->n ? sample->ptr[sample->n] : 0;
    uint32_t *number = nfi_alloc(t->n, sizeof *number);

    if (!number)
        return NULL;
    memset(number, 0xff, t->n * sizeof *number);
    for (uint64_t e = 0; e < rows; e++)
        number[sample->term[e]] = 0;
    *n = 0;
    *entries = 0;
    for (size_t i = 0; i < t->n; i++) {
        if (number[i] == NFI_NONE)
            continue;
        number[i] = (uint32_t)(*n)++;
        *entries += t->ptr[i + 1] - t->ptr[i];
    }
    return number;
}

static nf_status make_setup(loo_setup *x, const nfi_classifier *k, const nfi_terms *t, const nfi_sample *sample, const nfi_weighting *w, const double *prior,
                            bool data_prior, nf_err *err)
{
    size_t nk = t->nclasses, n = 0;
    uint64_t entries = 0, at = 0, rows = sample->n ? sample->ptr[sample->n] : 0;
    double ndocs = (double)t->ndocs, shift = nfi_log((1.0 + ndocs) / ndocs);
    uint32_t *number = number_terms(t, sample, &n, &entries);
    nf_status s = NF_OK;

    *x = (loo_setup){0};
    x->total = nfi_calloc(2 * nk, sizeof *x->total);
    x->g = nfi_alloc((size_t)entries, sizeof *x->g);
    x->term = nfi_alloc(n, sizeof *x->term);
    x->local = nfi_alloc((size_t)rows, sizeof *x->local);
    if (!number || !x->total || !x->g || !x->term || !x->local) {
        s = nfi_oom(err, "leave-one-out");
        goto out;
    }
    nfi_tf_table(w->tf, x->table);
    for (size_t i = 0; i < t->n; i++) {
        int64_t all = 0;
        double idf = w->idf ? nfi_idf(t->ndocs, t->df[i]) : 1.0;
        uint64_t first = at;
        for (uint64_t e = t->ptr[i]; e < t->ptr[i + 1]; e++) {
            double v = (double)t->val[e] / NFI_FIXED_ONE;
            x->total[t->cls[e]] += idf * v;
            x->total[nk + t->cls[e]] += v;
            all += t->val[e];
            if (number[i] != NFI_NONE)
                x->g[at++] = v;
        }
        if (number[i] != NFI_NONE)
            x->term[number[i]] = (loo_term){first, at - first, w->idf ? nfi_idf(t->ndocs - 1, t->df[i] - 1) : 1.0, w->idf ? idf - shift : 1.0,
                                            (double)all / NFI_FIXED_ONE, t->ptr[i]};
    }
    for (uint64_t e = 0; e < rows; e++)
        x->local[e] = number[sample->term[e]];
    if (k->complement) {
        double sums = 0.0, plain = 0.0;
        for (size_t c = 0; c < nk; c++) {
            sums += x->total[c];
            plain += x->total[nk + c];
        }
        for (size_t c = 0; c < nk; c++) {
            x->total[c] = sums - x->total[c];
            x->total[nk + c] = plain - x->total[nk + c];
        }
    }
    x->p = (loo_pass){.k = k, .t = t, .sample = sample, .w = w, .prior = prior, .table = x->table, .term = x->term, .local = x->local, .g = x->g,
                      .kern = nfi_kern_get(), .shift = shift, .stride = (nk + 7) / 8 * 8, .data_prior = data_prior, .sums = x->total, .plain = x->total + nk};
out:
    nfi_free(number);
    if (s != NF_OK)
        clear_setup(x);
    return s;
}

static nf_status run_setup(loo_setup *x, const double *smoothing, size_t n, int threads, uint64_t *correct, uint64_t *tried, nf_err *err)
{
    size_t blocks = (x->p.sample->n + BLOCK - 1) / BLOCK;
    uint64_t *count = nfi_calloc(blocks * (n + 1), sizeof *count);

    if (!count)
        return nfi_oom(err, "leave-one-out");
    x->p.smoothing = smoothing;
    x->p.ns = n;
    x->p.correct = count;
    x->p.tried = count + blocks * n;
    nf_status s = nfi_par_chunks(blocks, nfi_par_threads(threads), loo_block, &x->p, err);
    *tried = 0;
    memset(correct, 0, n * sizeof *correct);
    for (size_t b = 0; s == NF_OK && b < blocks; b++) {
        *tried += x->p.tried[b];
        for (size_t i = 0; i < n; i++)
            correct[i] += x->p.correct[b * n + i];
    }
    nfi_free(count);
    return s;
}

nf_status nfi_nb_leave_one_out(const nfi_classifier *k, const nfi_terms *t, const nfi_sample *sample, const nfi_weighting *w, const double *prior, bool data_prior,
                               const double *smoothing, size_t nsmoothing, int threads, uint64_t *correct, uint64_t *tried, nf_err *err)
{
    loo_setup x;

    NF_TRY(make_setup(&x, k, t, sample, w, prior, data_prior, err));
    nf_status s = run_setup(&x, smoothing, nsmoothing, threads, correct, tried, err);
    clear_setup(&x);
    return s;
}

nf_status nfi_nb_tune(const nfi_classifier *k, const nfi_terms *t, const nfi_sample *sample, const nfi_weighting *w, const double *prior, bool data_prior, int threads,
                      double *smoothing, double *accuracy, uint64_t *tried, nf_err *err)
{
    static const double ladder[LADDER] = {0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0};
    uint64_t correct[LADDER] = {0}, n = 0;
    size_t lo = START, hi = START + 2, best;
    loo_setup x;
    nf_status s;

    NF_TRY(make_setup(&x, k, t, sample, w, prior, data_prior, err));
    s = run_setup(&x, ladder + lo, hi - lo, threads, correct + lo, &n, err);
    for (;;) {
        best = hi - 1;
        for (size_t i = hi - 1; i-- > lo;)
            if (correct[i] > correct[best])
                best = i;
        size_t try = best == lo && lo > 0 ? lo - 1 : best == hi - 1 && hi < LADDER ? hi : LADDER;
        if (try == LADDER || s != NF_OK)
            break;
        s = run_setup(&x, ladder + try, 1, threads, correct + try, &n, err);
        lo = try < lo ? try : lo;
        hi = try >= hi ? try + 1 : hi;
    }
    clear_setup(&x);
    NF_TRY(s);
    *smoothing = ladder[best];
    *tried = n;
    *accuracy = n ? (double)correct[best] / (double)n : -1.0;
    return NF_OK;
}
