/* SPDX-License-Identifier: GPL-3.0-or-later */
/* minhash.c - signatures of sets of shingles, and the keys of their bands. */
#include "features/minhash.h"

#include "base/hash.h"
#include "base/kern.h"
#include "base/rng.h"

#include <string.h>

enum { BIN_BITS = 7 };
_Static_assert((int)NFI_BINS == (int)NFI_LEAST && (int)NFI_BINS == 1 << (int)BIN_BITS, "least_u8() works on all bins at once");
static const uint64_t P = 0x9fb21c651e98df25u, BAND_SEED = 0x62616e64735f3132u;

void nfi_densify_init(nfi_densify *d)
{
    for (unsigned i = 0; i < NFI_BINS; i++) {
        nfi_rng r = nfi_rng_stream(0, NFI_RNG_DENSIFY, i);
        uint8_t order[NFI_BINS];
        for (unsigned j = 0; j < NFI_BINS; j++)
            order[j] = (uint8_t)j;
        for (unsigned j = NFI_BINS - 1; j > 0; j--) {
            unsigned k = (unsigned)nfi_rng_below(&r, j + 1);
            uint8_t x = order[j];
            order[j] = order[k];
            order[k] = x;
        }
        unsigned own = 0; /* goes to the front: a full bin has its own */
        while (order[own] != i)
            own++;
        memmove(order + 1, order, own);
        order[0] = (uint8_t)i;
        for (unsigned j = 0; j < NFI_BINS; j++) {
            d->order[j][i] = order[j];
            d->place[order[j]][i] = (uint8_t)j;
        }
    }
}

#define EMPTY UINT32_MAX

/* Lists the full bins; returns how many. */
static size_t full_bins(const uint32_t *least, uint8_t *list)
{
    size_t m = 0;

    for (size_t i = 0; i < NFI_BINS; i++) {
        list[m] = (uint8_t)i;
        m += least[i] != EMPTY;
    }
    return m;
}

void nfi_minhash(const nfi_densify *d, const uint64_t *set, size_t n, uint32_t sig[NFI_BINS])
{
    uint32_t least[NFI_BINS];
    uint8_t list[NFI_BINS], first[NFI_BINS];
    size_t m = n;

    memset(least, 0xff, sizeof least);
    for (size_t i = 0; i < n; i++) {
        size_t bin = set[i] >> (64 - BIN_BITS);
        uint32_t value = (uint32_t)(set[i] << BIN_BITS >> 33); /* 31 bits: never EMPTY */
        list[i % NFI_BINS] = (uint8_t)bin; /* where all fit, a bin that is there twice costs less than looking for it */
        least[bin] = value < least[bin] ? value : least[bin];
    }
    if (n > NFI_BINS && (m = full_bins(least, list)) == NFI_BINS) {
        memcpy(sig, least, sizeof least);
        return;
    }
    /* The first full bin in the order of each: the least place among those of the full ones, for all bins at once. */
    nfi_kern_get()->least_u8(first, d->place, list, m);
#pragma GCC unroll 4
    for (size_t i = 0; i < NFI_BINS; i++)
        sig[i] = least[d->order[first[i]][i]];
}

static double power(double x, int n)
{
    double y = 1.0;
    while (n-- > 0)
        y *= x;
    return y;
}

double nfi_bands_recall(nfi_bands b, double t)
{
    return 1.0 - power(1.0 - power(t, b.rows), b.bands);
}

nfi_bands nfi_bands_for(double threshold)
{
    nfi_bands b = {NFI_BINS / 8, 8};

    while (b.rows > 1 && nfi_bands_recall(b, threshold) < NFI_BAND_RECALL)
        b = (nfi_bands){NFI_BINS / (b.rows - 1), b.rows - 1};
    return b;
}

static inline uint64_t pair(const uint32_t *row) { return row[0] | (uint64_t)row[1] << 32; }

static inline uint32_t band_key(const uint32_t *row, int rows)
{
    uint64_t h = BAND_SEED;
    int r = 0;

    for (; r + 4 <= rows; r += 4)
        h = nfi_mum(h ^ pair(row + r), P ^ pair(row + r + 2));
    for (; r < rows; r++)
        h = nfi_mum(h ^ row[r], P);
    return (uint32_t)(h >> 32);
}

void nfi_band_keys(const uint32_t *sig, nfi_bands b, uint32_t *key, size_t step)
{
    if (b.rows == 4) /* at the default threshold, and much the same machine code without its loops */
        for (size_t i = 0; i < (size_t)b.bands; i++)
            key[i * step] = band_key(sig + i * 4, 4);
    else
        for (size_t i = 0; i < (size_t)b.bands; i++)
            key[i * step] = band_key(sig + i * (size_t)b.rows, b.rows);
}
