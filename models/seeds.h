/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seeds.h - seeds of a codebook as a Dirichlet prior on what classes are made of. To the sums of each class, documents are added that
 * consist of its seeds:
 *
 *     S'_tc = S_tc + strength / sqrt(K_c)     for the K_c terms t that match a seed of class c
 *
 * (without the root for weightings whose rows are not brought to length 1). So the strength is a number of documents; the classifier,
 * leave-one-out and the model file need nothing else.
 */
#ifndef NFI_SEEDS_H
#define NFI_SEEDS_H

#include "models/model.h"
#include "newsframe/codebook.h"
#include "newsframe/models.h"

#define NFI_SEED_STRENGTH 3.0 /* where there are too few labels to choose it */
#define NFI_MAX_SEED_STRENGTH 1e6

typedef struct nfi_seeds {
    size_t n, nclasses;
    uint64_t *entry;  /* n: of nfi_terms */
    int64_t *own;     /* n: what is there without seeds */
    uint32_t *term;   /* n: rising */
    int64_t *labelled; /* n: of lab_val of the term without seeds, where documents may have several labels */
    double *unit;     /* n: what strength 1 adds, as a weight */
    uint32_t *terms;  /* nclasses: terms that match */
} nfi_seeds;

/* NF_EDATA when a label (with documents; docs NULL: all have) is no frame of the codebook. */
nf_status nfi_seeds_check(const nf_str *label, const uint64_t *docs, size_t n, const nf_codebook *cb, nf_err *err) NF_MUST_CHECK;
/* Classes of a codebook that the documents do not have are added to terms, sample (may be NULL) and labels: *label is an owned array,
 * replaced by a longer one. NF_EDATA when a label is not a frame of the codebook. */
nf_status nfi_seeds_join(nfi_terms *t, nfi_sample *sample, nf_str **label, const nf_codebook *cb, nf_err *err) NF_MUST_CHECK;

/* Finds the terms that match seeds and makes entries for them, of value 0 where a class does not have the term. label: t->nclasses; other
 * frames have no part. */
nf_status nfi_seeds_find(nfi_seeds *out, nfi_terms *t, const nf_str *label, const nf_codebook *cb, const char *tokenizer,
                         const nfi_weighting *w, nf_err *err) NF_MUST_CHECK;
void nfi_seeds_clear(nfi_seeds *s);
void nfi_seeds_set(const nfi_seeds *s, nfi_terms *t, double strength); /* sums of t as if nothing else had been set before */

/*
 * The greatest strength of a ladder whose leave-one-out accuracy is within one standard error of the best: what labels cannot tell apart is
 * left to the codebook, which does not depend on where the documents come from. Sets it in t. With fewer than 30 documents to leave out:
 * the fixed one, *tried tells.
 */
nf_status nfi_seeds_tune(const nfi_seeds *s, const nfi_classifier *k, nfi_terms *t, const nfi_sample *sample, const nfi_weighting *w,
                         const double *idf, const double *prior, bool data_prior, int threads, double *strength, uint64_t *tried,
                         nf_err *err) NF_MUST_CHECK;

/* The model keeps a copy of the codebook, as it will stand in the file. */
nf_status nfi_model_codebook(nf_model *m, const nf_codebook *cb, double strength, const char *how, nf_err *err) NF_MUST_CHECK;

#endif
