/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * words.h - the words of a corpus: one table that all counting threads share.
 *
 * Looking up takes no lock: a slot is written once, when the word's bytes are in their place. A word that is not found is looked for again,
 * and put in, under a lock. A full table is replaced by one of twice the size, and kept for those who still read it until
 * nfi_words_settle(). Numbers are dense in order of first sight, which depends on the threads, and mean nothing outside. Slots are small
 * and the bytes stand by number, and a table is filled by number: frequent words, which come early, are neighbours, and stand where a
 * look-up begins. Open addressing with linear probing, load at most 2/3, keyed by a random secret; a probe run that should not happen
 * makes the next nfi_words_settle() draw another secret and use SipHash for all words.
 */
#ifndef NFI_WORDS_H
#define NFI_WORDS_H

#include <pthread.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/hash.h"
#include "features/stop.h"
#include "features/token.h"

#define NFI_WORD_BITS 26 /* of a word's number; the greatest is left out, so that number + 1 fits too */

/* Lower bits of a slot: number + 1, and whether it is a stop word. */
#define NFI_WORD_STOP ((uint32_t)1 << (NFI_WORD_BITS + 1))
#define NFI_WORD_INDEX (NFI_WORD_STOP - 1)

/* The bytes, zero padded, when there are at most 16; else hash and address << 8: no short word has a zero byte before others. */
typedef struct nfi_word_bytes {
    uint64_t lo, hi;
} nfi_word_bytes;

typedef struct nfi_word_table nfi_word_table;
struct nfi_word_table {
    nfi_word_table *older;
    size_t mask;
    int shift;           /* a word's home is its hash >> shift */
    uint64_t *slot;      /* mask + 2, the last always free: upper bits of the hash, and the above; 0 = free */
    nfi_word_bytes *key; /* by number + 1; the first belongs to no word and equals none */
};

typedef struct nfi_words {
    nfi_secret secret;
    bool siphash, alarm, full;
    bool locks; /* lock is there */
    nfi_word_table *table; /* may change while others write */
    bool *stop;            /* n: is it a stop word */
    size_t n, capstop;
    nfi_arena arena;       /* words of more than 16 bytes, each with a NUL behind it */
    nf_str *word;          /* n strings, when sealed; in the keys of the table or in arena */
    pthread_mutex_t lock;
} nfi_words;

/* w stays where it is from here on: it holds a lock. */
nf_status nfi_words_init(nfi_words *w, nf_err *err) NF_MUST_CHECK;
void nfi_words_clear(nfi_words *w);
/* No look-up is to come: makes word, frees what only look-ups need. */
nf_status nfi_words_seal(nfi_words *w, nf_err *err) NF_MUST_CHECK;
/* Frees tables that were replaced, and takes another secret where that is due. Only when no thread reads or writes. */
void nfi_words_settle(nfi_words *w);
size_t nfi_words_bytes(const nfi_words *w); /* memory held, for budgets */

/* How often each word occurs in the current document, by index, and which occur: row[0..n), in order of first sight. */
typedef struct nfi_times {
    uint32_t *times; /* cap; 0 between documents, but for the first, which stop words go to */
    size_t cap;
    uint32_t *row;   /* caller's: room for one more than there are tokens */
    size_t n;
} nfi_times;

/*
 * Looks up n tokens, at most NFI_WORDS_BATCH, of at most NFI_MAX_TOKEN bytes each, and counts those that are not stop words; words that are
 * new are put in, and stop tells whether they are stop words. Reads 16 bytes at each. index: number + 1 of each, with NFI_WORD_STOP.
 * False: out of memory, or w->full: more words than numbers.
 */
enum { NFI_WORDS_BATCH = 256 };
bool nfi_words_look_up(nfi_words *w, const uint8_t *bytes, const nfi_token *tok, size_t n, const nfi_stop *stop, nfi_times *y,
                       uint32_t index[NFI_WORDS_BATCH]) NF_MUST_CHECK;

#endif
