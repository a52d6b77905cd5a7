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
 * logarithms of a document are taken in one vector call a smoothing value.
 */
#include "models/nb.h"

#include "base/kern.h"
#include "base/par.h"
#include "base/try.h"

#include <string.h>

enum { BLOCK = 64, LADDER = 9, START = 4 };

typedef struct loo_pass {
    const nfi_classifier *k;
    const nfi_terms *t;
    const nfi_sample *sample;
    const nfi_weighting *w;
    const double *prior, *idf, *table;
    bool data_prior;
    const double *sums, *plain; /* class totals; complement totals for complement classifiers */
    const int64_t *all;         /* sum of val over classes, by term */
    const double *smoothing;
    size_t ns;
    uint64_t *correct, *tried; /* by block: ns values; one value */
} loo_pass;

/* One document: the values whose logarithms make the scores, term by term: first the value of absent classes, then of the entries. */
typedef struct doc_terms {
    double *v, *log;
    uint16_t *cls; /* class of v[i]; the base of a term has NO_CLASS */
    double *x;     /* weight of the term of v[i] in the document */
    size_t n, capv, caplog, capcls, capx;
    double mass;   /* sum of x over terms */
    double base_shift, *shift; /* corrections of the class normalisers: for all, and by class */
} doc_terms;

enum { NO_CLASS = UINT16_MAX };

static nf_status reserve(doc_terms *d, size_t n, nf_err *err)
{
    NF_TRY(nfi_grow(&d->v, &d->capv, n, sizeof *d->v, err));
    NF_TRY(nfi_grow(&d->log, &d->caplog, n, sizeof *d->log, err));
    NF_TRY(nfi_grow(&d->cls, &d->capcls, n, sizeof *d->cls, err));
    return nfi_grow(&d->x, &d->capx, n, sizeof *d->x, err);
}

static inline void put(doc_terms *d, double v, unsigned cls, double x)
{
    d->v[d->n] = v;
    d->cls[d->n] = (uint16_t)cls;
    d->x[d->n++] = x;
}

static inline int64_t own_weight(const loo_pass *p, double f, double inv, uint32_t tf)
{
    if (p->w->l2)
        return nfi_to_fixed(f * inv);
    return p->w->tf == NFI_TF_BINARY ? (int64_t)1 << 32 : (int64_t)tf << 32;
}

/* Everything about row r of the sample except the smoothing. */
static nf_status expand(const loo_pass *p, size_t r, doc_terms *d, nf_err *err)
{
    const nfi_terms *t = p->t;
    const double unit = 1.0 / NFI_FIXED_ONE;
    double ndocs = (double)t->ndocs, shift = nfi_log((1.0 + ndocs) / ndocs);
    int32_t y = p->sample->label[r];
    bool comp = p->k->complement;

    d->n = 0;
    d->mass = d->base_shift = 0.0;
    memset(d->shift, 0, t->nclasses * sizeof *d->shift);
    for (uint64_t e = p->sample->ptr[r]; e < p->sample->ptr[r + 1]; e++) {
        uint32_t term = p->sample->term[e], tf = p->sample->tf[e];
        double f = nfi_tf_at(p->table, p->w->tf, tf), idf = p->w->idf ? p->idf[term] : 1.0;
        double left = p->w->idf ? nfi_idf(t->ndocs - 1, t->df[term] - 1) : 1.0, others = p->w->idf ? idf - shift : 1.0;
        double x = f * p->sample->inv[r] * left;
        int64_t own = own_weight(p, f, p->sample->inv[r], tf), all = p->all[term];
        uint64_t a = t->ptr[term], b = t->ptr[term + 1];

        NF_TRY(reserve(d, d->n + (b - a) + 1, err));
        double absent = comp ? left * ((double)(all - own) * unit) : 0.0;
        double absent_shift = comp ? absent - others * ((double)all * unit) : 0.0;
        put(d, absent, NO_CLASS, x);
        d->base_shift += absent_shift;
        for (uint64_t i = a; i < b; i++) {
            bool mine = t->cls[i] == y;
            int64_t before = comp ? all - t->val[i] : t->val[i]; /* with d in */
            int64_t after = before - (mine != comp ? own : 0);   /* d leaves its own class, or the complement of every other class */
            double v = left * ((double)after * unit);
            put(d, v, t->cls[i], x);
            d->shift[t->cls[i]] += v - others * ((double)before * unit) - absent_shift;
        }
        d->mass += x;
    }
    return NF_OK;
}

static bool is_right(const loo_pass *p, const doc_terms *d, int32_t y, double a, double *score)
{
    const nfi_terms *t = p->t;
    double ndocs = (double)t->ndocs, shift = p->w->idf ? nfi_log((1.0 + ndocs) / ndocs) : 0.0, sign = p->k->complement ? -1.0 : 1.0, base = 0.0;
    double log_absent = 0.0;

    for (size_t i = 0; i < d->n; i++)
        d->log[i] = d->v[i] + a;
    nfi_kern_get()->log_f64(d->log, d->log, d->n);
    memset(score, 0, t->nclasses * sizeof *score);
    for (size_t i = 0; i < d->n; i++) {
        if (d->cls[i] == NO_CLASS) {
            log_absent = d->log[i];
            base += d->x[i] * log_absent;
        } else {
            score[d->cls[i]] += d->x[i] * (d->log[i] - log_absent);
        }
    }
    int32_t best = -1;
    for (size_t k = 0; k < t->nclasses; k++) {
        double z = a * (double)t->n + (p->sums[k] - shift * p->plain[k]) + d->base_shift + d->shift[k];
        double prior = p->data_prior ? nfi_log((double)(t->class_docs[k] - ((int32_t)k == y))) : p->prior[k];
        if (t->class_docs[k] == 0)
            continue;
        score[k] = prior + sign * (score[k] + base - d->mass * nfi_log(z));
        if (best < 0 || score[k] > score[best])
            best = (int32_t)k;
    }
    return best == y;
}

