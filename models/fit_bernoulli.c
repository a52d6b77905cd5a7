/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fit_bernoulli.c - naive Bayes with presence and absence of every term as events (McCallum, Nigam 1998): p_tc = (D_tc + a) / (n_c + 2a),
 * D_tc documents of the class with the term, n_c its documents. Absence is moved into the prior, so that a score looks at the terms that
 * are there:
 *
 *     score_c = ln prior_c + sum_t ln(1 - p_tc) + sum over t of d of (ln p_tc - ln(1 - p_tc))
 *     z_c  = ln a - ln(n_c + a), what a term gives that the class does not have;   base 0;   w_tc = ln(D_tc + a) - ln(n_c - D_tc + a) - z_c
 *
 * Leaving a document of class y out changes D_ty of its terms and n_y: the sum over absent terms with n_y - 1 is one value a class, to be
 * corrected for the document's own terms. All other classes keep their weights, so it is exact and costs O(nonzeros * classes of a term).
 */
#include "models/fit.h"

#include "base/par.h"
#include "base/try.h"

#include <string.h>

enum { ROWS = 256, LADDER = 9 };

/* sum_t ln(n - D_tc + a) over all terms with class c, n documents and D from the entries; nclasses doubles. less: 1 leaves one document
 * out. */
static void absences(const nfi_terms *t, const double *weight, double a, double less, double *out)
{
    for (size_t k = 0; k < t->nclasses; k++) {
        double n = (weight ? weight[k] : 1.0) * (double)t->class_docs[k] - less;
        out[k] = n + a > 0 ? (double)t->n * nfi_log(n + a) : 0.0;
    }
    for (size_t i = 0; i < t->n; i++)
        for (uint64_t e = t->ptr[i]; e < t->ptr[i + 1]; e++) {
            double by = weight ? weight[t->cls[e]] : 1.0, n = by * (double)t->class_docs[t->cls[e]] - less, d = by * (double)t->doc[e];
            if (n - d + a > 0) /* less and every document with the term: corrected where that document is left out */
                out[t->cls[e]] += nfi_log(n - d + a) - nfi_log(n + a);
        }
}

nf_status nfi_fit_bernoulli(nfi_fit *f, nf_err *err)
{
    const nfi_terms *t = f->t;
    double a = f->smoothing, *absent = nfi_alloc(t->nclasses, sizeof *absent);

    f->w = nfi_alloc((size_t)t->ptr[t->n], sizeof *f->w);
    if (!f->w || !absent) {
        nfi_free(absent);
        return nfi_oom(err, "weights");
    }
    absences(t, f->weight, a, 0.0, absent);
    for (size_t k = 0; k < t->nclasses; k++) {
        double n = (f->weight ? f->weight[k] : 1.0) * (double)t->class_docs[k];
        f->z[k] = nfi_log(a) - nfi_log(n + a);
        f->log_prior[k] += absent[k] - (double)t->n * nfi_log(n + 2 * a);
    }
    for (size_t i = 0; i < t->n; i++) {
        f->base[i] = 0.0f;
        for (uint64_t e = t->ptr[i]; e < t->ptr[i + 1]; e++) {
            size_t k = t->cls[e];
            double by = f->weight ? f->weight[k] : 1.0, n = by * (double)t->class_docs[k], d = by * (double)t->doc[e];
            f->w[e] = (float)(nfi_log(d + a) - nfi_log(n - d + a) - f->z[k]);
        }
    }
    nfi_free(absent);
    return NF_OK;
}

/* ---- leave-one-out ---- */

typedef struct loo {
    const nfi_terms *t;
    const nfi_sample *s;
    const double *prior;
    bool data;
    double a;
    const double *start;  /* score of a document without terms, by class */
    const double *left;   /* sum_t ln(n_c - 1 - D_tc + a) by class, as absences() */
    const double *absent; /* z of the class */
    const double *w;      /* weight of each entry, less z */
    uint64_t *correct, *tried; /* by block */
    double *kept;         /* class scores of the first keep rows, NULL: not wanted */
    size_t keep;
} loo;

/* Score of the document's own class y without it, less the prior. */
static double own_score(const loo *p, size_t r, const double *docs)
{
    const nfi_terms *t = p->t;
    size_t y = (size_t)p->s->label[r];
    double n = (double)t->class_docs[y] - 1.0, a = p->a, s = p->left[y] - (double)t->n * nfi_log(n + 2 * a);

    for (uint64_t e = p->s->ptr[r]; e < p->s->ptr[r + 1]; e++) {
        double d = docs[e - p->s->ptr[r]];       /* documents of y with the term, this one too */
        if (n - d + a > 0)
            s -= nfi_log(n - d + a);             /* as left has it; for d = n + 1 below a it has ln(n + a), see absences() */
        else
            s -= nfi_log(n + a);
        s += nfi_log(d - 1 + a);                 /* present: ln p, not ln(1 - p) */
    }
    return s;
}

