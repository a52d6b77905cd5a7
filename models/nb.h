/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * nb.h - naive Bayes from sums by class. Every classifier of the table has the form
 *
 *     score_c(d) = prior_c + sum over terms t of d of  x_t (w_tc + z_c),     x_t = f(tf)/norm * idf_t
 *
 * where w_tc equals one value base_t for all classes in which t never occurs, so that a model stores base_t and the exceptions.
 *
 *     mnb  w_tc =  ln(a + G_tc)           z_c = -ln sum_t (a + G_tc)           G_tc = idf_t S_tc              (McCallum, Nigam 1998; Rennie et al. 2003)
 *     cnb  w_tc = -ln(a + G_t - G_tc)     z_c = +ln sum_t (a + G_t - G_tc)     G_t  = sum over classes         (Rennie et al. 2003, eq. 6-8)
 *
 * S_tc is the fixed-point sum of f(tf)/norm over the class's documents, a the smoothing.
 */
#ifndef NFI_NB_H
#define NFI_NB_H

#include "features/stats.h"
#include "features/terms.h"

typedef struct nfi_classifier {
    const char *name, *summary;
    bool complement;       /* sums of the other classes, negative sign */
    const char *prior;     /* by default */
    double smoothing_unit; /* when it cannot be tuned: documents of unit length */
    double smoothing_count; /* ... raw counts */
} nfi_classifier;

extern const nfi_classifier *const nfi_classifiers[]; /* ends with NULL; the first is the default */
const nfi_classifier *nfi_classifier_find(const char *name);

/* Class totals of a set of terms, in term order: sums[k] = sum_t idf_t S_tk (idf NULL: 1) and plain[k] = sum_t S_tk; nclasses doubles each, caller-allocated. */
void nfi_nb_totals(const nfi_terms *t, const double *idf, double *sums, double *plain);

/* Log priors, nclasses doubles, caller-allocated. spec as nf_train_opts.prior. */
nf_status nfi_nb_prior(const char *spec, const nf_str *label, const uint64_t *docs, size_t nclasses, double *prior, nf_err *err) NF_MUST_CHECK;

/* Class scores of documents by a model that was made without them. {0} is empty. */
typedef struct nfi_left_out {
    size_t n, nclasses;
    int32_t *label; /* n */
    uint32_t *row;  /* n: rows of the sample, rising */
    double *score;  /* n x nclasses; NFI_NO_SCORE for a class without documents */
} nfi_left_out;
#define NFI_NO_SCORE (-1e300)
void nfi_left_out_clear(nfi_left_out *x);

/*
 * Leave-one-out accuracy at each smoothing (9 at most): correct[i] of *tried documents. Exact with the vocabulary held fixed. idf: of all terms, read when
 * the weighting has it. out: NULL, or gets the scores at the first smoothing; owned. Rows whose scores would be more than 2^21 numbers together are left out of it.
 */
nf_status nfi_nb_leave_one_out(const nfi_classifier *k, const nfi_terms *t, const nfi_sample *sample, const nfi_weighting *w, const double *idf, const double *prior, bool data_prior,
                               const double *smoothing, size_t nsmoothing, int threads, uint64_t *correct, uint64_t *tried, nfi_left_out *out, nf_err *err) NF_MUST_CHECK;

/* Climbs a ladder of values from 0.3, 1 and 3 to the best leave-one-out accuracy (ties: the larger value). out as above, at the best. */
nf_status nfi_nb_tune(const nfi_classifier *k, const nfi_terms *t, const nfi_sample *sample, const nfi_weighting *w, const double *idf, const double *prior, bool data_prior, int threads,
                      double *smoothing, double *accuracy, uint64_t *tried, nfi_left_out *out, nf_err *err) NF_MUST_CHECK;

#endif
