/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * weight.h - weighting schemes: how a term frequency becomes a number, per document and per corpus. One table row a scheme (weight.c).
 *
 *   additive schemes   w = g(t) * f(tf) / norm,  norm over ALL terms of the document, known or not, so that sums over documents factor:
 *                      sum w = g * sum f/norm
 *   sklearn            w = tf * idf(t) / norm,   norm over the kept terms of the document: cannot be counted (parity with scikit-learn's
 *                      TfidfVectorizer)
 *   idf(t) = ln((1 + N) / (1 + df)) + 1
 */
#ifndef NFI_WEIGHT_H
#define NFI_WEIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/num.h"

typedef enum nfi_tf { NFI_TF_LOG, NFI_TF_RAW, NFI_TF_BINARY } nfi_tf;

typedef struct nfi_weighting {
    const char *name, *summary, *formula;
    nfi_tf tf;
    bool l2, idf;
    bool additive;
} nfi_weighting;

extern const nfi_weighting *const nfi_weightings[]; /* ends with NULL; the first is the default */
const nfi_weighting *nfi_weighting_find(const char *name); /* NULL: no such scheme */

enum { NFI_TF_TABLE = 1024 };
/* f(tf) for tf < NFI_TF_TABLE, filled once by whoever loops. */
void nfi_tf_table(nfi_tf kind, double table[NFI_TF_TABLE]);
double nfi_tf_value(nfi_tf kind, uint32_t tf);

/*
 * 1 / sqrt(sum f(tf)^2) over a row, in integer arithmetic inside: the order of the entries does not matter. 0 for an empty row. The same in
 * steps: the sum of the squares of all entries, then the norm.
 */
double nfi_inverse_norm(const double table[NFI_TF_TABLE], nfi_tf kind, const uint32_t *tf, size_t n);
nfi_u128 nfi_square(double f); /* in units of 2^-32; at most 2^106 */
double nfi_norm_of(nfi_u128 squares);

static inline double nfi_tf_at(const double table[NFI_TF_TABLE], nfi_tf kind, uint32_t tf)
{
    return tf < NFI_TF_TABLE ? table[tf] : nfi_tf_value(kind, tf);
}

/* ln((1 + n) / (1 + df)) + 1. */
static inline double nfi_idf(uint64_t n, uint64_t df) { return nfi_log((1.0 + (double)n) / (1.0 + (double)df)) + 1.0; }

#endif
