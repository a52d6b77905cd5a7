/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * minhash.h - short signatures of sets of shingles, from which similar sets are found without comparing all.
 *
 * The signature is one-permutation hashing with optimal densification (Shrivastava 2017, "Optimal densification for fast and accurate
 * minwise hashing"): the first 7 bits of the hash of a shingle say in which of 128 bins it falls, and the least of the next 31 bits of
 * those in a bin is the bin's; an empty bin borrows from the first full one in an order of bins that is its own and the same for all texts.
 * Two sets agree in a bin with the probability of their Jaccard similarity.
 */
#ifndef NFI_MINHASH_H
#define NFI_MINHASH_H

#include <stddef.h>
#include <stdint.h>

enum { NFI_BINS = 128 };

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
