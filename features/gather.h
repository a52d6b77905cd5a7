/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gather.h - the documents of a chunk of a corpus: rows of words, and n-grams as bare sequences of word numbers, which grams.h numbers when
 * all documents are there.
 */
#ifndef NFI_GATHER_H
#define NFI_GATHER_H

#include "features/count.h"
#include "features/words.h"

/*
 * An n-gram of 2 words is one number: (first << 26 | second) << 12 | document within its chunk. When there are longer ones, each n-gram is
 * two: the second is (third + 1) << 26 | (fourth + 1), with 0 for a word that is not there.
 */
#define NFI_DOC_BITS 12
#define NFI_CHUNK_DOCS (1 << NFI_DOC_BITS)

/* One a thread. */
typedef struct nfi_gather {
    const nfi_text *text;
    nfi_words *words;
    nfi_tokbuf tok, marked;
    nf_cuts cuts;
    nfi_buf clean;
    uint32_t *seq;    /* word numbers of the batch of tokens; up to 3 of the batch before come first */
    size_t carry, capseq;
    nfi_times tally;  /* of the current document */
    nfi_rows rows;    /* words of the documents so far */
    uint64_t *gram;   /* n-grams of the documents so far */
    size_t ngram, capgram;
} nfi_gather;

void nfi_gather_init(nfi_gather *g, const nfi_text *text, nfi_words *words);
void nfi_gather_clear(nfi_gather *g);
/* Empties rows and n-grams: a new chunk. */
void nfi_gather_begin(nfi_gather *g);
/* Adds one document, number doc of its chunk; *entries: of its row of words; *n_tokens as of nfi_count_doc(). */
nf_status nfi_gather_doc(nfi_gather *g, const nf_doc *d, uint32_t doc, uint32_t *entries, uint64_t *n_tokens, nf_err *err) NF_MUST_CHECK;

/* Numbers a gram. */
static inline size_t nfi_gram_width(const nfi_text *t) { return t->hi > 2 ? 2 : 1; }

#endif
