/* SPDX-License-Identifier: GPL-3.0-or-later */
/* corpus.h - inside of nf_corpus: rows in chunks of a fixed size, one vocabulary. */
#ifndef NFI_CORPUS_H
#define NFI_CORPUS_H

#include <string.h>

#include "datasets/str.h"
#include "features/grams.h"
#include "newsframe/features.h"

/*
 * Documents [first, first + n): entries of words and of n-grams (NULL: none). Entries are of nodes: words, then n-grams, part after part.
 * Numbers of nodes belong to the corpus and differ from run to run.
 */
typedef struct nfi_chunk {
    nfi_entries *words, *grams;
    size_t first, n;
} nfi_chunk;

struct nf_corpus {
    nfi_text text;
    nfi_words words;           /* sealed: no look-ups */
    uint32_t *word_of;         /* words.n: word number of a node */
    uint64_t *gram;            /* ngrams x nfi_gram_width() */
    size_t ngrams;
    size_t node[NFI_PARTS + 1]; /* first node of each part: words, then n-grams */
    nfi_arena *mem;            /* nmem, one a worker: the entries of the chunks */
    size_t nmem;
    nfi_chunk *chunk;
    size_t nchunks, capchunks;
    size_t n;                  /* documents */
    uint32_t *nterms;          /* n: entries of the document */
    uint64_t *ntokens;         /* n */
    int32_t *label;            /* n: class, or with multi number of a label set; -1 unlabelled */
    uint64_t *idhash;          /* n: XXH64 of the id */
    size_t capterms, captokens, caplabel, capidhash;
    nf_str *classname;         /* sorted by bytes */
    size_t nclasses;
    bool multi;                /* documents may have several labels */
    size_t nsets;              /* multi: sets of labels, in the order of their classes */
    uint64_t *set_ptr;         /* multi: nsets + 1 */
    uint16_t *set_cls;         /* classes of set i, rising: set_ptr[i] .. set_ptr[i+1] - 1; never empty */
    nf_str *id, *title;        /* n, or NULL */
    size_t capid, captitle;
    nf_str *carried;           /* n * ncarried, or NULL */
    size_t ncarried, capcarried;
    nfi_arena arena;           /* ids, titles, carried columns, class names */
};

/* Classes of set number i, of which single-label corpora have one a class; *cls is borrowed, or points to *one. Returns how many. */
static inline size_t nfi_corpus_set(const nf_corpus *c, size_t i, uint16_t *one, const uint16_t **cls)
{
    if (!c->multi) {
        *one = (uint16_t)i;
        *cls = one;
        return 1;
    }
    *cls = c->set_cls + c->set_ptr[i];
    return (size_t)(c->set_ptr[i + 1] - c->set_ptr[i]);
}

static inline size_t nfi_corpus_nodes(const nf_corpus *c) { return c->words.n + c->ngrams; }

/* Word numbers of a node, first to last; returns how many. */
static inline int nfi_corpus_node_words(const nf_corpus *c, size_t node, uint32_t seq[NFI_MAX_NGRAM])
{
    size_t width = nfi_gram_width(&c->text);
    if (node >= c->words.n)
        return nfi_gram_words(c->gram + (node - c->words.n) * width, width, seq);
    seq[0] = c->word_of[node];
    return 1;
}

/* Entries of part q of a chunk, *n of them: words for q < NFI_WORD_PARTS, else n-grams. Their nodes begin at c->node[q]. */
static inline const uint64_t *nfi_chunk_part(const nf_corpus *c, const nfi_chunk *ch, size_t q, size_t *n)
{
    bool word = q < NFI_WORD_PARTS;
    const nfi_entries *x = word ? ch->words : ch->grams;
    size_t p = word ? q : q - NFI_WORD_PARTS;

    *n = x ? x->part[p].n : 0;
    return x ? x->entry + x->part[p].start * (word ? 1 : nfi_gram_width(&c->text)) : NULL;
}

/* To be called before part q of chunk k is read, by who goes through a part of all chunks: what comes next is fetched. */
static inline void nfi_corpus_ahead(const nf_corpus *c, size_t k, size_t q)
{
    enum { LINE = 8, LINES = 16 };
    size_t n;

    if (k + 4 < c->nchunks)
        __builtin_prefetch(q < NFI_WORD_PARTS ? &c->chunk[k + 4].words->part[q] : &c->chunk[k + 4].grams->part[q - NFI_WORD_PARTS]);
    if (k + 2 >= c->nchunks)
        return;
    const uint64_t *e = nfi_chunk_part(c, &c->chunk[k + 2], q, &n);
    for (size_t i = 0; i < n && i < LINE * LINES; i += LINE)
        __builtin_prefetch(e + i);
}

/* Parts with entries. */
static inline size_t nfi_corpus_parts(const nf_corpus *c) { return c->text.hi > 1 ? NFI_PARTS : NFI_WORD_PARTS; }

/*
 * The documents of chunk k as rows, one after another: document i has c->nterms[first + i] entries, in an order that differs from run to
 * run; ids are of[node], or nodes where of is NULL. Into rows, whose memory is used again; nfi_rows_clear().
 */
nf_status nfi_corpus_rows(const nf_corpus *c, size_t k, const uint32_t *of, nfi_rows *rows, nf_err *err) NF_MUST_CHECK;

/*
 * corpus_view.c: c, whose n-grams begin at 1 word, as if it had been counted with words alone, or without a lead. Borrows all but what
 * nfi_corpus_view_clear() frees; c must live as long.
 */
nf_status nfi_corpus_view(nf_corpus *view, const nf_corpus *c, bool words, bool no_lead, nf_err *err) NF_MUST_CHECK;
void nfi_corpus_view_clear(nf_corpus *view); /* {0} is fine */

/* Resolves options (defaults, registry names, stop list). Owned, nfi_text_clear(). */
nf_status nfi_text_init(nfi_text *t, const nf_text_opts *o, nf_err *err) NF_MUST_CHECK;
nf_status nfi_text_copy(nfi_text *t, const nfi_text *from, nf_err *err) NF_MUST_CHECK;
void nfi_text_clear(nfi_text *t);

/* Counting in steps, for whoever stops before the end of a stream. {0} is nothing. */
typedef struct nfi_counting {
    nf_corpus *c;
    nfi_gather *gather; /* one a worker */
    nfi_secret secret;  /* of n-grams */
    nfi_vocab labels;
    const nf_corpus_opts *o;
    int threads;
} nfi_counting;

/* text is copied; o borrowed until the end; ncarried: nf_docs_columns() of the stream. */
nf_status nfi_counting_begin(nfi_counting *k, const nfi_text *text, const nf_corpus_opts *o, size_t ncarried, nf_err *err) NF_MUST_CHECK;
nf_status nfi_counting_add(nfi_counting *k, const nf_batch *b, nf_err *err) NF_MUST_CHECK;
uint64_t nfi_counting_bytes(const nfi_counting *k); /* rows and vocabulary held so far */
/* The documents added so far as a corpus (owned); leaves k as {0}. On failure k must be cleared. */
nf_status nfi_counting_finish(nfi_counting *k, nf_corpus **out, nf_err *err) NF_MUST_CHECK;
void nfi_counting_clear(nfi_counting *k);
uint64_t nfi_memory_budget(const nf_corpus_opts *o); /* o->memory, or half of RAM */

/* For nfi_sort() of uint32_t numbers of strings; ctx is the array of nf_str. */
int nfi_by_bytes(const void *a, const void *b, void *ctx);

#endif
