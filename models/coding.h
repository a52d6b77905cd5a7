/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * coding.h - the frames of a sentence: none, one or several, as a coder would give them. A model of one label says which class a sentence
 * is most like; what it holds of a codebook, and the sentences around, say more. For each class
 *
 *     odds = w0 + w1 z + w2 l + w3 ln(1 + h) + w4 z' + w5 h'
 *
 * z: ln p of the class less its prior, less the mean of that over classes; l: log-odds of the class; h: words and phrases of the
 * sentence that match seeds of the frame; z', h': means of z and of min(h, 1) over the other sentences of the document, 0 where there are
 * none. The class is given from a cut on, one for all. Weights and cut are learned from coded sentences whose scores come from models that
 * saw neither them nor their documents: so the seeds of a frame count as much as they were worth there, in words that were never seen too.
 */
#ifndef NFI_CODING_H
#define NFI_CODING_H

#include "models/model.h"

enum { NFI_CODING_INPUTS = 6, NFI_LEAST_CODED = 100 };
#define NFI_CODING_MAX 1e6 /* of a weight, in a file */

typedef struct nfi_coding {
    double *w;          /* nclasses x NFI_CODING_INPUTS, owned; zeros for a class that is no frame */
    int32_t none;       /* the class "none", -1: there is none */
    double cut;         /* odds from which on a class is given */
    uint64_t sentences; /* that it was learned from */
    double micro_f1;    /* of these at the cut */
} nfi_coding;

/* Sentences of documents, one after another. */
typedef struct nfi_coded {
    size_t n;
    const size_t *doc;      /* number of the document: equal ones stand together */
    const bool *scored;     /* n: else log_odds mean nothing, and the sentence has no frame */
    const double *log_odds; /* n x nclasses */
    const double *hits;     /* n x nclasses: seeds of the frame that the class is */
} nfi_coded;

/* odds: n x nclasses, -INFINITY where a sentence was not scored or a class is no frame. O(n * nclasses). */
nf_status nfi_coding_odds(const nf_model *m, const nfi_coded *x, double *odds, nf_err *err) NF_MUST_CHECK;
/* own: n x nclasses. m has labels and a codebook; NF_EDATA with fewer than NFI_LEAST_CODED sentences. O(n * nclasses) a step, some ten
 * steps. */
nf_status nfi_coding_fit(nf_model *m, const nfi_coded *x, const bool *own, nf_err *err) NF_MUST_CHECK;
/*
 * For articles of sources that the model does not know: raises w3 until one seed in a sentence whose scores are even (z = 0 and
 * l = -ln(classes - 1) for each class) gives odds of sqrt 2 times the cut's, since seeds hold where scores do not, and halves w4 and w5,
 * since an article changes its subject oftener than a short text. The cut stays, micro_f1 is measured again. m was fitted to x and own.
 */
nf_status nfi_coding_for_others(nf_model *m, const nfi_coded *x, const bool *own, nf_err *err) NF_MUST_CHECK;
/* Hits by frame of the codebook to hits by class. */
void nfi_coding_hits(const nf_model *m, const uint64_t *count, double *hits);
/* Zero weights, cut 0. */
nf_status nfi_coding_new(nf_model *m, nf_err *err) NF_MUST_CHECK;

#endif
