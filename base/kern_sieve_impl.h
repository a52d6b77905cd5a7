/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kern_sieve_impl.h - the loops over 64 keys of nfi_sieve, compiled with the bit instructions of each row; with AVX2 lanes are gathered. */
#ifndef NFI_KERN_SIEVE_IMPL_H
#define NFI_KERN_SIEVE_IMPL_H

#include "base/kern.h"

#ifdef __AVX2__
#include <immintrin.h>
#endif

static inline void sieve_meet_one(const nfi_sieve *v, uint32_t k)
{
    uint32_t h = k >> v->shift;
    uint64_t word = v->once[h / 64], met = word >> h % 64 & 1;

    v->once[h / 64] = word | (uint64_t)1 << h % 64;
    v->again[k / 64 & (v->words - 1)] |= met << k % 64;
}

static inline uint64_t sieve_met_one(const nfi_sieve *v, uint32_t k)
{
    return v->again[k / 64 & (v->words - 1)] >> k % 64 & 1;
}

static void sieve_meet(const nfi_sieve *v, const uint32_t *key, uint64_t which)
{
    const nfi_sieve x = *v; /* else what is stored might change it */

    if (which == UINT64_MAX)
        for (size_t i = 0; i < 64; i++)
            sieve_meet_one(&x, key[i]);
    else
        for (; which; which &= which - 1)
            sieve_meet_one(&x, key[__builtin_ctzll(which)]);
}

/* All 64. */
static inline uint64_t sieve_met_all(const nfi_sieve *v, const uint32_t *key)
{
    uint64_t found = 0;

#ifdef __AVX2__
    const __m256i last = _mm256_set1_epi32((int)(v->words * 2 - 1)), low = _mm256_set1_epi32(31);
    for (int i = 0; i < 64; i += 8) { /* words of 32 bits: this CPU has the lower half first */
        __m256i k = _mm256_loadu_si256((const __m256i_u *)(key + i));
        __m256i word = _mm256_i32gather_epi32((const int *)v->again, _mm256_and_si256(_mm256_srli_epi32(k, 5), last), 4);
        __m256i top = _mm256_sllv_epi32(word, _mm256_andnot_si256(k, low));
        found |= (uint64_t)(uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(top)) << i;
    }
#else
    for (size_t i = 0; i < 64; i++)
        found |= sieve_met_one(v, key[i]) << i;
#endif
    return found;
}

static uint64_t sieve_met(const nfi_sieve *v, const uint32_t *key, uint64_t which)
{
    uint64_t found = 0;

    if (which == UINT64_MAX)
        return sieve_met_all(v, key);
    for (; which; which &= which - 1)
        found |= sieve_met_one(v, key[__builtin_ctzll(which)]) * (which & -which);
    return found;
}

#endif
