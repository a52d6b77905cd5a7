/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scorer.h - inside of nf_scorer: what a thread holds while it scores, and the steps that documents and their units share. */
#ifndef NFI_SCORER_H
#define NFI_SCORER_H

#include "models/lookup.h"
#include "models/model.h"

#include "base/sort.h"

#define NFI_SCORING_CHUNK ((size_t)128 << 10) /* bytes of text */
#define NFI_NGRAM_BIT 0x80000000u /* in nfi_scoring.term: the node is an n-gram, not a word; terms are below 2^28 */

typedef struct nfi_scoring {
    nfi_counter counter;
    nfi_rows rows;
    uint32_t *term; /* node -> model term */
    uint32_t *word; /* node -> model word, for word nodes */
    size_t mapped, capterm, capword;
    uint32_t *row; /* terms of the current document */
    size_t caprow;
    double *acc;
    float *expanded;
    nf_lexicon *lexicon; /* made when sentences are given frames */
    uint64_t *count;     /* of its seeds, by frame */
} nfi_scoring;

/* Rows of the documents of a chunk, one after another. */
typedef struct nfi_chunk_rows {
    nfi_kv *entry; /* term, and the bits of its value */
    size_t n, cap;
} nfi_chunk_rows;

struct nf_scorer {
    const nf_model *m;
    nfi_lookup lookup;
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

/* Before the documents of a chunk: bounds the memory of endless streams. Scores do not depend on it. */
nf_status nfi_scoring_begin(nfi_scoring *w, nf_err *err) NF_MUST_CHECK;
/* The language of a document in *lang, where the scorer tells languages. */
nf_status nfi_scoring_language(const nf_scorer *s, const nf_doc *d, int32_t *lang, nf_err *err) NF_MUST_CHECK;
/* Looks up the nodes that the vocabulary gained since the last call, in groups whose cache misses overlap. */
nf_status nfi_scoring_map(nf_scorer *s, nfi_scoring *w, nf_err *err) NF_MUST_CHECK;
/* Counts a document: its terms as the model has them, in w until the next one. */
nf_status nfi_scoring_row(nf_scorer *s, nfi_scoring *w, const nf_doc *d, nfi_score_row *out, nf_err *err) NF_MUST_CHECK;
/*
 * Scores what w->rows holds: out has n_tokens and lang, the rest as {.label = -1, .second = -1}. Leaves the model's terms of the entries in
 * w->row.
 */
nf_status nfi_scoring_finish(nf_scorer *s, nfi_scoring *w, nf_score *out, double *log_odds, nf_err *err) NF_MUST_CHECK;
/* What the frequencies of a row are multiplied with, before idf. */
double nfi_row_scale(const nf_model *m, const double table[NFI_TF_TABLE], const nfi_score_row *row);
/* What a term of weight 1 adds to the score of class a less that of b; b -1: to the score of class a. */
double nfi_weight_difference(const nf_model *m, uint32_t t, int32_t a, int32_t b);

#endif
