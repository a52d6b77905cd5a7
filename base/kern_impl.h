/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kern_impl.h - loops shared by the vector rows of kern.h. The includer defines LANES (floats a vector) and
 * UNITS (groups of 16 columns whose accumulators fit the register file together with two temporaries).
 *
 * A column of the result belongs to one lane: the lane multiplies, rounds, adds, rounds, entry after entry, as the scalar row does. Which
 * columns share a tile therefore never changes a bit. Built with -ffp-contract=off, so that multiply and add are not fused.
 */
#ifndef NFI_KERN_IMPL_H
#define NFI_KERN_IMPL_H

#include "base/kern.h"
#include "base/kern_special_impl.h"
#include "base/num.h"

#include <immintrin.h>

#define INLINE static inline __attribute__((always_inline))
#define AHEAD 8 /* entries between a prefetch and its use; 4 to 16 measure alike, none at all costs a third when the matrix is in L3 */

typedef float vecf __attribute__((vector_size(4 * LANES)));
typedef float vecf_u __attribute__((vector_size(4 * LANES), aligned(4), may_alias)); /* the same at any address */
typedef double vecd __attribute__((vector_size(4 * LANES)));
typedef double vecd_u __attribute__((vector_size(4 * LANES), aligned(8), may_alias));
typedef float half_u __attribute__((vector_size(2 * LANES), aligned(4), may_alias)); /* floats for one vecd */

/* A vech as a vecd. Compilers turn __builtin_convertvector() of the widest registers into pieces. */
#if LANES == 16
#define WIDEN(v) ((vecd)_mm512_cvtps_pd((__m256)(v)))
#else
#define WIDEN(v) ((vecd)_mm256_cvtps_pd((__m128)(v)))
#endif

INLINE void add_entry(vecf *acc, const int nv, float x, const float *row)
{
#pragma GCC unroll 16
    for (int v = 0; v < nv; v++) {
        vecf p = *(const vecf_u *)(row + v * LANES) * x;
        acc[v] = acc[v] + p;
    }
}

/* One tile of 16 * units columns, accumulators in registers. */
INLINE void spmv_tile(float *out, const int32_t *idx, const float *val, size_t nnz, const float *m, size_t ld, const int units)
{
    const int nv = units * (16 / LANES);
    vecf acc[UNITS * (16 / LANES)];
    size_t e = 0;

#pragma GCC unroll 16
    for (int v = 0; v < nv; v++)
        acc[v] = (vecf){0};
    for (; e + AHEAD < nnz; e++) {
        const float *next = m + (size_t)idx[e + AHEAD] * ld;
#pragma GCC unroll 8
        for (int u = 0; u < units; u++)
            __builtin_prefetch(next + 16 * u);
        add_entry(acc, nv, val[e], m + (size_t)idx[e] * ld);
    }
    for (; e < nnz; e++)
        add_entry(acc, nv, val[e], m + (size_t)idx[e] * ld);
#pragma GCC unroll 16
    for (int v = 0; v < nv; v++)
        *(vecf_u *)(out + v * LANES) = acc[v];
}

static void spmv_f32(float *out, const int32_t *idx, const float *val, size_t nnz, const float *m, size_t ld, size_t k)
{
    size_t left = k / 16, tiles = (left + UNITS - 1) / UNITS;

    for (; tiles > 0; tiles--) { /* tiles of nearly equal width: a narrow one would wait for its own additions */
        size_t units = (left + tiles - 1) / tiles;
        switch (units) {
        case 1: spmv_tile(out, idx, val, nnz, m, ld, 1); break;
        case 2: spmv_tile(out, idx, val, nnz, m, ld, 2); break;
        case 3: spmv_tile(out, idx, val, nnz, m, ld, 3); break;
        case 4: spmv_tile(out, idx, val, nnz, m, ld, 4); break;
#if UNITS > 4
        case 5: spmv_tile(out, idx, val, nnz, m, ld, 5); break;
        case 6: spmv_tile(out, idx, val, nnz, m, ld, 6); break;
#endif
#if UNITS > 6
        case 7: spmv_tile(out, idx, val, nnz, m, ld, 7); break;
        case 8: spmv_tile(out, idx, val, nnz, m, ld, 8); break;
#endif
        default: __builtin_unreachable();
        }
        left -= units;
        out += 16 * units;
        m += 16 * units;
    }
}

