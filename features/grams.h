/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * grams.h - what the documents of a chunk hold, part by part; and n-grams to numbers, when all documents are there.
 *
 * Every chunk's n-grams are put into NFI_GRAM_PARTS parts by hash. A part of all chunks is numbered at a time, by one thread, with a table
 * that stays in its cache; no two threads ever meet the same n-gram, and nothing has to be merged. Words are put into parts by their
 * numbers, fewer of them: a chunk has fewer words, and what it has of a part is read in one go.
 * Whatever is made for each term later is made a part at a time too: what it looks up then stays in the cache.
 */
#ifndef NFI_GRAMS_H
#define NFI_GRAMS_H

#include "features/gather.h"

enum { NFI_WORD_PARTS = 64, NFI_GRAM_PARTS = 256, NFI_PARTS = NFI_WORD_PARTS + NFI_GRAM_PARTS };

/* The entries of a chunk: those of part p are part[p].n from entry[width * part[p].start] on. width is 1 for words. */
typedef struct nfi_entries {
    uint64_t *entry;
    struct {
        uint32_t start, n;
    } part[NFI_GRAM_PARTS]; /* of words NFI_WORD_PARTS */
    uint32_t total; /* as put in */
} nfi_entries;

/* An entry: number within its part, document within its chunk, frequency. */
#define NFI_ENTRY_TF_BITS 28
#define NFI_ENTRY_BITS (64 - NFI_DOC_BITS - NFI_ENTRY_TF_BITS)
static inline uint32_t nfi_entry_tf(uint64_t entry) { return (uint32_t)entry & ((1u << NFI_ENTRY_TF_BITS) - 1); }
static inline uint32_t nfi_entry_doc(uint64_t entry) { return (uint32_t)(entry >> NFI_ENTRY_TF_BITS) & (NFI_CHUNK_DOCS - 1); }
static inline uint32_t nfi_entry_number(uint64_t entry) { return (uint32_t)(entry >> (NFI_ENTRY_TF_BITS + NFI_DOC_BITS)); }

/* Words of a chunk: number id / NFI_WORD_PARTS of part id % NFI_WORD_PARTS. entries: of each of the docs documents. Owned by the arena. */
nf_status nfi_words_split(nfi_entries **out, const nfi_rows *rows, const uint32_t *entries, size_t docs, nfi_arena *arena,
                          nf_err *err) NF_MUST_CHECK;
/* N-grams of a chunk, not numbered yet; part tells where they are. secret: the same for all chunks of a corpus. Owned by the arena. */
nf_status nfi_grams_split(nfi_entries **out, const uint64_t *gram, size_t n, size_t width, nfi_secret secret, nfi_arena *arena,
                          nf_err *err) NF_MUST_CHECK;

/*
 * Numbers the n-grams of all chunks, which become entries in place. *keys: owned, width numbers a distinct n-gram, part after part; part p
 * has those from first[p] to first[p + 1] - 1 (first: NFI_GRAM_PARTS + 1, caller-allocated).
 */
nf_status nfi_grams_number(uint64_t **keys, size_t *first, nfi_entries *const *chunk, size_t n, size_t width, nfi_secret secret,
                           int threads, nf_err *err) NF_MUST_CHECK;

/* Word numbers of an n-gram, first to last; returns how many. */
int nfi_gram_words(const uint64_t *key, size_t width, uint32_t seq[NFI_MAX_NGRAM]);

#endif
