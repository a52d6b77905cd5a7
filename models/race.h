/* SPDX-License-Identifier: GPL-3.0-or-later */
/* race.h - candidates tried fold by fold; who is clearly behind is set aside before the next. */
#ifndef NFI_RACE_H
#define NFI_RACE_H

#include "features/corpus.h"
#include "newsframe/models.h"

/* The options of a candidate: those of the search with its own settings in them. */
void nfi_candidate_apply(nf_train_opts *o, const nf_candidate *c);
/* What of the corpus it looks at: 0 all, 1 without n-grams, 2 without the lead, 3 without either. */
int nfi_candidate_view(const nf_candidate *c, const nf_corpus *corpus);

/*
 * Fills what the n candidates of t reached; *best is the first of those with most right, those without a lead before others, SIZE_MAX
 * when none was judged. Candidates of one weighting, n-grams, min_df and lead that stand together share terms, sums and rows of a fold,
 * which are made once for each fold and let go after it. o as of nf_tune().
 */
nf_status nfi_race(nf_tried *t, size_t n, size_t *best, const nf_corpus *c, const nf_tune_opts *o, nf_err *err) NF_MUST_CHECK;

#endif
