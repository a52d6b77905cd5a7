/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kern_runs_impl.h - classify(), and runs of letters and numbers, from the masks of classify_block(), which the includer defines. One
 * source for all rows: they differ in what the compiler makes of counting and taking apart bits, and in the hashes, four at a time where
 * there is AVX2.
 *
 * Only where runs start is listed: bytes that are no letters are zeros in the copy that is hashed, so the bytes of a run tell its end.
 */
#ifndef NFI_KERN_RUNS_IMPL_H
#define NFI_KERN_RUNS_IMPL_H

#include "base/kern.h"
#include "base/wordhash.h"

#include <string.h>

#ifdef __AVX2__
#include <immintrin.h>
#endif

enum { RUN_BLOCK = 64, SPILL = NFI_RUN_SPILL };
_Static_assert(NFI_RUN_BYTES % RUN_BLOCK == 0, "a line is whole blocks");

/*
 * Appends the numbers of the bits that are set, and rubbish behind them: groups of a fixed size, for how many there are cannot be foreseen,
 * and the first four groups always, for they are nearly always enough.
 */
static inline uint16_t *list_bits(uint16_t *out, uint64_t bits, size_t base)
{
    uint16_t *end = out + turns_popcount(bits);

#ifdef __BMI__
    do {
#pragma GCC unroll 4
        for (int i = 0; i < 4; i++, out += 4) { /* one store for four: left to itself, the compiler puts them together lane by lane */
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
    } while (bits);
#else
    for (; bits; out += 8)
#pragma GCC unroll 8
        for (size_t i = 0; i < 8; i++, bits &= bits - 1)
            out[i] = (uint16_t)(base + (size_t)turns_lowest(bits));
#endif
    return end;
}

#define RUN_EACH UINT64_C(0x0101010101010101)

/* The top bit of the lowest byte of v that is zero, and rubbish above it; 0 when there is none. */
static inline uint64_t zero_byte(uint64_t v) { return (v - RUN_EACH) & ~v & RUN_EACH << 7; }

/* Hash of the run of at least n letters that starts at p. */
static inline uint64_t hash_run(const uint8_t *p, size_t n)
{
    uint64_t zero;

    while (!(zero = zero_byte(nfi_load_le(p + n))))
        n += 8;
    return nfi_wordhash_of(p, n + (size_t)__builtin_ctzll(zero) / 8);
}

#ifdef __AVX2__

/* nfi_mum() of each lane of x and y, whose upper halves are yh. */
static inline __m256i mum4(__m256i x, __m256i y, __m256i yh)
{
    const __m256i low = _mm256_set1_epi64x(0xffffffff);
    __m256i xh = _mm256_srli_epi64(x, 32);
    __m256i ll = _mm256_mul_epu32(x, y), lh = _mm256_mul_epu32(x, yh), hl = _mm256_mul_epu32(xh, y), hh = _mm256_mul_epu32(xh, yh);
    __m256i t = _mm256_add_epi64(hl, _mm256_srli_epi64(ll, 32)), u = _mm256_add_epi64(lh, _mm256_and_si256(t, low));
    __m256i hi = _mm256_add_epi64(_mm256_add_epi64(hh, _mm256_srli_epi64(t, 32)), _mm256_srli_epi64(u, 32));
    return _mm256_xor_si256(hi, _mm256_blend_epi32(ll, _mm256_slli_epi64(u, 32), 0xaa));
}

static inline __m256i two(const uint8_t *a, const uint8_t *b)
{
    return _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128((const __m128i_u *)a)), _mm_loadu_si128((const __m128i_u *)b), 1);
}

