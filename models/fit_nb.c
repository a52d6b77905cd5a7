/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fit_nb.c - naive Bayes with events from a multinomial. G_tc = idf_t S_tc, where S_tc is the sum of f(tf)/norm over the class's documents;
 * G_t and G_c are sums over classes and terms, V the number of terms. a is the smoothing.
 *
 *     mnb  w_tc =  ln(a + G_tc)           z_c = -ln sum_t (a + G_tc)                 (McCallum, Nigam 1998; Rennie et al. 2003)
 *     cnb  w_tc = -ln(a + G_t - G_tc)     z_c = +ln sum_t (a + G_t - G_tc)           (Rennie et al. 2003, eq. 6-8)
 *
 * Other kinds of smoothing change what a term gets:
 *
 *     dirichlet    a_t = a V q_t instead of a, q_t = .99 G_t/G + .01/V: the same mass, dealt out as the corpus has it (Zhai, Lafferty 2004)
 *     witten-bell  seen terms keep G_tc; a T_c is dealt out evenly to those that are not, T_c terms having been seen (Witten, Bell 1991).
 *                  At a = 1 and on counts this is the textbook's. The value of what is not seen depends on the class, so it stands in z_c.
 *
 * normalised (wcnb): (w_tc + z_c) / N_c, N_c = sum_t |w_tc + z_c| (Rennie et al. 2003, eq. 9), times the mean of N_c, so that scores keep
 * their size. What a term gives where it was not seen then depends on the class as well: every class has an entry for every term.
 * length (mnb-length): G and x times L, the mean number of tokens over the mean sum of weights: each document counts for as many events as
 * the average document has words, so that a = 1 is one word and priors have their due weight (Kibriya et al. 2004, TFIDFNa).
 */
#include "models/fit.h"
#include "models/multi.h"

#include "base/limits.h"
#include "base/par.h"
#include "base/try.h"

#include <math.h>
#include <string.h>

enum { BLOCK = 8192 };

typedef struct nb_pass {
    nfi_fit *f;
    double length;        /* L, or 1 */
    double total;         /* G */
    const double *unseen; /* witten-bell: log value of a term that is not seen, by class */
    const double *norm;   /* normalised: mean of N over N_c; else NULL */
    double least_base;    /* witten-bell: for terms that no labelled document has */
} nb_pass;

void nfi_nb_totals(const nfi_terms *t, const double *idf, double *sums, double *plain)
{
    for (size_t k = 0; k < t->nclasses; k++)
        sums[k] = plain[k] = 0.0;
    for (size_t i = 0; i < t->n; i++) {
        for (uint64_t e = t->ptr[i]; e < t->ptr[i + 1]; e++) {
            double v = (double)t->val[e] / NFI_FIXED_ONE;
            sums[t->cls[e]] += idf ? idf[i] * v : v;
            plain[t->cls[e]] += v;
        }
    }
}

double nfi_fit_length(const nfi_terms *t, const double *sums)
{
    uint64_t docs = 0;
    double mass = 0.0;

    for (size_t k = 0; k < t->nclasses; k++) {
        docs += t->class_docs[k];
        mass += sums[k];
    }
    return docs && mass > 0 && t->ntokens ? (double)t->ntokens / (double)t->ndocs / (mass / (double)docs) : 1.0;
}

/* What is added to a term of these sums. */
static inline double added(const nb_pass *p, double all)
{
    double v = (double)p->f->t->n;
    return p->f->kind == NFI_DIRICHLET ? p->f->smoothing * (p->total > 0 ? 0.99 * v * all / p->total + 0.01 : 1.0) : p->f->smoothing;
}

/* Sum of a term over classes, as its entries are weighed. Without class weights it is an integer. */
static inline double sum_of(const nfi_fit *f, size_t i, double g)
{
    const nfi_terms *t = f->t;
    int64_t all = 0;
    double weighted = 0.0;

    if (!f->weight) {
        for (uint64_t e = t->ptr[i]; e < t->ptr[i + 1]; e++)
            all += t->val[e];
        return g * (double)all;
    }
    for (uint64_t e = t->ptr[i]; e < t->ptr[i + 1]; e++)
        weighted += f->weight[t->cls[e]] * (g * (double)t->val[e]);
    return weighted;
}

