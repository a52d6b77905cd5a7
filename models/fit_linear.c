/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fit_linear.c - linear machines, each class against the rest, from the rows of documents (dual.h).
 *
 *     svm       squared hinge
 *     logistic  logistic loss: a score is the log-odds of the class
 *     nbsvm     squared hinge on x_t * r_tc, r_tc = ln((a + D_tc) / sum_t (a + D_tc)) - ln((a + D_t - D_tc) / sum_t (a + D_t - D_tc)), D_tc
 * documents of the class with the term, D_t those of all classes, a the smoothing (Wang, Manning 2012, with documents as counts and without
 * interpolation)
 *
 * The cost C of a document is the --cost, times the weight of the class for its own documents. A column of ones gives the bias, which
 * becomes log_prior. A prior that is asked for moves the bias by the difference of log-odds to the share in the data. Classes are solved
 * apart, one a thread, documents in an order from (seed, class): the result does not depend on threads.
 */
#include "models/fit.h"

#include "base/limits.h"
#include "base/par.h"
#include "base/try.h"
#include "models/dual.h"

#include <math.h>
#include <string.h>

enum { PASSES = 300 };
#define TOLERANCE 0.1

/* Terms of a class with a number each, rising. */
typedef struct list {
    uint32_t *term;
    float *w;
    size_t n;
} list;

typedef struct linear {
    nfi_fit *f;
    nf_status (*solve)(double *v, const nfi_dual *p, int *passes, nf_err *err);
    bool ratio;            /* nbsvm */
    uint64_t *first;       /* nclasses + 1: entries of t by class, terms rising */
    uint32_t *term, *docs; /* of those */
    double *docs_of;       /* n: D_t */
    double all;            /* sum of D_t */
    list *list;            /* nclasses */
    bool mirror;           /* two classes: the second is the first with the other sign */
} linear;

/* The entries of t once more, class by class. */
static nf_status by_class(linear *x, nf_err *err)
{
    const nfi_terms *t = x->f->t;
    size_t n = (size_t)t->ptr[t->n], nk = t->nclasses;

    x->first = nfi_calloc(nk + 1, sizeof *x->first);
    x->term = nfi_alloc(n, sizeof *x->term);
    x->docs = nfi_alloc(n, sizeof *x->docs);
    x->docs_of = nfi_alloc(t->n, sizeof *x->docs_of);
    x->list = nfi_calloc(nk, sizeof *x->list);
    uint64_t *at = nfi_alloc(nk, sizeof *at);
    if (!x->first || !x->term || !x->docs || !x->docs_of || !x->list || !at) {
        nfi_free(at);
        return nfi_oom(err, "a linear machine");
    }
    for (size_t e = 0; e < n; e++)
        x->first[t->cls[e] + 1]++;
    for (size_t k = 0; k < nk; k++) {
        x->first[k + 1] += x->first[k];
        at[k] = x->first[k];
    }
    for (size_t i = 0; i < t->n; i++) {
        uint64_t docs = 0;
        for (uint64_t e = t->ptr[i]; e < t->ptr[i + 1]; e++) {
            x->term[at[t->cls[e]]] = (uint32_t)i;
            x->docs[at[t->cls[e]]++] = t->doc[e];
            docs += t->doc[e];
        }
        x->docs_of[i] = (double)(t->multi ? t->lab_doc[i] : docs);
        x->all += x->docs_of[i];
    }
    nfi_free(at);
    return NF_OK;
}

/* r of the class by column. */
static void ratios(const linear *x, size_t k, float *scale)
{
    const nfi_terms *t = x->f->t;
    double a = x->f->smoothing, mine = a * (double)t->n, others;

    for (uint64_t e = x->first[k]; e < x->first[k + 1]; e++)
        mine += (double)x->docs[e];
    others = 2.0 * a * (double)t->n + x->all - mine;
    double none = nfi_log(a), shift = nfi_log(others) - nfi_log(mine);
    for (size_t i = 0; i < t->n; i++)
        scale[t->rank[i]] = (float)(none - nfi_log(a + x->docs_of[i]) + shift);
    for (uint64_t e = x->first[k]; e < x->first[k + 1]; e++) {
        size_t i = x->term[e];
        double d = (double)x->docs[e];
        scale[t->rank[i]] = (float)(nfi_log(a + d) - nfi_log(a + x->docs_of[i] - d) + shift);
    }
}

