/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shingles.h - texts as sets of runs of k words, and how alike two such sets are.
 *
 * A word is kept as a 32-bit number, its hash; a shingle is a 64-bit number made of those of its words by a rolling polynomial. Shingles
 * are made again where they are wanted, since words take half the room and few texts are compared. All hashes are fixed, so that the same
 * texts give the same sets on every run and machine. Two words that differ are one for 2^-32 of all pairs of words, two shingles of other
 * words for 2^-64; whether texts have the same words is told by 128 bits made of 64 a word.
 */
#ifndef NFI_SHINGLES_H
#define NFI_SHINGLES_H

#include "base/hash.h"
#include "features/token.h"
#include "newsframe/docs.h"

enum { NFI_MAX_SHINGLE = 16 };

/* Scratch of one thread; {0} is empty. */
typedef struct nfi_shingler {
    nfi_tokbuf tok;
    uint64_t *hash; /* n, of the words of the text read last */
    uint32_t *word; /* n, what is kept of them */
    uint64_t *set;  /* its shingles */
    size_t n, caphash, capword, capset;
} nfi_shingler;
void nfi_shingler_clear(nfi_shingler *s);

/* Reads a text made of parts; words run on from one part to the next. s->n words, 0 for a text without. O(bytes); 12 bytes a word. */
nf_status nfi_shingler_read(nfi_shingler *s, const nfi_tokenizer *t, const nf_str *parts, size_t nparts, nf_err *err) NF_MUST_CHECK;
/* Of the text read: equal for texts that differ in blanks, signs and capitals alone. */
nfi_hash128 nfi_shingler_text(const nfi_shingler *s);
/* Its shingles of k words to s->set, in the order of the text: what is there twice is here twice. *count: how many; a
 * text of fewer words is one, and none of a longer text. O(n). */
nf_status nfi_shingler_set(nfi_shingler *s, size_t k, size_t *count, nf_err *err) NF_MUST_CHECK;

/* The set of one text, with which others are compared; {0} is empty. A table by a secret, so that no text is slow. */
typedef struct nfi_set {
    uint64_t *bit; /* 1 << bits bits, 16 a shingle or more: most of what is not there is told by one that is not set */
    size_t capbit;
    int bits;
    uint64_t *key; /* slots: a shingle, 0 none */
    uint32_t *met; /* slots: the comparison in which it was met last */
    size_t slots, capkey, capmet;
    size_t n; /* shingles, each once */
    uint32_t round;
    nfi_secret secret;
} nfi_set;
/* Shingles of k words of n >= 1 words. O(n); 26 to 28 bytes a word. */
nf_status nfi_set_fill(nfi_set *a, const uint32_t *word, size_t n, size_t k, nf_err *err) NF_MUST_CHECK;
void nfi_set_clear(nfi_set *a);

/*
 * |A and B| / |A or B|, B being the shingles of k words of n >= 1 words, distinct of them each once (nfi_set.n of that text); when it is
 * below least, any number below least. O(n), and less for sets that cannot reach least.
 */
double nfi_set_jaccard(nfi_set *a, const uint32_t *word, size_t n, size_t k, size_t distinct, double least);

#endif
