/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * words.h - the words of a corpus: one table that all counting threads share.
 *
 * Looking up takes no lock: slots are written once, and a slot is seen only when it is complete. A word that is not found is looked for
 * again, and put in, under a lock. A full table is replaced by one of twice the size, and kept for those who still read it until
 * nfi_words_settle(). Numbers are dense in order of first sight, which depends on the threads, and mean nothing outside. The table is open
 * addressing with linear probing, load at most 2/3, keyed by a random secret; a probe run that should not happen makes the next
 * nfi_words_settle() draw another secret and use SipHash for all words.
 */
#ifndef NFI_WORDS_H
#define NFI_WORDS_H

#include <pthread.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/hash.h"
#include "features/stop.h"

#define NFI_WORD_BITS 26 /* of a word's number; the greatest is left out, so that number + 1 fits too */

typedef struct nfi_word {
    uint64_t lo, hi; /* the bytes, zero padded, when n <= 16; else hash and address */
    uint32_t n;      /* length, 0 = free slot; written last */
    uint32_t id;
    uint32_t stop;   /* 1: a stop word */
    uint32_t hash;   /* low bits, for growing */
} nfi_word;

typedef struct nfi_word_table nfi_word_table;
struct nfi_word_table {
    nfi_word_table *older;
    size_t mask;
    nfi_word *slot;
};

typedef struct nfi_words {
    nfi_secret secret;
    bool siphash, alarm, full;
    bool locks; /* lock is there */
    nfi_word_table *table; /* through nfi_words_table() while others write */
    nf_str *word;          /* n strings, in arena; not while others write */
    size_t n, cap;
    nfi_arena arena;
    pthread_mutex_t lock;
} nfi_words;

/* w stays where it is from here on: it holds a lock. */
nf_status nfi_words_init(nfi_words *w, nf_err *err) NF_MUST_CHECK;
void nfi_words_clear(nfi_words *w);
/* Frees the table when no look-up is to come; the words stay. */
void nfi_words_seal(nfi_words *w);
/* Frees tables that were replaced, and takes another secret where that is due. Only when no thread reads or writes. */
nf_status nfi_words_settle(nfi_words *w, nf_err *err) NF_MUST_CHECK;
size_t nfi_words_bytes(const nfi_words *w); /* memory held, for budgets */

static inline const nfi_word_table *nfi_words_table(const nfi_words *w) { return __atomic_load_n(&w->table, __ATOMIC_ACQUIRE); }

/*
 * Where a short look-up would find a word: the first slot by nfi_hash2(lo, hi, w->secret) & mask, with lo and hi of nfi_word_key(), for
 * words of at most 16 bytes while !w->siphash. For everything else there is:
 *
 * The slot of a word of at most NFI_MAX_TOKEN bytes, put in when it is new; stop tells whether a new word is a stop word. NULL: out of
 * memory, or w->full: more words than numbers. Reads 16 bytes at p.
 */
const nfi_word *nfi_words_find(nfi_words *w, const uint8_t *p, uint32_t n, const nfi_stop *stop);

#endif
