/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kern_avx2.c - the AVX2 row: byte classes by byte compares and movemask, 8 columns a register. */
#define LANES 8
#define UNITS 6 /* 12 accumulators, the factor and a product: 14 of 16 registers */
#include "base/kern_impl.h"
#include "base/kern_sieve_impl.h"
#include "base/kern_turns.h"
#include "base/kern_utf8_impl.h"

#include <immintrin.h>

/* Where each column of a group of four finds its number among those that follow one another. */
#define RANKS(m) {0, (m) & 1, ((m) & 1) + ((m) >> 1 & 1), ((m) & 1) + ((m) >> 1 & 1) + ((m) >> 2 & 1)}
static const int32_t ranks[16][4] = {RANKS(0), RANKS(1), RANKS(2),  RANKS(3),  RANKS(4),  RANKS(5),  RANKS(6),  RANKS(7),
                                     RANKS(8), RANKS(9), RANKS(10), RANKS(11), RANKS(12), RANKS(13), RANKS(14), RANKS(15)};

INLINE vech expand(vech base, uint32_t mask, const float *w)
{
    const __m128i bits = _mm_setr_epi32(1, 2, 4, 8), places = _mm_setr_epi32(0, 1, 2, 3);
    __m128i there = _mm_cmpgt_epi32(_mm_set1_epi32(__builtin_popcount(mask)), places);
    __m128i own = _mm_cmpeq_epi32(_mm_and_si128(_mm_set1_epi32((int)mask), bits), bits);
    __m128 v = _mm_permutevar_ps(_mm_maskload_ps(w, there), _mm_loadu_si128((const __m128i_u *)ranks[mask]));

    return (vech)_mm_blendv_ps((__m128)base, v, _mm_castsi128_ps(own));
}

#include "base/kern_masked_impl.h" /* on top of expand() */

/* v <= top, both unsigned, as FF */
INLINE __m256i up_to(__m256i v, __m256i top) { return _mm256_cmpeq_epi8(_mm256_min_epu8(v, top), v); }
INLINE uint32_t bits(__m256i v) { return (uint32_t)_mm256_movemask_epi8(v); }

/* words: what is no letter becomes 0 in dst. */
INLINE half_class classify32(const uint8_t *src, uint8_t *dst, const bool words)
{
    const __m256i case_bit = _mm256_set1_epi8(0x20), z = _mm256_set1_epi8(25);
    /* The joiners differ in their low four bits: the shuffle looks up the one joiner a byte could be. FF never equals its index. */
    const __m256i joiners = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(-1, -1, -1, -1, -1, -1, -1, 0x27, -1, -1, 0x3a, 0x3b, 0x2c, -1, 0x2e, 0x5f));
    const __m256i marks = _mm256_broadcastsi128_si256(_mm_setr_epi8(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0x3a, -1, 0x2c, -1, 0x2e, -1));
    __m256i v = _mm256_loadu_si256((const __m256i_u *)src), low = _mm256_or_si256(v, case_bit);
    __m256i upper = up_to(_mm256_sub_epi8(v, _mm256_set1_epi8('A')), z), letter = up_to(_mm256_sub_epi8(low, _mm256_set1_epi8('a')), z);

    _mm256_storeu_si256((__m256i_u *)dst,
                        words ? _mm256_and_si256(letter, low) : _mm256_or_si256(v, _mm256_and_si256(upper, case_bit)));
    return (half_class){
        .letter = bits(letter),
        .upper = bits(upper),
        .digit = bits(up_to(_mm256_sub_epi8(v, _mm256_set1_epi8('0')), _mm256_set1_epi8(9))),
        .high = bits(v),
        .joiner = bits(_mm256_cmpeq_epi8(_mm256_shuffle_epi8(joiners, v), v)),
        .bar = bits(_mm256_or_si256(_mm256_cmpeq_epi8(v, _mm256_set1_epi8('>')), _mm256_cmpeq_epi8(v, _mm256_set1_epi8('|')))),
        .quote = bits(_mm256_cmpeq_epi8(v, _mm256_set1_epi8(0x27))),
        .mark = bits(_mm256_cmpeq_epi8(_mm256_shuffle_epi8(marks, v), v)),
        .more = bits(_mm256_cmpgt_epi8(_mm256_set1_epi8(-64), v)),
    };
}

INLINE block_class classify_block(const uint8_t *src, uint8_t *dst, const bool words)
{
    return join_halves(classify32(src, dst, words), classify32(src + 32, dst + 32, words));
}

#include "base/kern_runs_impl.h" /* on top of classify_block() */

const nfi_kern nfi_kern_avx2 = {"avx2", classify, turns, words, axpys_f64, axpys_masked, spmv_f32,
    scatter_f32, log_f32, log_axpy_f32, least_u8, find_special, utf8_prefix, find_runs, sieve_meet, sieve_met};
