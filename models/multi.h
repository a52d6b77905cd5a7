/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * multi.h - models of documents with several labels: one classifier a class, each against the documents without it (one against the rest),
 * and a threshold a class.
 *
 * Scores of such a model are independent: score_c >= threshold_c gives class c. Where no class is given so, the one with the highest score
 * is (thresholds differ in what they are worth, scores do not: on R90 micro F1 .894, .891 with the score closest to its threshold); the
 * class "none" is an answer of its own, never beside others.
 *
 * A threshold is the cut with the best F1 over scores of held-out documents (SCut); where that F1 is small there were too few documents to
 * find one, and only scores above those of all held-out documents pass (the rule of fallback, SCutFBR: Yang, SIGIR 2001; Lewis et al., JMLR
 * 5, 2004).
 */
#ifndef NFI_MULTI_H
#define NFI_MULTI_H

#include "models/model.h"

#define NFI_LEAST_F1 0.3 /* of a cut; by cross-validation on three corpora, of .1, .3 and .5 */

typedef struct nfi_multi {
    double *threshold;  /* nclasses, owned */
    double *sigmoid;    /* 2 nclasses, owned: slope and offset of each class (platt.c); NULL: not calibrated */
    int32_t none;       /* the class "none", -1: there is none */
    char how[32];       /* "out-of-fold" or "fixed" */
    uint64_t labelled;  /* documents with labels, which class counts add up to more than */
    uint64_t documents; /* held-out documents that thresholds come from */
    double micro_f1;    /* of these, at the thresholds; -1 where there are none */
} nfi_multi;

static inline double nfi_sigmoid(double x)
{
    double e = nfi_exp(x < 0.0 ? x : -x);
    return x < 0.0 ? e / (1.0 + e) : 1.0 / (1.0 + e);
}
/* From scores of n documents, and whether they have the class; slope >= 0. O(n) a look, some four of them. */
void nfi_platt(const double *score, const bool *own, size_t n, double *slope, double *offset);

/* Gives m (labels are there) thresholds of 0. */
nf_status nfi_multi_new(nf_model *m, nf_err *err) NF_MUST_CHECK;

/* What scores of a model with several labels say. chosen: nclasses flags or NULL. */
typedef struct nfi_choice {
    size_t n;              /* classes chosen, at least 1 */
    int32_t label, second; /* of these, the one that is furthest above its threshold, and the next; second may be -1 */
    double margin;         /* least change of one score that changes what is chosen */
    bool tie;              /* no class passed, and two came equally close */
} nfi_choice;
void nfi_multi_choose(const nf_model *m, const double *score, bool *chosen, nfi_choice *out);

/* Class scores as nf_scorer_batch() gives them; label is -1 for a tie. */
void nfi_model_decide(const nf_model *m, const double *acc, double *log_odds, int32_t *label, int32_t *second, double *margin);

/* multi_fit.c: weights from sums; idf as in nb.h. base: n, w: entries, z: nclasses; caller-allocated. */
nf_status nfi_multi_weigh(const nfi_terms *t, const double *idf, bool complement, double smoothing, int threads, float *base, float *w,
                          double *z, nf_err *err) NF_MUST_CHECK;
/* Log-odds of each class: "data" or "uniform". */
nf_status nfi_multi_prior(const char *spec, const nfi_terms *t, double *prior, nf_err *err) NF_MUST_CHECK;

/* multi_tune.c: a model of the documents with a flag (use NULL: all) whose smoothing, unless given, and thresholds come from documents held
 * out of others. of as of nfi_model_of(). */
nf_status nfi_multi_train(nf_model **out, uint32_t **of, const nf_corpus *c, const uint8_t *use, const nf_train_opts *o,
                          nf_err *err) NF_MUST_CHECK;
/* Sets of the documents of a corpus; empty where use says so. Owned. */
nf_status nfi_sets_of(nf_label_sets *out, const nf_corpus *c, const uint8_t *use, nf_err *err) NF_MUST_CHECK;

/* scut.c: the cut of n scores, of which those with a flag are the class's own. Sorts work (n). */
typedef struct nfi_cut {
    double threshold, f1;
} nfi_cut;
nf_status nfi_scut(const double *score, const bool *own, size_t n, double least_f1, nfi_cut *out, nf_err *err) NF_MUST_CHECK;

#endif