INLINE void scatter_scaled(float *m, size_t ld, const int32_t *idx, const float *val, size_t nnz, const float *by, const float *scale)
{
    enum { NV = 16 / LANES };
    vecf b[NV];

    for (int v = 0; v < NV; v++)
        b[v] = *(const vecf_u *)(by + v * LANES);
    for (size_t e = 0; e < nnz; e++) {
        size_t at = (size_t)idx[e] * ld;
        __builtin_prefetch(scale + (size_t)idx[e + AHEAD < nnz ? e + AHEAD : e] * ld);
        for (int v = 0; v < NV; v++) {
            vecf p = b[v] * val[e] * *(const vecf_u *)(scale + at + v * LANES);
            *(vecf_u *)(m + at + v * LANES) = *(const vecf_u *)(m + at + v * LANES) + p;
        }
    }
}

static void scatter_f32(float *m, size_t ld, const int32_t *idx, const float *val, size_t nnz, const float *by, const float *scale)
{
    enum { NV = 16 / LANES };
    vecf b[NV];

    if (scale) {
        scatter_scaled(m, ld, idx, val, nnz, by, scale);
        return;
    }
    for (int v = 0; v < NV; v++)
        b[v] = *(const vecf_u *)(by + v * LANES);
    for (size_t e = 0; e < nnz; e++) {
        float *row = m + (size_t)idx[e] * ld;
        for (int v = 0; v < NV; v++) {
            vecf p = b[v] * val[e];
            *(vecf_u *)(row + v * LANES) = *(const vecf_u *)(row + v * LANES) + p;
        }
    }
}

/* One tile of 8 * units columns; acc has room for all of them. */
INLINE void axpys_tile(double *acc, const double *x, const float *w, size_t m, size_t ld, const int units)
{
    enum { STEP = LANES / 2 };
    const int nv = units * (8 / STEP);
    vecd sum[32 / STEP];

#pragma GCC unroll 8
    for (int v = 0; v < nv; v++)
        sum[v] = *(const vecd_u *)(acc + v * STEP);
    for (size_t j = 0; j < m; j++, w += ld) {
#pragma GCC unroll 8
        for (int v = 0; v < nv; v++) {
            vecd p = WIDEN(*(const half_u *)(w + v * STEP)) * x[j];
            sum[v] = sum[v] + p;
        }
    }
#pragma GCC unroll 8
    for (int v = 0; v < nv; v++)
        *(vecd_u *)(acc + v * STEP) = sum[v];
}

static void axpys_f64(double *acc, const double *x, const float *w, size_t m, size_t n)
{
    size_t ld = (n + 7) & ~(size_t)7;

    for (size_t i = 0; i < n; i += 32, w += 32) {
        double tile[32] = {0}; /* the last columns of the last tile are nobody's */
        size_t cols = n - i < 32 ? n - i : 32;
        memcpy(tile, acc + i, cols * sizeof *tile);
        switch ((cols + 7) / 8) {
        case 1: axpys_tile(tile, x, w, m, ld, 1); break;
        case 2: axpys_tile(tile, x, w, m, ld, 2); break;
        case 3: axpys_tile(tile, x, w, m, ld, 3); break;
        default: axpys_tile(tile, x, w, m, ld, 4); break;
        }
        memcpy(acc + i, tile, cols * sizeof *tile);
    }
}

/* LANES / 2 floats, and the integers behind them. */
typedef float vech __attribute__((vector_size(2 * LANES)));
typedef int32_t veci __attribute__((vector_size(2 * LANES)));

