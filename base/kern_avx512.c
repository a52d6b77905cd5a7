/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kern_avx512.c - the AVX-512 row (F, BW, VL, DQ): byte classes by mask compares, 16 columns a register, tails by masks. */
#define LANES 16
#define UNITS 8 /* 8 accumulators of 32 registers; more columns would not run faster, the loads are the limit */
#include "base/kern_impl.h"
#define NFI_TURNS_OWN
#define NFI_WORDS_OWN
#include "base/kern_sieve_impl.h"
#include "base/kern_turns.h"
#include "base/kern_utf8_impl.h"

#include <immintrin.h>

INLINE vech expand(vech base, uint32_t mask, const float *w)
{
    return (vech)_mm256_mask_expandloadu_ps((__m256)base, (__mmask8)mask, w);
}

#include "base/kern_masked_impl.h" /* on top of expand() */

/* Registers of 32 bytes: with those of 64 this loop is no faster, and the clock of many CPUs goes down for all that is around it.
 * words: what is no letter becomes 0 in dst. */
INLINE half_class classify32(const uint8_t *src, uint8_t *dst, const bool words)
{
    const __m256i case_bit = _mm256_set1_epi8(0x20), nine = _mm256_set1_epi8(9), z = _mm256_set1_epi8(25);
    const __m256i zero = _mm256_set1_epi8('0'), a = _mm256_set1_epi8('a'), A = _mm256_set1_epi8('A');
    /* The joiners differ in their low four bits: the shuffle looks up the one joiner a byte could be. FF never equals its index. */
    const __m256i joiners = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(-1, -1, -1, -1, -1, -1, -1, 0x27, -1, -1, 0x3a, 0x3b, 0x2c, -1, 0x2e, 0x5f));
    const __m256i marks = _mm256_broadcastsi128_si256(_mm_setr_epi8(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0x3a, -1, 0x2c, -1, 0x2e, -1));
    __m256i v = _mm256_loadu_epi8(src), low = _mm256_or_si256(v, case_bit);
    __mmask32 upper = _mm256_cmple_epu8_mask(_mm256_sub_epi8(v, A), z), letter = _mm256_cmple_epu8_mask(_mm256_sub_epi8(low, a), z);

    _mm256_storeu_epi8(dst, words ? _mm256_maskz_mov_epi8(letter, low) : _mm256_mask_mov_epi8(v, upper, low));
    return (half_class){
        .letter = letter,
        .upper = upper,
        .digit = _mm256_cmple_epu8_mask(_mm256_sub_epi8(v, zero), nine),
        .high = _mm256_movepi8_mask(v),
        .joiner = _mm256_cmpeq_epi8_mask(_mm256_shuffle_epi8(joiners, v), v),
        .bar = _mm256_cmpeq_epi8_mask(v, _mm256_set1_epi8('>')) | _mm256_cmpeq_epi8_mask(v, _mm256_set1_epi8('|')),
        .quote = _mm256_cmpeq_epi8_mask(v, _mm256_set1_epi8(0x27)),
        .mark = _mm256_cmpeq_epi8_mask(_mm256_shuffle_epi8(marks, v), v),
        .more = _mm256_cmplt_epi8_mask(v, _mm256_set1_epi8(-64)),
    };
}

INLINE block_class classify_block(const uint8_t *src, uint8_t *dst, const bool words)
{
    return join_halves(classify32(src, dst, words), classify32(src + 32, dst + 32, words));
}

#include "base/kern_runs_impl.h" /* on top of classify_block() */

static size_t turns(const nfi_class64 *cls, size_t blocks, uint32_t *turn)
{
    const __m256i flag = _mm256_set1_epi32((int)NFI_TURN_FLAG), eight = _mm256_set1_epi32(8);
    __m256i at = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    turns_state state = {0};
    size_t n = 0;

    for (size_t k = 0; k <= blocks; k++) {
        turns_block b = turns_of(&state, &cls[k], k < blocks ? cls[k + 1].upper : 0);
#pragma GCC unroll 8
        for (int i = 0; i < 64; i += 8) {
            __mmask8 edges = (__mmask8)(b.edges >> i);
            __m256i places = _mm256_mask_or_epi32(at, (__mmask8)(b.flags >> i), at, flag);
            _mm256_storeu_epi32(turn + n, _mm256_maskz_compress_epi32(edges, places));
            n += (size_t)_mm_popcnt_u32(edges);
            at = _mm256_add_epi32(at, eight);
        }
    }
    return n;
}

/* Four words at a time: start and end in a lane of 64 bits become start and length by one subtraction. */
static size_t words(const uint32_t *turn, size_t n, uint32_t least, uint32_t look, nfi_token *out, size_t *m)
{
    enum { ENDS = 0xaa }; /* the upper halves of lanes */
    const __m256i place = _mm256_set1_epi32((int)~NFI_TURN_FLAG), three = _mm256_set1_epi32(3);
    const __m256i most = _mm256_set1_epi32(NFI_MAX_TOKEN), few = _mm256_set1_epi32((int)least);
    const unsigned looks = look ? ENDS : 0;
    size_t i = 0, k = 0;

    for (; i + 8 <= n; i += 8) {
        __m256i v = _mm256_loadu_epi32(turn + i), at = _mm256_and_si256(v, place), w = _mm256_sub_epi32(at, _mm256_slli_epi64(at, 32));
        unsigned flags = _mm256_movepi32_mask(v), kept = _mm256_cmpge_epu32_mask(w, few);
        unsigned odd = (flags | (flags << 1 & _mm256_cmple_epu32_mask(w, three))) & kept & looks;
        odd |= _mm256_cmpgt_epu32_mask(w, most) & ENDS;
        unsigned lanes = _pext_u32(odd ? kept & ((odd & -odd) - 1) : kept, ENDS);
        _mm256_storeu_epi64(out + k, _mm256_maskz_compress_epi64((__mmask8)lanes, w));
        k += (size_t)_mm_popcnt_u32(lanes);
        if (odd) {
            *m = k;
            return i + (size_t)(__builtin_ctz(odd) - 1);
        }
    }
    *m = k;
    return words_from(turn, i, n, least, look, out, m);
}

const nfi_kern nfi_kern_avx512 = {"avx512", classify, turns, words, axpys_f64, axpys_masked, spmv_f32,
    scatter_f32, log_f32, log_axpy_f32, least_u8, find_special, utf8_prefix, find_runs, sieve_meet, sieve_met};
