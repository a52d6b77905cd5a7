/* SPDX-License-Identifier: GPL-3.0-or-later */
/* typicality.h - how far texts like those a model was trained on go from them: bounds of two measures by length. */
#ifndef NFI_TYPICALITY_H
#define NFI_TYPICALITY_H

#include "features/stats.h"

enum { NFI_TYPICAL_LENGTHS = 10, NFI_LEAST_TYPICAL = 199 };
#define NFI_MOST_RARITY 64.0 /* above ln of any number of documents */

/* Of texts of 4 * 2^i terms: the share of unknown terms, and the mean rarity of a term, that one training document in 200 is above. */
typedef struct nfi_typical_bound {
    double unknown, rarity;
} nfi_typical_bound;

typedef struct nfi_typicality {
    size_t n; /* lengths that have bounds, at least 1 */
    uint64_t documents; /* that the first bound was found on */
    nfi_typical_bound bound[NFI_TYPICAL_LENGTHS];
} nfi_typicality;

/* *out: owned, nfi_free(); NULL where fewer than NFI_LEAST_TYPICAL documents of the sample have 4 terms. O(terms of 2,048 documents). */
nf_status nfi_typicality_fit(nfi_typicality **out, const nfi_terms *t, const nfi_sample *sample, int threads, nf_err *err) NF_MUST_CHECK;

/* Is a text of length terms, of which so many are unknown, with this sum of rarities, out of bounds? Texts shorter than 4 terms never are.
 */
bool nfi_is_untypical(const nfi_typicality *x, uint64_t length, uint64_t unknown, double rarity);

#endif
