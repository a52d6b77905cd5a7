/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * count.h - one document after another to counts of the terms of a model, for scoring: one counter a thread. A corpus is counted by
 * gather.h.
 */
#ifndef NFI_COUNT_H
#define NFI_COUNT_H

#include "features/clean.h"
#include "features/dict.h"
#include "features/lead.h"
#include "features/stop.h"
#include "features/token.h"

/* What decides which terms a text has; shared read-only by all counters. Owned by whoever made it (nfi_text_init). */
typedef struct nfi_text {
    const nfi_tokenizer *tokenizer;
    int lo, hi; /* n-gram range */
    nfi_stop stop;
    nf_cleaner *clean; /* a reference; NULL: texts are counted as they are */
    uint32_t lead; /* tokens of the beginning that are marked words too (lead.h) */
    char language[8]; /* documents told to be in another are left out; "any": none is */
} nfi_text;

/* Rows of documents one after another: entry e of a row is term id[e], tf[e] times. */
typedef struct nfi_rows {
    uint32_t *id, *tf;
    size_t n, capid, captf;
} nfi_rows;

/*
 * The terms of one document, as a dictionary has them. n-grams are nodes of vocab, as are words, and every term has one entry whether it is
 * known or not, for lengths are over all of them.
 */
typedef struct nfi_counter {
    const nfi_text *text;
    const nfi_dict *dict;
    uint32_t *term, *tf;  /* n entries in first-seen order: number in dict or NFI_NONE, and how often */
    size_t n;
    uint64_t n_tokens, stopped; /* stop words are tokens too */
    uint64_t known;       /* tokens that are terms of dict by themselves */
    size_t lead;          /* tokens still to be marked */
    nfi_tokbuf marked;
    nf_cuts cuts;         /* of the text */
    nfi_buf clean;        /* what they leave of it */
    nfi_vocab vocab;      /* nodes, and the words that dict does not have */
    uint32_t *pos;        /* node of a word of dict, where that node says so: nothing is cleared between documents */
    nfi_tokbuf tok;
    /* seq[m-1][i]: node of the m-gram that ends at word i of the segment; 3 words of the one before come first */
    uint32_t *seq[NFI_MAX_NGRAM];
    uint64_t *pair;       /* of the segment, by node: as nfi_dict_pairs() takes them */
    size_t capterm, captf, cappair, capseq[NFI_MAX_NGRAM];
    size_t carry;         /* words carried over from the segment before, 0..3 */
} nfi_counter;

/* dict is borrowed, and may get its tables later. */
nf_status nfi_counter_init(nfi_counter *c, const nfi_text *text, const nfi_dict *dict, nf_err *err) NF_MUST_CHECK;
void nfi_counter_clear(nfi_counter *c);

/*
 * Counts one document made of parts (title, text: n-grams cross from one to the next). Forgets the one before, on failure too. The first
 * c->lead tokens are marked, which c->lead then no longer has: pieces of a document are counted one after another.
 */
nf_status nfi_count_doc(nfi_counter *c, const nf_str *parts, size_t nparts, nf_err *err) NF_MUST_CHECK;

/* What of a document is counted: title and cleaned text, the latter in clean where anything was cut. */
nf_status nfi_text_parts(const nfi_text *t, const nf_doc *d, nf_cuts *cuts, nfi_buf *clean, nf_str part[2], nf_err *err) NF_MUST_CHECK;

/* The same for title and cleaned text of a whole document. */
nf_status nfi_count_text(nfi_counter *c, const nf_doc *d, nf_err *err) NF_MUST_CHECK;

void nfi_rows_clear(nfi_rows *r);

/*
 * Cuts a batch into chunks of at least bytes of text: chunk k is documents [bound[k], bound[k+1]). bound: b->n + 1, caller-allocated.
 * Returns how many; they depend on the batch alone.
 */
size_t nfi_batch_cut(const nf_batch *b, size_t bytes, size_t *bound);

#endif
