/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * minhash.h - texts as sets of shingles, and short signatures from which similar sets are found without comparing all.
 *
 * A shingle is a run of k tokens, as a 64-bit number made of the tokens' hashes by a rolling polynomial; a text of fewer tokens is one
 * shingle. All hashes are fixed, so that the same texts give the same sets on every run and machine. Numbers in place of words err only
 * where two different shingles of the two texts compared have one hash: 2^-64 a pair of shingles for texts that were not made for it.
 *
 * The signature is one-permutation hashing with optimal densification (Shrivastava 2017, "Optimal densification for fast and accurate
 * minwise hashing"): the first 7 bits of the hash of a shingle say in which of 128 bins it falls, and the least of the next 31 bits of
 * those in a bin is the bin's; an empty bin borrows from the first full one in an order of bins that is its own and the same for all texts.
 * Two sets agree in a bin with the probability of their Jaccard similarity.
 */
#ifndef NFI_MINHASH_H
#define NFI_MINHASH_H

#include "base/arena.h"
#include "base/hash.h"
#include "features/token.h"
#include "newsframe/docs.h"

enum { NFI_BINS = 128, NFI_MAX_SHINGLE = 16 };

/* Scratch of one thread; {0} is empty. */
typedef struct nfi_shingler {
    nfi_tokbuf tok;
    uint64_t *hash;    /* of the tokens of the text */
    size_t nhash, caphash;
    uint64_t *set, *other; /* the shingles made last, and room to sort in */
    size_t capset, capother;
    uint32_t *at;      /* where the buckets of the sort start */
    size_t capat;
} nfi_shingler;

/* What a text is to duplicates. */
typedef struct nfi_shingles {
    uint64_t *set; /* n shingles in the order of the text; what is there twice is here twice */
    size_t n;
} nfi_shingles;

/* Of shingles in the order of the text: equal for texts that differ in blanks, signs and capitals alone. */
static inline nfi_hash128 nfi_shingles_text(const uint64_t *set, size_t n) { return nfi_xxh128(set, n * sizeof *set); }

/*
 * Shingles of k tokens (1 to NFI_MAX_SHINGLE) of a text made of parts; shingles cross from one part to the next. n == 0 when the text has
 * no tokens. The set is in arena, or where that is NULL in the shingler until the next text. O(bytes), whatever the text; 16 bytes a token.
 */
nf_status nfi_shingles_of(nfi_shingler *s, const nfi_tokenizer *t, const nf_str *parts, size_t nparts, int k, nfi_arena *arena,
                          nfi_shingles *out, nf_err *err) NF_MUST_CHECK;
/* Makes a set of n shingles: rising, each once; *distinct stay. O(n), whatever the text; 8 bytes of scratch a shingle. */
nf_status nfi_shingles_sort(nfi_shingler *s, uint64_t *set, size_t n, size_t *distinct, nf_err *err) NF_MUST_CHECK;
void nfi_shingler_clear(nfi_shingler *s);

/* |A and B| / |A or B| of two rising sets; when it is below least, any number below least. 0 when both are empty. O(na + nb). */
double nfi_jaccard(const uint64_t *a, size_t na, const uint64_t *b, size_t nb, double least);

/*
 * The order in which bin i asks itself and then the others, order[j][i] the j-th; and the place of bin b in that order, place[b][i]. What
 * is looked up is near the front.
 */
typedef struct nfi_densify {
    uint8_t order[NFI_BINS][NFI_BINS], place[NFI_BINS][NFI_BINS];
} nfi_densify;
void nfi_densify_init(nfi_densify *d);

/* Signature of n >= 1 shingles in any order. O(n); filling empty bins takes 128 bytes of work a full one, or a shingle of the first 128. */
void nfi_minhash(const nfi_densify *d, const uint64_t *set, size_t n, uint32_t sig[NFI_BINS]);

/*
 * Bands of rows bins each: sets of similarity t share all rows of some band with probability 1 - (1 - t^rows)^bands. The most rows (hence
 * the fewest false candidates) whose probability at the threshold is NFI_BAND_RECALL or more; threshold in [NFI_MIN_THRESHOLD, 1]. That is
 * for independent bins; in sets of fewer shingles many are borrowed: of copies with up to 120, misses are 3 in 1,000 at 0.7, 12 at 0.5 and
 * 20 at 0.3 (tests/prop/test_dedup.c).
 */
#define NFI_BAND_RECALL 0.99
#define NFI_MIN_THRESHOLD 0.1
typedef struct nfi_bands {
    int bands, rows;
} nfi_bands;
nfi_bands nfi_bands_for(double threshold);
double nfi_bands_recall(nfi_bands b, double t);

/* Keys of all bands, that of band i to key[i * step]. Equal keys of one band stand for equal rows but for 2^-32. */
void nfi_band_keys(const uint32_t *sig, nfi_bands b, uint32_t *key, size_t step);

#endif
