/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trials.h - folds whose terms, sums and rows are made once, so that many settings can be tried on them. All folds stay in memory: about
 * what that many models take, and for classifiers made from rows 8 bytes a nonzero and fold.
 */
#ifndef NFI_TRIALS_H
#define NFI_TRIALS_H

#include "models/oof.h"

typedef struct nfi_trials nfi_trials;
/* Folds first to end - 1 of the plan. Owned, nfi_trials_close(). use, plan: borrowed while it lives. NF_EDATA when a fold has no terms or
 * fewer than two classes to train on.
 */
nf_status nfi_trials_open(nfi_trials **out, const nf_corpus *c, const uint8_t *use, const nfi_split *plan, size_t first, size_t end,
                          const nf_select_opts *select, const nfi_weighting *w, int threads, nf_err *err) NF_MUST_CHECK;
void nfi_trials_close(nfi_trials *x); /* NULL is fine */
/* What these options need is made now, so that runs can go on several threads at once. */
nf_status nfi_trials_prepare(nfi_trials *x, const nf_train_opts *o, nf_err *err) NF_MUST_CHECK;
/* As nfi_oof(), same bits; o->select and the weighting are those of the folds. */
nf_status nfi_trials_run(nfi_trials *x, const nf_train_opts *o, nfi_held_fn fn, void *ctx, double *smoothing, nf_err *err) NF_MUST_CHECK;

/* Smoothing by accuracy over five folds, all else as o says. *tried is 0 when there can be no folds. */
nf_status nfi_tune_by_folds(const nf_corpus *c, const uint8_t *use, const nf_train_opts *o, double *smoothing, double *accuracy,
                            uint64_t *tried, nf_err *err) NF_MUST_CHECK;

#endif
