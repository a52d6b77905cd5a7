/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kern_scalar.c - the reference row, plain C for any CPU. The text loop works on eight bytes at a time in an integer; the others are left
 * to the compiler, which turns their fixed-width inner loops into whatever vectors the baseline has (SSE2 on x86-64).
 */
#include "base/kern_special_impl.h"
#include "base/kern_sieve_impl.h"
#include "base/kern_turns.h"
#include "base/kern_utf8_impl.h"

#include "base/num.h"

#include <float.h>

_Static_assert(FLT_EVAL_METHOD == 0, "float and double expressions must round to their own type");

#define EACH 0x0101010101010101u /* times a byte: that byte eight times */
#define TOP (EACH * 0x80)

/* In the functions below b holds bytes below 80; the top bit of each byte of the result answers for that byte. */
static inline uint64_t at_least(uint64_t b, unsigned c) { return b + EACH * (0x80 - c); }
static inline uint64_t in_range(uint64_t b, unsigned lo, unsigned hi) { return at_least(b, lo) & ~at_least(b, hi + 1); }
static inline uint64_t equal(uint64_t b, unsigned c) { return ~at_least(b ^ EACH * c, 1); }

/* The eight top bits as one byte: each lands on its own place of the highest byte of the product. */
static inline uint64_t gather(uint64_t top) { return ((top & TOP) >> 7) * 0x0102040810204080u >> 56; }

/* words: what is no letter becomes 0 in dst. */
static inline block_class classify_block(const uint8_t *src, uint8_t *dst, const bool words)
{
    block_class b = {0};

    for (int i = 0; i < 64; i += 8, src += 8, dst += 8) {
        uint64_t v = nfi_load_le(src), ascii = v & ~TOP, low = ascii | EACH * 0x20;
        uint64_t upper = in_range(ascii, 'A', 'Z') & ~v & TOP, letter = in_range(low, 'a', 'z') & ~v & TOP;
        uint64_t mark = equal(ascii & ~(EACH * 2), 0x2c) | equal(ascii, 0x3a);
        uint64_t quote = equal(ascii, 0x27), joiner = quote | mark | equal(ascii, 0x3b) | equal(ascii, 0x5f);
        uint64_t bar = equal(ascii, '>') | equal(ascii, '|');
        nfi_store_le(dst, words ? low & (letter >> 7) * 0xff : v | upper >> 2);
        b.c.letter |= gather(letter) << i;
        b.c.upper |= gather(upper) << i;
        b.c.digit |= gather(in_range(ascii, '0', '9') & ~v) << i;
        b.c.high |= gather(v) << i;
        b.c.joiner |= gather(joiner & ~v) << i;
        b.c.bar |= gather(bar & ~v) << i;
        b.quote |= gather(quote & ~v) << i;
        b.mark |= gather(mark & ~v) << i;
        b.more |= gather(v & ~(v << 1)) << i;
    }
    return b;
}

#include "base/kern_runs_impl.h" /* on top of classify_block() */

static void axpys_f64(double *acc, const double *x, const float *w, size_t m, size_t n)
{
    for (size_t j = 0; j < m; j++, w += (n + 7) & ~(size_t)7)
        for (size_t i = 0; i < n; i++)
            acc[i] += x[j] * (double)w[i];
}

static void axpys_masked(double *acc, const double *x, const nfi_masked_row *row, const float *w, size_t m, size_t n)
{
    for (size_t j = 0; j < m; j++) {
        const float *next = w + row[j].at;
        float full[NFI_MASKED];
        for (int i = 0; i < NFI_MASKED; i++)
            full[i] = row[j].base;
        for (uint32_t mask = row[j].mask; mask; mask &= mask - 1)
            full[__builtin_ctz(mask)] = *next++;
        for (size_t i = 0; i < n; i++)
            acc[i] += x[j] * (double)full[i];
    }
}

/* Tiles of 16 columns: with more, compilers leave the sums in memory. */
static void spmv_f32(float *out, const int32_t *idx, const float *val, size_t nnz, const float *m, size_t ld, size_t k)
{
    for (size_t j = 0; j < k; j += 16) {
        float sum[16] = {0};
        for (size_t e = 0; e < nnz; e++) {
            const float *row = m + (size_t)idx[e] * ld + j;
            float x = val[e];
            for (int i = 0; i < 16; i++)
                sum[i] += x * row[i];
        }
        memcpy(out + j, sum, sizeof sum);
    }
}

static void scatter_f32(float *m, size_t ld, const int32_t *idx, const float *val, size_t nnz, const float *by, const float *scale)
{
    for (size_t e = 0; e < nnz; e++) {
        float *row = m + (size_t)idx[e] * ld, x = val[e];
        if (scale) {
            const float *s = scale + (size_t)idx[e] * ld;
#pragma GCC ivdep
            for (int i = 0; i < 16; i++)
                row[i] += x * by[i] * s[i];
        } else {
#pragma GCC ivdep
            for (int i = 0; i < 16; i++)
                row[i] += x * by[i];
        }
    }
}

static void log_f32(double *out, const double *in, size_t n)
{
#pragma GCC ivdep /* out and in are the same array or do not overlap */
    for (size_t i = 0; i < n; i++)
        out[i] = (double)nfi_log32((float)in[i]);
}

static void log_axpy_f32(double *acc, double x, const double *v, double scale, const double *offset, size_t m, size_t n)
{
    for (size_t j = 0; j < m; j++) {
        double *out = acc + j * n, from = offset[j];
#pragma GCC ivdep /* acc and v do not overlap */
        for (size_t i = 0; i < n; i++)
            out[i] += x * (double)nfi_log32((float)(from + scale * v[i]));
    }
}

/* Tiles as in spmv_f32(). */
static void least_u8(uint8_t *out, const uint8_t (*row)[NFI_LEAST], const uint8_t *list, size_t m)
{
    for (size_t at = 0; at < NFI_LEAST; at += 16) {
        uint8_t least[16];
        memcpy(least, row[list[0]] + at, sizeof least);
        for (size_t j = 1; j < m; j++) {
            const uint8_t *x = row[list[j]] + at;
            for (size_t i = 0; i < 16; i++)
                least[i] = x[i] < least[i] ? x[i] : least[i];
        }
        memcpy(out + at, least, sizeof least);
    }
}

static size_t find_special(const uint8_t *p, size_t n, bool *high)
{
    return special_from(p, 0, n, 0, high);
}

const nfi_kern nfi_kern_scalar = {"scalar", classify, turns, words, axpys_f64, axpys_masked, spmv_f32,
    scatter_f32, log_f32, log_axpy_f32, least_u8, find_special, utf8_prefix, find_runs, sieve_meet, sieve_met};
