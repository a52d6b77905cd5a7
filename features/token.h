/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * token.h - text to tokens. A tokeniser cuts text into segments at ASCII white space; ASCII goes through 64-byte masks (tokenize.c), every
 * stretch (a maximal run of non-blank bytes) that holds a byte >= 0x80 goes to the tokeniser's chunk() (Unicode path).
 */
#ifndef NFI_TOKEN_H
#define NFI_TOKEN_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/kern.h"
#include "base/limits.h"
#include "newsframe/status.h"

/*
 * Tokens of one segment and the bytes they point into: those of a token are at bytes + off, where at least 16 can be read; what follows the
 * token is arbitrary. {0} is empty; reused from segment to segment.
 */
typedef struct nfi_tokbuf {
    uint8_t *bytes;
    size_t nbytes, cap;
    nfi_token *tok;
    size_t ntok, captok;
    uint64_t dropped; /* tokens longer than NFI_MAX_TOKEN, since the start */
    bool failed;      /* out of memory; sticks */
    nfi_class64 *cls; /* masks of the segment's blocks */
    size_t capcls;
    nfi_buf work; /* scratch of chunk() */
    nfi_buf chunks; /* of the segment */
    uint32_t *cps; /* scratch of chunk(): code points */
    size_t capcps;
    uint32_t *turn; /* where the words of the segment start and end */
    size_t capturn;
} nfi_tokbuf;

void nfi_tokbuf_clear(nfi_tokbuf *b);
/* Appends a token with a copy of its bytes; n > NFI_MAX_TOKEN counts as dropped, n == 0 is nothing. Tokens never hold bytes <= 0x20. */
void nfi_tok_emit(nfi_tokbuf *b, const void *p, size_t n);

typedef struct nfi_tokenizer {
    const char *name, *summary;
    uint32_t version; /* part of every statistics and model file: raised when any token changes */
    /*
     * ASCII words: decides for the byte at i (one of ' , . _ : ;, with a letter or digit on both sides inside the text) whether it joins.
     * text is the whole text, n its length. Returns i when it does not; else the end of a stretch in which all such bytes from i on join.
     */
    size_t (*joins)(const char *text, size_t n, size_t i);
    bool underscore_is_letter; /* _ counts as a word character anywhere (sklearn) */
    size_t min_ascii;          /* shortest ASCII token kept, in bytes */
    /*
     * Rewrites an ASCII token [s, e) of text that holds a joiner, or that is an all-capital word of 2 or 3 letters; emits what it becomes.
     * off: where its lowered bytes stand in b->bytes already, so that a token which only gets shorter needs no copy; there is room for it
     * in b->tok. NULL: no rewriting.
     */
    void (*special)(nfi_tokbuf *b, const char *text, size_t n, size_t s, size_t e, uint32_t off);
    /* Tokenises [s, e) of text: stretches, each with a byte >= 0x80, parted by one ASCII blank; possibly ill-formed UTF-8. */
    void (*chunk)(nfi_tokbuf *b, const char *text, size_t n, size_t s, size_t e);
} nfi_tokenizer;

extern const nfi_tokenizer nfi_tok_news, nfi_tok_sklearn;
extern const nfi_tokenizer *const nfi_tokenizers[]; /* ends with NULL */
const nfi_tokenizer *nfi_tokenizer_find(const char *name); /* NULL when there is none */

/*
 * Tokenises text[*pos .. n), one segment (at most about 32 KiB) a call, into b (emptied first); advances *pos; false at the end of the
 * text. The tokens of a text do not depend on how calls fall. Thread-safe with one nfi_tokbuf a thread.
 */
bool nfi_tokenize(const nfi_tokenizer *t, nfi_tokbuf *b, const char *text, size_t n, size_t *pos);

/* True when, of the letters on the line around [s, e) but outside it (looking at most 200 bytes either way), there are at least 4 and more
 * capitals than small ones. */
bool nfi_line_shouts(const char *text, size_t n, size_t s, size_t e);

/* Words whose capitals carry meaning: US, UN, WHO, IT. p is the lowered word; returns the capital form or NULL. */
const char *nfi_acronym(const char *p, size_t n);

#endif
