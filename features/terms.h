/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * terms.h - kept terms with their sums by class: what every model is derived from, whether documents were just counted or statistics were
 * read.
 *
 * Terms stand in byte order. Since no word holds a byte <= 0x20 and words of an n-gram are joined by one space, that is the order of the
 * sequences of word ranks, shorter first; nothing has to be spelled out to sort.
 */
#ifndef NFI_TERMS_H
#define NFI_TERMS_H

#include "features/corpus.h"
#include "features/weight.h"

typedef struct nfi_terms {
    size_t n;         /* kept terms */
    int stride;       /* words a term at most */
    uint32_t *seq;    /* n x stride: word number + 1, 0 = no more words */
    size_t nwords;
    nf_str *word;     /* words of the kept terms, by bytes, in arena */
    uint32_t *df;     /* n: documents with the term, labelled or not */
    uint32_t *rank;   /* n: column number: rank by (df falling, bytes rising); only after nfi_terms_rank() */
    uint64_t *ptr;    /* n + 1: entries of term t are ptr[t] .. ptr[t+1] - 1, classes rising */
    uint16_t *cls;
    int64_t *val;     /* sum of the weights f(tf)/norm of the class's documents, fixed point 2^-32 */
    uint32_t *doc;    /* documents of the class with the term */
    uint64_t *freq;   /* occurrences in the class's documents; only when NFI_SUM_ALL was asked for, else NULL */
    uint64_t *all_freq; /* n: occurrences in all documents; only with NFI_SUM_ALL */
    int64_t *all_val;   /* n: sum of the weights over all documents; only with NFI_SUM_ALL */
    nfi_arena arena;
    bool multi;       /* documents may have several labels: entries of a term add up to more than its documents */
    uint32_t *lab_doc; /* n: labelled documents; multi only, as are the next two */
    int64_t *lab_val;  /* n: sum of the weights over all labelled documents */
    uint64_t *lab_freq; /* n: occurrences in them; only with NFI_SUM_ALL */
    uint64_t labelled; /* labelled documents */
    uint64_t ndocs;   /* N of idf */
    uint64_t ntokens; /* of those documents, stop words included */
    size_t nclasses;
    uint64_t *class_docs; /* nclasses */
} nfi_terms;

void nfi_terms_clear(nfi_terms *t);

/* df limits for n documents: *lo and *hi are inclusive. NF_EINVAL when they contradict each other. */
nf_status nfi_select_bounds(const nf_select_opts *o, uint64_t n, uint64_t *lo, uint64_t *hi, nf_err *err) NF_MUST_CHECK;
/* "no term is left: ..." naming the knob, NF_EDATA. */
nf_status nfi_nothing_left(const nf_select_opts *o, uint64_t n, uint64_t before, nf_err *err);

/* What nfi_terms_build adds up. */
typedef enum nfi_sum {
    NFI_SUM_NONE,   /* selection only: ptr, cls, val, doc stay NULL */
    NFI_SUM_MODEL,  /* weights and documents by class: what a model needs */
    NFI_SUM_ALL     /* and frequencies, and the same over all documents: what a statistics file holds */
} nfi_sum;

/*
 * Builds from a corpus. use: n flags, documents left out have 0; NULL = all.
 * term_of: owned array, node -> term number or NFI_NONE, NULL when not wanted.
 */
nf_status nfi_terms_build(nfi_terms *out, uint32_t **term_of, const nf_corpus *c, const uint8_t *use, const nf_select_opts *select,
                          const nfi_weighting *weighting, nfi_sum sum, int threads, nf_err *err) NF_MUST_CHECK;

/* Words that only terms left out had are dropped; seq follows. what: for the message when there is no memory. */
nf_status nfi_terms_drop_words(nfi_terms *t, const char *what, nf_err *err) NF_MUST_CHECK;

/* Entries of terms, apart from the terms. */
typedef struct nfi_term_sums {
    uint64_t *ptr;
    uint16_t *cls;
    int64_t *val;
    uint32_t *doc;
} nfi_term_sums;
/* Room for n entries of so many terms, owned; val and doc are zeros. what: for the message when there is no memory. */
nf_status nfi_term_sums_new(nfi_term_sums *out, size_t terms, size_t n, const char *what, nf_err *err) NF_MUST_CHECK;
/* Gives t other entries than it had, which are freed. */
void nfi_terms_replace(nfi_terms *t, const nfi_term_sums *e);

/* One word more of a term of which n bytes are spelled already (buf has the first cap of them); returns how many there are with it. */
size_t nfi_spell_word(char *buf, size_t cap, size_t n, nf_str word);
/* Spells term t into buf (cut at cap); returns the full length. */
size_t nfi_terms_spell(const nfi_terms *t, size_t term, char *buf, size_t cap);
/* seq of another order into the column order: columns[rank[t]] = t. Owned. */
nf_status nfi_terms_by_rank(const nfi_terms *t, uint32_t **columns, nf_err *err) NF_MUST_CHECK;
/* Fills rank from df, for those who need columns. */
nf_status nfi_terms_rank(nfi_terms *t, nf_err *err) NF_MUST_CHECK;

#endif
