/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fit_linear.c - linear machines, each class against the rest, from the rows of documents (dual.h).
 *
 *     svm       squared hinge
 *     logistic  logistic loss: a score is the log-odds of the class
 *     nbsvm     squared hinge on x_t * r_tc, r_tc = ln((a + D_tc) / sum_t (a + D_tc)) - ln((a + D_t - D_tc) / sum_t (a + D_t - D_tc)),
 *               D_tc documents of the class with the term, D_t those of all classes, a the smoothing (Wang, Manning 2012, with documents
 *               as counts and without interpolation)
 *
 *     nbmix     the scores of nbsvm, a = 1, plus MIX times those of cnb (fit_nb.c) with the smoothing: both are sums of x_t times a
 *               number, so that the sum is one model. Out of fold on 20 Newsgroups without headers .7755, nbsvm alone .7670, cnb alone
 *               .7638; it is flat for .2 to .7
 *
 * The cost C of a document is the --cost, times the weight of the class for its own documents. A column of ones gives the bias, which
 * becomes log_prior. A prior that is asked for moves the bias by the difference of log-odds to the share in the data. Up to 16 classes are
 * solved side by side (dual.h), one such block a thread, documents in an order from the seed: the result does not depend on threads.
 */
#include "models/fit.h"

#include "base/limits.h"
#include "base/par.h"
#include "base/try.h"
#include "models/dual.h"

#include <limits.h>
#include <string.h>

enum { PASSES = 300 };
#define TOLERANCE 0.1
#define MIX 0.4

typedef nf_status (*solver)(float *v, const nfi_dual *p, int *passes, nf_err *err);

/* Classes that are solved together, and what came of it. */
typedef struct block {
    size_t first, n; /* in solved */
    uint16_t *mask;  /* t->n: those with a weight for the term */
    float *w;        /* weights, term after term */
} block;

typedef struct linear {
    nfi_fit *f;
    solver solve;
    bool ratio;       /* nbsvm */
    double smoothing; /* of the ratios */
    float *nb;        /* nbmix: weights of cnb, by entry of t */
    bool mirror;      /* two classes: the second is the first with the other sign */
    uint16_t *solved; /* classes with a machine of their own */
    int32_t *machine; /* nclasses: place in solved, or -1 */
    size_t nsolved;
    double *docs_of;  /* n: D_t */
    double *docs_in;  /* nclasses: sum of D_tc */
    double all;       /* sum of D_t */
    block *block;
    size_t nblocks;
} linear;

static void clear(linear *x)
{
    for (size_t b = 0; x->block && b < x->nblocks; b++) {
        nfi_free(x->block[b].mask);
        nfi_free(x->block[b].w);
    }
    nfi_free(x->block);
    nfi_free(x->solved);
    nfi_free(x->machine);
    nfi_free(x->docs_of);
    nfi_free(x->docs_in);
    nfi_free(x->nb);
}

/* Who is solved, in which blocks, as even as can be. */
static nf_status plan(linear *x, nf_err *err)
{
    const nfi_terms *t = x->f->t;
    size_t nk = t->nclasses;

    x->mirror = !t->multi && nk == 2 && t->class_docs[0] && t->class_docs[1];
    x->solved = nfi_alloc(nk, sizeof *x->solved);
    x->machine = nfi_alloc(nk, sizeof *x->machine);
    if (!x->solved || !x->machine)
        return nfi_oom(err, "a linear machine");
    for (size_t k = 0; k < nk; k++) {
        bool alone = t->class_docs[k] > 0 && !(x->mirror && k == 1);
        x->machine[k] = alone ? (int32_t)x->nsolved : -1;
        if (alone)
            x->solved[x->nsolved++] = (uint16_t)k;
        else if (t->class_docs[k] == 0)
            x->f->log_prior[k] = t->multi ? x->f->data_prior[k] : NFI_NO_DOCUMENTS;
        x->f->z[k] = 0.0;
    }
    x->nblocks = (x->nsolved + NFI_DUAL_MAX - 1) / NFI_DUAL_MAX;
    x->block = nfi_calloc(x->nblocks, sizeof *x->block);
    if (!x->block)
        return nfi_oom(err, "a linear machine");
    for (size_t b = 0; b < x->nblocks; b++) {
        x->block[b].first = x->nsolved * b / x->nblocks;
        x->block[b].n = x->nsolved * (b + 1) / x->nblocks - x->block[b].first;
    }
    return NF_OK;
}

