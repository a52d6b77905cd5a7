/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * oof.h - scores of documents by models that have not seen them: what cross-validation, calibration, thresholds and the choice of a
 * classifier are made of.
 *
 * Nothing of a held-out document reaches the model that scores it: terms, document frequencies, idf, smoothing and weights are found anew
 * from the documents the model is trained on.
 */
#ifndef NFI_OOF_H
#define NFI_OOF_H

#include "features/corpus.h"
#include "models/model.h"

/* Called when the model of a fold is there, before its documents are scored. */
typedef nf_status (*nfi_fold_fn)(void *ctx, const nf_model *m, nf_err *err);

/* Which document is held out when. Borrowed. */
typedef struct nfi_split {
    const int32_t *fold; /* a number below folds for each document, or -1: never held out */
    size_t folds;
    nfi_fold_fn begin;   /* or NULL */
    bool forward; /* fold f is scored by what was trained on folds below f; fold 0 is not scored. Else all but f train, those of fold -1 too
                   */
} nfi_split;

/* Who trains and who is scored in fold f: n flags each, caller-allocated. use: documents that take part at all, NULL = all. */
void nfi_split_flags(const nfi_split *plan, size_t n, const uint8_t *use, size_t f, uint8_t *train, uint8_t *hold);

/* One document that was held out. Borrowed for the time of the call. */
typedef struct nfi_held {
    size_t doc;
    int32_t fold;
    const nf_model *model;
    size_t known;           /* entries of its row that the model knows; 0: nothing to score, zeros */
    const double *score;    /* by class: score_c of nb.h */
    const double *log_odds; /* by class, as nf_scorer_batch() gives them */
    double *scratch;        /* a number a class, for the callee to use */
    int32_t label, second;  /* best and second class; label is -1 for a tie or when nothing was known */
    double margin;
} nfi_held;

/* Called from several threads at once, once for each document; it writes to places of that document only. */
typedef void (*nfi_held_fn)(void *ctx, const nfi_held *h);

/*
 * A model of the documents with a flag (use NULL: of all); its classes are those of the corpus. of: owned, node of the corpus -> term of
 * the model or NFI_NONE; NULL when not wanted.
 * @return as nf_model_train().
 */
nf_status nfi_model_of(nf_model **out, uint32_t **of, const nf_corpus *c, const uint8_t *use, const nf_train_opts *o,
                       nf_err *err) NF_MUST_CHECK;
/* A model of all documents, with the frames of a codebook as classes where there is one. */
nf_status nfi_model_of_all(nf_model **out, const nf_corpus *c, const nf_train_opts *o, nf_err *err) NF_MUST_CHECK;
/* Documents with a flag (hold NULL: all), scored by the model. of as above. */
nf_status nfi_score_held(const nf_model *m, const uint32_t *of, const nf_corpus *c, const uint8_t *hold, int32_t fold, int threads,
                         nfi_held_fn fn, void *ctx, nf_err *err) NF_MUST_CHECK;
/* All folds of a plan, one after another. use: documents that take part at all, NULL = all. smoothing: folds values, NULL when not wanted.
 */
nf_status nfi_oof(const nf_corpus *c, const uint8_t *use, const nf_train_opts *o, const nfi_split *plan, nfi_held_fn fn, void *ctx,
                  double *smoothing, nf_err *err) NF_MUST_CHECK;
/*
 * Calibration on documents held out in five stratified folds (NFI_SAMPLE_DOCS at most): for classifiers that no document can be left out of
 * exactly. o: of the model, its smoothing too. *out is NULL where the documents are too few. O(five models).
 */
nf_status nfi_calibrate_by_folds(nfi_calibration **out, const nfi_calibrator *k, const nf_corpus *c, const uint8_t *use,
                                 const nf_train_opts *o, nf_err *err) NF_MUST_CHECK;

/* The same as a table. Owned, nfi_oof_table_clear(). */
typedef struct nfi_oof_table {
    size_t n, nclasses;
    int32_t *fold;    /* n: -1 when it was never held out */
    int32_t *label;   /* n: what the model said, -1: nothing */
    bool *scored;     /* n: held out and something was known; the row of any other document is zeros */
    double *log_odds; /* n x nclasses */
} nfi_oof_table;
void nfi_oof_table_clear(nfi_oof_table *t);
/* Stratified folds as nf_crossval() makes them; memory: 8 bytes a document and class. */
nf_status nfi_oof_stratified(nfi_oof_table *out, const nf_corpus *c, const nf_crossval_opts *o, nf_err *err) NF_MUST_CHECK;

#endif
