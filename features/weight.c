/* SPDX-License-Identifier: GPL-3.0-or-later */
/* weight.c - the table of weighting schemes. */
#include "features/weight.h"

#include "base/registry.h"

#include <math.h>
#include <string.h>

static const nfi_weighting tfidf = {"tfidf", "log tf, unit length, then idf (additive)", "(1 + ln tf) / norm * idf", NFI_TF_LOG, true, true,
                                    true};
static const nfi_weighting tfidf_raw = {"tfidf-raw", "tf, unit length, then idf (additive)", "tf / norm * idf", NFI_TF_RAW, true, true,
                                        true};
static const nfi_weighting tf = {"tf", "raw counts (additive)", "tf", NFI_TF_RAW, false, false, true};
static const nfi_weighting binary = {"binary", "presence (additive)", "tf > 0", NFI_TF_BINARY, false, false, true};
static const nfi_weighting ltc = {
    "ltc", "log tf times idf, then unit length over kept terms", "(1 + ln tf) * idf / norm", NFI_TF_LOG, true, true, false};
static const nfi_weighting sklearn = {
    "sklearn", "tf times idf, then unit length over kept terms, as scikit-learn", "tf * idf / norm", NFI_TF_RAW, true, true, false};

const nfi_weighting *const nfi_weightings[] = {&tfidf, &tfidf_raw, &tf, &binary, &ltc, &sklearn, NULL};

const nfi_weighting *nfi_weighting_find(const char *name)
{
    NFI_RETURN_ROW(nfi_weightings, name);
}

double nfi_tf_value(nfi_tf kind, uint32_t n)
{
    return n == 0 ? 0.0 : kind == NFI_TF_LOG ? 1.0 + nfi_log((double)n) : kind == NFI_TF_RAW ? (double)n : 1.0;
}

void nfi_tf_table(nfi_tf kind, double table[NFI_TF_TABLE])
{
    for (uint32_t n = 0; n < NFI_TF_TABLE; n++)
        table[n] = nfi_tf_value(kind, n);
}

/* Fixed point 2^32; 128 bits hold the sum of any document. */
nfi_u128 nfi_square(double f)
{
    return f < 32768.0 ? (uint64_t)(f * f * NFI_FIXED_ONE + 0.5) : (nfi_u128)(f * f) << 32;
}

double nfi_norm_of(nfi_u128 squares)
{
    return squares == 0 ? 0.0 : 1.0 / sqrt((double)squares / NFI_FIXED_ONE);
}

double nfi_inverse_norm(const double table[NFI_TF_TABLE], nfi_tf kind, const uint32_t *freq, size_t n)
{
    enum { FEW = 16, LEAST = 64, MOST = 1 << 24 }; /* entries for which few is worth it, and fit into small */
    uint64_t few[FEW], small = 0;                   /* squares of small frequencies, which nearly all are: each below 2^40 */
    uint32_t known = n >= LEAST && n <= MOST ? FEW : 0;
    nfi_u128 sum = 0;

    for (uint32_t f = 0; f < known; f++)
        few[f] = (uint64_t)nfi_square(table[f]);
    for (size_t e = 0; e < n; e++) {
        if (freq[e] < known)
            small += few[freq[e]];
        else
            sum += nfi_square(nfi_tf_at(table, kind, freq[e]));
    }
    sum += small;
    return nfi_norm_of(sum);
}