/* Documents by term and by class. */
static nf_status count(linear *x, nf_err *err)
{
    const nfi_terms *t = x->f->t;

    x->docs_of = nfi_alloc(t->n, sizeof *x->docs_of);
    x->docs_in = nfi_calloc(t->nclasses, sizeof *x->docs_in);
    if (!x->docs_of || !x->docs_in)
        return nfi_oom(err, "a linear machine");
    for (size_t i = 0; i < t->n; i++) {
        uint64_t docs = 0;
        for (uint64_t e = t->ptr[i]; e < t->ptr[i + 1]; e++) {
            x->docs_in[t->cls[e]] += (double)t->doc[e];
            docs += t->doc[e];
        }
        x->docs_of[i] = (double)(t->multi ? t->lab_doc[i] : docs);
        x->all += x->docs_of[i];
    }
    return NF_OK;
}

/* r of the classes of a block by column. */
static void ratios(const linear *x, const block *b, float *scale)
{
    const nfi_terms *t = x->f->t;
    size_t ld = nfi_dual_ld(b->n);
    double a = x->smoothing, none = nfi_log(a), shift[NFI_DUAL_MAX];

    for (size_t k = 0; k < b->n; k++) {
        double mine = a * (double)t->n + x->docs_in[x->solved[b->first + k]];
        shift[k] = nfi_log(2.0 * a * (double)t->n + x->all - mine) - nfi_log(mine);
    }
    for (size_t i = 0; i < t->n; i++) {
        float *row = scale + t->rank[i] * ld;
        double away = none - nfi_log(a + x->docs_of[i]);
        for (size_t k = 0; k < ld; k++)
            row[k] = k < b->n ? (float)(away + shift[k]) : 0.0f;
        for (uint64_t e = t->ptr[i]; e < t->ptr[i + 1]; e++) {
            size_t k = (size_t)(x->machine[t->cls[e]] - (int32_t)b->first); /* far above n when it is of another block */
            double d = (double)t->doc[e];
            if (k < b->n)
                row[k] = (float)(nfi_log(a + d) - nfi_log(a + x->docs_of[i] - d) + shift[k]);
        }
    }
}

