/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fit.h - from sums, or rows, to the weights of a model: what every classifier of the table is given and has to fill. */
#ifndef NFI_FIT_H
#define NFI_FIT_H

#include "models/nb.h"
#include "newsframe/matrix.h"

/* Labelled documents as rows of x_t, exactly as scoring makes them. Columns are places by (document frequency falling, bytes rising):
 * frequent terms lie together. */
typedef struct nfi_fit_rows {
    nf_csr X;
    int32_t *label;      /* X.rows: class, or number of a set of classes in corpus */
    const nf_corpus *corpus; /* borrowed */
    uint32_t *doc;       /* X.rows: number of the document in its corpus */
    uint32_t *term;      /* X.cols: column -> term */
} nfi_fit_rows;
void nfi_fit_rows_clear(nfi_fit_rows *r);
/* use, of: as of nfi_terms_build(); idf: of all terms. Owned. */
nf_status nfi_fit_rows_make(nfi_fit_rows *out, const nf_corpus *c, const uint8_t *use, nfi_terms *t, const uint32_t *of,
                            const nfi_weighting *w, const double *idf, int threads, nf_err *err) NF_MUST_CHECK;

typedef struct nfi_fit {
    const nfi_classifier *classifier;
    const nfi_weighting *weighting;
    nfi_terms *t;            /* its entries (ptr, cls, val, doc) may be replaced by more of them: nfi_fit_all_entries() */
    const double *idf;       /* n: what sums are multiplied with; NULL: idf is in them already, or there is none */
    const double *weight;    /* nclasses: of a class's documents; NULL: 1 */
    const double *data_prior; /* nclasses: log shares of the training documents */
    bool given_prior;        /* the prior is another than that of the data */
    double smoothing, cost;
    nfi_smoothing kind;
    uint64_t seed;
    const nfi_fit_rows *rows; /* for classifiers with rows */
    int threads;
    /* to fill */
    float *base;             /* n, caller-allocated */
    double *z, *log_prior;   /* nclasses, caller-allocated; log_prior holds what was asked for */
    float *w;                /* entries of t, owned */
} nfi_fit;

nf_status nfi_fit_nb(nfi_fit *f, nf_err *err) NF_MUST_CHECK;
nf_status nfi_fit_bernoulli(nfi_fit *f, nf_err *err) NF_MUST_CHECK;
nf_status nfi_fit_centroid(nfi_fit *f, nf_err *err) NF_MUST_CHECK;
nf_status nfi_fit_nbsvm(nfi_fit *f, nf_err *err) NF_MUST_CHECK;
nf_status nfi_fit_nbmix(nfi_fit *f, nf_err *err) NF_MUST_CHECK;
nf_status nfi_fit_svm(nfi_fit *f, nf_err *err) NF_MUST_CHECK;
nf_status nfi_fit_logistic(nfi_fit *f, nf_err *err) NF_MUST_CHECK;

/* Every term gets an entry in every class. NF_ELIMIT when these are more than NFI_MAX_ENTRIES. */
nf_status nfi_fit_all_entries(nfi_terms *t, const char *classifier, nf_err *err) NF_MUST_CHECK;
/* Mean number of tokens over the mean sum of weights of a document: nb.h, length. 1 where there are no labelled documents with terms. */
double nfi_fit_length(const nfi_terms *t, const double *sums);

#endif