static nf_status loo_block(void *ctx, size_t block, int worker, nf_err *err)
{
    loo_pass *p = ctx;
    size_t end = (block + 1) * BLOCK < p->sample->n ? (block + 1) * BLOCK : p->sample->n;
    doc_terms d = {0};
    nf_status s = NF_OK;

    (void)worker;
    double *score = nfi_alloc(p->t->nclasses, sizeof *score);
    d.shift = nfi_alloc(p->t->nclasses, sizeof *d.shift);
    if (!score || !d.shift) {
        s = nfi_oom(err, "leave-one-out");
        goto out;
    }
    for (size_t r = block * BLOCK; r < end; r++) {
        int32_t y = p->sample->label[r];
        if (p->t->class_docs[y] < 2 || p->sample->ptr[r] == p->sample->ptr[r + 1])
            continue; /* without it the class, or anything to score, is gone */
        NF_GO(expand(p, r, &d, err));
        p->tried[block]++;
        for (size_t i = 0; i < p->ns; i++)
            p->correct[block * p->ns + i] += is_right(p, &d, y, p->smoothing[i], score);
    }
out:
    nfi_free(d.v);
    nfi_free(d.log);
    nfi_free(d.cls);
    nfi_free(d.x);
    nfi_free(d.shift);
    nfi_free(score);
    return s;
}

nf_status nfi_nb_leave_one_out(const nfi_classifier *k, const nfi_terms *t, const nfi_sample *sample, const nfi_weighting *w, const double *prior, bool data_prior,
                               const double *smoothing, size_t nsmoothing, int threads, uint64_t *correct, uint64_t *tried, nf_err *err)
{
    size_t blocks = (sample->n + BLOCK - 1) / BLOCK, nk = t->nclasses;
    double table[NFI_TF_TABLE];
    nf_status s = NF_OK;

    double *idf = nfi_alloc(t->n, sizeof *idf), *total = nfi_calloc(2 * nk, sizeof *total);
    int64_t *all = nfi_calloc(t->n, sizeof *all);
    uint64_t *count = nfi_calloc(blocks * (nsmoothing + 1), sizeof *count);
    if (!idf || !total || !all || !count) {
        s = nfi_oom(err, "leave-one-out");
        goto out;
    }
    nfi_tf_table(w->tf, table);
    for (size_t i = 0; i < t->n; i++) {
        idf[i] = w->idf ? nfi_idf(t->ndocs, t->df[i]) : 1.0;
        for (uint64_t e = t->ptr[i]; e < t->ptr[i + 1]; e++)
            all[i] += t->val[e];
    }
    nfi_nb_totals(t, idf, total, total + nk);
    if (k->complement) {
        double sums = 0.0, plain = 0.0;
        for (size_t c = 0; c < nk; c++) {
            sums += total[c];
            plain += total[nk + c];
        }
        for (size_t c = 0; c < nk; c++) {
            total[c] = sums - total[c];
            total[nk + c] = plain - total[nk + c];
        }
    }
    loo_pass p = {k, t, sample, w, prior, idf, table, data_prior, total, total + nk, all, smoothing, nsmoothing, count, count + blocks * nsmoothing};
    NF_GO(nfi_par_chunks(blocks, nfi_par_threads(threads), loo_block, &p, err));
    *tried = 0;
    memset(correct, 0, nsmoothing * sizeof *correct);
    for (size_t b = 0; b < blocks; b++) {
        *tried += p.tried[b];
        for (size_t i = 0; i < nsmoothing; i++)
            correct[i] += p.correct[b * nsmoothing + i];
    }
out:
    nfi_free(idf);
    nfi_free(total);
    nfi_free(all);
    nfi_free(count);
    return s;
}

nf_status nfi_nb_tune(const nfi_classifier *k, const nfi_terms *t, const nfi_sample *sample, const nfi_weighting *w, const double *prior, bool data_prior, int threads,
                      double *smoothing, double *accuracy, uint64_t *tried, nf_err *err)
{
    static const double ladder[LADDER] = {0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0};
    uint64_t correct[LADDER] = {0}, n = 0;
    size_t lo = START, hi = START + 3, best;

    NF_TRY(nfi_nb_leave_one_out(k, t, sample, w, prior, data_prior, ladder + lo, hi - lo, threads, correct + lo, &n, err));
    for (;;) {
        best = hi - 1;
        for (size_t i = hi - 1; i-- > lo;)
            if (correct[i] > correct[best])
                best = i;
        size_t try = best == lo && lo > 0 ? lo - 1 : best == hi - 1 && hi < LADDER ? hi : LADDER;
        if (try == LADDER)
            break;
        NF_TRY(nfi_nb_leave_one_out(k, t, sample, w, prior, data_prior, ladder + try, 1, threads, correct + try, &n, err));
        lo = try < lo ? try : lo;
        hi = try >= hi ? try + 1 : hi;
    }
    *smoothing = ladder[best];
    *tried = n;
    *accuracy = n ? (double)correct[best] / (double)n : -1.0;
    return NF_OK;
}
