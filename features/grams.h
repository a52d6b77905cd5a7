/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * grams.h - n-grams to nodes, when all documents are there: a sort by hash, then a small table for each part.
 *
 * Every chunk's n-grams are put into NFI_PARTS parts by hash. A part of all chunks is numbered at a time, by one thread, with a table that stays in its cache; no two
 * threads ever meet the same n-gram, and nothing has to be merged. In a last pass a chunk's rows are put together from its parts.
 */
#ifndef NFI_GRAMS_H
#define NFI_GRAMS_H

#include "features/gather.h"

enum { NFI_PARTS = 256 };

/* The n-grams of a chunk: part p is gram[width * start[p]] .. gram[width * start[p + 1] - 1]. After numbering, n[p] entries of part p begin at its start. */
typedef struct nfi_chunk_grams {
    uint64_t *gram;
    uint32_t start[NFI_PARTS + 1], n[NFI_PARTS];
} nfi_chunk_grams;

/* Puts the n-grams of a chunk into their parts. Memory from the arena. secret: the same for all chunks of a corpus. */
nf_status nfi_grams_split(nfi_chunk_grams *out, const uint64_t *gram, size_t n, size_t width, nfi_secret secret, nfi_arena *arena, nf_err *err) NF_MUST_CHECK;

/*
 * Numbers the n-grams of all chunks. *keys: owned, width numbers a distinct n-gram, part after part; part p has those from first[p] to first[p + 1] - 1 (first: NFI_PARTS + 1,
 * caller-allocated). In the chunks, entries take the place of n-grams: nfi_gram_entry.
 */
nf_status nfi_grams_number(uint64_t **keys, size_t *first, nfi_chunk_grams *const *chunk, size_t n, size_t width, nfi_secret secret, int threads, nf_err *err) NF_MUST_CHECK;

/* An entry: number within its part, document within its chunk, frequency. */
#define NFI_GRAM_TF_BITS 28
#define NFI_GRAM_BITS (64 - NFI_DOC_BITS - NFI_GRAM_TF_BITS)
static inline uint32_t nfi_gram_tf(uint64_t entry) { return (uint32_t)entry & ((1u << NFI_GRAM_TF_BITS) - 1); }
static inline uint32_t nfi_gram_doc(uint64_t entry) { return (uint32_t)(entry >> NFI_GRAM_TF_BITS) & (NFI_CHUNK_DOCS - 1); }
static inline uint32_t nfi_gram_number(uint64_t entry) { return (uint32_t)(entry >> (NFI_GRAM_TF_BITS + NFI_DOC_BITS)); }

/* Word numbers of an n-gram, first to last; returns how many. */
int nfi_gram_words(const uint64_t *key, size_t width, uint32_t seq[NFI_MAX_NGRAM]);

#endif
