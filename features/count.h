/* SPDX-License-Identifier: GPL-3.0-or-later */
/* count.h - documents one after another to term counts, for scoring and inspection: one counter a thread. A corpus is counted by gather.h. */
#ifndef NFI_COUNT_H
#define NFI_COUNT_H

#include "features/clean.h"
#include "features/stop.h"
#include "features/token.h"
#include "features/vocab.h"

/* What decides which terms a text has; shared read-only by all counters. Owned by whoever made it (nfi_text_init). */
typedef struct nfi_text {
    const nfi_tokenizer *tokenizer;
    int lo, hi; /* n-gram range */
    nfi_stop stop;
    nf_cleaner *clean; /* a reference; NULL: texts are counted as they are */
    char language[8]; /* documents told to be in another are left out; "any": none is */
} nfi_text;

/* Rows of documents one after another: entry e of a row is term id[e] (a node of the counter's vocabulary), tf[e] times. First-seen order.
 */
typedef struct nfi_rows {
    uint32_t *id, *tf;
    size_t n, capid, captf;
} nfi_rows;

typedef struct nfi_counter {
    const nfi_text *text;
    nfi_vocab vocab;
    nfi_tokbuf tok;
    nfi_rows rows;                /* scratch of whoever collects rows */
    uint32_t
        *seq[NFI_MAX_NGRAM]; /* seq[m-1][i]: node of the m-gram that ends at word i of the batch; 3 words of the batch before come first */
    size_t capseq[NFI_MAX_NGRAM];
    uint64_t stopped;             /* stop words left out of the last document */
    nf_cuts cuts;                 /* of the last document */
    nfi_buf clean;                /* what they leave of it */
    size_t carry;                 /* words carried over from the batch before, 0..3 */
} nfi_counter;

nf_status nfi_counter_init(nfi_counter *c, const nfi_text *text, nf_err *err) NF_MUST_CHECK;
void nfi_counter_clear(nfi_counter *c);

/*
 * Counts one document made of parts (title, text: n-grams cross from one to the next) and appends its row to rows.
 * *n_tokens gets the number of tokens, stop words included. On failure rows keep what they held before.
 */
nf_status nfi_count_doc(nfi_counter *c, const nf_str *parts, size_t nparts, nfi_rows *rows, uint64_t *n_tokens, nf_err *err) NF_MUST_CHECK;

/* What of a document is counted: title and cleaned text, the latter in clean where anything was cut. */
nf_status nfi_text_parts(const nfi_text *t, const nf_doc *d, nf_cuts *cuts, nfi_buf *clean, nf_str part[2], nf_err *err) NF_MUST_CHECK;

/* The same for title and cleaned text of a document. */
nf_status nfi_count_text(nfi_counter *c, const nf_doc *d, nfi_rows *rows, uint64_t *n_tokens, nf_err *err) NF_MUST_CHECK;

void nfi_rows_clear(nfi_rows *r);

/*
 * Cuts a batch into chunks of at least bytes of text: chunk k is documents [bound[k], bound[k+1]). bound: b->n + 1, caller-allocated.
 * Returns how many; they depend on the batch alone.
 */
size_t nfi_batch_cut(const nf_batch *b, size_t bytes, size_t *bound);

#endif
