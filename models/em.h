/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * em.h - learning from documents without a label (Nigam, McCallum, Thrun, Mitchell 2000): multinomial naive Bayes over rows of unit length
 * (complement classifiers have no likelihood to climb), documents without a label weighing less than those with one:
 *
 *     E  p_dk = softmax over k of  b (ln prior_k + sum_t x_dt (ln(a + G_tk) - ln(a V + sum_t G_tk)))
 *        x_dt = f(tf)/norm idf_t, G_tk = idf_t S_tk
 *     M  S_tk = labelled and seeds + weight * sum over d of p_dk f(tf)/norm
 *
 * b rises to 1 over the first rounds (annealing), so that the first guesses bind less. Sums are 64-bit integers in units of 2^-32: the same
 * for any order and threads.
 */
#ifndef NFI_EM_H
#define NFI_EM_H

#include "features/terms.h"
#include "newsframe/models.h"

#define NFI_EM_WEIGHT 0.1     /* of a document without a label, where there are too few with one to choose it */
#define NFI_EM_SMOOTHING 0.01 /* a, for rows of unit length */
#define NFI_EM_FEW 10         /* labelled documents of the smallest class from which on the weight is chosen by cross-validation */

typedef struct nfi_em_report {
    double weight;
    bool tuned;
    uint64_t right, tried; /* held-out labelled documents at that weight, when tuned */
    uint64_t documents;    /* without a label that took part */
} nfi_em_report;

/*
 * Sums of t (labelled documents, and seeds) become those of the last round. of: node of the corpus -> term. log_prior: by class. class_of:
 * label of the corpus -> class. o: smoothing (0: the fixed one), unlabeled_weight (0: chosen), threads. NF_EINVAL: a weighting without unit
 * length; NF_EDATA: nothing is unlabelled, or neither labels nor seeds tell classes apart; NF_ELIMIT: terms x classes.
 */
nf_status nfi_em_fit(nfi_em_report *out, nfi_terms *t, const uint32_t *of, const nf_corpus *c, const nfi_weighting *w,
                     const double *log_prior, const int32_t *class_of, const nf_train_opts *o, nf_err *err) NF_MUST_CHECK;

#endif
