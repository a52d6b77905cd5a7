/* SPDX-License-Identifier: GPL-3.0-or-later */
/* codebook.h - inside of nf_codebook and nf_lexicon. */
#ifndef NFI_CODEBOOK_H
#define NFI_CODEBOOK_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/try.h"
#include "features/token.h"
#include "newsframe/codebook.h"

struct nf_codebook {
    nf_str id, title;
    nf_frame *frame;
    size_t n;
    nf_str *unknown;
    size_t nunknown;
    char *name; /* of the file, for messages */
    nfi_arena arena;
};

/* The codebook as JSON in one form, whatever the file looked like; nf_codebook_parse() reads it. */
void nfi_codebook_write(const nf_codebook *cb, nfi_buf *b);

/*
 * Seeds of one word class: words, sorted by bytes. Of prefixes, the entry before a word in this order, or one that the entries' chain up[]
 * of longer to shorter prefixes leads to, is the longest prefix of it: all prefixes of a word are found by one search and a walk.
 */
typedef struct nfi_seed_words {
    nf_str *word;
    uint32_t *up; /* of prefixes: the entry that is the longest proper prefix of this one, plus 1; 0 = none */
    size_t n;
} nfi_seed_words;

enum { NFI_SEED_NEST = 8, NFI_SEED_WAYS = 2 * (NFI_SEED_NEST + 1) }; /* prefixes within prefixes; seed words that one token can match */

struct nf_lexicon {
    const nf_codebook *cb;
    const nfi_tokenizer *tok;
    nfi_seed_words exact, prefix; /* numbers of prefixes follow those of exact words */
    uint64_t *edge;               /* nedges, rising: node << 32 | number of the seed word */
    uint32_t *to;                 /* node it leads to; node 0 is the start */
    size_t nedges, nnodes;
    uint32_t *ends;               /* nnodes + 1: frames of seeds that end at a node */
    uint16_t *frame;
    nfi_arena arena;
    /* scratch */
    nfi_tokbuf buf;
    uint32_t *active, *next; /* nodes that the last words led to */
    size_t nactive;
    uint64_t *stamp, step;   /* by frame: the last word at which one of its seeds ended */
    char fold[NFI_MAX_TOKEN + 16];
};

/* Frames, rising, whose seeds are just these n words in a row; returns how many (room: as many as the codebook has frames). */
size_t nfi_lexicon_term(nf_lexicon *lx, const nf_str *word, size_t n, uint16_t *frames);

/* A name for messages. */
typedef struct nfi_shown {
    char text[160];
} nfi_shown;
static inline nfi_shown nfi_show(nf_str s)
{
    nfi_shown x;
    nfi_escape(x.text, sizeof x.text, s.p ? s.p : "", s.n);
    return x;
}

#endif
