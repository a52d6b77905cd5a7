/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kern_avx512.c - the AVX-512 row (F, BW, VL, DQ): byte classes by mask compares, 16 columns a register, tails by masks. */
#define LANES 16
#define UNITS 8 /* 8 accumulators of 32 registers; more columns would not run faster, the loads are the limit */
#include "base/kern_impl.h"

#include <immintrin.h>

static void classify(const uint8_t *src, size_t blocks, uint8_t *dst, nfi_class64 *cls)
{
    const __m512i case_bit = _mm512_set1_epi8(0x20), nine = _mm512_set1_epi8(9), z = _mm512_set1_epi8(25);
    const __m512i zero = _mm512_set1_epi8('0'), a = _mm512_set1_epi8('a'), A = _mm512_set1_epi8('A');
    /* The joiners differ in their low four bits: the shuffle looks up the one joiner a byte could be. FF never equals its index. */
    const __m512i joiners = _mm512_broadcast_i32x4(
        _mm_setr_epi8(-1, -1, -1, -1, -1, -1, -1, 0x27, -1, -1, 0x3a, 0x3b, 0x2c, -1, 0x2e, 0x5f));

    for (size_t b = 0; b < blocks; b++, src += 64, dst += 64) {
        __m512i v = _mm512_loadu_si512(src), low = _mm512_or_si512(v, case_bit);
        __mmask64 upper = _mm512_cmple_epu8_mask(_mm512_sub_epi8(v, A), z);
        _mm512_storeu_si512(dst, _mm512_mask_mov_epi8(v, upper, low));
        cls[b].letter = _mm512_cmple_epu8_mask(_mm512_sub_epi8(low, a), z);
        cls[b].upper = upper;
        cls[b].digit = _mm512_cmple_epu8_mask(_mm512_sub_epi8(v, zero), nine);
        cls[b].high = _mm512_movepi8_mask(v);
        cls[b].joiner = _mm512_cmpeq_epi8_mask(_mm512_shuffle_epi8(joiners, v), v);
    }
}

/* Few classes are the rule, so the tail counts: one masked step for up to 8. */
static void axpy_f64(double *acc, double x, const float *w, size_t n)
{
    size_t i = axpy_whole(acc, x, w, n);

    if (i < n) {
        __mmask8 tail = (__mmask8)((1u << (n - i)) - 1);
        __m512d p = _mm512_mul_pd(_mm512_cvtps_pd(_mm256_maskz_loadu_ps(tail, w + i)), _mm512_set1_pd(x));
        _mm512_mask_storeu_pd(acc + i, tail, _mm512_add_pd(_mm512_maskz_loadu_pd(tail, acc + i), p));
    }
}

const nfi_kern nfi_kern_avx512 = {"avx512", classify, axpy_f64, spmv_f32, log_f32, log_axpy_f32};