/* Runs of up to seven letters and numbers, four at a time; what is longer is noted and hashed alone. */
static inline void hash_runs(nfi_runs *r)
{
    static const uint64_t pick[16] = {0,           0,           1,           0x10000,           2,           0x20000,
                                      0x20001,     0x200010000, 3,           0x30000,           0x30001,     0x300010000,
                                      0x30002,     0x300020000, 0x300020001, 0x3000200010000};
    const __m256i ones = _mm256_set1_epi64x(-1), zero = _mm256_setzero_si256(), each = _mm256_set1_epi8(1);
    const __m256i by = _mm256_set1_epi64x((long long)NFI_WORD_END_BY), by_high = _mm256_srli_epi64(by, 32);
    uint16_t rare[NFI_RUN_BYTES + SPILL]; /* of a line like aBaBaB each run has more than seven letters up to the next other byte */
    size_t m = 0;

    for (size_t i = 0; i < r->n; i += 4) {
        const uint16_t *e = r->start + i;
        __m256i a = _mm256_unpacklo_epi64(two(r->low + e[0], r->low + e[2]), two(r->low + e[1], r->low + e[3]));
        __m256i end = _mm256_cmpeq_epi8(a, zero), upto = _mm256_xor_si256(end, _mm256_add_epi64(end, ones)); /* the lowest bit of end */
        __m256i k = _mm256_and_si256(a, upto);
        __m256i n = _mm256_add_epi64(_mm256_sad_epu8(_mm256_and_si256(upto, each), zero), ones);
        __m256i h = mum4(_mm256_xor_si256(k, _mm256_set1_epi64x((long long)NFI_WORD_END)), _mm256_xor_si256(n, by), by_high);
        unsigned is_long = (unsigned)_mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpeq_epi64(end, zero)));
        uint64_t which = pick[is_long] + i * UINT64_C(0x0001000100010001);
        h = _mm256_or_si256(h, _mm256_srli_epi64(_mm256_cmpeq_epi64(h, zero), 63));
        h = _mm256_blendv_epi8(h, _mm256_set1_epi64x((long long)NFI_WORD_NUMBER), _mm256_cmpeq_epi64(n, zero));
        _mm256_storeu_si256((__m256i_u *)(r->hash + i), h);
        memcpy(rare + m, &which, sizeof which);
        m += turns_popcount(is_long);
    }
    for (size_t j = 0; j < m; j++)
        r->hash[rare[j]] = hash_run(r->low + r->start[rare[j]], 8);
}

#else

static inline void hash_runs(nfi_runs *r)
{
    for (size_t i = 0; i < r->n; i++)
        r->hash[i] = r->low[r->start[i]] ? hash_run(r->low + r->start[i], 0) : NFI_WORD_NUMBER;
}

#endif

static void classify(const uint8_t *src, size_t blocks, uint8_t *dst, nfi_class64 *cls)
{
    for (size_t b = 0; b < blocks; b++, src += 64, dst += 64)
        cls[b] = classify_block(src, dst, false).c;
}

static void find_runs(nfi_runs *r, const uint8_t *s, size_t n)
{
    uint64_t letter = 0, small = 0, digit = 0, marked = 0, quoted = 0, high = 0, any = 0; /* the last bit of the block before */
    uint16_t *start = r->start;
    nfi_run_odd *odd = r->odd;
    size_t bars = 0, letters = 0, capitals = 0, digits = 0, more = 0;

    for (size_t base = 0; base < n; base += RUN_BLOCK) {
        block_class b = classify_block(s + base, r->low + base, true);
        uint64_t valid = n - base < RUN_BLOCK ? (UINT64_C(1) << (n - base)) - 1 : UINT64_MAX;
        uint64_t L = b.c.letter & valid, U = b.c.upper & valid, D = b.c.digit & valid, H = b.c.high & valid, S = L & ~U;
        uint64_t after = L << 1 | letter, glued = U & (S << 1 | small), quotes = b.quote & after, marks = b.mark & (D << 1 | digit);
        uint64_t number = D & ~(D << 1 | digit) & ~(marks << 1 | marked), starts = (L & ~after) | glued | number;
        uint64_t look = glued | (S & (quotes << 1 | quoted)) | (H & ~(H << 1 | high));
        bars += turns_popcount(b.c.bar & valid);
        letters += turns_popcount(L);
        capitals += turns_popcount(U & starts);
        digits += turns_popcount(number);
        for (; look; look &= look - 1, odd++) {
            *odd = (nfi_run_odd){(uint16_t)(base + (size_t)turns_lowest(look)),
                                 (uint16_t)((size_t)(start - r->start) + turns_popcount(starts & ((look & -look) - 1)))};
        }
        start = list_bits(start, starts, base);
        letter = L >> 63;
        small = S >> 63;
        digit = D >> 63;
        marked = marks >> 63;
        quoted = quotes >> 63;
        high = H >> 63;
        any |= H;
        if (H)
            more += turns_popcount(b.more & valid);
    }
    r->n = (size_t)(start - r->start);
    r->nodd = (size_t)(odd - r->odd);
    r->bars = (unsigned)bars;
    r->letters = (unsigned)letters;
    r->capitals = (unsigned)capitals;
    r->digits = (unsigned)digits;
    r->more = (unsigned)more;
    r->ascii = any == 0;
    memset(r->low + n, 0, (n + RUN_BLOCK - 1) / RUN_BLOCK * RUN_BLOCK + NFI_RUN_AHEAD - n);
    memset(start, 0, SPILL * sizeof *start);
    hash_runs(r);
}

#endif