/* Sum of an entry, or of the other classes for complements. Nothing is left of a term that only this class has. */
static inline double value_of(const nfi_fit *f, uint64_t e, double g, double all, int64_t others)
{
    const nfi_terms *t = f->t;

    if (f->classifier->complement) {
        if (!f->weight)
            return g * (double)others;
        double rest = all - f->weight[t->cls[e]] * (g * (double)t->val[e]);
        return others == 0 || rest < 0 ? 0.0 : rest;
    }
    return (f->weight ? f->weight[t->cls[e]] : 1.0) * (g * (double)t->val[e]);
}

static int64_t plain_sum(const nfi_terms *t, size_t i)
{
    int64_t all = 0;
    for (uint64_t e = t->ptr[i]; e < t->ptr[i + 1]; e++)
        all += t->val[e];
    return all;
}

static inline double factor(const nb_pass *p, size_t i)
{
    return p->length * (p->f->idf ? p->f->idf[i] / NFI_FIXED_ONE : 1.0 / NFI_FIXED_ONE);
}

static nf_status weigh_block(void *ctx, size_t block, int worker, nf_err *err)
{
    const nb_pass *p = ctx;
    nfi_fit *f = p->f;
    const nfi_terms *t = f->t;
    size_t end = (block + 1) * BLOCK < t->n ? (block + 1) * BLOCK : t->n;
    bool comp = f->classifier->complement;
    double sign = comp ? -1.0 : 1.0;

    (void)worker, (void)err;
    for (size_t i = block * BLOCK; i < end; i++) {
        double g = factor(p, i), all = sum_of(f, i, g), a = added(p, all);
        int64_t plain = comp ? plain_sum(t, i) : 0;
        if (f->kind == NFI_WITTEN_BELL) {
            f->base[i] = (float)(comp ? all > 0 ? -nfi_log(all) : p->least_base : 0.0);
            for (uint64_t e = t->ptr[i]; e < t->ptr[i + 1]; e++) {
                double v = value_of(f, e, g, all, plain - t->val[e]), u = p->unseen[t->cls[e]];
                f->w[e] = (float)(comp ? v > 0 ? -nfi_log(v) : -u : v > 0 ? nfi_log(v) - u : 0.0);
            }
        } else {
            f->base[i] = (float)(sign * nfi_log(a + (comp ? all : 0.0)));
            for (uint64_t e = t->ptr[i]; e < t->ptr[i + 1]; e++)
                f->w[e] = (float)(sign * nfi_log(a + value_of(f, e, g, all, plain - t->val[e])));
        }
    }
    return NF_OK;
}

/* Terms that each class (or all others) has seen. seen: nclasses, caller-allocated, zeroed. */
static void count_seen(const nfi_terms *t, bool comp, uint64_t *seen)
{
    uint64_t any = 0;

    for (size_t i = 0; i < t->n; i++) {
        size_t have = 0;
        for (uint64_t e = t->ptr[i]; e < t->ptr[i + 1]; e++)
            have += t->val[e] > 0;
        any += have > 0;
        for (uint64_t e = t->ptr[i]; e < t->ptr[i + 1]; e++)
            seen[t->cls[e]] += comp ? t->val[e] > 0 && have == 1 : t->val[e] > 0;
    }
    for (size_t k = 0; comp && k < t->nclasses; k++)
        seen[k] = any - seen[k];
}

/* Class offsets z, and for witten-bell what is not seen. total: nclasses; unseen: nclasses. */
static nf_status offsets(nb_pass *p, const double *total, double *unseen, nf_err *err)
{
    nfi_fit *f = p->f;
    const nfi_terms *t = f->t;
    bool comp = f->classifier->complement;
    double sum = 0.0, sign = comp ? -1.0 : 1.0, a = f->smoothing, v = (double)t->n, mass = a * v, mean = 0.0;
    uint64_t *seen = nfi_calloc(t->nclasses, sizeof *seen);

    if (!seen)
        return nfi_oom(err, "weights");
    for (size_t k = 0; k < t->nclasses; k++)
        sum += total[k];
    if (f->kind == NFI_WITTEN_BELL)
        count_seen(t, comp, seen);
    for (size_t k = 0; k < t->nclasses; k++) {
        double mine = comp ? sum - total[k] : total[k], types = (double)seen[k];
        if (f->kind != NFI_WITTEN_BELL) {
            f->z[k] = -sign * nfi_log(mass + mine);
            continue;
        }
        double extra = types > 0 ? a * types : a; /* a class without words: all are equally likely */
        unseen[k] = nfi_log(types < v ? extra / (v - types) : extra / v);
        f->z[k] = -sign * nfi_log(mine + extra) + (comp ? 0.0 : unseen[k]);
        mean -= unseen[k] / (double)t->nclasses;
    }
    p->least_base = mean;
    nfi_free(seen);
    return NF_OK;
}