/* Weights that are not zero, by term. */
static nf_status keep(const linear *x, size_t k, const double *v, nf_err *err)
{
    const nfi_terms *t = x->f->t;
    list l = {0};

    for (size_t i = 0; i < t->n; i++)
        l.n += (float)v[i] != 0.0f;
    l.term = nfi_alloc(l.n, sizeof *l.term);
    l.w = nfi_alloc(l.n, sizeof *l.w);
    if (!l.term || !l.w) {
        nfi_free(l.term);
        nfi_free(l.w);
        return nfi_oom(err, "a linear machine");
    }
    l.n = 0;
    for (size_t i = 0; i < t->n; i++) {
        float w = (float)v[t->rank[i]];
        if (w != 0.0f) {
            l.term[l.n] = (uint32_t)i;
            l.w[l.n++] = w;
        }
    }
    x->list[k] = l;
    return NF_OK;
}

/* Of a prior; where documents may have several labels it is one already. */
static double log_odds_of(const nfi_fit *f, double log_share)
{
    double share = nfi_exp(log_share);
    if (f->t->multi)
        return log_share;
    return share < 1.0 ? log_share - nfi_log(1.0 - share) : 0.0;
}

static bool is_of(const nfi_fit_rows *rows, size_t row, size_t k)
{
    const uint16_t *cls;
    uint16_t one;
    size_t n = nfi_corpus_set(rows->corpus, (size_t)rows->label[row], &one, &cls);

    for (size_t i = 0; i < n; i++)
        if (cls[i] == k)
            return true;
    return false;
}

static nf_status one_class(void *ctx, size_t k, int worker, nf_err *err)
{
    const linear *x = ctx;
    nfi_fit *f = x->f;
    const nfi_fit_rows *rows = f->rows;
    nf_status s = NF_OK;
    double *v = NULL;
    float *scale = NULL;
    int8_t *y = NULL;

    (void)worker;
    f->z[k] = 0.0;
    double shift = f->given_prior ? log_odds_of(f, f->log_prior[k]) - log_odds_of(f, f->data_prior[k]) : 0.0;
    if (f->t->class_docs[k] == 0) {
        f->log_prior[k] = f->t->multi ? f->data_prior[k] : NFI_NO_DOCUMENTS;
        return NF_OK;
    }
    y = nfi_alloc(rows->X.rows, sizeof *y);
    v = nfi_alloc(rows->X.cols + 1, sizeof *v);
    scale = x->ratio ? nfi_alloc(rows->X.cols, sizeof *scale) : NULL;
    if (!y || !v || (x->ratio && !scale)) {
        s = nfi_oom(err, "a linear machine");
        goto out;
    }
    for (size_t i = 0; i < rows->X.rows; i++)
        y[i] = is_of(rows, i, k) ? 1 : -1;
    if (x->ratio)
        ratios(x, k, scale);
    nfi_dual p = {.X = &rows->X, .y = y, .scale = scale, .cost = {f->cost, f->cost}, .tolerance = TOLERANCE, .passes = PASSES,
                  .rng = nfi_rng_stream(f->seed, NFI_RNG_DESCENT, k)};
    if (f->weight) {
        p.cost[1] *= f->weight[k];
        p.cost[0] *= x->mirror ? f->weight[1 - k] : 1.0;
    }
    NF_GO(x->solve(v, &p, NULL, err));
    f->log_prior[k] = v[rows->X.cols] + shift;
    s = keep(x, k, v, err);
out:
    nfi_free(y);
    nfi_free(v);
    nfi_free(scale);
    return s;
}

static nf_status mirror(linear *x, nf_err *err)
{
    const list *a = &x->list[0];
    list b = {nfi_alloc(a->n, sizeof *b.term), nfi_alloc(a->n, sizeof *b.w), a->n};

    if (!b.term || !b.w) {
        nfi_free(b.term);
        nfi_free(b.w);
        return nfi_oom(err, "a linear machine");
    }
    for (size_t i = 0; i < a->n; i++) {
        b.term[i] = a->term[i];
        b.w[i] = -a->w[i];
    }
    x->list[1] = b;
    x->f->log_prior[1] = -x->f->log_prior[0];
    x->f->z[1] = 0.0;
    return NF_OK;
}

