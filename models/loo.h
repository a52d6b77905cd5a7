/* SPDX-License-Identifier: GPL-3.0-or-later */
/* loo.h - inside of leave-one-out: what the pass over documents that are alone and the one over groups of copies share. */
#ifndef NFI_LOO_H
#define NFI_LOO_H

#include "models/fit.h"

#include "base/kern.h"

enum { NFI_LOO_LADDER = 9 };

typedef struct loo_pass {
    const nfi_classifier *k;
    const nfi_terms *t;
    const nfi_sample *sample;
    const nfi_weighting *w;
    const double *idf, *prior, *table; /* idf NULL: the weighting has none */
    const nfi_kern *kern;
    uint32_t least;  /* document frequency up to which terms of a document are gone without it */
    double shift;    /* idf of the terms that a document does not have falls by this */
    size_t stride;   /* classes, padded to whole vectors */
    size_t block;    /* documents a block */
    bool data_prior;
    double length;   /* L of fit_nb.c: smoothing and priors are divided by it instead of multiplying all else */
    const double *sums, *plain; /* class totals; complement totals for complement classifiers */
    const double *smoothing;
    size_t ns;
    uint64_t *correct, *tried; /* by block: ns values; one value */
    double *const *score;      /* by smoothing: class scores of the first keep rows; NULL: not wanted */
    size_t keep;
} loo_pass;

static inline bool nfi_loo_alone(const nfi_sample *x, size_t r) { return !x->group || x->group[r] == 0; }

/* loo_groups.c: adds what is right and tried of the documents that have copies; smoothing and score as in the pass. */
nf_status nfi_loo_groups(const loo_pass *p, int threads, uint64_t *correct, uint64_t *tried, nf_err *err) NF_MUST_CHECK;

#endif
