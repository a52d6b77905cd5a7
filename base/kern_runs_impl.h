/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kern_runs_impl.h - runs of letters from the masks of classify(), which the includer defines. One source for all rows: they differ in what
 * the compiler makes of counting and taking apart bits, and in the hashes, four at a time where there is AVX2.
 */
#ifndef NFI_KERN_RUNS_IMPL_H
#define NFI_KERN_RUNS_IMPL_H

#include "base/kern.h"
#include "base/wordhash.h"

#include <string.h>

#ifdef __AVX2__
#include <immintrin.h>
#endif

enum { RUN_BLOCK = 64, RUN_BLOCKS = NFI_RUN_BYTES / RUN_BLOCK, SPILL = NFI_RUN_SPILL };
_Static_assert(NFI_RUN_BYTES % RUN_BLOCK == 0, "a line is whole blocks");

/* Appends the numbers of the bits that are set, and rubbish behind them: groups of a fixed size, for how many there are cannot be
 * foreseen. */
static inline uint16_t *list_bits(uint16_t *out, uint64_t bits, size_t base)
{
    uint16_t *end = out + __builtin_popcountll(bits);

#ifdef __BMI__
    for (; bits; out += 4) { /* one store for four: left to itself, the compiler puts them together lane by lane */
        uint64_t a = _tzcnt_u64(bits), b, c, d;
        bits = _blsr_u64(bits);
        b = _tzcnt_u64(bits);
        bits = _blsr_u64(bits);
        c = _tzcnt_u64(bits);
        bits = _blsr_u64(bits);
        d = _tzcnt_u64(bits);
        bits = _blsr_u64(bits);
        a = (a | b << 16 | c << 32 | d << 48) + base * UINT64_C(0x0001000100010001);
        memcpy(out, &a, sizeof a);
    }
    return end;
#endif
    for (; bits; out += SPILL)
#pragma GCC unroll 8
        for (size_t i = 0; i < SPILL; i++, bits &= bits - 1)
            out[i] = (uint16_t)(base + (size_t)__builtin_ctzll(bits | UINT64_C(1) << 63));
    return end;
}

#ifdef __AVX2__

/* nfi_mum() of each lane. */
static inline __m256i mum4(__m256i x, __m256i y)
{
    const __m256i low = _mm256_set1_epi64x(0xffffffff);
    __m256i xh = _mm256_srli_epi64(x, 32), yh = _mm256_srli_epi64(y, 32);
    __m256i ll = _mm256_mul_epu32(x, y), lh = _mm256_mul_epu32(x, yh), hl = _mm256_mul_epu32(xh, y), hh = _mm256_mul_epu32(xh, yh);
    __m256i t = _mm256_add_epi64(hl, _mm256_srli_epi64(ll, 32)), u = _mm256_add_epi64(lh, _mm256_and_si256(t, low));
    __m256i hi = _mm256_add_epi64(_mm256_add_epi64(hh, _mm256_srli_epi64(t, 32)), _mm256_srli_epi64(u, 32));
    return _mm256_xor_si256(hi, _mm256_blend_epi32(ll, _mm256_slli_epi64(u, 32), 0xaa));
}

static inline __m256i two(const uint8_t *a, const uint8_t *b)
{
    return _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128((const __m128i_u *)a)), _mm_loadu_si128((const __m128i_u *)b), 1);
}

/* nfi_wordhash_of() of runs, four at a time; the edges behind the last are zeros. */
static inline void hash_runs(nfi_runs *r)
{
    const __m256i ones = _mm256_set1_epi64x(-1), seven = _mm256_set1_epi64x(7), zero = _mm256_setzero_si256();

    for (size_t i = 0; i < r->n; i += 4) {
        const uint16_t *e = r->edge + 2 * i;
        __m128i edges = _mm_loadu_si128((const __m128i_u *)e);
        __m128i len = _mm_sub_epi32(_mm_srli_epi32(edges, 16), _mm_and_si128(edges, _mm_set1_epi32(0xffff)));
        __m256i n = _mm256_cvtepu32_epi64(len), more = _mm256_cmpgt_epi64(n, seven);
        __m256i even = two(r->low + e[0], r->low + e[4]), odd = two(r->low + e[2], r->low + e[6]);
        __m256i a = _mm256_unpacklo_epi64(even, odd), b = _mm256_unpackhi_epi64(even, odd);
        __m256i h =
            mum4(_mm256_xor_si256(a, _mm256_set1_epi64x((long long)NFI_WORD_FOLD)), _mm256_set1_epi64x((long long)NFI_WORD_FOLD_BY));
        __m256i k = _mm256_blendv_epi8(a, b, more);
        k = _mm256_andnot_si256(_mm256_sllv_epi64(ones, _mm256_slli_epi64(_mm256_and_si256(n, seven), 3)), k);
        h = _mm256_xor_si256(_mm256_and_si256(h, more), k);
        h = mum4(_mm256_xor_si256(h, _mm256_set1_epi64x((long long)NFI_WORD_END)),
                 _mm256_xor_si256(n, _mm256_set1_epi64x((long long)NFI_WORD_END_BY)));
        h = _mm256_or_si256(h, _mm256_srli_epi64(_mm256_cmpeq_epi64(h, zero), 63));
        _mm256_storeu_si256((__m256i_u *)(r->hash + i), h);
        if (_mm_movemask_epi8(_mm_cmpgt_epi32(len, _mm_set1_epi32(15)))) /* rare: German, and what is no word */
            for (size_t j = 0; j < 4; j++)
                if (e[2 * j + 1] - e[2 * j] > 15)
                    r->hash[i + j] = nfi_wordhash_of(r->low + e[2 * j], (size_t)(e[2 * j + 1] - e[2 * j]));
    }
}

