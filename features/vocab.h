/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vocab.h - a growing vocabulary of one thread: words, and n-grams as (prefix, last word) pairs, so that no string is built or hashed for
 * an n-gram. For what a document has (count.h) and for labels; a corpus has words.h and grams.h.
 *
 * Every word and n-gram is a node; node numbers are dense in order of first sight and mean nothing outside. Tables are open addressing with
 * linear probing, load at most 2/3, keyed by a random secret; a probe run that should not happen makes the next nfi_vocab_reserve() draw
 * another secret and switch the word table to SipHash.
 */
#ifndef NFI_VOCAB_H
#define NFI_VOCAB_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/limits.h"
#include "newsframe/docs.h"

#define NFI_NONE UINT32_MAX
#define NFI_KNOWN (UINT32_MAX - 1)

typedef struct nfi_word_slot {
    uint64_t lo, hi; /* the bytes, zero padded, when n <= 16; else hash and address */
    uint32_t id;     /* node */
    uint32_t n;      /* length, 0 = free slot */
    uint32_t mark;   /* of whoever inserts, see count.c */
    uint32_t pad;
} nfi_word_slot;

typedef struct nfi_pair_slot {
    uint64_t key; /* prefix node << 32 | word node; UINT64_MAX = free */
    uint32_t id, pad;
} nfi_pair_slot;

/*
 * A word: prefix NFI_NONE, word = its number among words. An n-gram: prefix = node of the first n-1 words, word = node of the last word.
 * NFI_KNOWN: a word of some other vocabulary, see count.c.
 */
typedef struct nfi_node {
    uint32_t prefix, word;
} nfi_node;

typedef struct nfi_vocab {
    nfi_secret secret;
    bool siphash, alarm; /* alarm: a probe run was too long; the next reserve switches to SipHash */
    nfi_word_slot *words;
    size_t wcap, wroom, nwords; /* room: slots there is memory for, cap of them are in use */
    nfi_pair_slot *pairs;
    size_t pcap, proom, npairs;
    nfi_node *node;
    size_t nnode, capnode;
    nf_str *word; /* nwords strings, in arena */
    size_t capword;
    nfi_arena arena;
} nfi_vocab;

nf_status nfi_vocab_init(nfi_vocab *v, nf_err *err) NF_MUST_CHECK;
void nfi_vocab_clear(nfi_vocab *v);
/* Forgets everything. Cheap, so that every document can have it: tables are as large as what is reserved next, their memory stays unless it
 * had grown far. */
nf_status nfi_vocab_reset(nfi_vocab *v, nf_err *err) NF_MUST_CHECK;

/* Room for n more words / pairs, so that slots stay put until that many were inserted. */
nf_status nfi_vocab_reserve(nfi_vocab *v, size_t words, size_t pairs, nf_err *err) NF_MUST_CHECK;

/* The slot of a word, inserting it as a new node. Needs room reserved. NULL: out of memory for the bytes. */
nfi_word_slot *nfi_vocab_word(nfi_vocab *v, const uint8_t *p, uint32_t n, bool *fresh);
nfi_pair_slot *nfi_vocab_pair(nfi_vocab *v, uint32_t prefix, uint32_t word, bool *fresh);

/* The bytes of a word of at most 16, zero padded; of a longer one, up to NFI_MAX_TOKEN, what equals no key. Reads 16 bytes at p. */
static inline void nfi_word_key(const uint8_t *p, uint32_t n, uint64_t *lo, uint64_t *hi)
{
    static const uint8_t mask[NFI_MAX_TOKEN + 16] = {
        [NFI_MAX_TOKEN - 16] = 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
    const uint8_t *m = mask + NFI_MAX_TOKEN - n;
    *lo = nfi_load_le(p) & nfi_load_le(m);
    *hi = nfi_load_le(p + 8) & nfi_load_le(m + 8);
}

static inline size_t nfi_pair_home(const nfi_vocab *v, uint64_t key)
{
    return (size_t)nfi_hash2(key, v->secret.b, v->secret) & (v->pcap - 1);
}

/* Words in an n-gram node: 1 for a word. Their word numbers are written first to last into seq (room for NFI_MAX_NGRAM). */
int nfi_node_words(const nfi_vocab *v, uint32_t node, uint32_t seq[4]);

#endif