/* Weights that are not zero, by term. */
static nf_status keep(const linear *x, block *b, const float *v, nf_err *err)
{
    const nfi_terms *t = x->f->t;
    size_t n = 0, ld = nfi_dual_ld(b->n);

    b->mask = nfi_alloc(t->n, sizeof *b->mask);
    if (!b->mask)
        return nfi_oom(err, "a linear machine");
    for (size_t i = 0; i < t->n; i++) {
        unsigned mask = 0;
        for (size_t k = 0; k < b->n; k++)
            mask |= (unsigned)(v[t->rank[i] * ld + k] != 0.0f) << k;
        b->mask[i] = (uint16_t)mask;
        n += (size_t)__builtin_popcount(mask);
    }
    b->w = nfi_alloc(n, sizeof *b->w);
    if (!b->w)
        return nfi_oom(err, "a linear machine");
    n = 0;
    for (size_t i = 0; i < t->n; i++)
        for (unsigned mask = b->mask[i]; mask; mask &= mask - 1)
            b->w[n++] = v[t->rank[i] * ld + (size_t)__builtin_ctz(mask)];
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

/* Which machines of a block take each row for theirs. */
static void mark_rows(const linear *x, const block *b, uint16_t *is)
{
    const nfi_fit_rows *rows = x->f->rows;

    for (size_t i = 0; i < rows->X.rows; i++) {
        const uint16_t *cls;
        uint16_t one;
        unsigned bits = 0;
        for (size_t n = nfi_corpus_set(rows->corpus, (size_t)rows->label[i], &one, &cls); n > 0; n--) {
            size_t k = (size_t)(x->machine[cls[n - 1]] - (int32_t)b->first);
            bits |= k < b->n ? 1u << k : 0;
        }
        is[i] = (uint16_t)bits;
    }
}

static nf_status solve_block(void *ctx, size_t number, int worker, nf_err *err)
{
    const linear *x = ctx;
    block *b = &x->block[number];
    nfi_fit *f = x->f;
    const nf_csr *X = &f->rows->X;
    size_t ld = nfi_dual_ld(b->n);
    double cost[NFI_DUAL_MAX][2];
    nf_status s = NF_OK;
    uint16_t *is = nfi_alloc(X->rows, sizeof *is);
    float *v = nfi_alloc_aligned((X->cols + 1) * ld, sizeof *v), *scale = x->ratio ? nfi_alloc_aligned(X->cols * ld, sizeof *scale) : NULL;

    (void)worker;
    if (!is || !v || (x->ratio && !scale)) {
        s = nfi_oom(err, "a linear machine");
        goto out;
    }
    mark_rows(x, b, is);
    if (x->ratio)
        ratios(x, b, scale);
    for (size_t k = 0; k < b->n; k++) {
        cost[k][0] = f->cost * (f->weight && x->mirror ? f->weight[1] : 1.0);
        cost[k][1] = f->cost * (f->weight ? f->weight[x->solved[b->first + k]] : 1.0);
    }
    nfi_dual p = {.X = X, .n = b->n, .is = is, .scale = scale, .cost = (const double (*)[2])cost, .tolerance = TOLERANCE, .passes = PASSES,
                  .rng = nfi_rng_stream(f->seed, NFI_RNG_DESCENT, 0)};
    NF_GO(x->solve(v, &p, NULL, err));
    for (size_t k = 0; k < b->n; k++) {
        size_t c = x->solved[b->first + k];
        double shift = f->given_prior ? log_odds_of(f, f->log_prior[c]) - log_odds_of(f, f->data_prior[c]) : 0.0;
        f->log_prior[c] = (double)v[X->cols * ld + k] + shift;
    }
    s = keep(x, b, v, err);
out:
    nfi_free(is);
    nfi_free(v);
    nfi_free(scale);
    return s;
}

/* Weights of a term by class; at: place in the weights of each block, moves on. */
static size_t weights_of(const linear *x, size_t term, uint64_t *at, uint16_t *cls, float *w)
{
    size_t n = 0;

    for (size_t b = 0; b < x->nblocks; b++)
        for (unsigned mask = x->block[b].mask[term]; mask; mask &= mask - 1) {
            cls[n] = x->solved[x->block[b].first + (size_t)__builtin_ctz(mask)];
            w[n++] = x->block[b].w[at[b]++];
            if (x->mirror) {
                cls[n] = 1;
                w[n] = -w[n - 1];
                n++;
            }
        }
    return n;
}

/* Entries of a term: classes that have a weight or documents. Returns how many; written where out is given. */
static size_t merge(const linear *x, size_t term, const uint16_t *cls, const float *w, size_t n, uint16_t *out_cls, float *out_w,
                    uint32_t *out_doc)
{
    const nfi_terms *t = x->f->t;
    uint64_t e = t->ptr[term], end = t->ptr[term + 1];
    size_t i = 0, m = 0;

    for (; i < n || e < end; m++) {
        unsigned a = i < n ? cls[i] : UINT_MAX, b = e < end ? t->cls[e] : UINT_MAX, c = a < b ? a : b;
        if (out_cls) {
            out_cls[m] = (uint16_t)c;
            out_w[m] = (a == c ? w[i] : 0.0f) + (x->nb ? b == c ? x->nb[e] : x->f->base[term] : 0.0f);
            out_doc[m] = b == c ? t->doc[e] : 0;
        }
        i += a == c;
        e += b == c;
    }
    return m;
}

/* Weights of blocks to entries of terms. */
static nf_status assemble(linear *x, nf_err *err)
{
    nfi_fit *f = x->f;
    nfi_terms *t = f->t;
    uint64_t *ptr = nfi_calloc(t->n + 1, sizeof *ptr), *at = nfi_calloc(x->nblocks, sizeof *at);
    uint16_t *term_cls = nfi_alloc(t->nclasses, sizeof *term_cls), *cls = NULL;
    float *term_w = nfi_alloc(t->nclasses, sizeof *term_w);
    uint32_t *doc = NULL;
    nf_status s = NF_OK;

    if (!ptr || !at || !term_cls || !term_w) {
        s = nfi_oom(err, "weights");
        goto out;
    }
    for (size_t i = 0; i < t->n; i++) {
        size_t n = weights_of(x, i, at, term_cls, term_w);
        ptr[i + 1] = ptr[i] + merge(x, i, term_cls, term_w, n, NULL, NULL, NULL);
    }
    if (ptr[t->n] > NFI_MAX_ENTRIES) {
        s = NF_FAIL(err, NF_ELIMIT,
                    "%s has %llu weights of terms and classes, more than 2^30; raise --min-df, set --max-features, or use cnb",
                    f->classifier->name, (unsigned long long)ptr[t->n]);
        goto out;
    }
    cls = nfi_alloc((size_t)ptr[t->n], sizeof *cls);
    doc = nfi_alloc((size_t)ptr[t->n], sizeof *doc);
    f->w = nfi_alloc((size_t)ptr[t->n], sizeof *f->w);
    if (!cls || !doc || !f->w) {
        s = nfi_oom(err, "weights");
        goto out;
    }
    memset(at, 0, x->nblocks * sizeof *at);
    for (size_t i = 0; i < t->n; i++) {
        size_t n = weights_of(x, i, at, term_cls, term_w);
        merge(x, i, term_cls, term_w, n, cls + ptr[i], f->w + ptr[i], doc + ptr[i]);
    }
    nfi_terms_replace(t, &(nfi_term_sums){.ptr = ptr, .cls = cls, .doc = doc}); /* sums are of no use to it */
    ptr = NULL;
    cls = NULL;
    doc = NULL;
out:
    nfi_free(ptr);
    nfi_free(at);
    nfi_free(term_cls);
    nfi_free(term_w);
    nfi_free(cls);
    nfi_free(doc);
    return s;
}

/* Complement naive Bayes of the same sums, as much of it as counts: base, z, nb. */
static nf_status add_bayes(linear *x, nf_err *err)
{
    nfi_fit nb = *x->f;
    size_t n = (size_t)nb.t->ptr[nb.t->n];

    nb.classifier = nfi_classifiers[0];
    nb.kind = NFI_LIDSTONE;
    nb.w = NULL;
    nf_status s = nfi_fit_nb(&nb, err);
    x->nb = nb.w;
    NF_TRY(s);
    for (size_t e = 0; e < n; e++)
        x->nb[e] *= (float)MIX;
    for (size_t i = 0; i < nb.t->n; i++)
        nb.base[i] *= (float)MIX;
    for (size_t k = 0; k < nb.t->nclasses; k++)
        nb.z[k] *= MIX;
    return NF_OK;
}

typedef enum kind { PLAIN, RATIO, MIXED } kind;

static nf_status fit(nfi_fit *f, kind what, solver solve, nf_err *err)
{
    linear x = {.f = f, .solve = solve, .ratio = what != PLAIN, .smoothing = what == MIXED ? 1.0 : f->smoothing};
    nf_status s = NF_OK;

    NF_GO(plan(&x, err));
    NF_GO(count(&x, err));
    NF_GO(nfi_par_chunks(x.nblocks, nfi_par_threads(f->threads), solve_block, &x, err));
    if (x.mirror)
        f->log_prior[1] = -f->log_prior[0];
    for (size_t i = 0; i < f->t->n; i++)
        f->base[i] = 0.0f;
    if (what == MIXED)
        NF_GO(add_bayes(&x, err));
    s = assemble(&x, err);
out:
    clear(&x);
    return s;
}

nf_status nfi_fit_nbsvm(nfi_fit *f, nf_err *err)
{
    return fit(f, RATIO, nfi_dual_svm, err);
}

nf_status nfi_fit_nbmix(nfi_fit *f, nf_err *err)
{
    return fit(f, MIXED, nfi_dual_svm, err);
}

nf_status nfi_fit_svm(nfi_fit *f, nf_err *err)
{
    return fit(f, PLAIN, nfi_dual_svm, err);
}

nf_status nfi_fit_logistic(nfi_fit *f, nf_err *err)
{
    return fit(f, PLAIN, nfi_dual_logistic, err);
}
