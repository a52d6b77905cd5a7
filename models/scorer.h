/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scorer.h - inside of nf_scorer: what a thread holds while it scores, and the steps that documents and their units share. */
#ifndef NFI_SCORER_H
#define NFI_SCORER_H

#include "models/model.h"

#include "base/sort.h"

#define NFI_SCORING_CHUNK ((size_t)32 << 10) /* bytes of text */

typedef struct nfi_scoring {
    nfi_counter counter;
    double *acc;
    float *expanded;
    nf_lexicon *lexicon; /* made when sentences are given frames */
    uint64_t *count;     /* of its seeds, by frame */
    double *worth; /* score_units.c: by term of the model, 0 but for those of the document at hand; NULL until it is wanted */
} nfi_scoring;

/* Rows of the documents of a chunk, one after another. */
typedef struct nfi_chunk_rows {
    nfi_kv *entry; /* term, and the bits of its value */
    size_t n, cap;
} nfi_chunk_rows;

struct nf_scorer {
    const nf_model *m;
    nfi_dict dict;
    uint64_t min_tokens;
    double threshold, min_prob;
    bool typicality;
    double *rarity; /* of terms, for weightings without idf while typicality; else NULL */
    int threads;
    const nf_lang *lang;
    int language;
    nfi_scoring *w;
    double table[NFI_TF_TABLE];
    /* of the batch at hand */
    const nf_batch *batch;
    const size_t *bound;
    nf_score *scores;
    double *log_odds;
    nfi_chunk_rows *rows; /* one a chunk */
    size_t *length;   /* one a document */
};

/* Before the look-ups of a batch. */
nf_status nfi_scorer_expect(nf_scorer *s, const nf_batch *b, nf_err *err) NF_MUST_CHECK;
/* The language of a document in *lang, where the scorer tells languages. */
nf_status nfi_scoring_language(const nf_scorer *s, const nf_doc *d, int32_t *lang, nf_err *err) NF_MUST_CHECK;
/* The document or unit that w->counter has counted. */
static inline nfi_score_row nfi_scoring_row(const nfi_scoring *w)
{
    return (nfi_score_row){w->counter.term, w->counter.tf, w->counter.n};
}
/* Scores it: out has lang, the rest as {.label = -1, .second = -1}. */
nf_status nfi_scoring_finish(nf_scorer *s, nfi_scoring *w, nf_score *out, double *log_odds, nf_err *err) NF_MUST_CHECK;
/* What the frequencies of a row are multiplied with, before idf. */
double nfi_row_scale(const nf_model *m, const double table[NFI_TF_TABLE], const nfi_score_row *row);
/* What a term of weight 1 adds to the score of class a less that of b; b -1: to the score of class a. */
double nfi_weight_difference(const nf_model *m, uint32_t t, int32_t a, int32_t b);

#endif