/* Next term of class k that has a weight or documents; the places at and e move on. */
static bool next_entry(const linear *x, size_t k, size_t *at, uint64_t *e, uint32_t *term, float *w, uint32_t *docs)
{
    const list *l = &x->list[k];
    uint32_t a = *at < l->n ? l->term[*at] : UINT32_MAX, b = *e < x->first[k + 1] ? x->term[*e] : UINT32_MAX;

    if (a == UINT32_MAX && b == UINT32_MAX)
        return false;
    *term = a < b ? a : b;
    *w = a == *term ? l->w[(*at)++] : 0.0f;
    *docs = b == *term ? x->docs[(*e)++] : 0;
    return true;
}

/* Lists of classes to entries of terms. */
static nf_status assemble(linear *x, nf_err *err)
{
    nfi_fit *f = x->f;
    nfi_terms *t = f->t;
    uint64_t *ptr = nfi_calloc(t->n + 2, sizeof *ptr), total = 0;
    uint32_t term, docs;
    float w;

    if (!ptr)
        return nfi_oom(err, "weights");
    for (size_t k = 0; k < t->nclasses; k++) {
        size_t at = 0;
        uint64_t e = x->first[k];
        for (; next_entry(x, k, &at, &e, &term, &w, &docs); total++)
            ptr[term + 2]++;
    }
    if (total > NFI_MAX_ENTRIES) {
        nfi_free(ptr);
        return NF_FAIL(err, NF_ELIMIT,
                       "%s has %llu weights of terms and classes, more than 2^30; raise --min-df, set --max-features, or use cnb",
                       f->classifier->name, (unsigned long long)total);
    }
    for (size_t i = 0; i < t->n; i++)
        ptr[i + 2] += ptr[i + 1];
    uint16_t *cls = nfi_alloc((size_t)total, sizeof *cls);
    uint32_t *doc = nfi_alloc((size_t)total, sizeof *doc);
    f->w = nfi_alloc((size_t)total, sizeof *f->w);
    if (!cls || !doc || !f->w) {
        nfi_free(ptr);
        nfi_free(cls);
        nfi_free(doc);
        return nfi_oom(err, "weights");
    }
    for (size_t k = 0; k < t->nclasses; k++) {
        size_t at = 0;
        uint64_t e = x->first[k];
        while (next_entry(x, k, &at, &e, &term, &w, &docs)) {
            uint64_t to = ptr[term + 1]++; /* starts become ends */
            cls[to] = (uint16_t)k;
            doc[to] = docs;
            f->w[to] = w;
        }
    }
    nfi_terms_replace(t, &(nfi_term_sums){.ptr = ptr, .cls = cls, .doc = doc}); /* sums are of no use to it */
    for (size_t i = 0; i < t->n; i++)
        f->base[i] = 0.0f;
    return NF_OK;
}

static nf_status fit(nfi_fit *f, bool ratio, nf_status (*solve)(double *v, const nfi_dual *p, int *passes, nf_err *err), nf_err *err)
{
    linear x = {.f = f, .solve = solve, .ratio = ratio};
    size_t nk = f->t->nclasses;
    nf_status s = NF_OK;

    x.mirror = !f->t->multi && nk == 2 && f->t->class_docs[0] && f->t->class_docs[1];
    NF_GO(by_class(&x, err));
    NF_GO(nfi_par_chunks(x.mirror ? 1 : nk, nfi_par_threads(f->threads), one_class, &x, err));
    if (x.mirror)
        NF_GO(mirror(&x, err));
    s = assemble(&x, err);
out:
    for (size_t k = 0; x.list && k < nk; k++) {
        nfi_free(x.list[k].term);
        nfi_free(x.list[k].w);
    }
    nfi_free(x.list);
    nfi_free(x.first);
    nfi_free(x.term);
    nfi_free(x.docs);
    nfi_free(x.docs_of);
    return s;
}

nf_status nfi_fit_nbsvm(nfi_fit *f, nf_err *err)
{
    return fit(f, true, nfi_dual_svm, err);
}

nf_status nfi_fit_svm(nfi_fit *f, nf_err *err)
{
    return fit(f, false, nfi_dual_svm, err);
}

nf_status nfi_fit_logistic(nfi_fit *f, nf_err *err)
{
    return fit(f, false, nfi_dual_logistic, err);
}