/* nfi_log32(), lane by lane. */
INLINE vech log_vec(vech x)
{
    const int32_t sqrt_half = 0x3f3504f3;
    veci u = (veci)x + (0x3f800000 - sqrt_half), m = (u & 0x007fffff) + sqrt_half;
    vech k = __builtin_convertvector((u >> 23) - 127, vech), f = (vech)m - 1.0f, z = f * f;
    vech p = 7.0376836292e-2f * f - 1.1514610310e-1f;

    p = p * f + 1.1676998740e-1f;
    p = p * f - 1.2420140846e-1f;
    p = p * f + 1.4249322787e-1f;
    p = p * f - 1.6668057665e-1f;
    p = p * f + 2.0000714765e-1f;
    p = p * f - 2.4999993993e-1f;
    p = p * f + 3.3333331174e-1f;
    return (f * z * p + k * -2.12194440e-4f - 0.5f * z) + f + k * 0.693359375f;
}

static void log_f32(double *out, const double *in, size_t n)
{
    enum { STEP = LANES / 2 };
    size_t i = 0;

    for (; i + STEP <= n; i += STEP)
        *(vecd_u *)(out + i) = __builtin_convertvector(log_vec(__builtin_convertvector(*(const vecd_u *)(in + i), vech)), vecd);
    for (; i < n; i++)
        out[i] = (double)nfi_log32((float)in[i]);
}

static void log_axpy_f32(double *acc, double x, const double *v, double scale, const double *offset, size_t m, size_t n)
{
    enum { STEP = LANES / 2 };
    size_t i = 0;

    for (; i + STEP <= n; i += STEP) {
        vecd p = *(const vecd_u *)(v + i) * scale;
        for (size_t j = 0; j < m; j++) {
            vecd arg = p + offset[j], t = __builtin_convertvector(log_vec(__builtin_convertvector(arg, vech)), vecd) * x;
            *(vecd_u *)(acc + j * n + i) = *(const vecd_u *)(acc + j * n + i) + t;
        }
    }
    for (; i < n; i++)
        for (size_t j = 0; j < m; j++)
            acc[j * n + i] += x * (double)nfi_log32((float)(offset[j] + scale * v[i]));
}

/* Registers of 32 bytes on AVX-512 too, see classify32(). */
static void least_u8(uint8_t *out, const uint8_t (*row)[NFI_LEAST], const uint8_t *list, size_t m)
{
    enum { NV = NFI_LEAST / 32 };
    __m256i least[NV];

#pragma GCC unroll 4
    for (int v = 0; v < NV; v++)
        least[v] = _mm256_loadu_si256((const __m256i_u *)row[list[0]] + v);
    for (size_t j = 1; j < m; j++)
#pragma GCC unroll 4
        for (int v = 0; v < NV; v++)
            least[v] = _mm256_min_epu8(least[v], _mm256_loadu_si256((const __m256i_u *)row[list[j]] + v));
#pragma GCC unroll 4
    for (int v = 0; v < NV; v++)
        _mm256_storeu_si256((__m256i_u *)out + v, least[v]);
}

static size_t find_special(const uint8_t *p, size_t n, bool *high)
{
    const __m256i quote = _mm256_set1_epi8('"'), backslash = _mm256_set1_epi8('\\'), last = _mm256_set1_epi8(0x1f);
    uint32_t seen = 0;
    size_t i = 0;

    for (; i + 32 <= n; i += 32) {
        __m256i v = _mm256_loadu_si256((const __m256i_u *)(p + i)), mark = _mm256_cmpeq_epi8(v, quote);
        mark = _mm256_or_si256(mark, _mm256_cmpeq_epi8(v, backslash));
        mark = _mm256_or_si256(mark, _mm256_cmpeq_epi8(v, _mm256_min_epu8(v, last)));
        uint32_t found = (uint32_t)_mm256_movemask_epi8(mark), above = (uint32_t)_mm256_movemask_epi8(v);
        if (found) {
            *high |= (seen | (above & ((found & -found) - 1))) != 0;
            return i + (size_t)__builtin_ctz(found);
        }
        seen |= above;
    }
    return special_from(p, i, n, seen ? UINT64_MAX : 0, high);
}

#endif
