/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rng.h - counter-based random streams. A stream is named by (seed, purpose, index) and never shared, so results do not
 * depend on which thread draws when. Output i of a stream is the SplitMix64 finaliser (Steele, Lea, Flood 2014) of key + i * golden.
 */
#ifndef NFI_RNG_H
#define NFI_RNG_H

#include "base/num.h"

#include <stddef.h>
#include <stdint.h>

typedef struct nfi_rng {
    uint64_t key, n;
} nfi_rng;

static inline uint64_t nfi_mix64(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static inline nfi_rng nfi_rng_stream(uint64_t seed, uint64_t purpose, uint64_t index)
{
    uint64_t k = nfi_mix64(seed + 0x9e3779b97f4a7c15u);
    k = nfi_mix64(k ^ (purpose + 0x9e3779b97f4a7c15u));
    return (nfi_rng){nfi_mix64(k ^ (index + 0x632be59bd9b4e019u)), 0};
}

static inline uint64_t nfi_rng_next(nfi_rng *r) { return nfi_mix64(r->key + ++r->n * 0x9e3779b97f4a7c15u); }

/* Uniform in [0,1), 53 bits. */
static inline double nfi_rng_unit(nfi_rng *r) { return (double)(nfi_rng_next(r) >> 11) * 0x1p-53; }

/* Uniform in [0,n), n >= 1, without bias (Lemire 2019). */
static inline uint64_t nfi_rng_below(nfi_rng *r, uint64_t n)
{
    nfi_u128 m = (nfi_u128)nfi_rng_next(r) * n;
    if ((uint64_t)m < n) {
        uint64_t floor = (0 - n) % n;
        while ((uint64_t)m < floor)
            m = (nfi_u128)nfi_rng_next(r) * n;
    }
    return (uint64_t)(m >> 64);
}

/* Purposes: one constant a use, so that no two uses share a stream. */
enum { NFI_RNG_SEEDING = 1, NFI_RNG_FOLDS = 2, NFI_RNG_DENSIFY = 5, NFI_RNG_DESCENT = 7, NFI_RNG_TYPICAL = 8, NFI_RNG_TEST = 99 };

#endif
