/* SPDX-License-Identifier: GPL-3.0-or-later */
/* corpus.h - inside of nf_corpus: rows in chunks of a fixed size, one vocabulary. */
#ifndef NFI_CORPUS_H
#define NFI_CORPUS_H

#include "features/count.h"
#include "newsframe/features.h"

/* Documents [first, first + n): rows follow each other in rows, document i has nterms[first + i] entries. Nodes belong to nf_corpus.vocab. */
typedef struct nfi_chunk {
    nfi_rows rows;
    size_t first, n;
    int worker;
} nfi_chunk;

struct nf_corpus {
    nfi_text text;
    nfi_vocab vocab;
    nfi_chunk *chunk;
    size_t nchunks, capchunks;
    size_t n;                  /* documents */
    uint32_t *nterms;          /* n: entries of the row */
    uint64_t *ntokens;         /* n */
    int32_t *label;            /* n: class or -1 */
    size_t capterms, captokens, caplabel;
    nf_str *classname;         /* sorted by bytes */
    size_t nclasses;
    nf_str *id, *title;        /* n, or NULL */
    size_t capid, captitle;
    nf_str *carried;           /* n * ncarried, or NULL */
    size_t ncarried, capcarried;
    nfi_arena arena;           /* ids, titles, carried columns, class names */
};

/* Resolves options (defaults, registry names, stop list). Owned, nfi_text_clear(). */
nf_status nfi_text_init(nfi_text *t, const nf_text_opts *o, nf_err *err) NF_MUST_CHECK;
void nfi_text_clear(nfi_text *t);

#endif
