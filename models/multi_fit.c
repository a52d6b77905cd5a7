/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * multi_fit.c - naive Bayes of each class against the rest, from sums. G_tc = idf_t S_tc is the sum of a term over the documents of class
 * c, L_t that over all labelled documents, R_tc = L_t - G_tc that over those without the class; G_c, L, R_c are their sums over the V
 * terms, a is the smoothing.
 *
 *     mnb  w_tc = ln(a + G_tc) - ln(a + R_tc)    z_c = ln(aV + R_c) - ln(aV + G_c)    prior_c = ln(n_c / (n - n_c))
 *     cnb  w_tc = ln(a + L_t) - ln(a + R_tc)     z_c = ln(aV + R_c) - ln(aV + L)      prior_c = 0
 *
 * mnb is the textbook's, of two classes. cnb asks how much likelier a text is under all documents than under those without the class: the
 * complement of Rennie et al. 2003, less what all classes have in common, so that scores of different documents compare.
 */
#include "models/multi.h"

#include "base/par.h"
#include "base/try.h"

#include <string.h>

enum { BLOCK = 8192 };

typedef struct pass {
    const nfi_terms *t;
    const double *idf;
    bool complement;
    double a;
    float *base, *w;
} pass;

static nf_status weigh_block(void *ctx, size_t block, int worker, nf_err *err)
{
    const pass *p = ctx;
    const nfi_terms *t = p->t;
    size_t end = (block + 1) * BLOCK < t->n ? (block + 1) * BLOCK : t->n;

    (void)worker, (void)err;
    for (size_t i = block * BLOCK; i < end; i++) {
        double g = p->idf ? p->idf[i] / NFI_FIXED_ONE : 1.0 / NFI_FIXED_ONE, all = nfi_log(p->a + g * (double)t->lab_val[i]);
        p->base[i] = (float)(p->complement ? 0.0 : nfi_log(p->a) - all);
        for (uint64_t e = t->ptr[i]; e < t->ptr[i + 1]; e++) {
            double rest = nfi_log(p->a + g * (double)(t->lab_val[i] - t->val[e]));
            p->w[e] = (float)((p->complement ? all : nfi_log(p->a + g * (double)t->val[e])) - rest);
        }
    }
    return NF_OK;
}

nf_status nfi_multi_weigh(const nfi_terms *t, const double *idf, bool complement, double smoothing, int threads, float *base, float *w,
                          double *z, nf_err *err)
{
    double all = 0.0, mass = smoothing * (double)t->n, *total = nfi_alloc(2 * t->nclasses, sizeof *total);

    if (!total)
        return nfi_oom(err, "weights");
    nfi_nb_totals(t, idf, total, total + t->nclasses);
    for (size_t i = 0; i < t->n; i++)
        all += (idf ? idf[i] : 1.0) * ((double)t->lab_val[i] / NFI_FIXED_ONE);
    for (size_t k = 0; k < t->nclasses; k++) {
        double rest = all > total[k] ? all - total[k] : 0.0; /* sums of rounded products may differ where a class has all documents */
        z[k] = nfi_log(mass + rest) - nfi_log(mass + (complement ? all : total[k]));
    }
    nfi_free(total);
    pass p = {t, idf, complement, smoothing, base, w};
    return nfi_par_chunks((t->n + BLOCK - 1) / BLOCK, nfi_par_threads(threads), weigh_block, &p, err);
}

nf_status nfi_multi_prior(const char *spec, const nfi_terms *t, double *prior, nf_err *err)
{
    bool data = strcmp(spec, "data") == 0;

    if (!data && strcmp(spec, "uniform") != 0)
        return NF_FAIL(err, NF_EINVAL, "the prior \"%s\" is for documents with one label; where they have several it is data or uniform",
                       spec);
    for (size_t k = 0; k < t->nclasses; k++) {
        double mine = (double)t->class_docs[k], rest = (double)(t->labelled - t->class_docs[k]);
        prior[k] =
            data ? nfi_log(mine + 0.5) - nfi_log(rest + 0.5) : 0.0; /* a class of all documents, or in a fold of none, stays finite */
    }
    return NF_OK;
}
