/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kern_masked_impl.h - axpys_masked() of the vector rows. The includer has included kern_impl.h and defines expand(base, mask, w): one
 * vech, lane i of which is base, or the next of w where bit i of mask is set.
 */
#ifndef NFI_KERN_MASKED_IMPL_H
#define NFI_KERN_MASKED_IMPL_H

#include "base/kern_impl.h"

INLINE void masked_tile(double *acc, const double *x, const nfi_masked_row *row, const float *w, size_t m, const int nv)
{
    enum { STEP = LANES / 2 };
    vecd sum[NFI_MASKED / STEP];

#pragma GCC unroll 8
    for (int v = 0; v < nv; v++)
        sum[v] = *(const vecd_u *)(acc + v * STEP);
    for (size_t j = 0; j < m; j++) {
        const float *own = w + row[j].at, *later = w + row[j + AHEAD < m ? j + AHEAD : j].at;
        vech base = row[j].base - (vech){0}; /* less 0 is the same bits, plus 0 is not */
        uint32_t mask = row[j].mask;
        __builtin_prefetch(later);
        __builtin_prefetch(later + __builtin_popcount(row[j + AHEAD < m ? j + AHEAD : j].mask) - 1);
#pragma GCC unroll 8
        for (int v = 0; v < nv; v++) {
            uint32_t part = mask >> (v * STEP) & ((1u << STEP) - 1), before = mask & ((1u << (v * STEP)) - 1);
            vecd p = WIDEN(expand(base, part, own + __builtin_popcount(before))) * x[j];
            sum[v] = sum[v] + p;
        }
    }
#pragma GCC unroll 8
    for (int v = 0; v < nv; v++)
        *(vecd_u *)(acc + v * STEP) = sum[v];
}

static void axpys_masked(double *acc, const double *x, const nfi_masked_row *row, const float *w, size_t m, size_t n)
{
    enum { STEP = LANES / 2 };
    double tile[NFI_MASKED] = {0}; /* the last columns are nobody's */

    memcpy(tile, acc, n * sizeof *tile);
    switch ((n + 7) / 8) {
    case 1: masked_tile(tile, x, row, w, m, 8 / STEP); break;
    case 2: masked_tile(tile, x, row, w, m, 16 / STEP); break;
    case 3: masked_tile(tile, x, row, w, m, 24 / STEP); break;
    default: masked_tile(tile, x, row, w, m, 32 / STEP); break;
    }
    memcpy(acc, tile, n * sizeof *tile);
}

#endif
