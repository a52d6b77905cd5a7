/* SPDX-License-Identifier: GPL-3.0-or-later */
/* score_rows.h - rows of the score table, made on several threads and written in order. */
#ifndef NFI_SCORE_ROWS_H
#define NFI_SCORE_ROWS_H

#include "newsframe/docs.h"
#include "newsframe/units.h"

/* What a table shows; borrowed. */
typedef struct nfi_score_table {
    const nf_model *m;
    size_t k;       /* classes */
    nf_unit_kind unit;
    bool with_text, with_language, mixture, evidence;
    size_t carried; /* columns that documents came with */
    size_t id;      /* carried column of the id; SIZE_MAX: the input has none, it is written first */
    const double *bound; /* of sets, or NULL */
    const nf_scored_units *parts; /* of the documents at hand: number i of a batch is document i of parts */
} nfi_score_table;

typedef struct nfi_score_counts {
    uint64_t by_status[NF_SCORE_STATUS_COUNT];
    uint64_t *by_class;
    uint64_t units, without; /* rows of units, documents that have none */
    uint64_t sets, empty_sets, in_sets;
} nfi_score_counts;

typedef struct nfi_score_rows nfi_score_rows;
nf_status nfi_score_rows_new(nfi_score_rows **out, const nfi_score_table *t, int threads, nf_err *err) NF_MUST_CHECK;
void nfi_score_rows_free(nfi_score_rows *r);
/* Writes the rows of documents, or of their units, to w. odds: k a document. */
nf_status nfi_score_rows_put(nfi_score_rows *r, nf_csv *w, const nf_batch *b, const nf_score *scores, const double *odds,
                             nf_err *err) NF_MUST_CHECK;
/* Of all rows so far. Borrowed. */
const nfi_score_counts *nfi_score_rows_counts(nfi_score_rows *r);

#endif