/* wcnb: what the weights of each class are divided by. Every class has an entry in every term. */
static nf_status normalise(nfi_fit *f, nf_err *err)
{
    const nfi_terms *t = f->t;
    size_t nk = t->nclasses, used = 0;
    double mean = 0.0, *mass = nfi_calloc(nk, sizeof *mass);

    if (!mass)
        return nfi_oom(err, "weights");
    for (size_t e = 0; e < t->n * nk; e++)
        mass[t->cls[e]] += fabs((double)f->w[e] + f->z[t->cls[e]]);
    for (size_t k = 0; k < nk; k++) {
        mean += t->class_docs[k] ? mass[k] : 0.0;
        used += t->class_docs[k] > 0;
    }
    mean /= (double)used;
    for (size_t k = 0; k < nk; k++) {
        mass[k] = mass[k] > 0 ? mean / mass[k] : 1.0;
        f->z[k] *= mass[k];
    }
    for (size_t e = 0; e < t->n * nk; e++)
        f->w[e] = (float)((double)f->w[e] * mass[t->cls[e]]);
    nfi_free(mass);
    return NF_OK;
}

/* Scores of documents of L times the weight. */
static void lengthen(nfi_fit *f, double length)
{
    for (size_t i = 0; i < f->t->n; i++)
        f->base[i] = (float)(length * (double)f->base[i]);
    for (uint64_t e = 0; e < f->t->ptr[f->t->n]; e++)
        f->w[e] = (float)(length * (double)f->w[e]);
    for (size_t k = 0; k < f->t->nclasses; k++)
        f->z[k] *= length;
}

nf_status nfi_fit_nb(nfi_fit *f, nf_err *err)
{
    size_t nk = f->t->nclasses;
    nb_pass p = {.f = f, .length = 1.0};
    nf_status s = NF_OK;
    double *total = nfi_alloc(3 * nk, sizeof *total);

    if (!total)
        return nfi_oom(err, "weights");
    if (f->t->multi) {
        f->w = nfi_alloc((size_t)f->t->ptr[f->t->n], sizeof *f->w);
        s = f->w ? nfi_multi_weigh(f->t, f->idf, f->classifier->complement, f->smoothing, f->threads, f->base, f->w, f->z, err)
                 : nfi_oom(err, "weights");
        goto out;
    }
    nfi_nb_totals(f->t, f->idf, total, total + nk);
    if (f->classifier->length)
        p.length = nfi_fit_length(f->t, total);
    for (size_t k = 0; k < nk; k++)
        p.total += total[k] *= p.length * (f->weight ? f->weight[k] : 1.0);
    if (f->classifier->normalised)
        NF_GO(nfi_fit_all_entries(f->t, f->classifier->name, err));
    f->w = nfi_alloc((size_t)f->t->ptr[f->t->n], sizeof *f->w);
    if (!f->w) {
        s = nfi_oom(err, "weights");
        goto out;
    }
    NF_GO(offsets(&p, total, total + 2 * nk, err));
    p.unseen = total + 2 * nk;
    NF_GO(nfi_par_chunks((f->t->n + BLOCK - 1) / BLOCK, nfi_par_threads(f->threads), weigh_block, &p, err));
    if (f->classifier->normalised)
        NF_GO(normalise(f, err));
    if (f->classifier->length)
        lengthen(f, p.length);
out:
    nfi_free(total);
    return s;
}

nf_status nfi_fit_all_entries(nfi_terms *t, const char *classifier, nf_err *err)
{
    size_t n, nk = t->nclasses;
    nfi_term_sums all;

    if (!nfi_mul(t->n, nk, &n) || n > NFI_MAX_ENTRIES)
        return NF_FAIL(
            err, NF_ELIMIT,
            "%s keeps a weight for every term and class: %zu x %zu are more than 2^30; raise --min-df, set --max-features, or use cnb",
            classifier, t->n, nk);
    NF_TRY(nfi_term_sums_new(&all, t->n, n, "weights", err));
    for (size_t i = 0; i < t->n; i++) {
        all.ptr[i] = i * nk;
        for (size_t k = 0; k < nk; k++)
            all.cls[i * nk + k] = (uint16_t)k;
        for (uint64_t e = t->ptr[i]; e < t->ptr[i + 1]; e++) {
            all.val[i * nk + t->cls[e]] = t->val[e];
            all.doc[i * nk + t->cls[e]] = t->doc[e];
        }
    }
    all.ptr[t->n] = n;
    nfi_terms_replace(t, &all);
    return NF_OK;
}