static nf_status run_block(void *ctx, size_t block, int worker, nf_err *err)
{
    loo *p = ctx;
    const nfi_terms *t = p->t;
    size_t nk = t->nclasses, end = (block + 1) * ROWS < p->s->n ? (block + 1) * ROWS : p->s->n, cap = 0;
    double *score = nfi_alloc(nk, sizeof *score), *docs = NULL;
    nf_status s = NF_OK;

    (void)worker;
    if (!score)
        return nfi_oom(err, "leave-one-out");
    for (size_t r = block * ROWS; r < end; r++) {
        size_t y = (size_t)p->s->label[r], n = (size_t)(p->s->ptr[r + 1] - p->s->ptr[r]);
        int32_t best = -1;
        if (t->class_docs[y] < 2 || n == 0 || (p->s->group && p->s->group[r])) /* copies are left aside: their class would lack several */
            continue;
        NF_GO(nfi_grow(&docs, &cap, n, sizeof *docs, err));
        for (size_t k = 0; k < nk; k++)
            score[k] = p->start[k] + (double)n * p->absent[k];
        for (uint64_t e = p->s->ptr[r]; e < p->s->ptr[r + 1]; e++) {
            uint32_t term = p->s->term[e];
            docs[e - p->s->ptr[r]] = 1.0;
            for (uint64_t i = t->ptr[term]; i < t->ptr[term + 1]; i++) {
                score[t->cls[i]] += p->w[i];
                if (t->cls[i] == y)
                    docs[e - p->s->ptr[r]] = (double)t->doc[i];
            }
        }
        score[y] = own_score(p, r, docs);
        for (size_t k = 0; k < nk; k++) {
            if (p->kept && r < p->keep)
                p->kept[r * nk + k] = NFI_NO_SCORE;
            if (t->class_docs[k] == 0)
                continue;
            score[k] += p->data ? nfi_log((double)(t->class_docs[k] - (k == y))) : p->prior[k];
            if (p->kept && r < p->keep)
                p->kept[r * nk + k] = score[k];
            if (best < 0 || score[k] > score[best])
                best = (int32_t)k;
        }
        p->tried[block]++;
        p->correct[block] += best == (int32_t)y;
    }
out:
    nfi_free(score);
    nfi_free(docs);
    return s;
}

nf_status nfi_bernoulli_leave_one_out(const nfi_terms *t, const nfi_sample *sample, const double *prior, bool data_prior,
                                      const double *smoothing, size_t nsmoothing, double *const *score, size_t keep, int threads,
                                      uint64_t *correct, uint64_t *tried, nf_err *err)
{
    size_t nk = t->nclasses, blocks = (sample->n + ROWS - 1) / ROWS;
    nf_status s = NF_OK;
    double *by = nfi_alloc(3 * nk, sizeof *by), *w = nfi_alloc((size_t)t->ptr[t->n], sizeof *w);
    uint64_t *count = nfi_alloc(2 * blocks, sizeof *count), right[LADDER] = {0}, n = 0;

    if (!by || !w || !count) {
        s = nfi_oom(err, "leave-one-out");
        goto out;
    }
    for (size_t i = 0; i < nsmoothing; i++) {
        double a = smoothing[i], *start = by, *left = by + nk, *absent = by + 2 * nk;
        if (blocks)
            memset(count, 0, 2 * blocks * sizeof *count);
        absences(t, NULL, a, 0.0, start);
        absences(t, NULL, a, 1.0, left);
        for (size_t k = 0; k < nk; k++) {
            start[k] -= (double)t->n * nfi_log((double)t->class_docs[k] + 2 * a);
            absent[k] = nfi_log(a) - nfi_log((double)t->class_docs[k] + a);
        }
        for (uint64_t e = 0; e < t->ptr[t->n]; e++) {
            double docs = (double)t->class_docs[t->cls[e]], d = (double)t->doc[e];
            w[e] = nfi_log(d + a) - nfi_log(docs - d + a) - absent[t->cls[e]];
        }
        loo p = {t, sample, prior, data_prior, a, start, left, absent, w, count, count + blocks, score ? score[i] : NULL, keep};
        NF_GO(nfi_par_chunks(blocks, nfi_par_threads(threads), run_block, &p, err));
        n = 0;
        for (size_t b = 0; b < blocks; b++) {
            right[i] += count[b];
            n += count[blocks + b];
        }
    }
    memcpy(correct, right, nsmoothing * sizeof *correct);
    *tried = n;
out:
    nfi_free(by);
    nfi_free(w);
    nfi_free(count);
    return s;
}