#else

static inline void hash_runs(nfi_runs *r)
{
    for (size_t i = 0; i < r->n; i++)
        r->hash[i] = nfi_wordhash_of(r->low + r->edge[2 * i], (size_t)(r->edge[2 * i + 1] - r->edge[2 * i]));
}

#endif

/* Bytes 80 to BF of whole blocks. */
static inline unsigned count_more(const uint8_t *s, size_t blocks)
{
    unsigned more = 0;

#ifdef __AVX2__
    const __m256i start = _mm256_set1_epi8(-64);
    for (size_t i = 0; i < blocks * 2; i++)
        more += (unsigned)__builtin_popcount(
            (unsigned)_mm256_movemask_epi8(_mm256_cmpgt_epi8(start, _mm256_loadu_si256((const __m256i_u *)(s + 32 * i)))));
#else
    for (size_t i = 0; i < blocks * RUN_BLOCK; i++)
        more += (s[i] & 0xc0) == 0x80;
#endif
    return more;
}

static void find_runs(nfi_runs *r, const uint8_t *s, size_t n)
{
    nfi_class64 cls[RUN_BLOCKS];
    size_t blocks = (n + RUN_BLOCK - 1) / RUN_BLOCK;
    uint64_t letter = 0, digit = 0, high = 0, small = 0, any = 0; /* the last bit of the block before */
    uint16_t *edge = r->edge, *odd = r->odd;

    classify(s, blocks, r->low, cls);
    memset(r->low + n, 0, blocks * RUN_BLOCK + NFI_RUN_AHEAD - n);
    r->bars = r->letters = r->capitals = 0;
    for (size_t k = 0; k < blocks; k++) {
        size_t base = k * RUN_BLOCK;
        uint64_t valid = n - base < RUN_BLOCK ? (UINT64_C(1) << (n - base)) - 1 : UINT64_MAX;
        uint64_t L = cls[k].letter & valid, U = cls[k].upper & valid, D = cls[k].digit & valid, H = cls[k].high & valid;
        uint64_t after = L << 1 | letter, glued = U & ((L & ~U) << 1 | small);
        uint64_t quote =
            cls[k].joiner & after & ((L & ~U) >> 1 | UINT64_C(1) << 63) & valid; /* with other joiners, and what ends a block */
        r->bars += (unsigned)__builtin_popcountll(cls[k].bar & valid);
        r->letters += (unsigned)__builtin_popcountll(L);
        r->capitals += (unsigned)__builtin_popcountll(U & ~after);
        edge = list_bits(edge, L ^ after, base);
        odd = list_bits(odd, (D & ~(D << 1 | digit)) | (H & ~(H << 1 | high)) | quote | glued, base);
        letter = L >> 63;
        digit = D >> 63;
        high = H >> 63;
        small = (L & ~U) >> 63;
        any |= H;
    }
    *edge = (uint16_t)n; /* of a run up to the end of the last block */
    r->n = (size_t)(edge + 1 - r->edge) / 2;
    r->nodd = (size_t)(odd - r->odd);
    r->ascii = any == 0;
    r->more = any ? count_more(r->low, blocks) : 0;
    memset(r->edge + 2 * r->n, 0, SPILL * sizeof *r->edge);
    hash_runs(r);
}

/* word[n] is 0 and eight words more can be read. */
static size_t find_words(const uint64_t *word, size_t n, const uint64_t *set, const uint64_t *pair, uint16_t *at, size_t *hits)
{
    size_t found = 0, m = 0;

    for (size_t i = 0; i < n; i += 8) {
        uint64_t any = 0;
#pragma GCC unroll 8
        for (size_t j = 0; j < 8; j++) {
            uint64_t w = word[i + j], p = w + word[i + j + 1] * 3;
            found += set[w >> 54] >> (w >> 48 & 63) & 1;
            any |= pair[p >> 56] >> (p >> 50 & 63);
        }
        for (size_t j = i; any & 1 && j < i + 8 && j < n; j++) {
            uint64_t p = word[j] + word[j + 1] * 3;
            if (pair[p >> 56] >> (p >> 50 & 63) & 1)
                at[m++] = (uint16_t)j;
        }
    }
    for (size_t i = n; i % 8; i++) /* what was read too much */
        found -= set[word[i] >> 54] >> (word[i] >> 48 & 63) & 1;
    *hits = m;
    return found;
}

#endif
