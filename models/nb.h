/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * nb.h - the table of classifiers. Whatever it is made from, every one of them has the form
 *
 *     score_c(d) = prior_c + sum over terms t of d of  x_t (w_tc + z_c),     x_t = f(tf)/norm * idf_t
 *
 * where w_tc equals one value base_t for all classes in which t never occurs, so that a model stores base_t and the exceptions. Naive Bayes
 * is made from sums by class; how: fit_nb.c, fit_bernoulli.c, fit_centroid.c. Linear machines are made from the documents' rows:
 * fit_linear.c.
 */
#ifndef NFI_NB_H
#define NFI_NB_H

#include "features/stats.h"
#include "features/terms.h"

/* How mass is given to terms that a class has not seen: the numbers are places in the table of nf_smoothing_name(). */
typedef enum nfi_smoothing { NFI_LIDSTONE, NFI_DIRICHLET, NFI_WITTEN_BELL, NFI_SMOOTHINGS } nfi_smoothing;

bool nfi_smoothing_find(const char *name, nfi_smoothing *out); /* false: no such kind */

struct nfi_fit;
typedef struct nfi_classifier {
    const char *name, *summary;
    nf_status (*fit)(struct nfi_fit *f, nf_err *err); /* fit.h */
    bool complement;        /* sums of the other classes, negative sign */
    const char *prior;      /* by default */
    const char *weighting;  /* by default; NULL: the first of the table */
    double smoothing_unit;  /* when it cannot be tuned: documents of unit length; 0: it has no smoothing */
    double smoothing_count; /* ... raw counts */
    double cost;            /* by default; 0: it has none */
    bool kinds;             /* every kind of smoothing, else NFI_LIDSTONE only */
    bool exact;             /* leave-one-out can be computed: nfi_nb_leave_one_out() */
    bool presence;          /* events are presence and absence: the weighting must be one of presence */
    bool length;            /* documents of the mean length: see fit_nb.c */
    bool normalised;        /* weights divided by their mass */
    bool rows;              /* made from rows: needs the documents, cannot be counted or merged */
    bool bias;              /* the model's log_prior is no distribution */
} nfi_classifier;

extern const nfi_classifier *const nfi_classifiers[]; /* ends with NULL; the first is the default */
const nfi_classifier *nfi_classifier_find(const char *name);
/* The weighting of that name (NULL: the classifier's own). NF_EINVAL: no such row, or one that does not go with the classifier. */
nf_status nfi_classifier_weighting(const nfi_weighting **out, const nfi_classifier *k, const char *name, nf_err *err) NF_MUST_CHECK;

/* Class totals of a set of terms, in term order: sums[k] = sum_t idf_t S_tk (idf NULL: 1) and plain[k] = sum_t S_tk; nclasses doubles each,
 * caller-allocated. */
void nfi_nb_totals(const nfi_terms *t, const double *idf, double *sums, double *plain);

/* Log priors, nclasses doubles, caller-allocated. spec as nf_train_opts.prior. weight: of the classes' documents, NULL = 1. */
nf_status nfi_nb_prior(const char *spec, const nf_str *label, const uint64_t *docs, const double *weight, size_t nclasses, double *prior,
                       nf_err *err) NF_MUST_CHECK;
/* Class weights, nclasses doubles, caller-allocated. spec as nf_train_opts.class_weight. */
nf_status nfi_class_weights(const char *spec, const nf_str *label, const uint64_t *docs, size_t nclasses, double *weight,
                            nf_err *err) NF_MUST_CHECK;
#define NFI_NO_DOCUMENTS (-1e6) /* log prior of a class without documents, as folds may have: it never wins */

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
 * Leave-one-out accuracy at each smoothing (9 at most): correct[i] of *tried documents. Exact with the vocabulary held fixed. idf: of all
 * terms, read when the weighting has it. out: NULL, or gets the scores at the first smoothing, owned; with it terms that min_df would drop
 * without the document are left out (but for Bernoulli), so that scores are those of a model that never saw it. Rows whose scores would be
 * more than 2^21 numbers together are not in it. For a classifier with exact, kind NFI_LIDSTONE, no class weights.
 */
nf_status nfi_nb_leave_one_out(const nfi_classifier *k, const nfi_terms *t, const nfi_sample *sample, const nfi_weighting *w,
                               const double *idf, const double *prior, bool data_prior, const double *smoothing, size_t nsmoothing,
                               int threads, uint64_t *correct, uint64_t *tried, nfi_left_out *out, nf_err *err) NF_MUST_CHECK;
/* The same for Bernoulli: fit_bernoulli.c. score: by smoothing, class scores of the first keep rows; NULL: not wanted. */
nf_status nfi_bernoulli_leave_one_out(const nfi_terms *t, const nfi_sample *sample, const double *prior, bool data_prior,
                                      const double *smoothing, size_t nsmoothing, double *const *score, size_t keep, int threads,
                                      uint64_t *correct, uint64_t *tried, nf_err *err) NF_MUST_CHECK;

/* Climbs a ladder of values from 0.3, 1 and 3 to the best leave-one-out accuracy (ties: the larger value). */
nf_status nfi_nb_tune(const nfi_classifier *k, const nfi_terms *t, const nfi_sample *sample, const nfi_weighting *w, const double *idf,
                      const double *prior, bool data_prior, int threads, double *smoothing, double *accuracy, uint64_t *tried,
                      nf_err *err) NF_MUST_CHECK;
/* The same for whatever counts what is right. try gets the place of the first value. */
typedef nf_status (*nfi_try_fn)(void *ctx, size_t rung, const double *smoothing, size_t n, uint64_t *correct, uint64_t *tried, nf_err *err);
nf_status nfi_climb(nfi_try_fn try, void *ctx, double *smoothing, double *accuracy, uint64_t *tried, nf_err *err) NF_MUST_CHECK;

#endif
